"""The scale of bargaining: prices and costs that are set by formula follow it, and each first day is
made by the rules alone.
"""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.cli import main
from sim.config.scenario import Scenario
from sim.rules import steps
from sim.rules.codes import N_SIDES
from sim.rules.zone import look_for_zone
from sim.validation.scale import (
    WORTH_IN_UNITS,
    Scale,
    before_talks,
    first_day,
    gains,
    scale,
)
from sim.vocabulary import SIDES, TRACKS

CONTROLS = [f"{side}.resolve.{track}" for side in SIDES for track in ("minerals", "semiconductors")]
TRADE = [f"{side}.resolve.trade" for side in SIDES]
HAWKS = [f"politics.{side}.hawk_settling" for side in SIDES]


def off(found: Scale, names: list[str]) -> dict[str, float]:
    """How far what is given lies from its formula, as a share."""
    return {
        one.setting: abs(one.found / one.given - 1.0)
        for one in found.settings
        if one.setting in names
    }


@pytest.mark.nightly
def test_londons_prices_follow_their_formula() -> None:
    found = scale(Scenario())
    for names, most in ((TRADE, 0.1), (CONTROLS, 0.1), ([*HAWKS, "truce.unit"], 0.07)):
        apart = off(found, names)
        assert set(apart) == set(names)
        assert max(apart.values()) <= most, apart


def test_hawks_weigh_on_a_deal_on_controls_only_by_what_conceding_costs() -> None:
    """There no truce ends, and hawks who mind the deal, too, would be counted twice."""
    found, usual = (
        first_day(Scenario().change(dict.fromkeys(HAWKS, 0.0))).gains,
        first_day(Scenario()).gains,
    )
    controls = [code for code, track in enumerate(TRACKS) if track != "trade"]
    assert found[controls] == pytest.approx(usual[controls])
    assert (found[TRACKS["trade"].code] > usual[TRACKS["trade"].code]).all()


def test_gains_are_those_of_the_zone() -> None:
    """The largest joint gain in the zone lies between what one side could have and the sum, and
    there is a zone exactly where both could gain.
    """
    for scenario in (Scenario(), sim.load("scenario=geneva_2025")):
        model = before_talks(scenario)
        found = gains(model)
        for track in range(len(TRACKS)):
            steps.prepare_track(*model.all_sides, track)
            joint, _ = look_for_zone(model.state.whole[0], model.params.record, track)
            most = found[track]
            assert (joint > 0.0) == bool((most > 0.0).all())
            assert joint == 0.0 or most.max() - 1e-6 <= joint <= most.sum() + 1e-6


def test_the_unit_is_the_mean_worth_of_the_truce() -> None:
    day = first_day(Scenario())
    assert (day.stakes > 0.0).all() and day.stakes.shape == (N_SIDES,)
    found = scale(Scenario(), runs=1)
    assert found.unit == pytest.approx(np.sqrt((day.stakes * day.years).prod()) / WORTH_IN_UNITS)


def test_hawks_mind_a_deal_no_less_than_an_extension_that_is_certain() -> None:
    """What they add to the felt cost of going on: half an extension's cost and its whole, by the
    years that it is spread over (docs/truces.md, *Decisions*).
    """
    day, politics = first_day(Scenario()), Scenario().politics
    for i, side in enumerate((politics.us, politics.cn)):
        assert day.hawks[i] == pytest.approx(1.5 * side.extension_felt / day.years[i])
    unheard = Scenario().change({"politics.us.hawk_push": 0.0})
    assert HAWKS[0] not in [one.setting for one in scale(unheard, runs=1).settings]


def test_a_package_has_one_price_and_a_war_none() -> None:
    names = [one.setting for one in scale(sim.load("scenario=breakthrough"), runs=1).settings]
    assert [name for name in names if "resolve" in name] == [
        "us.resolve.all tracks",
        "cn.resolve.all tracks",
    ]
    war = scale(sim.load("scenario=escalation_2025"), runs=1)
    assert not [one for one in war.settings if "resolve" in one.setting]


def test_the_command_prints_it_for_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "scale", "linkage.cn=0.2", "runs=1"]) == 0
    said = capsys.readouterr().out
    assert "us.resolve.minerals" in said and "sqrt(stake Y x stake Y)" in said
    row = next(line for line in said.splitlines() if line.startswith("linkage.cn"))
    assert " 0.2 " in row
    assert main(["validate", "skale"]) == 2
    assert "did you mean: scale" in capsys.readouterr().err
