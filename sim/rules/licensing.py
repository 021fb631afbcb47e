"""Licensing: firms apply, an authority clears its queue, licences expire (MODEL.md section 6).

The queue is first come, first served, trusted firms first where a green channel is in force. Refusal is rare in the record, delay
is the instrument: an application that is not approved goes to the end of the line.
"""

from __future__ import annotations

import math

from sim.rules.compiled import rule
from sim.rules.mathematics import clip
from sim.rules.randomness import APPROVAL, uniform
from sim.rules.state import CHIPS, MAGNETS, MILITARY

__all__ = ["apply_step", "approval_chance", "authority_capacity", "clear_step", "grade_level", "licensing", "needs_licence"]

_CIVIL_MAGNETS, _MILITARY_MAGNETS, _AI_CHIPS = 3, 4, 5


@rule
def grade_issue(w, good, grade):
    """Row of the issue that rules a good and grade; -1 where the scenario leaves it out."""
    if good == CHIPS:
        return w.driver_issue[_AI_CHIPS]
    return w.driver_issue[_MILITARY_MAGNETS] if grade == MILITARY else w.driver_issue[_CIVIL_MAGNETS]


@rule
def grade_level(s, good, grade):
    """Concession level in force for a good and grade; 1 where nothing restricts it."""
    issue = grade_issue(s.world[0], good, grade)
    return s.issues[issue].level if issue >= 0 else 1.0


@rule
def needs_licence(s, p, good, grade):
    """Whether the level in force leaves the good under licence."""
    return grade_level(s, good, grade) < p.licensing_free_level[good]


@rule
def approval_chance(s, p, good, grade):
    """Chance that an examined application is approved: linear in the level in force."""
    withheld = p.licensing_approve_withheld_military if grade == MILITARY else p.licensing_approve_withheld[good]
    level = grade_level(s, good, grade)
    return withheld + (p.licensing_approve_permitted[good] - withheld) * level


@rule
def authority_capacity(s, p, good):
    """Applications the authority can examine this week: less when its government slow-walks delivery."""
    issue = grade_issue(s.world[0], good, 0)
    delivery = s.issues[issue].kept * (1.0 - s.issues[issue].withheld) if issue >= 0 else 1.0
    return p.licensing_capacity[good] * (1.0 - p.licensing_slow_walk[good] * (1.0 - delivery))


@rule
def apply_step(s, p, i):
    """Firm ``i`` joins the queue when its cover ends within the wait it has come to expect."""
    f = s.firms[i]
    week = s.world[0].week
    if f.pending == 1 or not needs_licence(s, p, f.good, f.grade):
        return
    if f.until - week > math.ceil(f.expected_wait):
        return
    f.pending = 1
    f.applied = week
    _join(s, p, i)


@rule
def _join(s, p, i):
    f = s.firms[i]
    a = s.authorities[f.good]
    lane = 0 if f.trusted == 1 and p.licensing_green_channel[f.good] == 1 else 1
    size = s.queues.shape[2]
    s.queues[f.good, lane, (a.head[lane] + a.waiting[lane]) % size] = i
    a.waiting[lane] += 1


@rule
def clear_step(s, p, good):
    """The authority examines what its capacity allows, each application at most once a week."""
    a = s.authorities[good]
    capacity = authority_capacity(s, p, good)
    a.budget = min(a.budget, 1.0) + capacity
    a.examined, a.approved, a.wait = 0, 0, 0.0
    for lane in range(2):
        for _ in range(a.waiting[lane]):
            if a.budget < 1.0:
                break
            a.budget -= 1.0
            _examine(s, p, good, lane)
    a.examined_total += a.examined
    a.approved_total += a.approved
    a.wait_total += a.wait
    a.queue_total += a.waiting[0] + a.waiting[1]


@rule
def _examine(s, p, good, lane):
    a, w = s.authorities[good], s.world[0]
    size = s.queues.shape[2]
    i = s.queues[good, lane, a.head[lane]]
    a.head[lane] = (a.head[lane] + 1) % size
    a.waiting[lane] -= 1
    a.examined += 1
    f = s.firms[i]
    chance = clip(approval_chance(s, p, good, f.grade), 0.0, 1.0)
    if uniform(w.seed, w.run, APPROVAL, w.week, f.entity) >= chance:
        _join(s, p, i)
        return
    waited = float(w.week - f.applied)
    f.pending = 0
    f.until = max(f.until, w.week) + p.licensing_term_weeks[good]
    f.expected_wait = p.licensing_wait_memory * f.expected_wait + (1.0 - p.licensing_wait_memory) * waited
    a.approved += 1
    a.wait += waited


@rule
def licensing(s, p):
    """The week's licensing for every firm and both authorities."""
    for i in range(s.firms.shape[0]):
        apply_step(s, p, i)
    clear_step(s, p, MAGNETS)
    clear_step(s, p, CHIPS)
