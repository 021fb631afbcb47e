"""What the tests of results share: one small result in memory, and on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sim
from sim.config.scenario import Scenario
from sim.results.results import Results, save


@pytest.fixture(scope="session")
def result() -> Results:
    """Forty runs of London in 40 weeks, with every week."""
    return sim.run(Scenario().change({"calendar.horizon_weeks": 40}), runs=40, weeks="all")


@pytest.fixture(scope="session")
def _written(result: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same, which no test may touch."""
    folder = tmp_path_factory.mktemp("written")
    save(result, folder)
    return folder


@pytest.fixture
def saved(_written: Path, tmp_path: Path) -> Results:
    """The same, in a folder of the test's own."""
    return sim.load_results(shutil.copytree(_written, tmp_path / "result"))
