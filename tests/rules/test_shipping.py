"""Orders, voyages, season and noise: steady states, sums and the calendar."""

from __future__ import annotations

import csv
import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.rules.shipping import (
    RING,
    arrivals,
    expected_rise,
    fill_ring,
    forward,
    month_of,
    observed,
    place,
    season_of_day,
    season_of_week,
    step_orders,
)

PAYBACK = 13.0
FIRST = dt.date(2018, 1, 1)
SERIES = ("us_imports", "cn_imports", "soybeans")


class Shipper:
    """One side, week by week, as the rules are meant to be called."""

    def __init__(self, flow: float, lag: int, fast: float, speed: float = 0.15) -> None:
        self.orders, self.moved, self.week = flow, 0.0, 0
        self.lag, self.fast, self.speed = lag, fast, speed
        self.ring = np.empty(RING)
        fill_ring(self.ring, flow)

    def step(self, target: float, ahead: float = 1.0) -> tuple[float, float]:
        """(placed, arrived) of the week."""
        arrived = arrivals(self.ring, self.week, self.lag, self.fast)
        self.orders = step_orders(self.orders, target, self.speed)
        placed, self.moved = place(self.orders, self.moved, ahead, PAYBACK)
        self.ring[self.week % RING] = placed
        self.week += 1
        return placed, arrived


@given(st.floats(0.0, 1000.0), st.integers(1, RING), st.floats(0.0, 1.0))
def test_a_steady_state_stays(flow: float, lag: int, fast: float) -> None:
    shipper = Shipper(flow, lag, fast)
    for _ in range(3 * RING):
        placed, arrived = shipper.step(flow)
        assert placed == flow
        assert arrived == pytest.approx(flow, rel=1e-15)


@pytest.mark.parametrize("lag", range(1, RING + 1))
@pytest.mark.parametrize("fast", [0.0, 0.3, 1.0])
def test_a_single_weeks_order_comes_by_air_and_by_sea(lag: int, fast: float) -> None:
    """What is placed in week 2 alone comes a week later at ``fast``, the rest after the lag."""
    ring, came = np.zeros(RING), []
    for week in range(2 + 2 * RING):
        came.append(arrivals(ring, week, lag, fast))
        ring[week % RING] = 1.0 if week == 2 else 0.0
    expected = np.zeros(len(came))
    expected[3] += fast
    expected[2 + lag] += 1.0 - fast
    assert came == pytest.approx(expected.tolist())


def test_orders_close_the_gap_by_their_speed() -> None:
    shipper = Shipper(100.0, 4, 0.3, speed=0.15)
    for week in range(1, 20):
        shipper.step(40.0)
        assert shipper.orders == pytest.approx(40.0 + 60.0 * 0.85**week)


@given(
    st.lists(st.tuples(st.floats(0.0, 200.0), st.floats(-2.0, 2.0)), min_size=1, max_size=60),
    st.floats(0.0, 2.0),
)
def test_what_is_placed_is_what_is_ordered_and_what_is_moved(
    weeks: list[tuple[float, float]], anticipation: float
) -> None:
    shipper = Shipper(100.0, 4, 0.3)
    placed = ordered = 0.0
    for target, rise in weeks:
        now, _ = shipper.step(target, forward(anticipation, rise))
        assert now >= 0.0
        placed, ordered = placed + now, ordered + shipper.orders
    assert placed - ordered == pytest.approx(shipper.moved, rel=1e-9, abs=1e-8)


def test_what_was_placed_early_is_paid_back_within_its_weeks() -> None:
    """Five weeks at the most; then a thirteenth a week of what is left, until the sum is that of
    orders.
    """
    shipper = Shipper(100.0, 4, 0.3)
    placed = [shipper.step(100.0, forward(1.0, 5.0))[0] for _ in range(5)]
    early = shipper.moved
    assert early == pytest.approx(sum(placed) - 500.0)
    for week in range(1, 200):
        placed.append(shipper.step(100.0)[0])
        assert shipper.moved == pytest.approx(early * (1.0 - 1.0 / PAYBACK) ** week)
    assert sum(placed) == pytest.approx(100.0 * len(placed), rel=1e-6)
    assert min(placed) > 80.0


def test_nothing_is_placed_below_zero_and_the_rest_is_paid_later() -> None:
    shipper = Shipper(100.0, 1, 1.0, speed=1.0)
    shipper.moved = 130.0
    placed = [shipper.step(1.0)[0] for _ in range(400)]
    assert placed[0] == 0.0
    assert sum(placed) == pytest.approx(400.0 - 130.0 + shipper.moved)
    assert shipper.moved == pytest.approx(0.0, abs=1e-6)


def test_what_is_brought_forward_has_limits() -> None:
    assert forward(0.6, 0.0) == 1.0
    assert forward(0.6, 0.2) == pytest.approx(math.exp(0.12))
    assert forward(1.0, -0.3) == pytest.approx(math.exp(-0.3))
    assert forward(1.0, 3.0) == 1.35
    assert forward(1.0, -3.0) == 0.6
    assert forward(0.0, 3.0) == 1.0


def test_the_expected_rise_is_the_chance_of_the_dearer_price() -> None:
    """A quarter of the log of 1.85 over 1.35; below 0 where the old price may come back."""
    assert expected_rise(1.85, 1.35, 0.25) == pytest.approx(0.25 * math.log(1.85 / 1.35))
    assert expected_rise(1.35, 1.85, 0.25) == pytest.approx(-expected_rise(1.85, 1.35, 0.25))


days = st.dates(dt.date(2000, 3, 1), dt.date(2100, 2, 20))


@given(days)
def test_the_month_is_the_calendars(day: dt.date) -> None:
    months = 12 * (day.year - FIRST.year) + day.month - 1
    assert month_of((day - FIRST).days) == months


@pytest.mark.parametrize(
    ("day", "month"),
    [
        ("2018-01-01", 0),
        ("2018-01-31", 0),
        ("2018-02-01", 1),
        ("2020-02-29", 25),
        ("2025-05-12", 88),
    ],
)
def test_known_days_have_their_month(day: str, month: int) -> None:
    assert month_of((dt.date.fromisoformat(day) - FIRST).days) == month


def factors(series: str) -> np.ndarray:
    path = Path(sim.__file__).parent / "data" / "trade_season.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["series"] == series]
    assert [int(row["month"]) for row in rows] == list(range(1, 13))
    return np.array([float(row["factor"]) for row in rows])


@pytest.mark.parametrize("series", SERIES)
def test_the_seasons_mean_is_one(series: str) -> None:
    assert factors(series).mean() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
@pytest.mark.parametrize("series", SERIES)
def test_every_month_has_its_share_of_the_year(series: str, year: int) -> None:
    season = factors(series)
    start, end = (dt.date(year, 1, 1) - FIRST).days, (dt.date(year + 1, 1, 1) - FIRST).days
    by_month = np.zeros(12)
    for day in range(start, end):
        by_month[month_of(day) % 12] += season_of_day(season, day) / 365.2425
    assert by_month == pytest.approx(season / 12.0)
    assert by_month.sum() == pytest.approx(1.0, abs=1e-4)


@given(days)
def test_a_week_has_the_mean_of_its_days(day: dt.date) -> None:
    season, first = factors("soybeans"), (day - FIRST).days
    by_day = [season_of_day(season, first + k) for k in range(7)]
    assert season_of_week(season, first) == pytest.approx(sum(by_day) / 7.0)


def test_the_noise_has_mean_one_and_its_deviation() -> None:
    draws = np.random.default_rng(29).standard_normal(200_000)
    counted = np.array([observed(100.0, 1.1, 0.084, draw) for draw in draws])
    assert counted.mean() == pytest.approx(110.0, rel=1e-3)
    assert np.log(counted).std() == pytest.approx(0.084, rel=1e-2)
    assert observed(100.0, 1.1, 0.0, 2.0) == pytest.approx(110.0)
