"""The small kernel of ``benchmarks/DECLARATION.md``: compiled tiles, numpy over firms, plain Mesa,
and C as a yardstick.

Each port stands by itself and takes (seed, run); all draw the same numbers, so that all must return
the same.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.kernel import agents, arrays, in_c, tiles
from benchmarks.kernel.declared import FIRMS, MEASURES, WEEKS, Run

__all__ = ["BLOCKS", "FIRMS", "MEASURES", "PORTS", "WEEKS", "Run"]

_TILES, _C = "compiled, tiles of columns", "C, gcc or clang -O3"
# one run a call; C only where there is a compiler
PORTS: dict[str, Callable[[int, int], Run]] = {
    _TILES: tiles.run,
    "numpy over firms": arrays.run,
    "plain Mesa": agents.run,
} | ({_C: in_c.run} if in_c.compiler() else {})
# many runs a call: (seed, first run, runs) -> measures, shape (runs, 10)
BLOCKS: dict[str, Callable[[int, int, int], np.ndarray]] = {_TILES: tiles.run_block} | (
    {_C: in_c.run_block} if in_c.compiler() else {}
)
