"""Columns: every number of the engine's records under its name, with a label and a unit."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.results import column_notes, columns, design_notes, runs_table, weeks_table
from sim.results.columns import QUANTILES, _mean_and_quantiles
from sim.rules.measures import RUN, RUN_MEASURES, WEEK, WEEK_SERIES
from sim.vocabulary import OUTCOMES

PARAMS = flatten(Scenario())
DECIDED = 3


def records(runs: int = 4) -> np.ndarray:
    """Records whose every number is told apart from every other."""
    outs = np.zeros(runs, RUN)
    for place, measure in enumerate(RUN_MEASURES):
        shape = outs[measure.name].shape
        outs[measure.name] = 1000 * place + np.arange(np.prod(shape)).reshape(shape)
    outs["outcome"] = outs["final_state"] = np.arange(runs) % len(OUTCOMES)
    outs["blocking_issue"] = np.arange(runs) % 3 - 1
    return outs


def series(runs: int, weeks: int) -> np.ndarray:
    made = np.zeros((runs, weeks), WEEK)
    made["tariff"] = np.arange(runs * weeks * 2, dtype=float).reshape(runs, weeks, 2)
    made["outcome"][:, -1] = DECIDED
    made["status"] = 1
    made["wait"] = np.nan
    return made


def test_every_measure_has_its_columns_and_numbers() -> None:
    outs = records()
    table = runs_table(outs, PARAMS, np.arange(4))
    assert len(table) == 4
    assert table["outcome"].tolist() == list(OUTCOMES)
    for measure in RUN_MEASURES:
        if measure.unit == "name":
            continue
        names = PARAMS.names(measure.axis)
        for index, name in enumerate(names):
            assert table[f"{measure.name}.{name}"].tolist() == outs[measure.name][:, index].tolist()
        if not names:
            assert table[measure.name].tolist() == outs[measure.name].tolist()


def test_indices_carry_the_names_of_the_scenario() -> None:
    columns = runs_table(records(), PARAMS, np.arange(4)).columns
    for name in (
        "final_tariff.us",
        "flow.magnets",
        "lost_output.automotive",
        "final_level.ai_chips",
    ):
        assert name in columns
    assert not [name for name in columns if name.endswith((".7", ".8"))]


def test_fewer_issues_give_fewer_columns() -> None:
    scenario = Scenario()
    fewer = replace(
        scenario,
        issues={name: scenario.issues[name] for name in ("us_tariff", "cn_tariff", "ai_chips")},
    )
    columns = runs_table(records(), flatten(fewer), np.arange(4)).columns
    assert [name for name in columns if name.startswith("final_level.")] == [
        "final_level.ai_chips",
        "final_level.cn_tariff",
        "final_level.us_tariff",
    ]


def test_no_blocking_issue_is_missing_not_the_last() -> None:
    blocked = runs_table(records(), PARAMS, np.arange(4))["blocking_issue"]
    assert blocked.isna().tolist() == [True, False, False, True]
    assert blocked.tolist()[1:3] == list(PARAMS.issues[:2])


def test_what_never_happened_is_nan() -> None:
    runs = sim.run("london", runs=60).runs
    never = runs["extensions"] + runs["endings"] + runs["lapses"] == runs["extensions"]
    assert never.any()
    assert runs.loc[never, "weeks_to_first_break"].isna().all()
    assert runs.loc[~never, "weeks_to_first_break"].notna().all()


def test_only_the_measures_asked_for_are_kept_after_the_design() -> None:
    first = {"point": np.arange(4), "linkage.cn": np.linspace(0, 1, 4)}
    table = runs_table(
        records(), PARAMS, np.arange(4), first, keep=["outcome", "mean_tariff", "final_tariff.us"]
    )
    assert table.columns.tolist() == [
        "point",
        "linkage.cn",
        "run",
        "outcome",
        "mean_tariff.us",
        "mean_tariff.cn",
        "final_tariff.us",
    ]


def test_a_thousand_runs_are_a_table_in_20_ms() -> None:
    outs, numbers = np.zeros(1000, RUN), np.arange(1000)
    taken = []
    for _ in range(7):
        began = time.perf_counter()
        runs_table(outs, PARAMS, numbers)
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.02


def test_all_weeks_are_rows_in_order_of_run_and_time() -> None:
    table = weeks_table(series(2, 3), PARAMS, "2025-06-11", "all")
    assert table["run"].tolist() == [0, 0, 0, 1, 1, 1]
    assert table["week"].tolist() == [1, 2, 3, 1, 2, 3]
    assert table["date"].dt.strftime("%Y-%m-%d").tolist()[:3] == [
        "2025-06-18",
        "2025-06-25",
        "2025-07-02",
    ]
    assert table["tariff.us"].tolist() == [0, 2, 4, 6, 8, 10]
    assert (
        table["outcome"].tolist() == ["breakthrough", "breakthrough", OUTCOMES.names[DECIDED]] * 2
    )
    assert set(table["status"]) == {"truce"}


def test_quantiles_are_a_row_a_series_and_week() -> None:
    table = weeks_table(series(5, 3), PARAMS, "2025-06-11", "quantiles")
    assert table.columns.tolist() == [
        "series",
        "week",
        "date",
        "mean",
        "q05",
        "q25",
        "q50",
        "q75",
        "q95",
    ]
    assert (table.groupby("series")["week"].apply(list).map(tuple) == (1, 2, 3)).all()
    tariff = table[table["series"] == "tariff.us"]
    assert tariff["q50"].tolist() == [12.0, 14.0, 16.0]
    assert tariff["mean"].tolist() == [12.0, 14.0, 16.0]
    assert "events" not in set(table["series"])


def test_names_become_shares_that_sum_to_one() -> None:
    table = weeks_table(series(5, 3), PARAMS, "2025-06-11", "quantiles").set_index(
        ["series", "week"]
    )["mean"]
    assert table[f"outcome.{OUTCOMES.names[DECIDED]}", 3] == 1.0
    assert sum(table[f"outcome.{name}", 2] for name in OUTCOMES) == 1.0
    assert table["status.truce", 1] == 1.0


def test_a_series_that_no_run_has_stays_without_a_value() -> None:
    table = weeks_table(series(5, 3), PARAMS, "2025-06-11", "quantiles")
    assert table.loc[table["series"] == "wait.chips", ["mean", "q05", "q95"]].isna().all(axis=None)


@given(
    st.lists(
        st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=4, max_size=4),
        min_size=1,
        max_size=9,
    )
)
def test_quantiles_are_those_of_numpy_over_known_values(rows: list[list[float]]) -> None:
    values = np.asarray(rows)
    made = _mean_and_quantiles(values.copy())
    for week in range(values.shape[1]):
        known = values[~np.isnan(values[:, week]), week]
        if not len(known):
            assert np.isnan(made[week]).all()
            continue
        assert made[week, 1:] == pytest.approx(np.quantile(known, QUANTILES), rel=1e-12, abs=1e-6)
        assert made[week, 0] == pytest.approx(known.mean(), rel=1e-12, abs=1e-6)


def by_definition(values: np.ndarray) -> list[float]:
    """Mean and quantiles of one week of one series: added one run after the other, interpolated
    between neighbours in order.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return [np.nan] * (1 + len(QUANTILES))
    ordered, places = np.sort(known), [share * (len(known) - 1) for share in QUANTILES]
    ends = [
        (ordered[int(at)], ordered[min(int(at) + 1, len(known) - 1)], at - int(at)) for at in places
    ]
    return [
        sum(known.tolist()) / len(known),
        *(low + part * (high - low) for low, high, part in ends),
    ]


@pytest.mark.parametrize("block", [1, 5_000, 10**9])
def test_bands_are_those_of_each_series_and_week_alone_bit_for_bit(monkeypatch, block: int) -> None:
    monkeypatch.setattr(columns, "_BLOCK", block)
    rng, weeks = np.random.default_rng(8), np.zeros((33, 5), WEEK)
    for name in WEEK.names or ():
        drawn = rng.normal(size=weeks[name].shape) * 1e3
        drawn[rng.random(drawn.shape) < (0.0, 0.3, 0.99)[len(name) % 3]] = np.nan
        weeks[name] = drawn if WEEK[name].base.kind == "f" else rng.integers(0, 4, drawn.shape)
    weeks["status"] %= 3
    table = (
        weeks_table(weeks, PARAMS, "2025-06-11", "quantiles")
        .set_index(["series", "week"])
        .drop(columns="date")
    )
    flat = {
        "rung.cn": weeks["rung"][..., 1],
        "extensions": weeks["extensions"],
        "tariff.us": weeks["tariff"][..., 0],
    }
    flat |= {f"level.{name}": weeks["level"][..., k] for k, name in enumerate(PARAMS.issues)}
    flat |= {f"wait.{name}": weeks["wait"][..., k] for k, name in enumerate(PARAMS.names("good"))}
    for name, values in flat.items():
        for week in range(5):
            np.testing.assert_array_equal(
                table.loc[(name, week + 1)], by_definition(values[:, week].astype(float))
            )


@pytest.mark.parametrize("weekly", [False, True])
def test_every_column_has_a_label_and_a_unit(weekly: bool) -> None:
    notes = column_notes(PARAMS, weekly=weekly)
    columns: set[str] = set(runs_table(records(), PARAMS, np.arange(4)).columns)
    if weekly:
        columns = set(weeks_table(series(1, 2), PARAMS, "2025-06-11", "all").columns)
        columns |= set(weeks_table(series(1, 2), PARAMS, "2025-06-11", "quantiles")["series"])
    assert columns <= set(notes)
    assert all(note["label"] and note["unit"] for note in notes.values())


def test_labels_tell_the_sides_apart() -> None:
    notes = column_notes(PARAMS)
    assert notes["final_tariff.us"] == {"label": "final tariff (US)", "unit": "ad valorem"}
    assert notes["final_level.ai_chips"]["label"].endswith("(AI chips)")
    assert len({note["label"] for note in notes.values()}) == len(notes) - _same_label()


def _same_label() -> int:
    """``flow`` and ``imports`` are one thing in two units."""
    return len(PARAMS.names("good"))


def test_settings_bring_their_own_label_and_unit() -> None:
    assert design_notes(["truce.length_weeks"])["truce.length_weeks"]["unit"] == "weeks"
    told = {
        "issues.ai_chips.red_line": "AI chips: red line",
        "issues.military_magnets.convex_cost": "military magnets: convex cost",
        "us.strategy.exponent": "Washington's concession exponent",
        "firms.magnets.supply_growth": "growth of other supply (magnets)",
        "firms.chips.sectors.cloud.share": "share (cloud)",
        "politics.cn.hawk_response": "Beijing's hawk response",
        "linkage.cn": "participation linkage of Beijing",
        "truce.temperature": "temperature",
    }
    assert {name: note["label"] for name, note in design_notes(told).items()} == told


def test_measures_are_named_once() -> None:
    for measures in (RUN_MEASURES, WEEK_SERIES):
        assert len({measure.name for measure in measures}) == len(measures)


def test_a_table_of_no_runs_has_its_columns() -> None:
    table = runs_table(np.zeros(0, RUN), PARAMS, np.arange(0))
    assert list(table.columns) == list(runs_table(records(), PARAMS, np.arange(4)).columns)
