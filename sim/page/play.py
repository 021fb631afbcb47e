"""What a game on the page is given: its words, and where the rules keep what a bargainer knows.

A person's seat is asked by the compiled rules themselves; the page reads the ask, the seat's own
view of the issues and the true values from the state of the run (:mod:`sim.rules.state`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config.params import SILENT
from sim.rules.state import ISSUES, PROBLEM, SIDE, STATE
from sim.vocabulary import GAME, TRANSCRIPT

__all__ = ["play_contents"]

_PROBLEM = ("count", "issue", "owner", "benefit", "linear", "convex", "least", "red_line")
_VALUES = ("benefit", "linear", "convex")


def play_contents() -> dict[str, Any]:
    """What the page's contents hold of this: ``game``."""
    return {
        "game": {
            "words": GAME,
            "silent": {"given": TRANSCRIPT, "plays": SILENT},
            "side": SIDE.itemsize,
            "problems": {
                "offset": _offset(STATE, "problems"),
                "size": PROBLEM.itemsize,
                "fields": {name: _offset(PROBLEM, name) for name in _PROBLEM},
            },
            "values": {name: _offset(STATE, "issues") + _offset(ISSUES, name) for name in _VALUES},
            "offers": {"offset": _offset(STATE, "offers"), "room": int(STATE["offers"].shape[-1])},
        }
    }


def _offset(record: np.dtype, name: str) -> int:
    """The place of a field in a record, bytes."""
    assert record.fields is not None
    return int(record.fields[name][1])
