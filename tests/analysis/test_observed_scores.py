"""Runs are held against observations at their own time, and scored as by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.observed_scores import BANDS, crps


def by_hand(values: np.ndarray, observed: float) -> float:
    """Gneiting and Raftery 2007, equation 21, term by term."""
    pairs = np.abs(values[:, None] - values[None, :]).mean()
    return float(np.abs(values - observed).mean() - 0.5 * pairs)


@pytest.mark.parametrize("seed", range(5))
def test_the_score_is_the_mean_distance_less_half_the_mean_spread(seed) -> None:
    rng = np.random.default_rng(seed)
    values, observed = rng.lognormal(size=50), rng.normal()
    assert crps(values, observed) == pytest.approx(by_hand(values, observed), rel=1e-12)
    assert crps(np.full(50, 3.0), 5.5) == pytest.approx(2.5)


@pytest.fixture(scope="module")
def results():
    return sim.run("london", runs=30, seed=3, weeks="all")


def daily(results, name: str) -> pd.DataFrame:
    """A row a day, a column a run: every week's value on each of its seven days."""
    table = results.weeks.pivot(index="date", columns="run", values=name)
    days = pd.date_range(table.index[0] - pd.Timedelta(days=7), periods=7 * len(table))
    return table.loc[table.index.repeat(7)].set_axis(days)


@pytest.mark.parametrize("name", ["imports.magnets", "trade.us", "tariff.cn"])
def test_a_month_is_the_mean_of_its_days(results, name) -> None:
    months = pd.period_range("2025-06", "2027-07", freq="M").astype(str)
    scored = results.score({"month": list(months), name: [1.0] * len(months)})
    table = scored.observed.set_index("first")
    wanted = daily(results, name).groupby(lambda day: day.strftime("%Y-%m-01"))
    inside = table.index[table["left_out"] == ""]
    assert list(inside) == [f"{m}-01" for m in months if "2025-07" <= m <= "2027-05"]
    for first, days in wanted:
        if first in inside:
            runs = days.mean()
            row = table.loc[first]
            assert row["mean"] == pytest.approx(runs.mean())
            assert row["q90"] == pytest.approx(runs.quantile(0.9))
            assert row["crps"] == pytest.approx(by_hand(runs.to_numpy(), 1.0))
    assert table.loc["2025-06-01", "left_out"] == "the run has 20 of its 30 days"
    assert table.loc["2027-07-01", "left_out"] == "the run has 0 of its 31 days"


def test_a_day_is_held_against_its_own_week(results) -> None:
    days = ["2025-06-11", "2025-06-17", "2025-06-18", "2025-06-10"]
    table = results.score({"day": days, "imports.magnets": [1.0] * 4}).observed.set_index("first")
    wanted = daily(results, "imports.magnets").mean(axis=1)
    assert table.loc["2025-06-10", "left_out"] == "the run has 0 of its 1 day"
    for day in days[:3]:
        assert table.loc[day, "mean"] == pytest.approx(wanted[pd.Timestamp(day)])
    assert table.loc["2025-06-11", "mean"] == table.loc["2025-06-17", "mean"]


@pytest.mark.nightly
def test_bands_cover_what_they_say(results) -> None:
    """Each run, taken as what was observed, lies in a band as often as its share of runs."""
    runs = daily(results, "imports.magnets").loc["2025-12-01":"2025-12-31"].mean()
    inside = dict.fromkeys(BANDS, 0)
    for value in runs:
        row = results.score({"month": ["2025-12"], "imports.magnets": [value]}).scores.iloc[0]
        for band in BANDS:
            inside[band] += row[f"coverage.{band}"]
    for band in BANDS:
        assert inside[band] / len(runs) == pytest.approx(band / 100, abs=2 / len(runs))


def test_base_rates_know_only_what_was_observed_before(results) -> None:
    months = {
        "month": ["2025-04", "2025-05", "2025-06", "2025-07", "2025-08"],
        "imports.magnets": [100.0, 200.0, 600.0, 500.0, 900.0],
    }
    scored = results.score(months)
    table = scored.observed
    assert set(table["persistence"]) == {600.0}
    last = table.iloc[-1]
    assert last["crps.persistence"] == 300.0
    assert last["crps.climatology"] == pytest.approx(
        by_hand(np.array([100.0, 200.0, 600.0]), 900.0)
    )
    row = scored.scores.iloc[0]
    assert (row["scored"], row["not_scored"], row["base"]) == (2, 3, "persistence")
    assert row["crps.persistence"] == 200.0
    assert row["skill"] == pytest.approx(1.0 - row["crps"] / 200.0)
    alone = results.score({"month": ["2025-07"], "imports.magnets": [500.0]}).scores.iloc[0]
    assert alone["base"] == "" and np.isnan(alone["skill"])


def test_scores_follow_the_result_that_they_are_of() -> None:
    months = {"month": ["2025-07", "2025-08"], "imports.magnets": [619.0, 700.0]}
    results = sim.run("london", runs=10, seed=5, observed=months)
    again = sim.run("london", runs=10, seed=5, weeks="none").score(months)
    pd.testing.assert_frame_equal(results.scored.observed, again.observed, check_exact=True)
    pd.testing.assert_frame_equal(
        results.runs, sim.run("london", runs=10, seed=5).runs, check_exact=True
    )
    assert "Beside table: imports.magnets: CRPS" in results.answer
    assert results.join(sim.run("london", first=10, runs=2, seed=5)).scored is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weeks": "none"}, "no weeks are kept"),
        ({"observed": {"month": ["2019-01"], "tariff.us": [0.2]}}, "wholly within the run"),
        ({"observed": {"month": ["2025-06"], "tariff.us": [0.2]}}, "wholly within the run"),
        ({"observed": "nowhere.csv"}, "no such file"),
    ],
)
def test_what_cannot_be_scored_is_refused(change, words) -> None:
    months = {"month": ["2025-07"], "imports.magnets": [619.0]}
    with pytest.raises(sim.SimError, match=words):
        sim.run("london", **{"runs": 2, "observed": months, **change})
