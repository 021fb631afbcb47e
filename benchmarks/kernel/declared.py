"""What ``benchmarks/DECLARATION.md`` declares: sizes, settings, draws, and what a run returns. All
numbers are judgement, of London's size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = [
    "AFLOAT",
    "APPROVAL",
    "CAPACITY",
    "CHANCE",
    "CONVEXITY",
    "COVER",
    "FIRMS",
    "LAG",
    "LICENCE",
    "LICENSED",
    "MEASURES",
    "MEMORY",
    "NEVER",
    "ORDER_CAP",
    "SIZE",
    "STOCKED",
    "STOP",
    "STREAMS",
    "TERM",
    "WEEKS",
    "Run",
    "uniform",
]

FIRMS, WEEKS = 160, 104
LAG, TERM, CAPACITY = 4, 26, 12
CHANCE, LICENSED, MEMORY = 0.6, 0.25, 0.8
STOCKED, AFLOAT, ORDER_CAP = 0.75, 0.1, 1.6
CONVEXITY, STOP = 0.6, 0.5
NEVER = -1_000_000
STREAMS = 4
SIZE, COVER, LICENCE, APPROVAL = range(STREAMS)

MEASURES = (
    "examined",
    "approved",
    "wait",
    "queue",
    "licensed",
    "shortage_weeks",
    "stops",
    "lost",
    "ordered",
    "final_stock",
)

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


class Run(NamedTuple):
    """What one run returns: the measures in the order of :data:`MEASURES`, and every firm's stock
    at the end, shape (160,).
    """

    measures: tuple[float, ...]
    stock: np.ndarray


def uniform(seed: int, run: int, week: int, firm: int, stream: int) -> float:
    """The declared draw in [0, 1): output n of SplitMix64 (Steele, Lea, Flood 2014), found without
    the ones before it.
    """
    n = ((run * WEEKS + week) * FIRMS + firm) * STREAMS + stream
    z = (seed + (n + 1) * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) * 2.0**-53
