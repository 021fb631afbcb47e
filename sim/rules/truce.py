"""The truce: deadline, extension, lapse, the ladder after it, and the way back.

See docs/model.md, *The truce*.

Extension compares the terms in force with a lapse, less audience cost, hawks and linkage; cheap
extensions teach both sides that deadlines are hollow, which raises reservation values and takes the
urgency out of talks. Re-entry follows Zartman's (1985) mutually hurting stalemate.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``side`` its part of
the state. Weeks count from the first day, week 0.
"""

from __future__ import annotations

from sim.rules.codes import BROKEN, CN, DEAL, N_SIDES, N_TRACKS, QUIET, TRUCE, US
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.events import CLIMBED, EXTENDED, LAPSED, REOPENED, mark
from sim.rules.mathematics import clip, logistic
from sim.rules.randomness import ANSWER, EARLY, EXTEND, NOBODY, REENTRY, uniform
from sim.rules.state import NEVER
from sim.rules.surprises import (
    AT_EARLY,
    AT_EXTEND,
    AT_EXTEND_EARLY,
    AT_REENTRY,
    happened,
    record_decision,
)
from sim.rules.tracks import forget_offers

__all__ = [
    "break_truce",
    "end_disputes",
    "extend_chance",
    "extension_cost",
    "readiness",
    "reenter",
    "start_clock",
    "truce",
]


@formula
def extension_cost(cost, growth, extensions):
    """Audience cost of one more extension, bn USD/yr: cost (1 + growth extensions).

    ``cost`` bn USD/yr of the first, ``growth`` a share of it for each of the ``extensions`` made
    already (Tomz 2007).
    """
    return cost * (1.0 + growth * extensions)


@small_rule
def extend_chance(p, side, i, extensions):
    """Chance that a side extends, logistic in what the truce is worth to it beyond a lapse.

    It is 0 past the last extension allowed, else logistic((u(terms) - u(lapse) + bias - audience
    cost - h hawk - lambda lack) / temperature), all in bn USD/yr but hawk pressure; h is
    ``hawk_extension``, lambda the side's participation linkage (docs/model.md, *The truce*).
    """
    if extensions >= p.truce.max_extensions:
        return 0.0
    stake = side.value_terms - side.value_lapse + p.sides.extension_bias[i]
    stake -= extension_cost(p.truce.extension_cost, p.truce.extension_cost_growth, extensions)
    stake -= p.politics.sides.hawk_extension[i] * side.hawk + p.linkage.sides[i] * side.lack
    return logistic(stake / p.truce.temperature)


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
    w.clock_start = w.week + 1
    w.deadline = w.clock_start + weeks


@rule
def _extend(s, p):
    """The truce is extended by ``length_weeks``.

    Both sides count one more deadline that the truce outlived.
    """
    w = s.world
    w.extensions += 1
    s.out.extensions += 1
    mark(w, EXTENDED)
    w.clock_start = w.week + 1
    w.deadline = max(w.deadline, w.clock_start) + p.truce.length_weeks
    for i in range(N_SIDES):
        s.sides[i].beta_a += 1.0
        s.sides[i].beta_total += 1.0


@rule
def _both_extend(s, p, source):
    """Whether both sides extend, each by its own draw against :func:`extend_chance`.

    ``source`` is the decision of which the surprise is recorded: that of both together.
    """
    w = s.world
    agreed, both = True, 1.0
    for i in range(N_SIDES):
        chance = extend_chance(p, s.sides[i], i, w.extensions)
        both *= chance
        if uniform(w.seed, w.run, EXTEND, w.week, i) >= chance:
            agreed = False
    record_decision(s, p, source, agreed, both)
    return agreed


@formula
def _deadline(s, p):
    """The clock: extension or lapse at the deadline, or an extension in the window before it.

    Under a deal the clock restarts without a vote.
    """
    w = s.world
    left = w.deadline - (w.week + 1)  # the week that is ending counts as gone
    if w.status == DEAL:
        if left <= 0:
            start_clock(s, p.truce.length_weeks)
    elif left <= 0:
        if _both_extend(s, p, AT_EXTEND):
            _extend(s, p)
        else:
            s.out.lapses += 1
            mark(w, LAPSED)
            break_truce(s, p)
    elif left <= p.truce.window_weeks:
        draw = uniform(w.seed, w.run, EARLY, w.week, NOBODY)
        if happened(s, p, AT_EARLY, draw, p.truce.early_rate):
            if _both_extend(s, p, AT_EXTEND_EARLY):
                _extend(s, p)


@rule
def break_truce(s, p):
    """The truce ends: agreements and disputes about them are void.

    Tariffs snap back, and both sides trust the next truce less.
    """
    w = s.world
    s.out.breaks += 1
    s.out.weeks_to_first_break = min(s.out.weeks_to_first_break, float(w.week + 1))
    w.status = BROKEN
    w.deal_since = NEVER
    for i in range(N_SIDES):
        w.rung[i] = 0
        s.sides[i].beta_total += 1.0
        s.sides[i].break_loss = 0.0
    for track in range(N_TRACKS):
        w.settled[track] = 0
        forget_offers(s, track)
    for k in range(p.issues.count):
        s.issues.least[k] = 0.0
    end_disputes(s, p)
    _set_lapse_terms(s, p)


@rule
def end_disputes(s, p):
    """Retaliation and grievance end on both sides."""
    for i in range(N_SIDES):
        s.sides[i].dispute = QUIET
        for track in range(N_TRACKS):
            s.sides[i].grievance[track] = 0.0
    for k in range(p.issues.count):
        s.issues.withheld[k] = 0.0


@rule
def _set_lapse_terms(s, p):
    """The level of each issue after a lapse, in [0, 1].

    Of issues that snap back it is less a rung's depth for each rung that the owner has climbed, and
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
            s.issues.level[k], s.issues.promised[k] = level, level
        s.issues.agreed[k] = level


@formula
def _escalate(s, p):
    """Without a truce a side that is not above the other may climb a rung, up to the cap.

    It does with chance ``answer_rate`` a week. Both look at the rungs before the week, so that
    neither moves first; each rung adds hawk pressure on both sides.
    """
    w = s.world
    before_us, before_cn = w.rung[US], w.rung[CN]
    for i in range(N_SIDES):
        own, its = (before_us, before_cn) if i == US else (before_cn, before_us)
        may = own <= its and own < p.truce.escalation.rung_cap
        if may and uniform(w.seed, w.run, ANSWER, w.week, i) < p.truce.escalation.answer_rate:
            w.rung[i] += 1
            mark(w, CLIMBED)
            s.sides[US].hawk += p.truce.escalation.rung_hawks
            s.sides[CN].hawk += p.truce.escalation.rung_hawks
    _set_lapse_terms(s, p)


@rule
def reenter(s, p):
    """Talks reopen when both hurt, on the first terms; whether they do this week.

    The chance is the rate a week times both sides' readiness; a side's loss grows by 1/52 of what
    the truce is worth beyond what is in force, where that is positive.
    """
    w = s.world
    chance = p.truce.reentry.rate
    for i in range(N_SIDES):
        side = s.sides[i]
        side.break_loss += max(0.0, side.value_truce - side.value_now) / 52.0
        chance *= readiness(side.break_loss, p.truce.reentry.threshold, p.truce.reentry.width)
    draw = uniform(w.seed, w.run, REENTRY, w.week, NOBODY)
    if not happened(s, p, AT_REENTRY, draw, chance):
        return False
    w.status = TRUCE
    w.extensions = 0
    s.out.reentries += 1
    s.out.weeks_to_first_truce = min(s.out.weeks_to_first_truce, float(w.week + 1))
    mark(w, REOPENED)
    for k in range(p.issues.count):
        s.issues.agreed[k] = s.issues.terms[k]
        s.issues.kept[k] = p.compliance.sides.start[p.issues.owner[k]]
    start_clock(s, p.truce.length_weeks)
    return True


@rule
def truce(s, p):
    """The week's clock: deadline and extension under a truce, ladder and re-entry without one."""
    if s.world.status == BROKEN:
        if not reenter(s, p):
            _escalate(s, p)
    else:
        _deadline(s, p)
