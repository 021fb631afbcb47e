"""Columns of runs and weeks, from the engine's records: one row per run, tidy weeks, every column
with its label and unit.

Column names are those of :mod:`sim.rules.measures`; what is indexed gets the name behind the index,
as in ``final_tariff.us`` or ``final_level.ai_chips``. Nothing here computes a measure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.config.errors import SimError, nearest
from sim.config.fields import setting_of
from sim.config.params import CODES, OF_ITEMS, Params
from sim.config.scenario import Scenario
from sim.rules.measures import RUN_MEASURES, WEEK_SERIES, Measure
from sim.vocabulary import DRIVERS, GOODS, SIDES, other_side

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BANDS",
    "QUANTILES",
    "Named",
    "Notes",
    "column_notes",
    "design_notes",
    "design_weeks_table",
    "runs_columns",
    "runs_table",
    "weekly_columns",
    "weekly_names",
    "weekly_values",
    "weeks_table",
]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_BLOCK = 131_072  # values sorted at a time, 1 MB: the fastest of 4,096 to 10,000,000
_SHARES = {
    "outcome": "runs with the outcome {} if the run ended here",
    "blocking": "runs in which {} blocks",
}
_NAMES = {**{name: side.country for name, side in SIDES.items()}, **DRIVERS.labels}
_CAPITALS, _GOODS = SIDES.labels, GOODS.labels
Notes = dict[str, dict[str, str]]
BANDS: Notes = {
    "series": {"label": "name of the series", "unit": "name"},
    "mean": {"label": "mean over runs", "unit": "that of the series"},
    **{
        f"q{int(100 * q):02d}": {
            "label": f"{100 * q:g} % quantile over runs",
            "unit": "that of the series",
        }
        for q in QUANTILES
    },
}


class Named(NamedTuple):
    """A column of names: ``codes`` (n,) are places in ``names``."""

    codes: np.ndarray
    names: tuple[str, ...]


def runs_table(
    outs: np.ndarray,
    params: Params,
    run: np.ndarray,
    first: Mapping[str, np.ndarray] | None = None,
    keep: Iterable[str] = (),
) -> pd.DataFrame:
    """One row per run; see :func:`runs_columns`."""
    return _frame(runs_columns(outs, params, run, first, keep))


def runs_columns(
    outs: np.ndarray,
    params: Params,
    run: np.ndarray,
    first: Mapping[str, np.ndarray] | None = None,
    keep: Iterable[str] = (),
) -> dict[str, np.ndarray | Named]:
    """The columns of a table of runs by name, each (runs,).

    Parameters
    ----------
    outs
        Records of dtype RUN, shape (runs,); columns of measures are views of them.
    params
        Whose names of issues and sectors the columns take.
    run
        Run numbers, shape (runs,).
    first
        Columns to begin with: the point and settings of a design.
    keep
        Names of the measures wanted; empty for all.
    """
    columns: dict[str, np.ndarray | Named] = {**(first or {}), "run": run}
    wanted = set(keep)
    for measure, name, index in _expanded(RUN_MEASURES, params):
        if wanted and measure.name not in wanted and name not in wanted:
            continue
        values = outs[measure.name] if index is None else outs[measure.name][:, index]
        names = params.code_names(measure.name)
        columns[name] = Named(values, names) if names else values
    return columns


def weeks_table(
    series: np.ndarray, params: Params, start: str, keep: str, number: int = 0
) -> pd.DataFrame:
    """Weeks of many runs, of which the first has this ``number``.

    ``series`` has shape (runs, weeks) and dtype WEEK. ``keep`` ``all`` gives one row per run and week;
    ``quantiles`` a row a series and week, with the mean and quantiles over runs, and for each
    outcome, status and blocking issue the share of runs in it as the mean.
    """
    runs, weeks = series.shape
    first = dt.date.fromisoformat(start)
    days = np.asarray(
        [first + dt.timedelta(weeks=week + 1) for week in range(weeks)], "datetime64[D]"
    ).astype("datetime64[ms]")
    if keep == "all":
        columns: dict[str, np.ndarray | Named] = {
            "run": np.repeat(np.arange(number, number + runs), weeks),
            "week": np.tile(np.arange(1, weeks + 1), runs),
            "date": np.tile(days, runs),
        }
        return _frame(columns | weekly_columns(series, params))
    return _quantiles_frame(series, params, days)


def weekly_columns(
    series: np.ndarray, params: Params, keep: Iterable[str] = ()
) -> dict[str, np.ndarray | Named]:
    """The weekly series by name, each (runs * weeks,); those in ``keep``, or all."""
    columns: dict[str, np.ndarray | Named] = {}
    wanted = set(keep)
    for measure, name, index in _expanded(WEEK_SERIES, params):
        if wanted and measure.name not in wanted and name not in wanted:
            continue
        values = (
            series[measure.name] if index is None else series[measure.name][..., index]
        ).ravel()
        names = params.code_names(measure.name)
        columns[name] = Named(values, names) if names else values
    return columns


def design_weeks_table(
    series: np.ndarray,
    params: Params,
    first: Mapping[str, np.ndarray],
    keep: Sequence[str],
    horizon: np.ndarray,
) -> pd.DataFrame:
    """Weekly series over a design: a row per run and week.

    Parameters
    ----------
    series
        Records of dtype WEEK, shape (runs, weeks).
    params
        Whose names of issues and sectors the columns take.
    first
        Columns to begin with, each (runs,): row, settings and run.
    keep
        Names of the series wanted.
    horizon
        Weeks of each run, (runs,): rows beyond them are left out.

    Raises
    ------
    SimError
        No such series.
    """
    found, weeks = weekly_columns(series, params, keep), series.shape[1]
    for name in keep:
        if not any(column == name or column.startswith(f"{name}.") for column in found):
            known = weekly_columns(series[:0], params)
            near = nearest(str(name), known)
            raise SimError("no such weekly series", key="weeks", given=name, suggestion=near)
    week = np.tile(np.arange(1, weeks + 1), len(series))
    repeated = {name: np.repeat(values, weeks) for name, values in first.items()}
    table = _frame({**repeated, "week": week, **found})
    return table[week <= np.repeat(horizon, weeks)].reset_index(drop=True)


def _quantiles_frame(series: np.ndarray, params: Params, days: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    names, found = _bands(series, params)
    weeks, count = len(days), len(names)
    columns = ("mean", *(f"q{int(100 * q):02d}" for q in QUANTILES))
    return pd.DataFrame(
        {
            "series": pd.Series(names).repeat(weeks).array,
            "week": np.tile(np.arange(1, weeks + 1), count),
            "date": np.tile(days, count),
            **{
                column: np.ascontiguousarray(found[..., k]).ravel()
                for k, column in enumerate(columns)
            },
        },
        copy=False,
    )


def weekly_names(params: Params) -> list[str]:
    """Names of the weekly series that are numbers: neither codes nor sets of events."""
    return [name for measure, name, _ in _expanded(WEEK_SERIES, params) if _is_number(measure)]


def weekly_values(series: np.ndarray, params: Params, name: str) -> np.ndarray:
    """A weekly series by its name, in each of ``series`` (runs, weeks) of dtype WEEK."""
    for measure, called, index in _expanded(WEEK_SERIES, params):
        if called == name and _is_number(measure):
            values = series[measure.name]
            return np.asarray(values if index is None else values[..., index], float)
    raise KeyError(name)


def _is_number(measure: Measure) -> bool:
    return measure.name not in (*CODES, *OF_ITEMS, "events")


def column_notes(params: Params, weekly: bool = False) -> Notes:
    """Label and unit of every column of a table of runs, or of every column and series of a table
    of weeks.
    """
    notes = {
        "run": {"label": "run number", "unit": "count"},
        "point": {"label": "point of the design", "unit": "count"},
        "week": {"label": "weeks since the start", "unit": "weeks"},
        "date": {"label": "last day of the week", "unit": "date"},
    }
    for measure, name, index in _expanded(WEEK_SERIES if weekly else RUN_MEASURES, params):
        of = (
            f" ({_NAMES.get(name.partition('.')[2], name.partition('.')[2].replace('_', ' '))})"
            if index is not None
            else ""
        )
        notes[name] = {"label": measure.label + of, "unit": measure.unit}
        for code in params.code_names(measure.name) if weekly else ():
            words = _SHARES.get(measure.name, "runs in {} at the week's end") + of
            notes[f"{name}.{code}"] = {
                "label": words.format(_NAMES.get(code, code.replace("_", " "))),
                "unit": "share",
            }
    return notes


def design_notes(names: Iterable[str]) -> Notes:
    """Label and unit of settings by dotted name, from the schema."""
    notes = {}
    for name in names:
        meta = setting_of(Scenario, name)
        assert meta is not None
        notes[name] = {"label": _setting_label(name, meta.label), "unit": meta.unit}
    return notes


def joint_notes(notes: Notes, copies: Mapping[str, str]) -> Notes:
    """Notes of a sweep in which a factor that the other side's copies is called what it is: ``drift
    rate, both sides``.
    """
    found = dict(notes)
    for name, first in copies.items():
        side = next((side for side in _CAPITALS if side in first.split(".")), "")
        other = other_side(side) if side else ""
        if (
            side
            and first in found
            and [other if part == side else part for part in first.split(".")] == name.split(".")
        ):
            label = found[first]["label"].removeprefix(f"{_CAPITALS[side]}'s ")
            found[first] = {**found[first], "label": f"{label}, both sides"}
    return found


def _setting_label(name: str, words: str) -> str:
    """What a setting is called and whose it is: ``Washington's concession exponent``, ``AI chips:
    red line``.
    """
    *places, last = name.split(".")
    words = words or last.replace("_", " ")
    if "issues" in places:
        return f"{_NAMES.get(places[-1], places[-1].replace('_', ' '))}: {words}"
    side = next((_CAPITALS[place] for place in places if place in _CAPITALS), "")
    item = next(
        (
            _GOODS.get(place, "") or place
            for place in reversed(places)
            if place in _GOODS or "sectors" in places
        ),
        "",
    )
    return (f"{side}'s " if side else "") + words + (f" ({item.replace('_', ' ')})" if item else "")


def _expanded(
    measures: tuple[Measure, ...], params: Params
) -> Iterator[tuple[Measure, str, int | None]]:
    for measure in measures:
        if not measure.axis:
            yield measure, measure.name, None
        for index, name in enumerate(params.names(measure.axis)):
            yield measure, f"{measure.name}.{name}", index


def _bands(series: np.ndarray, params: Params) -> tuple[list[str], np.ndarray]:
    """Names of the series, and their means and quantiles over runs, shape (series, weeks, 1 +
    quantiles).
    """
    expanded = [part for part in _expanded(WEEK_SERIES, params) if part[0].name != "events"]
    numbers = iter(
        _over_runs(series, [(m.name, index) for m, _, index in expanded if _is_number(m)])
    )
    nothing = np.full((series.shape[1], len(QUANTILES)), np.nan)
    names, found = list[str](), list[np.ndarray]()
    for measure, name, index in expanded:
        if _is_number(measure):
            names.append(name)
            found.append(next(numbers))
        codes = series[measure.name] if index is None else series[measure.name][..., index]
        for code, label in enumerate(params.code_names(measure.name)):
            names.append(f"{name}.{label}")
            found.append(np.column_stack([(codes == code).mean(axis=0), nothing]))
    return names, np.stack(found)


def _over_runs(series: np.ndarray, wanted: list[tuple[str, int | None]]) -> np.ndarray:
    """Mean and quantiles over runs of fields, each with its index or None; shape (fields, weeks, 1
    + quantiles).

    A few weeks at a time, all fields at once: what is sorted then stays in the processor's cache.
    """
    fields, size = series.dtype.fields, 8
    assert fields is not None
    places = [fields[name][1] // size + (index or 0) for name, index in wanted]
    integers = [k for k, (name, _) in enumerate(wanted) if fields[name][0].base.kind == "i"]
    runs, weeks = series.shape
    # every field of WEEK has eight bytes
    taken = np.take(series.view(np.float64).reshape(runs, weeks, -1), places, axis=2)
    taken[..., integers] = taken.view(np.int64)[..., integers]
    step = max(1, _BLOCK // max(1, runs * len(places)))
    found = np.empty((weeks, len(places), 1 + len(QUANTILES)))
    for week in range(0, weeks, step):
        bands = _mean_and_quantiles(taken[:, week : week + step].reshape(runs, -1))
        found[week : week + step] = bands.reshape(-1, len(places), bands.shape[1])
    return found.swapaxes(0, 1)


def _mean_and_quantiles(values: np.ndarray) -> np.ndarray:
    """Mean and quantiles down the columns of ``values`` (runs, n), NaN aside; NaN where a column
    has no value. Shape (n, 1 + quantiles).
    """
    total = values.sum(axis=0)
    count = np.full(total.shape, len(values))
    gaps = np.flatnonzero(np.isnan(total))
    if len(gaps):
        known = ~np.isnan(values[:, gaps])
        count[gaps] = known.sum(axis=0)
        # one run after the other, as the sum above goes: the same bits whatever the other columns
        total[gaps] = np.where(known, values[:, gaps], 0.0).cumsum(axis=0)[-1]
    mean = total / np.where(count, count, np.nan)
    ordered = values.T.copy()
    ordered.sort(axis=1)
    last = np.maximum(count - 1, 0)[:, None]
    place = np.asarray(QUANTILES) * last
    low = place.astype(int)
    first = np.arange(0, ordered.size, len(values))[:, None]
    below, above = ordered.take(first + low), ordered.take(first + np.minimum(low + 1, last))
    return np.column_stack([mean, below + (place - low) * (above - below)])


def _frame(columns: Mapping[str, np.ndarray | Named]) -> pd.DataFrame:
    import pandas as pd

    held = {
        name: pd.Categorical.from_codes(values.codes, list(values.names))
        if isinstance(values, Named)
        else np.ascontiguousarray(values)
        for name, values in columns.items()
    }
    return pd.DataFrame(
        held
    )  # copied together by type: a table of a hundred blocks warns whoever adds a column
