"""Plain data -> settings: one check that reports every problem at once, and one way to change
settings.

:func:`build` makes a group of plain data: each value is checked against its setting (type, bounds,
choices, calendar), each name against the group, and then the rules between settings.
:func:`changed` applies the changes of a command line, of Python or of a file that builds on a
scenario to plain data; :func:`to_plain` is the inverse. Nothing here reads a file.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, fields, is_dataclass, replace
from numbers import Integral, Real
from typing import Any, TypeVar

from sim.config.contradictions import contradictions
from sim.config.dated import (
    CHANGES,
    dated_name,
    fixed_because,
    flat_changes,
    is_dated,
    no_such_change,
    rate_in,
    refuse_other_day,
    settings_once,
)
from sim.config.errors import SimError, nearest
from sim.config.fields import (
    Group,
    Named,
    Setting,
    all_leaves,
    leaves,
    setting_of,
    settings_of,
)
from sim.config.renamed import successor, why_gone

__all__ = [
    "MOST_PROBLEMS",
    "RESERVED_NAMES",
    "build",
    "changed",
    "check_value",
    "differences",
    "to_plain",
    "unknown",
]

Settings = TypeVar("Settings")

MOST_PROBLEMS = 20  # enough for one page
_FIRST_DAY, _LAST_DAY = "1900-01-01", "2199-12-31"
_ITEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_FOLDER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
RESERVED_NAMES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)),
}
_ONE_LINE = 1000
_CELL = re.compile(r"\S+?(?:\s*%)?(?=\s|$)")
_NUMERIC = ("number", "count", "choice", "flag")
_CHECKED = "_checked"
_FRACTIONS = ("share", "ad valorem", "probability")
_YES_NO = ("yes", "no", "on", "off", "y", "n", "0", "1")


def build(
    cls: type[Settings],
    plain: object,
    path: str = "",
    base: Settings | None = None,
    *,
    complete_items: bool = False,
) -> Settings:
    """A checked instance of ``cls`` from plain data.

    Parameters
    ----------
    cls
        A group of settings.
    plain
        A mapping of names to plain values; names left out keep the value of ``base``. Or an
        instance of ``cls`` created in Python, which is checked in the same way and returned
        unchanged if possible.
    path
        Dotted name of this node, for messages.
    base
        Source of missing values; the class's defaults when None.
    complete_items
        For files from others: a named item (an issue, a sector, an event) that ``base`` knows must
        be given with all its settings, because a mapping in such a file replaces the default one
        and a partly written item would silently take other values.

    Raises
    ------
    SimError
        Every problem at once, each with the setting, what was given and what is allowed.
    """
    if isinstance(plain, cls) and _CHECKED in plain.__dict__:
        return plain
    check = _Check(cls, path, complete_items)
    made = check.group(cls, plain, path, base)
    problems = check.problems or contradictions(made)
    if problems:
        raise SimError.together(problems)
    made.__dict__[_CHECKED] = (
        True  # it is frozen, and so are its items: it need not be checked again
    )
    return made


class _Check:
    """One check of one tree: it builds the values and collects the errors."""

    def __init__(self, root: type, path: str, complete_items: bool) -> None:
        self.root, self.path, self.complete_items = root, path, complete_items
        self.problems: list[SimError] = []

    def wrong(self, error: SimError) -> None:
        self.problems.append(error)
        if len(self.problems) == MOST_PROBLEMS:
            raise SimError.together(self.problems)

    def group(self, cls: type, plain: object, path: str, base: Any) -> Any:
        """An instance; ``base`` if nothing differs from it, or if something is wrong."""
        settings = settings_of(cls)
        if isinstance(plain, cls):
            base, plain = plain, {name: getattr(plain, name) for name in settings}
        if not isinstance(plain, Mapping):
            allowed = "a mapping of names to values"
            return self.wrong(
                SimError(
                    "settings expected here", key=path or "scenario", given=plain, allowed=allowed
                )
            )
        prepared = getattr(cls, "prepared", None)
        if prepared is not None:
            try:
                plain = dict(prepared(plain))
            except SimError as error:
                return self.wrong(error)
        for name in plain:
            if name not in settings:
                self.wrong(unknown(_join(path, name), settings, self.root, self.path))
        missing = (
            {}
            if base is not None
            else {n: s for n, s in settings.items() if s.required and n not in plain}
        )
        if missing:
            lacking = _incomplete(path, missing, settings)
            known = [leaf for leaf, _, _ in leaves(self.root())] if _has_defaults(self.root) else []
            self.wrong(lacking.changed(suggestion=successor(path, known)))
        values = {}
        for name, setting in settings.items():
            if name in plain:
                start = setting.default if base is None else getattr(base, name)
                values[name] = self.value(setting, plain[name], _join(path, name), start)
        if missing or self.problems:
            return base
        if base is None:
            return cls(**values)
        return (
            base
            if all(value is getattr(base, name) for name, value in values.items())
            else replace(base, **values)
        )

    def value(self, setting: Setting, given: object, path: str, base: Any) -> Any:
        """A value of any kind."""
        if setting.kind == "mapping":
            return self.items(setting, given, path, base)
        if setting.kind == "changes":
            return self.changes(setting, given, path)
        if setting.kind == "rows":
            return self.rows(setting, given, path)
        if setting.kind == "group":
            if not isinstance(base, setting.item):  # a group of an instance made in Python
                allowed = f"a {setting.item.__name__}"
                return self.wrong(
                    SimError("settings expected here", key=path, given=base, allowed=allowed)
                )
            return self.group(setting.item, given, path, base)
        try:
            return check_value(setting, given, path)
        except SimError as error:
            return self.wrong(error)

    def items(self, setting: Setting, given: object, path: str, base: Mapping[str, Any]) -> Any:
        """Named items, which replace those of ``base``."""
        if not isinstance(given, Mapping):
            allowed = "a mapping of names to settings"
            return self.wrong(
                SimError("named items expected here", key=path, given=given, allowed=allowed)
            )
        if len(given) > setting.most:
            allowed = f"at most {setting.most}"
            return self.wrong(
                SimError("too many items", key=path, given=len(given), allowed=allowed)
            )
        made = {
            name: self.item(setting.item, name, plain, path, base) for name, plain in given.items()
        }
        same = given is base and all(made[name] is given[name] for name in made)
        return given if same else Named(made)

    def changes(self, setting: Setting, given: object, path: str) -> Any:
        """Settings by the day on which they change, both in order."""
        if not isinstance(given, Mapping):
            cure = f"{path}: {{2025-12-01: {{linkage.cn: 0.5}}}}"
            return self.wrong(
                SimError(
                    "days expected here", key=path, given=given, allowed=setting.bounds, cure=cure
                )
            )
        if len(given) > setting.most:
            allowed = f"at most {setting.most}"
            return self.wrong(
                SimError("too many days", key=path, given=len(given), allowed=allowed)
            )
        days: dict[str, Named[Any]] = {}
        for day, changes in given.items():
            here = _join(path, day)
            try:
                refuse_other_day(here)
                when = check_value(Setting("date"), day, here)
                if not isinstance(changes, Mapping) or not changes:
                    allowed = "a mapping of dotted names to values"
                    raise SimError(
                        "settings expected here", key=here, given=changes, allowed=allowed
                    )
                flat = settings_once(flat_changes(changes), f"{here}.")
            except SimError as error:
                self.wrong(error)
                continue
            values = (self.change(setting, when, *one) for one in flat.items())
            days[when] = Named(sorted(values))
        found = Named(sorted(days.items()))
        return given if isinstance(given, Named) and [*given.items()] == [*found.items()] else found

    def change(self, setting: Setting, day: str, name: str, given: object) -> tuple[str, Any]:
        """A setting by its name, and what it becomes on a day."""
        assert setting.owner is not None
        here, changed = dated_name(day, name), setting_of(setting.owner, name)
        if changed is None or is_dated(name):
            known = [path for path, _, _ in leaves(self.root())] if _has_defaults(self.root) else []
            self.wrong(no_such_change(here, known))
        elif changed.kind not in _NUMERIC:
            cure = "a day can change numbers, choices and flags"
            if changed.kind in ("group", "mapping"):
                cure += ": name each, or nest them below it"
            self.wrong(SimError("cannot change on a day", key=here, given=given, cure=cure))
        elif (fixed := fixed_because(name)) is not None:
            self.wrong(
                SimError(
                    f"cannot change on a day: {fixed.why}", key=here, given=given, cure=fixed.cure
                )
            )
        else:
            return name, self.value(changed, given, here, None)
        return name, None

    def rows(self, setting: Setting, given: object, path: str) -> Any:
        """The rows of a table, each a group made of text or of a mapping."""
        if isinstance(given, str) or not isinstance(given, (list, tuple)):
            cure = "the name of a table is read from a command line, sim.load or a scenario file"
            return self.wrong(
                SimError(
                    "rows expected here", key=path, given=given, allowed=setting.bounds, cure=cure
                )
            )
        if len(given) > setting.most:
            allowed = f"at most {setting.most:,}"
            return self.wrong(
                SimError("too many rows", key=path, given=len(given), allowed=allowed)
            )
        made = [self.row(setting.item, plain, f"{path}.{n}") for n, plain in enumerate(given, 1)]
        if any(row is None for row in made):
            return None
        once, seen = getattr(setting.item, "one_per", ""), dict[object, int]()
        for n, row in enumerate(made, 1):
            first = seen.setdefault(getattr(row, once, n), n)
            if first != n:
                problem = f"the same {once} twice: row {first} has it too"
                self.wrong(SimError(problem, key=f"{path}.{n}", given=getattr(row, once)))
        found = tuple(sorted(made, key=astuple))
        return given if found == given else found

    def row(self, cls: type, plain: object, path: str) -> Any:
        """One row: a group, a mapping, or its values in one text, blanks between them."""
        if isinstance(plain, str):
            names = list(settings_of(cls))
            plain = dict(zip(names, _cells(plain, len(names)), strict=False))
            plain = {name: _as_typed(settings_of(cls)[name], text) for name, text in plain.items()}
        elif isinstance(plain, Mapping):
            plain = {name: _as_rate(settings_of(cls).get(name), v) for name, v in plain.items()}
        made = self.group(cls, plain, path, None)
        if isinstance(made, cls):
            for error in contradictions(made):
                self.wrong(error.changed(key=_join(path, error.key)))
        return made

    def item(
        self, cls: type, name: object, plain: object, path: str, base: Mapping[str, Any]
    ) -> Any:
        """One of them."""
        here = _join(path, name)
        if not isinstance(name, str) or not _ITEM_NAME.fullmatch(name):
            allowed = "a lower-case letter, then up to 31 lower-case letters, digits and _"
            return self.wrong(SimError("not a name", key=here, given=name, allowed=allowed))
        missing = (
            [n for n in settings_of(cls) if n not in plain] if isinstance(plain, Mapping) else []
        )
        if self.complete_items and name in base and missing:
            cure = "in a file, named items replace the default ones: give each with all its keys"
            return self.wrong(
                SimError(f"incomplete, without {', '.join(missing)}", key=here, cure=cure)
            )
        return self.group(cls, plain, here, None)


def _cells(text: str, most: int) -> list[str]:
    """The values of a row in one text, blanks between them; a blank before % parts nothing."""
    found, rest = list[str](), text.strip()
    while rest and len(found) < most - 1:
        cell = _CELL.match(rest)
        assert cell is not None
        found.append(cell[0])
        rest = rest[cell.end() :].lstrip()
    return [*found, rest] if rest else found


def _as_rate(setting: Setting | None, given: object) -> object:
    """The rate of a text with the sign of per cent, where a setting takes rates."""
    rated = setting is not None and setting.unit == "ad valorem" and isinstance(given, str)
    rate = rate_in(str(given)) if rated else None
    return given if rate is None else rate


def _as_typed(setting: Setting, text: str) -> object:
    """A number where a setting takes one and the text is one, else the text."""
    if setting.kind not in ("number", "count"):
        return text
    try:
        return float(text) if setting.kind == "number" else int(text)
    except ValueError:
        return _as_rate(setting, text)


def _incomplete(
    path: str, missing: Mapping[str, Setting], settings: Mapping[str, Setting]
) -> SimError:
    needed = {name: setting for name, setting in settings.items() if setting.required}
    given = ", ".join(
        f"{name} ({' or '.join(setting.choices)})" if setting.choices else name
        for name, setting in missing.items()
    )
    example = ", ".join(
        f"{name}: {(*setting.choices, '...')[0]}" for name, setting in needed.items()
    )
    cure = f"these have no default: give {given}, as in +{path}='{{{example}, ...}}' or in a file"
    return SimError(f"incomplete, without {', '.join(missing)}", key=path, cure=cure)


def unknown(path: str, names: Iterable[str], root: type, root_path: str = "") -> SimError:
    """The error for a name missing in ``names``, with the nearest existing name in ``root``."""
    names = list(names)
    parent, _, name = path.rpartition(".")
    known = [leaf for leaf, _, _ in leaves(root())] if _has_defaults(root) else []
    below = path.removeprefix(f"{root_path}.")
    if moved := successor(below, known):
        suggestion: str | None = moved
    elif near := nearest(name, names):
        suggestion = _join(parent, near)
    else:
        inner = nearest(below, known)
        suggestion = inner and _join(root_path, inner)
    if gone := why_gone(below):
        return SimError("no such setting", key=path, cure=gone)
    allowed = names if len(names) <= 30 else None
    return SimError("no such setting", key=path or "''", allowed=allowed, suggestion=suggestion)


def _has_defaults(cls: type) -> bool:
    return not any(setting.required for setting in settings_of(cls).values())


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def check_value(setting: Setting, given: object, path: str) -> Any:
    """``given`` as the plain Python value of one setting.

    Raises
    ------
    SimError
        Wrong type, out of bounds, not finite, not a choice, no such day, or a refused text.
    """
    if given is None or given == "???":
        raise SimError(
            "a value is missing",
            key=path,
            allowed=setting.bounds,
            cure="give one, or leave the key out",
        )
    checks = {
        "number": _number,
        "count": _count,
        "flag": _flag,
        "choice": _choice,
        "date": _date,
        "text": _text,
    }
    if setting.kind not in checks:
        raise SimError("a group of settings, not one value", key=path, given=given)
    return checks[setting.kind](setting, given, path)


def _wrong(
    setting: Setting,
    given: object,
    path: str,
    problem: str,
    cure: str | None = None,
    near: str | None = None,
) -> SimError:
    return SimError(
        problem, key=path, given=given, allowed=setting.bounds, suggestion=near, cure=cure
    )


def _number(setting: Setting, given: object, path: str) -> float:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise _wrong(setting, given, path, "not a number", *_number_hint(given))
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise _wrong(setting, given, path, "not a finite number")
    return _bounded(setting, value, path)


def _count(setting: Setting, given: object, path: str) -> int:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise _wrong(setting, given, path, "not a whole number", *_number_hint(given))
    if not isinstance(given, Integral) and not (math.isfinite(given) and float(given).is_integer()):
        near = str(round(given)) if math.isfinite(given) else None
        raise _wrong(setting, given, path, "not a whole number", near=near)
    return _bounded(setting, int(given) if isinstance(given, Integral) else int(float(given)), path)


def _bounded(setting: Setting, value: Any, path: str) -> Any:
    assert setting.low is not None and setting.high is not None
    if setting.low <= value <= setting.high:
        return value
    cure = None
    if (
        any(setting.unit.startswith(unit) for unit in _FRACTIONS)
        and 2 * setting.high <= value <= 100 * setting.high
    ):
        cure = f"this is a fraction: for {value:g} per cent write {value / 100:g}"
    raise _wrong(setting, value, path, "out of bounds", cure)


def _number_hint(given: object) -> tuple[str | None, str | None]:
    """(cure, suggestion) for text given instead of a number."""
    if isinstance(given, bool):
        return "true and false are not numbers", None
    if not isinstance(given, str):
        return None, None
    word = given.strip()
    found = next(((cure, meant) for form, cure, meant in _MISTAKEN if form.fullmatch(word)), None)
    return (found[0], found[1](word)) if found else (None, None)


_MISTAKEN: tuple[tuple[re.Pattern[str], str, Callable[[str], str | None]], ...] = (
    (
        re.compile(r"[-+]?(\d+\.?\d*|\.\d+) *%"),
        "write per cent as a fraction",
        lambda s: f"{float(s.rstrip(' %')) / 100:g}",
    ),
    (
        re.compile(r"[-+]?\d{1,3}(,\d{3})+"),
        "write the number without commas",
        lambda s: s.replace(",", ""),
    ),
    (re.compile(r"[-+]?\d+,\d+"), "write a decimal point", lambda s: s.replace(",", ".")),
    (re.compile(r"\d+(:\d+)+"), "numbers to base 60 are not read", lambda s: None),
    (re.compile(r"[-+]?\d+_[\d_]*"), "write the number without _", lambda s: s.replace("_", "")),
)


def _flag(setting: Setting, given: object, path: str) -> bool:
    if isinstance(given, bool) or type(given).__name__ in ("bool_", "bool"):
        return bool(given)
    cure = "write true or false" if str(given).lower() in _YES_NO else None
    raise _wrong(setting, given, path, "neither true nor false", cure)


def _choice(setting: Setting, given: object, path: str) -> str:
    if isinstance(given, str) and given in setting.choices:
        return str(given)
    cure = None
    if isinstance(given, bool):
        cure = "YAML may read an unquoted no, off or on as true or false: put the word in quotes"
    raise _wrong(
        setting, given, path, "not one of the choices", cure, nearest(str(given), setting.choices)
    )


def _date(setting: Setting, given: object, path: str) -> str:
    if isinstance(given, dt.date):
        given = given.isoformat()
    if not isinstance(given, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        raise _wrong(setting, given, path, "not a date", "write year-month-day, all digits")
    try:
        dt.date.fromisoformat(given)
    except ValueError:
        raise _wrong(setting, given, path, "no such day in the calendar") from None
    if not _FIRST_DAY <= given <= _LAST_DAY:
        raise SimError(
            "out of bounds",
            key=path,
            given=given,
            allowed=f"a day from {_FIRST_DAY} to {_LAST_DAY}",
        )
    return given


def _text(setting: Setting, given: object, path: str) -> str:
    if not isinstance(given, str):
        raise _wrong(setting, given, path, "not text", "put it in quotes")
    if len(given) > setting.most:
        raise SimError(
            "too long", key=path, given=given, allowed=f"at most {setting.most} characters"
        )
    if not all(
        character.isprintable() or (character == "\n" and setting.most > _ONE_LINE)
        for character in given
    ):
        raise _wrong(setting, given, path, "contains control characters")
    if "${" in given:
        raise _wrong(
            setting, given, path, "interpolation (${…}) is not accepted", "write the value itself"
        )
    if setting.form == "folder name" and (given or setting.default):
        _check_folder_name(given, path)
    if setting.form == "folder" and not given.strip():
        raise SimError(
            "not a folder",
            key=path,
            given=given,
            cure="give the folder for the results",
        )
    return given


def _check_folder_name(name: str, path: str) -> None:
    """Refuse a name that is not safe as a folder name on every system."""
    allowed = "1 to 64 lower-case letters, digits, - and _, beginning with a letter or digit"
    if not _FOLDER_NAME.fullmatch(name):
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:64]
        problem = "not usable as the name of a folder"
        raise SimError(problem, key=path, given=name, allowed=allowed, suggestion=slug or None)
    if name in RESERVED_NAMES:
        raise SimError(
            "this name is reserved on some systems", key=path, given=name, allowed=allowed
        )


def to_plain(node: Any) -> Any:
    """A group as nested dicts and lists of plain values, with every setting."""
    if isinstance(node, Group):
        return {
            name: _plain(setting, getattr(node, name))
            for name, setting in settings_of(type(node)).items()
        }
    if is_dataclass(node):
        return {field.name: to_plain(getattr(node, field.name)) for field in fields(node)}
    if isinstance(node, Mapping):
        return {name: to_plain(item) for name, item in node.items()}
    return [to_plain(item) for item in node] if isinstance(node, (list, tuple)) else node


def _plain(setting: Setting, value: Any) -> Any:
    if setting.kind == "rows":
        return [_row_text(row) for row in value]
    return float(value) if setting.kind == "number" else to_plain(value)


def _row_text(row: Group) -> str:
    """A row in one line, which a check reads back."""
    return " ".join(str(value) for _, _, value in leaves(row)).rstrip()


def differences(one: Any, other: Any) -> dict[str, tuple[Any, Any]]:
    """Dotted name -> its two values, for every setting that differs; None where one lacks the
    item.
    """
    left, right = ({path: value for path, _, value in all_leaves(node)} for node in (one, other))
    names = dict.fromkeys([*left, *right])
    return {
        name: (left.get(name), right.get(name))
        for name in names
        if left.get(name) != right.get(name)
    }


def changed(cls: type, plain: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """A copy of plain data of ``cls`` with changes applied in order.

    Parameters
    ----------
    cls
        The group that ``plain`` is of.
    plain
        A tree with every setting; it is not modified.
    changes
        Values by dotted name, with the signs of the command line: a bare name changes what is
        there, ``+`` adds a named item or a setting of a new one, ``++`` sets it whether it is there
        or not, ``~`` removes an item, whatever the value. A mapping changes the settings that it
        names.

    Raises
    ------
    SimError
        Every name that does not exist, or that exists already and should not; a setting given twice.
    """
    settings_once(
        pair
        for name, value in changes.items()
        if not str(name).startswith("~")  # an item that is removed may be added anew
        for pair in flat_changes({str(name).lstrip("+"): value})
    )
    tree = _copy(plain)
    problems = []
    for name, value in changes.items():
        try:
            _change(cls, tree, name, value)
        except SimError as error:
            problems.append(error)
    if problems:
        raise SimError.together(problems[:MOST_PROBLEMS])
    return tree


def _copy(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _copy(item) for name, item in node.items()}
    return [_copy(item) for item in node] if isinstance(node, list) else node


def _change(cls: type, tree: dict[str, Any], signed: str, value: object) -> None:
    name = str(signed).lstrip("+~")
    sign = str(signed)[: len(str(signed)) - len(name)]
    *parents, last = name.split(".")
    if sign not in ("", "+", "++", "~"):
        raise SimError("not a sign", key=name, given=sign, allowed="+ to add, ~ to remove")
    if is_dated(name):
        _change_on_a_day(tree, name, sign, value)
        return
    if name == CHANGES and isinstance(value, Mapping):
        for day, changes in value.items():
            _change_on_a_day(tree, dated_name(str(day), "").rstrip("."), sign, changes)
        return
    node: Any = tree
    for depth, part in enumerate(parents):
        if (
            sign in ("+", "++")
            and isinstance(node, dict)
            and part not in node
            and _is_items(cls, parents[:depth])
        ):
            node[part] = {}
        if not isinstance(node, dict) or part not in node:
            raise _absent(cls, name, sign, node, depth)
        node = node[part]
    # at the top a setting of no group is absent where no file says it: it stands at its default
    there = last in node or (not parents and last in settings_of(cls))
    if not isinstance(node, dict) or (not there and sign not in ("+", "++")):
        raise _absent(cls, name, sign, node, len(parents))
    if sign == "~":
        del node[last]
        return
    if sign == "+" and last in node:
        raise SimError("exists already", key=name, cure="write it without + to change it")
    if not sign and value == {}:
        raise SimError("changes nothing", key=name, given="{}", cure="name the settings to change")
    old = node.get(last)
    node[last] = (
        _merged(old, value)
        if isinstance(value, Mapping) and isinstance(old, dict)
        else _copy(value)
    )


def _change_on_a_day(tree: dict[str, Any], name: str, sign: str, value: object) -> None:
    """A change on a day is set, whether one was there before or not; ``~`` takes it, or a day,
    back.
    """
    refuse_other_day(name)
    changes, day, *path = name.split(".", 2)
    days = tree.setdefault(changes, {})
    if sign == "~":
        own = days.get(day, {})
        if day not in days or (path and path[0] not in own):
            there = [*own] if day in days else [*days]
            cure = None if there else "leave it out: nothing changes on any day here"
            raise SimError("nothing changes on this day", key=name, allowed=there, cure=cure)
        if path:
            del own[path[0]]
        if not path or not own:
            del days[day]
        return
    if not path and not isinstance(value, Mapping):
        allowed = "a mapping of dotted names to values"
        raise SimError("settings expected here", key=name, given=value, allowed=allowed)
    given = value if isinstance(value, Mapping) and not path else {path[0]: value}
    flat = settings_once(flat_changes(given), dated_name(day, ""))
    days.setdefault(day, {}).update(flat)


def _is_items(cls: type, parents: list[str]) -> bool:
    setting = setting_of(cls, ".".join(parents)) if parents else None
    return setting is not None and setting.kind == "mapping"


def _absent(cls: type, name: str, sign: str, node: Any, depth: int) -> SimError:
    parts = name.split(".")
    parent, part = ".".join(parts[:depth]), parts[depth]
    names = list(node) if isinstance(node, dict) else []
    if not depth:
        names += [n for n, s in settings_of(cls).items() if s.kind == "changes" and n not in names]
    gone, moved = why_gone(name), successor(name, [leaf for leaf, _, _ in leaves(cls())])
    if gone or moved:
        return SimError(f"{part} does not exist here", key=name, suggestion=moved, cure=gone)
    near = nearest(part, names)
    cure = f"+{name}=… adds a new one" if not sign and _is_items(cls, parts[:depth]) else None
    if near is not None:
        near = ".".join([*parts[:depth], near, *parts[depth + 1 :]])
        near = near if setting_of(cls, near) is not None else near.rpartition(".")[0]
    elif not parent:
        near = nearest(name, (leaf for leaf, _, _ in leaves(cls())))
    return SimError(
        f"{part} does not exist here", key=name, allowed=names, suggestion=near, cure=cure
    )


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(old[name], new[name])
        for name in new
        if isinstance(old.get(name), Mapping) and isinstance(new[name], Mapping)
    }
    return {**old, **new, **both}
