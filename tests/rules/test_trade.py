"""The week's trade: places on the path of concessions, law, orders, and what a concession is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.rules.codes import CN, US
from sim.rules.packages import level_value
from sim.rules.relations import tariff_driver
from sim.rules.state import COST, EXPORT_LOSS, STATUTORY
from sim.rules.trade import fit_tariff, level_of_rate, tariff_at
from sim.rules.trade_tables import at_place, choose_table, panel_of

Runs = Callable[..., np.ndarray]
LONDON = load("scenario=london_2025")


def first_day(**changes: Any) -> Any:
    """State and settings of London's first day."""
    model = TruceModel(
        LONDON.change({name.replace("__", "."): value for name, value in changes.items()}),
        1,
        0,
        collect="none",
    )
    return model.state.whole[0], model.params.record


def read(s: Any, side: Any, place: float, column: Any) -> float:
    return float(at_place(s, side, 0.0, panel_of(s["tables"], side, place), place, column))


@given(st.floats(0.0, 1.0), st.floats(0.5, 2.0), st.floats(0.0, 0.4))
def test_the_tariff_runs_from_ceiling_to_floor(level: float, ceiling: float, floor: float) -> None:
    assert tariff_at(0.0, ceiling, floor) == ceiling
    assert tariff_at(1.0, ceiling, floor) == pytest.approx(floor)
    assert floor - 1e-12 <= tariff_at(level, ceiling, floor) <= ceiling + 1e-12
    rate = tariff_at(level, ceiling, floor)
    assert level_of_rate(rate, ceiling, floor) == pytest.approx(level, abs=1e-12)


def worth(s: Any, side: Any, owned: bool, level: float) -> float:
    issue = s["world"]["driver_issue"][tariff_driver(side)]
    return float(level_value(s["issues"], issue, owned, level))


@pytest.mark.parametrize("side", [US, CN])
def test_the_issue_of_a_tariff_is_worth_what_its_tables_say(side: Any) -> None:
    """At a lapse, at the truce's first terms, at the red line and half way beyond the terms: the
    government's cost, and but for the half way what the other side's exporters stop losing.
    """
    s, p = first_day()
    issue = LONDON.issues[("us_tariff", "cn_tariff")[side]]
    linear, convex, benefit = fit_tariff(s, p, side)
    place = s["world"]["driver_issue"][tariff_driver(side)]
    for name, value in {"linear": linear, "convex": convex, "benefit": benefit}.items():
        s["issues"][name][place] = value
    ends = s["world"]["ceiling"][side], p["economy"]["sides"]["floor_tariff"][side]
    levels = (issue.lapse, issue.terms, issue.red_line, 0.5 * (issue.terms + issue.red_line))
    cost = np.array([read(s, side, tariff_at(x, *ends), COST) for x in levels])
    own = np.array([worth(s, side, True, x) for x in levels])
    assert own - own[1] == pytest.approx(cost[1] - cost, rel=1e-9, abs=1e-12)
    lost = np.array([read(s, side, tariff_at(x, *ends), EXPORT_LOSS) for x in levels[:3]])
    its = np.array([worth(s, side, False, x) for x in levels[:3]])
    assert its - its[1] == pytest.approx(lost[1] - lost, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("side", [US, CN])
def test_between_terms_and_red_line_one_quadratic_serves(side: Any) -> None:
    """It errs by .7 bn USD a year at most: bases are given up in order, so the path has corners
    (docs/trade.md).
    """
    s, p = first_day()
    issue = LONDON.issues[("us_tariff", "cn_tariff")[side]]
    ends = s["world"]["ceiling"][side], p["economy"]["sides"]["floor_tariff"][side]
    levels = np.linspace(issue.terms, issue.red_line, 41)
    true = np.array([read(s, side, tariff_at(x, *ends), COST) for x in levels])
    own = np.array([worth(s, side, True, x) for x in levels])
    gap = (own - own[0]) + (true - true[0])
    assert np.abs(gap).max() < 0.7


@pytest.mark.parametrize("side", [US, CN])
def test_the_truce_is_near_the_best_place_on_a_governments_own_path(side: Any) -> None:
    """Revealed preference, by which protection is weighed: within four points of the tariff."""
    s, p = first_day()
    places = np.linspace(0.2, 1.2, 401)
    best = places[np.argmin([read(s, side, x, COST) for x in places])]
    assert best == pytest.approx(float(s["world"]["bargained"][side]), abs=0.04)


@pytest.mark.parametrize("side", [US, CN])
def test_on_the_first_day_law_is_what_was_bargained(side: Any) -> None:
    s, _ = first_day()
    for place in (0.05, 0.25, 0.43, 0.51, 0.75, 1.2):
        assert read(s, side, place, STATUTORY) == pytest.approx(place, abs=1e-12)


def test_a_ruling_lowers_the_average_by_its_bases_and_no_more() -> None:
    """Fentanyl 20 points; the reciprocal duty what it has in the truce; flows from China rise less
    where third countries' duties fall with it.
    """
    from sim.rules.law import FENTANYL_VOID, RECIPROCAL_VOID, THIRD_VOID

    s, p = first_day()
    found = {}
    for name, void in {
        "none": 0,
        "fentanyl": int(FENTANYL_VOID),
        "reciprocal": int(RECIPROCAL_VOID),
        "ieepa": int(FENTANYL_VOID | RECIPROCAL_VOID | THIRD_VOID),
        "china alone": int(FENTANYL_VOID | RECIPROCAL_VOID),
    }.items():
        s["world"]["void"] = void
        choose_table(s, p)
        found[name] = (read(s, US, 0.5107, STATUTORY), read(s, US, 0.5107, 0))
    assert found["none"][0] - found["fentanyl"][0] == pytest.approx(0.2, abs=1e-9)
    last = s["tables"]["bound"][US, 4]
    assert found["none"][0] - found["reciprocal"][0] == pytest.approx(0.5107 - last, abs=1e-9)
    assert found["ieepa"][0] == pytest.approx(s["tables"]["bound"][US, 3], abs=1e-9)
    assert found["china alone"][1] > found["ieepa"][1] > found["none"][1]


def test_tables_are_the_same_whatever_was_kept_before() -> None:
    """Runs of two economies in turn, one state for both: the bits of each alone."""
    other = LONDON.change({"economy.us.between": 3.0, "economy.enforcement": 1.0})
    from sim.config.params import join_records

    both = join_records([flatten(LONDON), flatten(other)])
    mixed, _ = simulate(both, np.arange(8) % 2, np.arange(8) // 2, 1, threads=1)
    for point, scenario in enumerate((LONDON, other)):
        alone, _ = simulate(flatten(scenario), np.zeros(4, np.int64), np.arange(4), 1, threads=1)
        assert mixed[point::2].tobytes() == alone.tobytes()


def test_a_change_of_the_economy_on_a_day_is_in_its_tables_from_then_on() -> None:
    quiet = LONDON.change({"calendar.horizon_weeks": 12, "outcomes.weeks_in_force": 4})
    later = quiet.change({"changes.2025-07-16.economy.enforcement": 3.0})
    one = np.zeros(1, np.int64)
    _, before = simulate(flatten(quiet), one, one, 1, weekly=1)
    _, after = simulate(flatten(later), one, one, 1, weekly=1)
    assert (before["routed"][0, :5] == after["routed"][0, :5]).all()
    assert (after["routed"][0, 5:, US] < 0.3 * before["routed"][0, 5:, US]).all()


def test_groups_add_up_to_their_side(runs: Runs) -> None:
    out = runs({}, count=40)
    for side, name in ((US, "us"), (CN, "cn")):
        imports = out[f"group_imports_{name}"].sum(axis=1)
        # what is demanded, and what arrives of it: orders lag, and what is pledged or boycotted comes
        # beside
        assert imports == pytest.approx(out["trade"][:, side], rel=0.1)
        revenue = out[f"group_revenue_{name}"].sum(axis=1)
        assert revenue == pytest.approx(out["revenue"][:, side], abs=1e-6)


def test_orders_close_on_demand_and_what_is_put_off_is_made_up_for() -> None:
    """London's first weeks start from the flows of May and rise towards what tariffs leave."""
    one = np.zeros(1, np.int64)
    low = LONDON.change(
        {"economy.us.orders_start": 0.5, "calendar.horizon_weeks": 20, "outcomes.weeks_in_force": 4}
    )
    _, weeks = simulate(flatten(low), one, one, 1, weekly=1)
    flow = weeks["trade"][0, :, US] / LONDON.economy.us.imports
    assert flow[0] < 0.62 < flow[12]
    at_rest = LONDON.change({"economy.us.orders_start": 0.0, "economy.us.moved_start": 0.0})
    _, weeks = simulate(flatten(at_rest), one, one, 1, weekly=1)
    assert weeks["trade"][0, 0, US] / LONDON.economy.us.imports == pytest.approx(0.698, abs=0.01)


def test_what_is_recorded_has_one_noise_a_month_and_the_season() -> None:
    many = np.arange(200)
    _, weeks = simulate(flatten(LONDON), 0 * many, many, 1, weekly=200)
    ratio = np.log(weeks["recorded_trade"] / weeks["trade"])
    spread = ratio[:, 1].std(axis=0)  # 18 June 2025, a week inside its month
    assert spread == pytest.approx([0.048, 0.084], rel=0.2)
    # the weeks of 11 and 18 June are in one month and season
    assert ratio[:, 0] == pytest.approx(ratio[:, 1], abs=1e-12)
    assert np.abs(np.corrcoef(ratio[:, 1, US], ratio[:, 8, US])[0, 1]) < 0.2


@pytest.mark.parametrize(
    ("change", "side", "measure", "sign"),
    [
        ({"economy.us.between": 3.4}, 0, "trade", -1),
        ({"economy.us.between": 3.4}, 1, "welfare_loss", 1),
        ({"economy.us.in_all": 1.4}, 0, "trade", -1),
        ({"economy.us.third_slope": 0.2}, 0, "welfare_loss", 1),
        ({"economy.enforcement": 1.0}, 0, "routed", -1),
        ({"economy.enforcement": 1.0, "economy.route_cost": 0.4}, 0, "routed", -1),
        ({"economy.us.export_margin": 0.35}, 1, "welfare_loss", 1),
        ({"economy.us.pass_through": 0.8}, 0, "welfare_loss", -1),
        ({"economy.us.long_run": 2.4}, 0, "trade", -1),
    ],
)
def test_what_changes_trade_has_the_sign_of_theory(
    change: dict[str, float], side: int, measure: str, sign: int
) -> None:
    """With tariffs as given, so that nothing else moves."""
    path = {"economy.tariff_path": ["2025-06-01 0.511 0.326"], "calendar.horizon_weeks": 52}
    one = np.zeros(1, np.int64)
    usual, moved = (
        simulate(flatten(LONDON.change(path | more)), one, one, 1)[0][measure][0, side]
        for more in ({}, change)
    )
    assert sign * (moved - usual) > 0.0


def test_what_is_pledged_is_imported_and_what_is_boycotted_is_not() -> None:
    """A pledge kept in full adds its extra to China's imports; a boycott takes soybeans away."""
    s, p = first_day()
    from sim.rules.purchases import buy
    from sim.rules.trade import trade

    names = flatten(LONDON).issues
    farm = names.index("farm_purchases")
    s["issues"]["promised"][farm] = s["issues"]["kept"][farm] = 1.0
    buy(s, p)
    extra = float(p["purchases"]["kinds"]["extra"][0])
    walk = float(s["world"]["demand_walk"][0])
    assert s["world"]["purchased"] == pytest.approx(extra * walk)
    usual, _ = first_day()
    trade(s, p)
    trade(usual, p)
    assert s["world"]["trade"][CN] == pytest.approx(usual["world"]["trade"][CN] + extra * walk)
    s["issues"]["promised"][farm], s["issues"]["boycott"][farm] = 0.0, 1.0
    buy(s, p)
    assert s["world"]["purchased"] < -3.0
