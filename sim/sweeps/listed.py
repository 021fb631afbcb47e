"""The points of a list, from a table as its owner keeps it: settings, groups, and labels of rows.

A column is one of four things, by its name: a setting; the day ``deadline``; a config group
(``scenario``, ``licensing``, ``us/strategy``), which stands for the settings in which its options
differ; or a label, which is kept with the results and not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.batch.sweep import SWEPT
from sim.config.check import check_value
from sim.config.compose import load, weeks_to
from sim.config.dated import missing_change
from sim.config.errors import Faults, SimError, nearest
from sim.config.fields import Setting, all_leaves
from sim.config.options import SCENARIOS, SWEEPS, groups
from sim.config.overrides import option_of
from sim.config.scenario import Scenario
from sim.sheets import Sheet, read_sheet

__all__ = ["LABEL_WORDS", "Points", "read_list"]

LABEL_WORDS = (
    *("id", "label", "name", "title", "note", "notes", "comment", "comments", "description"),
    *("case", "no", "nr", "source", "model", "policy"),
)
"""Names of columns that are labels wherever they stand, in any case."""
_DEADLINE, _WEEKS = "deadline", "truce.first_deadline_weeks"
_START = "calendar.start"


@dataclass(frozen=True)
class Points:
    """What a list says: values of settings, and labels, columns of one length."""

    settings: Mapping[str, np.ndarray]
    labels: Mapping[str, np.ndarray]


def read_list(path: Path, scenario: Scenario, labels: Iterable[str] = ()) -> Points:
    """The points that a table lists.

    Parameters
    ----------
    path
        The table: see :func:`sim.sheets.read_sheet`.
    scenario
        What the points are around.
    labels
        Names of columns that only label rows, besides those of :data:`LABEL_WORDS`.

    Raises
    ------
    SimError
        A table that cannot be read; a column or a value that is refused, with its place.
    """
    sheet = read_sheet(path)
    known = {name: meta for name, meta, _ in all_leaves(scenario) if meta.kind in SWEPT}
    chosen = {name: _label(name, sheet) for name in sheet.columns if _is_label(name, labels, sheet)}
    for name in labels:
        if name not in sheet.columns:
            near = nearest(name, sheet.columns)
            raise SimError("no such column", key="sweep.labels", given=name, suggestion=near)
    settings: dict[str, np.ndarray] = {}
    named = {
        name: group
        for name in sheet.columns
        if (group := name.replace(".", "/")) in _groups() and name not in chosen
    }
    if named:
        settings |= _of_groups(sheet, named, scenario, known)
        chosen |= {name: _label(name, sheet) for name in named}
    faults = Faults()
    for name in sheet.columns:
        with faults.catching():
            if name in known and name not in chosen:
                settings[name] = _setting(sheet, name, known[name], faults)
            elif name not in chosen and name != _DEADLINE:
                raise _no_column(sheet, name, known)
    faults.refuse()
    if _DEADLINE in sheet.columns and _DEADLINE not in chosen:
        settings[_WEEKS] = _deadlines(sheet, settings, scenario)
        chosen[_DEADLINE] = _label(_DEADLINE, sheet)
    if not settings:
        cure = "a header of setting names, then one row per point"
        raise SimError("the design is empty", key=str(path), cure=cure)
    return Points(settings, chosen)


def _is_label(name: str, labels: Iterable[str], sheet: Sheet) -> bool:
    return name in labels or name.lower() in LABEL_WORDS or _counts_scenarios(name, sheet)


def _counts_scenarios(name: str, sheet: Sheet) -> bool:
    """Whether a column only numbers the points, as ``scenario`` in the EMA Workbench's experiments."""
    cells = map(str, sheet.columns[name].cells)
    return name == SCENARIOS and all(cell.isdecimal() for cell in cells)


def _label(name: str, sheet: Sheet) -> np.ndarray:
    return np.asarray(sheet.texts(name))


def _groups() -> dict[str, tuple[str, ...]]:
    return {name: tuple(options) for name, options in groups(Scenario).items() if name != SWEEPS}


def _setting(sheet: Sheet, name: str, meta: Setting, faults: Faults) -> np.ndarray:
    """The values of a column; refused cells are gathered in ``faults``."""
    values = []
    for row in _rows(sheet):
        with faults.catching():
            given = _said(sheet, name, row, meta)
            values.append(check_value(meta, given, sheet.where(name, row)))
    return np.asarray(values)


def _said(sheet: Sheet, name: str, row: int, meta: Setting) -> object:
    return sheet.flag(name, row) if meta.kind == "flag" else sheet.value(name, row)


def _rows(sheet: Sheet) -> range:
    return range(len(sheet.rows))


def _no_column(sheet: Sheet, name: str, known: Mapping[str, Setting]) -> SimError:
    # a name with a dot is a setting that is written wrongly; any other is more likely a label
    cure = missing_change(name)
    near = nearest(name, known) if "." in name and not cure else None
    if not near and not cure:
        cure = f"if it only labels the rows: labels: [{name}] in the sweep"
    return SimError(
        "no such factor",
        key=f"{sheet.path}: {name}",
        suggestion=near,
        allowed="settings by their dotted names, config groups, deadline, labels",
        cure=cure,
    )


def _deadlines(sheet: Sheet, settings: Mapping[str, np.ndarray], scenario: Scenario) -> np.ndarray:
    """Weeks to the day that each row names, from the first day of its own calendar."""
    if _WEEKS in settings:
        cure = f"give either {_DEADLINE} or {_WEEKS}"
        raise SimError("given twice", key=f"{sheet.path}: {_DEADLINE}", cure=cure)
    starts = settings.get(_START, np.asarray([scenario.calendar.start] * len(sheet.rows)))
    weeks = [
        weeks_to(str(sheet.value(_DEADLINE, row)), starts[row], sheet.where(_DEADLINE, row))
        for row in _rows(sheet)
    ]
    return np.asarray(weeks)


def _of_groups(
    sheet: Sheet, named: Mapping[str, str], scenario: Scenario, known: Mapping[str, Setting]
) -> dict[str, np.ndarray]:
    """Columns of the settings in which the options that rows choose differ from the scenario's own.

    ``named`` has the config group behind the name of each column.
    """
    own = {SCENARIOS: scenario.name} if scenario.name in _groups()[SCENARIOS] else {}
    below, found, rows = _values(own), {}, []
    for row in _rows(sheet):
        words = {group: _option(sheet, name, group, row) for name, group in named.items()}
        options = tuple(words.values())
        if options not in found:
            found[options] = _values({**own, **words})
            _refuse_other_items(found[options], known, sheet.where(next(iter(named)), row))
        rows.append(options)
    moved = [name for name in known if any(one[name] != below[name] for one in found.values())]
    return {name: np.asarray([found[options][name] for options in rows]) for name in moved}


def _option(sheet: Sheet, name: str, group: str, row: int) -> str:
    return option_of(_groups()[group], sheet.where(name, row), str(sheet.columns[name].cells[row]))


def _values(words: Mapping[str, str]) -> dict[str, Any]:
    """The values of all settings of the scenario that config groups make."""
    made = load(*(f"{group}={option}" for group, option in words.items()))
    return {name: value for name, meta, value in all_leaves(made) if meta.kind in SWEPT}


def _refuse_other_items(
    values: Mapping[str, Any], known: Mapping[str, Setting], where: str
) -> None:
    """Refuse options with other issues, sectors or events than the scenario that is moved."""
    other = sorted(values.keys() ^ known.keys())
    if other:
        raise SimError(
            "has not the same issues, sectors and events as the scenario that the sweep moves",
            key=where,
            given=other[0],
            cure="tariffsim compare scenarios=a,b takes them, and tariffsim run -m scenario=a,b",
        )
