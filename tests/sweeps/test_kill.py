"""A sweep killed at random moments and resumed ends in the same content: three kills here, fifty
every night.

Run as a script it is the sweep that gets killed: ``python tests/sweeps/test_kill.py FOLDER`` begins
or resumes one in FOLDER.
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
    short = Scenario().change(
        {"calendar.horizon_weeks": 20, "outcomes.weeks_in_force": 4, "firms.magnets.firms": 20}
    )
    plain = {
        "kind": "sobol",
        "points": 512,
        "runs": 16,
        "factors": {"linkage.cn": {"low": 0, "high": 1}},
    }
    folder.mkdir(exist_ok=True)
    run_sweep(prepare(build_sweep(plain, short), short), short, Run(threads=2), folder)


def parts(folder: Path) -> int:
    return len(list((folder / "runs").glob("part-*"))) if (folder / "runs").exists() else 0


def start(folder: Path) -> subprocess.Popen:
    import sim

    room = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])}
    return subprocess.Popen(
        [sys.executable, __file__, str(folder)], stderr=subprocess.PIPE, env=room
    )


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


VERBS = {
    "run": ["run", "runs=20000", "run.weeks=none"],
    "sweep": ["sweep", "sweep=linkage_by_deadline"],
    "reproduce": ["reproduce", "{given}"],
    "bundle": ["bundle", "{given}", "out={place}/one.zip"],
    "tournament": ["tournament", "runs=200"],
    "multirun": ["run", "-m", "runs=2000", "linkage.cn=0,0.5,1"],
    "export": ["export", "at=2025-08-01"],
    "validate": ["validate", "runs=200"],
}
SOFT = ("SIGTERM", "SIGINT", "SIGHUP")
OUTSIDE = 128


def command(verb: str, given: Path, place: Path) -> subprocess.Popen:
    """A verb begun in a folder of its own, with a folder of its own for temporary files."""
    import sim

    words = [word.format(given=given, place=place) for word in VERBS[verb]]
    if verb not in ("reproduce", "bundle"):
        words += [f"out={place / 'out'}", *(() if verb == "validate" else ("figures.draw=false",))]
    (place / "temporary").mkdir(parents=True)
    room = {
        **os.environ,
        "PYTHONPATH": str(Path(sim.__file__).parents[1]),
        "TMPDIR": str(place / "temporary"),
    }
    call = [sys.executable, "-m", "sim", *words]
    return subprocess.Popen(
        call,
        env=room,
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def check_end(verb: str, name: str, given: Path, place: Path, wait: float) -> None:
    """End a verb after a moment: the exit code is the signal's, what is left is whole or goes on,
    and nothing stays in the temporary folder.
    """
    number = getattr(signal, name)
    with command(verb, given, place) as process:
        time.sleep(wait)
        done = process.poll() is not None
        process.send_signal(number)
        _, told = process.communicate(timeout=120)
    assert done or process.returncode in (0, -number, OUTSIDE + number), (
        verb,
        name,
        wait,
        process.returncode,
        told,
    )
    assert "Traceback" not in told, told
    if name != "SIGKILL":
        assert not list((place / "temporary").iterdir()), (verb, name, wait)
    for left in (place / "out").glob("*/*"):
        if (left / "manifest.json").exists():
            from sim.results.manifest import changed_files, read_manifest

            assert changed_files(left, read_manifest(left / "manifest.json")) == []
        elif verb == "sweep" and (left / "plan.json").exists():
            from sim.results.results import load_results
            from sim.sweeps.sweep import resume

            resume(left)
            load_results(left, check=True)


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Path:
    """A finished sweep to reproduce and to bundle."""
    folder = tmp_path_factory.mktemp("given") / "whole"
    finish(folder)
    return folder


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_an_ended_run_has_the_exit_code_of_the_signal_and_tidies_up(given, tmp_path, name):
    check_end("run", name, given, tmp_path / name, wait=2.0)


@pytest.mark.nightly
def test_two_hundred_and_fifty_ends_of_every_verb_leave_nothing_half_done(given, tmp_path):
    chance = random.Random(int(time.time()))
    for turn in range(250):
        # fifty that can be answered, two hundred that cannot
        verb, name = chance.choice(sorted(VERBS)), "SIGKILL" if turn % 5 else chance.choice(SOFT)
        check_end(verb, name, given, tmp_path / str(turn), wait=chance.uniform(0.3, 6.0))


if __name__ == "__main__":
    work(Path(sys.argv[1]))
