"""Levers are what is moved together, and between two ends every mixture is a scenario."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.compose import load
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.studies.levers import levers_between, records_between

SOY = "+issues.soy={owner: cn, track: trade, benefit: 3}"
PAIRS = [
    (["scenario=tactical_pause"], ["scenario=breakthrough"]),
    (["scenario=geneva"], ["scenario=escalation"]),
    (["scenario=london"], ["scenario=london", "~issues.ai_chips", SOY, "truce.length_weeks=26"]),
    (["scenario=london", SOY], ["scenario=geneva"]),
    (["scenario=london"], ["shocks=record_2025", "calendar.horizon_weeks=60"]),
]


def labels(left: list[str], right: list[str]) -> list[str]:
    return [lever.label for lever in levers_between(load(*left), load(*right))]


@pytest.mark.parametrize(("left", "right"), PAIRS, ids=str)
def test_all_levers_moved_are_the_right_end_and_none_the_left(left, right) -> None:
    one, other = load(*left), load(*right)
    levers = levers_between(one, other)
    found = records_between(
        one, other, levers, np.asarray([[False], [True]]) & np.ones(len(levers), bool)
    )
    assert found.values[0].tobytes() == flatten(one).values[0].tobytes()
    assert found.values[1].tobytes() == flatten(other).values[0].tobytes()


def test_one_lever_moved_is_the_scenario_with_that_setting() -> None:
    one, other = load(), load("truce.length_weeks=26", "linkage.cn=0.5", "us.strategy.kind=micro")
    levers = levers_between(one, other)
    at = [lever.settings for lever in levers].index("us.strategy.kind")
    found = records_between(one, other, levers, np.eye(len(levers), dtype=bool)[[at]])
    assert found.values[0].tobytes() == flatten(load("us.strategy.kind=micro")).values[0].tobytes()


def test_the_same_setting_of_both_sides_is_one_lever_and_of_one_side_its_own() -> None:
    assert labels([], ["linkage.us=0.5", "linkage.cn=0.5"]) == ["participation linkage, both sides"]
    assert labels([], ["linkage.cn=0.5"]) == ["participation linkage of Beijing"]


def test_pause_and_breakthrough_differ_in_fifteen_levers() -> None:
    assert len(labels(*PAIRS[0])) == 15


def test_an_item_that_one_end_lacks_is_one_lever() -> None:
    levers = levers_between(load(), load("~issues.ai_chips"))
    assert len(levers) == 1 and all(
        path.startswith("issues.ai_chips.") for path in levers[0].values
    )


def test_names_and_titles_are_no_levers() -> None:
    assert labels([], ["title=Another"]) == []


def test_settings_that_a_rule_refuses_apart_are_one_lever() -> None:
    left = ["calendar.horizon_weeks=20", "outcomes.weeks_in_force=10"]
    right = ["calendar.horizon_weeks=104", "outcomes.weeks_in_force=40"]
    with pytest.raises(SimError):
        load(left[0], right[1])
    (lever,) = levers_between(load(*left), load(*right))
    assert set(lever.values) == {"calendar.horizon_weeks", "outcomes.weeks_in_force"}


def test_items_that_cannot_be_moved_apart_are_refused_with_the_reason() -> None:
    bare = [
        "~issues.us_tariff",
        "~issues.cn_tariff",
        "+issues.a={owner: us, track: trade, driver: us_tariff, benefit: 1}",
    ]
    one, other = load(), load(*bare)
    levers = levers_between(one, other)
    both = np.asarray([["a" in lever.label.split() for lever in levers]])
    with pytest.raises(SimError, match="cannot be moved one by one"):
        records_between(one, other, levers, both)
