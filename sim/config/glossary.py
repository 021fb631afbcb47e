"""The words of the news and the settings that stand for them: ``configs/glossary.yaml``.

A word is found by its own name, by its synonyms and by their parts; a test holds every setting
and every change named there to the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from sim.config.errors import SimError, nearest
from sim.config.locate import configs_folder
from sim.config.yaml import read_yaml

__all__ = ["Entry", "find", "glossary", "named_by"]

_MOST = 5  # entries shown for a word


@dataclass(frozen=True)
class Entry:
    """A word: other words for it, what it means here, the settings that stand for it, what to add
    to a command, what the model leaves out, and commands that answer a question with it
    (``docs/compare.md``, *Three questions*).
    """

    word: str
    also: tuple[str, ...]
    means: str
    stands_for: tuple[str, ...]
    change: tuple[str, ...]
    left_out: str
    answers: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The word and its synonyms."""
        return self.word, *self.also


@cache
def glossary() -> tuple[Entry, ...]:
    """All entries, in the order of the file."""
    plain = read_yaml(configs_folder() / "glossary.yaml").values
    return tuple(_entry(str(word), dict(own)) for word, own in plain.items())


def _entry(word: str, own: dict[str, Any]) -> Entry:
    also, stands_for, change = (
        tuple(map(str, own[name])) for name in ("also", "stands_for", "change")
    )
    answers = tuple(map(str, own.get("answers", ())))
    return Entry(word, also, own["means"], stands_for, change, own["left_out"], answers)


def find(text: str) -> list[Entry]:
    """The entries that a word or a phrase leads to, the closest first.

    Raises
    ------
    SimError
        None, with the nearest word.
    """
    asked = _plain(text)
    exact = [entry for entry in glossary() if asked in map(_plain, entry.words)]
    parts = [
        entry for entry in glossary() if any(_within(asked, _plain(word)) for word in entry.words)
    ]
    found = list(dict.fromkeys([*exact, *parts]))[:_MOST]
    if not found:
        words = {_plain(word): word for entry in glossary() for word in entry.words}
        near = nearest(asked, words)
        cure = "tariffsim glossary lists all; tariffsim run --info settings lists every setting"
        suggestion = words[near] if near else None
        raise SimError("not in the glossary", given=text, suggestion=suggestion, cure=cure)
    return found


def _within(asked: str, word: str) -> bool:
    """Whether one is made of whole words of the other."""
    return bool(asked) and (f" {asked} " in f" {word} " or f" {word} " in f" {asked} ")


def _plain(text: str) -> str:
    """A word without case, hyphens, plural or sign of per cent."""
    words = re.sub(r"[\s\-_/]+", " ", re.sub(r"\s*(%|per cent)", " percent", text.lower())).split()
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def named_by(pattern: str, known: Iterable[str]) -> str:
    """The first setting that a name with stars stands for; the name itself without one.

    Raises
    ------
    SimError
        No setting of that name.
    """
    found = next((name for name in known if fnmatchcase(name, pattern)), None)
    if found is None:
        raise SimError("no such setting", key=pattern, suggestion=nearest(pattern, known))
    return found
