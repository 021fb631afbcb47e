"""The verb law: a day's bases, a ruling, and what it refuses."""

from __future__ import annotations

import json

import pytest

from sim.cli import main


def test_a_ruling_shows_what_falls_and_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "date=2025-08-12", "void=ieepa", "section_122=15"]) == 0
    shown = capsys.readouterr().out
    void = [line.split()[0] for line in shown.splitlines() if line.endswith("VOID")]
    assert void == ["us_ieepa_reciprocal", "us_ieepa_fentanyl", "us3_ieepa"]
    assert "51.2 % (41.1 % effective)" in shown and "39.4 % (29.5 % effective)" in shown
    assert "24 points more from 2025-11-10 unless prolonged" in shown
    assert "until 2026-01-09" in shown
    assert max(map(len, shown.splitlines()[:-1])) <= 130


def test_without_words_the_bases_of_the_truce_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law"]) == 0
    shown = capsys.readouterr().out
    assert "VOID" not in shown and "NEW" not in shown
    for part in ("us_301_list3", "cn_counter", "us3_232", "source: 19 USC", "ends by:"):
        assert (part in shown) == (part != "source: 19 USC")


def test_json_has_the_answer_and_the_bases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "date=2018-07-05", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["verb"], said["exit_code"]) == ("law", 0)
    assert "3.9 %" in said["answer"] and "us_232_metals" in said["shown"]


def test_a_day_after_the_record_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "date=2026-03-01"]) == 0
    assert "the rows end on 2025-08-31" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["date=2017-12-31"], "before the record"),
        (["date=2025-13-01"], "no such day"),
        (["void=fentanil"], "did you mean: fentanyl"),
        (["void=ieepa,ieepa"], "given twice"),
        (["section_122=20"], "0 to 15 per cent"),
        (["section_122=nan"], "0 to 15 per cent"),
        (["section_122=much"], "not a number"),
        (["dat=2025-08-12"], "did you mean: date"),
        (["truce.length_weeks=26"], "not a word of law"),
        (["fentanyl"], "not a word of law"),
    ],
)
def test_what_it_does_not_know_is_refused_with_what_it_knows(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["law", *words]) == 2
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error
