"""A model whose least change is known: two levers that lift the chance of a breakthrough, one that
lowers that of a breakdown, one that does nothing. For tests and for the table of coverage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.studies.movable import Movable
from sim.studies.search import Goal, Search, Spot
from sim.vocabulary import OUTCOMES

__all__ = ["LEVERS", "Known", "chosen", "truth"]

LEVERS = [
    Movable(name, (name,), (0.0,), "number", 0.0, 1.0, 1.0)
    for name in ("strong", "weak", "calm", "idle")
]
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_FIRST, _LAST = OUTCOMES["breakthrough"].code, OUTCOMES["breakdown"].code


def truth(change: Mapping[str, Any], spread: float = 0.0) -> tuple[float, float]:
    """Chances of a breakthrough and of a breakdown after a change, over points whose log odds have
    this ``spread``.
    """
    odds = -3.0 + 4.0 * change.get("strong", 0.0) + 2.5 * change.get("weak", 0.0)
    calm = 0.2 - 0.18 * change.get("calm", 0.0)
    chances = 1.0 / (1.0 + np.exp(-odds - spread * _NODES))
    return (1.0 - calm) * float(_WEIGHTS @ chances / _WEIGHTS.sum()), calm


@dataclass(frozen=True)
class Known:
    """Its runs: uniform draws that every change meets; with ``points`` each run stands at one."""

    runs: int
    seed: int
    points: int = 0
    spread: float = 0.0

    @property
    def cluster(self) -> np.ndarray | None:
        """The point of each run."""
        return np.arange(self.runs) % self.points if self.points else None

    def fewer(self, runs: int) -> Known:
        """The first of the same runs."""
        return replace(self, runs=runs)

    def possible(self, changes: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Every change is."""
        return np.ones(len(changes), bool)

    def outcomes(self, changes: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Codes of outcomes, shape (changes, runs)."""
        rng = np.random.default_rng([self.seed, 1])
        place = self.spread * np.random.default_rng([self.seed, 2]).normal(size=self.points or 1)
        # in this order the first runs have the same draws whatever their number
        drawn, calm = rng.random((self.runs, 2)).T
        at = place[self.cluster] if self.cluster is not None else np.zeros(self.runs)
        codes = np.empty((len(changes), self.runs), np.int64)
        for row, change in enumerate(changes):
            odds = -3.0 + 4.0 * change.get("strong", 0.0) + 2.5 * change.get("weak", 0.0)
            done = drawn < 1.0 / (1.0 + np.exp(-odds - at))
            broken = calm < truth(change)[1]
            ended = np.where(done, _FIRST, OUTCOMES["narrow_deal"].code)
            codes[row] = np.where(broken, _LAST, ended)
        return codes


def chosen(
    seed: int, share: float, runs: int, points: int = 0, spread: float = 0.0
) -> tuple[Spot, Known]:
    """The least change to a share, and fresh draws."""
    one, two, three = (
        Known(count, 3 * seed + k, points, spread)
        for k, count in enumerate((min(256, runs), runs, runs))
    )
    search = Search(LEVERS[:2], Goal("breakthrough", share), one.fewer(128), one, two)
    search.extend(1)
    return search.choices(1)[0], three
