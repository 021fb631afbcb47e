"""Supply: firms draw stock, receive, fall short, order, and qualify other sources (MODEL.md section 6).

Quantities are in weeks of the firm's own need. Lost output is value at risk times (1 - c) shortage + c shortage**2: the quadratic
says what a power would (small shortages are worked around first) in one parameter and without a power in the firm loop.
"""

from __future__ import annotations

from sim.rules.compiled import rule
from sim.rules.mathematics import clip, exp
from sim.rules.state import CHIPS, MAGNETS, MOST_TRANSIT, NEVER

__all__ = [
    "clear_tally", "close_tally", "count_firm", "dependence_decline", "firm_step", "grow_other_supply", "loss_share", "supply", "tally",
]  # fmt: skip


@rule
def loss_share(shortage, convexity):
    """Share of value at risk lost at a shortage in [0, 1]."""
    return shortage * (1.0 - convexity + convexity * shortage)


@rule
def firm_step(s, f, p):
    """One firm's week: arrivals, use, shortage, felt risk, qualification, order."""
    week, g = s.world.week, f.good
    slot = week % MOST_TRANSIT
    arrived = f.transit[slot]
    f.transit[slot] = 0.0
    f.in_transit -= arrived
    f.received += arrived
    f.stock += arrived
    need = 1.0 - f.other_share
    used = min(f.stock, need)
    f.stock -= used
    f.used += used
    f.shortage = clip(need - used, 0.0, 1.0)
    free = s.world.needs_licence[g, f.grade] == 0
    licensed = free or f.until > week
    _feel_risk(s, f, p, need if not licensed else f.shortage)
    f.ordered = _order(s, f, p, need) if licensed else 0.0
    if f.ordered > 0.0 and not free and p.licensing_per_shipment[g] == 1:
        f.until = week


@rule
def _feel_risk(s, f, p, felt):
    w, g = s.world, f.good
    f.risk = p.firms_risk_memory[g] * f.risk + (1.0 - p.firms_risk_memory[g]) * felt
    if f.qualified == NEVER and f.risk > p.firms_qualify_threshold[g]:
        f.qualified = w.week + int(p.firms_qualify_weeks[g])
    if f.qualified != NEVER and w.week >= f.qualified and w.other_supply[g] > f.other_share:
        f.other_share += p.firms_take_up[g] * (w.other_supply[g] - f.other_share)
    f.other_share = min(f.other_share, w.other_supply[g])


@rule
def _order(s, f, p, need):
    lag = p.firms_shipping_weeks[f.good]
    wanted = f.cover + lag * need - f.stock - f.in_transit
    most = p.firms_order_cap[f.good]
    if p.licensing_per_shipment[f.good] == 1:
        most *= lag  # one shipment carries a lead time's worth
    order = clip(wanted, 0.0, most)
    f.transit[(s.world.week + lag) % MOST_TRANSIT] += order
    f.in_transit += order
    return order


@rule
def grow_other_supply(s, p, good):
    """Supply outside the controlling side, as a share of need: log growth, faster the more risk firms feel."""
    w = s.world
    rate = p.firms_supply_growth[good] * (1.0 + p.firms_urgency[good] * w.mean_risk[good]) - p.firms_demand_growth[good]
    w.other_supply[good] = min(1.0, w.other_supply[good] * exp(rate / 52.0))
    w.dependence_decline[good] = dependence_decline(w.other_supply[good], rate)


@rule
def dependence_decline(other_supply, growth):
    """Rate a year at which 1 - other_supply falls when other_supply grows at the log rate ``growth``."""
    left = 1.0 - other_supply
    return growth * other_supply / left if left > 0.01 else 0.0


@rule
def clear_tally(s, p, good):
    """Begin a week's sums of a good."""
    w = s.world
    w.exposure[good, 0], w.exposure[good, 1] = 0.0, 0.0
    w.mean_risk[good], w.mean_shortage[good], w.flow[good] = 0.0, 0.0, 0.0
    for k in range(p.sectors_first[good], p.sectors_end[good]):
        w.lost_output[k], w.shortage[k], w.licensed[k], w.stops[k] = 0.0, 0.0, 0.0, 0.0


@rule
def count_firm(s, f, p):
    """Add a firm to the week's sums: shortage, losses, flow, risk, exposure by grade, sector series."""
    w, good, k = s.world, f.good, f.sector
    convexity = p.firms_loss_convexity[good]
    w.mean_risk[good] += f.risk
    w.mean_shortage[good] += f.shortage
    w.flow[good] += f.size * f.ordered
    w.shortage[k] += f.size * f.shortage
    if f.shortage > 0.0:
        w.lost_output[k] += f.value_at_risk * loss_share(f.shortage, convexity)
        if f.shortage >= p.firms_stop_threshold[good]:
            w.stops[k] += 1.0
    if f.until > w.week or w.needs_licence[good, f.grade] == 0:
        w.licensed[k] += 1.0
    bare = 1.0 - min(1.0, f.stock / p.planning_weeks[good])
    w.exposure[good, f.grade] += f.value_at_risk * loss_share(1.0 - f.other_share, convexity) * bare


@rule
def close_tally(s, p, good):
    """Turn a week's sums into means and shares."""
    w = s.world
    for k in range(p.sectors_first[good], p.sectors_end[good]):
        if w.sector_firms[k] > 0.0:
            w.shortage[k] /= w.sector_size[k]
            w.licensed[k] /= w.sector_firms[k]
            w.stops[k] /= w.sector_firms[k]
    normal = w.good_size[good] * (1.0 - p.firms_other_share[good])
    w.flow[good] *= exp(p.firms_demand_growth[good] * w.week / 52.0) / normal
    w.mean_risk[good] /= p.firms_firms[good]
    w.mean_shortage[good] /= p.firms_firms[good]


@rule
def tally(s, firms, p):
    """The week's sums over all firms, in row order."""
    clear_tally(s, p, MAGNETS)
    clear_tally(s, p, CHIPS)
    for i in range(firms.shape[0]):
        count_firm(s, firms[i], p)
    close_tally(s, p, MAGNETS)
    close_tally(s, p, CHIPS)


@rule
def supply(s, firms, p):
    """The week's supply for every firm and both goods."""
    grow_other_supply(s, p, MAGNETS)
    grow_other_supply(s, p, CHIPS)
    clear_tally(s, p, MAGNETS)
    clear_tally(s, p, CHIPS)
    for i in range(firms.shape[0]):
        firm_step(s, firms[i], p)
        count_firm(s, firms[i], p)
    close_tally(s, p, MAGNETS)
    close_tally(s, p, CHIPS)
