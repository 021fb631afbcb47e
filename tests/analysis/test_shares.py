"""Shares, means, survival: published numbers and properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.shares import grid, mean_interval, outcome_shares, wilson
from sim.analysis.survival import kaplan_meier, truce_survival
from sim.rules.measures import OUTCOMES


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_intervals(hits: int, of: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17, Table I, method 3 (score, no continuity correction)."""
    ends = wilson(np.asarray([hits]), np.asarray([of]))
    assert (float(ends[0][0]), float(ends[1][0])) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000), st.floats(0, 1))
def test_an_interval_holds_its_share(of: int, part: float) -> None:
    hits = round(part * of)
    low, high = wilson(np.asarray([hits]), np.asarray([of]))
    assert 0.0 <= low[0] <= hits / of + 1e-12
    assert hits / of - 1e-12 <= high[0] <= 1.0


def frame(outcomes: list[str], **columns: list) -> pd.DataFrame:
    return pd.DataFrame({"outcome": outcomes, **columns})


def test_shares_sum_to_one_and_keep_what_did_not_occur() -> None:
    shares = outcome_shares(frame(["breakdown", "breakdown", "narrow_deal"]))
    assert shares["outcome"].tolist() == list(OUTCOMES)
    assert shares["share"].sum() == pytest.approx(1.0)
    assert shares.set_index("outcome").loc["breakthrough", "share"] == 0.0
    assert (shares["runs"] == 3).all()


def test_groups_are_counted_by_themselves() -> None:
    table = frame(["breakdown", "narrow_deal", "breakdown", "breakdown"], a=[1, 1, 2, 2], b=["x", "x", "x", "y"])
    shares = outcome_shares(table, ["a", "b"])
    assert len(shares) == 3 * len(OUTCOMES)
    assert shares.query("a == 1 and outcome == 'breakdown'")["share"].item() == 0.5
    made = grid(outcome_shares(table, ["a", "b"]), "a", "b", "breakdown")
    assert made.loc["x", 2] == 1.0
    assert np.isnan(made.loc["y", 1])


def test_a_mean_has_an_interval_from_two_values_on() -> None:
    assert mean_interval(np.asarray([1.0, 3.0, np.nan]))[0] == 2.0
    assert np.isnan(mean_interval(np.asarray([1.0]))[1])
    assert np.isnan(mean_interval(np.asarray([np.nan]))[0])
    mean, low, high = mean_interval(np.random.default_rng(1).normal(5, 2, 10_000))
    assert low < 5.0 < high
    assert high - low == pytest.approx(2 * 1.96 * 2 / 100, rel=0.05)


def test_kaplan_meier_gives_the_textbook_curve() -> None:
    """6-MP arm of Freireich et al. 1963 as in Cox and Oakes 1984: survival .857 at 6, .807 at 7, .753 at 10, .690, .627, .538, .448."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    events = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(np.asarray(times), np.asarray(events, bool))
    assert curve["time"].tolist() == [0, 6, 7, 10, 13, 16, 22, 23]
    assert curve["survival"].round(4).tolist() == [1.0, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve["at_risk"].tolist() == [21, 21, 17, 15, 12, 11, 7, 6]
    assert (curve["low"] <= curve["survival"]).all()
    assert (curve["high"] >= curve["survival"]).all()


def test_a_truce_that_never_broke_is_censored() -> None:
    runs = pd.DataFrame({"weeks_to_first_break": [10.0, np.nan, np.nan, 20.0], "a": [1, 1, 2, 2]})
    assert truce_survival(runs, 104)["survival"].tolist() == [1.0, 0.75, 0.5]
    assert truce_survival(runs, 104, ["a"]).groupby("a")["survival"].min().tolist() == [0.5, 0.5]
    never = runs.assign(weeks_to_first_break=np.nan)
    assert truce_survival(never, 104)["survival"].tolist() == [1.0]
