"""Chunks and threads: the same bits however the work is cut."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.params import flatten, records_of
from sim.config.scenario import Scenario
from sim.ensemble.execute import compiled_here, simulate, warm_up
from sim.ensemble.kernel import run_block
from sim.rules.measures import BRIEF, RUN, WEEK
from sim.rules.state import ACT, ASK, allocate, tiles

VALUES = flatten(Scenario()).values
COUNT = 150


@pytest.fixture(scope="module")
def reference() -> tuple[bytes, bytes]:
    runs, weeks = simulate(
        VALUES, np.zeros(COUNT, np.int64), np.arange(COUNT), 1, weekly=10, threads=1, chunk=COUNT
    )
    return runs.tobytes(), weeks.tobytes()


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("chunk", [1, 7, 64, 150])
def test_threads_and_chunks_change_no_bit(
    reference: tuple[bytes, bytes], threads: int, chunk: int
) -> None:
    runs, weeks = simulate(
        VALUES,
        np.zeros(COUNT, np.int64),
        np.arange(COUNT),
        1,
        weekly=10,
        threads=threads,
        chunk=chunk,
    )
    assert (runs.tobytes(), weeks.tobytes()) == reference


def test_points_of_different_size_share_a_block() -> None:
    few = flatten(
        Scenario().change({"firms.magnets.firms": 5, "calendar.horizon_weeks": 30})
    ).values
    many = flatten(Scenario().change({"firms.magnets.firms": 300})).values
    mixed, _ = simulate(
        np.concatenate([few, many]), np.asarray([0, 1, 0, 1]), np.asarray([0, 0, 1, 1]), 9
    )
    alone = [simulate(values, np.zeros(2, np.int64), np.arange(2), 9)[0] for values in (few, many)]
    assert [row.tobytes() for row in mixed] == [
        alone[0][0].tobytes(),
        alone[1][0].tobytes(),
        alone[0][1].tobytes(),
        alone[1][1].tobytes(),
    ]


def test_progress_counts_every_run_once() -> None:
    seen: list[tuple[int, int]] = []
    simulate(
        VALUES,
        np.zeros(50, np.int64),
        np.arange(50),
        1,
        chunk=8,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (50, 50)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_nothing_to_do_is_done() -> None:
    runs, weeks = simulate(VALUES, np.zeros(0, np.int64), np.zeros(0, np.int64), 1)
    assert len(runs) == len(weeks) == 0


def test_warming_up_compiles_once_and_says_so_afterwards() -> None:
    warm_up()
    assert compiled_here()
    assert run_block.signatures


def test_a_brief_record_has_its_series_as_a_whole_one_and_leaves_the_rest(
    reference: tuple[bytes, bytes],
) -> None:
    whole = np.frombuffer(reference[1], WEEK).reshape(10, -1)
    records, point, run = records_of(VALUES), np.zeros(10, np.int64), np.arange(10)
    state, own = allocate(int(tiles(VALUES["firms"]["goods"]["firms"]).sum())), VALUES.copy()
    outs, weeks = np.zeros(10, RUN), np.zeros(whole.shape, WEEK)
    settings = (records.values, records.dated, records.script, own, own.view(np.int64))
    draws, logs = (point, np.uint64(1), run), (np.zeros((10, 0), ACT), np.zeros((10, 0), ASK))
    run_block(state.whole, state.firms, *settings, *draws, outs, weeks, *logs, 0)
    assert outs.tobytes() == np.frombuffer(reference[0], RUN)[:10].tobytes()
    for name in WEEK.names:
        expected = whole[name] if name in BRIEF else np.zeros_like(whole[name])
        np.testing.assert_array_equal(weeks[name], expected, err_msg=name)
