"""What a stranger hands over changes, reads and runs nothing outside; what is damaged is never
taken for whole.

A quick part runs here, all of it every night. Each case is a process of its own, with somebody's
folder beside the one it is given.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli import main

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location(
    "strangers_corpus", Path(__file__).with_name("corpus.py")
)
assert _spec and _spec.loader
corpus = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = corpus
_spec.loader.exec_module(corpus)
CASES = corpus.corpus()
# seconds of the processor: those of the wall are the load's as well, and only guard against a
# command that waits for ever
MOST_MEMORY, MOST_SECONDS, MOST_WAIT = (
    500_000_000,
    20.0,
    float(os.environ.get("TEST_MOST_WAIT", "300")),
)
SWEEP = "name: small\nkind: grid\nfactors:\n  linkage.cn: {values: [0.0, 0.5, 1.0]}\nruns: 300\n"


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A result of run and of sweep, without figures."""
    out = tmp_path_factory.mktemp("originals")
    (out / "w.yaml").write_text(SWEEP, encoding="utf-8")
    quiet = ("figures.draw=false", "figures.report=false", f"out={out}")
    assert main(["run", "runs=40", *quiet]) == 0
    assert main(["sweep", f"sweep_file={out / 'w.yaml'}", *quiet]) == 0
    return {verb: next((out / verb).iterdir()) for verb in ("run", "sweep")}


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder, links not followed, with the hash of what it holds."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def content(folder: Path) -> str:
    """Hash of what the runs of a finished result say."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["content"]["runs"]


def spent(words: list[str], temporary: Path) -> tuple[int, str, float, int]:
    """Exit code, standard error, seconds of the processor and peak bytes of one command."""
    room = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    began, peak = time.monotonic(), 0
    with open(temporary.with_suffix(".err"), "w+", encoding="utf-8") as told:
        command = [sys.executable, "-m", "sim", *words]
        process = subprocess.Popen(
            command, env=room, cwd=temporary, stdout=subprocess.DEVNULL, stderr=told
        )
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            peak = max(peak, peak_memory(process.pid))
            if time.monotonic() - began > MOST_WAIT:
                process.kill()
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        return process.returncode, told.read(), used.ru_utime + used.ru_stime, peak


def peak_memory(number: int) -> int:
    """Most bytes a process has held so far; the kernel's own count of a child takes in what its
    parent held when it forked.
    """
    try:
        status = Path(f"/proc/{number}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(
        (1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0
    )


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if CASES[name].quick else pytest.mark.nightly) for name in CASES],
)
def test_a_strangers_folder_harms_nothing(
    name: str, originals: dict[str, Path], tmp_path: Path
) -> None:
    case, folder, victim, temporary = (
        CASES[name],
        tmp_path / "given",
        tmp_path / "victim",
        tmp_path / "temporary",
    )
    temporary.mkdir()
    victim.mkdir()
    for mine in ("dear.txt", "part-000000.parquet", ".manifest.json"):
        (victim / mine).write_text(f"somebody's {mine}", encoding="utf-8")
    shutil.copytree(originals[case.verb], folder)
    whole, before = content(folder), fingerprint(victim)
    case.make(folder, victim)
    own = {kept: (folder / kept).read_bytes() for kept in case.keeps}
    code, told, seconds, peak = spent([word.format(folder) for word in case.words], temporary)
    assert fingerprint(victim) == before
    assert code in case.codes, told
    assert "Traceback" not in told and case.says in told
    assert seconds < MOST_SECONDS and peak < MOST_MEMORY
    assert not list(temporary.iterdir())
    assert {kept: (folder / kept).read_bytes() for kept in case.keeps} == own
    if code == 0 and case.words[0] == "sweep":
        assert content(folder) == whole


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
