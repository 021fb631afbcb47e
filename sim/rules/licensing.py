"""Licensing: firms put files together and apply, an office that learns examines, licences end.

See docs/licences.md. What needs a licence follows from the regime (:mod:`sim.rules.regimes`), how
readily one is approved from the level conceded. Refusal is rare in the record, delay is the
instrument: an application that is not approved comes back weeks later.

A line of an authority is a ring with a place for every firm of the good, in which ``head`` is the
first application's place and ``waiting`` how many there are; an application is its firm's number
within the good.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`), ``w`` the world, ``s.world`` and ``f`` a tile of firms and ``i`` a
firm's column in it. ``c`` are the week's conditions of the good
(:class:`sim.rules.supply.Conditions`).
"""

from __future__ import annotations

from sim.rules.chips import look_at_offer
from sim.rules.codes import (
    CHIPS,
    CIVIL,
    FREE,
    GENERAL,
    MAGNETS,
    MILITARY,
    MILITARY_KIND,
    N_GOODS,
    N_GRADES,
    SHIPMENT,
    SIX_MONTHS,
    SUSPENDED,
)
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, lowest_bit
from sim.rules.randomness import APPROVAL, TERM, draw_listed, uniform
from sim.rules.regimes import grade_issue, kept_level, level_of, rank_of, willing
from sim.rules.state import (
    COMMON_QUEUE,
    GREEN_QUEUE,
    N_QUEUES,
    NEVER,
    NO_FIRM,
    TILE,
    firm_bit,
    tiles_of,
)
from sim.rules.supply import conditions, needs_licence

__all__ = [
    "FILING",
    "IN_LINE",
    "NOT_FILED",
    "NO_APPLICATION",
    "SENT_BACK",
    "applications_waiting",
    "apply_step",
    "approval_chance",
    "authority_capacity",
    "clear_step",
    "learn",
    "licensing",
    "open_window",
    "wants_licence",
]

NO_APPLICATION, FILING, IN_LINE, SENT_BACK = 0, 1, 2, 3  # where a firm's application is
NOT_FILED = 10**6  # the week in which a file is ready that nobody puts together
_RENEWAL_COST = 0.5  # of an examination: judgement
_PER_FIRMS = 120.0  # firms for which capacities are given


@rule
def open_window(s, p):
    """Apply the week's regimes to licensing.

    Which goods need a licence, how readily it is approved, and what offices have learnt.
    """
    w = s.world
    look_at_offer(s, p)
    for good in range(N_GOODS):
        learn(s, p, good)
        for grade in range(N_GRADES):
            w.needs_licence[good, grade] = 1 if w.regime[good, grade] < FREE else 0
            w.approval_chance[good, grade] = approval_chance(s, p, good, grade)
        rank = w.regime[good, CIVIL]
        w.trusted_chance[good], w.renewal_chance[good] = 0.0, 0.0
        if rank == SHIPMENT:
            w.trusted_chance[good] = min(1.0, 2.0 * p.licensing.goods.approve_shipment[good])
        elif rank >= SIX_MONTHS:
            if p.licensing.goods.green_channel[good] == 1:
                w.trusted_chance[good] = p.licensing.goods.approve_trusted[good]
            w.renewal_chance[good] = p.licensing.goods.approve_renewal[good]


@rule
def learn(s, p, good):
    """A week of learning by office and laboratories, from the control on; nobody unlearns."""
    a, rules = s.authorities[good], p.licensing.goods
    if a.age < 0:
        return
    if a.age > 0:
        a.capacity += (rules.capacity[good] - a.capacity) / rules.learning_weeks[good]
        a.hold_weeks += (rules.hold_weeks[good] - a.hold_weeks) / rules.learning_weeks[good]
    a.age += 1


@rule
def approval_chance(s, p, good, grade):
    """Chance that an examined application is approved, in [0, 1], mean over firms not trusted.

    By the level that the owner's policy concedes, or that its regime means where that is freer;
    0 under a suspended regime, but for the military grade.
    """
    w, rules = s.world, p.licensing
    rank, k = w.regime[good, grade], grade_issue(w, good, grade)
    if rank == SUSPENDED:
        return rules.approve_withheld_military if grade == MILITARY else 0.0
    level = level_of(rank)
    if k >= 0 and rank <= rank_of(kept_level(s, k)):
        level = kept_level(s, k)
    chance = willing(
        level,
        rules.goods.approve_shipment[good],
        rules.goods.approve_six_months[good],
        rules.goods.approve_general[good],
    )
    return clip(chance, 0.0, 1.0)


@rule
def authority_capacity(s, p, good):
    """Applications the authority can examine this week: capacity (1 - slow_walk (1 - kept)).

    ``kept`` is the share of its promise that its government's effort keeps.
    """
    issue = grade_issue(s.world, good, CIVIL)
    kept = s.issues.kept[issue] if issue >= 0 else 1.0
    whole = s.authorities[good].capacity * p.firms.goods.firms[good] / _PER_FIRMS
    return whole * (1.0 - p.licensing.goods.slow_walk[good] * (1.0 - kept))


@formula
def wants_licence(f, i, c):
    """Whether a firm starts a file: it needs a licence, has not filed, and its own ends soon."""
    return (
        f.pending[i] == NO_APPLICATION
        and needs_licence(f, i, c)
        and f.until[i] - c.week - 1 < f.renew_ahead[i]
    )


@formula
def _serves_first(s, p, good):
    """Whether trusted firms are examined first: where there is a green channel, from six months on."""
    return p.licensing.goods.green_channel[good] == 1 and s.world.regime[good, CIVIL] >= SIX_MONTHS


@formula
def _file(s, p, f, i):
    """A firm starts a file: a week at a renewal, half the time if trusted and served first."""
    weeks = f.file_weeks[i]
    if f.until[i] != NEVER:
        weeks = 1.0
    elif f.trusted[i] == 1 and _serves_first(s, p, f.good):
        weeks *= 0.5
    f.pending[i], f.applied[i] = FILING, s.world.week
    f.ready[i] = s.world.week + int(weeks + 0.999)


@rule
def apply_step(s, firms, p, place):
    """The firm at ``place`` starts a file where it wants a licence, or hands it in."""
    f, i = firms[place // TILE], place % TILE
    if s.world.fast_track[f.good] == 1:
        _take_up(s, f, i)
    c = conditions(s, p, f.good)
    if wants_licence(f, i, c):
        _file(s, p, f, i)
    if f.ready[i] <= c.week:
        _join(s, firms, p, place // TILE, firm_bit(i), c)


@formula
def _apply_all(s, firms, p, t):
    """Every firm of tile ``t`` that wants a licence starts a file; the files that are ready go in."""
    f = firms[t]
    c = conditions(s, p, f.good)
    wanting, handing_in = NO_FIRM, NO_FIRM
    if s.world.fast_track[f.good] == 1:
        for i in range(f.count):
            _take_up(s, f, i)
    for i in range(f.count):
        wanting |= firm_bit(i) if wants_licence(f, i, c) else NO_FIRM
        handing_in |= firm_bit(i) if f.ready[i] <= c.week else NO_FIRM
    while wanting != NO_FIRM:
        _file(s, p, f, lowest_bit(wanting))
        wanting &= wanting - 1
    if handing_in != NO_FIRM:
        _join(s, firms, p, t, handing_in, c)


@formula
def _take_up(s, f, i):
    """A regime was loosened: what had been sent back is taken up at once."""
    if f.pending[i] == SENT_BACK:
        f.ready[i] = s.world.week


@rule
def _join(s, firms, p, t, joining, c):
    """A set of firms of tile ``t`` goes to the ends of its lines, one after the other.

    A firm goes to the green line if it is trusted and there is one; what needs no licence any more
    is not handed in.
    """
    f = firms[t]
    a, room = s.authorities[f.good], p.firms.goods.firms[f.good]
    first, _ = tiles_of(p, f.good)
    green, common = a.waiting[GREEN_QUEUE], a.waiting[COMMON_QUEUE]
    served_first = _serves_first(s, p, f.good)
    while joining != NO_FIRM:
        i = lowest_bit(joining)
        joining &= joining - 1
        f.ready[i] = NOT_FILED
        if not needs_licence(f, i, c):
            f.pending[i] = NO_APPLICATION
            continue
        f.pending[i] = IN_LINE
        application = (t - first) * TILE + i
        if served_first and f.trusted[i] == 1:
            a.line[GREEN_QUEUE, _wrapped(a.head[GREEN_QUEUE] + green, room)] = application
            green += 1
        else:
            a.line[COMMON_QUEUE, _wrapped(a.head[COMMON_QUEUE] + common, room)] = application
            common += 1
    a.waiting[GREEN_QUEUE], a.waiting[COMMON_QUEUE] = green, common


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
    """The authority examines what its capacity allows, the green line first.

    A part of an examination is carried to the next week, idle time is not: with whole capacities,
    no refusals and one line the queue is that of M/D/c at the ends of its service times (Crommelin
    1932). A renewal costs half an examination.
    """
    a = s.authorities[good]
    a.examined, a.approved, a.first, a.wait = 0, 0, 0, 0.0
    s.world.fast_track[good] = 0
    a.budget = a.budget % 1.0
    if applications_waiting(a) > 0:
        a.budget += authority_capacity(s, p, good)
        for lane in range(N_QUEUES):
            count = _call(s, firms, p, good, lane)
            while count > 0:
                _examine(s, firms, p, good, count)
                count = _call(s, firms, p, good, lane)
    a.examined_total += a.examined
    a.approved_total += a.approved
    a.first_total += a.first
    a.wait_total += a.wait
    a.queue_total += applications_waiting(a)


@rule
def _call(s, firms, p, good, lane):
    """Take the first of a line that the budget allows, at most one tile; how many."""
    a, room, count = s.authorities[good], p.firms.goods.firms[good], 0
    first, _ = tiles_of(p, good)
    while a.waiting[lane] > 0 and count < TILE:
        firm = a.line[lane, a.head[lane]]
        renewal = firms[first + firm // TILE].until[firm % TILE] != NEVER
        cost = _RENEWAL_COST if renewal else 1.0
        if a.budget < cost:
            break
        a.budget -= cost
        s.applications[count] = firm
        count += 1
        a.head[lane] = _wrapped(a.head[lane] + 1, room)
        a.waiting[lane] -= 1
    return count


@rule
def _examine(s, firms, p, good, count):
    """The first ``count`` of ``s.applications``: each is approved by its draw, or sent back."""
    a, w = s.authorities[good], s.world
    first, _ = tiles_of(p, good)
    entity = firms[first].entity
    for n in range(count):
        s.entities[n] = entity + s.applications[n]
    draw_listed(s, APPROVAL, count)
    for n in range(count):
        firm = s.applications[n]
        f, i = firms[first + firm // TILE], firm % TILE
        if s.draws[n] < _chance(s, f, i):
            a.approved += 1
            # of first licences: a longer term has fewer renewals, which are quick
            if f.until[i] == NEVER:
                a.first += 1
                a.wait += float(w.week - f.applied[i])
            _grant(s, p, f, i)
        else:
            f.pending[i] = SENT_BACK
            f.ready[i] = w.week + p.licensing.goods.resubmit_weeks[good]
    a.examined += count


@formula
def _chance(s, f, i):
    """Chance that the application of a firm is approved, by its grade, trust, ease and record."""
    w, good = s.world, f.good
    if f.kind[i] == MILITARY_KIND:
        return w.approval_chance[good, MILITARY]
    chance = 2.0 * f.ease[i] * w.approval_chance[good, CIVIL]
    if f.trusted[i] == 1:
        chance = max(chance, w.trusted_chance[good])
    return max(chance, w.renewal_chance[good]) if f.until[i] != NEVER else chance


@formula
def _grant(s, p, f, i):
    """A firm's licence begins, or is prolonged."""
    w, rules, good = s.world, p.licensing.goods, f.good
    grade = MILITARY if f.kind[i] == MILITARY_KIND else CIVIL
    rank = w.regime[good, grade]
    f.pending[i] = NO_APPLICATION
    if rank <= SHIPMENT:
        f.until[i] = w.week + rules.shipment_weeks[good]
        return
    longest = rules.term_weeks[good] if rank < GENERAL else rules.general_weeks[good]
    draw = uniform(w.seed, w.run, TERM, w.week, f.entity + i)
    weeks = longest * (1.0 - rules.term_spread[good] * draw)
    f.until[i] = max(f.until[i], w.week) + max(1, int(weeks + 0.5))


@rule
def licensing(s, firms, p):
    """The week's licensing for every firm and both authorities."""
    open_window(s, p)
    for t in range(firms.shape[0]):
        if _concerned(s, firms[t].good):
            _apply_all(s, firms, p, t)
    clear_step(s, firms, p, MAGNETS)
    clear_step(s, firms, p, CHIPS)


@formula
def _concerned(s, good):
    """Whether any grade of a good needs a licence, or did, so that files may be on their way."""
    return s.authorities[good].age >= 0
