"""The state of one run: one record for the world at large and one record array for the firms.

``s`` in a rule is the record of dtype :data:`STATE`: the world, both sides, the issues, both authorities, what was said, and work
space, all of fixed size, so that a compiled rule takes one pointer. ``firms`` has a row a firm, magnets first. Agents are views
of the same rows. Allocation happens once and is the only thing done here besides naming; :mod:`sim.rules.start` fills a state in.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.rules.codes import code, codes
from sim.rules.measures import MOST_ISSUES, MOST_SECTORS, RUN

__all__ = [
    "AGREED", "AUTHORITY", "BROKEN", "CHIPS", "CIVIL", "CN", "DEAL", "FIRM", "ISSUE", "LAPSE", "MAGNETS", "MILITARY", "MOST_TRANSIT", "NEVER",
    "PROBLEM", "SECURITY", "SIDE", "STATE", "TRADE", "TRUCE", "US", "WORLD", "State", "allocate", "other",
]  # fmt: skip

US, CN = codes(2)
TRADE, SECURITY = codes(2)
MAGNETS, CHIPS = codes(2)
CIVIL, MILITARY = codes(2)
BROKEN, TRUCE, DEAL = codes(3)
AGREED, LAPSE = codes(2)
NEVER = code(-(10**6))
MOST_TRANSIT = 13
_MOST_BREAKPOINTS = 2 * MOST_ISSUES


def other(side: int) -> int:
    """The opposite side."""
    return 1 - side


WORLD = np.dtype(
    [
        ("seed", "u8"),
        ("run", "i8"),
        ("week", "i8"),
        ("status", "i8"),
        ("clock_start", "i8"),
        ("deadline", "i8"),
        ("extensions", "i8"),
        ("deal_since", "i8"),
        ("events", "i8"),
        ("driver_issue", "i8", (6,)),
        ("settled", "i8", (2,)),
        ("rung", "i8", (2,)),
        ("ceiling", "f8", (2,)),
        ("tariff", "f8", (2,)),
        ("tariff_age", "f8", (2,)),
        ("elasticity", "f8", (2,)),
        ("trade", "f8", (2,)),
        ("other_supply", "f8", (2,)),
        ("dependence_decline", "f8", (2,)),
        ("mean_risk", "f8", (2,)),
        ("exposure", "f8", (2, 2)),
        ("needs_licence", "i8", (2, 2)),
        ("approval_chance", "f8", (2, 2)),
        ("flow", "f8", (2,)),
        ("mean_shortage", "f8", (2,)),
        ("lost_output", "f8", (MOST_SECTORS,)),
        ("shortage", "f8", (MOST_SECTORS,)),
        ("licensed", "f8", (MOST_SECTORS,)),
        ("stops", "f8", (MOST_SECTORS,)),
        ("sector_size", "f8", (MOST_SECTORS,)),
        ("sector_firms", "f8", (MOST_SECTORS,)),
        ("good_size", "f8", (2,)),
        ("meetings", "i8"),
        ("weeks_in_truce", "i8"),
    ],
    align=True,
)

SIDE = np.dtype(
    [
        ("alive", "f8"),
        ("observed", "f8"),
        ("grievance", "f8", (2,)),
        ("dispute", "i8"),
        ("dispute_since", "i8"),
        ("dispute_table", "i8"),
        ("hawk", "f8"),
        ("lobby", "f8"),
        ("tariff_loss", "f8"),
        ("export_loss", "f8"),
        ("welfare_loss", "f8"),
        ("break_loss", "f8"),
        ("value_terms", "f8"),
        ("value_lapse", "f8"),
        ("value_now", "f8"),
        ("value_truce", "f8"),
        ("lack", "f8"),
        ("leverage", "f8"),
        ("leverage_change", "f8", (2,)),
        ("reservation", "f8", (2,)),
        ("best", "f8", (2,)),
        ("aspiration", "f8", (2,)),
        ("standing", "i8", (2,)),
        ("heard", "f8", (2,)),
        ("heard_before", "f8", (2,)),
        ("heard_count", "i8", (2,)),
        ("made_count", "i8", (2,)),
    ],
    align=True,
)

ISSUE = np.dtype(
    [
        ("benefit", "f8"),
        ("linear", "f8"),
        ("convex", "f8"),
        ("terms", "f8"),
        ("agreed", "f8"),
        ("promised", "f8"),
        ("promised_before", "f8"),
        ("level", "f8"),
        ("kept", "f8"),
        ("withheld", "f8"),
    ],
    align=True,
)

FIRM = np.dtype(
    [
        ("good", "i4"),
        ("sector", "i4"),
        ("grade", "i4"),
        ("trusted", "i4"),
        ("pending", "i4"),
        ("until", "i4"),
        ("applied", "i4"),
        ("next", "i4"),
        ("expected_wait", "f8"),
        ("stock", "f8"),
        ("other_share", "f8"),
        ("in_transit", "f8"),
        ("cover", "f8"),
        ("risk", "f8"),
        ("shortage", "f8"),
        ("ordered", "f8"),
        ("received", "f8"),
        ("used", "f8"),
        ("size", "f8"),
        ("value_at_risk", "f8"),
        ("qualified", "i4"),
        ("entity", "i4"),
        ("transit", "f8", (MOST_TRANSIT,)),
    ],
    align=True,
)

AUTHORITY = np.dtype(
    [
        ("head", "i8", (2,)),
        ("tail", "i8", (2,)),
        ("waiting", "i8", (2,)),
        ("budget", "f8"),
        ("examined", "i8"),
        ("approved", "i8"),
        ("wait", "f8"),
        ("examined_total", "i8"),
        ("approved_total", "i8"),
        ("wait_total", "f8"),
        ("queue_total", "f8"),
    ],
    align=True,
)

PROBLEM = np.dtype(
    [
        ("count", "i8"),
        ("issue", "i8", (MOST_ISSUES,)),
        ("owner", "i8", (MOST_ISSUES,)),
        ("benefit", "f8", (MOST_ISSUES,)),
        ("linear", "f8", (MOST_ISSUES,)),
        ("convex", "f8", (MOST_ISSUES,)),
        ("red_line", "f8", (MOST_ISSUES,)),
        ("points", "i8"),
        ("point", "f8", (_MOST_BREAKPOINTS,)),
        ("mover", "i8", (_MOST_BREAKPOINTS,)),
        ("value", "f8", (2, _MOST_BREAKPOINTS)),
        ("fixed", "f8", (2, _MOST_BREAKPOINTS + 1)),
        ("curve", "f8", (2, _MOST_BREAKPOINTS + 1)),
        ("partly", "i8", (MOST_ISSUES,)),
    ],
    align=True,
)


STATE = np.dtype(
    [
        ("world", WORLD),
        ("sides", SIDE, (2,)),
        ("issues", ISSUE, (MOST_ISSUES,)),
        ("authorities", AUTHORITY, (2,)),
        ("offers", "f8", (2, 2, MOST_ISSUES)),
        ("errors", "f8", (2, MOST_ISSUES)),
        ("problems", PROBLEM, (5,)),
        ("package", "f8", (MOST_ISSUES,)),
        ("scratch", "f8", (MOST_ISSUES,)),
        ("out", RUN),
    ],
    align=True,
)


class State(NamedTuple):
    """What one run is kept in.

    ``whole`` has one row of dtype :data:`STATE`: ``offers`` (table, side, issue) are the last packages proposed, ``errors`` (side, issue)
    the log errors of beliefs, ``problems`` one bargaining problem a table and side plus one of full information, ``package`` and
    ``scratch`` work space, ``out`` the run's measures. ``firms`` is an array of :data:`FIRM`.
    """

    whole: Any
    firms: Any


def allocate(firms: int) -> State:
    """A zeroed state for ``firms`` firms in all."""
    return State(np.zeros(1, STATE), np.zeros(firms, FIRM))
