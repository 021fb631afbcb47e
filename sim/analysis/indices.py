"""Sensitivity indices: variances between classes, from the means of points, and the replicates for
their intervals.

The data are the means of points. Where points have several runs, the variance explained by a
setting is estimated from products of
*different* runs (or batches of runs), which removes the noise of single runs (a U-statistic; the
idea of Owen 2013 for Sobol indices). The total is the variance of the means of points, including
the run noise left in them.

Chance in the points. With points drawn at random, class means differ even where a setting does
nothing; that bias is subtracted (Hays 1963). A Sobol design balances each single setting against
every other but not their interactions: half of the bias is subtracted, and the interval is wider by
the same amount on both sides. A grid is fully balanced.

Intervals. A jackknife over groups of points, plus the spread of runs where points share their
draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

__all__ = [
    "GRID",
    "GROUPS",
    "LEAST",
    "NET",
    "RANDOM",
    "Index",
    "Parts",
    "Sample",
    "add",
    "first_orders",
    "product_parts",
    "ratio",
    "sample_of",
    "total",
]

LEAST = 1e-12
# groups of points in the jackknife, and the most batches of runs: 19 degrees of freedom (judgement)
GROUPS = 20
# share of the points that must remain as degrees of freedom, or no setting is tested (judgement)
_LEAST_FREE = 0.5
_MOST_ADJUSTED = 65_536  # points; beyond that the bias is negligible
RANDOM, NET, GRID = "random", "net", "grid"
# Of the jackknife's variance: too large for squares (Efron and Stein 1981), the more so in a
# balanced design; set on Ishigami's function.
_GAINS = {RANDOM: 0.85, NET: 0.7, GRID: 0.0}


class Parts(NamedTuple):
    """A quadratic form of the data: over all points, with each group of points left out (groups,),
    and the contribution of each batch of runs (batches,).
    """

    whole: float
    left: np.ndarray
    run: np.ndarray


class Index(NamedTuple):
    """An index with its replicates; the difference of two indices of one sample is taken replicate
    by replicate, so that shared draws and points cancel.

    ``slack`` widens the interval by what cannot be distinguished from chance, ``unseen`` is a
    standard error for what too few rows were drawn to show. ``gain`` is the part
    of the jackknife's variance that is real in this design, 0 where points are not drawn;
    ``shared`` says whether runs of one number share their draws.
    """

    value: float
    left: np.ndarray
    run: np.ndarray
    gain: float
    shared: bool
    slack: float = 0.0
    unseen: float = 0.0

    def less(self, other: Index) -> Index:
        """The difference from another."""
        return self._replace(
            value=self.value - other.value,
            left=self.left - other.left,
            run=self.run - other.run,
            slack=max(self.slack, other.slack),
            unseen=float(np.hypot(self.unseen, other.unseen)),
        )

    def half_width(self, level: float = 0.95) -> float:
        """Half width of the interval: Student's quantile at Satterthwaite's degrees of freedom."""
        from scipy.special import stdtrit

        error, freedom = self.error()
        if error <= 0.0:
            return self.slack
        return self.slack + float(stdtrit(freedom, (1.0 + level) / 2.0) * error)

    def error(self) -> tuple[float, float]:
        """Standard error and its degrees of freedom; 0 and 0 where nothing varies."""
        groups, batches = len(self.left), len(self.run)
        points = (
            self.gain * (groups - 1) / groups * float(((self.left - self.left.mean()) ** 2).sum())
        )
        runs = 0.0
        if batches > 1 and (self.shared or self.gain == 0.0):
            runs = float(((self.run - self.run.mean()) ** 2).sum()) / (batches * (batches - 1))
        if points + runs <= 0.0:
            return self.unseen, float(max(1, groups - 1))
        whole = points + runs + self.unseen**2
        known = points**2 / max(1, groups - 1) + runs**2 / max(1, batches - 1)
        return float(np.sqrt(whole)), float(whole**2 / known)


class Sample(NamedTuple):
    """One measure: ``y`` (points, batches of runs) without gaps, ``group`` of each point in the
    jackknife, and how the design was made.

    ``points`` says how points lie: ``RANDOM``, a Sobol ``NET`` or a ``GRID``; ``shared`` whether
    runs of one number share their draws.
    """

    y: np.ndarray
    group: np.ndarray
    points: str
    shared: bool


def sample_of(
    y: np.ndarray, point: np.ndarray, batch: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Means of a measure by point and batch of runs, NaN where a cell has no value; ``y`` (runs,),
    the result of ``shape``.

    Examples
    --------
    Three runs at two points, in one batch: the mean of the first two is 2.

    >>> sample_of(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]), np.zeros(3, int), (2, 1)).tolist()
    [[2.0], [5.0]]
    """
    cell = point.astype(np.int64) * shape[1] + batch
    known = ~np.isnan(y)
    if not known.all():
        cell, y = cell[known], y[known]
    count = np.bincount(cell, minlength=shape[0] * shape[1])
    with np.errstate(invalid="ignore"):
        return (np.bincount(cell, y, shape[0] * shape[1]) / count).reshape(shape)


def add(one: Parts, other: Parts) -> Parts:
    """The same form of two measures together."""
    return Parts(one.whole + other.whole, one.left + other.left, one.run + other.run)


def product_parts(
    a: np.ndarray,
    b: np.ndarray,
    group: np.ndarray,
    *,
    same_runs: bool = False,
    groups: int = GROUPS,
) -> Parts:
    """Mean over rows of the product of two columns' means over batches of runs; from products of
    different batches unless ``same_runs``.

    ``a`` and ``b`` have shape (rows, batches), ``group`` (rows,) with numbers below ``groups``.

    Examples
    --------
    One batch: the mean of 1 x 1 and 3 x 3.

    >>> rows = np.array([[1.0], [3.0]])
    >>> product_parts(rows, rows, np.array([0, 1])).whole
    5.0
    """
    one, two, batches = a.mean(axis=1), b.mean(axis=1), a.shape[1]
    run = (a * two[:, None] + b * one[:, None]).mean(axis=0)
    rows = one * two
    if batches > 1 and not same_runs:
        rows = (batches * rows - (a * b).mean(axis=1)) / (batches - 1)
    count = np.bincount(group, minlength=groups)
    left = (rows.sum() - np.bincount(group, rows, groups)) / np.maximum(1, len(rows) - count)
    return Parts(float(rows.mean()), left, run - run.mean())


def ratio(over: Parts, under: Parts, sample: Sample, gain: float) -> Index:
    """A share of variance with its replicates; nothing of nothing is 0."""
    if under.whole <= LEAST:
        return Index(0.0, np.zeros_like(over.left), np.zeros_like(over.run), gain, sample.shared)
    value = over.whole / under.whole
    left = np.divide(over.left, under.left, out=np.zeros_like(over.left), where=under.left > LEAST)
    return Index(value, left, (over.run - value * under.run) / under.whole, gain, sample.shared)


def _between(count: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Deviations of class means from the mean of all times the root of each class's share,
    (classes, batches).
    """
    n = count.sum()
    filled = count > 0
    means = sums[filled] / count[filled, None]
    return (means - sums.sum(axis=0) / n) * np.sqrt(count[filled] / n)[:, None]


def _forms(deviations: np.ndarray) -> tuple[float, np.ndarray]:
    """The squared form of the mean over batches from products of different ones, and what each
    batch adds to it (batches,).
    """
    batches = deviations.shape[1]
    mean = deviations.mean(axis=1)
    square = float(mean @ mean)
    run = 2.0 * (mean @ deviations - square)
    if batches > 1:
        square = (batches * square - float((deviations**2).sum()) / batches) / (batches - 1)
    return square, run


def total(sample: Sample) -> Parts:
    """Variance of the means of points."""
    mean = sample.y.mean(axis=1)
    count = np.bincount(sample.group, minlength=GROUPS).astype(float)
    sums, squares = (np.bincount(sample.group, part, GROUPS) for part in (mean, mean**2))
    n = len(mean)

    def variance(
        number: np.ndarray | float, one: np.ndarray | float, two: np.ndarray | float
    ) -> np.ndarray:
        number = np.maximum(number, 1.0)
        return np.maximum(0.0, two / number - (one / number) ** 2)

    left = variance(n - count, sums.sum() - sums, squares.sum() - squares)
    whole = float(variance(float(n), float(sums.sum()), float(squares.sum())))
    centred = mean - mean.mean()
    return Parts(whole, left, 2.0 * (centred @ (sample.y - sample.y.mean(axis=0)) / n - whole))


def between(sample: Sample, classes: np.ndarray) -> tuple[Parts, float]:
    """Variance between classes, without run noise and with it."""
    k, batches = int(classes.max(initial=0)) + 1, sample.y.shape[1]
    cell = sample.group * k + classes
    count = np.bincount(cell, minlength=GROUPS * k).reshape(GROUPS, k).astype(float)
    sums = np.stack(
        [np.bincount(cell, sample.y[:, r], GROUPS * k).reshape(GROUPS, k) for r in range(batches)],
        axis=2,
    )
    deviations = _between(count.sum(axis=0), sums.sum(axis=0))
    whole, run = _forms(deviations)
    left = [
        _forms(_between(count.sum(axis=0) - count[g], sums.sum(axis=0) - sums[g]))[0]
        for g in range(GROUPS)
    ]
    return Parts(whole, np.asarray(left), run), float((deviations.mean(axis=1) ** 2).sum())


def first_orders(samples: Sequence[Sample], classes: np.ndarray) -> tuple[list[Index], np.ndarray]:
    """First-order indices of settings, for several measures together (Lamboni et al. 2011).

    Parameters
    ----------
    samples
        The measures, of the same points.
    classes
        Class of each setting at each point, whole numbers from 0, shape (settings, points).

    Returns
    -------
    indices, plain
        One index per setting; and the uncorrected share between its classes, for the test against
        chance, (settings,).
    """
    unders = [total(sample) for sample in samples]
    found = [_between_all(sample, classes) for sample in samples]
    chances = np.asarray([_chance(column) for column in classes])
    plains = [np.asarray([plain for _, plain in row]) for row in found]
    rests = [
        _left_over(s, np.asarray([parts.whole for parts, _ in row]), u.whole, chances)
        for s, row, u in zip(samples, found, unders, strict=True)
    ]
    under = reduce(add, unders)
    gain = _GAINS[samples[0].points]
    net = samples[0].points == NET
    indices = []
    for j, chance in enumerate(chances):
        off = [chance * rest * (0.5 if net else 1.0) for rest in rests]
        over = reduce(
            add,
            [
                _corrected(row[j][0], u, c, samples[0].points)
                for row, u, c in zip(found, unders, off, strict=True)
            ],
        )
        index = ratio(over, under, samples[0], gain)
        slack = (
            sum(c * u.whole for c, u in zip(off, unders, strict=True)) / max(under.whole, LEAST)
            if net
            else 0.0
        )
        indices.append(index._replace(slack=slack))
    return indices, sum(plains, np.zeros(len(classes))) / max(under.whole, LEAST)


def _between_all(sample: Sample, classes: np.ndarray) -> list[tuple[Parts, float]]:
    """:func:`between` for each setting after the main effects of the others are removed from the
    data, which leaves less noise.
    """
    found = [between(sample, column) for column in classes]
    if sample.points != NET or len(classes) < 2 or sample.y.shape[0] > _MOST_ADJUSTED:
        return found
    mean = sample.y.mean(axis=1)
    effects = np.zeros((len(classes), len(mean)))
    for effect, column, (parts, plain) in zip(effects, classes, found, strict=True):
        means = np.bincount(column, mean) / np.maximum(np.bincount(column), 1)
        shrunk = max(0.0, parts.whole - _chance(column) * float(mean.var())) / max(plain, LEAST)
        effect[:] = shrunk * (means[column] - mean.mean())
    whole = effects.sum(axis=0)
    return [
        between(sample._replace(y=sample.y - (whole - effect)[:, None]), column)
        for effect, column in zip(effects, classes, strict=True)
    ]


def _chance(classes: np.ndarray) -> float:
    """How much of the variance within classes random points move to the variance between them."""
    return (len(np.unique(classes)) - 1) / max(1.0, len(classes) - 1.0)


def _left_over(sample: Sample, over: np.ndarray, under: float, chances: np.ndarray) -> float:
    """Share of variance that may look like a setting's effect by chance: all but run noise for
    random points; what no single setting explains for a net.
    """
    if sample.points == GRID or under <= LEAST:
        return 0.0
    batches = sample.y.shape[1]
    still = (
        _reliable_share(sample) if batches > 1 else 1.0
    )  # products of different runs contain no run noise
    free = 1.0 - float(chances.sum()) if batches == 1 else 1.0
    if sample.points == RANDOM or free < _LEAST_FREE:
        return still
    return float(np.clip((still - over.sum() / under) / free, 0.0, 1.0))


def _corrected(parts: Parts, under: Parts, chance: float, points: str) -> Parts:
    """The form less the bias from randomly drawn points."""
    # for random points the setting's own part is not chance; for a net it was left out already
    free = max(LEAST, 1.0 - chance) if points == RANDOM else 1.0
    return Parts(
        (parts.whole - chance * under.whole) / free,
        (parts.left - chance * under.left) / free,
        parts.run,
    )


def _reliable_share(sample: Sample) -> float:
    """Share of the variance of the means of points that is not run noise."""
    centred = sample.y - sample.y.mean(axis=0)
    mean, batches = centred.mean(axis=1), sample.y.shape[1]
    square = float((mean**2).sum())
    if square <= LEAST:
        return 1.0
    return max(
        0.0, (batches * square - float((centred**2).sum()) / batches) / (batches - 1) / square
    )
