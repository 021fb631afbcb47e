"""The command line of long work: interrupted, resumed, told about, and nothing half-written left
behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.cli import main

ROOM = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])}
QUICK = ["figures.draw=false", "figures.report=false"]
SHORT = ["weeks=20", "outcomes.weeks_in_force=4", "firms.magnets.firms=20"]


def begin(*words: str) -> subprocess.Popen:
    """A command in a process that hears Ctrl-C, as one on a terminal does."""
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ROOM,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_for(seen, process: subprocess.Popen, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not seen() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)


# Where the interrupt comes inside an exec(), CPython dies of the signal in the end; a shell tells
# both as 130.
INTERRUPTED = (130, -signal.SIGINT)


def content(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())["content"]


def the_folder(out: Path) -> Path:
    (folder,) = (out / "sweep").iterdir()
    return folder


def test_an_interrupted_sweep_says_how_to_go_on_and_does(tmp_path, capsys):
    words = ["sweep", "sweep.runs=300", *SHORT, *QUICK]
    with begin(*words, f"out={tmp_path / 'cut'}") as process:
        wait_for(lambda: list(tmp_path.glob("cut/sweep/*/runs/part-*")), process)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    folder = the_folder(tmp_path / "cut")
    assert process.returncode == 130
    assert "Traceback" not in told
    assert f"tariffsim sweep resume={folder}" in told
    assert not (folder / "manifest.json").exists()
    assert main(["sweep", f"resume={folder}", *QUICK]) == 0
    assert f"results: {folder}" in capsys.readouterr().out
    assert main([*words, f"out={tmp_path / 'whole'}"]) == 0
    assert content(folder) == content(the_folder(tmp_path / "whole"))


@pytest.mark.parametrize(
    ("verb", "after"),
    [("run", 4.0), ("sweep", 1.2), ("sweep", 1.8), ("sweep", 2.4), ("sweep", 3.0)],
)
def test_an_interruption_at_any_moment_leaves_nothing_half_written(tmp_path, verb, after):
    size = "runs=1000000" if verb == "run" else "sweep.runs=200000"
    with begin(verb, size, f"out={tmp_path}", *QUICK) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode in INTERRUPTED, told
    assert "Traceback" not in told
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not kept or "resume=" in told
    # a sweep that can be resumed keeps its lock
    assert {path.name for path in kept if path.name.startswith(".")} <= {".lock"}


def test_a_save_that_is_interrupted_leaves_no_folder(tmp_path, monkeypatch):
    def stop(results, folder):
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.results.results.save", stop)
    assert main(["run", "runs=3", f"out={tmp_path}", *SHORT, *QUICK]) == 130
    assert list(tmp_path.glob("run/*")) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["resume="], "needs a value"),
        (["resume=nowhere/at/all"], "not the folder"),
        (["resume=.", "resume=."], "given twice"),
        (["resume=.", "linkage.cn=0.5"], "a resumed sweep keeps its settings"),
        (["resume=.", "sweep.runs=5"], "a resumed sweep keeps its settings"),
        (["resume=."], "no sweep to resume"),
    ],
    ids=str,
)
def test_a_resume_that_cannot_be_is_refused(tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *words]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_standard_error_that_is_no_terminal_gets_no_progress(tmp_path, capsys):
    assert main(["sweep", "sweep.runs=100", f"out={tmp_path}", *SHORT, *QUICK]) == 0
    out, err = capsys.readouterr()
    assert "4,200" not in err and "%" not in err
    assert out.splitlines()[-1].startswith("answer: ")


def test_a_sweep_of_a_multirun_that_fails_at_once_still_tells_what_came_of_it(
    tmp_path, monkeypatch
):
    from sim.config.errors import MACHINE, SimError

    def fail(self, number, data):
        raise SimError("disk full", exit_code=MACHINE)

    monkeypatch.setattr("sim.sweeps.store.Store.write", fail)
    assert main(["sweep", "-m", "seed=1,2", f"out={tmp_path}", *SHORT, *QUICK]) == 1
    told = [json.loads(path.read_text()) for path in tmp_path.glob("multirun/*/*/job.json")]
    assert [job["exit_code"] for job in told] == [3, 3]
