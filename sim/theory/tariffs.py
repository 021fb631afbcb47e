"""Optimal and Nash tariffs of the trade module (MODEL.md section 5; Johnson 1953; Ossa 2014 for governments' weights).

Demand depends on the importer's own tariff alone, so each government's best tariff is a dominant strategy and the pair of them the Nash
equilibrium; what either does still costs the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.optimize import minimize_scalar

from sim.rules.trade import demand, exporter_loss, importer_cost

__all__ = ["Importer", "best_tariff", "nash_tariffs", "optimal_tariff"]


@dataclass(frozen=True)
class Importer:
    """One side as importer: imports in bn USD a year at the base tariff, and how its government weighs what a tariff does."""

    imports: float
    base_tariff: float
    pass_through: float
    elasticity: float
    revenue_weight: float = 1.0
    protection_weight: float = 0.0

    def cost(self, rate: float) -> float:
        """Loss in the government's own objective against the base tariff, bn USD/yr."""
        flow = self.flow(rate)
        weights = (self.revenue_weight, self.protection_weight)
        return importer_cost(self.imports, flow, rate, self.base_tariff, self.pass_through, self.elasticity, *weights)

    def flow(self, rate: float) -> float:
        """Imports at a tariff, bn USD/yr."""
        return demand(self.imports, rate, self.base_tariff, self.pass_through, self.elasticity)

    def cost_to_exporter(self, rate: float, margin: float) -> float:
        """What the other side's exporters lose, bn USD/yr."""
        return exporter_loss(self.imports, self.flow(rate), rate, self.base_tariff, self.pass_through, margin)


def optimal_tariff(pass_through: float, elasticity: float) -> float:
    """The tariff that maximises the importer's real income: (1 - p) / (p (e - 1 + p)); 0 where p = 1.

    Raises
    ------
    ValueError
        Where no finite tariff is best (e <= 1 - p), or p is not above 0 and at most 1.
    """
    if not 0.0 < pass_through <= 1.0:
        raise ValueError(f"pass-through must be above 0 and at most 1; given {pass_through}")
    if elasticity - 1.0 + pass_through <= 0.0:
        raise ValueError(f"no finite tariff is best at elasticity {elasticity} and pass-through {pass_through}")
    return (1.0 - pass_through) / (pass_through * (elasticity - 1.0 + pass_through))


def best_tariff(importer: Importer, most: float = 3.0) -> float:
    """The tariff from 0 to ``most`` that serves the government's own objective best."""
    found = minimize_scalar(importer.cost, bounds=(0.0, most), method="bounded", options={"xatol": 1e-10})
    ends = min((0.0, most), key=importer.cost)
    return float(found.x if importer.cost(found.x) < importer.cost(ends) else ends)


def nash_tariffs(one: Importer, other: Importer, most: float = 3.0) -> tuple[float, float]:
    """Both sides' tariffs when each sets its own best."""
    return best_tariff(one, most), best_tariff(other, most)
