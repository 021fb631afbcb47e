"""The verb reach: what it takes, what it leaves, and what it refuses without leaving anything."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main

QUICK = ["runs=40", "figures.format=png", "levers=resolve.trade,extension_cost"]


def made(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert main(["reach", *words, *QUICK, "--json"]) == 0
    found: dict[str, str] = json.loads(capsys.readouterr().out)
    return found


def test_a_least_change_is_reproduced_bundled_and_run(tmp_path, capsys) -> None:
    folder = tmp_path / "result"
    told = made(
        [
            "outcome=narrow_deal",
            "share=0.3",
            "cap.breakdown=0.3",
            "from=london",
            f"folder={folder}",
        ],
        capsys,
    )
    assert "price of settling trade" in told["answer"] and "front" in told["content"]
    assert (folder / "figures" / "reach.png").is_file()
    assert main(["reproduce", str(folder)]) == 0
    assert main(["bundle", str(folder)]) == 0
    again = tmp_path / "again"
    words = [f"file={folder / 'scenario-least.yaml'}", "runs=40", "seed=3", "draw=false"]
    assert main(["run", *words, "figures.report=false", f"folder={again}"]) == 0
    share = pd.read_csv(folder / "changes.csv")["share"].iloc[0]
    runs = pd.read_parquet(again / "runs.parquet")
    assert (runs["outcome"] == "narrow_deal").mean() == share


def test_settings_that_follow_change_the_start(tmp_path, capsys) -> None:
    told = made(["outcome=narrow_deal", "truce.length_weeks=20", f"out={tmp_path}"], capsys)
    assert "truce.length_weeks" not in told["answer"]
    text = (Path(told["folder"]) / "scenario.yaml").read_text(encoding="utf-8")
    assert "length_weeks: 20" in text


def test_a_target_that_is_met_leaves_no_folder(tmp_path, capsys) -> None:
    told = made(["from=breakthrough", "share=0.3", f"folder={tmp_path / 'x'}"], capsys)
    assert "already" in told["answer"] and "folder" not in told
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["share=1.2"], "not a share"),
        (["share=much"], "not a share"),
        (["share=0.5", "outcome=peace"], "no such outcome"),
        (["share=0.5", "cap.brakdown=0.1"], "cap.breakdown"),
        (["share=0.5", "cap.breakdown=2"], "not a share"),
        (["share=0.5", "levers=us.nothing"], "no such lever"),
        (["share=0.5", "levers=truce.length_weeks"], "no plausible range"),
        (["share=0.5", "most=many"], "not a number of levers"),
        (["share=0.5", "over=nothing"], "no such uncertainty"),
        (["share=0.5", "from=lodnon"], "london_2025"),
        (["share=0.5", "scenario=london"], "not for reach"),
        (["share=0.5", "engine=mesa"], "not for reach"),
        (
            ["share=0.99", "outcome=narrow_deal", "levers=us.resolve.trade", "runs=20"],
            "not reached",
        ),
        (["london"], "not a word of reach"),
    ],
    ids=str,
)
def test_bad_input_ends_with_two_and_leaves_nothing(words, said, tmp_path, capsys) -> None:
    (tmp_path / "out").mkdir()
    assert main(["reach", *words, f"out={tmp_path / 'out'}"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("tariffsim:") == 1
    assert not list((tmp_path / "out").iterdir())
