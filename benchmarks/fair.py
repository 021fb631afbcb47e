"""Like against like, as ratios of one interleaved run: one thread against one process, two threads
against two processes.

The opponents run the same scenario for the same weeks, and where one side keeps weekly series the
other keeps the same ones. One thread and one process are timed in CPU seconds, which other work on
the machine moves little; two threads and two processes by the wall clock.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks.clock import Row, Work, interleaved, ratio
from benchmarks.engines import LONDON
from benchmarks.plain import PlainTruce
from sim.config.params import flatten
from sim.ensemble.execute import available_threads, simulate
from sim.model import TruceModel

__all__ = ["fair", "one_against_one", "two_against_two"]

# name in the table, what it is set against, name of the ratio
_PAIRS = (
    ("ensemble", "plain Mesa", "ensemble over plain Mesa, nothing collected"),
    ("ensemble, weeks kept", "plain Mesa, weeks kept", "ensemble over plain Mesa, weeks kept"),
    (
        "ensemble, weeks kept",
        "batch_run of plain Mesa",
        "ensemble over batch_run of plain Mesa, weeks kept",
    ),
    (
        "ensemble, weeks kept",
        "batch_run of TruceModel",
        "ensemble over batch_run of TruceModel, weeks kept",
    ),
    (
        "batch_run of TruceModel",
        "batch_run of plain Mesa",
        "TruceModel over plain Mesa, both by batch_run",
    ),
)


def fair(runs: int) -> Iterator[Row]:
    """Every fair pair; ``runs`` of the ensemble, and of the slower ones as many as take a
    comparable time.
    """
    yield from one_against_one(runs, max(4, runs // 25), max(2, runs // 200))
    if available_threads() >= 2:
        yield from two_against_two(runs, max(40, runs // 10), max(8, runs // 100))


def one_against_one(many: int, some: int, few: int, repeats: int = 5) -> Iterator[Row]:
    """One thread of the ensemble (``many`` runs) against one process of Mesa: ``some`` runs of
    ours, ``few`` of the plain model.
    """
    works: dict[str, tuple[int, Work]] = {
        "ensemble": (many, partial(_ensemble, many, 0, 1)),
        "ensemble, weeks kept": (many // 4, partial(_ensemble, many // 4, many // 4, 1)),
        "batch_run of TruceModel": (some, partial(_batch, *_ours(some), 1)),
        "plain Mesa": (few, partial(_plain, few, False)),
        "plain Mesa, weeks kept": (few, partial(_plain, few, True)),
        "batch_run of plain Mesa": (few, partial(_batch, *_theirs(few), 1)),
    }
    taken = interleaved(
        {name: work for name, (_, work) in works.items()}, repeats, time.process_time
    )
    each = {name: [spent / works[name][0] for spent in times] for name, times in taken.items()}
    yield from _rows("fair, 1", each, "1 thread or process, CPU time")


def two_against_two(many: int, some: int, few: int, repeats: int = 3) -> Iterator[Row]:
    """Two threads against two processes, by the wall clock; the start of a pool of processes is
    measured separately and subtracted.
    """
    works: dict[str, Work] = {
        "ensemble, weeks kept": partial(_ensemble, many, many, 2),
        "batch_run of TruceModel": partial(_batch, *_ours(some), 2),
        "batch_run of plain Mesa": partial(_batch, *_theirs(few), 2),
        "pool, ours": partial(_batch, *_ours(2), 2),
        "pool, plain": partial(_batch, *_theirs(2), 2),
    }
    taken = interleaved(works, repeats, time.perf_counter)
    start = {name: statistics.median(taken.pop(name)) for name in ("pool, ours", "pool, plain")}
    each = {
        "ensemble, weeks kept": [spent / many for spent in taken["ensemble, weeks kept"]],
        # the start of a pool includes the first two runs, one per process
        "batch_run of TruceModel": [
            (t - start["pool, ours"]) / (some - 2) for t in taken["batch_run of TruceModel"]
        ],
        "batch_run of plain Mesa": [
            (t - start["pool, plain"]) / (few - 2) for t in taken["batch_run of plain Mesa"]
        ],
    }
    yield from _rows(
        "fair, 2", each, "2 threads or processes, wall clock, start of the pool subtracted"
    )
    yield Row(
        "fair, 2",
        "start of a pool of 2 processes",
        start["pool, ours"],
        "s",
        0.0,
        "one run in each included",
    )


def _rows(group: str, each: Mapping[str, list[float]], note: str) -> Iterator[Row]:
    for name, times in each.items():
        middle = statistics.median(times)
        yield Row(group, name, 1.0 / middle, "runs/s", (max(times) - min(times)) / middle, note)
    for fast, slow, name in _PAIRS:
        if fast in each and slow in each:
            yield ratio(group, name, each[slow], each[fast], note)


def _ensemble(runs: int, weekly: int, threads: int) -> None:
    simulate(
        flatten(LONDON).values,
        np.zeros(runs, np.int64),
        np.arange(runs),
        1,
        weekly=weekly,
        threads=threads,
    )


def _plain(runs: int, collect: bool) -> None:
    for run in range(runs):
        model = PlainTruce(LONDON, run, collect)
        model.run_model()
        model.measures()


def _ours(runs: int) -> tuple[type, dict[str, Any]]:
    return TruceModel, {"scenario": LONDON, "seed": 1, "run": list(range(runs)), "collect": "model"}


def _theirs(runs: int) -> tuple[type, dict[str, Any]]:
    return PlainTruce, {"scenario": LONDON, "seed": list(range(runs)), "collect": True}


def _batch(model: type, parameters: dict[str, Any], processes: int) -> None:
    """As ``mesa.batch_run`` comes: it returns the last week of each run, which costs it less than
    returning all.
    """
    import mesa

    mesa.batch_run(model, parameters, number_processes=processes, display_progress=False)
