"""A small design over the uncertain settings: those with a plausible range, varied together around
a scenario.

Settings that the scenario changes from their default stay fixed. So do settings without a plausible
range, because the record fixes them, and values outside their plausible range. Ranges are those of
the fields (``docs/parameters.md``), taken as uniform and independent: judgements.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.config.contradictions import broken_rows
from sim.config.fields import Setting, leaves
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.sweeps.design import Columns, params_of
from sim.vocabulary import OUTCOMES

__all__ = [
    "FIRST_RUN",
    "POINTS",
    "RUNS",
    "Plausible",
    "draw_points",
    "plausible_points",
    "plausible_ranges",
    "run_plausible",
]

POINTS, RUNS = (
    128,
    4,
)  # 512 runs, about a quarter of a second: the spread between settings is known to some 15 %
_FEWEST_POINTS = 32
_DRAWN = (
    4  # points drawn for one that is kept: a scenario's own values may contradict most of a range
)
FIRST_RUN = 2**31
"""Beyond the run numbers of any batch, so that the draws differ from those of the main result."""
_WORDS = ("name", "title", "about")
_MOST_KEPT = 64  # scenarios of one multirun; each takes about half a second

_kept: dict[tuple[Any, ...], Plausible | None] = {}


class Plausible(NamedTuple):
    """``moved`` names the settings; ``hits`` counts the runs of each point that ended in each
    outcome, (points, outcomes); ``runs`` is the number per point.
    """

    moved: tuple[str, ...]
    hits: np.ndarray
    runs: int


def plausible_ranges(scenario: Scenario) -> dict[str, Setting]:
    """The settings that the record leaves open and the scenario does not set, by dotted name."""
    usual = {path: value for path, _, value in leaves(Scenario())}
    return {
        path: meta
        for path, meta, value in leaves(scenario)
        if meta.plausible
        and meta.plausible[0] <= value <= meta.plausible[1]
        and value == usual.get(path, value)
    }


def run_plausible(scenario: Scenario, seed: int, threads: int = 0) -> Plausible | None:
    """Run the design, every run with its own draws; None where no setting is open or too few points
    satisfy the rules between settings.

    The result is cached, so that the jobs of a multirun with the same scenario run it once.
    """
    key = (seed, *((path, value) for path, _, value in leaves(scenario) if path not in _WORDS))
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = _run(scenario, seed, threads)
    return _kept[key]


def plausible_points(scenario: Scenario) -> Columns:
    """The points of the design, columns by name; none where no setting is open or too few points
    satisfy the rules between settings.
    """
    open_still = plausible_ranges(scenario)
    columns = draw_points(scenario, open_still) if open_still else {}
    return columns if len(next(iter(columns.values()), ())) >= _FEWEST_POINTS else {}


def _run(scenario: Scenario, seed: int, threads: int) -> Plausible | None:
    columns = plausible_points(scenario)
    if not columns:
        return None
    points = len(next(iter(columns.values())))
    row = np.repeat(np.arange(points), RUNS)
    outs, _ = simulate(
        params_of(scenario, columns, points),
        row,
        FIRST_RUN + np.arange(len(row)),
        seed,
        threads=threads,
    )
    ended = np.asarray(outs["outcome"], np.int64)
    hits = np.bincount(row * len(OUTCOMES) + ended, minlength=points * len(OUTCOMES)).reshape(
        points, -1
    )
    hits.setflags(write=False)
    return Plausible(tuple(columns), hits, RUNS)


def draw_points(scenario: Scenario, open_still: dict[str, Setting], scramble: int = 0) -> Columns:
    """The first points of a Sobol sequence over the ranges that contradict no rule between
    settings, single precision as in a sweep; another ``scramble`` gives other points.
    """
    from scipy.stats import qmc

    unit = qmc.Sobol(len(open_still), scramble=True, rng=np.random.default_rng(scramble)).random(
        _DRAWN * POINTS
    )
    columns = {}
    for column, (name, meta) in zip(unit.T, open_still.items(), strict=True):
        assert meta.plausible is not None
        low, high = meta.plausible
        if meta.kind == "count":
            columns[name] = np.minimum(np.floor(low + column * (high - low + 1.0)), high).astype(
                np.int64
            )
        else:
            columns[name] = np.clip(
                (low + column * (high - low)).astype(np.float32).astype(np.float64), low, high
            )
    keep = ~broken_rows(scenario, columns)
    return {name: values[keep][:POINTS] for name, values in columns.items()}
