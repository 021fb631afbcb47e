"""The one door for JSON: bytes bounded before they are parsed, then a frozen record with every
entry typed and bounded.

A record is a frozen dataclass whose annotations say what an entry may be: ``int``, ``float``,
``str``, ``bool``, one of them or None, ``tuple[T, ...]``, ``Mapping[str, T]``, another record, and
:data:`Plain` for settings, which :mod:`sim.config` checks. Marks in ``Annotated`` narrow it:
:class:`In` bounds a number, :class:`Matching` a text, :class:`ReadBy` names a custom reader.

An entry that a record does not know is refused by its name: skipping it would lose it when the file
is rewritten.
"""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import (
    Annotated,
    Any,
    NamedTuple,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from sim.config.errors import MACHINE, SimError, nearest
from sim.results.regular import read_bytes

__all__ = [
    "AtMost",
    "In",
    "Matching",
    "Plain",
    "ReadBy",
    "plain_of",
    "read_json",
    "read_record",
    "record_of",
]

Plain = Mapping[str, object]
"""Settings as they were recorded: whoever needs one reads them with the check that anyone's
settings pass."""
Record = TypeVar("Record")

_MOST_PARTS = 1_000_000  # commas and brackets: at most 250 MB once parsed, however they are nested
_MOST_LETTERS = 100_000  # of one text; a command line may be this long on Linux
_MOST_NAMES = 30  # that a message lists


class In(NamedTuple):
    """Bounds of a number, inclusive."""

    low: float
    high: float


class AtMost(NamedTuple):
    """Bound of a list's length."""

    entries: int


class Matching(NamedTuple):
    """What a text must look like, and in words."""

    pattern: str
    words: str


class ReadBy(NamedTuple):
    """A custom reader, which takes the plain value and its dotted name."""

    read: Callable[[object, str], object]


class _Place(NamedTuple):
    """The place of a value, for messages."""

    what: str
    file: str
    name: str = ""

    def below(self, name: object) -> _Place:
        return self._replace(name=f"{self.name}.{name}" if self.name else str(name))

    def wrong(self, problem: str, **parts: Any) -> SimError:
        key = f"{self.file}: {self.name}" if self.name else self.file
        return SimError(f"not {self.what}: {problem}", key=key, **parts)


def read_record(cls: type[Record], path: Path, what: str, most_bytes: int) -> Record:
    """The record in a JSON file; errors are those of :func:`read_json` and :func:`record_of`."""
    return record_of(cls, read_json(path, what, most_bytes), what, str(path))


def read_json(path: Path, what: str, most_bytes: int) -> object:
    """What a JSON file says, as plain values.

    Parameters
    ----------
    path
        A plain file: a device or a pipe of that name is not read.
    what
        What it should be, with its article, for messages: ``a plan of a sweep``.
    most_bytes
        A longer file is refused before it is parsed.

    Raises
    ------
    SimError
        No plain file, too long, not strict JSON in UTF-8; with exit code 3 where the machine cannot
        read it.
    """
    place = _Place(what, str(path))
    data = _bytes_of(path, place, most_bytes)
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > _MOST_PARTS:
        raise place.wrong("too many entries", allowed=f"{_MOST_PARTS:,}")
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise place.wrong("no strict JSON", given=str(error) or type(error).__name__) from None


def _bytes_of(path: Path, place: _Place, most_bytes: int) -> bytes:
    try:
        data = read_bytes(path, most_bytes + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise place.wrong("no such file") from None
    except SimError as error:
        if error.exit_code == MACHINE:
            raise
        raise place.wrong(error.problem, cure=error.cure) from None
    if len(data) > most_bytes:
        raise place.wrong("too large", allowed=f"{most_bytes:,} bytes")
    return data


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no number of JSON")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("a name appears twice in one object")
    return names


def record_of(cls: type[Record], plain: object, what: str, file: str) -> Record:
    """A record from plain values.

    Raises
    ------
    SimError
        An entry that is missing, unknown, of the wrong type or out of bounds, by its dotted name.
    """
    return _record(cls, plain, _Place(what, file))


def _record(cls: type[Record], plain: object, place: _Place) -> Record:
    if not isinstance(plain, dict):
        raise place.wrong("names and values belong here", given=plain)
    known = _entries(cast(type, cls))
    for name in plain:
        if name not in known:
            listed = list(known) if len(known) <= _MOST_NAMES else None
            cure = "was it made by another version?"
            raise place.below(name).wrong(
                "no such entry", allowed=listed, suggestion=nearest(str(name), known), cure=cure
            )
    missing = [name for name, entry in known.items() if entry.needed and name not in plain]
    if missing:
        raise place.below(missing[0]).wrong("an entry is missing")
    return cls(
        **{
            name: _value(known[name].hint, value, place.below(name))
            for name, value in plain.items()
        }
    )


class _Entry(NamedTuple):
    hint: Any
    needed: bool


@cache
def _entries(cls: type) -> dict[str, _Entry]:
    hints = get_type_hints(cls, include_extras=True)
    return {
        entry.name: _Entry(
            hints[entry.name], entry.default is MISSING and entry.default_factory is MISSING
        )
        for entry in fields(cls)
    }


def _value(hint: Any, given: object, place: _Place) -> object:
    """``given`` as ``hint`` says, or an error."""
    if hint == Plain:
        return _object(given, place)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(parts[0], parts[1:], given, place)
    if origin in (Union, types.UnionType):
        (kind,) = [part for part in parts if part is not type(None)]
        return None if given is None else _value(kind, given, place)
    if origin is tuple:
        return tuple(
            _value(parts[0], item, place.below(n)) for n, item in enumerate(_list(given, place))
        )
    if origin is Mapping:
        return {
            _text(name, place): _value(parts[1], item, place.below(name))
            for name, item in _object(given, place).items()
        }
    if origin is None and hint in _LEAVES:
        return _LEAVES[hint](given, place)
    return _record(hint, given, place)


def _marked(hint: Any, marks: tuple[Any, ...], given: object, place: _Place) -> object:
    for mark in marks:
        if isinstance(mark, ReadBy):
            return mark.read(given, place.name)
    value = _value(hint, given, place)
    for mark in marks if value is not None else ():
        if isinstance(mark, AtMost) and len(cast(tuple[object, ...], value)) > mark.entries:
            raise place.wrong("too many entries", allowed=f"{mark.entries:,}")
        if isinstance(mark, In) and not mark.low <= cast(float, value) <= mark.high:
            raise place.wrong(
                "out of bounds", given=value, allowed=f"{mark.low:,} to {mark.high:,}"
            )
        if isinstance(mark, Matching) and not re.fullmatch(mark.pattern, cast(str, value)):
            raise place.wrong("not of the form it should have", given=value, allowed=mark.words)
    return value


def _object(given: object, place: _Place) -> dict[str, object]:
    if not isinstance(given, dict):
        raise place.wrong("names and values belong here", given=given)
    return given


def _list(given: object, place: _Place) -> list[object]:
    if not isinstance(given, list):
        raise place.wrong("a list belongs here", given=given)
    return given


def _text(given: object, place: _Place) -> str:
    if not isinstance(given, str):
        raise place.wrong("a text belongs here", given=given)
    if len(given) > _MOST_LETTERS or not all(
        letter.isprintable() or letter in "\n\t" for letter in given
    ):
        raise place.wrong("too long a text, or one with control characters", given=given)
    return given


def _flag(given: object, place: _Place) -> bool:
    if not isinstance(given, bool):
        raise place.wrong("true or false belongs here", given=given)
    return given


def _integer(given: object, place: _Place) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise place.wrong("a whole number belongs here", given=given)
    return given


def _number(given: object, place: _Place) -> float:
    try:
        if isinstance(given, (int, float)) and not isinstance(given, bool) and math.isfinite(given):
            return float(given)
    except OverflowError:  # an integer beyond what a float holds
        pass
    raise place.wrong("a finite number belongs here", given=given)


_LEAVES: dict[type, Callable[[object, _Place], object]] = {
    str: _text,
    bool: _flag,
    int: _integer,
    float: _number,
}


def plain_of(record: object) -> dict[str, object]:
    """A record as plain values that JSON holds; an entry at its default is left out, as older files
    leave it out.
    """
    return {
        entry.name: _plain(getattr(record, entry.name))
        for entry in fields(cast(Any, record))
        if getattr(record, entry.name) != _default(entry)
    }


def _default(entry: Any) -> object:
    return entry.default if entry.default_factory is MISSING else entry.default_factory()


def _plain(value: object) -> object:
    if hasattr(type(value), "__dataclass_fields__"):
        return plain_of(value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
