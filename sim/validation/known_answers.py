"""The known answers of docs/validation.md, recomputed and compared with solvers, formulas and runs
that the model does not use.

Each check takes seconds; the tests of the same names run larger ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.integrate import quad

from sim import theory
from sim.api import evaluate, run
from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.theory import (
    BargainingProblem,
    Importer,
    alternating_offers,
    best_tariff,
    deterministic_wait,
    feedback_wait,
    nash,
    optimal_tariff,
    rubinstein_split,
    utilitarian,
)
from sim.validation.finding import Line
from sim.validation.patterns import Lab
from sim.validation.queue import mean_wait
from sim.validation.solvers import CONCEPTS, random_problem, solve, utilities
from sim.validation.symmetry import FRICTIONLESS, symmetric

__all__ = ["KNOWN", "Check", "limit_lines"]

_QUEUES = ((0.7, 1, 1.0), (3.2, 4, 1.0), (33.0, 36, 1.0), (0.4, 1, 0.5))
_SIDES_ALIKE = ("payoff", "protests", "hawk", "threats")
_IMPATIENCE = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)


@dataclass(frozen=True)
class Check:
    """A known answer: the largest error found, the tolerance, and whether it is met."""

    number: int
    claim: str
    against: str
    error: float
    tolerance: float
    met: bool


def _check(number: int, claim: str, against: str, error: float, tolerance: float) -> Check:
    return Check(number, claim, against, float(error), tolerance, bool(error <= tolerance))


def frontier_undominated(instances: int = 1000) -> Check:
    """Number 1: random packages, half of them near the frontier, never beat the closed form."""
    worst = 0.0
    for seed in range(instances):
        problem, draw = random_problem(seed), np.random.default_rng(seed + 10**6)
        cap = np.asarray(problem.red_line)
        packages = draw.uniform(0, 1, (100, len(cap))) * cap
        near = problem.at_weight(float(np.exp(draw.normal()))).levels
        packages[50:] = np.clip(near + 0.05 * draw.normal(size=(50, len(cap))), 0, cap)
        for us, cn in zip(*utilities(problem, packages), strict=True):
            best = problem.worth_to(0, us)
            worst = max(worst, us - best.us, cn - best.cn if best.us >= us - 1e-9 else 0.0)
    claim = f"no package dominates the frontier ({instances:,} instances)"
    return _check(1, claim, "100 random packages each", worst, 1e-7)


def solution_agrees(concept: str, instances: int = 25, starts: int = 4) -> Check:
    """Number 2: both utilities of a solution against SLSQP from several starts."""
    worst = 0.0
    for seed in range(instances):
        problem = random_problem(seed)
        ours, found = getattr(theory, concept)(problem), solve(problem, concept, starts, seed)
        worst = max(worst, abs(ours.us - found.us), abs(ours.cn - found.cn))
    claim = f"{concept.replace('_', '-')} points ({instances:,} instances), utilities"
    return _check(2, claim, f"scipy SLSQP from {starts} starts", worst, 1e-6)


def rubinstein_agrees() -> Check:
    """Number 3: the split against backward induction over 100 pairs of patience."""
    worst = 0.0
    for one in np.linspace(0.05, 0.95, 10):
        for two in np.linspace(0.05, 0.95, 10):
            share = 1.0
            for _ in range(1500):
                share = 1.0 - two * (1.0 - one * share)
            worst = max(worst, abs(rubinstein_split(one, two)[0] - share))
    return _check(3, "Rubinstein's split, 100 pairs of patience", "backward induction", worst, 1e-9)


def _distances(instances: int) -> np.ndarray:
    """Distance of the US's equilibrium proposal from the Nash point, by impatience (rows) and
    problem, share of the surplus.
    """
    found = np.zeros((len(_IMPATIENCE), instances))
    for n in range(instances):
        problem = random_problem(n)
        point, floor = nash(problem), problem.disagreement
        size = point.us - floor[0] + point.cn - floor[1]
        for k, impatience in enumerate(_IMPATIENCE):
            first, _ = alternating_offers(problem, 1.0 - impatience, 1.0 - impatience)
            found[k, n] = np.hypot(first.us - point.us, first.cn - point.cn) / size
    return found


def limit_reached(instances: int = 20) -> Check:
    """Number 3, the limit: equally patient, the equilibrium proposal of alternating offers tends to
    the Nash point.
    """
    error = _distances(instances)[-1].max()
    claim = f"alternating offers at impatience {_IMPATIENCE[-1]:g}: distance to the Nash point, share of the surplus"
    return _check(3, claim, f"Nash points of {instances} problems", error, 1e-3)


def limit_lines(instances: int = 20) -> tuple[Line, ...]:
    """The distance to the Nash point by impatience, its largest and its median."""
    found, x = _distances(instances), list(_IMPATIENCE)
    return Line("largest", x, found.max(axis=1).tolist()), Line(
        "median", x, np.median(found, axis=1).tolist()
    )


def tariffs_agree() -> Check:
    """Number 4: deadweight loss against quadrature, the best tariff against its formula."""
    worst = 0.0
    for elasticity in (0.76, 1.0, 2.0, 3.0):
        for rate in (0.1, 0.3, 0.8, 1.4):
            own = Importer(100.0, 0.0, 1.0, elasticity)
            area = quad(
                lambda price, e=elasticity: 100.0 * price**-e, 1.0, 1.0 + rate, epsabs=1e-12
            )[0]
            worst = max(worst, abs(own.cost(rate) - (area - rate * own.flow(rate))))
    worst = max(worst, abs(best_tariff(Importer(100.0, 0.0, 0.8, 3.0)) - optimal_tariff(0.8, 3.0)))
    claim = "deadweight loss; optimal tariff at p = 0.8, elasticity 3"
    return _check(4, claim, "numerical integration; closed form", worst, 1e-6)


def queue_agrees(weeks: int = 40_000) -> Check:
    """Number 5: the mean wait for a licence against M/D/c, and against M/G/1 where refused
    applications rejoin the queue.
    """
    worst = 0.0
    for rate, servers, chance in _QUEUES:
        mean, error = mean_wait(rate, servers, chance, weeks)
        known = deterministic_wait(rate, servers) if chance == 1.0 else feedback_wait(rate, chance)
        worst = max(worst, abs(mean - known) / error)
    claim = f"mean wait for a licence, {len(_QUEUES)} queues, {weeks:,} weeks each: gap in standard errors"
    return _check(5, claim, "M/D/c (Crommelin 1932); M/G/1 (Pollaczek-Khinchine)", worst, 4.0)


def stocks_balance(weeks: int = 104) -> Check:
    """Number 6: arrivals equal use plus change of stock, what is ordered equals what leaves plus
    change of what waits for tests, and what leaves equals arrivals plus change of goods afloat.

    Use is what the stock lacks of arrivals, and may not be below zero; orders likewise.
    """
    model = TruceModel("london_2025", 1, collect="none")
    of = model.state.column
    afloat, arrived, left = of("in_transit"), 0.0 * of("arrived"), 0.0 * of("left")
    worst = 0.0
    for _ in range(weeks):
        stock, held = of("stock"), of("held") + of("held_new")
        model.step()
        arrived, left = arrived + of("arrived"), left + of("left")
        used = of("arrived") - (of("stock") - stock)
        passed = of("left") + (of("held") + of("held_new") - held)
        worst = max(worst, float(-used.min()), float(-passed.min()))
    strayed = np.abs(left - arrived - (of("in_transit") - afloat)).max()
    ashore = np.abs(of("transit").sum(axis=0) - of("in_transit")).max()
    claim = f"nothing is created or lost ({len(afloat)} firms, {weeks} weeks)"
    return _check(6, claim, "double-entry sums", max(worst, strayed, ashore), 1e-9)


def engines_agree(lab: Lab) -> Check:
    """Number 7: both engines over the same runs, default scenario."""
    one, two = (
        run(None, runs=4, seed=lab.seed, weeks="none", engine=e).runs for e in ("ensemble", "mesa")
    )
    return _check(
        7,
        "both engines give the same table, 4 runs",
        "bit for bit",
        float(not one.equals(two)),
        0.0,
    )


def deterministic(lab: Lab) -> Check:
    """Number 7, the other half: the same seed and runs give the same numbers twice."""
    one, two = (
        evaluate("london_2025", {"linkage.cn": [0.0, 0.3]}, runs=50, seed=lab.seed)
        for _ in range(2)
    )
    return _check(
        7, "the same seed gives the same table", "a second run", float(not one.equals(two)), 0.0
    )


def sides_alike(count: int = 1500, seed: int = 11, kind: str = "screening") -> Check:
    """Number 8: where both sides are identical, and play ``kind``, no measure differs between them
    (two-sided tests; the smallest p of all measures counts).
    """
    out, _ = simulate(flatten(symmetric(kind)), np.zeros(count, np.int64), np.arange(count), seed)
    share = out["us_surplus_share"][~np.isnan(out["us_surplus_share"])]
    smallest = float(stats.wilcoxon(share - 0.5).pvalue) if len(share) else 0.0
    for measure in _SIDES_ALIKE:
        gap = (out[measure][:, 0] - out[measure][:, 1]).astype(float)
        if np.ptp(gap):
            smallest = min(smallest, float(stats.ttest_1samp(gap, 0.0).pvalue))
    claim = f"identical sides that play {kind} get identical results ({count:,} runs, {1 + len(_SIDES_ALIKE)} measures): -log10 of the smallest p"
    return _check(8, claim, "two-sided Wilcoxon and t tests", -np.log10(max(smallest, 1e-300)), 3.0)


def package_beats_separate(instances: int = 200) -> Check:
    """Number 9, of the theory: the best joint surplus of one track over everything is never below
    that of two Nash points.
    """
    worst = 0.0
    for seed in range(instances):
        problem = random_problem(seed)
        half = len(problem.owner) // 2
        parts = [_part(problem, slice(0, half)), _part(problem, slice(half, None))]
        whole = utilitarian(problem)
        apart = sum(sum(nash(part)[1:]) if part.gains else 0.0 for part in parts)
        worst = max(worst, apart - (whole.us + whole.cn))
    claim = f"one track's best joint surplus is at least that of two tracks ({instances} instances)"
    return _check(9, claim, "Nash points of each track", worst, 1e-7)


def _part(problem: BargainingProblem, place: slice) -> BargainingProblem:
    """Some of the issues as a separate problem, with 0 for both at disagreement."""
    p = problem
    return BargainingProblem(
        p.owner[place], p.benefit[place], p.linear[place], p.convex[place], p.red_line[place]
    )


def packages_lose_nothing(lab: Lab) -> Check:
    """Number 9, of runs without frictions: deals in a package are no less efficient than those of
    separate tracks.
    """
    rows = evaluate(
        load("scenario=london_2025").change(FRICTIONLESS),
        {"linkage.tracks": ["separate", "package"]},
        runs=max(20, lab.runs // 10),
        seed=lab.seed,
        measures=("efficiency",),
        threads=lab.threads,
    )
    separate, package = (part["efficiency"].mean() for _, part in rows.groupby("row"))
    claim = f"frictions off, conceding by the clock, deals keep {package:.1%} of the joint surplus in a package, {separate:.1%} on separate tracks"
    return _check(9, claim, "runs of London", max(0.0, separate - package), 1e-9)


def known_answers(lab: Lab) -> list[Check]:
    """All known answers, in order."""
    return [
        frontier_undominated(),
        *map(solution_agrees, CONCEPTS),
        rubinstein_agrees(),
        limit_reached(),
        tariffs_agree(),
        queue_agrees(),
        stocks_balance(),
        deterministic(lab),
        engines_agree(lab),
        sides_alike(),
        sides_alike(kind="time_dependent"),
        package_beats_separate(),
        packages_lose_nothing(lab),
    ]


KNOWN = known_answers
