"""Settings and choices that were renamed: who types the old name is led to the new one, and what
older versions recorded is read by its new names.

A name that is gone is no setting: files and command lines of users are refused with its successor
(:func:`sim.config.errors.nearest`); only the records of results are translated
(:func:`with_new_names`).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

from sim.vocabulary import CONTROLS, TRACKS

__all__ = ["NEW_CHOICES", "NEW_NAMES", "successor", "with_new_names"]

_OR = " or "
NEW_NAMES = {
    "linkage.tables": "linkage.tracks",
    "issues.*.table": "issues.*.track",
    "*.resolve.security": _OR.join(f"*.resolve.{track}" for track in CONTROLS),
}
"""Dotted name -> the one that took its place, or those that did, with *or* between them; ``*`` is
the name of an item or a side. A new name has as many parts as the old one."""
NEW_CHOICES = {
    "linkage.enforcement": {"table": "track"},
    "issues.*.track": {"security": _OR.join(CONTROLS)},
}
"""Dotted name of a setting -> its choices that were renamed, or split."""


def successor(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name or names that took the place of ``word``, a renamed setting or the end of its
    dotted name, or a renamed choice; None of any other word.

    >>> successor("tables", ["tracks", "us"])
    'tracks'
    >>> successor("security", ["trade", "minerals", "semiconductors"])
    'minerals or semiconductors'
    """
    names = set(allowed)
    for old, new in NEW_NAMES.items():
        if fnmatch.fnmatchcase(word, old) or old.endswith(f".{word}"):
            own = word.split(".")[:-1]
            now = [".".join([*own, _last(one)]) for one in new.split(_OR)]
            if names.issuperset(now):
                return _OR.join(now)
    for choices in NEW_CHOICES.values():
        if word in choices and names.issuperset(choices[word].split(_OR)):
            return choices[word]
    return None


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def with_new_names(recorded: Any) -> Any:
    """The plain settings of a scenario that an older version recorded, by today's names."""
    if not isinstance(recorded, Mapping):
        return recorded
    return _renamed(recorded, "")


def _renamed(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        here = f"{path}.{name}" if path else str(name)
        if here == "changes" and isinstance(value, Mapping):
            found[name] = {day: _renamed_changes(changes) for day, changes in value.items()}
            continue
        new = _new_name(here)
        if isinstance(value, Mapping):
            value = _renamed(value, here)
        elif isinstance(value, str):
            value = _new_choice(new, value, values.get("owner"))
        names = new.split(_OR)
        for one in names:
            # the parts of what was split add up to it
            found[_last(one)] = value / len(names) if len(names) > 1 else value
    return found


def _new_name(path: str) -> str:
    """Today's name of a recorded setting, or names; ``*`` stands for parts of the old one."""
    return next((now for old, now in NEW_NAMES.items() if fnmatch.fnmatchcase(path, old)), path)


def _new_choice(path: str, value: str, owner: Any = None) -> str:
    """Today's name of a recorded choice of a setting; of one that was split, that of the owner."""
    choices = next((of for name, of in NEW_CHOICES.items() if fnmatch.fnmatchcase(path, name)), {})
    now = choices.get(value, value).split(_OR)
    return next((one for one in now if len(now) == 1 or TRACKS[one].controller == owner), value)


def _renamed_changes(changes: Any) -> Any:
    """The changes of a day, which are by dotted name."""
    if not isinstance(changes, Mapping):
        return changes
    found = {}
    for name, value in changes.items():
        names = _new_name(str(name)).split(_OR)
        for new in names:
            parts = zip(new.split("."), str(name).split("."), strict=True)
            now = ".".join(own if part == "*" else part for part, own in parts)
            if isinstance(value, str):
                found[now] = _new_choice(now, value)
            else:
                found[now] = value / len(names) if len(names) > 1 else value
    return found
