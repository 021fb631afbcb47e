"""Running a sweep: tasks are computed here or on a cluster, each result is written to its part;
existing parts are kept.

An executor turns tasks into (number, bytes of a part) in any order; the process that owns the store
writes them. This module has the executor with threads, :mod:`sim.sweeps.cluster` the one with Dask.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import numpy as np

from sim.batch import Run
from sim.batch.sweep import Sweep
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import available_threads, simulate
from sim.progress import notice
from sim.results.files import DamagedError, content_hash, read_notes
from sim.sweeps.chunks import CHUNK_RUNS, Chunk, Task, task_of, tiling
from sim.sweeps.design import Design
from sim.sweeps.parts import MadePart, Progress, part_of, sweep_notes
from sim.sweeps.store import Part, Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_parts", "execute", "on_threads"]


class _StoppedError(Exception):
    """Raised inside a thread to stop it."""


def execute(
    design: Design,
    scenario: Scenario,
    run: Run,
    store: Store,
    *,
    plan: str = "",
    size: int = CHUNK_RUNS,
    progress: Progress | None = None,
) -> Iterator[pd.DataFrame]:
    """Compute and store every chunk that is missing, then hand over the rows of all parts in order.

    Parts that were there are read whole, and recomputed where they are not what they were when
    they were written.

    Parameters
    ----------
    design, scenario, run, store
        What is computed, where, and into what.
    plan
        Hash of the plan, which every part carries.
    size
        Runs of a chunk.
    progress
        Called with (runs done, runs in all), or points where a stopping rule decides how many runs
        they get.

    Raises
    ------
    SimError
        An existing part that does not belong to this plan.
    """
    pieces = {piece.number: piece for piece in tiling(design.sweep, design.rows, size)}
    store.clean()
    found = store.done()
    damaged = check_parts(found.values(), pieces, design, plan)
    for number in damaged:
        notice(f"{store.path(number)}: {damaged[number]}; recomputed")
    there = {number: part for number, part in found.items() if number not in damaged}
    _compute(design, scenario, run, store, pieces, there, plan, progress)
    return _read(design, scenario, run, store, pieces, there, plan)


def _compute(
    design: Design,
    scenario: Scenario,
    run: Run,
    store: Store,
    pieces: Mapping[int, Chunk],
    there: Mapping[int, Part],
    plan: str,
    progress: Progress | None,
) -> None:
    """The pieces that are not ``there``."""
    done, total = (
        sum(_weight(p, design.sweep) for p in some)
        for some in ((pieces[n] for n in there), pieces.values())
    )
    report = progress or (lambda done, total: None)
    report(done, total)
    missing = (piece for number, piece in pieces.items() if number not in there)
    tasks = (task_of(design, scenario, run.seed, piece, plan) for piece in missing)
    if len(there) == len(pieces):
        return
    with contextlib.closing(_computed(tasks, run)) as parts:
        for number, data in parts:
            store.write(number, data)
            done += _weight(pieces[number], design.sweep)
            report(done, total)


def _read(
    design: Design,
    scenario: Scenario,
    run: Run,
    store: Store,
    pieces: Mapping[int, Chunk],
    there: Mapping[int, Part],
    plan: str,
) -> Iterator[pd.DataFrame]:
    """The rows of each part; one that was ``there`` is held against the hash of its content, and
    recomputed where it has another.
    """
    notes = sweep_notes(design.names, flatten(scenario))
    for number, piece in pieces.items():
        mark = there[number].mark if number in there else None
        if mark is not None:
            with contextlib.suppress(DamagedError):
                frame = store.read(number, plan)
                noted = read_notes(store.path(number)) == {
                    name: notes.get(name, {}) for name in frame
                }
                if noted and content_hash([frame]) == mark.content:
                    yield frame
                    continue
            notice(f"{store.path(number)}: damaged; recomputed")
            store.write(*part_of(task_of(design, scenario, run.seed, piece, plan)))
        yield store.read(number, plan)


def check_parts(
    parts: Iterable[Part], pieces: Mapping[int, Chunk], design: Design, plan: str = ""
) -> dict[int, str]:
    """Parts that are of the plan with the hash ``plan`` and cannot be used, by number and in words
    why.

    Raises
    ------
    SimError
        Names the part: it belongs to another sweep, or to another plan of this one.
    """
    unusable = {}
    for part in parts:
        piece, mark = pieces.get(part.number), part.mark
        if piece is None:
            raise _misplaced(part, f"parts 0 to {len(pieces) - 1}")
        if plan and mark is None:
            unusable[part.number] = "does not say which plan it is of, as those of older versions"
        elif plan and mark is not None and (mark.plan, mark.number) != (plan, part.number):
            raise _misplaced(part, f"part {part.number} of the plan with the hash {plan[:12]}")
        elif mark is not None and mark.rows != part.rows:
            unusable[part.number] = "rows are missing"
        else:
            _check_rows(part, piece, design.sweep)
    return unusable


def _check_rows(part: Part, piece: Chunk, sweep: Sweep) -> None:
    """Refuse a part that does not hold the rows which its place in the plan has."""
    stop = sweep.stopping.most_runs if sweep.stopping else piece.stop
    most = (piece.last - piece.first) * (max(stop, piece.stop) - piece.start)
    # constraints leave out points, and a stopping rule gives each as many runs as it needs
    fewest = 0 if sweep.constraints or sweep.stopping else most
    rows = f"{most:,} rows of points {piece.first} to {piece.last - 1}, runs {piece.start} to {piece.stop - 1}"
    if (
        not fewest <= part.rows <= most
        or not _within(part.points, piece.first, piece.last)
        or not _within(part.runs, piece.start, max(stop, piece.stop))
    ):
        raise _misplaced(part, rows)


def _within(ends: tuple[int, int], start: int, stop: int) -> bool:
    """Whether all values from the first to the last are below ``stop`` and not below ``start``;
    true where there are none.
    """
    low, high = ends
    return low > high or (start <= low and high < stop)


def _misplaced(part: Part, allowed: str) -> SimError:
    given = f"{part.rows:,} rows of points {part.points[0]} to {part.points[1]}, runs {part.runs[0]} to {part.runs[1]}"
    cure = "restore the plan and the parts, or remove that part to have it recomputed"
    return SimError(
        "not a part of this plan",
        key=f"part {part.number}",
        given=given,
        allowed=allowed,
        cure=cure,
    )


def _computed(tasks: Iterator[Task], run: Run) -> Generator[MadePart, None, None]:
    if run.executor == "dask":
        from sim.sweeps.cluster import on_cluster

        return on_cluster(tasks, run.address, run.threads or available_threads())
    return on_threads(tasks, run.threads or available_threads())


def on_threads(tasks: Iterator[Task], threads: int) -> Generator[MadePart, None, None]:
    """Parts as they finish, at most two tasks per thread in progress; an interruption waits only
    for a few runs.
    """
    halt = threading.Event()

    def heard(done: int, total: int) -> None:
        if halt.is_set():
            raise _StoppedError

    with ThreadPoolExecutor(threads) as pool:
        pool.submit(_load).result()
        under_way: set[Future[MadePart]] = set()
        try:
            for task in tasks:
                under_way.add(pool.submit(part_of, task, heard))
                if len(under_way) >= 2 * threads:
                    finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in finished)
            while under_way:
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in finished)
        except BaseException:
            halt.set()
            for future in under_way:
                future.cancel()
            raise


def _load() -> None:
    """Load compiled code in a single thread other than the main one, where Numba's callbacks would
    swallow a Ctrl-C.
    """
    simulate(flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 0, threads=1)


def _weight(piece: Chunk, sweep: Sweep) -> int:
    points = piece.last - piece.first
    return points if sweep.stopping else points * (piece.stop - piece.start)
