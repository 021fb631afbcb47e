"""Surprises: what a draw with a known chance gave beyond that chance, summed into a run's record.

*Happened minus its chance* has mean nought whatever the scenario, given all that came before. Sums
of it are therefore controls: they take the luck of decisions out of a mean over runs without moving
it (:mod:`sim.analysis.controls`; Lavenberg, Welch 1981). Where they stand in the record:
:data:`sim.rules.measures.DATED` and its neighbours. What they are worth: docs/precision.md.

Three kinds are recorded. Decisions on the truce and on a dispute are summed by date: by part of the
horizon, and weighted by how much of them is left in the weeks of the closing period, which decide
the outcome. Shocks are summed by kind. Errors of beliefs, prices of
settling and what chips are worth to their buyers are the draws themselves, of mean nought.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``.
"""

from __future__ import annotations

import numpy as np

from sim.rules.codes import codes
from sim.rules.compiled import formula, rule
from sim.rules.measures import (
    BELIEFS,
    CHIP_DRAWS,
    DATED,
    ERAS,
    KEPT,
    MOST_ISSUES,
    N_SURPRISES,
    RESOLVES,
    SHOCKS,
)

__all__ = [
    "AT_ENDING",
    "AT_LAPSE",
    "AT_REENTRY",
    "AT_RENEW",
    "AT_RENEW_EARLY",
    "RECORDED",
    "RESERVED",
    "UNRECORDED",
    "clear_surprises",
    "happened",
    "record_belief",
    "record_chip",
    "record_decision",
    "record_first_resolve",
    "record_resolve",
    "record_shock",
    "remember_surprises",
]

RECORDED = (
    "reentry",
    "shock",
    "belief",
    "census",
    "resolve",
    "measure",
    "ending",
    "renew",
    "chip",
)
"""Streams of draws (:data:`sim.rules.randomness.STREAMS`) whose surprises stand in the record; of
``census`` it is the share of the closing weeks in each state."""
_FIRM = "of one firm out of many, which alone make next to nothing of an outcome's variance"
_SMALL = "took nothing off the variance of any outcome (docs/precision.md)"
_FIRST = "a fair coin for who comes first, of which there is one each week or meeting"
_SIZE = "no chance: how far a lapse goes, on which promise, or by how much eyes err"
RESERVED = (
    "extend",
    "early",
    "back_down",
    "answer",
    "law",
)
"""Streams whose place is kept, so that no other moves, and from which no rule draws: not any more,
or not yet."""
UNRECORDED = {
    **dict.fromkeys(
        (
            *("size", "cover", "trusted", "grade", "licensed", "approval"),
            *("kind", "ease", "file", "lead", "term"),
        ),
        _FIRM,
    ),
    "drift": _SMALL,
    "home": "efforts and incidents: they act on an outcome through decisions that are recorded",
    "claim": "claims, and what restores delivery: they act on an outcome through talks and measures",
    "crisis": "threats and what comes of them; where a cabinet ends the truce it is recorded",
    "talk": "whether talks are held, how often before the leaders meet, and on what: no chance of a "
    "package is known before it is found",
    "war": "rungs climb and fall again within a break, whose end is recorded",
    "back": "no chance: the date of a truce that returns",
    **dict.fromkeys(("order", "speaker"), _FIRST),
    **dict.fromkeys(("drift_issue", "drift_depth", "seen"), _SIZE),
    "purchases": "no chance: by how much the world's demand moves what is bought",
    "ratification": "its chance needs a normal integral at each vote, and votes are few",
    "mediator": "no shipped scenario has one",
    "resolve_turn": "that a price turns moves nothing on average; to what it turns is recorded",
    **dict.fromkeys(("imports", "exports"), "no chance: by how much a month's record errs"),
    **dict.fromkeys(RESERVED, "no rule draws from it: not any more, or not yet"),
}
"""The other streams, and why their draws record no surprise."""
AT_RENEW, AT_RENEW_EARLY, AT_LAPSE, AT_REENTRY, AT_ENDING = codes(len(DATED))
_PER_SOURCE = ERAS + len(KEPT)
_KEPT = np.asarray(KEPT)


@formula
def _beyond(event, chance):
    """What came beyond a chance in [0, 1]: 1 - chance where it happened, else -chance."""
    return 1.0 - chance if event else -chance


@rule
def record_decision(s, p, source, event, chance):
    """Record a decision of this week that had ``chance`` to be as ``event`` says.

    ``source`` is its place in :data:`sim.rules.measures.DATED`.
    """
    surprise = _beyond(event, chance)
    era = s.world.week * ERAS // p.calendar.horizon_weeks
    s.out.surprises[source * _PER_SOURCE + era] += surprise
    for k in range(len(KEPT)):
        s.recent[source, k] += surprise


@rule
def happened(s, p, source, draw, chance):
    """Whether a draw in (0, 1) meets its chance, which is recorded as it is asked."""
    event = draw < chance
    record_decision(s, p, source, event, chance)
    return event


@formula
def record_shock(s, kind, event, chance):
    """Record whether a random shock of a kind landed, which it had ``chance`` to."""
    s.out.surprises[SHOCKS + kind] += _beyond(event, chance)


@formula
def record_belief(s, i, k, normal):
    """Record the standard normal draw behind side ``i``'s error about issue ``k``."""
    s.out.surprises[BELIEFS + i * MOST_ISSUES + k] = normal


@formula
def record_chip(s, entity, normal):
    """Record a standard normal draw behind what chips are worth to their buyers."""
    s.out.surprises[CHIP_DRAWS + entity] = normal


@formula
def record_first_resolve(s, i):
    """Record the draw behind side ``i``'s price of settling on the first day, in [-1, 1]."""
    s.out.surprises[RESOLVES + i * (1 + ERAS)] = s.sides[i].resolve


@formula
def record_resolve(s, p, i):
    """Record the draw behind a new price of settling of side ``i``, by part of the horizon."""
    era = s.world.week * ERAS // p.calendar.horizon_weeks
    s.out.surprises[RESOLVES + i * (1 + ERAS) + 1 + era] += s.sides[i].resolve


@formula
def remember_surprises(s, p):
    """Add what is left of earlier surprises in a week of the closing period; a week later it is
    less.

    Over the period this is the mean over its weeks c of sum_t surprise_t kept^(c - t), t up to c.
    """
    horizon = p.calendar.horizon_weeks
    period = min(p.outcomes.closing_weeks, horizon)
    closing = s.world.week >= horizon - period
    for source in range(len(DATED)):
        for k in range(len(KEPT)):
            if closing:
                s.out.surprises[source * _PER_SOURCE + ERAS + k] += s.recent[source, k] / period
            s.recent[source, k] *= _KEPT[k]


@formula
def clear_surprises(s):
    """Set all sums to 0, for the next run."""
    for k in range(N_SURPRISES):
        s.out.surprises[k] = 0.0
    for source in range(len(DATED)):
        for k in range(len(KEPT)):
            s.recent[source, k] = 0.0
