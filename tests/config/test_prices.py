"""A price of settling that a scenario's own issues can never meet is said."""

from __future__ import annotations

import warnings

import pytest

import sim
from sim.config.prices import prices_beyond_reach
from sim.studies.comparison import scenario_of

ONE = {"track": "trade", "benefit": 4.0, "convex_cost": 10.0}
OWN = {"spectrum": {"owner": "us", **ONE}, "fisheries": {"owner": "cn", **ONE}}
SHIPPED = ("london_2025", "geneva_2025", "breakthrough", "tactical_pause", "escalation_2025")


def own(**changes: object) -> sim.Scenario:
    return scenario_of({"name": "own", "issues": OWN, **changes})


def test_python_is_warned_once_at_the_line_that_gave_it() -> None:
    issues = {name: {**issue, "benefit": 3.5} for name, issue in OWN.items()}
    with pytest.warns(UserWarning, match=r"more than the 3\.5 that there is to gain") as caught:
        scenario = own(issues=issues)  # a figure that no other test says
    assert [one.filename for one in caught] == [__file__, __file__]  # one a side
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.run(scenario, runs=1, weeks="none")
        sim.TruceModel(scenario)


def said(scenario: sim.Scenario) -> list[str]:
    return list(prices_beyond_reach(scenario))


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_is_said_of_a_shipped_scenario(name: str) -> None:
    assert not said(sim.load(f"scenario={name}"))


def test_londons_prices_on_small_issues_are_said_with_what_would_do() -> None:
    us, cn = said(own())
    usual = sim.Scenario()
    needed = f"us.resolve.trade is {usual.us.resolve.trade:g} bn USD/yr"
    assert us.startswith(f"{needed}, more than the 4 that there is to gain")
    assert cn.startswith(f"cn.resolve.trade is {usual.cn.resolve.trade:g}") and "about 3" in us


def test_it_is_silent_once_prices_fit() -> None:
    prices = {side: {"resolve": {"trade": 3.0}} for side in ("us", "cn")}
    assert not said(own(**prices))


def test_in_a_package_the_prices_are_added() -> None:
    (us, *_) = said(own(linkage={"tracks": "package"}))
    prices = sim.Scenario().us.resolve
    whole = prices.trade + prices.minerals + prices.semiconductors
    assert us.startswith(f"us.resolve, all tracks together, is {whole:g}")


def test_terms_and_red_lines_bound_what_there_is_to_gain() -> None:
    price = sim.Scenario().us.resolve.trade  # half of the issue is left: half of the price
    bounds = {"red_line": 0.75, "terms": 0.25, "benefit": price}
    issues = {**OWN, "fisheries": {"owner": "cn", **ONE, **bounds}}
    (us, *_) = said(own(issues=issues))
    assert f"us.resolve.trade is {price:g} bn USD/yr, more than the {price / 2:g} that" in us
