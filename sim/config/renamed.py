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

__all__ = ["NEW_CHOICES", "NEW_NAMES", "successor", "with_new_names"]

NEW_NAMES = {
    "linkage.tables": "linkage.tracks",
    "issues.*.table": "issues.*.track",
}
"""Dotted name -> the one that took its place; ``*`` is the name of an item. A new name has as many
parts as the old one."""
NEW_CHOICES = {"linkage.enforcement": {"table": "track"}}
"""Dotted name of a setting -> its choices that were renamed."""


def successor(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that took the place of ``word``, a renamed setting or the end of its dotted
    name, or a renamed choice; None of any other word.

    >>> successor("tables", ["tracks", "us"])
    'tracks'
    """
    names = list(allowed)
    for old, new in NEW_NAMES.items():
        if fnmatch.fnmatchcase(word, old) or old.endswith(f".{word}"):
            parts, own = new.split("."), word.split(".")
            now = ".".join(own[:-1] + parts[-1:])
            if now in names:
                return now
    for choices in NEW_CHOICES.values():
        if choices.get(word) in names:
            return choices[word]
    return None


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
        new = next((now for old, now in NEW_NAMES.items() if fnmatch.fnmatchcase(here, old)), here)
        if isinstance(value, Mapping):
            value = _renamed(value, here)
        elif isinstance(value, str):
            value = NEW_CHOICES.get(here, {}).get(value, value)
        found[new.rpartition(".")[2]] = value
    return found


def _renamed_changes(changes: Any) -> Any:
    """The changes of a day, which are by dotted name."""
    if not isinstance(changes, Mapping):
        return changes
    found = {}
    for name, value in changes.items():
        new = next((now for old, now in NEW_NAMES.items() if fnmatch.fnmatchcase(name, old)), name)
        parts = zip(new.split("."), str(name).split("."), strict=True)
        choices = NEW_CHOICES.get(name, {})
        now = ".".join(own if part == "*" else part for part, own in parts)
        found[now] = choices.get(value, value) if isinstance(value, str) else value
    return found
