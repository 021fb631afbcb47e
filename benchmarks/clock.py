"""Clocks and rows."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Row", "Work", "fresh", "interleaved", "ratio", "seconds", "straight_line"]

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One measurement: ``value`` in ``unit``.

    ``spread`` is the range over repeats as a share of the value; ``low`` and ``high`` are the least
    and the most of single repeats, where they are kept; ``size`` is what was varied, where
    something was.
    """

    group: str
    name: str
    value: float
    unit: str
    spread: float = 0.0
    note: str = ""
    size: float = math.nan
    low: float = math.nan
    high: float = math.nan


def seconds(work: Work, repeats: int = 5) -> tuple[float, float]:
    """Median time of a call after a warm-up call, and the range over repeats as a share of it."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    middle = statistics.median(taken)
    return middle, (max(taken) - min(taken)) / middle


def interleaved(
    works: Mapping[str, Work], repeats: int, clock: Callable[[], float]
) -> dict[str, list[float]]:
    """Times of each call, round by round: in a round each is called once, so that other work on the
    machine affects all equally.

    Every other round goes backwards, because what ran just before leaves its traces in caches and
    clock rates.
    """
    for work in works.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repeats):
        for name in list(works) if turn % 2 == 0 else list(works)[::-1]:
            start = clock()
            works[name]()
            taken[name].append(clock() - start)
    return taken


def ratio(group: str, name: str, over: list[float], under: list[float], note: str = "") -> Row:
    """A row of the median of ``over`` / ``under``, paired by round, with the least and the most."""
    ratios = [a / b for a, b in zip(over, under, strict=True)]
    middle = statistics.median(ratios)
    spread = (max(ratios) - min(ratios)) / middle
    note = (
        f"{min(ratios):,.1f} to {max(ratios):,.1f}; {note}"
        if note
        else f"{min(ratios):,.1f} to {max(ratios):,.1f}"
    )
    return Row(group, name, middle, "times", spread, note, low=min(ratios), high=max(ratios))


def straight_line(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """(a, b) of the line a + b size nearest to the costs, by least squares of relative distances,
    so that small sizes count too.
    """
    weights = 1.0 / np.asarray(costs)
    columns = np.stack([weights, weights * np.asarray(sizes)], axis=1)
    a, b = np.linalg.lstsq(columns, np.ones(len(weights)), rcond=None)[0]
    return float(a), float(b)


def fresh(code: str, repeats: int = 5) -> tuple[float, float]:
    """Median time of a new interpreter that runs ``code``, and its spread."""

    def start() -> None:
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    return seconds(start, repeats)
