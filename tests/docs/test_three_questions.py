"""The three questions of users are answered by the commands of the page, with difference, interval
and reason, and the words of the news lead to them.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim.cli import main
from sim.config.glossary import find

PAGE = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Three questions")[1].split("\n## ")[0]
QUESTIONS = {
    question: re.findall(r"^tariffsim .*$", block, re.MULTILINE)
    for question, block in re.findall(r"\*\*(.*?\?)\*\*.*?```bash\n(.*?)```", SECTION, re.DOTALL)
}


def test_there_are_three_with_at_most_two_commands_each() -> None:
    assert [len(commands) for commands in QUESTIONS.values()] == [1, 2, 1]


*_BY_NIGHT, _BY_DAY = QUESTIONS


@pytest.mark.parametrize(
    "question", [*(pytest.param(q, marks=pytest.mark.nightly) for q in _BY_NIGHT), _BY_DAY]
)
def test_a_question_is_answered_with_difference_interval_and_reason(
    question, tmp_path, capsys
) -> None:
    for command in QUESTIONS[question]:
        words = shlex.split(command)[1:]
        assert main([*words, "runs=24", "figures=none", f"out={tmp_path}"]) == 0
        answer = capsys.readouterr().out.strip().splitlines()[-1]
        assert "95 % interval of the runs" in answer
        if words[0] == "compare":
            assert re.search(
                r"[+-]\d+\.\d+ points( as counted, [+-]\S+ with the luck of decisions taken out)? \(95 %",
                answer,
            )
            assert re.search(r"; why(: .+| no difference is seen: what changes .+)", answer)


@pytest.mark.parametrize(
    ("word", "question"),
    [
        ("samarium", 0),
        ("fast track", 0),
        ("H20", 0),
        ("90 days", 1),
        ("deadline", 1),
        ("extended", 1),
        ("six months", 2),
        ("general licence", 2),
    ],
)
def test_the_words_of_a_question_lead_to_its_commands(word, question, capsys) -> None:
    commands = list(QUESTIONS.values())[question]
    assert list(find(word)[0].answers) == commands
    assert main(["glossary", *word.split()]) == 0
    told = capsys.readouterr().out
    assert all(command in told for command in commands)
