"""The small kernel of ``benchmarks/DECLARATION.md``, three times: compiled tiles, plain Mesa agents, numpy over firms.

Each port stands by itself and takes (seed, run); all draw the same numbers, so that all must return the same.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.kernel import agents, arrays, tiles
from benchmarks.kernel.declared import FIRMS, MEASURES, WEEKS, Run

__all__ = ["FIRMS", "MEASURES", "PORTS", "WEEKS", "Run"]

PORTS: dict[str, Callable[[int, int], Run]] = {
    "compiled, tiles of columns": tiles.run,
    "numpy over firms": arrays.run,
    "plain Mesa": agents.run,
}
