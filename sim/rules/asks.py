"""What governments are asked and what they do: the transcript, the script, the log of acts.

A decision of a government is an *ask*: its rule answers it, a script or a person may answer in its
place, and the answer stands in the run's transcript. Asks of a week are numbered, so that a side
may be asked twice in a week, and no answer moves another's draw. A script is a transcript: a run
that takes its own transcript as its script is the run again.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``.
``decision`` is a code of :data:`sim.vocabulary.DECISIONS`, ``act`` one of
:data:`sim.vocabulary.ACTS`, ``i`` a side.
"""

from __future__ import annotations

import math

from sim import vocabulary as words
from sim.rules.codes import N_SIDES, codes_of
from sim.rules.compiled import formula, rule
from sim.rules.state import MOST_ACTS, MOST_ASKS

__all__ = [
    "NO_ASK",
    "act",
    "answered",
    "answered_worth",
    "begin_asks",
    "take_script",
]

(
    OFFER,
    ACCEPT,
    RATIFY,
    SWAP,
    MEND,
    RENEW,
    SWEETEN,
    LAPSE,
    DELIVER,
    PROTEST,
    RESTORE,
    THREATEN,
    ANSWER,
    CARRY_OUT,
    RESPOND,
    MOVE,
    REST,
    CLIMB,
    GO_BACK,
    REGIME,
) = codes_of(words.DECISIONS, *words.DECISIONS)
(
    PROTESTED,
    RESTORED,
    SLACKED,
    DELIVERED,
    THREATENED,
    DEMANDED,
    YIELDED,
    REFUSED,
    BACKED_DOWN,
    CARRIED_OUT,
    ACTED,
    ANSWERED,
    ABSORBED,
    CLIMBED_DOWN,
    ESCALATED,
    RESTED,
    SWAPPED,
    MENDED,
    RENEWED,
    SWEETENED,
    PASSED,
    ENDED,
    LAPSED,
    CLIMBED,
    RETURNED,
    SETTLED,
    HOLLOWED,
    FILLED,
    TIGHTENED,
    LOOSENED,
    SCHEDULED,
) = codes_of(words.ACTS, *words.ACTS)
NO_ASK = -1


@formula
def begin_asks(s):
    """A new week: asks are numbered from 0."""
    s.world.asks = 0


@rule
def act(s, side, code, first, second):
    """Note an act in the run's log: who, what, and two details (docs/truces.md, *The log*)."""
    w = s.world
    if w.acts < MOST_ACTS:
        row = s.acts[w.acts]
        row.week, row.side, row.act, row.first, row.second = w.week, side, code, first, second
        w.acts += 1


@rule
def take_script(s, p, script):
    """The rows of ``script``, those of all points, that are these settings'; which asks are open.

    A bit of ``script.wanted`` for each decision that a person takes.
    """
    w = s.world
    w.script_end = min(p.script.end - p.script.first, MOST_ASKS)
    for n in range(w.script_end):
        s.script[n] = script[p.script.first + n]
    for i in range(N_SIDES):
        w.wanted[i] = p.script.wanted[i]


@rule
def answered(s, i, decision, choice, first, second, gain, chance):
    """The answer of side ``i`` to an ask: the rule's ``choice``, or the script's.

    The answer is noted in the transcript. ``first`` and ``second`` say what is asked, ``gain`` what
    saying yes is worth, ``chance`` how likely the rule is to say yes, or what it says where there
    are more answers; NaN where there is no such number (docs/strategies.md, *What is asked*).
    """
    at = _scripted(s, i, decision)
    if at == NO_ASK:
        _open(s, i, decision, first, second, choice, math.nan, gain, chance)
    else:
        choice = s.script[at].choice
    _note(s, i, decision, choice, math.nan)
    return choice


@rule
def answered_worth(s, i, decision, worth, first, second):
    """The worth, bn USD/yr of offers, that side ``i`` answers: the rule's, or the script's."""
    at = _scripted(s, i, decision)
    if at == NO_ASK:
        _open(s, i, decision, first, second, 0, worth, math.nan, math.nan)
    else:
        worth = s.script[at].worth
    _note(s, i, decision, 0, worth)
    return worth


@rule
def _scripted(s, i, decision):
    """The row of the script that answers the coming ask; NO_ASK where none does."""
    w = s.world
    while w.script_next < w.script_end and (
        s.script[w.script_next].week < w.week
        or (s.script[w.script_next].week == w.week and s.script[w.script_next].ask < w.asks)
    ):
        w.script_next += 1
    if w.script_next >= w.script_end:
        return NO_ASK
    row = s.script[w.script_next]
    if row.week == w.week and row.ask == w.asks and row.side == i and row.decision == decision:
        return w.script_next
    return NO_ASK


@rule
def _open(s, i, decision, first, second, choice, worth, gain, chance):
    """Remember the first ask that a person is to answer, and all that both sides know then."""
    w = s.world
    if w.open_ask != NO_ASK or (w.wanted[i] >> decision) & 1 == 0:
        return
    w.open_ask = w.asks
    row = s.open
    row.week, row.ask, row.side, row.decision = w.week, w.asks, i, decision
    row.first, row.second, row.choice = first, second, choice
    row.worth, row.gain, row.chance = worth, gain, chance
    for side in range(N_SIDES):
        s.seen[side] = s.sides[side]
    s.seen_world = s.world


@rule
def _note(s, i, decision, choice, worth):
    """Add an ask to the transcript."""
    w = s.world
    if w.asked < MOST_ASKS:
        row = s.transcript[w.asked]
        row.week, row.ask, row.side, row.decision = w.week, w.asks, i, decision
        row.choice, row.worth = choice, worth
        w.asked += 1
    w.asks += 1
