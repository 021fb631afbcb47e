"""How often 95 % intervals contain the truth: ``python -m benchmarks.coverage [SEEDS]`` prints the
table of ``docs/coverage.md``.

Synthetic data with a known truth, drawn as in the model: outcomes are classes of normal draws, some
of which all points share. The same table is a nightly test (``tests/analysis/test_coverage.py``).
With 400 seeds a share of 95 % is known to 2 points.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm, qmc

from benchmarks.boxes import fresh_box, silent_on_noise
from benchmarks.chained import Chain
from benchmarks.functions import Known, covered, examined, ishigami, sobol_g
from benchmarks.least import chosen, truth
from benchmarks.sampled import fifths_truth, overall_truth, sampled_sweep, sampled_table
from sim.analysis.controls import (
    Estimate,
    Luck,
    estimate_difference,
    estimate_shares,
)
from sim.analysis.pooled import clustered_share, pooled_shares
from sim.analysis.precision import run_until_narrow
from sim.analysis.ranking import rank_settings
from sim.analysis.sensitivity import FIRST, TOTAL, sensitivity
from sim.analysis.settings_interval import settings_interval
from sim.analysis.shares import Z, mean_interval, outcome_shares
from sim.analysis.survival import kaplan_meier, truce_survival
from sim.analysis.target import Effect, find
from sim.analysis.two_draws import WHOLE
from sim.batch.sweep import Sweep
from sim.studies.examine import Plan
from sim.studies.search import bounds, change_of
from sim.vocabulary import OUTCOMES

__all__ = ["ROWS", "coverage"]

_MOST_PRINTED = 8  # intervals of a row that are printed one by one
_MOST_STOPPED = 6_000  # runs of which a row of stopping takes as many as it needs
_EDGES = np.asarray([-1.2, 0.3, 1.8])
Covers = Callable[[np.random.Generator], np.ndarray]


def outcomes(
    rng: np.random.Generator, points: int, runs: int, alike: float, middle: float = 0.0
) -> tuple[pd.DataFrame, np.ndarray]:
    """A table of runs whose draws correlate by ``alike`` between points, and the true shares over
    the points.
    """
    place = middle + (np.linspace(-0.8, 0.8, points) if points > 1 else np.zeros(1))
    drawn = np.sqrt(alike) * rng.normal(size=runs) + np.sqrt(1.0 - alike) * rng.normal(
        size=(points, runs)
    )
    codes = np.digitize(place[:, None] + drawn, _EDGES)
    below = np.column_stack([np.zeros(points), norm.cdf(_EDGES - place[:, None]), np.ones(points)])
    outcome = pd.Categorical.from_codes(codes.ravel(), list(OUTCOMES))
    point, run = np.repeat(np.arange(points), runs), np.tile(np.arange(runs), points)
    return pd.DataFrame({"point": point, "run": run, "outcome": outcome}), np.diff(
        below, axis=1
    ).mean(axis=0)


def within(found: pd.DataFrame, truth: np.ndarray) -> np.ndarray:
    """Whether each interval contains its truth."""
    return ((found["low"] <= truth + 1e-12) & (truth <= found["high"] + 1e-12)).to_numpy()


def shares(points: int, runs: int, alike: float, common: bool) -> Covers:
    def covers(rng: np.random.Generator) -> np.ndarray:
        table, truth = outcomes(rng, points, runs, alike)
        return within(
            outcome_shares(table) if points == 1 else pooled_shares(table, common=common), truth
        )

    return covers


def rare(rng: np.random.Generator) -> np.ndarray:
    """An outcome of 1.3 %."""
    table, truth = outcomes(rng, 42, 60, 0.5, middle=-0.6)
    return within(pooled_shares(table), truth)[-1:]


def rare_focus(rng: np.random.Generator) -> np.ndarray:
    """A rare outcome at three values of a setting, four points each."""
    table, _ = outcomes(rng, 12, 120, 0.5, middle=-0.3)
    table["x"] = table["point"] // 4
    (found,) = find(sampled_sweep(table, "grid", OUTCOMES.names[-1], common=True, levers=("x",)))
    (effect,) = found.effects
    truth = norm.sf(_EDGES[-1] + 0.3 - np.linspace(-0.8, 0.8, 12)).reshape(3, 4).mean(axis=1)
    return (effect.low <= truth) & (truth <= effect.high)


def ranked(sizes: tuple[int, ...], runs: int, common: bool) -> Covers:
    """Whether no setting of a grid is said to move the outcomes where none does."""

    def covers(rng: np.random.Generator) -> np.ndarray:
        values = np.indices(sizes).reshape(len(sizes), -1).T
        own = rng.random((len(values), runs))
        draw = (rng.random(runs) + 0.3 * own) % 1.0 if common else own
        ended = pd.Categorical.from_codes(np.digitize(draw, (0.2, 0.7)).ravel(), list(OUTCOMES))
        point, run = np.repeat(np.arange(len(values)), runs), np.tile(np.arange(runs), len(values))
        table = pd.DataFrame({"point": point, "run": run, "outcome": ended})
        names = [f"x{j}" for j in range(len(sizes))]
        table[names] = values[point]
        sweep = Sweep(kind="grid", common_random_numbers=common)
        ranking = rank_settings(lambda columns: table[columns], sweep, names)
        return np.asarray([not ranking.leaders])

    return covers


class Sampled(NamedTuple):
    """A sweep whose points were drawn: their kind and number, runs of each, whether these share
    their draws, and how strongly settings interplay.
    """

    kind: str
    points: int
    runs: int
    common: bool
    interplay: float = 1.0
    alike: float = 0.5

    def table(self, rng: np.random.Generator) -> pd.DataFrame:
        return sampled_table(
            rng,
            self.kind,
            self.points,
            self.runs,
            interplay=self.interplay,
            alike=self.alike,
            common=self.common,
        )

    def pooled(self, rng: np.random.Generator) -> np.ndarray:
        """Shares over the ranges."""
        found = pooled_shares(self.table(rng), common=self.common, drawn=1)
        return within(found, overall_truth(self.interplay, self.alike))

    def bars(self, rng: np.random.Generator) -> np.ndarray:
        """Shares in fifths of one lever."""
        table = self.table(rng)
        table["x"] = np.minimum((5.0 * table["x"]).astype(int), 4)
        found = pooled_shares(table, ["x"], common=self.common, drawn=1)
        return within(found, fifths_truth("x", self.interplay, self.alike).ravel())

    def effect(self, rng: np.random.Generator, lever: str) -> Effect:
        sweep = sampled_sweep(self.table(rng), self.kind, OUTCOMES.names[1], common=self.common)
        return next(effect for effect in find(sweep)[0].effects if effect.setting == lever)

    def focus(self, rng: np.random.Generator) -> np.ndarray:
        """The focus in fifths of the lever that moves it."""
        effect, truth = self.effect(rng, "x"), fifths_truth("x", self.interplay, self.alike)[:, 1]
        return (effect.low <= truth) & (truth <= effect.high)

    def gap(self, rng: np.random.Generator) -> np.ndarray:
        """The focus in the last fifth less that in the first."""
        effect, truth = self.effect(rng, "x"), fifths_truth("x", self.interplay, self.alike)[:, 1]
        error = effect.mean[-1] - effect.mean[0] - truth[-1] + truth[0]
        return np.asarray([abs(error) <= effect.apart(0, -1).half_width()])

    def idle(self, rng: np.random.Generator) -> np.ndarray:
        """Whether the lever without effect is not reported to move the focus."""
        return np.asarray([not self.effect(rng, "none").beyond_chance])


def paired(rng: np.random.Generator) -> np.ndarray:
    """A difference of shares between two settings under common draws, 200 runs."""
    shared = rng.normal(size=200)
    one, two = (
        (0.8 * shared + 0.6 * rng.normal(size=200) < edge).astype(float) for edge in (0.5, 0.0)
    )
    _, low, high = mean_interval(one - two)
    return np.asarray([low <= norm.cdf(0.5) - 0.5 <= high])


def events(rng: np.random.Generator) -> np.ndarray:
    """A share of events of which a run has several."""
    chance = rng.beta(2.0, 2.0, 100).repeat(4)
    _, low, high = clustered_share(rng.random(400) < chance, np.arange(100).repeat(4))
    return np.asarray([low <= 0.5 <= high])


def survival(rng: np.random.Generator) -> np.ndarray:
    """Survival at 10, 30 and 60 weeks of 200 truces that break at 1.5 % per week, observed for
    104.
    """
    times = rng.geometric(0.015, 200).astype(float)
    curve = kaplan_meier(np.minimum(times, 104.0), times <= 104.0).set_index("time")
    at = curve.iloc[curve.index.searchsorted([10.0, 30.0, 60.0], side="right") - 1]
    return within(at, 0.985 ** np.asarray([10.0, 30.0, 60.0]))


def pooled_survival(rng: np.random.Generator) -> np.ndarray:
    """The same over 12 points with 60 runs that share their draws: hazards are lognormal in the
    draw and rise from point to point.
    """
    shared, point = rng.normal(size=60), np.linspace(-0.9, 0.9, 12)[:, None]
    weeks = np.ceil(rng.exponential(1.0 / (0.015 * np.exp(0.8 * shared + point)))).ravel()
    runs = pd.DataFrame({"point": np.repeat(np.arange(12), 60), "run": np.tile(np.arange(60), 12)})
    runs = runs.assign(
        weeks_to_first_truce=0.0, weeks_to_first_break=np.where(weeks <= 104.0, weeks, np.nan)
    )
    curve = truce_survival(runs, 104).set_index("time")
    at = curve.iloc[curve.index.searchsorted([10.0, 30.0, 60.0], side="right") - 1]
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    hazard = 0.015 * np.exp(0.8 * nodes + point)
    truth = [weights @ np.exp(-hazard * t).mean(axis=0) / weights.sum() for t in (10.0, 30.0, 60.0)]
    return within(at, np.asarray(truth))


def between_settings(rng: np.random.Generator) -> np.ndarray:
    """The chance at fresh settings, of the interval from 128 points with 4 runs each."""
    _, low, high = settings_interval(rng.binomial(4, rng.beta(2.0, 3.0, 128)), 4)
    fresh = rng.beta(2.0, 3.0, 20)
    return (low <= fresh) & (fresh <= high)


def estimated(runs: int) -> Covers:
    """Shares with surprises taken out."""

    def covers(rng: np.random.Generator) -> np.ndarray:
        chain = Chain()
        found = estimate_shares(chain.luck(_draws(rng), runs))
        return _holds(found, chain.shares())

    return covers


def estimated_gap(runs: int) -> Covers:
    """Differences of shares between two chains under common draws, surprises taken out."""

    def covers(rng: np.random.Generator) -> np.ndarray:
        draws, one, other = _draws(rng), Chain(), Chain(breaks=0.03, heals=0.1)
        left, right = one.luck(draws, runs), other.luck(draws, runs)
        names = OUTCOMES.names[2:]  # the others do not differ
        found = [estimate_difference(left, right, name) for name in names]
        return _holds(found, (other.shares() - one.shares())[2:])

    return covers


def stopped(precision: float) -> Covers:
    """Shares of a run that stops at a half width."""

    def covers(rng: np.random.Generator) -> np.ndarray:
        chain = Chain()
        whole = chain.luck(_draws(rng), _MOST_STOPPED)

        def found(parts: list[int]) -> list[Estimate]:
            return estimate_shares(Luck(*(part[: sum(parts)] for part in whole)))

        parts = run_until_narrow(
            lambda start, stop, _: stop - start,
            lambda made: max(one.half_width for one in found(made)),
            precision,
            _MOST_STOPPED,
        )
        return _holds(found(parts), chain.shares())

    return covers


def _draws(rng: np.random.Generator) -> np.random.SeedSequence:
    return np.random.SeedSequence(int(rng.integers(2**63)))


def _holds(found: Sequence[Estimate], truth: np.ndarray) -> np.ndarray:
    return np.asarray(
        [one.low <= share <= one.high for one, share in zip(found, truth, strict=True)]
    )


def least_change(points: int = 0, spread: float = 0.0) -> Covers:
    """The share after a least change to 40 %, which was searched and chosen on other draws."""

    def covers(rng: np.random.Generator) -> np.ndarray:
        spot, fresh = chosen(int(rng.integers(2**31)), 0.4, 2_000, points, spread)
        hits = fresh.outcomes([change_of(spot)])[0] == OUTCOMES["breakthrough"].code
        _, low, high = bounds(hits, fresh.cluster, Z)
        return np.asarray([low <= truth(change_of(spot), spread)[0] <= high])

    return covers


def indices(
    function: Callable[[np.ndarray], np.ndarray],
    d: int,
    kind: str,
    points: int,
    runs: int,
    noise: float,
) -> Covers:
    """First-order indices against those of 65,536 points, with noise of ``noise`` times the
    function's own variance.
    """
    truth, variance = _truth(function, d)
    truth = truth / (1.0 + noise / runs)
    names = [f"x{j}" for j in range(d)]

    def covers(rng: np.random.Generator) -> np.ndarray:
        sweep = Sweep(kind=kind, points=points, levels=4, common_random_numbers=False)
        unit = _points(kind, d, points, int(rng.integers(2**31)))
        y = function(unit)[:, None] + np.sqrt(noise * variance) * rng.normal(size=(len(unit), runs))
        frame = pd.DataFrame(np.repeat(unit, runs, axis=0), columns=names)
        frame = frame.assign(
            y=y.ravel(),
            point=np.repeat(np.arange(len(unit)), runs),
            run=np.tile(np.arange(runs), len(unit)),
        )
        found = sensitivity(lambda columns: frame[columns], sweep, names, ["y"])
        return within(found[found["index"] == "first order"], truth)

    return covers


def _truth(function: Callable[[np.ndarray], np.ndarray], d: int) -> tuple[np.ndarray, float]:
    unit = qmc.Sobol(d, rng=0).random(65_536)
    y = function(unit)
    means = [np.bincount((256 * column).astype(int), y) / 256.0 for column in unit.T]
    return np.asarray([mean.var() for mean in means]) / y.var(), float(y.var())


def _points(kind: str, d: int, points: int, seed: int) -> np.ndarray:
    if kind == "saltelli":
        from SALib.sample import sobol

        problem = {"num_vars": d, "names": [f"x{j}" for j in range(d)], "bounds": [[0.0, 1.0]] * d}
        return sobol.sample(problem, points, calc_second_order=False, seed=seed)
    maker = qmc.Sobol if kind == "sobol" else qmc.LatinHypercube
    return maker(d, rng=seed).random(points)


def studied(known: Known, kinds: tuple[str, ...], plan: Plan | None = None) -> Covers:
    """Intervals of a study of sensitivity, through its whole pipeline: of moves, of the screening,
    of how the variance splits, or of indices.
    """

    def covers(rng: np.random.Generator) -> np.ndarray:
        seed = int(rng.integers(2**29))
        found = covered(
            examined(replace(known, seed=seed, reasons=[]), (plan or _PLAN)._replace(seed=seed)),
            known,
        )
        return np.concatenate([found[kind] for kind in kinds])

    return covers


_PLAN = Plan(runs=200, trajectories=64, points=512)
_ORDERS = (FIRST, TOTAL, WHOLE)
_VALUE = Known(ishigami, 3, noise=3.72, outcome=False, seed=0)  # half of the variance is noise
_G = Known(sobol_g, 4, noise=0.7, outcome=False, seed=0)
_OUTCOME = Known(ishigami, 3, noise=4.0, outcome=True, seed=0, shift=-4.0)

ROWS: dict[str, Covers] = {
    "share of runs, 200 runs": shares(1, 200, 0.0, True),
    "pooled, 42 points x 60 common runs": shares(42, 60, 0.5, True),
    "pooled, 128 points x 4 common runs": shares(128, 4, 0.5, True),
    "bar of a sweep, 6 points x 60 common runs": shares(6, 60, 0.8, True),
    "pooled, 42 points x 60 own runs": shares(42, 60, 0.0, False),
    "pooled, 256 points x 1 own run": shares(256, 1, 0.0, False),
    "rare outcome (1.3 %), 42 points x 60 common runs": rare,
    "drawn, all points, 128 points x 4 common runs": Sampled(
        "latin_hypercube", 128, 4, True
    ).pooled,
    "drawn, all points, 128 points x 4 runs, little run noise": Sampled(
        "latin_hypercube", 128, 4, True, alike=0.05
    ).pooled,
    "drawn, all points, 128 points x 4 own runs": Sampled("latin_hypercube", 128, 4, False).pooled,
    "drawn, fifths, 256 points x 20 common runs": Sampled("latin_hypercube", 256, 20, True).bars,
    "target, fifths, 256 points x 20 common runs": Sampled("latin_hypercube", 256, 20, True).focus,
    "target, fifths, 128 points x 4 common runs": Sampled("latin_hypercube", 128, 4, True).focus,
    "target, fifths, Sobol 512 x 1 own run": Sampled("sobol", 512, 1, False).focus,
    "target, difference, 256 points x 20 common runs": Sampled(
        "latin_hypercube", 256, 20, True
    ).gap,
    "target, rare outcome (0.4 to 7 %), 12 points x 120 common runs": rare_focus,
    "target, nothing said of an idle setting": Sampled("latin_hypercube", 256, 20, True).idle,
    "ranking, 3 x 2 points x 20 common runs, nothing said of noise": ranked((3, 2), 20, True),
    "ranking, 3 x 2 points x 20 own runs, nothing said of noise": ranked((3, 2), 20, False),
    "ranking, 7 x 6 points x 4 own runs, nothing said of noise": ranked((7, 6), 4, False),
    "paired difference, 200 runs": paired,
    "events of a run, 100 runs": events,
    "survival, 200 truces": survival,
    "survival, 12 points x 60 common runs": pooled_survival,
    "least change, fresh draws, 2,000 runs": least_change(),
    "least change over settings, fresh draws, 128 points": least_change(128, 1.0),
    "of the settings, 128 points x 4 runs": between_settings,
    "share, surprises taken out, 512 runs": estimated(512),
    "share, surprises taken out, 2,000 runs": estimated(2_000),
    "difference, surprises taken out, 1,000 runs": estimated_gap(1_000),
    "share, stopped at 4 points": stopped(0.04),
    "share, stopped at 1.5 points": stopped(0.015),
    "index, Ishigami, Sobol 256 x 4, noise": indices(ishigami, 3, "sobol", 256, 4, 1.0),
    "index, Ishigami, Sobol 256 x 1, no noise": indices(ishigami, 3, "sobol", 256, 1, 0.0),
    "index, Ishigami, Latin 256 x 4, noise": indices(ishigami, 3, "latin_hypercube", 256, 4, 1.0),
    "index, Ishigami, Saltelli 256 x 4, noise": indices(ishigami, 3, "saltelli", 256, 4, 1.0),
    "index, Sobol's g, Sobol 512 x 4, noise": indices(sobol_g, 4, "sobol", 512, 4, 1.0),
    "index, Sobol's g, Latin 512 x 1, noise": indices(sobol_g, 4, "latin_hypercube", 512, 1, 1.0),
    "study, moves, an outcome, 200 runs": studied(_OUTCOME, ("moves",)),
    "study, screening, Ishigami, 64 trajectories": studied(_VALUE, ("screening",)),
    "study, screening, an outcome, 64 trajectories": studied(_OUTCOME, ("screening",)),
    "study, noise and levers, Ishigami, 512 base points": studied(_VALUE, ("variance",)),
    "study, noise and levers, an outcome, 512 base points": studied(_OUTCOME, ("variance",)),
    "study, indices, Ishigami, 512 base points": studied(_VALUE, _ORDERS),
    "study, indices, Sobol's g, 512 base points": studied(_G, _ORDERS),
    "study, indices, an outcome, 512 base points": studied(_OUTCOME, _ORDERS),
    "box, 1,000 fresh runs inside and outside": fresh_box(0.6, 0.15),
    "box, rare outcome (1 to 8 %), 1,000 fresh runs inside and outside": fresh_box(0.15, 0.01),
    "box, nothing said of noise": silent_on_noise,
}


def coverage(seeds: int) -> Iterator[tuple[str, np.ndarray]]:
    """Each kind of interval with the share of seeds in which each of its intervals contained the
    truth.
    """
    for name, covers in ROWS.items():
        yield name, np.mean([covers(np.random.default_rng(seed)) for seed in range(seeds)], axis=0)


def main() -> None:
    """Print the table."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"| interval ({seeds} seeds) | covers, % | each, %, or least to most |\n|---|---|---|")
    for name, found in coverage(seeds):
        each = [
            f"{100.0 * value:.1f}"
            for value in (found if len(found) < _MOST_PRINTED else (found.min(), found.max()))
        ]
        cells = ", ".join(each) if len(found) < _MOST_PRINTED else " to ".join(each)
        print(f"| {name} | {100.0 * found.mean():.1f} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
