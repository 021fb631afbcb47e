"""NegMAS's Pareto outcomes and bargaining solutions on grids against our continuous frontier: never
above it, and near it as grids refine.

Objectives: the product of gains (Nash), the smaller share of ideal gains (Kalai-Smorodinsky), the
smaller gain (egalitarian), the sum (utilitarian), all in our units. Rounding the levels of our
point to the grid costs side i at most d_i, the sum over issues of half a step times the steepest
slope of its utility, and NegMAS, which searches the grid's Pareto outcomes, must do as well as that
rounded package. NegMAS's Kalai-Smorodinsky point is the one of least difference between the shares,
so it may lie below the rounded package: on a concave frontier by no more than e / (1 - r), with e
the larger of d_i over the ideal gain and r our point's share.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.theory import OutcomeList, egalitarian, ideal, kalai_smorodinsky, nash, utilitarian

pytestmark = pytest.mark.nightly

REFINED = {2: (6, 11, 21, 41), 3: (6, 11, 21), 4: (6, 11)}
CLOSE = 1e-9


@pytest.fixture(scope="module")
def solved(ask, grid, random_problem) -> list:
    """Grids of 100 problems at every refinement, each with NegMAS's answer."""
    problems = [random_problem(n, 2 + n % 3) for n in range(100)]
    grids = [
        grid(problem, levels) for problem in problems for levels in REFINED[len(problem.owner)]
    ]
    tasks = [
        {
            "do": "points",
            "worths": one.worths.tolist(),
            "reserved": list(one.problem.disagreement),
            "ideal": list(ideal(one.problem)),
        }
        for one in grids
    ]
    return list(zip(grids, ask("negmas_side.py", tasks), strict=True))


def objectives(problem) -> dict:
    """What each solution maximises, as a function of both utilities."""
    floor, most = np.asarray(problem.disagreement), np.asarray(ideal(problem))
    return {
        "nash": lambda u: np.prod(np.maximum(u - floor, 0.0)),
        "kalai_smorodinsky": lambda u: ((u - floor) / (most - floor)).min(),
        "egalitarian": lambda u: (u - floor).min(),
        "utilitarian": lambda u: u.sum(),
    }


def rounding(one) -> np.ndarray:
    """The most that rounding every level to the grid costs each side."""
    p, cost = one.problem, np.zeros(2)
    for k, owner in enumerate(p.owner):
        half = 0.5 * p.red_line[k] / (one.levels - 1)
        cost[owner] += half * max(
            abs(p.linear[k]), abs(p.linear[k] + 2.0 * p.convex[k] * p.red_line[k])
        )
        cost[1 - owner] += half * p.benefit[k]
    return cost


OURS = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
}


def test_no_pareto_outcome_of_negmas_lies_above_our_frontier(solved) -> None:
    count = 0
    for one, answer in solved:
        for us, cn in answer.get("utilities", []):
            scale = max(1.0, abs(us), abs(cn))
            assert one.problem.worth_to(0, us).cn >= cn - CLOSE * scale
            assert one.problem.worth_to(1, cn).us >= us - CLOSE * scale
            count += 1
    print(count, "Pareto outcomes of", sum("points" in answer for _, answer in solved), "grids")
    assert count > 3000


def test_negmas_and_we_find_the_same_pareto_outcomes_of_a_grid(solved) -> None:
    """By pairwise comparison on the grids of at most 1,331 packages."""
    for one, answer in solved:
        if one.levels ** len(one.problem.owner) > 1331:
            continue
        u = one.utilities[(one.utilities >= one.problem.disagreement).all(axis=1)]
        beaten = [((u >= point).all(axis=1) & (u > point).any(axis=1)).any() for point in u]
        mine, theirs = (
            np.sort(u[~np.asarray(beaten, bool), 0]),
            np.sort([us for us, _ in answer.get("utilities", [])]),
        )
        assert mine == pytest.approx(theirs, abs=CLOSE)


def least_by_rounding(one, name) -> float | None:
    """What the rounded package, or NegMAS's point beside it, is sure to reach; None where rounding
    may cost a side its gain.
    """
    floor, cost = np.asarray(one.problem.disagreement), rounding(one)
    point = np.asarray(OURS[name](one.problem)[1:])
    if (point - cost < floor).any():
        return None
    value = objectives(one.problem)[name]
    if name != "kalai_smorodinsky":
        return value(point - cost)
    shares, away = (
        (point - floor) / (ideal(one.problem) - floor),
        (cost / (ideal(one.problem) - floor)).max(),
    )
    if np.ptp(shares) > 1e-6:  # red lines keep the shares apart
        return None
    return shares.min() - away - away / (1.0 - shares.min())


@pytest.mark.parametrize("name", OURS)
def test_solutions_of_negmas_are_never_better_and_as_good_as_rounding_ours(solved, name) -> None:
    """Gaps are shares of our objective; between one grid and the next the mean over the problems in
    both falls.
    """
    gaps: dict[int, dict[int, float]] = {}
    for one, answer in solved:
        if "points" not in answer:
            continue
        value = objectives(one.problem)[name]
        ours, theirs = (
            value(np.asarray(OURS[name](one.problem)[1:])),
            value(np.asarray(answer["points"][name])),
        )
        close = CLOSE * max(1.0, abs(ours))
        assert theirs <= ours + close
        least = least_by_rounding(one, name)
        if least is not None:
            assert theirs >= least - close
            gaps.setdefault(one.levels, {})[id(one.problem)] = float((ours - theirs) / abs(ours))
    for coarse, fine in pairwise(sorted(gaps)):
        both = gaps[coarse].keys() & gaps[fine].keys()
        assert len(both) >= 15
        assert np.mean([gaps[fine][n] for n in both]) < 0.75 * np.mean(
            [gaps[coarse][n] for n in both]
        )
    print(
        name,
        {
            n: (len(found), round(float(np.mean(list(found.values()))), 5))
            for n, found in sorted(gaps.items())
        },
    )


def test_solutions_of_a_list_are_those_of_negmas(solved) -> None:
    """Frontier, Nash, egalitarian and utilitarian points of every grid, as a list of packages.

    NegMAS's utilitarian point is the best of those that leave neither below disagreement.
    """
    compared = 0
    for one, answer in solved:
        outcomes = OutcomeList(one.utilities, one.problem.disagreement)
        found = one.utilities[outcomes.rational]
        theirs = np.asarray(answer["frontier"] and answer["utilities"]).reshape(-1, 2)
        theirs = theirs[np.argsort(-theirs[:, 0])]
        # sums of NegMAS and of the grid differ in their last digits, which may part equal packages
        assert (
            np.unique(theirs.round(9), axis=0).tolist()
            == np.unique(found.round(9), axis=0).tolist()
        )
        if not outcomes.surplus:
            continue
        compared += 1
        rational = OutcomeList(found, one.problem.disagreement)
        for name in ("nash", "egalitarian", "utilitarian"):
            value = objectives(one.problem)[name]
            ours = value(found[getattr(rational, name)[0]])
            assert ours == pytest.approx(value(np.asarray(answer["points"][name])), rel=1e-9)
    assert compared > 200
