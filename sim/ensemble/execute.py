"""Chunks of runs on a pool of threads: the same bits for any number of threads and size of chunks.

A run is a pure function of (settings, seed, run), so chunks only decide which thread computes it.
Ctrl-C is handled between chunks.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensemble.parallel_compile import compile_in_parallel

if TYPE_CHECKING:
    from sim.config.params import Params, Records
    from sim.rules.logs import Logs

__all__ = ["available_threads", "compiled_here", "simulate", "warm_up"]

# runs of a chunk: more share out worse at the end and are heard later by Ctrl-C, fewer cost
# Python's calls
_CHUNK, _LEAST = 64, 8
Progress = Callable[[int, int], None]


def available_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate(
    params: np.ndarray | Records | Params,
    point: np.ndarray,
    run: np.ndarray,
    seed: int,
    *,
    weekly: int = 0,
    threads: int = 0,
    chunk: int = 0,
    progress: Progress | None = None,
    logs: Logs | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Measures of ``len(run)`` runs, and the weekly series of the first ``weekly`` of them.

    Parameters
    ----------
    params
        Settings, one record per point with the rows that they date; bare records, shape (points,),
        dtype of :func:`sim.config.params.params_dtype`, where they date nothing.
    point, run
        For each run the row of ``params`` it takes and its run number, both int64, shape (runs,).
    seed
        Seed of all draws, 0 to 2**64 - 1.
    weekly
        How many runs, from the first, keep their weeks.
    threads
        Threads to use; 0 uses all processors.
    chunk
        Runs per chunk; 0 means 64, or fewer where that divides the runs more evenly.
    progress
        Called with (runs done, total runs) after each chunk.
    logs
        Filled with what was asked and done in the first ``weekly`` runs, where given.

    Returns
    -------
    runs, weeks
        Arrays of dtypes RUN, shape (runs,), and WEEK, shape (weekly, weeks).
    """
    from sim.config.params import records_of
    from sim.rules.measures import RUN, WEEK

    count, records = len(run), records_of(params)
    horizon = int(records.values["calendar"]["horizon_weeks"].max()) if weekly else 0
    outs, series = np.zeros(count, RUN), np.zeros((weekly, horizon), WEEK)

    def work(start: int, stop: int) -> int:
        _run_chunk(
            records,
            point[start:stop],
            run[start:stop],
            seed,
            outs[start:stop],
            series[start : min(stop, weekly)],
            logs if start < weekly else None,
        )
        return stop - start

    done = 0
    used = threads or available_threads()
    for finished in _in_pool(work, _spans(count, weekly, chunk or _even(count, used)), used):
        done += finished
        if progress is not None:
            progress(done, count)
    return outs, series


def _even(count: int, threads: int) -> int:
    """Runs per chunk, for at least two chunks per thread, so that a hundred runs keep two threads
    busy to the end.
    """
    return max(_LEAST, min(_CHUNK, -(-count // (2 * threads))))


def _spans(count: int, weekly: int, chunk: int) -> Iterator[tuple[int, int]]:
    """Where each chunk of runs begins and ends; none holds runs that keep their weeks beside
    others.
    """
    start = 0
    while start < count:
        stop = min(start + chunk, count)
        if start < weekly < stop:
            stop = weekly
        yield start, stop
        start = stop


def _run_chunk(
    records: Records,
    point: Any,
    run: Any,
    seed: int,
    outs: Any,
    series: Any,
    logs: Logs | None = None,
) -> None:
    """Run a chunk in its own state, with tiles for its largest population; fills ``outs``,
    ``series`` and ``logs``.
    """
    from sim.ensemble.kernel import run_block
    from sim.rules.measures import WEEK
    from sim.rules.state import ACT, ASK, MOST_ACTS, MOST_ASKS, allocate, tiles

    used = records.values["firms"]["goods"]["firms"][point]
    state, own = allocate(int(tiles(used).sum(axis=1).max())), records.values[:1].copy()
    kept = series if len(series) else np.zeros((len(outs), 0), WEEK)
    most_acts, most_asks = (0, 0) if logs is None else (MOST_ACTS, MOST_ASKS)
    acts, asks = np.zeros((len(outs), most_acts), ACT), np.zeros((len(outs), most_asks), ASK)
    run_block(
        state.whole,
        state.firms,
        records.values,
        records.dated,
        records.script,
        own,
        own.view(np.int64),
        point,
        np.uint64(seed),
        run,
        outs,
        kept,
        acts,
        asks,
        1,
    )
    if logs is not None:
        for n, number in enumerate(run):
            logs.add(int(point[n]), int(number), acts[n], asks[n])


def compiled_here() -> bool:
    """Whether this installation has compiled the kernel before."""
    from sim.rules.compiled import cache_folder

    folder = cache_folder()
    return folder is not None and any(folder.glob("*/kernel.run_block-*.nbi"))


def warm_up() -> None:
    """Compile the kernel or load it, so that the first run does not wait."""
    from sim.config.params import flatten
    from sim.config.scenario import Scenario

    if not _compiled():
        one = np.zeros(1, np.int64)
        simulate(flatten(Scenario()).values, one, one, 0, threads=1)


def _compiled() -> bool:
    """Whether the kernel is in memory already; the first call must not come from two threads at
    once.
    """
    from sim.ensemble.kernel import run_block

    return bool(run_block.signatures)


def _in_pool(
    work: Callable[[int, int], int], spans: Iterator[tuple[int, int]], threads: int
) -> Iterator[int]:
    """Results of ``work`` as they finish, with at most two chunks per thread in progress."""
    if threads == 1 or not _compiled():
        first = next(spans, None)
        with (
            contextlib.nullcontext()
            if compiled_here()
            else compile_in_parallel(available_threads())
        ):
            done = work(*first) if first else 0
        yield done
    if threads == 1:
        yield from (work(*span) for span in spans)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: set[Future[int]] = set()
        try:
            for span in spans:
                waiting.add(pool.submit(work, *span))
                if len(waiting) >= 2 * threads:
                    finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in finished)
            for future in waiting:
                yield future.result()
        except BaseException:
            for future in waiting:
                future.cancel()
            raise
