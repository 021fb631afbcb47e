"""Chunks: pure functions of the plan, so that their size, order and threads leave no trace; runs
are added until an interval is narrow.
"""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.batch.sweep import Sweep
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.results.files import content_hash, encode_columns
from sim.sweeps.chunks import (
    ChunkRuns,
    chunk_size,
    chunks,
    measure_values,
    run_chunk,
    run_task,
    task_of,
)
from sim.sweeps.parts import chunk_columns
from sim.vocabulary import OUTCOMES


def table(design, scenario, size, threads=1, seed=1) -> pd.DataFrame:
    made = [
        run_chunk(design, scenario, seed, piece, threads)
        for piece in chunks(design.sweep, design.rows, size)
    ]
    return pd.concat([frame_of(part, design.sweep, scenario) for part in made], ignore_index=True)


def frame_of(made: ChunkRuns, sweep: Sweep, scenario: Scenario) -> pd.DataFrame:
    """A chunk as it comes back from its part."""
    data = encode_columns(chunk_columns(made, sweep, flatten(scenario)), {})
    return pq.read_table(io.BytesIO(data)).to_pandas()


@pytest.mark.parametrize("size", [1, 7, 64, 100, 10_000])
@pytest.mark.parametrize("common", [True, False])
def test_any_size_of_chunk_gives_the_same_content(small, short, size, common):
    design = small(points=8, runs=5, common_random_numbers=common)
    assert content_hash([table(design, short, size)]) == content_hash([table(design, short, 4096)])


def test_pieces_cover_every_run_once(small):
    sweep = small(points=16, runs=50).sweep
    for size in (1, 7, 50, 120, 10_000):
        seen = [
            (point, run)
            for piece in chunks(sweep, 16, size)
            for point in range(piece.first, piece.last)
            for run in range(piece.start, piece.stop)
        ]
        assert sorted(seen) == [(point, run) for point in range(16) for run in range(50)]
        assert len(seen) == len(set(seen))


def test_pieces_are_numbered_in_order(small):
    assert [piece.number for piece in chunks(small().sweep, 64, 33)] == list(range(22))


def test_threads_leave_no_trace(small, short):
    design = small()
    pd.testing.assert_frame_equal(
        table(design, short, 640, threads=1), table(design, short, 640, threads=2)
    )


def test_common_random_numbers_give_all_points_the_same_luck(small, short):
    factors = {"outcomes.weeks_in_force": [4, 5]}
    alike = table(small(kind="grid", factors=factors, runs=30), short, 4096)
    first, last = (
        alike[alike["point"] == point].drop(columns=["point", "outcome", *factors])
        for point in (0, 1)
    )
    pd.testing.assert_frame_equal(first.reset_index(drop=True), last.reset_index(drop=True))
    apart = table(
        small(kind="grid", factors=factors, runs=30, common_random_numbers=False), short, 4096
    )
    first, last = (apart[apart["point"] == point]["flow.magnets"].to_numpy() for point in (0, 1))
    assert (first != last).all()


def test_luck_of_ones_own_does_not_depend_on_constraints(small, short):
    free = table(small(common_random_numbers=False), short, 4096)
    cut = table(small(common_random_numbers=False, constraints=["linkage.cn < 0.5"]), short, 4096)
    kept = free[free["linkage.cn"] < 0.5].reset_index(drop=True)
    pd.testing.assert_frame_equal(cut, kept)


def test_a_chunk_in_which_no_point_is_left_is_an_empty_table(small, short):
    design = small(
        kind="grid", factors={"linkage.cn": [0.0, 0.5, 1.0]}, constraints=["linkage.cn > 0.6"]
    )
    empty = run_chunk(design, short, 1, next(chunks(design.sweep, 3, 10)))
    assert len(frame_of(empty, design.sweep, short)) == 0
    assert content_hash([table(design, short, 10)]) == content_hash([table(design, short, 4096)])


def half_width(values: pd.Series) -> float:
    return 1.96 * values.std() / np.sqrt(len(values))


def test_stopping_adds_runs_until_the_interval_is_narrow_or_the_runs_are_spent(small, short):
    # half of the points are as narrow after the first 60 runs, half are not
    first = table(small(points=16, runs=60), short, 4096).groupby("point")["mean_tariff.us"]
    goal = first.apply(half_width).median()
    stopping = {"measure": "mean_tariff.us", "half_width": goal, "most_runs": 160}
    made = table(small(points=16, runs=10, stopping=stopping), short, 4096)
    counts = made.groupby("point").size()
    widths = made.groupby("point")["mean_tariff.us"].apply(half_width)
    assert set(counts) <= {60, 120, 160}
    assert len(set(counts)) > 1
    assert ((widths <= goal * 1.001) | (counts == 160)).all()
    for point, count in counts.items():
        assert made[made["point"] == point]["run"].tolist() == list(range(count))
        if count > 60:
            half = made[(made["point"] == point) & (made["run"] < (count + 1) // 120 * 60)][
                "mean_tariff.us"
            ]
            assert half_width(half) > goal * 0.999


def test_stopping_gives_the_same_content_in_any_size_of_chunk(small, short):
    design = small(
        points=8, runs=4, stopping={"measure": "breakdown", "half_width": 0.1, "most_runs": 64}
    )
    assert content_hash([table(design, short, 1)]) == content_hash([table(design, short, 4096)])


def test_a_share_of_nought_needs_more_than_two_runs(small, short):
    stopping = {"measure": "breakthrough", "half_width": 0.05, "most_runs": 200}
    made = table(small(points=2, runs=2, stopping=stopping), short, 4096)
    assert not (made["outcome"] == "breakthrough").any()
    assert made.groupby("point").size().min() >= 30


def test_a_stopping_rule_bounds_the_runs_a_chunk_may_grow_to(small):
    stopping = {"measure": "breakdown", "half_width": 0.1, "most_runs": 2000}
    for piece in chunks(small(runs=2, stopping=stopping).sweep, 64, 4096):
        assert (piece.last - piece.first) * 2000 <= 4096


def test_chunks_of_a_small_sweep_are_many_and_those_of_a_large_one_not_large(small):
    sweep = small(runs=60).sweep
    assert len(list(chunks(sweep, 42, chunk_size(sweep, 42)))) >= 8
    assert chunk_size(sweep, 10**6) == 4096


@pytest.mark.parametrize(
    "name",
    [
        *OUTCOMES,
        "extensions",
        "mean_tariff.cn",
        "lost_output.cloud",
        "final_level.ai_chips",
        "flow.chips",
    ],
)
def test_a_measure_is_found_by_its_column_name(small, short, name):
    design = small(points=2)
    made = run_chunk(design, short, 1, next(chunks(design.sweep, 2)))
    params = flatten(short)
    values = measure_values(made.outs, name, params)
    frame = frame_of(made, small(points=2, keep="all").sweep, short)
    expected = (frame["outcome"] == name) if name in OUTCOMES else frame[name]
    np.testing.assert_array_equal(values, expected.to_numpy(float))


def test_a_task_can_be_stopped_on_its_way(small, short):
    design = small(points=64, runs=10)

    class EnoughError(Exception):
        pass

    def heard(done, total):
        if done > 100:
            raise EnoughError

    with pytest.raises(EnoughError):
        run_task(task_of(design, short, 1, next(chunks(design.sweep, 64))), heard=heard)
