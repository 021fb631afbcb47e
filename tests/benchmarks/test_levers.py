"""The table in the file of ``breakthrough`` is of its levers, and is what the runs give."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from benchmarks.levers import levers, lines, table
from sim.config.locate import configs_folder

FILE = Path(configs_folder()) / "scenario" / "breakthrough.yaml"


def printed() -> list[str]:
    """The lines of the table that stands in the file."""
    text = [
        line.removeprefix("#   ")
        for line in FILE.read_text(encoding="utf-8").splitlines()
        if line.startswith("#   ")
    ]
    assert text[1].split() == ["lever", "taken", "back", "alone"]
    return text


def test_the_table_has_every_lever_of_the_scenario_and_both_sides_together() -> None:
    named = {line[:36].rstrip() for line in printed()[2:]}
    moved = set(levers(sim.load("scenario=breakthrough")))
    assert {name for name in named if not name.endswith(" of both")} == moved
    assert {name for name in named if name.endswith(" of both")} == {
        f"{inner} of both"
        for path in moved
        if f"cn.{(inner := path.removeprefix('us.'))}" in moved and path.startswith("us.")
    }


def test_all_levers_are_what_the_scenario_moves() -> None:
    found = table(runs=20)
    shares = [
        100
        * (sim.run(name, runs=20, seed=1, weeks="none").runs["outcome"] == "breakthrough").mean()
        for name in ("london_2025", "breakthrough")
    ]
    assert [found.london, found.scenario] == pytest.approx(shares)
    assert found.together.value == pytest.approx(shares[1] - shares[0])


@pytest.mark.nightly
def test_the_table_is_what_its_runs_give() -> None:
    assert printed() == list(lines(table())), (
        "python -m benchmarks.levers prints the table as it is now"
    )
