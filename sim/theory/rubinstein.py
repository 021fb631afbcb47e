"""Alternating offers (Rubinstein 1982): over a pie of size 1, with outside options (Binmore,
Shaked, Sutton 1989), and over any set of issues.
"""

from __future__ import annotations

from fractions import Fraction

from scipy.optimize import brentq

from sim.rules.codes import CN, US
from sim.theory.inputs import finite
from sim.theory.problem import BargainingProblem, Point

__all__ = ["alternating_offers", "limit_split", "rubinstein_split"]

_MOST_PATIENT = 0.999999


def rubinstein_split(
    patience_1: float, patience_2: float, outside_1: float = 0.0, outside_2: float = 0.0
) -> tuple[float, float]:
    """Equilibrium shares of the first proposer and of the responder.

    Without outside options the proposer gets (1 - d2) / (1 - d1 d2). An outside option, taken up
    only as responder, matters only where it beats the continuation share (the outside option
    principle).

    Parameters
    ----------
    patience_1, patience_2
        Discount factors per round, from 0 to below 1.
    outside_1, outside_2
        What each may take instead of answering, not below 0; together below 1.

    Returns
    -------
    tuple of float
        Both shares, each to within 1e-14 of itself, however near 1 the discount factors are.

    Raises
    ------
    ValueError
        Values that are not finite or out of range.

    Examples
    --------
    (1 - 0.5) / (1 - 0.5 * 0.5); with an outside option of 0.4 the responder takes that:

    >>> [round(share, 9) for share in rubinstein_split(0.5, 0.5)]
    [0.666666667, 0.333333333]
    >>> rubinstein_split(0.5, 0.5, 0.0, 0.4)
    (0.6, 0.4)
    """
    d1, d2 = _patience(patience_1, patience_2)
    o1, o2 = finite("outside_1", outside_1), finite("outside_2", outside_2)
    if o1 < 0.0 or o2 < 0.0 or o1 + o2 >= 1.0:
        raise ValueError(
            f"outside options must not be negative and must add to less than 1; given {outside_1}, {outside_2}"
        )
    rest_1, rest_2 = 1.0 - d1, 1.0 - d2
    free_1 = rest_2 / (rest_1 + d1 * rest_2)  # 1 - d1 d2 without its cancellation
    free_2 = rest_1 / (rest_2 + d2 * rest_1)
    if o1 <= d1 * free_1 and o2 <= d2 * free_2:
        return free_1, d2 * free_2
    if o1 > d1 * free_1 and o2 <= d2 * (1.0 - o1):
        return 1.0 - d2 * (1.0 - o1), d2 * (1.0 - o1)
    return 1.0 - o2, o2


def limit_split(rate_1: float, rate_2: float) -> tuple[float, float]:
    """Shares as the time between offers vanishes: r2 / (r1 + r2) and r1 / (r1 + r2), the Nash split
    weighted by impatience.

    Parameters
    ----------
    rate_1, rate_2
        Discount rates, above 0, in one unit of time.

    Returns
    -------
    tuple of float
        Both shares, each to within 1e-15 of itself; 0 where a share is too small for a float.

    Raises
    ------
    ValueError
        Discount rates that are not finite or not above 0.

    Examples
    --------
    The one who is three times as impatient gets a quarter:

    >>> limit_split(0.3, 0.1)
    (0.25, 0.75)
    """
    one, two = Fraction(finite("rate_1", rate_1)), Fraction(finite("rate_2", rate_2))
    if one <= 0 or two <= 0:
        raise ValueError(f"discount rates must be above 0; given {rate_1}, {rate_2}")
    return float(two / (one + two)), float(one / (one + two))


def alternating_offers(
    problem: BargainingProblem, patience_us: float, patience_cn: float
) -> tuple[Point, Point]:
    """The US's and China's proposals in the stationary equilibrium; either is accepted at once.

    Each proposal leaves its receiver as well off as waiting for its own; the unknown is the worth
    of the US's proposal to China. Where red lines leave the receiver more than that, the proposal
    is the end of the frontier. As both become equally patient the two proposals meet in the Nash
    point (Binmore, Rubinstein, Wolinsky 1986).

    Parameters
    ----------
    problem
        A problem with gains for both sides over disagreement.
    patience_us, patience_cn
        Discount factor of a gain at the next offer, from 0 to 0.999999; above that the cost of a
        round is lost in rounding.

    Returns
    -------
    tuple of Point
        The US's proposal and China's; what each is worth to its receiver is right to 1e-8 of the
        problem's size.

    Raises
    ------
    ValueError
        Patience out of range, or no package that leaves both sides better off.

    Examples
    --------
    A side that cannot wait gets nothing from the other's proposal. Only the US has something to
    give, 10 x at a cost of 5 x**2, and has
    -5 without agreement: China asks for all of it, the US offers nothing.

    >>> problem = BargainingProblem([0], [10], [0], [5], [1], (-5.0, 0.0))
    >>> [round(point.cn, 6) + 0.0 for point in alternating_offers(problem, 0.0, 0.0)]
    [0.0, 10.0]
    """
    d_us, d_cn = _patience(patience_us, patience_cn)
    if max(d_us, d_cn) > _MOST_PATIENT:
        raise ValueError(
            f"patience must be from 0 to {_MOST_PATIENT}; given {patience_us}, {patience_cn}"
        )
    if not problem.gains:
        raise ValueError("no package leaves both sides better off than without agreement")
    us, cn = problem.disagreement

    def proposals(target: float) -> tuple[Point, Point]:
        first = problem.worth_to(CN, target)
        return first, problem.worth_to(US, us + d_us * (first.us - us))

    def over(target: float) -> float:
        return target - cn - d_cn * (proposals(target)[1].cn - cn)

    high = max(problem.worth_to(US, us).cn, cn)
    if over(cn) >= 0.0 or over(high) <= 0.0:  # no patience to pay for, or rounding at an end
        return proposals(cn if over(cn) >= 0.0 else high)
    return proposals(brentq(over, cn, high, xtol=1e-15 * problem.size, rtol=8.9e-16))


def _patience(one: object, two: object) -> tuple[float, float]:
    patience = finite("patience", one), finite("patience", two)
    if not (0.0 <= patience[0] < 1.0 and 0.0 <= patience[1] < 1.0):
        raise ValueError(f"patience must be from 0 to below 1; given {one}, {two}")
    return patience
