"""Demand of one importer for a group of goods in three nests, and the duty that serves its
government best (docs/trade.md; Armington 1969; Fajgelbaum, Goldberg, Kennedy, Khandelwal 2020;
Grossman, Helpman 1994 for governments' weights).

Written out in powers of prices, one importer at a time, so that the formulas of
:mod:`sim.rules.trade_groups` can be checked against them.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from sim.theory.inputs import answer, finite

__all__ = ["GroupImporter", "GroupMarket", "best_duty", "optimal_duty"]

_MOST_RATE = 1e3
_BOUNDS = {
    "imports": (1e-6, 1e9),
    "third": (0.0, 1e9),
    "base_duty": (0.0, _MOST_RATE),
    "base_third_duty": (0.0, _MOST_RATE),
    "third_duty": (0.0, _MOST_RATE),
    "pass_through": (1e-3, 1.0),
    "between": (0.0, 50.0),
    "in_all": (0.0, 50.0),
    "third_slope": (0.0, 10.0),
    "route_share": (0.0, 0.99),
    "route_elasticity": (0.0, 50.0),
    "route_cost": (0.0, 10.0),
    "enforcement": (0.0, 100.0),
    "revenue_weight": (0.0, 1e3),
    "protection_weight": (0.0, 1e3),
}
_STEPS = 400  # of the search for the sign of a slope, whose share of the partner changes slowly


def _within(name: str, value: object, low: float, high: float) -> float:
    number = finite(name, value)
    if not low <= number <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}; given {value}")
    return number


def _index(first: float, second: float, share: float, elasticity: float) -> float:
    """The index of two prices, the second of which has ``share`` at the base."""
    if elasticity == 1.0:
        return float(first ** (1.0 - share) * second**share)
    power = 1.0 - elasticity
    return float(((1.0 - share) * first**power + share * second**power) ** (1.0 / power))


class GroupMarket(NamedTuple):
    """What an importer buys of a group: flows at base prices and money, bn USD/yr.

    Examples
    --------
    >>> GroupMarket(12.0, 1.0, 100.0, 1.05, 5.0, 3.0).real_income
    -2.0
    """

    direct: float
    routed: float
    third: float
    price_index: float
    buyers: float
    revenue: float

    @property
    def real_income(self) -> float:
        """The change of revenue less what buyers lose, bn USD/yr."""
        return self.revenue - self.buyers


@dataclass(frozen=True)
class GroupImporter:
    """One importer and group, and how its government weighs what a duty does.

    Attributes
    ----------
    imports, third
        What the partner and third countries sell at the base duties, bn USD/yr: 1e-6 to 1e9, 0 to
        1e9.
    base_duty, base_third_duty, third_duty
        The partner's at the base, third countries' at the base and now; ad valorem, 0 to 1,000.
    pass_through
        Share of a duty that buyers pay, 0.001 to 1.
    between, in_all
        Elasticity between origins, and of the group in all spending, 0 to 50.
    third_slope
        Log price a log volume of third countries' supply, 0 to 10.
    route_share, route_elasticity, route_cost, enforcement
        Transshipped part of ``imports`` at the base, 0 to 0.99; elasticity between routes, 0 to 50;
        cost of the detour, a share of the price, 0 to 10; how it is enforced, 0 to 100, 1 as today.
    revenue_weight, protection_weight
        What a unit of revenue, and of lost direct imports, counts against one of buyers' loss, 0 to
        1,000.

    Raises
    ------
    ValueError
        A number that is not finite or out of range.

    Examples
    --------
    Alone in the market, at an elasticity of 1 in all: imports of 100 fall to 80 at a duty of 25 %.

    >>> round(GroupImporter(100.0, 0.0, pass_through=1.0, in_all=1.0).market(0.25).direct, 9)
    80.0
    """

    imports: float
    third: float
    base_duty: float = 0.0
    base_third_duty: float = 0.0
    third_duty: float = 0.0
    pass_through: float = 0.94
    between: float = 2.6
    in_all: float = 0.76
    third_slope: float = 0.0
    route_share: float = 0.0
    route_elasticity: float = 6.0
    route_cost: float = 0.25
    enforcement: float = 1.0
    revenue_weight: float = 1.0
    protection_weight: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            _within(name, getattr(self, name), low, high)

    def market(self, duty: float) -> GroupMarket:
        """What is bought at a duty on the partner, and what that costs buyers and brings customs.

        Raises
        ------
        ValueError
            A duty that is not from 0 to 1,000, or a power of a price beyond the largest float.

        Examples
        --------
        >>> market = GroupImporter(20.0, 100.0, 0.10, 0.02, 0.02).market(0.40)
        >>> round(market.direct, 6), round(market.third, 6), round(market.buyers, 6)
        (11.747678, 106.631353, 4.33678)
        """
        sigma, less, r = self.between, self.between - self.in_all, self.route_share
        a, c, i = self._prices(duty)
        try:
            partner = _index(a, i, r, self.route_elasticity)
            routed = r * (i / partner) ** (1.0 - self.route_elasticity)
            share = self._spent(self.imports, self.base_duty) / self._spending()
            index = _index(partner, c, 1.0 - share, sigma)
            by_third = (1.0 - share) * (c / index) ** (1.0 - sigma)
            dearer = less * math.log(index) - sigma * math.log(c)
            c *= math.exp(
                self.third_slope * dearer / (1.0 + self.third_slope * (sigma - less * by_third))
            )
            index = _index(partner, c, 1.0 - share, sigma)
            bundle = self.imports * partner**-sigma * index**less
            direct = bundle * (1.0 - routed) * partner / a
            transshipped = bundle * routed * partner / i
            third = self.third * c**-sigma * index**less
        except (OverflowError, ZeroDivisionError) as error:
            raise ValueError(f"a power of a price is beyond a float; given {self}") from error
        at_base = self.base_duty * (1.0 - r) * self.imports
        at_base += self.base_third_duty * (self.third + r * self.imports)
        paid = duty * direct + self.third_duty * (third + transshipped)
        buyers = answer("loss", self._lost(index))
        return GroupMarket(direct, transshipped, third, index, buyers, paid - at_base)

    def cost(self, duty: float) -> float:
        """Loss in the government's own objective against the base duties, bn USD/yr.

        Buyers' loss less the change of revenue and lost direct imports at their weights.

        Raises
        ------
        ValueError
            As :meth:`market`.

        Examples
        --------
        Elasticity 0 in all and no third countries: buyers pay 25 more, and the government has it.

        >>> round(GroupImporter(100.0, 0.0, pass_through=1.0, in_all=0.0).cost(0.25), 9) + 0.0
        0.0
        """
        bought = self.market(duty)
        lost = self.imports - bought.direct
        return bought.buyers - self.revenue_weight * bought.revenue - self.protection_weight * lost

    def cost_to_exporter(self, duty: float, margin: float) -> float:
        """What the partner's exporters lose, bn USD/yr: ``margin`` (0 to 1) of lost sales, and
        their part of the duty.

        Raises
        ------
        ValueError
            As :meth:`market`; a margin that is not from 0 to 1.

        Examples
        --------
        A tenth of the 20 lost:

        >>> round(GroupImporter(100.0, 0.0, pass_through=1.0, in_all=1.0).cost_to_exporter(0.25, 0.1), 9)
        2.0
        """
        part, bought = _within("margin", margin, 0.0, 1.0), self.market(duty)
        kept = self.base_duty * (1.0 - self.route_share) * self.imports
        return part * (self.imports - bought.direct - bought.routed) + (1.0 - self.pass_through) * (
            duty * bought.direct - kept
        )

    def share(self, duty: float) -> float:
        """The partner's share of spending on the group at a duty, without routes and slope.

        Raises
        ------
        ValueError
            As :meth:`market`.

        Examples
        --------
        >>> GroupImporter(20.0, 80.0).share(0.0)
        0.2
        """
        a, c, _ = self._prices(duty)
        mine = self._spent(self.imports, self.base_duty) * a ** (1.0 - self.between)
        theirs = self._spent(self.third, self.base_third_duty) * c ** (1.0 - self.between)
        return float(mine / (mine + theirs))

    def _prices(self, duty: float) -> tuple[float, float, float]:
        """Of direct, third countries' and transshipped goods, 1 at the base."""
        p, t = self.pass_through, _within("duty", duty, 0.0, _MOST_RATE)
        a = (1.0 + p * t) / (1.0 + p * self.base_duty)
        c = (1.0 + p * self.third_duty) / (1.0 + p * self.base_third_duty)
        k = self.route_cost
        return a, c, c * (1.0 + k * self.enforcement) / (1.0 + k)

    def _spent(self, sales: float, duty: float) -> float:
        return sales * (1.0 + self.pass_through * duty)

    def _spending(self) -> float:
        return self._spent(self.imports, self.base_duty) + self._spent(
            self.third, self.base_third_duty
        )

    def _lost(self, index: float) -> float:
        """What buyers lose to an index: spending times (I**(1 - e) - 1) / (1 - e)."""
        less, step = 1.0 - self.in_all, math.log(index)
        return self._spending() * (math.expm1(less * step) / less if less else step)


def optimal_duty(
    share: float,
    pass_through: float,
    between: float,
    in_all: float,
    third_duty: float = 0.0,
    revenue_weight: float = 1.0,
    protection_weight: float = 0.0,
) -> float:
    """The duty at which an importing government's own cost is least, by what the partner's share is
    there: ((r - p) + p e w + x) / (p (r e - (r - p) - x)).

    e = s - share (s - a) is the elasticity of direct imports, x = r t3 p (s - a) (1 - share) / (1 +
    p t3) what third countries pay; no routes, no slope of supply.

    Parameters
    ----------
    share
        The partner's share of spending at that duty, 0 to 1.
    pass_through
        p, 0.001 to 1.
    between, in_all
        s and a, 0 to 50.
    third_duty
        t3, 0 to 1,000.
    revenue_weight, protection_weight
        r and w, 0 to 1,000.

    Returns
    -------
    float
        Ad valorem, right to 1e-13 of itself; below 0 where a subsidy would be best.

    Raises
    ------
    ValueError
        Values out of range, or no finite duty is best.

    Examples
    --------
    >>> round(optimal_duty(0.2, 0.94, 2.6, 0.76), 6)
    0.029388
    >>> round(optimal_duty(0.2, 0.94, 2.6, 0.76, revenue_weight=1.25, protection_weight=0.08), 6)
    0.204979
    """
    given = {
        "pass_through": pass_through,
        "between": between,
        "in_all": in_all,
        "third_duty": third_duty,
        "revenue_weight": revenue_weight,
        "protection_weight": protection_weight,
    }
    p, s, a, t3, r, w = (_within(name, value, *_BOUNDS[name]) for name, value in given.items())
    rest = 1.0 - _within("share", share, 0.0, 1.0)
    gain, rise = _slope(rest, p, s, a, t3, r, w)
    if rise <= 0.0:
        raise ValueError(f"no finite duty is best; given {given} at share {share}")
    return answer("duty", gain / rise)


def _slope(
    rest: float, p: float, s: float, a: float, t3: float, r: float, w: float
) -> tuple[float, float]:
    """(gain, rise): the slope of the cost at duty t has the sign of t rise - gain."""
    e = s - (1.0 - rest) * (s - a)
    x = r * t3 * p * (s - a) * rest / (1.0 + p * t3)
    return (r - p) + p * e * w + x, p * (r * e - (r - p) - x)


def best_duty(importer: GroupImporter, most: float = 3.0) -> float:
    """The duty from 0 to ``most`` that serves the government's own objective best.

    Where the slope of its cost changes sign from below 0 to above, :func:`optimal_duty` holds at
    the share there; :meth:`GroupImporter.cost` decides between those duties and the ends.

    Parameters
    ----------
    importer
        Without routes (``route_share`` 0) and slope (``third_slope`` 0).
    most
        The highest duty considered, 0 to 1,000.

    Returns
    -------
    float
        Within 1e-12 of the root.

    Raises
    ------
    ValueError
        ``most`` out of range, or an importer with routes or slope.

    Examples
    --------
    >>> duty = best_duty(GroupImporter(20.0, 80.0, third_duty=0.1))
    >>> round(duty - optimal_duty(GroupImporter(20.0, 80.0, third_duty=0.1).share(duty), 0.94, 2.6, 0.76, 0.1), 12) + 0.0
    0.0
    """
    top = _within("most", most, 0.0, _MOST_RATE)
    if importer.route_share or importer.third_slope:
        raise ValueError(f"the closed duty knows no routes and no slope; given {importer}")

    def slope(duty: float) -> float:
        gain, rise = _slope(
            1.0 - importer.share(duty),
            importer.pass_through,
            importer.between,
            importer.in_all,
            importer.third_duty,
            importer.revenue_weight,
            importer.protection_weight,
        )
        return duty * rise - gain

    grid = [float(duty) for duty in np.linspace(0.0, top, _STEPS + 1)]
    best = [0.0, top]
    for low, high in itertools.pairwise(grid):
        if slope(low) < 0.0 <= slope(high):
            best.append(float(brentq(slope, low, high, xtol=1e-13)))
    return min(best, key=importer.cost)
