"""Regimes of licences: what form they take, per good and grade, and who changes it when.

A regime has a rank, from suspended to free (:data:`sim.vocabulary.REGIMES`). In a truce its owner
keeps at least the rank that was promised, less what a measure withdraws; above it, and without a
truce, it takes the rank that is worth most to it. It tightens at once and loosens by steps
(docs/licences.md).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue. A
``level`` is a concession in [0, 1]; worths are bn USD/yr.
"""

from __future__ import annotations

import math

from sim.rules.asks import LOOSENED, REGIME, TIGHTENED, act, answered
from sim.rules.codes import (
    BROKEN,
    CHOSEN,
    CIVIL,
    FREE,
    GENERAL,
    MAGNETS,
    MILITARY,
    N_GOODS,
    N_GRADES,
    N_REGIMES,
    SHIPMENT,
    SIX_MONTHS,
    SUSPENDED,
    TRADE,
)
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip
from sim.rules.relations import driver_is_tariff, licence_driver
from sim.rules.state import NEVER

__all__ = [
    "begin_control",
    "freed_at",
    "grade_issue",
    "kept_level",
    "licences_promised",
    "licensed_at",
    "rank_of",
    "regime_worth",
    "regimes",
    "start_regimes",
    "willing",
]

# where the ranks of promises end, share conceded: judgement, so that Geneva's .35 is shipment by
# shipment, London's .75 six months, and the nearly complete is free, as before
_SUSPENDED_TO, _SHIPMENT_TO, _SIX_MONTHS_TO, _GENERAL_TO = 0.05, 0.35, 0.8, 0.97
_AT_SIX_MONTHS = 0.75  # where the chance of six months holds: London's level
# share of the other's exposed output that a regime leaves at its owner's mercy: judgement
_AT_MERCY_SHIPMENT, _AT_MERCY_SIX_MONTHS, _AT_MERCY_GENERAL = 0.8, 0.4, 0.15
# share of firms with a licence that "licensed as promised" means, by rank: judgement; general is
# what surveys of October 2025 would have been content with
_PROMISED_SHIPMENT, _PROMISED_SIX_MONTHS, _PROMISED_GENERAL, _PROMISED_FREE = 0.3, 0.6, 0.8, 0.9
_ASKED_EVERY = 13  # weeks: a cabinet looks at a regime that it would keep once a quarter


@formula
def rank_of(level):
    """The regime that a concession of ``level`` promises."""
    if level <= _SUSPENDED_TO:
        return SUSPENDED
    if level <= _SHIPMENT_TO:
        return SHIPMENT
    if level <= _SIX_MONTHS_TO:
        return SIX_MONTHS
    return GENERAL if level <= _GENERAL_TO else FREE


@formula
def level_of(rank):
    """The least concession that promises more than the regime below ``rank``."""
    if rank <= SUSPENDED:
        return 0.0
    if rank == SHIPMENT:
        return _SHIPMENT_TO
    if rank == SIX_MONTHS:
        return _AT_SIX_MONTHS
    return _GENERAL_TO


@formula
def licences_promised(rank):
    """Share of firms with a licence that a promised regime means to the other side."""
    if rank <= SUSPENDED:
        return 0.0
    if rank == SHIPMENT:
        return _PROMISED_SHIPMENT
    if rank == SIX_MONTHS:
        return _PROMISED_SIX_MONTHS
    return _PROMISED_GENERAL if rank == GENERAL else _PROMISED_FREE


@formula
def at_mercy(rank):
    """Share of the other's exposed output that a regime leaves at its owner's mercy."""
    if rank <= SUSPENDED:
        return 1.0
    if rank == SHIPMENT:
        return _AT_MERCY_SHIPMENT
    if rank == SIX_MONTHS:
        return _AT_MERCY_SIX_MONTHS
    return _AT_MERCY_GENERAL if rank == GENERAL else 0.0


@formula
def willing(level, shipment, six_months, general):
    """Chance of approval at a concession of ``level``: linear between the three chances given.

    They hold at the ends of shipment by shipment, at London's level within six months, and where
    general licences end; below shipment by shipment it falls to 0.
    """
    if level <= _SHIPMENT_TO:
        below = clip((level - _SUSPENDED_TO) / (_SHIPMENT_TO - _SUSPENDED_TO), 0.0, 1.0)
        return shipment * below
    if level <= _AT_SIX_MONTHS:
        part = (level - _SHIPMENT_TO) / (_AT_SIX_MONTHS - _SHIPMENT_TO)
        return shipment + (six_months - shipment) * part
    part = min(1.0, (level - _AT_SIX_MONTHS) / (_GENERAL_TO - _AT_SIX_MONTHS))
    return six_months + (general - six_months) * part


@formula
def licensed_at(level):
    """Share of what licences can let through that a concession of ``level`` does.

    All from shipment by shipment on, less below: nothing is let through where nothing is conceded.
    """
    return min(1.0, level / _SUSPENDED_TO)


@formula
def freed_at(level):
    """Share of what licences would stop that a concession of ``level`` lets through all the same.

    0 to the end of shipment by shipment, 1 where free.
    """
    return clip((level - _SHIPMENT_TO) / (_GENERAL_TO - _SHIPMENT_TO), 0.0, 1.0)


@formula
def grade_issue(w, good, grade):
    """Row of the issue that rules a good and grade; -1 where the scenario leaves it out."""
    return w.driver_issue[licence_driver(good, grade)]


@formula
def kept_level(s, k):
    """What its owner's policy concedes of a licensed issue: agreed, less what a measure withdraws.

    Not what is perceived of it, or no licence would breed no licence.
    """
    return s.issues.agreed[k] * (1.0 - s.issues.withheld[k])


@formula
def regime_worth(p, good, rank, exposed, counter, promised, truce_worth, age):
    """V: what a regime is worth to its owner, bn USD/yr.

    (leverage + counter controls - erosion) E h - sales h - B max(0, R - rank)/R - K a/(a + 26) where
    free: E the other's ``exposed`` output, h the share left at the owner's mercy, ``counter`` the
    other's own controls in force in [0, 1], B the ``truce_worth`` lost by going below the
    ``promised`` rank R, a the weeks since the control.
    """
    rules, left = p.licensing, at_mercy(rank)
    worth = (rules.leverage + rules.counter * counter - rules.erosion) * exposed * left
    worth -= rules.goods.sales[good] * left
    if promised > 0:
        worth -= truce_worth * max(0, promised - rank) / promised
    if rank == FREE and age > 0:
        worth -= rules.permanence * age / (age + rules.permanence_weeks)
    return worth


@formula
def _counter_controls(s, p, i):
    """Controls of the other that are in force against side ``i``, in [0, 1], by their worth to it.

    Without a truce what is not conceded on trade; in one, what a measure withdraws.
    """
    total, held = 0.0, 0.0
    for k in range(p.issues.count):
        is_control = p.issues.track[k] == TRADE and not driver_is_tariff(p.issues.driver[k])
        if p.issues.owner[k] == i or not is_control:
            continue
        total += s.issues.benefit[k]
        if s.world.status == BROKEN:
            held += s.issues.benefit[k] * (1.0 - s.issues.level[k])
        else:
            held += s.issues.benefit[k] * s.issues.withheld[k]
    return held / total if total > 0.0 else 0.0


@formula
def _wanted(s, p, good, grade, k):
    """The regime that the owner of issue k wants, and what it is worth."""
    w, owner = s.world, p.issues.owner[k]
    exposed, age = w.exposure[good, grade], s.authorities[good].age
    counter = _counter_controls(s, p, owner)
    least = 0
    if w.status != BROKEN:
        least = int(rank_of(kept_level(s, k)))
        if s.issues.withheld[k] > 0.0:
            return least, 0.0
    # arms are not for sale: what is of military grade is freed by an agreement alone
    if grade == MILITARY and good == MAGNETS:
        return least, 0.0
    best, most = least, regime_worth(p, good, least, exposed, counter, 0, 0.0, age)
    for rank in range(least + 1, N_REGIMES):
        worth = regime_worth(p, good, rank, exposed, counter, 0, 0.0, age)
        if worth >= most:
            best, most = rank, worth
    return best, most


@rule
def begin_control(s, p, good):
    """The good comes under licence for the first time: an office that has learnt nothing."""
    a = s.authorities[good]
    if a.age < 0:
        a.age = 0
        a.capacity = p.licensing.goods.capacity_start[good]
        a.hold_weeks = p.licensing.goods.hold_weeks_start[good]


@rule
def _change(s, p, good, grade, k, rank):
    """The regime of a good and grade becomes ``rank`` with the coming week."""
    w = s.world
    before = w.regime[good, grade]
    if rank == before:
        return
    act(s, p.issues.owner[k], LOOSENED if rank > before else TIGHTENED, k, rank)
    if rank > before and grade == CIVIL:
        w.fast_track[good] = 1
    if rank < FREE:
        begin_control(s, p, good)
    w.regime[good, grade], w.regime_since[good, grade] = rank, w.week + 1
    w.regime_asked[good, grade] = w.week + 1


@formula
def _next_rank(s, p, good, grade, wanted):
    """The regime of the coming week where ``wanted`` is: tightened at once, loosened by a step."""
    w = s.world
    rank = w.regime[good, grade]
    if wanted <= rank:
        w.regime_asked[good, grade] = NEVER
        return wanted
    if w.regime_asked[good, grade] == NEVER:
        w.regime_asked[good, grade] = w.week
    named = wanted >= SIX_MONTHS and w.status != BROKEN
    weeks = p.licensing.goods.relax_named[good] if named else p.licensing.goods.relax_weeks[good]
    return rank + 1 if w.week + 1 - w.regime_asked[good, grade] >= weeks else rank


@rule
def _decide(s, p, good, grade):
    """The owner of a good looks at the regime of a grade."""
    w = s.world
    k = grade_issue(w, good, grade)
    if k < 0:
        w.regime[good, grade] = FREE
        return
    fixed = p.licensing.goods.regime[good]
    if fixed != CHOSEN and grade == CIVIL:
        _change(s, p, good, grade, k, fixed - 1)
        return
    wanted, worth = _wanted(s, p, good, grade, k)
    rank = w.regime[good, grade]
    own = _next_rank(s, p, good, grade, wanted)
    weeks = w.week + 1 - w.regime_since[good, grade]
    if own != rank or (weeks > 0 and weeks % _ASKED_EVERY == 0):
        own = answered(s, p.issues.owner[k], REGIME, own, k, rank, worth, math.nan)
    _change(s, p, good, grade, k, own)


@rule
def regimes(s, p):
    """The week's choices of regimes, in force with the coming week."""
    for good in range(N_GOODS):
        _decide(s, p, good, CIVIL)
        if good == MAGNETS:
            _decide(s, p, good, MILITARY)
        else:
            s.world.regime[good, MILITARY] = s.world.regime[good, CIVIL]


@rule
def start_regimes(s, p):
    """The regimes of the first day; a control that is wanted then is in force from the first week.

    Nobody is asked: the first day is what the scenario says.
    """
    w = s.world
    for good in range(N_GOODS):
        for grade in range(N_GRADES):
            k = grade_issue(w, good, grade)
            if k < 0:
                continue
            fixed = p.licensing.goods.regime[good]
            wanted, _ = _wanted(s, p, good, grade, k)
            rank = int(w.regime[good, grade])
            if fixed != CHOSEN and grade == CIVIL:
                rank = fixed - 1
            elif wanted < rank:
                rank = wanted
            w.regime[good, grade] = rank
            if rank < FREE:
                begin_control(s, p, good)
