"""The shipped record is complete, has sources and is parsed correctly."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd
import pytest

import sim
from sim import history
from sim.config.errors import MACHINE, SimError
from sim.config.groups.calendar import DEFAULT_EVENTS
from sim.history import dataset
from sim.vocabulary import CALENDAR_KINDS, SIDES, TRADE_GROUPS

SHIPPED = sorted(
    entry.name for entry in files("sim").joinpath("data").iterdir() if entry.name.endswith(".csv")
)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_row_has_a_source(name: str) -> None:
    with files("sim").joinpath("data", name).open(encoding="utf-8") as file:
        frame = pd.read_csv(file)
    source = frame["where" if name == "sources.csv" else "source"]
    assert len(frame) > 10
    assert source.str.strip().str.len().gt(0).all()


def test_every_shipped_file_is_read_by_a_function_of_its_name() -> None:
    assert sorted(f"{name}.csv" for name in history.__all__) == SHIPPED
    for name in history.__all__:
        assert len(getattr(history, name)()) > 10


@pytest.mark.parametrize(
    "table",
    [history.tariffs, history.events, history.truces, history.calendar],
    ids=lambda table: table.__name__,
)
def test_short_names_of_sources_are_spelled_out(table) -> None:
    known = {*history.sources()["id"], "recalled"}
    assert {name for names in table()["source"] for name in names.split(";")} <= known


@pytest.mark.parametrize(
    ("table", "column", "always"),
    [
        (history.tariffs, "date", True),
        (history.events, "date", True),
        (history.events, "deadline", False),
        (history.calendar, "date", True),
        (history.calendar, "last_date", True),
        (history.calendar, "announced", False),
        (history.truces, "start", True),
        (history.truces, "resolution_date", True),
        (history.magnet_exports, "month", True),
        (history.trade_flows, "month", True),
        (history.tariff_bases, "from", False),
        (history.tariff_bases, "suspended_until", False),
    ],
)
def test_dates_are_dates(table, column: str, always: bool) -> None:
    dates = table()[column]
    assert pd.api.types.is_datetime64_any_dtype(dates)
    assert dates.notna().all() if always else dates.notna().any()
    last = "2028-12-31" if table is history.calendar else "2025-12-31"
    assert dates.dropna().between("2017-01-01", last).all()


def test_magnet_exports_are_monthly_and_show_the_fall_of_may_2025() -> None:
    exports = history.magnet_exports().set_index("month")
    assert exports.index.tolist() == list(pd.date_range("2024-01-01", "2025-08-01", freq="MS"))
    assert exports.loc["2024", "to_us_t"].sum() == pytest.approx(7446, abs=20), (
        "the year as customs gave it"
    )
    assert exports.loc["2025-05", "to_us_t"].item() < 0.1 * exports.loc["2024", "to_us_t"].mean()
    assert (exports["to_us_t"] < exports["to_world_t"]).all()
    assert set(exports["us_basis"]) <= {"reported", "derived", "imputed"}


def test_days_before_a_deadline_are_counted_from_its_dates() -> None:
    truces = history.truces().dropna(subset=["deadline"])
    counted = (truces["deadline"] - truces["resolution_date"]).dt.days
    assert (counted - truces["days_before_deadline"]).abs().max() <= 1


def test_figures_carry_unit_range_and_grade() -> None:
    figures = history.parameters()
    ranged = figures.dropna(subset=["low", "high"])
    assert (ranged["low"] <= ranged["high"]).all()
    assert set(figures["confidence"]) <= {"solid", "one_source", "judgement"}
    assert figures["unit"].notna().mean() > 0.9


def test_the_default_tariffs_are_those_of_the_record() -> None:
    recorded, economy = history.tariffs().set_index("date"), sim.load().economy
    start, peak = recorded.loc["2025-01-01"], recorded.loc["2025-04-12"]
    assert economy.us.floor_tariff == pytest.approx(start["us_average_total_pct"] / 100)
    assert economy.cn.floor_tariff == pytest.approx(start["cn_average_total_pct"] / 100)
    assert economy.us.ceiling_tariff == pytest.approx(peak["us_average_total_pct"] / 100)
    assert economy.cn.ceiling_tariff == pytest.approx(peak["cn_average_total_pct"] / 100)


def test_groups_of_goods_have_every_number_of_both_directions() -> None:
    groups = history.trade_groups()
    wide = groups.pivot(index=["direction", "group"], columns="quantity", values="value")
    assert set(wide.index.get_level_values("group")) == set(TRADE_GROUPS)
    only_us = {"third_imports_2024", "exempt_before_11_april"}
    assert wide.loc["us_imports"].notna().all(axis=None)
    assert wide.loc["cn_imports"].drop(columns=list(only_us)).notna().all(axis=None)
    ranged = groups.dropna(subset=["low", "high"])
    assert ranged["value"].between(ranged["low"], ranged["high"]).all()


def test_scopes_of_bases_stand_in_the_order_of_the_groups() -> None:
    bases = history.tariff_bases()
    scopes = [name.removeprefix("scope_") for name in bases if name.startswith("scope_")]
    assert scopes == list(TRADE_GROUPS)
    assert set(bases["side"]) == {*SIDES, "us_third"}
    assert not bases.duplicated(["basis", "from"]).any()


def test_the_season_of_a_year_is_one_on_average() -> None:
    season = history.trade_season()
    assert season.groupby("series")["month"].apply(list).map(lambda m: m == [*range(1, 13)]).all()
    assert (season.groupby("series")["factor"].mean() - 1).abs().max() < 0.02


def test_what_one_reader_changes_no_other_sees() -> None:
    mine = history.truces()
    mine["id"] = "changed"
    assert "changed" not in set(history.truces()["id"])


def test_a_missing_table_is_told_as_the_machines_fault() -> None:
    with pytest.raises(SimError, match=r"lost\.csv: the package is incomplete") as caught:
        dataset._table("lost.csv")
    assert caught.value.exit_code == MACHINE


def test_renewals_and_threats_give_the_shares_that_settings_take_from_them() -> None:
    renewals, threats = history.renewals(), history.threats()
    by_its_date = renewals["resolution"].isin(["extended", "upgraded"]) & (
        renewals["days_before"] >= 0
    )
    assert 27 <= by_its_date.sum() <= 29
    renewed = renewals[renewals["resolution"].isin(["extended", "upgraded"])]
    assert (
        len(renewed) == 29
        and ((renewed["days_before"] >= 0) & (renewed["days_before"] < 8)).sum() >= 20
    )
    weeks = (threats["resolved_on"] - threats["announced"]).dt.days.sum() / 7
    settled = (threats["outcome"] == "settled").sum()
    assert settled / weeks == pytest.approx(0.065, abs=0.001)


def test_the_calendar_says_what_was_known_when_it_was_collected() -> None:
    scheduled = history.calendar()
    assert set(scheduled["kind"]) == set(CALENDAR_KINDS)
    assert set(scheduled["sides"]) == {"US", "CN", "both"}
    assert (scheduled["last_date"] >= scheduled["date"]).all()
    assert (scheduled["announced"].dropna() <= "2025-08-31").all()
    later = scheduled[scheduled["date"] > "2025-08-31"]
    assert not (later["basis"] == "record").any(), "nothing that happened after August 2025"
    by_tradition = scheduled[scheduled["basis"] == "tradition"]
    assert "solid" not in set(by_tradition["confidence"])
    recalled = scheduled["source"] == "recalled"
    assert (scheduled["confidence"][recalled] == "recalled").all()


def test_scheduled_events_of_the_default_scenario_are_those_of_the_calendar() -> None:
    scheduled = history.calendar().dropna(subset=["setting"]).set_index("setting")
    assert scheduled.index.is_unique
    assert set(scheduled.index) == set(DEFAULT_EVENTS)
    for name, event in DEFAULT_EVENTS.items():
        row = scheduled.loc[name]
        assert (event.kind, event.day) == (row["kind"], f"{row['date']:%Y-%m-%d}")
        assert row["weight_low"] <= event.weight == row["weight"] <= row["weight_high"]
        # what is no more than judgement may be nothing
        assert row["weight_low"] == 0.0


def test_days_of_elections_are_those_of_the_law() -> None:
    votes = history.calendar().query("kind == 'election'")["date"]
    # the Tuesday next after the first Monday in November
    assert all(day.month == 11 and day.dayofweek == 1 and 2 <= day.day <= 8 for day in votes)
