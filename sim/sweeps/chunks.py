"""Chunks: a sweep cut into pieces that are pure functions of the plan, whoever computes them and
whenever.

A chunk is a stretch of points with all their runs, or a stretch of one point's runs where these
alone fill it. Sequential stopping adds runs to a point until the interval of its measure is narrow
enough, within the chunk. A rule that looks early stops where chance made the spread small, and so
pulls rare shares down: it first looks at 60 runs, and counts four more, two of them hits, in the
spread of a share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.batch.sweep import Stopping, Sweep
from sim.config.errors import SimError
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.measures import RUN, RUN_MEASURES
from sim.sweeps.design import Columns, Design, params_of
from sim.vocabulary import OUTCOMES

__all__ = [
    "CHUNK_RUNS",
    "MOST_CHUNK",
    "Chunk",
    "ChunkRuns",
    "Task",
    "chunk_size",
    "chunks",
    "count_chunks",
    "measure_values",
    "run_chunk",
    "run_task",
    "task_of",
    "tiling",
]

CHUNK_RUNS = 4_096
MOST_CHUNK = (
    8_192  # runs: what a plan may ask for, the largest that a version of this software ever made
)
_MOST_PIECES = 2_000_000  # 300 MB of chunks, eight thousand million runs
_LEAST_RUNS, _PIECES = 256, 16
_Z95 = 1.959963984540054
# runs: at 20 a share of 11.7 % came out 0.6 points low, at 60 with the four runs less than a tenth
# of the half width (tests/sweeps/test_stopping.py)
_FIRST_LOOK = 60
_ADDED_RUNS = 4  # Agresti and Coull 1998
Runs = tuple[
    np.ndarray, np.ndarray, np.ndarray
]  # place of the point in its task, run number, record of measures


@dataclass(frozen=True)
class Chunk:
    """Piece ``number`` of a sweep: points from ``first`` to ``last`` and runs from ``start`` to
    ``stop`` of each, ends excluded.
    """

    number: int
    first: int
    last: int
    start: int
    stop: int


@dataclass(frozen=True)
class Task:
    """A chunk with its settings drawn: all that computing it takes, on any machine.

    ``points`` (n,) are point numbers; ``columns`` holds their settings by name, each (n,). ``plan``
    is the hash of the plan whose part the rows will be; empty where they will be nobody's.
    """

    chunk: Chunk
    sweep: Sweep
    scenario: Scenario
    seed: int
    points: np.ndarray
    columns: Columns
    plan: str = ""


@dataclass(frozen=True)
class ChunkRuns:
    """What a chunk gave: for each run its ``point`` and ``run`` number, the ``columns`` of its
    settings and its measures ``outs``.
    """

    point: np.ndarray
    run: np.ndarray
    columns: Columns
    outs: np.ndarray


def chunk_size(sweep: Sweep, rows: int) -> int:
    """Runs of a chunk: few enough that a small sweep keeps several threads busy, and that a large
    one needs little memory.
    """
    return min(CHUNK_RUNS, max(_LEAST_RUNS, rows * sweep.runs // _PIECES))


def chunks(sweep: Sweep, rows: int, size: int = CHUNK_RUNS) -> Iterator[Chunk]:
    """The pieces of a sweep of ``rows`` points, in order; with a stopping rule, sized for the most
    runs it may ask for.
    """
    number = 0
    if sweep.runs > size and sweep.stopping is None:
        for point in range(rows):
            for start in range(0, sweep.runs, size):
                yield Chunk(number, point, point + 1, start, min(start + size, sweep.runs))
                number += 1
        return
    step = _points_a_chunk(sweep, size)
    for first in range(0, rows, step):
        yield Chunk(number, first, min(first + step, rows), 0, sweep.runs)
        number += 1


def count_chunks(sweep: Sweep, rows: int, size: int = CHUNK_RUNS) -> int:
    """How many pieces :func:`chunks` gives, without making them."""
    if sweep.runs > size and sweep.stopping is None:
        return rows * -(-sweep.runs // size)
    return -(-rows // _points_a_chunk(sweep, size))


def _points_a_chunk(sweep: Sweep, size: int) -> int:
    return max(1, size // (sweep.stopping.most_runs if sweep.stopping else sweep.runs))


def tiling(sweep: Sweep, rows: int, size: int) -> tuple[Chunk, ...]:
    """The pieces of a sweep, each run of each point in one of them.

    Raises
    ------
    SimError
        More pieces than memory is meant for, or pieces that overlap or leave a gap.
    """
    if count_chunks(sweep, rows, size) > _MOST_PIECES:
        raise SimError(
            "too many parts",
            key="sweep",
            given=f"parts of {size} runs",
            allowed=f"{_MOST_PIECES:,} parts",
        )
    pieces = tuple(chunks(sweep, rows, size))
    point, run = 0, 0
    for piece in pieces:
        if (piece.first, piece.start) != (point, run):
            raise SimError("parts that do not fit together", key="chunk", given=size)
        point, run = (piece.last, 0) if piece.stop == sweep.runs else (piece.first, piece.stop)
    if (point, run) != (rows, 0):
        raise SimError("parts that leave a gap", key="chunk", given=size)
    return pieces


def task_of(design: Design, scenario: Scenario, seed: int, chunk: Chunk, plan: str = "") -> Task:
    """The chunk with the settings of its points."""
    points, columns = design.block(chunk.first, chunk.last)
    return Task(chunk, design.sweep, scenario, seed, points, columns, plan)


def run_chunk(
    design: Design, scenario: Scenario, seed: int, chunk: Chunk, threads: int = 1
) -> ChunkRuns:
    """Compute one piece: the same bits whatever the threads and the order of pieces."""
    return run_task(task_of(design, scenario, seed, chunk), threads)


def run_task(
    task: Task, threads: int = 1, heard: Callable[[int, int], None] | None = None
) -> ChunkRuns:
    """Compute a task; ``heard`` is called every few runs and may raise to stop it."""
    params, chunk = params_of(task.scenario, task.columns, len(task.points)), task.chunk

    def some(going: np.ndarray, start: int, stop: int) -> Runs:
        """Runs ``start`` to ``stop`` of the points ``going``: point by point, run by run."""
        row, run = np.repeat(going, stop - start), np.tile(np.arange(start, stop), len(going))
        draws = _run_ids(task.sweep, task.points[row], run)
        return row, run, simulate(params, row, draws, task.seed, threads=threads, progress=heard)[0]

    if task.sweep.stopping is None:
        row, run, outs = some(np.arange(len(task.points)), chunk.start, chunk.stop)
    else:
        row, run, outs = _until_narrow(task, task.sweep.stopping, some)
    return ChunkRuns(
        task.points[row], run, {name: values[row] for name, values in task.columns.items()}, outs
    )


def _until_narrow(
    task: Task, stopping: Stopping, some: Callable[[np.ndarray, int, int], Runs]
) -> Runs:
    """More and more runs of the points whose interval is still too wide; sorted by point and
    run.
    """
    names, done = flatten(task.scenario), [_nothing()]
    going, start = np.arange(len(task.points)), task.chunk.start
    stop = min(max(task.chunk.stop, _FIRST_LOOK), max(task.chunk.stop, stopping.most_runs))
    while len(going) and start < stop:
        done.append(some(going, start, stop))
        going = _unsettled(stopping, going, done, names)
        start, stop = stop, min(2 * stop, stopping.most_runs)
    row, run, outs = (np.concatenate(part) for part in zip(*done, strict=True))
    order = np.lexsort((run, row))
    return row[order], run[order], outs[order]


def measure_values(outs: np.ndarray, name: str, params: Params) -> np.ndarray:
    """A measure by its column name, or 1 where a run ended in the outcome of that name."""
    if name in OUTCOMES:
        return (outs["outcome"] == OUTCOMES[name].code).astype(float)
    stem, _, leaf = name.partition(".")
    axis = next(measure.axis for measure in RUN_MEASURES if measure.name == stem)
    if not leaf:
        return outs[stem].astype(float)
    return outs[stem][:, params.names(axis).index(leaf)].astype(float)


def _run_ids(sweep: Sweep, point: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Run ids, which the draws follow from: shared by all points, or a stretch of its own for
    each.
    """
    if sweep.common_random_numbers:
        return run
    most = sweep.stopping.most_runs if sweep.stopping else sweep.runs
    return point * most + run


def _unsettled(stopping: Stopping, going: np.ndarray, done: list, params: Params) -> np.ndarray:
    row = np.concatenate([part[0] for part in done])
    values = np.concatenate([measure_values(part[2], stopping.measure, params) for part in done])
    return np.asarray(
        [k for k in going if _half_width(values[row == k]) > stopping.half_width], np.int64
    )


def _half_width(values: np.ndarray) -> float:
    """Half width of the 95 % interval of a mean; infinite below two values. Of a share, with four
    runs added, half of them hits.
    """
    known = values[~np.isnan(values)]
    runs = len(known)
    if runs < 2:
        return math.inf
    if ((known == 0.0) | (known == 1.0)).all():
        runs += _ADDED_RUNS
        share = (float(known.sum()) + _ADDED_RUNS / 2.0) / runs
        return _Z95 * math.sqrt(share * (1.0 - share) / runs)
    return _Z95 * math.sqrt(float(((known - known.mean()) ** 2).sum()) / (runs - 1) / runs)


def _nothing() -> Runs:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, RUN)
