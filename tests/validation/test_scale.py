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
    STAKES_IN_UNITS,
    Scale,
    before_talks,
    first_day,
    gains,
    scale,
)
from sim.vocabulary import SIDES, TRACKS

CONTROLS = [f"{side}.resolve.{track}" for side in SIDES for track in ("minerals", "semiconductors")]
TRADE = [f"{side}.resolve.trade" for side in SIDES]
BY_RECORD = {f"{side}.foresight": 0.0 for side in SIDES}  # the truce's chance is the record's alone


def off(found: Scale, names: list[str]) -> dict[str, float]:
    """How far what is given lies from its formula, as a share."""
    return {
        one.setting: abs(one.found / one.given - 1.0)
        for one in found.settings
        if one.setting in names
    }


@pytest.mark.nightly
def test_londons_prices_follow_their_formula() -> None:
    """On trade where the chance that the truce goes on is the record's alone: docs/bargaining.md,
    *Scale*, says why.
    """
    for changes, names in (({}, CONTROLS), (BY_RECORD, TRADE)):
        found = off(scale(Scenario().change(changes)), names)
        assert set(found) == set(names)
        assert max(found.values()) <= 0.05, found


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


def test_the_unit_is_the_mean_of_stakes_in_the_truce() -> None:
    day = first_day(Scenario())
    assert (day.stakes > 0.0).all() and day.stakes.shape == (N_SIDES,)
    found = scale(Scenario(), runs=1)
    assert found.unit == pytest.approx(np.sqrt(day.stakes.prod()) / STAKES_IN_UNITS)


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
    assert "us.resolve.minerals" in said and "sqrt(stake x stake)" in said
    row = next(line for line in said.splitlines() if line.startswith("linkage.cn"))
    assert " 0.2 " in row
    assert main(["validate", "skale"]) == 2
    assert "did you mean: scale" in capsys.readouterr().err
