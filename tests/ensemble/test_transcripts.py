"""A run that takes its own transcript as its script is the run again, bit for bit, in both engines."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from sim.config.params import Params, Records, flatten, join_records
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.ensemble.kernel import run_block
from sim.model import TruceModel
from sim.results.logs import log_tables
from sim.rules.logs import Logs
from sim.rules.measures import RUN, WEEK
from sim.rules.state import ACT, ASK, allocate, tiles
from sim.sheets.transcript import transcript_in
from sim.vocabulary import DECISIONS, SIDES, STRATEGIES, happened

London = Scenario()


def played(params: Params | Records, runs: np.ndarray) -> tuple[bytes, bytes, Logs]:
    """Measures, weeks and logs of runs, as bytes."""
    logs = Logs()
    outs, weeks = simulate(
        params, np.zeros(len(runs), np.int64), runs, 1, weekly=len(runs), threads=1, logs=logs
    )
    return outs.tobytes(), weeks.tobytes(), logs


def scripted(params: Params, rows: np.ndarray) -> Params:
    """The same settings with a transcript."""
    values = params.values.copy()
    values["script"]["end"] = len(rows)
    return replace(params, values=values, script=rows)


def replays(scenario: Scenario, run: int) -> bool:
    """Whether a run equals itself under its own transcript."""
    params, number = flatten(scenario), np.array([run])
    outs, weeks, logs = played(params, number)
    again = played(scripted(params, logs.asks[0, run]), number)
    return (
        again[:2] == (outs, weeks)
        and again[2].acts[0, run].tobytes() == logs.acts[0, run].tobytes()
    )


def drawn(seed: int) -> Scenario:
    """London with a few settings drawn over their plausible ranges, and any two strategies."""
    rng, names = np.random.default_rng(seed), list(STRATEGIES)
    return London.change(
        {
            "us.resolve.trade": float(rng.uniform(5, 40)),
            "cn.resolve.trade": float(rng.uniform(5, 40)),
            "politics.us.hawk_start": float(rng.uniform(0.1, 1.0)),
            "truce.length_weeks": int(rng.integers(6, 30)),
            "us.strategy.kind": str(rng.choice(names)),
            "cn.strategy.kind": str(rng.choice(names)),
        }
    )


@pytest.mark.parametrize("seed", range(10))
def test_a_transcript_replays(seed: int) -> None:
    assert replays(drawn(seed), seed)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 210))
def test_a_transcript_replays_in_two_hundred_random_runs_in_both_engines(seed: int) -> None:
    assert replays(drawn(seed), seed)
    assert replays_in_mesa(drawn(seed), seed)


@pytest.mark.nightly
@pytest.mark.parametrize("pair", itertools.product(STRATEGIES, STRATEGIES), ids="-".join)
def test_a_transcript_replays_for_every_pair_of_strategies_in_both_engines(
    pair: tuple[str, str],
) -> None:
    kinds = {f"{side}.strategy.kind": kind for side, kind in zip(SIDES, pair, strict=True)}
    scenario = London.change(kinds)
    assert replays(scenario, 3)
    assert replays_in_mesa(scenario, 3)


def replays_in_mesa(scenario: Scenario, run: int) -> bool:
    """Whether a Mesa run under the ensemble's transcript, read from a table, has its measures."""
    outs, _, logs = played(flatten(scenario), np.array([run]))
    table = log_tables(logs)["transcript"]
    given = scenario.change({"transcript": transcript_in(table)})
    model = TruceModel(given, 1, run, collect="none")
    model.run_model()
    same = bool(model.measures().tobytes() == outs)
    return same and model.transcript.tobytes() == logs.asks[0, run].tobytes()


def test_a_transcript_replays_in_mesa() -> None:
    assert replays_in_mesa(London, 2)


def test_one_forced_decision_leaves_what_came_before_and_every_shock_as_it_was() -> None:
    """The asks up to the forced one, and the shocks of all weeks, are those of the run."""
    params, forced = flatten(London), 0
    for run in range(6):
        number = np.array([run])
        _, _, logs = played(params, number)
        rows = logs.asks[0, run]
        renewals = np.flatnonzero(rows["decision"] == DECISIONS["renew"].code)
        if not len(renewals):
            continue
        at = int(renewals[len(renewals) // 2])
        other = rows[at : at + 1].copy()
        other["choice"] = 1 - other["choice"]
        logs_after = Logs()
        changed = scripted(params, other)
        _, weeks = simulate(
            changed, np.zeros(1, np.int64), number, 1, weekly=1, threads=1, logs=logs_after
        )
        _, before = simulate(params, np.zeros(1, np.int64), number, 1, weekly=1, threads=1)
        after = logs_after.asks[0, run]
        assert after[:at].tobytes() == rows[:at].tobytes()
        assert after[at]["choice"] == other["choice"][0]
        shocks = [happened(one["events"], "shock") for one in (weeks, before)]
        assert np.array_equal(*shocks)
        forced += 1
    assert forced >= 4


def test_rows_of_each_point_are_its_own() -> None:
    """Two points with different transcripts, and one without, in one call."""
    params, numbers = flatten(London), np.array([0, 1, 0])
    _, _, logs = played(params, np.arange(2))
    parts = [scripted(params, logs.asks[0, run]) for run in (0, 1)]
    records = join_records([*parts, params])
    joint, _ = simulate(records, np.arange(3), numbers, 1, threads=1)
    plain, _ = simulate(params, np.zeros(3, np.int64), numbers, 1, threads=1)
    assert joint.tobytes() == plain.tobytes()


def test_a_run_stops_where_a_person_is_asked() -> None:
    params = flatten(London)
    params.values["script"]["wanted"][0, 0] = 1 << DECISIONS["renew"].code
    state = allocate(int(tiles(params.record["firms"]["goods"]["firms"]).sum()))
    own = params.values[:1].copy()
    run_block(
        state.whole,
        state.firms,
        params.values,
        params.dated,
        params.script,
        own,
        own.view(np.int64),
        np.zeros(1, np.int64),
        np.uint64(1),
        np.zeros(1, np.int64),
        np.zeros(1, RUN),
        np.zeros((1, 0), WEEK),
        np.zeros((1, 0), ACT),
        np.zeros((1, 0), ASK),
        1,
    )
    s = state.whole[0]
    assert s["open"]["decision"] == DECISIONS["renew"].code
    assert s["open"]["side"] == 0
    assert s["world"]["week"] == s["open"]["week"] + 1
    assert 0.0 < s["open"]["chance"] < 1.0
