"""Files of the export, read by NegMAS: names, levels, reservation values and utilities are ours."""

from __future__ import annotations

import numpy as np
import pytest

from sim.export import export
from sim.theory import problem_at

pytestmark = pytest.mark.nightly

CLOSE = 1e-9
DATES = [
    ("london_2025", "2025-08-01"),
    ("london_2025", "2025-06-20"),
    ("geneva_2025", "2025-06-01"),
]


def same(grid, outcomes, answer) -> None:
    least, most = grid.extremes
    ours = grid.scaled(
        [
            grid.problem.value(np.asarray(o) / (grid.levels - 1) * grid.problem.red_line)[1:]
            for o in outcomes
        ]
    )
    assert np.abs(ours - np.asarray(answer["utilities"])).max() <= CLOSE
    floor = np.clip((np.asarray(grid.problem.disagreement) - least) / (most - least), 0.0, 1.0)
    assert answer["reserved"] == pytest.approx(floor.tolist(), abs=CLOSE)
    assert np.asarray(answer["ranges"]) == pytest.approx(np.asarray([[0.0, 1.0]] * 2), abs=CLOSE)
    assert answer["levels"] == [grid.levels] * len(grid.problem.owner)


def test_negmas_reads_random_problems_as_they_are(ask, grid, random_problem, tmp_path) -> None:
    """Every package of 50 problems of 2 and 3 issues, and 500 packages each of 50 problems of 4 to
    8, to 1e-9.
    """
    grids = [grid(random_problem(n, 2 + n % 2 if n < 50 else 4 + n % 5), 11) for n in range(100)]
    tasks, generator = [], np.random.default_rng(1)
    for n, one in enumerate(grids):
        listed = (
            one.outcomes
            if n < 50
            else generator.integers(0, 11, (500, len(one.problem.owner))).tolist()
        )
        tasks.append({"do": "values", "folder": one.write(tmp_path / str(n)), "outcomes": listed})
    for one, task, answer in zip(grids, tasks, ask("negmas_side.py", tasks), strict=True):
        same(one, task["outcomes"], answer)


def test_negmas_reads_scenarios_at_a_date_as_they_are(ask, grid, at_date, tmp_path) -> None:
    """2,000 packages each of the real scenarios, whose every level has a number and whose issues
    keep their names.
    """
    tasks, grids, names = [], [], []
    for n, (scenario, at) in enumerate(DATES):
        export(scenario, at, tmp_path / str(n), ("genius",), levels=11)
        model = at_date(scenario, at)
        grids.append(grid(problem_at(model.state.whole[0], model.params.record), 11))
        names.append(list(model.params.names("issue"))[: len(grids[-1].problem.owner)])
        listed = np.random.default_rng(n).integers(0, 11, (2000, len(names[-1]))).tolist()
        tasks.append({"do": "values", "folder": str(tmp_path / str(n)), "outcomes": listed})
    for one, issues, task, answer in zip(
        grids, names, tasks, ask("negmas_side.py", tasks), strict=True
    ):
        assert answer["issues"] == issues
        same(one, task["outcomes"], answer)
