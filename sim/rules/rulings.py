"""Rulings: what a court strikes down of Washington's duties, and what Washington puts in their place.

A fall of a basis is an event with a date: the truce's status does not change by it, nobody concedes
anything and nobody breaks a promise. The legal state is in the world, and the tables of trade
(:mod:`sim.rules.trade_tables`) follow it in the same week. See docs/law.md.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``.
"""

from __future__ import annotations

from sim.rules.codes import SECTION_122, VOID_FENTANYL, VOID_IEEPA, VOID_RECIPROCAL, code
from sim.rules.compiled import formula, rule
from sim.rules.law import FENTANYL_VOID, RECIPROCAL_VOID, THIRD_VOID
from sim.rules.state import NO_DATE
from sim.rules.trade_tables import choose_table

__all__ = ["take_ruling", "weeks_of_days"]

_DAYS, _NOTHING = 7, code(0)  # days of a week, and no bit


@formula
def weeks_of_days(days):
    """Whole weeks that have room for so many days."""
    return (days + _DAYS - 1) // _DAYS


@rule
def take_ruling(s, p, kind, rate):
    """Put a ruling into effect, or section 122 at a ``rate``, ad valorem, no higher than it allows.

    What a court strikes down is void until it is rebuilt on section 301, if ever, and rests on other
    law from then on: a second ruling finds nothing to strike down. Where something falls, and
    ``law.reinstates`` says so, Washington answers by section 122 at the highest rate; one in place
    is left as it is.
    """
    w, bits = s.world, _struck(kind)
    fallen = bits & ~w.struck
    falls = fallen != 0
    w.struck |= bits
    w.void |= fallen
    if falls:
        weeks = p.law.rebuild_weeks
        w.rebuilt = w.week + weeks if weeks > 0 else NO_DATE
    if kind == SECTION_122:
        _impose(w, p, rate)
    elif falls and p.law.reinstates == 1 and w.section_122 <= 0.0:
        _impose(w, p, p.law.section_122_most)
    choose_table(s, p)


@formula
def _struck(kind):
    """The bits of what a kind of shock strikes down; none of section 122."""
    if kind == VOID_FENTANYL:
        return FENTANYL_VOID
    elif kind == VOID_RECIPROCAL:
        return RECIPROCAL_VOID
    elif kind == VOID_IEEPA:
        return FENTANYL_VOID | RECIPROCAL_VOID | THIRD_VOID
    return _NOTHING


@formula
def _impose(w, p, rate):
    """Section 122 from this week on, for the weeks that the statute gives it."""
    w.section_122 = min(rate, p.law.section_122_most)
    w.section_122_end = w.week + weeks_of_days(p.law.section_122_days)
