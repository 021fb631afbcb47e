"""The model as a vectorised function: columns of settings in, columns of measures out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.batch import Run
from sim.batch.sweep import SWEPT
from sim.batch.work import check_work, dear, work_of_runs
from sim.config.check import check_value
from sim.config.contradictions import first_contradiction
from sim.config.dated import missing_change
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, all_leaves
from sim.config.params import flatten
from sim.config.renamed import why_gone
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.results.columns import design_weeks_table, runs_table
from sim.sweeps.design import in_row, params_of
from sim.vocabulary import OUTCOMES

__all__ = ["evaluate_rows"]

_MOST_WEEKLY_BYTES = 4_000_000_000
_MOST_NUMBER = 2**32  # run numbers are 32 bits of the counter of draws: sim.rules.randomness


def evaluate_rows(
    scenario: Scenario,
    design: Mapping[str, Sequence[Any]],
    settings: Run,
    measures: Sequence[str],
    run_numbers: Sequence[Any] | None = None,
    largest: float = math.inf,
    weeks: Sequence[str] = (),
) -> pd.DataFrame:
    """See :func:`sim.api.evaluate`; scenario and settings are checked."""
    columns = _checked(scenario, design)
    rows = len(next(iter(columns.values()))) if columns else 1
    for key, names in (("measures", measures), ("weeks", weeks)):
        if isinstance(names, str):
            raise SimError("not a list of names", key=key, given=names, cure=f'{key}=["{names}"]')
    if measures and weeks:
        cure = "call it twice: runs are the same"
        raise SimError("measures are of runs, weeks are not", key="measures, weeks", cure=cure)
    own = None if run_numbers is None else _numbers(run_numbers, rows)
    count = rows * settings.runs if own is None else own.size
    check_work(work_of_runs(scenario, count, moved=dear(columns)), largest)
    numbers = _numbers(np.arange(settings.runs), rows) if own is None else own
    if rows > 1 and numbers.shape[1] == 1 and (numbers == numbers[0]).all():
        warnings.warn(
            "every row uses the random draws of the same single run, so differences between rows, and any index, hold for that run only; "
            "give runs=20 or more, or run_numbers",
            stacklevel=3,
        )
    row, run = np.repeat(np.arange(rows), numbers.shape[1]), numbers.ravel()
    records = params_of(scenario, columns, rows)
    horizon = records.values["calendar"]["horizon_weeks"][row]
    kept = _weekly(len(run), int(horizon.max())) if weeks else 0
    outs, series = simulate(records, row, run, settings.seed, weekly=kept, threads=settings.threads)
    first = {"row": row, **{name: values[row] for name, values in columns.items()}}
    params = flatten(scenario)
    if weeks:
        return design_weeks_table(series, params, {**first, "run": run}, weeks, horizon)
    outcomes = tuple(name for name in measures if name in OUTCOMES)
    others = tuple(name for name in measures if name not in OUTCOMES)
    table = runs_table(outs, params, run, first, others or (("outcome",) if outcomes else ()))
    for name in others:
        if name not in table and not any(column.startswith(f"{name}.") for column in table):
            known = (*OUTCOMES, *runs_table(outs[:0], params, run[:0]).columns)
            raise SimError(
                "no such measure", key="measures", given=name, suggestion=nearest(name, known)
            )
    for name in outcomes:
        table[name] = (outs["outcome"] == OUTCOMES[name].code).astype(float)
    return table


def _weekly(runs: int, horizon: int) -> int:
    """How many runs keep their weeks: all.

    Raises
    ------
    SimError
        More than memory is to hold.
    """
    from sim.rules.measures import WEEK

    most = _MOST_WEEKLY_BYTES // (horizon * WEEK.itemsize)
    if runs > most:
        cure = "fewer runs or rows"
        problem = "too many weeks to keep in memory"
        raise SimError(problem, key="weeks", given=f"{runs:,} runs", allowed=f"{most:,}", cure=cure)
    return runs


def _numbers(given: Sequence[Any] | np.ndarray, rows: int) -> np.ndarray:
    """Run numbers of every row, (rows, runs)."""
    try:
        numbers = np.asarray(given)
    except ValueError:  # rows of different length
        numbers = np.empty(0)
    if numbers.ndim not in (1, 2) or not numbers.size or numbers.dtype.kind not in "iu":
        allowed = "whole numbers, for all rows or a list for each"
        raise SimError("not run numbers", key="run_numbers", given=given, allowed=allowed)
    if numbers.min() < 0 or numbers.max() >= _MOST_NUMBER:
        raise SimError(
            "no such run",
            key="run_numbers",
            given=int(numbers.max()),
            allowed=f"0 to {_MOST_NUMBER - 1:,}",
        )
    if numbers.ndim == 2 and len(numbers) != rows:
        raise SimError(
            "not a list for each row",
            key="run_numbers",
            given=len(numbers),
            allowed=f"{rows:,} rows",
        )
    return np.broadcast_to(np.atleast_2d(numbers.astype(np.int64)), (rows, numbers.shape[-1]))


def _checked(scenario: Scenario, design: Mapping[str, Sequence[Any]]) -> dict[str, np.ndarray]:
    """The columns of a design as arrays: every value within its bounds, no row with contradictory
    settings.
    """
    if not hasattr(design, "items"):
        cure = 'name the settings: {"linkage.cn": [0.0, 0.5]}'
        raise SimError(
            "not columns of settings", key="design", given=type(design).__name__, cure=cure
        )
    known = {name: meta for name, meta, _ in all_leaves(scenario) if meta.kind in SWEPT}
    columns: dict[str, np.ndarray] = {}
    for name, given in design.items():
        if name not in known:
            missing = missing_change(str(name)) or why_gone(str(name))
            near = None if missing else nearest(str(name), known)
            raise SimError("no such setting", key=str(name), suggestion=near, cure=missing)
        columns[name] = _column(known[name], given, name)
    rows = max((len(values) for values in columns.values()), default=1)
    columns |= {
        name: np.repeat(columns[name], rows) for name, given in design.items() if _single(given)
    }
    if len({len(values) for values in columns.values()}) > 1:
        raise SimError(
            "columns of different length",
            key="design",
            given=", ".join(f"{n}: {len(v)}" for n, v in columns.items()),
        )
    found = first_contradiction(scenario, columns)
    if found is not None:
        raise in_row(*found, {name: values[found[0]].item() for name, values in columns.items()})
    return columns


def _column(meta: Setting, given: Sequence[Any], name: str) -> np.ndarray:
    """One column, checked by its extremes where it is of numbers, else value by value."""
    given = [given] if _single(given) else given
    try:
        values = np.atleast_1d(np.asarray(given))
    except ValueError:  # rows of different length
        values = np.empty((0, 0))
    if values.ndim != 1 or not len(values):
        raise SimError("not a column of values", key=name, given=given)
    if values.dtype.kind not in "iufbU" or (values.dtype.kind in "iufU" and _mixed(given)):
        values = np.asarray([check_value(meta, value, name) for value in given])
    if meta.kind == "count" and values.dtype.kind == "f":
        for broken in values[values != np.round(values)][:1]:
            check_value(meta, broken.item(), name)
        check_value(meta, values.min().item(), name)
        check_value(meta, values.max().item(), name)
        values = values.astype(np.int64)
    for value in (values.min(), values.max()) if values.dtype.kind in "iuf" else np.unique(values):
        check_value(meta, value.item(), name)
    return values


def _single(given: object) -> bool:
    """Whether a single value is given for a column: it is the same in every row."""
    return isinstance(given, str) or not hasattr(given, "__len__")


def _mixed(given: Sequence[Any]) -> bool:
    """Whether NumPy converted values of several types to one: bools become numbers, numbers become
    text.
    """
    return (
        not isinstance(given, np.ndarray)
        and len({isinstance(v, bool) + 2 * isinstance(v, str) for v in given}) > 1
    )
