"""Values of a verb's own settings (integers, lists of names), and settings that a verb does not
use.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sim.batch.work import LARGEST, hours
from sim.config.errors import SimError, nearest

__all__ = ["choices", "integer", "largest", "refuse"]


def integer(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``.

    Raises
    ------
    SimError
        Anything else.
    """
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise SimError(f"not a whole number between {low:,} and {high:,}", key=name, given=text)
    return int(text)


def largest(given: Mapping[str, str]) -> float:
    """Hours of one processor that the work may take; ``inf`` lifts the bound.

    Raises
    ------
    SimError
        Not a number above 0.
    """
    text = given.get("largest", f"{LARGEST:g}")
    try:
        return hours(float(text))
    except ValueError:
        return hours(text)


def choices(
    given: Mapping[str, str], name: str, default: Sequence[str], allowed: Collection[str]
) -> tuple[str, ...]:
    """Names separated by commas, each allowed and given once.

    Raises
    ------
    SimError
        An unknown name, an empty one, or one twice.
    """
    names = tuple(given[name].split(",")) if name in given else tuple(default)
    for place, item in enumerate(names):
        if item not in allowed:
            raise SimError(
                "no such name",
                key=name,
                given=item,
                allowed=allowed,
                suggestion=nearest(item, allowed),
            )
        if item in names[:place]:
            raise SimError("given twice", key=name, given=item)
    return names


def refuse(verb: str, overrides: Sequence[str], names: Collection[str]) -> None:
    """Check that no override sets one of ``names``, which the verb does not use.

    Raises
    ------
    SimError
        Where one does.
    """
    for text in overrides:
        name = text.partition("=")[0].lstrip("+~")
        if name in names:
            raise SimError(f"not for {verb}", key=name, given=text, cure="leave it out")
