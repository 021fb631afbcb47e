"""The truce: its date, renewal and its length, limbo, the ladder without one, and the way back.

Renewing weighs what the truce is worth for the weeks bought against audience cost, hawks, and what
a side still lacks; before the date waiting is free, at the date both vote, past it nothing snaps
back until somebody ends it (docs/truces.md). Without a truce rungs are decided on, and both go back
when both hurt (Zartman 1985), on terms bargained anew.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``side`` its part of
the state. Weeks count from the first day, week 0.
"""

from __future__ import annotations

import math

from sim.rules.asks import (
    CLIMB,
    CLIMBED,
    GO_BACK,
    LAPSE,
    LAPSED,
    PASSED,
    RENEW,
    RENEWED,
    RETURNED,
    SWEETEN,
    SWEETENED,
    act,
    answered,
    answered_worth,
)
from sim.rules.calendar import talks_rate
from sim.rules.codes import BARGAINED, BROKEN, CN, N_SIDES, N_TRACKS, TRUCE, US, codes
from sim.rules.compiled import formula, rule
from sim.rules.decisions import (
    climb_chance,
    lapse_chance,
    waiting_cost,
)
from sim.rules.events import ENDED, EXTENDED, REOPENED, RUNG, mark, marked
from sim.rules.events import LAPSED as LAPSE_MARK
from sim.rules.events import PASSED as PASSED_MARK
from sim.rules.mathematics import clip, exp, exps, log, logistic
from sim.rules.outlook import (
    NO_ISSUE,
    ending_of,
    hawks_of,
    is_dated,
    length_option,
    look,
    weeks_left,
)
from sim.rules.randomness import BACK, ENDING, NOBODY, REENTRY, WAR, uniform
from sim.rules.randomness import RENEW as RENEWAL
from sim.rules.relations import other, turn_of
from sim.rules.state import N_LENGTHS, NEVER, NO_DATE, NOBODY_ACTS
from sim.rules.surprises import AT_LAPSE, AT_REENTRY, AT_RENEW, AT_RENEW_EARLY, record_decision
from sim.rules.terms import concede, terms_of_return
from sim.rules.tracks import forget_offers
from sim.rules.valuation import add_values

__all__ = [
    "break_truce",
    "foreseen",
    "readiness",
    "reenter",
    "start_clock",
    "truce",
]

# what a side foresees: votes on the likeliest length and the usual, now and at the next date, and
# on a lapse
_VOTES = 5
_NOW, _NOW_USUAL, _NEXT, _NEXT_USUAL, _LAPSE = codes(_VOTES)
_LENGTH, _EARLY, _AT_DATE, _USUAL = codes(4)
_VOTE, _LET_LAPSE = codes(2)
_OCCASION, _DECIDE, _NOTICE = codes(3)
_NO_DATE_SET, _NEW_LENGTH = codes(2)


@formula
def _vote_gain(s, p, i, option, growth):
    """What renewing for a length is worth to side ``i`` at the date, in units of the noise.

    ``growth`` is what later extensions cost more, in units of the first.
    """
    side = s.sides[i]
    dearer = p.truce.extension_cost * growth * _shortness(p, side, option)
    gain = side.worth_of_length[option] - dearer - hawks_of(p, side, i) + p.truce.blame
    return gain / p.truce.temperature


@formula
def _vote_chance(s, p, i, option):
    """Chance that side ``i`` renews for a length at the date."""
    return logistic(_vote_gain(s, p, i, option, 0.0))


@formula
def _shortness(p, side, option):
    """1 + 6.5 trust / L: what a short extension costs more."""
    return 1.0 + 6.5 * side.trust / length_option(p, option)


@rule
def _drawn_option(s, p, draw):
    """A length drawn with chances in proportion to exp(worth to both / noise); its number."""
    if p.truce.lengths != BARGAINED:
        return 0
    us, cn = s.sides[US], s.sides[CN]
    most, total = -math.inf, 0.0
    for option in range(N_LENGTHS):
        most = max(most, us.worth_of_length[option] + cn.worth_of_length[option])
    for option in range(N_LENGTHS):
        less = us.worth_of_length[option] + cn.worth_of_length[option] - most
        s.scratch[option] = exp(max(less / p.truce.temperature, -700.0))
        total += s.scratch[option]
    at, option = draw * total, 0
    while option < N_LENGTHS - 1 and at >= s.scratch[option]:
        at -= s.scratch[option]
        option += 1
    return option


@formula
def _usual_option(p):
    """The number of the usual length, ``length_weeks``."""
    return 1 if p.truce.lengths == BARGAINED else 0


@rule
def foreseen(s, p):
    """e: the chance that the truce goes on past its date and past the next, by the rules in force.

    At the date both renew for the likeliest length or else for the usual, a = 1 - (1 - p)(1 - s);
    past it either may end it, with l a week: e = a / (a + l - a l). Where no extension is left it is
    0: there is no limbo either. The logistics of both sides' votes are computed together.
    """
    growth, usual = p.truce.extension_cost_growth, _usual_option(p)
    for i in range(N_SIDES):
        at = _VOTES * i
        s.scratch[at + _NOW] = -_vote_gain(s, p, i, s.world.next_option, 0.0)
        s.scratch[at + _NOW_USUAL] = -_vote_gain(s, p, i, usual, 0.0)
        s.scratch[at + _NEXT] = -_vote_gain(s, p, i, s.world.next_option, growth)
        s.scratch[at + _NEXT_USUAL] = -_vote_gain(s, p, i, usual, growth)
        ending = ending_of(p, s.sides[i], i)
        s.scratch[at + _LAPSE] = -(ending + p.truce.limbo) / p.truce.temperature
    exps(s.scratch, N_SIDES * _VOTES)
    for n in range(N_SIDES * _VOTES):
        s.scratch[n] = 1.0 / (1.0 + s.scratch[n])
    rate = p.truce.limbo_rate
    lapses = 1.0 - (1.0 - rate * _by(s, US, _LAPSE)) * (1.0 - rate * _by(s, CN, _LAPSE))
    now = _goes_on(_by_both(s, _NOW), _by_both(s, _NOW_USUAL), lapses)
    then = _goes_on(_by_both(s, _NEXT), _by_both(s, _NEXT_USUAL), lapses)
    left = p.truce.max_extensions - s.world.extensions
    return now if left > 0 else 0.0, then if left > 1 else 0.0


@formula
def _by(s, i, vote):
    """Chance of one of the votes of :func:`foreseen` by side ``i``."""
    return s.scratch[_VOTES * i + vote]


@formula
def _by_both(s, vote):
    """Chance that both sides vote so."""
    return _by(s, US, vote) * _by(s, CN, vote)


@formula
def _goes_on(both, usual, lapses):
    """e of the chances that both renew for the likeliest and the usual length, and of a lapse."""
    renewed = 1.0 - (1.0 - both) * (1.0 - usual)
    return renewed / max(1e-12, renewed + lapses - renewed * lapses)


@formula
def _lapse_chance(s, p, i):
    """Chance that side ``i`` lets a truce past its date lapse, once it is put to the vote."""
    return lapse_chance(ending_of(p, s.sides[i], i), p.truce.limbo, p.truce.temperature)


@formula
def readiness(loss, threshold, width):
    """How ready a side is to come back, in (0, 1).

    logistic((loss - threshold) / width), all bn USD; ``loss`` is what it has lost since the break
    (Zartman 1985: a mutually hurting stalemate).
    """
    return logistic((loss - threshold) / width)


@rule
def start_clock(s, weeks):
    """A clock of ``weeks`` weeks starts with the coming week."""
    w = s.world
    w.clock_start, w.length = w.week + 1, weeks
    w.deadline = w.clock_start + weeks


@rule
def _renew(s, p, weeks):
    """The truce is renewed for ``weeks``; both count one more date that it outlived."""
    w = s.world
    left = weeks_left(w)
    act(s, NOBODY_ACTS, RENEWED, weeks, left)
    w.extensions += 1
    s.out.extensions += 1
    if w.limbo == 0:
        s.out.dates += 1
        s.out.dates_met += 1
    mark(w, EXTENDED)
    w.limbo, w.clock_start, w.length = 0, w.week + 1, weeks
    w.deadline = max(w.deadline, w.clock_start) + weeks
    for i in range(N_SIDES):
        s.sides[i].beta_a += 1.0
        s.sides[i].beta_total += 1.0


@rule
def _both_renew(s, p, option, draws, source):
    """Whether both sides renew for a length on offer; each by its own draw.

    ``source`` is the decision of which the surprise is recorded: that of both together.
    """
    w = s.world
    left = max(0.0, float(weeks_left(w)))
    agreed, both, weeks = 1, 1.0, int(length_option(p, option))
    for i in range(N_SIDES):
        chance = _vote_chance(s, p, i, option)
        if left > 0.0:
            side = s.sides[i]
            wait = waiting_cost(
                p.truce.hold_out, side.ask, side.years, p.truce.temperature, p.truce.haste, left
            )
            chance *= logistic(-wait / p.truce.temperature)
        both *= chance
        draw = uniform(w.seed, w.run, RENEWAL, w.week, turn_of(draws, i))
        own, gain = 1 if draw < chance else 0, s.sides[i].worth_of_length[option]
        agreed *= answered(s, i, RENEW, own, weeks, int(left), gain, chance)
    record_decision(s, p, source, agreed == 1, both)
    return agreed == 1


@formula
def _sweeten(s, p, option):
    """In the last week the keener side may add a concession, where the other would rather not renew.

    What the other is short of renewing as soon as not, at most half of what renewing is worth to
    the keener. Half the difference of both worths, for any other that is not sure to renew, moved
    so much with each date that a deal had nothing left to settle.
    """
    us, cn = s.sides[US].worth_of_length[option], s.sides[CN].worth_of_length[option]
    keener, keen, weak = (US, us, cn) if us > cn else (CN, cn, us)
    short = hawks_of(p, s.sides[other(keener)], other(keener)) - p.truce.blame - weak
    if short <= 0.0 or keen <= 0.0:
        return
    gift = min(short, 0.5 * keen)
    gift = answered_worth(s, keener, SWEETEN, gift, int(length_option(p, option)), 0)
    if gift > 0.0:
        issue = concede(s, p, keener, gift / s.sides[other(keener)].years)
        if issue != NO_ISSUE:
            act(s, keener, SWEETENED, issue, 0)


@formula
def _date(s, p):
    """The date of a truce or deal: renewal before it, at it, or past it, or an end."""
    w = s.world
    if not is_dated(w):
        return
    left = weeks_left(w)
    if w.extensions >= p.truce.max_extensions:
        if left <= 0:
            s.out.dates += 1
            _lapse(s, p, NOBODY_ACTS)
        return
    if left > p.truce.window_weeks:
        return
    draw = uniform(w.seed, w.run, RENEWAL, w.week, turn_of(_LENGTH, 0))
    option = _drawn_option(s, p, draw)
    weeks = int(length_option(p, option))
    if left > 0:
        if left == 1:
            _sweeten(s, p, option)
        if _both_renew(s, p, option, _EARLY, AT_RENEW_EARLY):
            _renew(s, p, weeks)
        return
    if _both_renew(s, p, option, _AT_DATE, AT_RENEW):
        _renew(s, p, weeks)
        return
    # what both can still agree on is what is usual: 90 days are the record's mode (renewals.csv)
    usual = _usual_option(p)
    if _both_renew(s, p, usual, _USUAL, AT_RENEW):
        _renew(s, p, int(length_option(p, usual)))
        return
    if w.limbo == 0:
        s.out.dates += 1
        w.limbo = 1
        mark(w, PASSED_MARK)
        act(s, NOBODY_ACTS, PASSED, 0, 0)
    _put_to_vote(s, p)


@formula
def _put_to_vote(s, p):
    """Past its date either side may let the truce lapse."""
    w = s.world
    ender, stays = int(NOBODY_ACTS), 1.0
    for i in range(N_SIDES):
        chance = _lapse_chance(s, p, i)
        stays *= 1.0 - p.truce.limbo_rate * chance
        if uniform(w.seed, w.run, ENDING, w.week, turn_of(_VOTE, i)) >= p.truce.limbo_rate:
            continue
        draw = uniform(w.seed, w.run, ENDING, w.week, turn_of(_LET_LAPSE, i))
        own, gain = 1 if draw < chance else 0, ending_of(p, s.sides[i], i)
        if answered(s, i, LAPSE, own, 0, 0, gain, chance) == 1:
            ender = i
    record_decision(s, p, AT_LAPSE, ender != NOBODY_ACTS, 1.0 - stays)
    if ender != NOBODY_ACTS:
        _lapse(s, p, ender)


@rule
def _lapse(s, p, ender):
    """The truce ends at or past its date."""
    act(s, ender, LAPSED, 0, 0)
    s.out.lapses += 1
    mark(s.world, LAPSE_MARK)
    break_truce(s, p)


@rule
def break_truce(s, p):
    """The truce ends: agreements and disputes about them are void.

    Tariffs snap back, and both sides trust the next truce less.
    """
    w = s.world
    s.out.breaks += 1
    s.out.weeks_to_first_break = min(s.out.weeks_to_first_break, float(w.week + 1))
    w.status = BROKEN
    if w.crisis_since != NEVER:
        s.out.crises_broken += 1
    w.deal_since, w.crisis_since = NEVER, NEVER
    w.limbo, w.hollow, w.hollow_weeks = 0, 0, 0
    for i in range(N_SIDES):
        side = s.sides[i]
        w.rung[i] = 0
        side.beta_total += 1.0
        side.break_loss, side.grievance, side.usual = 0.0, 0.0, 0.0
        side.protest_since, side.threat_date, side.rung_due = NEVER, NEVER, NEVER
        side.measure, side.measure_issue, side.responds = 0.0, NO_ISSUE, 0
    for track in range(N_TRACKS):
        w.settled[track] = 0
        forget_offers(s, track)
    for k in range(p.issues.count):
        s.issues.least[k], s.issues.withheld[k], s.issues.boycott[k] = 0.0, 0.0, 0.0
    _set_lapse_terms(s, p)


@rule
def _set_lapse_terms(s, p):
    """The level of each issue after a lapse, in [0, 1].

    Of issues that snap back it is less a rung's depth for each rung in force of the owner, and
    in force at once; the others take their phase-in time.
    """
    w = s.world
    for k in range(p.issues.count):
        if s.issues.given[k] != 0.0:  # a tariff whose path is given lapses with no truce
            continue
        level = p.issues.lapse[k]
        if p.issues.snaps_back[k] == 1:
            level = clip(
                level - w.rung[p.issues.owner[k]] * p.truce.escalation.rung_depth, 0.0, 1.0
            )
            s.issues.level[k], s.issues.promised[k], s.issues.delivered[k] = level, level, level
        s.issues.agreed[k] = level


@formula
def _escalate(s, p):
    """Without a truce each side may decide on another rung, in force after its notice.

    Both look at the rungs before the week, so that neither moves first; each rung adds hawk
    pressure on both sides.
    """
    w, rules = s.world, p.truce.escalation
    before_us, before_cn = w.rung[US], w.rung[CN]
    for i in range(N_SIDES):
        side = s.sides[i]
        if side.rung_due != NEVER:
            if side.rung_due <= w.week:
                side.rung_due = NEVER
                w.rung[i] += 1
                mark(w, RUNG + i)
                act(s, i, CLIMBED, w.rung[i], 0)
                s.sides[US].hawk += rules.rung_hawks
                s.sides[CN].hawk += rules.rung_hawks
            continue
        own, its = (before_us, before_cn) if i == US else (before_cn, before_us)
        behind, ahead = max(0, its - own), max(0, own - its)
        occasion = rules.occasion_rate * (1.0 + behind)
        draw = uniform(w.seed, w.run, WAR, w.week, turn_of(_OCCASION, i))
        if own >= rules.rung_cap or draw >= occasion:
            continue
        chance = climb_chance(
            hawks_of(p, side, i),
            behind,
            ahead,
            rules.behind,
            rules.climb_cost,
            own,
            p.truce.temperature,
        )
        draw = uniform(w.seed, w.run, WAR, w.week, turn_of(_DECIDE, i))
        if answered(s, i, CLIMB, 1 if draw < chance else 0, own + 1, its, math.nan, chance) == 1:
            draw = uniform(w.seed, w.run, WAR, w.week, turn_of(_NOTICE, i))
            notice = -rules.notice_weeks / (1.0 + side.hawk) * log(draw)
            side.rung_due = w.week + 1 + int(notice)
    _set_lapse_terms(s, p)


@rule
def reenter(s, p):
    """Talks about a return are held when both hurt, and terms bargained anew; whether both go back.

    A side's loss grows by 1/52 of what the truce is worth beyond what is in force, where that is
    positive; it is ready with :func:`readiness`.
    """
    w, rules = s.world, p.truce.reentry
    rate = talks_rate(w, rules.rate)
    both, ready = rate, 1
    for i in range(N_SIDES):
        side = s.sides[i]
        side.break_loss += max(0.0, side.value_truce - side.value_now) / 52.0
    held = uniform(w.seed, w.run, REENTRY, w.week, NOBODY) < rate
    for i in range(N_SIDES):
        chance = readiness(s.sides[i].break_loss, rules.threshold, rules.width)
        both *= chance
        if held:
            draw = uniform(w.seed, w.run, REENTRY, w.week, 1 + i)
            gain = s.sides[i].value_truce - s.sides[i].value_now
            ready *= answered(s, i, GO_BACK, 1 if draw < chance else 0, 0, 0, gain, chance)
    agreed = held and ready == 1
    record_decision(s, p, AT_REENTRY, agreed, both)
    if not agreed or not terms_of_return(s, p):
        return False
    w.status = TRUCE
    w.extensions = 0
    s.out.reentries += 1
    s.out.weeks_to_first_truce = min(s.out.weeks_to_first_truce, float(w.week + 1))
    mark(w, REOPENED)
    for k in range(p.issues.count):
        s.issues.kept[k] = p.issues.deliverable[k]
        s.issues.delivered[k] = s.issues.level[k]
    for i in range(N_SIDES):
        w.rung[i], s.sides[i].rung_due, s.sides[i].effort = 0, NEVER, 0
    undated = uniform(w.seed, w.run, BACK, w.week, turn_of(_NO_DATE_SET, 0)) < rules.undated_share
    draw = uniform(w.seed, w.run, BACK, w.week, turn_of(_NEW_LENGTH, 0))
    for i in range(N_SIDES):
        add_values(s, p, i)
    look(s, p)
    weeks = int(length_option(p, _drawn_option(s, p, draw)))
    if undated and p.truce.lengths == BARGAINED:
        w.clock_start, w.length, w.deadline = w.week + 1, weeks, NO_DATE
        weeks = 0
    else:
        start_clock(s, weeks)
    act(s, NOBODY_ACTS, RETURNED, weeks, 0)
    return True


@rule
def truce(s, p):
    """The week's clock: the date under a truce or deal, the ladder and the way back without one."""
    if s.world.status == BROKEN:
        # nobody comes back in the week in which the truce was ended
        if not marked(s.world, ENDED) and not reenter(s, p):
            _escalate(s, p)
    else:
        _date(s, p)
