"""Trade: what tariffs do to flows, to welfare and to each government's objective.

See docs/model.md, *Trade and welfare*.

Constant-elasticity import demand with incomplete pass-through; the deadweight loss, revenue and
terms-of-trade terms are in closed form. The value of a tariff concession to both governments is a
three-point fit of those curves, so that bargaining sees them as they are this week. The curves are
computed at four levels of both tariffs at once: the rungs of ``s.ladder``, importer by importer,
no, half and full concession and the tariff in force.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. In formulas flows are bn USD/yr:
``base_flow`` those at ``base_rate``, ``flow`` those at ``rate``; rates are ad valorem (0.2 is 20
%), ``pass_through`` is the share in [0, 1] of a tariff that buyers pay, ``elasticity`` that of
demand, above 0.
"""

from __future__ import annotations

from sim.rules.codes import N_SIDES, US
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import clip, exp, inline_log, inline_power
from sim.rules.purchases import boycotts_lose
from sim.rules.relations import good_used_by, other, tariff_driver, uses_minerals
from sim.rules.state import (
    FULL_CONCESSION,
    HALF_CONCESSION,
    IN_FORCE,
    NO_CONCESSION,
    RUNGS,
    round_up_to_lanes,
)

__all__ = [
    "consumer_loss",
    "demand",
    "exporter_loss",
    "fit_tariff",
    "importer_cost",
    "importer_loss",
    "ladder_place",
    "level_of_rate",
    "set_ladder",
    "set_rungs",
    "tariff_at",
    "tariff_in_force",
    "trade",
]

# of a change of log spending: beyond, a difference of spendings loses no more than one digit
_SMALL = 0.1


@formula
def demand(base_flow, rate, base_rate, pass_through, elasticity):
    """Imports at tariff ``rate``, bn USD/yr: base_flow ((1 + p rate) / (1 + p base_rate))**(-e).

    p is the pass-through, e the elasticity; constant-elasticity demand in the buyer's price.
    """
    return base_flow * inline_power(
        (1.0 + pass_through * rate) / (1.0 + pass_through * base_rate), -elasticity
    )


@formula
def consumer_loss(base_flow, flow, rate, base_rate, pass_through, elasticity):
    """Integral of demand between the two border prices, bn USD/yr.

    Spending before, times (exp(z) - 1) / (1 - e), where z = (1 - e) log(price after / price before)
    is the change of log spending. Where it is small the change of spending loses its digits, and
    spending before times log price times the series of (exp(z) - 1) / z is right instead; e = 1 is
    its first term.
    """
    low, high = 1.0 + pass_through * base_rate, 1.0 + pass_through * rate
    step = inline_log(high / low)
    z = (1.0 - elasticity) * step
    if abs(z) < _SMALL:
        return base_flow * low * step * _exp_less_one_over(z)
    return (high * flow - low * base_flow) / (1.0 - elasticity)


@formula
def _exp_less_one_over(z):
    """(exp(z) - 1) / z for abs(z) < 0.1: its Taylor series, whose tenth power is below 1e-17."""
    return 1.0 + z / 2.0 * (
        1.0
        + z
        / 3.0
        * (
            1.0
            + z
            / 4.0
            * (
                1.0
                + z / 5.0 * (1.0 + z / 6.0 * (1.0 + z / 7.0 * (1.0 + z / 8.0 * (1.0 + z / 9.0))))
            )
        )
    )


@rule
def importer_loss(base_flow, flow, rate, base_rate, pass_through, elasticity):
    """The importer's loss of real income, bn USD/yr: consumer loss less the change of revenue.

    The gain in the terms of trade, what exporters bear of the tariff, is in the revenue.
    """
    return importer_cost(base_flow, flow, rate, base_rate, pass_through, elasticity, 1.0, 0.0)


@formula
def importer_cost(
    base_flow, flow, rate, base_rate, pass_through, elasticity, revenue_weight, protection_weight
):
    """What a tariff costs the importing government in its own objective, bn USD/yr.

    Consumer loss - revenue_weight (rate flow - base_rate base_flow) - protection_weight (base_flow
    - flow): revenue at its weight, displaced imports as protection (Grossman, Helpman 1994). The
    weights are 0 or more, without a unit; 1 and 0 give the loss of real income.
    """
    return (
        consumer_loss(base_flow, flow, rate, base_rate, pass_through, elasticity)
        - revenue_weight * (rate * flow - base_rate * base_flow)
        - protection_weight * (base_flow - flow)
    )


@formula
def exporter_loss(base_flow, flow, rate, base_rate, pass_through, margin):
    """What the other side's exporters lose, bn USD/yr: the margin on lost sales and the price cut.

    margin (base_flow - flow) + (1 - p) (rate flow - base_rate base_flow); ``margin`` is a share of
    sales in [0, 1].
    """
    return margin * (base_flow - flow) + (1.0 - pass_through) * (
        rate * flow - base_rate * base_flow
    )


@formula
def tariff_at(level, ceiling, floor):
    """The tariff, ad valorem, at a concession level in [0, 1].

    The ceiling at 0, the floor at 1, linear between.
    """
    return ceiling - level * (ceiling - floor)


@formula
def level_of_rate(rate, ceiling, floor):
    """The concession level, in [0, 1], nearest to a tariff: the inverse of :func:`tariff_at`."""
    return clip((ceiling - rate) / (ceiling - floor), 0.0, 1.0) if ceiling > floor else 1.0


@formula
def ladder_place(importer, rung):
    """The place of an importer's rung on the ladder of both."""
    return RUNGS * importer + rung


@rule
def set_ladder(s, p):
    """The constants of a run: both importers' settings on each rung.

    In force it is the economy that pays, not its government.
    """
    ladder = s.ladder
    ladder.count = N_SIDES * RUNGS
    for j in range(N_SIDES * RUNGS):
        i, in_force = j // RUNGS, j % RUNGS == IN_FORCE
        ladder.imports[j], ladder.base[j] = (
            p.economy.sides.imports[i],
            p.economy.sides.base_tariff[i],
        )
        ladder.through[j] = p.economy.sides.pass_through[i]
        ladder.revenue[j] = 1.0 if in_force else p.economy.sides.revenue_weight[i]
        ladder.protection[j] = 0.0 if in_force else p.economy.sides.protection_weight[i]


@small_rule
def set_rungs(s, p):
    """The tariff, flow and importer's cost on every rung at this week's elasticities."""
    w, ladder = s.world, s.ladder
    for i in range(N_SIDES):
        for rung in range(IN_FORCE):
            level = rung / FULL_CONCESSION
            ladder.rate[ladder_place(i, rung)] = tariff_at(
                level, w.ceiling[i], p.economy.sides.floor_tariff[i]
            )
        ladder.rate[ladder_place(i, IN_FORCE)] = w.tariff[i]
        for rung in range(RUNGS):
            ladder.elasticity[ladder_place(i, rung)] = w.elasticity[i]
    for j in range(
        round_up_to_lanes(ladder.count)
    ):  # a count unknown to the compiler, which would otherwise unroll the loop
        imports, base, through, rate, e = (
            ladder.imports[j],
            ladder.base[j],
            ladder.through[j],
            ladder.rate[j],
            ladder.elasticity[j],
        )
        flow = demand(imports, rate, base, through, e)
        ladder.flow[j] = flow
        ladder.cost[j] = importer_cost(
            imports, flow, rate, base, through, e, ladder.revenue[j], ladder.protection[j]
        )


@rule
def fit_tariff(s, p, importer):
    """(linear, convex, benefit), bn USD/yr, of the importer's tariff issue.

    The quadratic through its cost at x = 0, 1/2 and 1. With c the importer's cost: convex = 2 (c(1)
    - c(0)) - 4 (c(1/2) - c(0)), at least the issue's own; linear = c(1) - c(0) - convex. The
    benefit is what the other side's exporters stop losing, at least 0.
    """
    ladder, none = s.ladder, ladder_place(importer, NO_CONCESSION)
    half, full = ladder_place(importer, HALF_CONCESSION), ladder_place(importer, FULL_CONCESSION)
    base, base_rate = p.economy.sides.imports[importer], p.economy.sides.base_tariff[importer]
    through, margin = (
        p.economy.sides.pass_through[importer],
        p.economy.sides.export_margin[importer],
    )
    top, middle, bottom = ladder.cost[none], ladder.cost[half], ladder.cost[full]
    issue = s.world.driver_issue[tariff_driver(importer)]
    convex = max(2.0 * (bottom - top) - 4.0 * (middle - top), p.issues.convex_cost[issue])
    gained = exporter_loss(base, ladder.flow[none], ladder.rate[none], base_rate, through, margin)
    gained -= exporter_loss(base, ladder.flow[full], ladder.rate[full], base_rate, through, margin)
    return bottom - top - convex, convex, max(gained, 0.0)


@rule
def tariff_in_force(s, p, i):
    """The tariff of side ``i``, ad valorem: that of its path where one is given, else that of its
    issue's level, else the base tariff.

    The issue of a tariff whose path is given follows it: nothing is agreed about it, nobody
    delivers it, and its level is the nearest to the rate given.
    """
    w, issue = s.world, s.world.driver_issue[tariff_driver(i)]
    floor = p.economy.sides.floor_tariff[i]
    if w.on_path == 1:
        if issue >= 0:
            level = level_of_rate(w.path[i], w.ceiling[i], floor)
            s.issues.level[issue], s.issues.promised[issue] = level, level
            s.issues.agreed[issue], s.issues.terms[issue] = 0.0, 0.0
            s.issues.kept[issue], s.issues.withheld[issue] = 1.0, 0.0
            s.issues.given[issue] = 1.0
        return w.path[i]
    if issue >= 0:
        return tariff_at(s.issues.level[issue], w.ceiling[i], floor)
    return p.economy.sides.base_tariff[i]


@rule
def trade(s, p):
    """The week's tariffs (ad valorem), flows and losses (bn USD/yr) of both sides.

    Welfare loss: the tariff's (:func:`importer_loss`), plus what exporters lose
    (:func:`exporter_loss`), plus what boycotts cost, plus the output that firms lose to shortage, of
    minerals too.
    """
    w = s.world
    for i in range(N_SIDES):
        _set_tariff(s, p, i)
    set_rungs(s, p)
    for i in range(N_SIDES):
        _import(s, p, i)
    for i in range(N_SIDES):
        exported = exporter_loss(
            p.economy.sides.imports[other(i)],
            w.trade[other(i)],
            w.tariff[other(i)],
            p.economy.sides.base_tariff[other(i)],
            p.economy.sides.pass_through[other(i)],
            p.economy.sides.export_margin[other(i)],
        )
        lost, sectors, good = 0.0, p.firms.goods.sectors, good_used_by(i)
        for k in range(sectors.first[good], sectors.end[good]):
            lost += w.lost_output[k]
        # what is scarce costs those who still get it more
        lost += (w.price[good] - 1.0) * p.firms.goods.scarce_spend[good]
        if uses_minerals(i):
            lost += w.mineral_loss
        side = s.sides[i]
        # of the side whose goods are boycotted it is its exporters' loss, which lobbies
        boycotted = boycotts_lose(s, p, i)
        if i == US:
            exported += boycotted
        else:
            lost += boycotted
        side.export_loss = exported
        side.welfare_loss = side.tariff_loss + exported + lost


@formula
def _set_tariff(s, p, i):
    """The tariff that the level in force means, its age, and the elasticity at that age."""
    w = s.world
    rate = tariff_in_force(s, p, i)
    change = clip(abs(rate - w.tariff[i]) / p.economy.age_reset, 0.0, 1.0)
    w.tariff_age[i] = (w.tariff_age[i] + 1.0) * (1.0 - change)
    w.tariff[i] = rate
    short, long = p.economy.sides.elasticity_short[i], p.economy.sides.elasticity_long[i]
    w.elasticity[i] = short + (long - short) * (
        1.0 - exp(-w.tariff_age[i] / p.economy.elasticity_weeks)
    )


@formula
def _import(s, p, i):
    """Imports move towards what the tariff in force leaves of them."""
    w, rung = s.world, ladder_place(i, IN_FORCE)
    w.trade[i] += p.economy.flow_adjustment * (s.ladder.flow[rung] - w.trade[i])
    s.sides[i].tariff_loss = s.ladder.cost[rung]
