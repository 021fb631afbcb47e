"""The integers behind names: sides, tables, goods, grades, states of the truce, strategies and the rest.

They are numpy integers so that Numba types every code alike and compiles a rule once, not once a code.
"""

from __future__ import annotations

import numpy as np

__all__ = ["code", "codes"]


def codes(count: int) -> tuple[np.int64, ...]:
    """0, 1, ... ``count`` - 1, to be unpacked into names."""
    return tuple(np.int64(n) for n in range(count))


def code(number: int) -> np.int64:
    """One number as a code."""
    return np.int64(number)
