"""Running a sweep: chunks on threads, each into its part, whatever was there before left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import numpy as np

from sim.config.groups.sweep import Sweep
from sim.config.params import Params, flatten
from sim.config.schema import Scenario
from sim.ensemble.execute import available_threads
from sim.results.tables import column_notes, design_notes, runs_table
from sim.sweeps.chunks import CHUNK_RUNS, Chunk, ChunkRuns, chunks, run_chunk
from sim.sweeps.design import Design
from sim.sweeps.store import Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CORE", "Progress", "chunk_table", "execute", "sweep_notes"]

CORE = (
    "outcome", "weeks_to_first_deal", "weeks_to_first_break", "extensions", "breaches", "protests", "retaliations", "suspensions",
    "lapses", "reentries", "failed_deals", "truce_share", "mean_tariff", "final_tariff", "welfare_loss", "shortage_weeks",
    "licence_wait", "flow", "leverage", "belief_alive", "efficiency", "nash_ratio", "us_surplus_share", "blocking_issue",
)  # fmt: skip
Progress = Callable[[int, int], None]


def chunk_table(made: ChunkRuns, sweep: Sweep, params: Params) -> pd.DataFrame:
    """The rows of a chunk: point, settings, run, measures; the main measures in single precision unless all are kept."""
    keep = tuple(dict.fromkeys((*CORE, *sweep.measures))) if sweep.keep == "core" else ()
    frame = runs_table(made.outs, params, made.run, {"point": made.point, **made.columns}, keep)
    if sweep.keep == "core":
        given = set(made.columns) if sweep.kind in ("grid", "list") else set()  # a drawn value is single precision already
        numbers = [name for name in frame.columns if frame[name].dtype.kind in "if" and name not in given]
        frame = frame.assign(**{name: _smaller(frame[name].to_numpy()) for name in numbers})
    return frame


def sweep_notes(design: Design, params: Params) -> dict[str, dict[str, str]]:
    """Label and unit of every column of a sweep's table."""
    return {**column_notes(params), **design_notes(design.names)}


def execute(
    design: Design,
    scenario: Scenario,
    seed: int,
    store: Store,
    *,
    threads: int = 0,
    size: int = CHUNK_RUNS,
    progress: Progress | None = None,
) -> None:
    """Compute and store every chunk that is missing.

    ``progress`` is called with (chunks done, chunks in all) as they finish.
    """
    pieces = list(chunks(design.sweep, design.rows, size))
    there = store.done()
    params, notes = flatten(scenario), sweep_notes(design, flatten(scenario))

    def work(piece: Chunk) -> int:
        made = run_chunk(design, scenario, seed, piece)
        store.write(piece.number, chunk_table(made, design.sweep, params), notes)
        return piece.number

    missing = [piece for piece in pieces if piece.number not in there]
    done = len(pieces) - len(missing)
    if progress is not None:
        progress(done, len(pieces))
    for _ in in_threads(work, missing, threads or available_threads()):
        done += 1
        if progress is not None:
            progress(done, len(pieces))


def in_threads(work: Callable[[Chunk], int], pieces: Iterable[Chunk], threads: int) -> Iterator[int]:
    """Results as they come; no more than one piece a thread is under way, so an interruption waits for those alone."""
    if threads == 1:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(threads) as pool:
        under_way: set[Future[int]] = set()
        for piece in pieces:
            under_way.add(pool.submit(work, piece))
            if len(under_way) >= threads:
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in finished)
        for future in under_way:
            yield future.result()


def _smaller(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    return values.astype(np.int32) if np.abs(values).max(initial=0) < 2**31 else values
