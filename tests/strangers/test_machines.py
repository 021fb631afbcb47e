"""Odd machines: variables that make no sense, a home that is not there, streams that are closed.
What was asked is done, or the variable is named.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli import main

ROOT = Path(__file__).resolve().parents[2]
RUN = ("run", "runs=40", "figures.report=false")
INTERRUPTED = 130

ROOMS: dict[str, dict[str, str | None]] = {
    "a backend that is none": {"MPLBACKEND": "nonsense"},
    "a backend with a window": {"MPLBACKEND": "TkAgg", "DISPLAY": ""},
    "rules not compiled": {"NUMBA_DISABLE_JIT": "1"},
    "no threads": {"NUMBA_NUM_THREADS": "0"},
    "threads in words": {"NUMBA_NUM_THREADS": "many"},
    "another threading layer": {"NUMBA_THREADING_LAYER": "nonsense"},
    "optimisation in words": {"NUMBA_OPT": "fast"},
    "no home": {"HOME": None},
    "a home that is not there": {"HOME": "/nonexistent/home"},
    "a home that is a file": {"HOME": "/etc/passwd"},
    "no folder for temporary files": {"TMPDIR": "/nonexistent/tmp"},
    "no language": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"},
    "Turkish": {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
    "a column of one": {"COLUMNS": "1"},
    "no width": {"COLUMNS": "0", "LINES": "0"},
    "a terminal that is none": {"TERM": "nonsense"},
    "Python's own warnings": {"PYTHONWARNINGS": "error"},
    "no bytecode": {"PYTHONDONTWRITEBYTECODE": "1"},
    "a cache elsewhere": {"NUMBA_CACHE_DIR": "/nonexistent/cache"},
    "settings of Matplotlib": {"MATPLOTLIBRC": "/nonexistent/matplotlibrc"},
    "a time zone that is none": {"TZ": "Nowhere/Atall"},
}
QUICK = {"a backend that is none"}


def room(change: dict[str, str | None]) -> dict[str, str]:
    """The environment with some variables set or, at None, taken out."""
    full = {**os.environ, "PYTHONPATH": str(ROOT), **change}
    return {name: value for name, value in full.items() if value is not None}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.nightly) for n in ROOMS]
)
def test_an_odd_environment_is_borne_or_named(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", *RUN, f"out={tmp_path}"]
    done = subprocess.run(
        command, env=room(ROOMS[name]), cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr, done.stderr
    if done.returncode != 0:
        assert done.returncode in (2, 3) and any(
            variable in done.stderr for variable in ROOMS[name]
        ), done.stderr
    else:
        assert list(tmp_path.glob("run/*/manifest.json"))
    assert {path.name for path in tmp_path.iterdir()} <= {"run"}


def test_a_folder_at_home_is_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    quiet = ("figures.draw=false", "figures.report=false")
    assert main(["run", "runs=2", *quiet, "out=~/results"]) == 0
    assert list(home.glob("results/run/*/manifest.json")) and not (tmp_path / "~").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "linkage.cn=9"], 2),
        (["run", "runs=2", "figures.draw=false", "figures.report=false"], 0),
    ],
)
@pytest.mark.parametrize("stream", ["closed", "full"])
def test_the_exit_code_is_right_without_a_place_for_messages(
    words: list[str], code: int, stream: str, tmp_path: Path
) -> None:
    if stream == "full" and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    way = "2>&-" if stream == "closed" else "2>/dev/full"
    script = f'exec "$0" -m sim "$@" {way}'
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            script,
            sys.executable,
            *words,
            *([f"out={tmp_path}"] if code == 0 else []),
        ],
        env=room({}),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    assert done.returncode == code


LONG = {
    "run": ["run", "runs=400000", "run.weeks=none"],
    "sweep": ["sweep", "sweep=all_levers_sobol", "sweep.points=65536"],
    "tournament": ["tournament", "runs=20000"],
    "multirun": ["run", "-m", "runs=20000", "linkage.cn=0,0.1,0.2,0.3,0.4,0.5"],
    "validate": ["validate", "runs=5000"],
}


@pytest.mark.nightly
@pytest.mark.parametrize("verb", LONG)
@pytest.mark.parametrize("wait", [0.3, 1.0, 2.0, 3.5, 6.0])
def test_an_interrupt_is_told_as_one(verb: str, wait: float, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", *LONG[verb], f"out={tmp_path}"]
    with subprocess.Popen(
        command, env=room({}), cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode in (INTERRUPTED, -signal.SIGINT), told
    assert "Traceback" not in told, told


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names are text there")
def test_a_folder_whose_name_is_no_utf8_works_or_is_refused_by_name(tmp_path: Path) -> None:
    place = os.fsencode(tmp_path)
    folder, sweep = place + b"/caf\xe9", tmp_path / "w.yaml"
    sweep.write_text(
        "kind: grid\nfactors:\n  linkage.cn: {values: [0.0, 1.0]}\nruns: 2\n", encoding="utf-8"
    )

    def done(*words: str | bytes) -> tuple[int, str]:
        command = [sys.executable, "-m", "sim", *words]
        ended = subprocess.run(command, env=room({}), cwd=tmp_path, capture_output=True)
        return ended.returncode, ended.stderr.decode(errors="replace")

    quiet = ("figures.draw=false", "figures.report=false")
    assert done("sweep", f"sweep_file={sweep}", b"folder=" + folder, *quiet)[0] == 0
    for words in (
        ("reproduce", folder),
        ("reproduce", folder, "--check"),
        ("bundle", folder),
        ("reproduce", folder + b".zip"),
        ("sweep", b"resume=" + folder),
        ("run", "runs=2", b"folder=" + folder + b"-run"),
        ("reproduce", folder + b"-run"),
    ):
        code, told = done(*words)
        assert code == 0, (words, told)
    left = sorted(os.listdir(place))
    for refused in (
        ("run", "runs=2", b"out=" + folder + b"-out"),
        ("run", "-m", "linkage.cn=0,1", "runs=2", b"folder=" + folder + b"-many"),
        ("run", b"file=" + folder + b"/scenario.yaml"),
    ):
        code, told = done(*refused)
        assert code == 2 and "is not UTF-8" in told, told
    assert sorted(os.listdir(place)) == left
