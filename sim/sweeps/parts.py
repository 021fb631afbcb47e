"""One task of a sweep computed: its rows as columns, and as the bytes of a Parquet part with its mark."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.batch.sweep import Sweep
from sim.config.params import Params, flatten
from sim.results.columns import Named, column_notes, design_notes, runs_columns
from sim.results.files import Mark, content_of_columns, encode_columns
from sim.sweeps.chunks import ChunkRuns, Task, run_task

__all__ = ["CORE", "MadePart", "Progress", "chunk_columns", "part_of", "sweep_notes"]

CORE = (
    "outcome",
    "final_state",
    "weeks_to_first_deal",
    "weeks_to_first_break",
    "weeks_to_first_truce",
    "extensions",
    "breaches",
    "protests",
    "threats",
    "threats_carried",
    "threats_yielded",
    "threats_dropped",
    "measures_taken",
    "crises",
    "crises_broken",
    "crises_repaired",
    "crises_better",
    "crises_rested",
    "swaps",
    "endings",
    "lapses",
    "reentries",
    "breaks",
    "weeks_broken",
    "longest_break",
    "healed",
    "failed_deals",
    "truce_share",
    "mean_tariff",
    "final_tariff",
    "welfare_loss",
    "payoff",
    "shortage_weeks",
    "licence_wait",
    "flow",
    "leverage",
    "belief_alive",
    "efficiency",
    "nash_ratio",
    "us_surplus_share",
    "blocking_issue",
    "surplus_left",
)
Progress = Callable[[int, int], None]
MadePart = tuple[int, bytes]


def chunk_columns(made: ChunkRuns, sweep: Sweep, params: Params) -> dict[str, np.ndarray | Named]:
    """The rows of a chunk: point, settings, run, measures; the main measures in single precision
    unless all are kept.
    """
    first = {"point": made.point, **made.columns}
    if sweep.keep != "core":
        return runs_columns(made.outs, params, made.run, first)
    aim = (sweep.stopping.measure,) if sweep.stopping else ()
    columns = runs_columns(
        made.outs, params, made.run, first, (*CORE, *sweep.measures, *sweep.focus, *aim)
    )
    given = (
        set(made.columns) if sweep.kind in ("grid", "list") else set()
    )  # a drawn value is single precision already
    return {name: values if name in given else _smaller(values) for name, values in columns.items()}


def sweep_notes(names: tuple[str, ...], params: Params) -> dict[str, dict[str, str]]:
    """Label and unit of every column of the table of a sweep that moves ``names``."""
    return {**column_notes(params), **design_notes(names)}


def part_of(task: Task, heard: Progress | None = None) -> MadePart:
    """Compute a task on one thread: its number and its rows as a Parquet file, marked where they
    belong to a plan.
    """
    params, number, mark = flatten(task.scenario), task.chunk.number, None
    made = run_task(task, heard=heard)
    columns = chunk_columns(made, task.sweep, params)
    if task.plan:
        mark = Mark(
            plan=task.plan, number=number, rows=len(made.run), content=content_of_columns(columns)
        )
    return number, encode_columns(columns, sweep_notes(tuple(task.columns), params), mark)


def _smaller(values: np.ndarray | Named) -> np.ndarray | Named:
    if isinstance(values, Named) or values.dtype.kind not in "if":
        return values
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    return values.astype(np.int32) if np.abs(values).max(initial=0) < 2**31 else values
