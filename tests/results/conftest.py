"""What the tests of results share: one small result in memory, and on disk."""

from __future__ import annotations

import pytest

import sim
from sim.config.scenario import Scenario
from sim.results.results import Results, save


@pytest.fixture(scope="session")
def result() -> Results:
    """Forty runs of London in 40 weeks, with every week."""
    return sim.run(Scenario().change({"calendar.horizon_weeks": 40}), runs=40, weeks="all")


@pytest.fixture
def saved(result: Results, tmp_path) -> Results:
    """The same, on disk."""
    folder = tmp_path / "result"
    folder.mkdir()
    return save(result, folder)
