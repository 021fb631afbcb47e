"""The state of one run: a record array a population, and a named bundle of them that rules take.

A rule reads and writes rows by field name; agents are views of the same rows. Allocation happens once and is the only thing done
here besides naming; :mod:`sim.rules.start` fills a state in.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.rules.measures import MOST_ISSUES, MOST_SECTORS, RUN, WEEK

__all__ = [
    "AUTHORITY", "BROKEN", "CHIPS", "CIVIL", "CN", "DEAL", "FIRM", "ISSUE", "MAGNETS", "MILITARY", "MOST_TRANSIT", "NEVER",
    "PROBLEM", "SECURITY", "SIDE", "TRADE", "TRUCE", "US", "WORLD", "State", "allocate", "other",
]  # fmt: skip

US, CN = 0, 1
TRADE, SECURITY = 0, 1
MAGNETS, CHIPS = 0, 1
CIVIL, MILITARY = 0, 1
BROKEN, TRUCE, DEAL = 0, 1, 2
NEVER = -(10**6)
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
        ("entity", "i8"),
        ("good", "i8"),
        ("sector", "i8"),
        ("grade", "i8"),
        ("trusted", "i8"),
        ("size", "f8"),
        ("value_at_risk", "f8"),
        ("cover", "f8"),
        ("stock", "f8"),
        ("in_transit", "f8"),
        ("received", "f8"),
        ("used", "f8"),
        ("ordered", "f8"),
        ("other_share", "f8"),
        ("qualified", "i8"),
        ("risk", "f8"),
        ("shortage", "f8"),
        ("pending", "i8"),
        ("applied", "i8"),
        ("until", "i8"),
        ("expected_wait", "f8"),
    ],
    align=True,
)

AUTHORITY = np.dtype(
    [
        ("head", "i8", (2,)),
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
        ("value", "f8", (2, _MOST_BREAKPOINTS)),
    ],
    align=True,
)


class State(NamedTuple):
    """All arrays of one run.

    ``firms`` has a row a firm, magnets first; ``queues`` (good, lane, place) holds rows of waiting firms; ``transit``
    (firm, slot) what is on the water; ``offers`` (table, side, issue) the last packages proposed; ``errors`` (side, issue) the
    log errors of beliefs; ``problems`` one bargaining problem a table and side, plus one of full information; ``package`` and
    ``scratch`` are work space; ``out`` the run's measures; ``series`` the week's.
    """

    world: Any
    sides: Any
    issues: Any
    firms: Any
    authorities: Any
    queues: Any
    transit: Any
    offers: Any
    errors: Any
    problems: Any
    package: Any
    scratch: Any
    out: Any
    series: Any


def allocate(firms: int) -> State:
    """A zeroed state for ``firms`` firms in all."""
    return State(
        world=np.zeros(1, WORLD),
        sides=np.zeros(2, SIDE),
        issues=np.zeros(MOST_ISSUES, ISSUE),
        firms=np.zeros(firms, FIRM),
        authorities=np.zeros(2, AUTHORITY),
        queues=np.zeros((2, 2, firms), np.int64),
        transit=np.zeros((firms, MOST_TRANSIT)),
        offers=np.zeros((2, 2, MOST_ISSUES)),
        errors=np.zeros((2, MOST_ISSUES)),
        problems=np.zeros(5, PROBLEM),
        package=np.zeros(MOST_ISSUES),
        scratch=np.zeros(MOST_ISSUES),
        out=np.zeros(1, RUN),
        series=np.zeros(1, WEEK),
    )
