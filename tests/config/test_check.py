"""The door: values, names and the replacement of single settings."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.batch import Run
from sim.config.check import build, check_value
from sim.config.errors import SimError
from sim.config.fields import Setting, leaves
from sim.config.groups.issues import Issue
from sim.config.groups.shocks import Shock
from sim.config.scenario import Scenario

LEAVES = {path: meta for path, meta, _ in leaves(Scenario())}


def test_nothing_given_gives_the_defaults():
    assert build(Scenario, {}) == Scenario()


def test_a_side_left_out_keeps_its_own_defaults():
    scenario = build(
        Scenario, {"cn": {"belief_error": 0.1}, "economy": {"cn": {"pass_through": 0.9}}}
    )
    assert scenario.cn.planning_weeks == Scenario().cn.planning_weeks
    assert scenario.economy.cn.imports == Scenario().economy.cn.imports


def test_items_replace_and_new_ones_take_the_defaults_of_their_kind():
    scenario = build(Scenario, {"issues": {"soy": {"owner": "cn", "track": "trade", "benefit": 3}}})
    assert list(scenario.issues) == ["soy"]
    assert (scenario.issues["soy"].benefit, scenario.issues["soy"].red_line) == (3.0, 1.0)


@pytest.mark.parametrize(
    ("plain", "missing"),
    [
        ({"issues": {"soy": {"benefit": 3}}}, "owner, track"),
        ({"issues": {"soy": {"benefit": 3, "owner": "cn"}}}, "track"),
        ({"shocks": {"events": {"vote": {"size": 0.5}}}}, "kind, side"),
        ({"shocks": {"events": {"vote": {"kind": "hawk"}}}}, "side"),
    ],
)
def test_what_an_item_is_has_no_default(plain, missing):
    with pytest.raises(SimError, match=f"incomplete, without {missing}") as caught:
        build(Scenario, plain)
    assert caught.value.key in ("issues.soy", "shocks.events.vote")
    assert "these have no default" in str(caught.value)


@pytest.mark.parametrize("item", [Issue, Shock])
def test_what_an_item_is_has_no_default_in_python_either(item):
    with pytest.raises(TypeError, match="missing"):
        item()


@pytest.mark.parametrize("value", [np.float64(0.5), np.float32(0.5), 0.5])
def test_numbers_of_other_libraries_become_plain_ones(value):
    assert type(check_value(LEAVES["linkage.cn"], value, "linkage.cn")) is float


@pytest.mark.parametrize("value", [np.int64(26), np.float64(26), 26.0, 26])
def test_whole_numbers_may_come_as_floats(value):
    assert check_value(LEAVES["truce.length_weeks"], value, "x") == 26
    assert type(check_value(LEAVES["truce.length_weeks"], value, "x")) is int


@pytest.mark.parametrize("value", [True, np.True_])
def test_flags_may_come_from_numpy(value):
    assert check_value(LEAVES["truce.in_force"], value, "x") is True


@pytest.mark.parametrize("value", ["CON", "a b", "../x", "-x", "com7", "x" * 65])
def test_names_of_folders_are_safe_everywhere(value):
    with pytest.raises(SimError) as caught:
        build(Run, Run(name=value), "run")
    assert caught.value.key == "run.name"


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(max_size=20),
        st.lists(st.integers(), max_size=2),
        st.floats(),
        st.integers(),
    )
)
def test_any_value_becomes_a_number_in_bounds_or_an_error_of_ours(value):
    meta = Setting("number", "share", low=0.0, high=1.0)
    try:
        number = check_value(meta, value, "x")
    except SimError as error:
        assert error.key == "x"
    else:
        assert type(number) is float and 0 <= number <= 1 and math.isfinite(number)


@given(
    st.dictionaries(
        st.text(max_size=12),
        st.one_of(
            st.integers(), st.text(max_size=5), st.dictionaries(st.text(max_size=3), st.none())
        ),
    )
)
@settings(max_examples=60)
def test_any_mapping_gives_a_scenario_or_an_error_of_ours(plain):
    try:
        build(Scenario, plain)
    except SimError as error:
        assert error.key


@given(st.floats(0, 2), st.integers(6, 100))
@settings(max_examples=40)
def test_a_change_touches_what_it_names_and_nothing_else(linkage, weeks):
    changed = Scenario().change({"linkage.cn": linkage, "truce.length_weeks": weeks})
    assert (changed.linkage.cn, changed.truce.length_weeks) == (linkage, weeks)
    before = {path: value for path, _, value in leaves(Scenario())}
    after = {path: value for path, _, value in leaves(changed)}
    different = {path for path in before if before[path] != after[path]}
    assert different <= {"linkage.cn", "truce.length_weeks"}


def test_a_change_reaches_into_items_and_names_the_nearest():
    changed = Scenario().change(
        {"issues.ai_chips.benefit": 9, "firms.chips.sectors.lab.share": 0.2}
    )
    assert (changed.issues["ai_chips"].benefit, changed.firms.chips.sectors["lab"].share) == (
        9.0,
        0.2,
    )
    with pytest.raises(SimError) as caught:
        Scenario().change({"issues.ai_chip.benefit": 9})
    assert caught.value.suggestion == "issues.ai_chips.benefit"


def test_a_change_refuses_a_contradiction():
    with pytest.raises(SimError, match="red_line"):
        Scenario().change({"issues.civil_magnets.red_line": 0.05})


@pytest.mark.parametrize(
    "path", [path for path, meta in LEAVES.items() if meta.kind in ("number", "count")]
)
def test_each_default_lies_within_its_bounds_and_its_plausible_range_too(path):
    meta = LEAVES[path]
    if meta.plausible is not None:
        assert meta.low <= meta.plausible[0] < meta.plausible[1] <= meta.high
