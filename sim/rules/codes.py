"""The codes of the vocabulary as rules use them.

Sides, tracks, goods, grades, drivers, states of the truce, strategies and the rest.

They are numpy integers so that Numba types every code alike and compiles a rule once, not once
per code. Names and order are those of :mod:`sim.vocabulary`, by name, so that a term added there
moves no other one's meaning here.
"""

from __future__ import annotations

import numpy as np

from sim import vocabulary as words
from sim.vocabulary import Terms

__all__ = [
    "ALL_SCOPE",
    "ALTERNATE",
    "BARGAINED",
    "BREAKDOWN",
    "BREAKTHROUGH",
    "BROKEN",
    "CALL",
    "CHIPS",
    "CHOSEN",
    "CIVIL",
    "CN",
    "COMMITTED",
    "CONTROLLED",
    "COUNTER",
    "DATED_EVENT",
    "DATED_SETTING",
    "DATED_TARIFF",
    "DEAL",
    "DELIVERY",
    "DRAWN",
    "ELECTION",
    "ENERGY",
    "EQUILIBRIUM",
    "EXECUTIVE",
    "FARM",
    "FENTANYL",
    "FIRST_CN",
    "FIRST_US",
    "FIXED",
    "FIXED_DUTIES",
    "FREE",
    "GENERAL",
    "GOODWILL",
    "HARDLINER",
    "HAWK",
    "ISSUE_SCOPE",
    "LISTS_2018",
    "LISTS_2025",
    "MAGNETS",
    "MANUFACTURES",
    "MICRO",
    "MILITARY",
    "MILITARY_KIND",
    "MINERALS",
    "NARROW_DEAL",
    "N_DRIVERS",
    "N_FAMILIES",
    "N_GOODS",
    "N_GRADES",
    "N_GROUPS",
    "N_OUTCOMES",
    "N_PURCHASES",
    "N_REGIMES",
    "N_SIDES",
    "N_TRACKS",
    "PACKAGE",
    "RECIPROCAL",
    "SCREENING",
    "SECTION_122",
    "SECTION_232",
    "SECTION_301",
    "SEPARATE",
    "SHIPMENT",
    "SIX_MONTHS",
    "SUBSTANCE",
    "SUMMIT",
    "SUPPLY",
    "SUSPENDED",
    "TACTICAL_PAUSE",
    "THRESHOLDS",
    "TIME_DEPENDENT",
    "TIT_FOR_TAT",
    "TRACK_SCOPE",
    "TRADE",
    "TRUCE",
    "UNCONTROLLED",
    "US",
    "VOID_FENTANYL",
    "VOID_IEEPA",
    "VOID_RECIPROCAL",
    "VOTE",
    "choices_of",
    "code",
    "codes",
    "codes_of",
    "first_of",
]


def code(number: int) -> np.int64:
    """One number as a code."""
    return np.int64(number)


def codes(count: int) -> tuple[np.int64, ...]:
    """0, 1, ... ``count`` - 1, to be unpacked into names."""
    return tuple(np.int64(n) for n in range(count))


def codes_of(terms: Terms, *names: str) -> tuple[np.int64, ...]:
    """The codes of the terms of these names."""
    return tuple(np.int64(terms[name].code) for name in names)


def choices_of(decision: str) -> tuple[np.int64, ...]:
    """The codes of a decision's choices."""
    return codes(len(words.DECISIONS[decision].choices))


def first_of(*kinds: str) -> tuple[np.int64, ...]:
    """The codes of the first event of each of these kinds.

    The others, of the next side or track, follow it.
    """
    return tuple(np.int64(words.EVENTS[words.EVENT_KINDS[kind].events[0]].code) for kind in kinds)


N_SIDES, N_TRACKS, N_GOODS, N_GRADES = (
    len(words.SIDES),
    len(words.TRACKS),
    len(words.GOODS),
    len(words.GRADES),
)
N_DRIVERS, N_OUTCOMES = len(words.DRIVERS), len(words.OUTCOMES)
N_PURCHASES = len(words.PURCHASES)

US, CN = codes_of(words.SIDES, "us", "cn")
TRADE, MINERALS = codes_of(words.TRACKS, "trade", "minerals")
MAGNETS, CHIPS = codes_of(words.GOODS, "magnets", "chips")
FARM, ENERGY, MANUFACTURES = codes_of(words.PURCHASES, "farm", "energy", "goods")
CIVIL, MILITARY = codes_of(words.GRADES, "civil", "military")
UNCONTROLLED, CONTROLLED, MILITARY_KIND = codes_of(
    words.KINDS, "uncontrolled", "controlled", "military"
)
N_REGIMES = len(words.REGIMES)
SUSPENDED, SHIPMENT, SIX_MONTHS, GENERAL, FREE = codes_of(
    words.REGIMES, "suspended", "shipment", "six_months", "general", "free"
)
(CHOSEN,) = codes_of(words.REGIME_RULES, "chosen")
BROKEN, TRUCE, DEAL = codes_of(words.STATUSES, "none", "truce", "deal")
BREAKTHROUGH, NARROW_DEAL, TACTICAL_PAUSE, BREAKDOWN = codes_of(
    words.OUTCOMES, "breakthrough", "narrow_deal", "tactical_pause", "breakdown"
)
TIME_DEPENDENT, TIT_FOR_TAT, MICRO, HARDLINER, EQUILIBRIUM, SCREENING, COMMITTED = codes_of(
    words.STRATEGIES,
    "time_dependent",
    "tit_for_tat",
    "micro",
    "hardliner",
    "equilibrium",
    "screening",
    "committed",
)
HAWK, DELIVERY, SUPPLY, GOODWILL = codes_of(
    words.SHOCK_KINDS, "hawk", "delivery", "supply", "goodwill"
)
VOID_FENTANYL, VOID_RECIPROCAL, VOID_IEEPA, SECTION_122 = codes_of(
    words.SHOCK_KINDS, "void_fentanyl", "void_reciprocal", "void_ieepa", "section_122"
)
DATED_SETTING, DATED_TARIFF, DATED_EVENT = codes_of(words.DATED, "setting", "tariff", "event")
SEPARATE, PACKAGE = codes_of(words.TRACK_RULES, "separate", "package")
EXECUTIVE, VOTE = codes_of(words.RATIFIERS, "executive", "vote")
SUMMIT, CALL, ELECTION = codes_of(words.CALENDAR_KINDS, "summit", "call", "election")
ISSUE_SCOPE, TRACK_SCOPE, ALL_SCOPE = codes_of(words.ENFORCEMENT_SCOPES, "issue", "track", "all")
ALTERNATE, FIRST_US, FIRST_CN, DRAWN = codes_of(
    words.FIRST_SPEAKERS, "alternate", "us", "cn", "drawn"
)
SUBSTANCE, THRESHOLDS = codes_of(words.BREAKTHROUGH_RULES, "substance", "thresholds")
BARGAINED, FIXED = codes_of(words.LENGTH_RULES, "bargained", "fixed")
N_GROUPS = len(words.TRADE_GROUPS)
N_FAMILIES = max(len(families) for families in words.BASIS_FAMILIES.values())
FIXED_DUTIES, SECTION_232, SECTION_301, FENTANYL, RECIPROCAL = codes_of(
    words.BASIS_FAMILIES["us"],
    "fixed",
    "section_232",
    "section_301",
    "fentanyl",
    "reciprocal",
)
LISTS_2018, LISTS_2025, COUNTER = codes_of(
    words.BASIS_FAMILIES["cn"], "lists_2018", "lists_2025", "counter"
)
