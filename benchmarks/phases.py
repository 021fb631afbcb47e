"""The time of a run by phase, read from the processor's cycle counter inside the compiled loop.

A phase takes 60 to 3,000 nanoseconds per week; called from Python it would be measured with the
call. The loop is that of
:func:`sim.rules.week.run_weeks` with the counter read between phases, which costs it about one part
in fifty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from benchmarks.clock import Row
from benchmarks.engines import LONDON, ensemble_rate
from sim.config.params import flatten
from sim.rules.bargaining import negotiation
from sim.rules.compliance import compliance
from sim.rules.licensing import licensing
from sim.rules.outcomes import finish, observe
from sim.rules.politics import politics
from sim.rules.screening import turn_resolve
from sim.rules.shocks import shocks
from sim.rules.start import start
from sim.rules.state import allocate, tiles
from sim.rules.supply import supply
from sim.rules.trade import trade
from sim.rules.truce import truce
from sim.rules.valuation import valuation
from sim.rules.week import begin_week, end_week

__all__ = ["PHASES", "phases"]

PHASES = (
    "shocks",
    "licensing",
    "supply",
    "trade",
    "politics",
    "valuation",
    "negotiation",
    "compliance",
    "truce",
    "observation",
    "start",
    "finish",
)
_REPEATS = 7


@intrinsic
def _cycles(typing_context: Any) -> Any:
    """The processor's cycle counter."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(64), [])
        return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", (), kind), [])

    return types.int64(), generate


@njit(error_model="numpy")
def _timed(s, firms, p, dated, cells, runs, spent):  # type: ignore[no-untyped-def]
    for run in range(runs):
        before = _cycles()
        start(s[0], firms, p[0], np.uint64(1), run)
        before = _spend(spent, 10, before)
        for _ in range(p[0].calendar.horizon_weeks):
            begin_week(s[0], p[0], dated, cells)
            shocks(s[0], p[0])
            before = _spend(spent, 0, before)
            licensing(s[0], firms, p[0])
            before = _spend(spent, 1, before)
            supply(s[0], firms, p[0])
            before = _spend(spent, 2, before)
            trade(s[0], p[0])
            before = _spend(spent, 3, before)
            politics(s[0], p[0])
            turn_resolve(s[0], p[0])
            before = _spend(spent, 4, before)
            valuation(s[0], p[0])
            before = _spend(spent, 5, before)
            negotiation(s[0], p[0])
            before = _spend(spent, 6, before)
            compliance(s[0], p[0])
            before = _spend(spent, 7, before)
            truce(s[0], p[0])
            before = _spend(spent, 8, before)
            observe(s[0], p[0])
            before = _spend(spent, 9, before)
            end_week(s[0])
        finish(s[0], p[0])
        _spend(spent, 11, before)


@njit(error_model="numpy")
def _spend(spent, phase, before):  # type: ignore[no-untyped-def]
    now = _cycles()
    spent[phase] += now - before
    return now


def phases(runs: int) -> Iterator[Row]:
    """Microseconds of a London run that each phase takes: its share of the cycles, of what a run
    takes on one thread.
    """
    params = flatten(LONDON)
    values, dated = params.values, params.dated
    state, weeks = (
        allocate(int(tiles(values["firms"]["goods"]["firms"]).sum())),
        LONDON.calendar.horizon_weeks,
    )
    rounds = []
    for _ in range(_REPEATS + 1):
        spent = np.zeros(len(PHASES), np.int64)
        _timed(state.whole, state.firms, values, dated, values.view(np.int64), runs, spent)
        rounds.append(spent)
    least = np.min(rounds[1:], axis=0)
    run_us = 1e6 / ensemble_rate(LONDON, runs, 1)[0]
    for place in np.argsort(-least, kind="stable"):
        share = least[place] / least.sum()
        note = f"{share:.0%} of a run of {run_us:.0f} us"
        yield Row("phase", PHASES[place], share * run_us / weeks, "us/week", 0.0, note)
