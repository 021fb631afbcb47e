"""Choose the example run of a result, run it once more and keep what figures need of it.

The run is the typical one (:mod:`sim.analysis.typical`), which is known only after all runs. It is
computed by the compiled week (:mod:`sim.rules.week`), so that it has the same bits as the run in
the table, without importing Mesa.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.typical import Typical, typical_run
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.example.space import Talks, bargaining_space
from sim.results.columns import weeks_table
from sim.results.example import Example
from sim.rules import steps
from sim.rules.codes import FIXED, N_TRACKS, TRUCE
from sim.rules.measures import WEEK
from sim.rules.state import allocate, tiles

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["make_example"]

_MOST_COMPARED = 10_000  # runs searched for the typical one: 0.2 s
_MOST_DEADLINES = (
    12  # lines of a figure; a year and a half of London's truces, six years of the longest
)


def make_example(
    scenario: Scenario, seed: int, runs: pd.DataFrame, run: int | None = None
) -> Example:
    """The example of a result: its typical run, or the one of a number, computed once more.

    Parameters
    ----------
    scenario, seed
        The scenario and seed of the runs.
    runs
        The table of runs; among its first 10,000 the typical one is chosen.
    run
        The number of a run of the table, to take instead of the typical one.
    """
    typical = typical_run(runs.head(_MOST_COMPARED)) if run is None else _asked(runs, run)
    params = flatten(scenario)
    p = params.values
    dated = (params.dated, p.view(np.int64))
    state = allocate(int(tiles(p[0]["firms"]["goods"]["firms"]).sum()))
    series = np.zeros((1, scenario.calendar.horizon_weeks), WEEK)
    steps.begin(state.whole, state.firms, p, params.script, np.uint64(seed), typical.run)
    deadlines = _deadlines(state.whole[0]["world"], p[0]["truce"])
    talks = [Talks(track) for track in range(N_TRACKS)]
    for week in range(series.shape[1]):
        steps.live(state.whole, state.firms, p, *dated, series[0, week : week + 1])
        for track in talks:
            track.hear(state.whole[0], series[0, week], week + 1)
    weeks = weeks_table(series, params, scenario.calendar.start, "all").assign(run=typical.run)
    talked = next((track for track in talks if track.weeks), None)
    return Example(*typical, deadlines, weeks, bargaining_space(talked, p[0]) if talked else None)


def _asked(runs: pd.DataFrame, run: int) -> Typical:
    """A run by its number, as the medoid over no measures."""
    ended = runs["outcome"].astype(str)
    outcome = ended[(runs["run"] == run).to_numpy()].iloc[0]
    return Typical(run, outcome, int((ended == outcome).sum()), 0)


def _deadlines(world: np.void, truce: np.void) -> np.ndarray:
    """Weeks after which deadlines fall, for a truce in force on the first day or one agreed later
    that is always renewed; where lengths are bargained only the first is known, and none without
    a date.
    """
    in_force, fixed = world["status"] == TRUCE, truce["lengths"] == FIXED
    if not (truce["dated"] if in_force else fixed):
        return np.empty(0)
    length = int(truce["length_weeks"])
    first = int(world["deadline"]) if in_force else length
    return first + length * np.arange(_MOST_DEADLINES if fixed else 1, dtype=float)
