"""Runs until an interval is narrow enough: at which numbers of runs to look, and when to stop.

Looks are few and their numbers fixed, so that the interval at which work stops is as honest as any
(docs/precision.md): at each the half width is compared with what was asked for, with a variance that
four added runs keep away from zero. Stopping where an interval *leaves zero* would not be honest: at
such looks it errs in 20 to 37 of 100 studies, so nothing here does it.

A result is a function of the number of runs at which it stopped and of nothing else: run k is the
same, whichever looks came before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TypeVar

from sim.analysis.controls import LEAST_RUNS

__all__ = ["FIRST_LOOK", "beyond_reach", "looks", "run_until_narrow"]

FIRST_LOOK = 256
"""Runs before the first look: the variance of fewer is too little known."""
_STEP, _GROWTH = 64, 1.2
Made = TypeVar("Made")
Progress = Callable[[int, int], None]


def looks(most: int) -> Iterator[int]:
    """Numbers of runs at which to look: every 64 up to 512, where surprises are first taken out,
    then a fifth more each time; ``most`` is the last.

    Examples
    --------
    >>> list(looks(1000))
    [256, 320, 384, 448, 512, 640, 768, 960, 1000]
    """
    runs = FIRST_LOOK
    while runs < most:
        yield runs
        grown = runs + _STEP if runs < LEAST_RUNS else _GROWTH * runs
        runs = _STEP * math.ceil(grown / _STEP)
    yield most


def run_until_narrow(
    make: Callable[[int, int, Progress], Made],
    half_width: Callable[[list[Made]], float],
    precision: float,
    most: int,
    progress: Progress | None = None,
) -> list[Made]:
    """Parts of a result, until its half width is at most ``precision`` or ``most`` runs are made.

    Parameters
    ----------
    make
        Makes the runs from a first to a last one, the last excluded; it is given what hears of its
        progress.
    half_width
        That of the parts so far.
    precision
        The half width that is enough; 0 makes all runs at once.
    most
        The runs at which to give up.
    progress
        Called with (runs done, runs expected in all).

    Examples
    --------
    Runs whose half width is 1 / sqrt(n):

    >>> parts = run_until_narrow(lambda first, last, heard: last - first, lambda made: sum(made) ** -0.5, 0.05, 9_999)
    >>> sum(parts)
    448
    """
    parts: list[Made] = []
    start, expected = 0, most if not precision else min(FIRST_LOOK, most)
    for stop in looks(most) if precision else (most,):
        report = _onwards(start, max(expected, stop), progress)
        parts.append(make(start, stop, report))
        width = half_width(parts) if precision else 0.0
        if width <= precision:
            break
        start, expected = stop, min(most, math.ceil(stop * (width / precision) ** 2))
    return parts


def _onwards(start: int, expected: int, progress: Progress | None) -> Progress:
    """Reports the runs of one part as runs of all parts."""

    def report(done: int, _: int) -> None:
        if progress is not None:
            progress(start + done, expected)

    return report


def beyond_reach(precision: float, half_width: float, runs: int) -> str:
    """What is said of a result that is less precise than was asked for; nothing of one that is not.

    Examples
    --------
    >>> beyond_reach(0.01, 0.0143, 5000)
    '±1 points were asked for and ±1.5 reached with 5,000 runs, the most allowed: runs= raises it'
    >>> beyond_reach(0.01, 0.0098, 9000)
    ''
    """
    if not precision or half_width <= precision:
        return ""
    reached = math.ceil(1_000.0 * half_width) / 10.0
    return (
        f"±{100.0 * precision:g} points were asked for and ±{reached:g} reached with {runs:,} runs, "
        "the most allowed: runs= raises it"
    )
