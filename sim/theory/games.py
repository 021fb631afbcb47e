"""Extending or lapsing as a two-by-two game, and the equilibria of any such game (support
enumeration; Nash 1951).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from sim.theory.inputs import answer, finite

__all__ = ["Equilibrium", "equilibria", "extension_game"]

Payoffs = np.ndarray | Sequence[Sequence[float]]


class Equilibrium(NamedTuple):
    """Probability that each player takes its first action.

    Examples
    --------
    >>> Equilibrium(1.0, 0.0).pure, Equilibrium(0.5, 0.5).pure
    (True, False)
    """

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

    Both must agree to extend; a side whose offer is not answered still pays its audience cost.

    Parameters
    ----------
    stakes_us, stakes_cn
        What the terms in force are worth beyond a lapse, bn USD/yr; below 0 where a lapse is
        better.
    cost_us, cost_cn
        Audience cost of extending, bn USD/yr, not below 0.

    Returns
    -------
    tuple of np.ndarray
        Both payoffs, shape (2, 2), exact up to the rounding of one subtraction.

    Raises
    ------
    ValueError
        A number that is not finite, or a cost below 0.

    Examples
    --------
    >>> us, cn = extension_game(20.0, 10.0, 3.0, 2.0)
    >>> us.tolist(), cn.tolist()
    ([[17.0, -3.0], [0.0, 0.0]], [[8.0, 0.0], [-2.0, 0.0]])
    """
    costs = finite("cost_us", cost_us), finite("cost_cn", cost_cn)
    if min(costs) < 0.0:
        raise ValueError(f"costs must not be below 0; given {cost_us}, {cost_cn}")
    both = [
        answer("payoff", finite(name, stakes) - cost)
        for name, stakes, cost in zip(
            ("stakes_us", "stakes_cn"), (stakes_us, stakes_cn), costs, strict=True
        )
    ]
    us = np.asarray([[both[0], 0.0 - costs[0]], [0.0, 0.0]])
    cn = np.asarray([[both[1], 0.0], [0.0 - costs[1], 0.0]])
    return us, cn


def equilibria(one: Payoffs, two: Payoffs) -> list[Equilibrium]:
    """All equilibria of a two-by-two game that has finitely many: the pure ones in order, then the
    mixed one if there is one.

    Parameters
    ----------
    one, two
        Payoffs, shape (2, 2): rows are the first player's actions, columns the second's. They are
        compared exactly: payoffs tie where they are equal to the last bit.

    Returns
    -------
    list of Equilibrium
        Probabilities correctly rounded.

    Raises
    ------
    ValueError
        For another shape or values that are not finite; where ties give a continuum of equilibria;
        where floating-point numbers cannot distinguish a mixed equilibrium from a pure one.

    Examples
    --------
    The stag hunt of an extension: the US offers with 3/10, so that China, who wins 10 less 3 or
    loses 3, does not care; China with 3/20:

    >>> equilibria(*extension_game(20.0, 10.0, 3.0, 3.0))
    [Equilibrium(one=1.0, two=1.0), Equilibrium(one=0.0, two=0.0), Equilibrium(one=0.3, two=0.15)]
    """
    a, b = _payoffs(one), _payoffs(two)
    # gain of a player's first action over its second, against the other's first and second action
    mine = (a[0][0] - a[1][0], a[0][1] - a[1][1])
    its = (b[0][0] - b[0][1], b[1][0] - b[1][1])
    if _line(mine, its) or _line(its, mine):
        raise ValueError("ties between payoffs leave infinitely many equilibria")
    found = [
        Equilibrium(1.0 - i, 1.0 - j)
        for i in (0, 1)
        for j in (0, 1)
        if a[i][j] >= a[1 - i][j] and b[i][j] >= b[i][1 - j]
    ]
    if mine[0] * mine[1] < 0 and its[0] * its[1] < 0:
        found.append(_mixed(its[1] / (its[1] - its[0]), mine[1] / (mine[1] - mine[0])))
    return found


def _payoffs(given: Payoffs) -> list[list[Fraction]]:
    try:
        payoffs = np.asarray(given, float)
    except (TypeError, ValueError):
        payoffs = np.zeros(0)
    if payoffs.shape != (2, 2) or not np.isfinite(payoffs).all():
        raise ValueError("two finite payoff matrices of shape (2, 2) are required")
    return [[Fraction(value) for value in row] for row in payoffs.tolist()]


def _line(mine: tuple[Fraction, Fraction], its: tuple[Fraction, Fraction]) -> bool:
    """Whether one player may mix within an interval while the other's strategy stays the same.

    ``mine`` and ``its`` are gains of the first action over the second, against the other's first
    and second.
    """
    if mine == (0, 0):
        return True
    if its == (
        0,
        0,
    ):  # the other stays at its mixture if there is one that makes this player indifferent
        return min(mine) <= 0 <= max(mine)
    # the other stays at its first (or second) action if that is best over an interval of mixtures
    return (mine[0] == 0 and max(its) > 0) or (mine[1] == 0 and min(its) < 0)


def _mixed(one: Fraction, two: Fraction) -> Equilibrium:
    found = Equilibrium(float(one), float(two))
    if not (0.0 < found.one < 1.0 and 0.0 < found.two < 1.0):
        raise ValueError(
            "a mixed equilibrium is too close to a pure one: payoff differences are too far apart in size"
        )
    return found
