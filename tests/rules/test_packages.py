"""Efficient packages (docs/validation.md, *Known answers*, number 1) against independent
solvers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim.rules.codes import CN, US
from sim.rules.packages import best_sum, concession, efficient, nash_product, prepare, values, worth


def random_issues(generator: np.random.Generator) -> list[tuple[int, float, float, float, float]]:
    """Two to eight issues, both sides owning at least one."""
    count = int(generator.integers(2, 9))
    owners = [0, 1, *generator.integers(0, 2, count - 2)]
    return [
        (
            int(o),
            float(generator.uniform(1, 40)),
            float(generator.uniform(-10, 15)),
            float(generator.uniform(0.5, 50)),
            float(generator.uniform(0.2, 1)),
        )
        for o in owners
    ]


def utilities(issues: list, x: np.ndarray) -> tuple[float, float]:
    """Both sides' utilities, written independently of the rules."""
    us = cn = 0.0
    for (owner, benefit, linear, convex, _), level in zip(issues, x, strict=True):
        cost, gain = linear * level + convex * level**2, benefit * level
        us, cn = (us - cost, cn + gain) if owner == 0 else (us + gain, cn - cost)
    return us, cn


def solve(issues: list, objective: Callable, start: np.ndarray, **options: object) -> np.ndarray:
    bounds = [(0.0, issue[4]) for issue in issues]
    return minimize(
        objective,
        start,
        bounds=bounds,
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-12},
        **options,
    ).x


def test_no_package_of_an_independent_solver_dominates_a_closed_form_one(problem: Callable) -> None:
    """1,000 random issue sets: holding the US to its utility, SLSQP finds no more for China than
    1e-6.
    """
    generator = np.random.default_rng(1)
    package = np.zeros(12)
    for _ in range(1000):
        issues = random_issues(generator)
        made = problem(issues)[0]
        efficient(made, float(np.exp(generator.normal(0, 1))), package)
        x = package[: len(issues)].copy()
        us, cn = values(made, package)
        assert (us, cn) == pytest.approx(utilities(issues, x), abs=1e-9)
        floor = {
            "type": "ineq",
            "fun": lambda y, issues=issues, us=us: utilities(issues, y)[0] - us,
        }
        found = solve(
            issues,
            lambda y, issues=issues: -utilities(issues, y)[1],
            np.clip(x + 0.05, 0, [i[4] for i in issues]),
            constraints=[floor],
        )
        if utilities(issues, found)[0] >= us - 1e-7:
            assert utilities(issues, found)[1] <= cn + 1e-5 * max(1.0, abs(cn))


def test_nash_product_agrees_with_slsqp_from_many_starts(problem: Callable) -> None:
    generator = np.random.default_rng(2)
    package = np.zeros(12)
    for _ in range(40):
        issues = random_issues(generator)
        made = problem(issues)[0]
        prepare(made, package)
        ours = nash_product(made, 0.0, 0.0, package)
        best = 0.0
        for _ in range(8):
            start = generator.uniform(0, 1, len(issues)) * [i[4] for i in issues]

            def loss(y: np.ndarray, issues: list = issues) -> float:
                us, cn = utilities(issues, y)
                return (
                    -np.log(us) - np.log(cn)
                    if us > 1e-9 and cn > 1e-9
                    else 50.0 - min(us, 0) - min(cn, 0)
                )

            us, cn = utilities(issues, solve(issues, loss, start))
            best = max(best, us * cn if us > 0 and cn > 0 else 0.0)
        assert ours >= best * (1.0 - 1e-6) - 1e-9


@given(st.integers(0, 10_000), st.floats(0.01, 0.99), st.sampled_from([US, CN]))
def test_the_package_worth_a_target_is_worth_it(seed: int, share: float, side: int) -> None:
    from sim.rules.state import PROBLEM

    issues = random_issues(np.random.default_rng(seed))
    made = np.zeros(1, PROBLEM)
    made["count"] = len(issues)
    for name, column in zip(
        ("owner", "benefit", "linear", "convex", "red_line"), zip(*issues, strict=True), strict=True
    ):
        made[name][0, : len(issues)] = column
    package = np.zeros(12)
    prepare(made[0], package)
    ends = np.empty(2)
    for n, weight in enumerate((1e-9, 1e9)):
        efficient(made[0], weight, package)
        ends[n] = values(made[0], package)[side]
    target = ends[0] + share * (ends[1] - ends[0])
    worth(made[0], side, target, package)
    assert values(made[0], package)[side] == pytest.approx(
        target, abs=1e-9 * max(1.0, abs(ends).max())
    )
    assert all(0.0 <= package[j] <= issues[j][4] for j in range(len(issues)))


def test_a_target_beyond_the_frontier_gives_its_end(problem: Callable) -> None:
    made, package = problem([(0, 10, 1, 5, 1), (1, 10, 1, 5, 1)])[0], np.zeros(12)
    prepare(made, package)
    worth(made, US, 1e6, package)
    assert list(package[:2]) == pytest.approx([0.0, 1.0])
    worth(made, CN, 1e6, package)
    assert list(package[:2]) == pytest.approx([1.0, 0.0])


def test_the_joint_optimum_concedes_where_marginal_cost_meets_worth(problem: Callable) -> None:
    made, package = problem([(0, 10, 1, 9, 1), (1, 8, 2, 12, 0.1)])[0], np.zeros(12)
    best_sum(made, package)
    assert list(package[:2]) == pytest.approx([0.5, 0.1])


@given(
    st.floats(0.1, 10),
    st.floats(0.1, 10),
    st.floats(0, 50),
    st.floats(-10, 10),
    st.floats(0.1, 50),
    st.floats(0, 1),
)
def test_a_higher_weight_never_concedes_less(
    a: float, b: float, benefit: float, linear: float, convex: float, line: float
) -> None:
    low, high = sorted((a, b))
    assert (
        concession(low, benefit, linear, convex, 0.0, line)
        <= concession(high, benefit, linear, convex, 0.0, line)
        <= line
    )


def test_issues_worth_nothing_leave_an_empty_frontier(problem: Callable) -> None:
    made, package = problem([(0, 0.0, 1, 5, 1)])[0], np.zeros(12)
    prepare(made, package)
    worth(made, US, 3.0, package)
    assert package[0] == 0.0
