"""The model as a vectorised function: columns of settings in, columns of measures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.config.errors import SimError, nearest
from sim.config.fields import leaves
from sim.config.params import flatten
from sim.config.schema import Scenario
from sim.config.validate import check_value
from sim.ensemble.execute import simulate
from sim.results.tables import runs_table
from sim.rules.measures import OUTCOMES
from sim.sweeps.design import SWEPT, params_of

__all__ = ["evaluate_rows"]


def evaluate_rows(
    scenario: Scenario,
    design: Mapping[str, Sequence[Any]],
    *,
    runs: int,
    seed: int,
    measures: tuple[str, ...],
    threads: int,
) -> pd.DataFrame:
    """See :func:`sim.api.evaluate`."""
    columns = _checked(scenario, design)
    rows = len(next(iter(columns.values()))) if columns else 1
    if isinstance(runs, bool) or not isinstance(runs, (int, np.integer)) or runs < 1:
        raise SimError("not a number of runs", key="runs", given=runs, allowed="a whole number from 1")
    row, run = np.repeat(np.arange(rows), runs), np.tile(np.arange(runs), rows)
    outs, _ = simulate(params_of(scenario, columns, rows), row, run, seed, threads=threads)
    first = {"row": row, **{name: values[row] for name, values in columns.items()}}
    params = flatten(scenario)
    outcomes = tuple(name for name in measures if name in OUTCOMES)
    others = tuple(name for name in measures if name not in OUTCOMES)
    table = runs_table(outs, params, run, first, others or (("outcome",) if outcomes else ()))
    for name in others:
        if name not in table and not any(column.startswith(f"{name}.") for column in table):
            known = (*OUTCOMES, *runs_table(outs[:0], params, run[:0]).columns)
            raise SimError("no such measure", key="measures", given=name, suggestion=nearest(name, known))
    for name in outcomes:
        table[name] = (outs["outcome"] == OUTCOMES.index(name)).astype(float)
    return table


def _checked(scenario: Scenario, design: Mapping[str, Sequence[Any]]) -> dict[str, np.ndarray]:
    known = {name: meta for name, meta, _ in leaves(scenario) if meta.kind in SWEPT}
    columns: dict[str, np.ndarray] = {}
    for name, given in design.items():
        if name not in known:
            raise SimError("no such setting", key=str(name), suggestion=nearest(str(name), known))
        values = np.atleast_1d(np.asarray(given))
        if values.ndim != 1 or not len(values):
            raise SimError("not a column of values", key=name, given=given)
        meta = known[name]
        if meta.kind == "count" and values.dtype.kind == "f":
            for broken in values[values != np.round(values)][:1]:
                check_value(meta, broken.item(), name)
            values = values.astype(np.int64)
        for extreme in (values.min(), values.max()) if values.dtype.kind in "iuf" else np.unique(values):
            check_value(meta, extreme.item() if hasattr(extreme, "item") else extreme, name)
        if values.dtype.kind == "f" and np.isnan(values).any():
            raise SimError("not a number", key=name, given="NaN", allowed=meta.bounds)
        columns[name] = values
    if len({len(values) for values in columns.values()}) > 1:
        raise SimError(
            "columns of different length", key="design", given=", ".join(f"{n}: {len(v)}" for n, v in columns.items())
        )
    return columns
