"""Folders are new, files are whole or not there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.config.errors import BAD_INPUT, MACHINE, SimError
from sim.results.folder import atomic_write, cleared_on_failure, prepare_folder


def test_a_folder_says_what_and_when(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path, "run", "london")
    assert folder.parent == tmp_path / "run"
    assert folder.name.startswith("london-20")
    assert folder.name.endswith("Z")
    assert not list(folder.iterdir())


def test_many_at_once_get_a_folder_each(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        folders = list(pool.map(lambda _: prepare_folder(tmp_path, "run", "x"), range(64)))
    assert len(set(folders)) == 64


def test_processes_at_once_get_a_folder_each(tmp_path: Path) -> None:
    code = (
        "import sys; from sim.results.folder import prepare_folder; "
        "print(*[prepare_folder(sys.argv[1], 'run', 'x').name for _ in range(20)])"
    )
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    names = [name for process in started for name in process.communicate(timeout=60)[0].split()]
    assert len(names) == len(set(names)) == 60


@pytest.mark.parametrize("place", ["a file", "below a file", "read-only"])
def test_a_place_that_cannot_be_written_is_bad_input(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    out = {
        "a file": tmp_path / "file",
        "below a file": tmp_path / "file" / "x",
        "read-only": Path("/proc/none"),
    }[place]
    with pytest.raises(SimError, match="cannot be written") as caught:
        prepare_folder(out, "run", "x")
    assert caught.value.exit_code == BAD_INPUT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_file_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "t"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), atomic_write(target) as temporary:
        temporary.write_text(f"ne{1 // 0}")
    assert target.read_text() == "old"
    with atomic_write(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_what_the_machine_refuses_is_its_fault_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, refuse)
    with (
        pytest.raises(SimError, match="free some space") as caught,
        atomic_write(tmp_path / "t") as temporary,
    ):
        temporary.write_text("x")
    assert caught.value.exit_code == MACHINE
    assert not list(tmp_path.iterdir())


def test_an_error_without_a_number_is_told_too(tmp_path: Path) -> None:
    """As numpy raises it at a limit of size."""
    with pytest.raises(SimError, match="cannot be written"), atomic_write(tmp_path / "t"):
        raise OSError("cut short")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_folder_that_failed_is_removed(tmp_path: Path, error: type[BaseException]) -> None:
    folder = prepare_folder(tmp_path, "run", "x")
    (folder / "half").write_text("")
    with pytest.raises(error), cleared_on_failure(folder):
        raise error
    assert not folder.exists()


def test_a_folder_that_holds_something_stays(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path, "sweep", "x")
    with pytest.raises(RuntimeError), cleared_on_failure(folder, keep=lambda: True):
        raise RuntimeError
    assert folder.exists()
