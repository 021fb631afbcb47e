"""Shares over several points of a design, with intervals that are valid where points share their
draws and where points were drawn at random.

Under common random numbers run k uses the same draws at every point, so its outcomes at different
points are not independent. If they are counted as independent, a nominal 95 % interval covers 50 to
80 %. Here the runs are the clusters (Kish 1965): the variance of a share is that between runs of
their means over the points. Where points were laid out (a grid, a list) that is all: the interval
says how far other draws would move the share at these points. Where points were drawn over ranges,
the share is a mean over the ranges, and other points would move it too: the variance is that
between runs plus that between points, less that within points, which both contain (two-way
clusters: Cameron, Gelbach, Miller 2011). Without it such an interval covers 86 % with 20 shared
runs, and classes of a setting that does nothing seem to differ.

Wilson's interval then takes the number of independent runs that would vary as much and Student's
quantile (Korn and Graubard 1998; Dean and Pagano 2015 on their coverage), at degrees of freedom
that match how well the variance is known (Satterthwaite 1946). How often each kind holds the truth:
``docs/coverage.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.jackknife import known_freedom
from sim.analysis.shares import count_outcomes, outcome_codes, shares_of, wilson
from sim.vocabulary import OUTCOMES

__all__ = ["clustered_share", "pooled_shares"]

_KINDS = len(OUTCOMES)
# runs that the design effect over all outcomes (Rao and Scott 1981) weighs: 94 to 98 % covered from
# 4 runs on, measured
_PRIOR = 10
_LEAST = 1e-15


class _Cells(NamedTuple):
    """Runs with an outcome: ``codes`` of these, ``point`` and ``run`` numbered from 0, each (n,);
    ``group`` of each point, (points,).

    ``block`` numbers what was drawn with each point, (points,); None where points were laid out.
    """

    codes: np.ndarray
    point: np.ndarray
    run: np.ndarray
    group: np.ndarray
    block: np.ndarray | None


def pooled_shares(
    runs: pd.DataFrame, by: Sequence[str] = (), *, common: bool = True, drawn: int = 0
) -> pd.DataFrame:
    """Share of runs in each outcome, each point with the same weight.

    Parameters
    ----------
    runs
        A table of runs with ``point``, ``run`` and ``outcome``; runs without an outcome do not
        count.
    by
        Columns whose values make groups of points; every run of a point is in one group.
    common
        Whether runs with the same number share their draws at all points, as
        ``common_random_numbers`` says.
    drawn
        How many points of the design were drawn together, as :func:`sim.analysis.sampling.draws_of`
        says; 0 where points were laid out.

    Returns
    -------
    pandas.DataFrame
        As :func:`sim.analysis.shares.outcome_shares`. With common draws and a single run number
        over several points the interval is not known: NaN.

    Examples
    --------
    Two points of two runs each; one run of the four ends in a narrow deal:

    >>> runs = pd.DataFrame({"point": [0, 0, 1, 1], "run": [0, 1, 0, 1], "outcome": ["breakdown"] * 3 + ["narrow_deal"]})
    >>> pooled_shares(runs).set_index("outcome")["share"].to_dict()
    {'breakthrough': 0.0, 'narrow_deal': 0.25, 'tactical_pause': 0.0, 'breakdown': 0.75}
    """
    groups = list(by)
    code = (
        runs.groupby(groups, observed=True, dropna=False).ngroup().to_numpy()
        if groups
        else np.zeros(len(runs), np.int64)
    )
    member = np.zeros(int(code.max(initial=-1 if groups else 0)) + 1, np.int64)
    member[code] = np.arange(len(runs))
    keys = (
        runs[groups].iloc[member].reset_index(drop=True) if groups else pd.DataFrame(index=range(1))
    )
    codes = outcome_codes(runs["outcome"])
    table = shares_of(count_outcomes(code, codes, len(keys)), keys)
    known = codes >= 0
    point, number = pd.factorize(runs["point"].to_numpy()[known])
    group = np.zeros(int(point.max(initial=-1)) + 1, np.int64)
    group[point] = code[known]
    several = np.bincount(group, minlength=len(keys)) > 1
    if not several.any():
        return table
    block = pd.factorize(np.asarray(number) // drawn)[0] if drawn else None
    cells = _Cells(
        codes[known], point, pd.factorize(runs["run"].to_numpy()[known])[0], group, block
    )
    found = _intervals(cells, len(keys), common)
    rows = several.repeat(_KINDS)
    for name, values in zip(("share", "low", "high"), found, strict=True):
        table.loc[rows, name] = values.ravel()[rows]
    return table


def _intervals(
    cells: _Cells, groups: int, common: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares and the ends of their intervals, each of shape (groups, outcomes)."""
    from scipy.special import stdtrit

    counts = np.bincount(cells.point, minlength=len(cells.group))
    means = count_outcomes(cells.point, cells.codes, len(cells.group)) / counts[:, None]
    weight = 1.0 / np.bincount(cells.group, minlength=groups)  # of a point in its group
    share = (
        np.stack([np.bincount(cells.group, means[:, k], groups) for k in range(_KINDS)], axis=1)
        * weight[:, None]
    )
    spread, total = share * (1.0 - share), np.bincount(cells.group, counts, groups)[:, None]
    variance, units, freedom = _within_points(cells, counts, means, weight)
    if common:
        within = variance
        variance, units, freedom = _between_runs(cells, counts, means, weight, share)
        variance = _steadied(variance, spread, units)
        if cells.block is not None:
            variance, freedom = _both(
                variance, freedom, _between_points(cells, means, weight, share), within
            )
    elif cells.block is not None and (counts.max() > 1 or cells.block.max() + 1 < len(cells.group)):
        variance, units, freedom = _between_points(cells, means, weight, share)
    # no spread: count the clusters where every run had this outcome or none had, else count the
    # runs
    usual = np.where(spread > 0.0, total, units[:, None])
    effective = np.divide(spread, variance, out=usual.astype(float), where=variance > _LEAST)
    freedom = np.broadcast_to(freedom.reshape(groups, -1), share.shape)
    low, high = wilson(share * effective, effective, stdtrit(np.maximum(freedom, 1.0), 0.975))
    low, high = (np.where(freedom > 0, end, np.nan) for end in (low, high))
    return share, low, high


def _steadied(variance: np.ndarray, spread: np.ndarray, units: np.ndarray) -> np.ndarray:
    """A variance from few runs, shrunk towards the design effect over all outcomes: that of a rare
    outcome alone is poorly known.
    """
    own = _PRIOR / (units + _PRIOR)[:, None]
    over_all = variance.sum(axis=1, keepdims=True) / np.maximum(
        spread.sum(axis=1, keepdims=True), _LEAST
    )
    return (1.0 - own) * variance + own * over_all * spread


def _both(
    runs: np.ndarray,
    run_freedom: np.ndarray,
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray],
    within: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Variance (groups, outcomes) from runs and from points, less the part that both contain, and
    its degrees of freedom (0 where one is not known).
    """
    points, _, point_freedom = drawn
    variance = np.maximum(runs + points - within, np.maximum(runs, points))
    least = np.minimum(run_freedom, point_freedom[:, None])
    parts = (
        runs**2 / np.maximum(run_freedom, 1.0) + points**2 / np.maximum(point_freedom, 1)[:, None]
    )
    freedom = np.divide(variance**2, parts, out=least.copy(), where=parts > _LEAST**2)
    return variance, np.where(least > 0.0, freedom, 0.0)


def _between_runs(
    cells: _Cells, counts: np.ndarray, means: np.ndarray, weight: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Variance of shares (groups, outcomes) from what each run number adds to them, the number of
    those (groups,), degrees of freedom.
    """
    groups, numbers = len(weight), int(cells.run.max()) + 1
    cell = cells.group[cells.point] * numbers + cells.run
    here = np.bincount(cell, minlength=groups * numbers).reshape(groups, numbers) > 0
    units = here.sum(axis=1)
    if (counts == counts[0]).all() and (here.sum(axis=1) == counts[0]).all():
        hits = count_outcomes(cell, cells.codes, groups * numbers).reshape(groups, numbers, _KINDS)
        added = (
            hits * (weight / counts[0])[:, None, None]
            - share[:, None, :] / counts[0] * here[:, :, None]
        )
    else:
        scale = (weight[cells.group] / counts)[cells.point]
        parts = [((cells.codes == k) - means[cells.point, k]) * scale for k in range(_KINDS)]
        added = np.stack(
            [np.bincount(cell, part, groups * numbers).reshape(groups, numbers) for part in parts],
            axis=2,
        )
    square = (added**2).sum(axis=1)
    freedom = known_freedom(square, (added**4).sum(axis=1), units[:, None])
    return square * (units / np.maximum(units - 1, 1))[:, None], units, freedom


def _between_points(
    cells: _Cells, means: np.ndarray, weight: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same from the contribution of each block of points drawn together, whatever draws they
    share.
    """
    assert cells.block is not None
    groups, blocks = len(weight), int(cells.block.max()) + 1
    member, at = np.unique(cells.group * blocks + cells.block, return_inverse=True)
    units = np.bincount(member // blocks, minlength=groups)
    scale, off = weight[cells.group], share[cells.group]
    parts = (np.bincount(at, (means[:, k] - off[:, k]) * scale) ** 2 for k in range(_KINDS))
    variance = np.stack([np.bincount(member // blocks, part, groups) for part in parts], axis=1)
    return variance * (units / np.maximum(units - 1, 1))[:, None], units, units - 1


def _within_points(
    cells: _Cells, counts: np.ndarray, means: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same where every run has its own draws: points are strata. With one run per point, as if
    points were drawn at random.
    """
    groups, total = len(weight), np.bincount(cells.group, counts, len(weight))
    if counts.max() < 2:
        return np.zeros((groups, _KINDS)), total, total.astype(np.int64) - 1
    own = means * (1.0 - means) / np.maximum(counts - 1, 1)[:, None]
    variance = np.stack(
        [np.bincount(cells.group, own[:, k], groups) for k in range(_KINDS)], axis=1
    )
    freedom = np.bincount(cells.group, counts - 1, groups).astype(np.int64)
    return variance * (weight**2)[:, None], total, freedom


def clustered_share(
    hits: np.ndarray, cluster: np.ndarray, other: np.ndarray | None = None
) -> tuple[float, float, float]:
    """A share of events and the ends of its 95 % interval, where events of one cluster (a run) are
    not independent.

    Parameters
    ----------
    hits
        Whether each event counts, shape (n,).
    cluster
        The run that each belongs to, shape (n,).
    other
        What else they may share, such as a point that was drawn, shape (n,).

    Examples
    --------
    Three events of run 0, of which two count, and one of run 1, which does not:

    >>> clustered_share(np.array([True, True, False, False]), np.array([0, 0, 0, 1]))[0]
    0.5
    """
    from scipy.special import stdtrit

    total = len(hits)
    share = float(np.mean(hits)) if total else float("nan")
    off = np.asarray(hits, float) - share
    variance, units = _clustered(off, cluster)
    if other is not None and units > 1:
        both = np.unique(np.column_stack([cluster, other]), axis=0, return_inverse=True)[1]
        beside, points = _clustered(off, other)
        # of two ways (Cameron, Gelbach, Miller 2011), and never less than of one
        variance = max(variance, beside, variance + beside - _clustered(off, both.ravel())[0])
        units = min(units, points)
    if units < 2:
        return share, float("nan"), float("nan")
    effective = share * (1.0 - share) / variance if variance > _LEAST else float(units)
    low, high = wilson(
        np.asarray(share * effective), np.asarray(effective), float(stdtrit(units - 1, 0.975))
    )
    return share, float(low), float(high)


def _clustered(off: np.ndarray, cluster: np.ndarray) -> tuple[float, int]:
    """Variance of a share, linearised as clusters differ in size, and the number of clusters."""
    number = np.unique(cluster, return_inverse=True)[1]
    units = int(number.max(initial=-1)) + 1
    added = np.bincount(number, off) / max(1, len(off))
    return float((added**2).sum()) * units / max(1, units - 1), units
