"""Where a run's time goes, and the floor: what its draws, firm-weeks and root-finds cost by themselves."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numba import njit

from benchmarks.clock import Row, seconds
from benchmarks.engines import LONDON, ensemble_rate
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.packages import worth
from sim.rules.randomness import APPROVAL, uniform
from sim.rules.supply import firm_step

__all__ = ["floor", "phases"]

_PHASES = (
    "land_shocks", "license_all", "supply_all", "trade_flows", "feel_politics", "value_issues", "hold_talks", "comply", "keep_the_clock",
)  # fmt: skip
_OF_FIRMS = ("license_all", "supply_all")


@njit
def _draws(count):  # type: ignore[no-untyped-def]
    total = 0.0
    for n in range(count):
        total += uniform(np.uint64(1), n, APPROVAL, n & 127, 3)
    return total


@njit
def _firm_weeks(s, firms, p, rounds):  # type: ignore[no-untyped-def]
    for _ in range(rounds):
        for i in range(firms.shape[0]):
            firm_step(s[0], firms[i], p[0])


@njit
def _root_finds(s, rounds):  # type: ignore[no-untyped-def]
    problem = s[0].problems[0]
    low, high = problem.value[0, 0], problem.value[0, problem.points - 1]
    for n in range(rounds):
        worth(problem, 0, low + (high - low) * ((n % 97) + 0.5) / 97.0, s[0].package)


def phases(runs: int) -> Iterator[Row]:
    """Time of each phase called from Python, the cost of the call taken off."""
    spent: Counter[str] = Counter()
    call = _call_cost()
    weeks = 0
    for run in range(runs):
        model = _model(run)
        for _ in range(LONDON.calendar.horizon_weeks):
            weeks += 1
            for name in _PHASES:
                given = model.all_firms if name in _OF_FIRMS else model.all_sides
                start = time.perf_counter()
                getattr(steps, name)(*given)
                spent[name] += time.perf_counter() - start - call
            steps.close_week(*model.all_sides, model._week)
    for name, taken in spent.most_common():
        yield Row("phase", name, 1e6 * taken / weeks, "us/week")


def floor(runs: int) -> Iterator[Row]:
    """What cannot be left out, measured alone, against what a run takes on one thread."""
    rate, _ = ensemble_rate(LONDON, runs, 1)
    run_us = 1e6 / rate
    weeks, firms = LONDON.calendar.horizon_weeks, LONDON.firms.magnets.firms + LONDON.firms.chips.firms
    model = _model(0)
    for _ in range(5):
        model.step()
    draws, offers = _counts()
    draw = seconds(lambda: _draws(200_000), 3)[0] / 200_000
    firm = seconds(lambda: _firm_weeks(*model.all_firms, 200), 3)[0] / (200 * firms)
    root = seconds(lambda: _root_finds(model.state.whole, 20_000), 3)[0] / 20_000
    parts = {
        f"{draws:.0f} draws": draws * draw,
        f"{weeks * firms:,} firm-weeks": weeks * firms * firm,
        f"{offers:.0f} root-finds": offers * root,
    }
    yield Row("floor", "one run, one thread", run_us, "us")
    for name, taken in parts.items():
        yield Row("floor", name, 1e6 * taken, "us")
    total = 1e6 * sum(parts.values())
    yield Row("floor", "sum of the three", total, "us", 0.0, f"{total / run_us:.0%} of a run")


def _model(run: int) -> TruceModel:
    return TruceModel(LONDON, 1, run, collect="none")


def _call_cost() -> float:
    model = _model(0)
    taken, _ = seconds(lambda: [steps.is_open(*model.all_sides, 0) for _ in range(10_000)], 3)
    return taken / 10_000


def _counts() -> tuple[float, float]:
    """Mean draws and root-finds of a run: what London's runs examine, see and offer."""
    examined, offers, drawn = 0, 0, 0.0
    runs = 10
    for run in range(runs):
        model = _model(run)
        model.run_model()
        examined += int(model.state.whole["authorities"]["examined_total"].sum())
        offers += int(model.state.whole["out"]["offers"].sum())
        weeks, sides = LONDON.calendar.horizon_weeks, 2
        drawn += weeks * (len(LONDON.shocks.events) + sides + 1 + len(LONDON.issues)) + 5 * 160
    return (examined + drawn) / runs, 3.0 * offers / runs
