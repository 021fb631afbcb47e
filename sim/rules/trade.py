"""Trade: the week's tariffs, orders, flows and losses, and what a tariff is worth in bargaining.

See docs/trade.md.

A tariff that is bargained over is a place on its side's path of concessions, a statutory average of
the bases of the first day; what courts and statutes make of it is law, and flows and losses follow
from tables by place and law (:mod:`sim.rules.trade_tables`). The value of a concession to both
governments is the quadratic through the importer's cost along the path, so that bargaining sees the
curves as they are this week.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`), ``w`` the world, ``s.world``, and ``i`` a side as importer. Flows, losses
and revenue are bn USD/yr; tariffs and duties are ad valorem (0.2 is 20 %).
"""

from __future__ import annotations

from sim.rules.codes import BROKEN, CN, N_SIDES, US, code
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.law import THIRD_VOID, day_of_next_row
from sim.rules.mathematics import clip, exp
from sim.rules.packages import concession_cost
from sim.rules.purchases import boycotts_lose
from sim.rules.randomness import EXPORTS, IMPORTS, NOBODY, normal
from sim.rules.relations import good_used_by, other, tariff_driver, uses_minerals
from sim.rules.shipping import (
    arrivals,
    expected_rise,
    fill_ring,
    forward,
    month_of,
    observed,
    season_of_week,
    step_orders,
)
from sim.rules.shipping import place as place_orders
from sim.rules.state import (
    COST,
    DUTY,
    EXPORT_LOSS,
    FLOW,
    HEARD_ABROAD,
    HEARD_AT_HOME,
    LOSS,
    REVENUE,
    RING,
    ROUTED,
    STATUTORY,
)
from sim.rules.trade_tables import (
    at_place,
    choose_table,
    clear_sums,
    count_week,
    panel_of,
    set_tables,
)

__all__ = [
    "fit_tariff",
    "level_of_rate",
    "recorded",
    "start_trade",
    "tariff_at",
    "tariff_in_force",
    "trade",
]

# the least range of levels that a quadratic is fitted on
_LEAST_RANGE = 0.05
_WEEK = 7
_NO_MONTH = code(-1)
_START_WEEKS = 4  # before the first day, from which on orders close on demand


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


@rule
def fit_tariff(s, p, importer):
    """(linear, convex, benefit), bn USD/yr, of the importer's tariff issue; its bends, in the state.

    The quadratic through its government's cost at the truce's first terms, at the red line, and half
    way: with c the cost at levels x0, x1 and x2, convex = (c2 - 2 c1 + c0) / (2 h**2), h = x1 - x0,
    at least the issue's own; linear = (c2 - c0) / (x2 - x0) - convex (x0 + x2). Bases are given up
    in their order along the path. The benefit is what the other side's exporters stop losing over
    that range, at its rate, at least 0. Below the first terms cost and benefit bend, so that both
    are right at the level of a lapse, too.
    """
    issue = s.world.driver_issue[tariff_driver(importer)]
    high, lapse = p.issues.red_line[issue], p.issues.lapse[issue]
    low = min(s.issues.kink[issue], high - _LEAST_RANGE)
    half = 0.5 * (high - low)
    top, lost = _at_level(s, p, importer, low)
    middle, _ = _at_level(s, p, importer, low + half)
    bottom, left = _at_level(s, p, importer, high)
    convex = max((bottom - 2.0 * middle + top) / (2.0 * half * half), p.issues.convex_cost[issue])
    linear = (bottom - top) / (high - low) - convex * (low + high)
    benefit = max(lost - left, 0.0) / (high - low)
    issues, span = s.issues, low - lapse
    issues.kink[issue], issues.cost_bend[issue], issues.benefit_bend[issue] = low, 0.0, 0.0
    if span > _LEAST_RANGE:
        at_lapse, lost_at_lapse = _at_level(s, p, importer, lapse)
        fitted = concession_cost(linear, convex, low) - concession_cost(linear, convex, lapse)
        issues.cost_bend[issue] = (fitted - (top - at_lapse)) / span
        issues.benefit_bend[issue] = (benefit * span - (lost_at_lapse - lost)) / span
    return linear, convex, benefit


@rule
def _at_level(s, p, i, level):
    """(government's cost, exporters' loss), bn USD/yr, at a level of a side's tariff issue."""
    place = tariff_at(level, s.world.ceiling[i], p.economy.sides.floor_tariff[i])
    panel, grown = panel_of(s.tables, i, place), s.world.grown[i]
    cost = at_place(s, i, grown, panel, place, COST)
    return cost, at_place(s, i, grown, panel, place, EXPORT_LOSS)


@rule
def tariff_in_force(s, p, i):
    """The tariff of side ``i`` as bargained, ad valorem: that of its path where one is given, else
    that of its issue's level, else the floor.

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
    return floor


@rule
def start_trade(s, p):
    """Law, tariffs, elasticities, orders and flows of the first day.

    Orders rest at what is demanded, or close on it from where they stood four weeks before.
    """
    w = s.world
    w.void, w.struck, w.rebuilt, w.month = 0, 0, 0, _NO_MONTH
    w.section_122, w.section_122_end = 0.0, 0
    w.law_day = p.calendar.day
    w.law_next = day_of_next_row(s.bases, w.law_day)
    clear_sums(s)
    set_tables(s, p)
    choose_table(s, p)
    for i in range(N_SIDES):
        w.grown[i] = 0.0
        _settle_place(s, p, i)
        _read_table(s, i)
        at_rest, begun = w.demanded[i], p.economy.sides.orders_start[i]
        orders = at_rest
        if begun > 0.0:
            orders = begun * p.economy.sides.imports[i]
        fill_ring(w.placed[i], orders)
        for week in range(_START_WEEKS):
            orders = step_orders(orders, at_rest, p.economy.sides.order_speed[i])
            w.placed[i, RING - _START_WEEKS + week] = orders
        w.orders[i] = orders
        w.moved[i] = p.economy.sides.moved_start[i] * orders
        w.trade[i] = _arriving(w, p, i)


@rule
def trade(s, p):
    """The week's law, tariffs, flows and losses of both sides.

    Welfare loss: the importer's (:func:`sim.rules.trade_groups.importer_loss`), plus what exporters
    lose (:func:`sim.rules.trade_groups.exporter_loss`), plus what boycotts cost, plus the output that
    firms lose to shortage, of minerals too.
    """
    w = s.world
    _take_law(s, p)
    _draw_month(s, p)
    for i in range(N_SIDES):
        _set_tariff(s, p, i)
        _ship(s, p, i)
    # what was pledged, or is boycotted, comes beside what tariffs leave
    w.trade[CN] = max(0.0, w.trade[CN] + w.purchased)
    for i in range(N_SIDES):
        side, its = s.sides[i], other(i)
        panel = panel_of(s.tables, its, w.bargained[its])
        exported = at_place(s, its, w.grown[its], panel, w.bargained[its], EXPORT_LOSS)
        heard = at_place(s, its, w.grown[its], panel, w.bargained[its], HEARD_ABROAD)
        lost, sectors, good = 0.0, p.firms.goods.sectors, good_used_by(i)
        for k in range(sectors.first[good], sectors.end[good]):
            lost += w.lost_output[k]
        # what is scarce costs those who still get it more
        lost += (w.price[good] - 1.0) * p.firms.goods.scarce_spend[good]
        if uses_minerals(i):
            lost += w.mineral_loss
        # of the side whose goods are boycotted it is its exporters' loss, which lobbies
        boycotted = boycotts_lose(s, p, i)
        if i == US:
            exported += boycotted
            heard += boycotted
        else:
            lost += boycotted
        side.export_loss = exported
        side.pressed = max(0.0, heard) + max(0.0, side.heard_at_home)
        side.welfare_loss = side.tariff_loss + exported + lost


@formula
def _take_law(s, p):
    """The day of the law moves on where a row of the record begins; what fell is rebuilt, and section
    122 lapses, in their time.
    """
    w = s.world
    today, changed = p.calendar.day + _WEEK * w.week, False
    if w.law_next <= today:
        w.law_day, changed = today, True
        w.law_next = day_of_next_row(s.bases, today)
    if w.void != 0 and w.week >= w.rebuilt:
        w.void, changed = w.void & THIRD_VOID, changed or w.void != w.void & THIRD_VOID
    if w.section_122 > 0.0 and w.week >= w.section_122_end:
        w.section_122, changed = 0.0, True
    if changed:
        choose_table(s, p)


@formula
def _settle_place(s, p, i):
    """The place of the week's tariff on its path, and the average that it has in law.

    A path that is given says averages as they are in law, so its place is what law adds below.
    """
    w = s.world
    place = tariff_in_force(s, p, i)
    panel = panel_of(s.tables, i, place)
    w.bargained[i] = place
    w.tariff[i] = at_place(s, i, w.grown[i], panel, place, STATUTORY)
    if w.on_path == 1:
        w.bargained[i] = max(0.0, place - (w.tariff[i] - place))
        w.tariff[i] = w.path[i]


@small_rule
def _read_table(s, i):
    """What the week's tariff means: the effective average, demand, losses."""
    w, side, place = s.world, s.sides[i], s.world.bargained[i]
    panel, grown = panel_of(s.tables, i, place), w.grown[i]
    w.duty[i] = at_place(s, i, grown, panel, place, DUTY)
    w.demanded[i] = at_place(s, i, grown, panel, place, FLOW)
    w.routed[i] = at_place(s, i, grown, panel, place, ROUTED)
    w.revenue[i] = at_place(s, i, grown, panel, place, REVENUE)
    side.tariff_loss = at_place(s, i, grown, panel, place, LOSS)
    side.heard_at_home = at_place(s, i, grown, panel, place, HEARD_AT_HOME)


@formula
def _set_tariff(s, p, i):
    """The tariff that the level in force means, its age, and how far elasticities have grown."""
    w, before = s.world, s.world.tariff[i]
    _settle_place(s, p, i)
    change = clip(abs(w.tariff[i] - before) / p.economy.age_reset, 0.0, 1.0)
    w.tariff_age[i] = (w.tariff_age[i] + 1.0) * (1.0 - change)
    w.grown[i] = 1.0 - exp(-w.tariff_age[i] / p.economy.elasticity_weeks)
    _read_table(s, i)
    count_week(s, i, w.grown[i], w.bargained[i])


@formula
def _ship(s, p, i):
    """What was placed arrives; orders close on demand, are brought forward or put off."""
    w, rules = s.world, p.economy.sides
    w.trade[i] = _arriving(w, p, i)
    w.orders[i] = step_orders(w.orders[i], w.demanded[i], rules.order_speed[i])
    ahead = forward(rules.anticipation[i], _expected(s, p, i))
    placed, moved = place_orders(w.orders[i], w.moved[i], ahead, p.economy.payback_weeks)
    w.placed[i, w.week % RING], w.moved[i] = placed, moved


@formula
def _arriving(w, p, i):
    """What arrives this week, by sea and by air."""
    rules = p.economy.sides
    return arrivals(w.placed[i], w.week, rules.lag_weeks[i], rules.fast_share[i])


@formula
def _expected(s, p, i):
    """The change of the log price that importers expect within the time of a payback.

    Before a date it is the chance that the truce is not renewed, as both sides' records have it, times
    the log of the price after a lapse over that now; without a truce the chance that one comes back,
    times the log of the price under its terms over that now. Both fade with the weeks to or since.
    """
    w, issue = s.world, s.world.driver_issue[tariff_driver(i)]
    if issue < 0 or w.on_path == 1:
        return 0.0
    a, b = s.sides[US], s.sides[other(US)]
    lasts = 0.5 * (a.beta_a / a.beta_total + b.beta_a / b.beta_total)
    if w.status == BROKEN:
        level, chance = s.issues.terms[issue], lasts
        away = w.tariff_age[i]
    else:
        level, chance = p.issues.lapse[issue], 1.0 - lasts
        away = max(0.0, float(w.deadline - w.week - p.economy.sides.lag_weeks[i]))
    fades = exp(-away / p.economy.payback_weeks)
    at = tariff_at(level, w.ceiling[i], p.economy.sides.floor_tariff[i])
    panel, through = panel_of(s.tables, i, at), p.economy.sides.pass_through[i]
    then = at_place(s, i, w.grown[i], panel, at, DUTY)
    return expected_rise(1.0 + through * then, 1.0 + through * w.duty[i], chance * fades)


@formula
def _draw_month(s, p):
    """The noise of a month's record, normal, drawn when a calendar month begins."""
    w = s.world
    month = month_of(p.calendar.day + _WEEK * w.week)
    if month != w.month:
        w.month = month
        w.noise[US] = normal(w.seed, w.run, IMPORTS, month, NOBODY)
        w.noise[CN] = normal(w.seed, w.run, EXPORTS, month, NOBODY)


@rule
def recorded(s, p, i):
    """Imports of side ``i`` as recorded, bn USD/yr: with the season of the week and the month's noise."""
    w = s.world
    season = season_of_week(s.groups.season[i], p.calendar.day + _WEEK * w.week)
    return observed(w.trade[i], season, p.economy.sides.month_spread[i], w.noise[i])
