"""The verb ask: what it takes, what it leaves, what it refuses without leaving anything."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import main

QUICK = ["runs=12", "draw=false"]
FILE = """from: geneva_2025
questions:
  force: {text: "Is a truce in force?", on: "2025-08-01", that: "status == truce"}
  twice: {by: "2025-11-30", that: "extended twice", resolved: false, base_rate: 0.5}
"""


def _asked(words, tmp_path, capsys):
    assert main(["ask", *words, *QUICK, f"out={tmp_path / 'out'}", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    return Path(said["folder"]), said


def test_a_question_in_words_leaves_a_folder_that_is_reproduced(tmp_path, capsys):
    words = ["extended", "then", "a narrow deal", "within=26w", "given=no break"]
    folder, said = _asked(words, tmp_path, capsys)
    table = pd.read_csv(folder / "answers.csv")
    assert table["counted"].iloc[0] <= 12 and "narrow deal" in said["answer"]
    assert {"when.csv", "levers.csv", "report.html", "scenario.yaml", "manifest.json"} <= {
        path.name for path in folder.iterdir()
    }
    assert sim.reproduce(folder).same
    assert sim.reproduce(folder / "report.html").same


@pytest.mark.parametrize(
    "words", ["truce in forse", "truce in force and no break", "tariff.uk > 1"]
)
def test_a_fault_in_a_file_of_questions_is_said_with_the_file(words, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text(f'questions: {{one: {{that: "{words}"}}}}\n')
    assert main(["ask", f"questions={tmp_path / 'mine.yaml'}", *QUICK, f"out={tmp_path}"]) == 2
    assert f"{tmp_path / 'mine.yaml'}: one.that:" in capsys.readouterr().err


def test_a_comparison_may_hold_signs_and_settings_may_follow(tmp_path, capsys):
    words = ["status == truce and extensions >= 1", "by=2025-11-10", "truce.length_weeks=26"]
    folder, _ = _asked(words, tmp_path, capsys)
    assert sim.load(file=folder / "scenario.yaml").truce.length_weeks == 26


def test_a_file_of_questions_names_its_scenario_and_is_scored(tmp_path, capsys):
    (tmp_path / "q.yaml").write_text(FILE)
    folder, _ = _asked([f"questions={tmp_path / 'q.yaml'}"], tmp_path, capsys)
    table = pd.read_csv(folder / "answers.csv").set_index("question")
    assert sim.load(file=folder / "scenario.yaml").name == "geneva_2025"
    assert table.loc["twice", "base_brier"] == 0.25
    assert sim.reproduce(folder).same


def test_figures_are_drawn_with_their_questions(tmp_path, capsys):
    words = ["ask", "extended", "runs=12", "figures.format=png", f"out={tmp_path / 'out'}"]
    assert main([*words, "--json"]) == 0
    folder = Path(json.loads(capsys.readouterr().out)["folder"])
    assert {"answers.png", "when.png"} == {p.name for p in (folder / "figures").iterdir()}


@pytest.mark.parametrize(
    "words, part",
    [
        ([], "nothing is asked"),
        (["world peace"], "not a phrase"),
        (["extended", "by=2031-01-01"], "weeks=291"),
        (["extended", "by=tomorrow"], "by"),
        (["extended", "engine=mesa"], "engine"),
        (["extended", "questions=q.yaml"], "given twice"),
        (["questions=none.yaml"], "none.yaml"),
        (["extended", "--weeks"], "option"),
    ],
    ids=str,
)
def test_bad_input_is_refused_and_leaves_nothing(words, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["ask", *words, "out=out"]) == 2
    said = capsys.readouterr().err
    assert part in said and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_what_was_asked_without_the_settings_is_reproduced_without_them(tmp_path):
    from sim.studies.answers_write import write_answers
    from sim.studies.folder import Order

    found = sim.ask("extended", runs=6, settings=False)
    folder = write_answers(found, Order(out=tmp_path))
    assert sim.reproduce(folder).same
