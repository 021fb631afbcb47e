"""The folder of a study: its tables with their codebook, its scenarios, figures, report and
manifest. Written once, for every verb whose tables are small enough for CSV.

The way back is :mod:`sim.reproduction.rerun`, which makes the tables again from the manifest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.batch import Figures, Run
from sim.config.check import to_plain
from sim.config.compose import write_scenario
from sim.config.scenario import Scenario
from sim.figures.write import write_figures
from sim.report import Picture, Report, write_report
from sim.results.codebook import write_csv_tables
from sim.results.columns import Notes
from sim.results.files import content_hash
from sim.results.folder import atomic_write, cleared_on_failure, prepare_folder
from sim.results.manifest import Manifest, make_manifest, write_manifest

__all__ = ["Order", "Study", "note_of", "write_study"]

_ENDS = {"low": "lower end of the 95 % interval", "high": "upper end of the 95 % interval"}
_MOST_NAME = 80
DrawFigures = Callable[[Figures], Iterable[tuple[str, Figure]]]
MakeReport = Callable[[Manifest, Sequence[Picture]], Report]


@dataclass(frozen=True, kw_only=True)
class Study:
    """What a study leaves.

    Attributes
    ----------
    verb
        The verb that made it, and that reproduces it.
    answer
        The answer in a line.
    tables
        Its tables by name: ``outcomes`` becomes ``outcomes.csv``.
    notes
        Label and unit of each column. Of ends of intervals (``share.low``, or ``low`` after the
        value) none is needed.
    scenarios
        Its scenarios by name, the one that its manifest is named by first.
    name, title
        What it is called where it has no scenario.
    runs, seed
        Runs of each of its parts, and the seed of all draws.
    precision
        The half width that was asked for; 0 where runs were.
    recorded
        Entries of the manifest that say what it was asked for, so that it can be made again; for a
        new verb ``{"asked": {...}}``.
    files
        Other files by name.
    """

    verb: str
    answer: str
    tables: Mapping[str, pd.DataFrame]
    notes: Notes
    runs: int
    seed: int
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    name: str = ""
    title: str = ""
    precision: float = 0.0
    recorded: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a study is to be written.

    Attributes
    ----------
    out
        Where its folder ``<verb>/<name>-<time>`` is made.
    folder
        An empty folder to write into, instead of a new one below ``out``.
    name
        What the folder is called; the scenarios' names unless given.
    words
        The command line after the verb, for the manifest.
    style
        Formats, size and resolution of the figures, and whether there are any and a report.
    threads, started
        How many threads it was given and when it began, for the manifest.
    """

    out: Path | str = "outputs"
    folder: Path | None = None
    name: str = ""
    words: Sequence[str] = ()
    style: Figures = field(default_factory=Figures)
    threads: int = 0
    started: dt.datetime | None = None


def write_study(
    study: Study, order: Order, report: MakeReport, figures: DrawFigures | None = None
) -> Path:
    """Write a study's folder, whole or not at all; returns the folder.

    Parameters
    ----------
    study
        What there is to write.
    order
        Where and how.
    report
        Makes the report from the manifest and the pictures.
    figures
        Draws the figures in a style: name and figure of each.

    Raises
    ------
    SimError
        The machine refuses to write.
    """
    style, started = order.style, order.started or dt.datetime.now(dt.UTC)
    name = order.name or "-".join(study.scenarios)[:_MOST_NAME] or study.name
    folder = order.folder or prepare_folder(order.out, study.verb, name)
    with cleared_on_failure(folder):
        write_csv_tables(folder, study.tables, lambda column: note_of(study.notes, column))
        for file, data in study.files.items():
            with atomic_write(folder / file) as part:
                part.write_bytes(data)
        for called, scenario in study.scenarios.items():
            file = "scenario.yaml" if len(study.scenarios) == 1 else f"scenario-{called}.yaml"
            write_scenario(scenario, folder / file)
        manifest = _manifest(study, order, started)
        drawn = figures(style) if figures is not None and style.draw else ()
        _, pictures = write_figures(drawn, folder, style)
        if style.report:
            write_report(report(manifest, pictures), folder / "report.html")
        write_manifest(manifest, folder)
    return folder


def note_of(notes: Notes, column: str) -> dict[str, str]:
    """Label and unit of a column; ends of intervals have the unit of what they enclose."""
    if column in notes:
        return dict(notes[column])
    whole, _, end = column.rpartition(".")
    if not whole:
        return {"label": _ENDS[end], "unit": "that of the value before it"}
    of = notes[whole]
    return {"label": f"{of['label']}: {_ENDS[end]}", "unit": of["unit"]}


def _manifest(study: Study, order: Order, started: dt.datetime) -> Manifest:
    scenarios = tuple(to_plain(scenario) for scenario in study.scenarios.values())
    manifest = make_manifest(
        verb=study.verb,
        scenario=scenarios[0] if scenarios else {"name": study.name, "title": study.title},
        run=Run(
            runs=study.runs,
            precision=study.precision,
            seed=study.seed,
            name=order.name,
            threads=order.threads,
        ),
        overrides=tuple(order.words),
        engine="ensemble",
        started=started,
    )
    content = {name: content_hash([table]) for name, table in study.tables.items()}
    return replace(
        manifest, answer=study.answer, scenarios=scenarios, content=content, **study.recorded
    )
