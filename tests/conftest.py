"""Settings of the whole suite: no display, no deadline on hypothesis, rules compiled once before
the clock of any test runs.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """One short run, so that no test pays for compilation."""
    import numpy as np

    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.ensemble.execute import simulate

    simulate(flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 1, weekly=1)
