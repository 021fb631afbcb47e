"""Every built-in strategy against every other, over scenarios, under common random numbers.

Ranked is the mean welfare loss of the strategy's own side (bn USD a year against January 2025, less is better): it is defined in every run,
where the share of a deal's surplus is defined only where there is a deal. A strategy's score is its loss less the mean of that side over all
strategies, in the same runs and against the same opponents. Pairs of strategies are compared by paired t tests over runs, with Holm's correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd

from sim.api import evaluate
from sim.rules.measures import OUTCOMES

__all__ = ["STRATEGIES", "Tournament", "holm", "tournament"]

STRATEGIES = ("time_dependent", "tit_for_tat", "micro", "hardliner", "equilibrium")
_MEASURES = ("welfare_loss", "efficiency", "us_surplus_share", *OUTCOMES)


@dataclass(frozen=True)
class Tournament:
    """``pairs``: a row a scenario and pair of strategies; ``ranking``: best first; ``tests``: a row a comparison."""

    pairs: pd.DataFrame
    ranking: pd.DataFrame
    tests: pd.DataFrame


def tournament(
    scenarios: Sequence[str] = ("london_2025",), strategies: Sequence[str] = STRATEGIES, *, runs: int = 200, seed: int = 1, threads: int = 0
) -> Tournament:  # fmt: skip
    """Play every pair of strategies in every scenario.

    Parameters
    ----------
    scenarios, strategies
        Names; at least two strategies.
    runs, seed, threads
        Runs a pair (two at least), the seed of all draws, threads (0 takes every processor).

    Raises
    ------
    SimError
        An unknown scenario or strategy.
    """
    pairs = list(product(strategies, strategies))
    design = {"us.strategy.kind": [us for us, _ in pairs], "cn.strategy.kind": [cn for _, cn in pairs]}
    tables, scores = [], []
    for name in scenarios:
        played = evaluate(name, design, runs=runs, seed=seed, measures=_MEASURES, threads=threads)
        keys = ["us.strategy.kind", "cn.strategy.kind"]
        means = played.groupby(keys, sort=False).mean(numeric_only=True).drop(columns=["row", "run"])
        tables.append(means.reset_index().assign(scenario=name))
        scores.append(_scores(played, strategies))
    by_run = pd.concat(scores, axis=0)
    tests = _tests(by_run)
    ranking = by_run.mean().rename("score").sort_values(kind="stable").rename_axis("strategy").reset_index()
    return Tournament(pd.concat(tables, ignore_index=True), ranking, tests)


def _scores(played: pd.DataFrame, strategies: Sequence[str]) -> pd.DataFrame:
    """Each strategy's loss by run, against the mean of the side that it plays, over both sides: runs by strategies."""
    parts = []
    for side in ("us", "cn"):
        table = played.pivot_table(index="run", columns=f"{side}.strategy.kind", values=f"welfare_loss.{side}")
        parts.append(table[list(strategies)].sub(table.mean(axis=1), axis=0))
    return (parts[0] + parts[1]) / 2.0


def _tests(scores: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import ttest_rel

    rows = []
    for one, other in combinations(scores.columns, 2):
        gap = (scores[one] - scores[other]).to_numpy(float)
        p = float(ttest_rel(scores[one], scores[other]).pvalue) if np.ptp(gap) > 0.0 else 1.0
        rows.append((one, other, float(gap.mean()), p))
    table = pd.DataFrame(rows, columns=["one", "other", "difference", "p"])
    return table.assign(p_holm=holm(table["p"].to_numpy(float)))


def holm(values: np.ndarray) -> np.ndarray:
    """P-values corrected for their number (Holm 1979)."""
    order = np.argsort(values)
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    corrected = np.empty(len(values))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected
