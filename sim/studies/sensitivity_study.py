"""What moves an outcome: levers one at a time, then screened, then together, with the noise between
runs kept apart.

Direction and size come first: the outcome's share with a lever at the low and at the high end of
its range, the others as in the scenario, on the same draws. Then Morris' screening over all ranges,
and for the levers that it keeps first and total order and an index of the whole distribution; the
levers that it does not keep are moved as one, so that what was screened out is seen. Each look says
whether anything stands out, and what sample would settle what this one cannot. Definitions:
``docs/sensitivity.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.ranking import Ranking
from sim.analysis.sensitivity import TOTAL
from sim.analysis.two_draws import Feature, Split
from sim.batch import Run
from sim.batch.work import LARGEST, Work, check_work, work_of_runs
from sim.config.check import build
from sim.config.errors import SimError
from sim.config.impossible import ruled_out
from sim.config.scenario import Scenario
from sim.results import Results
from sim.results.manifest import Manifest, recorded_scenarios
from sim.results.reader import record_of
from sim.studies.comparison import scenario_of
from sim.studies.examine import (
    MOST,
    POINTS,
    RUNS,
    SHOWN,
    TRAJECTORIES,
    Examined,
    Plan,
    examine,
    runs_of,
)
from sim.studies.lever_words import ALL, TOGETHER, Given
from sim.studies.ranges import Cut, RangedLever, levers_of
from sim.studies.response import ScenarioResponse, check_measure
from sim.vocabulary import OUTCOMES

__all__ = [
    "TABLES",
    "Sensitivity",
    "sensitivity",
    "tables_again",
    "work_again",
    "work_of_sensitivity",
]

TABLES = ("moves", "screening", "indices", "variance", "ranking")
_LEAST_POINTS, _MOST_POINTS, _MOST_TRAJECTORIES = 64, 2**20, 100_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sensitivity:
    """What moves an outcome or a measure, as tables; ``low`` and ``high`` are ends of 95 %
    intervals.

    Attributes
    ----------
    moves
        A row a lever, or an option of a categorical one, the largest move first: the value ``at_from``
        and ``at_to`` the ends of its range and the ``difference``, with the others as in the
        scenario.
    screening
        A row a lever: the root mean square ``effect`` of a move over half of its range, over the
        ranges of all others.
    indices
        A row a lever and index (first order, total order, whole distribution): its ``share`` of
        all variance, noise between runs included; and ``of_levers``, of the levers' variance where
        that is known to a fifth. ``together`` marks the levers moved as one.
    variance
        Where the variance between runs comes from: levers alone, levers together, noise.
    ranking
        For both rankings the levers that lead, the first first, and the sample that would tell it
        from each other; or that nothing stands out, and the sample that would show something.
    by_size, by_total
        The rankings behind that.
    split
        The levers' part of the variance.
    scenario, outcome, unit, label
        What was asked: the outcome or measure, its unit and label.
    levers
        What was moved, and between which values.
    notes
        What else there is to know: ranges cut, points refused, an outcome ruled out.
    plan
        How large the looks were.
    """

    moves: pd.DataFrame
    screening: pd.DataFrame
    indices: pd.DataFrame
    variance: pd.DataFrame
    ranking: pd.DataFrame
    by_size: Ranking
    by_total: Ranking
    split: Split
    scenario: Scenario
    outcome: str
    unit: str
    label: str
    levers: tuple[RangedLever, ...]
    notes: tuple[str, ...]
    plan: Plan

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The five tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    @property
    def asked(self) -> dict[str, object]:
        """What the study was asked, for its manifest."""
        return {
            "levers": [lever.text for lever in self.levers],
            "trajectories": self.plan.trajectories,
            "points": self.plan.points,
            "most": self.plan.most,
        }

    @property
    def nothing_stands_out(self) -> bool:
        """Whether no lever moves the outcome beyond chance, alone or with others."""
        return not self.by_size.leaders and not self.by_total.leaders

    @cached_property
    def answer(self) -> str:
        """What moves the outcome, in a line."""
        title = self.scenario.title or self.scenario.name
        return f"{title}: {'; '.join([self.of_size(), self.of_variance(), *self.notes])}"

    def of_size(self) -> str:
        """The largest move, or that none stands out, in a clause."""
        count, ranking = len(self.levers), self.by_size
        if not ranking.leaders:
            words = f"nothing stands out: none of {count} levers, moved alone, moves {self.label} beyond chance"
            worth = (
                f"{100 * SHOWN:.0f} points"
                if self.outcome in OUTCOMES
                else "a tenth of its standard deviation"
            )
            return _with(words, ranking.sample(f"a move of {worth}"), self.plan.runs)
        row = self.moves[self.moves["lever"] == ranking.leaders[0]].iloc[0]
        words = (
            f"of {count} levers {row['lever']} moves {self.label} most, by {self.move_words(row)} from {row['from']} to {row['to']} "
            f"(95 % interval of the runs {self.amount(row['difference.low'])} to {self.amount(row['difference.high'])})"
        )
        return words + _rivals(ranking)

    def of_variance(self) -> str:
        """How the variance splits and which lever has most of it, in a clause."""
        levers, ranking = self.split.levers, self.by_total
        half = levers.half_width()
        words = (
            f"over all ranges the levers explain {100 * max(0.0, levers.value):.0f} % of the variance between runs "
            f"({100 * max(0.0, levers.value - half):.0f} to {100 * min(1.0, levers.value + half):.0f} %), noise the rest"
        )
        if not ranking.leaders:
            return _with(f"{words}; no lever's total order stands out", ranking.sample())
        words += f"; {ranking.leaders[0]} has most (total order {100 * ranking.value:.0f} %)"
        return words + _rivals(ranking) + self._others()

    def _others(self) -> str:
        """What the levers have that are moved as one."""
        table = self.indices[(self.indices["index"] == TOTAL) & self.indices["together"]]
        if table.empty:
            return ""
        row = table.iloc[0]
        return f"; {row['lever']}: total order {100 * max(0.0, row['share']):.0f} %"

    def amount(self, value: float) -> str:
        """A difference of the outcome or measure, signed, without its unit."""
        return f"{100 * value:+.1f}" if self.outcome in OUTCOMES else f"{value:+.3g}"

    def move_words(self, row: pd.Series) -> str:
        """What a lever's move does, with its unit."""
        return f"{self.amount(row['difference'])} {self.difference_unit}"

    @property
    def difference_unit(self) -> str:
        """Unit of differences in words."""
        return "points" if self.outcome in OUTCOMES else self.unit


def _rivals(ranking: Ranking) -> str:
    """The levers that the first does not lead significantly, and the sample that would tell."""
    others = ranking.leaders[1:]
    if not others:
        return ""
    if len(others) == 1:
        return f", not significantly more than {others[0]}: {ranking.sample()}"
    listed = "; ".join(others[:3]) + (f"; {len(others) - 3} more" if len(others) > 3 else "")
    return f", not significantly more than {len(others)} others ({listed}): {ranking.sample()}"


def _with(words: str, more: str, runs: int = 0) -> str:
    return words + (f", with {runs:,} runs" if runs else "") + (f"; {more}" if more else "")


def sensitivity(
    scenario: Scenario | Results | str | Path | None = None,
    levers: Given = ALL,
    outcome: str = "breakthrough",
    *,
    runs: int = RUNS,
    trajectories: int = TRAJECTORIES,
    points: int = POINTS,
    most: int = MOST,
    sides: str = TOGETHER,
    seed: int = 1,
    threads: int = 0,
    largest: float = LARGEST,
    progress: Progress | None = None,
) -> Sensitivity:
    """What moves an outcome: direction and size of each lever, screening, indices apart from noise.

    Parameters
    ----------
    scenario
        A scenario, its name, a result of a run or its folder (whose scenario is run again), or None
        for the default.
    levers
        What is moved: ``all`` declared plausible ranges, groups, settings, each with a range or
        options of its own where wanted; see :mod:`sim.studies.lever_words`.
    outcome
        One of the four outcomes, or a measure that has a value in every run, such as
        ``welfare_loss.us``.
    runs
        Runs at each end of a lever's range.
    trajectories
        Trajectories of the screening.
    points
        Base points of the indices, a power of two.
    most
        Levers with indices of their own; the others are moved together as one.
    sides
        ``together``, or ``apart`` for both sides' same setting as two levers where a group names
        both.
    seed, threads, progress
        Seed of all draws and designs, threads (0 takes every processor), and what is called with
        (runs done, runs in all).
    largest
        Hours of one processor that it may take.

    Raises
    ------
    SimError
        A scenario, lever, range, outcome or number that is refused; rules that refuse too many
        points; more work than ``largest``.
    """
    chosen = scenario_of(scenario) if scenario is not None else scenario_of(Scenario())
    build(Run, {"runs": runs, "seed": seed, "threads": threads})
    plan = _checked(Plan(runs, trajectories, points, most, seed))
    label, unit = check_measure(chosen, outcome)
    moved, cuts = levers_of(chosen, levers, sides)
    response = ScenarioResponse(chosen, moved, outcome, seed, threads)
    check_work(_work(response, plan), largest)
    value = Feature("code", OUTCOMES[outcome].code) if outcome in OUTCOMES else Feature("value")
    found = examine(response, value, plan, progress)
    return Sensitivity(
        found.moves,
        found.screening,
        found.indices,
        found.variance,
        found.ranking,
        found.by_size,
        found.by_total,
        found.split,
        chosen,
        outcome,
        unit,
        label,
        tuple(moved),
        tuple(_notes(chosen, outcome, cuts, response, found, plan)),
        plan,
    )


def work_of_sensitivity(
    scenario: Scenario, levers: Given, plan: Plan, sides: str = TOGETHER
) -> Work:
    """What a study of so many runs, trajectories and points takes.

    Raises
    ------
    SimError
        A lever or number that is refused.
    """
    moved, _ = levers_of(scenario, levers, sides)
    return _work(ScenarioResponse(scenario, moved, next(iter(OUTCOMES)), plan.seed), _checked(plan))


def _work(response: ScenarioResponse, plan: Plan) -> Work:
    """Runs of the dearest of the values that levers take, a block in memory at a time."""
    moved = {
        factor.name: factor.values or (factor.low, factor.high)
        for lever in response.levers
        for factor in lever.factors
    }
    work = work_of_runs(response.scenario, runs_of(response, plan), moved=moved)
    return replace(work, memory=0.0)


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What :func:`tables_again` takes."""
    (scenario,) = recorded_scenarios(manifest)
    asked = record_of(_Asked, manifest.asked, "what a study was asked", "manifest: asked")
    plan = Plan(settings.runs, asked.trajectories, asked.points, asked.most, settings.seed)
    return work_of_sensitivity(scenario, list(asked.levers), plan)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a manifest records of a study, besides its scenario and outcome."""

    levers: tuple[str, ...]
    trajectories: int
    points: int
    most: int


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a study, made again from its manifest.

    Raises
    ------
    SimError
        A scenario, lever or outcome that this version refuses.
    """
    (scenario,) = recorded_scenarios(manifest)
    asked = record_of(_Asked, manifest.asked, "what a study was asked", "manifest: asked")
    found = sensitivity(
        scenario,
        list(asked.levers),
        manifest.outcome,
        runs=settings.runs,
        trajectories=asked.trajectories,
        points=asked.points,
        most=asked.most,
        seed=settings.seed,
        threads=settings.threads,
        largest=math.inf,
        progress=progress,
    )
    return found.tables


def _checked(plan: Plan) -> Plan:
    """The plan, its numbers checked.

    Raises
    ------
    SimError
        One that is out of bounds, or base points that are no power of two.
    """
    if plan.runs < 2:
        raise SimError("too few to compare", key="runs", given=plan.runs, allowed="2 and more")
    bounds = {
        "trajectories": (4, _MOST_TRAJECTORIES),
        "points": (_LEAST_POINTS, _MOST_POINTS),
        "most": (1, 1_000),
    }
    for name, (least, largest) in bounds.items():
        given = getattr(plan, name)
        if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= largest:
            allowed = f"a whole number from {least:,} to {largest:,}"
            raise SimError("out of bounds", key=name, given=given, allowed=allowed)
    if plan.points & (plan.points - 1):
        near = 2 ** round(np.log2(plan.points))
        raise SimError(
            "not a power of two, which a Sobol net needs",
            key="points",
            given=plan.points,
            suggestion=str(near),
        )
    return plan


def _notes(
    scenario: Scenario,
    outcome: str,
    cuts: Sequence[Cut],
    response: ScenarioResponse,
    found: Examined,
    plan: Plan,
) -> list[str]:
    """What a reader of the answer must know besides."""
    notes = [str(cut) for cut in cuts]
    for count, of, what in zip(
        found.dropped,
        (plan.trajectories, plan.points),
        ("trajectories", "base points"),
        strict=True,
    ):
        if count:
            notes.append(
                f"rules between settings refused {count:,} of {of:,} {what}, which are left out, so that levers are not quite "
                f"independent ({'; '.join(response.reasons)})"
            )
    reason = ruled_out(scenario).get(outcome)
    return [*notes, *([f"in this scenario it cannot happen: {reason}"] if reason else [])]
