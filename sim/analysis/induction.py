"""Candidate boxes from points and the share of an outcome at each: patient rule induction (PRIM,
Friedman and Fisher 1999) as EMA Workbench computes it, and the leaves and branches of a shallow
regression tree of scikit-learn's (CART).

Both see shares over the runs of a point, not single runs, whose noise they would split. Of many
levers only those that go with the share most are looked at: a box moves the mean share along each
of its levers, so that no lever of a box is missed for acting only in company. Nothing here judges a
box; that is done on other points (:mod:`sim.analysis.boxes`).
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.boxes import (
    MOST_LEVERS,
    Box,
    Domain,
    Limit,
    distinct,
    polished,
    readable,
    relaxed,
    score,
    with_few_levers,
)
from sim.config.errors import SimError

__all__ = ["LIBRARIES", "Candidate", "candidates", "check_libraries", "screened"]

MOST_SCREENED = 6  # levers: twice those of a box; PRIM's time grows with them
_POLISHED = 3  # of the best boxes of a method are those whose ends are moved once more
_BINS = 8  # of a lever's range, in which its mean shares are compared
_LEAST_MASS = 0.05  # of the points in a box: PRIM's own default; also of a leaf of the tree
_NOWHERE = logging.NullHandler()
LIBRARIES = {"ema-workbench": "ema_workbench", "scikit-learn": "sklearn"}
"""Distribution and module of each library of the extra ``discover``."""
Columns = Mapping[str, np.ndarray]


class Candidate(NamedTuple):
    """A box, and whether ``prim`` or the ``tree`` gave it."""

    box: Box
    method: str


def check_libraries() -> None:
    """Refuse where the libraries are not installed.

    Raises
    ------
    SimError
        With the cure.

    Examples
    --------
    Where they are installed nothing happens:

    >>> check_libraries()
    """
    missing = [name for name in LIBRARIES.values() if importlib.util.find_spec(name) is None]
    if missing:
        raise SimError(
            "needs libraries that are not installed",
            key="discover",
            given=", ".join(missing),
            cure='pip install "tariffsim[discover]"',
        )


def screened(
    columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]
) -> dict[str, float]:
    """The levers that go with the share most, each with the part of the variance between points
    that it explains alone, the largest first.

    Parameters
    ----------
    columns
        A column a lever, a row a point.
    shares
        Share of the outcome at each point, shape (points,).
    domains
        What each lever is drawn over.

    Examples
    --------
    >>> columns = {"idle": np.tile([0.0, 1.0], 8), "x": np.repeat([0.0, 1.0], 8)}
    >>> found = screened(columns, columns["x"], {name: Domain(0.0, 1.0) for name in columns})
    >>> {name: round(part, 6) for name, part in found.items()}
    {'x': 1.0, 'idle': 0.0}
    """
    total = float(((shares - shares.mean()) ** 2).sum())
    parts = {
        name: _explained(columns[name], shares, domain) / total if total else 0.0
        for name, domain in domains.items()
    }
    order = sorted(parts, key=lambda name: -parts[name])
    return {name: parts[name] for name in order[:MOST_SCREENED]}


def _explained(column: np.ndarray, shares: np.ndarray, domain: Domain) -> float:
    """Sum of squares between the bins of a lever."""
    place = np.unique(column, return_inverse=True)[1]
    if not domain.values and place.max() >= _BINS:
        place = _bins(np.asarray(column, float))
    count = np.bincount(place)
    mean = np.divide(np.bincount(place, shares), count, out=np.zeros(len(count)), where=count > 0)
    return float((count * (mean - shares.mean()) ** 2).sum())


def _bins(values: np.ndarray) -> np.ndarray:
    """Bins of equal count, numbered from 0."""
    edges = np.quantile(values, np.arange(1, _BINS) / _BINS)
    return np.asarray(np.searchsorted(edges, values, side="right"))


def candidates(
    columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]
) -> list[Candidate]:
    """Boxes of at most three levers in which the share is above its mean, each once.

    Parameters
    ----------
    columns
        Values of each lever at the points, each of shape (points,).
    shares
        Share of the outcome at each point, shape (points,).
    domains
        What each lever is drawn over; the order of equal boxes follows it.

    Examples
    --------
    >>> columns = {"a": np.linspace(0.0, 1.0, 200)}
    >>> found = candidates(columns, (columns["a"] > 0.6).astype(float), {"a": Domain(0.0, 1.0)})
    >>> found[0].box.limits
    {'a': Limit(low=0.6, high=1.0, values=())}
    """
    if np.ptp(shares) == 0.0:
        return []
    kept, known = list[Candidate](), list[Box]()
    for method, raw in (("prim", _patient), ("tree", _branches)):
        few = [with_few_levers(box, columns, shares) for box in raw(columns, shares, domains)]
        wide = [relaxed(box, columns, shares, domains) for box in few]
        said = distinct(readable(box, domains) for box in [*wide, *few])
        said.sort(key=lambda box: -float(score(box.holds(columns), shares)))
        best = [polished(box, columns, shares, domains) for box in said[:_POLISHED]]
        for box in distinct([*best, *said]):
            inside = box.holds(columns)
            if box in known or not box.limits or inside.mean() < _LEAST_MASS:
                continue
            if score(inside, shares) > 0.0:
                known.append(box)
                kept.append(Candidate(box, method))
    return kept


def _patient(columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]) -> list[Box]:
    """Every box on PRIM's way over all levers; then over those three alone that its best box of
    three has, whose way is not led astray by the others.
    """
    first = _peeled(columns, shares, domains)
    few = [with_few_levers(box, columns, shares) for box in first]
    best = max(few, key=lambda box: float(score(box.holds(columns), shares)), default=Box({}))
    own = {name: domain for name, domain in domains.items() if name in best.limits}
    if not own or len(own) == len(domains):
        return first
    return [*_peeled(columns, shares, own), *first]


def _peeled(columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]) -> list[Box]:
    """The boxes of one peeling and pasting of EMA Workbench's PRIM on continuous shares."""
    prim = _prim()
    frame = pd.DataFrame({name: _handed(columns[name], domains[name]) for name in domains})
    whole = prim.PRIMObjectiveFunctions.LENIENT1
    given: dict[str, Any] = {"obj_function": whole, "mass_min": _LEAST_MASS}
    with _quiet():
        if hasattr(prim, "RegressionPrim"):  # version 3; before, a mode of the one class
            made = prim.RegressionPrim(frame, shares, **given)
        else:
            mode = prim.sdutil.RuleInductionType.REGRESSION
            made = prim.Prim(frame, shares, 0.0, mode=mode, **given)
        trajectory = made.find_box().box_lims
    return [_box_of(limits, made.box_init, domains) for limits in trajectory]


def _handed(column: np.ndarray, domain: Domain) -> Any:
    """A lever as PRIM takes it: numbers as float64, whole ones too, which puts a box's edge between
    two of them; all else as text.
    """
    if domain.values:
        return pd.Categorical([_word(value) for value in column.tolist()])
    return np.asarray(column, float)


def _prim() -> Any:
    """EMA Workbench's PRIM, imported when first used: it takes seconds."""
    with _quiet():
        return importlib.import_module("ema_workbench.analysis.prim")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of what else could be installed, and no lines in anybody's log."""
    log = logging.getLogger("EMA")
    before = log.propagate
    log.addHandler(_NOWHERE)
    log.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.propagate = before
        log.removeHandler(_NOWHERE)


def _box_of(limits: pd.DataFrame, start: pd.DataFrame, domains: Mapping[str, Domain]) -> Box:
    """A box of EMA Workbench's; an end that was not peeled is that of the lever's range."""
    found = {}
    for name, domain in domains.items():
        if name not in limits:  # a category of a single value, which PRIM leaves out
            continue
        low, high = limits[name]
        if domain.values:
            if low != start[name][0]:
                found[name] = Limit(values=tuple(v for v in domain.values if _word(v) in low))
            continue
        ends = (
            domain.low if low == start[name][0] else float(low),
            domain.high if high == start[name][1] else float(high),
        )
        if ends != (domain.low, domain.high):
            found[name] = Limit(*ends)
    return Box(found)


def _word(value: Any) -> str:
    """How a category is handed over: as text, because PRIM tells types apart by their look."""
    return str(value)


def _branches(columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]) -> Iterator[Box]:
    """The boxes of a tree's nodes below its root; a tree of depth three has no box of more
    levers.
    """
    from sklearn.tree import DecisionTreeRegressor

    coded, meaning = _coded(columns, domains)
    least = max(1, int(np.ceil(_LEAST_MASS * len(shares))))
    tree = DecisionTreeRegressor(max_depth=MOST_LEVERS, min_samples_leaf=least, random_state=0).fit(
        coded, shares
    )
    tree = tree.tree_
    waiting = [(0, Box({}))]
    while waiting:
        node, box = waiting.pop(0)
        if box.limits:
            yield box
        if tree.children_left[node] < 0:
            continue
        name, value = meaning[tree.feature[node]]
        for below, child in (
            (True, tree.children_left[node]),
            (False, tree.children_right[node]),
        ):
            limit = _split(box, name, domains[name], value, tree.threshold[node], below)
            waiting.append((child, box.put(name, limit)))


def _coded(
    columns: Columns, domains: Mapping[str, Domain]
) -> tuple[np.ndarray, list[tuple[str, Any]]]:
    """Columns as numbers, a category as a column a value; and what each stands for."""
    parts, meaning = [], list[tuple[str, Any]]()
    for name, domain in domains.items():
        for value in domain.values or (None,):
            given = np.asarray(columns[name])
            parts.append((given == value) if domain.values else given)
            meaning.append((name, value))
    return np.column_stack([np.asarray(part, float) for part in parts]), meaning


def _split(box: Box, name: str, domain: Domain, value: Any, threshold: float, below: bool) -> Limit:
    """The limit on a lever after a split: a number below or above, a category without or with."""
    before = box.limits.get(name, Limit(domain.low, domain.high, domain.values))
    if domain.values:
        kept = [v for v in before.values if (v == value) != below]
        return Limit(values=tuple(kept))
    if below:
        return Limit(before.low, min(before.high, float(threshold)))
    return Limit(max(before.low, float(threshold)), before.high)
