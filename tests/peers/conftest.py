"""What the comparisons with NegMAS and Gambit share: the other environment's interpreter, and
random bargaining problems on grids.

The two packages are copyleft and live in an environment of their own (``make test-all`` creates
it). A test writes files, calls a script of this folder under that environment's Python, and reads
what it prints.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.export import genius
from sim.model import TruceModel
from sim.theory import BargainingProblem, ideal

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Grid:
    """A problem whose issues take ``levels`` equally spaced levels from 0 to the red line."""

    problem: BargainingProblem
    levels: int

    @cached_property
    def worths(self) -> np.ndarray:
        """Utility of every level of every issue, shape (2 sides, issues, levels), in the problem's
        units.
        """
        p = self.problem
        found = np.zeros((2, len(p.owner), self.levels))
        for k, owner in enumerate(p.owner):
            x = np.linspace(0.0, p.red_line[k], self.levels)
            found[owner, k], found[1 - owner, k] = (
                -(p.linear[k] * x + p.convex[k] * x**2),
                p.benefit[k] * x,
            )
        return found

    @cached_property
    def outcomes(self) -> list[tuple[int, ...]]:
        """Every package, as the number of each issue's level."""
        return list(itertools.product(range(self.levels), repeat=len(self.problem.owner)))

    @cached_property
    def utilities(self) -> np.ndarray:
        """What each of :attr:`outcomes` is worth, shape (outcomes, 2)."""
        chosen = np.asarray(self.outcomes)
        return np.stack(
            [sum(side[k][chosen[:, k]] for k in range(chosen.shape[1])) for side in self.worths],
            axis=1,
        )

    @cached_property
    def extremes(self) -> tuple[np.ndarray, np.ndarray]:
        """Each side's least and largest utility."""
        return self.worths.min(axis=2).sum(axis=1), self.worths.max(axis=2).sum(axis=1)

    def scaled(self, utilities: np.ndarray) -> np.ndarray:
        """Utilities as the Genius files have them: 0 for a side's worst package, 1 for its best."""
        least, most = self.extremes
        return (np.asarray(utilities) - least) / (most - least)

    def write(self, folder: Path) -> str:
        """Write the Genius files; the folder's name."""
        folder.mkdir(parents=True)
        names = [f"issue_{k}" for k in range(len(self.problem.owner))]
        numbered = [[f"{n}_" for n in range(self.levels)] for _ in names]
        for name, text in genius(self.problem, names, self.levels, numbered).items():
            (folder / name).write_text(text, encoding="utf-8")
        return str(folder)


@pytest.fixture(scope="session")
def random_problem() -> Callable[[int, int], BargainingProblem]:
    """A problem by number and count of issues, with both sides better off in some package by 2
    units or more.
    """

    def make(seed: int, count: int) -> BargainingProblem:
        generator = np.random.default_rng([seed, count])
        while True:
            columns = (
                [0, 1, *map(int, generator.integers(0, 2, count - 2))],
                generator.uniform(5, 40, count).tolist(),
                generator.uniform(-8, 4, count).tolist(),
                generator.uniform(1, 40, count).tolist(),
                generator.uniform(0.3, 1, count).tolist(),
            )
            bare = BargainingProblem(*columns)
            floor = bare.value(generator.uniform(0.0, 0.5, count) * bare.red_line)
            problem = BargainingProblem(*columns, disagreement=(floor.us, floor.cn))
            if problem.gains and min(np.subtract(ideal(problem), problem.disagreement)) >= 2.0:
                return problem

    return make


@pytest.fixture(scope="session")
def grid() -> type[Grid]:
    """The class of discretised problems."""
    return Grid


@pytest.fixture(scope="session")
def at_date() -> Callable[[str, str], TruceModel]:
    """A scenario stepped to a date, as the export does with its own seed."""

    def step(scenario: str, at: str) -> TruceModel:
        model = TruceModel(scenario, 1, collect="none")
        for _ in range(
            (
                dt.date.fromisoformat(at)
                - dt.date.fromisoformat(str(model.scenario.calendar.start))
            ).days
            // 7
        ):
            model.step()
        return model

    return step


@pytest.fixture(scope="session")
def ask(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, list[dict[str, Any]]], list[Any]]:
    """Call a script of this folder with a list of tasks under the other environment's Python; its
    answers.
    """
    given = os.environ.get("TARIFFSIM_PEERS")
    python = Path(given).absolute() if given else HERE.parents[1] / ".peers" / "bin" / "python"
    if not given and not python.exists():
        pytest.skip(
            "NegMAS and Gambit are not set up: make test-all does it, or name their Python in TARIFFSIM_PEERS"
        )

    def call(script: str, tasks: list[dict[str, Any]]) -> list[Any]:
        folder = tmp_path_factory.mktemp("peers")
        (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
        words = [str(python), "-I", str(HERE / script), "tasks.json"]
        clean = {**os.environ, "HOME": str(folder), "MPLCONFIGDIR": str(folder)}
        done = subprocess.run(
            words, cwd=folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
        assert len(answers) == len(tasks)
        return answers

    return call
