"""Scenario -> Params: the same settings as plain numbers, one structured record that compiled rules read.

Every setting becomes one field named after its path with the part that names a side, a good, an issue, a sector or an
event taken out and made an index: ``truce.length_weeks`` -> ``truce_length_weeks``, ``us.strategy.exponent`` ->
``strategy_exponent[0]``, ``issues.ai_chips.red_line`` -> ``issues_red_line[6]``, ``firms.chips.sectors.lab.cover_weeks``
-> ``sectors_cover_weeks[5]``. Choices become their position, flags 0 or 1, days the week they fall in.

Issues, sectors and events stand in the order of their names, whatever the file's: what a thing is comes from its name, so that a scenario
written in another order gives the same bits. In draws an issue or event is known by :func:`entities`.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.config.fields import Field, schema_of
from sim.config.groups.issues import SIDES
from sim.config.schema import Scenario

if TYPE_CHECKING:
    import numpy as np

__all__ = ["GOODS", "Params", "entities", "flatten", "params_dtype", "slots", "week_of"]

GOODS = ("magnets", "chips")
_MOST_SECTORS = 8
_KINDS = {"number": "f8", "count": "i8", "flag": "i8", "choice": "i8", "date": "i8"}


@dataclass(frozen=True)
class Params:
    """A scenario as numbers.

    ``values`` is a structured array of shape (1,); ``issues``, ``sectors`` and ``events`` are the names behind the
    indices, sorted; ``sectors`` lists both goods' sectors, magnets first.
    """

    values: np.ndarray
    issues: tuple[str, ...]
    sectors: tuple[str, ...]
    events: tuple[str, ...]

    @property
    def record(self) -> Any:
        """The one record, as compiled rules take it."""
        return self.values[0]

    def names(self, axis: str) -> tuple[str, ...]:
        """The names along an axis of a measure: ``side``, ``value``, ``good``, ``sector`` or ``issue``; none for ''."""
        axes = {"side": SIDES, "value": SIDES, "good": GOODS, "sector": self.sectors, "issue": self.issues}
        return axes.get(axis, ())


def week_of(day: str, start: str) -> int:
    """Index of the week that ``day`` falls in, counted from ``start`` (both ISO dates); negative before it."""
    return (dt.date.fromisoformat(day) - dt.date.fromisoformat(start)).days // 7


def flatten(scenario: Scenario) -> Params:
    """The numbers of a validated scenario."""
    import numpy as np

    values, places = np.zeros(1, dtype=params_dtype()), slots(scenario)
    for path, meta, value in _walk(scenario):
        name, index = places[path]
        number = _as_number(meta, value, scenario.calendar.start)
        if index is None:
            values[name][0] = number
        else:
            values[name][0, index] = number
    issues, events = tuple(sorted(scenario.issues)), tuple(sorted(scenario.shocks.events))
    sectors = tuple(name for good in GOODS for name in sorted(getattr(scenario.firms, good).sectors))
    values["issues_count"][0], values["events_count"][0] = len(issues), len(events)
    values["issues_entity"][0, : len(issues)] = entities(issues)
    values["events_entity"][0, : len(events)] = entities(events)
    first = 0
    for good, population in enumerate(GOODS):
        values["sectors_first"][0, good] = first
        first += len(getattr(scenario.firms, population).sectors)
        values["sectors_end"][0, good] = first
    return Params(values, issues, sectors, events)


def entities(names: tuple[str, ...]) -> list[int]:
    """The numbers, of 31 bits, by which draws know things of one kind: the upper bits of the CRC-32 of each name (ISO 3309).

    A number taken by a name earlier in the alphabet is passed on by one, so no two are equal. A draw that a side has of its own takes
    twice the number, plus 1 for China, which fills the counter's word.
    """
    found: dict[str, int] = {}
    for name in sorted(names):
        number = zlib.crc32(name.encode()) >> 1
        while number in found.values():
            number = (number + 1) & 0x7FFFFFFF
        found[name] = number
    return [found[name] for name in names]


def slots(scenario: Scenario) -> dict[str, tuple[str, int | None]]:
    """Dotted path of each numeric setting -> (field of the record, index in it or None)."""
    firms = scenario.firms
    named = (scenario.issues, firms.magnets.sectors, firms.chips.sectors, scenario.shocks.events)
    return _slots(*(tuple(sorted(names)) for names in named))


@cache
def _slots(
    issues: tuple[str, ...], magnets: tuple[str, ...], chips: tuple[str, ...], events: tuple[str, ...]
) -> dict[str, tuple[str, int | None]]:
    found: dict[str, tuple[str, int | None]] = {}

    def place(path: str, name: str, cls: type, index: int | None) -> None:
        for part, meta in schema_of(cls).items():
            here, slot = f"{path}{part}.", f"{name}{part}_"
            if meta.kind == "group" and meta.item is not None:
                if part in SIDES:
                    place(here, name or "", meta.item, SIDES.index(part))
                elif part in GOODS:
                    place(here, name, meta.item, GOODS.index(part))
                else:
                    place(here, slot, meta.item, index)
            elif meta.kind == "mapping" and meta.item is not None:
                prefix = f"{part}_"
                keys = {"issues": issues, "events": events, "sectors": magnets if index == 0 else chips}[part]
                shift = len(magnets) if part == "sectors" and index == 1 else 0
                for k, key in enumerate(keys):
                    place(f"{here}{key}.", prefix, meta.item, shift + k)
            elif meta.kind in _KINDS:
                if part in SIDES:
                    found[here[:-1]] = (name[:-1], SIDES.index(part))
                else:
                    found[here[:-1]] = (slot[:-1], index)

    place("", "", Scenario, None)
    return found


@cache
def params_dtype() -> Any:
    """The record's dtype, built from the schema; it does not depend on the scenario."""
    import numpy as np

    base = Scenario()
    shapes: dict[str, tuple[str, int]] = {}
    length = {"issues": 12, "events": 12, "sectors": _MOST_SECTORS}
    for path, meta, _ in _walk(base):
        name, index = slots(base)[path]
        size = 0 if index is None else length.get(name.split("_")[0], 2)
        shapes[name] = (_KINDS[meta.kind], size)
    fields: list[Any] = [(name, code, (size,)) if size else (name, code) for name, (code, size) in shapes.items()]
    fields += [
        ("issues_count", "i8"),
        ("events_count", "i8"),
        ("issues_entity", "i8", (length["issues"],)),
        ("events_entity", "i8", (length["events"],)),
        ("sectors_first", "i8", (2,)),
        ("sectors_end", "i8", (2,)),
    ]
    return np.dtype(fields, align=True)


def _walk(scenario: Scenario) -> list[tuple[str, Field, Any]]:
    from sim.config.fields import leaves

    return [(path, meta, value) for path, meta, value in leaves(scenario) if meta.kind in _KINDS]


def _as_number(meta: Field, value: Any, start: str) -> float | int:
    if meta.kind == "choice":
        return meta.choices.index(value)
    if meta.kind == "date":
        return week_of(value, start)
    return int(value) if meta.kind in ("count", "flag") else float(value)
