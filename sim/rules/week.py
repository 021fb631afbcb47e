"""The week: nine phases in the order of MODEL.md section 3, then the books."""

from __future__ import annotations

from sim.rules.bargaining import negotiation
from sim.rules.compiled import rule
from sim.rules.compliance import compliance
from sim.rules.licensing import licensing
from sim.rules.outcomes import finish, observe
from sim.rules.politics import politics
from sim.rules.shocks import shocks
from sim.rules.start import start
from sim.rules.supply import supply
from sim.rules.trade import trade
from sim.rules.truce import truce
from sim.rules.valuation import valuation

__all__ = ["PHASES", "begin_week", "end_week", "run_weeks", "week"]

PHASES = (shocks, licensing, supply, trade, politics, valuation, negotiation, compliance, truce)


@rule
def begin_week(s):
    """Clear the week's event marks."""
    s.world[0].events = 0


@rule
def end_week(s, p):
    """Book the week and turn the calendar."""
    observe(s, p)
    s.world[0].week += 1


@rule
def week(s, p):
    """One whole week."""
    begin_week(s)
    shocks(s, p)
    licensing(s, p)
    supply(s, p)
    trade(s, p)
    politics(s, p)
    valuation(s, p)
    negotiation(s, p)
    compliance(s, p)
    truce(s, p)
    end_week(s, p)


@rule
def run_weeks(s, p, seed, run, series):
    """A whole run; ``series`` (weeks,) takes the weekly record, or nothing where its length is 0."""
    start(s, p, seed, run)
    for t in range(p.calendar_horizon_weeks):
        week(s, p)
        if series.shape[0] > 0:
            series[t] = s.series[0]
    finish(s, p)
