"""Chronologies and tariff paths from tables as people keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.config.compose import read_scenario
from sim.config.dated import ChronologyEvent, TariffDay
from sim.config.errors import SimError
from sim.sheets.dated import read_chronology, read_tariff_path

EVENTS = "date,actor,kind,side,size,what\n2025-06-05,both,goodwill,us,0.3,a call\n2025-06-15,cn,hawk,us,0.2,no commitment\n"
PATH = "date,us_effective_on_cn,cn_average_on_us,basis\n2025-06-11,0.394,0.326,a tracker\n2025-08-07,0.419,0.326,the same\n"


def table(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    made = tmp_path / name
    made.write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    "text",
    [
        EVENTS,
        EVENTS.replace(",", ";"),
        EVENTS.replace("date,", "Day,").replace("hawk,us", "Hawk,US"),
        "# a list\n" + EVENTS.replace("2025-06-15", "2025-06-15 00:00:00"),
        "what\tsize\tside\tkind\tactor\tday\na call\t0,3\tus\tgoodwill\tboth\t2025-06-05\nno commitment\t0,2\tus\thawk\tcn\t2025-06-15\n",
    ],
)
def test_a_chronology_is_read_in_the_forms_that_people_keep(tmp_path: Path, text: str) -> None:
    first, second = read_chronology(table(tmp_path, text))
    assert (first.day, first.kind, first.side, first.size) == ("2025-06-05", "goodwill", "us", 0.3)
    assert (second.day, second.kind, second.side, second.size) == ("2025-06-15", "hawk", "us", 0.2)
    assert "no commitment" in second.note and "actor: cn" in second.note


def test_one_free_column_is_the_note_itself_and_none_is_no_note(tmp_path: Path) -> None:
    one = "day,kind,side,size,what\n2025-06-15,hawk,us,0.2,a note\n"
    assert read_chronology(table(tmp_path, one)) == [
        ChronologyEvent(day="2025-06-15", kind="hawk", side="us", size=0.2, note="a note")
    ]
    bare = "day,kind,side,size\n2025-06-15,hawk,us,0.2\n"
    assert read_chronology(table(tmp_path, bare))[0].note == ""


@pytest.mark.parametrize(
    "text",
    [
        PATH,
        PATH.replace("0.394,0.326", "39.4 %,32.6 %").replace("0.419,0.326", "41.9%,32.6%"),
        PATH.replace("us_effective_on_cn", "US tariff").replace("cn_average_on_us", "China"),
        "day;cn;us\n2025-06-11;0,326;0,394\n2025-08-07;0,326;0,419\n",
    ],
)
def test_a_path_is_read_in_rates_by_the_words_of_its_columns(tmp_path: Path, text: str) -> None:
    rows = read_tariff_path(table(tmp_path, text))
    assert [(row.day, row.us, row.cn) for row in rows] == [
        ("2025-06-11", pytest.approx(0.394), pytest.approx(0.326)),
        ("2025-08-07", pytest.approx(0.419), pytest.approx(0.326)),
    ]
    assert isinstance(rows[0], TariffDay)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (EVENTS.replace("hawk", "hawkish"), "kind, row 3, column C", "did you mean: hawk"),
        (EVENTS.replace("hawk,us", "hawk,both"), "side, row 3, column D", "allowed: us, cn"),
        (EVENTS.replace("0.3", "1.3"), "size, row 2, column E", "at most 1 for goodwill"),
        (EVENTS.replace("0.3", "3"), "size, row 2, column E", "from 0 to 2"),
        (EVENTS.replace("0.3", "some"), "size, row 2, column E", "not a number"),
        (EVENTS.replace("2025-06-15", "15/06/2025"), "date, row 3, column A", "year-month-day"),
        (EVENTS.replace("2025-06-15", ""), "date, row 3, column A", "fill it, or leave the row out"),
        (EVENTS.replace("size", "strength"), "t.csv", "no column size"),
        (EVENTS.replace("actor", "day"), "t.csv", "two columns of one meaning"),
        (EVENTS[:31], "t.csv", "the table is empty"),
    ],
)  # fmt: skip
def test_a_bad_chronology_is_refused_with_row_column_reason_and_cure(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    with pytest.raises(SimError) as caught:
        read_chronology(table(tmp_path, text))
    assert place in str(caught.value.key) and words in caught.value.message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (PATH.replace("0.394", "39.4"), "us_effective_on_cn, row 2, column B", "write 0.394 or 39.4 %"),
        (PATH.replace("0.394", "-0.1"), "us_effective_on_cn, row 2, column B", "from 0 to 5"),
        (PATH.replace("0.419", ""), "us_effective_on_cn, row 3, column B", "fill it"),
        (PATH.replace("2025-08-07", "2025-06-11"), "date, row 3, column A", "row 2 has it too"),
        (PATH.replace("us_effective", "effective"), "t.csv", "no column of us"),
        (PATH.replace("basis", "us_basis"), "t.csv", "two columns of one side"),
        (PATH.replace("2025-08-07", "2025-08-32"), "date, row 3, column A", "no such day"),
    ],
)  # fmt: skip
def test_a_bad_path_is_refused_with_row_column_reason_and_cure(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    with pytest.raises(SimError) as caught:
        read_tariff_path(table(tmp_path, text))
    assert place in str(caught.value.key) and words in caught.value.message


def test_a_scenario_file_names_a_table_beside_it_and_no_other(tmp_path: Path, monkeypatch) -> None:
    table(tmp_path, EVENTS, "events.csv")
    mine = table(tmp_path, "base: london\nshocks: {chronology: events.csv}\n", "mine.yaml")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert len(read_scenario(mine).shocks.chronology) == 2
    assert len(sim.load("shocks.chronology=../events.csv").shocks.chronology) == 2
    assert (
        len(
            sim.load().change({"shocks.chronology": str(tmp_path / "events.csv")}).shocks.chronology
        )
        == 2
    )
    for name in ("../events.csv", str(tmp_path / "events.csv")):
        mine.write_text(f"base: london\nshocks: {{chronology: {name}}}\n")
        with pytest.raises(SimError, match="not a file beside the scenario"):
            read_scenario(mine)
    with pytest.raises(SimError, match="no such file"):
        sim.load("economy.tariff_path=nowhere.csv")


def test_a_recorded_scenario_reads_no_file(tmp_path: Path) -> None:
    from sim.config.check import build, to_plain
    from sim.config.scenario import Scenario

    plain = to_plain(Scenario())
    plain["shocks"]["chronology"] = str(table(tmp_path, EVENTS))
    with pytest.raises(SimError, match="rows expected here"):
        build(Scenario, plain)
