"""What a box is, how it is said, and what chance gives."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.boxes import (
    LEVEL,
    Box,
    Domain,
    Limit,
    chance_of,
    coverage_interval,
    difference_interval,
    polished,
    readable,
    relaxed,
    score,
    with_few_levers,
)

UNIT = {f"x{k}": Domain(0.0, 1.0) for k in range(5)}


def sample(points: int = 2_000, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.random(points) for name in UNIT}


def test_a_box_holds_the_points_that_meet_every_limit() -> None:
    box = Box({"x": Limit(0.2, 0.8), "kind": Limit(values=("a", "c"))})
    columns = {
        "x": np.asarray([0.1, 0.2, 0.5, 0.8]),
        "kind": np.asarray(["a", "a", "b", "c"]),
    }
    assert box.holds(columns).tolist() == [False, True, False, True]
    assert Box({}).holds(columns).all()


def test_the_score_is_the_correlation_between_lying_inside_and_the_share() -> None:
    columns = sample()
    inside = Box({"x0": Limit(0.5, 1.0)}).holds(columns)
    shares = np.where(inside, 0.7, 0.2) + 0.1 * columns["x1"]
    assert score(inside, shares) == pytest.approx(np.corrcoef(inside, shares)[0, 1])
    assert score(np.ones(2_000, bool), shares) == 0.0 == score(inside, np.ones(2_000))


def test_the_lever_that_costs_least_is_let_go_first() -> None:
    columns = sample()
    box = Box({name: Limit(0.4, 1.0) for name in UNIT})
    true = Box({name: Limit(0.4, 1.0) for name in ("x0", "x2", "x4")})
    shares = np.where(true.holds(columns), 0.9, 0.1)
    assert with_few_levers(box, columns, shares) == true


def test_limits_that_add_nothing_are_dropped_and_ends_move_to_where_the_score_is_largest() -> None:
    columns, true = sample(), Box({"x0": Limit(0.5, 1.0), "x1": Limit(0.0, 0.6)})
    shares = np.where(true.holds(columns), 0.9, 0.1)
    found = Box({"x0": Limit(0.55, 0.999), "x1": Limit(0.001, 0.53), "x2": Limit(0.0, 0.998)})
    wide = readable(relaxed(found, columns, shares, UNIT), UNIT)
    assert set(wide.limits) == {"x0", "x1"}
    assert polished(wide, columns, shares, UNIT) == true


@pytest.mark.parametrize(
    ("limit", "domain", "said"),
    [
        (Limit(0.4471, 1.0), Domain(0.0, 1.0), Limit(0.44, 1.0)),
        (Limit(26.0, 61.3), Domain(26.0, 104.0), Limit(26.0, 61.0)),
        (Limit(0.1, 0.1234), Domain(0.1, 0.25), Limit(0.1, 0.124)),
        (Limit(0.5, 13.37), Domain(0.0, 20.0), Limit(0.5, 13.5)),
        (Limit(2.5, 12.0), Domain(2.0, 12.0, whole=True), Limit(3.0, 12.0)),
        (Limit(2.0, 4.5), Domain(2.0, 12.0, whole=True), Limit(2.0, 4.0)),
        (Limit(values=("c", "a")), Domain(values=("a", "b", "c")), Limit(values=("a", "c"))),
    ],
    ids=str,
)
def test_limits_are_rounded_to_steps_that_can_be_said(limit, domain, said) -> None:
    assert readable(Box({"x": limit}), {"x": domain}).limits == {"x": said}


@pytest.mark.parametrize(
    ("limit", "domain"),
    [
        (Limit(0.001, 0.999), Domain(0.0, 1.0)),
        (Limit(1.0, 12.0), Domain(1.0, 12.0, whole=True)),
        (Limit(values=("a", "b")), Domain(values=("a", "b"))),
    ],
)
def test_a_limit_that_leaves_out_nothing_is_none(limit, domain) -> None:
    assert readable(Box({"x": limit}), {"x": domain}).limits == {}


def test_chance_passes_the_best_of_many_idle_boxes_once_in_a_hundred_times() -> None:
    columns, passed = sample(400), 0
    inside = np.stack([columns[name] > edge for name in UNIT for edge in (0.3, 0.5, 0.7)])
    for seed in range(100):
        rng = np.random.default_rng(seed)
        passed += int((chance_of(inside, rng.binomial(4, 0.2, 400) / 4, rng).p <= LEVEL).any())
    assert passed <= 4  # of 100 at 1 %: more comes once in 300


def test_a_box_that_is_better_than_chance_passes_beside_idle_ones() -> None:
    columns, rng = sample(400), np.random.default_rng(0)
    inside = np.stack([columns[name] > 0.5 for name in UNIT])
    found = chance_of(inside, np.where(inside[0], 0.6, 0.3) + 0.2 * rng.normal(size=400), rng)
    assert found.p[0] == 0.001 and (found.p[1:] > LEVEL).all()
    assert score(inside[0], rng.permutation(np.where(inside[0], 0.6, 0.3))) < found.least


@pytest.mark.parametrize("hits", [(0, 0), (0, 7), (7, 0), (50, 50), (3, 40)])
def test_ends_enclose_their_value_and_stay_within_what_is_possible(hits) -> None:
    value, low, high = difference_interval(hits, (50, 50))
    assert -1.0 <= low <= value <= high <= 1.0 and low < high
    value, low, high = coverage_interval(hits, (50, 50), 0.3)
    if sum(hits):
        assert 0.0 <= low <= value <= high <= 1.0 and low < high
    else:
        assert np.isnan([value, low, high]).all()


def test_a_box_drawn_blindly_covers_its_mass() -> None:
    value, low, high = coverage_interval((300, 300), (1_000, 1_000), 0.2)
    assert value == pytest.approx(0.2) and low < 0.2 < high
