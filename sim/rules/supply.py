"""Supply: firms draw stock, receive, fall short, order, and qualify other sources.

See docs/model.md, *Firms and licences*.

Quantities are in weeks of the firm's own need. Lost output is value at risk times (1 - c) shortage
+ c shortage**2: the quadratic has the effect of a power (small shortages are worked around first)
with one parameter and without a power in the firm loop.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`), ``w`` the world, ``s.world`` and ``f`` a tile of firms and ``i`` a
firm's column in it. ``c`` are the week's conditions of the good.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.rules.codes import (
    CHIPS,
    CIVIL,
    CONTROLLED,
    FREE,
    MILITARY,
    MILITARY_KIND,
    N_GOODS,
    N_GRADES,
    SUSPENDED,
    UNCONTROLLED,
)
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import clip, count_bits, exp, log, lowest_bit
from sim.rules.relations import user_of
from sim.rules.state import (
    COLUMNS,
    FLOW_WEEKS,
    NEVER,
    NO_FIRM,
    firm_bit,
    round_up_to_lanes,
    sector_count,
    tiles_of,
)

__all__ = [
    "MOST_PRICE",
    "PRICE_SPEED",
    "QUARTER",
    "Conditions",
    "close_tally",
    "conditions",
    "dependence_decline",
    "firm_step",
    "grow_other_supply",
    "is_licensed",
    "loss_share",
    "operate_one",
    "price_scarce",
    "supply",
    "tally",
    "tally_sectors",
    "weigh",
]


# of ways out a week, into them and back: judgement
_TURN, _TURN_BACK = 1.0 / 8.0, 1.0 / 26.0
_THIRD, _FOURTH = 2 * COLUMNS, 3 * COLUMNS  # firms of a tile that share the first column
QUARTER = 13.0  # weeks of coming goods that a price looks ahead
PRICE_SPEED, MOST_PRICE = 0.4, 10.0  # a week: judgement; samarium was quoted at 60 once


class Conditions(NamedTuple):
    """What every firm in need of one good faces this week.

    The calendar, licensing, the good's settings: ``lead`` is the lead time in weeks, ``most`` the
    largest order of a licensed firm and ``supplier_most`` of one that needs no licence, weeks of
    need; ``needs_civil`` and ``needs_military`` are 1 where the grade needs a licence; ``tested``
    is 1 where uncontrolled lots wait for tests, of which ``release`` leave in a week and for which
    ``hold`` weeks of need are ordered ahead; ``declared`` is what still leaves of goods declared
    before a control, weeks of need; ``third`` the need met through third countries, ``unscarce`` what
    a scarce price leaves of the stock aimed at, ``go_ahead`` the share of orders that a tariff
    leaves, ``per_planning`` one over the planning horizon; the rest are settings of the good by their names.
    """

    week: int
    lead: int
    most: float
    supplier_most: float
    needs_civil: int
    needs_military: int
    tested: float
    release: float
    hold: float
    declared: float
    third: float
    unscarce: float
    go_ahead: float
    hoarding: float
    flies_below: float
    aside_share: float
    reform_share: float
    risk_memory: float
    qualify_threshold: float
    qualify_weeks: int
    take_up: float
    other_supply: float
    per_planning: float
    loss_convexity: float


@rule
def conditions(s, p, good):
    """The conditions of a good this week."""
    w, a, goods = s.world, s.authorities[good], p.firms.goods
    rank = w.regime[good, CIVIL]
    tested = 1 if rank < FREE and a.age >= 0 else 0
    release, hold, most = 1.0, 0.0, goods.supplier_cap[good]
    if tested == 1:
        hold, most = a.hold_weeks, goods.order_cap[good]
        release = min(1.0, 2.0 / hold)
        if rank == SUSPENDED:
            release *= p.licensing.goods.hostile_release[good]
    # what is offered is bought as far as it is wanted
    taken = w.share_taken if good == CHIPS else 1.0
    scarce = w.price[good] - 1.0
    waits = w.tariff[user_of(good)] > goods.hold_above[good]
    return Conditions(
        w.week,
        goods.shipping_weeks[good],
        most * taken,
        goods.supplier_cap[good],
        w.needs_licence[good, CIVIL],
        w.needs_licence[good, MILITARY],
        float(tested),
        release,
        hold,
        # a control of the military grade alone stops nothing at the customs
        _declared(p, good, a.age) if tested == 1 else 0.0,
        goods.third_share[good] * scarce / (scarce + 2.0),
        1.0 / (1.0 + goods.carry[good] * scarce),
        goods.tariff_hold[good] if waits else 1.0,
        goods.hoarding[good],
        goods.flies_below[good],
        goods.aside_share[good],
        goods.reform_share[good],
        goods.risk_memory[good],
        goods.qualify_threshold[good],
        int(goods.qualify_weeks[good]),
        goods.take_up[good],
        w.other_supply[good],
        1.0 / p.sides.planning_weeks[user_of(good)],
        goods.loss_convexity[good],
    )


@formula
def _declared(p, good, age):
    """What leaves this week of the goods declared before a control, weeks of need.

    Half in the week of the control, which is the first of ``age`` 1, then three tenths and two.
    """
    cleared = p.licensing.goods.cleared_weeks[good]
    if age < 1:
        return 0.0
    if age <= 1:
        return 0.5 * cleared
    if age <= 2:
        return 0.3 * cleared
    return 0.2 * cleared if age <= 3 else 0.0


@formula
def needs_licence(f, i, c):
    """Whether what a firm buys needs a licence this week."""
    kind = f.kind[i]
    needs = c.needs_civil if kind == CONTROLLED else 0
    return (c.needs_military if kind == MILITARY_KIND else needs) == 1


@formula
def is_licensed(f, i, c):
    """Whether a firm's goods may leave this week: it holds a licence or needs none."""
    return f.until[i] > c.week or not needs_licence(f, i, c)


@formula
def loss_share(shortage, convexity):
    """Share of value at risk lost at a shortage in [0, 1].

    (1 - c) shortage + c shortage**2, c in [0, 1] the convexity.
    """
    return shortage * (1.0 - convexity + convexity * shortage)


@formula
def firm_step(f, i, c):
    """One firm's week, its arrivals known: stock, use, shortage, felt risk, ways out, order, customs.

    A firm without a licence feels its whole need at risk, not only what it lacks; past a threshold
    it qualifies another source, which is ready some weeks later, and turns to grades without what is
    controlled; without a licence it also buys finished parts. It orders up to its cover and what it
    uses until goods arrive. Uncontrolled lots wait for tests in two stages.
    """
    licensed, kind = is_licensed(f, i, c), f.kind[i]
    civil, bound = kind == CONTROLLED, kind != UNCONTROLLED
    in_transit = f.in_transit[i] - f.arrived[i]
    stock, share = f.stock[i] + f.arrived[i], f.other_share[i]
    usual, aside = 1.0 - share, f.aside[i]
    need = max(0.0, usual * (1.0 - aside) - (c.third if civil else 0.0))
    used = min(stock, need)
    stock -= used
    shortage = need - used  # in [0, 1], as need is
    risk = c.risk_memory * f.risk[i] + (1.0 - c.risk_memory) * (shortage if licensed else need)
    at_risk = risk > c.qualify_threshold
    qualified = f.qualified[i]
    qualified = c.week + c.qualify_weeks if qualified == NEVER and at_risk else qualified
    if qualified != NEVER and c.week >= qualified and c.other_supply > share:
        share += c.take_up * (c.other_supply - share)
    turned = (0.0 if licensed else c.aside_share) + (c.reform_share if at_risk else 0.0)
    turned = turned if civil else 0.0
    aside += (turned - aside) * (_TURN if turned > aside else _TURN_BACK)
    flies = stock < c.flies_below
    wait = (1.0 if flies else float(c.lead)) + (0.0 if bound else c.hold)
    held_new, held = f.held_new[i], f.held[i]
    # who needs no licence fears none
    aim = f.cover[i] * ((1.0 + c.hoarding * risk) * c.unscarce if bound else 1.0)
    most = usual * (c.most if bound else c.supplier_most)
    ordered = clip(aim + wait * need - stock - in_transit - held_new - held, 0.0, most)
    ordered = ordered * c.go_ahead if licensed else 0.0
    moved, released = c.release * held_new, c.release * held
    waits = 0.0 if bound else c.tested
    passed = ordered + held_new + held if waits == 0.0 else released
    f.held_new[i] = waits * (held_new + ordered - moved)
    f.held[i] = waits * (held + moved - released)
    f.stock[i], f.shortage[i], f.risk[i], f.aside[i] = stock, shortage, risk, aside
    f.qualified[i], f.other_share[i] = qualified, min(share, c.other_supply)
    f.in_transit[i] = in_transit + passed
    f.left[i], f.flown[i] = passed, passed if flies else 0.0


@formula
def _leave_declared(f, i, c):
    """What a firm had declared before a control leaves, too."""
    more = c.declared * f.declared[i] * (1.0 - f.other_share[i])
    f.left[i] += more
    f.in_transit[i] += more


@formula
def weigh(f, i, c, at, column):
    """What a firm adds to the week's sums, in a column of ``at``, which serves all tiles of a good.

    Flow (weeks of need by weight), output exposed by grade, bn USD/yr, felt risk, and of controlled
    firms what they have and what is on its way, what left, and demand with a licence. Exposed: value
    at risk times :func:`loss_share` of the need without other sources, times the share of the
    planning horizon that its stock does not cover.
    """
    bare = 1.0 - min(1.0, f.stock[i] * c.per_planning)
    exposed = f.value_at_risk[i] * loss_share(1.0 - f.other_share[i], c.loss_convexity) * bare
    size, kind, left = f.size[i], f.kind[i], f.left[i]
    civil = size if kind == CONTROLLED else 0.0
    live = f.until[i] > c.week
    at.flow[column] += size * left
    at.risk[column] += f.risk[i] if i < f.count else 0.0
    at.shortage[column] += f.shortage[i] if i < f.count else 0.0
    at.exposed_civil[column] += exposed if kind == CONTROLLED else 0.0
    at.exposed_military[column] += exposed if kind == MILITARY_KIND else 0.0
    at.pipeline[column] += civil * (f.stock[i] + f.in_transit[i])
    at.controlled[column] += civil * left
    at.licensed_civil[column] += civil if live else 0.0
    at.licensed_military[column] += size if live and kind == MILITARY_KIND else 0.0


@rule
def _operate(f, c):
    """The week of every firm of a tile.

    What leaves takes the slot of this week's arrivals and arrives one lead time later; what is
    flown, in the coming week.
    """
    slot = c.week % c.lead
    coming = (c.week + 1) % c.lead
    for i in range(round_up_to_lanes(f.count)):
        f.arrived[i] = f.transit[slot, i]
    for i in range(round_up_to_lanes(f.count)):
        firm_step(f, i, c)
    if c.declared > 0.0:
        for i in range(f.count):
            _leave_declared(f, i, c)
    for i in range(round_up_to_lanes(f.count)):
        f.transit[slot, i] = f.left[i] - f.flown[i]
    for i in range(round_up_to_lanes(f.count)):
        f.transit[coming, i] += f.flown[i]


@rule
def operate_one(f, i, c):
    """The week of a single firm ``i`` of a tile."""
    slot = c.week % c.lead
    f.arrived[i] = f.transit[slot, i]
    firm_step(f, i, c)
    if c.declared > 0.0:
        _leave_declared(f, i, c)
    f.transit[slot, i] = f.left[i] - f.flown[i]
    f.transit[(c.week + 1) % c.lead, i] += f.flown[i]


@rule
def grow_other_supply(s, p, good):
    """Supply outside the controlling side, a share of need.

    Log growth, faster the more risk firms feel. The rate a year is growth (1 + urgency mean risk)
    less the growth of need.
    """
    w = s.world
    rate = (
        p.firms.goods.supply_growth[good] * (1.0 + p.firms.goods.urgency[good] * w.mean_risk[good])
        - p.firms.goods.demand_growth[good]
    )
    w.other_supply[good] = min(1.0, w.other_supply[good] * exp(rate / 52.0))
    w.dependence_decline[good] = dependence_decline(w.other_supply[good], rate)


@formula
def dependence_decline(other_supply, growth):
    """Rate a year at which 1 - o falls, o the other supply as a share of need.

    With ``growth``, the log rate a year at which o grows, it is growth o / (1 - o); 0 where less
    than a hundredth of dependence is left, so that it stays finite.
    """
    left = 1.0 - other_supply
    return growth * other_supply / left if left > 0.01 else 0.0


@formula
def clear_tally(s, p, good):
    """Zero the columns of the week, and its sums over a good's firms."""
    w, at = s.world, s.tallied
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        w.lost_output[k], w.stops[k] = 0.0, 0.0
    for i in range(COLUMNS):
        at.risk[i], at.shortage[i], at.flow[i] = 0.0, 0.0, 0.0
        at.exposed_civil[i], at.exposed_military[i] = 0.0, 0.0
        at.pipeline[i], at.controlled[i] = 0.0, 0.0
        at.licensed_civil[i], at.licensed_military[i] = 0.0, 0.0


@formula
def _sum(column):
    """The sum of a column, a half added to the other first, so that a processor adds several at once in
    a fixed order. The column is used up.
    """
    for i in range(COLUMNS // 2):
        column[i] += column[i + COLUMNS // 2]
    return ((column[0] + column[1]) + (column[2] + column[3])) + (
        (column[4] + column[5]) + (column[6] + column[7])
    )


@rule
def _tally_tile(s, p, f, c):
    """Add the firms of a tile to the columns of the week, and those that are short to its sums.

    Four firms go to a column, so that a processor has several at once and little is left to add up.
    Output lost, bn USD/yr: value at risk times :func:`loss_share` of this week's shortage.
    """
    w, at, good = s.world, s.tallied, f.good
    for i in range(COLUMNS):
        weigh(f, i, c, at, i)
        weigh(f, i + COLUMNS, c, at, i)
        weigh(f, i + _THIRD, c, at, i)
        weigh(f, i + _FOURTH, c, at, i)
    short, stop_threshold = NO_FIRM, p.firms.goods.stop_threshold[good]
    for i in range(f.count):
        short |= firm_bit(i) if f.shortage[i] > 0.0 else NO_FIRM
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        lacking = short & f.members[k]
        w.lost_output[k] = _add_lost(f, lacking, c.loss_convexity, w.lost_output[k])
        w.stops[k] = _add_stopped(f, lacking, stop_threshold, w.stops[k])


@formula
def _add_stopped(f, firms, threshold, total):
    """``total`` and how many of a set of firms of a tile stand still."""
    while firms != NO_FIRM:
        total += 1.0 if f.shortage[lowest_bit(firms)] >= threshold else 0.0
        firms &= firms - 1
    return total


@rule
def add_up(s, good):
    """The sums of the columns of the week over a good's firms."""
    w, at = s.world, s.tallied
    w.mean_risk[good], w.flow[good] = _sum(at.risk), _sum(at.flow)
    w.mean_shortage[good] = _sum(at.shortage)
    w.exposure[good, CIVIL] = _sum(at.exposed_civil)
    w.exposure[good, MILITARY] = _sum(at.exposed_military)
    w.pipeline[good], w.left[good] = _sum(at.pipeline), _sum(at.controlled)
    w.licensed_demand[good, CIVIL] = _sum(at.licensed_civil)
    w.licensed_demand[good, MILITARY] = _sum(at.licensed_military)


@formula
def _add_lost(f, firms, convexity, total):
    """``total`` and what a set of firms of a tile lost, one after the other."""
    while firms != NO_FIRM:
        i = lowest_bit(firms)
        total += f.value_at_risk[i] * loss_share(f.shortage[i], convexity)
        firms &= firms - 1
    return total


@small_rule
def close_tally(s, p, good):
    """Turn a week's sums into means and shares.

    Stopped lines, flow (share of normal need), risk, shortage.
    """
    w = s.world
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        if w.sector_firms[k] > 0.0:
            w.stops[k] /= w.sector_firms[k]
    normal = w.good_size[good] * (1.0 - p.firms.goods.other_share[good])
    w.flow[good] *= exp(p.firms.goods.demand_growth[good] * w.week / 52.0) / normal
    w.mean_risk[good] /= p.firms.goods.firms[good]
    w.mean_shortage[good] /= p.firms.goods.firms[good]
    for grade in range(N_GRADES):
        demand = w.demand[good, grade]
        open_to_all = w.needs_licence[good, grade] == 0 or demand <= 0.0
        share = 1.0 if open_to_all else w.licensed_demand[good, grade] / demand
        w.licensed_demand[good, grade] = share


@small_rule
def price_scarce(s, p, good):
    """The price of the scarce grade outside its owner's country, over its usual one, in [1, 10].

    z = (stock + in transit + 13 weeks of what is coming) over the same in normal weeks, of
    controlled firms; the price moves by 0.4 a week to z**(-1/elasticity). What is coming is nothing
    under a suspended regime, else the mean of last week's and what leaves.
    """
    w = s.world
    demand = w.demand[good, CIVIL]
    if demand <= 0.0:
        return
    usual = demand * (1.0 - p.firms.goods.other_share[good])
    coming = 0.0
    if w.regime[good, CIVIL] != SUSPENDED:
        coming = 0.5 * w.coming[good] + 0.5 * min(1.0, w.left[good] / usual)
    w.coming[good] = coming
    ahead = QUARTER * usual
    z = max(1e-3, (w.pipeline[good] + coming * ahead) / (w.pipeline_usual[good] + ahead))
    target = 1.0 if z >= 1.0 else exp(-log(z) / p.firms.goods.scarce_elasticity[good])
    w.price[good] += PRICE_SPEED * (min(MOST_PRICE, target) - w.price[good])
    w.price[good] = max(1.0, w.price[good])
    w.flow_of_weeks[good, w.week % FLOW_WEEKS] = w.flow[good]


@rule
def tally_sectors(s, firms, p):
    """Shortage, and licences of firms whose goods come under licence, by sector; only for the weekly
    record.
    """
    w = s.world
    for k in range(sector_count(p)):
        w.shortage[k], w.licensed[k], w.bound[k] = 0.0, 0.0, 0.0
    for t in range(firms.shape[0]):
        f, short, licensed, bound = firms[t], NO_FIRM, NO_FIRM, NO_FIRM
        c, sectors = conditions(s, p, f.good), p.firms.goods.sectors
        for i in range(f.count):
            short |= firm_bit(i) if f.shortage[i] > 0.0 else NO_FIRM
            licensed |= firm_bit(i) if is_licensed(f, i, c) else NO_FIRM
            bound |= firm_bit(i) if f.kind[i] != UNCONTROLLED else NO_FIRM
        for k in range(sectors.first[f.good], sectors.end[f.good]):
            w.shortage[k] = _add_short(f, short & f.members[k], w.shortage[k])
            w.licensed[k] += count_bits(licensed & bound & f.members[k])
            w.bound[k] += count_bits(bound & f.members[k])
    for k in range(sector_count(p)):
        if w.sector_firms[k] > 0.0:
            w.shortage[k] /= w.sector_size[k]
            w.licensed[k] = w.licensed[k] / w.bound[k] if w.bound[k] > 0.0 else 1.0


@formula
def _add_short(f, firms, total):
    """``total`` and what a set of firms of a tile lacks, weighted by size, one after the other."""
    while firms != NO_FIRM:
        i = lowest_bit(firms)
        total += f.size[i] * f.shortage[i]
        firms &= firms - 1
    return total


@rule
def tally(s, firms, p):
    """The week's sums over all firms."""
    for good in range(N_GOODS):
        clear_tally(s, p, good)
        c = conditions(s, p, good)
        first, end = tiles_of(p, good)
        for t in range(first, end):
            _tally_tile(s, p, firms[t], c)
        add_up(s, good)
        close_tally(s, p, good)


@rule
def supply(s, firms, p):
    """The week's supply for every firm and both goods.

    A tile is summed as soon as its firms have had their week, while it is near.
    """
    for good in range(N_GOODS):
        grow_other_supply(s, p, good)
        clear_tally(s, p, good)
        c = conditions(s, p, good)
        first, end = tiles_of(p, good)
        for t in range(first, end):
            _operate(firms[t], c)
            _tally_tile(s, p, firms[t], c)
        add_up(s, good)
        close_tally(s, p, good)
        price_scarce(s, p, good)
