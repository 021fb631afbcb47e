"""Observed months or days held against runs: a probability score, the coverage of bands, and what a
forecaster without a model would have scored.

A run's weeks are brought to the time of an observation by their mean, each weighted by the days that
it shares with that time, so that a week across the turn of a month counts in both. Only times that
lie wholly within the run are scored; others are listed with the reason.

The score is the continuous ranked probability score (Matheson and Winkler 1976), in the unit of the
series: 0 is best, and a forecast of one value scores its distance. Of an ensemble it is that of its
empirical distribution (Gneiting and Raftery 2007), by SciPy. The library scoringrules gives the same
and takes seconds to import, for it compiles.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.errors import SimError
from sim.config.params import Params
from sim.results.columns import Notes, column_notes, weekly_values
from sim.results.observed import MOST, Observation, Observed
from sim.results.regular import open_regular, reading

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BANDS", "SCORE_NOTES", "TABLES", "Scored", "crps", "read_scored", "score_series"]

BANDS = (50, 80, 90)
"""Bands around the median, per cent of runs."""
TABLES = ("observed", "scores")
_FEWEST = 3  # earlier observations from which a climatology is made; judgement: two are a guess
_WEEK = 7
_QUANTILES = tuple(
    sorted({0.5, *((50 + sign * band / 2) / 100 for band in BANDS for sign in (-1, 1))})
)

SCORE_NOTES: Notes = {
    "series": {"label": "name of the series", "unit": "name"},
    "unit": {"label": "unit of the series", "unit": "name"},
    "first": {"label": "first day of the observation", "unit": "date"},
    "last": {"label": "last day of the observation", "unit": "date"},
    "observed": {"label": "observed value", "unit": "that of the series"},
    "mean": {"label": "mean over runs", "unit": "that of the series"},
    **{
        f"q{100 * q:02.0f}": {
            "label": f"{100 * q:g} % quantile over runs",
            "unit": "that of the series",
        }
        for q in _QUANTILES
    },
    "crps": {"label": "continuous ranked probability score", "unit": "that of the series"},
    "persistence": {
        "label": "last value observed before the first that is scored",
        "unit": "that of the series",
    },
    "crps.persistence": {
        "label": "score of a forecast that this value stays",
        "unit": "that of the series",
    },
    "crps.climatology": {
        "label": "score of a forecast by all earlier observations alike",
        "unit": "that of the series",
    },
    "left_out": {"label": "why it is not scored; empty where it is", "unit": "words"},
    **{
        f"in.{band}": {"label": f"whether it lies in the {band} % band", "unit": "1 or 0"}
        for band in BANDS
    },
    "scored": {"label": "observations scored", "unit": "count"},
    "not_scored": {"label": "observations left out", "unit": "count"},
    "skill": {
        "label": "1 less the score divided by that of the better base rate; above 0 is better",
        "unit": "share",
    },
    "base": {"label": "the base rate that scores better", "unit": "name"},
    **{
        f"coverage.{band}": {
            "label": f"share of the observations in the {band} % band",
            "unit": "share",
        }
        for band in BANDS
    },
}


@dataclass(frozen=True)
class Scored:
    """Observed series and what runs make of them.

    Attributes
    ----------
    observed
        A row an observation: the runs' mean and quantiles at its time, its score, whether it lies in
        each band, and why it is ``left_out``.
    scores
        A row a series: mean score of its observations, that of the base rates, coverage of bands.
    source
        The observations.
    runs
        Runs that they are held against.
    """

    observed: pd.DataFrame
    scores: pd.DataFrame
    source: Observed
    runs: int

    @property
    def notes(self) -> dict[str, Notes]:
        """Label and unit of the columns of each table."""
        tables = {name: getattr(self, name) for name in TABLES}
        return {name: {c: SCORE_NOTES[c] for c in table} for name, table in tables.items()}

    @property
    def answer(self) -> str:
        """The scores in a line."""
        return "; ".join(_sentence(row, self.runs) for row in self.scores.to_dict("records"))


def _sentence(row: Mapping[Any, Any], runs: int) -> str:
    """The scores of a series in words."""
    count = row["scored"]
    if not count:
        return f"{row['series']}: no observation lies wholly within the run"
    inside = ", ".join(f"{round(row[f'coverage.{band}'] * count)} in {band} %" for band in BANDS)
    text = (
        f"{row['series']}: CRPS {row['crps']:.3g} {row['unit']} over {count} "
        f"observation{'' if count == 1 else 's'} and {runs:,} runs"
    )
    if row["base"]:
        text += f", {row['base']} {row['crps.' + row['base']]:.3g}"
    return f"{text}; in the bands: {inside}"


def score_series(observed: Observed, series: np.ndarray, params: Params, start: str) -> Scored:
    """Hold observations against runs.

    Parameters
    ----------
    observed
        Observations in the units of the series.
    series
        Weeks of runs, shape (runs, weeks), dtype WEEK.
    params
        The scenario as numbers.
    start
        The first day of the first week, ``YYYY-MM-DD``.

    Raises
    ------
    SimError
        No observation lies wholly within the run.
    """
    import pandas as pd

    first = dt.date.fromisoformat(start)
    end = first + dt.timedelta(days=_WEEK * series.shape[1] - 1)
    rows = []
    for name in observed.series:
        values = weekly_values(series, params, name)
        rows += [_against(row, values, first, end) for row in observed.of(name)]
    table = pd.DataFrame(rows)
    if (table["left_out"] != "").all():
        cure = "calendar.start= and weeks= move the run, or give observations of its time"
        given = f"{table['first'].min()} to {table['last'].max()}"
        raise SimError(
            "no observation lies wholly within the run",
            key=observed.name,
            given=given,
            allowed=f"{first} to {end}",
            cure=cure,
        )
    table = pd.concat([_with_base(part) for _, part in table.groupby("series", sort=False)])
    table = table.reset_index(drop=True)
    notes = column_notes(params, weekly=True)
    scores = [
        _scores(name, notes[name]["unit"], part)
        for name, part in table.groupby("series", sort=False)
    ]
    return Scored(table, pd.DataFrame(scores), observed, len(series))


def read_scored(folder: Path, observed: Observed, runs: int) -> Scored:
    """The tables of a result's folder.

    Raises
    ------
    SimError
        A table that is not there or cannot be read.
    """
    import pandas as pd

    tables = {}
    for name in TABLES:
        try:
            with open_regular(folder, f"{name}.csv") as file, reading(folder / f"{name}.csv"):
                tables[name] = pd.read_csv(
                    file, nrows=MOST, float_precision="round_trip", keep_default_na=True
                )
        except (OSError, ValueError) as error:
            given = type(error).__name__
            raise SimError("not a readable table", key=f"{name}.csv", given=given) from None
    table = tables["observed"]
    words = table["left_out"].astype(object).where(table["left_out"].notna(), "")
    return Scored(table.assign(left_out=words), tables["scores"], observed, runs)


def crps(values: np.ndarray, observed: float) -> float:
    """Continuous ranked probability score of equally likely ``values`` (n,), in their unit.

    The mean distance to what was observed, less half the mean distance of two values: half the
    squared energy distance of the two distributions (Gneiting and Raftery 2007, section 4.2).

    Examples
    --------
    >>> round(crps(np.array([1.0]), 3.0), 9)
    2.0
    >>> round(crps(np.array([0.0, 2.0]), 1.0), 9)
    0.5
    """
    from scipy.stats import energy_distance

    return 0.5 * float(energy_distance(values, [observed])) ** 2


def _against(
    row: Observation, values: np.ndarray, first: dt.date, end: dt.date
) -> dict[str, object]:
    """An observation beside what the runs (runs, weeks) have at its time."""
    start, last = dt.date.fromisoformat(row.first), dt.date.fromisoformat(row.last)
    days = (last - start).days + 1
    inside = (min(last, end) - max(start, first)).days + 1
    why = ""
    if inside < days:
        why = f"the run has {max(0, inside)} of its {days} day{'' if days == 1 else 's'}"
    there = np.full(0, np.nan) if why else _at(values, (start - first).days, days)
    if not why and len(there) < 2:
        why = "no two runs have a value then"
        there = np.full(0, np.nan)
    found = np.quantile(there, _QUANTILES) if len(there) else np.full(len(_QUANTILES), np.nan)
    quantiles = {f"q{100 * q:02.0f}": value for q, value in zip(_QUANTILES, found, strict=True)}
    return {
        "series": row.series,
        "first": row.first,
        "last": row.last,
        "observed": row.value,
        "mean": float(there.mean()) if len(there) else np.nan,
        **quantiles,
        "crps": crps(there, row.value) if len(there) else np.nan,
        **{
            f"in.{band}": _within(row.value, quantiles, band) if len(there) else np.nan
            for band in BANDS
        },
        "left_out": why,
    }


def _at(values: np.ndarray, first: int, days: int) -> np.ndarray:
    """Mean of weekly values (runs, weeks) over so many days from day ``first`` of the run on, weeks
    weighted by the days that they share with these; runs without any value there left out.
    """
    begin = np.arange(values.shape[1]) * _WEEK
    shared = np.minimum(begin + _WEEK, first + days) - np.maximum(begin, first)
    weeks = np.flatnonzero(shared > 0)
    there, weight = values[:, weeks], shared[weeks].astype(float)
    known = ~np.isnan(there)
    total = (known * weight).sum(axis=1)
    sums = (np.where(known, there, 0.0) * weight).sum(axis=1)
    return np.asarray(sums[total > 0] / total[total > 0])


def _within(value: float, quantiles: Mapping[str, float], band: int) -> float:
    low, high = (quantiles[f"q{50 + sign * band // 2:02d}"] for sign in (-1, 1))
    return float(low <= value <= high)


def _with_base(part: pd.DataFrame) -> pd.DataFrame:
    """The observations of a series, the earliest first, with the scores of the base rates: what was
    known before the first that is scored, which is all that a forecast at that time could use.
    """
    scored = part["left_out"] == ""
    before = part.iloc[: int(np.argmax(scored.to_numpy()))] if scored.any() else part
    known = before["observed"].to_numpy(float)
    last = known[-1] if len(known) else np.nan
    enough = len(known) >= _FEWEST
    climate = [crps(known, value) if enough else np.nan for value in part["observed"]]
    return part.assign(
        persistence=last,
        **{
            "crps.persistence": np.where(scored, (part["observed"] - last).abs(), np.nan),
            "crps.climatology": np.where(scored, climate, np.nan),
        },
    )


def _scores(name: object, unit: str, part: pd.DataFrame) -> dict[str, object]:
    """The scores of a series."""
    scored = part[part["left_out"] == ""]
    own = float(scored["crps"].mean()) if len(scored) else np.nan
    bases = {
        base: float(scored[f"crps.{base}"].mean())
        for base in ("persistence", "climatology")
        if len(scored) and scored[f"crps.{base}"].notna().all()
    }
    better = min(bases, key=lambda base: bases[base], default="")
    worth = bases.get(better, 0.0)
    return {
        "series": name,
        "unit": unit,
        "scored": len(scored),
        "not_scored": len(part) - len(scored),
        "crps": own,
        "crps.persistence": bases.get("persistence", np.nan),
        "crps.climatology": bases.get("climatology", np.nan),
        "base": better,
        "skill": 1.0 - own / worth if worth > 0.0 else np.nan,
        **{
            f"coverage.{band}": float(scored[f"in.{band}"].mean()) if len(scored) else np.nan
            for band in BANDS
        },
    }
