"""docs/configs.md says what is so: its options exist, its command lines compose as they stand. Its
examples are run by ``tests/docs``.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim.jobs import ALIASES, NAMES, compose_job, compose_jobs

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "configs.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^tariffsim (run|sweep)(.*?)(?: +#.*)?$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("verb", "words"), COMMANDS)
def test_command_lines_compose(verb, words):
    words = [word for word in shlex.split(words) if word not in ("--cfg", "job", "--info")]
    if "-m" in words:
        words.remove("-m")
        assert compose_jobs(verb, words)
    else:
        assert compose_job(verb, words)


def test_the_table_lists_every_option():
    tree = {group: set(options) - {"default"} for group, options in NAMES.groups.items()}
    for group, options in tree.items():
        (row,) = [
            line
            for line in TEXT.splitlines()
            if line.startswith("| `") and f"`{group}`" in line.split("|")[1]
        ]
        for option in options:
            assert f"`{option}`" in row, (group, option)


def test_short_names_are_all_named():
    (sentence,) = re.findall(r"^Short names: .*?\.$", TEXT, re.MULTILINE | re.DOTALL)
    assert all(re.search(rf"\b{name}\b", sentence) for name in ALIASES)
