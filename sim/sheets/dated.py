"""Tables of dated inputs: a chronology of events, and a path of tariffs.

Columns are found by their names; what is no column of the setting is kept as a note. A cell that is
refused is named by row and column, as the sheet counts them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from sim.config.check import check_value
from sim.config.contradictions import contradictions
from sim.config.dated import MOST_NOTE, ChronologyEvent, TariffDay, rate_in
from sim.config.errors import Faults, SimError
from sim.config.fields import Group, settings_of
from sim.config.groups.economy import Economy
from sim.config.groups.shocks import Shocks
from sim.sheets.sheet import Sheet, read_sheet

__all__ = ["read_chronology", "read_tariff_path"]

Row = TypeVar("Row", bound=Group)
Cell = Callable[[Sheet, str, int], object]
"""What a cell says: of a sheet, by its column and row."""

_DAYS = ("day", "date")
_NOTE = "note"
_FIRST_WORDS = {
    "us": ("us", "usa", "washington", "american"),
    "cn": ("cn", "china", "prc", "beijing", "chinese"),
}
"""Words that the name of a side's column begins with."""
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]00:00(:00(\.0+)?)?Z?")
_MOST_RATE = 5.0  # the bound of a tariff; a larger number was meant in per cent


def read_chronology(path: Path) -> list[ChronologyEvent]:
    """The events of a table: columns ``day`` (or ``date``), ``kind``, ``side`` and ``size``.

    Raises
    ------
    SimError
        A table that cannot be read, a column that is missing, or a cell that is refused.
    """
    sheet = read_sheet(path, settings_of(Shocks)["chronology"].most)
    columns = {"day": _day_column(sheet)}
    columns |= {name: _column(sheet, name) for name in ("kind", "side", "size")}
    cells: dict[str, Cell] = {"day": _day, "kind": _word, "side": _word, "size": Sheet.value}
    return _groups(ChronologyEvent, sheet, columns, cells)


def read_tariff_path(path: Path) -> list[TariffDay]:
    """The tariffs of a table: a column ``day`` (or ``date``), one whose name begins with ``us`` and
    one whose name begins with ``cn``, in rates: 0.394 or 39.4 %.

    Raises
    ------
    SimError
        A table that cannot be read, a column that is missing, or a cell that is refused.
    """
    sheet = read_sheet(path, settings_of(Economy)["tariff_path"].most)
    columns = {"day": _day_column(sheet)} | {
        side: _side_column(sheet, side) for side in _FIRST_WORDS
    }
    cells: dict[str, Cell] = {"day": _day, **dict.fromkeys(_FIRST_WORDS, _rate)}
    made = _groups(TariffDay, sheet, columns, cells)
    _refuse_twice(sheet, columns["day"], [one.day for one in made])
    return made


def _groups(
    cls: type[Row], sheet: Sheet, columns: Mapping[str, str], cells: Mapping[str, Cell]
) -> list[Row]:
    """The rows as groups.

    Raises
    ------
    SimError
        Every cell that is refused, and what one row's cells make of each other.
    """
    made, faults = list[Row](), Faults()
    for row in range(len(sheet.rows)):
        with faults.catching():
            made.append(_group(cls, sheet, columns, row, cells))
    faults.refuse()
    return made


def _group(
    cls: type[Row], sheet: Sheet, columns: Mapping[str, str], row: int, cells: Mapping[str, Cell]
) -> Row:
    """A row as a group, each cell read and checked under its own place."""
    settings, where = settings_of(cls), {n: sheet.where(c, row) for n, c in columns.items()}
    faults, values = Faults(), {_NOTE: _note(sheet, columns, row)}
    for name, cell in cells.items():
        with faults.catching():
            given = cell(sheet, columns[name], row)
            values[name] = check_value(settings[name], given, where[name])
    faults.refuse()
    made = cls(**values)
    faults.found += [e.changed(key=where.get(str(e.key), e.key)) for e in contradictions(made)]
    faults.refuse()
    return made


def _column(sheet: Sheet, *names: str) -> str:
    """The column of one of these names, however written."""
    found = [column for column in sheet.columns if column.lower() in names]
    if len(found) == 1:
        return found[0]
    if found:
        cure = "rename one: a column that is none of the setting's is kept as a note"
        raise SimError("two columns of one meaning", key=sheet.path, given=found, cure=cure)
    cure = "give it one, or rename the column that means it"
    raise SimError(
        f"no column {' or '.join(names)}", key=sheet.path, allowed=list(sheet.columns), cure=cure
    )


def _day_column(sheet: Sheet) -> str:
    return _column(sheet, *_DAYS)


def _side_column(sheet: Sheet, side: str) -> str:
    """The one column whose name begins with a word for a side."""
    words = _FIRST_WORDS[side]
    found = [name for name in sheet.columns if re.split(r"[^a-z]+", name.lower())[0] in words]
    if len(found) == 1:
        return found[0]
    cure = (
        f"call the tariff of this side {side}_tariff, and no other column by a name that begins so"
    )
    problem = "two columns of one side" if found else f"no column of {side}"
    raise SimError(
        problem, key=sheet.path, given=found or None, allowed=list(sheet.columns), cure=cure
    )


def _day(sheet: Sheet, column: str, row: int) -> object:
    value = sheet.value(column, row)
    found = _MIDNIGHT.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else value


def _word(sheet: Sheet, column: str, row: int) -> object:
    value = sheet.value(column, row)
    return value.lower() if isinstance(value, str) else value


def _rate(sheet: Sheet, column: str, row: int) -> object:
    """A tariff, ad valorem: a number, or text with the sign of per cent."""
    cell = sheet.columns[column].cells[row]
    rate = rate_in(cell) if isinstance(cell, str) else None
    if rate is not None:
        return rate
    value = sheet.value(column, row)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > _MOST_RATE:
        cure = f"write {value / 100:g} or {value:g} %"
        allowed = f"a rate from 0 to {_MOST_RATE:g} (ad valorem)"
        where = sheet.where(column, row)
        raise SimError("out of bounds", key=where, given=value, allowed=allowed, cure=cure)
    return value


def _note(sheet: Sheet, columns: Mapping[str, str], row: int) -> str:
    """What the other columns say, in one line; by name where there are several."""
    others = [name for name in sheet.columns if name not in columns.values()]
    said = [(name, str(sheet.columns[name].cells[row])) for name in others]
    parts = [text if len(others) == 1 else f"{name}: {text}" for name, text in said if text]
    words = " ".join("; ".join(parts).split()).replace("${", "{")
    plain = "".join(letter for letter in words if letter.isprintable())
    return plain if len(plain) <= MOST_NOTE else f"{plain[: MOST_NOTE - 1]}…"


def _refuse_twice(sheet: Sheet, column: str, days: Sequence[str]) -> None:
    seen = dict[str, int]()
    for row, day in enumerate(days):
        if day in seen:
            problem = f"the same day twice: row {sheet.rows[seen[day]]} has it too"
            cure = "leave one of them out"
            raise SimError(problem, key=sheet.where(column, row), given=day, cure=cure)
        seen[day] = row
