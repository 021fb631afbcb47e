"""The grammar of levers: a word means the same for every study that takes levers, and is refused in
the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import sim
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.studies.discovery import discover_points
from sim.studies.lever_words import APART, TOGETHER, matching, written_words
from sim.studies.movable import movable_levers
from sim.studies.points import draw_sweep, run_points
from sim.studies.ranges import levers_of
from sim.verbs import discover, reach, sensitivity

LONDON = Scenario()
BOTH_ERRORS = ("us.belief_error", "cn.belief_error")


class Lever(NamedTuple):
    """What a study made of a word: the settings of a lever, and the range or options of its first."""

    settings: tuple[str, ...]
    over: tuple[Any, ...]


def of_sensitivity(given: Any) -> list[Lever]:
    levers, _ = levers_of(LONDON, given)
    firsts = [(lever.settings, lever.factors[0]) for lever in levers]
    return [Lever(names, one.values or (one.low, one.high)) for names, one in firsts]


def of_discover(given: Any) -> list[Lever]:
    sweep = draw_sweep(LONDON, given, 100, 2, 1, "breakdown", TOGETHER)
    follow = sweep.copies
    return [
        Lever((name, *(n for n in follow if follow[n] == name)), one.values or (one.low, one.high))
        for name, one in sweep.factors.items()
        if name not in follow
    ]


def of_reach(given: Any) -> list[Lever]:
    levers = movable_levers(LONDON, given)
    return [Lever(one.settings, one.values or (one.low, one.high)) for one in levers]


STUDIES: dict[str, Callable[[Any], list[Lever]]] = {
    "sensitivity": of_sensitivity,
    "discover": of_discover,
    "reach": of_reach,
}


@pytest.fixture(params=STUDIES)
def study(request: pytest.FixtureRequest) -> Callable[[Any], list[Lever]]:
    return STUDIES[request.param]


@pytest.mark.parametrize(
    ("word", "lever"),
    [
        ("linkage.cn", Lever(("linkage.cn",), (0.3, 0.5))),
        ("linkage.cn:0..0.5", Lever(("linkage.cn",), (0.0, 0.5))),
        ("truce.length_weeks:6..39", Lever(("truce.length_weeks",), (6, 39))),
        ("truce.length_weeks:13/26", Lever(("truce.length_weeks",), (13, 26))),
        (
            "us.strategy.kind:screening/micro",
            Lever(("us.strategy.kind",), ("screening", "micro")),
        ),
        (
            "licensing.magnets.green_channel",
            Lever(("licensing.magnets.green_channel",), (False, True)),
        ),
        ("belief_error", Lever(BOTH_ERRORS, (0.1, 0.6))),
        ("belief_error:0.1..0.9", Lever(BOTH_ERRORS, (0.1, 0.9))),
        ("both.belief_error", Lever(BOTH_ERRORS, (0.1, 0.6))),
        ("us.belief_error+cn.belief_error", Lever(BOTH_ERRORS, (0.1, 0.6))),
    ],
    ids=str,
)
def test_a_word_names_the_same_lever_for_every_study(study, word, lever) -> None:
    assert study(word) == [lever] == study([word])


def test_commas_separate_and_both_sides_apart_are_two(study) -> None:
    assert len(study("us.belief_error,cn.belief_error")) == 2


def test_a_group_brings_both_sides_as_one_and_a_named_one_keeps_its_range(study) -> None:
    assert BOTH_ERRORS in [lever.settings for lever in study("us,cn")]
    assert ("us.belief_error",) in [lever.settings for lever in study("us")]
    found = dict(study("linkage,linkage.cn:0..0.45"))
    assert found["linkage.cn",] == (0.0, 0.45) and ("linkage.us",) in found


def test_all_has_what_its_groups_have_together_and_no_day_or_text(study) -> None:
    moved = {name for lever in study("all") for name in lever.settings}
    assert {*BOTH_ERRORS, "linkage.cn"} <= moved
    assert not {"calendar.start", "shocks.events.court_ruling.start", "title"} & moved


def test_a_mapping_says_the_same_as_words(study) -> None:
    mapping = {"truce.length_weeks": (6, 39), "us.strategy.kind": ["time_dependent", "micro"]}
    words = "truce.length_weeks:6..39,us.strategy.kind:time_dependent/micro"
    assert ",".join(written_words(mapping)) == words
    assert study(mapping) == study(words)


@pytest.mark.parametrize(
    ("given", "said", "key"),
    [
        ("", "a name is missing", "levers"),
        ([], "a name is missing", "levers"),
        ({}, "a name is missing", "levers"),
        ("linkage.cn,,", "a name is missing", "levers"),
        ("linkage.cn+", "no such lever", "levers"),
        (["linkage.cn", 3], "not names", "levers"),
        ("linkage.cm", "did you mean: linkage.cn", "levers"),
        ("truc", "did you mean: truce", "levers"),
        ("belief_erro", "did you mean: belief_error", "levers"),
        ("title", "cannot be a lever, being a text", "levers"),
        ("calendar.start", "cannot be a lever, being a date", "levers"),
        ("truce.length_weeks", "truce.length_weeks:LOW..HIGH", "levers"),
        ("length_weeks", "no plausible range is declared", "levers"),
        ("linkage.cn,linkage.cn:0..0.5", "given twice", "levers"),
        ("linkage:0..1", "a range is for a setting", "levers"),
        ("linkage+truce", "only settings are joined", "levers"),
        ("linkage.cn:0:0.5", "linkage.cn:0..0.5", "levers.linkage.cn"),
        ("linkage.cn:", "not a range", "levers.linkage.cn"),
        ("linkage.cn:0.9..0.1", "an empty range", "levers.linkage.cn"),
        ({"linkage.cn": (0.5, 0.5)}, "an empty range", "levers.linkage.cn"),
        ({"linkage.cn": (0.2, 0.5, 0.7)}, "not a range", "levers.linkage.cn"),
        ("linkage.cn:low..high", "not a number", "levers.linkage.cn"),
        ("linkage.cn:0..9", "out of bounds", "levers.linkage.cn"),
        ("truce.length_weeks:6.5..9", "whole", "levers.truce.length_weeks"),
        ("us.strategy.kind:0..1", "a range is for numbers", "levers.us.strategy.kind"),
        ("us.strategy.kind:mild/micro", "not one of the choices", "levers.us.strategy.kind"),
        ("us.strategy.kind:micro/micro", "given twice", "levers.us.strategy.kind"),
        ("us.strategy.kind:screening", "nothing to move", "levers"),
    ],
    ids=str,
)
def test_what_is_no_lever_is_refused_in_the_same_words(study, given, said, key) -> None:
    with pytest.raises(SimError) as caught:
        study(given)
    assert said in str(caught.value) and caught.value.key == key


def test_the_helps_say_the_same_words() -> None:
    words = [
        verb.takes(name).words
        for name, verb in (("sensitivity", sensitivity), ("discover", discover), ("reach", reach))
    ]
    for name in ("levers", "sides"):
        assert len({taken[name].meaning for taken in words}) == 1
    assert "truce" in words[0]["levers"].values() and "figures" not in words[0]["levers"].values()


@pytest.mark.parametrize("joined", [of_discover, of_reach])
def test_what_takes_one_value_joins_only_both_sides_of_a_setting(joined) -> None:
    with pytest.raises(SimError, match="one value here"):
        joined("linkage.us+truce.temperature")
    with pytest.raises(SimError, match="cannot be joined"):
        joined("linkage.us:0/0.5+linkage.cn")
    assert joined("linkage.us:0..0.2+linkage.cn") == [Lever(("linkage.us", "linkage.cn"), (0, 0.5))]


def test_sides_apart_are_two_levers_and_neither_is_refused() -> None:
    ranged, _ = levers_of(LONDON, "belief_error", APART)
    movable = movable_levers(LONDON, "belief_error", APART)
    for levers in (ranged, movable):
        assert [lever.settings for lever in levers] == [(name,) for name in BOTH_ERRORS]
    for made in (levers_of, movable_levers):
        with pytest.raises(SimError, match="neither together nor apart"):
            made(LONDON, "linkage", "both")


def test_a_discovery_takes_sides_apart_unless_asked() -> None:
    apart = draw_sweep(LONDON, "us,cn", 100, 2, 1, "breakdown")
    assert not apart.copies and set(BOTH_ERRORS) <= set(apart.factors)
    assert draw_sweep(LONDON, "us,cn", 100, 2, 1, "breakdown", APART) == apart


def test_joined_settings_of_a_discovery_are_drawn_together() -> None:
    sweep = draw_sweep(LONDON, "both.belief_error,linkage.cn", 150, 2, 1, "breakdown")
    points = run_points(sweep, LONDON, "breakdown", 1)
    assert set(points.columns) == set(points.domains) == {BOTH_ERRORS[0], "linkage.cn"}
    found = discover_points(points, "breakdown")
    assert found.searched is points


def test_a_sweep_has_its_own_sides(tmp_path) -> None:
    factors = {"linkage.cn": {"low": 0, "high": 1}}
    small = {"name": "small", "kind": "sobol", "points": 4, "runs": 2, "factors": factors}
    with pytest.raises(SimError, match="a sweep has its own"):
        sim.discover(sim.sweep(small, out=tmp_path), sides=TOGETHER)


def test_a_name_stands_for_itself_then_both_sides_then_a_group_then_an_end() -> None:
    names = ["us.a", "cn.a", "us.b.c", "d.c"]
    assert matching("us.a", names) == ["us.a"]
    assert matching("both.a", names) == ["us.a", "cn.a"]
    assert matching("us", names) == ["us.a", "us.b.c"]
    assert matching("c", names) == ["us.b.c", "d.c"]
    assert matching("e", names) == []
