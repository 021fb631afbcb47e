"""The rules as Python calls them: every argument a one-row array.

A compiled rule takes records; passing one from Python costs about 30 microseconds, a one-row
array 0.4. These steps open the row and call the rule, nothing else. The order of a week
is that of :mod:`sim.rules.week`.
"""

from __future__ import annotations

import math

from sim.rules import (
    bargaining,
    compliance,
    disputes,
    licensing,
    minerals,
    outcomes,
    politics,
    regimes,
    screening,
    shocks,
    strategies,
    supply,
    tracks,
    trade,
    truce,
    valuation,
    week,
)
from sim.rules.asks import take_script
from sim.rules.codes import CHIPS, MAGNETS, N_GOODS
from sim.rules.compiled import rule
from sim.rules.outlook import credible, look
from sim.rules.relations import other
from sim.rules.start import branch as start_branch
from sim.rules.start import start
from sim.rules.state import TILE

__all__ = [
    "begin",
    "best",
    "branch",
    "clear_queue",
    "close_week",
    "comply",
    "decide",
    "dispute",
    "feel_politics",
    "finish",
    "grow_other_supply",
    "hold_talks",
    "is_open",
    "keep_the_clock",
    "land_shocks",
    "license_all",
    "license_in_order",
    "live",
    "meetings",
    "open_meeting",
    "open_window",
    "operate",
    "outlook",
    "prepare_track",
    "screen",
    "seek_licence",
    "supply_all",
    "take_turn",
    "tally",
    "target",
    "trade_flows",
    "value_issues",
]


@rule
def begin(s, firms, p, script, seed, run):
    """The first day; ``script`` are the rows of a transcript that answer asks."""
    start(s[0], firms, p[0], seed, run)
    take_script(s[0], p[0], script)


@rule
def branch(s, run):
    """From the coming week on the run has the draws of ``run``."""
    s[0].world.future = run
    start_branch(s[0])


@rule
def live(s, firms, p, dated, cells, series):
    """A complete week with built-in strategies: all nine phases, the sums, and the calendar."""
    week.week(s[0], firms, p[0], dated, cells)
    outcomes.record_week(s[0], firms, p[0], series[0], 1)
    week.end_week(s[0])


@rule
def land_shocks(s, p, dated, cells):
    """Phase 1, what is dated to this week and shocks, on a clean slate of events."""
    week.begin_week(s[0], p[0], dated, cells)
    shocks.shocks(s[0], p[0])


@rule
def license_all(s, firms, p):
    """Phase 2, licensing, for every firm and both authorities."""
    licensing.licensing(s[0], firms, p[0])


@rule
def license_in_order(s, firms, p, order):
    """Phase 2, firms applying in the order of their places in ``order``, shape (firms,)."""
    licensing.open_window(s[0], p[0])
    for place in order:
        licensing.apply_step(s[0], firms, p[0], place)
    licensing.clear_step(s[0], firms, p[0], MAGNETS)
    licensing.clear_step(s[0], firms, p[0], CHIPS)


@rule
def open_window(s, p):
    """Apply the week's levels to licensing."""
    licensing.open_window(s[0], p[0])


@rule
def seek_licence(s, firms, p, place):
    """The firm at ``place`` applies for a licence if it needs one."""
    licensing.apply_step(s[0], firms, p[0], place)


@rule
def clear_queue(s, firms, p, good):
    """One authority examines."""
    licensing.clear_step(s[0], firms, p[0], good)


@rule
def supply_all(s, firms, p):
    """Phase 3, supply, for every firm."""
    supply.supply(s[0], firms, p[0])


@rule
def grow_other_supply(s, p):
    """Other sources of both goods grow."""
    supply.grow_other_supply(s[0], p[0], MAGNETS)
    supply.grow_other_supply(s[0], p[0], CHIPS)


@rule
def operate(s, firms, p, place):
    """The firm at ``place`` receives, uses and orders goods."""
    f = firms[place // TILE]
    supply.operate_one(f, place % TILE, supply.conditions(s[0], p[0], f.good))


@rule
def tally(s, firms, p):
    """Sums over the firms of both goods."""
    supply.tally(s[0], firms, p[0])
    for good in range(N_GOODS):
        supply.price_scarce(s[0], p[0], good)


@rule
def trade_flows(s, p):
    """Minerals that are rows, which close phase 3, and phase 4, trade."""
    minerals.minerals(s[0], p[0])
    trade.trade(s[0], p[0])


@rule
def feel_politics(s, p):
    """Phase 5, politics."""
    politics.politics(s[0], p[0])
    screening.turn_resolve(s[0], p[0])


@rule
def value_issues(s, p):
    """Phase 7, valuation, and what both sides reckon with."""
    valuation.valuation(s[0], p[0])
    look(s[0], p[0])


@rule
def dispute(s, p):
    """Phase 8, disputes."""
    disputes.disputes(s[0], p[0])


@rule
def decide(s, p):
    """Phases 6 to 10, all in which governments decide: compliance, valuation, disputes, bargaining,
    the truce.
    """
    compliance.compliance(s[0], p[0])
    valuation.valuation(s[0], p[0])
    look(s[0], p[0])
    disputes.disputes(s[0], p[0])
    bargaining.negotiation(s[0], p[0])
    truce.truce(s[0], p[0])
    regimes.regimes(s[0], p[0])


@rule
def hold_talks(s, p):
    """Phase 9, bargaining, with the built-in strategies."""
    bargaining.negotiation(s[0], p[0])


@rule
def is_open(s, p, track):
    """Whether a track is bargained."""
    return tracks.open_track(s[0], p[0], track)


@rule
def prepare_track(s, p, track):
    """Prepare both sides' problems on a track."""
    bargaining.prepare_track(s[0], p[0], track)


@rule
def meetings(s, p):
    """Meetings this week."""
    return tracks.meetings(s[0], p[0])


@rule
def open_meeting(s, p, track):
    """The side that speaks first at a new meeting."""
    return bargaining.open_meeting(s[0], p[0], track)


@rule
def target(s, p, i, track):
    """The aspiration of side ``i``'s built-in strategy."""
    return strategies.strategy_target(s[0], p[0], i, track)


@rule
def best(s, p, i, track):
    """The most that side ``i`` believes it can have on a track."""
    return screening.believed_best(s[0], p[0], i, track)


@rule
def screen(s, p, i, track):
    """What side ``i`` believes on a track, where it screens.

    What waiting is worth at this meeting and a marginal type keeps, its claim, and the lowest and highest price of the other
    that it holds possible; NaN of the others.
    """
    if not screening.screens(p[0].sides.strategy.kind[i]):
        return math.nan, math.nan, math.nan, math.nan, math.nan
    side, meeting = s[0].sides[i], screening.meeting_of_the_week(s[0])
    low, tough = min(side.low[track], side.tough[track]), side.tough[track]
    return side.waits[meeting], side.keeps[meeting], side.claim[track], low, tough


@rule
def take_turn(s, p, i, track, aspiration):
    """Side ``i`` accepts or offers."""
    bargaining.turn(s[0], p[0], i, track, aspiration)


@rule
def outlook(s, p, i):
    """Elapsed share of the clock, urgency of the deadline, belief in the truce, and records.

    They are as side ``i`` sees them; the records are of carrying out threats, its own and the
    other's.
    """
    side, its = s[0].sides[i], s[0].sides[other(i)]
    return (
        strategies.clock_share(s[0].world),
        strategies.deadline_feeling(side.goes_on, p[0].sides.deadline_firmness[i]),
        tracks.belief(side),
        credible(side),
        credible(its),
    )


@rule
def comply(s, p):
    """Phase 6, compliance."""
    compliance.compliance(s[0], p[0])


@rule
def keep_the_clock(s, p):
    """Phase 10, the truce."""
    truce.truce(s[0], p[0])


@rule
def close_week(s, firms, p, series):
    """Record the week, fill the one row of ``series`` (dtype WEEK), advance the calendar."""
    outcomes.observe(s[0], p[0])
    outcomes.record_week(s[0], firms, p[0], series[0], 1)
    week.end_week(s[0])


@rule
def finish(s, p):
    """Turn sums into the run's measures."""
    outcomes.finish(s[0], p[0])
