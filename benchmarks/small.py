"""Firm-weeks per second of the declared kernel, each port in one thread, interleaved."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.clock import Row, Work, interleaved, ratio
from benchmarks.kernel import BLOCKS, FIRMS, PORTS, WEEKS

__all__ = ["kernel"]


def kernel(runs: int, repeats: int = 5) -> Iterator[Row]:
    """Every port: ``runs`` runs of those that take many in a call, fewer of the slower ones."""
    counts = {
        "numpy over firms": max(2, runs // 40),
        "plain Mesa": max(1, runs // 400),
    } | dict.fromkeys(BLOCKS, runs)
    works: dict[str, Work] = {name: partial(block, 1, 0, runs) for name, block in BLOCKS.items()}
    for name in counts.keys() - BLOCKS.keys():
        works[name] = partial(_one_by_one, name, counts[name])
    taken = interleaved(works, repeats, time.process_time)
    each = {
        name: [spent / counts[name] for spent in taken[name]] for name in counts if name in taken
    }
    for name, times in sorted(each.items(), key=lambda item: statistics.median(item[1])):
        middle = statistics.median(times)
        spread, note = (max(times) - min(times)) / middle, f"{1e6 * middle:,.0f} us per run"
        rates = sorted(FIRMS * WEEKS / spent for spent in times)
        yield Row(
            "kernel",
            name,
            FIRMS * WEEKS / middle,
            "firm-weeks/s",
            spread,
            note,
            low=rates[0],
            high=rates[-1],
        )
    ours = next(iter(BLOCKS))
    for name, times in each.items():
        if name != ours:
            yield ratio("kernel", f"{ours}, over {name}", times, each[ours])


def _one_by_one(name: str, runs: int) -> None:
    for run in range(runs):
        PORTS[name](1, run)
