"""The verb ``glossary``: a word, a phrase, or the list."""

from __future__ import annotations

import pytest

from sim.cli import main


@pytest.mark.parametrize("words", [["samarium"], ["fast", "track"], ["55", "%"], ["55%"]])
def test_a_word_shows_settings_a_command_and_what_is_left_out(words, capsys):
    assert main(["glossary", *words]) == 0
    shown = capsys.readouterr().out
    for part in ("stands for it:", "try: tariffsim compare left=london", "left out:"):
        assert part in shown
    assert max(map(len, shown.splitlines())) <= 130


def test_without_a_word_all_are_listed(capsys):
    assert main(["glossary"]) == 0
    assert "samarium:" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["zebra"], ["runs=5"], ["--weeks"]])
def test_anything_else_is_refused(words, capsys):
    assert main(["glossary", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err
