"""Minerals that are rows: prices of the record, signs, and that adding one is a row."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config.compose import load
from sim.config.params import week_of
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.regimes import freed_at, licensed_at
from sim.vocabulary import SIDES

CLOSED: dict[str, object] = {"licensing.other_minerals.leak_closed": 0.9}
# row: week of the control, price then by the design's prototype, price observed
# (docs/licences.md, *Other minerals*)
PRICES = {
    "gallium": (93, 3.4, 2.8),
    "germanium": (102, 2.5, 2.2),
    "antimony": (40, 2.8, 2.7),
    "tungsten": (27, 1.8, 1.5),
    "bismuth": (6, 3.9, 6.7),
    "heavy_rare_earth_oxides": (4, 4.9, 2.9),
}


class Market:
    """London with some settings, and the columns of its minerals by name."""

    def __init__(self, changes: dict[str, object] | None = None) -> None:
        self.model = TruceModel(Scenario().change(changes or {}), 1, 0, collect="none")
        self.world = self.model.state.whole[0]["world"]

    def of(self, column: str, row: str) -> float:
        """A quantity of a row."""
        at = self.model.params.minerals.index(row)
        return float(self.model.state.whole[0]["minerals"][column][at])

    def weeks(self, count: int, level: float | None = None) -> Market:
        """Minerals alone for some weeks, their issue at a level where one is given."""
        s = self.model.state.whole[0]
        if level is not None:
            s["issues"]["level"][self.model.params.issues.index("critical_minerals")] = level
        for _ in range(count):
            steps.trade_flows(*self.model.all_sides)
            self.world["week"] += 1
        return self


def price_after(row: str, weeks: int) -> float:
    """Price outside in week ``weeks`` of a row's control, whose first week is 0."""
    control = dt.date.fromisoformat(Scenario().minerals[row].control_date)
    day = control + dt.timedelta(weeks=weeks + 1)
    return Market({"calendar.start": day.isoformat()}).of("price", row)


def test_prices_are_near_the_prototypes_and_within_a_factor_of_the_records() -> None:
    found = {row: price_after(row, weeks) for row, (weeks, *_) in PRICES.items()}
    for row, (_, designed, _) in PRICES.items():
        assert found[row] == pytest.approx(designed, rel=0.08), row
    errors = [math.log(found[row] / seen) for row, (*_, seen) in PRICES.items()]
    assert math.exp(math.sqrt(np.mean(np.square(errors)))) < 1.42


def test_nothing_is_scarce_before_the_control() -> None:
    market = Market({"calendar.start": "2023-06-01"})
    for row in PRICES:
        assert market.of("price", row) == 1.0
        assert market.of("stock", row) == Scenario().minerals[row].stock_weeks
    assert market.world["mineral_loss"] == 0.0


def test_a_ban_costs_little_while_it_leaks_and_much_once_it_does_not() -> None:
    """A year on: gallium and antimony by the leak, all six by its end."""
    leaking, closed = Market().weeks(52), Market(CLOSED).weeks(52)
    assert leaking.of("loss", "antimony") < 0.03
    assert leaking.of("loss", "gallium") < 0.3 < 1.0 < closed.of("loss", "gallium")
    assert closed.world["mineral_loss"] > 2.0 * leaking.world["mineral_loss"]


def test_what_is_at_stake_follows_from_the_rows() -> None:
    """Less than a quarter of the 9 bn that were assumed, and about 4 with the leak closed to a tenth."""
    assert Market().weeks(1).world["minerals_at_stake"] == pytest.approx(1.7, abs=0.3)
    assert Market(CLOSED).weeks(1).world["minerals_at_stake"] == pytest.approx(4.0, abs=0.5)
    one = Market({"minerals.gallium.exposure": 0.0}).weeks(1)
    whole = Market().weeks(1)
    without = whole.world["minerals_at_stake"] - whole.of("at_stake", "gallium")
    assert one.world["minerals_at_stake"] == pytest.approx(without)


def test_its_issue_is_worth_what_is_at_stake() -> None:
    market = Market({"politics.us.lobby_weight": 0.0}).weeks(1)
    steps.value_issues(*market.model.all_sides)
    row = market.model.params.issues.index("critical_minerals")
    worth = market.model.state.whole[0]["issues"]["benefit"][row]
    assert worth == pytest.approx(market.world["minerals_at_stake"])


def test_losses_are_washingtons() -> None:
    market = Market().weeks(10)
    before = market.model.state.whole[0]["sides"]["welfare_loss"].copy()
    dear = Market({"minerals.heavy_rare_earth_oxides.exposure": 30.0}).weeks(10)
    after = dear.model.state.whole[0]["sides"]["welfare_loss"]
    more = dear.world["mineral_loss"] - market.world["mineral_loss"]
    assert after[SIDES["us"].code] - before[SIDES["us"].code] == pytest.approx(more)
    assert after[SIDES["cn"].code] == before[SIDES["cn"].code]


def test_full_concession_ends_scarcity_and_a_lapse_suspends() -> None:
    free = Market().weeks(150, level=1.0)
    for row in PRICES:
        assert free.of("price", row) == pytest.approx(1.0, abs=0.02), row
        assert free.of("loss", row) == 0.0
    before = Market().weeks(1).of("passed", "tungsten")
    suspended = Market().weeks(1, level=0.0)
    assert before > 0.0 == suspended.of("passed", "tungsten")
    lapsed = Market().weeks(30, level=0.0)
    assert lapsed.of("price", "tungsten") > Market().weeks(30).of("price", "tungsten")
    assert lapsed.world["mineral_loss"] > Market().weeks(30).world["mineral_loss"]


def test_a_ban_holds_until_more_than_licences_by_shipment_is_conceded() -> None:
    assert Market().weeks(60, level=0.35).of("passed", "gallium") == 0.0
    assert Market().weeks(60, level=0.8).of("passed", "gallium") > 0.6
    licensed = Market({"minerals.gallium.banned": False}).weeks(60)
    assert licensed.of("passed", "gallium") == pytest.approx(0.6, abs=0.01)


def test_concessions_let_through_more_step_by_step() -> None:
    assert (licensed_at(0.0), licensed_at(0.025), licensed_at(0.05)) == (0.0, 0.5, 1.0)
    assert (freed_at(0.35), freed_at(0.66), freed_at(0.97)) == pytest.approx((0.0, 0.5, 1.0))


def test_adding_a_mineral_is_a_row(tmp_path: Path) -> None:
    file = tmp_path / "graphite.yaml"
    file.write_text(
        "base: london\n"
        "minerals:\n"
        "  +graphite: {exposure: 20, ex_china_reliance: 0.9, control_date: '2025-07-09'}\n",
        encoding="utf-8",
    )
    model = TruceModel(load(f"file={file}"), 1, 0)
    row = model.params.minerals.index("graphite")
    first = float(model.state.whole[0]["world"]["minerals_at_stake"])
    assert first > Market().world["minerals_at_stake"] + 5.0
    prices: list[float] = []
    while model.running:
        model.step()
        prices.append(float(model.state.whole[0]["minerals"]["price"][row]))
    assert max(prices[:4]) == 1.0 < 2.0 < max(prices)
    out = model.measures()[0]
    assert out["mineral_loss"][row] > 0.5 and out["mineral_price"][row] > 1.5


def test_the_leak_can_be_closed_on_a_day() -> None:
    day = {"2025-09-02": CLOSED}
    plain, closed = (
        TruceModel(Scenario().change(changes), 1, 0) for changes in ({}, {"changes": day})
    )
    worth: dict[str, list[float]] = {"plain": [], "closed": []}
    for _ in range(20):
        for name, model in (("plain", plain), ("closed", closed)):
            model.step()
            worth[name].append(float(model.state.whole[0]["world"]["minerals_at_stake"]))
    week = week_of("2025-09-02", plain.scenario.calendar.start)
    assert worth["plain"][:week] == worth["closed"][:week]
    assert worth["closed"][week] > 2.0 * worth["plain"][week]


def test_without_their_issue_minerals_are_free() -> None:
    market = Market({"~issues.critical_minerals": None}).weeks(20)
    assert {market.of("price", row) for row in PRICES} == {1.0}
    assert market.world["mineral_loss"] == 0.0


unit = st.floats(0.0, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(("licence_flow", "leak_most"), unit)), unit, unit)
def test_rows_stay_within_bounds(row: dict[str, Any], level: float, closed: float) -> None:
    changes: dict[str, object] = {f"minerals.gallium.{name}": x for name, x in row.items()}
    changes |= {"licensing.other_minerals.leak_closed": closed}
    market = Market(changes).weeks(40, level)
    own = Scenario().minerals["gallium"]
    assert 1.0 <= market.of("price", "gallium") <= 10.0
    assert 0.0 <= market.of("stock", "gallium") <= own.stock_weeks
    assert 0.0 <= market.of("loss", "gallium") <= own.exposure / own.ex_china_reliance
    assert 1.0 - own.ex_china_reliance <= market.of("other", "gallium") <= 1.0
