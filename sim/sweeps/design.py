"""Designs: the rows of settings that a sweep visits, created block by block so that a large design
needs no more memory.

Points of the unit cube come from :mod:`scipy.stats.qmc` (Sobol, Latin hypercube) and SALib
(Saltelli, Morris). Each factor maps its coordinate through the inverse distribution function. A
drawn value is rounded to single precision *before* it is used, so that the stored value is the
value that was run. Nothing here runs a model.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from sim.batch.sweep import SWEPT, Factor, Sweep
from sim.batch.work import Work, dear, work_of_sweep
from sim.config.contradictions import first_contradiction, in_a_rule
from sim.config.dated import is_dated
from sim.config.errors import SimError
from sim.config.fields import Setting, all_leaves
from sim.config.params import (
    Records,
    choice_code,
    dated_places,
    flatten,
    join_records,
    places,
    view,
    week_of,
    weeks_between,
)
from sim.config.scenario import Scenario
from sim.sweeps.listed import read_list

__all__ = [
    "Design",
    "check_design",
    "in_row",
    "make_design",
    "params_of",
    "salib_problem",
    "salib_sampler",
    "values_at",
    "work_of_design",
]

_CHECKED_AT_ONCE = 65_536  # rows: 12 MB of 24 columns
_START = "calendar.start"
Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Design:
    """The points of a sweep.

    ``rows`` counts them; ``names`` are the settings moved, linked ones included; :meth:`block`
    gives any range of them. ``fixed`` has the scenario's own values, for constraints; ``table`` the
    rows of a list and ``labels`` what they are called; ``unit`` the coordinates of a design that must be drawn at once; ``sobol`` draws
    those of a Sobol design block by block.
    """

    sweep: Sweep
    names: tuple[str, ...]
    rows: int
    fixed: Mapping[str, Any]
    table: Mapping[str, np.ndarray] | None = None
    unit: np.ndarray | None = None
    sobol: _Sobol | None = None
    labels: Mapping[str, np.ndarray] = field(default_factory=dict)

    def block(self, start: int, stop: int) -> tuple[np.ndarray, Columns]:
        """Point numbers, shape (n,), and values by name of the points from ``start`` to ``stop``
        that meet the constraints.
        """
        points = np.arange(start, min(stop, self.rows))
        columns = self._columns(points)
        for factor in self.sweep.factors.values():
            if factor.same_as:
                columns[factor.name] = columns[factor.same_as]
        keep = np.ones(len(points), bool)
        for constraint in self.sweep.constraints:
            keep &= constraint.holds({**self.fixed, **columns})
        return points[keep], {name: columns[name][keep] for name in self.names}

    def _columns(self, points: np.ndarray) -> Columns:
        if self.table is not None:
            return {name: values[points] for name, values in self.table.items()}
        free = _free(self.sweep)
        if self.sweep.kind == "grid":
            places = np.unravel_index(points, [len(factor.values) for factor in free])
            return {
                f.name: np.asarray(f.values)[place] for f, place in zip(free, places, strict=True)
            }
        if self.unit is not None:
            unit = self.unit[points]
        else:
            assert self.sobol is not None
            unit = (
                self.sobol.points(int(points[0]), len(points))
                if len(points)
                else np.zeros((0, len(free)))
            )
        return {factor.name: values_at(factor, unit[:, j]) for j, factor in enumerate(free)}


def make_design(sweep: Sweep, scenario: Scenario) -> Design:
    """The design that ``sweep`` describes.

    Raises
    ------
    SimError
        A list whose file is missing, empty, or names settings or values that the schema refuses.
    """
    fixed = {name: value for name, meta, value in all_leaves(scenario) if meta.kind in SWEPT}
    if sweep.kind == "list":
        points = read_list(Path(sweep.file), scenario, sweep.labels)
        table = points.settings
        listed = len(next(iter(table.values())))
        return Design(sweep, tuple(table), listed, fixed, table, labels=points.labels)
    unit = None
    free = _free(sweep)
    if sweep.kind == "latin_hypercube":
        from scipy.stats import qmc

        unit = qmc.LatinHypercube(len(free), rng=np.random.default_rng(sweep.design_seed)).random(
            sweep.points
        )
    elif sweep.kind in ("saltelli", "morris"):
        unit = _salib_points(sweep, free)
    rows = sweep.rows if unit is None else len(unit)
    assert rows is not None
    sobol = _Sobol(len(free), sweep.design_seed) if sweep.kind == "sobol" else None
    return Design(sweep, tuple(sweep.factors), rows, fixed, unit=unit, sobol=sobol)


def work_of_design(sweep: Sweep, scenario: Scenario) -> Work:
    """What a sweep takes, counted before its points are drawn; a list is read for it.

    Raises
    ------
    SimError
        A list that cannot be read.
    """
    if sweep.kind != "list":
        return work_of_sweep(sweep, scenario)
    design = make_design(sweep, scenario)
    assert design.table is not None
    return work_of_sweep(sweep, scenario, design.rows, dear(design.table))


def check_design(design: Design, scenario: Scenario) -> None:
    """Check every row against the rules between settings before anything is run; single values were
    checked with the factors.

    Raises
    ------
    SimError
        The contradiction, with the values that make it.
    """
    _check_shape(design, scenario)
    if not in_a_rule(scenario, design.names):
        return
    for start in range(0, design.rows, _CHECKED_AT_ONCE):
        points, columns = design.block(start, start + _CHECKED_AT_ONCE)
        found = first_contradiction(scenario, columns)
        if found is not None:
            row, error = found
            raise in_row(
                int(points[row]),
                error,
                {name: values[row].item() for name, values in columns.items()},
                "point",
            )


def in_row(row: int, error: SimError, values: Mapping[str, Any], noun: str = "row") -> SimError:
    """The same error, naming the row of the design: a ``point`` as the results number it, from 0; a
    ``row`` as people count, from 1.
    """
    drawn = noun != "row"
    shown = {name: _shown(value) if drawn else value for name, value in values.items()}
    settings = ", ".join(f"{name}={value}" for name, value in shown.items())
    row += not drawn
    cure = f"{noun} {row} has {settings}: leave it out, narrow a range, or add a constraint"
    return SimError(
        f"{error.problem}, in {noun} {row}",
        key=error.key,
        given=_shown(error.given) if drawn else error.given,
        allowed=error.allowed,
        cure=cure,
    )


def _shown(value: object) -> object:
    """A value as a message has it: a drawn number to six digits; the plan keeps it in full."""
    short = f"{value:.6g}" if isinstance(value, float) else ""
    return short if short and float(short) != value else value


def _check_shape(design: Design, scenario: Scenario) -> None:
    """Refuse links between settings of different kinds, and constraints that leave no row or break
    the design.
    """
    sweep, known = design.sweep, {path: meta for path, meta, _ in all_leaves(scenario)}
    for factor in sweep.factors.values():
        if factor.same_as and known[factor.name].kind == "count" != known[factor.same_as].kind:
            raise SimError(
                "a whole number cannot follow a continuous setting",
                key=f"sweep.factors.{factor.name}.same_as",
                given=factor.same_as,
            )
    if not sweep.constraints:
        return
    if sweep.kind in ("saltelli", "morris"):
        cure = "narrow the ranges, or take kind: sobol"
        raise SimError(f"a {sweep.kind} design needs every row", key="sweep.constraints", cure=cure)
    starts = range(0, design.rows, _CHECKED_AT_ONCE)
    if not any(len(design.block(start, start + _CHECKED_AT_ONCE)[0]) for start in starts):
        raise SimError(
            "no row meets the constraints", key="sweep.constraints", cure="loosen one of them"
        )


def params_of(scenario: Scenario, columns: Mapping[str, np.ndarray], count: int) -> Records:
    """Settings of ``count`` points, one record each: the scenario with the values of
    ``columns``.
    """
    if _START in columns:
        return _of_starts(scenario, columns)
    base = flatten(scenario)
    values = np.repeat(base.values, count)
    found, known = places(scenario), {path: meta for path, meta, _ in all_leaves(scenario)}
    starts = np.repeat(scenario.calendar.start, count)
    coded = {name: _coded(known[name], column, starts) for name, column in columns.items()}
    for name, numbers in coded.items():
        if not is_dated(name):
            view(values, found[name])[...] = numbers
    for k, event in enumerate(base.scheduled):
        # of a scheduled event the day counts, and not its week alone
        days = columns.get(f"calendar.events.{event}.day")
        if days is not None:
            values["calendar"]["events"]["when"][:, k] = [
                weeks_between(*one) for one in zip(starts, days, strict=True)
            ]
    changed = {name: numbers for name, numbers in coded.items() if is_dated(name)}
    return _with_dated(scenario, Records(values, base.dated, base.script), changed, known)


def _of_starts(scenario: Scenario, columns: Mapping[str, np.ndarray]) -> Records:
    """Points of several first days, which say what weeks the other days are."""
    parts, places_ = list[Records](), list[np.ndarray]()
    for day in np.unique(columns[_START]):
        rows = np.flatnonzero(columns[_START] == day)
        others = {name: values[rows] for name, values in columns.items() if name != _START}
        parts.append(params_of(scenario.change({_START: str(day)}), others, len(rows)))
        places_.append(rows)
    return join_records(parts).take(np.argsort(np.concatenate(places_)))


def _with_dated(
    scenario: Scenario,
    records: Records,
    changed: Mapping[str, np.ndarray],
    known: Mapping[str, Setting],
) -> Records:
    """Records in which settings change to other values on their days, each point to its own."""
    if not changed:
        return records
    count, per = len(records), len(records.dated)
    rows, at = np.tile(records.dated, count).reshape(count, per), dated_places(scenario)
    for name, numbers in changed.items():
        kind = "i8" if known[name].kind != "number" else "f8"
        rows["bits"][:, at[name]] = np.asarray(numbers).astype(kind).view("i8")
    values = records.values.copy()
    values["dated"]["first"] = np.arange(count) * per
    values["dated"]["end"] = np.arange(1, count + 1) * per
    return Records(values, rows.ravel(), records.script)


def salib_problem(sweep: Sweep) -> dict[str, Any]:
    """The free factors as a SALib problem on the unit cube."""
    free = _free(sweep)
    return {
        "num_vars": len(free),
        "names": [factor.name for factor in free],
        "bounds": [[0.0, 1.0]] * len(free),
    }


def _free(sweep: Sweep) -> list[Factor]:
    return [factor for factor in sweep.factors.values() if not factor.same_as]


class _Sobol:
    """Sobol points in blocks; a block that starts where the last one ended continues the generator,
    any other restarts it.
    """

    def __init__(self, dimensions: int, seed: int) -> None:
        self._dimensions, self._seed, self._lock = dimensions, seed, threading.Lock()
        self._engine: Any = None

    def points(self, start: int, count: int) -> np.ndarray:
        """Coordinates in [0, 1) of the points from ``start`` on, shape (count, dimensions)."""
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # a block need not be balanced: the full design is
            if self._engine is None or self._engine.num_generated != start:
                self._engine = self._started_at(start)
            return self._engine.random(count)

    def _started_at(self, start: int) -> Any:
        from scipy.stats import qmc

        engine = qmc.Sobol(self._dimensions, scramble=True, rng=np.random.default_rng(self._seed))
        return engine.fast_forward(start) if start else engine


def _salib_points(sweep: Sweep, free: list[Factor]) -> np.ndarray:
    problem = salib_problem(sweep)
    if sweep.kind == "saltelli":
        return salib_sampler("sobol").sample(
            problem, sweep.points, calc_second_order=sweep.second_order, seed=sweep.design_seed
        )
    return salib_sampler("morris").sample(
        problem, sweep.points, num_levels=sweep.levels, seed=sweep.design_seed
    )


def salib_sampler(name: str) -> Any:
    """A sampler of SALib, of which nothing else is used here.

    Raises
    ------
    SimError
        SALib, an extra, is not installed.
    """
    try:
        return import_module(f"SALib.sample.{name}")
    except ImportError:
        raise SimError(
            "SALib is not installed, which draws Saltelli's and Morris' points",
            key=f"SALib.sample.{name}",
            cure='pip install "tariffsim[salib]"',
        ) from None


def values_at(factor: Factor, u: np.ndarray) -> np.ndarray:
    """Values of a factor at coordinates ``u`` in [0, 1], in single precision where they are real
    numbers.
    """
    if factor.values:
        values = np.asarray(factor.values)
        return values[np.minimum((u * len(values)).astype(np.int64), len(values) - 1)]
    low, high = factor.low, factor.high
    assert low is not None and high is not None
    if factor.distribution == "integers":
        return np.minimum(np.floor(low + u * (high - low + 1.0)), high).astype(np.int64)
    if factor.distribution == "loguniform":
        drawn = low * (high / low) ** u
    elif factor.distribution == "uniform":
        drawn = low + (high - low) * u
    else:
        drawn = _shaped(factor, low, high, u)
    single = np.clip(drawn, low, high).astype(np.float32).astype(np.float64)
    return np.clip(single, low, high)


def _shaped(factor: Factor, low: float, high: float, u: np.ndarray) -> np.ndarray:
    from scipy import stats

    if factor.distribution == "triangular":
        assert factor.mode is not None
        return stats.triang.ppf(u, (factor.mode - low) / (high - low), loc=low, scale=high - low)
    assert factor.mean is not None and factor.sd is not None
    ends = ((low - factor.mean) / factor.sd, (high - factor.mean) / factor.sd)
    return stats.truncnorm.ppf(u, *ends, loc=factor.mean, scale=factor.sd)


def _coded(meta: Setting, column: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """A column as the rules have it: choices by number, days by the week that they fall in."""
    if meta.kind == "date":
        return np.asarray([week_of(*days) for days in zip(column, starts, strict=True)], np.int64)
    if meta.kind != "choice":
        return column
    codes = {name: choice_code(meta, name) for name in meta.choices}
    return np.asarray([codes[name] for name in column.tolist()], np.int64)
