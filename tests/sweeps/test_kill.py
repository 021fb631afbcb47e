"""A sweep killed at random moments and resumed ends in the same content: three kills here, fifty every night.

Run as a script it is the sweep that gets killed: ``python tests/sweeps/test_kill.py FOLDER`` begins or resumes one in FOLDER.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGTERM": signal.SIGTERM}


def work(folder: Path) -> None:
    """Begin the sweep in ``folder``, or go on with it."""
    from sim.batch import Run
    from sim.batch.read import build_sweep
    from sim.config.scenario import Scenario
    from sim.sweeps.sweep import prepare, resume, run_sweep

    if (folder / "plan.json").exists():
        resume(folder)
        return
    short = Scenario().change({"calendar.horizon_weeks": 20, "outcomes.weeks_in_force": 4, "firms.magnets.firms": 20})
    plain = {"kind": "sobol", "points": 512, "runs": 16, "factors": {"linkage.cn": {"low": 0, "high": 1}}}
    folder.mkdir(exist_ok=True)
    run_sweep(prepare(build_sweep(plain, short), short), short, Run(threads=2), folder)


def parts(folder: Path) -> int:
    return len(list((folder / "runs").glob("part-*"))) if (folder / "runs").exists() else 0


def start(folder: Path) -> subprocess.Popen:
    import sim

    room = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])}
    return subprocess.Popen([sys.executable, __file__, str(folder)], stderr=subprocess.PIPE, env=room)


def kill_in_the_middle(folder: Path, chance: random.Random, with_signal: int) -> bool:
    """Start the sweep and kill it a moment after its next part; whether it was still at work."""
    before = parts(folder)
    with start(folder) as process:
        wait = chance.uniform(0, 0.12)
        while process.poll() is None and parts(folder) <= before:
            time.sleep(0.002)
        time.sleep(wait)
        process.send_signal(with_signal)
        process.wait()
        return process.returncode == -with_signal


def finish(folder: Path) -> str:
    from sim.results.results import load_results

    with start(folder) as process:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told.decode()
    return load_results(folder).manifest.content["runs"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> str:
    """Content of the same sweep that nobody killed."""
    return finish(tmp_path_factory.mktemp("sweeps") / "whole")


def check(tmp_path: Path, undisturbed: str, kills: int, seed: int, name: str = "SIGKILL") -> None:
    chance, hit, begun = random.Random(seed), 0, 0
    while hit < kills:
        folder = tmp_path / f"killed-{begun}"
        begun += 1
        while hit < kills and kill_in_the_middle(folder, chance, _SIGNALS[name]):
            hit += 1
            if not (folder / "plan.json").exists():
                break
        assert finish(folder) == undisturbed
        left = [path.name for path in folder.rglob(".*")]
        assert left == []


def test_three_kills_leave_no_trace(tmp_path, undisturbed):
    check(tmp_path, undisturbed, kills=3, seed=1)


@pytest.mark.nightly
def test_a_scheduler_that_ends_the_process_leaves_no_trace(tmp_path, undisturbed):
    check(tmp_path, undisturbed, kills=1, seed=2, name="SIGTERM")


@pytest.mark.nightly
def test_fifty_kills_leave_no_trace(tmp_path, undisturbed):
    check(tmp_path, undisturbed, kills=50, seed=int(time.time()))


if __name__ == "__main__":
    work(Path(sys.argv[1]))
