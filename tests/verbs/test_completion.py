"""Completion by TAB, asked as the shells ask: bash runs its own completion function."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import VERBS, main

ROOT = Path(__file__).resolve().parents[2]
ASK = r"""
eval "$(tariffsim completion bash)"
COMP_LINE=$1; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_WORDS=($COMP_LINE); [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
function=$(complete -p tariffsim | sed 's/.*-F \([^ ]*\).*/\1/')
$function tariffsim "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the command on the path, and some files beside it."""
    if shutil.which("bash") is None:
        pytest.skip("no bash on this system")
    folder = tmp_path_factory.mktemp("room")
    command = folder / "bin" / "tariffsim"
    command.parent.mkdir()
    code = "import sys; from sim.cli import main; sys.exit(main())"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)
    (folder / "mine.yaml").write_text("", encoding="utf-8")
    return folder


def offered(line: str, room: Path) -> list[str]:
    """What bash offers for ``line``; after ``=`` only what follows it, as bash breaks words
    there.
    """
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{room / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "ask", line],
        cwd=room,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return [text.strip() for text in done.stdout.splitlines() if text.strip()]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("tariffsim rep", ["reproduce"]),
        ("tariffsim run", ["run"]),
        ("tariffsim run scenario=lon", ["london_2025"]),
        ("tariffsim run runs=5 scenario=lon", ["london_2025"]),
        ("tariffsim run -m scenario=london_2025,gen", ["london_2025,geneva_2025"]),
        ("tariffsim run -m seed=1,2 --json truce=la", ["last_chance"]),
        ("tariffsim run us/strategy=har", ["hardliner"]),
        ("tariffsim run truce.len", ["truce.length_weeks="]),
        ("tariffsim run engine=me", ["mesa"]),
        ("tariffsim run draw=", ["false", "true"]),
        ("tariffsim run us.strategy.kind=mi", ["micro"]),
        ("tariffsim run file=mi", ["mine.yaml"]),
        ("tariffsim run ~issues.ai", ["~issues.ai_chips"]),
        ("tariffsim run --mu", ["--multirun"]),
        ("tariffsim run --cfg s", ["scenario"]),
        ("tariffsim sweep sweep=link", ["linkage_by_deadline"]),
        ("tariffsim tournament strategies=micro,har", ["micro,hardliner"]),
        ("tariffsim compare outcome=narr", ["narrow_deal"]),
        ("tariffsim sensitivity sides=ap", ["apart"]),
        ("tariffsim discover outcome=breakd", ["breakdown"]),
        ("tariffsim reach over=set", ["settings"]),
        ("tariffsim export formats=gen", ["genius"]),
        ("tariffsim validate --st", ["--strict"]),
        ("tariffsim reproduce mi", ["mine.yaml"]),
        ("tariffsim reproduce mine.yaml ch", ["chunks="]),
        ("tariffsim completion fi", ["fish"]),
    ],
)
def test_bash_completes(line, wanted, room) -> None:
    assert sorted(offered(line, room)) == wanted


def test_bash_lists_every_verb_and_the_groups_before_the_hundreds_of_settings(room) -> None:
    assert set(VERBS) <= set(offered("tariffsim ", room))
    names = offered("tariffsim run ", room)
    assert {"scenario=", "us/strategy=", "runs=", "folder=", "deadline="} <= set(names)
    assert not any(name.startswith("truce.") for name in names) and "sweep=" not in names


@pytest.mark.parametrize(
    ("shell", "said"), [("bash", "complete "), ("zsh", "compdef"), ("fish", "complete --command")]
)
def test_each_shell_gets_what_it_reads(shell, said, capsys) -> None:
    assert main(["completion", shell]) == 0
    output = capsys.readouterr().out
    assert said in output and "tariffsim" in output


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish on this system")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [("tariffsim run scenario=lon", "scenario=london_2025"), ("tariffsim rep", "reproduce")],
)
def test_fish_completes(line, wanted, room) -> None:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{room / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    code = f"tariffsim completion fish | source; complete -C '{line}'"
    done = subprocess.run(
        ["fish", "-N", "-c", code], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == [wanted]
