"""Fixtures of the rules' tests: bargaining problems from plain numbers, and runs of London with
settings replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pytest

from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.logs import Logs
from sim.rules.state import PROBLEM
from sim.vocabulary import ACTS

Issue = tuple[int, float, float, float, float]


class Lived(NamedTuple):
    """Runs with their weeks and their logs: measures (runs,), weeks (runs, weeks), acts of each."""

    out: np.ndarray
    weeks: np.ndarray
    acts: tuple[np.ndarray, ...]

    def of(self, act: str) -> np.ndarray:
        """The rows of one act, of all runs."""
        rows = np.concatenate(self.acts)
        return rows[rows["act"] == ACTS[act].code]


@pytest.fixture
def problem() -> Callable[[Sequence[Issue]], np.ndarray]:
    """A bargaining problem from rows (owner, benefit, linear, convex, red line)."""

    def make(issues: Sequence[Issue]) -> np.ndarray:
        made = np.zeros(1, PROBLEM)
        made["count"] = len(issues)
        for j, (owner, benefit, linear, convex, red_line) in enumerate(issues):
            made["owner"][0, j], made["benefit"][0, j] = owner, benefit
            made["linear"][0, j], made["convex"][0, j], made["red_line"][0, j] = (
                linear,
                convex,
                red_line,
            )
        return made

    return make


@pytest.fixture
def runs() -> Callable[..., np.ndarray]:
    """Measures of the first ``count`` runs of a scenario with settings replaced."""

    def make(
        settings: dict[str, object] | None = None, count: int = 40, scenario: Scenario | None = None
    ) -> np.ndarray:
        changed = (scenario or Scenario()).change(settings or {})
        numbers = np.arange(count)
        return simulate(flatten(changed).values, np.zeros(count, np.int64), numbers, 1)[0]

    return make


@pytest.fixture
def lived() -> Callable[..., Lived]:
    """The first ``count`` runs of a scenario with settings replaced, with weeks and logs."""

    def make(
        settings: dict[str, object] | None = None, count: int = 40, scenario: Scenario | None = None
    ) -> Lived:
        params = flatten((scenario or Scenario()).change(settings or {}))
        numbers, logs = np.arange(count), Logs()
        points = np.zeros(count, np.int64)
        out, weeks = simulate(params, points, numbers, 1, weekly=count, logs=logs)
        return Lived(out, weeks, tuple(logs.acts[0, run] for run in range(count)))

    return make
