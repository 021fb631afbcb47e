"""A transcript in a scenario: rows in text, what is refused, a side whose decisions are given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import evaluate
from sim.config.check import build, to_plain
from sim.config.compose import load
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.vocabulary import DECISIONS, SIDES, STRATEGIES

ROWS = ["12 0 us renew no", "3 2 cn offer -1.5", "3 1 us threaten act"]


def test_rows_become_the_records_of_rules_by_week_and_ask() -> None:
    params = flatten(Scenario().change({"transcript": ROWS}))
    assert params.script["week"].tolist() == [2, 2, 11]
    assert params.script["ask"].tolist() == [1, 2, 0]
    assert params.script["side"].tolist() == [SIDES[side].code for side in ("us", "cn", "us")]
    assert params.script["choice"].tolist() == [2, 0, 0]
    assert params.script["worth"][1] == -1.5
    assert params.record["script"]["end"] == 3
    assert flatten(Scenario()).record["script"]["end"] == 0


def test_a_transcript_survives_being_written() -> None:
    given = Scenario().change({"transcript": ROWS})
    assert build(Scenario, to_plain(given)) == given


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["12 0 us renew maybe"], r"transcript\.1\.answer.*not a choice of renew.*no, yes"),
        (["12 0 us threaten acts"], r"acts.*act"),
        (["12 0 us offer much"], r"not a worth.*bn USD/yr"),
        (["12 0 us offer nan"], r"not a worth"),
        (["0 0 us renew no"], r"transcript\.1\.week"),
        (["12 0 eu renew no"], r"transcript\.1\.side.*us, cn"),
        (["12 0 us renews no"], r"renews.*renew"),
        (["12 0 us renew no", "12 0 cn renew no"], r"the same moment twice"),
    ],
)
def test_a_row_that_no_ask_could_take_is_named(rows: list[str], said: str) -> None:
    with pytest.raises(SimError) as refused:
        Scenario().change({"transcript": rows})
    assert re.search(said, str(refused.value), re.DOTALL)


def test_a_side_whose_decisions_are_given_needs_some() -> None:
    kind: dict[str, Any] = {"cn.strategy.kind": "transcript"}
    with pytest.raises(SimError, match="no answer of Beijing is given"):
        Scenario().change({**kind, "transcript": ["12 0 us renew no"]})
    given = Scenario().change({**kind, "transcript": ["12 0 cn renew no"]})
    # where its transcript is silent it decides as a side that screens
    kinds = flatten(given).record["sides"]["strategy"]["kind"]
    assert kinds.tolist() == [STRATEGIES["screening"].code] * len(SIDES)


def test_a_choice_is_no_worth() -> None:
    worths = {name for name, term in DECISIONS.items() if term.is_worth}
    assert worths == {"offer", "sweeten"}


def test_a_file_with_a_base_and_a_command_line_have_one(tmp_path: Path) -> None:
    file = tmp_path / "scripted.yaml"
    text = "base: london\nname: scripted\nus: {strategy: {kind: transcript}}\ntranscript: [9 1 us swap no]\n"
    file.write_text(text, encoding="utf-8")
    (row,) = load(file=str(file)).transcript
    assert (row.week, row.ask, row.side, row.decision, row.answer) == (9, 1, "us", "swap", "no")
    assert load("transcript=[9 1 us swap no]").transcript == (row,)


def test_a_transcript_has_no_code_of_its_own_in_rules() -> None:
    kinds = Scenario().change({"cn.strategy.kind": "transcript", "transcript": ["1 0 cn offer 3"]})
    assert flatten(kinds).record["sides"]["strategy"]["kind"][1] == list(STRATEGIES).index(
        "screening"
    )
    points = pd.DataFrame({"us.strategy.kind": ["transcript", "screening"]})
    runs = evaluate(Scenario(), points, runs=20, seed=1, measures=["payoff.us"])
    one, other = (runs[runs["row"] == row]["payoff.us"].to_numpy() for row in (0, 1))
    assert (one == other).all()
