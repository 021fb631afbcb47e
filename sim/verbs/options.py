"""Values of a verb's own words: whole numbers, names with commas between them; and settings that mean nothing to a verb."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sim.config.errors import SimError, nearest

__all__ = ["choices", "integer", "refuse"]


def integer(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``.

    Raises
    ------
    SimError
        Anything else.
    """
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise SimError("not a whole number in range", key=name, given=text, allowed=f"{low:,} to {high:,}")
    return int(text)


def choices(given: Mapping[str, str], name: str, default: Sequence[str], allowed: Collection[str]) -> tuple[str, ...]:
    """Names with commas between them, each once and each allowed.

    Raises
    ------
    SimError
        An unknown name, an empty one, or one twice.
    """
    names = tuple(given[name].split(",")) if name in given else tuple(default)
    for place, item in enumerate(names):
        if item not in allowed:
            raise SimError("no such name", key=name, given=item, allowed=allowed, suggestion=nearest(item, allowed))
        if item in names[:place]:
            raise SimError("given twice", key=name, given=item)
    return names


def refuse(verb: str, overrides: Sequence[str], names: Collection[str]) -> None:
    """See that none of the overrides sets one of ``names``, which mean nothing to the verb.

    Raises
    ------
    SimError
        Where one does.
    """
    for text in overrides:
        name = text.partition("=")[0].lstrip("+~")
        if name in names:
            raise SimError(f"not for {verb}", key=name, given=text, cure="leave it out")
