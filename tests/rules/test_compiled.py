"""How rules are compiled: never a stale one, also where nothing is writable, and no harm to forked
processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
PROBE = (
    "import sys; sys.path.insert(0, sys.argv[1])\n"
    "from sim.rules import compiled\n"
    "from sim.rules.truce import readiness\n"
    "print(readiness(3.0, 1.0, 2.0), compiled.cache_folder())\n"
)


def copy_of_the_package(place: Path) -> Path:
    """The package's sources below ``place``, without any cache."""
    shutil.copytree(PACKAGE, place / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def ask(place: Path, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(place)],
        capture_output=True,
        text=True,
        cwd=place,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_an_edited_rule_is_never_run_from_a_stale_cache(tmp_path: Path) -> None:
    """``readiness`` calls ``logistic`` of another file; Numba's own key would miss the edit
    there.
    """
    place = copy_of_the_package(tmp_path)
    before, folder = ask(place)
    assert ask(place) == [before, folder]
    home = place / "sim" / "rules" / "mathematics.py"
    text = home.read_text(encoding="utf-8")
    assert "return 1.0 / (1.0 + exp(-x))" in text
    home.write_text(
        text.replace("return 1.0 / (1.0 + exp(-x))", "return 2.0 / (1.0 + exp(-x))"),
        encoding="utf-8",
    )
    after, other = ask(place)
    assert float(after) == 2.0 * float(before)
    assert other != folder


@pytest.mark.skipif(os.name == "nt", reason="permissions are set the POSIX way")
def test_rules_run_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A read-only installation and no home: rules compile in memory."""
    place = copy_of_the_package(tmp_path)
    if os.geteuid() == 0:
        (place / "sim" / "__pycache__").write_text("in the way of a folder", encoding="ascii")
    else:
        for path in [place / "sim", *place.joinpath("sim").rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
    blocked = tmp_path / "home"
    blocked.write_text("not a folder", encoding="ascii")
    value, folder = ask(place, HOME=str(blocked), PYTHONDONTWRITEBYTECODE="1")
    assert folder == "None"
    assert 0.0 < float(value) < 1.0


def test_the_cache_lies_in_the_home_where_the_package_is_read_only(tmp_path: Path) -> None:
    place = copy_of_the_package(tmp_path)
    (place / "sim" / "__pycache__").write_text("in the way of a folder", encoding="ascii")
    home = tmp_path / "home"
    home.mkdir()
    _, folder = ask(place, HOME=str(home), PYTHONDONTWRITEBYTECODE="1")
    assert Path(folder).is_relative_to(home)


def test_batch_run_after_an_ensemble_run_does_not_hang(tmp_path: Path) -> None:
    code = (
        "import numpy as np, mesa, multiprocessing\n"
        "from sim.config.scenario import Scenario\nfrom sim.config.params import flatten\n"
        "from sim.ensemble.execute import simulate\nfrom sim.model import TruceModel\n"
        "if __name__ == '__main__':\n"
        "    simulate(flatten(Scenario()).values, np.zeros(100, np.int64), np.arange(100), 1, threads=2)\n"
        "    for method in ('spawn', 'fork'):\n"
        "        multiprocessing.set_start_method(method, force=True)\n"
        "        rows = mesa.batch_run(TruceModel, {'seed': 1, 'run': [0, 1], 'scenario': Scenario(), 'collect': 'model'},\n"
        "                              number_processes=2, display_progress=False)\n"
        "        assert len(rows) == 2, rows\n"
    )
    script = tmp_path / "batch.py"
    script.write_text(code, encoding="utf-8")
    root = str(PACKAGE.parent)
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.returncode == 0, done.stderr[-2000:]
