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

from sim.rules.codes import CIVIL, MILITARY, N_GOODS, N_GRADES
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import clip, count_bits, exp, lowest_bit
from sim.rules.relations import user_of
from sim.rules.state import NEVER, NO_FIRM, firm_bit, round_up_to_lanes, sector_count

__all__ = [
    "Conditions",
    "close_tally",
    "conditions",
    "dependence_decline",
    "firm_step",
    "grow_other_supply",
    "is_licensed",
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
def is_licensed(f, i, c):
    """Whether a firm may receive goods this week: it holds a licence or needs none."""
    return f.until[i] > c.week or not needs_licence(f, i, c)


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
    licensed = is_licensed(f, i, c)
    in_transit = f.in_transit[i] - f.arrived[i]
    stock, share = f.stock[i] + f.arrived[i], f.other_share[i]
    need = 1.0 - share
    used = min(stock, need)
    stock -= used
    shortage = need - used  # in [0, 1], as need is
    risk = c.risk_memory * f.risk[i] + (1.0 - c.risk_memory) * (shortage if licensed else need)
    qualified = f.qualified[i]
    if qualified == NEVER and risk > c.qualify_threshold:
        qualified = c.week + c.qualify_weeks
    if qualified != NEVER and c.week >= qualified and c.other_supply > share:
        share += c.take_up * (c.other_supply - share)
    most = c.most if licensed else 0.0
    ordered = clip(f.cover[i] + c.lead * need - stock - in_transit, 0.0, most)
    f.stock[i], f.used[i], f.shortage[i], f.risk[i] = stock, used, shortage, risk
    f.qualified[i], f.other_share[i] = qualified, min(share, c.other_supply)
    f.ordered[i], f.in_transit[i] = ordered, in_transit + ordered


@formula
def _use_up(f, i, c):
    """A licence for one shipment ends with the order that it covers."""
    if f.ordered[i] > 0.0 and needs_licence(f, i, c):
        f.until[i] = c.week


@rule
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
    # apart, so that the loop above stores no licences
    if c.per_shipment == 1:
        for i in range(round_up_to_lanes(f.count)):
            _use_up(f, i, c)


@rule
def operate_one(f, i, c):
    """The week of a single firm ``i`` of a tile."""
    slot = c.week % c.lead
    f.arrived[i] = f.transit[slot, i]
    firm_step(f, i, c)
    f.transit[slot, i] = f.ordered[i]
    if c.per_shipment == 1:
        _use_up(f, i, c)


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
    """Zero the week's sums over a good's firms."""
    w = s.world
    w.mean_risk[good], w.mean_shortage[good], w.flow[good] = 0.0, 0.0, 0.0
    for grade in range(N_GRADES):
        w.exposure[good, grade] = 0.0
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        w.lost_output[k], w.stops[k] = 0.0, 0.0


@rule
def _tally_tile(s, p, f):
    """Add the firms of a tile to the week's sums, in their order.

    Flow (weeks of need), output exposed by grade and output lost, bn USD/yr.

    Exposed: value at risk times :func:`loss_share` of the need without other sources, times the
    share of the planning horizon that its stock does not cover. Lost: value at risk times
    :func:`loss_share` of this week's shortage. The columns of ``s.tallied`` serve all tiles, so
    that they stay in a processor's nearest memory.
    """
    w, at, good = s.world, s.tallied, f.good
    convexity, stop_threshold = (
        p.firms.goods.loss_convexity[good],
        p.firms.goods.stop_threshold[good],
    )
    planning_weeks = p.sides.planning_weeks[user_of(good)]
    short, stopped = NO_FIRM, NO_FIRM
    for i in range(f.count):
        bare = 1.0 - min(1.0, f.stock[i] / planning_weeks)
        exposed = f.value_at_risk[i] * loss_share(1.0 - f.other_share[i], convexity) * bare
        military = exposed if f.grade[i] == MILITARY else 0.0
        at.flow[i] = f.size[i] * f.ordered[i]
        at.exposed_civil[i], at.exposed_military[i] = exposed - military, military
        lacks = f.shortage[i] > 0.0
        short |= firm_bit(i) if lacks else NO_FIRM
        stopped |= firm_bit(i) if lacks and f.shortage[i] >= stop_threshold else NO_FIRM
    risk, flow = w.mean_risk[good], w.flow[good]
    civil, military = w.exposure[good, CIVIL], w.exposure[good, MILITARY]
    for i in range(f.count):
        risk += f.risk[i]
        flow += at.flow[i]
        civil += at.exposed_civil[i]
        military += at.exposed_military[i]
    w.mean_risk[good], w.flow[good] = risk, flow
    w.exposure[good, CIVIL], w.exposure[good, MILITARY] = civil, military
    w.mean_shortage[good] = _add_shortage(f, short, w.mean_shortage[good])
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        w.lost_output[k] = _add_lost(f, short & f.members[k], convexity, w.lost_output[k])
        w.stops[k] += count_bits(stopped & f.members[k])


@formula
def _add_shortage(f, firms, total):
    """``total`` and what each of a set of firms of a tile lacks, one after the other."""
    while firms != NO_FIRM:
        total += f.shortage[lowest_bit(firms)]
        firms &= firms - 1
    return total


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


@rule
def tally_sectors(s, firms, p):
    """Shortage and licences by sector, only for the weekly record."""
    w = s.world
    for k in range(sector_count(p)):
        w.shortage[k], w.licensed[k] = 0.0, 0.0
    for t in range(firms.shape[0]):
        f, short, licensed = firms[t], NO_FIRM, NO_FIRM
        c, sectors = conditions(s, p, f.good), p.firms.goods.sectors
        for i in range(f.count):
            short |= firm_bit(i) if f.shortage[i] > 0.0 else NO_FIRM
            licensed |= firm_bit(i) if is_licensed(f, i, c) else NO_FIRM
        for k in range(sectors.first[f.good], sectors.end[f.good]):
            w.shortage[k] = _add_short(f, short & f.members[k], w.shortage[k])
            w.licensed[k] += count_bits(licensed & f.members[k])
    for k in range(sector_count(p)):
        if w.sector_firms[k] > 0.0:
            w.shortage[k] /= w.sector_size[k]
            w.licensed[k] /= w.sector_firms[k]


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
    for t in range(firms.shape[0]):
        _tally_tile(s, p, firms[t])
    for good in range(N_GOODS):
        close_tally(s, p, good)


@rule
def supply(s, firms, p):
    """The week's supply for every firm and both goods.

    A tile is summed as soon as its firms have had their week, while it is near.
    """
    for good in range(N_GOODS):
        grow_other_supply(s, p, good)
        clear_tally(s, p, good)
    for t in range(firms.shape[0]):
        f = firms[t]
        _operate(f, conditions(s, p, f.good))
        _tally_tile(s, p, f)
    for good in range(N_GOODS):
        close_tally(s, p, good)
