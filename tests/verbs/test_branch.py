"""The verb branch."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.cli import main

QUICK = ("runs=20", "figures.draw=false", "run=3", "week=20")


def test_it_tells_the_past_and_runs_the_futures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["branch", "scenario=london", *QUICK, f"folder={tmp_path / 'a'}"]) == 0
    out = capsys.readouterr().out
    told = [line for line in sim.explain("london", run=3) if int(line.split()[1][:-1]) <= 20]
    assert all(line in out for line in told)
    kept = sim.load_results(tmp_path / "a")
    wanted = sim.branch("london", run=3, week=20, runs=20)
    assert kept.runs["payoff.us"].tolist() == wanted.runs["payoff.us"].tolist()
    assert main(["reproduce", str(tmp_path / "a")]) == 0


def test_settings_change_from_the_week_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["branch", *QUICK, "linkage=package", "outcome=narrow_deal", f"folder={tmp_path / 'a'}"]
    assert main(words) == 0
    assert "run 3 from week 21, changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run=3"], "week"),
        (["run=3", "week=104"], "week"),
        (["run=3", "week=20", "~issues.ai_chips"], "cannot come or go"),
        (["run=3", "week=20", "truce.in_force=false"], "cannot change on a day"),
        (["run=3", "week=20", "outcome=breakdown"], "nothing is compared"),
        (["run=3", "week=20", "outcome=brakdown", "linkage=package"], "breakdown"),
        (["run=x", "week=20"], "run"),
    ],
    ids=str,
)
def test_bad_input_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["branch", *words, f"folder={tmp_path / 'none'}"]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
