"""Tables of results: a row a run, and weeks as quantiles or one by one."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.errors import SimError
from sim.results.columns import QUANTILES
from sim.vocabulary import OUTCOMES


def test_a_row_a_run_with_outcomes_by_name(result):
    assert result.runs["run"].tolist() == list(range(40))
    assert result.runs["outcome"].cat.categories.tolist() == list(OUTCOMES)
    assert {"lost_output.automotive", "final_level.ai_chips", "flow.chips"} <= set(
        result.runs.columns
    )


def test_a_row_a_run_and_week(result):
    assert len(result.weeks) == 40 * 40
    assert result.weeks["week"].tolist() == list(range(1, 41)) * 40
    assert str(result.weeks["date"].iloc[0].date()) == "2025-06-18"


def test_quantiles_are_those_of_the_weeks(result):
    told = sim.run(result.scenario, runs=40, weeks="quantiles").weeks.set_index(["series", "week"])
    every = result.weeks.groupby("week")
    for series in ("tariff.us", "flow.magnets", "belief_alive.cn"):
        mean = told.loc[series]["mean"]
        np.testing.assert_allclose(mean, every[series].mean(), rtol=1e-12)
        for quantile in QUANTILES:
            np.testing.assert_allclose(
                told.loc[series][f"q{int(100 * quantile):02d}"],
                every[series].quantile(quantile),
                rtol=1e-12,
            )


def test_shares_of_outcomes_add_up_in_every_week(result):
    told = sim.run(result.scenario, runs=40, weeks="quantiles").weeks.set_index(["series", "week"])[
        "mean"
    ]
    total = sum(told.loc[f"outcome.{name}"] for name in OUTCOMES)
    np.testing.assert_allclose(total, 1.0)
    shares = result.runs["outcome"].value_counts(normalize=True)
    for name in OUTCOMES:
        assert told.loc[f"outcome.{name}"].iloc[-1] == pytest.approx(shares[name])


def test_some_columns_can_be_read_alone(saved):
    loaded = sim.load_results(saved.folder)
    assert loaded.table(["run", "outcome"]).columns.tolist() == ["run", "outcome"]
    with pytest.raises(SimError, match="no such column"):
        loaded.table(["outcom"])


def test_a_run_without_weeks_has_none(result):
    assert sim.run(result.scenario, runs=3, weeks="none").weeks is None
