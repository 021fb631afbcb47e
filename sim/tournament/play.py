"""Every built-in strategy against every other, over scenarios, under common random numbers.

Strategies are ranked by the payoff to their own side (bn USD a year: the worth of what the other
side concedes, less the cost of its own concessions and its welfare loss). It is defined in every
run, while the share of a deal's surplus needs a deal. The advantage of a strategy is its payoff
less the mean payoff of that side over all strategies, in the same runs and against the same
opponents, scenarios weighted equally. Strategies are compared by paired t tests over runs, with
Holm's correction for the number of pairs; one is said to come first only if it beats every other.
Intervals are of the runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import add

import numpy as np
import pandas as pd

from sim import vocabulary
from sim.analysis.paired import beaten, paired_tests, undecided
from sim.analysis.shares import mean_interval, wilson
from sim.api import evaluate
from sim.batch import Run
from sim.batch.work import LARGEST, Work, check_work, work_of_runs
from sim.config.check import build
from sim.config.compose import take_scenario
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.results.manifest import Manifest, recorded_scenarios
from sim.vocabulary import OUTCOMES

__all__ = [
    "SIDES",
    "TABLES",
    "Tournament",
    "tables_again",
    "tournament",
    "work_again",
    "work_of_tournament",
]

SIDES, STRATEGIES = vocabulary.SIDES.names, vocabulary.STRATEGIES.names
TABLES = ("pairs", "ranking", "tests")
_UTILITIES = (
    "payoff.us",
    "payoff.cn",
    "welfare_loss.us",
    "welfare_loss.cn",
    "efficiency",
    "us_surplus_share",
)
_MEASURES = ("payoff", "welfare_loss", "efficiency", "us_surplus_share", *OUTCOMES)
_SAME = 1e-9  # bn USD/yr: equal payoffs differ by less, through rounding
_KEYS = [f"{side}.strategy.kind" for side in SIDES]


@dataclass(frozen=True)
class Tournament:
    """The result of a tournament.

    Attributes
    ----------
    pairs
        One row per scenario and pair of strategies: means of the payoffs and welfare losses (bn
        USD/yr), of the efficiency and US share of deals (over runs with one), shares of the
        outcomes; each with ``.low`` and ``.high``, the ends of its 95 % interval.
    ranking
        Best first: ``strategy``, ``advantage`` with ``low`` and ``high`` (bn USD/yr), as Washington
        and as Beijing, and ``better_than``, how many strategies it beats at 5 % after correction.
    tests
        One row per comparison: ``one``, ``other``, ``difference`` of their advantages, ``p``,
        ``p_holm``.
    scenarios
        The scenarios played, by name.
    runs, seed
        Runs per pair and scenario, and the seed of all draws.
    """

    pairs: pd.DataFrame
    ranking: pd.DataFrame
    tests: pd.DataFrame
    scenarios: dict[str, Scenario]
    runs: int
    seed: int

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies played, in the order given: floating-point sums depend on it."""
        return tuple(self.pairs["us.strategy.kind"].unique())

    @property
    def answer(self) -> str:
        """Which strategy comes first beyond chance, or which ones do not differ significantly from
        the first, or that none stands out or all are equal.
        """
        if len(self.tied) == len(self.ranking):
            return f"all strategies have the same payoff in {self.runs:,} runs"
        first = self.ranking.iloc[0]
        name, ahead = first["strategy"].replace("_", " "), self.first
        lead = (
            f"{name} leaves its side {first['advantage']:.2f} bn USD a year better off than the mean strategy "
            f"(95 % interval of the runs {first['low']:.2f} to {first['high']:.2f})"
        )
        if not int(self.ranking["better_than"].max()):
            return f"no strategy stands out beyond chance in {self.runs:,} runs; {lead}, the largest advantage"
        if len(ahead) == 1:
            return f"{name} comes first: {lead}, significantly more than every other"
        others = ", ".join(other.replace("_", " ") for other in ahead[1:])
        return f"{name} leads, but does not differ significantly from {others}: {lead}"

    @property
    def first(self) -> list[str]:
        """The first of the ranking and those that it does not beat beyond chance, in order."""
        name = self.ranking["strategy"].iloc[0]
        level = undecided(name, self.tests)
        return [name, *(other for other in self.ranking["strategy"] if other in level)]

    @property
    def tied(self) -> list[str]:
        """The strategies whose payoff equals that of the first, as labels."""
        best = self.ranking["advantage"].max()
        names = self.ranking.loc[self.ranking["advantage"] >= best - _SAME, "strategy"]
        return [name.replace("_", " ") for name in names]


def tournament(
    scenarios: Sequence[Scenario | str],
    strategies: Sequence[str] = STRATEGIES,
    *,
    runs: int = 200,
    seed: int = 1,
    threads: int = 0,
    largest: float = LARGEST,
) -> Tournament:
    """Play every pair of strategies in every scenario.

    Parameters
    ----------
    scenarios
        Scenarios of different names, or their names.
    strategies
        At least two names of built-in strategies.
    runs, seed, threads
        Runs per pair (at least two), the seed of all draws, threads (0 takes every processor).
    largest
        Hours of one processor that it may take.

    Raises
    ------
    SimError
        An unknown strategy, fewer than two strategies, no scenario, two scenarios with one name, a
        scenario or number that is refused, or more work than ``largest``.
    """
    played = _taken(scenarios)
    build(Run, {"runs": runs, "seed": seed, "threads": threads})
    _check(strategies, runs)
    check_work(work_of_tournament(played, strategies, runs), largest)
    pairs = list(product(strategies, strategies))
    design = {key: [pair[side] for pair in pairs] for side, key in enumerate(_KEYS)}
    tables, advantages = [], {side: list[pd.DataFrame]() for side in SIDES}
    for scenario in played:
        table = evaluate(
            scenario,
            design,
            runs=runs,
            seed=seed,
            measures=_MEASURES,
            threads=threads,
            largest=math.inf,
        )
        tables.append(_means(table, scenario.name))
        for side in SIDES:
            advantages[side].append(_advantages(table, side, strategies))
    # runs of one number share their draws in all scenarios: their mean over scenarios is what is
    # independent
    by_side = {side: sum(parts[1:], parts[0]) / len(parts) for side, parts in advantages.items()}
    both = (by_side["us"] + by_side["cn"]) / 2.0
    tests = paired_tests(both)
    named = {scenario.name: scenario for scenario in played}
    return Tournament(
        pd.concat(tables, ignore_index=True),
        _ranking(both, by_side, tests),
        tests,
        named,
        runs=runs,
        seed=seed,
    )


def work_of_tournament(scenarios: Sequence[Scenario], strategies: Sequence[str], runs: int) -> Work:
    """What playing takes, one scenario after the other."""
    moved = dict.fromkeys(_KEYS, strategies)
    pairs = len(strategies) ** 2
    return reduce(add, (work_of_runs(each, pairs * runs, moved=moved) for each in scenarios))


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What :func:`tables_again` takes."""
    return work_of_tournament(recorded_scenarios(manifest), manifest.entrants, settings.runs)


def tables_again(
    manifest: Manifest, settings: Run, progress: Callable[[int, int], None] | None
) -> dict[str, pd.DataFrame]:
    """The tables of a tournament, played again from its manifest; its stages are not counted.

    Raises
    ------
    SimError
        A scenario or strategy that this version refuses.
    """
    played = tournament(
        recorded_scenarios(manifest),
        manifest.entrants,
        runs=settings.runs,
        seed=settings.seed,
        threads=settings.threads,
        largest=math.inf,
    )
    return {name: getattr(played, name) for name in TABLES}


def _taken(given: Sequence[Scenario | str]) -> list[Scenario]:
    """The scenarios, checked; names must differ."""
    if isinstance(given, (Scenario, str)) or not isinstance(given, Sequence):
        raise SimError(
            "not a list of scenarios",
            key="scenarios",
            given=type(given).__name__,
            cure="put it in a list",
        )
    scenarios = [take_scenario(scenario, key="scenarios") for scenario in given]
    names = [scenario.name for scenario in scenarios]
    if not names or len(set(names)) != len(names):
        raise SimError(
            "at least one scenario, and all with different names",
            key="scenarios",
            given=", ".join(names),
        )
    return scenarios


def _check(strategies: Sequence[str], runs: int) -> None:
    for name in strategies:
        if name not in STRATEGIES:
            raise SimError("no such strategy", key="strategies", given=name, allowed=STRATEGIES)
    if len(set(strategies)) != len(strategies) or len(strategies) < 2:
        raise SimError(
            "at least two strategies, each once", key="strategies", given=", ".join(strategies)
        )
    if runs < 2:
        raise SimError("too few runs to compare", key="runs", given=runs, allowed="2 or more")


def _means(played: pd.DataFrame, scenario: str) -> pd.DataFrame:
    rows = []
    for pair, part in played.groupby(_KEYS, sort=False):
        row: dict[str, object] = {
            "scenario": scenario,
            **dict(zip(_KEYS, pair, strict=True)),
            "runs": len(part),
        }
        for name in _UTILITIES:
            row[name], row[f"{name}.low"], row[f"{name}.high"] = mean_interval(
                part[name].to_numpy(float)
            )
        for name in OUTCOMES:
            low, high = wilson(part[name].sum(), np.asarray(len(part)))
            row[name], row[f"{name}.low"], row[f"{name}.high"] = (
                part[name].mean(),
                float(low),
                float(high),
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _advantages(played: pd.DataFrame, side: str, strategies: Sequence[str]) -> pd.DataFrame:
    """Payoff above the mean strategy's of a side, over all opponents: runs by strategies, bn
    USD/yr.
    """
    payoffs = played.pivot_table(
        index="run", columns=f"{side}.strategy.kind", values=f"payoff.{side}"
    )
    return payoffs[list(strategies)].sub(payoffs.mean(axis=1), axis=0)


def _ranking(
    both: pd.DataFrame, by_side: dict[str, pd.DataFrame], tests: pd.DataFrame
) -> pd.DataFrame:
    rows = []
    for name in both.columns:
        row: dict[str, object] = {"strategy": name}
        row["advantage"], row["low"], row["high"] = mean_interval(both[name].to_numpy(float))
        for side in SIDES:
            found = mean_interval(by_side[side][name].to_numpy(float))
            row |= dict(
                zip((f"{side}.advantage", f"{side}.low", f"{side}.high"), found, strict=True)
            )
        row["better_than"] = beaten(name, tests)
        rows.append(row)
    return pd.DataFrame(rows).sort_values(
        "advantage", ascending=False, kind="stable", ignore_index=True
    )
