"""The answer in a line says what the table says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.analysis.answer import answer
from sim.config.compose import load_sweep
from sim.config.sweeps import build_sweep


def test_a_run_is_answered_with_its_own_shares() -> None:
    results = sim.run("london", runs=50)
    line = answer(results)
    counted = results.runs["outcome"].value_counts(normalize=True)
    assert f"{counted.iloc[0]:.0%} of 50 runs" in line
    assert line.startswith("London, June 2025: ")
    assert sum(int(part) for part in re.findall(r"(\d+)%", line.split(";")[0])) == pytest.approx(100, abs=2)


def test_one_run_is_answered() -> None:
    assert "100% of 1 run (" in answer(sim.run("london", runs=1))


def test_a_sweep_says_what_moves_the_outcome(tmp_path: Path) -> None:
    sweep, scenario = load_sweep("linkage_by_deadline")
    line = answer(sim.sweep(replace(sweep, runs=20), scenario, out=tmp_path))
    assert "as participation linkage of Beijing rises" in line
    assert "highest share at any point" in line


@pytest.mark.parametrize(
    "factors",
    [
        {"linkage.tables": {"values": ["separate", "package"]}},
        {"linkage.cn": {"values": [0.3]}},
        {"truce.in_force": {"values": [True, False]}},
    ],
)
def test_sweeps_of_every_kind_are_answered(tmp_path: Path, factors: dict) -> None:
    scenario = sim.load()
    sweep = build_sweep({"name": "x", "title": "A title", "factors": factors, "runs": 10}, scenario)
    assert answer(sim.sweep(sweep, scenario, out=tmp_path)).startswith("A title: ")


def test_a_drawn_design_names_its_strongest_setting(tmp_path: Path) -> None:
    scenario = sim.load()
    factors = {"linkage.cn": {"low": 0.0, "high": 1.0}, "firms.magnets.firms": {"low": 20, "high": 60}}
    sweep = build_sweep({"name": "x", "title": "Drawn", "kind": "sobol", "points": 128, "runs": 1, "factors": factors}, scenario)
    assert "participation linkage of Beijing" in answer(sim.sweep(sweep, scenario, out=tmp_path))
