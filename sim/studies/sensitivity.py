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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.indices import Index
from sim.analysis.paired import paired_mean, paired_share
from sim.analysis.ranking import Ranking, needed_by_error, rank_estimates
from sim.analysis.sensitivity import FIRST, TOTAL, Estimate, Size
from sim.analysis.two_draws import (
    REPLICATES,
    WHOLE,
    Feature,
    Split,
    apart_from_noise,
    elementary_effects,
    thresholds,
)
from sim.batch import Run
from sim.config.check import build
from sim.config.errors import SimError
from sim.config.impossible import ruled_out
from sim.config.scenario import Scenario
from sim.results import Results
from sim.studies.comparison import scenario_of
from sim.studies.looks import FirstLook, Meter, Screen, base_rows, first_look, screen, sizes
from sim.studies.ranges import ALL, TOGETHER, Cut, Given, RangedLever, levers_of
from sim.studies.response import Response, ScenarioResponse, check_measure
from sim.vocabulary import OUTCOMES

__all__ = [
    "MOST",
    "POINTS",
    "TABLES",
    "TRAJECTORIES",
    "Plan",
    "Sensitivity",
    "examine",
    "sensitivity",
]

TABLES = ("moves", "screening", "indices", "variance", "ranking")
RUNS, TRAJECTORIES, POINTS, MOST = 200, 32, 512, 20
_LEAST_POINTS, _MOST_POINTS, _MOST_TRAJECTORIES = 64, 2**20, 100_000
_MOST_RUNS = 200_000_000  # of all looks: more than a day on two cores
# of either ranking: that anything is said to stand out in a model of noise alone, 5 % together
_LEVEL = 0.025
# worth seeing: a move of an outcome's share, or of so many standard deviations of a measure, and a
# share of variance (judgement)
_SHOWN, _SHOWN_DEVIATIONS = 0.05, 0.1
_RANKED = 10  # rivals of the first that the table of rankings lists
MOVE = "move from end to end"
Progress = Callable[[int, int], None]


class Plan(NamedTuple):
    """How large the looks are: ``runs`` at each end of a lever, ``trajectories``, base ``points``,
    and the ``most`` levers with indices of their own; the ``seed`` of the designs.
    """

    runs: int = RUNS
    trajectories: int = TRAJECTORIES
    points: int = POINTS
    most: int = MOST
    seed: int = 1


class Examined(NamedTuple):
    """The five tables, the rankings by size and by total order, how the variance splits, and how
    many trajectories and base points a rule refused.
    """

    moves: pd.DataFrame
    screening: pd.DataFrame
    indices: pd.DataFrame
    variance: pd.DataFrame
    ranking: pd.DataFrame
    by_size: Ranking
    by_total: Ranking
    split: Split
    dropped: tuple[int, int]


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
        For both rankings, whether the first differs from each that follows, and the sample that
        would tell.
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
                f"{100 * _SHOWN:.0f} points"
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
    listed = "; ".join(others[:3]) + (f"; {len(others) - 3} more" if len(others) > 3 else "")
    return f", not significantly more than {len(others)} ({listed}): {ranking.sample()}"


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
        options of its own where wanted; see :func:`sim.studies.ranges.levers_of`.
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

    Raises
    ------
    SimError
        A scenario, lever, range, outcome or number that is refused; rules that refuse too many
        points.
    """
    chosen = scenario_of(scenario) if scenario is not None else scenario_of(Scenario())
    build(Run, {"runs": runs, "seed": seed, "threads": threads})
    plan = _checked(Plan(runs, trajectories, points, most, seed))
    label, unit = check_measure(chosen, outcome)
    moved, cuts = levers_of(chosen, levers, sides)
    response = ScenarioResponse(chosen, moved, outcome, seed, threads)
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


def examine(
    response: Response, value: Feature, plan: Plan, progress: Progress | None = None
) -> Examined:
    """The three looks at any response, the model's or a function whose indices are known.

    Parameters
    ----------
    response
        What is asked.
    value
        The outcome, as one of the response's codes, or the value itself.
    plan
        How large the looks are.
    progress
        Called with (runs done, runs in all).
    """
    labels = list(response.labels)
    columns = min(len(labels), plan.most) + (len(labels) > plan.most)
    meter = Meter(
        sum(sizes(response.places, plan.runs, plan.trajectories, plan.points, columns)), progress
    )
    look = first_look(response, plan.runs, meter)
    moves, by_size, stands = _moves(response, look, value)
    screened = screen(response, plan.trajectories, plan.seed, meter)
    screening = _screening(labels, screened, value)
    groups, names = _groups(labels, screening, stands, plan.most)
    rows, dropped = base_rows(response, groups, plan.points, plan.seed, meter)
    found = apart_from_noise(rows, names, value, thresholds(rows, response.codes), _LEVEL)
    size = Size(plan.points, "base points")
    totals = [one for one in found.indices if one.kind == TOTAL and one.setting in labels]
    by_total = rank_estimates(totals, size, needed_by_error(size, _LEVEL / len(names), _SHOWN))
    return Examined(
        moves,
        screening,
        _indices(found.indices, found.split, labels),
        _variance(found.split),
        _ranking({MOVE: by_size, TOTAL: by_total}),
        by_size,
        by_total,
        found.split,
        (screened.dropped, dropped),
    )


def _moves(
    response: Response, look: FirstLook, value: Feature
) -> tuple[pd.DataFrame, Ranking, set[str]]:
    """Each lever's move with its interval, the ranking by size, and the levers that stand out."""
    share = value.kind != "value"
    before, after = value.of(look.before), value.of(look.after)
    refused = np.isnan(look.before).any(axis=1) | np.isnan(look.after).any(axis=1)
    level = _LEVEL / max(1, len(look.lever))
    rows, estimates = list[dict[str, object]](), dict[str, Estimate]()
    for k, lever in enumerate(look.lever):
        label = response.labels[lever]
        row: dict[str, object] = {
            "lever": label,
            "settings": response.settings[lever],
            "from": response.words(lever, look.start[k]),
            "to": response.words(lever, look.end[k]),
            "scenario": float(value.of(look.scenario).mean()),
        }
        if refused[k]:
            rows.append(row | _moved(None, None, share) | {"stands": False, "refused": True})
            continue
        gaps = after[k] - before[k]
        stands = _chance_of(gaps, share) < level
        rows.append(row | _moved(before[k], after[k], share) | {"stands": stands, "refused": False})
        own = _move_estimate(label, gaps, stands)
        if label not in estimates or own.result.value > estimates[label].result.value:
            estimates[label] = own
    table = pd.DataFrame(rows)
    order = np.argsort(-table["difference"].abs().fillna(-1.0).to_numpy(), kind="stable")
    deviation = float(look.scenario.std()) * _SHOWN_DEVIATIONS
    size = Size(look.before.shape[1], "runs")
    needed = needed_by_error(size, level, _SHOWN if share else deviation)
    standing = {estimate.setting for estimate in estimates.values() if estimate.stands}
    ranking = rank_estimates(list(estimates.values()), size, needed)
    return table.iloc[order].reset_index(drop=True), ranking, standing


def _moved(before: np.ndarray | None, after: np.ndarray | None, share: bool) -> dict[str, float]:
    """Both ends and their paired difference; NaN where a rule refuses an end."""
    if before is None or after is None:
        ends = (float("nan"),) * 5
    else:
        gap = paired_share(before, after) if share else paired_mean(before, after)
        ends = (float(before.mean()), float(after.mean()), *gap)
    names = ("at_from", "at_to", "difference", "difference.low", "difference.high")
    return dict(zip(names, ends, strict=True))


def _chance_of(gaps: np.ndarray, share: bool) -> float:
    """How probable so large a mean of paired differences is where nothing moves: McNemar's exact
    test of an outcome, Student's of a measure.
    """
    from scipy.stats import binom, t

    if share:
        up, down = int((gaps > 0).sum()), int((gaps < 0).sum())
        return min(1.0, 2.0 * float(binom.cdf(min(up, down), up + down, 0.5)))
    spread = float(gaps.std(ddof=1))
    if spread <= 0.0:
        return float(gaps.mean() == 0.0)
    return 2.0 * float(t.sf(abs(gaps.mean()) / spread * np.sqrt(len(gaps)), len(gaps) - 1))


def _move_estimate(label: str, gaps: np.ndarray, stands: bool) -> Estimate:
    """The size of a move, to be ranked: what each run adds is paired with the same run elsewhere."""
    size = np.sign(gaps.mean()) * gaps
    return Estimate(
        label, MOVE, Index(float(size.mean()), np.zeros(1), size, 0.0, True), 0.0, stands
    )


def _screening(labels: Sequence[str], screened: Screen, value: Feature) -> pd.DataFrame:
    """Morris' effects, the largest first."""
    steps = np.diff(value.of(screened.values), axis=1)
    effects = np.zeros_like(steps)
    row = np.arange(len(steps))[:, None]
    effects[row, screened.lever] = steps
    bound = 0.0 if value.kind == "value" else 1.0
    found = elementary_effects(effects, bound, _LEVEL)
    table = pd.DataFrame(
        [(label, *ends) for label, ends in zip(labels, found, strict=True)],
        columns=["lever", "effect", "effect.low", "effect.high", "stands"],
    )
    order = np.argsort(-table["effect"].to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _groups(
    labels: Sequence[str], screening: pd.DataFrame, stands: set[str], most: int
) -> tuple[list[list[int]], list[str]]:
    """Which levers are columns of the indices, and what each column is called: those that stand out
    in the screening or alone, then the largest effects; the others are one column.
    """
    if len(labels) <= most:
        return [[lever] for lever in range(len(labels))], list(labels)
    order = screening.assign(alone=screening["lever"].isin(stands)).sort_values(
        ["stands", "alone", "effect"], ascending=False, kind="stable"
    )
    place = {label: lever for lever, label in enumerate(labels)}
    kept = [place[label] for label in order["lever"].head(most)]
    rest = [lever for lever in range(len(labels)) if lever not in kept]
    name = f"the other {len(rest)} levers together" if len(rest) > 1 else labels[rest[0]]
    return [*([lever] for lever in kept), rest], [*(labels[lever] for lever in kept), name]


def _indices(found: Sequence[Estimate], split: Split, labels: Sequence[str]) -> pd.DataFrame:
    """Indices by lever, the largest total order first and the levers moved as one last."""
    rows = []
    for name, kind, index, _, stands, *_ in found:
        half = index.half_width()
        of_levers = index.value / split.levers.value if split.clear and kind != WHOLE else np.nan
        rows.append(
            (name, kind, index.value, index.value - half, index.value + half, of_levers, stands)
        )
    columns = ["lever", "index", "share", "share.low", "share.high", "of_levers", "stands"]
    table = pd.DataFrame(rows, columns=columns)
    table["together"] = ~table["lever"].isin(labels)
    total = table[table["index"] == TOTAL].set_index("lever")["share"]
    kinds = {kind: place for place, kind in enumerate((FIRST, TOTAL, WHOLE))}
    keys = table.assign(size=-table["lever"].map(total), kind=table["index"].map(kinds))
    order = keys.sort_values(["together", "size", "lever", "kind"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _variance(split: Split) -> pd.DataFrame:
    """Where the variance between runs comes from, as shares of it."""
    one = Index(1.0, np.ones(REPLICATES), np.zeros(1), 1.0, False)
    parts = {
        "levers, each alone": split.additive,
        "levers together (interactions)": split.levers.less(split.additive),
        "all levers": split.levers,
        "noise between runs": one.less(split.levers),
    }
    rows = []
    for name, index in parts.items():
        half = index.half_width()
        rows.append((name, index.value, index.value - half, index.value + half, split.all))
    return pd.DataFrame(
        rows, columns=["source", "share", "share.low", "share.high", "total_variance"]
    )


def _ranking(rankings: dict[str, Ranking]) -> pd.DataFrame:
    """For each ranking, its first levers, and what would tell the leaders apart."""
    rows = []
    for kind, ranking in rankings.items():
        rivals = dict(zip(ranking.leaders[1:], ranking.settles, strict=False))
        for place, lever in enumerate(ranking.order[:_RANKED], 1):
            rows.append(
                {
                    "by": kind,
                    "place": place,
                    "lever": lever,
                    "leads": lever in ranking.leaders,
                    "sample": ranking.size.have,
                    "sample_unit": ranking.size.unit,
                    "sample_needed": rivals.get(lever, 0) if ranking.leaders else ranking.needed,
                }
            )
    return pd.DataFrame(rows)
