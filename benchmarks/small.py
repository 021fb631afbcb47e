"""Firm-weeks a second of the declared kernel, each port in one thread, interleaved."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks.clock import Row, Work, interleaved, ratio
from benchmarks.kernel import FIRMS, PORTS, WEEKS, tiles

__all__ = ["kernel"]

_BLOCK = "compiled, a block of runs in one call"


def kernel(runs: int, repeats: int = 5) -> Iterator[Row]:
    """Every port, ``runs`` runs of the block of the compiled one, fewer of the slower ones."""
    few = {"numpy over firms": max(2, runs // 40), "plain Mesa": max(1, runs // 400)}
    counts = {_BLOCK: runs} | {name: few.get(name, runs // 4) for name in PORTS}
    works: dict[str, Work] = {_BLOCK: lambda: tiles.run_block(1, 0, runs)}
    for name, port in PORTS.items():
        works[name] = lambda port=port, count=counts[name]: [port(1, run) for run in range(count)]
    taken = interleaved(works, repeats, time.process_time)
    each = {name: [spent / counts[name] for spent in times] for name, times in taken.items()}
    for name, times in each.items():
        middle = statistics.median(times)
        spread = (max(times) - min(times)) / middle
        yield Row("kernel", name, FIRMS * WEEKS / middle, "firm-weeks/s", spread, f"{1e6 * middle:,.0f} us a run")
    for name in few:
        yield ratio("kernel", f"compiled over {name}", each[name], each[_BLOCK])
