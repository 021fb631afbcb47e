"""What the tests of sweeps share: a short scenario, a small sweep and its design."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.batch import Run
from sim.batch.read import build_sweep
from sim.config.scenario import Scenario
from sim.results.results import Results
from sim.sweeps.design import Design
from sim.sweeps.sweep import prepare, run_sweep

FACTORS = {"linkage.cn": {"low": 0, "high": 1}, "truce.length_weeks": {"low": 6, "high": 26}}


@pytest.fixture(scope="session")
def short() -> Scenario:
    """London for 20 weeks with few firms."""
    changes = {
        "calendar.horizon_weeks": 20,
        "outcomes.weeks_in_force": 4,
        "firms.magnets.firms": 12,
        "firms.chips.firms": 8,
    }
    return Scenario().change(changes)


@pytest.fixture
def small(short: Scenario) -> Callable[..., Design]:
    """A design around the short scenario: 64 points, where the kind takes them from there, of 10
    runs unless told otherwise.
    """

    def make(**changes) -> Design:
        plain = {"name": "small", "kind": "sobol", "runs": 10, "factors": FACTORS, **changes}
        if plain["kind"] not in ("grid", "list"):
            plain.setdefault("points", 64)
        return prepare(build_sweep(plain, short), short)

    return make


@pytest.fixture
def swept(short: Scenario, tmp_path) -> Callable[..., Results]:
    """Run a design into a folder."""

    def run(design: Design, name: str = "sweep", **settings) -> Results:
        folder = tmp_path / name
        folder.mkdir()
        return run_sweep(design, short, Run(**settings), folder)

    return run
