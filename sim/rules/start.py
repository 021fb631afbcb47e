"""The first day of a run: terms, beliefs, firms and their draws.

See docs/model.md, *Implementation and initialisation*.

Every draw of a firm is keyed by its own entity number, so removing a firm changes no other firm's
draws; sectors are dealt by a golden-ratio sequence, which keeps their shares close to the
configured ones whatever the number of firms.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`), ``w`` the world, ``s.world`` and ``f`` a tile of firms and ``i`` a
firm's column in it.
"""

from __future__ import annotations

import math

import numpy as np

from sim.rules.asks import NO_ASK
from sim.rules.chips import start_offer
from sim.rules.codes import (
    BROKEN,
    CIVIL,
    CONTROLLED,
    FREE,
    MILITARY,
    MILITARY_KIND,
    N_DRIVERS,
    N_GOODS,
    N_GRADES,
    N_SIDES,
    N_TRACKS,
    SUSPENDED,
    TRUCE,
    UNCONTROLLED,
    code,
)
from sim.rules.compiled import formula, rule
from sim.rules.compliance import FULL, begin_promises
from sim.rules.licensing import FILING, NO_APPLICATION, NOT_FILED
from sim.rules.mathematics import inline_exp, inline_log
from sim.rules.minerals import start_minerals
from sim.rules.outcomes import clear_measures
from sim.rules.outlook import NO_ISSUE, look
from sim.rules.purchases import start_purchases
from sim.rules.randomness import (
    BELIEF,
    CENSUS,
    COVER,
    EASE,
    FILE,
    GRADE,
    KIND,
    LEAD,
    LICENSED,
    NOBODY,
    SIZE,
    TRUSTED,
    draw_row,
    normal_row,
    normals_listed,
    uniform,
)
from sim.rules.regimes import grade_issue, rank_of, start_regimes
from sim.rules.relations import entity_of
from sim.rules.screening import start_resolve
from sim.rules.state import (
    FLOW_WEEKS,
    MOST_LEAD_WEEKS,
    N_QUEUES,
    NEVER,
    NO_DATE,
    NO_FIRM,
    TILE,
    firm_bit,
    tiles_of,
)
from sim.rules.supply import tally
from sim.rules.surprises import clear_surprises, record_belief
from sim.rules.trade import start_trade
from sim.rules.valuation import discount, valuation

__all__ = ["GOOD_ENTITIES", "branch", "clear", "enrol", "start"]

GOOD_ENTITIES = code(
    1 << 20
)  # numbers that identify the firms of one good in draws, more than there can be
_MILITARY_SPREAD = (
    0.3  # of that of civil covers: judgement, nine to fifteen months (parameters.csv)
)
_MOST_TRUSTED = 0.95  # chance of trust of the largest firms: judgement
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@rule
def clear(s):
    """Zero every array of a state, for the next run."""
    for side in range(N_SIDES):
        for k in range(s.errors.shape[1]):
            s.errors[side, k] = 0.0
            for track in range(N_TRACKS):
                s.offers[track, side, k] = 0.0
    _clear_world(s)
    for good in range(N_GOODS):
        authority = s.authorities[good]
        authority.budget, authority.wait, authority.wait_total, authority.queue_total = (
            0.0,
            0.0,
            0.0,
            0.0,
        )
        (
            authority.examined,
            authority.approved,
            authority.examined_total,
            authority.approved_total,
        ) = 0, 0, 0, 0
        authority.first, authority.first_total = 0, 0
        authority.age, authority.capacity, authority.hold_weeks = -1, 0.0, 0.0
        for lane in range(N_QUEUES):
            authority.head[lane], authority.waiting[lane] = 0, 0
    clear_measures(s)


@formula
def _clear_world(s):
    """Zero the world, and the sums of goods and sectors."""
    w = s.world
    w.week, w.extensions, w.events, w.meetings, w.meeting = 0, 0, 0, 0, 0
    w.weeks_in_truce, w.weeks_in_break = 0, 0
    w.summit, w.sprint = 0.0, 0
    w.deal_since, w.crisis_since = NEVER, NEVER
    w.limbo, w.hollow, w.hollow_weeks = 0, 0, 0
    w.asks, w.asked, w.acts, w.script_next = 0, 0, 0, 0
    w.open_ask = NO_ASK
    for i in range(N_SIDES):
        w.rung[i], w.tariff_age[i] = 0, 0.0
    for track in range(N_TRACKS):
        w.settled[track] = 0
    for good in range(N_GOODS):
        w.mean_risk[good], w.dependence_decline[good] = 0.0, 0.0
        w.good_size[good], w.flow[good], w.mean_shortage[good] = 0.0, 0.0, 0.0
        w.pipeline_usual[good], w.fast_track[good] = 0.0, 0
        for grade in range(N_GRADES):
            w.demand[good, grade], w.regime_since[good, grade] = 0.0, 0
            w.regime_asked[good, grade] = 0
    for k in range(w.sector_size.shape[0]):
        w.sector_size[k], w.sector_firms[k] = 0.0, 0.0
        w.lost_output[k], w.shortage[k], w.licensed[k], w.stops[k] = 0.0, 0.0, 0.0, 0.0


@rule
def enrol(s, firms, p):
    """Draw every firm: sector, size, stock, grade, trust, first licence."""
    w = s.world
    for good in range(N_GOODS):
        first, end = tiles_of(p, good)
        for t in range(first, end):
            f, number = firms[t], (t - first) * TILE
            f.good, f.entity = good, good * GOOD_ENTITIES + number
            f.count = min(TILE, p.firms.goods.firms[good] - number)
            _draw_firms(s, f, p, number)
            for k in range(f.members.shape[0]):
                f.members[k] = NO_FIRM
            for i in range(f.count):
                f.members[f.sector[i]] |= firm_bit(i)
                w.sector_size[f.sector[i]] += f.size[i]
                w.sector_firms[f.sector[i]] += 1.0
    for t in range(firms.shape[0]):
        f = firms[t]
        for i in range(f.count):
            f.value_at_risk[i] = (
                p.firms.goods.sectors.value_at_risk[f.sector[i]]
                * f.size[i]
                / w.sector_size[f.sector[i]]
            )
    for t in range(firms.shape[0]):
        _weigh(s, firms[t], p)


@formula
def _weigh(s, f, p):
    """What the firms of a tile buy by weight, and what that adds up to by good and grade.

    Users of the military grade buy less than others of their size. The usual pipeline is a firm's
    cover and a lead time of its need.
    """
    w, good = s.world, f.good
    ahead = p.firms.goods.shipping_weeks[good] * (1.0 - p.firms.goods.other_share[good])
    for i in range(f.count):
        if f.kind[i] == MILITARY_KIND:
            whole = f.size[i]
            f.size[i] = whole * p.firms.goods.military_order[good]
            w.sector_size[f.sector[i]] -= whole - f.size[i]
            w.demand[good, MILITARY] += f.size[i]
        elif f.kind[i] == CONTROLLED:
            w.demand[good, CIVIL] += f.size[i]
            w.pipeline_usual[good] += f.size[i] * (f.cover[i] + ahead)
        w.good_size[good] += f.size[i]


@formula
def _draw_firms(s, f, p, number):
    """The firms of a tile, of which the first is firm ``number`` of its good."""
    good = f.good
    spread, cover_spread = p.firms.goods.size_spread[good], p.firms.goods.cover_spread[good]
    for i in range(f.count):
        f.sector[i] = _deal_sector(p, good, number + i)
    normal_row(s, SIZE, f.entity, f.count)
    for i in range(f.count):
        f.size[i] = inline_exp(spread * s.normals[i] - 0.5 * spread * spread)
    draw_row(s, KIND, f.entity, f.count)
    for i in range(f.count):
        free = s.draws[i] < p.firms.goods.sectors.uncontrolled_share[f.sector[i]]
        f.kind[i] = UNCONTROLLED if free else CONTROLLED
    draw_row(s, GRADE, f.entity, f.count)
    for i in range(f.count):
        military = s.draws[i] < p.firms.goods.sectors.military_share[f.sector[i]]
        if f.kind[i] == CONTROLLED and military:
            f.kind[i] = MILITARY_KIND
    normal_row(s, COVER, f.entity, f.count)
    for i in range(f.count):
        usual, spread = p.firms.goods.sectors.cover_weeks[f.sector[i]], cover_spread
        if f.kind[i] == MILITARY_KIND:
            usual = p.firms.goods.military_cover_weeks[good]
            spread = _MILITARY_SPREAD * cover_spread
        f.cover[i] = usual * inline_exp(spread * s.normals[i])
        f.stock[i] = f.cover[i] * p.firms.goods.stock_share[good]
        if f.kind[i] == MILITARY_KIND:
            f.stock[i] = f.cover[i]
    draw_row(s, TRUSTED, f.entity, f.count)
    for i in range(f.count):
        chance = min(_MOST_TRUSTED, p.firms.goods.trusted_share[good] * f.size[i])
        f.trusted[i] = 1 if s.draws[i] < chance and f.kind[i] != MILITARY_KIND else 0
    for i in range(f.count, TILE):
        # sums run over whole tiles
        f.size[i], f.value_at_risk[i], f.left[i], f.stock[i] = 0.0, 0.0, 0.0, 0.0
        f.kind[i] = UNCONTROLLED
    _draw_applicants(s, f, p)
    _first_licences(s, f, p)
    _load_ships(f, p)


@formula
def _draw_applicants(s, f, p):
    """How easily a firm's applications pass, how long its file takes, how early it applies anew."""
    rules, good = p.licensing.goods, f.good
    draw_row(s, EASE, f.entity, f.count)
    for i in range(f.count):
        f.ease[i] = s.draws[i]
    draw_row(s, FILE, f.entity, f.count)
    least, most = rules.file_weeks_least[good], rules.file_weeks_most[good]
    for i in range(f.count):
        f.file_weeks[i] = least + (most - least) * s.draws[i]
    draw_row(s, LEAD, f.entity, f.count)
    least, most = rules.ahead_least[good], rules.ahead_most[good]
    for i in range(f.count):
        f.renew_ahead[i] = least + (most - least) * s.draws[i]
        # lots are declared whole, so that some firms have much at the customs and most little
        f.declared[i] = -inline_log(s.draws[i])


@formula
def _first_licences(s, f, p):
    """Who holds a licence on the first day, at a random week of its term, and who has applied.

    Military magnets are never licensed ahead. Where the good has been under control, every firm that
    needs a licence started its file when that came, and uncontrolled lots stand at the tests. The
    rest is zero.
    """
    good, age = f.good, s.authorities[f.good].age
    draw_row(s, LICENSED, f.entity, f.count)
    licensed, term = p.licensing.goods.licensed_share[good], p.licensing.goods.term_weeks[good]
    held = p.licensing.goods.held_weeks[good] if age >= 0 else 0.0
    for i in range(f.count):
        draw, f.until[i], kind = s.draws[i], NEVER, f.kind[i]
        f.pending[i], f.applied[i], f.ready[i] = NO_APPLICATION, 0, NOT_FILED
        if kind == CONTROLLED and draw < licensed:
            f.until[i] = 1 + int(term * draw / licensed)
        elif kind != UNCONTROLLED and age >= 0:
            f.pending[i], f.applied[i] = FILING, -age
            f.ready[i] = int(f.file_weeks[i] + 0.999) - age
        f.other_share[i] = p.firms.goods.other_share[good]
        f.qualified[i] = NEVER
        f.arrived[i], f.left[i], f.flown[i] = 0.0, 0.0, 0.0
        f.risk[i], f.shortage[i], f.aside[i] = 0.0, 0.0, 0.0
        f.held_new[i] = 0.4 * held if kind == UNCONTROLLED else 0.0
        f.held[i] = 0.6 * held if kind == UNCONTROLLED else 0.0


@formula
def _start_offices(s, p):
    """The regimes of the first day, and what offices have learnt since the control."""
    w, rules = s.world, p.licensing.goods
    for good in range(N_GOODS):
        a = s.authorities[good]
        w.regime[good, CIVIL] = rules.regime_start[good]
        w.regime[good, MILITARY] = min(rules.regime_start[good], _military_rank(s, good))
        w.price[good] = p.firms.goods.scarce_price[good]
        w.coming[good] = _coming_at_first(p, good)
        if w.regime[good, CIVIL] < FREE:
            a.age = rules.control_weeks[good]
            unlearnt = 1.0
            for _ in range(a.age):
                unlearnt *= 1.0 - 1.0 / rules.learning_weeks[good]
            start, full = rules.capacity_start[good], rules.capacity[good]
            a.capacity = full + (start - full) * unlearnt
            start, full = rules.hold_weeks_start[good], rules.hold_weeks[good]
            a.hold_weeks = full + (start - full) * unlearnt
        for week in range(FLOW_WEEKS):
            w.flow_of_weeks[good, week] = p.firms.goods.pipeline_share[good]


@formula
def _coming_at_first(p, good):
    """What was leaving of controlled goods before the first day, over normal: what licences allow."""
    rank = p.licensing.goods.regime_start[good]
    if rank == SUSPENDED:
        return 0.0
    free = rank == FREE
    return p.firms.goods.pipeline_share[good] if free else p.licensing.goods.licensed_share[good]


@formula
def _military_rank(s, good):
    """The regime of the military grade that its level in force means."""
    issue = grade_issue(s.world, good, MILITARY)
    return rank_of(s.issues.level[issue]) if issue >= 0 else FREE


@formula
def _load_ships(f, p):
    """Goods ordered before the first day and still in transit."""
    afloat = p.firms.goods.pipeline_share[f.good] * (1.0 - p.firms.goods.other_share[f.good])
    lead = p.firms.goods.shipping_weeks[f.good]
    for slot in range(MOST_LEAD_WEEKS):
        for i in range(f.count):
            f.transit[slot, i] = afloat if slot < lead else 0.0
    for i in range(f.count):
        f.in_transit[i] = afloat * lead


@formula
def _deal_sector(p, good, n):
    """The sector of firm ``n`` of a good.

    Where the n-th term of the golden-ratio sequence falls among the shares.

    frac((n + 1/2) (sqrt(5) - 1) / 2) is spread evenly whatever the number of firms (Weyl's
    equidistribution), so no sector is missed by chance.
    """
    total = 0.0
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        total += p.firms.goods.sectors.share[k]
    place = (n + 0.5) * _GOLDEN
    place = (place - math.floor(place)) * total
    chosen = p.firms.goods.sectors.end[good] - 1
    for k in range(p.firms.goods.sectors.first[good], p.firms.goods.sectors.end[good]):
        place -= p.firms.goods.sectors.share[k]
        if place < 0.0:
            chosen = k
            break
    return chosen


@formula
def _start_issues(s, p):
    """Levels of the first day, in [0, 1], and both sides' beliefs about the other's values.

    Log errors, normal with ``belief_error`` as sd.
    """
    w = s.world
    for driver in range(N_DRIVERS):
        w.driver_issue[driver] = -1
    issues = s.issues
    for k in range(p.issues.count):
        w.driver_issue[p.issues.driver[k]] = k
        issues.terms[k] = p.issues.terms[k]
        issues.agreed[k] = issues.terms[k] if p.truce.in_force == 1 else p.issues.lapse[k]
        issues.level[k] = p.issues.in_force[k]
        issues.promised[k], issues.promised_before[k] = issues.level[k], issues.level[k]
        issues.kept[k] = p.issues.deliverable[k]
        issues.delivered[k] = issues.level[k]
        issues.withheld[k], issues.given[k], issues.least[k] = 0.0, 0.0, 0.0
        issues.boycott[k] = 0.0
        issues.nash[k] = issues.terms[k]
        # the first terms, from which on a tariff's quadratic is fitted
        issues.kink[k], issues.cost_bend[k], issues.benefit_bend[k] = issues.terms[k], 0.0, 0.0
    for i in range(N_SIDES):
        for k in range(p.issues.count):
            s.entities[k] = entity_of(p.issues.entity[k], i)
        normals_listed(s, BELIEF, p.issues.count)
        for k in range(p.issues.count):
            record_belief(s, i, k, s.normals[k])
            s.errors[i, k] = p.sides.belief_error[i] * s.normals[k]


@formula
def _start_sides(s, p):
    """Beliefs, pressures and talks of the first day.

    The Beta belief counts ``belief_weight`` observations.
    """
    for i in range(N_SIDES):
        side = s.sides[i]
        side.beta_total = p.sides.belief_weight[i]
        side.beta_a = p.sides.belief_alive[i] * p.sides.belief_weight[i]
        side.discount = discount(p.sides.discount_rate[i], p.sides.planning_weeks[i])
        side.clock = math.nan
        side.hawk, side.lobby, side.break_loss = p.politics.sides.hawk_start[i], 0.0, 0.0
        side.campaign = 1.0
        side.grievance, side.usual, side.owed, side.grieved = 0.0, 0.0, 0.0, NO_ISSUE
        side.effort, side.trust = FULL, p.compliance.sides.trust[i]
        side.protest_since, side.threat_date, side.rung_due = NEVER, NEVER, NEVER
        side.measure, side.measure_issue, side.responds = 0.0, NO_ISSUE, 0
        side.carried, side.threats = 0.0, 0.0
        for track in range(N_TRACKS):
            side.standing[track], side.heard_count[track], side.made_count[track] = 0, 0, 0
            side.heard[track], side.heard_before[track] = 0.0, 0.0
            side.reservation[track], side.best[track], side.aspiration[track] = 0.0, 0.0, 0.0
            side.its_reservation[track] = 0.0


@formula
def _start_tariffs(s, p):
    """Tariffs and flows of the first day, and supply of goods by others."""
    w = s.world
    w.on_path = p.dated.on_path
    for i in range(N_SIDES):
        w.path[i] = p.dated.path[i]
        w.ceiling[i] = p.economy.sides.ceiling_tariff[i]
    for good in range(N_GOODS):
        w.other_supply[good] = p.firms.goods.other_share[good]
    start_trade(s, p)


@rule
def start(s, firms, p, seed, run):
    """Fill a state with the first day of run ``run``."""
    clear(s)
    w = s.world
    w.seed, w.run, w.future = np.uint64(seed), p.branch.run if p.branch.week > 0 else run, run
    w.census = uniform(w.seed, w.run, CENSUS, 0, NOBODY)
    w.status = TRUCE if p.truce.in_force == 1 else BROKEN
    w.clock_start, w.next_dated = 0, p.dated.first
    weeks = p.truce.first_deadline_weeks
    w.length = weeks if weeks > 0 else p.truce.length_weeks
    w.next_length = w.length
    w.deadline = w.length if p.truce.dated == 1 else NO_DATE
    s.out.weeks_to_first_truce = 0.0 if w.status == TRUCE else math.inf
    _start_issues(s, p)
    _start_sides(s, p)
    start_resolve(s, p)
    _start_tariffs(s, p)
    _start_offices(s, p)
    start_offer(s, p)
    enrol(s, firms, p)
    start_minerals(s, p)
    start_purchases(s, p)
    for good in range(N_GOODS):
        for grade in range(N_GRADES):
            s.world.needs_licence[good, grade] = 1 if s.world.regime[good, grade] < FREE else 0
    tally(s, firms, p)
    start_regimes(s, p)
    begin_promises(s, p)
    valuation(s, p)
    look(s, p)


@rule
def branch(s):
    """From this week on the run has draws of its own; what luck it had is its past's.

    The week of the closing period that decides the outcome is measurement, and drawn anew.
    """
    w = s.world
    w.run = w.future
    w.census = uniform(w.seed, w.run, CENSUS, 0, NOBODY)
    clear_surprises(s)
