"""Titles name what was run, and linked factors are called by what they are."""

from __future__ import annotations

from dataclasses import replace

import sim
from sim.results.columns import joint_notes
from sim.results.results import changes_of


def _title(*overrides: str) -> str:
    return sim.run(sim.load(*overrides), runs=1, weeks="none").title


def test_a_title_says_how_many_settings_leave_the_named_scenario() -> None:
    assert _title() == "London, June 2025"
    assert _title("truce.length_weeks=26") == "London, June 2025, with 1 change"
    assert _title("truce.length_weeks=26", "linkage.cn=0.9") == "London, June 2025, with 2 changes"
    assert _title("scenario=breakthrough").endswith("reakthrough")


def test_a_title_or_name_of_ones_own_stays() -> None:
    assert _title("title='My London'", "linkage.cn=0.9") == "My London"
    assert changes_of(replace(sim.load("linkage.cn=0.9"), name="mine")) == []


def test_an_item_added_counts_by_its_settings() -> None:
    added = changes_of(sim.load("+issues.tea={owner: cn, table: trade, benefit: 2}"))
    assert len(added) > 1 and all(name.startswith("issues.tea.") for name in added)


def test_a_factor_that_both_sides_share_is_called_so() -> None:
    notes = {
        "compliance.us.drift": {"label": "Washington's drift rate", "unit": "per week"},
        "us.patience": {"label": "Washington's patience", "unit": "share"},
    }
    copies = {"compliance.cn.drift": "compliance.us.drift", "cn.firmness": "us.patience"}
    found = joint_notes(notes, copies)
    assert found["compliance.us.drift"]["label"] == "drift rate, both sides"
    assert found["us.patience"] == notes["us.patience"]
