"""Axiomatic solutions on the exact frontier (Nash 1950; Kalai, Smorodinsky 1975; Kalai 1977).

Each is one equation in one unknown along the frontier, solved by Brent's method or, for Nash, by the golden section of the rules.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from sim.rules.packages import nash_product
from sim.rules.state import CN, ROOM, US
from sim.theory.problem import BargainingProblem, Point

__all__ = ["egalitarian", "frontier", "ideal", "kalai_smorodinsky", "nash", "utilitarian"]

_CLOSE = 1e-13
_MOST = 1e12


def frontier(problem: BargainingProblem, points: int = 200) -> np.ndarray:
    """Utilities along the Pareto frontier, shape (points, 2): evenly spaced in the US's utility, from its worst end to its best."""
    first, last = _ends(problem)
    targets = np.linspace(first.us, last.us, points)
    return np.asarray([(point.us, point.cn) for point in (problem.worth_to(US, target) for target in targets)])


def ideal(problem: BargainingProblem) -> tuple[float, float]:
    """The most each side can have while the other keeps what it has without agreement."""
    us, cn = problem.disagreement
    return problem.worth_to(CN, cn).us, problem.worth_to(US, us).cn


def utilitarian(problem: BargainingProblem) -> Point:
    """The package with the largest sum of utilities."""
    return problem.at_weight(1.0)


def nash(problem: BargainingProblem) -> Point:
    """The package with the largest product of gains over disagreement (Nash 1950).

    Raises
    ------
    ValueError
        Where no package leaves both sides better off.
    """
    _check(problem)
    package = np.zeros(ROOM)
    nash_product(problem.row, *problem.disagreement, package)
    return problem.value(package[: len(problem.owner)])


def kalai_smorodinsky(problem: BargainingProblem) -> Point:
    """The efficient package that gives both sides the same share of their ideal gains (Kalai, Smorodinsky 1975)."""
    _check(problem)
    (us, cn), (most_us, most_cn) = problem.disagreement, ideal(problem)
    return _where(problem, lambda point: (point.us - us) / (most_us - us) - (point.cn - cn) / (most_cn - cn))


def egalitarian(problem: BargainingProblem) -> Point:
    """The efficient package that gives both sides the same gain (Kalai 1977)."""
    _check(problem)
    us, cn = problem.disagreement
    return _where(problem, lambda point: (point.us - us) - (point.cn - cn))


def _where(problem: BargainingProblem, gap: Callable[[Point], float]) -> Point:
    """The individually rational point where ``gap``, rising in the US's utility, is zero; an end where red lines keep it from zero."""
    low, high = max(problem.disagreement[0], _ends(problem)[0].us), ideal(problem)[0]
    for end, sign in ((low, 1.0), (high, -1.0)):
        point = problem.worth_to(US, end)
        if sign * gap(point) >= 0.0:
            return point
    target = brentq(
        lambda u: gap(problem.worth_to(US, u)), low, high, xtol=_CLOSE * max(1.0, abs(low), abs(high)), rtol=8.9e-16
    )
    return problem.worth_to(US, target)


def _ends(problem: BargainingProblem) -> tuple[Point, Point]:
    """The frontier's end that is worst for the US, and the one that is best."""
    return problem.at_weight(_MOST), problem.at_weight(1.0 / _MOST)


def _check(problem: BargainingProblem) -> None:
    if not problem.gains:
        raise ValueError("no package leaves both sides better off than without agreement")
