"""What each of several levers adds to a difference between two ends: Shapley's shares, from runs
under common draws.

A coalition is the set of levers that stand as at the right end. Shapley's share of a lever is what
moving it adds, averaged over all orders in which the levers may be moved (Shapley 1953; of a
difference between two model runs: Owen, Prieur 2017). The shares add to the difference. Up to
:data:`MOST_EXACT` levers every coalition is run and the formula's weights are exact; beyond that
orders are sampled, one a run.

How runs are dealt decides how wide the intervals are. Each run *walks* from the left end to the
right in one order of the levers, under its own draws all the way, so that what a step adds is a
paired difference. Coalitions of middle size are many and weigh little, so walks, which visit a size
evenly, spend runs as the weights do: of pause against breakthrough (the 9 levers of version 0.1.0)
the variance at equal cost, summed over levers, was a quarter of that of a full factorial on few
draws (17). The draws of one run number are shared by all its coalitions: run numbers are the
clusters of every interval.
"""

from __future__ import annotations

from math import comb, factorial
from typing import NamedTuple

import numpy as np

from sim.analysis.jackknife import known_freedom

__all__ = [
    "MOST_EXACT",
    "Cells",
    "Shares",
    "deal_cells",
    "deal_orders",
    "masks_of",
    "runs_alone",
    "shapley",
    "shapley_of_walks",
    "weights_of",
]

MOST_EXACT = 10  # levers: 1,024 coalitions
_WALKS, _LEAST_WALKS = (
    0.25,
    500,
)  # share of the runs that walk, and the least: measured on pause against breakthrough
_ALONE, _LEAST_ALONE = 0.15, 300  # the same of runs with one lever moved, or all but one
_TWICE = 2  # runs of a coalition: the spread about its mean is not known of one
_FULL = 8_000  # cells: below so many every coalition takes every run


class Cells(NamedTuple):
    """Which runs are made: ``coalition`` (bits of the levers moved) and ``run`` number of each,
    both (cells,).
    """

    coalition: np.ndarray
    run: np.ndarray


class Shares(NamedTuple):
    """Shapley's shares and the ends of their 95 % intervals, each (levers,)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def weights_of(levers: int) -> np.ndarray:
    """Shapley's weights of the values of coalitions, shape (levers, 2**levers).

    Examples
    --------
    >>> weights_of(2)
    array([[-0.5,  0.5, -0.5,  0.5],
           [-0.5, -0.5,  0.5,  0.5]])
    """
    coalition = np.arange(2**levers)
    member = coalition >> np.arange(levers)[:, None] & 1
    size = member.sum(axis=0)
    orders = [factorial(s) * factorial(levers - 1 - s) / factorial(levers) for s in range(levers)]
    joining = np.asarray([*orders, 0.0])[size]  # what comes by a lever that is not in it
    joined = np.asarray([0.0, *orders])[size]
    return np.where(member, joined, -joining)


def deal_cells(levers: int, runs: int, seed: int) -> Cells:
    """Runs of every coalition of up to :data:`MOST_EXACT` levers; the two ends take all runs.

    Each coalition has two runs at least where there are two. ``seed`` is that of the orders in
    which runs walk.

    Examples
    --------
    >>> deal_cells(2, 2, seed=1).coalition.tolist()
    [0, 0, 1, 1, 2, 2, 3, 3]
    """
    count = 2**levers
    if (count - 2) * runs <= _FULL:
        return Cells(np.repeat(np.arange(count), runs), np.tile(np.arange(runs), count))
    middle = comb(levers, levers // 2)
    walks = max(min(runs, _LEAST_WALKS), int(_WALKS * runs), 2 * middle)
    orders = deal_orders(levers, min(walks, 4 * middle), np.random.default_rng(seed))
    visited = np.cumsum(1 << orders, axis=1)[
        :, :-1
    ]  # coalitions along each order, without the ends
    walked = visited[np.arange(walks) % len(visited)]
    alone = np.arange(runs_alone(runs))
    single = 1 << np.arange(levers)
    parts = [
        (walked.ravel(), np.repeat(np.arange(walks) % runs, levers - 1)),
        *((np.repeat(mask, len(alone)), alone) for mask in (*single, *(count - 1 - single))),
        *((np.repeat(mask, runs), np.arange(runs)) for mask in (0, count - 1)),
    ]
    cell = np.unique(np.concatenate([mask * runs + run for mask, run in parts]))
    few = np.flatnonzero(np.bincount(cell // runs, minlength=count) < _TWICE)
    cell = np.union1d(cell, (few[:, None] * runs + np.arange(min(runs, _TWICE))).ravel())
    return Cells(cell // runs, cell % runs)


def runs_alone(runs: int) -> int:
    """How many of the runs are made with one lever moved alone, and with one taken back.

    Examples
    --------
    >>> runs_alone(200), runs_alone(2_000), runs_alone(10_000)
    (200, 300, 1500)
    """
    return max(min(runs, _LEAST_ALONE), int(_ALONE * runs))


def deal_orders(levers: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Orders of the levers, shape (count, levers), that together visit coalitions of one size as
    evenly as may be.

    Each order goes through the next coalition of middle size, and from there up and down to the
    least visited neighbour.

    Examples
    --------
    >>> sorted(deal_orders(2, 2, np.random.default_rng(1)).tolist())
    [[0, 1], [1, 0]]
    """
    visits = np.zeros(2**levers, np.int64)
    size = np.asarray([number.bit_count() for number in range(2**levers)])
    middle, found = np.flatnonzero(size == levers // 2), []
    for n in range(count):
        if n % len(middle) == 0:
            rng.shuffle(middle)
        at = int(middle[n % len(middle)])
        visits[at] += 1
        inside = [lever for lever in range(levers) if at >> lever & 1]
        outside = [lever for lever in range(levers) if not at >> lever & 1]
        down = _nearest(at, inside, visits, rng)
        found.append([*down[::-1], *_nearest(at, outside, visits, rng)])
    return np.asarray(found)


def _nearest(at: int, levers: list[int], visits: np.ndarray, rng: np.random.Generator) -> list[int]:
    """Levers in the order in which each, taken out or put in, leads to the least visited
    coalition.
    """
    left, order = list(rng.permutation(levers).tolist()), []
    while left:
        best = min(left, key=lambda lever: visits[at ^ 1 << lever])
        at ^= 1 << best
        visits[at] += 1
        order.append(best)
        left.remove(best)
    return order


def masks_of(levers: int) -> np.ndarray:
    """Which levers each coalition has, bool, shape (2**levers, levers).

    Examples
    --------
    >>> masks_of(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**levers)[:, None] >> np.arange(levers) & 1).astype(bool)


def shapley(cells: Cells, values: np.ndarray, levers: int) -> Shares:
    """Shares of the levers from the mean of every coalition, with the exact weights.

    Parameters
    ----------
    cells
        Which coalition and run each value is of; every coalition is there.
    values
        What came of each, shape (cells,).
    levers
        How many there are.

    Examples
    --------
    >>> both = Cells(np.asarray([0, 1, 2, 3] * 2), np.asarray([0, 0, 0, 0, 1, 1, 1, 1]))
    >>> shapley(both, np.asarray([0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]), 2).value
    array([0.75, 0.25])
    """
    coalition, run = cells
    count = np.bincount(coalition, minlength=2**levers)
    means = np.bincount(coalition, values, 2**levers) / count
    weights = weights_of(levers)
    # each mean is estimated from as many runs as it has: a residual about it is too small by the
    # degree it cost
    off = (values - means[coalition]) / np.sqrt(count * np.maximum(count - 1.0, 1.0))[coalition]
    added = np.stack([np.bincount(run, weight[coalition] * off) for weight in weights])
    return _with_ends(weights @ means, added)


def shapley_of_walks(values: np.ndarray, orders: np.ndarray) -> Shares:
    """Shares of the levers from runs that each walked one order.

    Parameters
    ----------
    values
        What came of each run with the first 0, 1, ... of its levers moved, shape (runs, levers +
        1).
    orders
        The levers in the order in which each run moved them, shape (runs, levers).

    Examples
    --------
    >>> shapley_of_walks(np.asarray([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]), np.asarray([[0, 1], [1, 0]])).value
    array([1., 0.])
    """
    steps = np.empty(orders.shape)
    np.put_along_axis(steps, orders, np.diff(values, axis=1), axis=1)
    mean = steps.mean(axis=0)
    runs = len(steps)
    return _with_ends(mean, ((steps - mean) / np.sqrt(runs * max(runs - 1.0, 1.0))).T)


def _with_ends(value: np.ndarray, added: np.ndarray) -> Shares:
    """Shares with Student's intervals from what each run number adds, shape (levers, runs); NaN of
    a single run.
    """
    from scipy.special import stdtrit

    runs = added.shape[1]
    if runs < 2:
        nothing = np.full(len(value), np.nan)
        return Shares(value, nothing, nothing)
    # as if one run more had changed: where none of a few runs does, it is not known that none would
    # (Agresti, Min 2005)
    square, fourth = (added**2).sum(axis=1) + 1.0 / runs**2, (added**4).sum(axis=1)
    half = stdtrit(known_freedom(square, fourth, np.asarray(runs)), 0.975) * np.sqrt(square)
    return Shares(value, value - half, value + half)
