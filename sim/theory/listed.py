"""Efficient outcomes and solutions where a finite list of outcomes is bargained over (Nash 1950;
Kalai, Smorodinsky 1975; Kalai 1977).

Between the outcomes of a list there is nothing, so each solution is the outcome that comes nearest
to its axiom: the largest product of gains, the largest smaller share of the ideal gains, the
largest smaller gain, the largest sum. Several may come as near; then all of them are given. Points
are compared as they are given: whoever adds them up rounds them first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.theory.inputs import finite

__all__ = ["OutcomeList", "efficient_places"]

_ROUNDING = 1e-12  # of the largest product or share: what differs less comes as near


def efficient_places(utilities: np.ndarray) -> np.ndarray:
    """Places of the outcomes to which no other is preferred by one party and no worse for the
    other.

    Of outcomes that are worth the same to both the first stands for all. The best for the first
    party comes first.

    Parameters
    ----------
    utilities
        Shape (outcomes, 2): what each outcome is worth to either party, in units of its own.

    Examples
    --------
    The last is worse than the second for both:

    >>> efficient_places(np.asarray([[0.0, 9.0], [5.0, 5.0], [9.0, 0.0], [4.0, 4.0]])).tolist()
    [2, 1, 0]
    """
    order = np.lexsort((-utilities[:, 1], -utilities[:, 0]))
    its = utilities[order, 1]
    before = np.concatenate(([-np.inf], np.maximum.accumulate(its)[:-1]))
    return np.asarray(order[its > before])


@dataclass(frozen=True, eq=False)
class OutcomeList:
    """Outcomes that two parties may agree on, and what each has without agreement.

    Attributes
    ----------
    utilities
        Shape (outcomes, 2), in units of each party's own; one outcome or more, all finite.
    disagreement
        What each party has without agreement.

    Raises
    ------
    ValueError
        Another shape, or a number that is not finite.

    Examples
    --------
    A pie of ten in whole pieces, of which the second party has two without agreement:

    >>> pie = OutcomeList(np.asarray([[x, 10 - x] for x in range(11)]), (0, 2))
    >>> pie.ideal, pie.nash, pie.kalai_smorodinsky, pie.egalitarian
    ((8.0, 10.0), (4,), (4,), (4,))
    """

    utilities: np.ndarray
    disagreement: Sequence[float]

    def __post_init__(self) -> None:
        points = np.asarray(self.utilities, float)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise ValueError(f"utilities must have the shape (outcomes, 2); given {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError("utilities must be finite")
        if len(self.disagreement) != 2:
            raise ValueError(f"disagreement must be two numbers; given {self.disagreement}")
        floors = tuple(finite("disagreement", floor) for floor in self.disagreement)
        object.__setattr__(self, "utilities", points)
        object.__setattr__(self, "disagreement", floors)

    @cached_property
    def frontier(self) -> np.ndarray:
        """Places of the efficient outcomes, the best for the first party first."""
        return efficient_places(self.utilities)

    @cached_property
    def rational(self) -> np.ndarray:
        """Places of the efficient outcomes that leave neither party below disagreement."""
        kept = (self.utilities[self.frontier] >= np.asarray(self.disagreement)).all(axis=1)
        return np.asarray(self.frontier[kept])

    @cached_property
    def gains(self) -> np.ndarray:
        """What each outcome is worth above disagreement, shape (outcomes, 2)."""
        return self.utilities - np.asarray(self.disagreement)

    @property
    def ideal(self) -> tuple[float, float] | None:
        """The most that each party can have while the other keeps what it has without agreement;
        None where no outcome leaves both there.
        """
        if not len(self.rational):
            return None
        most = self.utilities[self.rational].max(axis=0)
        return float(most[0]), float(most[1])

    @cached_property
    def surplus(self) -> bool:
        """Whether some outcome leaves both parties better off than without agreement."""
        return bool((self.gains[self.rational] > 0.0).all(axis=1).any())

    @property
    def nash(self) -> tuple[int, ...]:
        """The outcomes with the largest product of gains; none where both cannot gain."""
        return self._best(lambda gains: gains.prod(axis=1))

    @property
    def kalai_smorodinsky(self) -> tuple[int, ...]:
        """The outcomes in which the smaller of both shares of the ideal gain is largest; none where
        both cannot gain.
        """
        return self._best(lambda gains: (gains / gains.max(axis=0)).min(axis=1))

    @property
    def egalitarian(self) -> tuple[int, ...]:
        """The outcomes in which the smaller of both gains is largest; none where both cannot gain.

        It compares points of one party with points of the other.
        """
        return self._best(lambda gains: gains.min(axis=1))

    @property
    def utilitarian(self) -> tuple[int, ...]:
        """The outcomes with the largest sum, whatever the parties have without agreement.

        It adds points of one party to points of the other.
        """
        return _largest(self.frontier, self.utilities[self.frontier].sum(axis=1))

    def _best(self, value: Callable[[np.ndarray], np.ndarray]) -> tuple[int, ...]:
        """The rational outcomes of the largest value, the best for the first party first."""
        if not self.surplus:
            return ()
        return _largest(self.rational, value(self.gains[self.rational]))


def _largest(places: np.ndarray, values: np.ndarray) -> tuple[int, ...]:
    return tuple(places[values >= values.max() - _ROUNDING * np.abs(values).max()].tolist())
