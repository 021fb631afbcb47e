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

from sim.rules.codes import CHIPS, CIVIL, MAGNETS, MILITARY, N_GOODS
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, count_bits, exp, lowest_bit
from sim.rules.relations import user_of
from sim.rules.state import NEVER, NO_FIRM, firm_bit, round_up_to_lanes, sector_count, tiles_of

__all__ = [
    "Conditions",
    "close_tally",
    "conditions",
    "dependence_decline",
    "firm_losses",
    "firm_step",
    "grow_other_supply",
    "loss_share",
    "operate_one",
    "supply",
    "tally",
    "tally_sectors",
]


class Conditions(NamedTuple):
    """What every firm in need of one good faces this week.

    The calendar, licensing, the good's settings: ``lead`` is the lead time in weeks, ``most`` the
    largest order in weeks of need, ``needs_civil`` and ``needs_military`` are 1 where the grade
    needs a licence, ``per_shipment`` is 1 where a licence covers one shipment, the rest are
    settings of the good by their names.
    """

    week: int
    lead: int
    most: float
    needs_civil: int
    needs_military: int
    per_shipment: int
    risk_memory: float
    qualify_threshold: float
    qualify_weeks: int
    take_up: float
    other_supply: float


@rule
def conditions(s, p, good):
    """The conditions of a good this week."""
    w, lead, per_shipment = (
        s.world,
        p.firms.goods.shipping_weeks[good],
        p.licensing.goods.per_shipment[good],
    )
    most = p.firms.goods.order_cap[good]
    if per_shipment == 1:
        most *= lead  # one shipment carries a lead time's worth
    return Conditions(
        w.week,
        lead,
        most,
        w.needs_licence[good, CIVIL],
        w.needs_licence[good, MILITARY],
        per_shipment,
        p.firms.goods.risk_memory[good],
        p.firms.goods.qualify_threshold[good],
        int(p.firms.goods.qualify_weeks[good]),
        p.firms.goods.take_up[good],
        w.other_supply[good],
    )


@formula
def needs_licence(f, i, c):
    """Whether a firm's grade needs a licence this week."""
    return (c.needs_military if f.grade[i] == MILITARY else c.needs_civil) == 1


@formula
def loss_share(shortage, convexity):
    """Share of value at risk lost at a shortage in [0, 1].

    (1 - c) shortage + c shortage**2, c in [0, 1] the convexity.
    """
    return shortage * (1.0 - convexity + convexity * shortage)


@formula
def firm_step(f, i, c):
    """One firm's week, its arrivals known: stock, use, shortage, felt risk, other sources, order.

    A firm without a licence feels its whole need at risk, not only what it lacks; past a threshold
    it qualifies another source, which is ready some weeks later. It orders up to its cover and what
    it uses during a lead time.
    """
    needs = needs_licence(f, i, c)
    licensed = f.until[i] > c.week or not needs
    in_transit = f.in_transit[i] - f.arrived[i]
    stock, share = f.stock[i] + f.arrived[i], f.other_share[i]
    need = 1.0 - share
    used = min(stock, need)
    stock -= used
    shortage = clip(need - used, 0.0, 1.0)
    risk = c.risk_memory * f.risk[i] + (1.0 - c.risk_memory) * (shortage if licensed else need)
    qualified = f.qualified[i]
    if qualified == NEVER and risk > c.qualify_threshold:
        qualified = c.week + c.qualify_weeks
    if qualified != NEVER and c.week >= qualified and c.other_supply > share:
        share += c.take_up * (c.other_supply - share)
    ordered = (
        clip(f.cover[i] + c.lead * need - stock - in_transit, 0.0, c.most) if licensed else 0.0
    )
    f.stock[i], f.used[i], f.shortage[i], f.risk[i] = stock, used, shortage, risk
    f.qualified[i], f.other_share[i] = qualified, min(share, c.other_supply)
    f.ordered[i], f.in_transit[i] = ordered, in_transit + ordered
    if ordered > 0.0 and needs and c.per_shipment == 1:
        f.until[i] = c.week


@formula
def _operate(f, c):
    """The week of every firm of a tile.

    The order takes the slot of this week's arrivals and arrives one lead time later.
    """
    slot = c.week % c.lead
    for i in range(round_up_to_lanes(f.count)):
        f.arrived[i] = f.transit[slot, i]
    for i in range(round_up_to_lanes(f.count)):
        firm_step(f, i, c)
    for i in range(round_up_to_lanes(f.count)):
        f.transit[slot, i] = f.ordered[i]


@rule
def operate_one(f, i, c):
    """The week of a single firm ``i`` of a tile."""
    slot = c.week % c.lead
    f.arrived[i] = f.transit[slot, i]
    firm_step(f, i, c)
    f.transit[slot, i] = f.ordered[i]


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
def firm_losses(f, i, convexity, planning_weeks):
    """What a firm adds to the week's sums.

    Flow (weeks of need), output exposed by grade and output lost, bn USD/yr.

    Exposed: value at risk times :func:`loss_share` of the need without other sources, times the
    share of the planning horizon that its stock does not cover. Lost: value at risk times
    :func:`loss_share` of this week's shortage.
    """
    bare = 1.0 - min(1.0, f.stock[i] / planning_weeks)
    exposed = f.value_at_risk[i] * loss_share(1.0 - f.other_share[i], convexity) * bare
    military = exposed if f.grade[i] == MILITARY else 0.0
    f.flow[i] = f.size[i] * f.ordered[i]
    f.exposed_civil[i], f.exposed_military[i] = exposed - military, military
    f.lost[i] = f.value_at_risk[i] * loss_share(f.shortage[i], convexity)


@rule
def _tally_good(s, firms, p, good):
    """The week's sums over a good's firms, in the order of the firms."""
    w = s.world
    first, end = tiles_of(p, good)
    convexity, stop_threshold, planning_weeks = (
        p.firms.goods.loss_convexity[good],
        p.firms.goods.stop_threshold[good],
        p.sides.planning_weeks[user_of(good)],
    )
    risk, shortage, flow, civil, military = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        w.lost_output[k], w.stops[k] = 0.0, 0.0
    for t in range(first, end):
        f, short, stopped = firms[t], NO_FIRM, NO_FIRM
        for i in range(f.count):
            firm_losses(f, i, convexity, planning_weeks)
            short |= firm_bit(i) if f.shortage[i] > 0.0 else NO_FIRM
            stopped |= (
                firm_bit(i) if f.shortage[i] > 0.0 and f.shortage[i] >= stop_threshold else NO_FIRM
            )
        for i in range(f.count):
            risk += f.risk[i]
            shortage += f.shortage[i]
            flow += f.flow[i]
            civil += f.exposed_civil[i]
            military += f.exposed_military[i]
        for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
            w.lost_output[k] = _add_lost(f, short & f.members[k], w.lost_output[k])
            w.stops[k] += count_bits(stopped & f.members[k])
    w.mean_risk[good], w.mean_shortage[good], w.flow[good] = risk, shortage, flow
    w.exposure[good, CIVIL], w.exposure[good, MILITARY] = civil, military


@formula
def _add_lost(f, firms, total):
    """``total`` and what a set of firms of a tile lost, one after the other."""
    while firms != NO_FIRM:
        total += f.lost[lowest_bit(firms)]
        firms &= firms - 1
    return total


@rule
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


@rule
def tally_sectors(s, firms, p):
    """Shortage and licences by sector, only for the weekly record."""
    w = s.world
    for k in range(sector_count(p)):
        w.shortage[k], w.licensed[k] = 0.0, 0.0
    for t in range(firms.shape[0]):
        f = firms[t]
        c = conditions(s, p, f.good)
        for i in range(f.count):
            k = f.sector[i]
            w.shortage[k] += f.size[i] * f.shortage[i]
            w.licensed[k] += 1.0 if f.until[i] > c.week or not needs_licence(f, i, c) else 0.0
    for k in range(sector_count(p)):
        if w.sector_firms[k] > 0.0:
            w.shortage[k] /= w.sector_size[k]
            w.licensed[k] /= w.sector_firms[k]


@rule
def tally(s, firms, p):
    """The week's sums over all firms."""
    for good in range(N_GOODS):
        _tally_good(s, firms, p, good)
        close_tally(s, p, good)


@rule
def supply(s, firms, p):
    """The week's supply for every firm and both goods."""
    grow_other_supply(s, p, MAGNETS)
    grow_other_supply(s, p, CHIPS)
    for t in range(firms.shape[0]):
        _operate(firms[t], conditions(s, p, firms[t].good))
    tally(s, firms, p)
