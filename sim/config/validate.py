"""Plain data -> frozen settings: the only door to a dataclass of settings, and the rules that hold between settings.

Each value is checked against its field's metadata (type, bounds, choices, calendar), each mapping against its names; then
:func:`check_scenario` refuses terms that contradict one another. Only the first problem is raised. It reads no files.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, TypeVar

from sim.config.errors import SimError, nearest
from sim.config.fields import Field, leaves, schema_of
from sim.config.groups.outcomes import Run
from sim.config.schema import Scenario

__all__ = ["build", "check_run", "check_scenario", "check_value", "unknown", "with_values"]

Settings = TypeVar("Settings")

_FIRST_DAY, _LAST_DAY = "1900-01-01", "2199-12-31"
_ITEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
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
        A mapping of names to plain values; names left out keep the value of ``base``.
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
    if not isinstance(plain, Mapping):
        raise SimError("settings expected here", key=path or "scenario", given=plain, allowed="a mapping of names to values")
    schema = schema_of(cls)
    for name in plain:
        if name not in schema:
            raise unknown(_join(path, name), schema)
    start = cls() if base is None else base
    values = {}
    for name, meta in schema.items():
        if name in plain:
            values[name] = _value(meta, plain[name], _join(path, name), getattr(start, name), whole)
    return replace(start, **values)  # type: ignore[type-var]


def _value(meta: Field, given: object, path: str, base: Any, whole: bool) -> Any:
    if meta.kind == "group" and meta.item is not None:
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
    return SimError("no such setting", key=path, allowed=names if len(names) <= 30 else None, suggestion=suggestion)


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


def _wrong(meta: Field, given: object, path: str, problem: str, cure: str | None = None, near: str | None = None) -> SimError:
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
    return given


def _check_file_name(name: str, path: str) -> None:
    allowed = "1 to 64 lower-case letters, digits, - and _, beginning with a letter or digit"
    if not _FILE_NAME.fullmatch(name):
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:64]
        raise SimError("not usable as the name of a folder", key=path, given=name, allowed=allowed, suggestion=slug or None)
    if name in _RESERVED:
        raise SimError("a name that some systems reserve", key=path, given=name, allowed=allowed)


def check_run(run: Run) -> None:
    """Rules on names and folders of a batch.

    Raises
    ------
    SimError
        A name that is no file name, or an empty output folder.
    """
    if run.name:
        _check_file_name(run.name, "run.name")
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


def check_scenario(scenario: Scenario) -> None:
    """Rules between settings.

    Raises
    ------
    SimError
        The first contradiction that would make a run meaningless.
    """
    _check_file_name(scenario.name, "name")
    for rule in (_issue_rules, _tariff_rules, _firm_rules, _licence_rules, _calendar_rules):
        for problem in rule(scenario):
            raise problem


_DRIVER_OWNERS = {
    "us_tariff": "us",
    "cn_tariff": "cn",
    "civil_magnets": "cn",
    "military_magnets": "cn",
    "ai_chips": "us",
}


def _issue_rules(scenario: Scenario) -> Iterator[SimError]:
    if not scenario.issues:
        yield SimError("nothing to bargain over", key="issues", cure="keep at least one issue")
    driven: dict[str, str] = {}
    for name, issue in scenario.issues.items():
        path = f"issues.{name}"
        for level in ("terms", "in_force", "lapse"):
            if getattr(issue, level) > issue.red_line:
                yield SimError(
                    f"below {level}: the owner would already have conceded more than it ever will",
                    key=f"{path}.red_line",
                    given=issue.red_line,
                    allowed=f"at least {getattr(issue, level):g} ({path}.{level})",
                )
        if issue.lapse > issue.terms:
            yield SimError(
                "a lapse would concede more than the truce",
                key=f"{path}.lapse",
                given=issue.lapse,
                allowed=f"at most {issue.terms:g} ({path}.terms)",
            )
        if issue.driver in driven:
            yield SimError(
                f"the same issue twice: {driven[issue.driver]} has this driver already", key=f"{path}.driver", given=issue.driver
            )
        owner = _DRIVER_OWNERS.get(issue.driver)
        if owner is not None:
            driven[issue.driver] = name
            if owner != issue.owner:
                yield SimError(
                    "the other side controls this", key=f"{path}.owner", given=issue.owner, allowed=f"{owner} for {issue.driver}"
                )


def _tariff_rules(scenario: Scenario) -> Iterator[SimError]:
    for side in ("us", "cn"):
        importer, path = getattr(scenario.economy, side), f"economy.{side}"
        if importer.floor_tariff >= importer.ceiling_tariff:
            yield SimError(
                "not below the ceiling",
                key=f"{path}.floor_tariff",
                given=importer.floor_tariff,
                allowed=f"less than {importer.ceiling_tariff:g} ({path}.ceiling_tariff)",
            )
        if importer.elasticity_short > importer.elasticity_long:
            yield SimError(
                "demand would respond less in the long run than in the short",
                key=f"{path}.elasticity_short",
                given=importer.elasticity_short,
                allowed=f"at most {importer.elasticity_long:g} ({path}.elasticity_long)",
            )
        threshold = getattr(scenario.outcomes, f"{side}_tariff")
        if threshold < importer.floor_tariff:
            yield SimError(
                "no agreement could bring the tariff so low: breakthrough is ruled out",
                key=f"outcomes.{side}_tariff",
                given=threshold,
                allowed=f"at least {importer.floor_tariff:g} ({path}.floor_tariff)",
            )


def _firm_rules(scenario: Scenario) -> Iterator[SimError]:
    seen: set[str] = set()
    for good in ("magnets", "chips"):
        sectors, path = getattr(scenario.firms, good).sectors, f"firms.{good}.sectors"
        if not sectors:
            yield SimError("no sector", key=path, cure="keep at least one")
        if not sum(sector.share for sector in sectors.values()) > 0:
            yield SimError("the shares sum to 0: no firm has a sector", key=path, cure="give a sector a share above 0")
        for name in sectors:
            if name in seen:
                yield SimError("a sector of both goods: results could not tell them apart", key=f"{path}.{name}")
            seen.add(name)


def _licence_rules(scenario: Scenario) -> Iterator[SimError]:
    licensing = scenario.licensing
    pairs = [(f"{good}.approve_withheld", getattr(licensing, good), good) for good in ("magnets", "chips")]
    for name, authority, good in pairs:
        if authority.approve_withheld > authority.approve_permitted:
            yield SimError(
                "approval would be easier when the good is withheld than when it is permitted",
                key=f"licensing.{name}",
                given=authority.approve_withheld,
                allowed=f"at most {authority.approve_permitted:g} (licensing.{good}.approve_permitted)",
            )
    if licensing.approve_withheld_military > licensing.magnets.approve_permitted:
        yield SimError(
            "approval would be easier when the good is withheld than when it is permitted",
            key="licensing.approve_withheld_military",
            given=licensing.approve_withheld_military,
            allowed=f"at most {licensing.magnets.approve_permitted:g} (licensing.magnets.approve_permitted)",
        )


def _calendar_rules(scenario: Scenario) -> Iterator[SimError]:
    start = dt.date.fromisoformat(scenario.calendar.start)
    weeks = scenario.calendar.horizon_weeks
    if scenario.outcomes.weeks_in_force > weeks:
        yield SimError(
            "longer than the run: breakthrough is ruled out",
            key="outcomes.weeks_in_force",
            given=scenario.outcomes.weeks_in_force,
            allowed=f"at most {weeks} (calendar.horizon_weeks)",
        )
    end = start + dt.timedelta(weeks=weeks)
    for name, event in scenario.shocks.events.items():
        path, day = f"shocks.events.{name}", dt.date.fromisoformat(event.start)
        if event.rate == 0 and day < start:
            yield SimError(
                "a single event before the first day never happens",
                key=f"{path}.start",
                given=event.start,
                allowed=f"from {start} (calendar.start)",
                cure="give a later day, or a rate above 0 for an event that recurs",
            )
        if day >= end:
            yield SimError(
                "after the last day", key=f"{path}.start", given=event.start, allowed=f"before {end}, {weeks} weeks from {start}"
            )
        if event.kind != "hawk" and event.size > 1:
            yield SimError("more than all of it", key=f"{path}.size", given=event.size, allowed=f"at most 1 for {event.kind}")
