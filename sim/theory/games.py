"""Extending or lapsing as a two-by-two game, and the equilibria of any such game (support enumeration; Nash 1951)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Equilibrium", "equilibria", "extension_game"]

_TIE = 1e-12


class Equilibrium(NamedTuple):
    """Probability that each player takes its first action."""

    one: float
    two: float

    @property
    def pure(self) -> bool:
        """Whether neither player mixes."""
        return self.one in (0.0, 1.0) and self.two in (0.0, 1.0)


def extension_game(
    stakes_us: float, stakes_cn: float, cost_us: float = 0.0, cost_cn: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Payoffs of the US (rows) and China (columns) over (extend, lapse), against a lapse.

    Both must agree to extend; the one who offers in vain pays its audience cost too, for having offered.

    Parameters
    ----------
    stakes_us, stakes_cn
        What the terms in force are worth beyond a lapse, bn USD/yr.
    cost_us, cost_cn
        Audience cost of extending, bn USD/yr.
    """
    us = np.asarray([[stakes_us - cost_us, -cost_us], [0.0, 0.0]])
    cn = np.asarray([[stakes_cn - cost_cn, 0.0], [-cost_cn, 0.0]])
    return us, cn


def equilibria(one: np.ndarray, two: np.ndarray) -> list[Equilibrium]:
    """All equilibria of a two-by-two game without ties: pure ones in order, then the mixed one where there is one.

    Parameters
    ----------
    one, two
        Payoffs, shape (2, 2): rows are the first player's actions, columns the second's.

    Raises
    ------
    ValueError
        For another shape, or values that are not finite.
    """
    a, b = np.asarray(one, float), np.asarray(two, float)
    if a.shape != (2, 2) or b.shape != (2, 2) or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("two finite payoff matrices of shape (2, 2) are wanted")
    found = [
        Equilibrium(1.0 - i, 1.0 - j)
        for i in (0, 1)
        for j in (0, 1)
        if a[i, j] >= a[1 - i, j] - _TIE and b[i, j] >= b[i, 1 - j] - _TIE
    ]
    p = _mix(b[0, 0] - b[0, 1], b[1, 0] - b[1, 1])
    q = _mix(a[0, 0] - a[1, 0], a[0, 1] - a[1, 1])
    if p is not None and q is not None:
        found.append(Equilibrium(p, q))
    return found


def _mix(first: float, second: float) -> float | None:
    """The probability of the other's first action that leaves a player indifferent; None unless strictly between 0 and 1."""
    if abs(first - second) <= _TIE:
        return None
    share = -second / (first - second)
    return float(share) if _TIE < share < 1.0 - _TIE else None
