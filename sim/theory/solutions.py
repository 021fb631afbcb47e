"""Axiomatic solutions on the exact frontier (Nash 1950; Kalai, Smorodinsky 1975; Kalai 1977).

Each is one equation in the logarithm of the weight along the frontier, solved by Brent's method.
Utilities are accurate to 1e-9 of the problem's size; those that use the ideal point to 1e-7.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from sim.rules.codes import CN, US
from sim.theory.inputs import integer
from sim.theory.problem import BargainingProblem, Point

__all__ = ["egalitarian", "frontier", "ideal", "kalai_smorodinsky", "nash", "utilitarian"]

_MOST = 1e12
_MOST_POINTS = 1_000_000
_CLEAR = 1e-9


def frontier(problem: BargainingProblem, points: int = 200) -> np.ndarray:
    """Utilities along the Pareto frontier: evenly spaced in the US's utility (to 1e-9 of the size),
    from its worst end to its best.

    The ends are where a unit of one side's utility counts 1e12 units of the other's.

    Parameters
    ----------
    problem
        Any problem; the disagreement point is not used.
    points
        From 2 to 1,000,000.

    Returns
    -------
    np.ndarray
        Shape (points, 2): the US's utility and China's.

    Raises
    ------
    ValueError
        Another number of points.

    Examples
    --------
    From all that the US can give (10 at a cost of 1 + 6) to all that China can:

    >>> frontier(BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1]), 2).round(9).tolist()
    [[-7.0, 10.0], [10.0, -7.0]]
    """
    count = integer("points", points, 2, _MOST_POINTS)
    first, last = problem.at_weight(_MOST), problem.at_weight(1.0 / _MOST)
    targets = np.linspace(first.us, last.us, count)
    return np.asarray(
        [(point.us, point.cn) for point in (problem.worth_to(US, target) for target in targets)]
    )


def ideal(problem: BargainingProblem) -> tuple[float, float]:
    """The most each side can have while the other keeps what it has without agreement.

    Raises
    ------
    ValueError
        Where no package gives a side what it has without agreement.

    Examples
    --------
    What is worth 10 x to the other costs 6 x**2 - 6 x. China's best for the US is all of its own
    issue, 10; the US concedes half of its own for its own sake, 1.5, which leaves China 5:

    >>> ideal(BargainingProblem([0, 1], [10, 10], [-6, -6], [6, 6], [1, 1]))
    (11.5, 11.5)
    """
    us, cn = problem.disagreement
    for_us, for_cn = problem.worth_to(CN, cn), problem.worth_to(US, us)
    short = _CLEAR * problem.size
    if for_us.cn < cn - short or for_cn.us < us - short:
        raise ValueError("no package gives a side what it has without agreement")
    return for_us.us, for_cn.cn


def utilitarian(problem: BargainingProblem) -> Point:
    """The package with the largest sum of utilities, whatever the sides have without agreement.

    Examples
    --------
    Each concedes up to 10 = 1 + 2 * 6 x:

    >>> utilitarian(BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1])).levels.tolist()
    [0.75, 0.75]
    """
    return problem.at_weight(1.0)


def nash(problem: BargainingProblem) -> Point:
    """The package with the largest product of gains over disagreement (Nash 1950).

    Along the frontier the US gives up ``weight`` for each unit of China's, so at the largest
    product weight times China's gain is the US's.

    Raises
    ------
    ValueError
        Where no package leaves both sides better off.

    Examples
    --------
    The US alone has something to give, 10 x at a cost of 5 x**2, and would have -2 without
    agreement: (2 - 5 x**2) 10 x is largest at x**2 = 2 / 15.

    >>> round(float(nash(BargainingProblem([0], [10], [0], [5], [1], (-2.0, 0.0))).levels[0] ** 2), 9)
    0.133333333
    """
    _check(problem)
    us, cn = problem.disagreement
    return _where(problem, lambda point, weight: (point.us - us) - weight * (point.cn - cn))


def kalai_smorodinsky(problem: BargainingProblem) -> Point:
    """The efficient package that gives both sides the same share of their ideal gains (Kalai,
    Smorodinsky 1975).

    Where red lines end the frontier before shares are equal, its nearest end.

    Raises
    ------
    ValueError
        Where no package leaves both sides better off.

    Examples
    --------
    Two sides alike, each of which can give 10 x at a cost of x + 6 x**2:

    >>> [round(x, 9) for x in kalai_smorodinsky(BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1]))[1:]]
    [3.375, 3.375]
    """
    _check(problem)
    (us, cn), (most_us, most_cn) = problem.disagreement, ideal(problem)
    return _where(
        problem,
        lambda point, _: (point.us - us) / (most_us - us) - (point.cn - cn) / (most_cn - cn),
    )


def egalitarian(problem: BargainingProblem) -> Point:
    """The efficient package that gives both sides the same gain (Kalai 1977).

    Where red lines end the frontier before gains are equal, its nearest end.

    Raises
    ------
    ValueError
        Where no package leaves both sides better off.

    Examples
    --------
    As above, but China has 2 more without agreement, and gets 2 more with it:

    >>> point = egalitarian(BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1], (0.0, 2.0)))
    >>> round(point.cn - point.us, 9)
    2.0
    """
    _check(problem)
    us, cn = problem.disagreement
    return _where(problem, lambda point, _: (point.us - us) - (point.cn - cn))


def _where(problem: BargainingProblem, gap: Callable[[Point, float], float]) -> Point:
    """The efficient package at which ``gap``, of a package and its weight and falling in the
    weight, is zero; else the nearest end.
    """

    def at(log_weight: float) -> tuple[Point, float]:
        weight = min(
            max(math.exp(log_weight), 1.0 / _MOST), _MOST
        )  # within range despite the rounding of its logarithm
        return problem.at_weight(weight), weight

    best, worst = -math.log(_MOST), math.log(_MOST)
    for end, sign in ((best, -1.0), (worst, 1.0)):
        if sign * gap(*at(end)) >= 0.0:
            return at(end)[0]
    return at(
        brentq(lambda log_weight: gap(*at(log_weight)), best, worst, xtol=1e-15, rtol=8.9e-16)
    )[0]


def _check(problem: BargainingProblem) -> None:
    if not problem.gains:
        raise ValueError("no package leaves both sides better off than without agreement")
