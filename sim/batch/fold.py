"""Names of settings with what is alike folded, as pages list them: ``us|cn.discount_rate``,
``issues.*.benefit``.
"""

from __future__ import annotations

__all__ = ["folded"]

_PAIRS = (("us", "cn"), ("magnets", "chips"))
_NAMED = ("issues", "sectors", "events", "minerals")


def folded(path: str) -> str:
    """A dotted name with sides, goods and named items folded."""
    parts = path.split(".")
    for pair in _PAIRS:
        parts = ["|".join(pair) if part in pair else part for part in parts]
    for named in _NAMED:
        if named in parts[:-1]:
            parts[parts.index(named) + 1] = "*"
    return ".".join(parts)
