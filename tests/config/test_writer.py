"""YAML out: every reader takes it alike, and files are whole or absent."""

from __future__ import annotations

import os

import pytest
import yaml

from sim.config.check import to_plain
from sim.config.errors import MACHINE, SimError
from sim.config.scenario import Scenario
from sim.config.yaml import parse_yaml, to_yaml, write_text


@pytest.mark.parametrize(
    "word",
    [
        "yes",
        "NO",
        "on",
        "null",
        "1e3",
        "010",
        "0o17",
        "1:44",
        "2025-06-11",
        "a: b",
        "# a",
        "",
        " x",
        "~",
        "é",
        "中",
    ],
)
def test_text_reads_as_the_same_text_everywhere(word):
    written = to_yaml({"a": word})
    assert yaml.safe_load(written) == {"a": word}
    assert parse_yaml(written, "x").values == {"a": word}


@pytest.mark.parametrize("number", [1e-5, 1e16, 1e300, 0.1, 3.0, -2.5e-7])
def test_numbers_read_as_the_same_numbers_everywhere(number):
    written = to_yaml({"a": number})
    assert yaml.safe_load(written) == {"a": number}
    assert parse_yaml(written, "x").values == {"a": number}


def test_whole_numbers_of_real_settings_are_written_as_real():
    assert to_plain(Scenario())["issues"]["us_tariff"]["benefit"] == 0.0
    assert isinstance(to_plain(Scenario())["issues"]["us_tariff"]["benefit"], float)


def test_a_file_is_written_whole_and_leaves_no_draft(tmp_path):
    write_text(tmp_path / "a.yaml", "x: 1\n")
    write_text(tmp_path / "a.yaml", "x: 2\n")
    assert os.listdir(tmp_path) == ["a.yaml"]
    assert (tmp_path / "a.yaml").read_text() == "x: 2\n"


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    write_text(tmp_path / "a.yaml", "x: 1\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SimError) as caught:
        write_text(tmp_path / "a.yaml", "x: 2\n")
    assert caught.value.exit_code == MACHINE
    assert os.listdir(tmp_path) == ["a.yaml"] and (tmp_path / "a.yaml").read_text() == "x: 1\n"
