"""A negotiation exercise: two parties, issues with discrete options, points of each party for each
option, what each has without agreement, and rounds.

Points are units of a party's own; nothing here compares those of one party with those of the other.
What a package is worth is the sum of its options' points, and of the extra points of combinations
(``together``), so any utilities over the packages can be said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.theory import OutcomeList

__all__ = ["MOST_OUTCOMES", "Combination", "Exercise", "Topic"]

MOST_OUTCOMES = 200_000
"""Packages of an exercise at most: sorting them for one party takes some 30 ms."""
_DIGITS = 10  # of points: what differs less is rounding of their sum, and counts as equal


@dataclass(frozen=True)
class Topic:
    """One issue: its options as a player reads them, and the points of each party for each."""

    name: str
    options: tuple[str, ...]
    points: tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Combination:
    """Extra points for packages that hold all of these options (issue, option)."""

    options: tuple[tuple[str, str], ...]
    points: tuple[float, float]


@dataclass(frozen=True)
class Exercise:
    """A negotiation exercise.

    Attributes
    ----------
    name, title, about
        What it is called in files, in headings, and what it is about.
    parties
        The names of both.
    issues
        What is negotiated, in the order of the sheet.
    walk_away
        What each party has without agreement, in its own points.
    rounds
        How often each party may speak.
    discount
        What a point in the last round is worth in the first, of each party; 1: as much.
    together
        Extra points of combinations.
    notes
        What the reader of a file took for granted, a sentence each; not part of the exercise.
    """

    name: str
    parties: tuple[str, str]
    issues: tuple[Topic, ...]
    walk_away: tuple[float, float]
    rounds: int
    discount: tuple[float, float] = (1.0, 1.0)
    together: tuple[Combination, ...] = ()
    title: str = ""
    about: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def count(self) -> int:
        """How many packages there are."""
        return math.prod(len(topic.options) for topic in self.issues)

    @cached_property
    def choices(self) -> np.ndarray:
        """The place of the option of each issue in each package, shape (packages, issues)."""
        grid = np.indices([len(topic.options) for topic in self.issues], np.int32)
        return grid.reshape(len(self.issues), -1).T

    @cached_property
    def order(self) -> list[int]:
        """The issues in an order that follows from their points alone: sums and draws follow it,
        so that neither depends on how a sheet lists or names them.
        """
        return sorted(
            range(len(self.issues)),
            key=lambda k: sorted(zip(*self.issues[k].points, strict=True)),
        )

    @cached_property
    def extra(self) -> np.ndarray:
        """Points of combinations in each package, shape (packages, 2)."""
        found = np.zeros((self.count, 2))
        places = {topic.name: k for k, topic in enumerate(self.issues)}
        for one in sorted(self.together, key=lambda one: one.points):
            holds = np.ones(self.count, bool)
            for issue, option in one.options:
                k = places[issue]
                holds &= self.choices[:, k] == self.issues[k].options.index(option)
            found[holds] += one.points
        return found

    @cached_property
    def utilities(self) -> np.ndarray:
        """Points of each package, shape (packages, 2), rounded to ten digits of the largest."""
        return np.stack([self.worth(party, np.ones(len(self.issues))) for party in (0, 1)], axis=1)

    def worth(self, party: int, weights: np.ndarray) -> np.ndarray:
        """Points of each package to a party whose differences on each issue count ``weights``
        times as much, shape (packages,).
        """
        total = self.extra[:, party].copy()
        for k in self.order:
            points = np.asarray(self.issues[k].points[party])
            least = points.min()
            weighed = points if weights[k] == 1.0 else least + weights[k] * (points - least)
            total += weighed[self.choices[:, k]]
        return _rounded(total)

    @cached_property
    def outcomes(self) -> OutcomeList:
        """The packages as a bargaining problem: frontier and solutions."""
        return OutcomeList(self.utilities, self.walk_away)

    def package(self, place: int) -> dict[str, str]:
        """The options of a package by issue."""
        return {
            topic.name: topic.options[n]
            for topic, n in zip(self.issues, self.choices[place], strict=True)
        }

    def words(self, place: int) -> str:
        """A package in a line."""
        return ", ".join(f"{name} {option}" for name, option in self.package(place).items())

    def place(self, package: dict[str, str]) -> int:
        """The place of a package among all, by its options."""
        shape = [len(topic.options) for topic in self.issues]
        chosen = [topic.options.index(package[topic.name]) for topic in self.issues]
        return int(np.ravel_multi_index(chosen, shape))


def _rounded(points: np.ndarray) -> np.ndarray:
    """Points without the rounding of their sum, in which equal packages would differ."""
    size = float(np.abs(points).max())
    return points if size == 0.0 else np.round(points, _DIGITS - 1 - math.floor(math.log10(size)))
