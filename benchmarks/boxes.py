"""Points with a box whose chances are known, for the intervals and the silence of scenario
discovery (``benchmarks/coverage.py``).

Three levers, drawn evenly over 0 to 1; five where there is nothing to find. A run has the outcome with one chance inside the true box (two
of the levers above a half) and with another outside it, so that the shares inside and outside any
box follow from how far both overlap.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.analysis.boxes import (
    Box,
    Domain,
    Limit,
    coverage_interval,
    difference_interval,
)
from sim.analysis.search import Search, search
from sim.analysis.shares import wilson

__all__ = ["TRUE_BOX", "fresh_box", "known_box", "silent_on_noise"]

_LEVERS, _POINTS, _RUNS, _FRESH = 3, 300, 4, 1_000
TRUE_BOX = Box({"x0": Limit(0.5, 1.0), "x1": Limit(0.5, 1.0)})
Covers = Callable[[np.random.Generator], np.ndarray]


def known_box(
    rng: np.random.Generator, inside: float, outside: float, levers: int = _LEVERS
) -> Search:
    """A search among points of which runs have the outcome with these chances."""
    domains = {f"x{k}": Domain(0.0, 1.0) for k in range(levers)}
    columns = {name: rng.random(_POINTS) for name in domains}
    chance = np.where(TRUE_BOX.holds(columns), inside, outside)
    return search(columns, rng.binomial(_RUNS, chance) / _RUNS, domains, rng)


def fresh_box(inside: float, outside: float) -> Covers:
    """Share inside, outside, their difference and the coverage, of a box in fresh runs.

    The box is any that a search might have found: fresh runs know nothing of it, so that it may as
    well be drawn.
    """

    def covers(rng: np.random.Generator) -> np.ndarray:
        ends = rng.uniform(0.2, 0.7, 2)
        box = Box(
            {name: Limit(float(end), 1.0) for name, end in zip(("x0", "x2"), ends, strict=True)}
        )
        mass, overlap = _sides(box)
        rest = 0.25 - mass * overlap  # of the true box, outside this one
        chances = (
            outside + (inside - outside) * overlap,
            outside + (inside - outside) * rest / (1.0 - mass),
        )
        hits = [int(rng.binomial(_FRESH, chance)) for chance in chances]
        of = (_FRESH, _FRESH)
        low, high = wilson(np.asarray(hits), np.asarray(of))
        whole = mass * chances[0] + (1.0 - mass) * chances[1]
        truths = (*chances, chances[0] - chances[1], mass * chances[0] / whole)
        _, gap_low, gap_high = difference_interval(hits, of)
        _, part_low, part_high = coverage_interval(hits, of, mass)
        lows, highs = (*low, gap_low, part_low), (*high, gap_high, part_high)
        return np.less_equal(lows, truths) & np.less_equal(truths, highs)

    return covers


def _sides(box: Box) -> tuple[float, float]:
    """Mass of a box, and the part of it that lies inside the true box."""
    mass, overlap = 1.0, 1.0
    for name in {**box.limits, **TRUE_BOX.limits}:
        limit, true = (one.limits.get(name, Limit(0.0, 1.0)) for one in (box, TRUE_BOX))
        both = max(0.0, min(limit.high, true.high) - max(limit.low, true.low))
        mass *= limit.high - limit.low
        overlap *= both / (limit.high - limit.low)
    return mass, overlap


def silent_on_noise(rng: np.random.Generator) -> np.ndarray:
    """Whether a search among points of one chance says that no box is better than chance."""
    return np.asarray([known_box(rng, 0.25, 0.25, levers=5).best() is None])
