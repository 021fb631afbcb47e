"""Shares and means: published intervals and properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.shares import grid, mean_interval, outcome_shares, wilson
from sim.vocabulary import OUTCOMES


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_intervals(hits: int, of: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17, Table I, method 3 (score, no continuity
    correction).
    """
    ends = wilson(np.asarray([hits]), np.asarray([of]))
    assert (float(ends[0][0]), float(ends[1][0])) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilson_agrees_with_scipy_and_holds_its_share(of: int, part: float) -> None:
    from scipy.stats import binomtest

    hits = round(part * of)
    low, high = wilson(np.asarray([hits]), np.asarray([of]))
    other = binomtest(hits, of).proportion_ci(method="wilson")
    assert (low[0], high[0]) == pytest.approx((other.low, other.high), abs=1e-12)
    assert 0.0 <= low[0] <= hits / of <= high[0] <= 1.0


@given(st.integers(0, 200), st.integers(1, 200))
def test_what_is_left_has_the_mirrored_interval(hits: int, more: int) -> None:
    of = hits + more
    low, high = wilson(np.asarray([hits, more]), np.asarray([of, of]))
    assert low[0] == pytest.approx(1.0 - high[1])


def test_nothing_in_nothing_may_be_anything() -> None:
    low, high = wilson(np.asarray([0]), np.asarray([0]))
    assert (low[0], high[0]) == (0.0, 1.0)
    shares = outcome_shares(frame([]))
    assert shares["share"].isna().all() and (shares["runs"] == 0).all()


def test_a_wilson_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Coverage at n = 60, the default of a sweep's point, averages 0.95 over shares; Newcombe finds
    0.952 on average.
    """
    from scipy.stats import binom

    hits = np.arange(61)
    low, high = wilson(hits, np.full(61, 60))
    truths = np.linspace(0.02, 0.98, 97)
    covered = [binom.pmf(hits, 60, p)[(low <= p) & (p <= high)].sum() for p in truths]
    assert np.mean(covered) == pytest.approx(0.952, abs=0.006)
    assert min(covered) > 0.9


def frame(outcomes: list[str], **columns: list) -> pd.DataFrame:
    return pd.DataFrame({"outcome": pd.Categorical(outcomes, categories=list(OUTCOMES)), **columns})


def test_shares_sum_to_one_and_keep_what_did_not_occur() -> None:
    shares = outcome_shares(frame(["breakdown", "breakdown", "narrow_deal"]))
    assert list(shares) == ["outcome", "share", "low", "high", "runs"]
    assert shares["outcome"].tolist() == list(OUTCOMES)
    assert shares["share"].tolist() == pytest.approx([0.0, 1 / 3, 0.0, 2 / 3])
    assert (shares["runs"] == 3).all()


def test_groups_are_counted_by_themselves() -> None:
    table = frame(
        ["breakdown", "narrow_deal", "breakdown", "breakdown"],
        a=[2, 2, 1, 1],
        b=["x", "x", "x", "y"],
    )
    shares = outcome_shares(table, ["a", "b"])
    assert shares["a"].tolist() == [1] * 8 + [2] * 4
    assert shares["runs"].tolist() == [1] * 8 + [2] * 4
    assert shares.query("a == 2 and outcome == 'breakdown'")["share"].item() == 0.5
    made = grid(shares, "a", "b", "breakdown")
    assert made.columns.tolist() == [1, 2] and made.index.tolist() == ["x", "y"]
    assert made.loc["x", 1] == 1.0 and np.isnan(made.loc["y", 2])


@pytest.mark.parametrize(
    "values",
    [["b", "a", "b"], [True, False, True], pd.Categorical(["b", "a", "b"]), [1.0, np.nan, 1.0]],
)
def test_settings_of_every_kind_make_groups(values) -> None:
    shares = outcome_shares(frame(["breakdown"] * 3, a=values), ["a"])
    assert sorted(shares["runs"].tolist()) == [1] * 4 + [2] * 4


def test_words_do_as_well_as_categories() -> None:
    table = frame(["breakdown", "narrow_deal"])
    pd.testing.assert_frame_equal(
        outcome_shares(table), outcome_shares(table.astype({"outcome": str}))
    )


def test_shares_of_a_real_run_are_its_counts() -> None:
    runs = sim.run("london", runs=20, weeks="none").runs
    shares = outcome_shares(runs).set_index("outcome")["share"]
    counted = runs["outcome"].value_counts(normalize=True)
    assert all(shares[name] == pytest.approx(counted.get(name, 0.0)) for name in OUTCOMES)


def test_a_mean_has_students_interval() -> None:
    from scipy.stats import t

    values = np.asarray([1.0, 3.0, 2.5, np.nan, 4.0])
    low, high = t.interval(0.95, 3, loc=2.625, scale=values[[0, 1, 2, 4]].std(ddof=1) / 2)
    assert mean_interval(values) == pytest.approx((2.625, low, high))


def test_a_mean_of_too_little_has_no_interval() -> None:
    assert mean_interval(np.asarray([1.0]))[0] == 1.0
    assert np.isnan(mean_interval(np.asarray([1.0]))[1:]).all()
    assert np.isnan(mean_interval(np.asarray([np.nan]))).all()
