"""A small run, a small sweep and the folders they leave, made once; each test gets a copy to tamper
with.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main

SWEEP = """
name: small
kind: grid
factors:
  linkage.cn: {values: [0.0, 0.5, 1.0]}
runs: 300
"""
QUIET = ("figures.draw=false", "figures.report=false")


@pytest.fixture(scope="session")
def _originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("results")
    (out / "w.yaml").write_text(SWEEP, encoding="utf-8")
    assert main(["run", "runs=6", f"out={out}", *QUIET]) == 0
    assert main(["sweep", f"sweep_file={out / 'w.yaml'}", f"out={out}", *QUIET]) == 0
    return {verb: next((out / verb).iterdir()) for verb in ("run", "sweep")}


@pytest.fixture
def copy_of(_originals: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A result of ``run`` or ``sweep`` that may be spoilt."""

    def make(verb: str) -> Path:
        return Path(shutil.copytree(_originals[verb], tmp_path / f"a {verb}"))

    return make


@pytest.fixture
def edit() -> Callable:
    """Change the manifest of a folder with a function."""

    def change(folder: Path, how: Callable[[dict], object]) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        how(manifest)
        path.write_text(json.dumps(manifest), encoding="utf-8")

    return change
