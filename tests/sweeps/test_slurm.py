"""The three recipes of docs/scaling.md on a SLURM of one node: run as they stand there, only smaller.

Needed: root, and Debian's ``slurm-wlm`` and ``munge``. What Python needs beside is fetched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).resolve().parents[2]
SET_UP = Path(__file__).with_name("slurm.sh")
PAGE = ROOT / "docs" / "scaling.md"
BESIDE = ("dask-jobqueue", "hydra-submitit-launcher", "submitit")
missing = [name for name in ("sbatch", "slurmctld", "slurmd", "munged") if not shutil.which(name)]
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(bool(missing), reason="needs slurm-wlm and munge of Debian"),
    pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="SLURM needs root"),
]
Shell = Callable[..., str]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A cluster of one node; the environment in which its commands work."""
    folder = tmp_path_factory.mktemp("slurm")
    packages, commands = folder / "packages", folder / "bin"
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", packages)
    subprocess.run([*pip, *BESIDE], check=True)
    commands.mkdir()
    script = f'#!/bin/bash\nexec {sys.executable} -P -m sim "$@"\n'
    (commands / "tariffsim").write_text(script, encoding="utf-8")
    (commands / "tariffsim").chmod(0o755)
    started = subprocess.run(
        ["bash", SET_UP, "start", folder], capture_output=True, text=True, check=False
    )
    assert started.returncode == 0, started.stdout + started.stderr
    yield {
        **os.environ,
        "SLURM_CONF": str(folder / "slurm.conf"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)]),
        "PATH": os.pathsep.join([str(commands), os.environ["PATH"]]),
        "MPLBACKEND": "Agg",
    }
    subprocess.run(["bash", SET_UP, "stop", folder], check=True)


@pytest.fixture
def shell(slurm: dict[str, str], tmp_path: Path) -> Shell:
    """Run a command in the test's folder; its standard output."""

    def run(*words: str | Path, timeout: float = 400) -> str:
        done = subprocess.run(
            words,
            cwd=tmp_path,
            env=slurm,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
        return done.stdout

    return run


def recipe(begin: str, *smaller: tuple[str, str]) -> str:
    """The block of the page that begins so, with some of its text made smaller."""
    (text,) = re.findall(
        rf"^```\w+\n({re.escape(begin)}.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    for large, small in smaller:
        assert large in text
        text = text.replace(large, small)
    return text


def wait(until: Callable[[], object], seconds: float = 300) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.2)


def test_a_requeued_job_continues_and_gives_what_one_without_a_break_gives(
    shell: Shell, tmp_path: Path
) -> None:
    small = "sweep.points=16384 weeks=26 draw=false"
    text = recipe(
        "#!/bin/bash\n#SBATCH",
        ("--cpus-per-task=32 --mem=4G", "--cpus-per-task=1 --mem=1G --output=log.txt"),
        ("sweep.points=1048576", f"{small} run.threads=1"),
    )
    (tmp_path / "job.sh").write_text(text, encoding="utf-8")
    job = shell("sbatch", "--parsable", "job.sh").strip()
    parts = tmp_path / "outputs" / "sweep"
    wait(lambda: len(list(parts.glob("*/runs/*.parquet"))) >= 2)
    shell("scontrol", "requeue", job)
    wait(lambda: list(parts.glob("*/manifest.json")) and not shell("squeue", "-h", "-j", job))
    (folder,) = parts.iterdir()
    assert "Restarts=1" in shell("scontrol", "show", "job", job)
    shell("tariffsim", "sweep", "sweep=all_levers_sobol", *small.split(), "out=once")
    (once,) = (tmp_path / "once" / "sweep").iterdir()
    assert sim.load_results(folder).manifest.content == sim.load_results(once).manifest.content


def test_dask_jobqueue_starts_workers_as_they_are_needed(shell: Shell, tmp_path: Path) -> None:
    text = recipe(
        "import sim\nfrom dask_jobqueue",
        ('cores=16, processes=16, memory="16GB"', 'cores=1, processes=1, memory="1GB"'),
        ("maximum_jobs=20", "maximum_jobs=2"),
        ('"all_levers_sobol"', '"compliance_noise"'),
    )
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    shell(sys.executable, "mine.py")
    (folder,) = (tmp_path / "outputs" / "sweep").iterdir()
    here = sim.sweep("compliance_noise", out=tmp_path / "here")
    assert sim.load_results(folder).manifest.content == here.manifest.content


def test_a_multirun_is_a_job_for_each_scenario(shell: Shell, tmp_path: Path) -> None:
    line = recipe("tariffsim run -m", ("runs=20000", "runs=20 draw=false"))
    answer = shell(*line.split(), "hydra.launcher.timeout_min=10")
    assert "3 of 3 jobs done" in answer
    assert len(list((tmp_path / "outputs" / "multirun").glob("*/[012]/manifest.json"))) == 3
