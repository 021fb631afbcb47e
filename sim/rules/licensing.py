"""Licensing: firms apply, an authority clears its queue, licences expire.

See docs/model.md, *Firms and licences*.

The queue is first come, first served, trusted firms first where a green channel is in force.
Refusal is rare in the record, delay is the instrument: an application that is not approved goes to
the end of the line.

A line of an authority is a ring with a place for every firm of the good, in which ``head`` is the
first application's place and ``waiting`` how many there are. An application is a number made of its
firm's within the good and its grade (:func:`_application`).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`), ``w`` the world, ``s.world`` and ``f`` a tile of firms and ``i`` a
firm's column in it. ``c`` are the week's conditions of the good
(:class:`sim.rules.supply.Conditions`).
"""

from __future__ import annotations

from sim.rules.codes import CHIPS, CIVIL, MAGNETS, MILITARY, N_GOODS, N_GRADES
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, lowest_bit
from sim.rules.randomness import APPROVAL, draw_listed
from sim.rules.relations import licence_driver
from sim.rules.state import COMMON_QUEUE, GREEN_QUEUE, N_QUEUES, NO_FIRM, TILE, firm_bit, tiles_of
from sim.rules.supply import conditions, needs_licence

__all__ = [
    "applications_waiting",
    "apply_step",
    "approval_chance",
    "authority_capacity",
    "clear_step",
    "grade_level",
    "licensing",
    "open_window",
    "wants_licence",
]


@formula
def grade_issue(w, good, grade):
    """Row of the issue that rules a good and grade; -1 where the scenario leaves it out."""
    return w.driver_issue[licence_driver(good, grade)]


@formula
def grade_level(s, good, grade):
    """Concession level in force for a good and grade; 1 where nothing restricts it."""
    issue = grade_issue(s.world, good, grade)
    return s.issues.level[issue] if issue >= 0 else 1.0


@rule
def open_window(s, p):
    """Apply the week's levels to licensing.

    It sets which goods need a licence, and the probability of approval.
    """
    for good in range(N_GOODS):
        for grade in range(N_GRADES):
            s.world.needs_licence[good, grade] = (
                grade_level(s, good, grade) < p.licensing.goods.free_level[good]
            )
            s.world.approval_chance[good, grade] = approval_chance(s, p, good, grade)


@rule
def approval_chance(s, p, good, grade):
    """Chance that an examined application is approved, in [0, 1]: linear in the level in force.

    withheld + (permitted - withheld) level; the military grade has its own chance where the issue
    is withheld.
    """
    withheld = (
        p.licensing.approve_withheld_military
        if grade == MILITARY
        else p.licensing.goods.approve_withheld[good]
    )
    chance = withheld + (p.licensing.goods.approve_permitted[good] - withheld) * grade_level(
        s, good, grade
    )
    return clip(chance, 0.0, 1.0)


@rule
def authority_capacity(s, p, good):
    """Applications the authority can examine this week: capacity (1 - slow_walk (1 - delivery)).

    ``delivery`` is the share kept of what its government promised, less what it withholds in
    retaliation.
    """
    issue = grade_issue(s.world, good, CIVIL)
    delivery = s.issues.kept[issue] * (1.0 - s.issues.withheld[issue]) if issue >= 0 else 1.0
    return p.licensing.goods.capacity[good] * (
        1.0 - p.licensing.goods.slow_walk[good] * (1.0 - delivery)
    )


@formula
def wants_licence(f, i, c):
    """Whether a firm applies: it needs a licence and has not applied.

    Its cover must also end within the wait that it expects.
    """
    return (
        needs_licence(f, i, c)
        and f.pending[i] == 0
        and f.until[i] - c.week - 1 < f.expected_wait[i]
    )


@rule
def apply_step(s, firms, p, place):
    """The firm at ``place`` joins the queue where it wants a licence."""
    f, i = firms[place // TILE], place % TILE
    if wants_licence(f, i, conditions(s, p, f.good)):
        _join(s, firms, p, place // TILE, firm_bit(i))


@formula
def _apply_all(s, firms, p, t):
    """Every firm of tile ``t`` that wants a licence joins the queue, in the order of the firms."""
    f = firms[t]
    c = conditions(s, p, f.good)
    wanting = NO_FIRM
    for i in range(f.count):
        wanting |= firm_bit(i) if wants_licence(f, i, c) else NO_FIRM
    _join(s, firms, p, t, wanting)


@rule
def _join(s, firms, p, t, joining):
    """A set of firms of tile ``t`` goes to the ends of its lines, one after the other.

    A firm goes to the green line if it is trusted and there is one.
    """
    f, week = firms[t], s.world.week
    a, room = s.authorities[f.good], p.firms.goods.firms[f.good]
    first, _ = tiles_of(p, f.good)
    served_first = p.licensing.goods.green_channel[f.good] == 1
    green, common = a.waiting[GREEN_QUEUE], a.waiting[COMMON_QUEUE]
    while joining != NO_FIRM:
        i = lowest_bit(joining)
        joining &= joining - 1
        f.pending[i], f.applied[i] = 1, week
        application = _application((t - first) * TILE + i, f.grade[i])
        if served_first and f.trusted[i] == 1:
            a.line[GREEN_QUEUE, _wrapped(a.head[GREEN_QUEUE] + green, room)] = application
            green += 1
        else:
            a.line[COMMON_QUEUE, _wrapped(a.head[COMMON_QUEUE] + common, room)] = application
            common += 1
    a.waiting[GREEN_QUEUE], a.waiting[COMMON_QUEUE] = green, common


@formula
def _application(firm, grade):
    """The entry of a line for firm ``firm`` of the good and its grade."""
    return N_GRADES * firm + grade


@formula
def _firm_of(application):
    """Number of the firm, within its good, of an entry of a line."""
    return application // N_GRADES


@formula
def _grade_of(application):
    """Grade of an entry of a line."""
    return application % N_GRADES


@formula
def applications_waiting(authority):
    """Applications in both lines of an authority."""
    return authority.waiting[GREEN_QUEUE] + authority.waiting[COMMON_QUEUE]


@formula
def _wrapped(place, room):
    """A place of a line that is a ring with ``room`` places."""
    return place if place < room else place - room


@rule
def clear_step(s, firms, p, good):
    """The authority examines what its capacity allows, each application at most once a week.

    A part of an examination is carried to the next week, idle time is not: with whole capacities,
    no refusals and one line the queue is that of M/D/c at the ends of its service times (Crommelin
    1932).
    """
    a = s.authorities[good]
    a.budget = a.budget % 1.0 + authority_capacity(s, p, good)
    a.examined, a.approved, a.wait = 0, 0, 0.0
    for lane in range(N_QUEUES):
        left = min(a.waiting[lane], int(a.budget))
        a.budget -= left
        while left > 0:
            batch = min(left, TILE)
            _examine(s, firms, p, good, lane, batch)
            left -= batch
    a.examined_total += a.examined
    a.approved_total += a.approved
    a.wait_total += a.wait
    a.queue_total += applications_waiting(a)


@rule
def _examine(s, firms, p, good, lane, count):
    """The first ``count`` of a line, at most one tile.

    Each is approved by its draw, or goes to the end of the line.

    Approvals are computed for several at once; then the refused move up without a branch, which
    no processor could predict.
    """
    a, w = s.authorities[good], s.world
    first, _ = tiles_of(p, good)
    room, entity = p.firms.goods.firms[good], firms[first].entity
    head, last = a.head[lane], _wrapped(a.head[lane] + a.waiting[lane], room)
    for n in range(count):
        s.applications[n] = a.line[lane, _wrapped(head + n, room)]
        s.entities[n] = entity + _firm_of(s.applications[n])
    draw_listed(s, APPROVAL, count)
    civil, military, approved = (
        w.approval_chance[good, CIVIL],
        w.approval_chance[good, MILITARY],
        NO_FIRM,
    )
    for n in range(count):
        approved |= (
            firm_bit(n)
            if s.draws[n] < (military if _grade_of(s.applications[n]) == MILITARY else civil)
            else NO_FIRM
        )
    refused, granted, wait = 0, approved, a.wait
    for n in range(count):
        a.line[lane, _wrapped(last + refused, room)] = s.applications[n]
        refused += 1 - int((approved >> n) & 1)
    while granted != NO_FIRM:
        firm = _firm_of(s.applications[lowest_bit(granted)])
        wait += _grant(s, p, firms[first + firm // TILE], firm % TILE)
        granted &= granted - 1
    a.wait = wait
    a.head[lane] = _wrapped(head + count, room)
    a.waiting[lane] -= count - refused
    a.examined += count
    a.approved += count - refused


@formula
def _grant(s, p, f, i):
    """A firm's licence begins, or is prolonged; the weeks that it waited.

    They update its expected wait.
    """
    week, memory = s.world.week, p.licensing.wait_memory
    waited = float(week - f.applied[i])
    f.pending[i] = 0
    f.until[i] = max(f.until[i], week) + p.licensing.goods.term_weeks[f.good]
    f.expected_wait[i] = memory * f.expected_wait[i] + (1.0 - memory) * waited
    return waited


@rule
def licensing(s, firms, p):
    """The week's licensing for every firm and both authorities."""
    open_window(s, p)
    for t in range(firms.shape[0]):
        _apply_all(s, firms, p, t)
    clear_step(s, firms, p, MAGNETS)
    clear_step(s, firms, p, CHIPS)
