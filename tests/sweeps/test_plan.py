"""The plan of a sweep: typed and bounded, its parts tile the design, and a part that is not of the
plan is refused.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch.sweep import Stopping, Sweep
from sim.config.errors import BAD_INPUT, SimError
from sim.sweeps.chunks import tiling
from sim.sweeps.store import Plan, Store
from sim.sweeps.sweep import resume


def edit(folder: Path, **parts: object) -> None:
    path = folder / "plan.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").iterdir())}


def test_a_plan_is_a_frozen_record(done):
    plan = Store(done.folder).plan()
    assert (
        isinstance(plan, Plan) and plan.chunk == 256 and plan.run.seed == 1 and plan.overrides == ()
    )
    with pytest.raises(AttributeError):
        plan.chunk = 1


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"chunk": True}, "chunk"),
        ({"chunk": 0}, "chunk"),
        ({"chunk": 10**9}, "chunk"),
        ({"overrides": 3}, "overrides"),
        ({"overrides": [3]}, "overrides.0"),
        ({"run": []}, "run"),
        ({"run": {"seed": -1}}, "run.seed"),
        ({"run": {"plugin": 1}}, "run.plugin"),
        ({"scenario": "london"}, "scenario"),
        ({"sweep": None}, "sweep"),
        ({"started": "2025-11-23"}, "started"),
        ({"rules": None}, "rules"),
        ({"design": {}}, "design"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_plan_is_named(done, parts, place):
    edit(done.folder, **parts)
    before = contents(done.folder)
    with pytest.raises(SimError) as caught:
        resume(done.folder)
    assert place in caught.value.key and caught.value.exit_code == BAD_INPUT
    assert contents(done.folder) == before


@pytest.mark.parametrize("finished", [True, False], ids=["finished", "stopped"])
@pytest.mark.parametrize("chunk", [1, 100, 300, 512, 4096])
def test_parts_cut_otherwise_than_the_plan_says_are_refused_and_left(done, chunk, finished):
    edit(done.folder, chunk=chunk)
    if not finished:
        (done.folder / "manifest.json").unlink()
    before = contents(done.folder)
    with pytest.raises(SimError, match="not a part of this plan"):
        resume(done.folder)
    assert contents(done.folder) == before


def test_a_part_in_anothers_place_is_refused_by_its_number(done):
    runs = done.folder / "runs"
    shutil.copy(runs / "part-000001.parquet", runs / "part-000000.parquet")
    with pytest.raises(SimError, match="part 0: not a part of this plan"):
        resume(done.folder)
    shutil.copy(runs / "part-000001.parquet", runs / "part-000099.parquet")
    with pytest.raises(SimError, match="not a part of this plan"):
        resume(done.folder)


def test_a_plan_of_sixty_megabytes_is_refused(done):
    edit(done.folder, overrides=["x" * 1000] * 60_000)
    with pytest.raises(SimError, match="too large"):
        resume(done.folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_plan_that_is_no_plain_file_is_refused(done):
    (done.folder / "plan.json").unlink()
    (done.folder / "plan.json").symlink_to("/dev/zero")
    with pytest.raises(SimError, match="no plain file"):
        resume(done.folder)
    (done.folder / "plan.json").unlink()
    os.mkfifo(done.folder / "plan.json")
    with pytest.raises(SimError, match="no plain file"):
        resume(done.folder)


@given(st.integers(1, 40), st.integers(1, 90), st.integers(1, 100), st.booleans())
def test_pieces_hold_each_run_of_each_point_once(rows, runs, size, stopping):
    sweep = Sweep(runs=runs, stopping=Stopping(most_runs=runs + 5) if stopping else None)
    held = [
        (point, run)
        for piece in tiling(sweep, rows, size)
        for point in range(piece.first, piece.last)
        for run in range(piece.start, piece.stop)
    ]
    assert held == [(point, run) for point in range(rows) for run in range(runs)]


@pytest.mark.nightly
def test_more_parts_than_memory_is_meant_for_are_refused():
    with pytest.raises(SimError, match="too many parts"):
        tiling(Sweep(runs=1_000_000), 100, 1)


def test_a_finished_sweep_keeps_no_lock(done):
    assert not (done.folder / ".lock").exists()
