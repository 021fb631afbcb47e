"""The known answers of MODEL.md section 13 that can be computed afresh in seconds, against solvers and formulas not used by the model.

Numbers 5 (queues) and 8 (symmetric sides) are not here: 8 is held by the tests of the rules, 5 has no check yet, and the report says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize

from sim.api import evaluate, run
from sim.theory import BargainingProblem, Importer, best_tariff, nash, optimal_tariff, rubinstein_split, utilitarian
from sim.validation.patterns import Lab

__all__ = ["KNOWN", "Check"]


@dataclass(frozen=True)
class Check:
    """A known answer: the largest error found and the tolerance; ``met`` None where it was not checked."""

    number: int
    claim: str
    against: str
    error: float
    tolerance: float
    met: bool | None


def _check(number: int, claim: str, against: str, error: float, tolerance: float) -> Check:
    return Check(number, claim, against, float(error), tolerance, bool(error <= tolerance))


def _problem(seed: int) -> BargainingProblem:
    """Two to eight random issues with a disagreement point that leaves gains."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 9))
    columns = (
        [0, 1, *map(int, draw.integers(0, 2, count - 2))], draw.uniform(5, 40, count).tolist(), draw.uniform(-8, 4, count).tolist(),
        draw.uniform(1, 40, count).tolist(), draw.uniform(0.3, 1, count).tolist(),
    )  # fmt: skip
    best = utilitarian(BargainingProblem(*columns))
    return BargainingProblem(*columns, (best.us - draw.uniform(0.5, 5), best.cn - draw.uniform(0.5, 5)))


def _utilities(problem: BargainingProblem, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both utilities of packages (..., issues), written out anew."""
    owner, gain = np.asarray(problem.owner), np.asarray(problem.benefit) * levels
    cost = np.asarray(problem.linear) * levels + np.asarray(problem.convex) * levels**2
    us = np.where(owner == 1, gain, -cost).sum(axis=-1)
    return us, np.where(owner == 0, gain, -cost).sum(axis=-1)


def frontier_undominated(instances: int = 1000) -> Check:
    """Number 1: random packages, half of them near the frontier, never beat the closed form."""
    worst = 0.0
    for seed in range(instances):
        problem, draw = _problem(seed), np.random.default_rng(seed + 10**6)
        cap = np.asarray(problem.red_line)
        packages = draw.uniform(0, 1, (100, len(cap))) * cap
        near = problem.at_weight(float(np.exp(draw.normal()))).levels
        packages[50:] = np.clip(near + 0.05 * draw.normal(size=(50, len(cap))), 0, cap)
        for us, cn in zip(*_utilities(problem, packages), strict=True):
            best = problem.worth_to(0, us)
            worst = max(worst, us - best.us, cn - best.cn if best.us >= us - 1e-9 else 0.0)
    return _check(
        1, f"no package dominates the frontier ({instances:,} instances)", "100 random packages each", worst, 1e-7
    )


def nash_agrees(instances: int = 40) -> Check:
    """Number 2: the Nash point against SLSQP from six starts."""
    worst = 0.0
    for seed in range(instances):
        problem, draw = _problem(seed), np.random.default_rng(seed)
        cap, (d_us, d_cn) = np.asarray(problem.red_line), problem.disagreement

        def loss(x: np.ndarray, problem: BargainingProblem = problem, d_us: float = d_us, d_cn: float = d_cn) -> float:
            us, cn = map(float, _utilities(problem, x))
            if us <= d_us or cn <= d_cn:
                return 50.0 + max(d_us - us, 0.0) + max(d_cn - cn, 0.0)
            return float(-np.log(us - d_us) - np.log(cn - d_cn))

        ours = nash(problem)
        starts = [ours.levels, *(draw.uniform(0, 1, len(cap)) * cap for _ in range(5))]
        options = {"ftol": 1e-14, "maxiter": 500}
        best = min(minimize(loss, x, bounds=[(0, c) for c in cap], method="SLSQP", options=options).fun for x in starts)
        worst = max(worst, loss(ours.levels) - best)
    return _check(2, f"Nash points ({instances} instances), log product", "scipy SLSQP from six starts", worst, 1e-7)


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


def tariffs_agree() -> Check:
    """Number 4: deadweight loss against quadrature, the best tariff against its formula."""
    worst = 0.0
    for elasticity in (0.76, 1.0, 2.0, 3.0):
        for rate in (0.1, 0.3, 0.8, 1.4):
            own = Importer(100.0, 0.0, 1.0, elasticity)
            area = quad(lambda price, e=elasticity: 100.0 * price**-e, 1.0, 1.0 + rate, epsabs=1e-12)[0]
            worst = max(worst, abs(own.cost(rate) - (area - rate * own.flow(rate))))
    worst = max(worst, abs(best_tariff(Importer(100.0, 0.0, 0.8, 3.0)) - optimal_tariff(0.8, 3.0)))
    return _check(
        4, "deadweight loss; optimal tariff at p = 0.8, elasticity 3", "numerical integration; closed form", worst, 1e-6
    )


def engines_agree(lab: Lab) -> Check:
    """Number 7: both engines over the same runs, default scenario."""
    one, two = (run(None, runs=4, seed=lab.seed, weeks="none", engine=e).runs for e in ("ensemble", "mesa"))
    return _check(7, "both engines give the same table, 4 runs", "bit for bit", float(not one.equals(two)), 0.0)


def _part(problem: BargainingProblem, place: slice) -> BargainingProblem:
    """Some of the issues as a problem of their own, with nothing at disagreement."""
    p = problem
    return BargainingProblem(p.owner[place], p.benefit[place], p.linear[place], p.convex[place], p.red_line[place])


def package_beats_separate(instances: int = 200) -> Check:
    """Number 9, of the theory alone: the best joint surplus of one table over everything is never below that of two Nash points."""
    worst = 0.0
    for seed in range(instances):
        problem = _problem(seed)
        half = len(problem.owner) // 2
        parts = [_part(problem, slice(0, half)), _part(problem, slice(half, None))]
        whole = utilitarian(problem)
        apart = sum(sum(nash(part)[1:]) if part.gains else 0.0 for part in parts)
        worst = max(worst, apart - (whole.us + whole.cn))
    return _check(
        9,
        f"the best of one table is at least two tables' joint surplus ({instances} instances; theory, not runs)",
        "Nash points of each table",
        worst,
        1e-7,
    )


def deterministic(lab: Lab) -> Check:
    """Number 7, the other half: the same seed and runs give the same numbers twice."""
    one, two = (evaluate("london_2025", {"linkage.cn": [0.0, 0.3]}, runs=50, seed=lab.seed) for _ in range(2))
    return _check(7, "the same seed gives the same table", "a second run", float(not one.equals(two)), 0.0)


def known_answers(lab: Lab) -> list[Check]:
    """All of them, in order; those not computed here say so."""
    absent = float("nan")
    return [
        frontier_undominated(), nash_agrees(), rubinstein_agrees(), tariffs_agree(),
        Check(5, "licence queue against M/M/1 or M/D/c", "not checked", absent, absent, None),
        Check(6, "stocks: nothing is created or lost", "held by tests/rules/test_supply.py, not run here", absent, 1e-9, None),
        deterministic(lab), engines_agree(lab),
        Check(8, "symmetric sides get symmetric outcomes", "held by tests/rules/test_week.py, not run here", absent, absent, None),
        package_beats_separate(),
    ]  # fmt: skip


KNOWN = known_answers
