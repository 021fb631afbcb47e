"""Outcomes and measures: what the week adds to a run's record, and the name the run ends under.

A state has a week, an outcome a closing period: the outcome is the state in a week drawn from it,
so that an outcome's share of runs is its share of the period and does not swing with where the last
deadline falls (docs/model.md, *Outcomes*, *Measures*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``out`` are the run's measures
(:data:`sim.rules.measures.RUN`), whose labels and units stand there.
"""

from __future__ import annotations

import math

from numba import literal_unroll

from sim.rules.asks import FILLED, HOLLOWED, act
from sim.rules.codes import (
    BREAKDOWN,
    BREAKTHROUGH,
    BROKEN,
    CIVIL,
    CN,
    DEAL,
    N_GOODS,
    N_GROUPS,
    N_OUTCOMES,
    N_PURCHASES,
    N_SIDES,
    N_TRACKS,
    NARROW_DEAL,
    PACKAGE,
    TACTICAL_PAUSE,
    THRESHOLDS,
    TRADE,
    US,
    codes_of,
)
from sim.rules.compiled import formula, rule
from sim.rules.licensing import applications_waiting
from sim.rules.mathematics import clip
from sim.rules.measures import (
    FIRST,
    MEAN,
    MOST_CLOSING_WEEKS,
    ONCE,
    RUN_MEASURES,
    SUM,
    controls_series,
)
from sim.rules.outlook import is_dated, weeks_left
from sim.rules.packages import concession_cost, level_value
from sim.rules.purchases import is_purchases
from sim.rules.relations import driver_is_tariff, paid_on
from sim.rules.state import (
    GROUP_EXPORT_LOSS,
    GROUP_FLOW,
    GROUP_LOSS,
    GROUP_REVENUE,
    NOBODY_ACTS,
    sector_count,
)
from sim.rules.supply import tally_sectors
from sim.rules.surprises import clear_surprises, remember_surprises
from sim.rules.tracks import belief, offer_value, open_track
from sim.rules.trade import recorded
from sim.rules.trade_tables import sum_groups
from sim.rules.zone import NOTHING, first_open_track, look_for_zone
from sim.vocabulary import DRIVERS

__all__ = [
    "clear_measures",
    "finish",
    "observe",
    "outcome",
    "past_thresholds",
    "payoff",
    "record_week",
    "state_now",
    "substance",
]

_MILITARY_MAGNETS, _AI_CHIPS = codes_of(DRIVERS, "military_magnets", "ai_chips")


@formula
def _at_least(s, issue, threshold):
    """Whether the level in force of an issue has reached a threshold in [0, 1].

    An issue that is left out (-1) has not.
    """
    return issue >= 0 and s.issues.level[issue] >= threshold


@rule
def outcome(s, p, weeks):
    """The outcome after ``weeks`` weeks.

    The state in one of the last of them, a week of the closing period that the run drew at its
    start.
    """
    period = min(p.outcomes.closing_weeks, weeks)
    if period <= 0:
        return state_now(s, p)
    back = min(int(s.world.census * period), period - 1)
    return s.past[(weeks - 1 - back) % MOST_CLOSING_WEEKS] % N_OUTCOMES


@rule
def state_now(s, p):
    """The state of this week, one of the codes of outcomes.

    Breakdown without a truce, tactical pause before a trade deal or in a hollow one; breakthrough
    where a deal is ``weeks_in_force`` weeks old and has substance, or is past the thresholds; else
    narrow deal (docs/model.md, *Outcomes*).
    """
    w = s.world
    if w.status == BROKEN:
        return BREAKDOWN
    if w.status != DEAL or w.hollow == 1:
        return TACTICAL_PAUSE
    if not _is_mature(s, p):
        return NARROW_DEAL
    enough = (
        past_thresholds(s, p)
        if p.outcomes.breakthrough == THRESHOLDS
        else substance(s, p) >= p.outcomes.nash_share
    )
    return BREAKTHROUGH if enough else NARROW_DEAL


@formula
def _is_mature(s, p):
    """Whether a deal on trade is in force, is not hollow, and is ``weeks_in_force`` weeks old."""
    w = s.world
    if w.status != DEAL or w.hollow == 1:
        return False
    return w.week + 1 - w.deal_since >= p.outcomes.weeks_in_force


@rule
def substance(s, p):
    """Share of the Nash concession in force, the least of all tracks, in [0, 1].

    On a track: worth to the receivers of the levels in force beyond the truce's first terms, none
    counted beyond the Nash point's, over the worth of the Nash point's; 0 before a deal on trade,
    and where the Nash point concedes nothing on a track. The Nash point is that of all issues on the
    day of the first deal on trade (Nash 1950).
    """
    least = 1.0
    for track in range(N_TRACKS):
        due, had = 0.0, 0.0
        for k in range(p.issues.count):
            if p.issues.track[k] == track and s.issues.given[k] == 0.0:
                most = s.issues.nash[k] - s.issues.terms[k]
                if most > 0.0:
                    due += s.issues.benefit[k] * most
                    had += s.issues.benefit[k] * clip(
                        s.issues.level[k] - s.issues.terms[k], 0.0, most
                    )
        least = min(least, had / due) if due > 0.0 else 0.0
    return least


@formula
def past_thresholds(s, p):
    """Whether the levels of military magnets and AI chips and both tariffs are past their thresholds."""
    w = s.world
    open_goods = _at_least(
        s, w.driver_issue[_MILITARY_MAGNETS], p.outcomes.military_magnets
    ) and _at_least(s, w.driver_issue[_AI_CHIPS], p.outcomes.ai_chips)
    low_tariffs = w.tariff[US] <= p.outcomes.us_tariff and w.tariff[CN] <= p.outcomes.cn_tariff
    return open_goods and low_tariffs


def _fields(over: str, *axes: str) -> tuple[str, ...]:
    """Names of the measures of a run with a kind of ``over``, along some axes ('' for scalars)."""
    return tuple(
        measure.name for measure in RUN_MEASURES if measure.over == over and measure.axis in axes
    )


_PAIRS = ("side", "good", "purchases", "mineral")
_ANY = (*_PAIRS, "sector")
_FIRST_OF_TRACKS = _fields(FIRST, "track")
_EACH_ONCE, _EACH_FIRST = _fields(ONCE, "track", "issue"), _fields(FIRST, "sector", "track")
_FROM_ZERO = _fields(SUM, "") + _fields(MEAN, "")
_EACH_FROM_ZERO = _fields(SUM, *_ANY) + _fields(MEAN, *_ANY)
_FIRSTS, _FIRST_OF_SECTORS, _ONCE = _fields(FIRST, ""), _fields(FIRST, "sector"), _fields(ONCE, "")
_RESERVATIONS, _ITS_RESERVATIONS = (
    controls_series("reservation"),
    controls_series("its_reservation"),
)
_OFFERS_US, _OFFERS_CN = controls_series("offer_us"), controls_series("offer_cn")
_MEANS, _MEANS_OF_SECTORS = _fields(MEAN, *_PAIRS), _fields(MEAN, "sector")


@rule
def clear_measures(s):
    """Set the run's measures to their initial values (:class:`sim.rules.measures.Measure`)."""
    out = s.out
    clear_surprises(s)
    for name in literal_unroll(_FROM_ZERO):
        out[name] = 0
    for name in literal_unroll(_EACH_FROM_ZERO):
        for k in range(out[name].shape[0]):
            out[name][k] = 0
    for name in literal_unroll(_FIRSTS):
        out[name] = math.inf
    for name in literal_unroll(_EACH_FIRST):
        for k in range(out[name].shape[0]):
            out[name][k] = math.inf
    for name in literal_unroll(_ONCE):
        out[name] = math.nan
    for name in literal_unroll(_EACH_ONCE):
        for k in range(out[name].shape[0]):
            out[name][k] = math.nan


@rule
def settle_measures(s, p):
    """Turn sums into means, and first weeks that did not occur into missing values."""
    out, weeks = s.out, float(max(s.world.week, 1))
    for name in literal_unroll(_MEANS):
        for k in range(out[name].shape[0]):
            out[name][k] /= weeks
    for name in literal_unroll(_MEANS_OF_SECTORS):
        for k in range(sector_count(p)):
            out[name][k] /= weeks
    for name in literal_unroll(_FIRSTS):
        out[name] = _known(out[name])
    for name in literal_unroll(_FIRST_OF_SECTORS):
        for k in range(sector_count(p)):
            out[name][k] = _known(out[name][k])
    for name in literal_unroll(_FIRST_OF_TRACKS):
        for k in range(out[name].shape[0]):
            out[name][k] = _known(out[name][k])


@rule
def observe(s, p):
    """Add the week to the run's sums."""
    w, out = s.world, s.out
    _sound_deal(s, p)
    out.final_state = state_now(s, p)
    # a ring: which week of the closing period decides is known only when the run ends. Beside the
    # state stands whether a breakthrough by thresholds it was
    past = 1 if _is_mature(s, p) and past_thresholds(s, p) else 0
    s.past[w.week % MOST_CLOSING_WEEKS] = out.final_state + N_OUTCOMES * past
    remember_surprises(s, p)
    _count_break(s)
    for i in range(N_SIDES):
        side = s.sides[i]
        side.payoff = payoff(s, p, i)
        out.payoff[i] += side.payoff
        out.mean_tariff[i] += w.tariff[i]
        out.final_tariff[i] = w.tariff[i]
        out.trade[i] += w.trade[i]
        out.routed[i] += w.routed[i]
        out.revenue[i] += w.revenue[i]
        out.welfare_loss[i] += side.welfare_loss
        out.hawk[i] += side.hawk
        out.lobby[i] += side.lobby
    for kind in range(N_PURCHASES):
        out.purchases[kind] += w.bought[kind]
        out.purchases_due[kind] += w.due[kind]
    for good in range(N_GOODS):
        out.flow[good] += w.flow[good]
        out.shortage_weeks[good] += w.mean_shortage[good]
    for j in range(p.minerals.count):
        out.mineral_loss[j] += s.minerals.loss[j] / 52.0
        out.mineral_price[j] += s.minerals.price[j]
    for k in range(sector_count(p)):
        out.lost_output[k] += w.lost_output[k] / 52.0
        out.line_stops[k] += w.stops[k]
        if w.stops[k] > 0.0:
            out.weeks_to_first_stop[k] = min(out.weeks_to_first_stop[k], float(w.week + 1))


@formula
def _sound_deal(s, p):
    """Whether a deal is hollow: for so long less than a share of what it promised was delivered.

    The share is that of the side that is served worse, at what issues are worth to it.
    """
    w = s.world
    if w.status != DEAL:
        w.hollow, w.hollow_weeks = 0, 0
        return
    served = 1.0
    for i in range(N_SIDES):
        owed, had = 0.0, 0.0
        for k in range(p.issues.count):
            if p.issues.owner[k] != i and s.issues.given[k] == 0.0:
                # of a tariff what lies beyond a lapse: how far below the peak it is promises nobody
                least = p.issues.lapse[k] if driver_is_tariff(p.issues.driver[k]) else 0.0
                owed += s.issues.benefit[k] * max(0.0, s.issues.promised[k] - least)
                had += s.issues.benefit[k] * max(0.0, s.issues.level[k] - least)
        if owed > 0.0:
            served = min(served, had / owed)
    w.hollow_weeks = w.hollow_weeks + 1 if served < p.outcomes.hollow_share else 0
    hollow = 1 if w.hollow_weeks >= p.outcomes.hollow_weeks else 0
    if hollow != w.hollow:
        act(s, NOBODY_ACTS, HOLLOWED if hollow == 1 else FILLED, 0, 0)
    w.hollow = hollow


@formula
def _count_break(s):
    """Weeks in a truce, and weeks of a break since the truce that it ended."""
    w, out = s.world, s.out
    if w.status != BROKEN:
        w.weeks_in_truce += 1
        w.weeks_in_break = 0
    elif out.breaks > 0:
        w.weeks_in_break += 1
        out.weeks_broken += 1
        out.longest_break = max(out.longest_break, w.weeks_in_break)


@formula
def payoff(s, p, i):
    """Payoff of side ``i``, bn USD/yr.

    Worth of what the other side concedes, less the cost of its own concessions and its welfare
    loss.

    Worth and cost are the scenario's own figures, without lobbying and hawk pressure. What
    tariffs and goods are worth by their drivers is in the welfare loss already, so for a tariff
    only the value beyond its curve counts. What extra purchases are worth and cost is in no loss.
    """
    total = 0.0
    for k in range(p.issues.count):
        level, driver = s.issues.level[k], p.issues.driver[k]
        if is_purchases(driver):
            total += level_value(s.issues, k, p.issues.owner[k] == i, level)
        elif p.issues.owner[k] == i:
            convex = 0.0 if driver_is_tariff(driver) else p.issues.convex_cost[k]
            total -= concession_cost(p.issues.linear_cost[k], convex, level)
        else:
            total += p.issues.benefit[k] * level
    return total - s.sides[i].welfare_loss


@rule
def record_week(s, firms, p, series, whole):
    """Fill ``series``, a record of dtype WEEK, with the week just computed.

    Where ``whole`` is 0, only with :data:`sim.rules.measures.BRIEF`, which costs next to nothing;
    the rest is left as it is.
    """
    _fill_clock(s, p, series)
    for i in range(N_SIDES):
        series.tariff[i] = s.world.tariff[i]
    for g in range(N_GOODS):
        series.flow[g] = s.world.flow[g]
    if whole != 0:
        tally_sectors(s, firms, p)
        _fill_sides(s, p, series)
        _fill_talks(s, p, series)
        _fill_firms(s, p, series)


@formula
def _fill_clock(s, p, series):
    """The week's status, outcome, deadline (weeks), events and levels."""
    w = s.world
    series.status = w.status
    series.outcome = outcome(s, p, w.week + 1)
    series.state = s.out.final_state
    ticking = w.status != BROKEN and is_dated(w)
    series.weeks_to_deadline = float(weeks_left(w)) if ticking else math.nan
    series.extensions = w.extensions
    series.events = w.events
    for k in range(p.issues.count):
        series.level[k] = s.issues.level[k]
        series.promised[k] = s.issues.promised[k]


@formula
def _fill_sides(s, p, series):
    """The week's trade, offers, beliefs, pressures and losses of both sides.

    NaN where nobody bargains.

    Offers are those of the first track that is not settled.
    """
    w = s.world
    track = _first_unsettled(w)
    silent = w.status == BROKEN or track == NOTHING
    for i in range(N_SIDES):
        side = s.sides[i]
        series.rung[i] = w.rung[i]
        series.trade[i], series.duty[i] = w.trade[i], w.duty[i]
        series.recorded_trade[i] = recorded(s, p, i)
        series.routed[i], series.revenue[i] = w.routed[i], w.revenue[i]
        series.reservation[i] = math.nan if silent else side.reservation[track]
        series.aspiration[i] = math.nan if silent else side.aspiration[track]
        series.offer_us[i] = math.nan if silent else _offer_value(s, track, US, i)
        series.offer_cn[i] = math.nan if silent else _offer_value(s, track, CN, i)
        series.its_reservation[i] = math.nan if silent else side.its_reservation[track]
        _fill_controls(s, p, i, series)
        series.belief_error[i] = _belief_error(s, p, i)
        series.belief_alive[i] = belief(side)
        series.foreseen[i] = side.goes_on
        series.trust[i] = side.trust
        series.measure[i] = side.measure
        series.grievance[i] = side.grievance
        series.hawk[i] = side.hawk
        series.lobby[i] = side.lobby
        series.welfare_loss[i] = side.welfare_loss
        series.payoff[i] = side.payoff
        series.leverage[i] = side.leverage


@formula
def _first_unsettled(w):
    """The first track that is not settled; NOTHING where all are."""
    for track in range(N_TRACKS):
        if w.settled[track] == 0:
            return track
    return NOTHING


@rule
def _fill_controls(s, p, i, series):
    """What side ``i`` has on each controls track, bn USD/yr; NaN where nobody bargains there."""
    side, track = s.sides[i], TRADE
    for name in literal_unroll(_RESERVATIONS):
        track += 1
        series[name][i] = side.reservation[track] if open_track(s, p, track) else math.nan
    track = TRADE
    for name in literal_unroll(_ITS_RESERVATIONS):
        track += 1
        series[name][i] = side.its_reservation[track] if open_track(s, p, track) else math.nan
    track = TRADE
    for name in literal_unroll(_OFFERS_US):
        track += 1
        series[name][i] = _offer_value(s, track, US, i) if open_track(s, p, track) else math.nan
    track = TRADE
    for name in literal_unroll(_OFFERS_CN):
        track += 1
        series[name][i] = _offer_value(s, track, CN, i) if open_track(s, p, track) else math.nan


@rule
def _offer_value(s, track, proposer, receiver):
    """Worth to ``receiver`` of what ``proposer`` last offered on a track.

    NaN where nothing stands.
    """
    return (
        offer_value(s, track, proposer, receiver)
        if s.sides[proposer].standing[track] == 1
        else math.nan
    )


@formula
def _fill_firms(s, p, series):
    """The week's imports, queues, chances and shortages by good and sector."""
    w = s.world
    for g in range(N_GOODS):
        a = s.authorities[g]
        series.imports[g] = w.flow[g] * p.firms.goods.flow[g]
        series.queue[g] = applications_waiting(a)
        series.wait[g] = a.wait / a.first if a.first > 0 else math.nan
        series.approval_rate[g] = a.approved / a.examined if a.examined > 0 else math.nan
        series.other_share[g] = w.other_supply[g]
        series.regime[g], series.price[g] = w.regime[g, CIVIL], w.price[g]
        series.licensed_demand[g] = w.licensed_demand[g, CIVIL]
    series.share_taken = w.share_taken
    for kind in range(N_PURCHASES):
        series.purchases[kind], series.purchases_due[kind] = w.bought[kind], w.due[kind]
    for j in range(p.minerals.count):
        series.mineral_price[j] = s.minerals.price[j]
        series.mineral_loss[j] = s.minerals.loss[j]
    for k in range(p.issues.count):
        series.shortfall[k] = s.issues.shortfall[k]
    for k in range(sector_count(p)):
        series.lost_output[k] = w.lost_output[k]
        series.shortage[k] = w.shortage[k]
        series.licensed[k] = w.licensed[k]


@formula
def _fill_talks(s, p, series):
    """The levels that stand offered, and each open track's zone of agreement.

    NaN, or no issue, where nothing stands or nobody bargains.
    """
    for k in range(p.issues.count):
        track = _talked_on(s, p, k)
        series.offered_us[k] = _offered(s, track, US, k)
        series.offered_cn[k] = _offered(s, track, CN, k)
    first = first_open_track(s, p)
    for track in range(N_TRACKS):
        series.surplus[track], series.blocking[track] = math.nan, NOTHING
        if first != NOTHING and open_track(s, p, track):
            series.surplus[track], series.blocking[track] = look_for_zone(s, p, track)


@formula
def _talked_on(s, p, k):
    """The track on which issue k is on offer: its own, or where it pays, once trade is settled."""
    if p.linkage.tracks == PACKAGE:
        return TRADE
    if p.issues.track[k] == TRADE and s.world.settled[TRADE] == 1:
        return paid_on(p.issues.owner[k])
    return p.issues.track[k]


@formula
def _offered(s, track, proposer, k):
    """Level of issue k in the last offer of ``proposer`` on a track; NaN where none stands."""
    return s.offers[track, proposer, k] if s.sides[proposer].standing[track] == 1 else math.nan


@formula
def _belief_error(s, p, i):
    """Mean absolute log error of side ``i``'s beliefs about the other's values."""
    error = 0.0
    for k in range(p.issues.count):
        error += abs(s.errors[i, k])
    return error / p.issues.count


@rule
def finish(s, p):
    """Turn sums into means, name the outcome, and fill in what is measured at the end."""
    settle_measures(s, p)
    w, out = s.world, s.out
    weeks = float(max(w.week, 1))
    out.outcome = outcome(s, p, w.week)
    _share_closing(s, p)
    if w.week == 0:
        out.final_state = state_now(s, p)
    out.healed = math.nan if out.breaks == 0 else (0.0 if w.status == BROKEN else 1.0)
    out.truce_share = w.weeks_in_truce / weeks
    out.substance = substance(s, p) if w.status == DEAL else 0.0
    out.blocking_issue, out.surplus_left = NOTHING, math.nan
    track = first_open_track(s, p)
    if track != NOTHING and w.week > 0:
        out.surplus_left, out.blocking_issue = look_for_zone(s, p, track)
    for i in range(N_SIDES):
        side = s.sides[i]
        out.leverage[i] = side.leverage
        out.belief_alive[i] = belief(side)
        out.belief_error[i] = _belief_error(s, p, i)
    _finish_goods(s, p, weeks)
    _finish_groups(s, weeks)
    for k in range(p.issues.count):
        out.final_level[k] = s.issues.level[k]


@formula
def _share_closing(s, p):
    """The share of the closing weeks in each state, the chance of each outcome before its week is
    drawn, and of those past the thresholds.
    """
    w, out = s.world, s.out
    period = min(p.outcomes.closing_weeks, w.week)
    for k in range(N_OUTCOMES):
        out.closing[k] = 0.0
    out.past_thresholds = 0.0
    for back in range(period):
        week = s.past[(w.week - 1 - back) % MOST_CLOSING_WEEKS]
        out.closing[week % N_OUTCOMES] += 1.0
        out.past_thresholds += float(week // N_OUTCOMES)
    for k in range(N_OUTCOMES):
        out.closing[k] /= max(period, 1)
    out.past_thresholds /= max(period, 1)


@formula
def _finish_goods(s, p, weeks):
    """Measures of the authorities and other sources at the end: weeks, applications, shares."""
    w, out = s.world, s.out
    for good in range(N_GOODS):
        a = s.authorities[good]
        out.imports[good] = out.flow[good] * p.firms.goods.flow[good]
        out.licence_wait[good] = a.wait_total / a.first_total if a.first_total > 0 else math.nan
        out.licence_queue[good] = a.queue_total / weeks
        out.approval_rate[good] = (
            a.approved_total / a.examined_total if a.examined_total > 0 else math.nan
        )
        out.other_share[good] = w.other_supply[good]


@formula
def _finish_groups(s, weeks):
    """What tariffs did to each group of goods, means over the run.

    A side loses as importer of a group, and by what its exporters of the group lose.
    """
    out, sums = s.out, s.tables.sums
    sum_groups(s)
    for g in range(N_GROUPS):
        out.group_imports_us[g] = sums[US, GROUP_FLOW, g] / weeks
        out.group_imports_cn[g] = sums[CN, GROUP_FLOW, g] / weeks
        us_loss = sums[US, GROUP_LOSS, g] + sums[CN, GROUP_EXPORT_LOSS, g]
        cn_loss = sums[CN, GROUP_LOSS, g] + sums[US, GROUP_EXPORT_LOSS, g]
        out.group_loss_us[g], out.group_loss_cn[g] = us_loss / weeks, cn_loss / weeks
        out.group_revenue_us[g] = sums[US, GROUP_REVENUE, g] / weeks
        out.group_revenue_cn[g] = sums[CN, GROUP_REVENUE, g] / weeks


@formula
def _known(week):
    """The week of a first event, NaN where it never came."""
    return math.nan if week == math.inf else week
