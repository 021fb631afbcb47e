"""Outcome shares and means with their intervals.

Shares take Wilson's score interval (Wilson 1927; Newcombe 1998 on its coverage), means Student's;
both at 95 %. Runs count as independent draws: under common random numbers that holds within a
point, not between points (:mod:`sim.analysis.pooled`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.vocabulary import OUTCOMES

__all__ = [
    "Z",
    "count_outcomes",
    "grid",
    "mean_interval",
    "outcome_codes",
    "outcome_shares",
    "shares_of",
    "wilson",
]

Z = 1.959963984540054  # the normal quantile that leaves 2.5 % above


def wilson(
    hits: np.ndarray, of: np.ndarray, quantile: np.ndarray | float = Z
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the 95 % score interval of ``hits`` in ``of``; arrays of one shape. 0 of 0 gives the
    interval 0 to 1.

    ``quantile`` is that of the normal law, or Student's where the variance behind ``of`` was itself
    estimated.

    Examples
    --------
    >>> low, high = wilson(np.array([0, 5, 10]), np.array([10, 10, 10]))
    >>> [(round(float(a), 2), round(float(b), 2)) for a, b in zip(low, high)]
    [(0.0, 0.28), (0.24, 0.76), (0.72, 1.0)]
    """
    square = np.square(quantile)
    hits, n = np.asarray(hits, float), np.asarray(of, float)
    known = np.maximum(n, 1.0)
    p = hits / known
    centre = (p + square / (2.0 * known)) / (1.0 + square / known)
    half = (
        quantile
        / (1.0 + square / known)
        * np.sqrt(p * (1.0 - p) / known + square / (4.0 * known**2))
    )
    low = np.where(hits > 0, np.clip(centre - half, 0.0, 1.0), 0.0)
    high = np.where(hits < n, np.clip(centre + half, 0.0, 1.0), 1.0)
    return low, np.where(n > 0, high, 1.0)


def outcome_codes(outcome: pd.Series) -> np.ndarray:
    """Places of outcomes in ``OUTCOMES``, -1 where a run has none; shape (runs,), one byte per run.

    Examples
    --------
    >>> outcome_codes(pd.Series(["breakdown", "narrow_deal", None])).tolist()
    [3, 1, -1]
    """
    return np.asarray(pd.Categorical(outcome, categories=list(OUTCOMES)).codes)


def count_outcomes(group: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """Runs that ended in each outcome, shape (groups, outcomes).

    ``group`` numbers the group of each run from 0, ``codes`` are those of :func:`outcome_codes`,
    both of shape (runs,); a negative number in either leaves the run out.

    Examples
    --------
    Two runs of group 0, a narrow deal and a breakdown; one of group 1, a breakdown:

    >>> count_outcomes(np.array([0, 0, 1]), np.array([1, 3, 3]), 2).tolist()
    [[0, 1, 0, 1], [0, 0, 0, 1]]
    """
    kinds = len(OUTCOMES)
    cell = group.astype(np.int64)
    cell *= kinds
    cell += codes
    known = (group >= 0) & (codes >= 0)
    hits = np.bincount(cell if known.all() else cell[known], minlength=kinds * groups)
    return hits.reshape(groups, kinds)


def shares_of(hits: np.ndarray, keys: pd.DataFrame) -> pd.DataFrame:
    """Shares and their intervals from counts of shape (groups, outcomes), as :func:`outcome_shares`
    gives them.

    ``keys`` has one row per group; its columns come first.

    Examples
    --------
    >>> shares_of(np.array([[0, 1, 0, 3]]), pd.DataFrame(index=range(1)))["share"].tolist()
    [0.0, 0.25, 0.0, 0.75]
    """
    kinds = len(OUTCOMES)
    total = hits.sum(axis=1).repeat(kinds)
    hits = hits.ravel()
    low, high = wilson(hits, total)
    share = np.divide(hits, total, out=np.full(len(hits), np.nan), where=total > 0)
    table = keys.loc[keys.index.repeat(kinds)].reset_index(drop=True)
    return table.assign(
        outcome=list(OUTCOMES) * len(keys), share=share, low=low, high=high, runs=total
    )


def outcome_shares(runs: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Share of runs in each outcome.

    Parameters
    ----------
    runs
        A table of runs, with a column ``outcome``; runs without one do not count.
    by
        Columns whose values make groups; runs without a value form one group.

    Returns
    -------
    pandas.DataFrame
        One row per group and outcome (also outcomes that did not occur), in the order of the
        groups' values and of ``OUTCOMES``: the columns of ``by``, ``outcome``, ``share``, ``low``,
        ``high`` (the ends of its 95 % interval), ``runs`` (of the group). Without any run the
        shares are NaN.

    Examples
    --------
    >>> runs = pd.DataFrame({"outcome": ["breakdown", "breakdown", "narrow_deal", "tactical_pause"]})
    >>> outcome_shares(runs).set_index("outcome")["share"].to_dict()
    {'breakthrough': 0.0, 'narrow_deal': 0.25, 'tactical_pause': 0.25, 'breakdown': 0.5}
    """
    groups = list(by)
    codes = outcome_codes(runs["outcome"])
    if not groups:
        return shares_of(
            count_outcomes(np.zeros(len(runs), np.int8), codes, 1), pd.DataFrame(index=range(1))
        )
    group = runs.groupby(groups, observed=True, dropna=False).ngroup().to_numpy()
    member = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    member[group] = np.arange(len(runs))  # any run of a group has its values
    keys = runs[groups].iloc[member].reset_index(drop=True)
    return shares_of(count_outcomes(group, codes, len(keys)), keys)


def mean_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Mean of the known values, each independent of the others, and the ends of its interval; NaN
    ends below two values.

    Examples
    --------
    Of 1, 2 and 3 the standard error is 1 / sqrt(3), Student's quantile at two degrees of freedom
    4.303:

    >>> [round(x, 2) for x in mean_interval(np.array([1.0, 2.0, 3.0, np.nan]))]
    [2.0, -0.48, 4.48]
    """
    from scipy.special import stdtrit

    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return (float(known[0]) if len(known) else float("nan")), float("nan"), float("nan")
    mean = float(known.mean())
    half = float(
        stdtrit(len(known) - 1, (1.0 + level) / 2.0) * known.std(ddof=1) / np.sqrt(len(known))
    )
    return mean, mean - half, mean + half


def grid(shares: pd.DataFrame, x: str, y: str, outcome: str, value: str = "share") -> pd.DataFrame:
    """One outcome's ``value`` over two settings, from shares by exactly these two: rows are ``y``,
    columns ``x``, both rising.

    Examples
    --------
    >>> runs = pd.DataFrame({"a": [0, 0, 1, 1], "b": [5, 6, 5, 6], "outcome": ["breakdown", "narrow_deal"] * 2})
    >>> grid(outcome_shares(runs, ["a", "b"]), "a", "b", "breakdown").to_numpy().tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    return (
        shares[shares["outcome"] == outcome]
        .pivot(index=y, columns=x, values=value)
        .sort_index()
        .sort_index(axis=1)
    )
