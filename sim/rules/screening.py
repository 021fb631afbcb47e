"""Screening with a private price of settling: whom an offer is for, and what waiting is worth.

Each government has a private price of settling, the least gain that it must show at home; the other
knows its distribution. An offer is made for a marginal type: tougher types refuse, and the belief
is cut there (Sobel, Takahashi 1983; Fudenberg, Tirole 1983). Who waits expects its share in
alternating offers over the meetings left (Stahl 1972; Rubinstein 1982), so full information gives
their split at once. A side that cannot be seen through bargains on a claim above its price
(Chatterjee, Samuelson 1983). Equations and judgements: docs/bargaining.md.

Prices, surpluses and worths are bn USD/yr. ``soft`` and ``tough`` are the lowest and highest price
of the other that a side holds possible, ``top`` the price of the other at which nothing would be
left for it.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``track`` a code of :data:`sim.vocabulary.TRACKS`.
"""

from __future__ import annotations

from sim.rules.calendar import look_across, sprints
from sim.rules.codes import (
    CN,
    COMMITTED,
    DEAL,
    N_SIDES,
    PACKAGE,
    SCREENING,
    US,
)
from sim.rules.compiled import formula, rule
from sim.rules.decisions import renewal_cost
from sim.rules.mathematics import clip, exp
from sim.rules.outlook import hawks_of, is_dated, weeks_left
from sim.rules.packages import leave, values, worth
from sim.rules.randomness import RESOLVE, RESOLVE_TURN, uniform
from sim.rules.relations import is_controls, other, seat
from sim.rules.state import DEMANDED, NEVER
from sim.rules.surprises import record_first_resolve, record_resolve
from sim.rules.tracks import belief, usual_price
from sim.rules.truce import foreseen

__all__ = [
    "FULL_BLUFF",
    "believed_best",
    "claimed",
    "committed_target",
    "cost_of_going_on",
    "expected_price",
    "foresee",
    "hope",
    "known_prices",
    "learn_refusal",
    "least_accepted",
    "look_ahead",
    "marginal_surplus",
    "meeting_of_the_week",
    "plan",
    "prepare_screen",
    "price_of",
    "screen_step",
    "screening_target",
    "screens",
    "set_paces",
    "share_step",
    "start_resolve",
    "takes",
    "turn_resolve",
]

_BEYOND = 1e-9  # bn USD/yr, a dollar: below it a surplus is rounding
# Beyond the next clock: Sobel and Takahashi's worth of going on with endless offers at patience
# 0.9 is 0.12 of the range, with one offer left 0.25; what stands here is forgotten within a clock
_FIRST_WORTH = 0.2
_NO_END = 13.0  # weeks for which a side looks ahead where there is no date
_FAR_WEEKS = 26  # what is further off than half a year moves shares by less than two in a hundred
_EVERYTHING = 1e9  # bn USD/yr: below it no price is ruled out
_LEAST_GAIN = 1e-6  # bn USD/yr: with less no slope of the frontier can be told

# At this claim, of the way from one's price to the toughest, two sides with prices uniform on
# [0, 1] and a pie of 1 settle only where Chatterjee and Samuelson's linear equilibrium does: where
# the prices add to at most 3/4
FULL_BLUFF = 0.2


@formula
def share_step(us_waits, cn_waits):
    """Washington's share of the surplus one meeting earlier, in [0, 1].

    Either side may be the one to propose, and leaves the other what waiting is worth to it: (1 -
    ``cn_waits``) / 2 + ``us_waits`` / 2, both shares of the surplus (Stahl 1972).
    """
    return 0.5 * (1.0 - cn_waits) + 0.5 * us_waits


@formula
def screen_step(accepts, later):
    """(share of the range of types kept, worth per unit of range) of the best screen at a meeting.

    Of types uniform on a range the offer leaves out the share ``kept``, to be asked again: the
    largest (1 - kept) kept accepts + kept**2 later. ``accepts`` above 0 is the part of the marginal
    type's surplus that the proposer may keep, ``later`` the worth per unit of range of going on (1
    accepts all; Sobel, Takahashi 1983).
    """
    if accepts <= 2.0 * later:
        return 1.0, later
    half = 0.5 * accepts
    kept = half / (accepts - later)
    return kept, kept * half


@formula
def marginal_surplus(most, least, kept):
    """Surplus of the type that an offer is for, of types whose surplus lies between ``least`` and
    ``most``.

    The share ``kept`` of the most, or all types where that leaves fewer out: max(kept most,
    min(least, most)).
    """
    return max(kept * most, min(least, most))


@formula
def claimed(own, toughest, bluff):
    """The price that a side bargains on: its ``own`` moved towards the toughest that the other
    holds possible.

    ``bluff`` in [0, 1] is a share of :data:`FULL_BLUFF` (Chatterjee, Samuelson 1983).
    """
    return own + FULL_BLUFF * bluff * max(0.0, toughest - own)


@formula
def expected_price(low, tough, top):
    """Mean of the prices from ``low`` to ``tough`` that leave a surplus, those up to ``top``.

    With the mean of all types nobody would expect a surplus, all would take what they need, and
    knowing more would lower deals.
    """
    return 0.5 * (low + clip(top, low, tough))


@formula
def hope(surplus, slope, claim, low, tough):
    """The surplus that a type of the other expects, where it knows the proposer's price only from
    ``low`` to ``tough``.

    ``surplus`` is what it would expect if it knew that price to be ``claim``; ``slope`` its gain
    for each bn USD/yr of the proposer's, above 0, as on a straight frontier. Not below 0.
    """
    return max(0.0, surplus + slope * (claim - expected_price(low, tough, claim + surplus / slope)))


@formula
def least_accepted(claim, waits, expected):
    """The least that a side takes: its ``claim`` and, of what it expects beyond, the share that
    waiting is worth.
    """
    return claim + waits * max(0.0, expected - claim)


@formula
def screens(kind):
    """Whether a strategy reads the other's price of settling."""
    return kind == SCREENING or kind == COMMITTED


@formula
def shown_already(s, p, i, track):
    """What side ``i`` has of a track beyond the truce's first terms, bn USD/yr, not below 0; in a
    package of all tracks.
    """
    shown = s.sides[i].shown
    if p.linkage.tracks == PACKAGE:
        return max(0.0, shown.sum())
    return max(0.0, shown[track])


@formula
def price_of(s, p, i, track, resolve):
    """Price of settling of side ``i`` with ``resolve`` in [-1, 1], bn USD/yr, not below 0.

    mean (1 + spread resolve) counts from the truce's first terms: what the terms agreed since
    already show at home need not be shown again.
    """
    price = usual_price(p, i, track) * (1.0 + p.sides.resolve.spread[i] * resolve)
    return max(0.0, price - shown_already(s, p, i, track))


@formula
def known_prices(s, p, i, track):
    """(softest, toughest) price of the other that side ``i`` holds possible before any refusal.

    With k, ``resolve.known``, 0 it knows the distribution, at 1 the price itself.
    """
    j, known = other(i), p.sides.resolve.known[i]
    middle, width = known * s.sides[j].resolve, 1.0 - known
    return price_of(s, p, j, track, middle - width), price_of(s, p, j, track, middle + width)


@formula
def cost_of_going_on(s, p, i, track):
    """What going on without a deal is felt to cost side ``i`` at home, bn USD/yr.

    A share of what a first extension of the likeliest length costs it there, audience cost and
    hawks, over the years for which it reckons with the truce. At the trade track or in a package;
    nobody extends a truce for want of a deal on controls.
    """
    if is_controls(track):
        return 0.0
    # that each further extension costs more lowers the chance of it; counted here, too, it would
    # make settling the easier the longer a truce has lasted, without bound
    side = s.sides[i]
    hawks, weeks = hawks_of(p, side, i), float(s.world.next_length)
    cost = renewal_cost(
        p.truce.extension_cost, 0.0, 0, side.trust, weeks, hawks, p.sides.extension_bias[i]
    )
    return p.politics.sides.extension_felt[i] * (cost + hawks) / side.years


@rule
def set_paces(s, p):
    """How fast both sides' prices turn and the worth of a deal fades: chances and factors that
    follow from settings alone.
    """
    for i in range(N_SIDES):
        side = s.sides[i]
        side.turning = 1.0 - exp(-p.sides.resolve.turnover[i] / 52.0)
        # a deal is worth what is left of the horizon
        rate = (p.sides.discount_rate[i] + 52.0 / p.sides.planning_weeks[i]) / 52.0
        side.week_factor = exp(-rate)
        side.meeting_factor = exp(-rate / max(1, p.truce.talks.meetings_per_week))
        side.sprint_factor = exp(-rate / p.truce.talks.sprint_meetings)


@formula
def start_resolve(s, p):
    """Both sides' prices of the first day."""
    w = s.world
    w.planned = NEVER
    set_paces(s, p)
    for i in range(N_SIDES):
        side = s.sides[i]
        side.resolve = 2.0 * uniform(w.seed, w.run, RESOLVE, 0, i) - 1.0
        record_first_resolve(s, i)
        side.goes_on, side.goes_on_next = belief(side), belief(side)
        for track in range(side.low.shape[0]):
            side.low[track], side.if_refused[track] = -_EVERYTHING, -_EVERYTHING
            side.tough[track], side.demand[track] = 0.0, 0.0
            side.its_floor[track], side.its_most[track] = 0.0, 0.0
            side.expected[track], side.slope[track], side.claim[track] = 0.0, 0.0, 0.0


@formula
def turn_resolve(s, p):
    """As politics at home turn, a side's price is drawn anew (Kennan 2001)."""
    w = s.world
    for i in range(N_SIDES):
        side = s.sides[i]
        if w.week > 0 and uniform(w.seed, w.run, RESOLVE_TURN, w.week, i) < side.turning:
            side.resolve = 2.0 * uniform(w.seed, w.run, RESOLVE, w.week, i) - 1.0
            record_resolve(s, p, i)


@rule
def foresee(s, p):
    """The chance that the truce goes on past this date and the next, as each side foresees it.

    The rules in force (:func:`sim.rules.truce.foreseen`) weigh ``foresight``, the record of dates
    the rest. Without a date, and in a deal, it is that nobody ends it in the coming weeks. Where
    the rules exclude another extension no record revives it, for a side that looks at them at all.
    """
    w = s.world
    dated = is_dated(w) and w.status != DEAL
    now, then = foreseen(s, p) if dated else (1.0, 1.0)
    for i in range(N_SIDES):
        side, weight = s.sides[i], p.sides.foresight[i]
        record = belief(side)
        if dated:
            excluded, excluded_next = now <= 0.0 < weight, then <= 0.0 < weight
            side.goes_on = 0.0 if excluded else weight * now + (1.0 - weight) * record
            side.goes_on_next = 0.0 if excluded_next else weight * then + (1.0 - weight) * record
        else:
            weeks = min(float(max(0, weeks_left(w))), _NO_END)
            stays = exp(-p.truce.hazard * (1.0 - side.trust) * weeks / 52.0)
            side.goes_on, side.goes_on_next = stays, stays


@rule
def plan(s, p):
    """What waiting is worth at each of the week's meetings, and the share of types left out.

    Backward from the end of the next clock, in weekly steps, over the meetings left in this one.
    Both are the same at all tracks. What is left of waiting across a date, ``goes_on``, and across
    the weeks in which the leaders meet, ``across``, is that of the last meeting before.
    """
    w, us, cn = s.world, s.sides[US], s.sides[CN]
    us_rate, cn_rate = 1.0 - us.week_factor, 1.0 - cn.week_factor
    share, us_worth, cn_worth = cn_rate / (us_rate + cn_rate), _FIRST_WORTH, _FIRST_WORTH
    a, b = us.week_factor * us.goes_on_next, cn.week_factor * cn.goes_on_next
    weeks = min(max(1, w.deadline - w.week), _FAR_WEEKS)
    next_clock = min(w.next_length, _FAR_WEEKS)
    for back in range(next_clock):
        v = weeks + next_clock - (back + 1)
        a, b = a * s.across[v], b * s.across[v]
        us_waits, cn_waits = a * share, b * (1.0 - share)
        _, us_worth = screen_step(1.0 - cn_waits, a * us_worth)
        _, cn_worth = screen_step(1.0 - us_waits, b * cn_worth)
        share = share_step(us_waits, cn_waits)
        a, b = us.week_factor, cn.week_factor
    talks = p.truce.talks
    usual = weeks - min(weeks, talks.sprint_weeks)  # weeks of this clock before its sprint
    us_goes_on, cn_goes_on = us.goes_on, cn.goes_on
    for back in range(weeks):
        v = weeks - (back + 1)
        us_goes_on, cn_goes_on = us_goes_on * s.across[v], cn_goes_on * s.across[v]
        hasty = v >= usual or (v == 0 and sprints(w, talks.sprint_weeks))
        held = talks.sprint_meetings if hasty else talks.meetings_per_week
        for done in range(held):
            number = held - (done + 1)
            a = (us.sprint_factor if hasty else us.meeting_factor) * us_goes_on
            b = (cn.sprint_factor if hasty else cn.meeting_factor) * cn_goes_on
            us_goes_on, cn_goes_on = 1.0, 1.0
            us_waits, cn_waits = a * share, b * (1.0 - share)
            us_keeps, us_worth = screen_step(1.0 - cn_waits, a * us_worth)
            cn_keeps, cn_worth = screen_step(1.0 - us_waits, b * cn_worth)
            share = share_step(us_waits, cn_waits)
            if v == 0:
                us.waits[number], us.keeps[number] = us_waits, us_keeps
                cn.waits[number], cn.keeps[number] = cn_waits, cn_keeps


@formula
def look_ahead(s, p):
    """What both foresee and plan this week, once for all tracks; again where a deal was made."""
    w = s.world
    if w.planned == w.week and w.planned_status == w.status:
        return
    w.planned, w.planned_status = w.week, w.status
    foresee(s, p)
    if screens(p.sides.strategy.kind[US]) or screens(p.sides.strategy.kind[CN]):
        look_across(s, p)
        plan(s, p)


@formula
def meeting_of_the_week(s):
    """The number of this meeting in its week, from 0."""
    return max(0, s.world.meeting - 1)


@formula
def prepare_screen(s, p, i, track, floor):
    """What side ``i`` believes and claims on a track this week; its problem is prepared.

    ``floor`` is what the other has without a deal, its price of settling left out.
    """
    problem, side, j = s.problems[seat(track, i)], s.sides[i], other(i)
    soft, tough = known_prices(s, p, i, track)
    own = price_of(s, p, i, track, side.resolve)
    _, seen_tough = known_prices(s, p, j, track)
    side.its_floor[track] = floor
    side.claim[track] = (
        side.reservation[track] - own + claimed(own, seen_tough, p.sides.strategy.bluff[i])
    )
    side.its_most[track] = _worth_to_other(s, problem, i, side.claim[track])
    top = side.its_most[track] - floor
    # what it may have misjudged of the issues, without which a price that is known could not be
    # doubted when it is refused
    tough += p.sides.belief_error[i] * max(0.0, top - 0.5 * (soft + tough))
    side.tough[track] = tough
    low = max(side.low[track], soft)
    side.low[track] = low + s.sides[j].turning * (soft - low)
    low = clip(side.low[track], soft, tough)
    if p.sides.strategy.kind[i] == COMMITTED:
        low = soft
    side.its_reservation[track] = floor + 0.5 * (low + tough)
    usual = expected_price(low, tough, top)
    side.expected[track] = _worth_to_other(s, problem, j, floor + usual)
    own_gain, its_gain = side.expected[track] - side.claim[track], top - usual
    straight = own_gain > _LEAST_GAIN and its_gain > _LEAST_GAIN
    side.slope[track] = its_gain / own_gain if straight else 0.0


@formula
def _worth_to_other(s, problem, i, target):
    """Worth to the other side of the efficient package worth ``target`` to side ``i``."""
    worth(problem, i, target, s.package)
    us, cn = values(problem, s.package)
    return cn if i == US else us


@formula
def screening_target(s, p, i, track):
    """What the offer of a side that screens is worth to itself; notes what a refusal will teach."""
    side, problem, j = s.sides[i], s.problems[seat(track, i)], other(i)
    meeting = meeting_of_the_week(s)
    soft, _ = known_prices(s, p, i, track)
    top = side.its_most[track] - side.its_floor[track]
    tough = side.tough[track]
    low = clip(side.low[track], soft, tough)
    most = top - low
    if most <= 0.0:
        side.if_refused[track], side.demand[track] = soft, side.claim[track]
        return side.demand[track]
    surplus = marginal_surplus(most, top - tough, side.keeps[meeting])
    side.if_refused[track] = max(low, top - surplus)
    left = (
        side.its_floor[track]
        + (top - surplus)
        + s.sides[j].waits[meeting] * _its_hope(s, p, i, track, surplus)
    )
    own = leave(problem, j, min(left, side.its_most[track]), DEMANDED, s.package)
    side.demand[track] = max(side.claim[track], own)
    return side.demand[track]


@formula
def _its_hope(s, p, i, track, surplus):
    """The surplus that the type of the other expects which knowing all would have ``surplus``.

    It knows the price of side ``i`` only as far as refusals have taught it. The frontier is taken
    as straight between the other's most and what ``i`` expects.
    """
    side, j = s.sides[i], other(i)
    if side.slope[track] <= 0.0:
        return surplus
    own = side.claim[track] - side.reservation[track] + price_of(s, p, i, track, side.resolve)
    soft, tough = known_prices(s, p, j, track)
    low = clip(s.sides[j].low[track], soft, tough)
    return hope(surplus, side.slope[track], own, low, tough)


@rule
def believed_best(s, p, i, track):
    """The most that side ``i`` believes it can have, bn USD/yr: against the softest type, where it
    screens.
    """
    side = s.sides[i]
    if not screens(p.sides.strategy.kind[i]):
        return side.best[track]
    soft, _ = known_prices(s, p, i, track)
    most = _worth_to_other(s, s.problems[seat(track, i)], other(i), side.its_floor[track] + soft)
    return max(side.claim[track], most)


@formula
def committed_target(s, p, i, track):
    """What a hardliner asks, whatever the clock: R + insist (what it expects - R).

    A committed type after Abreu and Gul (2000); bn USD/yr.
    """
    side = s.sides[i]
    low = side.reservation[track]
    return low + p.sides.strategy.insist[i] * max(0.0, side.expected[track] - low)


@formula
def takes(s, i, track, heard):
    """Whether a side that screens takes an offer worth ``heard`` to it."""
    side = s.sides[i]
    least = least_accepted(
        side.claim[track], side.waits[meeting_of_the_week(s)], side.expected[track]
    )
    return heard >= least - _BEYOND


@formula
def learn_refusal(s, p, i, track):
    """The other refused side ``i``'s offer: types that would have taken it are ruled out."""
    side = s.sides[i]
    if p.sides.strategy.kind[i] == SCREENING:
        side.low[track] = max(side.low[track], side.if_refused[track])
