"""Marks of what happened in a week.

One bit per event, at the position of its code (:data:`sim.vocabulary.EVENTS`).
"""

from __future__ import annotations

from sim.rules.codes import first_of
from sim.rules.compiled import formula

__all__ = [
    "CRISIS_OVER",
    "DEAL_MADE",
    "DRIFTED",
    "ENDED",
    "EXTENDED",
    "FAILED",
    "LAPSED",
    "MEASURE",
    "PASSED",
    "PROTESTED",
    "REOPENED",
    "RUNG",
    "SHOCKED",
    "SWAPPED",
    "THREATENED",
    "mark",
    "marked",
]

SHOCKED, DRIFTED, PROTESTED, THREATENED, MEASURE = first_of(
    "shock", "drift", "protest", "threat", "measure"
)
CRISIS_OVER, SWAPPED, EXTENDED, PASSED, LAPSED, ENDED = first_of(
    "crisis_over", "swap", "extension", "limbo", "lapse", "ending"
)
RUNG, REOPENED, DEAL_MADE, FAILED = first_of("rung", "reentry", "deal", "ratification_failure")


@formula
def mark(world, event):
    """Mark an event of this week.

    Those of a side or a track follow one another, so add its number.
    """
    world.events |= 1 << event


@formula
def marked(world, event):
    """Whether an event is marked this week."""
    return world.events >> event & 1 == 1
