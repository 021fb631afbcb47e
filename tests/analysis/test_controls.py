"""Surprises taken out of a mean leave it where it is, know it better, and by a rule fixed
beforehand.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.chained import Chain
from sim.analysis.controls import (
    LEAST_RUNS,
    LEAST_TOUCHED,
    Estimate,
    Luck,
    controlled_mean,
    estimate_difference,
    estimate_shares,
)
from sim.analysis.paired import paired_share
from sim.analysis.shares import wilson
from sim.vocabulary import OUTCOMES

BREAKDOWN = OUTCOMES["breakdown"].code


def some(runs: int, seed: int = 1, chain: Chain | None = None) -> Luck:
    return (chain or Chain()).luck(np.random.SeedSequence(seed), runs)


def first(luck: Luck, runs: int) -> Luck:
    return Luck(*(part[:runs] for part in luck))


def test_the_mean_over_many_studies_is_the_truth_and_spreads_less() -> None:
    truth, plain, found = Chain().shares(), [], []
    for seed in range(150):
        luck = some(LEAST_RUNS, seed)
        plain.append(np.bincount(luck.outcome, minlength=len(OUTCOMES)) / LEAST_RUNS)
        found.append([one.value for one in estimate_shares(luck)])
    spread = np.std(found, axis=0)
    assert np.abs(np.mean(found, axis=0) - truth).max() < 4.0 * spread.max() / np.sqrt(150)
    gain = (np.std(plain, axis=0) / spread) ** 2
    assert gain[BREAKDOWN] > 4.0 and gain[OUTCOMES["narrow_deal"].code] > 1.2


def test_shares_add_to_one() -> None:
    found = estimate_shares(some(1_500))
    assert all(one.controlled for one in found)
    assert sum(one.value for one in found) == pytest.approx(1.0, abs=1e-8)


def test_a_fold_takes_slopes_of_the_other_runs_only() -> None:
    rng = np.random.default_rng(1)
    columns, values = rng.normal(size=(600, 3)), rng.normal(size=(600, 1))
    before = controlled_mean(values, columns)
    values[::5] *= 100.0  # the first fold: only the slopes of the others can change
    after = controlled_mean(values, columns)
    others = np.arange(600) % 5 != 0
    x, y = columns[others], values[others] - values[others].mean()
    scale = np.maximum(columns.std(axis=0), 0.1)
    slopes = np.linalg.solve(x.T @ x + np.diag(20.0 * scale**2), x.T @ y)
    left = values[::5] - columns[::5] @ slopes
    rest = 600.0 * after.mean - left.sum(axis=0)
    assert abs(float((rest - 600.0 * before.mean)[0])) > 0.0
    assert float(left.mean()) == pytest.approx(float(values[::5].mean()), abs=5.0)


def test_columns_of_nought_and_blocks_of_runs_change_nothing(monkeypatch) -> None:
    luck = some(1_000)
    plain = controlled_mean(luck.closing, luck.surprises)
    wider = controlled_mean(luck.closing, luck.surprises, np.zeros((1_000, 4)))
    monkeypatch.setattr("sim.analysis.controls._BLOCK", 100)
    cut = controlled_mean(luck.closing, luck.surprises)
    for one, two, three in zip(plain, wider, cut, strict=True):
        assert two == pytest.approx(one, rel=1e-9) and three == pytest.approx(one, rel=1e-9)


def test_a_decision_that_one_run_loses_is_not_corrected_by_what_the_others_risked(
    monkeypatch,
) -> None:
    values = (np.arange(8_000) % 4 == 0).astype(float)[:, None]
    risked = -0.002 * values  # one of 500 would have lost; one did
    risked[8] = 0.998
    assert float(controlled_mean(values, risked).variance[0]) < 1.3 * values.var()
    monkeypatch.setattr("sim.analysis.controls._LEAST_SPREAD", 1e-9)
    assert float(controlled_mean(values, risked).variance[0]) > 5.0 * values.var()


def test_below_the_least_runs_and_of_a_rare_outcome_runs_are_counted() -> None:
    luck = some(LEAST_RUNS - 1)
    few = estimate_shares(luck)
    counts = np.bincount(luck.outcome, minlength=len(OUTCOMES))
    for one, count in zip(few, counts, strict=True):
        low, high = wilson(count, np.asarray(LEAST_RUNS - 1))
        assert one == Estimate(
            count / (LEAST_RUNS - 1), float(low), float(high), float(high - low) / 2.0, False
        )
    seldom = some(LEAST_RUNS, 1, Chain(breaks=0.0005))
    assert (seldom.closing[:, BREAKDOWN] > 0.0).sum() < LEAST_TOUCHED
    found = estimate_shares(seldom)
    assert not found[BREAKDOWN].controlled
    assert found[OUTCOMES["tactical_pause"].code].controlled


def test_a_difference_of_few_runs_is_that_of_pairs() -> None:
    left, right = some(200), some(200, 1, Chain(breaks=0.03))
    value, low, high = paired_share(left.outcome == BREAKDOWN, right.outcome == BREAKDOWN)
    found = estimate_difference(left, right, "breakdown")
    assert found == Estimate(value, low, high, (high - low) / 2.0, False)


def test_a_difference_of_equal_scenarios_is_nought_and_is_counted() -> None:
    luck = some(2_000)
    found = estimate_difference(luck, luck, "breakdown")
    assert found.value == 0.0 and not found.controlled and found.low < 0.0 < found.high


def test_a_difference_is_better_known_than_by_counting_pairs() -> None:
    left, right = some(2_000), some(2_000, 1, Chain(breaks=0.03))
    found = estimate_difference(left, right, "breakdown")
    value, low, high = paired_share(left.outcome == BREAKDOWN, right.outcome == BREAKDOWN)
    assert found.controlled and found.high - found.low < 0.5 * (high - low)
    assert abs(found.value - value) < (high - low) / 2.0


def test_four_added_runs_hold_the_half_width_of_a_rule_of_stopping_up() -> None:
    for one in estimate_shares(some(700)):
        assert one.half_width >= (one.high - one.low) / 2.0 - 1e-9


def test_more_runs_of_the_same_number_are_the_same_runs() -> None:
    long = some(1_200)
    assert estimate_shares(first(long, 800)) == estimate_shares(first(first(long, 1_000), 800))
