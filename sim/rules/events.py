"""Marks of what happened in a week: one bit an event, in the order of :data:`sim.rules.measures.EVENTS`."""

from __future__ import annotations

from sim.rules.codes import codes
from sim.rules.compiled import formula
from sim.rules.measures import EVENTS

__all__ = [
    "BACKED_DOWN", "CLIMBED", "DEAL_MADE", "DRIFTED", "EXTENDED", "FAILED", "LAPSED", "PROTESTED", "REOPENED", "RETALIATED", "SHOCKED",
    "SUSPENDED", "mark",
]  # fmt: skip

(
    SHOCKED, DRIFTED, _, PROTESTED, _, RETALIATED, _, BACKED_DOWN, SUSPENDED, EXTENDED, LAPSED, CLIMBED, REOPENED, DEAL_MADE, _, FAILED,
) = codes(len(EVENTS))  # fmt: skip


@formula
def mark(world, event):
    """Mark an event of this week; those of a side or a table follow one another, so add its number."""
    world.events |= 1 << event
