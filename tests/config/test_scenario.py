"""A scenario by itself: it is read-only, changes into another, says what differs, and builds on one
of ours in a file.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sim.config.check import changed, to_plain
from sim.config.compose import load, read_scenario, write_scenario
from sim.config.contradictions import declared
from sim.config.errors import SimError
from sim.config.fields import Group, leaves, settings_of
from sim.config.scenario import Scenario

SOY = {"owner": "cn", "track": "trade", "benefit": 6}


def test_a_change_makes_another_scenario_and_leaves_the_first():
    london = Scenario()
    other = london.change({"truce.length_weeks": 26, "+issues.soy": SOY, "~issues.ai_chips": None})
    assert london == Scenario()
    assert (other.truce.length_weeks, other.issues["soy"].benefit, "ai_chips" in other.issues) == (
        26,
        6.0,
        False,
    )


def test_an_item_may_be_added_setting_by_setting():
    changes = {f"+issues.soy.{name}": value for name, value in SOY.items()}
    assert Scenario().change(changes) == Scenario().change({"+issues.soy": SOY})


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"truce.lenght_weeks": 26}, "truce.lenght_weeks", "did you mean: truce.length_weeks"),
        ({"trucee.length_weeks": 26}, "trucee.length_weeks", "did you mean: truce.length_weeks"),
        (
            {"issues.ai_chip.red_line": 0.3},
            "issues.ai_chip.red_line",
            "did you mean: issues.ai_chips.red_line",
        ),
        (
            {"issues.ai_chip.red_line": 0.3},
            "issues.ai_chip.red_line",
            "+issues.ai_chip.red_line=… adds a new one",
        ),
        ({"+issues.ai_chips": SOY}, "issues.ai_chips", "exists already"),
        ({"~issues.tiktok": None}, "issues.tiktok", "does not exist"),
        ({"+~issues.soy": SOY}, "issues.soy", "not a sign"),
        ({"+issues.soy": {"benefit": 6}}, "issues.soy", "without owner, track"),
        ({"truce": {}}, "truce", "changes nothing"),
        ({"truce": 5}, "truce", "settings expected"),
    ],
)
def test_a_change_that_will_not_do_is_refused_by_its_name(changes, key, said):
    with pytest.raises(SimError) as caught:
        Scenario().change(changes)
    assert caught.value.key == key and said in str(caught.value)


def test_every_problem_is_said_at_once():
    with pytest.raises(SimError) as caught:
        Scenario().change(
            {"truce.length_weeks": 200, "linkage.cn": "much", "us.strategy.kind": "micr"}
        )
    errors = (caught.value, *caught.value.others)
    assert {error.key for error in errors} == {
        "truce.length_weeks",
        "linkage.cn",
        "us.strategy.kind",
    }
    assert all(error.key in str(caught.value) for error in errors)
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_every_contradiction_is_said_at_once():
    with pytest.raises(SimError) as caught:
        Scenario().change({"issues.ai_chips.red_line": 0.01, "calendar.horizon_weeks": 8})
    assert {error.key for error in (caught.value, *caught.value.others)} == {
        "issues.ai_chips.red_line",
        "outcomes.weeks_in_force",
    }


def test_a_difference_names_both_values():
    geneva = load("scenario=geneva")
    found = Scenario().diff(geneva)
    assert found["truce.first_deadline_weeks"] == (9, 13)
    assert Scenario().diff(Scenario().change({"~issues.ai_chips": None}))[
        "issues.ai_chips.owner"
    ] == ("us", None)
    assert Scenario().change({name: value for name, (_, value) in found.items()}) == geneva


def test_two_that_do_not_differ_are_equal_and_hash_alike():
    assert Scenario().diff(Scenario()) == {} and hash(Scenario()) == hash(Scenario())
    assert pickle.loads(pickle.dumps(Scenario())) == Scenario()


def test_what_is_changed_is_a_copy():
    plain = to_plain(Scenario())
    tree = changed(Scenario, plain, {"truce.talks": {"sprint_weeks": 5}})
    assert (tree["truce"]["talks"]["sprint_weeks"], plain["truce"]["talks"]["sprint_weeks"]) == (
        5,
        3,
    )


@pytest.fixture
def colleague(tmp_path: Path):
    """Reads text as a colleague's file."""

    def read(text: str) -> Scenario:
        (tmp_path / "s.yaml").write_text(text)
        return read_scenario(tmp_path / "s.yaml")

    return read


BASED = """base: geneva
name: soy
truce: {length_weeks: 26}
issues:
  +soy: {owner: cn, track: trade, benefit: 6}
  ~critical_minerals:
  ai_chips: {convex_cost: 40}
"""


def test_a_file_may_build_on_a_scenario_of_ours(colleague):
    geneva = load("scenario=geneva")
    wanted = {
        "name": "soy",
        "truce.length_weeks": 26,
        "+issues.soy": SOY,
        "issues.ai_chips.convex_cost": 40,
    }
    assert colleague(BASED) == geneva.change({**wanted, "~issues.critical_minerals": None})


def test_a_file_with_a_base_is_read_by_the_command_line_too(tmp_path):
    (tmp_path / "s.yaml").write_text(BASED)
    scenario = load(f"file={tmp_path / 's.yaml'}", "linkage.cn=0.9")
    assert (scenario.linkage.cn, "soy" in scenario.issues, scenario.calendar.start) == (
        0.9,
        True,
        "2025-05-12",
    )
    write_scenario(scenario, tmp_path / "whole.yaml")
    assert read_scenario(tmp_path / "whole.yaml") == scenario


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("base: genva\n", 1, "did you mean: geneva_2025"),
        ("base: geneva\ntruce:\n  lenght_weeks: 3\n", 3, "truce.length_weeks"),
        ("base: geneva\nissues:\n  soy: {benefit: 3}\n", 3, "+issues.soy.benefit"),
        ("base: geneva\nissues:\n  +soy: {benefit: 3}\n", 3, "without owner, track"),
        ("base: geneva\nissues:\n  ~tiktok:\n", 3, "does not exist"),
        ("base: geneva\nlinkage:\n  cn: 7\n", 3, "out of bounds"),
        ("base: geneva\nrun: {runs: 5}\n", 2, "not part of a scenario"),
        ("base: [geneva]\n", 1, "no such option"),
    ],
)
def test_what_a_based_file_may_not_hold_is_refused_with_its_line(colleague, text, line, said):
    with pytest.raises(SimError) as caught:
        colleague(text)
    assert f"s.yaml:{line}" in str(caught.value) and said in str(caught.value)


def test_rules_are_data_about_settings_that_exist():
    """Each name in a rule is a setting, or items, of the scenario, so that a page can hold the
    rules too.
    """
    known = {path for path, _, _ in leaves(Scenario())} | {
        "issues",
        "firms.magnets.sectors",
        "firms.chips.sectors",
    }
    rules = declared(Scenario)
    assert len(rules) > 20
    for rule in rules:
        for name in rule.reads():
            item = {
                "issues": "ai_chips",
                "firms": "lab",
                "shocks": "us_hawks",
                "calendar": "apec_2025",
            }.get(name.split(".")[0], "")
            item = "defence" if ".magnets." in name else item
            assert name.replace("*", item) in known, name
        assert (
            rule.words and isinstance(rule.left, str) and isinstance(rule.right, (str, int, float))
        )


def test_every_setting_says_what_it_means_and_from_where():
    def groups(cls: type) -> list[type]:
        below = [setting.item for setting in settings_of(cls).values() if setting.item is not None]
        return [cls, *(inner for item in below for inner in groups(item))]

    for cls in groups(Scenario):
        assert issubclass(cls, Group)
        for name, setting in settings_of(cls).items():
            assert setting.meaning, f"{cls.__name__}.{name}"
            assert setting.source or setting.kind in ("group", "mapping"), f"{cls.__name__}.{name}"


def test_the_examples_in_the_text_of_the_module_run():
    import doctest

    from sim.config import scenario

    assert doctest.testmod(scenario).attempted > 0 and doctest.testmod(scenario).failed == 0
