"""The design over what the record leaves open: what moves, what stays, and that it says of the
model what it claims.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.settings_interval import settings_interval
from sim.api import settings_doubt
from sim.config.compose import take_scenario
from sim.config.contradictions import first_contradiction
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.sweeps import plausible
from sim.sweeps.design import params_of
from sim.sweeps.plausible import plausible_ranges, run_plausible
from sim.vocabulary import OUTCOMES


def test_only_settings_with_a_plausible_range_move_and_all_stay_within() -> None:
    scenario = Scenario()
    columns = plausible.draw_points(scenario, plausible_ranges(scenario))
    known = {path: meta for path, meta, _ in leaves(scenario)}
    assert len(columns) > 50
    for name, values in columns.items():
        low, high = known[name].plausible
        assert (
            low - 1e-6 <= values.min()
            and values.max() <= high + 1e-6
            and len(values) == plausible.POINTS
        )
    assert first_contradiction(scenario, columns) is None


def test_what_the_scenario_sets_itself_stays() -> None:
    name = "compliance.monitoring_noise"
    assert name in plausible_ranges(Scenario())
    assert name not in plausible_ranges(Scenario().change({name: 0.1}))


def test_the_same_seed_gives_the_same_doubt_whatever_the_threads(monkeypatch) -> None:
    monkeypatch.setattr(plausible, "_kept", {})
    one = settings_doubt("london", seed=3, threads=1)
    plausible._kept.clear()
    two = settings_doubt("london", seed=3, threads=2)
    assert one == two
    assert sum(row.share for row in one.shares.values()) == pytest.approx(1.0)
    assert all(row.low <= row.share <= row.high for row in one.shares.values())


def test_jobs_with_one_scenario_run_the_design_once_and_another_scenario_anew(monkeypatch) -> None:
    asked = []
    run = plausible._run
    monkeypatch.setattr(plausible, "_kept", {})
    monkeypatch.setattr(plausible, "_run", lambda *given: asked.append(given[0]) or run(*given))
    london = take_scenario("london")
    told = [settings_doubt(one) for one in (london, replace(london, title="The same"), london)]
    assert told[0] == told[1] == told[2] and len(asked) == 1
    assert settings_doubt(london.change({"compliance.monitoring_noise": 0.1})) != told[1]
    assert len(asked) == 2


@pytest.mark.nightly
def test_the_interval_holds_95_in_100_settings_of_the_model(monkeypatch) -> None:
    """Against 256 other points of the same ranges with 100 runs each, whose chances are known to 5
    points; most outcomes within 5 points.
    """
    scenario = Scenario()
    found = run_plausible(scenario, 1)
    monkeypatch.setattr(plausible, "POINTS", 256)
    columns = {
        name: values[128:]
        for name, values in plausible.draw_points(scenario, plausible_ranges(scenario)).items()
    }
    points = len(next(iter(columns.values())))
    row = np.repeat(np.arange(points), 100)
    outs, _ = simulate(params_of(scenario, columns, points), row, np.arange(len(row)), 1)
    for k in range(len(OUTCOMES)):
        chance = np.bincount(row, outs["outcome"] == k, points) / 100
        _, low, high = settings_interval(found.hits[:, k], found.runs)
        assert np.mean((low - 0.05 <= chance) & (chance <= high + 0.05)) > 0.9
