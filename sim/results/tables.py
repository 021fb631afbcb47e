"""From the engine's records to tables: a row a run, tidy weeks, every column with its label and unit.

Column names are those of :mod:`sim.rules.measures`; what is indexed gets the name behind the index, as in ``final_tariff.us``
or ``final_level.ai_chips``. Nothing here computes a measure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.fields import field_of
from sim.config.params import Params
from sim.config.schema import Scenario
from sim.rules.measures import OUTCOMES, RUN_MEASURES, WEEK_SERIES, Measure

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QUANTILES", "Notes", "column_notes", "design_notes", "runs_table", "weeks_table"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_STATUS = ("none", "truce", "deal")
_CODES = {"outcome": OUTCOMES, "status": _STATUS}
_NAMES = {
    "us": "US", "cn": "China", "ai_chips": "AI chips", "us_tariff": "US tariff", "cn_tariff": "Chinese tariff",
}  # fmt: skip
_CAPITALS = {"us": "Washington", "cn": "Beijing"}
_GOODS = {"magnets": "magnets", "chips": "AI chips"}
Notes = dict[str, dict[str, str]]


def runs_table(
    outs: np.ndarray,
    params: Params,
    run: np.ndarray,
    first: Mapping[str, np.ndarray] | None = None,
    keep: Iterable[str] = (),
) -> pd.DataFrame:
    """One row a run.

    Parameters
    ----------
    outs
        Records of dtype RUN, shape (runs,).
    params
        Whose names of issues and sectors the columns take.
    run
        Run numbers, shape (runs,).
    first
        Columns to begin with: the point and settings of a design.
    keep
        Names of the measures wanted; empty for all.
    """
    import pandas as pd

    columns: dict[str, Any] = {**(first or {}), "run": run}
    wanted = set(keep)
    for measure, name, index in _expanded(RUN_MEASURES, params):
        if wanted and measure.name not in wanted and name not in wanted:
            continue
        values = outs[measure.name] if index is None else outs[measure.name][:, index]
        if measure.name == "outcome":
            columns[name] = pd.Categorical.from_codes(values, list(OUTCOMES))
        elif measure.name == "blocking_issue":
            columns[name] = pd.Categorical.from_codes(values, list(params.issues))
        else:
            columns[name] = np.ascontiguousarray(values)
    return pd.DataFrame(columns, copy=False)


def weeks_table(series: np.ndarray, params: Params, start: str, keep: str) -> pd.DataFrame:
    """Weeks of many runs.

    ``series`` has shape (runs, weeks) and dtype WEEK. ``keep`` ``all`` gives a row a run and week; ``quantiles`` a row a series and
    week, with the mean and quantiles over runs, and for each outcome and status the share of runs in it as the mean.
    """
    import pandas as pd

    runs, weeks = series.shape
    first = dt.date.fromisoformat(start)
    days = np.asarray([first + dt.timedelta(weeks=week + 1) for week in range(weeks)], "datetime64[D]").astype(
        "datetime64[ms]"
    )
    if keep == "all":
        columns: dict[str, Any] = {
            "run": np.repeat(np.arange(runs), weeks),
            "week": np.tile(np.arange(1, weeks + 1), runs),
            "date": np.tile(days, runs),
        }
        for measure, name, index in _expanded(WEEK_SERIES, params):
            values = series[measure.name] if index is None else series[measure.name][..., index]
            columns[name] = _named(measure, values.ravel())
        return pd.DataFrame(columns, copy=False)
    blocks = list(_quantile_blocks(series, params))
    return pd.DataFrame(
        {
            "series": np.repeat([name for name, _ in blocks], weeks),
            "week": np.tile(np.arange(1, weeks + 1), len(blocks)),
            "date": np.tile(days, len(blocks)),
            **{
                column: np.concatenate([block[:, k] for _, block in blocks])
                for k, column in enumerate(("mean", *(f"q{int(100 * q):02d}" for q in QUANTILES)))
            },
        }
    )


def column_notes(params: Params, weekly: bool = False) -> Notes:
    """Label and unit of every column of a table of runs, or of every column and series of a table of weeks."""
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
        for code in _CODES.get(measure.name, ()) if weekly else ():
            notes[f"{name}.{code}"] = {"label": f"runs in {code.replace('_', ' ')} at the week's end", "unit": "share"}
    return notes


def design_notes(names: Iterable[str]) -> Notes:
    """Label and unit of settings by dotted name, from the schema."""
    notes = {}
    for name in names:
        meta = field_of(Scenario, name)
        assert meta is not None
        notes[name] = {"label": _setting_label(name, meta.label), "unit": meta.unit}
    return notes


def _setting_label(name: str, words: str) -> str:
    """What a setting is called and whose it is: ``Washington's concession exponent``, ``AI chips: red line``."""
    *places, last = name.split(".")
    words = words or last.replace("_", " ")
    if "issues" in places:
        return f"{_NAMES.get(places[-1], places[-1].replace('_', ' '))}: {words}"
    side = next((_CAPITALS[place] for place in places if place in _CAPITALS), "")
    item = next(
        (_GOODS.get(place, "") or place for place in reversed(places) if place in _GOODS or "sectors" in places), ""
    )
    return (f"{side}'s " if side else "") + words + (f" ({item.replace('_', ' ')})" if item else "")


def _expanded(measures: tuple[Measure, ...], params: Params) -> Iterator[tuple[Measure, str, int | None]]:
    for measure in measures:
        if not measure.axis:
            yield measure, measure.name, None
        for index, name in enumerate(params.names(measure.axis)):
            yield measure, f"{measure.name}.{name}", index


def _named(measure: Measure, values: np.ndarray) -> Any:
    import pandas as pd

    if measure.name in _CODES:
        return pd.Categorical.from_codes(values, list(_CODES[measure.name]))
    return np.ascontiguousarray(values)


def _quantile_blocks(series: np.ndarray, params: Params) -> Iterator[tuple[str, np.ndarray]]:
    """Name and array (weeks, 1 + quantiles) of every series."""
    nothing = np.full((series.shape[1], len(QUANTILES)), np.nan)
    for measure, name, index in _expanded(WEEK_SERIES, params):
        values = series[measure.name] if index is None else series[measure.name][..., index]
        names = _CODES.get(measure.name)
        if names:
            for code, label in enumerate(names):
                yield f"{name}.{label}", np.column_stack([(values == code).mean(axis=0), nothing])
        elif measure.name != "events":
            yield name, _mean_and_quantiles(values.astype(float))


def _mean_and_quantiles(values: np.ndarray) -> np.ndarray:
    """Over runs, NaN aside; NaN where no run has a value."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / np.where(count, count, np.nan)
    ordered = np.sort(values, axis=0)
    place = np.asarray(QUANTILES)[:, None] * np.maximum(count - 1, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    below, above = np.take_along_axis(ordered, low, 0), np.take_along_axis(ordered, high, 0)
    return np.column_stack([mean, (below + (place - low) * (above - below)).T])
