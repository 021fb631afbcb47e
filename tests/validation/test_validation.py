"""The validation: known answers hold, failures show, the report is whole and the command refuses what it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main
from sim.validation import report
from sim.validation.finding import Finding, Line, Test
from sim.validation.patterns import Lab, p1, p8, p9
from sim.validation.verification import (
    Check,
    frontier_undominated,
    nash_agrees,
    package_beats_separate,
    rubinstein_agrees,
    tariffs_agree,
)
from sim.verbs.validate import command


@pytest.mark.parametrize(
    "check", [lambda: frontier_undominated(100), lambda: nash_agrees(10), rubinstein_agrees, tariffs_agree, package_beats_separate]
)  # fmt: skip
def test_known_answers_are_met(check) -> None:
    assert check().met


@pytest.mark.parametrize("pattern", [p1, p8, p9])
def test_patterns_of_the_record_hold_with_few_runs(pattern) -> None:
    assert pattern(Lab(runs=200)).met


def stub(met: bool) -> Finding:
    test = Test("a <b>", "above 0", 1.0 if met else float("nan"), 0.5, 1.5, met)
    return Finding("P0", "claim & more", "evidence", "source", (test,), "note", "x", "y", (Line("a", [0, 1], [1, 2]),))


@pytest.mark.parametrize(("met", "code"), [(True, 0), (False, 1)])
def test_what_fails_is_shown_and_only_strict_changes_the_exit_code(met, code, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(report, "PATTERNS", (lambda lab: stub(met),))
    monkeypatch.setattr(report, "KNOWN", lambda lab: [Check(5, "q", "none", float("nan"), float("nan"), None)])
    assert command("validate", [f"out={tmp_path}"]) == 0
    assert command("validate", [f"out={tmp_path}", "--strict"]) == code
    assert ("not met: P0" in capsys.readouterr().out) is not met
    for folder in Path(tmp_path, "validate").iterdir():
        html = (folder / "report.html").read_text(encoding="utf-8")
        told = json.loads((folder / "report.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert told["patterns"][0]["met"] is met
        assert told["known_answers"][0]["met"] is None
        assert "a &lt;b&gt;" in html and "claim &amp; more" in html and "not checked here" in html
        assert 'src="http' not in html and "<script" not in html


@pytest.mark.parametrize("word", ["runs=abc", "runs=1", "runs=-5", "speed=2", "--loud", "seed="])
def test_unknown_words_are_bad_input(word, capsys) -> None:
    assert main(["validate", word]) == 2
