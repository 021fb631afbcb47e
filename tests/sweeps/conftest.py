"""What the tests of sweeps share: a short scenario, a small sweep and its design."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from sim.batch import Run
from sim.batch.read import build_sweep
from sim.config.scenario import Scenario
from sim.results.results import Results, load_results
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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def _finished(
    short: Scenario, small: Callable[..., Design], tmp_path_factory: pytest.TempPathFactory
) -> Results:
    """A sweep of three parts that no test may touch."""
    return run_sweep(small(), short, Run(), tmp_path_factory.mktemp("finished"))


@pytest.fixture
def done(_finished: Results, tmp_path) -> Results:
    """A finished sweep of three parts, in a folder of the test's own."""
    assert _finished.folder is not None
    return load_results(shutil.copytree(_finished.folder, tmp_path / "sweep"))
