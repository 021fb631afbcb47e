"""Optimal and Nash tariffs of the trade module (``docs/model.md``; Johnson 1953; Ossa 2014 for
governments' weights).

Demand depends on the importer's own tariff alone, so each government's best tariff is a dominant
strategy and the pair of them the Nash equilibrium; what either does still costs the other. Formulas
are written out independently, so that those of :mod:`sim.rules.trade` can be checked against them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from sim.theory.inputs import answer, finite

__all__ = ["Importer", "best_tariff", "nash_tariffs", "optimal_tariff"]

_MOST_RATE = 1e6
_BOUNDS = {
    "imports": (0.0, 1e12),
    "base_tariff": (0.0, _MOST_RATE),
    "pass_through": (1e-6, 1.0),
    "elasticity": (0.0, 50.0),
    "revenue_weight": (0.0, 1e6),
    "protection_weight": (0.0, 1e6),
}


def _within(name: str, value: object, low: float, high: float) -> float:
    number = finite(name, value)
    if not low <= number <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}; given {value}")
    return number


@dataclass(frozen=True)
class Importer:
    """One side as importer, and how its government weighs what a tariff does.

    Attributes
    ----------
    imports
        Imports at the base tariff, bn USD/yr, 0 to 1e12.
    base_tariff
        Ad valorem, 0 to 1e6.
    pass_through
        Share of a tariff that reaches the importer's price, 1e-6 to 1.
    elasticity
        Of import demand, absolute, 0 to 50.
    revenue_weight, protection_weight
        What a unit of revenue, and of displaced imports, counts against one of consumers' loss, 0
        to 1e6.

    Raises
    ------
    ValueError
        A number that is not finite or out of range.

    Examples
    --------
    At full pass-through and elasticity 1, imports of 100 fall to 80 at a tariff of 25 %:

    >>> Importer(100.0, 0.0, 1.0, 1.0).flow(0.25)
    80.0
    """

    imports: float
    base_tariff: float
    pass_through: float
    elasticity: float
    revenue_weight: float = 1.0
    protection_weight: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            _within(name, getattr(self, name), low, high)

    def cost(self, rate: float) -> float:
        """Loss in the government's own objective against the base tariff, bn USD/yr.

        Consumers' loss (the integral of demand between the two border prices) less revenue and
        displaced imports at their weights; each of the three is right to 1e-12 of itself.

        Raises
        ------
        ValueError
            A rate that is not from 0 to 1e6.

        Examples
        --------
        Elasticity 0: consumers pay 100 * 0.25 more, and the government has it.

        >>> Importer(100.0, 0.0, 1.0, 0.0).cost(0.25), Importer(100.0, 0.0, 1.0, 0.0, revenue_weight=2.0).cost(0.25)
        (0.0, -25.0)
        """
        flow, step = self.flow(rate), self._step(rate)
        spent, less = (
            self.imports * (1.0 + self.pass_through * self.base_tariff),
            1.0 - self.elasticity,
        )
        # the change of spending over 1 - e without its cancellation at elasticity 1
        consumers = spent * (math.expm1(less * step) / less if less else step)
        revenue = rate * flow - self.base_tariff * self.imports
        return (
            consumers
            - self.revenue_weight * revenue
            - self.protection_weight * (self.imports - flow)
        )

    def flow(self, rate: float) -> float:
        """Imports at a tariff, bn USD/yr: imports ((1 + p rate) / (1 + p base))**-e, right to 1e-13
        of itself.

        Raises
        ------
        ValueError
            A rate that is not from 0 to 1e6.

        Examples
        --------
        >>> round(Importer(100.0, 0.0, 1.0, 2.0).flow(1.0), 9)
        25.0
        """
        return self.imports * math.exp(-self.elasticity * self._step(rate))

    def cost_to_exporter(self, rate: float, margin: float) -> float:
        """What the other side's exporters lose, bn USD/yr: ``margin`` (0 to 1) of lost sales, and
        the price cut on the rest.

        Raises
        ------
        ValueError
            A rate that is not from 0 to 1e6, a margin that is not from 0 to 1.

        Examples
        --------
        Half of the tariff comes off the price: (1 - 0.5) * 0.5 * 80, and a tenth of the 20 lost.

        >>> round(Importer(100.0, 0.0, 0.5, 1.0).cost_to_exporter(0.5, 0.1), 9)
        22.0
        """
        part, flow = _within("margin", margin, 0.0, 1.0), self.flow(rate)
        cut = (1.0 - self.pass_through) * (rate * flow - self.base_tariff * self.imports)
        return part * (self.imports - flow) + cut

    def _step(self, rate: float) -> float:
        """log of the border price at ``rate`` over that at the base tariff."""
        p, base = self.pass_through, self.base_tariff
        return math.log1p(p * (_within("rate", rate, 0.0, _MOST_RATE) - base) / (1.0 + p * base))


def optimal_tariff(pass_through: float, elasticity: float) -> float:
    """The tariff that maximises the importer's real income: (1 - p) / (p (e - 1 + p)); 0 where p =
    1.

    Parameters
    ----------
    pass_through
        p, above 0 and at most 1.
    elasticity
        e, above 1 - p.

    Returns
    -------
    float
        Correctly rounded.

    Raises
    ------
    ValueError
        Where no finite tariff is best (e <= 1 - p), p is not above 0 and at most 1, or the tariff
        is beyond the largest float.

    Examples
    --------
    0.5 / (0.5 * 2.5):

    >>> optimal_tariff(0.5, 3.0)
    0.4
    """
    p, e = (
        Fraction(finite("pass_through", pass_through)),
        Fraction(finite("elasticity", elasticity)),
    )
    if not 0 < p <= 1:
        raise ValueError(f"pass-through must be above 0 and at most 1; given {pass_through}")
    if e - 1 + p <= 0:
        raise ValueError(
            f"no finite tariff is best at elasticity {elasticity} and pass-through {pass_through}"
        )
    try:
        return float((1 - p) / (p * (e - 1 + p)))
    except OverflowError:
        return answer("tariff", math.inf)


def best_tariff(importer: Importer, most: float = 3.0) -> float:
    """The tariff from 0 to ``most`` that serves the government's own objective best.

    The slope of its cost has the sign of (p - r - e p w) + t p (p - r + e r), r and w the weights
    of revenue and protection: linear in the tariff t, so that one tariff at most is better than its
    neighbours. Where the slope is 0 everywhere any tariff is as good, and 0 is given.

    Parameters
    ----------
    importer
        The side.
    most
        The highest tariff considered, 0 to 1e6.

    Returns
    -------
    float
        Correctly rounded in the interior; :meth:`Importer.cost` decides which end is better.

    Raises
    ------
    ValueError
        ``most`` out of range.

    Examples
    --------
    0.5 / (0.5 * 2.5), as for :func:`optimal_tariff`:

    >>> best_tariff(Importer(100.0, 0.0, 0.5, 3.0))
    0.4
    """
    top = _within("most", most, 0.0, _MOST_RATE)
    p, e, r, w = (
        Fraction(float(getattr(importer, name)))
        for name in ("pass_through", "elasticity", "revenue_weight", "protection_weight")
    )
    at_zero, rise = p - r - e * p * w, p * (p - r + e * r)
    if rise > 0:
        return float(min(max(-at_zero / rise, Fraction(0)), Fraction(top)))
    if rise == 0:
        return 0.0 if at_zero >= 0 else top
    return min((0.0, top), key=importer.cost)


def nash_tariffs(one: Importer, other: Importer, most: float = 3.0) -> tuple[float, float]:
    """Both sides' tariffs when each sets its own best; see :func:`best_tariff`.

    Examples
    --------
    >>> nash_tariffs(Importer(100.0, 0.0, 0.5, 3.0), Importer(100.0, 0.0, 1.0, 3.0))
    (0.4, 0.0)
    """
    return best_tariff(one, most), best_tariff(other, most)
