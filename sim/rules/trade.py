"""Trade: what tariffs do to flows, to welfare and to each government's objective (MODEL.md section 5).

Constant-elasticity import demand with incomplete pass-through; the deadweight loss, revenue and terms-of-trade terms are in
closed form. The value of a tariff concession to both governments is a three-point fit of those curves, so that bargaining
sees them as they are this week.
"""

from __future__ import annotations

from sim.rules.compiled import rule
from sim.rules.mathematics import clip, exp, log, power

__all__ = [
    "consumer_loss", "demand", "exporter_loss", "fit_tariff", "importer_cost", "importer_loss", "tariff_at", "trade",
]  # fmt: skip

_DRIVERS = (1, 2)


@rule
def demand(base_flow, rate, base_rate, pass_through, elasticity):
    """Imports at tariff ``rate``: base_flow ((1 + p rate) / (1 + p base_rate))**(-elasticity), bn USD/yr."""
    return base_flow * power((1.0 + pass_through * rate) / (1.0 + pass_through * base_rate), -elasticity)


@rule
def consumer_loss(base_flow, rate, base_rate, pass_through, elasticity):
    """Integral of demand between the two border prices, bn USD/yr; elasticity 1 is the log case."""
    low, high = 1.0 + pass_through * base_rate, 1.0 + pass_through * rate
    ratio = high / low
    if abs(elasticity - 1.0) < 1e-9:
        return base_flow * low * log(ratio)
    return base_flow * low * (power(ratio, 1.0 - elasticity) - 1.0) / (1.0 - elasticity)


@rule
def importer_loss(base_flow, rate, base_rate, pass_through, elasticity):
    """The importer's real-income loss: consumer loss less the change of revenue (terms-of-trade gain included)."""
    flow = demand(base_flow, rate, base_rate, pass_through, elasticity)
    revenue = rate * flow - base_rate * base_flow
    return consumer_loss(base_flow, rate, base_rate, pass_through, elasticity) - revenue


@rule
def importer_cost(base_flow, rate, base_rate, pass_through, elasticity, revenue_weight, protection_weight):
    """Loss in the government's own objective: revenue at its weight, displaced imports as protection (Grossman, Helpman 1994)."""
    flow = demand(base_flow, rate, base_rate, pass_through, elasticity)
    revenue = rate * flow - base_rate * base_flow
    return (
        consumer_loss(base_flow, rate, base_rate, pass_through, elasticity)
        - revenue_weight * revenue
        - protection_weight * (base_flow - flow)
    )


@rule
def exporter_loss(base_flow, flow, rate, base_rate, pass_through, margin):
    """What the other side's exporters lose: the margin on lost sales and the price cut, bn USD/yr."""
    return margin * (base_flow - flow) + (1.0 - pass_through) * (rate * flow - base_rate * base_flow)


@rule
def tariff_at(level, ceiling, floor):
    """The tariff at a concession level: the ceiling at 0, the floor at 1."""
    return ceiling - level * (ceiling - floor)


@rule
def fit_tariff(s, p, importer):
    """(linear, convex, benefit) of the importer's tariff issue: the quadratic through its cost at x = 0, 1/2 and 1."""
    w = s.world
    e = w.elasticity[importer]
    base, base_rate = p.economy_imports[importer], p.economy_base_tariff[importer]
    through = p.economy_pass_through[importer]
    ceiling, floor = w.ceiling[importer], p.economy_floor_tariff[importer]
    rho, protection = p.economy_revenue_weight[importer], p.economy_protection_weight[importer]
    top = importer_cost(base, ceiling, base_rate, through, e, rho, protection)
    middle = importer_cost(base, tariff_at(0.5, ceiling, floor), base_rate, through, e, rho, protection) - top
    bottom = importer_cost(base, floor, base_rate, through, e, rho, protection) - top
    issue = w.driver_issue[_DRIVERS[importer]]
    convex = max(2.0 * bottom - 4.0 * middle, p.issues_convex_cost[issue])
    margin = p.economy_export_margin[importer]
    at_ceiling = exporter_loss(base, demand(base, ceiling, base_rate, through, e), ceiling, base_rate, through, margin)
    at_floor = exporter_loss(base, demand(base, floor, base_rate, through, e), floor, base_rate, through, margin)
    return bottom - convex, convex, max(at_ceiling - at_floor, 0.0)


@rule
def trade(s, p):
    """The week's tariffs, flows and losses of both sides."""
    w = s.world
    for i in range(2):
        _import(s, p, i)
    for i in range(2):
        exported = exporter_loss(
            p.economy_imports[1 - i],
            w.trade[1 - i],
            w.tariff[1 - i],
            p.economy_base_tariff[1 - i],
            p.economy_pass_through[1 - i],
            p.economy_export_margin[1 - i],
        )
        lost = 0.0
        good = i
        for k in range(p.sectors_first[good], p.sectors_end[good]):
            lost += w.lost_output[k]
        side = s.sides[i]
        side.export_loss = exported
        side.welfare_loss = side.tariff_loss + exported + lost


@rule
def _import(s, p, i):
    w = s.world
    issue = w.driver_issue[_DRIVERS[i]]
    rate = p.economy_base_tariff[i]
    if issue >= 0:
        rate = tariff_at(s.issues[issue].level, w.ceiling[i], p.economy_floor_tariff[i])
    change = clip(abs(rate - w.tariff[i]) / p.economy_age_reset, 0.0, 1.0)
    w.tariff_age[i] = (w.tariff_age[i] + 1.0) * (1.0 - change)
    w.tariff[i] = rate
    short, long = p.economy_elasticity_short[i], p.economy_elasticity_long[i]
    w.elasticity[i] = short + (long - short) * (1.0 - exp(-w.tariff_age[i] / p.economy_elasticity_weeks))
    base, base_rate, through = p.economy_imports[i], p.economy_base_tariff[i], p.economy_pass_through[i]
    target = demand(base, rate, base_rate, through, w.elasticity[i])
    w.trade[i] += p.economy_flow_adjustment * (target - w.trade[i])
    s.sides[i].tariff_loss = importer_loss(base, rate, base_rate, through, w.elasticity[i])
