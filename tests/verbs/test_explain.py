"""The verb explain."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.batch import Figures
from sim.cli import main

BARE = Figures(draw=False, report=False)


def test_it_says_what_python_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "scenario=london", "run=2", "seed=4"]) == 0
    shown = capsys.readouterr().out.rstrip("\n").split("\n")
    assert shown == sim.explain("london", run=2, seed=4)


def test_it_reads_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sim.run("london", runs=2, seed=4).save(tmp_path / "kept", style=BARE).folder
    assert main(["explain", f"results={folder}", "run=1"]) == 0
    shown = capsys.readouterr().out.rstrip("\n").split("\n")
    assert shown == sim.explain("london", run=1, seed=4)


def test_a_result_takes_no_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", f"results={tmp_path}", "truce.length_weeks=26"]) == 2
    assert "a result has its own settings" in capsys.readouterr().err
