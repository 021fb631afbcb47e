"""An exercise played by the house's strategies: what each party believes and offers, and one
negotiation after the other.

Each party knows its own points. Of the other's it knows the options' order and size with an error:
on each issue the differences of points count exp(error x draw) times as much, as in the model
(docs/model.md, *Bargaining*); the other's walk-away points it knows. It offers packages that are
efficient in its eyes and leave neither below its walk-away, and asks by its strategy for so many
points of its own. Beliefs are not corrected by what is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.batch import OVER_LISTS
from sim.config.groups.negotiators import Negotiator, Strategy
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.exercises.exercise import Exercise
from sim.exercises.kernel import negotiate
from sim.rules.codes import TRADE
from sim.rules.randomness import BELIEF, normal
from sim.rules.state import allocate
from sim.theory.listed import efficient_places
from sim.vocabulary import STRATEGIES

__all__ = ["PLAYED", "Deal", "Offers", "Table", "believed_weights", "offers_of"]

PLAYED = OVER_LISTS
"""Strategies that a list of packages defines."""
_SLACK = 1e-9  # of a party's range of points: less is the rounding of an aspiration


class Offers(NamedTuple):
    """What one party offers: places of packages, the best for itself first, and the most that it
    believes it can have.
    """

    places: np.ndarray
    best: float


@dataclass(frozen=True)
class Deal:
    """An agreement: the package, the round in which it was accepted (from 1), and who had proposed
    it (0 or 1).
    """

    place: int
    round: int
    proposer: int


def believed_weights(exercise: Exercise, error: float, seed: int, run: int) -> np.ndarray:
    """What each party believes the other's differences of points on each issue count, shape (2,
    issues); 1 is the truth.

    ``error`` is the standard deviation of the logarithm. The draws belong to the issues in the
    order of :attr:`Exercise.order`, so names and order of a sheet change none.
    """
    weights = np.ones((2, len(exercise.issues)))
    if error > 0.0:
        for party in (0, 1):
            for rank, k in enumerate(exercise.order):
                weights[party, k] = np.exp(error * normal(seed, run, BELIEF, party, rank))
    return weights


def offers_of(exercise: Exercise, party: int, weights: np.ndarray) -> Offers:
    """What a party offers that believes the other's points to be so.

    The packages efficient in its eyes that leave neither below its walk-away; where it sees none,
    the efficient ones that it can take itself, of which it then asks for the least.
    """
    own = exercise.utilities[:, party]
    its = exercise.worth(1 - party, weights)
    seen = efficient_places(np.stack([own, its], axis=1))
    floor = exercise.walk_away[party]
    takes = seen[own[seen] >= floor]
    shared = takes[its[takes] >= exercise.walk_away[1 - party]]
    if len(shared):
        return Offers(shared, float(own[shared[0]]))
    return Offers(takes, floor)


class Table:
    """A table at which two parties negotiate over a list of packages, with a state and settings of
    its own.

    Parameters
    ----------
    utilities
        Points of each package, shape (packages, 2).
    floors
        What each party has without agreement.
    rounds
        How often each may speak.
    strategy
        Settings of the strategies; ``steps`` is not used: MiCRO takes one package after another.
    clock
        Rounds until the clock is full; ``rounds`` unless given.
    """

    def __init__(
        self,
        utilities: np.ndarray,
        floors: Sequence[float],
        rounds: int,
        strategy: Strategy | None = None,
        clock: int | None = None,
    ) -> None:
        strategy = strategy or Strategy()
        self._utilities, self._floors = utilities, np.asarray(floors, float)
        self._rounds = rounds
        self.settings = np.atleast_1d(flatten(Scenario()).record.copy())
        for name in ("exponent", "reciprocity", "hold"):
            self.settings["sides"]["strategy"][name] = getattr(strategy, name)
        self._state = allocate(1).whole
        self._state["world"]["clock_start"] = 0
        self._state["world"]["deadline"] = rounds if clock is None else clock
        self.slack = _SLACK * np.ptp(utilities, axis=0)
        self._standing = np.zeros(2, np.int64)
        self.path = np.full((rounds, 2), -1)
        self.listed: tuple[np.ndarray, np.ndarray] = (np.zeros(0, int), np.zeros(0, int))

    def seat(self, offers: tuple[Offers, Offers]) -> None:
        """Both parties with what they offer."""
        most = max(1, *(len(one.places) for one in offers))
        self._own, self._its = np.zeros((2, most)), np.zeros((2, most))
        for i, (places, _) in enumerate(offers):
            self._own[i, : len(places)] = self._utilities[places, i]
            self._its[i, : len(places)] = self._utilities[places, 1 - i]
        self._counts = np.asarray([len(one.places) for one in offers])
        self._best = [one.best for one in offers]
        self.listed = (offers[0].places, offers[1].places)

    def play(self, strategies: Sequence[str], opener: int) -> Deal | None:
        """One negotiation of both strategies, ``opener`` speaking first; None without agreement.

        :attr:`path` then has the places of the offers in :attr:`listed`, -1 where there was none.
        """
        sides: Any = self._state["sides"][0]
        own: Any = self.settings["sides"]["strategy"][0]
        for i, name in enumerate(strategies):
            ranks = name == "micro"
            own["kind"][i] = STRATEGIES[name].code
            own["steps"][i] = max(1, self._counts[i] - 1)
            sides["reservation"][i, TRADE] = 0.0 if ranks else self._floors[i]
            sides["best"][i, TRADE] = 1.0 if ranks else self._best[i]
        found, proposer, place = negotiate(
            self._state, self.settings, self._own, self._its, self._counts, self._floors,
            self.slack, self._rounds, opener, self._standing, self.path,
        )  # fmt: skip
        if found < 0:
            return None
        return Deal(int(self.listed[proposer][place]), int(found) + 1, int(proposer))


def default_error() -> float:
    """The error of the model's negotiators about each other."""
    return Negotiator().belief_error
