"""No Python file of the folder that one stands in is run by a process that a command starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUIET = ("figures.draw=false", "figures.report=false")
NEEDS = {
    "joblib": "hydra_plugins.hydra_joblib_launcher",
    "submitit": "hydra_plugins.hydra_submitit_launcher",  # in no extra: pip install, docs/scaling.md
    "Dask": "distributed",
}
COMMANDS = {
    "joblib": (
        "run",
        "-m",
        "runs=2",
        "linkage.cn=0,1",
        *QUIET,
        "hydra/launcher=joblib",
        "hydra.launcher.n_jobs=2",
    ),
    "submitit": (
        "run",
        "-m",
        "runs=2",
        "linkage.cn=0,1",
        *QUIET,
        "hydra/launcher=submitit_local",
        "hydra.launcher.cpus_per_task=1",
    ),
    "Dask": (
        "sweep",
        "sweep=linkage_by_deadline",
        "runs=2",
        "run.executor=dask",
        "threads=1",
        *QUIET,
    ),
}


@pytest.mark.parametrize(
    ("children", "name"),
    [
        pytest.param("joblib", "random.py", marks=pytest.mark.nightly),
        pytest.param("joblib", "numpy.py", marks=pytest.mark.nightly),
        pytest.param("joblib", "sim.py", marks=pytest.mark.nightly),
        pytest.param("submitit", "random.py", marks=pytest.mark.nightly),
        pytest.param("submitit", "numpy.py", marks=pytest.mark.nightly),
        pytest.param("Dask", "random.py", marks=pytest.mark.nightly),
    ],
)
def test_children_run_no_code_of_the_working_folder(
    children: str, name: str, tmp_path: Path
) -> None:
    pytest.importorskip(NEEDS[children])
    place, canary = tmp_path / "place", tmp_path / "canary"
    place.mkdir()
    (place / name).write_text(
        f"open({str(canary)!r}, 'w').write('run')\nraise RuntimeError\n", encoding="utf-8"
    )
    start = [sys.executable, "-P", "-c", "from sim.cli import main; raise SystemExit(main())"]
    command = [*start, *COMMANDS[children], f"out={tmp_path / 'out'}"]
    # submitit may have been installed apart: pip install --target
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    room = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    done = subprocess.run(command, cwd=place, env=room, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert not canary.exists()
