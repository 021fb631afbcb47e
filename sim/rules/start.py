"""The first day of a run: terms, beliefs, firms and their draws.

Every draw of a firm is keyed by its own entity number, so removing a firm changes no other firm's draws; sectors are dealt by a
golden-ratio sequence, which keeps their shares close to the configured ones whatever the number of firms.
"""

from __future__ import annotations

import math

import numpy as np

from sim.rules.codes import code
from sim.rules.compiled import rule
from sim.rules.licensing import open_window
from sim.rules.mathematics import exp
from sim.rules.randomness import BELIEF, COVER, GRADE, LICENSED, SIZE, TRUSTED, normal, uniform
from sim.rules.state import BROKEN, MAGNETS, MILITARY, MOST_TRANSIT, NEVER, TRUCE
from sim.rules.supply import tally
from sim.rules.trade import demand, tariff_at
from sim.rules.valuation import valuation

__all__ = ["CHIP_ENTITIES", "clear", "enrol", "start"]

CHIP_ENTITIES = code(1 << 20)
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@rule
def clear(s):
    """Zero every array of a state, for the next run."""
    for side in range(2):
        for k in range(s.errors.shape[1]):
            s.errors[side, k] = 0.0
            s.offers[0, side, k], s.offers[1, side, k] = 0.0, 0.0
    _clear_world(s)
    for a in range(2):
        authority = s.authorities[a]
        authority.budget, authority.wait, authority.wait_total, authority.queue_total = 0.0, 0.0, 0.0, 0.0
        authority.examined, authority.approved, authority.examined_total, authority.approved_total = 0, 0, 0, 0
        for lane in range(2):
            authority.head[lane], authority.tail[lane], authority.waiting[lane] = 0, 0, 0
    _clear_out(s)


@rule
def _clear_world(s):
    w = s.world
    w.week, w.extensions, w.events, w.meetings, w.weeks_in_truce = 0, 0, 0, 0, 0
    w.deal_since = NEVER
    for i in range(2):
        w.settled[i], w.rung[i] = 0, 0
        w.tariff_age[i], w.mean_risk[i], w.dependence_decline[i] = 0.0, 0.0, 0.0
        w.good_size[i], w.flow[i], w.mean_shortage[i] = 0.0, 0.0, 0.0
    for k in range(w.sector_size.shape[0]):
        w.sector_size[k], w.sector_firms[k] = 0.0, 0.0
        w.lost_output[k], w.shortage[k], w.licensed[k], w.stops[k] = 0.0, 0.0, 0.0, 0.0


@rule
def _clear_out(s):
    out = s.out
    out.weeks_to_first_deal, out.weeks_to_first_break = math.inf, math.inf
    out.weeks_to_first_protest, out.weeks_to_first_truce = math.inf, math.inf
    out.clock_at_first_deal, out.efficiency = math.nan, math.nan
    out.nash_ratio, out.us_surplus_share = math.nan, math.nan
    out.extensions, out.suspensions, out.lapses, out.reentries, out.failed_deals = 0, 0, 0, 0, 0
    for i in range(2):
        out.breaches[i], out.protests[i], out.retaliations[i], out.offers[i] = 0, 0, 0, 0
        out.mean_tariff[i], out.welfare_loss[i], out.hawk[i], out.lobby[i] = 0.0, 0.0, 0.0, 0.0
        out.flow[i], out.shortage_weeks[i] = 0.0, 0.0
    for k in range(out.lost_output.shape[0]):
        out.lost_output[k], out.line_stops[k] = 0.0, 0.0
        out.weeks_to_first_stop[k] = math.inf


@rule
def enrol(s, firms, p):
    """Draw every firm: sector, size, stock, grade, trust, first licence."""
    w = s.world
    first = 0
    for good in range(2):
        for n in range(p.firms_firms[good]):
            _draw_firm(s, firms[first + n], p, good, n)
        first += p.firms_firms[good]
    for i in range(firms.shape[0]):
        f = firms[i]
        w.sector_size[f.sector] += f.size
        w.sector_firms[f.sector] += 1.0
        w.good_size[f.good] += f.size
    for i in range(firms.shape[0]):
        f = firms[i]
        f.value_at_risk = p.sectors_value_at_risk[f.sector] * f.size / w.sector_size[f.sector]


@rule
def _draw_firm(s, f, p, good, n):
    w = s.world
    f.entity = good * CHIP_ENTITIES + n
    f.good = good
    f.sector = _deal_sector(p, good, n)
    spread = p.firms_size_spread[good]
    f.size = exp(spread * normal(w.seed, w.run, SIZE, w.week, f.entity) - 0.5 * spread * spread)
    f.cover = p.sectors_cover_weeks[f.sector] * exp(
        p.firms_cover_spread[good] * normal(w.seed, w.run, COVER, w.week, f.entity)
    )
    f.stock = f.cover * p.firms_stock_share[good]
    f.grade = 1 if uniform(w.seed, w.run, GRADE, w.week, f.entity) < p.sectors_military_share[f.sector] else 0
    f.trusted = 1 if uniform(w.seed, w.run, TRUSTED, w.week, f.entity) < p.firms_trusted_share[good] else 0
    f.until = NEVER
    licensed = p.licensing_licensed_share[good]
    draw = uniform(w.seed, w.run, LICENSED, w.week, f.entity)
    if draw < licensed and not (f.grade == MILITARY and good == MAGNETS):
        f.until = 1 + int(p.licensing_term_weeks[good] * draw / licensed)
    f.other_share = p.firms_other_share[good]
    f.qualified = NEVER
    f.received, f.used, f.ordered = 0.0, 0.0, 0.0
    f.risk, f.shortage, f.expected_wait, f.value_at_risk = 0.0, 0.0, 0.0, 0.0
    f.pending, f.applied, f.next = 0, 0, 0
    _load_ships(f, p, good)


@rule
def _load_ships(f, p, good):
    """What was ordered before the first day and is still on the water."""
    afloat = p.firms_pipeline_share[good] * (1.0 - f.other_share)
    lag = p.firms_shipping_weeks[good]
    for slot in range(MOST_TRANSIT):
        f.transit[slot] = afloat if slot < lag else 0.0
    f.in_transit = afloat * lag


@rule
def _deal_sector(p, good, n):
    total = 0.0
    for k in range(p.sectors_first[good], p.sectors_end[good]):
        total += p.sectors_share[k]
    place = (n + 0.5) * _GOLDEN
    place = (place - math.floor(place)) * total
    chosen = p.sectors_end[good] - 1
    for k in range(p.sectors_first[good], p.sectors_end[good]):
        place -= p.sectors_share[k]
        if place < 0.0:
            chosen = k
            break
    return chosen


@rule
def _start_issues(s, p):
    w = s.world
    for driver in range(6):
        w.driver_issue[driver] = -1
    for k in range(p.issues_count):
        issue = s.issues[k]
        w.driver_issue[p.issues_driver[k]] = k
        issue.terms = p.issues_terms[k]
        issue.agreed = issue.terms if p.truce_in_force == 1 else p.issues_lapse[k]
        issue.level = p.issues_in_force[k]
        issue.promised, issue.promised_before = issue.level, issue.level
        issue.kept = p.compliance_start[p.issues_owner[k]]
        issue.withheld = 0.0
        for i in range(2):
            s.errors[i, k] = p.belief_error[i] * normal(w.seed, w.run, BELIEF, w.week, 12 * i + k)


@rule
def _start_sides(s, p):
    for i in range(2):
        side = s.sides[i]
        side.observed = p.belief_weight[i]
        side.alive = p.belief_alive[i] * p.belief_weight[i]
        side.dispute, side.dispute_since, side.dispute_table = 0, 0, 0
        side.hawk, side.lobby, side.break_loss = p.politics_hawk_start[i], 0.0, 0.0
        for table in range(2):
            side.grievance[table] = 0.0
            side.standing[table], side.heard_count[table], side.made_count[table] = 0, 0, 0
            side.heard[table], side.heard_before[table] = 0.0, 0.0
            side.reservation[table], side.best[table], side.aspiration[table] = 0.0, 0.0, 0.0


@rule
def _start_trade(s, p):
    w = s.world
    for i in range(2):
        w.ceiling[i] = p.economy_ceiling_tariff[i]
        issue = w.driver_issue[1 + i]
        w.tariff[i] = p.economy_base_tariff[i]
        if issue >= 0:
            w.tariff[i] = tariff_at(s.issues[issue].level, w.ceiling[i], p.economy_floor_tariff[i])
        w.elasticity[i] = p.economy_elasticity_short[i]
        w.trade[i] = demand(
            p.economy_imports[i], w.tariff[i], p.economy_base_tariff[i], p.economy_pass_through[i], w.elasticity[i]
        )
        w.other_supply[i] = p.firms_other_share[i]


@rule
def start(s, firms, p, seed, run):
    """Fill a state with the first day of run ``run``."""
    clear(s)
    w = s.world
    w.seed, w.run = np.uint64(seed), run
    w.status = TRUCE if p.truce_in_force == 1 else BROKEN
    w.clock_start = 0
    w.deadline = p.truce_first_deadline_weeks if p.truce_first_deadline_weeks > 0 else p.truce_length_weeks
    s.out.weeks_to_first_truce = 0.0 if w.status == TRUCE else math.inf
    _start_issues(s, p)
    _start_sides(s, p)
    _start_trade(s, p)
    enrol(s, firms, p)
    open_window(s, p)
    tally(s, firms, p)
    valuation(s, p)
