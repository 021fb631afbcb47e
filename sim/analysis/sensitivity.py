"""Which settings decide: sensitivity indices of a sweep, by what its design allows.

A Saltelli design gives first- and total-order indices (Saltelli et al. 2010), Morris' trajectories mean absolute elementary effects (Campolongo,
Cariboni, Saltelli 2007), both by SALib. Any other design gives first-order indices from the data as they are: the variance of the mean over
classes of a setting, as a share of all variance (the correlation ratio; Plischke, Borgonovo, Smith 2013), less its bias, with a
jackknife interval over groups of points. What single settings leave unexplained is interplay and luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.classes import count_edges, has_more_values
from sim.analysis.shares import Z
from sim.config.errors import SimError
from sim.rules.measures import OUTCOMES

__all__ = ["FIRST", "MOVES", "TOTAL", "first_order", "sensitivity"]

FIRST, TOTAL, MOVES = "first order", "total order", "mean absolute effect"
_CLASSES, _LEAST_RUNS, _GROUPS, _RESAMPLES = 32, 16, 20, 200
_LEAST = 1e-12
_COLUMNS_AT_ONCE = 4  # each reading opens every part, and of a large sweep a few columns are enough to hold
Table = Callable[[list[str]], pd.DataFrame]


def sensitivity(table: Table, described: Mapping[str, Any], names: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:  # fmt: skip
    """Indices of every setting for every measure.

    Parameters
    ----------
    table
        Gives columns of the table of runs, such as ``results.table``.
    described
        The sweep as the manifest has it: ``kind``, ``points``, ``levels``, ``second_order``.
    names
        Settings that the sweep moved, in the order of its factors, without those that copy another.
    measures
        Outcomes (as shares) or columns of runs.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``setting``, ``index`` (first order, total order or mean absolute effect), ``value``, ``low``, ``high`` (95 %). Indices are
        shares of the variance, effects are in the measure's unit for a move over half of the setting's range or more.

    Raises
    ------
    SimError
        A Saltelli or Morris design of which not every point was run.
    """
    by_kind = {"saltelli": _saltelli, "morris": _morris}
    rows = by_kind.get(described.get("kind", ""), _given)(table, described, list(names), list(measures))
    return pd.DataFrame(rows, columns=["measure", "setting", "index", "value", "low", "high"])


Row = tuple[str, str, str, float, float, float]


def _given(table: Table, described: Mapping[str, Any], names: list[str], measures: list[str]) -> Iterator[Row]:
    frame = table(["point", *_columns(measures)])
    point = frame["point"].to_numpy()
    # by lot: in a Sobol sequence every fourth point lies in one quarter of a setting's range
    group = np.random.default_rng(0).integers(0, _GROUPS, int(point.max()) + 1, np.uint8)[point].astype(np.int64)
    values = {measure: _values(frame, measure) for measure in measures}
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        some = names[start : start + _COLUMNS_AT_ONCE]
        columns = table(some)
        for name in some:
            classes = _classes(columns.pop(name))
            for measure, y in values.items():
                yield measure, name, FIRST, *first_order(classes, y, group)


def _saltelli(table: Table, described: Mapping[str, Any], names: list[str], measures: list[str]) -> Iterator[Row]:
    from SALib.analyze import sobol

    second = bool(described.get("second_order"))
    rows = int(described["points"]) * ((2 * len(names) if second else len(names)) + 2)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    for measure, y in _by_point(table, measures, rows):
        still = {f"{short}{end}": np.zeros(len(names)) for short in ("S1", "ST") for end in ("", "_conf")}
        found = still if np.ptp(y) < _LEAST else sobol.analyze(problem, y, calc_second_order=second, num_resamples=_RESAMPLES, seed=1)  # fmt: skip
        for index, short in ((FIRST, "S1"), (TOTAL, "ST")):
            for name, value, half in zip(names, found[short], found[f"{short}_conf"], strict=True):
                yield measure, name, index, float(value), float(value - half), float(value + half)


def _morris(table: Table, described: Mapping[str, Any], names: list[str], measures: list[str]) -> Iterator[Row]:
    from SALib.analyze import morris

    rows = int(described["points"]) * (len(names) + 1)
    settings = table(["point", *names]).drop_duplicates("point").sort_values("point")
    places = np.column_stack([_ranks(settings[name], described, name) for name in names])
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    for measure, y in _by_point(table, measures, rows):
        found = morris.analyze(problem, places, y, num_levels=int(described["levels"]), num_resamples=_RESAMPLES, seed=1)  # fmt: skip
        for name, value, half in zip(names, found["mu_star"], found["mu_star_conf"], strict=True):
            yield measure, name, MOVES, float(value), max(0.0, float(value - half)), float(value + half)


def _ranks(column: pd.Series, described: Mapping[str, Any], name: str) -> np.ndarray:
    """Places of values along their own order, from 0 to 1: the order of a choice is that of the sweep."""
    order = ((described.get("factors") or {}).get(name) or {}).get("choices") or sorted(column.unique())
    return np.asarray([list(order).index(value) for value in column], float) / max(1, len(order) - 1)


def _by_point(table: Table, measures: list[str], rows: int) -> Iterator[tuple[str, np.ndarray]]:
    """Each measure's mean at every point, in the order of points."""
    frame = table(["point", *_columns(measures)])
    for measure in measures:
        means = pd.Series(_values(frame, measure)).groupby(frame["point"].to_numpy()).mean()
        if len(means) != rows or means.isna().any():
            raise SimError("indices need every point of the design, with a value at each", key=measure, given=len(means.dropna()), allowed=f"{rows:,}")  # fmt: skip
        yield measure, means.to_numpy(float)


def _columns(measures: Sequence[str]) -> list[str]:
    return list(dict.fromkeys("outcome" if measure in OUTCOMES else measure for measure in measures))


def _values(frame: pd.DataFrame, measure: str) -> np.ndarray:
    if measure in OUTCOMES:
        return (frame["outcome"] == measure).to_numpy(float)
    return frame[measure].to_numpy(float)


def _classes(column: pd.Series) -> np.ndarray:
    """Class of each value: the value itself where there are few, else one of classes of equally many runs."""
    most = min(_CLASSES, max(4, len(column) // _LEAST_RUNS))
    if column.dtype.kind not in "iuf" or not has_more_values(column, most):
        return pd.factorize(column, sort=True)[0]
    values = column.to_numpy(float)
    return count_edges(values, np.quantile(values, np.linspace(0.0, 1.0, most + 1)[1:-1]))


def first_order(classes: np.ndarray, y: np.ndarray, group: np.ndarray) -> tuple[float, float, float]:
    """First-order index of one setting from data as they are, and the ends of its 95 % interval.

    Parameters
    ----------
    classes
        Class of the setting in each run, whole numbers from 0, shape (n,).
    y
        The measure, shape (n,); runs without a value do not count.
    group
        Group of each run that is left out together in the jackknife, whole numbers from 0, shape (n,).
    """
    known = ~np.isnan(y)
    if not known.all():
        classes, y, group = classes[known], y[known], group[known]
    if not len(y):
        return float("nan"), float("nan"), float("nan")
    k, groups = int(classes.max()) + 1, int(group.max()) + 1
    cell = group * k + classes
    count = np.bincount(cell, minlength=k * groups).reshape(groups, k).astype(float)
    total = np.bincount(cell, weights=y, minlength=k * groups).reshape(groups, k)
    square = np.bincount(group, weights=y * y, minlength=groups)
    whole = _ratio(count.sum(axis=0), total.sum(axis=0), float(square.sum()))
    left = np.asarray([_ratio(count.sum(axis=0) - count[g], total.sum(axis=0) - total[g], float(square.sum() - square[g])) for g in range(groups)])  # fmt: skip
    half = float(Z * np.sqrt((groups - 1) / groups * ((left - left.mean()) ** 2).sum()))
    return whole, max(0.0, whole - half), whole + half


def _ratio(count: np.ndarray, total: np.ndarray, square: float) -> float:
    """Variance between classes as a share of all, less what chance gives (omega squared, Hays 1963); never below 0."""
    filled = count > 0
    n, k = float(count.sum()), int(filled.sum())
    centre = float(total.sum()) ** 2 / n
    between = float((total[filled] ** 2 / count[filled]).sum()) - centre
    everything = square - centre
    if everything <= _LEAST or n <= k:
        return 0.0
    within = (everything - between) / (n - k)
    return max(0.0, (between - (k - 1) * within) / (everything + within))
