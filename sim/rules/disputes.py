"""Disputes inside a truce: claims of breach, threats with a date, measures, and what ends them.

A side acts on an occasion when grievance, pressure at home or leverage make it worth it; the other
yields or not, answers, bears it or ends the truce; cabinets reconsider (docs/truces.md). What a
crisis is: a threat that is out or a measure in force. Shares of threats carried out are those of
TIES (Morgan, Bapat, Kobayashi 2014).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue.
"""

from __future__ import annotations

import math

from sim.rules.asks import (
    ABSORBED,
    ACTED,
    ANSWER,
    ANSWERED,
    BACKED_DOWN,
    CARRIED_OUT,
    CARRY_OUT,
    CLIMBED_DOWN,
    DEMANDED,
    ENDED,
    ESCALATED,
    MOVE,
    PROTEST,
    PROTESTED,
    REFUSED,
    RESPOND,
    REST,
    RESTED,
    RESTORE,
    RESTORED,
    THREATEN,
    THREATENED,
    YIELDED,
    act,
    answered,
)
from sim.rules.codes import BROKEN, CN, N_SIDES, US, choices_of, codes
from sim.rules.compiled import formula, rule
from sim.rules.compliance import FULL
from sim.rules.decisions import (
    answer_chance,
    backing,
    carrying,
    chance_of_option,
    choose,
    claim_chance,
    date_lever,
    rest_chance,
    restore_chance,
)
from sim.rules.events import CRISIS_OVER, MEASURE, mark
from sim.rules.events import ENDED as ENDED_EVENT
from sim.rules.events import PROTESTED as CLAIMED
from sim.rules.events import THREATENED as THREAT_MADE
from sim.rules.mathematics import log
from sim.rules.outlook import (
    NO_ISSUE,
    aim_at,
    credible,
    draw_measure,
    ending_of,
    hawks_of,
    in_scope,
    is_dated,
    measure_of,
    measure_worth_of,
    room_of,
    weeks_left,
)
from sim.rules.purchases import forgive, is_purchases
from sim.rules.randomness import CLAIM, CRISIS, MEASURES, NOBODY, ORDER, uniform
from sim.rules.relations import other, turn_of
from sim.rules.state import NEVER
from sim.rules.surprises import AT_ENDING, record_decision
from sim.rules.terms import concede
from sim.rules.truce import break_truce

__all__ = [
    "BETTER",
    "REPAIRED",
    "disputes",
    "end_crisis",
    "in_crisis",
    "lift_measures",
    "restore",
]

_, THREAT, ACT = choices_of("threaten")
_, IN_KIND, END = choices_of("respond")
_, CLIMB_DOWN, ESCALATE, GIVE_UP = choices_of("move")
REPAIRED, BETTER, AT_REST, BROKE = 1, 2, 3, 4  # how a crisis ends
_PROTEST, _RESTORE = codes(2)
(
    _OCCASION,
    _OPTION,
    _NOTICE,
    _ANSWER_NOW,
    _ANSWER,
    _CARRY,
    _RECONSIDER,
    _MOVE,
    _REST,
    _AIM,
    _AIM_BACK,
) = codes(11)
_CLAIM_WEEKS = 4  # a claim stands so long before it is made again
_CLOSED = -math.inf


@formula
def in_crisis(s):
    """Whether a threat is out or a measure in force."""
    return s.world.crisis_since != NEVER


@formula
def _stands(side):
    """Whether a side has a threat out or a measure in force."""
    return side.threat_date != NEVER or side.measure > 0.0


@rule
def begin_crisis(s):
    """A threat or measure begins a crisis, where there is none."""
    w = s.world
    if w.crisis_since == NEVER:
        w.crisis_since = w.week
        s.out.crises += 1
        s.out.weeks_to_first_crisis = min(s.out.weeks_to_first_crisis, float(w.week + 1))


@rule
def end_crisis(s, how):
    """A crisis ends where no threat is out and no measure in force."""
    w = s.world
    if w.crisis_since == NEVER or _stands(s.sides[US]) or _stands(s.sides[CN]):
        return
    w.crisis_since = NEVER
    mark(w, CRISIS_OVER)
    if how == REPAIRED:
        s.out.crises_repaired += 1
    elif how == BETTER:
        s.out.crises_better += 1
    elif how == AT_REST:
        s.out.crises_rested += 1


@rule
def restore(s, p, i):
    """Side ``i`` delivers in full again at once, and the other's grievance is laid to rest."""
    s.sides[i].effort = FULL
    for k in range(p.issues.count):
        if p.issues.owner[k] == i:
            s.issues.kept[k] = max(s.issues.kept[k], p.issues.deliverable[k])
    forgive(s, p, i)
    its = s.sides[other(i)]
    its.grievance, its.protest_since = 0.0, NEVER


@rule
def lift(s, p, i):
    """Side ``i`` lifts its measure."""
    side = s.sides[i]
    for k in range(p.issues.count):
        if p.issues.owner[k] == i:
            s.issues.withheld[k], s.issues.boycott[k] = 0.0, 0.0
    side.measure, side.measure_issue = 0.0, NO_ISSUE
    s.sides[other(i)].responds = 0


@rule
def lift_measures(s, p):
    """Both sides take back threats and measures."""
    for i in range(N_SIDES):
        lift(s, p, i)
        s.sides[i].threat_date = NEVER


@rule
def impose(s, p, i, issue, depth, fresh):
    """Side ``i`` takes a measure, in force at once; the other will respond."""
    w, side = s.world, s.sides[i]
    for k in range(p.issues.count):
        if p.issues.owner[k] == i and in_scope(s, p, k, issue):
            s.issues.withheld[k] = depth
            # all at once takes back what was promised, and no more
            if issue == k and is_purchases(p.issues.driver[k]):
                s.issues.boycott[k] = depth
    side.measure, side.measure_issue, side.measure_since = depth, issue, w.week
    side.measure_fresh = fresh
    s.sides[other(i)].responds = 1
    s.out.measures_taken[i] += 1
    mark(w, MEASURE + i)
    begin_crisis(s)


@formula
def _protest(s, p, i):
    """Side ``i`` may claim a breach; the accused may restore delivery at once."""
    w, side, j = s.world, s.sides[i], other(i)
    if side.grievance < p.compliance.claim_floor * side.owed or side.grievance <= 0.0:
        side.protest_since = NEVER
        return
    if side.protest_since != NEVER and w.week - side.protest_since < _CLAIM_WEEKS:
        return
    chance = claim_chance(
        side.grievance,
        side.years,
        p.truce.disputes.claim_cost,
        hawks_of(p, side, i),
        p.truce.temperature,
    )
    draw = uniform(w.seed, w.run, CLAIM, w.week, turn_of(_PROTEST, i))
    own, gain = 1 if draw < chance else 0, 0.5 * side.grievance * side.years
    if answered(s, i, PROTEST, own, side.grieved, 0, gain, chance) == 0:
        return
    side.protest_since = w.week
    s.out.protests[i] += 1
    s.out.weeks_to_first_protest = min(s.out.weeks_to_first_protest, float(w.week + 1))
    mark(w, CLAIMED + i)
    act(s, i, PROTESTED, side.grieved, 0)
    accused = s.sides[j]
    chance = restore_chance(
        p.truce.disputes.dread,
        accused.stake,
        accused.years,
        side.grievance,
        p.politics.sides.pride[j],
        hawks_of(p, accused, j),
        p.truce.temperature,
    )
    draw = uniform(w.seed, w.run, CLAIM, w.week, turn_of(_RESTORE, j))
    own, gain = 1 if draw < chance else 0, -0.5 * side.grievance * accused.years
    if answered(s, j, RESTORE, own, side.grieved, 0, gain, chance) == 1:
        act(s, j, RESTORED, side.grieved, 0)
        restore(s, p, j)


@rule
def yield_chance(s, p, j):
    """Chance that side ``j`` yields to the other's threat, or to the one that it may make."""
    side, its, d = s.sides[j], s.sides[other(j)], p.truce.disputes
    give = its.threat_ask if its.threat_date != NEVER else its.ask
    return answer_chance(
        credible(its),
        side.harm_in,
        d.bite_years,
        d.dread,
        side.stake,
        side.years,
        give,
        p.politics.sides.pride[j],
        hawks_of(p, side, j),
        p.truce.temperature,
    )


@formula
def _answer(s, p, i):
    """Side ``i`` answers the other's threat, once, at the latest in the week before its date."""
    w, its = s.world, s.sides[other(i)]
    if its.threat_date == NEVER or its.threat_answered == 1:
        return
    last = its.threat_date <= w.week + 1
    draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_ANSWER_NOW, i))
    if not last and draw >= 0.5:
        return
    its.threat_answered = 1
    draw, chance = (
        uniform(w.seed, w.run, CRISIS, w.week, turn_of(_ANSWER, i)),
        yield_chance(s, p, i),
    )
    own, left = 1 if draw < chance else 0, its.threat_date - w.week
    give = -0.5 * its.threat_ask * s.sides[i].years
    if answered(s, i, ANSWER, own, its.threat_issue, left, give, chance) == 0:
        act(s, i, REFUSED, its.threat_issue, 0)
        return
    act(s, i, YIELDED, its.threat_issue, 0)
    s.out.threats_yielded[other(i)] += 1
    if its.threat_fresh == 1:
        concede(s, p, i, its.threat_ask)
    restore(s, p, i)
    its.threat_date = NEVER
    end_crisis(s, REPAIRED)


@formula
def _carry_out(s, p, i):
    """At the date of its threat side ``i`` carries it out or backs down."""
    w, side = s.world, s.sides[i]
    if side.threat_date == NEVER or side.threat_date > w.week:
        return
    worth, backed = measure_worth_of(p, side, i), backing(p.politics.sides.audience[i])
    draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_CARRY, i))
    chance = carrying(worth, backed, p.truce.temperature)
    own = 1 if draw < chance else 0
    carries = answered(s, i, CARRY_OUT, own, side.threat_issue, 0, worth, chance)
    side.threat_date = NEVER
    side.threats += 1.0
    if carries == 1:
        side.carried += 1.0
        s.out.threats_carried[i] += 1
        act(s, i, CARRIED_OUT, side.threat_issue, 0)
        impose(s, p, i, side.threat_issue, p.truce.disputes.depth, side.threat_fresh)
    else:
        s.out.threats_dropped[i] += 1
        act(s, i, BACKED_DOWN, side.threat_issue, 0)
        end_crisis(s, REPAIRED)


@formula
def _occasion(s, p, i):
    """On an occasion side ``i`` does nothing, threatens with a date, or acts at once."""
    w, side, d = s.world, s.sides[i], p.truce.disputes
    rate = d.occasion_rate * (1.0 + d.grieved * side.grievance / p.truce.unit)
    if uniform(w.seed, w.run, CRISIS, w.week, turn_of(_OCCASION, i)) >= rate or _stands(side):
        return
    draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_AIM, i))
    issue = draw_measure(s, p, i, draw)
    if issue == NO_ISSUE:
        return
    aim_at(s, p, i, issue)
    hawks, grieved, years = hawks_of(p, side, i), side.grievance, side.years
    in_force, backed = measure_worth_of(p, side, i), backing(p.politics.sides.audience[i])
    kept = carrying(in_force, backed, p.truce.temperature)
    yields = yield_chance(s, p, other(i))
    # without a date nothing is to be won by waiting for it
    nothing = -0.5 * grieved * years
    if is_dated(w):
        nothing += date_lever(p.truce.hold_out, side.ask, years, max(0, weeks_left(w)))
    threat = yields * side.ask * years + (1.0 - yields) * (kept * in_force + (1.0 - kept) * backed)
    threat += -d.threat_cost + 0.5 * hawks
    now = in_force + 0.6 * grieved * years - d.threat_cost - p.truce.blame * side.fresh
    draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_OPTION, i))
    option, chance = choose(draw, p.truce.temperature, nothing, threat, now, _CLOSED)
    option = answered(s, i, THREATEN, option, issue, side.fresh, in_force, chance)
    if option == THREAT:
        draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_NOTICE, i))
        notice = 1 + int(-d.notice_weeks * log(draw))
        side.threat_date, side.threat_ask = w.week + 1 + notice, side.ask
        side.threat_fresh, side.threat_issue, side.threat_answered = side.fresh, issue, 0
        s.out.threats[i] += 1
        mark(w, THREAT_MADE + i)
        act(s, i, DEMANDED if side.fresh == 1 else THREATENED, issue, notice)
        begin_crisis(s)
    elif option == ACT:
        act(s, i, ACTED, issue, side.fresh)
        impose(s, p, i, issue, d.depth, side.fresh)
    else:
        aim_at(s, p, i, measure_of(s, p, i))


@formula
def _respond(s, p, i):
    """Side ``i`` bears the other's measure, answers in kind, or ends the truce."""
    w, side, d = s.world, s.sides[i], p.truce.disputes
    if side.responds == 0:
        return
    side.responds = 0
    hawks, issue = hawks_of(p, side, i), side.measure_issue
    if side.measure <= 0.0:
        draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_AIM_BACK, i))
        issue = draw_measure(s, p, i, draw)
        aim_at(s, p, i, issue)
    bear = -0.4 * p.politics.sides.pride[i] - hawks
    kind = (0.3 * side.harm_in - side.own_cost) * d.bite_years - d.dread * side.stake * side.years
    if side.measure > 0.0 or issue == NO_ISSUE:
        kind = _CLOSED
    draw = uniform(w.seed, w.run, MEASURES, w.week, i)
    option, chance = choose(draw, p.truce.temperature, bear, kind, ending_of(p, side, i), _CLOSED)
    ends = chance_of_option(p.truce.temperature, ending_of(p, side, i), bear, kind, _CLOSED)
    option = answered(
        s, i, RESPOND, option, s.sides[other(i)].measure_issue, issue, math.nan, chance
    )
    record_decision(s, p, AT_ENDING, option == END, ends)
    if option == IN_KIND and issue != NO_ISSUE:
        act(s, i, ANSWERED, issue, 0)
        impose(s, p, i, issue, d.depth, 0)
        # both have answered: the one who began bears it until it reconsiders
        s.sides[other(i)].responds = 0
    elif option == END:
        end_from_inside(s, p, i)
    else:
        aim_at(s, p, i, side.measure_issue if side.measure > 0.0 else measure_of(s, p, i))
        act(s, i, ABSORBED, s.sides[other(i)].measure_issue, 0)


@formula
def _move(s, p, i):
    """Now and then a cabinet reconsiders its measure: hold, climb down, escalate, or end."""
    w, side, its, d = s.world, s.sides[i], s.sides[other(i)], p.truce.disputes
    if side.measure <= 0.0 or side.measure_since == w.week:
        return
    if uniform(w.seed, w.run, CRISIS, w.week, turn_of(_RECONSIDER, i)) >= d.reconsider:
        return
    hawks, audience = hawks_of(p, side, i), p.politics.sides.audience[i]
    relief = side.own_cost + (0.4 * side.harm_in if its.measure > 0.0 else 0.0)
    down = relief * d.bite_years - 0.7 * audience - 0.5 * hawks
    further = hawks + (0.2 * side.harm_out - side.own_cost) * d.bite_years
    further -= d.dread * side.stake * side.years + d.threat_cost
    if side.measure >= 1.0:
        further = _CLOSED
    draw = uniform(w.seed, w.run, CRISIS, w.week, turn_of(_MOVE, i))
    option, chance = choose(draw, p.truce.temperature, 0.0, down, further, ending_of(p, side, i))
    ends = chance_of_option(p.truce.temperature, ending_of(p, side, i), 0.0, down, further)
    option = answered(s, i, MOVE, option, side.measure_issue, 0, down, chance)
    record_decision(s, p, AT_ENDING, option == GIVE_UP, ends)
    if option == CLIMB_DOWN:
        act(s, i, CLIMBED_DOWN, side.measure_issue, 0)
        lift(s, p, i)
        end_crisis(s, REPAIRED)
    elif option == ESCALATE:
        act(s, i, ESCALATED, side.measure_issue, 0)
        impose(s, p, i, side.measure_issue, min(1.0, side.measure + 0.5 * d.depth), 1)
    elif option == GIVE_UP:
        end_from_inside(s, p, i)


@formula
def _rest(s, p, i):
    """Side ``i`` may let the other's measure, borne for weeks, become the new normal."""
    w, side, its, d = s.world, s.sides[i], s.sides[other(i)], p.truce.disputes
    if its.measure <= 0.0 or side.measure > 0.0 or w.week - its.measure_since < d.rest_weeks:
        return
    hawks, draw = hawks_of(p, side, i), uniform(w.seed, w.run, CRISIS, w.week, turn_of(_REST, i))
    chance = rest_chance(
        side.harm_in, d.bite_years, hawks, side.grievance, side.years, p.truce.temperature
    )
    own, gain = 1 if draw < chance else 0, -0.5 * side.harm_in * d.bite_years
    if answered(s, i, REST, own, its.measure_issue, 0, gain, chance) == 0:
        return
    act(s, i, RESTED, its.measure_issue, 0)
    for k in range(p.issues.count):
        if s.issues.withheld[k] > 0.0 and p.issues.owner[k] != i:
            left = s.issues.agreed[k] - s.issues.withheld[k] * room_of(s, p, k)
            s.issues.agreed[k] = max(0.0, left)
            s.issues.promised[k], s.issues.delivered[k] = s.issues.level[k], s.issues.level[k]
    lift(s, p, other(i))
    end_crisis(s, AT_REST)


@rule
def end_from_inside(s, p, i):
    """Side ``i`` ends the truce before its date."""
    w = s.world
    act(s, i, ENDED, weeks_left(w), 0)
    mark(w, ENDED_EVENT)
    s.out.endings += 1
    break_truce(s, p)


@rule
def disputes(s, p):
    """The week's disputes; who moves first is drawn."""
    w = s.world
    if w.status == BROKEN:
        return
    first = US if uniform(w.seed, w.run, ORDER, w.week, NOBODY) < 0.5 else CN
    for turn in range(N_SIDES):
        i = first if turn == 0 else other(first)
        if w.status != BROKEN:
            _protest(s, p, i)
            _respond(s, p, i)
        if w.status != BROKEN:
            _answer(s, p, i)
            _carry_out(s, p, i)
            _occasion(s, p, i)
            _move(s, p, i)
        if w.status != BROKEN:
            _rest(s, p, i)
