"""What a sweep was made to answer: how its focus, an outcome or a measure, moves with each setting, and across its contrast.

A setting's effect is the mean of the focus at each of its values, or in each fifth of them where there are many; its span is the largest
less the smallest. Intervals come from a jackknife over clusters of runs that share their luck: run numbers under common random
numbers, else groups of points (Cameron, Gelbach, Miller 2008 on why not single runs). A span counts as beyond chance where its
interval, corrected for every pair of values and every setting (Bonferroni), leaves out 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.classes import has_more_values, rank_classes
from sim.analysis.impossible import RuledOut, find_ruled_out
from sim.analysis.shares import wilson
from sim.analysis.words import label_of, measure_words, unit_words
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    from sim.config.groups.sweep import Factor, Sweep
    from sim.results import Results

__all__ = ["CELLS", "CONTRAST", "LEVERS", "LINES", "Effect", "Found", "cells", "find", "shape"]

CELLS, LINES, LEVERS, CONTRAST = "cells", "lines", "levers", "contrast"
MOST_VALUES = 12  # of one setting that are told apart; more are put into fifths
_FIFTHS = 5
_MOST_CLUSTERS = 60  # of points: enough for an interval, few enough to count quickly
_LEVEL = 0.05
_COLUMNS_AT_ONCE = 2  # each reading opens every part, and of a million runs a column takes 30 MB while it is read


class Effect(NamedTuple):
    """How the focus moves with one setting.

    ``unit`` is the setting's, empty for shares and names; ``values`` are its own, or the ends of its fifths as pairs where ``classed``; ``mean``, ``low`` and ``high`` (k,) the focus
    at each with its 95 % interval; ``left`` (clusters, k) the means with one cluster left out; ``critical`` the quantile of Student's
    distribution at which a difference of two of them is beyond chance.
    """

    setting: str
    label: str
    unit: str
    values: tuple[Any, ...]
    ordered: bool
    classed: bool
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    left: np.ndarray
    critical: float

    @property
    def ends(self) -> tuple[int, int]:
        """Places of the smallest and the largest mean."""
        return int(np.nanargmin(self.mean)), int(np.nanargmax(self.mean))

    @property
    def span(self) -> float:
        """The largest mean less the smallest."""
        return float(np.ptp(self.mean[list(self.ends)]))

    @property
    def beyond_chance(self) -> bool:
        """Whether the span is."""
        return self.differ(*self.ends)

    def differ(self, one: int, two: int) -> bool:
        """Whether the means at two values are apart beyond chance."""
        return bool(
            abs(self.mean[two] - self.mean[one]) > self.critical * spread(self.left[:, two] - self.left[:, one])
        )


class Found(NamedTuple):
    """What a sweep's runs say of one focus.

    ``share`` tells an outcome from a measure, whose unit is ``unit``; ``mean`` is over all runs. ``effects`` has an effect for each
    setting, that with the largest span first. With a contrast ``across`` is its own effect; ``within`` has, for each of its values, the effect
    of the only other setting; ``apart`` has for each other setting the effect on the difference between the contrast's two ends.
    ``ruled_out`` is the reason why an outcome can happen at no point, empty where it can.
    """

    focus: str
    label: str
    unit: str
    share: bool
    mean: float
    effects: tuple[Effect, ...]
    across: Effect | None = None
    within: Mapping[Any, Effect] = {}
    apart: tuple[Effect, ...] = ()
    ruled_out: str = ""


class _Runs(NamedTuple):
    """The focus in each run ``known`` to have one: ``y`` (n,), its ``cluster`` (n,) and whether it ``never`` can happen (n,).

    ``share`` says that the focus is an outcome, ``alone`` that runs share no draws.
    """

    known: np.ndarray
    y: np.ndarray
    cluster: np.ndarray
    never: np.ndarray
    share: bool
    alone: bool


_Name = tuple[str, str, str]  # a setting, its label, its unit


class _Level(NamedTuple):
    """Place of each run's value (n,) among ``values``."""

    at: np.ndarray
    values: tuple[Any, ...]
    ordered: bool
    classed: bool


def spread(left: np.ndarray) -> float:
    """Standard error by the jackknife, from estimates with one cluster left out, shape (clusters,)."""
    groups = len(left)
    return float(np.sqrt((groups - 1) / groups * ((left - left.mean()) ** 2).sum()))


def shape(found: Found) -> str:
    """How the target is shown: cells of two settings, lines along one, rows of levers, or the contrast within rows of levers."""
    if found.within or found.apart:
        return LINES if found.within else CONTRAST
    few = not any(effect.classed or len(effect.values) > MOST_VALUES for effect in found.effects)
    return {1: LINES, 2: CELLS}.get(len(found.effects), LEVERS) if few else LEVERS


def find(results: Results) -> list[Found]:
    """What a sweep with a focus found, a part for each focus in its order; empty where it has none or moved nothing.

    Parameters
    ----------
    results
        A sweep's.
    """
    sweep = results.sweep
    if sweep is None or not sweep.focus:
        return []
    levels = dict(_levels(results, sweep))
    if not levels:
        return []
    cluster = _clusters(results, sweep)
    pairs = sum(len(level.values) * (len(level.values) - 1) // 2 for level in levels.values())
    excluded = find_ruled_out(results)
    return [_found(results, sweep, name, levels, cluster, excluded, pairs) for name in sweep.focus]


def cells(results: Results, focus: str, names: Sequence[str]) -> pd.DataFrame:
    """Mean of a focus at each pair of values of two settings: rows the second, columns the first, both in their order."""
    frame = results.table([*names, "outcome" if focus in OUTCOMES else focus])
    y = (frame["outcome"] == focus).astype(float) if focus in OUTCOMES else frame[focus]
    keys = [frame[names[1]].astype(object), frame[names[0]].astype(object)]
    table = y.groupby(keys, sort=True).mean().unstack()
    return table.sort_index().sort_index(axis=1)


def _found(
    results: Results, sweep: Sweep, focus: str, levels: Mapping[str, _Level], cluster: np.ndarray, excluded: RuledOut, pairs: int
) -> Found:  # fmt: skip
    runs = _runs(results, focus, cluster, excluded.rows(focus), alone=not sweep.common_random_numbers)
    contrast, linked = sweep.contrast, set(sweep.copies.values())
    names = {
        name: (name, label_of(name, results.notes, name in linked, unit=False), unit_words(name, results.notes))
        for name in levels
    }
    effects = [_effect(names[name], level, runs, pairs) for name, level in levels.items()]
    across = next((effect for effect in effects if effect.setting == contrast), None)
    others = {name: level for name, level in levels.items() if name != contrast}
    within: dict[Any, Effect] = {}
    apart: list[Effect] = []
    if across is not None and others:
        at = levels[contrast].at
        ((name, level), *more) = others.items()
        if not more and not level.classed and not levels[contrast].classed:
            for k, value in enumerate(levels[contrast].values):
                within[value] = _effect(names[name], level, _only(runs, at == k), pairs)
        else:
            apart = [_difference(names[name], level, runs, at, across.ends, pairs) for name, level in others.items()]
    label = focus.replace("_", " ") if runs.share else measure_words(focus, results.notes)
    unit = "" if runs.share else results.notes.get(focus, {}).get("unit", "")
    return Found(
        focus, label, unit, runs.share, float(runs.y.mean()) if len(runs.y) else float("nan"), _largest_first(effects), across, within,
        _largest_first(apart), "" if runs.y.any() else excluded.everywhere().get(focus, ""),
    )  # fmt: skip


def _largest_first(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(effects, key=lambda effect: -effect.span))


def _levels(results: Results, sweep: Sweep) -> Iterator[tuple[str, _Level]]:
    """Every setting that the sweep moved, but for copies of another and those that have one value."""
    names = [name for name in results.design if name not in sweep.copies]
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        columns = results.table(names[start : start + _COLUMNS_AT_ONCE])
        for name in columns:
            column = columns[name]
            if has_more_values(column, 1):
                yield name, _level(column, sweep.factors.get(name))


def _level(column: pd.Series, factor: Factor | None) -> _Level:
    """Values of a setting, or its fifths; the outermost ends of those are the ends of the factor's range."""
    ordered = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if ordered and has_more_values(column, MOST_VALUES):
        values = column.to_numpy()
        at = rank_classes(values, _FIFTHS)
        found, at = np.unique(at, return_inverse=True)
        ends = [[values[at == k].min().item(), values[at == k].max().item()] for k in range(len(found))]
        if factor is not None and factor.low is not None and factor.high is not None:
            ends[0][0], ends[-1][1] = factor.low, factor.high
        return _Level(_small(at, len(ends)), tuple(map(tuple, ends)), True, True)
    at, values = pd.factorize(column, sort=True)
    listed = factor.values if factor is not None and not ordered else ()
    order = [value for value in listed if value in set(values)]
    if len(order) == len(values):  # names keep the order in which the sweep lists them
        at, values = np.asarray([order.index(value) for value in values])[at], order
    return _Level(_small(at, len(values)), tuple(_plain(value) for value in values), ordered, False)


def _small(at: np.ndarray, kinds: int) -> np.ndarray:
    """Places among so many values in as few bytes as hold them: a large sweep keeps those of every setting."""
    return np.asarray(at, np.min_scalar_type(kinds))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _clusters(results: Results, sweep: Sweep) -> np.ndarray:
    """The cluster of each run: runs of one number share their luck under common random numbers, else points are dealt out at random."""
    frame = results.table(["point", "run"])
    run, point = frame["run"].to_numpy(), frame["point"].to_numpy()
    if sweep.common_random_numbers and run.max() > run.min():
        return np.unique(run, return_inverse=True)[1]
    groups = min(_MOST_CLUSTERS, int(point.max()) + 1)
    return np.random.default_rng(0).integers(0, groups, int(point.max()) + 1)[point]


def _runs(results: Results, focus: str, cluster: np.ndarray, never: np.ndarray, *, alone: bool) -> _Runs:
    share = focus in OUTCOMES
    column = results.table(["outcome" if share else focus])["outcome" if share else focus]
    y = (column == focus).to_numpy(float) if share else column.to_numpy(float)
    known = ~np.isnan(y)
    return _Runs(known, y[known], cluster[known], never[known], share, alone)


def _only(runs: _Runs, where: np.ndarray) -> _Runs:
    kept = where[runs.known]
    known = runs.known.copy()
    known[runs.known] = kept
    return _Runs(known, runs.y[kept], runs.cluster[kept], runs.never[kept], runs.share, runs.alone)


def _sums(at: np.ndarray, kinds: int, runs: _Runs) -> tuple[np.ndarray, np.ndarray]:
    """Runs and sum of the focus in each cluster and class, shape (clusters, kinds); clusters without a run left out."""
    groups = int(runs.cluster.max(initial=-1)) + 1
    cell = runs.cluster * kinds + at
    count = np.bincount(cell, minlength=groups * kinds).reshape(groups, kinds).astype(float)
    total = np.bincount(cell, weights=runs.y, minlength=groups * kinds).reshape(groups, kinds)
    filled = count.any(axis=1)
    return count[filled], total[filled]


def _means(count: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each class (k,), and with one cluster left out (clusters, k); NaN without a run."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return total.sum(axis=0) / count.sum(axis=0), (total.sum(axis=0) - total) / (count.sum(axis=0) - count)


def _effect(name: _Name, level: _Level, runs: _Runs, pairs: int) -> Effect:
    count, total = _sums(level.at[runs.known], len(level.values), runs)
    mean, left = _means(count, total)
    groups = len(left)
    half = (
        _quantile(groups, 1) * np.asarray([spread(left[:, k]) for k in range(len(mean))])
        if groups > 1
        else np.full(len(mean), np.nan)
    )
    low, high = mean - half, mean + half
    if runs.share:
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
        sure = (mean == 0.0) | (mean == 1.0)  # no cluster differs: the interval of as many runs as stand for themselves
        n = count.sum(axis=0) if runs.alone else (count > 0).sum(axis=0).astype(float)
        low[sure], high[sure] = (ends[sure] for ends in wilson(mean * n, n))
        at = level.at[runs.known]
        high[(mean == 0.0) & (np.bincount(at, ~runs.never, minlength=len(mean)) == 0)] = 0.0  # it cannot happen there
    return Effect(
        *name, level.values, level.ordered, level.classed, mean, low, high, left, _quantile(groups, max(1, pairs))
    )


def _difference(
    name: _Name, level: _Level, runs: _Runs, contrast: np.ndarray, ends: tuple[int, int], pairs: int
) -> Effect:
    """The contrast's larger end less its smaller one, at each value of a setting."""
    parts = [
        _sums(level.at[only.known], len(level.values), only) for only in (_only(runs, contrast == k) for k in ends)
    ]
    (small, few), (large, many) = (_means(*part) for part in parts)
    clusters = min(len(few), len(many))
    mean, left = large - small, many[:clusters] - few[:clusters]
    half = _quantile(clusters, 1) * np.asarray([spread(left[:, k]) for k in range(len(mean))])
    return Effect(
        *name, level.values, level.ordered, level.classed, mean, mean - half, mean + half, left, _quantile(clusters, max(1, pairs))
    )  # fmt: skip


def _quantile(clusters: int, comparisons: int) -> float:
    """Two-sided quantile of Student's distribution for one of so many comparisons; infinite where one cluster is all."""
    from scipy.special import stdtrit

    return float(stdtrit(clusters - 1, 1.0 - _LEVEL / (2.0 * comparisons))) if clusters > 1 else float("inf")
