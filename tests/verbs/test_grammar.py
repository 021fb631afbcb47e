"""One grammar for every verb: write settings as name=value, what is switched on is --name; what is
neither is refused with the cure.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from sim.cli import VERBS, main
from sim.config.errors import SimError
from sim.verbs.grammar import Takes, Word, read_line

TAKES = Takes(
    words={"at": Word("the day", "today"), "folder": Word("where")},
    switches={"--strict": "x"},
    hydra=True,
)
PATH = Takes(
    words={"chunks": Word("how many"), "threads": Word("how many")}, path="a folder", scenario=False
)


def test_words_switches_and_overrides_are_told_apart_in_any_order() -> None:
    words = ["at=x", "--strict", "a.b=1", "~issues.soy", "-m", "+c.d=2"]
    for order in itertools.permutations(words):
        line = read_line("v", TAKES, order)
        assert line.own == {"at": "x"} and line.switches == {"--strict", "--multirun"}
        assert line.overrides == tuple(
            word for word in order if word in ("a.b=1", "~issues.soy", "+c.d=2")
        )


@pytest.mark.parametrize(
    ("words", "cfg", "info"),
    [
        (["--cfg", "job", "a=1"], "job", ""),
        (["a=1", "--cfg=scenario"], "scenario", ""),
        (["-c", "job"], "job", ""),
        (["--info", "a=1"], "", "groups"),
        (["--info", "settings", "a=1"], "", "settings"),
        (["a=1", "-i"], "", "groups"),
    ],
)
def test_hydras_own_options_take_their_part_and_no_setting(words, cfg, info) -> None:
    line = read_line("v", TAKES, words)
    assert (line.cfg, line.info) == (cfg, info)
    assert line.overrides == tuple(word for word in words if word == "a=1")


def test_a_path_stands_alone_and_may_hold_an_equals_sign(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("runs=3").mkdir()
    line = read_line("reproduce", PATH, ["runs=3", "run.threads=2"])
    assert line.path == "runs=3" and line.own == {"threads": "2"}


def test_what_is_recorded_says_nothing_of_where_it_went_or_how_it_was_printed() -> None:
    line = read_line("v", TAKES, ["folder=x", "--json", "a=1", "--strict"])
    assert line.words == ("a=1", "--strict") and line.folder == Path("x")


@pytest.mark.parametrize("name", ["out", "file", "sweep_file", "folder"])
def test_the_home_folder_is_written_out(name, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    line = read_line("v", TAKES, [f"{name}=~/x"])
    assert f"{name}={tmp_path}/x" in (*line.overrides, *(f"folder={line.folder}",))


def test_the_home_folder_is_written_out_in_each_value_of_a_multirun(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    line = read_line("v", TAKES, ["-m", "file=~/a.yaml,b.yaml,~/c.yaml"])
    assert line.overrides == (f"file={tmp_path}/a.yaml,b.yaml,{tmp_path}/c.yaml",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--stric"], "did you mean: --strict"),
        (["strict"], "did you mean: --strict"),
        (["--at", "x"], "did you mean: at=x"),
        (["--at=x"], "did you mean: at=x"),
        (["--at", "-m"], "did you mean: at=…"),
        (["--strict=yes"], "takes no value"),
        (["-mx"], "not an option of v"),
        (["-at=x"], "did you mean: at=x"),
        (["at=1", "at=2"], "given twice"),
        (["at="], "needs a value"),
        (["--cfg"], "allowed: job, scenario"),
        (["--cfg", "hydra"], "given: hydra"),
        (["--info=plugins"], "allowed: groups, settings"),
        (["--inf"], "did you mean: --info"),
        (["folder=x", "out=y"], "folder=x and out=y"),
        (["folder=x", "run.name=y"], "folder=x and run.name=y"),
        (["out=~nobody-of-that-name/x"], "no such home folder"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_write(words, said) -> None:
    with pytest.raises(SimError) as refused:
        read_line("v", TAKES, words)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "london"], "did you mean: scenario=london"),
        (["run", "geneva_2025"], "did you mean: scenario=geneva_2025"),
        (["run", "hardliner"], "cn/strategy=hardliner or us/strategy=hardliner"),
        (["run", "truce.length_weeks"], "did you mean: truce.length_weeks=…"),
        (["run", "mine.yaml"], "did you mean: file=mine.yaml"),
        (["run", "linkage_by_deadline"], "not a word of run"),
        (["run", "--runs", "5"], "did you mean: runs=5"),
        (["run", "--runs=5"], "did you mean: runs=5"),
        (["run", "--sweep-file", "x.yaml"], "did you mean: sweep_file=x.yaml"),
        (["run", "--truce.length_weeks", "26"], "did you mean: truce.length_weeks=26"),
        (["run", "runs=1,000"], "did you mean: runs=1000"),
        (["run", "runs=1,000,000"], "did you mean: runs=1000000"),
        (["run", "us.strategy=micro"], "did you mean: us/strategy=micro"),
        (["run", "\x1b[2J"], "\\x1b[2J"),
        (["run", "--\x1b[2J"], "\\x1b[2J"),
        (["sweep", "linkage_by_deadline"], "did you mean: sweep=linkage_by_deadline"),
        (["sweep", "mine.yaml"], "file=mine.yaml or sweep_file=mine.yaml"),
        (["sweep", "."], "did you mean: resume=."),
        (["sweep", "-m", "resume=."], "leave out -m"),
        (["sweep", "folder=x", "resume=."], "stays in its own folder"),
        (["tournament", "london"], "did you mean: scenario=london"),
        (["reproduce", ".", "--chunks", "3"], "did you mean: chunks=3"),
        (["reproduce", ".", "--threads=3"], "did you mean: threads=3"),
        (["bundle", ".", "--license", "CC-BY-4.0"], "did you mean: license=CC-BY-4.0"),
        (["bundle", ".", "--out", "a.zip"], "did you mean: out=a.zip"),
        (["validate", "--runs", "500"], "did you mean: runs=500"),
        (["completion", "csh"], "allowed: bash, zsh, fish"),
        (["--json", "run"], "tariffsim run --json"),
        *(
            (["run", f"{name}="], "needs a value")
            for name in ("file", "deadline", "name", "out", "folder")
        ),
        (["sweep", "sweep_file="], "needs a value"),
    ],
    ids=lambda value: repr(value),
)
def test_every_message_names_the_cure_and_nothing_is_left(
    words, said, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert ("\x1b" not in err and "--json" in words) or out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_names_its_words_switches_and_defaults(verb, capsys) -> None:
    assert main([verb, "--help"]) == 0
    output = capsys.readouterr().out
    takes = VERBS[verb].load().takes(verb)
    assert all(f"  {name}={word.default}" in output for name, word in takes.words.items())
    assert all(f"  {name} " in output for name in (*takes.switches, "--json"))
    assert max(map(len, output.splitlines())) <= 120
    assert output.rstrip().splitlines()[-1] == f"  {VERBS[verb].examples[-1]}"
