"""Licensing: firms apply, an authority clears its queue, licences expire (MODEL.md section 6).

The queue is first come, first served, trusted firms first where a green channel is in force. Refusal is rare in the record, delay
is the instrument: an application that is not approved goes to the end of the line.
"""

from __future__ import annotations

from sim.rules.codes import code
from sim.rules.compiled import rule
from sim.rules.mathematics import clip
from sim.rules.randomness import APPROVAL, uniform
from sim.rules.state import CHIPS, CIVIL, MAGNETS, MILITARY

__all__ = [
    "apply_step",
    "approval_chance",
    "authority_capacity",
    "clear_step",
    "grade_level",
    "licensing",
    "open_window",
    "wants_licence",
]

_CIVIL_MAGNETS, _MILITARY_MAGNETS, _AI_CHIPS = code(3), code(4), code(5)


@rule
def grade_issue(w, good, grade):
    """Row of the issue that rules a good and grade; -1 where the scenario leaves it out."""
    if good == CHIPS:
        return w.driver_issue[_AI_CHIPS]
    return w.driver_issue[_MILITARY_MAGNETS] if grade == MILITARY else w.driver_issue[_CIVIL_MAGNETS]


@rule
def grade_level(s, good, grade):
    """Concession level in force for a good and grade; 1 where nothing restricts it."""
    issue = grade_issue(s.world, good, grade)
    return s.issues[issue].level if issue >= 0 else 1.0


@rule
def open_window(s, p):
    """What the week's levels mean at the counter: which goods need a licence, and the chance that one is granted."""
    for good in range(2):
        for grade in range(2):
            s.world.needs_licence[good, grade] = grade_level(s, good, grade) < p.licensing_free_level[good]
            s.world.approval_chance[good, grade] = approval_chance(s, p, good, grade)


@rule
def approval_chance(s, p, good, grade):
    """Chance that an examined application is approved: linear in the level in force."""
    withheld = p.licensing_approve_withheld_military if grade == MILITARY else p.licensing_approve_withheld[good]
    chance = withheld + (p.licensing_approve_permitted[good] - withheld) * grade_level(s, good, grade)
    return clip(chance, 0.0, 1.0)


@rule
def authority_capacity(s, p, good):
    """Applications the authority can examine this week: less when its government slow-walks delivery."""
    issue = grade_issue(s.world, good, CIVIL)
    delivery = s.issues[issue].kept * (1.0 - s.issues[issue].withheld) if issue >= 0 else 1.0
    return p.licensing_capacity[good] * (1.0 - p.licensing_slow_walk[good] * (1.0 - delivery))


@rule
def wants_licence(w, f):
    """Whether a firm applies: it needs a licence, has not applied, and its cover ends within the wait it has come to expect."""
    if f.pending == 1 or w.needs_licence[f.good, f.grade] == 0:
        return False
    return f.until - w.week - 1 < f.expected_wait


@rule
def apply_step(s, firms, p, i):
    """Firm ``i`` joins the queue where it wants a licence."""
    if wants_licence(s.world, firms[i]):
        _apply(s, firms, p, i)


@rule
def _apply(s, firms, p, i):
    firms[i].pending = 1
    firms[i].applied = s.world.week
    _join(s, firms, p, i)


@rule
def _join(s, firms, p, i):
    f = firms[i]
    a = s.authorities[f.good]
    lane = 0 if f.trusted == 1 and p.licensing_green_channel[f.good] == 1 else 1
    if a.waiting[lane] == 0:
        a.head[lane] = i
    else:
        firms[a.tail[lane]].next = i
    a.tail[lane] = i
    a.waiting[lane] += 1


@rule
def clear_step(s, firms, p, good):
    """The authority examines what its capacity allows, each application at most once a week.

    A part of an examination is carried to the next week, idle time is not: with whole capacities, no refusals and one line the queue
    is that of M/D/c at the ends of its service times (Crommelin 1932).
    """
    a = s.authorities[good]
    a.budget = a.budget % 1.0 + authority_capacity(s, p, good)
    a.examined, a.approved, a.wait = 0, 0, 0.0
    for lane in range(2):
        for _ in range(a.waiting[lane]):
            if a.budget < 1.0:
                break
            a.budget -= 1.0
            _examine(s, firms, p, good, lane)
    a.examined_total += a.examined
    a.approved_total += a.approved
    a.wait_total += a.wait
    a.queue_total += a.waiting[0] + a.waiting[1]


@rule
def _examine(s, firms, p, good, lane):
    a, w = s.authorities[good], s.world
    i = a.head[lane]
    f = firms[i]
    a.head[lane] = f.next
    a.waiting[lane] -= 1
    a.examined += 1
    if uniform(w.seed, w.run, APPROVAL, w.week, f.entity) >= w.approval_chance[good, f.grade]:
        _join(s, firms, p, i)
        return
    waited = float(w.week - f.applied)
    f.pending = 0
    f.until = max(f.until, w.week) + p.licensing_term_weeks[good]
    f.expected_wait = p.licensing_wait_memory * f.expected_wait + (1.0 - p.licensing_wait_memory) * waited
    a.approved += 1
    a.wait += waited


@rule
def licensing(s, firms, p):
    """The week's licensing for every firm and both authorities."""
    open_window(s, p)
    for i in range(firms.shape[0]):
        if wants_licence(s.world, firms[i]):  # one record a call: handing on the array costs more than the question
            _apply(s, firms, p, i)
    clear_step(s, firms, p, MAGNETS)
    clear_step(s, firms, p, CHIPS)
