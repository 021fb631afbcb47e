"""The statements of docs/scaling.md are true: its command lines compose, its Python compiles, its
names exist.
"""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

import pytest

import sim
from sim.jobs import compose_job
from sim.sweeps.chunks import CHUNK_RUNS
from sim.verbs.grammar import read_line
from sim.verbs.jobs import takes

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scaling.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(words)
    for words in re.findall(r"^tariffsim sweep (.*?)(?: +#.*)?$", TEXT, re.MULTILINE)
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_command_lines_compose(words, tmp_path):
    given = [f"resume={tmp_path}" if word.startswith("resume=") else word for word in words]
    line = read_line("sweep", takes("sweep"), given)
    assert compose_job("sweep", line.overrides)
    assert ("resume" in line.own) == any(word.startswith("resume=") for word in words)


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
def test_python_compiles_and_calls_what_exists(block):
    compile(block, "docs/scaling.md", "exec")
    call = re.search(r"sim\.sweep\((.*)\)", block)[1]
    assert set(re.findall(r"(\w+)=", call)) <= set(inspect.signature(sim.sweep).parameters)


def test_the_size_of_a_chunk_is_the_one_documented():
    assert f"at most {CHUNK_RUNS:,} runs" in TEXT
