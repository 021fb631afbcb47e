"""The question of a sweep: how its focus (an outcome or a measure) changes with each setting, and
across its contrast.

A setting's effect is the mean of the focus at each of its values, or in each fifth of them where
there are many; its span is the largest less the smallest. Intervals come from a jackknife over
clusters of runs (:mod:`sim.analysis.jackknife`): run numbers under common random numbers, groups of
points where runs have their own draws, and both where drawn points share their draws. Those of
shares are score intervals, as of :mod:`sim.analysis.pooled`. A span counts as beyond chance where
its interval, corrected for every pair of values and every setting (Bonferroni), leaves out 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.classes import has_more_values, rank_classes
from sim.analysis.impossible import RuledOut, find_ruled_out
from sim.analysis.jackknife import Jackknife
from sim.analysis.labels import label_of, measure_words, unit_words
from sim.analysis.sampling import draws_of, source_words
from sim.analysis.shares import wilson
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    from sim.batch.sweep import Factor, Sweep
    from sim.results import Results

__all__ = [
    "CELLS",
    "CONTRAST",
    "LEVERS",
    "LINES",
    "Effect",
    "Found",
    "cells",
    "find",
    "reasons",
    "shape",
]

CELLS, LINES, LEVERS, CONTRAST = "cells", "lines", "levers", "contrast"
MOST_VALUES = 12  # values of one setting shown separately; more are grouped into fifths
_FIFTHS = 5
_MOST_CLUSTERS = 60  # of points: enough for an interval, few enough to count quickly
_COLUMNS_AT_ONCE = (
    2  # each read opens every part, and a column of a million runs takes 30 MB while it is read
)


class Effect(NamedTuple):
    """How the focus moves with one setting.

    ``unit`` is the setting's, empty for shares and names; ``values`` are its own, or the ends of
    its fifths as pairs where ``classed``; ``mean``, ``low`` and ``high`` (k,) the focus at each
    with its 95 % interval; ``doubt`` the jackknife replicates of the means; ``pairs`` the
    comparisons for which a difference of two of them is corrected; ``never`` the places of values
    at which the focus cannot happen.
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
    doubt: Jackknife
    pairs: int
    never: frozenset[int] = frozenset()

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
        """Whether the span is significant."""
        return self.differ(*self.ends)

    def differ(self, one: int, two: int) -> bool:
        """Whether the means at two values differ beyond chance."""
        return bool(
            abs(self.mean[two] - self.mean[one]) > self.apart(one, two).half_width(self.pairs)
        )

    def apart(self, one: int, two: int) -> Jackknife:
        """Replicates of the second mean less the first."""
        return self.doubt.at(two).less(self.doubt.at(one))


class Found(NamedTuple):
    """What a sweep shows about one focus.

    ``share`` says that the focus is an outcome, else a measure with unit ``unit``; ``mean`` is over
    all runs. ``effects`` has one effect per setting, largest span first. With a contrast ``across``
    is its own effect; ``within`` has, for each of its values, the effect of the only other setting;
    ``apart`` has for each other setting the effect on the difference between the contrast's two
    ends. ``ruled_out`` is the reason why an outcome cannot happen at any point, else empty.
    ``source`` says what the intervals cover.
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
    source: str = "of the runs"


class _Runs(NamedTuple):
    """The focus in each run ``known`` to have one: ``y`` (n,), its cluster in each source of chance
    (n,), whether it ``never`` can happen (n,).

    ``share`` says that the focus is an outcome, ``alone`` that runs share no draws; ``sizes``
    counts the clusters, those that a part of the runs lacks included. Of two sources ``within``
    (n,) is how far each run lies from the mean of its point, with the variance of a single run, and
    ``dealt`` (n,) a random group of each.
    """

    known: np.ndarray
    y: np.ndarray
    clusters: tuple[np.ndarray, ...]
    never: np.ndarray
    share: bool
    alone: bool
    sizes: tuple[int, ...]
    within: np.ndarray
    dealt: np.ndarray


_Name = tuple[str, str, str]  # a setting, its label, its unit


class _Level(NamedTuple):
    """Place of each run's value (n,) among ``values``."""

    at: np.ndarray
    values: tuple[Any, ...]
    ordered: bool
    classed: bool


def shape(found: Found) -> str:
    """How the target is shown: cells of two settings, lines along one, rows of levers, or the
    contrast within rows of levers.
    """
    if found.within or found.apart:
        return LINES if found.within else CONTRAST
    few = not any(effect.classed or len(effect.values) > MOST_VALUES for effect in found.effects)
    return {1: LINES, 2: CELLS}.get(len(found.effects), LEVERS) if few else LEVERS


def find(results: Results) -> list[Found]:
    """What a sweep with a focus found, one entry per focus, in order; empty where it has none or
    moved nothing.

    Parameters
    ----------
    results
        The results of a sweep.
    """
    sweep = results.sweep
    if sweep is None or not sweep.focus:
        return []
    levels = dict(_levels(results, sweep))
    if not levels:
        return []
    clusters = _clusters(results, sweep)
    pairs = sum(len(level.values) * (len(level.values) - 1) // 2 for level in levels.values())
    excluded = find_ruled_out(results)
    return [_found(results, sweep, name, levels, clusters, excluded, pairs) for name in sweep.focus]


def cells(results: Results, focus: str, names: Sequence[str]) -> pd.DataFrame:
    """Mean of a focus at each pair of values of two settings: rows the second, columns the first,
    both in their order.
    """
    frame = results.table([*names, "outcome" if focus in OUTCOMES else focus])
    y = (frame["outcome"] == focus).astype(float) if focus in OUTCOMES else frame[focus]
    return _crossed(y, frame, names, "mean")


def reasons(results: Results, focus: str, names: Sequence[str]) -> pd.DataFrame:
    """Why the focus cannot happen in each cell of :func:`cells`, whose rows and columns it has;
    empty where it can.
    """
    excluded, frame = find_ruled_out(results), results.table(list(names))
    never = _crossed(pd.Series(excluded.rows(focus), frame.index), frame, names, "min")
    kinds = pd.Series(excluded.kind, frame.index)
    words = _crossed(kinds, frame, names, lambda cell: excluded.reason(focus, cell.to_numpy()))
    return words.where(never.eq(True), "")


def _crossed(y: pd.Series, frame: pd.DataFrame, names: Sequence[str], how: Any) -> pd.DataFrame:
    """A summary of each pair of values of two settings; rows the second, columns the first."""
    keys = [frame[names[1]].astype(object), frame[names[0]].astype(object)]
    return y.groupby(keys, sort=True).agg(how).unstack().sort_index().sort_index(axis=1)


def _found(
    results: Results,
    sweep: Sweep,
    focus: str,
    levels: Mapping[str, _Level],
    clusters: tuple[np.ndarray, ...],
    excluded: RuledOut,
    pairs: int,
) -> Found:
    runs = _runs(
        results, focus, clusters, excluded.rows(focus), alone=not sweep.common_random_numbers
    )
    contrast, linked = sweep.contrast, set(sweep.copies.values())
    names = {
        name: (
            name,
            label_of(name, results.notes, name in linked, unit=False),
            unit_words(name, results.notes),
        )
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
            # of so few runs that no value of a setting was run on both sides nothing can be said
            apart = [
                effect
                for effect in (
                    _difference(names[name], level, runs, at, across.ends, pairs)
                    for name, level in others.items()
                )
                if not np.isnan(effect.mean).all()
            ]
    label = focus.replace("_", " ") if runs.share else measure_words(focus, results.notes)
    unit = "" if runs.share else results.notes.get(focus, {}).get("unit", "")
    return Found(
        focus,
        label,
        unit,
        runs.share,
        float(runs.y.mean()) if len(runs.y) else float("nan"),
        _largest_first(effects),
        across,
        within,
        _largest_first(apart),
        "" if runs.y.any() else excluded.everywhere().get(focus, ""),
        source_words(draws_of(sweep)),
    )


def _largest_first(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(effects, key=lambda effect: -effect.span))


def _levels(results: Results, sweep: Sweep) -> Iterator[tuple[str, _Level]]:
    """Every setting that the sweep moved, except copies of another and settings with one value."""
    names = [name for name in results.design if name not in sweep.copies]
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        columns = results.table(names[start : start + _COLUMNS_AT_ONCE])
        for name in columns:
            column = columns[name]
            if has_more_values(column, 1):
                yield name, _level(column, sweep.factors.get(name))


def _level(column: pd.Series, factor: Factor | None) -> _Level:
    """Values of a setting, or its fifths; the outermost ends of those are the ends of the factor's
    range.
    """
    ordered = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if ordered and has_more_values(column, MOST_VALUES):
        values = column.to_numpy()
        at = rank_classes(values, _FIFTHS)
        found, at = np.unique(at, return_inverse=True)
        ends = [
            [values[at == k].min().item(), values[at == k].max().item()] for k in range(len(found))
        ]
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
    """Positions among ``kinds`` values in the smallest integer type: a large sweep keeps one array
    per setting.
    """
    return np.asarray(at, np.min_scalar_type(kinds))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _clusters(results: Results, sweep: Sweep) -> tuple[np.ndarray, ...]:
    """The cluster of each run in each source of chance.

    Run numbers, where runs with the same number share their draws; random groups of points, where
    points were drawn or runs share nothing.
    """
    frame = results.table(["point", "run"])
    run, point = frame["run"].to_numpy(), frame["point"].to_numpy()
    draws = draws_of(sweep)
    shared = draws["common"] and run.max() > run.min()
    sources = [np.unique(run, return_inverse=True)[1]] if shared else []
    if draws["drawn"] or not shared:
        block = point // max(1, draws["drawn"])
        groups = min(_MOST_CLUSTERS, int(block.max()) + 1)
        sources.append(np.random.default_rng(0).integers(0, groups, int(block.max()) + 1)[block])
    return tuple(sources)


def _runs(
    results: Results,
    focus: str,
    clusters: tuple[np.ndarray, ...],
    never: np.ndarray,
    *,
    alone: bool,
) -> _Runs:
    share = focus in OUTCOMES
    column = results.table(["outcome" if share else focus])["outcome" if share else focus]
    y = (column == focus).to_numpy(float) if share else column.to_numpy(float)
    known = ~np.isnan(y)
    numbered = tuple(_numbered(cluster[known]) for cluster in clusters)
    sizes = tuple(int(cluster.max(initial=-1)) + 1 for cluster in numbered)
    within, dealt = np.zeros(0), np.zeros(0, np.int64)
    if len(clusters) > 1:
        within = _within(y[known], results.table(["point"])["point"].to_numpy()[known])
        dealt = np.random.default_rng(1).integers(0, _MOST_CLUSTERS, len(within))
    return _Runs(known, y[known], numbered, never[known], share, alone, sizes, within, dealt)


def _numbered(cluster: np.ndarray) -> np.ndarray:
    """Clusters renumbered without those that are left out."""
    return np.asarray((np.cumsum(np.bincount(cluster) > 0) - 1)[cluster])


def _within(y: np.ndarray, point: np.ndarray) -> np.ndarray:
    """How far runs lie from the mean of their point, with the variance of a single run; 0 where a
    point has one.
    """
    count = np.maximum(np.bincount(point), 1)
    mean = np.bincount(point, y) / count
    return (y - mean[point]) * np.sqrt(count / np.maximum(count - 1, 1))[point]


def _only(runs: _Runs, where: np.ndarray) -> _Runs:
    kept = where[runs.known]
    known = runs.known.copy()
    known[runs.known] = kept
    within, dealt = (part[kept] if len(part) else part for part in (runs.within, runs.dealt))
    parts = tuple(part[kept] for part in runs.clusters)
    return runs._replace(
        known=known,
        y=runs.y[kept],
        clusters=parts,
        never=runs.never[kept],
        within=within,
        dealt=dealt,
    )


def _sums(
    at: np.ndarray, kinds: int, cluster: np.ndarray, groups: int, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Runs and sum of the focus in each cluster and class, shape (groups, kinds)."""
    cell = cluster * kinds + at
    count = np.bincount(cell, minlength=groups * kinds).reshape(groups, kinds).astype(float)
    return count, np.bincount(cell, y, groups * kinds).reshape(groups, kinds)


def _means(level: _Level, runs: _Runs) -> tuple[np.ndarray, Jackknife, np.ndarray]:
    """Mean of each class (k,) with its replicates, and the number of independent runs in each,
    (k,); NaN without a run.
    """
    at, kinds = level.at[runs.known], len(level.values)
    n = np.bincount(at, minlength=kinds).astype(float)
    whole = np.bincount(at, runs.y, kinds)
    left: list[np.ndarray] = []
    fewest: np.ndarray = n
    with np.errstate(invalid="ignore", divide="ignore"):
        for cluster, size in zip(runs.clusters, runs.sizes, strict=True):
            count, total = _sums(at, kinds, cluster, size, runs.y)
            left.append((whole - total) / (n - count))
            fewest = np.minimum(fewest, (count > 0).sum(axis=0))
        mean = whole / n
        within = np.zeros((1, kinds))
        if len(left) > 1:
            within = _sums(at, kinds, runs.dealt, _MOST_CLUSTERS, runs.within)[1] / n
    return mean, Jackknife(tuple(left), within), n if runs.alone else fewest


def _effect(name: _Name, level: _Level, runs: _Runs, pairs: int) -> Effect:
    mean, doubt, apart = _means(level, runs)
    low, high = _interval(mean, doubt, apart) if runs.share else _ends(mean, doubt)
    never = np.bincount(level.at[runs.known], ~runs.never, minlength=len(mean)) == 0
    never &= mean == 0.0
    if runs.share:  # where it cannot happen there is no uncertainty
        high[never] = 0.0
    return Effect(
        *name,
        level.values,
        level.ordered,
        level.classed,
        mean,
        low,
        high,
        doubt,
        max(1, pairs),
        frozenset(np.flatnonzero(never).tolist()) if runs.share else frozenset(),
    )


def _ends(mean: np.ndarray, doubt: Jackknife) -> tuple[np.ndarray, np.ndarray]:
    """The means' 95 % intervals, NaN where they are not known."""
    half = np.asarray([doubt.at(k).half_width() for k in range(len(mean))])
    half[np.isinf(half)] = np.nan
    return mean - half, mean + half


def _interval(
    share: np.ndarray, doubt: Jackknife, apart: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Score intervals of shares (k,), with the effective number of independent runs, or ``apart``
    where no cluster differs.
    """
    from scipy.special import stdtrit

    found = np.asarray([doubt.at(k).error() for k in range(len(share))])
    error, freedom = found[:, 0], found[:, 1]
    spread = share * (1.0 - share)
    effective = np.divide(
        spread, error**2, out=apart.astype(float), where=(error > 0.0) & (spread > 0.0)
    )
    low, high = wilson(share * effective, effective, stdtrit(np.maximum(freedom, 1.0), 0.975))
    low, high = (np.where(freedom > 0.0, end, np.nan) for end in (low, high))
    return low, high


def _difference(
    name: _Name, level: _Level, runs: _Runs, contrast: np.ndarray, ends: tuple[int, int], pairs: int
) -> Effect:
    """The contrast's larger end less its smaller one, at each value of a setting."""
    (small, few, _), (large, many, _) = (_means(level, _only(runs, contrast == k)) for k in ends)
    mean, doubt = large - small, many.less(few)
    return Effect(
        *name,
        level.values,
        level.ordered,
        level.classed,
        mean,
        *_ends(mean, doubt),
        doubt,
        max(1, pairs),
    )
