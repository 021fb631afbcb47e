"""Bargaining: reservation values, offers on the believed frontier, acceptance, agreement.

Each side knows the other's values with an error, offers the efficient package worth its
aspiration to itself on that believed frontier, accepts by AC_next (Baarslag, Hindriks, Jonker 2013)
and corrects its beliefs from the other's offers (docs/model.md, *Bargaining*). The aspiration is
its strategy's (:mod:`sim.rules.strategies`).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``k`` an issue, ``track`` a code of :data:`sim.vocabulary.TRACKS`. Values are bn USD/yr to
the side they belong to, levels shares of full concession.
"""

from __future__ import annotations

import math

from sim.rules.asks import ACCEPT, OFFER, RATIFY, SETTLED, act, answered, answered_worth
from sim.rules.codes import (
    CN,
    DEAL,
    EQUILIBRIUM,
    N_SIDES,
    N_TRACKS,
    PACKAGE,
    SCREENING,
    TRADE,
    US,
    VOTE,
)
from sim.rules.compiled import formula, rule
from sim.rules.disputes import BETTER, end_crisis, in_crisis
from sim.rules.events import DEAL_MADE, FAILED, mark
from sim.rules.outlook import hawks_of, is_dated
from sim.rules.packages import (
    bends,
    best_sum,
    concession_cost,
    level_value,
    nash_product,
    prepare,
    remembered_worth,
    value_to,
    values,
    worth,
)
from sim.rules.politics import support
from sim.rules.randomness import MEDIATOR, NOBODY, RATIFICATION, normal, uniform
from sim.rules.relations import entity_at, is_controls, other, seat
from sim.rules.screening import (
    cost_of_going_on,
    known_prices,
    learn_refusal,
    look_ahead,
    prepare_screen,
    price_of,
    screens,
    takes,
)
from sim.rules.state import DEMANDED, HEARD, NEVER, NOBODY_ACTS, OFFERED
from sim.rules.strategies import answers_offers, clock_share, patience, strategy_target
from sim.rules.swaps import interim_talks, lay_to_rest
from sim.rules.tracks import (
    BOTH,
    EVERY,
    TRUE_PROBLEM,
    TRUTH,
    bargained_on,
    beyond_terms,
    concedes,
    fill_problem,
    forget_offers,
    lapse_level,
    meetings,
    no_deal_value,
    offer_value,
    open_track,
    pays,
    speaker,
)
from sim.rules.truce import start_clock

__all__ = [
    "MEDIATED",
    "close",
    "learn",
    "listen",
    "mediate",
    "negotiation",
    "open_meeting",
    "prepare_side",
    "prepare_track",
    "record_deal",
    "speak",
    "turn",
]

MEDIATED = 0  # the number of a meeting: an ask about a mediator's proposal, and no side's
_SETTLED = 1e-6  # bn USD/yr: far above the numerical error of a package, far below any worth
_BEYOND = 1e-9  # bn USD/yr, a dollar: below it a surplus is rounding, and its shares would be noise


@rule
def prepare_side(s, p, i, track):
    """Side ``i``'s reservation value and best believed package on a track this week.

    In bn USD/yr to itself. Reservation: q u(terms) + (1 - q) u(lapse) + expected change of leverage
    + participation linkage; q is its belief that the truce goes on. Best: its worth of the
    efficient package that leaves the other, as ``i`` believes, at the other's floor; not above the
    reservation value where no package does (docs/model.md, *Bargaining*).
    """
    problem = s.problems[seat(track, i)]
    fill_problem(s, p, problem, track, i)
    prepare(problem, s.package)
    us_terms, cn_terms, us_lapse, cn_lapse = _without_deal(s, p, problem, track)
    q = s.sides[i].goes_on
    own_terms, own_lapse = (us_terms, us_lapse) if i == US else (cn_terms, cn_lapse)
    its_terms, its_lapse = (cn_terms, cn_lapse) if i == US else (us_terms, us_lapse)
    side = s.sides[i]
    shift = side.leverage_change[track]
    if p.linkage.tracks == PACKAGE:
        for controls in range(TRADE + 1, N_TRACKS):
            shift += side.leverage_change[controls]
    side.reservation[track] = (
        q * own_terms + (1.0 - q) * own_lapse + shift + _linked_demand(s, p, i, track)
    )
    side.reservation[track] += price_of(s, p, i, track, side.resolve) + _public_price(
        s, p, i, track
    )
    j = other(i)
    floor = q * its_terms + (1.0 - q) * its_lapse + _linked_demand(s, p, j, track)
    floor += _public_price(s, p, j, track)
    if screens(p.sides.strategy.kind[i]):
        prepare_screen(s, p, i, track, floor)
        return
    soft, _ = known_prices(s, p, i, track)
    floor += soft
    side.its_reservation[track] = floor
    worth(problem, j, floor, s.package)
    us, cn = values(problem, s.package)
    its = cn if i == US else us
    side.best[track] = us if i == US else cn
    # no package leaves the other at its floor: the best is the reservation value
    if its < floor - _BEYOND:
        side.best[track] = min(side.best[track], side.reservation[track])


@formula
def _without_deal(s, p, problem, track):
    """Worth of the terms in force and of a lapse.

    (US terms, China terms, US lapse, China lapse), bn USD/yr.

    At the values of ``problem``: benefit x to the side that gets level x, -(linear x + convex x**2)
    to the owner, beside the bends of tariffs.
    """
    us_terms, cn_terms, us_lapse, cn_lapse = 0.0, 0.0, 0.0, 0.0
    for j in range(problem.count):
        terms = s.issues.agreed[problem.issue[j]]
        lapse = lapse_level(s, p, problem.issue[j], track)
        benefit, linear, convex = problem.benefit[j], problem.linear[j], problem.convex[j]
        terms_cost, terms_gain = bends(s.issues, problem, j, terms)
        lapse_cost, lapse_gain = bends(s.issues, problem, j, lapse)
        terms_cost += concession_cost(linear, convex, terms)
        lapse_cost += concession_cost(linear, convex, lapse)
        terms_gain += benefit * terms
        lapse_gain += benefit * lapse
        if problem.owner[j] == US:
            us_terms, us_lapse = us_terms - terms_cost, us_lapse - lapse_cost
            cn_terms, cn_lapse = cn_terms + terms_gain, cn_lapse + lapse_gain
        else:
            cn_terms, cn_lapse = cn_terms - terms_cost, cn_lapse - lapse_cost
            us_terms, us_lapse = us_terms + terms_gain, us_lapse + lapse_gain
    return us_terms, cn_terms, us_lapse, cn_lapse


@formula
def _linked_demand(s, p, i, track):
    """Participation linkage, bn USD/yr: lambda_i times what ``i`` still lacks of the other's controls.

    It is demanded only on the trade track, before that is settled; lambda_i is ``linkage.us`` or
    ``linkage.cn``, 0 to 2 (Maggi 2016).
    """
    if track != TRADE:
        return 0.0
    return p.linkage.sides[i] * s.sides[i].lack


@formula
def _public_price(s, p, i, track):
    """What settling costs side ``i`` at home beyond its private price, bn USD/yr.

    At the trade track or in a package hawks mind a deal no less than an extension; what an extension
    would cost is spared. A deal on controls alone ends no truce and spares none: there hawks are
    counted once, in what conceding a control costs (:func:`sim.rules.politics.security_cost_factor`).
    """
    if is_controls(track):
        return 0.0
    side = s.sides[i]
    hawks = p.politics.sides.hawk_settling[i] * hawks_of(p, side, i)
    return hawks - side.goes_on * cost_of_going_on(s, p, i, track)


@rule
def open_meeting(s, p, track):
    """Another meeting: a mediator may propose a package.

    The meeting is counted; returns the side that speaks first.
    """
    w = s.world
    w.meeting += 1
    if p.truce.talks.mediator_rate > 0.0:
        entity = entity_at(w.meeting, track, NOBODY, 1)
        if uniform(w.seed, w.run, MEDIATOR, w.week, entity) < p.truce.talks.mediator_rate:
            mediate(s, p, track)
    first = speaker(s, p, track)
    w.meetings += 1
    return first


@rule
def mediate(s, p, track):
    """A mediator who knows both sides' values proposes the Nash point.

    The package with the largest product of gains.

    Gains are over the reservation values, bn USD/yr; it is taken where both gain and something is
    conceded beyond the terms (Nash 1950).
    """
    problem = s.problems[TRUE_PROBLEM]
    fill_problem(s, p, problem, track, TRUTH)
    prepare(problem, s.package)
    us_floor, cn_floor = s.sides[US].reservation[track], s.sides[CN].reservation[track]
    if nash_product(problem, us_floor, cn_floor, s.package) <= _BEYOND:
        return
    something = False
    for j in range(problem.count):
        something = something or beyond_terms(s, problem.issue[j], s.package[j])
    if not something:
        return
    us, cn = values(problem, s.package)
    both = answered(s, US, ACCEPT, 1, track, MEDIATED, us - us_floor, math.nan)
    both *= answered(s, CN, ACCEPT, 1, track, MEDIATED, cn - cn_floor, math.nan)
    if both == 0:
        return
    for j in range(problem.count):
        k = problem.issue[j]
        s.offers[track, US, k], s.offers[track, CN, k] = s.package[j], s.package[j]
    close(s, p, track, BOTH)


@rule
def speak(s, p, i, track, target):
    """Side ``i``'s turn on a track with aspiration ``target``.

    True if it accepts the standing offer; otherwise it makes its own offer.

    At later meetings of the week the same aspiration gives the same package, which may already be
    on the track.
    """
    problem, side = s.problems[seat(track, i)], s.sides[i]
    stands = side.standing[track] == 1 and target == problem.asked[OFFERED]
    if not stands:
        if target == problem.asked[DEMANDED]:
            problem.asked[OFFERED], problem.found[OFFERED] = target, problem.found[DEMANDED]
        remembered_worth(problem, i, target, OFFERED, s.package)
        problem.own = value_to(problem, i, s.package)
    own = problem.own
    side.aspiration[track] = target
    if s.sides[other(i)].standing[track] == 1:
        low = side.reservation[track]
        if p.sides.strategy.kind[i] == EQUILIBRIUM:
            own = low + patience(s, p, i) * (own - low)
        heard = offer_value(s, track, other(i), i)
        enough = heard >= own and heard >= low
        if p.sides.strategy.kind[i] == SCREENING and target == side.demand[track]:
            enough = takes(s, i, track, heard)
        if _stands_by(s, other(i), track):
            if concedes(s, p, track, other(i)) and _accepts(s, i, track, enough, heard):
                return True
            learn_refusal(s, p, other(i), track)
    # not even the end of the frontier is worth settling for: nothing is offered
    if problem.own < side.reservation[track] - _SETTLED:
        side.standing[track] = 0
        return False
    before = offer_value(s, track, i, other(i))
    changed = False if stands else _put(s, i, track)
    s.out.offers[i] += 1
    listen(s, p, other(i), track, changed, before)
    return False


@formula
def _accepts(s, i, track, enough, heard):
    """Whether side ``i`` accepts an offer worth ``heard`` to it; its rule does where ``enough``."""
    own, gain = 1 if enough else 0, heard - s.sides[i].reservation[track]
    return answered(s, i, ACCEPT, own, track, s.world.meeting, gain, math.nan) == 1


@formula
def _stands_by(s, i, track):
    """Whether side ``i`` would still sign its own standing offer.

    One that has become worth less than no deal is withdrawn, whatever the strategy.
    """
    return offer_value(s, track, i, i) >= s.sides[i].reservation[track] - _SETTLED


@formula
def _put(s, i, track):
    """Side ``i`` puts ``s.package`` on a track; whether that differs from its last offer."""
    problem, side = s.problems[seat(track, i)], s.sides[i]
    changed = side.standing[track] == 0
    for j in range(problem.count):
        k = problem.issue[j]
        if s.offers[track, i, k] != s.package[j]:
            changed = True
        s.offers[track, i, k] = s.package[j]
    if changed:
        side.made_count[track] += 1
    side.standing[track] = 1
    return changed


@rule
def listen(s, p, i, track, changed, before):
    """Side ``i`` hears the other's offer.

    Remembers its worth and that of the previous one, both at today's values, and learns.

    Learning moves the log error about each issue by :func:`learn`; the surprise is the level heard
    less that of the package which ``i`` holds efficient at the same worth to itself.
    """
    problem, side = s.problems[seat(track, i)], s.sides[i]
    heard = offer_value(s, track, other(i), i) if changed else before
    side.heard_before[track] = before if side.heard_count[track] > 0 else heard
    side.heard[track] = heard
    if changed:
        side.heard_count[track] += 1
    if p.sides.learning_rate[i] > 0.0:
        remembered_worth(problem, i, heard, HEARD, s.package)
        for j in range(problem.count):
            k = problem.issue[j]
            surprise = s.offers[track, other(i), k] - s.package[j]
            s.errors[i, k] += learn(surprise, p.sides.learning_rate[i], problem.owner[j] == i)


@formula
def learn(surprise, rate, own):
    """Change of a log error about the other's value of an issue, by the delta rule.

    Plus or minus rate times surprise.

    The other conceded more than believed efficient, so its cost is lower: minus. On the side's
    ``own`` issue it asked for more, so it gains more: plus. ``surprise`` is a difference of levels
    in [-1, 1], ``rate`` 0 or more.
    """
    return rate * surprise if own else -rate * surprise


@rule
def close(s, p, track, proposer):
    """The package of ``proposer``, or of BOTH, was accepted.

    Put it to the vote where one is held, put it in force, or count the failure.
    """
    w = s.world
    # of a mediator's proposal both offers are the same
    source = US if proposer == BOTH else proposer
    votes = p.politics.ratification.by == VOTE
    if votes and not _ratified(s, p, track, source, 1 if proposer == BOTH else 0):
        for i in range(N_SIDES):
            if proposer == BOTH or proposer == i:
                s.sides[i].hawk += p.politics.ratification.failure_cost
        s.out.failed_deals += 1
        mark(w, FAILED)
        forget_offers(s, track)
        return
    # before levels change: the deal is measured against what both would have had without it
    us_floor, cn_floor = no_deal_value(s, p, US, EVERY), no_deal_value(s, p, CN, EVERY)
    judged = track == TRADE and s.out.weeks_to_deal[TRADE] == math.inf
    _record_first_terms(s, p, track, source)
    if _nothing_settled(w):
        s.out.weeks_to_first_deal = min(s.out.weeks_to_first_deal, float(w.week + 1))
        if is_dated(w) and s.out.clock_at_first_deal != s.out.clock_at_first_deal:
            s.out.clock_at_first_deal = clock_share(w)
    for k in range(p.issues.count):
        if bargained_on(s, p, k, track):
            level = s.offers[track, source, k]
            # what controls were bought with cannot be taken back by a later deal on trade
            if pays(p, k, track) and beyond_terms(s, k, level):
                s.issues.least[k] = level
            s.issues.agreed[k] = level
    for other_track in range(N_TRACKS):
        if other_track == track or p.linkage.tracks == PACKAGE:
            w.settled[other_track] = 1
            mark(w, DEAL_MADE + other_track)
            act(s, NOBODY_ACTS, SETTLED, other_track, 0)
        elif track == TRADE or other_track == TRADE:
            # its offers were made above the levels that have just changed
            forget_offers(s, other_track)
    if w.settled[TRADE] == 1:
        w.status = DEAL
        if w.deal_since == NEVER:
            w.deal_since, w.limbo, w.extensions = w.week, 0, 0
            start_clock(s, p.truce.deal_weeks)
        if in_crisis(s):
            lay_to_rest(s, p)
            end_crisis(s, BETTER)
    if judged:
        record_deal(s, p, us_floor, cn_floor)


@formula
def _nothing_settled(w):
    """Whether no track is settled."""
    settled = 0
    for track in range(N_TRACKS):
        settled += w.settled[track]
    return settled == 0


@formula
def _ratified(s, p, track, proposer, mediated):
    """Whether the package of ``proposer`` passes at home on both sides.

    Support (:func:`sim.rules.politics.support`) must reach the threshold: gain over no deal, bn
    USD/yr, against what hawks hold against each concession of controls beyond the terms, opposition
    times hawk pressure times the level given (docs/model.md, *Bargaining*).
    """
    w = s.world
    passed = True
    for i in range(N_SIDES):
        gain, given = _gain(s, p, i, track, proposer), 0.0
        for k in range(p.issues.count):
            if not bargained_on(s, p, k, track):
                continue
            x, owned = s.offers[track, proposer, k], p.issues.owner[k] == i
            if owned and is_controls(p.issues.track[k]):
                given += max(0.0, x - s.issues.agreed[k])
        noise = p.politics.ratification.noise * normal(
            w.seed, w.run, RATIFICATION, w.week, entity_at(w.meeting, track, i, mediated)
        )
        opposition = p.politics.ratification.hawk_opposition * s.sides[i].hawk * given
        backed = support(gain, opposition, p.politics.ratification.scale, noise)
        own = 1 if backed >= p.politics.ratification.threshold else 0
        if answered(s, i, RATIFY, own, track, 0, gain, math.nan) == 0:
            passed = False
    return passed


@rule
def _gain(s, p, i, track, proposer):
    """What the package of ``proposer`` on a track gives side ``i`` beyond no deal, bn USD/yr."""
    gain = -no_deal_value(s, p, i, track)
    for k in range(p.issues.count):
        if bargained_on(s, p, k, track):
            level = s.offers[track, proposer, k]
            gain += level_value(s.issues, k, p.issues.owner[k] == i, level)
    return gain


@formula
def _record_first_terms(s, p, track, proposer):
    """Week, gains and levels of the first deal on a track, before its levels are agreed.

    Later ones, after a break, leave them as they are. A package is a deal on trade.
    """
    out = s.out
    if out.weeks_to_deal[track] != math.inf:
        return
    out.weeks_to_deal[track] = float(s.world.week + 1)
    out.deal_gain_us[track] = _gain(s, p, US, track, proposer)
    out.deal_gain_cn[track] = _gain(s, p, CN, track, proposer)
    for k in range(p.issues.count):
        if bargained_on(s, p, k, track):
            # a payment leaves the level of the first deal on trade as it is
            if pays(p, k, track):
                out.deal_paid[k] = s.offers[track, proposer, k]
            else:
                out.deal_level[k] = s.offers[track, proposer, k]


@rule
def record_deal(s, p, us_floor, cn_floor):
    """Efficiency, Nash ratio and US share of the first deal on trade, just made; all shares.

    NaN where there is no surplus.

    The Nash point's levels are kept: a breakthrough is measured by them. With g the gains over no
    deal at true values, bn USD/yr, over all issues: (g_US + g_China) /
    largest sum on the frontier; g_US g_China / largest product (Nash 1950); g_US / (g_US +
    g_China). In the last two a side that loses gains nothing: what was agreed on the way may have
    left it less than no deal would be worth. ``us_floor`` and ``cn_floor`` are the values of no
    deal before it.
    """
    problem, out = s.problems[TRUE_PROBLEM], s.out
    fill_problem(s, p, problem, EVERY, TRUTH)
    prepare(problem, s.package)
    for j in range(problem.count):
        s.package[j] = s.issues.agreed[problem.issue[j]]
    us, cn = values(problem, s.package)
    us_gain, cn_gain = us - us_floor, cn - cn_floor
    most = best_sum(problem, s.package) - us_floor - cn_floor
    out.efficiency = (us_gain + cn_gain) / most if most > _BEYOND else math.nan
    product = nash_product(problem, us_floor, cn_floor, s.package)
    for j in range(problem.count):
        if product > _BEYOND:
            s.issues.nash[problem.issue[j]] = s.package[j]
    us_gain, cn_gain = max(0.0, us_gain), max(0.0, cn_gain)
    out.nash_ratio = us_gain * cn_gain / product if product > _BEYOND else math.nan
    total = us_gain + cn_gain
    out.us_surplus_share = us_gain / total if total > _BEYOND else math.nan


@formula
def turn(s, p, i, track, target):
    """Side ``i``'s turn on an open track.

    Accept the standing offer and close, or offer the package worth ``target`` to it, unless a
    script or a person asks for another worth.
    """
    target = answered_worth(s, i, OFFER, target, track, s.world.meeting)
    if speak(s, p, i, track, target):
        close(s, p, track, other(i))


@formula
def prepare_track(s, p, track):
    """Both sides' reservation values and best believed packages on a track; no meeting held yet."""
    s.world.meeting = 0
    look_ahead(s, p)
    prepare_side(s, p, US, track)
    prepare_side(s, p, CN, track)


@formula
def _lasting_target(s, p, i, track):
    """The week's aspiration of a strategy that does not react to offers; 0 of the others."""
    return 0.0 if answers_offers(p.sides.strategy.kind[i]) else strategy_target(s, p, i, track)


@rule
def negotiation(s, p):
    """The week's talks on every open track, with the built-in strategies of both sides.

    An aspiration that does not react to offers is computed once.
    """
    interim_talks(s, p)
    for track in range(N_TRACKS):
        if not open_track(s, p, track):
            continue
        prepare_track(s, p, track)
        us_target, cn_target = _lasting_target(s, p, US, track), _lasting_target(s, p, CN, track)
        for _ in range(meetings(s, p)):
            if not open_track(s, p, track):
                break
            first = open_meeting(s, p, track)
            for speaks in range(N_SIDES):
                i = first if speaks == 0 else other(first)
                if open_track(s, p, track):
                    target = us_target if i == US else cn_target
                    turn(
                        s,
                        p,
                        i,
                        track,
                        strategy_target(s, p, i, track)
                        if answers_offers(p.sides.strategy.kind[i])
                        else target,
                    )
