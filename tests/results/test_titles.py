"""Titles name what was run, and linked factors are called by what they are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import sim
from sim.config.options import groups
from sim.config.scenario import Scenario
from sim.results.columns import joint_notes
from sim.results.results import changes_of
from sim.vocabulary import OUTCOMES


def _title(*overrides: str) -> str:
    return sim.run(sim.load(*overrides), runs=1, weeks="none").title


def test_a_title_says_how_many_settings_leave_the_named_scenario() -> None:
    assert _title() == "London, June 2025"
    assert _title("truce.length_weeks=26") == "London, June 2025, with 1 change"
    assert _title("truce.length_weeks=26", "linkage.cn=0.9") == "London, June 2025, with 2 changes"
    assert _title("scenario=breakthrough") == "Room to settle, controls swapped"


@pytest.mark.parametrize("name", groups(Scenario)["scenario"])
def test_a_scenario_s_title_shares_no_word_with_an_outcome(name: str) -> None:
    """Otherwise an answer would read "Breakthrough: narrow deal in 45 % of runs"."""
    words, taken = (
        set(re.findall(r"[a-z]+", text.lower()))
        for text in (sim.load(f"scenario={name}").title, " ".join(OUTCOMES.labels.values()))
    )
    assert not words & taken


def test_a_custom_title_or_name_stays() -> None:
    assert _title("title='My London'", "linkage.cn=0.9") == "My London"
    assert changes_of(replace(sim.load("linkage.cn=0.9"), name="mine")) == []


@pytest.mark.parametrize(
    ("override", "item"),
    [
        ("+issues.tea={owner: cn, track: trade, benefit: 2}", "issues.tea"),
        ("~issues.ai_chips", "issues.ai_chips"),
        ("~shocks.events.court_ruling", "shocks.events.court_ruling"),
    ],
)
def test_an_item_added_or_removed_is_one_change(override: str, item: str) -> None:
    assert changes_of(sim.load(override)) == [item]


def test_a_factor_that_both_sides_share_is_called_so() -> None:
    notes = {
        "compliance.us.drift": {"label": "Washington's drift rate", "unit": "per week"},
        "us.patience": {"label": "Washington's patience", "unit": "share"},
    }
    copies = {"compliance.cn.drift": "compliance.us.drift", "cn.firmness": "us.patience"}
    found = joint_notes(notes, copies)
    assert found["compliance.us.drift"]["label"] == "drift rate, both sides"
    assert found["us.patience"] == notes["us.patience"]
