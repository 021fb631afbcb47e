"""The gallery: every figure of a result, in the order of the report.

A figure is one file with a function ``draw(subject)`` that takes what it needs from the result and
yields its figures, and one row here: the name of its files, its content, what it needs, the
function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from matplotlib.figure import Figure

from sim.batch import Figures
from sim.config.errors import SimError, nearest
from sim.figures import (
    bargaining,
    fans,
    focus,
    indices,
    licensing,
    lines,
    outcomes,
    phase,
    survival,
    timeline,
)
from sim.figures.encode import house_style
from sim.figures.subject import Drawn, Subject
from sim.results.example import Example
from sim.results.results import Results

__all__ = ["GALLERY", "Need", "Row", "data_of", "figure_of", "figures_of", "not_drawn"]


class Need(NamedTuple):
    """What a figure needs of a result: which kind, whether the result has it, the ``data`` in its
    folder, and what to report if it has none.
    """

    of_sweep: bool
    available: Callable[[Subject], bool]
    data: tuple[str, ...]
    missing: str = ""


class Row(NamedTuple):
    """A figure: name of its files, its content, what it needs, and its function."""

    name: str
    title: str
    needs: Need
    draw: Callable[[Subject], Iterator[Drawn]]


RUNS = Need(False, lambda subject: True, ("runs.parquet",))
WEEKS = Need(
    False,
    lambda subject: subject.results.weeks is not None,
    ("weeks.parquet",),
    "the result has no weekly series (run.weeks=quantiles keeps them)",
)
EXAMPLE = Need(
    False,
    lambda subject: subject.single is not None,
    ("example.parquet", "example.json"),
    "the result has no complete run: it was computed with a strategy in Python, or by an older version",
)
TALKS = Need(
    False,
    lambda subject: subject.single is not None and subject.single.space is not None,
    EXAMPLE.data,
    EXAMPLE.missing,
)
SWEEP = Need(
    True, lambda subject: bool(subject.levers) and subject.sweep.figure != "none", ("runs",)
)
OF_ONE_RUN = (EXAMPLE, TALKS)

GALLERY = (
    Row("outcomes", "shares of the outcomes", RUNS, outcomes.draw),
    Row("timeline", "one run, week by week", EXAMPLE, timeline.draw),
    Row("survival", "how long truces last", RUNS, survival.draw),
    Row("fans", "all runs over time", WEEKS, fans.draw),
    Row("licensing", "licences and shortages", WEEKS, licensing.draw),
    Row("bargaining", "the bargaining of one run", TALKS, bargaining.draw),
    Row("answer", "the sweep's question", SWEEP, focus.draw),
    Row("indices", "which settings matter", SWEEP, indices.draw),
    Row("phase", "outcomes over two settings", SWEEP, phase.draw),
    Row("lines", "outcomes along one setting", SWEEP, lines.draw),
    Row("outcomes", "shares of the outcomes along the first setting", SWEEP, outcomes.draw),
)


def figures_of(results: Results, style: Figures) -> Iterator[tuple[str, Figure]]:
    """Name and figure of all that fits a result, in the order of the gallery."""
    subject = Subject(results, style)
    for row in _rows(results):
        if row.needs.available(subject):
            for end, figure in row.draw(subject):
                yield f"{row.name}{end}", figure


def figure_of(
    results: Results, name: str, style: Figures | None = None, single: Example | None = None
) -> Figure:
    """One figure of a result by its name.

    Parameters
    ----------
    results
        A run or a sweep.
    name
        A name of the gallery; of several figures of that name the first, others by the end of
        their file: ``lines-2``.
    style
        Size and type.
    single
        The run that a figure of one run shows; the result's example unless given.

    Raises
    ------
    SimError
        No such figure of such a result, or one that this result lacks the data for.
    """
    rows = [row for row in _rows(results) if name == row.name or name.startswith(f"{row.name}-")]
    if not rows:
        names = tuple(dict.fromkeys(row.name for row in _rows(results)))
        near = nearest(name, names)
        raise SimError("no such figure", key="plot", given=name, allowed=names, suggestion=near)
    row, subject = rows[0], Subject(results, style or Figures(), single)
    if single is not None and row.needs not in OF_ONE_RUN:
        raise SimError("not a figure of one run", key="run", given=name, cure="leave run out")
    drawn = {}
    if row.needs.available(subject):
        with house_style():
            drawn = {f"{row.name}{end}": figure for end, figure in row.draw(subject)}
    if not drawn:
        why = row.needs.missing or "there is nothing of it to show"
        raise SimError(f"not drawn: {why}", key="plot", given=name)
    found = drawn.get(name) or (next(iter(drawn.values())) if name == row.name else None)
    if found is None:
        raise SimError("no such figure", key="plot", given=name, allowed=tuple(drawn))
    return found


def data_of(results: Results, figure: str) -> list[str]:
    """The files (of a sweep the folder) of a result that hold the data of a figure; none where it
    has no folder.
    """
    row = next(row for row in _rows(results) if figure.startswith(row.name))
    folder = results.folder
    return [name for name in row.needs.data if folder and (folder / name).exists()]


def not_drawn(results: Results) -> list[str]:
    """The figures for this kind of result that are missing, and why."""
    subject = Subject(results, Figures())
    return [
        f"{row.title}: {row.needs.missing}"
        for row in _rows(results)
        if row.needs.missing and not row.needs.available(subject) and not _silent(row, results)
    ]


def _silent(row: Row, results: Results) -> bool:
    """A run without talks has no bargaining to show; that is no missing figure."""
    return row.needs is TALKS and results.example is not None


def _rows(results: Results) -> list[Row]:
    return [row for row in GALLERY if row.needs.of_sweep == bool(results.design)]
