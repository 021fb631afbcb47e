"""Results of dated inputs, made again without the tables that they came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.config.compose import read_scenario
from tests.rules.test_dated import chronology, path

QUIET = ("figures.draw=false", "figures.report=false")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario file with a chronology and a path of 40 rows beside it, in the working folder."""
    events = [row.split(maxsplit=4) for row in chronology()]
    text = "\n".join(f"{d},{k},{s},{size},{note}" for d, k, s, size, note in events)
    (tmp_path / "chronology.csv").write_text(f"day,kind,side,size,what\n{text}\n")
    text = "\n".join(",".join(row.split()) for row in path())
    (tmp_path / "path.csv").write_text(f"date,us,cn\n{text}\n")
    (tmp_path / "mine.yaml").write_text(
        "base: london\nname: mine\nshocks: {chronology: chronology.csv}\n"
        "economy: {tariff_path: path.csv}\nchanges: {2025-12-01: {linkage.cn: 0.5}}\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_result_is_reproduced_without_its_tables(tables: Path) -> None:
    assert main(["run", "file=mine.yaml", "runs=6", "folder=made", *QUIET]) == 0
    scenario = read_scenario("mine.yaml")
    for name in ("chronology.csv", "path.csv", "mine.yaml"):
        (tables / name).unlink()
    found = sim.reproduce(tables / "made")
    assert found.same and found.differences == []
    assert len(scenario.shocks.chronology) == len(scenario.economy.tariff_path) == 40
    assert read_scenario(tables / "made" / "scenario.yaml") == scenario
    recorded = json.loads((tables / "made" / "manifest.json").read_text())
    assert len(recorded["scenario"]["shocks"]["chronology"]) == 40


@pytest.mark.nightly
def test_a_changed_event_is_another_result(tables: Path) -> None:
    assert main(["run", "file=mine.yaml", "runs=6", "folder=made", *QUIET]) == 0
    manifest = tables / "made" / "manifest.json"
    text = manifest.read_text()
    row = next(
        row for row in json.loads(text)["scenario"]["shocks"]["chronology"] if "2025-09" in row
    )
    other = " ".join([*row.split()[:3], "0.9"])
    manifest.write_text(text.replace(row, other))
    assert not sim.reproduce(tables / "made").same


@pytest.mark.nightly
def test_where_the_tables_were_is_not_recorded(tables: Path) -> None:
    where = tables / "chronology.csv"
    assert main(["run", f"shocks.chronology={where}", "runs=2", "folder=made", *QUIET]) == 0
    text = (tables / "made" / "manifest.json").read_text()
    assert "shocks.chronology=chronology.csv" in text and str(tables) not in text
    assert main(["bundle", "made", "license=CC-BY-4.0", "out=made.zip"]) == 0
    assert main(["reproduce", "made.zip"]) == 0
