"""Response surfaces of a chance, and the least change that lifts it to a level.

The chance of an outcome over the positions of a few levers, each from 0 (unmoved) to 1 (at the end
of its range), is fitted as a logistic polynomial, cubic in each and with products of two (response surface: Box
and Wilson 1951; binomial regression by Newton steps: McCullagh and Nelder 1989) to shares of runs under common draws. A share
of runs is a step function of the levers, so that gradients of it say nothing; the surface is
smooth, and the smallest change at which it passes a level is found by sequential quadratic
programming (Kraft 1988) from the best point of a lattice. What it proposes is to be run: the
surface only says where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

__all__ = ["LEVEL_EDGE", "Surface", "least_position", "most_position"]

LEVEL_EDGE = 1e-4  # a chance nearer to 0 or 1 is taken as this: its logit stays finite
# weakest prior that keeps an outcome that never came from running off: half a run on each term
_RIDGE = 0.5
_STEPS = 30
_LATTICE = {1: 401, 2: 61, 3: 21, 4: 13}  # points a lever: some 4,000 to 30,000 in all


class Surface:
    """A fitted chance.

    Parameters
    ----------
    positions
        Where the levers stood, 0 to 1, shape (points, levers).
    hits, of
        Runs with the outcome, and runs, at each point; shape (points,).

    Examples
    --------
    >>> at = np.linspace(0.0, 1.0, 5)[:, None]
    >>> surface = Surface(at, 1000.0 / (1.0 + np.exp(4.0 - 4.0 * at[:, 0])), np.full(5, 1000.0))
    >>> round(float(surface.chance(np.asarray([[0.5]]))[0]), 2)  # 1 / (1 + e^2)
    0.12
    """

    def __init__(self, positions: np.ndarray, hits: np.ndarray, of: np.ndarray) -> None:
        self.levers = positions.shape[1]
        self.offset = 0.0
        terms = _terms(np.asarray(positions, float))
        hits, of = np.asarray(hits, float), np.asarray(of, float)
        beta = np.zeros(terms.shape[1])
        beta[0] = _logit((hits.sum() + 0.5) / (of.sum() + 1.0))
        ridge = _RIDGE * np.eye(len(beta))
        ridge[0, 0] = 0.0
        for _ in range(_STEPS):
            chance = _expit(terms @ beta)
            weight = np.maximum(of * chance * (1.0 - chance), 1e-9)
            slope = terms.T @ (hits - of * chance) - ridge @ beta
            step = np.linalg.solve((terms.T * weight) @ terms + ridge, slope)
            beta = beta + step * min(1.0, 3.0 / max(np.abs(step).max(), 1e-9))
            if np.abs(step).max() < 1e-8:
                break
        self.beta = beta

    def logit(self, positions: np.ndarray) -> np.ndarray:
        """Log odds at positions, shape (points, levers)."""
        return np.asarray(_terms(positions) @ self.beta + self.offset)

    def slope(self, position: np.ndarray) -> np.ndarray:
        """Slopes of the log odds at one position, shape (levers,)."""
        count = self.levers
        line, square, cube = self.beta[1 : 1 + 3 * count].reshape(3, count)
        found = line + 2.0 * square * position + 3.0 * cube * position**2
        for at, (i, j) in enumerate(combinations(range(count), 2), 1 + 3 * count):
            found[i] += self.beta[at] * position[j]
            found[j] += self.beta[at] * position[i]
        return np.asarray(found)

    def chance(self, positions: np.ndarray) -> np.ndarray:
        """The chance at positions, shape (points, levers)."""
        return _expit(self.logit(positions))

    def through(self, position: np.ndarray, share: float) -> Surface:
        """The surface shifted so that it has this share at this position."""
        other = Surface.__new__(Surface)
        other.levers, other.beta = self.levers, self.beta
        other.offset = self.offset + _logit(share) - float(self.logit(position[None, :])[0])
        return other


def least_position(
    target: Surface, level: float, caps: Sequence[tuple[Surface, float]], length: np.ndarray
) -> np.ndarray | None:
    """The position with the least sum of moves at which a chance reaches a level under caps.

    Parameters
    ----------
    target, level
        The chance and what it must reach.
    caps
        Other chances, each with what it must not exceed.
    length
        Size of each lever's whole move, shape (levers,).

    Returns
    -------
    numpy.ndarray or None
        Shape (levers,); None where no position reaches it.

    Examples
    --------
    >>> at = np.linspace(0.0, 1.0, 5)[:, None]
    >>> surface = Surface(at, 1000.0 / (1.0 + np.exp(4.0 - 8.0 * at[:, 0])), np.full(5, 1000.0))
    >>> least_position(surface, 0.5, [], np.ones(1)).round(1).tolist()
    [0.5]
    """
    from scipy.optimize import minimize

    lattice = _lattice(target.levers)
    kept = _kept(target, level, caps, lattice)
    if not kept.any():
        return None
    start = lattice[kept][np.argmin(lattice[kept] @ length)]
    bounds = [(target, _logit(level), 1.0), *((one, _logit(most), -1.0) for one, most in caps)]
    constraints = [
        {
            "type": "ineq",
            "fun": lambda x, one=one, edge=edge, sign=sign: (
                sign * (float(one.logit(x[None, :])[0]) - edge)
            ),
            "jac": lambda x, one=one, sign=sign: sign * one.slope(x),
        }
        for one, edge, sign in bounds
    ]
    found = minimize(
        lambda x: float(x @ length),
        start,
        jac=lambda _: length,
        bounds=[(0.0, 1.0)] * target.levers,
        constraints=constraints,
        method="SLSQP",
    )
    polished = np.clip(found.x, 0.0, 1.0)
    better = bool(_kept(target, level - 1e-6, caps, polished[None, :])[0])
    return polished if better and polished @ length < start @ length else start


def most_position(
    target: Surface, caps: Sequence[tuple[Surface, float]]
) -> tuple[np.ndarray, float] | None:
    """The position of the highest chance under caps, and that chance; None where no position keeps
    the caps.

    Examples
    --------
    >>> at = np.linspace(0.0, 1.0, 5)[:, None]
    >>> surface = Surface(at, 1000.0 / (1.0 + np.exp(4.0 - 8.0 * at[:, 0])), np.full(5, 1000.0))
    >>> position, chance = most_position(surface, [])
    >>> position.tolist(), round(chance, 2)  # 1 / (1 + e^-4)
    ([1.0], 0.98)
    """
    lattice = _lattice(target.levers)
    kept = _kept(target, 0.0, caps, lattice)
    if not kept.any():
        return None
    chance = np.where(kept, target.chance(lattice), -1.0)
    best = int(np.argmax(chance))
    return lattice[best], float(chance[best])


def _kept(
    target: Surface, level: float, caps: Sequence[tuple[Surface, float]], at: np.ndarray
) -> np.ndarray:
    kept = target.chance(at) >= level
    for one, most in caps:
        kept = kept & (one.chance(at) <= most + 1e-9)
    return np.asarray(kept)


def _lattice(levers: int) -> np.ndarray:
    """Positions over the whole range, without those at which a lever does not move at all."""
    line = np.linspace(0.0, 1.0, _LATTICE[levers])[1:]
    return np.asarray(list(product(line, repeat=levers)))


def _terms(positions: np.ndarray) -> np.ndarray:
    columns = [
        positions[:, i] * positions[:, j] for i, j in combinations(range(positions.shape[1]), 2)
    ]
    return np.column_stack(
        [np.ones(len(positions)), positions, positions**2, positions**3, *columns]
    )


def _logit(chance: float) -> float:
    chance = min(max(chance, LEVEL_EDGE), 1.0 - LEVEL_EDGE)
    return float(np.log(chance / (1.0 - chance)))


def _expit(logit: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -40.0, 40.0))))
