"""Alternating offers over two lists of outcomes, compiled.

What a party asks for is the house's rule (:func:`sim.rules.strategies.strategy_target`), whoever
plays; here an aspiration is only turned into an outcome of a list. Acceptance is AC_next (Baarslag,
Hindriks, Jonker 2013), as in :func:`sim.rules.bargaining.speak`. Of a list, MiCRO (de Jonge 2022)
goes through the ranks, so its rule is asked on a scale of ranks: 1 the first outcome, 0 the last.

It stands outside :mod:`sim.rules`, because no run of the model calls it; what it calls is compiled
there.
"""

from __future__ import annotations

from sim.rules.codes import MICRO, N_SIDES, TRADE
from sim.rules.compiled import rule
from sim.rules.strategies import strategy_target

__all__ = ["negotiate"]


@rule
def negotiate(s, p, own, its, counts, floors, slack, rounds, opener, standing, path):
    """Play one negotiation: (round from 0, who had proposed, place in the proposer's list).

    All three are -1 where there is no agreement. ``s`` and ``p`` are arrays of one state and one
    record of settings, where the caller has set strategies, reservation values, best outcomes and
    the clock. ``own[i]`` has the worth to party ``i`` of the ``counts[i]`` outcomes it offers, best
    first, ``its[i]`` their worth to the other; ``floors`` are what both have without agreement. An
    outcome counts as worth an aspiration from ``slack`` below it, which is rounding. ``standing``
    (2) is work space; ``path`` (rounds, 2) takes the places of the offers, -1 for none.
    """
    _forget(s, standing)
    path[:] = -1
    for n in range(rounds):
        s[0].world.week = n
        for turn in range(N_SIDES):
            i = opener if turn == 0 else 1 - opener
            j = 1 - i
            place = _place(s, p, i, own[i], counts[i], slack[i])
            if standing[j] >= 0:
                heard = its[j, standing[j]]
                asked = own[i, place] if place >= 0 else floors[i]
                if heard >= asked and heard >= floors[i]:
                    return n, j, standing[j]
            if place >= 0:
                _offer(s, i, its[i], place, standing)
                path[n, i] = place
    return -1, -1, -1


@rule
def _forget(s, standing):
    """Nothing was offered yet, and nobody believes that talks go on beyond the last round."""
    for i in range(N_SIDES):
        side = s[0].sides[i]
        side.goes_on = 0.0
        side.clock = -1.0  # no share of a clock, so what the rule remembers is computed anew
        side.standing[TRADE], side.made_count[TRADE], side.heard_count[TRADE] = 0, 0, 0
        side.heard[TRADE], side.heard_before[TRADE] = 0.0, 0.0
        standing[i] = -1


@rule
def _place(s, p, i, own, count, slack):
    """The place in its list of what party ``i`` offers next; -1 where the list is empty."""
    if count == 0:
        return -1
    target = strategy_target(s[0], p[0], i, TRADE)
    s[0].sides[i].aspiration[TRADE] = target
    if p[0].sides.strategy.kind[i] == MICRO:
        return round((1.0 - target) * (count - 1))
    low, high = 0, count  # the outcomes before low are worth the target, those from high are not
    while low < high:
        middle = (low + high) // 2
        if own[middle] >= target - slack:
            low = middle + 1
        else:
            high = middle
    return max(0, low - 1)


@rule
def _offer(s, i, its, place, standing):
    """Party ``i`` offers an outcome; the other hears what it and the one before are worth to it."""
    me, hearer = s[0].sides[i], s[0].sides[1 - i]
    changed = place != standing[i]
    before = its[standing[i]] if standing[i] >= 0 else its[place]
    hearer.heard_before[TRADE], hearer.heard[TRADE] = before, its[place]
    if changed:
        me.made_count[TRADE] += 1
        hearer.heard_count[TRADE] += 1
    me.standing[TRADE] = 1
    standing[i] = place
