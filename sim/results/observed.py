"""Observed months or days beside the weekly series of a run: read from a table as its owner keeps
it, in the units of the series, and kept as plain data with the result.

A column is named by the series that it observes (``imports.magnets``, ``tariff.us``), with its unit
behind it where that is another (``trade.us [bn USD/month]``), by a name of the shipped record, or by
a mapping. What is converted is kept with its factor, so that a page can say it. Nothing here scores
(:mod:`sim.analysis.observed_scores`).
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from sim.config.dated import TariffDay
from sim.config.errors import Faults, SimError, nearest
from sim.config.fields import settings_of
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.config.yaml import read_yaml
from sim.results.columns import column_notes, weekly_names
from sim.results.reader import AtMost, Matching, Plain, plain_of, record_of
from sim.sheets import Sheet, read_sheet, refuse_more, sheet_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST", "OBSERVED", "Observation", "Observed", "Source", "observed_in", "read_observed"]

OBSERVED = "observed"
"""The entry of a manifest under which it stands, and the word of the command line."""
MOST = 5_000  # observations: two daily series of five years are 3,650
_MOST_ROWS = 4 * MOST  # some may hold gaps only
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n}
_WHEN = ("month", "date", "day", "period", "time", "when")
_LABELS = ("source", "note", "notes", "comment", "comments", "status", "basis", "id", "label")
_MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "..", ".", "…")
_MONTH = re.compile(r"(\d{4})[-/M.](\d{1,2})")
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_NAMED_MONTH = re.compile(r"(?:([a-z]{3,9})\.?[ -](\d{4})|(\d{4})[ -]([a-z]{3,9})\.?)")
_NAME = re.compile(r"([\w.]+)\s*(?:[\[(]\s*([^\])]+?)\s*[\])])?")
_PER_CENT = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*%")
_SHARES = ("share", "probability", "ad valorem")
_MOST_OF_NEED = 5.0  # a month of restocking may bring more than the need; five times is no month
_MOST_TARIFF = float(settings_of(TariffDay)["us"].high or math.inf)
_BOUNDS = {
    "ad valorem": (0.0, _MOST_TARIFF),
    "probability": (0.0, 1.0),
    "share": (0.0, 1.0),
    "share of firms": (0.0, 1.0),
    "share of need": (0.0, _MOST_OF_NEED),
}
"""The least and the most that a series can be, by its unit."""
_NEVER_NEGATIVE = (
    "trade",
    "recorded_trade",
    "routed",
    "imports",
    "queue",
    "wait",
    "lost_output",
    "extensions",
    "belief_error",
)
"""Series that have no upper bound, by the head of their name."""
_OF_A_YEAR = {
    "bn USD/yr": 1.0,
    "bn USD a year": 1.0,
    "bn USD/month": 12.0,
    "bn USD a month": 12.0,
    "m USD/month": 0.012,
    "m USD/yr": 0.001,
    "USD/month": 12e-9,
    "USD/yr": 1e-9,
}
_UNITS: dict[str, dict[str, float]] = {
    "bn USD/yr": _OF_A_YEAR,
    "share": {"share": 1.0, "%": 0.01, "per cent": 0.01},
    "t": {"t/month": 1.0, "t a month": 1.0, "t": 1.0, "kg/month": 0.001, "t/yr": 1.0 / 12.0},
    "100,000 cards": {"100,000 cards a month": 1.0, "cards/month": 1e-5, "cards/yr": 1e-5 / 12.0},
}
_OF_RECORD = {
    "us_imports_from_cn_usd_bn": "recorded_trade.us [bn USD/month]",
    "us_exports_to_cn_usd_bn": "recorded_trade.cn [bn USD/month]",
    "magnets_to_us_t": "imports.magnets [t/month]",
    "to_us_t": "imports.magnets [t/month]",
}
"""Names of columns of the shipped record (:mod:`sim.history`), and the series that they observe."""

Day = Annotated[str, Matching(r"\d{4}-\d\d-\d\d", "a day as YYYY-MM-DD")]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A column: its name, the series that it observes, its unit, and by what its values were
    multiplied to be in the unit of the series.
    """

    column: str
    series: str
    unit: str
    factor: float = 1.0

    @property
    def words(self) -> str:
        """How the column was read, in words; empty where nothing was converted."""
        if self.factor == 1.0:
            return ""
        return f"{self.column} ({self.unit}) times {self.factor:g} is {self.series}"


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A value of a series, in its unit, from the ``first`` to the ``last`` day, both counted."""

    series: str
    first: Day
    last: Day
    value: float


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Observed series.

    Attributes
    ----------
    name
        What their file is called.
    sources
        The columns that were read.
    rows
        The observations, by series, the earliest first.
    """

    name: str
    sources: Annotated[tuple[Source, ...], AtMost(100)]
    rows: Annotated[tuple[Observation, ...], AtMost(MOST)]

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series, in the order of the columns."""
        return tuple(source.series for source in self.sources)

    @property
    def conversions(self) -> str:
        """What was converted, in words; empty where nothing was."""
        return "; ".join(source.words for source in self.sources if source.words)

    def of(self, series: str) -> tuple[Observation, ...]:
        """The observations of a series."""
        return tuple(row for row in self.rows if row.series == series)

    def plain(self) -> dict[str, object]:
        """As plain data for a manifest."""
        return plain_of(self)


def observed_in(asked: Plain) -> Observed | None:
    """The observed series that a manifest holds; None where it holds none.

    Raises
    ------
    SimError
        An entry that is not what it should be.
    """
    if OBSERVED not in asked:
        return None
    return record_of(Observed, asked[OBSERVED], "observed series", "manifest: asked.observed")


def read_observed(
    given: Observed | pd.DataFrame | Mapping[str, Any] | Path | str,
    scenario: Scenario,
    columns: Mapping[str, str] | None = None,
) -> Observed:
    """The observed series of a table.

    Parameters
    ----------
    given
        A table as :func:`sim.sheets.read_sheet` reads it; a YAML file with ``file`` (a table beside
        it) and ``columns``; a DataFrame; a mapping of columns to lists; or what this function gave.
    scenario
        Whose series they are held against.
    columns
        The series of each column, with its unit where it is another: ``{"magnets": "imports.magnets
        [kg/month]"}``; other columns are then passed over.

    Raises
    ------
    SimError
        A table, a column, a day or a value that cannot be taken, with its place and the cure.
    """
    notes = column_notes(flatten(scenario), weekly=True)
    known = {name: notes[name]["unit"] for name in weekly_names(flatten(scenario))}
    if isinstance(given, Observed):
        _check(given, known)
        return given
    sheet, columns = _sheet(given, columns)
    when = _when_column(sheet, columns)
    sources = _sources(sheet, when, columns, known)
    return Observed(
        name=Path(sheet.path).name,
        sources=tuple(sources.values()),
        rows=_rows(sheet, when, sources, known),
    )


def _check(given: Observed, known: Mapping[str, str]) -> None:
    """Refuse recorded observations of a series that the scenario has not, or of no days."""
    for name in {*given.series, *(row.series for row in given.rows)}:
        _known(name, known, given.name)
    for n, row in enumerate(given.rows):
        ends = [_period(day, False) for day in (row.first, row.last)]
        where = f"{given.name}: observation {n + 1}"
        _refuse_impossible(row.series, row.value, known[row.series], where, row.value, 1.0)
        if None in ends or not row.first <= row.last:
            days = f"{row.first} to {row.last}"
            raise SimError("no days", key=where, given=days)


def _sheet(
    given: object, columns: Mapping[str, str] | None
) -> tuple[Sheet, Mapping[str, str] | None]:
    """The table that was given, and the mapping of its columns."""
    if isinstance(given, (str, Path)):
        path = Path(given)
        if path.suffix.lower() in (".yaml", ".yml", ".json"):
            return _described(path)
        return read_sheet(path, _MOST_ROWS), columns
    if hasattr(given, "columns") and hasattr(given, "to_dict"):
        index = getattr(given, "index", None)
        named = index is not None and getattr(index, "name", None)
        table: Any = given.reset_index() if named and hasattr(given, "reset_index") else given
        refuse_more(len(table), 0, _MOST_ROWS, "table")
        return sheet_of({str(name): list(table[name]) for name in table.columns}), columns
    if isinstance(given, Mapping):
        return sheet_of(given, most=_MOST_ROWS), columns
    allowed = "the path of a table, a DataFrame, or a mapping of columns to lists"
    cure = 'sim.run("london", observed="observed_months.csv")'
    raise SimError(
        "not observed series", key=OBSERVED, given=type(given).__name__, allowed=allowed, cure=cure
    )


def _described(path: Path) -> tuple[Sheet, Mapping[str, str]]:
    """The table and the columns that a YAML file names."""
    plain = read_yaml(path).values
    for name in plain:
        if name not in ("file", "columns"):
            raise SimError("no such entry", key=f"{path}: {name}", allowed=("file", "columns"))
    file, columns = plain.get("file"), plain.get("columns") or {}
    if not isinstance(file, str) or Path(file).name != file:
        cure = "file: observed_months.csv, a table beside this file"
        raise SimError("not a file beside it", key=f"{path}: file", given=file, cure=cure)
    texts = isinstance(columns, Mapping) and all(isinstance(one, str) for one in columns.values())
    if not texts:
        cure = "columns: {magnets: 'imports.magnets [t/month]'}"
        raise SimError("not names of series", key=f"{path}: columns", given=columns, cure=cure)
    return read_sheet(path.parent / file, _MOST_ROWS), columns


def _when_column(sheet: Sheet, columns: Mapping[str, str] | None) -> str:
    """The column that says when: by its name, else the first."""
    names = [name for name in sheet.columns if name not in (columns or {})]
    found = next((name for name in names if name.strip().lower() in _WHEN), None)
    first = found or next(iter(names), "")
    if not first or (not found and _period(str(sheet.columns[first].cells[0]), False) is None):
        cure = "a column month (2025-07) or date (2025-07-14)"
        raise SimError("no column says when", key=sheet.path, given=list(sheet.columns), cure=cure)
    return first


def _sources(
    sheet: Sheet, when: str, columns: Mapping[str, str] | None, known: Mapping[str, str]
) -> dict[str, Source]:
    """How each column is read, by its name in the sheet."""
    for name in columns or ():
        if name not in sheet.columns:
            near = nearest(name, sheet.columns)
            raise SimError("no such column", key=f"{sheet.path}: {name}", suggestion=near)
    wanted = dict(columns) if columns else {name: _said_by(name) for name in sheet.columns}
    found: dict[str, Source] = {}
    for name, said in wanted.items():
        if name == when or (not columns and name.strip().lower() in _LABELS):
            continue
        source = _source(name, said, known, sheet.path)
        taken = next((n for n, other in found.items() if other.series == source.series), None)
        if taken is not None:
            cure = "leave one of them out"
            key = f"{sheet.path}: {name}"
            raise SimError(f"observes what {taken} does", key=key, given=source.series, cure=cure)
        found[name] = source
    if not found:
        cure = (
            "name a column by the series that it observes: imports.magnets, trade.us [bn USD/month]"
        )
        raise SimError("nothing observed", key=sheet.path, given=list(sheet.columns), cure=cure)
    return found


def _said_by(name: str) -> str:
    """What the name of a column says: a series with its unit."""
    return _OF_RECORD.get(name.strip().lower(), name)


def _source(column: str, said: str, known: Mapping[str, str], path: str) -> Source:
    key = f"{path}: {column}"
    match = _NAME.fullmatch(said.strip())
    series, unit = match.groups() if match else (said.strip(), None)
    own = _known(series, known, key)
    factors = _factors(series, own)
    if unit is None:
        return Source(column=column, series=series, unit=own)
    wanted = _plainly(unit)
    factor = next((f for name, f in factors.items() if _plainly(name) == wanted), None)
    if factor is None:
        raise SimError("no such unit of it", key=key, given=unit, allowed=list(factors))
    return Source(column=column, series=series, unit=unit, factor=factor)


def _known(series: str, known: Mapping[str, str], key: str) -> str:
    """The unit of a series.

    Raises
    ------
    SimError
        No weekly series of numbers is called so.
    """
    if series in known:
        return known[series]
    cure = (
        "name it by its series, with its unit: imports.magnets, trade.us [bn USD/month]; a column "
        "that only labels the rows is called note or source"
    )
    raise SimError(
        "no such weekly series", key=key, given=series, suggestion=nearest(series, known), cure=cure
    )


def _factors(series: str, unit: str) -> Mapping[str, float]:
    """The units that a series may be observed in, each with its factor."""
    kind = "share" if unit.startswith(_SHARES) else unit
    if series.partition(".")[0] == "imports":
        kind = "t" if series.endswith("magnets") else "100,000 cards"
    return {unit: 1.0, **_UNITS.get(kind, {})}


def _plainly(unit: str) -> str:
    return re.sub(r"\s+|per|\ba\b", "", unit.lower().replace(" a ", "/").replace(" per ", "/"))


def _rows(
    sheet: Sheet, when: str, sources: Mapping[str, Source], known: Mapping[str, str]
) -> tuple[Observation, ...]:
    monthly = when.strip().lower() == "month"
    found, seen, faults = list[Observation](), set[tuple[str, str]](), Faults()
    for row in range(len(sheet.rows)):
        first = last = ""
        with faults.catching():
            first, last = period = _period_of(sheet, when, row, monthly)
            if period in seen:
                cure = "leave one of them out"
                where = sheet.where(when, row)
                raise SimError("the same time twice", key=where, given=first, cure=cure)
            seen.add(period)
        for source in sources.values():
            with faults.catching():
                value = _value(sheet, source, row, known[source.series])
                if value is not None:
                    one = Observation(series=source.series, first=first, last=last, value=value)
                    found.append(one)
    faults.refuse()
    if len(found) > MOST:
        raise SimError(
            "too many observations", key=sheet.path, given=len(found), allowed=f"{MOST:,}"
        )
    if not found:
        raise SimError("nothing observed", key=sheet.path, cure="fill at least one cell")
    order = {source.series: k for k, source in enumerate(sources.values())}
    return tuple(sorted(found, key=lambda row: (order[row.series], row.first)))


def _period_of(sheet: Sheet, name: str, row: int, monthly: bool) -> tuple[str, str]:
    given = sheet.value(name, row)
    period = _period(str(given), monthly)
    if period is None:
        cure = "write a month as 2025-07, a day as 2025-07-14"
        raise SimError("not a month or a day", key=sheet.where(name, row), given=given, cure=cure)
    return period


def _period(text: str, monthly: bool) -> tuple[str, str] | None:
    """First and last day of a month or a day; in a column of months the first day of one stands for
    all of it. None where the text is neither.
    """
    text = text.strip()
    try:
        if match := _MONTH.fullmatch(text):
            return _month(int(match[1]), int(match[2]))
        if match := _DAY.fullmatch(text):
            day = dt.date(*(int(part) for part in match.groups()))
            if monthly and day.day == 1:
                return _month(day.year, day.month)
            return day.isoformat(), day.isoformat()
        if match := _NAMED_MONTH.fullmatch(text.lower()):
            year, word = match[2] or match[3], match[1] or match[4]
            return _month(int(year), _MONTHS.get(word, 0))
    except ValueError:
        return None
    return None


def _month(year: int, month: int) -> tuple[str, str]:
    first = dt.date(year, month, 1)
    last = first.replace(day=calendar.monthrange(year, month)[1])
    return first.isoformat(), last.isoformat()


def _value(sheet: Sheet, source: Source, row: int, unit: str) -> float | None:
    """What a cell observes, in the ``unit`` of the series; None of a gap."""
    name = source.column
    cell = sheet.columns[name].cells[row]
    if cell is None or str(cell).strip().lower() in _MISSING:
        return None
    match = _PER_CENT.fullmatch(cell) if isinstance(cell, str) else None
    if match and unit.startswith(_SHARES):  # whatever the header says
        number, factor = float(match[1].replace(",", ".")), 0.01
    else:
        number, factor = _number(sheet, name, row), source.factor
    value = number * factor
    _refuse_impossible(source.series, value, unit, sheet.where(name, row), cell, factor)
    return value


def _number(sheet: Sheet, name: str, row: int) -> float:
    """The number in a cell."""
    found: Any = sheet.value(name, row)
    number = isinstance(found, (int, float)) and not isinstance(found, bool)
    if not number or not math.isfinite(found):
        cure = "a number, or leave the cell empty where nothing was observed"
        raise SimError("not a number", key=sheet.where(name, row), given=found, cure=cure)
    return float(found)


def _refuse_impossible(
    series: str, value: float, unit: str, where: str, given: object, factor: float
) -> None:
    """Refuse a ``value`` in the ``unit`` of its series that the series cannot have; ``given`` is
    what was written, times ``factor`` the value.
    """
    least, most = _BOUNDS.get(unit, (0.0 if _is_amount(series) else -math.inf, math.inf))
    if least <= value <= most:
        return
    cure = "leave the cell empty where nothing was observed"
    if most < value <= 100.0 * most and factor == 1.0:  # meant in per cent
        cure = f"write {value / 100.0:g}, {value:g} %, or head the column {series} [%]"
    allowed = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g} ({unit})"
    raise SimError("out of bounds", key=where, given=given, allowed=allowed, cure=cure)


def _is_amount(series: str) -> bool:
    return series.partition(".")[0] in _NEVER_NEGATIVE
