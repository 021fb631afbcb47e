"""sim.analysis.claims: verdicts are right as often as they say, and never come from noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.claims import (
    FAILS,
    HOLDS,
    KINDS,
    OPEN,
    SHIFTS,
    contributions,
    edges_of,
    interval,
    judge,
    runs_to_settle,
    tail_of,
    together,
)


def test_a_mean_over_known_values_is_the_mean_of_what_runs_add() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(2, 300))
    left[rng.random(300) < 0.3], right[rng.random(300) < 0.6] = np.nan, np.nan
    parts = contributions(right, left)
    assert parts.mean() == pytest.approx(np.nanmean(right) - np.nanmean(left))
    assert np.isnan(contributions(np.full(3, np.nan))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_an_interval_covers_as_often_as_it_says(kind: str) -> None:
    rng, inside, seeds = np.random.default_rng(2), 0, 2_000
    for _ in range(seeds):
        if kind == "share":
            truth, parts = 0.3, (rng.random(200) < 0.3).astype(float)
        elif kind == "shares":
            shared = rng.random(200)
            other = np.where(rng.random(200) < 0.5, shared, rng.random(200))
            truth, parts = 0.1, (shared < 0.4) * 1.0 - (other < 0.3)
        else:
            values = rng.exponential(size=200)
            values[rng.random(200) < 0.4] = np.nan
            truth, parts = 1.0, contributions(values)
        _, low, high = interval(parts, kind, 0.025)
        inside += low <= truth <= high
    assert 0.93 < inside / seeds < 0.97


def test_over_a_table_the_chance_of_a_wrong_verdict_is_at_most_a_twentieth() -> None:
    rng, checks, tables = np.random.default_rng(3), 40, 400
    wrong = 0
    for _ in range(tables):
        verdicts = [
            judge(*interval(rng.normal(size=100), "mean", tail_of(checks))[1:], (0.0, math.inf))
            for _ in range(checks)
        ]
        wrong += any(verdict != OPEN for verdict in verdicts)  # the truth lies on the edge
    assert wrong / tables < 0.08  # 0.05, known to 0.011


@pytest.mark.parametrize(
    ("ends", "said", "before", "verdict"),
    [
        ((0.2, 0.4), ("above", 0.1, 0.0), "", HOLDS),
        ((0.2, 0.4), ("above", 0.3, 0.0), "", OPEN),
        ((0.2, 0.4), ("above", 0.5, 0.0), "", FAILS),
        ((0.2, 0.4), ("above", 0.5, 0.0), HOLDS, SHIFTS),
        ((0.2, 0.4), ("above", 0.5, 0.0), OPEN, SHIFTS),
        ((0.2, 0.4), ("above", 0.5, 0.0), FAILS, FAILS),
        ((0.2, 0.4), ("below", 0.5, 0.0), "", HOLDS),
        ((0.2, 0.4), ("below", 0.1, 0.0), HOLDS, SHIFTS),
        ((0.2, 0.4), ("near", 0.3, 0.2), "", HOLDS),
        ((0.2, 0.4), ("near", 0.3, 0.05), "", OPEN),
        ((0.2, 0.4), ("near", 0.7, 0.1), "", FAILS),
        ((math.nan, math.nan), ("above", 0.0, 0.0), "", OPEN),
    ],
)
def test_a_verdict_goes_by_the_interval(ends, said, before, verdict) -> None:
    assert judge(*ends, edges_of(*said), before) == verdict


def test_so_many_runs_settle_it() -> None:
    rng, edges = np.random.default_rng(4), (0.45, math.inf)
    few = interval(np.tile([0.0, 1.0], 100), "share", tail_of(1))
    assert judge(*few[1:], edges) == OPEN
    needed = int(runs_to_settle(few, edges, 200))
    settled = 0
    for _ in range(100):
        hits = (rng.random(2 * needed) < 0.5).astype(float)
        settled += judge(*interval(hits, "share", tail_of(1))[1:], edges) == HOLDS
    assert needed < 1_000 and settled > 60
    assert runs_to_settle((0.45, 0.4, 0.5), edges, 200) == math.inf


def test_a_shift_under_the_same_draws_is_that_of_pairs() -> None:
    rng = np.random.default_rng(5)
    one = rng.normal(size=400)
    other = one + 0.1 + 0.01 * rng.normal(size=400)
    value, low, high = together(one, other, "mean", 0.025, paired=True)
    assert 0.095 < low < value < high < 0.105
    _, low, high = together(one, other, "mean", 0.025, paired=False)
    assert low < 0.0 < 0.2 < high


def test_runs_that_never_differ_still_have_a_width() -> None:
    hits = np.ones(50)
    _, low, high = together(hits, hits, "share", 0.025, paired=True)
    assert low < 0.0 < high
