"""The verb compare: what it takes, what it leaves, and what it refuses without leaving anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main
from sim.config.compose import read_scenario

QUICK = ["runs=6", "figures.format=png"]


def made(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert main(["compare", *words, *QUICK, "--json"]) == 0
    found: dict[str, str] = json.loads(capsys.readouterr().out)
    return found


def test_a_comparison_is_reproduced_and_bundled(tmp_path, capsys) -> None:
    folder = tmp_path / "result"
    told = made(
        ["left=london", "truce.length_weeks=26", "outcome=narrow_deal", f"folder={folder}"],
        capsys,
    )
    assert (
        told["folder"] == str(folder)
        and "narrow deal" in told["answer"]
        and "levers" in told["content"]
    )
    assert (folder / "figures" / "compare.png").is_file()
    assert main(["reproduce", str(folder)]) == 0
    assert main(["reproduce", str(folder / "report.html")]) == 0
    assert main(["bundle", str(folder)]) == 0
    assert main(["reproduce", f"{folder}.zip"]) == 0


def test_one_scenario_with_changes_is_held_against_itself(tmp_path, capsys) -> None:
    told = made(["left=london", "truce.length_weeks=26", f"out={tmp_path}"], capsys)
    assert "with truce.length_weeks=26" in told["answer"]
    scenarios = sorted(Path(told["folder"]).glob("scenario-*.yaml"))
    assert [read_scenario(path).truce.length_weeks for path in scenarios] == [26, 13]


def test_settings_after_two_scenarios_change_both(tmp_path, capsys) -> None:
    told = made(
        ["left=london", "right=breakthrough", "truce.length_weeks=20", f"out={tmp_path}"], capsys
    )
    scenarios = Path(told["folder"]).glob("scenario-*.yaml")
    assert [read_scenario(path).truce.length_weeks for path in scenarios] == [20, 20]


def test_the_folder_of_a_run_and_a_file_stand_for_their_scenarios(tmp_path, capsys) -> None:
    run = tmp_path / "run"
    assert (
        main(
            [
                "run",
                "scenario=geneva",
                "runs=2",
                "draw=false",
                "figures.report=false",
                f"folder={run}",
            ]
        )
        == 0
    )
    capsys.readouterr()
    told = made([f"left={run}", "right=london", f"folder={tmp_path / 'a'}"], capsys)
    assert "Geneva" in told["answer"]
    told = made([f"scenarios={run / 'scenario.yaml'},london", f"folder={tmp_path / 'b'}"], capsys)
    assert "Geneva" in told["answer"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to compare"),
        (["left=london"], "one scenario only"),
        (["scenarios=london"], "one scenario only"),
        (["scenarios=london,london"], "no setting differs"),
        (["left=london", "right=london_2025"], "no setting differs"),
        (["left=london", "right=lodnon"], "london_2025"),
        (["left=london", "right=geneva", "outcome=peace"], "no such outcome"),
        (["left=london", "scenarios=london,geneva"], "given twice"),
        (["left=london", "right=geneva", "scenario=london"], "not for compare"),
        (["left=london", "right=geneva", "runs=1"], "too few"),
        (["left=london", "right=geneva", "engine=mesa"], "not for compare"),
        (["left=docs", "right=geneva"], "no such manifest"),
        (["london"], "not a word of compare"),
    ],
    ids=str,
)
def test_bad_input_ends_with_two_and_leaves_nothing(words, said, tmp_path, capsys) -> None:
    (tmp_path / "out").mkdir()
    assert main(["compare", *words, f"out={tmp_path / 'out'}"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("tariffsim:") == 1
    assert not list((tmp_path / "out").iterdir())
