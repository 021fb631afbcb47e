"""Compliance: how far promises are delivered, and how that is seen.

A government delivers in full or slacks, its agencies lapse, and the other side sees the shortfall
with an error; what it sees makes its grievance and its trust (docs/truces.md; Green and Porter
1984).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``k`` an issue. Levels and shares kept or withheld lie in [0, 1].
"""

from __future__ import annotations

from sim.rules.asks import DELIVER, DELIVERED, SLACKED, act, answered
from sim.rules.codes import (
    BROKEN,
    CHIPS,
    CIVIL,
    CN,
    MAGNETS,
    MILITARY,
    N_SIDES,
    US,
    choices_of,
    codes,
)
from sim.rules.compiled import formula, rule
from sim.rules.decisions import full_effort_chance
from sim.rules.events import DRIFTED, mark
from sim.rules.mathematics import normal_quantiles
from sim.rules.outlook import NO_ISSUE, hawks_of, room_of
from sim.rules.packages import concession_cost
from sim.rules.politics import drift_hazard, happens
from sim.rules.purchases import buy, is_purchases
from sim.rules.randomness import (
    DRIFT,
    DRIFT_DEPTH,
    DRIFT_ISSUE,
    HOME,
    SEEN,
    draw_listed,
    draw_row,
    uniform,
)
from sim.rules.regimes import licences_promised, rank_of
from sim.rules.relations import (
    NO_GOOD,
    driver_good,
    driver_grade,
    driver_is_tariff,
    entity_of,
    other,
    turn_of,
)
from sim.rules.state import FLOW_WEEKS

__all__ = [
    "begin_promise",
    "begin_promises",
    "compliance",
    "deliver",
    "drift",
    "fall_short",
    "flow_short",
    "inspect",
    "kept_at_most",
    "licences_short",
    "perceive",
    "phase_in",
    "review",
]

FULL, SLACK = choices_of("deliver")
_REVIEW, _EFFORT = codes(2)


@formula
def phase_in(level, target, weeks):
    """A level, in [0, 1], a week later, moving to its target at rate 1/weeks."""
    return level + (target - level) / weeks


@formula
def kept_at_most(s, p, k):
    """The share of a promise that its owner's present effort delivers in the end.

    A tariff is what the law says it is: no agency slacks on it. Slack is a share of what full effort
    delivers.
    """
    if driver_is_tariff(p.issues.driver[k]):
        return 1.0
    if s.sides[p.issues.owner[k]].effort == FULL:
        return p.issues.deliverable[k]
    return p.compliance.slack * p.issues.deliverable[k]


@rule
def review(s, p, i):
    """Once in a while a government decides anew whether to deliver in full or to slack."""
    w, side = s.world, s.sides[i]
    if uniform(w.seed, w.run, HOME, w.week, turn_of(_REVIEW, i)) >= p.compliance.review_rate:
        return
    saved = 0.0
    for k in range(p.issues.count):
        if p.issues.owner[k] == i and not driver_is_tariff(p.issues.driver[k]):
            linear, convex, level = s.issues.linear[k], s.issues.convex[k], s.issues.agreed[k]
            saved += concession_cost(linear, convex, level * p.issues.deliverable[k])
            slack = p.compliance.slack * p.issues.deliverable[k]
            saved -= concession_cost(linear, convex, level * slack)
    chance = full_effort_chance(
        p.compliance.fear,
        side.harm_in,
        side.stake,
        saved,
        side.years,
        hawks_of(p, side, i),
        p.truce.temperature,
    )
    draw = uniform(w.seed, w.run, HOME, w.week, turn_of(_EFFORT, i))
    own = FULL if draw < chance else SLACK
    chance = chance if own == FULL else 1.0 - chance
    effort = answered(s, i, DELIVER, own, NO_ISSUE, 0, -saved * side.years, chance)
    if effort != side.effort:
        act(s, i, SLACKED if effort == SLACK else DELIVERED, NO_ISSUE, 0)
    side.effort = effort


@rule
def drift(s, p, i, draw):
    """An agency of side ``i`` may lapse in delivering one of its promises; ``draw`` in (0, 1).

    Lapses are slowly repaired. The hazard a week is that of :func:`sim.rules.politics.drift_hazard`
    over 52; the promise is drawn evenly, and up to ``severity`` of its delivery is lost, drawn
    uniformly too. Every promise has a draw of its own and the lowest lapses, so that an issue left
    out moves no other one's draw.
    """
    w, issues, owed = s.world, s.issues, 0
    for k in range(p.issues.count):
        if p.issues.owner[k] == i:
            most = kept_at_most(s, p, k)
            issues.kept[k] += p.compliance.recovery * (most - issues.kept[k])
            if issues.agreed[k] > 0.0 and not driver_is_tariff(p.issues.driver[k]):
                owed += 1
    hazard = drift_hazard(
        p.compliance.sides.drift_rate[i], p.compliance.sides.hawk_drift[i], s.sides[i].hawk
    )
    if owed == 0 or w.status == BROKEN:
        return
    if not happens(draw, hazard / 52.0):
        return
    chosen, lowest = 0, 1.0
    for k in range(p.issues.count):
        tariff = driver_is_tariff(p.issues.driver[k])
        if p.issues.owner[k] == i and issues.agreed[k] > 0.0 and not tariff:
            entity = entity_of(p.issues.entity[k], i)
            at = uniform(w.seed, w.run, DRIFT_ISSUE, w.week, entity)
            if at < lowest:
                chosen, lowest = k, at
    depth = p.compliance.severity * uniform(w.seed, w.run, DRIFT_DEPTH, w.week, i)
    issues.kept[chosen] *= 1.0 - depth
    s.out.breaches[i] += 1
    mark(w, DRIFTED + i)


@formula
def is_licensed_issue(p, k):
    """Whether an issue is delivered by licences."""
    return driver_good(p.issues.driver[k]) != NO_GOOD


@formula
def _mean_flow(w, good):
    """Flow of the last weeks over normal."""
    total = 0.0
    for week in range(FLOW_WEEKS):
        total += w.flow_of_weeks[good, week]
    return total / FLOW_WEEKS


@rule
def begin_promise(s, p, k, week):
    """A regime is promised for issue k from ``week`` on: what flows then is remembered."""
    issues = s.issues
    issues.promise_week[k] = week
    issues.promise_rank[k] = rank_of(issues.agreed[k])
    issues.promise_flow[k] = _mean_flow(s.world, driver_good(p.issues.driver[k]))
    issues.shortfall[k] = 0.0


@rule
def begin_promises(s, p):
    """The promises of the first day."""
    for k in range(p.issues.count):
        s.issues.shortfall[k], s.issues.promise_rank[k] = 0.0, 0.0
        s.issues.promise_week[k], s.issues.promise_flow[k] = 0.0, 0.0
        if is_licensed_issue(p, k):
            begin_promise(s, p, k, 0)


@formula
def licences_short(promised, licensed, weeks, within):
    """How far licences fall short of a promise, in [0, 1].

    max(0, G min(1, a / within) - L) / G: G the share of firms ``promised`` a licence, L the share
    of demand ``licensed``, a the ``weeks`` since.
    """
    if promised <= 0.0:
        return 0.0
    return max(0.0, promised * min(1.0, weeks / within) - licensed) / promised


@formula
def flow_short(before, flow, usual, weeks, within):
    """How far goods fall short of flowing as usual, in shares of the normal flow.

    max(0, F0 + (max(usual, F0) - F0) min(1, a / within) - F): F0 the flow ``before`` the promise, F
    the ``flow`` of the last weeks, a the ``weeks`` since.
    """
    due = before + (max(usual, before) - before) * min(1.0, weeks / within)
    return max(0.0, due - flow)


@rule
def fall_short(s, p, k):
    """What a promise of licences lacks, in [0, 1]: half by licences, half by flow.

    The flow is that of the whole customs code, so of civil magnets alone; of the others, which are a
    small part of it or are declined by those who are offered them, licences count alone. While a
    measure stands, what it withdraws is answered itself; a promise that is raised begins anew.
    Chips are looked for once the first licence can have been issued.
    """
    w, issues, good = s.world, s.issues, driver_good(p.issues.driver[k])
    grade = driver_grade(p.issues.driver[k])
    rank = int(rank_of(issues.agreed[k]))
    if issues.withheld[k] > 0.0 or rank > issues.promise_rank[k]:
        begin_promise(s, p, k, w.week)
        return
    issues.promise_rank[k] = rank
    weeks, promised = w.week + 1 - issues.promise_week[k], licences_promised(rank)
    if good == CHIPS:
        # promised on 14 July 2025, licensed on 8 August, and nobody claimed a breach
        weeks = max(0.0, weeks - p.licensing.goods.relax_weeks[good])
    licensed = w.licensed_demand[good, MILITARY if grade == MILITARY else CIVIL]
    short = licences_short(promised, licensed, weeks, p.compliance.licences_weeks)
    if good == MAGNETS and grade != MILITARY and promised > 0.0:
        flow = _mean_flow(w, good)
        usual, within = p.compliance.usual_flow, p.compliance.flow_weeks
        short = 0.5 * short
        short += 0.5 * flow_short(issues.promise_flow[k], flow, usual, weeks, within)
    issues.shortfall[k] = short


@rule
def deliver(s, p):
    """Promised and delivered levels, in [0, 1], move toward what was agreed.

    Their rate a week is 1/phase-in weeks. The target of what is delivered is agreed times the share
    kept. Of purchases it is what was bought (:mod:`sim.rules.purchases`). A measure withdraws its
    share of what is delivered at once. A tariff whose path is given follows that.
    """
    issues = s.issues
    for k in range(p.issues.count):
        if is_purchases(p.issues.driver[k]):
            weeks = p.issues.phase_in_weeks[k]
            issues.promised[k] = phase_in(issues.promised[k], issues.agreed[k], weeks)
    buy(s, p)
    for k in range(p.issues.count):
        if issues.given[k] != 0.0:
            continue
        weeks, agreed = p.issues.phase_in_weeks[k], issues.agreed[k]
        if is_licensed_issue(p, k) and s.world.status != BROKEN:
            # a licence is due at once, and delivered where firms have it and goods flow
            fall_short(s, p, k)
            issues.promised[k] = agreed
            issues.delivered[k] = agreed * (1.0 - issues.shortfall[k])
            issues.level[k] = issues.delivered[k] - issues.withheld[k] * room_of(s, p, k)
            continue
        if is_purchases(p.issues.driver[k]):
            issues.level[k] = issues.delivered[k] - issues.withheld[k] * room_of(s, p, k)
            continue
        issues.promise_rank[k], issues.shortfall[k] = 0.0, 0.0
        issues.promised[k] = phase_in(issues.promised[k], agreed, weeks)
        issues.delivered[k] = phase_in(issues.delivered[k], agreed * issues.kept[k], weeks)
        issues.level[k] = issues.delivered[k] - issues.withheld[k] * room_of(s, p, k)


@rule
def inspect(s, p):
    """Errors with which the other side observes each issue, in ``s.normals``.

    In standard deviations.
    """
    for k in range(p.issues.count):
        s.entities[k] = entity_of(p.issues.entity[k], other(p.issues.owner[k]))
    draw_listed(s, SEEN, p.issues.count)
    for k in range(p.issues.count):
        # nobody looks at what is not agreed, and the median is the least work
        s.draws[k] = s.draws[k] if s.issues.agreed[k] > 0.0 else 0.5
    normal_quantiles(s.draws, p.issues.count, s.normals)


@rule
def perceive(s, p, i):
    """Grievance and trust of side ``i``.

    The gap is what the other promised less what is seen of it, at its worth to ``i``, bn USD/yr;
    what measures withdraw is no part of it, for they are answered themselves. The grievance
    remembers the gap beyond what ``i`` is used to and tolerates; trust follows the share in force of
    what was promised and takes effort, so not of tariffs.
    """
    side, issues, rules = s.sides[i], s.issues, p.compliance
    gap, owed, had, worst = 0.0, 0.0, 0.0, 0.0
    side.grieved = NO_ISSUE
    for k in range(p.issues.count):
        tariff = driver_is_tariff(p.issues.driver[k])
        if p.issues.owner[k] != i and issues.agreed[k] > 0.0 and not tariff:
            seen = issues.delivered[k] + rules.monitoring_noise * s.normals[k]
            short = issues.benefit[k] * (issues.promised[k] - seen)
            gap += short
            had += issues.benefit[k] * issues.level[k]
            owed += issues.benefit[k] * issues.promised[k]
            if short > worst:
                side.grieved, worst = k, short
    side.owed = owed
    beyond = max(0.0, gap - rules.habit * side.usual - rules.tolerance * owed)
    side.grievance = rules.memory * side.grievance + (1.0 - rules.memory) * beyond
    side.usual += (max(0.0, gap) - side.usual) / rules.habit_weeks
    if owed > 0.0:
        side.trust += (min(1.0, had / owed) - side.trust) / rules.trust_weeks


@rule
def compliance(s, p):
    """The week's effort, delivery and monitoring."""
    w = s.world
    if w.status != BROKEN:
        for i in range(N_SIDES):
            review(s, p, i)
    # both draws first: the row they stand in is used again by what follows
    draw_row(s, DRIFT, US, N_SIDES)
    us_draw, cn_draw = s.draws[US], s.draws[CN]
    drift(s, p, US, us_draw)
    drift(s, p, CN, cn_draw)
    deliver(s, p)
    if w.status != BROKEN:
        inspect(s, p)
        for i in range(N_SIDES):
            perceive(s, p, i)
