"""Indices apart from noise: known functions have their known indices, and noise is in none of them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.functions import Known, examined, ishigami, sobol_g
from sim.analysis.sensitivity import FIRST, TOTAL
from sim.analysis.two_draws import (
    REPLICATES,
    WHOLE,
    Feature,
    Rows,
    apart_from_noise,
    elementary_effects,
    thresholds,
)
from sim.studies.examine import Plan
from sim.studies.looks import Meter, base_rows

A, B = 7.0, 0.1
G = np.asarray([0.0, 0.5, 3.0, 9.0])


def ishigami_indices() -> dict[str, list[float]]:
    """In closed form (Ishigami, Homma 1990)."""
    one = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    two, both = A**2 / 8.0, B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = one + two + both
    return {
        FIRST: [one / whole, two / whole, 0.0],
        TOTAL: [(one + both) / whole, two / whole, both / whole],
    }


def g_indices() -> dict[str, list[float]]:
    """In closed form (Sobol 1993)."""
    own = 1.0 / 3.0 / (1.0 + G) ** 2
    whole = np.prod(1.0 + own) - 1.0
    return {
        FIRST: list(own / whole),
        TOTAL: list(own * np.prod(1.0 + own) / (1.0 + own) / whole),
    }


def rows_of(known: Known, points: int, seed: int = 1) -> Rows:
    groups = [[lever] for lever in range(known.levers)]
    return base_rows(known, groups, points, seed, Meter(0))[0]


def found_of(rows: Rows, value: Feature, codes: int = 0):
    names = [f"x{j}" for j in range(rows.mixed.shape[1])]
    return apart_from_noise(rows, names, value, thresholds(rows, codes), 0.05)


@pytest.mark.parametrize(
    ("function", "levers", "truth"),
    [(ishigami, 3, ishigami_indices()), (sobol_g, 4, g_indices())],
    ids=["ishigami", "g"],
)
def test_known_indices_lie_in_their_intervals_through_the_whole_pipeline(
    function, levers, truth
) -> None:
    known = Known(function, levers, noise=1e-9, outcome=False, seed=3)
    table = examined(known, Plan(runs=2, trajectories=4, points=2048, seed=3)).indices
    for kind, values in truth.items():
        own = table[table["index"] == kind].sort_values("lever")
        assert (own["share.low"] <= values).all() and (own["share.high"] >= values).all()
        assert own["share"].to_numpy() == pytest.approx(values, abs=0.03)
        assert own["of_levers"].to_numpy() == pytest.approx(own["share"].to_numpy(), abs=1e-9)


def test_the_noise_between_runs_is_in_no_index_and_counted_by_itself() -> None:
    """Half of the variance is noise: total orders of the shares are half of what they were."""
    known = Known(ishigami, 3, noise=np.sqrt(13.8446), outcome=False, seed=1)
    found = found_of(rows_of(known, 4096), known.feature)
    assert found.split.levers.value == pytest.approx(0.5, abs=0.04)
    totals = [one.result.value for one in found.indices if one.kind == TOTAL]
    assert totals == pytest.approx([0.5 * v for v in ishigami_indices()[TOTAL]], abs=0.04)


def test_a_lever_that_only_shifts_the_draws_has_no_total_order() -> None:
    """The square under one draw would call half of this lever's variance its own."""
    rng = np.random.default_rng(1)
    a, mixed = rng.normal(size=(2048, 2)), rng.normal(size=(2048, 1, 2))
    rows = Rows(a, mixed, rng.normal(size=2048), np.arange(2048) % REPLICATES)
    assert np.mean((a - mixed[:, 0]) ** 2) / 2.0 == pytest.approx(1.0, abs=0.1)
    total = next(one for one in found_of(rows, Feature("value")).indices if one.kind == TOTAL)
    assert abs(total.result.value) < 0.08 and not total.stands


def test_interplay_with_the_draw_is_not_in_the_first_order() -> None:
    """Its effect is of the sign of the draw: B has another draw than A, so that it averages out."""
    rng = np.random.default_rng(2)
    x = rng.random((4096, 2)) - 0.5
    u, v = rng.normal(size=(4096, 2)), rng.normal(size=4096)
    rows = Rows(x[:, :1] * u, (x[:, 1:] * u)[:, None], x[:, 1] * v, np.arange(4096) % REPLICATES)
    first = next(one for one in found_of(rows, Feature("value")).indices if one.kind == FIRST)
    assert abs(first.result.value) < 0.1
    same = np.mean(x[:, 1] * u[:, 0] * (x[:, 1] - x[:, 0]) * u[:, 0]) / np.var(rows.a)
    assert same > 0.8  # what it would be with B under A's draw


def test_the_whole_distribution_sees_a_lever_that_moves_the_spread_alone() -> None:
    rng = np.random.default_rng(3)
    x = rng.random((8192, 2))
    e = rng.normal(size=(8192, 5))
    rows = Rows(
        (0.2 + 3.0 * x[:, :1]) * e[:, :2],
        ((0.2 + 3.0 * x[:, 1:]) * e[:, :2])[:, None],
        (0.2 + 3.0 * x[:, 1]) * e[:, 4],
        np.arange(8192) % REPLICATES,
    )
    by = {one.kind: one.result for one in found_of(rows, Feature("value")).indices}
    assert by[FIRST].value - by[FIRST].half_width() < 0.0
    assert by[WHOLE].value - by[WHOLE].half_width() > 0.003


def test_of_an_outcome_that_never_changes_the_interval_has_a_width() -> None:
    rows = Rows(np.zeros((64, 2)), np.zeros((64, 2, 2)), np.zeros(64), np.arange(64) % REPLICATES)
    rows.a[0] = 1.0
    rows.mixed[0] = 1.0
    found = found_of(rows, Feature("code", 1.0), codes=2)
    assert all(one.result.half_width() > 0.0 for one in found.indices)
    assert not any(one.stands for one in found.indices)


def test_elementary_effects_are_of_two_draws_and_stand_only_where_both_agree() -> None:
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(400, 2, 2))
    noise[:, 0] += 2.0
    (moves, idle) = elementary_effects(noise, 0.0, 0.05)
    assert moves[0] == pytest.approx(2.0, abs=0.15) and moves[1] <= 2.0 <= moves[2] and moves[3]
    assert idle[1] == 0.0 and not idle[3]
    assert np.sqrt(np.mean(noise[:, 1] ** 2)) > 0.9  # what one draw would call its effect
