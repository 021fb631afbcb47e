"""Readings of trade beside their targets, and the months of 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks.groups import BEFORE, Economy, draw, triangular
from benchmarks.months import (
    MONTHS,
    SHIPPING,
    Expected,
    draw_months,
    months,
    record,
    simulate,
    since_london,
)
from benchmarks.months import _path as path_of
from benchmarks.trade import TARGETS, lines, readings
from sim.analysis.observed_scores import crps
from sim.history.dataset import trade_groups, trade_season
from sim.rules.codes import CN, US

PAGE = Path(__file__).parents[2] / "docs" / "trade.md"


@pytest.fixture(scope="module")
def ours() -> dict[str, float]:
    return readings(Economy())


def test_every_reading_has_a_target(ours: dict[str, float]) -> None:
    assert set(ours) == set(TARGETS)


@pytest.mark.parametrize("name", [name for name, target in TARGETS.items() if target.held])
def test_a_reading_that_is_held_to_an_interval_lies_in_it(
    ours: dict[str, float], name: str
) -> None:
    assert TARGETS[name].low <= ours[name] <= TARGETS[name].high


@pytest.mark.parametrize(
    ("name", "design", "about"),
    [
        ("ten_us", 16.2, 0.2),
        ("ten_cn", 22.0, 0.2),
        ("us", 38.7, 0.5),
        ("us_buyers", 113.4, 0.5),
        ("us_revenue", 81.0, 0.5),
        ("cn", 53.3, 0.5),
        ("april", 166.0, 1.0),
        ("april_cn", 115.0, 1.0),
        ("third_wins", 0.66, 0.01),
        ("third_wins_cn", 0.81, 0.01),
        ("routed", 13.5, 0.1),
        ("routed_2", 4.6, 0.1),
        ("routed_4", 0.8, 0.1),
        ("flow_void", 1.00, 0.01),
        ("flow_void_alone", 1.12, 0.01),
        ("phones_before", 0.10, 0.01),
        ("phones_after", 0.76, 0.01),
        ("all_before", 0.18, 0.01),
        ("all_after", 0.32, 0.01),
        ("buyers_before", 550.0, 2.0),
        ("buyers_after", 471.0, 2.0),
        ("protection_cn", 0.124, 0.005),
    ],
)
def test_the_prototypes_numbers_are_reproduced(
    ours: dict[str, float], name: str, design: float, about: float
) -> None:
    assert ours[name] == pytest.approx(design, abs=about)


def test_nothing_is_lost_at_the_base() -> None:
    economy = Economy()
    for side in (US, CN):
        loss = economy.loss(side, economy.base[side], economy.base_third[side])
        assert not np.any(np.array(loss))
        assert economy.flow(side, economy.base[side], economy.base_third[side]) == pytest.approx(
            1.0
        )


def test_more_enforcement_routes_less(ours: dict[str, float]) -> None:
    assert ours["routed"] > ours["routed_2"] > ours["routed_4"] > 0.0


def test_a_draw_stays_within_the_ranges_and_moves_all_groups_together() -> None:
    rng, table = np.random.default_rng(29), trade_groups()
    rows = table[(table["direction"] == "us_imports") & (table["quantity"] == "between_origins")]
    low, high = rows["low"].min(), rows["high"].max()
    plain = Economy()
    for _ in range(20):
        drawn = draw(rng)
        assert low <= drawn["between"][US].min() <= drawn["between"][US].max() <= high
        changes = np.sign(np.round(drawn["between"][US] - plain["between"][US], 9))
        assert np.unique(changes).size == 1
        assert drawn["third"][CN] != pytest.approx(plain["third"][CN])
        assert drawn["third"][US].tolist() == plain["third"][US].tolist()
    assert Economy()["between"].tolist() == plain["between"].tolist()


@pytest.mark.parametrize("mode", [0.0, 0.3, 1.0])
def test_a_triangular_draw_has_its_mean(mode: float) -> None:
    low, high = np.array([0.0]), np.array([1.0])
    draws = [triangular((k + 0.5) / 2000, low, np.array([mode]), high)[0] for k in range(2000)]
    assert np.mean(draws) == pytest.approx((1.0 + mode) / 3.0, abs=1e-3)


def test_at_the_base_the_months_are_their_share_of_the_year() -> None:
    economy = Economy()
    days = [date(2024, 12, 4) + timedelta(weeks=week) for week in range(39)]
    for side in (US, CN):
        calm = replace(SHIPPING[side], moved=0.0, expected=Expected(0.0, 0.0, 0.0))
        still = path_of(economy, side, [BEFORE] * len(days))
        flow = simulate(still, days, side, calm)
        assert flow == pytest.approx(np.ones(len(days)))
        counted = months(flow, days, side, np.zeros(MONTHS), 0.0)
        season = trade_season()
        name = "us_imports" if side == US else "cn_imports"
        factors = season[season["series"] == name]["factor"].to_numpy(float)
        assert counted == pytest.approx(record(side)[0].sum() * factors[:MONTHS] / 12.0)


@pytest.mark.parametrize(("side", "least"), [(US, 6), (CN, 5)])
def test_the_months_of_2025_lie_in_the_band(side: int, least: int) -> None:
    drawn, (_, seen) = draw_months(side, 150, 5), record(side)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    assert ((low <= seen) & (seen <= high))[1:].sum() >= least
    if side == US:
        assert np.mean([crps(drawn[:, month], seen[month]) for month in range(MONTHS)]) < 1.5


@pytest.mark.parametrize(("side", "middle", "about"), [(US, 0.64, 0.08), (CN, 0.75, 0.10)])
def test_the_summer_from_london(side: int, middle: float, about: float) -> None:
    assert since_london(side, Economy(), SHIPPING[side]) == pytest.approx(middle, abs=about)


@pytest.mark.nightly
def test_the_page_has_the_tables() -> None:
    assert "\n".join(lines()) in PAGE.read_text(encoding="utf-8")
