"""Which levers stand in view, and what a room sees first: from the contents alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.config.compose import load
from sim.config.fields import leaves
from sim.page.contents import Contents
from sim.page.room import COMPARISONS, marks
from sim.rules.measures import BRIEF, WEEK
from sim.vocabulary import EVENT_KINDS, EVENTS, GOODS, OUTCOMES, SIDES

Node = Callable[..., Any]
_STATE = """
const schema = new use.Schema(contents), scenarios = new Map(contents.scenarios.map((one) => [one.name, one]));
const state = use.compared({ seed: "1", runs: 1000 }, schema, scenarios, given);
"""


@pytest.fixture(scope="module")
def rows(node: Node) -> list[list[dict[str, Any]]]:
    """The nine rows of each comparison."""
    script = "const all = contents.comparisons.map((_, given) => {" + _STATE
    script += " return use.rowsInView(schema, state, 9); }); answer(all);"
    return node("rows settings start", script)


def test_what_differs_stands_on_top_and_both_capitals_share_a_row(
    rows: list[list[dict[str, Any]]], contents: Contents
) -> None:
    for comparison, own in zip(contents["comparisons"], rows, strict=True):
        changed = {path for side in "ab" for path in comparison[side]["changes"]}
        differ = [row["differs"] for row in own]
        assert differ == sorted(differ, reverse=True) and len(own) >= 9
        assert changed <= {path for row in own if row["differs"] for path in row["paths"]}
        assert len({row["name"] for row in own}) == len(own)
    needs = next(row for row in rows[0] if row["setting"]["path"] == "us.resolve.trade")
    assert needs["paths"] == [f"{side}.resolve.trade" for side in SIDES]


def test_a_slider_has_round_steps_within_the_bounds_of_its_setting(
    rows: list[list[dict[str, Any]]],
) -> None:
    for row in (row for own in rows for row in own if "step" in row):
        setting = row["setting"]
        assert setting["low"] <= row["low"] < row["high"] <= setting["high"]
        assert 8 <= (row["high"] - row["low"]) / row["step"] <= 60
        assert float(f"{row['step']:.12g}") == row["step"]


def test_a_step_stays_on_the_slider(node: Node) -> None:
    found = node(
        "rows", "answer(given.map(([row, value]) => use.onStep(row, value)));",
        [[{"low": 0.1, "high": 0.6, "step": 0.02}, value] for value in (0.25, 0.613, -3, 0.11)],
    )  # fmt: skip
    assert found == [0.26, 0.6, 0.1, 0.12]


def test_one_move_of_a_handle_is_one_step_of_undo(node: Node) -> None:
    found = node(
        "state",
        """
const story = new use.Story({ at: 0 });
[1, 2, 3].forEach((at, k) => story.go({ at }, "A x", 100 * k));
story.go({ at: 4 }, "A x", 5000);
story.go({ at: 5 }, "B x", 5100);
const seen = [];
while (story.undo()) seen.push(story.now.at);
while (story.redo()) seen.push(story.now.at);
answer(seen);
""",
    )
    assert found == [4, 3, 0, 3, 4, 5]


def test_every_comparison_composes_and_its_sides_differ(contents: Contents) -> None:
    for one, shown in zip(COMPARISONS, contents["comparisons"], strict=True):
        assert OUTCOMES[one.outcome].code == shown["outcome"]
        assert shown["a"] != shown["b"]
        for words, side in ((one.left, shown["a"]), (one.right, shown["b"])):
            scenario = load(*words)
            usual = {path: value for path, _, value in leaves(load(words[0]))}
            own = {path: value for path, _, value in leaves(scenario)}
            assert side["changes"] == {k: v for k, v in own.items() if usual[k] != v}


def _bytes_of(series: str) -> range:
    assert WEEK.fields is not None
    kind, offset = WEEK.fields[series][:2]
    return range(offset, offset + kind.itemsize)


def test_series_and_marks_point_at_what_the_rules_write(contents: Contents) -> None:
    offsets = {one["label"]: one["offset"] for one in contents["series"]}
    assert WEEK.fields is not None
    # a worker of the page asks for brief weeks
    brief = {n for name in BRIEF for n in _bytes_of(name)}
    assert set(offsets.values()) <= brief
    assert {"outcome", "state", "events"} < set(BRIEF)
    assert offsets[f"{SIDES['us'].adjective} tariff"] == WEEK.fields["tariff"][1]
    assert offsets[f"Imports of {GOODS['chips'].label}"] == WEEK.fields["flow"][1] + 8
    assert {name for mark in marks() for name in mark.events} < set(EVENTS)


def test_each_turn_of_a_truce_has_a_mark_and_a_sign_that_is_drawn(node: Node) -> None:
    unmarked = [name for kind in ("shock", "drift", "protest") for name in EVENT_KINDS[kind].events]
    marked = [name for mark in marks() for name in mark.events]
    assert sorted([*marked, *unmarked]) == sorted(EVENTS)
    # the page tells events apart by bits of 32
    assert len(EVENTS) <= 32
    drawn = node("typical", "answer(contents.marks.map((mark) => use.SIGNS[mark.sign](16).d));")
    assert len(drawn) == len(marks()) and not [path for path in drawn if "NaN" in path]


def test_turns_are_said_by_their_month_or_by_how_many(node: Node) -> None:
    said = node(
        "typical",
        """const at = (name, ...weeks) => ({ mark: contents.marks.find((one) => one.events.includes(name)), weeks });
        const turns = [at("threat_us", 3), at("threat_cn", 9, 20), at("crisis_over", 12), at("lapse", 40), at("ending", 40),
          at("deal_trade", 50), at("deal_minerals", 50), at("deal_semiconductors", 50)];
        answer(use.sentence(turns, { calendar: { start: "2025-06-11" } }));""",
    )
    assert said.replace("\u00a0", " ") == (
        "△ 3 threats, ○ crisis over Sep ’25, ✕ lapse, end from inside Mar ’26, "
        "● trade, minerals and semiconductors deal Jun ’26"
    )


def test_open_settings_are_those_that_the_study_of_doubt_moves(node: Node) -> None:
    from sim.sweeps.plausible import plausible_ranges

    script = (
        _STATE.replace("given", "0")
        + "answer(use.openSettings(schema, state).map((one) => one.path));"
    )
    sides = [load(*COMPARISONS[0].left), load(*COMPARISONS[0].right)]
    ranges = [set(plausible_ranges(side)) for side in sides]
    assert set(node("doubt settings start", script)) == ranges[0] & ranges[1]
