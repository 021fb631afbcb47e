"""Bargaining solutions by SLSQP, the smooth ones polished by L-BFGS-B, with utilities and gradients
written out again: none of the model's closed forms is used.

Every problem here is concave, so a local solution is global; several starts guard against an early
stop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from sim.theory import BargainingProblem

__all__ = ["CONCEPTS", "Found", "random_problem", "solve", "utilities"]

CONCEPTS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
_OPTIONS = {"ftol": 1e-15, "maxiter": 1000}
_POLISH = {"ftol": 0.0, "gtol": 1e-12, "maxiter": 1000}
_INSIDE = 1e-9


class Found(NamedTuple):
    """Utilities of the solver's best package, and the value of what it maximised."""

    us: float
    cn: float
    value: float


def random_problem(seed: int) -> BargainingProblem:
    """Two to eight random issues with a disagreement point that leaves gains."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 9))
    made = BargainingProblem(
        [0, 1, *map(int, draw.integers(0, 2, count - 2))], draw.uniform(5, 40, count).tolist(), draw.uniform(-8, 4, count).tolist(),
        draw.uniform(1, 40, count).tolist(), draw.uniform(0.3, 1, count).tolist(),
    )  # fmt: skip
    best = _climb(made, lambda us, cn: us + cn, lambda us, cn: (1.0, 1.0), np.zeros(count))
    us, cn = utilities(made, best)
    floor = (float(us) - float(draw.uniform(0.5, 5)), float(cn) - float(draw.uniform(0.5, 5)))
    return BargainingProblem(
        made.owner, made.benefit, made.linear, made.convex, made.red_line, floor
    )


def utilities(problem: BargainingProblem, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both utilities of packages (..., issues)."""
    owner, gain = np.asarray(problem.owner), np.asarray(problem.benefit) * levels
    cost = np.asarray(problem.linear) * levels + np.asarray(problem.convex) * levels**2
    us = np.where(owner == 1, gain, -cost).sum(axis=-1)
    return us, np.where(owner == 0, gain, -cost).sum(axis=-1)


def _gradients(problem: BargainingProblem, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    owner, benefit = np.asarray(problem.owner), np.asarray(problem.benefit)
    cost = np.asarray(problem.linear) + 2.0 * np.asarray(problem.convex) * levels
    return np.where(owner == 1, benefit, -cost), np.where(owner == 0, benefit, -cost)


def _climb(
    problem: BargainingProblem,
    worth: Callable[[float, float], float],
    slopes: Callable[[float, float], tuple[float, float]],
    start: np.ndarray,
) -> np.ndarray:
    """The package that maximises a smooth function of both utilities, from a start."""

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        us, cn = map(float, utilities(problem, x))
        first, second = _gradients(problem, x)
        one, two = slopes(us, cn)
        return -worth(us, cn), -(one * first + two * second)

    bounds = [(0.0, cap) for cap in problem.red_line]
    found = minimize(loss, start, jac=True, bounds=bounds, method="SLSQP", options=_OPTIONS).x
    # near the top the objective is flat to the last digit; the gradient is not
    return np.asarray(
        minimize(loss, found, jac=True, bounds=bounds, method="L-BFGS-B", options=_POLISH).x
    )


def _raise(
    problem: BargainingProblem, floors: np.ndarray, scales: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, float]:
    """The package with the largest t such that each side has its floor and t times its scale; a
    scale of 0 leaves the floor alone.
    """
    n = len(problem.red_line)

    def gap(z: np.ndarray) -> np.ndarray:
        return np.asarray(utilities(problem, z[:n])) - floors - scales * z[n]

    def slope(z: np.ndarray) -> np.ndarray:
        return np.column_stack([np.asarray(_gradients(problem, z[:n])), -scales])

    first = np.append(start, 0.0)
    direction = np.append(np.zeros(n), -1.0)
    constraint = {"type": "ineq", "fun": gap, "jac": slope}
    bounds = [(0.0, cap) for cap in problem.red_line] + [(None, None)]
    found = minimize(
        lambda z: -z[n],
        first,
        jac=lambda z: direction,
        bounds=bounds,
        constraints=constraint,
        method="SLSQP",
        options=_OPTIONS,
    )
    return found.x[:n], float(found.x[n])


def solve(problem: BargainingProblem, concept: str, starts: int = 6, seed: int = 0) -> Found:
    """The solution of a concept, the best over several random starts.

    Parameters
    ----------
    problem
        A problem with gains for both sides.
    concept
        One of :data:`CONCEPTS`.
    starts, seed
        Number of starts, and the seed that draws them.
    """
    draw, floors = np.random.default_rng(seed), np.asarray(problem.disagreement)
    cap = np.asarray(problem.red_line)
    scales = np.ones(2)
    if concept == "kalai_smorodinsky":
        scales = np.asarray([_ideal(problem, side) for side in (0, 1)]) - floors
    best: tuple[float, np.ndarray] | None = None
    for start in draw.uniform(0.0, 1.0, (starts, len(cap))) * cap:
        if concept == "utilitarian":
            x = _climb(problem, lambda us, cn: us + cn, lambda us, cn: (1.0, 1.0), start)
            value = float(sum(utilities(problem, x)))
        elif concept == "nash":
            x = _nash_from(problem, floors, start)
            value = float(np.prod(np.asarray(utilities(problem, x)) - floors))
        else:
            x, value = _raise(problem, floors, scales, start)
        if best is None or value > best[0]:
            best = (value, x)
    assert best is not None
    us, cn = map(float, utilities(problem, best[1]))
    return Found(us, cn, best[0])


def _ideal(problem: BargainingProblem, side: int) -> float:
    """The most that a side can have while the other keeps its floor."""
    floors = np.asarray(problem.disagreement)
    scales = np.asarray([1.0, 0.0] if side == 0 else [0.0, 1.0])
    _, value = _raise(
        problem, np.where(scales > 0.0, 0.0, floors), scales, np.zeros(len(problem.red_line))
    )
    return value


def _nash_from(problem: BargainingProblem, floors: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The largest sum of logarithms of gains, starting from a package with gains for both sides."""
    inside, _ = _raise(problem, floors, np.ones(2), start)

    def logs(us: float, cn: float) -> float:
        return float(np.log(max(us - floors[0], _INSIDE)) + np.log(max(cn - floors[1], _INSIDE)))

    return _climb(
        problem,
        logs,
        lambda us, cn: (1.0 / max(us - floors[0], _INSIDE), 1.0 / max(cn - floors[1], _INSIDE)),
        inside,
    )
