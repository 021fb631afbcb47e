"""Shares of outcomes, and differences between scenarios, with the luck of decisions taken out.

A run's *surprises* (:mod:`sim.rules.surprises`) are sums of happened minus chance. Their mean is
nought in any scenario, so the mean over runs of y - x'b is that of y, whatever b, and is better
known where the surprises x explain y (control variates: Lavenberg, Welch 1981; Glasserman 2004,
section 4.1). b may not be fitted on the runs that it corrects: then residuals are too small, and
more so the fewer the runs. So runs are dealt into five folds, and each fold takes the b of the other
four (cross-fitting: Chernozhukov et al. 2018), by ridge regression.

One surprise needs no fit. The week that decides the outcome is drawn last and evenly, so that an
outcome's chance, given the rest of the run, is its share of the closing weeks: that share is y
(conditional Monte Carlo: Hammersley, Handscomb 1964).

Which shares are estimated so is a rule fixed beforehand (:data:`LEAST_RUNS`, :data:`LEAST_TOUCHED`);
the others are counted. What it gains, and how often intervals hold the truth: docs/precision.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.jackknife import known_freedom
from sim.analysis.paired import paired_share
from sim.analysis.shares import wilson
from sim.vocabulary import OUTCOMES

__all__ = [
    "LEAST_RUNS",
    "LEAST_TOUCHED",
    "Controlled",
    "Estimate",
    "Luck",
    "controlled_mean",
    "estimate_difference",
    "estimate_shares",
    "luck_of",
]

LEAST_RUNS = 512
"""Runs below which nothing is fitted: the prototype's intervals were right from 500 on."""
LEAST_TOUCHED = 40
"""Runs that must have spent some, and others not all, of their closing weeks in an outcome; of a
difference, runs that must differ: fewer tell too little of its spread."""
_FOLDS = 5
# In units of runs, beside columns of spread 1: 10 to 50 do as well, measured.
_PENALTY = 20.0
# A column that spreads less is not stretched to spread 1. Of a decision that one run in thousands
# lost, the others tell the slope by what little they risked, and it would be too steep by far: a
# variance three times that without the floor, measured (docs/precision.md).
_LEAST_SPREAD = 0.1
_BLOCK = (
    50_000  # runs whose columns are held in double precision at a time; a multiple of the folds
)
# Solvers differ between machines in the last bits; a share is rounded before they matter.
_DECIMALS = 9
# Runs added to a variance before it may end the work: two at each end, as Agresti and Coull (1998).
_ADDED = 4


class Luck(NamedTuple):
    """What is known of each run: the place of its ``outcome`` in OUTCOMES, (runs,); the share of
    its ``closing`` weeks in each, (runs, outcomes); its ``surprises``, (runs, columns).
    """

    outcome: np.ndarray
    closing: np.ndarray
    surprises: np.ndarray


class Estimate(NamedTuple):
    """A share, or a difference of shares, and the ends of its 95 % interval.

    ``half_width`` is what a rule of stopping compares: it holds for few and even runs too.
    ``controlled`` says whether surprises were taken out; otherwise runs were counted.
    """

    value: float
    low: float
    high: float
    half_width: float
    controlled: bool


def luck_of(outs: np.ndarray) -> Luck:
    """What an estimate needs of the engine's records, (runs,).

    Examples
    --------
    >>> record = [("outcome", "i8"), ("closing", "f4", (4,)), ("surprises", "f4", (2,))]
    >>> luck_of(np.zeros(3, record)).surprises.shape
    (3, 2)
    """
    return Luck(outs["outcome"], outs["closing"], outs["surprises"])


class Controlled(NamedTuple):
    """Means over runs with surprises taken out, their ``variance`` between runs, and the
    ``freedom`` with which it is known; each (k,).
    """

    mean: np.ndarray
    variance: np.ndarray
    freedom: np.ndarray


def controlled_mean(values: np.ndarray, *surprises: np.ndarray) -> Controlled:
    """Mean of values less what surprises explain of them by the slopes of other runs.

    Parameters
    ----------
    values
        What is averaged over runs, shape (runs, k).
    surprises
        Columns of mean nought, each of shape (runs, columns).

    Examples
    --------
    A coin that is all there is to a value, in 600 runs of which more than half came up heads:

    >>> coin = np.where(np.arange(600) % 7 < 4, 0.5, -0.5)[:, None]
    >>> values = 3.0 + coin
    >>> found = controlled_mean(values, coin)
    >>> [round(float(x[0]), 3) for x in (values.mean(axis=0), found.mean, found.variance)]
    [3.073, 3.004, 0.001]
    """
    runs, (slopes, used) = len(values), _slopes(values, surprises)
    powers = np.zeros((3, values.shape[1]))
    # about the mean of the values, which is near: fourth powers about 0 would lose digits
    centre = values.mean(axis=0, dtype=float)
    for rows in _blocks(runs):
        x = _columns(surprises, rows)
        left = values[rows] - centre
        for k in range(_FOLDS):
            left[k::_FOLDS] -= x[k::_FOLDS] @ slopes[k]
        powers += [left.sum(axis=0), (left**2).sum(axis=0), (left**4).sum(axis=0)]
    off = powers[0] / runs
    # folds share the runs behind their slopes: as if these had cost degrees of freedom
    variance = np.maximum(powers[1] - runs * off**2, 0.0) / max(runs - 1 - used, 1)
    freedom = known_freedom(powers[1], powers[2], np.asarray(float(runs)))
    return Controlled(centre + off, variance, freedom)


def _slopes(values: np.ndarray, surprises: tuple[np.ndarray, ...]) -> tuple[np.ndarray, int]:
    """What each surprise explains of each value, by the runs outside a fold, (folds, columns, k),
    and how many columns are used.

    Run j is in fold j modulo their number.
    """
    width = sum(part.shape[1] for part in surprises)
    counts, sums, squares = _moments(values, surprises)
    mean = sums.sum(axis=0)[:width] / len(values)
    square = np.diag(squares.sum(axis=0))[:width] / len(values)
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    penalty = np.diag(_PENALTY * np.maximum(spread, _LEAST_SPREAD) ** 2)
    found = []
    for k in range(_FOLDS):
        others = np.arange(_FOLDS) != k
        x, y = np.split(sums[others].sum(axis=0), [width])
        xx, xy = np.split(squares[others].sum(axis=0)[:width], [width], axis=1)
        found.append(np.linalg.solve(xx + penalty, xy - np.outer(x, y / counts[others].sum())))
    return np.stack(found), int(np.count_nonzero(square))


def _blocks(runs: int) -> Iterator[slice]:
    """Rows of a few runs at a time, in order."""
    return (slice(start, start + _BLOCK) for start in range(0, runs, _BLOCK))


def _columns(parts: Sequence[np.ndarray], rows: slice) -> np.ndarray:
    """Some rows of several tables side by side, in double precision."""
    return np.concatenate([part[rows] for part in parts], axis=1, dtype=float)


def _moments(
    values: np.ndarray, surprises: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each fold its runs, (folds,), the sums of surprises and values, (folds, columns), and of
    their products, (folds, columns, columns).
    """
    width = sum(part.shape[1] for part in (*surprises, values))
    counts, sums, squares = (
        np.zeros(_FOLDS),
        np.zeros((_FOLDS, width)),
        np.zeros((_FOLDS, width, width)),
    )
    for rows in _blocks(len(values)):
        both = _columns((*surprises, values), rows)
        for k in range(_FOLDS):
            own = both[k::_FOLDS]
            counts[k] += len(own)
            sums[k] += own.sum(axis=0)
            squares[k] += own.T @ own
    return counts, sums, squares


def estimate_shares(luck: Luck) -> list[Estimate]:
    """Each outcome's share of runs, in the order of OUTCOMES.

    Examples
    --------
    Of 100 runs, too few to fit anything, 25 ended in the last outcome, a breakdown:

    >>> ended = np.where(np.arange(100) % 4 == 0, 3, 2)
    >>> luck = Luck(ended, np.eye(4)[ended], np.zeros((100, 1)))
    >>> estimate_shares(luck)[3].value, estimate_shares(luck)[3].controlled
    (0.25, False)
    """
    runs, kinds = luck.closing.shape
    touched = np.minimum((luck.closing > 0.0).sum(axis=0), (luck.closing < 1.0).sum(axis=0))
    if runs < LEAST_RUNS or (touched < LEAST_TOUCHED).all():
        return [_of_counted(luck.outcome == k) for k in range(kinds)]
    found = controlled_mean(luck.closing, luck.surprises)
    return [
        _of_controlled(found, k, runs, share=True)
        if touched[k] >= LEAST_TOUCHED
        else _of_counted(luck.outcome == k)
        for k in range(kinds)
    ]


def estimate_difference(left: Luck, right: Luck, outcome: str) -> Estimate:
    """An outcome's share at the right less its share at the left, of runs paired by number.

    The slopes are those of the difference on both sides' surprises, not on their difference: a
    decision that both meet need not do the same to both.

    Examples
    --------
    A coin decides between the last two outcomes at the left; at the right all runs break down:

    >>> coin = np.where(np.arange(600) % 7 < 4, 0.5, -0.5)
    >>> ended, down = np.where(coin > 0.0, 3, 2), np.full(600, 3)
    >>> left = Luck(ended, np.eye(4)[ended], coin[:, None])
    >>> right = Luck(down, np.eye(4)[down], coin[:, None])
    >>> round(estimate_difference(left, right, "breakdown").value, 3)
    0.497
    """
    k = OUTCOMES[outcome].code
    gap = right.closing[:, k].astype(float) - left.closing[:, k]
    if len(gap) < LEAST_RUNS or np.count_nonzero(gap) < LEAST_TOUCHED:
        value, low, high = paired_share(left.outcome == k, right.outcome == k)
        return Estimate(value, low, high, (high - low) / 2.0, controlled=False)
    found = controlled_mean(gap[:, None], left.surprises, right.surprises)
    return _of_controlled(found, 0, len(gap), share=False)


def _of_controlled(found: Controlled, k: int, runs: int, *, share: bool) -> Estimate:
    from scipy.special import stdtrit

    mean, variance = float(found.mean[k]), float(found.variance[k])
    quantile = float(stdtrit(found.freedom[k], 0.975))
    least, ends = (0.0, (0.0, 1.0)) if share else (-1.0, (-0.5, 0.5))
    half = quantile * float(np.sqrt(variance / runs))
    added = sum(_ADDED / 2.0 * (end - mean) ** 2 for end in ends)
    mixed = max(variance, (runs * variance + added) / (runs + _ADDED))
    steady = quantile * float(np.sqrt(mixed / runs))
    value, low, high = (
        round(min(1.0, max(least, end)), _DECIMALS) for end in (mean, mean - half, mean + half)
    )
    return Estimate(value, low, high, steady, controlled=True)


def _of_counted(hits: np.ndarray) -> Estimate:
    count, runs = np.asarray(hits.sum()), np.asarray(len(hits))
    low, high = (float(end) for end in wilson(count, runs))
    return Estimate(float(count / max(runs, 1)), low, high, (high - low) / 2.0, controlled=False)
