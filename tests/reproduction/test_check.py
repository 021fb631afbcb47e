"""``reproduce --check``: every byte of every file is held against the manifest, nothing recomputed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main
from sim.ensemble import execute

Copy = Callable[[str], Path]


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run would be an error."""
    monkeypatch.delattr(execute, "_run_chunk")


def flip(path: Path) -> None:
    """One bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_a_whole_result_is_said_to_be_whole(
    verb: str, copy_of: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", str(copy_of(verb)), "--check"]) == 0
    assert "answer: whole: all" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ("run", "runs.parquet"),
        ("run", "scenario.yaml"),
        ("sweep", "runs/part-000000.parquet"),
        ("sweep", "plan.json"),
    ],
)
def test_one_bit_anywhere_is_found_and_named(
    verb: str, name: str, copy_of: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(verb)
    flip(folder / name)
    assert main(["reproduce", str(folder), "--check"]) == 1
    said = capsys.readouterr().out
    assert f"file {name}" in said and "damaged: 1 of" in said


def test_a_part_too_many_and_one_too_few_are_named(
    copy_of: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of("sweep")
    (folder / "runs" / "part-000000.parquet").rename(folder / "runs" / "part-000009.parquet")
    assert main(["reproduce", str(folder), "--check"]) == 1
    said = capsys.readouterr().out
    assert "part-000000.parquet is missing" in said and "part-000009" in said


def test_results_in_a_folder_are_checked_one_by_one(
    copy_of: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = tmp_path / "both"
    both.mkdir()
    shutil.move(copy_of("run"), both / "one")
    shutil.move(copy_of("sweep"), both / "two")
    flip(both / "two" / "sweep.yaml")
    assert main(["reproduce", str(both), "--check"]) == 1
    assert "file two/sweep.yaml" in capsys.readouterr().out


def test_a_manifest_alone_has_nothing_to_check(
    copy_of: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(copy_of("run") / "manifest.json", tmp_path / "mailed.json")
    assert main(["reproduce", str(tmp_path / "mailed.json"), "--check"]) == 2
    assert "no files beside it to check" in capsys.readouterr().err
