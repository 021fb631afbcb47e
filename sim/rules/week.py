"""The week: nine phases in the order of docs/model.md, *Process overview and scheduling*.

After the phases the sums are updated.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`) and ``p`` its settings by their
paths (:mod:`sim.config.params`). ``firms`` are the tiles of all firms; arguments of rules stand in
the order state, firms, settings, then indices, then numbers.
"""

from __future__ import annotations

from sim.rules.asks import NO_ASK, begin_asks, take_script
from sim.rules.bargaining import negotiation
from sim.rules.calendar import keep_calendar
from sim.rules.compiled import formula
from sim.rules.compliance import compliance
from sim.rules.dated import take_dated
from sim.rules.disputes import disputes
from sim.rules.licensing import licensing
from sim.rules.minerals import minerals
from sim.rules.outcomes import finish, observe, record_week
from sim.rules.outlook import look
from sim.rules.politics import politics
from sim.rules.regimes import regimes
from sim.rules.screening import turn_resolve
from sim.rules.shocks import shocks
from sim.rules.start import branch, start
from sim.rules.supply import supply
from sim.rules.trade import trade
from sim.rules.truce import truce
from sim.rules.valuation import valuation

__all__ = ["begin_week", "end_week", "run_weeks", "week"]


@formula
def begin_week(s, p, dated, cells):
    """Clear the week's event marks, branch where this is the week, put in force what is dated, and see
    what is scheduled.

    ``dated`` are the rows of all points and ``cells`` the numbers of ``p`` as integers of 64 bits
    (:mod:`sim.rules.dated`).
    """
    s.world.events = 0
    if p.branch.week > 0 and s.world.week == p.branch.week:
        branch(s)
    begin_asks(s)
    take_dated(s, p, dated, cells)
    keep_calendar(s, p)


@formula
def end_week(s):
    """Advance the calendar."""
    s.world.week += 1


@formula
def week(s, firms, p, dated, cells):
    """One complete week, before the calendar advances."""
    begin_week(s, p, dated, cells)
    shocks(s, p)
    licensing(s, firms, p)
    supply(s, firms, p)
    minerals(s, p)
    trade(s, p)
    politics(s, p)
    turn_resolve(s, p)
    compliance(s, p)
    valuation(s, p)
    look(s, p)
    disputes(s, p)
    negotiation(s, p)
    truce(s, p)
    regimes(s, p)
    observe(s, p)


@formula
def run_weeks(s, firms, p, dated, script, cells, seed, run, series, whole):
    """A complete run; ``series`` (weeks,) receives the weekly record, all of it where ``whole`` is
    not 0 (:func:`sim.rules.outcomes.record_week`).

    Nothing is recorded where its length is 0. A run stops after the week in which a person was to
    answer and has not.
    """
    start(s, firms, p, seed, run)
    take_script(s, p, script)
    for t in range(p.calendar.horizon_weeks):
        week(s, firms, p, dated, cells)
        if series.shape[0] > 0:
            record_week(s, firms, p, series[t], whole)
        end_week(s)
        if s.world.open_ask != NO_ASK:
            break
    finish(s, p)
