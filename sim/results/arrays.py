"""A result as an ``xarray.Dataset``, with the label and unit of every variable.

xarray is an extra (``pip install "tariffsim[xarray]"``), and nothing else here needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.config.errors import MACHINE, SimError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sim.results.columns import Notes
    from sim.results.results import Results

__all__ = ["dataset_of"]

_INDICES = ("run", "point", "week", "date", "series")


def dataset_of(results: Results) -> xr.Dataset:
    """The tables of a result along ``run``, ``point`` and ``week``.

    Weekly series have a dimension ``week`` (and ``run``, where all weeks were kept; else ``band``:
    the mean and the quantiles over runs) and are called ``weekly.<series>``. Names are NaN-free
    text, a measure without a value is NaN.

    Raises
    ------
    SimError
        xarray is not installed.
    """
    try:
        import xarray as xr
    except ImportError:
        raise SimError(
            "xarray is not installed",
            key="to_xarray",
            cure='pip install "tariffsim[xarray]"',
            exit_code=MACHINE,
        ) from None
    notes = results.notes
    along = ["point", "run"] if results.design else ["run"]
    table = _plain_names(results.runs).set_index(along)
    settings = (
        table[list(results.design)].groupby(level="point").first() if results.design else None
    )
    dataset = xr.Dataset.from_dataframe(table.drop(columns=list(results.design)))
    if settings is not None:
        moved = {name: ("point", column.to_numpy()) for name, column in settings.items()}
        dataset = dataset.assign_coords(moved)
    if results.weeks is not None:
        dataset = dataset.merge(_weekly(_plain_names(results.weeks)))
    for name, variable in dataset.variables.items():
        variable.attrs.update(_note(notes, str(name)))
    return dataset.assign_attrs(title=results.title, seed=_seed(results))


def _weekly(weeks: pd.DataFrame) -> xr.Dataset:
    import xarray as xr

    dates = weeks.drop_duplicates("week").set_index("week")["date"].to_numpy()
    if "run" in weeks:
        dataset = xr.Dataset.from_dataframe(weeks.drop(columns="date").set_index(["run", "week"]))
    else:
        bands = [name for name in weeks.columns if name not in _INDICES]
        parts = list(weeks.groupby("series", sort=False))
        stacked = {name: (("week", "band"), part[bands].to_numpy()) for name, part in parts}
        number = parts[0][1]["week"].to_numpy()
        dataset = xr.Dataset(stacked, coords={"week": number, "band": bands})
    renamed = dataset.rename({name: f"weekly.{name}" for name in dataset.data_vars})
    return renamed.assign_coords(date=("week", dates))


def _plain_names(table: pd.DataFrame) -> pd.DataFrame:
    """Categories as text, which xarray keeps as it is."""
    return table.astype({name: object for name in table if table[name].dtype.name == "category"})


def _note(notes: Notes, name: str) -> dict[str, str]:
    """Label and unit as other tools look for them (CF conventions)."""
    note = notes.get(name.removeprefix("weekly."), {})
    return {"long_name": note["label"], "units": note["unit"]} if note else {}


def _seed(results: Results) -> str:
    run = results.manifest.run
    return str(np.uint64(run.seed)) if run is not None else ""
