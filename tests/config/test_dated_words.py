"""Dated settings as people write and read them: days, rates with their sign, tables in words."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.analysis.labels import value_words
from sim.cli import main
from sim.config.compose import load_variants, read_scenario, take_scenario
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.config.variants import read_variants
from sim.studies.comparison import compare

DAYS = ("01.12.2025", "1.12.2025", "12/01/2025", "2025/12/01", "2025-12-1", "20251201")
EVENT, TARIFFS = "2025-{:02d}-{:02d} supply us 0.1", "2025-06-{:02d} 0.394 0.326"


def _refused(day: str, message: str) -> None:
    assert "changes: not a date" in message and f"given: {day}" in message.replace("'", "")
    assert "days as 2025-12-01" in message and "year-month-day" in message


@pytest.mark.parametrize("day", DAYS)
def test_a_day_in_another_format_is_refused_the_same_way_everywhere(
    tmp_path: Path, day: str
) -> None:
    nested, dotted = {"changes": {day: {"linkage.cn": 0.5}}}, {f"changes.{day}.linkage.cn": 0.5}
    block = f'changes:\n  "{day}":\n    linkage.cn: 0.5\n'
    paths = []
    for n, text in enumerate((block, f"base: london\n{block}")):
        paths.append(tmp_path / f"{n}.yaml")
        paths[-1].write_text(text)
    tries = (
        lambda: take_scenario(nested),
        lambda: sim.load().change(nested),
        lambda: take_scenario(dotted),
        lambda: sim.load(f"changes.{day}.linkage.cn=0.5"),
        lambda: read_scenario(paths[0]),
        lambda: read_scenario(paths[1]),
        lambda: load_variants(read_variants({"one": dotted}), "london"),
    )
    for attempt in tries:
        with pytest.raises(SimError) as caught:
            attempt()
        _refused(day, str(caught.value))


@pytest.mark.parametrize("row", ["39.4 % 32.6 %", "39.4% 32.6%", "39,4 % 0.326", "0.394 32.6 %"])
def test_a_path_in_a_text_takes_rates_with_their_sign(row: str) -> None:
    made = sim.load(f"economy.tariff_path=['2025-06-11 {row} a tracker, up 5 % at once']")
    (day,) = made.economy.tariff_path
    assert (day.us, day.cn) == (pytest.approx(0.394), pytest.approx(0.326))
    assert day.note == "a tracker, up 5 % at once"


def test_a_path_in_mappings_takes_rates_with_their_sign() -> None:
    row = {"day": "2025-06-11", "us": "39.4 %", "cn": "32.6 %"}
    (day,) = sim.load().change({"economy.tariff_path": [row]}).economy.tariff_path
    assert (day.us, day.cn) == (pytest.approx(0.394), pytest.approx(0.326))


def test_a_size_of_an_event_is_no_rate() -> None:
    with pytest.raises(SimError, match="not a number"):
        sim.load("shocks.chronology=['2025-06-11 supply us 30 %']")


def _dated(events: int, days: int) -> Scenario:
    chronology = [EVENT.format(7 + n // 28, 1 + n % 28) for n in range(events)]
    path = [TARIFFS.format(11 + n) for n in range(days)]
    return sim.load().change({"shocks.chronology": chronology, "economy.tariff_path": path})


def test_a_table_is_said_by_what_it_is_and_how_long() -> None:
    many, one = _dated(100, 5), _dated(1, 1)
    assert value_words(many.shocks.chronology) == "a chronology of 100 events"
    assert value_words(many.economy.tariff_path) == "a tariff path of 5 days"
    assert value_words(one.shocks.chronology) == "a chronology of 1 event"
    assert value_words(one.economy.tariff_path) == "a tariff path of 1 day"
    assert value_words(Scenario().shocks.chronology) == "none"


@pytest.mark.parametrize(
    ("events", "days", "words"),
    [(100, 0, "a chronology of 100 events"), (0, 5, "a tariff path of 5 days")],
)
def test_a_comparison_names_a_table_and_never_its_rows(events: int, days: int, words: str) -> None:
    found = compare("london", _dated(events, days), runs=20)
    assert f"with {words}" in found.titles.values()
    assert found.levers["right"].tolist() == [words] and found.levers["left"].tolist() == ["none"]
    assert f"with {words}" in found.answer and "Event(" not in found.answer
    back = compare(_dated(events, days), "london", runs=20)
    assert all(title.find("(day=") < 0 for title in back.titles.values())


def test_info_names_a_table_and_never_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--info", "settings", f"shocks.chronology=['{EVENT.format(7, 1)}']"]) == 0
    assert "shocks.chronology = a chronology of 1 event " in capsys.readouterr().out
