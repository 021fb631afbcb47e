"""Values of a verb's own settings (integers, lists of names), the words for levers, and settings that
a verb does not use.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sim.batch.work import LARGEST, hours
from sim.config.errors import SimError, nearest
from sim.config.fields import settings_of
from sim.config.scenario import Scenario
from sim.jobs import NAMES
from sim.verbs.grammar import Word

__all__ = ["choices", "integer", "largest", "levers_word", "refuse", "sides_word"]

_GROUPS = settings_of(Scenario)


def levers_word(default: str = "") -> Word:
    """``levers=``, which means the same for every verb (:mod:`sim.studies.lever_words`)."""
    return Word(
        "what is moved, separated by commas: settings, groups, last parts of names, or all; NAME:LOW..HIGH "
        "and NAME:A/B/C give a range or options, + joins",
        default,
        values=lambda: ("all", *(name for name in _GROUPS if name in NAMES.groups)),
    )


def sides_word(default: str) -> Word:
    """``sides=``, for verbs that take both sides' same setting either way."""
    return Word(
        "both sides' same setting as one lever (together) or two (apart), where levers= brings in both",
        default,
        values=lambda: ("together", "apart"),
    )


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
