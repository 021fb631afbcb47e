"""sim.agents.space: offers, frontier and agreement of one run in one space."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.agents.space import bargaining_space
from sim.vocabulary import happened


@pytest.fixture(scope="module")
def settled():
    scenario = sim.load("scenario=breakthrough")
    return next(space for run in range(20) if np.isfinite((space := bargaining_space(scenario, 1, run)).deal).all())


def test_the_frontier_runs_from_the_best_of_one_side_to_the_best_of_the_other(settled):
    for frontier in (settled.frontier, settled.frontier_all):
        assert (np.diff(frontier[:, 0]) <= 1e-9).all()
        assert (np.diff(frontier[:, 1]) >= -1e-9).all()


def test_no_offer_and_no_deal_lies_beyond_the_frontier(settled):
    us, cn = settled.frontier[::-1].T
    for point in (*settled.offer_us, *settled.offer_cn, settled.deal):
        if np.isfinite(point).all() and us[0] <= point[0] <= us[-1]:
            assert point[1] <= np.interp(point[0], us, cn) + 0.05


def test_more_issues_never_shrink_the_frontier(settled):
    best = (settled.frontier.sum(axis=1).max(), settled.frontier_all.sum(axis=1).max())
    assert best[1] >= best[0] - 1e-6


def test_the_nash_point_is_on_the_frontier_and_no_point_there_has_a_larger_product(settled):
    gains = np.maximum(settled.frontier - settled.reservation, 0.0)
    product = np.prod(settled.nash - settled.reservation)
    assert product >= gains.prod(axis=1).max() * (1 - 1e-9)


def test_the_deal_is_one_of_the_last_offers_and_ends_the_weeks(settled):
    scenario = sim.load("scenario=breakthrough")
    model = sim.TruceModel(scenario, 1, settled.run, collect="none")
    while model.week < settled.week[-1]:
        model.step()
    assert happened(int(model.series["events"]), "deal_trade")
    standing = np.vstack([settled.offer_us[-1], settled.offer_cn[-1]])
    assert np.isclose(standing, settled.deal).all(axis=1).any()


def test_reading_the_space_changes_nothing_and_repeats():
    scenario = sim.load()
    one, two = bargaining_space(scenario, 3, 2), bargaining_space(scenario, 3, 2)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)


def test_sides_that_never_talk_have_no_space():
    assert bargaining_space(sim.load("scenario=escalation_2025", "truce.reentry.rate=0"), 1) is None
