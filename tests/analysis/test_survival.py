"""How long truces last: the textbook's curve, published intervals, and runs of the model."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.survival import kaplan_meier, truce_survival
from sim.config.errors import SimError

TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
CONTROL = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_kaplan_meier_gives_the_textbook_curve() -> None:
    """Weeks of remission under 6-MP: Freireich et al. 1963, as worked in Cox and Oakes 1984,
    chapter 4.
    """
    curve = kaplan_meier(np.asarray(TREATED), np.asarray(RELAPSED, bool))
    assert curve["time"].tolist() == [0, 6, 7, 10, 13, 16, 22, 23, 35]
    assert curve["at_risk"].tolist() == [21, 21, 17, 15, 12, 11, 7, 6, 1]
    assert curve["events"].tolist() == [0, 3, 1, 1, 1, 1, 1, 1, 0]
    published = [1.0, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482, 0.4482]
    assert curve["survival"].round(4).tolist() == published


def test_intervals_are_those_published_for_the_control_arm() -> None:
    """Rodríguez, Demographic Methods (Princeton), Kaplan-Meier: Stata's ``sts list`` of the same
    trial, Greenwood on log-log.
    """
    curve = kaplan_meier(np.asarray(CONTROL), np.ones(21, bool)).set_index("time")
    assert curve.loc[1, ["survival", "low", "high"]].tolist() == pytest.approx(
        [0.9048, 0.6700, 0.9753], abs=5e-5
    )
    assert curve.loc[2, ["survival", "low", "high"]].tolist() == pytest.approx(
        [0.8095, 0.5689, 0.9239], abs=5e-5
    )


def test_survival_agrees_with_scipy() -> None:
    from scipy.stats import CensoredData, ecdf

    rng = np.random.default_rng(3)
    times, observed = rng.integers(1, 60, 400).astype(float), rng.random(400) < 0.6
    curve = kaplan_meier(times, observed)
    other = ecdf(CensoredData(uncensored=times[observed], right=times[~observed])).sf
    assert curve["survival"].to_numpy() == pytest.approx(other.evaluate(curve["time"].to_numpy()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where survival is 1 or 0
        ends = other.confidence_interval(0.95, method="log-log")
    inside = curve[(curve["survival"] < 1.0) & (curve["survival"] > 0.0)]
    assert inside["low"].to_numpy() == pytest.approx(ends.low.evaluate(inside["time"].to_numpy()))
    assert inside["high"].to_numpy() == pytest.approx(ends.high.evaluate(inside["time"].to_numpy()))


def test_where_all_have_failed_the_interval_is_not_known() -> None:
    last = kaplan_meier(np.asarray([1.0, 2.0]), np.asarray([True, True])).iloc[-1]
    assert last["survival"] == 0.0
    assert np.isnan(last["low"]) and np.isnan(last["high"])


def runs_of(**columns: list) -> pd.DataFrame:
    none = [0.0] * 4
    return pd.DataFrame(
        {"weeks_to_first_truce": none, "weeks_to_first_break": [10.0, np.nan, np.nan, 20.0]}
        | columns
    )


def test_a_truce_that_never_broke_is_watched_to_the_horizon() -> None:
    curve = truce_survival(runs_of(), 104)
    assert curve["survival"].tolist() == [1.0, 0.75, 0.5, 0.5]
    assert curve["time"].tolist() == [0, 10, 20, 104]
    never = truce_survival(runs_of(weeks_to_first_break=[np.nan] * 4), 104)
    assert never["survival"].tolist() == [1.0, 1.0] and never["high"].tolist() == [1.0, 1.0]


def test_the_watch_begins_with_the_truce() -> None:
    curve = truce_survival(runs_of(weeks_to_first_truce=[4.0, 0.0, np.nan, 15.0]), 104)
    assert curve["time"].tolist() == [0, 5, 6, 104]
    assert curve["at_risk"].tolist() == [3, 3, 2, 1]


def test_groups_and_horizons_may_differ() -> None:
    runs = runs_of(a=[1, 1, 2, 2], weeks=[52, 52, 104, 104])
    curves = truce_survival(runs, "weeks", ["a"])
    assert next(iter(curves)) == "a"
    assert curves.groupby("a")["time"].max().tolist() == [52, 104]
    assert curves.groupby("a")["survival"].min().tolist() == [0.5, 0.5]


def test_points_that_meet_the_fate_of_the_run_count_once() -> None:
    """Ten points alike are no more than one, but for Student's quantile; with draws of their own
    they are.
    """
    rng = np.random.default_rng(6)
    weeks = rng.geometric(0.02, 80).astype(float)
    one = pd.DataFrame(
        {
            "point": 0,
            "run": np.arange(80),
            "weeks_to_first_truce": 0.0,
            "weeks_to_first_break": weeks,
        }
    )
    ten = pd.concat([one.assign(point=k) for k in range(10)], ignore_index=True)
    alone, shared, own = (
        truce_survival(runs, 500, common=common)[["low", "high"]].iloc[5:-5].to_numpy()
        for runs, common in ((one, True), (ten, True), (ten, False))
    )
    assert shared == pytest.approx(alone, abs=0.01)
    assert np.diff(own).max() < np.diff(alone).min()


def test_one_shared_run_has_no_interval_of_survival() -> None:
    runs = runs_of(point=[0, 1, 2, 3], run=[0, 0, 0, 0])
    curve = truce_survival(runs, 104)
    assert curve["survival"].tolist() == [1.0, 0.75, 0.5, 0.5]
    assert curve["low"].iloc[1:].isna().all()


def test_a_column_that_was_not_kept_is_asked_for() -> None:
    with pytest.raises(SimError, match="weeks_to_first_truce"):
        truce_survival(runs_of().drop(columns="weeks_to_first_truce"), 104)


@pytest.mark.parametrize("name", ["london_2025", "escalation_2025"])
def test_truces_of_the_model_only_ever_break(name: str) -> None:
    results = sim.run(name, runs=20, weeks="none")
    curve = truce_survival(results.runs, results.scenario.calendar.horizon_weeks)
    assert curve["survival"].is_monotonic_decreasing and curve["time"].is_monotonic_increasing
    assert curve["events"].sum() == results.runs["weeks_to_first_break"].notna().sum()
    assert curve["time"].iloc[-1] <= results.scenario.calendar.horizon_weeks


def test_the_median_counts_truces_that_held():
    from sim.analysis.survival import median_time

    broke = np.array([True, True, False, False, False])
    assert np.isnan(median_time(kaplan_meier(np.array([3.0, 5.0, 9.0, 9.0, 9.0]), broke)))
    assert median_time(kaplan_meier(np.array([3.0, 5.0, 9.0, 9.0]), broke[:4])) == 5.0
