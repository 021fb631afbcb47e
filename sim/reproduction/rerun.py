"""A result recomputed from its manifest, by every verb that leaves one: what its tables and files
say, by name.

A run is made in memory, a sweep part by part into a temporary folder. The settings go through the
same validation as anyone's; only where to compute (threads, executor) is chosen again, for nothing
depends on it.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import reduce
from importlib import import_module
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sim.batch import Run
from sim.batch.work import Work, work_of_batch, work_of_runs
from sim.config.check import build, to_plain
from sim.config.errors import MACHINE, SimError
from sim.config.scenario import Scenario
from sim.results.files import read_table
from sim.results.manifest import Manifest, recorded_scenarios
from sim.results.observed import Observed
from sim.results.results import scored_tables

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeps.design import Design

__all__ = [
    "STUDIES",
    "WITHOUT_SCENARIO",
    "Parts",
    "differences",
    "exported",
    "recorded_scenario",
    "settings_of",
    "study_tables",
    "weekly_tables",
    "work_of_result",
]

STUDIES = {
    "ask": "sim.studies.answers",
    "claims": "sim.studies.claims",
    "compare": "sim.studies.comparison",
    "sensitivity": "sim.studies.sensitivity_study",
    "discover": "sim.studies.discovery",
    "exercise": "sim.exercises.study",
    "reach": "sim.studies.least_change",
    "tournament": "sim.tournament.play",
    "validate": "sim.validation.report",
}
"""Verbs whose tables are CSV, and the module of each with ``tables_again(manifest, settings,
progress)``: its tables by name, made from what the manifest records; and, where that is not each
scenario once, ``work_again(manifest, settings)``: what making them takes."""
WITHOUT_SCENARIO = ("exercise",)
"""Studies of something else than a scenario, which their manifest records under ``asked``."""
Progress = Callable[[int, int], None]


def recorded_scenario(manifest: Manifest) -> tuple[Scenario, list[str]]:
    """The scenario of a manifest, checked, and the settings that this version reads otherwise than
    they were recorded.

    Raises
    ------
    SimError
        One that this version refuses.
    """
    scenario = build(Scenario, manifest.scenario, "scenario")
    return scenario, differences(manifest.scenario, to_plain(scenario))


def differences(recorded: object, other: object, path: str = "") -> list[str]:
    """Settings by dotted name in which two nested mappings differ."""
    if isinstance(recorded, Mapping) and isinstance(other, Mapping):
        names = [*recorded, *(name for name in other if name not in recorded)]
        gone = object()
        return [
            text
            for name in names
            for text in differences(
                recorded.get(name, gone),
                other.get(name, gone),
                f"{path}.{name}" if path else str(name),
            )
        ]
    same = recorded == other and isinstance(recorded, bool) == isinstance(other, bool)
    return [] if same else [f"{path}: {_value(recorded)} recorded, {_value(other)} found"]


def _value(value: object) -> str:
    return "nothing" if type(value) is object else repr(value)[:80]


def settings_of(manifest: Manifest, threads: int) -> Run:
    """The settings of a batch, computed here on ``threads``.

    Raises
    ------
    SimError
        A manifest that records none, or a name or folder that is none.
    """
    if manifest.run is None:
        raise SimError("a result without the settings of its runs", key="manifest: run")
    alone = manifest.run.engine == "mesa"  # steps one run after another
    return replace(
        manifest.run, threads=0 if alone else threads, executor="local", out=Run().out, address=""
    )


def work_of_result(manifest: Manifest, folder: Path) -> Work:
    """What recomputing a result takes, counted before any of it is made.

    Raises
    ------
    SimError
        A result that this version refuses.
    """
    settings = settings_of(manifest, 0)
    if manifest.verb in STUDIES:
        return _work_of_study(manifest, settings)
    scenario, _ = recorded_scenario(manifest)
    if manifest.verb != "sweep":  # an export is one run
        return work_of_batch(scenario, settings)
    from sim.sweeps.design import work_of_design
    from sim.sweeps.sweep import recorded_sweep

    if manifest.sweep is None:
        raise SimError("a sweep without its design", key="manifest: sweep")
    return work_of_design(recorded_sweep(manifest.sweep, folder, scenario), scenario)


def _work_of_study(manifest: Manifest, settings: Run) -> Work:
    """What a study takes as its module counts it; one that says nothing runs each scenario once."""
    work_again = getattr(import_module(STUDIES[manifest.verb]), "work_again", None)
    if work_again is not None:
        return cast(Work, work_again(manifest, settings))
    runs = (work_of_runs(scenario, settings.runs) for scenario in recorded_scenarios(manifest))
    return reduce(add, runs)


def weekly_tables(
    scenario: Scenario,
    settings: Run,
    progress: Progress | None,
    *,
    example: bool = False,
    logs: bool = False,
    observed: Observed | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables of a run, recomputed in memory; with ``example`` also the weeks of its typical
    run, with ``logs`` what was asked and done, with ``observed`` what it makes of them.
    """
    from sim.api import run

    results = run(
        scenario,
        runs=settings.runs,
        first=settings.first,
        seed=settings.seed,
        weeks=settings.weeks,
        engine=settings.engine,
        threads=settings.threads,
        observed=observed,
        largest=math.inf,
        progress=progress,
    )
    tables = {"runs": results.runs, "weeks": results.weeks}
    if logs:
        tables |= {"transcript": results.transcript, "acts": results.acts}
    if example and results.example is not None:
        tables["example"] = results.example.weeks
    tables |= scored_tables(results)
    return {name: table for name, table in tables.items() if table is not None}


class Parts:
    """The parts of a sweep: those recorded below ``folder``, and the same ones recomputed into
    ``scratch``.

    Parameters
    ----------
    manifest, scenario, settings
        The sweep as it was recorded.
    folder
        The folder of its result; holds the table of a list.
    scratch
        An empty folder for the parts made here.
    """

    def __init__(
        self, manifest: Manifest, scenario: Scenario, settings: Run, folder: Path, scratch: Path
    ) -> None:
        from sim.sweeps.chunks import tiling

        self._scenario, self._settings, self._folder, self._scratch = (
            scenario,
            settings,
            folder,
            scratch,
        )
        self.design = _design(manifest, scenario, folder)
        pieces = tiling(self.design.sweep, self.design.rows, _chunk(folder, self.design))
        self._pieces = {piece.number: piece for piece in pieces}

    @property
    def numbers(self) -> list[int]:
        """All parts."""
        return list(self._pieces)

    def sample(self, count: int) -> list[int]:
        """Some parts at random, in order; all of them where there are no more than ``count``."""
        return sorted(random.SystemRandom().sample(self.numbers, min(count, len(self._pieces))))

    def make(self, numbers: list[int], progress: Progress | None) -> None:
        """Compute parts."""
        from sim.ensemble.execute import available_threads
        from sim.sweeps.chunks import task_of
        from sim.sweeps.execute import on_threads

        seed, report = self._settings.seed, progress or (lambda done, total: None)
        tasks = (
            task_of(self.design, self._scenario, seed, self._pieces[number]) for number in numbers
        )
        with closing(on_threads(tasks, self._settings.threads or available_threads())) as made:
            for done, (number, data) in enumerate(made, 1):
                self._made(number).write_bytes(data)
                report(done, len(numbers))

    def again(self, number: int) -> pd.DataFrame:
        """A part made here."""
        return read_table(self._made(number))

    def recorded(self, number: int) -> Path:
        """The path of a part in the result."""
        return self._folder / "runs" / f"part-{number:06d}.parquet"

    def frames(self) -> Iterator[pd.DataFrame]:
        """All parts made here, in order."""
        return (self.again(number) for number in self.numbers)

    def _made(self, number: int) -> Path:
        return self._scratch / f"part-{number:06d}.parquet"


def _design(manifest: Manifest, scenario: Scenario, folder: Path) -> Design:
    from sim.sweeps.sweep import prepare, recorded_sweep

    if manifest.sweep is None:
        raise SimError("a sweep without its design", key="manifest: sweep")
    return prepare(recorded_sweep(manifest.sweep, folder, scenario), scenario)


def _chunk(folder: Path, design: Design) -> int:
    """Runs of a part as the plan has it; as this version cuts them where there is no plan that
    holds. No value depends on it.
    """
    from sim.sweeps.chunks import chunk_size
    from sim.sweeps.store import Store

    try:
        return Store(folder).plan().chunk
    except SimError as error:
        if error.exit_code == MACHINE:  # a plan that holds, but cannot be read now
            raise
        return chunk_size(design.sweep, design.rows)


def study_tables(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a study, made again by the module that :data:`STUDIES` names.

    Raises
    ------
    SimError
        Scenarios or other entries of the manifest that this version refuses.
    """
    tables_again = import_module(STUDIES[manifest.verb]).tables_again
    return tables_again(manifest, settings, progress)


def exported(manifest: Manifest, scenario: Scenario, settings: Run) -> dict[str, bytes]:
    """The files of an export by name, written again."""
    from sim.export import export

    asked = manifest.export
    if asked is None:
        raise SimError("an export without what it was asked for", key="manifest: export")
    with tempfile.TemporaryDirectory(prefix="tariffsim-") as folder:
        files = export(
            scenario, asked.at, Path(folder), asked.formats, seed=settings.seed, levels=asked.levels
        )
        return {file.name: file.read_bytes() for file in files}
