"""Alternating offers (Rubinstein 1982): over a pie of size 1, with outside options (Binmore, Shaked, Sutton 1989), and over any set of issues."""

from __future__ import annotations

import math

import numpy as np

from sim.rules.state import CN, ROOM, US
from sim.rules.strategies import stationary_demand
from sim.theory.problem import BargainingProblem, Point

__all__ = ["alternating_offers", "limit_split", "rubinstein_split"]


def rubinstein_split(
    patience_1: float, patience_2: float, outside_1: float = 0.0, outside_2: float = 0.0
) -> tuple[float, float]:
    """Equilibrium shares of the first proposer and of the responder.

    Without outside options the proposer gets (1 - d2) / (1 - d1 d2). An outside option, taken up only as responder,
    matters only where it beats the continuation share (the outside option principle).

    Parameters
    ----------
    patience_1, patience_2
        Discount factors a round, from 0 to below 1.
    outside_1, outside_2
        What each may leave with instead of answering; together below 1.

    Raises
    ------
    ValueError
        Values out of range.
    """
    if not (0.0 <= patience_1 < 1.0 and 0.0 <= patience_2 < 1.0):
        raise ValueError(f"patience must be from 0 to below 1; given {patience_1}, {patience_2}")
    if outside_1 < 0.0 or outside_2 < 0.0 or outside_1 + outside_2 >= 1.0:
        raise ValueError(f"outside options must not be negative and leave something; given {outside_1}, {outside_2}")
    free_1 = (1.0 - patience_2) / (1.0 - patience_1 * patience_2)
    free_2 = (1.0 - patience_1) / (1.0 - patience_1 * patience_2)
    if outside_1 <= patience_1 * free_1 and outside_2 <= patience_2 * free_2:
        return free_1, 1.0 - free_1
    if outside_2 > patience_2 * free_2 and outside_1 <= patience_1 * (1.0 - outside_2):
        return 1.0 - outside_2, outside_2
    if outside_1 > patience_1 * free_1 and outside_2 <= patience_2 * (1.0 - outside_1):
        first = 1.0 - patience_2 * (1.0 - outside_1)
        return first, 1.0 - first
    return 1.0 - outside_2, outside_2


def limit_split(rate_1: float, rate_2: float) -> tuple[float, float]:
    """Shares as the time between offers vanishes: r2 / (r1 + r2), the Nash split weighted by impatience.

    Raises
    ------
    ValueError
        Discount rates that are not above 0.
    """
    if rate_1 <= 0.0 or rate_2 <= 0.0 or math.isinf(rate_1 + rate_2):
        raise ValueError(f"discount rates must be above 0; given {rate_1}, {rate_2}")
    first = rate_2 / (rate_1 + rate_2)
    return first, 1.0 - first


def alternating_offers(problem: BargainingProblem, patience_us: float, patience_cn: float) -> tuple[Point, Point]:
    """The US's and China's proposals in the stationary equilibrium; either is accepted at once.

    As both become patient alike the two proposals meet in the Nash point (Binmore, Rubinstein, Wolinsky 1986).

    Parameters
    ----------
    problem
        One with gains for both sides over disagreement.
    patience_us, patience_cn
        What a gain at the next offer counts against one now, from 0 to below 1.

    Raises
    ------
    ValueError
        Patience out of range, or no package that leaves both sides better off.
    """
    if not (0.0 <= patience_us < 1.0 and 0.0 <= patience_cn < 1.0):
        raise ValueError(f"patience must be from 0 to below 1; given {patience_us}, {patience_cn}")
    if not problem.gains:
        raise ValueError("no package leaves both sides better off than without agreement")
    floors, patience, space = problem.disagreement, (patience_us, patience_cn), np.zeros(ROOM)
    first, second = (
        problem.worth_to(i, float(stationary_demand(problem.row, i, floors[i], floors[1 - i], patience[i], patience[1 - i], space)))
        for i in (int(US), int(CN))
    )  # fmt: skip
    return first, second
