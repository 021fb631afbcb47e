"""How the cost of the ensemble grows: with firms, weeks, runs, issues and threads.

Each size is measured once per round, sizes interleaved, in CPU time of one thread (threads: by the
wall clock); a size's cost is the least over rounds. The slope on log-log axes is fitted by least
squares over the upper range of sizes; its interval is the range of the slopes of single rounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

import sim
from benchmarks.clock import Row, Work, interleaved, straight_line
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import available_threads, simulate

__all__ = ["AXES", "Axis", "growth", "slope", "with_issues"]

# the tariffs alone make a trade track, the next pair the controls tracks; then what else London has,
# purchases beside issues of Washington's that it has not
_PAIRS = (
    ("us_tariff", "cn_tariff"),
    ("ai_chips", "military_magnets"),
    ("us_counter_controls", "civil_magnets"),
    ("fentanyl", "critical_minerals"),
    ("visas", "farm_purchases"),
    ("outbound_capital", "energy_purchases"),
)
_ADDED = {
    "visas": "{owner: us, track: trade, benefit: 6, linear_cost: 1, convex_cost: 8}",
    "outbound_capital": "{owner: us, track: semiconductors, benefit: 6, linear_cost: 2, convex_cost: 10}",
}
_FIRMS, _WEEKS = 160, 104


@dataclass(frozen=True)
class Axis:
    """What is varied: its sizes, from which size on the slope is fitted, what is timed and by which
    clock.
    """

    name: str
    sizes: tuple[int, ...]
    upper_from: int
    cost: str
    work: Callable[[int, int], tuple[float, Work]]
    clock: Callable[[], float] = time.thread_time


def _with_firms(firms: int, effort: int) -> tuple[float, Work]:
    """Capacities grow with the firms; otherwise the queue, and with it the mix of firms, would
    change.
    """
    scale, licensing = firms / _FIRMS, sim.load("scenario=london").licensing
    scenario = sim.load(
        "scenario=london",
        f"firms.magnets.firms={firms * 3 // 4}",
        f"firms.chips.firms={firms // 4}",
        f"licensing.magnets.capacity={licensing.magnets.capacity * scale:g}",
        f"licensing.chips.capacity={licensing.chips.capacity * scale:g}",
    )
    return _each(scenario, max(8, effort * _FIRMS // firms))


def _with_weeks(weeks: int, effort: int) -> tuple[float, Work]:
    scenario = sim.load(
        "scenario=london", f"calendar.horizon_weeks={weeks}", "outcomes.weeks_in_force=13"
    )
    return _each(scenario, max(8, effort * _WEEKS // weeks))


def with_issues(count: int) -> Scenario:
    """London with an even number of issues from 2 to 12: the first pairs, some of issues of one's own."""
    kept = [name for pair in _PAIRS[: count // 2] for name in pair]
    removed = [f"~issues.{name}" for name in sim.load("scenario=london").issues if name not in kept]
    added = [f"+issues.{name}={_ADDED[name]}" for name in kept if name in _ADDED]
    return sim.load("scenario=london", *removed, *added)


def _each(scenario: Scenario, runs: int) -> tuple[float, Work]:
    """Microseconds per run."""
    return 1e6 / runs, partial(_simulate, flatten(scenario).values, runs, 1)


def _with_runs(runs: int, effort: int) -> tuple[float, Work]:
    """Milliseconds of all runs; a small number is run several times over, so that its time is above
    the clock's grain.
    """
    times = max(1, effort // (4 * runs))
    values = flatten(sim.load("scenario=london")).values

    def work() -> None:
        for _ in range(times):
            _simulate(values, runs, 1)

    return 1e3 / times, work


def _with_threads(threads: int, effort: int) -> tuple[float, Work]:
    values = flatten(sim.load("scenario=london")).values
    return 1e3, partial(_simulate, values, 4 * effort, threads)


def _simulate(values: np.ndarray, runs: int, threads: int) -> None:
    simulate(values, np.zeros(runs, np.int64), np.arange(runs), 1, threads=threads)


def _doublings() -> tuple[int, ...]:
    return tuple(
        2**k for k in range(available_threads().bit_length()) if 2**k <= available_threads()
    )


AXES = (
    Axis("firms", (40, 80, 160, 400, 800, 1_600), 400, "CPU time of a run (µs)", _with_firms),
    Axis("weeks", (26, 52, 104, 208, 364, 520), 104, "CPU time of a run (µs)", _with_weeks),
    Axis("runs", (16, 64, 256, 1_024, 4_096), 256, "CPU time of all runs (ms)", _with_runs),
    Axis(
        "issues",
        (2, 4, 6, 8, 10, 12),
        6,
        "CPU time of a run (µs)",
        lambda n, e: _each(with_issues(n), e),
    ),
    Axis("threads", _doublings(), 1, "wall time (ms)", _with_threads, time.perf_counter),
)


def growth(effort: int, repeats: int = 5, axes: Sequence[Axis] = AXES) -> Iterator[Row]:
    """Cost by size and the slope of each axis; ``effort`` is the number of runs at London's
    size.
    """
    for axis in axes:
        works, scale = {}, {}
        for size in axis.sizes:
            scale[str(size)], works[str(size)] = axis.work(size, effort)
        taken = interleaved(works, repeats, axis.clock)
        costs = np.array([[scale[str(size)] * t for t in taken[str(size)]] for size in axis.sizes])
        for size, times in zip(axis.sizes, costs, strict=True):
            low, high = float(times.min()), float(times.max())
            yield Row(
                f"growth, {axis.name}",
                f"{size:,} {axis.name}",
                low,
                axis.cost,
                high / low - 1.0,
                "",
                size,
                low,
                high,
            )
        yield _slope_row(axis, costs)
        if axis.name != "threads":
            yield _line_row(axis, costs.min(axis=1))


def _slope_row(axis: Axis, costs: np.ndarray) -> Row:
    kept = [n for n, size in enumerate(axis.sizes) if size >= axis.upper_from]
    sizes = [axis.sizes[n] for n in kept]
    if len(sizes) < 2:
        return Row(f"growth, {axis.name}", "slope", float("nan"), "slope", 0.0, "one size only")
    middle = slope(sizes, costs[kept].min(axis=1))
    single = [slope(sizes, round_) for round_ in costs[kept].T]
    note = f"{min(single):.2f} to {max(single):.2f} over {len(single)} rounds, from {sizes[0]:,} to {sizes[-1]:,}"
    return Row(
        f"growth, {axis.name}",
        "slope",
        middle,
        "slope",
        0.0,
        note,
        sizes[0],
        min(single),
        max(single),
    )


def _line_row(axis: Axis, costs: np.ndarray) -> Row:
    """Distance of the worst size from the line a + b size: how linear growth is, whatever the fixed
    part.
    """
    a, b = straight_line(axis.sizes, costs)
    worst = float(np.abs((a + b * np.asarray(axis.sizes)) / costs - 1.0).max())
    note = f"nearest line: {a:,.3g} + {b:,.3g} x {axis.name}"
    return Row(
        f"growth, {axis.name}", "worst distance from a straight line", worst, "share", 0.0, note
    )


def slope(sizes: Sequence[float], costs: Sequence[float] | np.ndarray) -> float:
    """Exponent of a power law through the points, by least squares on logarithms."""
    x, y = np.log(sizes), np.log(costs)
    x = x - x.mean()
    return float((x * y).sum() / (x * x).sum())
