"""Many changes of one scenario under the same draws: the runs of each, for an objective or a search.

Run k uses the same draws whatever is changed (common random numbers), so that changes are compared
free of most noise. With ``over`` the other settings are not known: run k stands at a point of the
small design over the plausible settings (:mod:`sim.sweeps.plausible`), the same for every change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.config.contradictions import broken_rows
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.sweeps.design import Columns, params_of
from sim.sweeps.plausible import draw_points, plausible_ranges

__all__ = ["Draws", "columns_of", "other_settings"]

_RECORDS = 2_048  # settings held as records at a time: 8 MB
Change = Mapping[str, Any]
Progress = Callable[[int, int], None]


def columns_of(scenario: Scenario, changes: Sequence[Change]) -> Columns:
    """Changes as columns of a design: the scenario's own value where a change leaves a setting."""
    own = {path: value for path, _, value in leaves(scenario)}
    moved = dict.fromkeys(path for change in changes for path in change)
    return {path: np.asarray([change.get(path, own[path]) for change in changes]) for path in moved}


def other_settings(
    scenario: Scenario, levers: Sequence[str], fresh: int = 0
) -> dict[str, np.ndarray]:
    """Points of the settings that the record leaves open and no lever moves, by dotted name; each
    (points,).

    ``fresh`` 0 gives the points of the interval of the settings, another number other points.
    """
    open_still = {
        path: meta for path, meta in plausible_ranges(scenario).items() if path not in levers
    }
    return draw_points(scenario, open_still, fresh) if open_still else {}


@dataclass
class Draws:
    """The runs of changes of a scenario.

    Attributes
    ----------
    scenario
        What is changed.
    runs, seed
        Runs a change, from number 0, and the seed of their draws.
    threads
        0 takes every processor.
    over
        Points of other settings by dotted name, each (points,); empty: these stay as they are.
    progress
        Called with (runs done, runs in all) of each batch.
    """

    scenario: Scenario
    runs: int
    seed: int
    threads: int = 0
    over: Mapping[str, np.ndarray] = field(default_factory=dict)
    progress: Progress | None = None

    @property
    def points(self) -> np.ndarray:
        """The point of other settings at which each run stands, shape (runs,)."""
        count = len(next(iter(self.over.values()), (0,)))
        return np.arange(self.runs) % count

    @property
    def cluster(self) -> np.ndarray | None:
        """The point of each run where points are drawn too, else None."""
        return self.points if self.over else None

    def fewer(self, runs: int) -> Draws:
        """The first of the same runs."""
        return replace(self, runs=runs)

    def possible(self, changes: Sequence[Change]) -> np.ndarray:
        """Which changes break no rule between settings, bool, shape (changes,)."""
        columns = self._columns(changes)
        if not columns:
            return np.ones(len(changes), bool)
        broken = broken_rows(self.scenario, columns)
        return np.asarray(~broken.reshape(len(changes), -1).any(axis=1))

    def outs(self, changes: Sequence[Change]) -> np.ndarray:
        """Records of dtype RUN, shape (changes, runs); none may break a rule."""
        columns = self._columns(changes)
        per = len(self._at)
        parts = []
        step = max(1, _RECORDS // per)
        for start in range(0, len(changes), step):
            stop = min(start + step, len(changes))
            rows = slice(start * per, stop * per)
            own = {path: values[rows] for path, values in columns.items()}
            records = params_of(self.scenario, own, (stop - start) * per)
            row = (np.arange(stop - start)[:, None] * per + self.points).ravel()
            run = np.tile(np.arange(self.runs), stop - start)
            made, _ = simulate(
                records, row, run, self.seed, threads=self.threads, progress=self.progress
            )
            parts.append(made.reshape(stop - start, self.runs))
        return np.concatenate(parts)

    @property
    def _at(self) -> np.ndarray:
        return np.unique(self.points)

    def _columns(self, changes: Sequence[Change]) -> Columns:
        """A row for each change and point of the other settings that some run stands at."""
        at, count = self._at, len(changes)
        columns = {
            path: np.tile(np.asarray(values)[at], count) for path, values in self.over.items()
        }
        moved = columns_of(self.scenario, changes)
        return columns | {path: np.repeat(values, len(at)) for path, values in moved.items()}

    def outcomes(self, changes: Sequence[Change]) -> np.ndarray:
        """Codes of the outcomes, shape (changes, runs)."""
        return np.asarray(self.outs(changes)["outcome"], np.int64)
