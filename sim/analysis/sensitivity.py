"""Which settings matter: the sensitivity indices that a sweep's design allows.

A Saltelli design gives first- and total-order indices (Saltelli et al. 2010), Morris' trajectories
mean absolute elementary effects (Campolongo, Cariboni, Saltelli 2007). Any other design gives
first-order indices from the data as they are: the variance of the mean over classes of a setting,
as a share of all variance (the correlation ratio; Plischke, Borgonovo, Smith 2013). The data are
the means of points.
:mod:`sim.analysis.indices` says how bias and run noise are subtracted and what the 95 % intervals
cover. Intervals may reach below 0, as estimates of weak settings do: a figure cuts them at 0, a
table does not. What single settings do not explain is interaction and run noise.

With one run per point, run noise cannot be separated from the settings: the total contains it, and
under common draws all points share that run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.classes import count_edges, has_more_values
from sim.analysis.indices import (
    GRID,
    GROUPS,
    LEAST,
    NET,
    RANDOM,
    Index,
    Parts,
    Sample,
    add,
    first_orders,
    product_parts,
    ratio,
    sample_of,
)
from sim.analysis.sampling import SAMPLED, drawn_together
from sim.batch.sweep import Sweep
from sim.config.errors import SimError
from sim.vocabulary import OUTCOMES

__all__ = ["FIRST", "MOVES", "TOTAL", "Estimate", "Size", "Table", "estimates", "sensitivity"]

FIRST, TOTAL, MOVES = "first order", "total order", "mean absolute effect"
# of a setting with many values; between them the square root of the points (judgement)
_FEWEST_CLASSES, _MOST_CLASSES = 4, 32
_FEWEST_RUNS = (
    20  # at each point of a list, for its settings to be tested by runs as those of a grid are
)
# each read opens every part of the table, and of a large sweep a few columns are enough to hold
_COLUMNS_AT_ONCE = 4
_LEVEL = 0.05
Table = Callable[[list[str]], pd.DataFrame]


class Estimate(NamedTuple):
    """One index of a setting: ``floor`` is the 95 % quantile of the largest index by chance,
    ``stands`` whether the index exceeds it.
    """

    setting: str
    kind: str
    result: Index
    floor: float
    stands: bool
    classes: int = 0


class Size(NamedTuple):
    """How large a design is: points where these are drawn, runs where they are laid out."""

    have: int
    unit: str


class _Design(NamedTuple):
    """``point`` and ``batch`` of each run, numbered from 0; the row of a run of each point,
    ``first``; how points lie; whether they are every combination of the settings' values, each
    once; the sweep.
    """

    point: np.ndarray
    batch: np.ndarray
    first: np.ndarray
    points: str
    shared: bool
    whole: bool
    sweep: Sweep

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.first), int(self.batch.max(initial=0)) + 1


def sensitivity(
    table: Table, sweep: Sweep, names: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    """Indices of every setting for every measure.

    Parameters
    ----------
    table
        Gives columns of the table of runs, such as ``results.table``.
    sweep
        The sweep that the table belongs to.
    names
        Settings that the sweep moved, in the order of its factors, without those that copy another.
    measures
        Outcomes (as shares) or columns of runs.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``setting``, ``index`` (first order, total order or mean absolute effect),
        ``value``, ``low``, ``high`` (95 %, of points and runs), ``floor`` (the 95 % quantile of the
        largest index by chance). Indices are shares of the variance of the means of points, effects
        are in the measure's unit for a move over half of the setting's range or more.

    Raises
    ------
    SimError
        A Saltelli or Morris design of which not every point was run.
    """
    design, classes = _read(table, sweep, names)
    rows = []
    for measure in measures:
        for name, kind, index, floor, *_ in _estimates(table, design, classes, names, [measure]):
            half = index.half_width()
            rows.append(
                (measure, name, kind, index.value, index.value - half, index.value + half, floor)
            )
    return pd.DataFrame(
        rows, columns=["measure", "setting", "index", "value", "low", "high", "floor"]
    )


def estimates(
    table: Table, sweep: Sweep, names: Sequence[str], measures: Sequence[str]
) -> tuple[list[Estimate], Size]:
    """The first kind of index that a design gives, for every setting and all ``measures`` together;
    and the size of the design.

    Arguments as in :func:`sensitivity`.

    Measures together are the sum of their variances (Lamboni et al. 2011); of the outcomes, Goodman
    and Kruskal's tau of means of points.
    """
    design, classes = _read(table, sweep, names)
    found = _estimates(table, design, classes, names, measures)
    size = (
        Size(len(design.point), "runs")
        if design.points == GRID
        else Size(design.shape[0], "points")
    )
    return [estimate for estimate in found if estimate.kind == found[0].kind], size


def _read(table: Table, sweep: Sweep, names: Sequence[str]) -> tuple[_Design, np.ndarray]:
    """Point and batch of each run, and the class of every setting at every point, (settings,
    points).
    """
    frame = table(["point", "run"])
    point = pd.factorize(frame.pop("point").to_numpy(), sort=True)[0].astype(np.int32)
    counts = np.bincount(point)
    fewest = int(counts.min()) if len(counts) else 0
    shared = sweep.common_random_numbers
    place = frame["run"].to_numpy() if shared else _places(point, counts)
    kind = sweep.kind
    listed = kind not in SAMPLED and fewest >= _FEWEST_RUNS
    points = GRID if kind == "grid" or listed else NET if kind == "sobol" else RANDOM
    batch = (place % max(1, min(GROUPS, fewest))).astype(np.uint8)
    del frame, place
    first = np.zeros(len(counts), np.int32)
    first[point] = np.arange(len(point), dtype=np.int32)  # any run of a point has its settings
    most = int(
        np.clip(
            2 ** np.floor(np.log2(max(1.0, len(counts)) ** 0.5)), _FEWEST_CLASSES, _MOST_CLASSES
        )
    )
    classes = np.zeros((len(names), len(counts)), np.uint8 if kind != "morris" else np.int32)
    seen = _Combinations(len(counts))
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        some = list(names[start : start + _COLUMNS_AT_ONCE])
        columns = table(some)
        for n, name in enumerate(some, start):
            column = columns.pop(name).iloc[first]
            seen.add(column)
            ranked = kind == "morris"
            classes[n] = _ranks(column) if ranked else _classes(column, most)
    return _Design(point, batch, first, points, shared, seen.whole(), sweep), classes


class _Combinations:
    """Whether points are every combination of the settings' values, each once: what a setting
    explains is then free of what the others do, alone or with each other.
    """

    def __init__(self, points: int) -> None:
        self.code, self.possible = np.zeros(points, np.int64), 1

    def add(self, column: pd.Series) -> None:
        """Count the values of one more setting."""
        if self.possible > len(self.code):
            return  # not enough points for what was there before; a number of more would overflow
        at, values = pd.factorize(column)
        self.code = self.code * max(1, len(values)) + at
        self.possible *= max(1, len(values))

    def whole(self) -> bool:
        return self.possible == len(self.code) == len(np.unique(self.code))


def _places(point: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The place of each run among those of its point."""
    order = np.argsort(point, kind="stable")
    places = np.empty(len(point), np.int64)
    places[order] = np.arange(len(point)) - np.repeat(np.cumsum(counts) - counts, counts)
    return places


def _ranks(column: pd.Series) -> np.ndarray:
    """Places of values in their own order."""
    order = sorted(column.unique())
    return np.asarray([order.index(value) for value in column], np.int32)


def _classes(column: pd.Series, most: int) -> np.ndarray:
    """Class of each value: the value itself where there are few, else one of ``most`` classes of
    equally many points.
    """
    if column.dtype.kind not in "iuf" or not has_more_values(column, most):
        return pd.factorize(column, sort=True)[0]  # choices are few
    values = column.to_numpy(float)
    return count_edges(values, np.quantile(values, np.linspace(0.0, 1.0, most + 1)[1:-1]))


def _estimates(
    table: Table,
    design: _Design,
    classes: np.ndarray,
    names: Sequence[str],
    measures: Sequence[str],
) -> list[Estimate]:
    columns = dict.fromkeys("outcome" if measure in OUTCOMES else measure for measure in measures)
    frame = table(list(columns))
    cells = [
        sample_of(_values(frame, measure), design.point, design.batch, design.shape)
        for measure in measures
    ]
    kind = design.sweep.kind
    if kind in ("saltelli", "morris"):
        by_kind = _saltelli if kind == "saltelli" else _morris
        return list(
            by_kind(
                design,
                [_complete(y, m, design, len(names)) for y, m in zip(cells, measures, strict=True)],
                classes,
                names,
            )
        )
    gaps = [np.isnan(y).any() for y in cells]
    if any(gaps):  # some runs have no value: take the mean over those that have one
        with np.errstate(invalid="ignore"):
            counts = [np.maximum(1, (~np.isnan(y)).sum(axis=1, keepdims=True)) for y in cells]
            cells = [
                np.where(
                    np.isnan(y).all(axis=1, keepdims=True),
                    np.nan,
                    np.nansum(y, axis=1, keepdims=True) / n,
                )
                for y, n in zip(cells, counts, strict=True)
            ]
        kept = ~np.isnan(np.hstack(cells)).any(axis=1)
        cells, classes = [y[kept] for y in cells], classes[:, kept]
    return list(_given(design, cells, classes, names))


def _values(frame: pd.DataFrame, measure: str) -> np.ndarray:
    if measure in OUTCOMES:
        return (frame["outcome"] == measure).to_numpy(float)
    return frame[measure].to_numpy(float)


def _complete(y: np.ndarray, measure: str, design: _Design, settings: int) -> np.ndarray:
    """``y`` where the design was run in full."""
    rows = design.sweep.points * drawn_together(design.sweep, settings)
    if len(y) != rows or np.isnan(y).any():
        known = int((~np.isnan(y)).all(axis=1).sum())
        raise SimError(
            "indices need every point of the design, with a value at each",
            key=measure,
            given=known,
            allowed=f"{rows:,}",
        )
    return y


def _given(
    design: _Design, cells: list[np.ndarray], classes: np.ndarray, names: Sequence[str]
) -> Iterator[Estimate]:
    nothing = Index(float("nan"), np.zeros(1), np.zeros(1), 0.0, design.shared)
    if not cells[0].shape[0]:
        yield from (Estimate(name, FIRST, nothing, float("nan"), False) for name in names)
        return
    # at random: in a Sobol sequence every fourth point lies in one quarter of a setting's range
    group = np.random.default_rng(0).integers(0, GROUPS, len(cells[0]))
    points = design.points if cells[0].shape[1] > 1 or design.points != GRID else RANDOM
    samples = [Sample(y, group, points, design.shared) for y in cells]
    found, plain = first_orders(samples, classes)
    spread, level = _spread(cells), _LEVEL / len(names)
    for name, index, share, column in zip(names, found, plain, classes, strict=True):
        floor, off = _chance_share(samples, column, design.whole, spread, level)
        stands = bool(spread[0] > LEAST and share > floor)
        yield Estimate(name, FIRST, index, max(0.0, floor - off), stands, len(np.unique(column)))


def _spread(cells: list[np.ndarray]) -> tuple[float, float]:
    """Variance of the means of points over all measures, and the effective number of independent
    measures.
    """
    means = [
        y.mean(axis=1) - y.mean() for y in cells
    ]  # of one batch a view or a column: no table of all is made
    covariance = np.asarray([[float(one @ two) / len(one) for two in means] for one in means])
    shape = np.linalg.eigvalsh(covariance)
    return float(np.trace(covariance)), float(
        shape.sum() ** 2 / max(LEAST, float((shape**2).sum()))
    )


def _chance_share(
    samples: Sequence[Sample],
    classes: np.ndarray,
    whole: bool,
    spread: tuple[float, float],
    level: float,
) -> tuple[float, float]:
    """The share between classes that chance exceeds with probability ``level``, and its mean under
    chance.

    Points drawn, or run once each: the share is Beta distributed (the F test), with degrees of
    freedom reduced for correlated measures (Box 1954). Points laid out: the class means differ by
    run noise (Geisser and Greenhouse 1958). In a ``whole`` grid by nothing else: what other
    settings do, alone or together, cancels in them. Where combinations are missing it does not, and
    the share must exceed that of drawn points, too.
    """
    under, _ = spread
    if len(np.unique(classes)) < 2 or under <= LEAST:
        return 1.0, 0.0
    if samples[0].points != GRID:
        return _by_points(classes, spread, level)
    run_noise, freedom, rest = (_paired_noise if samples[0].shared else _own_noise)(
        samples, classes
    )
    floor, off = _f_quantile(freedom, rest, level) * run_noise / under, run_noise / under
    if whole:
        return floor, off
    return max((floor, off), _by_points(classes, spread, level))


def _by_points(
    classes: np.ndarray, spread: tuple[float, float], level: float
) -> tuple[float, float]:
    """The share between classes of points that belong to them by chance."""
    from scipy.special import betaincinv

    n, k, free = len(classes), len(np.unique(classes)), spread[1]
    edge = betaincinv(free * (k - 1) / 2.0, free * max(1, n - k) / 2.0, 1.0 - level)
    return float(edge), (k - 1) / max(1, n - 1)


def _f_quantile(freedom: float, rest: float, level: float) -> float:
    """What Fisher's F exceeds with probability ``level``; 0 where nothing varies."""
    from scipy.special import fdtri

    return float(fdtri(freedom, rest, 1.0 - level)) if freedom > 0.0 else 0.0


def _paired_noise(samples: Sequence[Sample], classes: np.ndarray) -> tuple[float, float, float]:
    """Variance between class means from run noise, its degrees of freedom and those with which it
    is known, where runs of one number share their draws: from how far the class means move
    together from batch to batch.
    """
    count = np.bincount(classes)
    weight, batches = np.sqrt(count / len(classes))[:, None], samples[0].y.shape[1]
    rows = []
    for sample in samples:
        sums = np.stack(
            [np.bincount(classes, sample.y[:, r], len(count)) for r in range(batches)], axis=1
        )
        means = sums / np.maximum(count, 1)[:, None]
        rows.append((means - sample.y.mean(axis=0)) * weight)
    covariance = np.atleast_2d(np.cov(np.concatenate(rows))) / batches
    noise, freedom = float(np.trace(covariance)), _effective(covariance)
    return noise, freedom, freedom * (batches - 1)


def _own_noise(samples: Sequence[Sample], classes: np.ndarray) -> tuple[float, float, float]:
    """The same where every run has its own draws: from the spread of runs within points, of which
    there is more to see than of batches.
    """
    count = np.bincount(classes)
    n, batches = samples[0].y.shape
    within = np.stack([sample.y - sample.y.mean(axis=1, keepdims=True) for sample in samples])
    each = (within**2).sum(axis=(0, 2)) / (batches * (batches - 1))  # variance of a point's mean
    by_class = np.bincount(classes, each)[count > 0] / (n * count[count > 0])
    noise = float(by_class.sum() - each.sum() / n**2)
    measures = _effective(np.einsum("ipr,jpr->ij", within, within))
    return noise, measures * (len(by_class) - 1), measures * n * (batches - 1)


def _effective(covariance: np.ndarray) -> float:
    """Effective number of independent parts (Box 1954); 0 where nothing varies."""
    trace, square = float(np.trace(covariance)), float((covariance**2).sum())
    return trace**2 / square if trace > LEAST else 0.0


def _saltelli(
    design: _Design, cells: list[np.ndarray], classes: np.ndarray, names: Sequence[str]
) -> Iterator[Estimate]:
    d = len(names)
    step = drawn_together(design.sweep, d)
    group = np.arange(len(cells[0]) // step) % GROUPS
    sample = Sample(cells[0], group, RANDOM, design.shared)
    parts: dict[str, list[list[Parts]]] = {FIRST: [[] for _ in names], TOTAL: [[] for _ in names]}
    unders = []
    for y in cells:
        a, b = y[::step], y[step - 1 :: step]
        centre = (a.mean(axis=0) + b.mean(axis=0)) / 2.0
        both = [
            product_parts(part - centre, part - centre, group, same_runs=True) for part in (a, b)
        ]
        twice = add(*both)
        unders.append(Parts(twice.whole / 2.0, twice.left / 2.0, twice.run / 2.0))
        for j in range(d):
            mixed = y[j + 1 :: step]
            parts[FIRST][j].append(product_parts(b - centre, mixed - a, group))
            half = product_parts(a - mixed, a - mixed, group)
            parts[TOTAL][j].append(Parts(half.whole / 2.0, half.left / 2.0, half.run / 2.0))
    under = reduce(add, unders)
    for kind in (FIRST, TOTAL):
        found = [ratio(reduce(add, rows), under, sample, 1.0) for rows in parts[kind]]
        level = 1.0 - _LEVEL / d
        floor = min(found, key=lambda index: abs(index.value)).half_width(level)
        for name, index in zip(names, found, strict=True):
            yield Estimate(name, kind, index, floor, index.value - index.half_width(level) > 0.0)


def _morris(
    design: _Design, cells: list[np.ndarray], classes: np.ndarray, names: Sequence[str]
) -> Iterator[Estimate]:
    d, level = len(names), 1.0 - _LEVEL / len(names)
    places = classes / np.maximum(1, classes.max(axis=1, keepdims=True))
    steps = np.diff(places.reshape(d, -1, d + 1), axis=2)  # settings, trajectories, steps
    moves = [np.diff(y.reshape(-1, d + 1, y.shape[1]), axis=1) for y in cells]
    for j, name in enumerate(names):
        trajectory, step = np.nonzero(steps[j])
        size = steps[j][trajectory, step][:, None]
        effects = [move[trajectory, step] / size for move in moves]  # trajectories by batches
        means = [effect.mean(axis=1) for effect in effects]
        sizes = sum((np.abs(mean) for mean in means), np.zeros(len(size)))
        n, batches = len(sizes), effects[0].shape[1]
        run = sum(
            ((np.sign(m)[:, None] * e).mean(axis=0) for m, e in zip(means, effects, strict=True)),
            np.zeros(batches),
        )
        value = float(sizes.mean())
        index = Index(
            value, (n * value - sizes) / max(1, n - 1), run - run.mean(), 1.0, design.shared
        )
        run_noise = (
            sum((e.std(axis=1, ddof=1).mean() for e in effects), 0.0) if batches > 1 else 0.0
        )
        floor = float(
            run_noise * np.sqrt(2.0 / np.pi / batches)
        )  # mean size of an effect that is only run noise
        yield Estimate(name, MOVES, index, floor, index.value - index.half_width(level) > floor)
