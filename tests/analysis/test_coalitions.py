"""Shapley's shares add to the difference, are those of every order, and their intervals hold the
truth.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from sim.analysis.coalitions import (
    Cells,
    deal_cells,
    deal_orders,
    masks_of,
    runs_alone,
    shapley,
    shapley_of_walks,
    weights_of,
)
from sim.analysis.paired import paired_share


def over_all_orders(means: np.ndarray, levers: int) -> np.ndarray:
    """What each lever adds, averaged over all orders one by one."""
    found = np.zeros(levers)
    orders = list(permutations(range(levers)))
    for order in orders:
        at = 0
        for lever in order:
            found[lever] += means[at | 1 << lever] - means[at]
            at |= 1 << lever
    return found / len(orders)


@pytest.mark.parametrize(
    "runs", [40, 5_000], ids=["every coalition on every run", "runs dealt by weight"]
)
def test_four_levers_are_as_the_enumeration_of_all_orders_has_them(runs: int) -> None:
    cells = deal_cells(4, runs, seed=1)
    values = np.random.default_rng(2).random(len(cells.run)) + (cells.coalition == 7)
    counts = np.bincount(cells.coalition)
    means = np.bincount(cells.coalition, values) / counts
    found = shapley(cells, values, 4)
    assert np.abs(found.value - over_all_orders(means, 4)).max() < 1e-12
    assert abs(found.value.sum() - (means[-1] - means[0])) < 1e-9
    assert ((found.low < found.value) & (found.value < found.high)).all()
    assert (counts == runs).all() == (runs == 40)


def test_weights_are_those_of_the_formula() -> None:
    weights = weights_of(5)
    member = masks_of(5).T
    assert np.allclose(np.where(member, weights, 0.0).sum(axis=1), 1.0)
    assert np.allclose(np.where(member, 0.0, weights).sum(axis=1), -1.0)
    assert np.allclose(weights.sum(axis=0)[1:-1], 0.0)


@pytest.mark.parametrize("levers", [4, 7, 9, 10])
@pytest.mark.parametrize("runs", [2, 300, 2_000])
def test_every_coalition_has_two_runs_and_the_ends_have_all(levers: int, runs: int) -> None:
    cells = deal_cells(levers, runs, seed=3)
    counts = np.bincount(cells.coalition, minlength=2**levers)
    assert counts.min() >= 2 and counts[0] == counts[-1] == runs
    assert counts[1] >= runs_alone(runs) and counts[-2] >= runs_alone(runs)
    assert cells.run.max() < runs
    assert len(np.unique(cells.coalition * runs + cells.run)) == len(cells.run)


def test_orders_visit_coalitions_of_one_size_evenly() -> None:
    orders = deal_orders(8, 280, np.random.default_rng(1))
    assert (np.sort(orders, axis=1) == np.arange(8)).all()
    visits = np.bincount(np.cumsum(1 << orders, axis=1)[:, :-1].ravel(), minlength=256)
    size = masks_of(8).sum(axis=1)
    for s in range(1, 8):
        assert visits[size == s].max() - visits[size == s].min() <= 2


SIZES = np.asarray([1.2, 0.5, 0.3, 0.0, -0.3, 0.1, 0.2])


def probit(inside: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """A model whose runs share their luck: levers add, and the first two add more together; the
    fourth is never read.
    """
    level = inside @ SIZES + 0.6 * inside[:, 0] * inside[:, 1] - 1.5
    return (luck[..., 0] + 0.5 * luck[..., 1] * inside[:, 2] + level > 0.0).astype(float)


def true_shares() -> np.ndarray:
    luck = np.random.default_rng(99).normal(size=(40_000, 2))
    means = np.asarray(
        [probit(row[None, :], luck).mean() for row in masks_of(len(SIZES)).astype(float)]
    )
    return weights_of(len(SIZES)) @ means


@pytest.mark.parametrize("exact", [True, False], ids=["every coalition", "walks"])
def test_intervals_hold_the_truth_of_a_known_model(exact: bool) -> None:
    levers, runs, seeds, truth = len(SIZES), 400, 200, true_shares()
    inside = masks_of(levers).astype(float)
    held = np.zeros(levers)
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        luck = rng.normal(size=(runs, 2))
        if exact:
            cells = deal_cells(levers, runs, seed)
            found = shapley(cells, probit(inside[cells.coalition], luck[cells.run]), levers)
        else:
            orders = rng.permuted(np.tile(np.arange(levers), (runs, 1)), axis=1)
            steps = np.argsort(orders, axis=1)
            walked = [probit((steps < n).astype(float), luck) for n in range(levers + 1)]
            found = shapley_of_walks(np.column_stack(walked), orders)
            assert abs(found.value.sum() - (walked[-1] - walked[0]).mean()) < 1e-9
        held += (found.low <= truth) & (truth <= found.high)
    read = np.arange(levers) != 3  # a walk knows the share of what is never read, 0: always held
    assert 0.93 <= held[read].mean() / seeds <= 0.97
    assert (held[read] >= 0.90 * seeds).all()
    assert held[3] >= 0.93 * seeds


def test_a_lever_alone_has_all_of_the_difference() -> None:
    cells = Cells(np.repeat([0, 1], 4), np.tile(np.arange(4), 2))
    assert shapley(cells, np.asarray([0.0, 0, 1, 0, 1, 0, 1, 1]), 1).value.tolist() == [0.5]


def test_a_paired_share_has_a_width_where_no_run_differs_and_covers_where_few_do() -> None:
    assert (
        paired_share(np.ones(50), np.ones(50))[1] < 0.0 < paired_share(np.ones(50), np.ones(50))[2]
    )
    held = 0
    for seed in range(1_000):
        rng = np.random.default_rng(seed)
        left = rng.random(200) < 0.3
        right = np.where(rng.random(200) < 0.05, ~left, left)  # truth: 0.05 (1 - 2 * 0.3)
        _, low, high = paired_share(left, right)
        held += low <= 0.02 <= high
    assert 930 <= held <= 975
