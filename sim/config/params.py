"""Scenario -> Params: the same settings as plain numbers.

They are one structured record, which compiled rules read.

The record nests as the settings do, and the part of a path that names a side, a good, an issue, a
sector or an event becomes an index, which comes last. A search for a setting's name finds its uses.

=====================================  ============================================
setting                                record
=====================================  ============================================
``truce.length_weeks``                 ``p.truce.length_weeks``
``us.strategy.kind``, ``linkage.cn``   ``p.sides.strategy.kind[0]``, ``p.linkage.sides[1]``
``licensing.chips.capacity``           ``p.licensing.goods.capacity[1]``
``issues.ai_chips.terms``              ``p.issues.terms[k]``
``firms.chips.sectors.lab.share``      ``p.firms.goods.sectors.share[k]``
``purchases.farm.natural``             ``p.purchases.kinds.natural[0]``
``calendar.events.apec_2025.weight``   ``p.calendar.events.weight[k]``
=====================================  ============================================

Choices become their codes, flags 0 or 1, days the week they fall in (of scheduled events also weeks
and a part of one, ``p.calendar.events.when``). Issues, sectors and events
stand in the order of their names, whatever the file's, the sectors of magnets before those of
chips: an item is identified by its name, so that a scenario written in another order gives the
same bits. Draws identify an issue or event by :func:`entities`. Arrays in records, not records
in arrays: the latter cost rules 2 to 3 % of their speed.

What a scenario dates (:mod:`sim.config.dated`) and its transcript (:mod:`sim.config.transcript`)
are of any length, so they stand beside the records, as rows of :func:`dated_dtype` and
:func:`script_dtype`: :class:`Records`.
"""

from __future__ import annotations

import datetime as dt
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.config.dated import dated_name, events_of, path_of
from sim.config.fields import Setting, leaves
from sim.config.scenario import MOST_EVENTS, MOST_ISSUES, MOST_MINERALS, Scenario
from sim.config.transcript import TranscriptRow
from sim.vocabulary import (
    ASK_ROW,
    DATED,
    DECISIONS,
    GOODS,
    OUTCOMES,
    PURCHASES,
    SHOCK_KINDS,
    SIDES,
    STATUSES,
    TRACKS,
    TRADE_GROUPS,
    TRANSCRIPT,
)

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "CODES",
    "OF_ITEMS",
    "SILENT",
    "Extra",
    "Params",
    "Place",
    "Records",
    "choice_code",
    "dated_dtype",
    "dated_places",
    "day_of",
    "entities",
    "extras",
    "flatten",
    "join_records",
    "params_dtype",
    "place",
    "places",
    "records_of",
    "script_dtype",
    "script_rows",
    "spot",
    "view",
    "week_of",
    "weeks_between",
]

CODES = {
    "outcome": OUTCOMES.names,
    "state": OUTCOMES.names,
    "final_state": OUTCOMES.names,
    "status": STATUSES.names,
}
"""Measures and series that are codes, and the names behind them."""
OF_ITEMS = {"blocking_issue": "issue", "blocking": "issue"}
"""Measures and series that are the place of an item, and the axis that has its name."""
_KINDS = {"number": "f8", "count": "i8", "flag": "i8", "choice": "i8", "date": "i8"}
_BYTES = 8  # of a number
SILENT = "screening"
"""The strategy of a side whose decisions are given, where none is."""
_ROWS = ("dated", "script")  # what stands beside records, as rows
# settings by names of the user's own, with room for so many; sectors are those of both goods
_FAMILIES = {
    "issues": MOST_ISSUES,
    "sectors": 8,
    "events": 12,
    "minerals": MOST_MINERALS,
    "scheduled": MOST_EVENTS,
}
# those whose path ends as another's does
_SAME_NAME = {"calendar.events": "scheduled"}


@dataclass(frozen=True)
class Place:
    """The position of a number in the record.

    ``path`` names the fields that lead to it; ``index`` is its index there, None where it is alone.
    """

    path: tuple[str, ...]
    index: int | None


class Names(NamedTuple):
    """The user's names behind the indices of a scenario, in the order of the record."""

    issues: tuple[str, ...]
    sectors: tuple[str, ...]
    events: tuple[str, ...]
    minerals: tuple[str, ...]
    scheduled: tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """The settings of one or more points: ``values``, a record each, and the ``dated`` rows and
    those of the ``script`` of all, of which a point's are those from ``values["dated"]["first"]``
    to ``values["dated"]["end"]``, and so for ``script``.
    """

    values: np.ndarray
    dated: np.ndarray
    script: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def take(self, points: np.ndarray) -> Records:
        """The records of some points, by their numbers."""
        return replace(self, values=self.values[points])


@dataclass(frozen=True)
class Params:
    """A scenario as numbers.

    ``values`` is a structured array of shape (1,), ``dated`` the rows of :func:`dated_dtype`,
    ``script`` those of :func:`script_dtype`;
    ``issues``, ``sectors``, ``events``, ``minerals`` and ``scheduled`` (events of the calendar) are
    the names behind the indices, sorted; ``sectors`` lists both goods' sectors, magnets first.
    """

    values: np.ndarray
    dated: np.ndarray
    script: np.ndarray
    issues: tuple[str, ...]
    sectors: tuple[str, ...]
    events: tuple[str, ...]
    minerals: tuple[str, ...]
    scheduled: tuple[str, ...]

    @property
    def records(self) -> Records:
        """The settings as a design's points are."""
        return Records(self.values, self.dated, self.script)

    @property
    def record(self) -> Any:
        """The one record, as compiled rules take it."""
        return self.values[0]

    def names(self, axis: str) -> tuple[str, ...]:
        """The names along an axis of a measure.

        ``side``, ``value``, ``good``, ``track``, ``purchases``, ``sector``, ``issue``, ``mineral`` or
        ``group``; none for ''.
        """
        axes = {
            "side": SIDES.names,
            "value": SIDES.names,
            "good": GOODS.names,
            "track": TRACKS.names,
            "purchases": PURCHASES.names,
            "sector": self.sectors,
            "issue": self.issues,
            "mineral": self.minerals,
            "group": TRADE_GROUPS.names,
        }
        return axes.get(axis, ())

    def code_names(self, measure: str) -> tuple[str, ...]:
        """What the codes of a measure or series stand for, in their order; none where its values are
        numbers.
        """
        items = OF_ITEMS.get(measure)
        return self.names(items) if items else CODES.get(measure, ())


def week_of(day: str, start: str) -> int:
    """Index of the week that ``day`` falls in, counted from ``start`` (both ISO dates).

    Negative before it.
    """
    return _days_from(start, day) // 7


def weeks_between(start: str, day: str) -> float:
    """Weeks from ``start`` to ``day`` (both ISO dates), with parts of a week.

    Examples
    --------
    >>> weeks_between("2025-06-11", "2025-06-21")
    1.4285714285714286
    """
    return _days_from(start, day) / 7.0


def _days_from(start: str, day: str) -> int:
    return (dt.date.fromisoformat(day) - dt.date.fromisoformat(start)).days


def day_of(day: str) -> int:
    """A day (ISO date) counted from 1 January 2018, as the bases of tariffs are."""
    return (dt.date.fromisoformat(day) - dt.date(2018, 1, 1)).days


def flatten(scenario: Scenario) -> Params:
    """The numbers of a validated scenario."""
    import numpy as np

    values, names, found = (
        np.zeros(1, dtype=params_dtype()),
        _names(scenario),
        list(_numbers(scenario)),
    )
    cells = {code: values.view(code) for code in set(_KINDS.values())}
    spots = _spots(names, tuple(path for path, _, _ in found))
    for (_, meta, value), (offset, code) in zip(found, spots, strict=True):
        cells[code][offset // _BYTES] = _as_number(meta, value, scenario.calendar.start)
    for extra in extras(scenario):
        column = view(values, Place(extra.path, None)).reshape(1, -1)
        column[0, : len(extra.numbers)] = extra.numbers
    return Params(values, _dated_rows(scenario), script_rows(scenario.transcript), *names)


@cache
def dated_dtype() -> Any:
    """A row of what is dated: its ``week``, and what it does (:mod:`sim.rules.dated`).

    ``kind`` is a code of :data:`sim.vocabulary.DATED`; ``place`` the number of the record that a
    setting is, counted from 0, or the kind of an event; ``bits`` what a setting becomes, as the
    record holds it; ``side`` and ``number`` are of a tariff (ad valorem) or an event (its size).
    """
    import numpy as np

    names = ("week", "kind", "place", "side", "bits")
    return np.dtype([*((name, "i8") for name in names), ("number", "f8")])


@cache
def script_dtype() -> Any:
    """A row of a transcript (:data:`sim.vocabulary.ASK_ROW`), which answers an ask of a rule."""
    import numpy as np

    return np.dtype(list(ASK_ROW), align=True)


def script_rows(transcript: Sequence[TranscriptRow]) -> np.ndarray:
    """A transcript as rows that rules read, by week and ask."""
    import numpy as np

    rows = [(row.week - 1, row.ask, *_codes(row)) for row in transcript]
    return np.array(sorted(rows, key=lambda row: row[:2]), dtype=script_dtype())


def _codes(row: TranscriptRow) -> tuple[int, int, int, float]:
    """Side, decision, choice and worth of a row as rules hold them."""
    decision = DECISIONS[row.decision]
    choice = 0 if decision.is_worth else decision.choices.index(row.answer)
    worth = float(row.answer) if decision.is_worth else math.nan
    return SIDES[row.side].code, decision.code, choice, worth


class _Row(NamedTuple):
    """A row in the order of :func:`dated_dtype`, and what it was written as."""

    week: int
    kind: int
    place: int
    side: int
    bits: int
    number: float
    name: str = ""


def _dated_rows(scenario: Scenario) -> np.ndarray:
    import numpy as np

    return np.array([row[:-1] for row in _rows(scenario)], dtype=dated_dtype())


def dated_places(scenario: Scenario) -> dict[str, int]:
    """The row of each setting that changes on a day, by its dated name."""
    return {row.name: n for n, row in enumerate(_rows(scenario)) if row.name}


def _rows(scenario: Scenario) -> list[_Row]:
    """All dated rows in their order: by week, then settings before tariffs before events."""
    start = scenario.calendar.start
    found, kinds = (
        [],
        {path: meta for path, meta, _ in leaves(scenario)} if scenario.changes else {},
    )
    where = places(scenario) if scenario.changes else {}
    for day, changes in scenario.changes.items():
        for path, value in changes.items():
            offset, code = spot(where[path])
            bits = _bits(_as_number(kinds[path], value, start), code)
            name, week = dated_name(day, path), week_of(day, start)
            found.append(_Row(week, DATED["setting"].code, offset // _BYTES, 0, bits, 0.0, name))
    for day, *rates in path_of(scenario):
        if day > start:
            found += [
                _Row(week_of(day, start), DATED["tariff"].code, 0, side.code, 0, rate)
                for side, rate in zip(SIDES.values(), rates, strict=True)
            ]
    for event in events_of(scenario):
        if event.day >= start:
            kind, side = SHOCK_KINDS[event.kind].code, SIDES[event.side].code
            week = week_of(event.day, start)
            found.append(_Row(week, DATED["event"].code, kind, side, 0, event.size))
    # a stable order: of two changes of one setting in a week the later day's comes last, and events
    # of a week stand in an order of their own, whatever the file's
    return sorted(found, key=lambda row: _order(row))


def _order(row: _Row) -> tuple[Any, ...]:
    if row.kind == DATED["event"].code:
        return row.week, row.kind, row.place, row.side, row.number
    return row.week, row.kind


def _bits(number: float | int, code: str) -> int:
    """The 64 bits of a number as a whole one."""
    import numpy as np

    return int(np.array([number], code).view("i8")[0])


def records_of(given: np.ndarray | Records | Params) -> Records:
    """Settings as records with their dated rows.

    Raises
    ------
    ValueError
        Bare records of a scenario that has dated rows or a transcript.
    """
    import numpy as np

    if not isinstance(given, np.ndarray):
        return Records(given.values, given.dated, given.script)
    if any((given[kind]["end"] > given[kind]["first"]).any() for kind in _ROWS):
        raise ValueError("these settings have rows beside: give flatten(scenario), not its values")
    return Records(given, np.zeros(0, dated_dtype()), np.zeros(0, script_dtype()))


def join_records(parts: Sequence[np.ndarray | Records | Params]) -> Records:
    """The points of several as one."""
    import numpy as np

    found, before = [records_of(part) for part in parts], dict.fromkeys(_ROWS, 0)
    values = []
    for part in found:
        own = part.values.copy()
        for kind in _ROWS:
            for end in ("first", "end"):
                own[kind][end] += before[kind]
            before[kind] += len(getattr(part, kind))
        values.append(own)
    rows = (np.concatenate([getattr(part, kind) for part in found]) for kind in _ROWS)
    return Records(np.concatenate(values), *rows)


def view(values: np.ndarray, where: Place) -> np.ndarray:
    """The column of a number in records ``values`` (points,).

    Reading and writing it is reading and writing them.
    """
    column = values
    for name in where.path:
        column = column[name]
    return column if where.index is None else column[..., where.index]


@cache
def _spots(names: Names, paths: tuple[str, ...]) -> list[tuple[int, str]]:
    """The spot of each path.

    They are cached, because flattening takes most of the time of loading a file or a point.
    """
    return [spot(_place(names, path)) for path in paths]


def spot(where: Place) -> tuple[int, str]:
    """Offset in bytes, from the start of the record, and type (``f8`` or ``i8``) of a number.

    Of an array they are those of its first number.
    """
    kind, offset = params_dtype(), 0
    for name in where.path:
        kind, here = kind.fields[name][:2]
        offset += here
    return offset + (where.index or 0) * _BYTES, kind.base.str[1:]


def place(scenario: Scenario, path: str) -> Place | None:
    """Where the setting at a dotted path stands in the record.

    It is None where it is no number of this scenario.
    """
    return places(scenario).get(path)


def places(scenario: Scenario) -> dict[str, Place]:
    """The place of every numeric setting by its dotted path."""
    names = _names(scenario)
    return {path: _place(names, path) for path, _, _ in _numbers(scenario)}


class Extra(NamedTuple):
    """Numbers of the record that no setting fills.

    Their field, its length (0 of a single number), what stands in it, and its type.
    """

    path: tuple[str, ...]
    length: int
    numbers: Sequence[float]
    code: str = "i8"


def extras(scenario: Scenario) -> tuple[Extra, ...]:
    """The numbers of a scenario that are not settings.

    The day of the start, how many issues, events and minerals there are, which sectors are whose, the
    numbers that identify issues and events in draws, when scheduled events are, in weeks from the first
    day, which dated rows are the scenario's, and the tariffs that are given for the first day.
    """
    firms, ends = scenario.firms, [0]
    given = [rates for day, *rates in path_of(scenario) if day <= scenario.calendar.start]
    for good in GOODS:
        ends.append(ends[-1] + len(getattr(firms, good).sectors))
    names, sectors = _names(scenario), ("firms", "goods", "sectors")
    calendar, scheduled = scenario.calendar, ("calendar", "events")
    when = [weeks_between(calendar.start, calendar.events[name].day) for name in names.scheduled]
    return (
        Extra(("calendar", "day"), 0, [day_of(scenario.calendar.start)]),
        Extra(("issues", "count"), 0, [len(names.issues)]),
        Extra(("minerals", "count"), 0, [len(names.minerals)]),
        Extra(("issues", "entity"), _FAMILIES["issues"], entities(names.issues)),
        Extra(("shocks", "events", "count"), 0, [len(names.events)]),
        Extra(("shocks", "events", "entity"), _FAMILIES["events"], entities(names.events)),
        Extra((*scheduled, "count"), 0, [len(when)]),
        Extra((*scheduled, "when"), _FAMILIES["scheduled"], when, "f8"),
        Extra((*sectors, "first"), len(GOODS), ends[:-1]),
        Extra((*sectors, "end"), len(GOODS), ends[1:]),
        Extra(("dated", "first"), 0, [0]),
        Extra(("dated", "end"), 0, [len(_rows(scenario))]),
        Extra(("script", "first"), 0, [0]),
        Extra(("script", "end"), 0, [len(scenario.transcript)]),
        Extra(("script", "wanted"), len(SIDES), [0] * len(SIDES)),
        Extra(("dated", "on_path"), 0, [int(bool(given))]),
        Extra(("dated", "path"), len(SIDES), given[-1] if given else [0.0] * len(SIDES), "f8"),
    )


def entities(names: tuple[str, ...]) -> list[int]:
    """The 31-bit numbers that identify items of one kind in draws.

    They are the upper bits of the CRC-32 of each name (ISO 3309). A number taken by a name earlier
    in the alphabet is passed on by one, so no two are equal. A draw for each side takes twice the
    number, plus 1 for China, which fills the counter's word.
    """
    found: dict[str, int] = {}
    for name in sorted(names):
        number = zlib.crc32(name.encode()) >> 1
        while number in found.values():
            number = (number + 1) & 0x7FFFFFFF
        found[name] = number
    return [found[name] for name in names]


def _names(scenario: Scenario) -> Names:
    firms = scenario.firms
    sectors = tuple(name for good in GOODS for name in sorted(getattr(firms, good).sectors))
    return Names(
        tuple(sorted(scenario.issues)),
        sectors,
        tuple(sorted(scenario.shocks.events)),
        tuple(sorted(scenario.minerals)),
        tuple(sorted(scenario.calendar.events)),
    )


def _place(names: Names, path: str) -> Place:
    """A dotted path without the parts that name one of several, and the index that they become."""
    kept: list[str] = []
    index, family = None, ""
    for part in path.split("."):
        if family:
            index, family = getattr(names, family).index(part), ""
        elif part in SIDES:
            kept.append("sides")
            index = SIDES[part].code
        elif part in GOODS:
            kept.append("goods")
            index = GOODS[part].code
        elif kept == ["purchases"] and part in PURCHASES:
            kept.append("kinds")
            index = PURCHASES[part].code
        else:
            kept.append(part)
            family = _family(kept)
    return Place(tuple(kept), index)


def _family(path: Sequence[str]) -> str:
    """The family of named items that a path leads to; '' for none."""
    own = _SAME_NAME.get(".".join(path[-2:]), path[-1] if path else "")
    return own if own in _FAMILIES else ""


@cache
def params_dtype() -> Any:
    """The record's dtype: a walk over the default scenario's settings.

    It does not depend on the scenario.
    """
    base = Scenario()
    names, tree = _names(base), dict[str, Any]()
    for path, meta, _ in _numbers(base):
        where = _place(names, path)
        _grow(tree, where.path, (_KINDS[meta.kind], _length(where)))
    for extra in extras(base):
        _grow(tree, extra.path, (extra.code, extra.length))
    return _record(tree)


def _length(where: Place) -> int:
    """The length of the index that comes last, of a family or of the two sides or goods.

    It is 0 without an index.
    """
    if where.path[0] == "purchases" and where.index is not None:
        return len(PURCHASES)
    # of what leads to it: its own name may be a family's, as us.resolve.minerals is
    above = where.path[:-1]
    found = [_family(above[:end]) for end in range(len(above), 0, -1)]
    family = next((name for name in found if name), "")
    return 0 if where.index is None else _FAMILIES.get(family, len(SIDES))


def _grow(tree: dict[str, Any], path: tuple[str, ...], leaf: tuple[str, int]) -> None:
    *groups, name = path
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[name] = leaf


def _record(tree: dict[str, Any]) -> Any:
    import numpy as np

    fields: list[Any] = []
    for name, node in tree.items():
        if isinstance(node, dict):
            fields.append((name, _record(node)))
        else:
            code, length = node
            fields.append((name, code, (length,)) if length else (name, code))
    return np.dtype(fields, align=True)


def _numbers(scenario: Scenario) -> Iterator[tuple[str, Setting, Any]]:
    """(path, metadata, value) of every setting that is a number in rules.

    This is all that this module needs of the schema.
    """
    return ((path, meta, value) for path, meta, value in leaves(scenario) if meta.kind in _KINDS)


def choice_code(meta: Setting, name: str) -> int:
    """The number of a choice in rules. ``transcript`` has none of its own: where it is silent its
    side plays another strategy.
    """
    return meta.choices.index(SILENT if name == TRANSCRIPT else name)


def _as_number(meta: Setting, value: Any, start: str) -> float | int:
    if meta.kind == "choice":
        return choice_code(meta, value)
    if meta.kind == "date":
        return week_of(value, start)
    return int(value) if meta.kind in ("count", "flag") else float(value)
