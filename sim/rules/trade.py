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
def consumer_loss(base_flow, flow, rate, base_rate, pass_through, elasticity):
    """Integral of demand between the two border prices, bn USD/yr: the change of spending over 1 - e; e = 1 is the log case."""
    low, high = 1.0 + pass_through * base_rate, 1.0 + pass_through * rate
    if abs(elasticity - 1.0) < 1e-9:
        return base_flow * low * log(high / low)
    return (high * flow - low * base_flow) / (1.0 - elasticity)


@rule
def importer_loss(base_flow, flow, rate, base_rate, pass_through, elasticity):
    """The importer's real-income loss: consumer loss less the change of revenue (terms-of-trade gain included)."""
    return importer_cost(base_flow, flow, rate, base_rate, pass_through, elasticity, 1.0, 0.0)


@rule
def importer_cost(base_flow, flow, rate, base_rate, pass_through, elasticity, revenue_weight, protection_weight):
    """Loss in the government's own objective: revenue at its weight, displaced imports as protection (Grossman, Helpman 1994)."""
    return (
        consumer_loss(base_flow, flow, rate, base_rate, pass_through, elasticity)
        - revenue_weight * (rate * flow - base_rate * base_flow)
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
def _at_level(s, p, importer, level):
    """(tariff, flow, cost to the importer's government) at a concession level, at this week's elasticity."""
    w = s.world
    e, base, base_rate = w.elasticity[importer], p.economy_imports[importer], p.economy_base_tariff[importer]
    through = p.economy_pass_through[importer]
    rate = tariff_at(level, w.ceiling[importer], p.economy_floor_tariff[importer])
    flow = demand(base, rate, base_rate, through, e)
    rho, protection = p.economy_revenue_weight[importer], p.economy_protection_weight[importer]
    return rate, flow, importer_cost(base, flow, rate, base_rate, through, e, rho, protection)


@rule
def fit_tariff(s, p, importer):
    """(linear, convex, benefit) of the importer's tariff issue: the quadratic through its cost at x = 0, 1/2 and 1."""
    base, base_rate = p.economy_imports[importer], p.economy_base_tariff[importer]
    through, margin = p.economy_pass_through[importer], p.economy_export_margin[importer]
    ceiling, least, top = _at_level(s, p, importer, 0.0)
    _, _, middle = _at_level(s, p, importer, 0.5)
    floor, most, bottom = _at_level(s, p, importer, 1.0)
    issue = s.world.driver_issue[_DRIVERS[importer]]
    convex = max(2.0 * (bottom - top) - 4.0 * (middle - top), p.issues_convex_cost[issue])
    gained = exporter_loss(base, least, ceiling, base_rate, through, margin)
    gained -= exporter_loss(base, most, floor, base_rate, through, margin)
    return bottom - top - convex, convex, max(gained, 0.0)


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
    s.sides[i].tariff_loss = importer_loss(base, target, rate, base_rate, through, w.elasticity[i])
