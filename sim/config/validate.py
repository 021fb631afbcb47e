"""Plain data -> frozen settings: the only door to a dataclass of settings, and the rules that hold between settings.

Each value is checked against its field's metadata (type, bounds, choices, calendar), each mapping against its names; then
:func:`~sim.config.contradictions.check_scenario` refuses terms that contradict one another. Only the first problem is raised. It reads no files.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, TypeVar

from sim.config.contradictions import check_file_name, check_scenario
from sim.config.errors import SimError, nearest
from sim.config.fields import Field, leaves, schema_of
from sim.config.groups.outcomes import Run
from sim.config.schema import Scenario

__all__ = ["build", "check_run", "check_scenario", "check_value", "unknown", "with_values"]

Settings = TypeVar("Settings")

_FIRST_DAY, _LAST_DAY = "1900-01-01", "2199-12-31"
_ITEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ONE_LINE = 1000
_FRACTIONS = ("share", "ad valorem", "probability")
_YES_NO = ("yes", "no", "on", "off", "y", "n", "0", "1")


def build(
    cls: type[Settings], plain: object, path: str = "", base: Settings | None = None, *, whole: bool = False
) -> Settings:
    """A validated instance of ``cls`` from plain data.

    Parameters
    ----------
    cls
        A dataclass of settings.
    plain
        A mapping of names to plain values; names left out keep the value of ``base``. Or an instance of ``cls`` that someone made in
        Python, which is checked alike and given back as it is where nothing had to be made plain.
    path
        Dotted name of this node, for messages.
    base
        What missing names fall back to; the class's defaults when None.
    whole
        For files handed over: a named item (an issue, a sector, an event) that ``base`` knows must be given with all its keys,
        because a mapping in such a file replaces the default one and a partly written item would silently take other values.

    Raises
    ------
    SimError
        Naming the key, what was given and what is allowed.
    """
    schema = schema_of(cls)
    if isinstance(plain, cls):
        base, plain = plain, {name: getattr(plain, name) for name in schema}
    if not isinstance(plain, Mapping):
        raise SimError(
            "settings expected here", key=path or "scenario", given=plain, allowed="a mapping of names to values"
        )
    for name in plain:
        if name not in schema:
            raise unknown(_join(path, name), schema)
    start = _defaults(cls, plain, path) if base is None else base
    values = {}
    for name, meta in schema.items():
        if name in plain:
            values[name] = _value(meta, plain[name], _join(path, name), getattr(start, name), whole)
    if all(value is getattr(start, name) for name, value in values.items()):
        return start
    return replace(start, **values)  # type: ignore[type-var]


def _defaults(cls: type[Settings], plain: Mapping[str, object], path: str) -> Settings:
    """An instance with the defaults of ``cls``; what has none must be in ``plain``, and is checked with the rest."""
    needed = {name: meta for name, meta in schema_of(cls).items() if meta.required}
    missing = [name for name in needed if name not in plain]
    if missing:
        given = ", ".join(f"{name} ({' or '.join(needed[name].choices)})" for name in missing)
        example = ", ".join(f"{name}: {meta.choices[0]}" for name, meta in needed.items())
        cure = f"what it is has no default: give {given}, as in +{path}='{{{example}, ...}}' or in a file"
        raise SimError(f"incomplete, without {', '.join(missing)}", key=path, cure=cure)
    return cls(**dict.fromkeys(needed, ""))


def _value(meta: Field, given: object, path: str, base: Any, whole: bool) -> Any:
    if meta.kind == "group" and meta.item is not None:
        if not isinstance(base, meta.item):  # a group of an instance made in Python
            raise SimError("settings expected here", key=path, given=base, allowed=f"a {meta.item.__name__}")
        return build(meta.item, given, path, base, whole=whole)
    if meta.kind == "mapping":
        return _items(meta, given, path, base, whole)
    return check_value(meta, given, path)


def _items(meta: Field, given: object, path: str, base: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    assert meta.item is not None
    if not isinstance(given, Mapping):
        raise SimError("named items expected here", key=path, given=given, allowed="a mapping of names to settings")
    if len(given) > meta.most:
        raise SimError("too many items", key=path, given=len(given), allowed=f"at most {meta.most}")
    items: dict[str, Any] = {}
    for name, plain in given.items():
        here = _join(path, name)
        if not isinstance(name, str) or not _ITEM_NAME.fullmatch(name):
            allowed = "a lower-case letter, then up to 31 lower-case letters, digits and _"
            raise SimError("not a name", key=here, given=name, allowed=allowed)
        if whole and name in base and isinstance(plain, Mapping):
            _require_whole(meta.item, plain, here)
        items[name] = build(meta.item, plain, here, whole=whole)
    if given is base and isinstance(given, dict) and all(items[name] is given[name] for name in items):
        return given
    return items


def _require_whole(item: type, plain: Mapping[str, object], path: str) -> None:
    missing = [name for name in schema_of(item) if name not in plain]
    if missing:
        cure = "in a file handed over, named items replace the default ones: give each with all its keys"
        raise SimError(f"incomplete, without {', '.join(missing)}", key=path, cure=cure)


def unknown(path: str, names: Iterable[str]) -> SimError:
    """The error for a key that does not exist, with the nearest that does."""
    names = list(names)
    parent, _, name = path.rpartition(".")
    suggestion = nearest(name, names)
    if suggestion is None:
        suggestion = nearest(path, (leaf for leaf, _, _ in leaves(Scenario())))
    elif parent:
        suggestion = f"{parent}.{suggestion}"
    return SimError(
        "no such setting", key=path or "''", allowed=names if len(names) <= 30 else None, suggestion=suggestion
    )


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def check_value(meta: Field, given: object, path: str) -> Any:
    """``given`` as the plain Python value of a leaf setting.

    Raises
    ------
    SimError
        Wrong type, out of bounds, not finite, not a choice, no such day, text too long or with control characters.
    """
    if given is None or given == "???":
        raise SimError("a value is missing", key=path, allowed=meta.bounds, cure="give one, or leave the key out")
    checks = {"number": _number, "count": _count, "flag": _flag, "choice": _choice, "date": _date, "text": _text}
    if meta.kind not in checks:
        raise SimError("a group of settings, not one value", key=path, given=given)
    return checks[meta.kind](meta, given, path)


def _wrong(
    meta: Field, given: object, path: str, problem: str, cure: str | None = None, near: str | None = None
) -> SimError:
    return SimError(problem, key=path, given=given, allowed=meta.bounds, suggestion=near, cure=cure)


def _number(meta: Field, given: object, path: str) -> float:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise _wrong(meta, given, path, "not a number", *_number_hint(given))
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise _wrong(meta, given, path, "not a finite number")
    return _bounded(meta, value, path)


def _count(meta: Field, given: object, path: str) -> int:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise _wrong(meta, given, path, "not a whole number", *_number_hint(given))
    if not isinstance(given, Integral) and not (math.isfinite(given) and float(given).is_integer()):
        raise _wrong(meta, given, path, "not a whole number")
    return _bounded(meta, int(given) if isinstance(given, Integral) else int(float(given)), path)


def _bounded(meta: Field, value: Any, path: str) -> Any:
    assert meta.low is not None and meta.high is not None
    if meta.low <= value <= meta.high:
        return value
    cure = None
    if any(meta.unit.startswith(unit) for unit in _FRACTIONS) and 2 * meta.high <= value <= 100 * meta.high:
        cure = f"a fraction belongs here: if {value:g} per cent is meant, write {value / 100:g}"
    raise _wrong(meta, value, path, "out of bounds", cure)


def _number_hint(given: object) -> tuple[str | None, str | None]:
    """(cure, suggestion) for text given where a number belongs."""
    if isinstance(given, bool):
        return "true and false are not numbers", None
    if not isinstance(given, str):
        return None, None
    word = given.strip()
    if re.fullmatch(r"[-+]?[0-9.]+ *%", word):
        return "write per cent as a fraction", f"{float(word.rstrip(' %')) / 100:g}" if word.count(".") < 2 else None
    if re.fullmatch(r"[-+]?\d+,\d+", word):
        return "write a decimal point", word.replace(",", ".")
    if re.fullmatch(r"\d+(:\d+)+", word):
        return "numbers to base 60 are not read", None
    if re.fullmatch(r"[-+]?[0-9][0-9_]*", word) and "_" in word:
        return "write the number without _", word.replace("_", "")
    return None, None


def _flag(meta: Field, given: object, path: str) -> bool:
    if isinstance(given, bool) or type(given).__name__ in ("bool_", "bool"):
        return bool(given)
    cure = "write true or false" if str(given).lower() in _YES_NO else None
    raise _wrong(meta, given, path, "neither true nor false", cure)


def _choice(meta: Field, given: object, path: str) -> str:
    if isinstance(given, str) and given in meta.choices:
        return str(given)
    cure = None
    if isinstance(given, bool):
        cure = "YAML may read an unquoted no, off or on as true or false: put the word in quotes"
    raise _wrong(meta, given, path, "not one of the choices", cure, nearest(str(given), meta.choices))


def _date(meta: Field, given: object, path: str) -> str:
    if isinstance(given, dt.date):
        given = given.isoformat()
    if not isinstance(given, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        raise _wrong(meta, given, path, "not a date", "write year-month-day, all digits")
    try:
        dt.date.fromisoformat(given)
    except ValueError:
        raise _wrong(meta, given, path, "no such day in the calendar") from None
    if not _FIRST_DAY <= given <= _LAST_DAY:
        raise SimError("out of bounds", key=path, given=given, allowed=f"a day from {_FIRST_DAY} to {_LAST_DAY}")
    return given


def _text(meta: Field, given: object, path: str) -> str:
    if not isinstance(given, str):
        raise _wrong(meta, given, path, "not text", "put it in quotes")
    if len(given) > meta.most:
        raise SimError("too long", key=path, given=given, allowed=f"at most {meta.most} characters")
    if not all(character.isprintable() or (character == "\n" and meta.most > _ONE_LINE) for character in given):
        raise _wrong(meta, given, path, "contains control characters")
    if "${" in given:
        raise _wrong(meta, given, path, "interpolation (${…}) is not accepted", "write the value itself")
    return given


def check_run(run: Run) -> None:
    """Rules on names and folders of a batch.

    Raises
    ------
    SimError
        A name that is no file name, or an empty output folder.
    """
    if run.name:
        check_file_name(run.name, "run.name")
    if not run.out.strip() or "\n" in run.out:
        raise SimError("not a folder", key="run.out", given=run.out, cure="give the folder that is to hold the results")


def with_values(scenario: Scenario, values: Mapping[str, object]) -> Scenario:
    """``scenario`` with some leaf settings replaced, by dotted name; validated.

    Raises
    ------
    SimError
        An unknown name, a value out of bounds, or a contradiction between the new settings.
    """
    nested: dict[str, Any] = {}
    known = {path: meta for path, meta, _ in leaves(scenario)}
    for path, value in values.items():
        if path not in known:
            raise SimError("no such setting", key=str(path), suggestion=nearest(str(path), known))
        *parents, last = path.split(".")
        node = nested
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = check_value(known[path], value, path)
    changed = _rebuild(scenario, nested)
    check_scenario(changed)
    return changed


def _rebuild(node: Any, changes: Mapping[str, Any]) -> Any:
    fresh = {}
    for name, change in changes.items():
        old = getattr(node, name)
        if isinstance(old, dict):
            fresh[name] = {key: _rebuild(item, change[key]) if key in change else item for key, item in old.items()}
        else:
            fresh[name] = _rebuild(old, change) if isinstance(change, dict) else change
    return replace(node, **fresh)
