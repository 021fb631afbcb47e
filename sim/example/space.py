"""The bargaining of one run on one track: the offers, week by week, and the true frontier at the
end.

The offers on the track are recorded until it is settled, or to the last week of talks. All are
valued at the true worth of the issues in that last week (:mod:`sim.rules.bargaining` with TRUTH;
the frontier is :mod:`sim.rules.packages`'), so that offers of all weeks are comparable and none
lies beyond the frontier. It reads the state and changes nothing in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.results.example import BargainingSpace
from sim.rules.codes import CN, US
from sim.rules.packages import efficient, nash_product, prepare, values
from sim.rules.state import PROBLEM, ROOM
from sim.rules.tracks import EVERY, TRUTH, fill_problem
from sim.vocabulary import TRACKS, happened

__all__ = ["Talks", "bargaining_space"]

_POINTS = 400  # of a frontier: neighbours less than a pixel apart in a figure of 10 inches
_BEYOND = (
    4.0  # the frontier ends at its last breakpoints; weights this much further give its two corners
)


class Talks:
    """The offers on a track.

    Attributes
    ----------
    track, settled
        The track; whether it was settled, after which nothing is recorded.
    weeks
        Weeks with talks, counted from 1.
    levels
        For each week the levels that each side proposes, shape (side, issue); NaN without a
        standing offer.
    state
        The state at the end of the last of these weeks.
    """

    def __init__(self, track: int) -> None:
        self.track, self.settled = track, False
        self.weeks, self.levels = list[int](), list[np.ndarray]()
        self.state: Any = None

    def hear(self, state: Any, series: Any, week: int) -> None:
        """Record a week: its state and its series, of dtype WEEK."""
        if self.settled:
            return
        stands = state["sides"]["standing"][:, self.track].astype(bool)
        self.settled = happened(int(series["events"]), f"deal_{TRACKS.names[self.track]}")
        if self.settled or stands.any():
            self.state = state.copy()
            self.weeks.append(week)
            self.levels.append(np.where(stands[:, None], state["offers"][self.track], np.nan))


def bargaining_space(talks: Talks, params: Any) -> BargainingSpace:
    """Describe the talks on a track with at least one week of talks; ``params`` is the record of
    the settings.
    """
    track, state = talks.track, talks.state
    problem, every = _problem(state, params, track), _problem(state, params, int(EVERY))
    agreed, reservation = state["issues"]["agreed"], state["sides"]["reservation"][:, track].copy()
    offers = np.array([[_worth(problem, side) for side in levels] for levels in talks.levels])
    return BargainingSpace(
        track=TRACKS.names[track],
        week=np.array(talks.weeks, float),
        offer_us=offers[:, US],
        offer_cn=offers[:, CN],
        reservation=reservation,
        frontier=_frontier(problem),
        frontier_all=_frontier(every) - (_worth(every, agreed) - _worth(problem, agreed)),
        deal=_worth(problem, agreed) if talks.settled else np.full(2, np.nan),
        nash=_nash(problem, reservation),
    )


def _problem(state: Any, params: Any, track: int) -> Any:
    """The true bargaining problem of a track, or of every track, as the state stands."""
    problem = np.zeros(1, PROBLEM)[0]
    fill_problem(state, params, problem, np.int64(track), TRUTH)
    prepare(problem, np.zeros(ROOM))
    return problem


def _worth(problem: Any, levels: np.ndarray) -> np.ndarray:
    """Worth to the US and to China of a package given as levels of all issues, shape (issues,)."""
    package = np.zeros(ROOM)
    chosen = problem["issue"][: problem["count"]]
    package[: len(chosen)] = levels[chosen]
    return np.array(values(problem, package))


def _frontier(problem: Any) -> np.ndarray:
    """The efficient packages in value space, from the US's best to China's, shape (points, 2)."""
    points = problem["point"][: problem["points"]]
    package = np.zeros(ROOM)
    if not len(points):
        efficient(problem, 1.0, package)
        return np.array([values(problem, package)])
    weights = np.union1d(np.geomspace(points[0] / _BEYOND, points[-1] * _BEYOND, _POINTS), points)
    traced = np.empty((len(weights), 2))
    for row, weight in zip(traced, weights, strict=True):
        efficient(problem, float(weight), package)
        row[:] = values(problem, package)
    return traced


def _nash(problem: Any, reservation: np.ndarray) -> np.ndarray:
    package = np.zeros(ROOM)
    if nash_product(problem, float(reservation[0]), float(reservation[1]), package) <= 0.0:
        return np.full(2, np.nan)
    return np.array(values(problem, package))
