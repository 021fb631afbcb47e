"""What the page is given is what the schema, the vocabulary and the configuration say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sim.browser.module import Module
from sim.config.compose import load
from sim.config.fields import PLAIN_UNITS, Setting, leaves, setting_of
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.figures.style import COLOURS, HATCHES, NAMES
from sim.page.contents import Contents, slider_range, stamp
from sim.vocabulary import SIDES


def first_rank() -> dict[str, Setting]:
    """The levers of first rank, by dotted name."""
    return {
        path: meta
        for path, meta, _ in leaves(Scenario())
        if meta.rank and (not meta.only or set(meta.only) & set(path.split(".")))
    }


def test_levers_of_first_rank_have_a_name_a_place_and_a_range_within_bounds() -> None:
    levers = first_rank()
    ranks = {meta.rank: meta.plain for meta in levers.values()}
    assert sorted(ranks) == list(range(1, len(ranks) + 1))
    assert len(set(ranks.values())) == len(ranks)
    for path, meta in levers.items():
        if meta.kind == "choice":
            continue
        low, high = slider_range(meta) or (0.0, 0.0)
        assert meta.low is not None and meta.high is not None
        assert meta.low <= low < high <= meta.high, path
        assert meta.slider is None or meta.plausible is None, path
        assert meta.slider is None or "slider:" in meta.source, path


def test_levers_of_first_rank_have_a_unit_that_a_room_understands() -> None:
    units = {meta.unit for _, meta, _ in leaves(Scenario())}
    assert set(PLAIN_UNITS) <= units
    shown = {meta.plain_unit or meta.unit for meta in first_rank().values()}
    assert not [
        unit for unit in shown if re.search(r"\b(sd|log|logit|exponent|ad valorem)\b", unit)
    ]


def test_what_breakthrough_moves_is_of_first_rank() -> None:
    moved = load("scenario=breakthrough").diff(load("scenario=tactical_pause"))
    levers = {path for path in moved if setting_of(Scenario, path).kind != "text"}  # type: ignore[union-attr]
    assert len(levers) > 9 and levers <= set(first_rank())


def test_every_setting_is_there_once_with_its_place(contents: Contents, module: Module) -> None:
    described = {setting["path"] for setting in module.description["settings"]}
    paths = [setting["path"] for setting in contents["settings"]]
    assert len(paths) == len(set(paths)) and described <= set(paths)
    assert {s["path"] for s in contents["settings"] if "offset" not in s} == {
        "changes",
        *(path for path, meta, _ in leaves(Scenario()) if meta.kind in ("text", "rows")),
    }


def test_a_setting_that_both_sides_have_names_the_other(contents: Contents) -> None:
    pairs = {s["path"]: s["pair"] for s in contents["settings"] if "pair" in s}
    assert pairs["us.deadline_firmness"] == "cn.deadline_firmness"
    assert all(pairs[pairs[path]] == path for path in pairs)
    assert all(set(SIDES) & set(path.split(".")) for path in pairs)


def test_outcomes_look_as_in_the_figures(contents: Contents) -> None:
    for outcome in contents["outcomes"]:
        name = outcome["name"]
        assert (outcome["colour"], outcome["hatch"], outcome["label"]) == (
            COLOURS[name],
            HATCHES[name],
            NAMES[name],
        )


def test_the_stamp_changes_with_the_rules_and_with_a_shipped_scenario(contents: Contents) -> None:
    rules, scenarios = contents["rules"], json.loads(json.dumps(contents["scenarios"]))
    assert stamp(rules, scenarios) == contents["stamp"] != stamp("other", scenarios)
    scenarios[0]["truce"]["length_weeks"] += 1
    assert stamp(rules, scenarios) != contents["stamp"]


@pytest.mark.parametrize("name", ["london", "escalation", "breakthrough"])
def test_the_page_writes_the_record_that_rules_read(node: Any, name: str) -> None:
    scenario = load(f"scenario={name}")
    record = node(
        "settings",
        """const scenario = contents.scenarios.find((one) => one.name === given);
        answer(Buffer.from(new use.Schema(contents).record(scenario)).toString("hex"));""",
        scenario.name,
    )
    assert bytes.fromhex(record) == flatten(scenario).values.tobytes()
