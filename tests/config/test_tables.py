"""Scenarios and settings as tables."""

from __future__ import annotations

import sim
from sim.config.fields import leaves
from sim.config.options import SCENARIOS, groups
from sim.config.scenario import Scenario


def test_every_shipped_scenario_has_a_row() -> None:
    table = sim.scenarios()
    assert list(table.index) == list(groups(Scenario)[SCENARIOS])
    assert (table.drop("london_2025")["differ"] > 0).all()
    assert table.loc["geneva_2025", "start"] == sim.load("scenario=geneva").calendar.start


def test_every_setting_has_a_row_with_the_scenarios_value() -> None:
    scenario = sim.load("truce.length_weeks=26")
    table = sim.settings(scenario)
    assert list(table.index) == [path for path, _, _ in leaves(scenario)]
    assert table.loc["truce.length_weeks", "value"] == 26
    assert table.loc["outcomes.ai_chips", "plausible"] == "0.2 to 0.5"
    assert (table.drop(index=["name", "title", "about"])["meaning"] != "").all()
