"""Compliance: delivery of promises, its monitoring, and the reaction.

An accuser goes from protest to retaliation within its enforcement scope; the accused then backs
down, the more likely the more it would lose, or the truce is suspended (docs/model.md,
*Compliance*; Green and Porter 1984).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``k`` an issue, ``track`` a code of :data:`sim.vocabulary.TRACKS`. Levels and shares kept
or withheld lie in [0, 1].
"""

from __future__ import annotations

from sim.rules.codes import (
    ACCUSER_CN,
    ACCUSER_US,
    ALL_SCOPE,
    BROKEN,
    CN,
    ISSUE_SCOPE,
    N_SIDES,
    N_TRACKS,
    PROTEST,
    QUIET,
    RETALIATION,
    US,
)
from sim.rules.compiled import formula, rule
from sim.rules.events import BACKED_DOWN, DRIFTED, PROTESTED, RETALIATED, SUSPENDED, mark
from sim.rules.mathematics import logistic, normal_quantiles
from sim.rules.politics import drift_hazard
from sim.rules.randomness import (
    BACK_DOWN,
    DRIFT,
    DRIFT_DEPTH,
    DRIFT_ISSUE,
    NOBODY,
    ORDER,
    SEEN,
    draw_listed,
    draw_row,
    uniform,
)
from sim.rules.relations import entity_of, other
from sim.rules.shocks import happens
from sim.rules.surprises import AT_BACK_DOWN, happened
from sim.rules.tracks import lies_on
from sim.rules.truce import break_truce, end_disputes

__all__ = [
    "accuser",
    "back_down_chance",
    "compliance",
    "deliver",
    "dispute",
    "drift",
    "inspect",
    "perceive",
    "phase_in",
]


@formula
def phase_in(level, target, weeks):
    """A level, in [0, 1], a week later, moving to its target at rate 1/weeks."""
    return level + (target - level) / weeks


@formula
def back_down_chance(stakes, even, scale):
    """Chance that the accused backs down: logistic((stakes - even) / scale), all bn USD/yr.

    ``stakes`` is what it would lose by the truce's end, ``even`` the stakes at which it does so
    half the time.
    """
    return logistic((stakes - even) / scale)


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
            issues.kept[k] += p.compliance.recovery * (1.0 - issues.kept[k])
            if issues.agreed[k] > 0.0:
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
        if p.issues.owner[k] == i and issues.agreed[k] > 0.0:
            entity = entity_of(p.issues.entity[k], i)
            at = uniform(w.seed, w.run, DRIFT_ISSUE, w.week, entity)
            if at < lowest:
                chosen, lowest = k, at
    depth = p.compliance.severity * uniform(w.seed, w.run, DRIFT_DEPTH, w.week, i)
    issues.kept[chosen] *= 1.0 - depth
    s.out.breaches[i] += 1
    mark(w, DRIFTED + i)


@rule
def deliver(s, p):
    """Promised and delivered levels, in [0, 1], move toward what was agreed.

    Their rate a week is 1/phase-in weeks. The target of what is delivered is agreed times the share
    kept times 1 - the share withheld. A tariff whose path is given follows that.
    """
    issues = s.issues
    for k in range(p.issues.count):
        if issues.given[k] != 0.0:
            continue
        weeks, agreed = p.issues.phase_in_weeks[k], issues.agreed[k]
        issues.promised[k] = phase_in(issues.promised[k], agreed, weeks)
        issues.level[k] = phase_in(
            issues.level[k], agreed * issues.kept[k] * (1.0 - issues.withheld[k]), weeks
        )


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
    """Grievance of side ``i`` on each track.

    Memory times the last one, plus the seen shortfall beyond tolerance. The shortfall is that of
    promised less seen levels, weighted by what the issues are worth to ``i``, over their worth: a
    share (docs/model.md, *Compliance*).
    """
    side, issues = s.sides[i], s.issues
    for track in range(N_TRACKS):
        short, total = 0.0, 0.0
        for k in range(p.issues.count):
            if p.issues.owner[k] != i and p.issues.track[k] == track and issues.agreed[k] > 0.0:
                seen = issues.level[k] + p.compliance.monitoring_noise * s.normals[k]
                short += issues.benefit[k] * (issues.promised[k] - seen)
                total += issues.benefit[k]
        gap = short / total if total > 0.0 else 0.0
        side.grievance[track] = p.compliance.memory * side.grievance[track] + max(
            0.0, gap - p.compliance.tolerance
        )


@rule
def dispute(s, p, i):
    """Side ``i``'s ladder of protest, retaliation and suspension."""
    w, side = s.world, s.sides[i]
    age = w.week - side.dispute_since
    if side.dispute == QUIET:
        for track in range(N_TRACKS):
            if side.dispute == QUIET and side.grievance[track] > p.compliance.protest_threshold:
                _protest(s, p, i, track)
    elif side.dispute == PROTEST:
        if side.grievance[side.dispute_track] <= p.compliance.protest_threshold:
            side.dispute = QUIET
        elif age >= p.compliance.protest_weeks:
            _retaliate(s, p, i)
    elif age >= p.compliance.retaliation_weeks:
        _settle_or_suspend(s, p, i)


@formula
def _protest(s, p, i, track):
    """Side ``i`` claims a breach on a track.

    The accused repairs a share ``protest_repair`` of what delivery lacks.
    """
    w, side = s.world, s.sides[i]
    side.dispute, side.dispute_since, side.dispute_track = PROTEST, w.week, track
    s.out.protests[i] += 1
    s.out.weeks_to_first_protest = min(s.out.weeks_to_first_protest, float(w.week + 1))
    mark(w, PROTESTED + i)
    for k in range(p.issues.count):
        if p.issues.owner[k] == other(i):
            s.issues.kept[k] += p.compliance.protest_repair * (1.0 - s.issues.kept[k])


@formula
def _retaliate(s, p, i):
    """Side ``i`` withholds ``retaliation_depth``, a share, of what it owes in its scope.

    On all issues, on those of the disputed track and what it may pay with there, or on the one of
    these that is worth most to the accused (Maggi 2016).
    """
    w, side = s.world, s.sides[i]
    side.dispute, side.dispute_since = RETALIATION, w.week
    s.out.retaliations[i] += 1
    mark(w, RETALIATED + i)
    issues, hardest, most = s.issues, -1, -1.0
    for k in range(p.issues.count):
        if p.issues.owner[k] != i or issues.agreed[k] <= 0.0:
            continue
        if p.linkage.enforcement != ALL_SCOPE and not lies_on(p, k, side.dispute_track):
            continue
        if p.linkage.enforcement != ISSUE_SCOPE:
            issues.withheld[k] = p.compliance.retaliation_depth
        elif issues.benefit[k] * issues.agreed[k] > most:
            hardest, most = k, issues.benefit[k] * issues.agreed[k]
    if hardest >= 0:
        issues.withheld[hardest] = p.compliance.retaliation_depth


@formula
def _settle_or_suspend(s, p, i):
    """The accused backs down and all is delivered again, or the truce is suspended.

    Its stakes are what the terms are worth to it beyond a lapse, bn USD/yr
    (:func:`back_down_chance`).
    """
    w, accused = s.world, s.sides[other(i)]
    stakes = accused.value_terms - accused.value_lapse
    chance = back_down_chance(stakes, p.compliance.back_down_stakes, p.compliance.back_down_scale)
    draw = uniform(w.seed, w.run, BACK_DOWN, w.week, i)
    if happened(s, p, AT_BACK_DOWN, draw, chance):
        mark(w, BACKED_DOWN)
        end_disputes(s, p)
        for k in range(p.issues.count):
            s.issues.kept[k] = 1.0
        return
    s.out.suspensions += 1
    mark(w, SUSPENDED)
    break_truce(s, p)


@formula
def accuser(s, p):
    """The side that complains first this week."""
    w, rule_of_order = s.world, p.compliance.first_accuser
    if rule_of_order == ACCUSER_US or rule_of_order == ACCUSER_CN:
        return US if rule_of_order == ACCUSER_US else CN
    return US if uniform(w.seed, w.run, ORDER, w.week, NOBODY) < 0.5 else CN


@rule
def compliance(s, p):
    """The week's delivery, monitoring and disputes.

    Who complains first is drawn unless the scenario names a side.
    """
    w = s.world
    # both draws first: the row they stand in is used again by what follows
    draw_row(s, DRIFT, US, N_SIDES)
    us_draw, cn_draw = s.draws[US], s.draws[CN]
    drift(s, p, US, us_draw)
    drift(s, p, CN, cn_draw)
    deliver(s, p)
    if w.status != BROKEN:
        inspect(s, p)
    first = accuser(s, p)
    for turn in range(N_SIDES):
        i = first if turn == 0 else other(first)
        if w.status != BROKEN:
            perceive(s, p, i)
            dispute(s, p, i)
