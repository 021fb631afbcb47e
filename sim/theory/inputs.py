"""Checked arguments of the theory functions: finite numbers within their domain, or a ValueError
that names the argument.
"""

from __future__ import annotations

import math
from numbers import Integral, Real

__all__ = ["answer", "finite", "integer"]


def finite(name: str, value: object) -> float:
    """``value`` as a float.

    Raises
    ------
    ValueError
        It is not a number, or is NaN, infinite, or too large for a float.
    """
    if not isinstance(value, Real):
        raise ValueError(f"{name} must be a number; given {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite; given {value!r}")
    return number


def integer(name: str, value: object, least: int, most: int) -> int:
    """``value`` as an int from ``least`` to ``most``.

    Raises
    ------
    ValueError
        Not a whole number, or out of range.
    """
    number = finite(name, value) if not isinstance(value, Integral) else int(value)
    if number != int(number) or not least <= number <= most:
        raise ValueError(
            f"{name} must be a whole number from {least:,} to {most:,}; given {value!r}"
        )
    return int(number)


def answer(name: str, value: float) -> float:
    """``value`` where a float can hold it.

    Raises
    ------
    ValueError
        Beyond the largest float.
    """
    if not math.isfinite(value):
        raise ValueError(f"the {name} is beyond the largest floating-point number")
    return value
