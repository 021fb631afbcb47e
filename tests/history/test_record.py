"""The shipped record is whole and sourced."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from sim import history

TABLES = [getattr(history, name) for name in history.__all__ if name != "sources"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_row_has_a_source(table: Callable[[], pd.DataFrame]) -> None:
    frame = table()
    assert len(frame) > 10
    assert frame["source"].notna().all()


def test_magnet_exports_are_monthly_and_show_the_fall_of_may_2025() -> None:
    exports = history.magnet_exports().set_index("month")["to_us_t"]
    assert exports.index.is_monotonic_increasing
    assert exports["2024"].sum() == pytest.approx(7446, rel=0.01)
    assert exports["2025-05"].item() < 0.1 * exports["2024"].mean()


def test_dates_are_dates() -> None:
    assert pd.api.types.is_datetime64_any_dtype(history.events()["date"])
    assert history.truces()["start"].notna().mean() > 0.9


def test_the_defaults_rest_on_the_record() -> None:
    """Tariffs of London's config are those of the record (PIIE)."""
    from sim.config.schema import Scenario

    recorded = history.tariffs()
    peak = recorded.loc[recorded["date"].between("2025-04-12", "2025-05-01"), "us_average_total_pct"].max()
    assert Scenario().economy.us.ceiling_tariff == pytest.approx(peak / 100, abs=0.25)
