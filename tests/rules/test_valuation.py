"""From the state of the world to the value of issues."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.valuation import leverage_shift


@given(st.floats(0, 100), st.floats(0, 2), st.floats(0, 260), st.floats(0, 1))
def test_leverage_lost_never_exceeds_the_value_held(
    value: float, decline: float, weeks: float, discount: float
) -> None:
    assert 0.0 <= leverage_shift(value, decline, weeks, discount) <= value + 1e-9


def test_leverage_that_does_not_decline_is_not_lost() -> None:
    assert leverage_shift(50.0, 0.0, 52.0, 0.1) == 0.0


def benefit(model: TruceModel, issue: str) -> float:
    return float(model.state.whole["issues"]["benefit"][0, model.params.issues.index(issue)])


def test_a_bargaining_chip_is_a_wasting_asset() -> None:
    """The faster other sources grow, the less magnets are worth to the US and the less leverage
    Beijing has left.
    """
    leverage = []
    for growth in (0.0, 0.6):
        model = TruceModel(
            Scenario().change({"firms.magnets.supply_growth": growth}), 1, 0, collect="none"
        )
        model.run_model()
        leverage.append(benefit(model, "military_magnets"))
    assert leverage[1] < leverage[0]


def test_more_value_at_risk_makes_magnets_worth_more() -> None:
    start = TruceModel(Scenario(), 1, 0, collect="none")
    richer = TruceModel(
        Scenario().change({"firms.magnets.sectors.automotive.value_at_risk": 110.0}),
        1,
        0,
        collect="none",
    )
    assert benefit(richer, "civil_magnets") > benefit(start, "civil_magnets") + 20.0


def test_constant_issues_are_worth_what_the_scenario_says() -> None:
    model = TruceModel(Scenario(), 1, 0, collect="none")
    assert benefit(model, "us_counter_controls") == 22.0
    assert benefit(model, "fentanyl") == 4.0


def test_terms_are_worth_more_to_both_than_a_lapse() -> None:
    sides = TruceModel(Scenario(), 1, 0, collect="none").state.whole["sides"][0]
    assert (sides["value_terms"] > sides["value_lapse"]).all()
    assert sides["value_terms"] == pytest.approx(sides["value_truce"])
