"""Clocks and rows."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Row", "fresh", "seconds"]


@dataclass(frozen=True)
class Row:
    """One measurement: ``value`` in ``unit``; ``spread`` is the range over repeats as a share of the median."""

    group: str
    name: str
    value: float
    unit: str
    spread: float = 0.0
    note: str = ""


def seconds(work: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """Median time of a call after one to warm up, and the range over repeats as a share of it."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    middle = statistics.median(taken)
    return middle, (max(taken) - min(taken)) / middle


def fresh(code: str, repeats: int = 5) -> tuple[float, float]:
    """Median time of a new interpreter that runs ``code``, and its spread."""

    def start() -> None:
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    return seconds(start, repeats)
