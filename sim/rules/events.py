"""Marks of what happened in a week.

One bit per event, at the position of its code (:data:`sim.vocabulary.EVENTS`).
"""

from __future__ import annotations

from sim.rules.codes import first_of
from sim.rules.compiled import formula

__all__ = [
    "BACKED_DOWN",
    "CLIMBED",
    "DEAL_MADE",
    "DRIFTED",
    "EXTENDED",
    "FAILED",
    "LAPSED",
    "PROTESTED",
    "REOPENED",
    "RETALIATED",
    "SHOCKED",
    "SUSPENDED",
    "mark",
    "marked",
]

SHOCKED, DRIFTED, PROTESTED, RETALIATED, BACKED_DOWN = first_of(
    "shock", "drift", "protest", "retaliation", "back_down"
)
SUSPENDED, EXTENDED, LAPSED, CLIMBED, REOPENED = first_of(
    "suspension", "extension", "lapse", "rung", "reentry"
)
DEAL_MADE, FAILED = first_of("deal", "ratification_failure")


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
