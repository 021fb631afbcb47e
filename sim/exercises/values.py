"""What packages of an exercise are worth beside its frontier and solutions: measures of any list of
packages, whoever came to them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.exercises.exercise import Exercise

__all__ = ["CONCEPTS", "Measures", "label_of", "points_text", "solutions_of"]

CONCEPTS: Mapping[str, str] = {"nash": "Nash", "kalai_smorodinsky": "Kalai and Smorodinsky"}
"""Solutions that points are held against, and their names; both do not depend on the units."""


@dataclass(frozen=True)
class Measures:
    """Measures of every package of an exercise, by its place; NaN where both parties cannot gain."""

    exercise: Exercise

    @cached_property
    def efficient(self) -> np.ndarray:
        """Whether no package is better for one party and as good for the other."""
        points, frontier = self.exercise.utilities, self.exercise.outcomes.frontier
        # of the efficient packages at least as good for the first party, the one that is least good
        # for it is the best for the second: a package is efficient where it is worth the same
        first, second = points[frontier, 0][::-1], points[frontier, 1][::-1]
        place = np.searchsorted(first, points[:, 0], side="left")
        return np.asarray((first[place] == points[:, 0]) & (second[place] == points[:, 1]))

    @cached_property
    def nash_ratio(self) -> np.ndarray:
        """Product of gains over the largest."""
        gains, best = self.exercise.outcomes.gains, self.exercise.outcomes.nash
        most = float(gains[best[0]].prod()) if best else math.nan
        return np.asarray(np.maximum(gains, 0.0).prod(axis=1) / most)

    def distance(self, concept: str) -> np.ndarray:
        """Distance to the nearest package of a solution, gains as shares of the ideal ones."""
        outcomes = self.exercise.outcomes
        found = np.full(self.exercise.count, math.nan)
        for place in getattr(outcomes, concept):
            ideal = np.asarray(outcomes.ideal) - np.asarray(outcomes.disagreement)
            away = np.hypot(*((outcomes.gains - outcomes.gains[place]) / ideal).T)
            found = np.fmin(found, away)
        return found

    def left(self, party: int, places: Sequence[int]) -> np.ndarray:
        """Points that a party could have more of with the other no worse off."""
        points, frontier = self.exercise.utilities, self.exercise.outcomes.frontier
        own, its = points[frontier, party], points[frontier, 1 - party]
        return np.asarray(
            [own[its >= points[n, 1 - party]].max() - points[n, party] for n in places]
        )


def solutions_of(exercise: Exercise) -> pd.DataFrame:
    """The packages of both solutions, several where they come as near, and the best of each party
    among the efficient ones that leave neither below its walk-away.
    """
    outcomes = exercise.outcomes
    places = [(name, place) for name in CONCEPTS for place in getattr(outcomes, name)]
    if len(outcomes.rational):
        best = (int(outcomes.rational[0]), int(outcomes.rational[-1]))
        places += [(f"best for {p}", n) for p, n in zip(exercise.parties, best, strict=True)]
    names = [f"points.{party}" for party in exercise.parties]
    rows = [
        (name, exercise.words(place), *exercise.utilities[place].tolist()) for name, place in places
    ]
    return pd.DataFrame(rows, columns=["solution", "package", *names])


def label_of(name: str) -> str:
    """A strategy as it is written in text."""
    return name.replace("_", " ")


def points_text(value: float) -> str:
    """Points to four figures, or all digits before the point."""
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
