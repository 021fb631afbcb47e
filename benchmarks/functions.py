"""Functions whose indices are known, as responses of a sensitivity study: what the pipeline of
``tariffsim sensitivity`` is held to.

A value is the function at a point plus normal noise, half of whose variance belongs to the run
number and is shared by all points under it; an outcome is whether that lies above 0. Truths are of
262,144 Sobol points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from sim.analysis.sensitivity import FIRST, TOTAL
from sim.analysis.two_draws import WHOLE, Feature
from sim.studies.examine import Examined, Plan, examine
from sim.studies.looks import LEVELS

__all__ = ["Known", "covered", "examined", "ishigami", "sobol_g"]

_TRUTH = 2**18
_BASE = 0.35  # where levers stand in the scenario: not the middle, where g has its kink
Function = Callable[[np.ndarray], np.ndarray]


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990 on the unit cube; its variance is 13.84, its first-order indices
    0.314, 0.442 and 0.
    """
    z = np.pi * (2.0 * x - 1.0)
    return np.sin(z[:, 0]) + 7.0 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


def sobol_g(x: np.ndarray) -> np.ndarray:
    """Sobol's g function with a = 0, 0.5, 3, 9."""
    a = np.asarray([0.0, 0.5, 3.0, 9.0])
    return np.prod((np.abs(4.0 * x - 2.0) + a) / (1.0 + a), axis=1)


@dataclass
class Known:
    """A function as a response; ``noise`` is its standard deviation, ``outcome`` whether values are
    cut at 0.
    """

    function: Function
    levers: int
    noise: float
    outcome: bool
    seed: int
    shift: float = 0.0
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.labels = [f"x{j}" for j in range(self.levers)]
        self.settings = self.labels
        self.places: Sequence[Sequence[float]] = [[0.0, 1.0]] * self.levers
        self.codes = 2 if self.outcome else 0
        self._own = np.random.default_rng(self.seed)

    def words(self, lever: int, place: float) -> str:
        """The coordinate itself."""
        return f"{place:g}"

    def refused(self, unit: np.ndarray) -> np.ndarray:
        """None."""
        return np.zeros(len(unit), bool)

    def values(self, unit: np.ndarray, point: np.ndarray, run: np.ndarray) -> np.ndarray:
        """Function and noise, or on which side of 0 they lie."""
        mean = self.mean(unit)[point]
        own = self._own.normal(size=len(run))
        found = mean + self.noise * np.sqrt(0.5) * (own + _normal_of(run, self.seed))
        return (found > 0.0).astype(float) if self.outcome else found

    def mean(self, unit: np.ndarray) -> np.ndarray:
        """The function without noise."""
        return self.function(np.where(np.isnan(unit), _BASE, unit)) + self.shift

    def expected(self, unit: np.ndarray) -> np.ndarray:
        """The expected value: of an outcome the chance of it."""
        mean = self.mean(unit)
        return ndtr(mean / self.noise) if self.outcome else mean

    @property
    def feature(self) -> Feature:
        """What is explained."""
        return Feature("code", 1.0) if self.outcome else Feature("value")


def _normal_of(run: np.ndarray, seed: int) -> np.ndarray:
    """A normal draw of each run number, the same wherever it comes (splitmix64)."""
    z = (run.astype(np.uint64) + np.uint64(seed << 34)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ndtri(((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) / 2.0**53 + 2.0**-54)


def examined(known: Known, plan: Plan) -> Examined:
    """The study of a function, through the whole pipeline."""
    return examine(known, known.feature, plan)


def covered(found: Examined, known: Known) -> dict[str, np.ndarray]:
    """For each kind of interval that a study prints, whether each contains its truth."""
    truth = _truths(known.function, known.levers, known.noise, known.outcome, known.shift)
    moves = found.moves.sort_values("lever")
    screening = found.screening.sort_values("lever")
    indices = found.indices.sort_values("lever")
    result = {
        "moves": _within(moves, "difference", truth["moves"]),
        "screening": _within(screening, "effect", truth["screening"]),
        "variance": _within(found.variance, "share", truth["variance"]),
    }
    for kind in (FIRST, TOTAL, WHOLE):
        result[kind] = _within(indices[indices["index"] == kind], "share", truth[kind])
    return result


def _within(table: Any, name: str, truth: np.ndarray) -> np.ndarray:
    low, high = table[f"{name}.low"].to_numpy(float), table[f"{name}.high"].to_numpy(float)
    return (low <= truth + 1e-9) & (truth - 1e-9 <= high)


@cache
def _truths(
    function: Function, levers: int, noise: float, outcome: bool, shift: float
) -> dict[str, np.ndarray]:
    known = Known(function, levers, noise, outcome, 0, shift)
    unit = qmc.Sobol(2 * levers, rng=0).random(_TRUTH)
    a, b = unit[:, :levers], unit[:, levers:]
    first, total, whole = np.zeros(levers), np.zeros(levers), np.zeros(levers)
    at_a, at_b = known.expected(a), known.expected(b)
    everything = at_a.mean() * (1.0 - at_a.mean()) if outcome else at_a.var() + noise**2
    for j in range(levers):
        mixed = a.copy()
        mixed[:, j] = b[:, j]
        at_mixed = known.expected(mixed)
        first[j] = np.mean((at_b - at_b.mean()) * (at_mixed - at_a))
        total[j] = np.mean((at_a - at_mixed) ** 2) / 2.0
        whole[j] = _whole(known, a, b, mixed)
    levers_part = at_a.var()
    variance = [first.sum(), levers_part - first.sum(), levers_part, everything - levers_part]
    return {
        "moves": _moves(known),
        "screening": _screening(known),
        "variance": np.asarray(variance) / everything,
        FIRST: first / everything,
        TOTAL: total / everything,
        WHOLE: first / everything if outcome else whole,
    }


def _whole(known: Known, a: np.ndarray, b: np.ndarray, mixed: np.ndarray) -> float:
    """The index of the whole distribution of a value: its indicators at even ranks."""
    mean_a, mean_b, mean_mixed = known.mean(a), known.mean(b), known.mean(mixed)
    noise = max(known.noise, 1e-12)
    drawn = mean_a + noise * np.random.default_rng(0).normal(size=len(a))
    over, under = 0.0, 0.0
    for edge in np.quantile(drawn, np.arange(1, 16) / 16.0):
        at_a, at_b, at_mixed = (
            ndtr((edge - mean) / noise) for mean in (mean_a, mean_b, mean_mixed)
        )
        over += float(np.mean((at_b - at_b.mean()) * (at_mixed - at_a)))
        under += float(at_a.mean() * (1.0 - at_a.mean()))
    return over / under


def _moves(known: Known) -> np.ndarray:
    unit = np.full((2 * known.levers, known.levers), np.nan)
    for j in range(known.levers):
        unit[2 * j, j], unit[2 * j + 1, j] = 0.0, 1.0
    ends = known.expected(unit).reshape(-1, 2)
    return ends[:, 1] - ends[:, 0]


def _screening(known: Known) -> np.ndarray:
    """Root mean square moves over five of nine steps of the grid, the other levers anywhere on it."""
    rng, step = np.random.default_rng(0), LEVELS // 2
    unit = rng.integers(0, LEVELS, (_TRUTH, known.levers)) / (LEVELS - 1.0)
    found = []
    for j in range(known.levers):
        low, high = unit.copy(), unit.copy()
        start = rng.integers(0, LEVELS - step, _TRUTH)
        low[:, j], high[:, j] = start / (LEVELS - 1.0), (start + step) / (LEVELS - 1.0)
        found.append(np.sqrt(np.mean((known.expected(high) - known.expected(low)) ** 2)))
    return np.asarray(found)
