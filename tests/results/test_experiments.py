"""A sweep in the form that tools of scenario discovery take."""

from __future__ import annotations

import pytest

import sim
from sim.config.errors import SimError
from sim.config.groups.sweep import Factor, Sweep


def test_settings_are_wide_numbers_or_categories_whatever_was_stored(tmp_path) -> None:
    factors = {
        "linkage.cn": Factor("linkage.cn", distribution="uniform", low=0.0, high=1.0),
        "truce.length_weeks": Factor("truce.length_weeks", distribution="integers", low=6, high=26),
        "linkage.tables": Factor("linkage.tables", ("separate", "package")),
        "truce.in_force": Factor("truce.in_force", (True, False)),
    }
    sweep = Sweep(name="s", kind="latin_hypercube", points=6, factors=factors, runs=2)
    results = sim.sweep(sweep, out=tmp_path)
    experiments, outcomes = results.experiments()
    kinds = {name: str(dtype) for name, dtype in experiments.dtypes.items()}
    assert kinds == dict(zip(factors, ("float64", "int64", "category", "category"), strict=True))
    assert sum(outcomes.values()).tolist() == [1.0] * 12
    _, measured = results.experiments(["welfare_loss.us", "breakdown"])
    assert [str(values.dtype) for values in measured.values()] == ["float64"] * 2
    with pytest.raises(SimError, match="no such column"):
        results.experiments(["welfare"])


def test_a_run_has_no_experiments() -> None:
    with pytest.raises(SimError, match="moved no setting"):
        sim.run(runs=1, weeks="none").experiments()
