"""What theory cannot answer it refuses: every argument of every public function, at and beyond the
edge of its domain.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import theory
from sim.config.scenario import MOST_ISSUES, Scenario
from sim.model import TruceModel
from sim.theory import BargainingProblem, Equilibrium, GroupImporter, Importer
from sim.vocabulary import TRACKS

PROBLEM = BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1])
IMPORTER = Importer(100.0, 0.2, 0.8, 3.0)
GROUP = GroupImporter(20.0, 80.0, 0.1)
COLUMNS: dict[str, Any] = {
    "owner": [0, 1], "benefit": [10, 10], "linear": [1, 1], "convex": [6, 6], "red_line": [1, 1], "disagreement": (0.0, 0.0),
}  # fmt: skip

# a call that works, by function: keyword arguments, and for each of them what is out of its domain
# beside what no number may be
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, list[Any]]]] = {
    "deterministic_wait": (
        theory.deterministic_wait, {"rate": 0.5, "servers": 1},
        {"rate": [0.0, -0.1, 1.0, 1.5, 1e300], "servers": [0, -1, 1.5, 10_001, 10**30]},
    ),
    "feedback_wait": (
        theory.feedback_wait, {"rate": 0.25, "chance": 0.5},
        {"rate": [0.0, -0.1, 0.5, 0.6], "chance": [0.0, -0.5, 0.25, 0.2, math.nextafter(1.0, 2.0)]},
    ),
    "rubinstein_split": (
        theory.rubinstein_split, {"patience_1": 0.5, "patience_2": 0.6, "outside_1": 0.1, "outside_2": 0.2},
        {"patience_1": [1.0, -1e-9, 2], "patience_2": [1.0, -1e-9, 2], "outside_1": [-1e-9, 0.8, 1], "outside_2": [-1e-9, 0.9, 1]},
    ),
    "limit_split": (
        theory.limit_split, {"rate_1": 0.3, "rate_2": 0.1}, {"rate_1": [0.0, -1.0], "rate_2": [0.0, -1.0]},
    ),
    "alternating_offers": (
        theory.alternating_offers, {"problem": PROBLEM, "patience_us": 0.5, "patience_cn": 0.5},
        {"patience_us": [1.0, -0.1, 0.9999999], "patience_cn": [1.0, -0.1, 0.9999999]},
    ),
    "price_sequence": (
        theory.price_sequence, {"offers": 2, "patience": 0.9},
        {"offers": [0, -1, 1.5, 100_001], "patience": [1.0, -0.1, 2]},
    ),
    "screening_meetings": (
        theory.screening_meetings, {"meetings": 2, "patience": 0.9},
        {"meetings": [0, -1, 1.5, 10_001], "patience": [-0.1, 1.1]},
    ),
    "gains_of_trade": (
        theory.gains_of_trade, {"meetings": 2, "patience": 0.9, "bluff": 0.5, "types": 4},
        {"meetings": [0, 1.5, 10_001], "patience": [-0.1, 1.1], "bluff": [-0.1, 1.1], "types": [1, 1001, 2.5]},
    ),
    "optimal_tariff": (
        theory.optimal_tariff, {"pass_through": 0.5, "elasticity": 3.0},
        {"pass_through": [0.0, -0.1, 1.1, 1e-320], "elasticity": [0.5, 0.1, -3.0]},
    ),
    "best_tariff": (theory.best_tariff, {"importer": IMPORTER, "most": 3.0}, {"most": [-0.1, 1e7]}),
    "nash_tariffs": (theory.nash_tariffs, {"one": IMPORTER, "other": IMPORTER, "most": 3.0}, {"most": [-0.1, 1e7]}),
    "extension_game": (
        theory.extension_game, {"stakes_us": 20.0, "stakes_cn": 10.0, "cost_us": 3.0, "cost_cn": 3.0},
        {"cost_us": [-1.0], "cost_cn": [-1e-9], "stakes_us": [], "stakes_cn": []},
    ),
    "frontier": (theory.frontier, {"problem": PROBLEM, "points": 5}, {"points": [1, 0, -3, 2.5, 10**7]}),
    "Importer": (
        Importer,
        {"imports": 100.0, "base_tariff": 0.2, "pass_through": 0.8, "elasticity": 3.0, "revenue_weight": 1.0, "protection_weight": 0.0},
        {
            "imports": [-1.0, 1e13], "base_tariff": [-0.1, 1e7], "pass_through": [0.0, -0.1, 1.1], "elasticity": [-0.1, 51],
            "revenue_weight": [-0.1, 1e7], "protection_weight": [-0.1, 1e7],
        },
    ),
    "Importer.cost": (IMPORTER.cost, {"rate": 0.5}, {"rate": [-0.1, 1e7]}),
    "Importer.flow": (IMPORTER.flow, {"rate": 0.5}, {"rate": [-0.1, 1e7]}),
    "Importer.cost_to_exporter": (
        IMPORTER.cost_to_exporter, {"rate": 0.5, "margin": 0.2}, {"rate": [-0.1, 1e7], "margin": [-0.1, 1.1]},
    ),
    "optimal_duty": (
        theory.optimal_duty,
        {"share": 0.2, "pass_through": 0.9, "between": 2.6, "in_all": 0.8, "third_duty": 0.1, "revenue_weight": 1.2, "protection_weight": 0.1},
        {
            "share": [-0.1, 1.1], "pass_through": [0.0, 1.1], "between": [-0.1, 51, 0.0], "in_all": [-0.1, 51], "third_duty": [-0.1, 1e4],
            "revenue_weight": [-0.1, 1e4], "protection_weight": [-0.1, 1e4],
        },
    ),
    "best_duty": (theory.best_duty, {"importer": GROUP, "most": 3.0}, {"most": [-0.1, 1e4]}),
    "GroupImporter": (
        GroupImporter,
        {**vars(GROUP)},
        {
            "imports": [0.0, 1e10], "third": [-1.0, 1e10], "base_duty": [-0.1, 1e4], "base_third_duty": [-0.1, 1e4],
            "third_duty": [-0.1, 1e4], "pass_through": [0.0, 1.1], "between": [-0.1, 51], "in_all": [-0.1, 51],
            "third_slope": [-0.1, 11], "route_share": [-0.1, 1.0], "route_elasticity": [-0.1, 51], "route_cost": [-0.1, 11],
            "enforcement": [-0.1, 101], "revenue_weight": [-0.1, 1e4], "protection_weight": [-0.1, 1e4],
        },
    ),
    "GroupImporter.market": (GROUP.market, {"duty": 0.5}, {"duty": [-0.1, 1e4]}),
    "GroupImporter.cost": (GROUP.cost, {"duty": 0.5}, {"duty": [-0.1, 1e4]}),
    "GroupImporter.share": (GROUP.share, {"duty": 0.5}, {"duty": [-0.1, 1e4]}),
    "GroupImporter.cost_to_exporter": (
        GROUP.cost_to_exporter, {"duty": 0.5, "margin": 0.2}, {"duty": [-0.1, 1e4], "margin": [-0.1, 1.1]},
    ),
    "BargainingProblem.at_weight": (PROBLEM.at_weight, {"weight": 1.0}, {"weight": [0.0, -1.0, 1e-13, 1e13]}),
    "BargainingProblem.worth_to": (PROBLEM.worth_to, {"side": 0, "target": 1.0}, {"side": [2, -1, 0.5], "target": []}),
}  # fmt: skip
NO_NUMBERS = [
    math.nan,
    math.inf,
    -math.inf,
    np.float64("nan"),
    None,
    "0.5",
    1j,
    [0.5],
    Decimal("0.5"),
    10**400,
]
CASES = [
    (name, argument, value)
    for name, (_, _, beyond) in CALLS.items()
    for argument, values in beyond.items()
    for value in (*NO_NUMBERS, *values)
]


@pytest.mark.parametrize("name", CALLS)
def test_the_call_itself_works(name: str) -> None:
    call, arguments, beyond = CALLS[name]
    call(**arguments)
    numbers = {
        key
        for key, value in arguments.items()
        if not isinstance(value, (BargainingProblem, GroupImporter, Importer))
    }
    assert numbers == set(beyond)
    assert set(arguments) == set(inspect.signature(call).parameters)


@pytest.mark.parametrize(
    ("name", "argument", "value"), CASES, ids=[f"{n}-{a}-{v!r:.20}" for n, a, v in CASES]
)
def test_what_is_outside_the_domain_is_refused(name: str, argument: str, value: object) -> None:
    call, arguments, _ = CALLS[name]
    with pytest.raises(ValueError, match="given|beyond|finite"):
        call(**{**arguments, argument: value})


def test_every_public_function_is_probed() -> None:
    elsewhere = {
        "BargainingProblem",
        "OutcomeList",  # tests/theory/test_listed.py
        "Equilibrium",
        "GroupMarket",
        "Point",
        "equilibria",
        "egalitarian",
        "ideal",
        "kalai_smorodinsky",
        "nash",
        "problem_at",
        "utilitarian",
    }
    assert set(theory.__all__) == {name for name in CALLS if "." not in name} | elsewhere


BAD_COLUMNS = {
    "owner": [[0, 2], [0, 0.5], [0, math.nan], ["us", "cn"], [0], [], None, "01"],
    "benefit": [
        [10, -1],
        [10, math.nan],
        [10, math.inf],
        [10, None],
        [10, "1"],
        [10],
        [[10, 1], [1, 1]],
        10,
        [10, 2e9],
    ],
    "linear": [[1, math.nan], [1, -math.inf], [1, None], [1, 1, 1], [1, -2e9], [1, 7e5]],
    "convex": [[6, 0], [6, -1], [6, math.nan], [6, math.inf], [6, 2e9], [6, 1e-5]],
    "red_line": [[1, -0.1], [1, 1.1], [1, math.nan], [1, math.inf]],
    "disagreement": [
        (0.0,),
        (0.0, 0.0, 0.0),
        (math.nan, 0.0),
        (0.0, math.inf),
        (None, 0.0),
        0.0,
        (1e9, 0.0),
    ],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in BAD_COLUMNS.items() for value in values],
    ids=repr,
)
def test_a_problem_with_a_bad_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match="given|finite"):
        BargainingProblem(**{**COLUMNS, name: value})


@pytest.mark.parametrize("count", [0, MOST_ISSUES + 1])
def test_one_to_twenty_four_issues(count: int) -> None:
    columns = {name: [1] * count for name in COLUMNS if name != "disagreement"}
    with pytest.raises(ValueError, match=f"1 to {MOST_ISSUES}"):
        BargainingProblem(**columns)


@pytest.mark.parametrize(
    "levels",
    [[0.5], [0.5, 0.5, 0.5], [0.5, 1.1], [-0.1, 0], [math.nan, 0], 0.5, None, "ab"],
    ids=repr,
)
def test_a_package_has_a_level_for_each_issue(levels: Any) -> None:
    with pytest.raises(ValueError, match="given|finite"):
        PROBLEM.value(levels)


NO_GAINS = {
    "costs above benefits": BargainingProblem([0, 1], [1, 1], [5, 5], [6, 6], [1, 1]),
    "red lines at nothing": BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [0, 0]),
    "nothing of worth": BargainingProblem([0, 1], [0, 0], [1, 1], [6, 6], [1, 1]),
    "one side only, unpaid": BargainingProblem([0], [10], [1], [6], [1]),
    "disagreement beyond reach": BargainingProblem(
        [0, 1], [10, 10], [1, 1], [6, 6], [1, 1], (9.0, 9.0)
    ),
    "disagreement on the frontier": BargainingProblem(
        [0, 1], [10, 10], [1, 1], [6, 6], [1, 1], (3.375, 3.375)
    ),
}


@pytest.mark.parametrize("concept", ["nash", "kalai_smorodinsky", "egalitarian"])
@pytest.mark.parametrize("what", NO_GAINS)
def test_without_gains_there_is_no_solution(concept: str, what: str) -> None:
    assert not NO_GAINS[what].gains
    with pytest.raises(ValueError, match="better off"):
        getattr(theory, concept)(NO_GAINS[what])


@pytest.mark.parametrize("what", NO_GAINS)
def test_without_gains_nobody_offers(what: str) -> None:
    with pytest.raises(ValueError, match="better off"):
        theory.alternating_offers(NO_GAINS[what], 0.5, 0.5)


@pytest.mark.parametrize("floors", [(11.0, 0.0), (0.0, 11.0), (-7.0, 10.1)])
def test_no_ideal_where_a_side_cannot_have_what_it_has(floors: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no package"):
        theory.ideal(BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1], floors))


@pytest.mark.parametrize("what", NO_GAINS)
def test_what_can_be_answered_without_gains_is(what: str) -> None:
    problem = NO_GAINS[what]
    assert np.isfinite(theory.frontier(problem, 5)).all()
    assert np.isfinite(theory.ideal(problem)).all()
    best = theory.utilitarian(problem)
    assert best.us + best.cn >= theory.frontier(problem, 50).sum(axis=1).max() - 1e-9


@pytest.mark.parametrize("track", [-1, len(TRACKS) + 1, 0.5, None, "trade", math.nan])
def test_a_track_that_is_none_is_refused(track: Any) -> None:
    model = TruceModel(Scenario(), 1, collect="none")
    with pytest.raises(ValueError, match="track"):
        theory.problem_at(model.state.whole[0], model.params.record, track)


def test_a_track_without_issues_has_no_problem() -> None:
    from dataclasses import replace

    # nothing is asked of Beijing's controls, and Washington has nothing to pay with
    trade = {
        name: issue
        for name, issue in Scenario().issues.items()
        if issue.track == "trade" and issue.owner == "cn"
    }
    model = TruceModel(replace(Scenario(), issues=trade), 1, collect="none")
    with pytest.raises(ValueError, match="no issue"):
        theory.problem_at(model.state.whole[0], model.params.record, 1)


BAD_GAMES = {
    "shape": np.zeros((2, 3)),
    "one row": [1.0, 2.0],
    "ragged": [[1.0], [2.0, 3.0]],
    "nan": [[1.0, math.nan], [0.0, 0.0]],
    "inf": [[1.0, 2.0], [math.inf, 0.0]],
    "words": [["a", "b"], ["c", "d"]],
    "none": None,
}
HAWKS = np.asarray([[0.0, 3.0], [1.0, 2.0]])


@pytest.mark.parametrize("what", BAD_GAMES)
def test_what_is_no_game_is_refused(what: str) -> None:
    for pair in ((BAD_GAMES[what], HAWKS), (HAWKS, BAD_GAMES[what])):
        with pytest.raises(ValueError, match="finite payoff"):
            theory.equilibria(*pair)


LINES = {
    "nothing matters": (np.zeros((2, 2)), np.zeros((2, 2))),
    "one never cares": (np.ones((2, 2)), HAWKS.T),
    "one does not care where the other stays": ([[1, 2], [1, 0]], [[3, 0], [3, 0]]),
    "the other never cares": (HAWKS, [[1, 1], [0, 0]]),
}


@pytest.mark.parametrize("what", LINES)
def test_a_line_of_equilibria_is_refused(what: str) -> None:
    one, two = (np.asarray(payoffs, float) for payoffs in LINES[what])
    with pytest.raises(ValueError, match="infinitely many"):
        theory.equilibria(one, two)
    with pytest.raises(ValueError, match="infinitely many"):
        theory.equilibria(two.T, one.T)


def test_ties_that_leave_finitely_many_are_answered() -> None:
    """Extending at no audience cost: where the other lapses it does not matter what one does."""
    assert theory.equilibria(*theory.extension_game(20.0, 10.0)) == [
        Equilibrium(1.0, 1.0),
        Equilibrium(0.0, 0.0),
    ]


def test_a_mixture_too_thin_to_write_down_is_refused() -> None:
    with pytest.raises(ValueError, match="too close"):
        theory.equilibria([[1e300, 0.0], [0.0, 1e-300]], [[1.0, 0.0], [0.0, 1.0]])


whole = st.integers(-2, 2)
game = st.tuples(*[whole] * 8)


@given(game)
def test_equilibria_are_those_of_a_fine_grid(payoffs: tuple[int, ...]) -> None:
    """Differences of payoffs are -4 to 4, so that mixtures are fractions of 8 at most: a grid of
    these finds each of them, and lines.
    """
    one, two = np.reshape(payoffs[:4], (2, 2)), np.reshape(payoffs[4:], (2, 2))
    grid = np.unique([i / n for n in range(1, 9) for i in range(n + 1)])
    p, q = grid[:, None], grid[None, :]
    mine = q * (one[0, 0] - one[1, 0]) + (1 - q) * (one[0, 1] - one[1, 1])
    its = p * (two[0, 0] - two[0, 1]) + (1 - p) * (two[1, 0] - two[1, 1])
    mine, its = np.round(mine, 12), np.round(its, 12)
    first = ((mine > 0) & (p == 1)) | ((mine < 0) & (p == 0)) | (mine == 0)
    second = ((its > 0) & (q == 1)) | ((its < 0) & (q == 0)) | (its == 0)
    found = {(round(grid[i], 9), round(grid[j], 9)) for i, j in np.argwhere(first & second)}
    try:
        ours = {(round(e.one, 9), round(e.two, 9)) for e in theory.equilibria(one, two)}
    except ValueError:
        assert len(found) > 3
    else:
        assert ours == found
