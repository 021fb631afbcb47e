"""Every strategy against every other in an exercise, ranked for each party by its own points.

A run is one draw of what the parties believe of each other; in each run every pair plays twice, so
that each party speaks first once, and the mean of both counts. All pairs meet the same beliefs.
Strategies of a party are compared over runs by paired t tests with Holm's correction; one is said
to come first only if it has more than every other. Without an error nothing is drawn: one run says
all, and its numbers are exact. Points of one party are never compared with those of the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Annotated, Any

import numpy as np
import pandas as pd

from sim.analysis.paired import beaten, paired_tests, undecided
from sim.analysis.shares import mean_interval, wilson
from sim.batch import Run
from sim.batch.work import LARGEST, Work, check_work
from sim.config.check import build
from sim.config.errors import SimError, nearest
from sim.config.groups.negotiators import Strategy
from sim.exercises import transcript
from sim.exercises.exercise import Exercise
from sim.exercises.play import PLAYED, Deal, Table, believed_weights, default_error, offers_of
from sim.exercises.sheet import exercise_of
from sim.exercises.transcript import offers_from_plain, score_offers
from sim.exercises.values import CONCEPTS, Measures, label_of, points_text, solutions_of
from sim.figures.labels import joined
from sim.results.manifest import Manifest
from sim.results.reader import In, Plain, record_of
from sim.vocabulary import STRATEGIES

__all__ = [
    "TABLES",
    "Asked",
    "ExerciseStudy",
    "play_exercise",
    "tables_again",
    "work_again",
    "work_of_exercise",
]

TABLES = ("ranking", "pairs", "tests", "packages", "solutions")
MOST_ERROR = 2.0  # the bound of belief_error
# seconds of one processor, measured: a package sorted for one party; a negotiation and a round
_A_PACKAGE, _A_DEAL, _A_ROUND = 2e-7, 2e-5, 1e-6


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an exercise was played with, as its manifest records it: strategies and their settings,
    or the offers that people made.
    """

    exercise: Plain
    strategies: tuple[str, ...] = ()
    error: Annotated[float, In(0.0, MOST_ERROR)] = 0.0
    exponent: float = Strategy().exponent
    reciprocity: float = Strategy().reciprocity
    hold: float = Strategy().hold
    offers: tuple[tuple[int, ...], ...] = ()

    @property
    def settings(self) -> Strategy:
        """The settings of the strategies."""
        own = {name: getattr(self, name) for name in ("exponent", "reciprocity", "hold")}
        return build(Strategy, own, "strategy")


@dataclass(frozen=True)
class ExerciseStudy:
    """The result of an exercise played by the strategies.

    Attributes
    ----------
    exercise
        What was played.
    ranking
        One row per party and strategy, of each party the most points first: ``points`` with ends
        of the 95 % interval, ``advantage`` over the party's mean strategy, ``better_than``, how
        many it is ahead of beyond chance, ``agreement``, the share of negotiations that end in one.
    pairs
        One row per pair: points of both, share with an agreement, of agreements the share that is
        efficient, the ratio to the Nash product, distances to both solutions, the round.
    tests
        One row per party and two of its strategies.
    packages
        One row per package that is efficient or was agreed: options, points, shares.
    solutions
        The Nash and the Kalai-Smorodinsky package, and the best of each party.
    strategies, error, settings
        Who played, what the parties err in about each other (sd of log), and the settings.
    runs, seed
        Runs of each pair, and the seed of all draws.
    """

    exercise: Exercise
    ranking: pd.DataFrame
    pairs: pd.DataFrame
    tests: pd.DataFrame
    packages: pd.DataFrame
    solutions: pd.DataFrame
    strategies: tuple[str, ...]
    error: float
    settings: Strategy
    runs: int
    seed: int

    @property
    def exact(self) -> bool:
        """Whether nothing is drawn, so that no number has an interval."""
        return self.error == 0.0

    @property
    def agreement(self) -> float:
        """Share of all negotiations that end in an agreement."""
        return float(self.pairs["agreement"].mean())

    @property
    def answer(self) -> str:
        """Who comes first as each party, beyond chance, and how often nothing is agreed."""
        if not len(self.exercise.outcomes.rational):
            return "no package leaves both parties at their walk-away points or above: nothing can be agreed"
        said = [f"as {party}, {self.lead(party)}" for party in self.exercise.parties]
        return f"{'; '.join(said)}; {_percent(1.0 - self.agreement)} of negotiations end without agreement"

    def of(self, party: str) -> pd.DataFrame:
        """The ranking of one party's strategies, the most points first."""
        return self.ranking[self.ranking["party"] == party].reset_index(drop=True)

    def first(self, party: str) -> list[str]:
        """The strategy with the most points and those that do not differ from it beyond chance."""
        names = list(self.of(party)["strategy"])
        level = undecided(names[0], self.tests[self.tests["party"] == party])
        return [names[0], *(name for name in names[1:] if name in level)]

    def lead(self, party: str) -> str:
        """Which strategy comes first for a party, or that none does."""
        table, ahead = self.of(party), [label_of(name) for name in self.first(party)]
        best, span = table.iloc[0], float(np.ptp(table["points"]))
        points = f"{points_text(best['points'])} points{self._interval(best)}"
        if span <= 1e-9 * max(1.0, abs(best["points"])):
            return f"all strategies earn the same, {points}"
        if len(ahead) == 1:
            beyond = "more" if self.exact else "significantly more"
            return f"{ahead[0]} comes first with {points}, {beyond} than every other"
        if self.exact:
            return f"{joined(ahead)} share the first place with {points}"
        if not int(table["better_than"].max()):
            return f"no strategy stands out beyond chance; {ahead[0]} has the most, {points}"
        return f"{ahead[0]} leads with {points}, but does not differ significantly from {joined(ahead[1:])}"

    def _interval(self, row: Mapping[str, Any]) -> str:
        if self.exact:
            return ""
        return (
            f" (95 % interval of the runs {points_text(row['low'])} to {points_text(row['high'])})"
        )


def play_exercise(
    exercise: Exercise,
    strategies: Sequence[str] = PLAYED,
    *,
    runs: int = 200,
    seed: int = 1,
    error: float | None = None,
    settings: Strategy | None = None,
    largest: float = LARGEST,
    progress: Callable[[int, int], None] | None = None,
) -> ExerciseStudy:
    """Play every pair of strategies in an exercise.

    Parameters
    ----------
    exercise
        From :func:`sim.exercises.read_exercise`, or :func:`sim.exercises.exercise_of`.
    strategies
        Two or more of :data:`PLAYED`.
    runs, seed
        Draws of what the parties believe of each other (at least two), and the seed of them all.
    error
        Standard deviation of the logarithm of what a party believes of the other's points, 0 to 2;
        that of the model's negotiators unless given. At 0 both know all, and one run is played.
    settings
        Exponent, reciprocity and hold of the strategies.
    largest
        Hours of one processor that it may take.
    progress
        Called with the runs done and in all.

    Raises
    ------
    SimError
        An unknown strategy or one that lists do not define, fewer than two, a number out of range,
        or more work than ``largest``.
    """
    if not isinstance(exercise, Exercise):
        cure = "sim.exercises.read_exercise(path)"
        raise SimError("not an exercise", key="exercise", given=type(exercise).__name__, cure=cure)
    batch, own = build(Run, {"runs": runs, "seed": seed}), settings or Strategy()
    wrong = default_error() if error is None else error
    _check(strategies, wrong)
    played = 1 if wrong == 0.0 else batch.runs
    if wrong > 0.0 and played < 2:
        raise SimError("too few runs to compare", key="runs", given=runs, allowed="2 or more")
    check_work(work_of_exercise(exercise, strategies, played), largest)
    record = _play(exercise, strategies, played, seed, float(wrong), own, progress)
    scored = _Scored(exercise, tuple(strategies), record, exact=wrong == 0.0)
    tests = scored.tests()
    return ExerciseStudy(
        exercise=exercise,
        ranking=scored.ranking(tests),
        pairs=scored.pairs(),
        tests=tests,
        packages=scored.packages(),
        solutions=solutions_of(exercise),
        strategies=tuple(strategies),
        error=float(wrong),
        settings=own,
        runs=played,
        seed=seed,
    )


def work_of_exercise(exercise: Exercise, strategies: Sequence[str], runs: int) -> Work:
    """What playing takes."""
    negotiations = 2 * len(strategies) ** 2 * runs
    seconds = negotiations * (_A_DEAL + _A_ROUND * exercise.rounds)
    return Work(negotiations, seconds + 2 * runs * exercise.count * _A_PACKAGE, parallel=False)


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What :func:`tables_again` takes."""
    asked = _asked(manifest)
    runs = 0 if asked.offers else settings.runs
    return work_of_exercise(exercise_of(asked.exercise), asked.strategies, runs)


def tables_again(
    manifest: Manifest, settings: Run, progress: Callable[[int, int], None] | None
) -> dict[str, pd.DataFrame]:
    """The tables of an exercise, played or scored again from its manifest.

    Raises
    ------
    SimError
        An exercise, strategy, offer or number that this version refuses.
    """
    asked = _asked(manifest)
    if asked.offers:
        exercise = exercise_of(asked.exercise)
        scored = score_offers(exercise, offers_from_plain(exercise, asked.offers))
        return {name: getattr(scored, name) for name in transcript.TABLES}
    again = play_exercise(
        exercise_of(asked.exercise),
        asked.strategies,
        runs=settings.runs,
        seed=settings.seed,
        error=asked.error,
        settings=asked.settings,
        largest=math.inf,
        progress=progress,
    )
    return {name: getattr(again, name) for name in TABLES}


def asked_of(study: ExerciseStudy, plain: dict[str, Any]) -> dict[str, Any]:
    """What a manifest records of a study, read back as :class:`Asked`; ``plain`` is its sheet."""
    own = {name: getattr(study.settings, name) for name in ("exponent", "reciprocity", "hold")}
    return {"exercise": plain, "strategies": study.strategies, "error": study.error, **own}


def _asked(manifest: Manifest) -> Asked:
    return record_of(Asked, manifest.asked, "what an exercise was played with", "manifest: asked")


def _check(strategies: Sequence[str], error: object) -> None:
    for name in (one for one in strategies if one not in PLAYED):
        if name in STRATEGIES:
            problem = "not played over options: its rule needs a continuous frontier"
            raise SimError(problem, key="strategies", given=name, allowed=PLAYED)
        near = nearest(str(name), PLAYED)
        raise SimError(
            "no such strategy", key="strategies", given=name, allowed=PLAYED, suggestion=near
        )
    if (
        isinstance(strategies, str)
        or len(set(strategies)) != len(strategies)
        or len(strategies) < 2
    ):
        given = ", ".join(strategies)
        raise SimError("at least two strategies, each once", key="strategies", given=given)
    number = isinstance(error, (int, float)) and not isinstance(error, bool)
    if not number or not 0.0 <= error <= MOST_ERROR:  # type: ignore[operator]
        allowed = f"0 (both know all) to {MOST_ERROR:g}, a standard deviation of a logarithm"
        raise SimError("not an error of beliefs", key="error", given=error, allowed=allowed)


@dataclass(frozen=True)
class _Record:
    """What came of each negotiation, shape (runs, first strategy, second, who opened).

    ``place`` is that of the agreed package, -1 for none; ``round`` counts from 1, 0 for none.
    """

    place: np.ndarray
    round: np.ndarray


def _play(
    exercise: Exercise,
    strategies: Sequence[str],
    runs: int,
    seed: int,
    error: float,
    settings: Strategy,
    progress: Callable[[int, int], None] | None,
) -> _Record:
    shape = (runs, len(strategies), len(strategies), 2)
    record = _Record(np.full(shape, -1), np.zeros(shape, int))
    table = Table(exercise.utilities, exercise.walk_away, exercise.rounds, settings)
    for run in range(runs):
        weights = believed_weights(exercise, error, seed, run)
        table.seat((offers_of(exercise, 0, weights[0]), offers_of(exercise, 1, weights[1])))
        for (a, one), (b, other) in product(enumerate(strategies), repeat=2):
            for opener in (0, 1):
                deal: Deal | None = table.play((one, other), opener)
                if deal is not None:
                    record.place[run, a, b, opener] = deal.place
                    record.round[run, a, b, opener] = deal.round
        if progress is not None:
            progress(run + 1, runs)
    return record


@dataclass(frozen=True)
class _Scored:
    """The points of what was agreed, and the tables made of them."""

    exercise: Exercise
    strategies: tuple[str, ...]
    record: _Record
    exact: bool

    @cached_property
    def agreed(self) -> np.ndarray:
        """Whether each negotiation ended in an agreement."""
        return np.asarray(self.record.place >= 0)

    @cached_property
    def points(self) -> np.ndarray:
        """What each party has of each negotiation, shape (..., 2): discounted by the round, without
        an agreement by the last.
        """
        last = max(1, self.exercise.rounds - 1)
        elapsed = np.where(self.agreed, (self.record.round - 1) / last, 1.0)
        worth = np.where(
            self.agreed[..., None],
            self.exercise.utilities[self.record.place],
            np.asarray(self.exercise.walk_away),
        )
        return np.asarray(worth * np.asarray(self.exercise.discount) ** elapsed[..., None])

    def tests(self) -> pd.DataFrame:
        """Strategies of a party against each other."""
        parts = []
        for party, name in enumerate(self.exercise.parties):
            part = paired_tests(self._by_strategy(party))
            part.insert(0, "party", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def _by_strategy(self, party: int) -> pd.DataFrame:
        """Points of a party's strategies in each run, over all opponents and both orders."""
        means = self.points[..., party].mean(axis=(2 - party, 3))
        return pd.DataFrame(means, columns=list(self.strategies))

    def ranking(self, tests: pd.DataFrame) -> pd.DataFrame:
        """Strategies of each party, the most points first."""
        parts = []
        for party, name in enumerate(self.exercise.parties):
            points, own = self._by_strategy(party), tests[tests["party"] == name]
            above = points.sub(points.mean(axis=1), axis=0)
            rows = [
                {
                    "party": name,
                    "strategy": one,
                    **_with_ends("points", self._mean(points[one]), plain=True),
                    **_with_ends("advantage", self._mean(above[one])),
                    "better_than": beaten(one, own),
                    "agreement": float(np.take(self.agreed, k, 1 + party).mean()),
                }
                for k, one in enumerate(self.strategies)
            ]
            part = pd.DataFrame(rows)
            parts.append(part.sort_values("points", ascending=False, kind="stable"))
        return pd.concat(parts, ignore_index=True)

    def pairs(self) -> pd.DataFrame:
        """What comes of each pair of strategies."""
        first, second = self.exercise.parties
        rows = []
        for (a, one), (b, other) in product(enumerate(self.strategies), repeat=2):
            row: dict[str, object] = {f"strategy.{first}": one, f"strategy.{second}": other}
            row["negotiations"] = self.agreed[:, a, b].size
            for party, name in enumerate(self.exercise.parties):
                points = self.points[:, a, b, :, party].mean(axis=1)
                row |= _with_ends(f"points.{name}", self._mean(points))
            row |= self._agreements(a, b)
            rows.append(row)
        return pd.DataFrame(rows)

    def _agreements(self, a: int, b: int) -> dict[str, float]:
        """How often a pair agrees, and how good its agreements are; NaN where there are none."""
        agreed, places = self.agreed[:, a, b], self.record.place[:, a, b]
        share, runs = float(agreed.mean()), len(agreed)
        ends = (share, share)
        if not self.exact:  # both orders of a run share its beliefs, so runs are what is counted
            low, high = wilson(np.asarray(share * runs), np.asarray(runs))
            ends = (float(low), float(high))
        of = places[agreed]
        return {
            "agreement": share,
            "agreement.low": ends[0],
            "agreement.high": ends[1],
            "walk_away": 1.0 - share,
            "efficient": _mean(self.measures.efficient[of]),
            "nash_ratio": _mean(self.measures.nash_ratio[of]),
            **{f"distance.{name}": _mean(away[of]) for name, away in self._distances.items()},
            "round": _mean(self.record.round[:, a, b][agreed]),
        }

    @cached_property
    def measures(self) -> Measures:
        """Measures of every package."""
        return Measures(self.exercise)

    @cached_property
    def _distances(self) -> dict[str, np.ndarray]:
        return {name: self.measures.distance(name) for name in CONCEPTS}

    def packages(self) -> pd.DataFrame:
        """Packages that are efficient or were agreed, the best for the first party first."""
        counts = np.bincount(self.record.place[self.agreed], minlength=self.exercise.count)
        points = self.exercise.utilities
        kept = np.union1d(self.exercise.outcomes.frontier, np.flatnonzero(counts))
        kept = kept[np.lexsort((-points[kept, 1], -points[kept, 0]))]
        rows = [
            {
                **{f"option.{name}": option for name, option in self.exercise.package(n).items()},
                **{f"points.{p}": points[n, i] for i, p in enumerate(self.exercise.parties)},
                "efficient": bool(self.measures.efficient[n]),
                "agreed": counts[n] / self.agreed.size,
            }
            for n in kept
        ]
        return pd.DataFrame(rows)

    def _mean(self, values: np.ndarray | pd.Series) -> tuple[float, float, float]:
        """A mean over runs with the ends of its interval; both at the mean where nothing is
        drawn.
        """
        points = np.asarray(values, float)
        return (float(points[0]),) * 3 if self.exact else mean_interval(points)


def _with_ends(
    name: str, found: tuple[float, float, float], *, plain: bool = False
) -> dict[str, float]:
    head = "" if plain else f"{name}."
    return dict(zip((name, f"{head}low", f"{head}high"), found, strict=True))


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
