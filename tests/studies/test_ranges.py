"""Levers over their ranges: which settings are moved together, between which values, and what is
refused.
"""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.contradictions import refused_rows
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.studies.ranges import levers_of
from sim.vocabulary import STRATEGIES

LONDON = Scenario()


def texts(given, scenario: Scenario = LONDON, sides: str = "together") -> list[str]:
    return [lever.text for lever in levers_of(scenario, given, sides)[0]]


def test_all_has_every_declared_range_that_is_meant_for_the_setting_and_the_choices() -> None:
    moved = {name for lever in levers_of(LONDON)[0] for name in lever.settings}
    for path, meta, value in leaves(LONDON):
        if meta.plausible:
            assert (path in moved) == (meta.plausible[0] <= value <= meta.plausible[1]), path
    assert {
        "us.strategy.kind",
        "cn.strategy.kind",
        "linkage.tracks",
        "linkage.enforcement",
        "truce.talks.mediator_rate",
    } <= moved


def test_both_sides_numbers_are_one_lever_and_choices_are_not() -> None:
    (levers, _) = levers_of(LONDON, "us,cn")
    by_setting = {lever.settings[0]: lever for lever in levers}
    errors = by_setting["us.belief_error"]
    assert errors.settings == ("us.belief_error", "cn.belief_error")
    assert errors.label == "belief error, both sides"
    # a transcript is decisions that are given: it is none of them
    assert set(by_setting["us.strategy.kind"].options) == set(STRATEGIES.names)
    assert "cn.strategy.kind" in by_setting
    apart = levers_of(LONDON, "us,cn", "apart")[0]
    assert all(len(lever.settings) == 1 for lever in apart)


def test_one_side_named_alone_moves_alone_and_plus_joins() -> None:
    assert texts("us.belief_error") == ["us.belief_error:0.1..0.6"]
    (joined,) = texts("linkage.us:0..0.4+linkage.cn")
    assert joined == "linkage.us:0.0..0.4+linkage.cn:0.3..0.5"
    assert texts("us") == texts("us", sides="apart")  # one side alone has nothing to join


def test_a_setting_named_in_a_group_too_keeps_its_own_range() -> None:
    found = texts("truce.temperature:5..6,truce")
    assert found[0] == "truce.temperature:5.0..6.0"
    assert sum("temperature" in text for text in found) == 1


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("truce.length_weeks:6..39", "truce.length_weeks:6..39"),
        ("us.strategy.kind:micro/hardliner", "us.strategy.kind:screening/micro/hardliner"),
        ("licensing.magnets.green_channel", "licensing.magnets.green_channel:false/true"),
        ("us.extension_bias:-3..-1", "us.extension_bias:-3.0..-1.0"),
        ("truce.length_weeks:13/26", "truce.length_weeks:13/26"),
    ],
)
def test_a_range_or_options_may_be_given(given, text) -> None:
    assert texts(given) == [text]
    assert texts(text) == [text]  # as a manifest records it


def test_a_mapping_says_the_same_as_words() -> None:
    mapping = {
        "truce.length_weeks": (6, 39),
        "us.strategy.kind": ["micro", "hardliner"],
        "linkage.cn": None,
    }
    assert texts(mapping) == texts(
        "truce.length_weeks:6..39,us.strategy.kind:micro/hardliner,linkage.cn"
    )


def test_coordinates_are_values_in_the_range_and_nan_is_the_scenario() -> None:
    (lever,) = levers_of(LONDON, "linkage.us+linkage.cn")[0]
    columns = dict(lever.columns(np.asarray([0.0, 0.5, 1.0, np.nan])))
    assert columns["linkage.us"].tolist() == pytest.approx([0.0, 0.15, 0.3, LONDON.linkage.us])
    assert columns["linkage.cn"].tolist() == pytest.approx([0.3, 0.4, 0.5, LONDON.linkage.cn])
    (choice,) = levers_of(LONDON, "linkage.enforcement")[0]
    moved = [choice.values(place)[0] for place in choice.places()]
    assert moved == ["issue", "all"]  # the scenario has track


def test_no_plausible_range_has_a_part_that_a_rule_would_refuse_beside_another() -> None:
    """The floor tariff may be as high as 0.3, cn_tariff no lower than that."""
    levers, cuts = levers_of(LONDON, "economy,outcomes")
    assert cuts == []
    rng = np.random.default_rng(1)
    unit = rng.random((4096, len(levers)))
    columns = {
        name: values
        for lever, places in zip(levers, unit.T, strict=True)
        for name, values in lever.columns(places)
    }
    assert not refused_rows(LONDON, columns)[0].any()


def test_a_given_range_is_not_cut_and_one_against_the_scenario_is() -> None:
    assert (
        levers_of(LONDON, "economy.cn.floor_tariff:0.03..0.3,outcomes.cn_tariff:0.22..0.32")[1]
        == []
    )
    short = sim.load("calendar.horizon_weeks=40", "outcomes.closing_weeks=20")
    ((cut),) = levers_of(short, "outcomes.weeks_in_force")[1]
    assert (cut.setting, cut.low, cut.high) == ("outcomes.weeks_in_force", 13, 40)
    assert "calendar.horizon_weeks" in str(cut)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "a name is missing"),
        ("linkage.cn,,", "a name is missing"),
        ("truc", "did you mean: truce"),
        ("shocks", "no plausible range is declared in it"),
        ("us.belief_error,us.belief_error:0..1", "given twice"),
        ("us.belief_error+us.belief_error", "given twice"),
        ("title", "cannot be a lever"),
        ("calendar.start", "cannot be a lever"),
        ("truce.length_weeks", "no plausible range"),
        ("firms.chips.other_share", "no plausible range"),
        ("truce.length_weeks:9..4", "an empty range"),
        ("truce.length_weeks:6..x", "not a number"),
        ("truce.length_weeks:6..999", "out of bounds"),
        ("truce.length_weeks:6.5..9", "whole"),
        ("us.strategy.kind:a/b", "not one of the choices"),
        ("us.strategy.kind:1..2", "a range is for numbers"),
        ("us.strategy.kind:micro/micro", "given twice"),
        ("us.strategy.kind:screening", "nothing to move"),
        ("us.strategy.kind+cn.strategy.kind", "one setting"),
        (["linkage.cn", 3], "not names"),
        (7, "not names"),
        ({"linkage.cn": "wide"}, "not a range"),
        ({}, "a name is missing"),
    ],
    ids=str,
)
def test_what_cannot_be_a_lever_is_refused_by_name(given, said) -> None:
    with pytest.raises(SimError) as caught:
        levers_of(LONDON, given)
    assert said in str(caught.value) and str(caught.value.key).startswith("levers")


def test_sides_are_together_or_apart() -> None:
    with pytest.raises(SimError, match="neither together nor apart"):
        levers_of(LONDON, "all", "both")


def test_a_transcript_is_no_strategy_to_choose() -> None:
    from sim.vocabulary import STRATEGIES

    ((lever,), _) = levers_of(Scenario(), "us.strategy.kind")
    assert set(lever.factors[0].values or ()) == set(STRATEGIES)
