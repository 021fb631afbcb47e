"""Shares over several points: known answers, and intervals that cover where points share their
draws.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.analysis.pooled import clustered_share, pooled_shares
from sim.analysis.shares import outcome_shares
from sim.vocabulary import OUTCOMES

EDGES = np.asarray([-1.2, 0.3, 1.8])


def drawn(
    rng: np.random.Generator, points: int, runs: int, alike: float
) -> tuple[pd.DataFrame, np.ndarray]:
    """Outcomes cut from normal draws whose correlation between points is ``alike``, and the true
    shares over the points.
    """
    place = np.linspace(-0.8, 0.8, points)
    shared = np.sqrt(alike) * rng.normal(size=runs)
    codes = np.digitize(
        place[:, None] + shared + np.sqrt(1.0 - alike) * rng.normal(size=(points, runs)), EDGES
    )
    below = norm.cdf(EDGES[None, :] - place[:, None])
    truth = np.diff(np.column_stack([np.zeros(points), below, np.ones(points)]), axis=1).mean(
        axis=0
    )
    outcome = pd.Categorical.from_codes(codes.ravel(), list(OUTCOMES))
    point, run = np.repeat(np.arange(points), runs), np.tile(np.arange(runs), points)
    return pd.DataFrame({"point": point, "lever": point % 3, "run": run, "outcome": outcome}), truth


def coverage(points: int, runs: int, alike: float, *, common: bool, tries: int = 400) -> float:
    """Share of intervals, over tries and outcomes, that hold the truth."""
    rng, covered = np.random.default_rng(1), 0
    for _ in range(tries):
        table, truth = drawn(rng, points, runs, alike)
        found = pooled_shares(table, common=common)
        covered += int(((found["low"] <= truth) & (truth <= found["high"])).sum())
    return covered / tries / len(OUTCOMES)


@pytest.mark.parametrize(
    ("points", "runs", "alike"), [(12, 60, 0.5), (12, 60, 0.9), (12, 20, 0.5), (6, 200, 0.3)]
)
def test_intervals_cover_where_points_share_their_draws(
    points: int, runs: int, alike: float
) -> None:
    assert 0.93 <= coverage(points, runs, alike, common=True) <= 0.97


@pytest.mark.parametrize(("points", "runs"), [(12, 20), (60, 1)])
def test_intervals_cover_where_every_run_has_its_own_draws(points: int, runs: int) -> None:
    assert 0.93 <= coverage(points, runs, 0.0, common=False) <= 0.97


def test_counting_shared_draws_as_independent_runs_would_not_cover() -> None:
    assert coverage(12, 60, 0.9, common=False, tries=100) < 0.7


def test_one_point_has_wilsons_interval() -> None:
    table, _ = drawn(np.random.default_rng(2), 3, 40, 0.5)
    pd.testing.assert_frame_equal(pooled_shares(table, ["lever"]), outcome_shares(table, ["lever"]))


def test_one_shared_run_has_no_interval_but_its_share() -> None:
    table, _ = drawn(np.random.default_rng(3), 50, 1, 0.5)
    found = pooled_shares(table)
    assert found["low"].isna().all() and found["high"].isna().all()
    assert found["share"].tolist() == outcome_shares(table)["share"].tolist()


def test_runs_that_agree_at_every_point_count_once() -> None:
    """Ten points that all meet the fate of the run are no more than one point."""
    one = drawn(np.random.default_rng(4), 1, 80, 0.0)[0]
    ten = pd.concat([one.assign(point=k) for k in range(10)], ignore_index=True)
    wilson, pooled = (
        part[["low", "high"]].to_numpy() for part in (outcome_shares(one), pooled_shares(ten))
    )
    assert pooled == pytest.approx(wilson, abs=0.005)


def test_points_with_more_runs_weigh_no_more() -> None:
    """As a stopping rule leaves them: 10 runs of one point, 90 of the other."""
    ends = ["breakdown"] * 10 + ["narrow_deal"] * 90
    table = pd.DataFrame(
        {"point": [0] * 10 + [1] * 90, "run": [*range(10), *range(90)], "outcome": ends}
    )
    found = pooled_shares(table).set_index("outcome")
    assert found.loc["breakdown", "share"] == pytest.approx(0.5)
    assert (found["runs"] == 100).all()


def test_events_of_a_run_are_one_cluster() -> None:
    rng, covered = np.random.default_rng(5), 0
    for _ in range(400):
        chance = rng.beta(2.0, 2.0, 80).repeat(6)
        _, low, high = clustered_share(rng.random(480) < chance, np.arange(80).repeat(6))
        covered += low <= 0.5 <= high
    assert 0.93 <= covered / 400 <= 0.97
    assert np.isnan(clustered_share(np.ones(3), np.zeros(3))[1])


def test_events_of_a_run_and_of_a_drawn_point_are_clusters_both() -> None:
    """20 points of 40 runs that share their draws at all points, and both move the chance."""
    rng, covered, one_way = np.random.default_rng(6), 0, 0
    point, run = np.divmod(np.arange(800), 40)
    for _ in range(300):
        chance = 0.5 + 0.2 * rng.uniform(-1, 1, 20)[point] + 0.2 * rng.uniform(-1, 1, 40)[run]
        hits = rng.random(800) < chance
        _, low, high = clustered_share(hits, run, point)
        covered += low <= 0.5 <= high
        _, low, high = clustered_share(hits, run)
        one_way += low <= 0.5 <= high
    assert covered / 300 >= 0.92 and one_way / 300 < 0.85


@pytest.mark.parametrize(("runs", "common"), [(4, True), (20, True), (4, False)])
def test_intervals_of_drawn_points_are_of_the_ranges(runs: int, common: bool) -> None:
    """Outcomes that settings decide, not draws: other points would move the shares, however many
    runs each has.
    """
    rng, covered = np.random.default_rng(7), 0
    for _ in range(200):
        place = rng.normal(size=(100, 1))
        codes = np.digitize(
            place + 0.3 * rng.normal(size=(1, runs) if common else (100, runs)), EDGES
        ).ravel()
        outcome = pd.Categorical.from_codes(codes, list(OUTCOMES))
        table = pd.DataFrame(
            {
                "point": np.repeat(np.arange(100), runs),
                "run": np.tile(np.arange(runs), 100),
                "outcome": outcome,
            }
        )
        found = pooled_shares(table, common=common, drawn=1)
        truth = np.diff(np.concatenate([[0.0], norm.cdf(EDGES / np.sqrt(1.09)), [1.0]]))
        covered += int(((found["low"] <= truth) & (truth <= found["high"])).sum())
    assert 0.93 <= covered / 200 / len(OUTCOMES) <= 0.98


def test_points_drawn_together_are_one_cluster() -> None:
    """Copies of each point add nothing where they were drawn with it."""
    table, _ = drawn(np.random.default_rng(8), 30, 1, 0.0)
    twice = pd.concat(
        [table.assign(point=2 * table["point"] + k) for k in (0, 1)], ignore_index=True
    )
    one, two = (
        pooled_shares(t, common=False, drawn=n)[["low", "high"]]
        for t, n in ((table, 1), (twice, 2))
    )
    assert two.to_numpy() == pytest.approx(one.to_numpy(), abs=0.01)
