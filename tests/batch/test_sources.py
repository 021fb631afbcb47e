"""Every default says where it comes from, by item too, and the page of sources is what they say."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from sim.batch.sources import KINDS, comments, defaults, kind_of, sources_page
from sim.config.fields import leaves, settings_of
from sim.config.scenario import Scenario
from sim.history import parameters

ROOT = Path(__file__).parents[2]
FOUND = defaults()
JUDGED = [default for default in FOUND if default.kind == "judgement"]
BY_NAME = {default.name: default for default in FOUND}
RANGE = re.compile(r"-?\d*\.?\d+ to (\d*\.?\d+|three times)|half to twice")


def without(pattern: str, *kinds: str) -> list[str]:
    """Defaults of these kinds whose source lacks what the pattern asks for."""
    return [
        f"{default.name}: {default.source}"
        for default in FOUND
        if default.kind in kinds and not re.search(pattern, default.source)
    ]


def test_each_default_counts_once() -> None:
    names = [path for path, setting, _ in leaves(Scenario()) if setting.kind != "text"]
    assert [default.name for default in FOUND] == names


def test_the_page_is_that_of_the_settings() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert page == sources_page(), "run python -m sim.batch.pages"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("US Census Bureau c5700: 2024", "read"),
        ("derived: 4 April (events.csv) to 10 June 2025", "derived"),
        ("definition of the outcome: half", "definition"),
        ("numerical choice: one meeting a step", "numerical choice"),
        ("fitted: to July 2025, within a range of judgement", "judgement"),
        ("derivedness is no word", "read"),
    ],
)
def test_the_first_word_names_the_kind_and_the_word_judgement_beats_it(
    source: str, kind: str
) -> None:
    assert kind_of(source) == kind


def test_a_comment_above_an_item_speaks_for_it_and_for_no_other() -> None:
    assert BY_NAME["issues.ai_chips.red_line"].kind == "judgement"
    assert BY_NAME["issues.civil_magnets.red_line"].kind == "definition"
    assert "Toyota" in BY_NAME["firms.magnets.hoarding"].source
    assert BY_NAME["firms.chips.hoarding"].kind == "definition"
    assert "NDRC" in BY_NAME["cn.discount_rate"].source
    assert "OMB" in BY_NAME["us.discount_rate"].source


def test_what_comments_state_are_settings() -> None:
    stated = sum(len(settings) for settings in comments().values())
    from_comments = [default for default in FOUND if default.source != default.setting.source]
    assert len(from_comments) == stated, "a comment names no setting, or says what the text says"


def test_a_judgement_has_a_range() -> None:
    rangeless = [
        default.name
        for default in JUDGED
        if default.setting.kind in ("number", "count")
        and not (default.setting.plausible or RANGE.search(default.source))
    ]
    assert not rangeless


def test_what_was_read_names_a_year_or_a_table() -> None:
    assert not without(r"\b(1[89]|20)\d\d\b|\.csv|docs/|the record", "read")


def test_what_is_no_reading_says_of_what() -> None:
    assert not without(r"\d|\.csv|docs/", "derived", "fitted", "elicited", "recalled")
    assert not without(r"\w{3,}[ :].*\w{3,}", "definition", "numerical choice")


def test_groups_of_figures_that_sources_name_exist() -> None:
    groups = {name.split(" ")[0].rstrip(":") for name in parameters()["group"]}
    named = {
        name
        for default in FOUND
        for names in re.findall(r"parameters\.csv ((?:[A-F]\d(?:, )?)+)", default.source)
        for name in names.split(", ")
        if name
    }
    assert named and named <= groups, named - groups


def test_tables_that_sources_name_are_shipped() -> None:
    shipped = {path.name for path in (ROOT / "sim" / "data").glob("*.csv")}
    named = {name for d in FOUND for name in re.findall(r"\b[a-z_]+\.csv", d.source)}
    assert named <= shipped, named - shipped


def test_under_a_third_of_defaults_are_judgement() -> None:
    share = len(JUDGED) / len(FOUND)
    assert share <= 0.31, f"{share:.0%}; 71 % at 0.1.0"


def test_every_kind_is_used_and_counted() -> None:
    assert set(Counter(default.kind for default in FOUND)) == set(KINDS)


def test_ranges_of_approval_do_not_overlap() -> None:
    """So that no point of a design contradicts the order of regimes."""
    authority = settings_of(type(Scenario().licensing.magnets))
    ranges = [
        authority[f"approve_{regime}"].plausible for regime in ("shipment", "six_months", "general")
    ]
    assert all(low and high and low[1] <= high[0] for low, high in pairwise(ranges))
