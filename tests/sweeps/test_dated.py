"""Dated changes as factors of a sweep and columns of a design."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.sweeps.design import params_of

NAME = "changes.2025-12-01.linkage.cn"
BASE = sim.load(f"{NAME}=0.5", "changes.2026-02-02.us.strategy.kind=hardliner")


def test_each_point_of_a_sweep_is_the_scenario_with_that_change(tmp_path) -> None:
    plain = {
        "name": "dated",
        "kind": "grid",
        "factors": {NAME: [0.0, 1.5], "linkage.us": [0.0, 0.4]},
        "runs": 4,
    }
    results = sim.sweep(plain, BASE, out=tmp_path)
    table = results.table([NAME, "linkage.us", "welfare_loss.us"])
    for (later, us), rows in table.groupby([NAME, "linkage.us"]):
        alone = sim.run(BASE.change({NAME: later, "linkage.us": us}), runs=4, weeks="none").runs
        wanted = alone["welfare_loss.us"].to_numpy().astype(rows["welfare_loss.us"].dtype)
        assert rows["welfare_loss.us"].tolist() == wanted.tolist()


def test_columns_of_changes_of_every_kind_and_of_first_days() -> None:
    columns = {
        "changes.2026-02-02.us.strategy.kind": np.asarray(["micro", "hardliner", "time_dependent"]),
        NAME: np.asarray([0.1, 0.2, 0.3]),
        "calendar.start": np.asarray(["2025-06-11", "2025-07-02", "2025-06-11"]),
    }
    made = simulate(params_of(BASE, columns, 3), np.arange(3), np.zeros(3, np.int64), 1, threads=1)[
        0
    ]
    for row in range(3):
        one = BASE.change({name: column[row].item() for name, column in columns.items()})
        alone = simulate(flatten(one), np.zeros(1, np.int64), np.zeros(1, np.int64), 1, threads=1)[
            0
        ]
        assert made[row].tobytes() == alone[0].tobytes()


def test_evaluate_takes_a_change_as_a_column_and_refuses_a_value_beyond_bounds() -> None:
    table = sim.evaluate(BASE, {NAME: [0.0, 1.0]}, runs=2, measures=["breakdown"])
    assert table[NAME].tolist() == [0.0, 0.0, 1.0, 1.0]
    with pytest.raises(SimError, match="out of bounds"):
        sim.evaluate(BASE, {NAME: [0.0, 3.0]}, runs=2)


def test_a_point_that_contradicts_a_rule_after_its_change_is_refused() -> None:
    base = sim.load("changes.2025-12-01.economy.us.ceiling_tariff=0.6")
    design = {"changes.2025-12-01.economy.us.ceiling_tariff": [0.6, 0.1]}
    with pytest.raises(
        SimError, match=r"not below the ceiling .in force from 2025-12-01., in row 2"
    ):
        sim.evaluate(base, design, runs=2)
    with pytest.raises(SimError, match="not after the first day"):
        sim.evaluate(base, {"calendar.start": ["2025-06-11", "2025-12-31"]}, runs=2)


def test_a_change_that_the_scenario_has_not_is_refused_with_the_cure() -> None:
    plain = {"name": "dated", "kind": "grid", "factors": {NAME: [0.0, 1.5]}, "runs": 4}
    with pytest.raises(SimError) as caught:
        sim.sweep(plain, "london")
    assert f"{NAME}=" in str(caught.value.cure)
    with pytest.raises(SimError) as caught:
        sim.evaluate("london", {NAME: [0.0, 1.5]}, runs=2)
    assert f"{NAME}=" in str(caught.value.cure)
