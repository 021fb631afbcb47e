"""A transcript from a table: a sheet by hand, and what results write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.config.errors import SimError
from sim.sheets.transcript import read_transcript, transcript_in

HEAD = "week,ask,side,decision,answer\n"


def sheet(folder: Path, text: str) -> Path:
    path = folder / "game.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sheet_by_hand(tmp_path: Path) -> None:
    path = sheet(tmp_path, HEAD + "12,0,us,renew,no\n3,2,cn,offer,31.25\n")
    found = read_transcript(path)
    assert [(row.week, row.decision, row.answer) for row in found] == [
        (12, "renew", "no"),
        (3, "offer", "31.25"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "12,0,us,renew,maybe\n", r"game\.csv: answer, row 2, column E.*no, yes"),
        (HEAD + "12,0,us,reneww,no\n", r"game\.csv: decision, row 2.*renew"),
        (HEAD + "12,0,us,offer,no\n", r"not a worth"),
        ("week,ask,side,decision\n12,0,us,renew\n", r"no column answer"),
        ("week,side,decision,answer\n12,us,renew,no\n", r"no column ask"),
        ("run," + HEAD + "0,1,0,us,renew,no\n1,1,0,us,renew,no\n", r"of several runs.*run == 0"),
    ],
)
def test_what_cannot_be_taken_is_named_by_its_cell(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SimError) as refused:
        read_transcript(sheet(tmp_path, text))
    assert re.search(said, str(refused.value), re.DOTALL)


def test_a_table_of_a_result_keeps_every_digit_of_a_worth() -> None:
    worth = 31.123456789012345
    table = {
        "run": [4, 4],
        "week": [1, 2],
        "ask": [0, 0],
        "side": ["us", "cn"],
        "decision": ["offer", "renew"],
        "choice": ["", "yes"],
        "worth": [worth, float("nan")],
    }
    offer, renewal = transcript_in(table)
    assert float(offer.answer) == worth
    assert renewal.answer == "yes"
