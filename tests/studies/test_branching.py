"""Futures of one run: its past as it was, and from a week on other draws or other settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from benchmarks.branched import BRANCHES, Branch, covered
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.studies.branching import branched

SHORT = sim.load("scenario=london", "calendar.horizon_weeks=52", "outcomes.closing_weeks=26")
RUN, WEEK, SEED = 7, 30, 3


def lived(scenario: sim.Scenario, runs: np.ndarray, seed: int = SEED) -> tuple[Any, Any]:
    values = flatten(scenario)
    return simulate(values.records, np.zeros(len(runs), np.int64), runs, seed, weekly=len(runs))


def test_futures_share_the_past_of_their_run_and_then_part() -> None:
    _, whole = lived(SHORT, np.array([RUN]))
    _, weeks = lived(branched(SHORT, RUN, WEEK), np.arange(12))
    for future in weeks:
        assert future[:WEEK].tobytes() == whole[0][:WEEK].tobytes()
    assert len({future[WEEK:].tobytes() for future in weeks}) == 12


def test_the_future_of_a_runs_own_number_is_the_run() -> None:
    whole, weeks = lived(SHORT, np.array([RUN]))
    same, lived_again = lived(branched(SHORT, RUN, WEEK), np.array([RUN]))
    assert lived_again.tobytes() == weeks.tobytes()
    for name in whole.dtype.names:
        # luck is counted from the week in which the futures part
        if name != "surprises":
            assert same[name].tobytes() == whole[name].tobytes(), name


def test_a_change_shows_from_its_week_on() -> None:
    change = {"politics.us.hawk_decay": 0.9, "politics.cn.hawk_decay": 0.9}
    plain = sim.branch(SHORT, run=RUN, week=WEEK, runs=6, seed=SEED, weeks="all")
    calm = sim.branch(SHORT, run=RUN, week=WEEK, runs=6, seed=SEED, weeks="all", change=change)
    hawks = [
        part.weeks.pivot(index="week", columns="run", values="hawk.us") for part in (plain, calm)
    ]
    assert hawks[0].iloc[:WEEK].equals(hawks[1].iloc[:WEEK])
    assert (hawks[1].iloc[WEEK + 1] < hawks[0].iloc[WEEK + 1]).all()


def test_surprises_are_counted_from_the_branch_on() -> None:
    """So that their mean is nought over futures, as over runs."""
    outs, _ = lived(branched(SHORT, RUN, WEEK), np.arange(400))
    surprises = outs["surprises"].astype(float)
    spread = surprises.std(axis=0)
    moved = spread > 0.0
    assert moved.any()
    assert np.all(surprises[:, ~moved] == 0.0)
    error = surprises.mean(axis=0)[moved] / (spread[moved] / np.sqrt(len(outs)))
    assert np.abs(error).max() < 5.0


def test_a_result_has_its_scenario_and_seed() -> None:
    results = sim.run(SHORT, runs=9, seed=SEED, weeks="none")
    futures = sim.branch(results, run=RUN, week=WEEK, runs=1, first=RUN, weeks="none")
    kept = results.runs.loc[results.runs["run"] == RUN].reset_index(drop=True)
    pd.testing.assert_frame_equal(futures.runs, kept)
    with pytest.raises(SimError, match="another seed"):
        sim.branch(results, run=RUN, week=WEEK, seed=SEED + 1)


@pytest.mark.parametrize("collect", ["none", "model", "agents"])
def test_a_model_in_hand_branches(collect: str) -> None:
    model = TruceModel(SHORT, SEED, RUN, collect=collect)
    while model.week < WEEK:
        model.step()
    same, other = model.branch(RUN), model.branch(2)
    for future in (model, same, other):
        future.run_model()
    outs = lived(branched(SHORT, RUN, WEEK), np.array([RUN, 2]))[0]
    for future, wanted in ((model, outs[0]), (same, outs[0]), (other, outs[1])):
        for name in ("outcome", "payoff", "final_level", "extensions"):
            assert future.measures()[0][name].tobytes() == wanted[name].tobytes()


@pytest.mark.nightly
def test_two_hundred_futures_of_random_weeks_are_the_same_in_mesa() -> None:
    draw = np.random.default_rng(11)
    for _ in range(200):
        run, week, future = (int(draw.integers(high)) for high in (50, 51, 50))
        scenario = branched(SHORT, run, week + 1)
        model = TruceModel(scenario, SEED, future, collect="none")
        model.run_model()
        wanted = lived(scenario, np.array([future]))[0][0]
        for name in ("outcome", "payoff", "final_level", "breaks"):
            assert model.measures()[0][name].tobytes() == wanted[name].tobytes()


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"week": 0}, "week"),
        ({"week": 52}, "week"),
        ({"week": True}, "week"),
        ({"run": -1}, "branch.run"),
        ({"change": {"truce.in_force": False}}, "cannot change on a day"),
        ({"change": {"truce.lok": 1.0}}, "truce.lock"),
    ],
    ids=str,
)
def test_bad_input_is_refused(given: dict[str, Any], key: str) -> None:
    with pytest.raises(SimError, match=key):
        sim.branch(SHORT, **{"run": RUN, "week": WEEK, "runs": 1, **given})


def test_a_branch_does_not_branch_again() -> None:
    with pytest.raises(SimError, match="futures of a run already"):
        branched(branched(SHORT, RUN, WEEK), RUN, WEEK + 1)


@pytest.mark.nightly
@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.scenario)
def test_intervals_of_futures_hold_the_share_of_many(branch: Branch) -> None:
    shares, differences = covered(branch, 4_000, 200)
    # 20 groups and some outcomes, not independent: 95 in 100 are known to some 5
    assert np.concatenate([shares, differences]).mean() >= 0.88
