"""One result: in memory, or lazily from its folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.batch.sweep import Sweep
from sim.config.errors import SimError
from sim.config.fields import Group, settings_of
from sim.config.locate import path_given
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.results.codebook import write_codebook
from sim.results.columns import BANDS, Notes, column_notes, joint_notes
from sim.results.example import Example, read_example, write_example
from sim.results.files import PARTS, content_hash, read_columns, read_notes, read_table, write_table
from sim.results.folder import atomic_write
from sim.results.logs import ACTS_NOTES, TRANSCRIPT_NOTES
from sim.results.manifest import NAME, Manifest, changed_files, read_manifest, write_manifest
from sim.results.observed import Observed, observed_in
from sim.results.record import LIST
from sim.results.speaking import Speaking
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "Results",
    "changes_of",
    "codebook_of",
    "content_of",
    "load_results",
    "save",
    "scored_tables",
]

_NUMBERS = "fiu"  # kinds of numpy's dtypes: floats, integers, unsigned integers


class Results(Speaking):
    """What a run or a sweep gave; what it can be asked is in
    :class:`sim.results.speaking.Speaking`.

    Attributes
    ----------
    scenario
        The scenario, frozen.
    runs
        One row per run: settings of the design where there is one, run number, outcome, measures.
    weeks
        Weekly series (see :func:`sim.results.weeks_table`), or None where none were kept.
    transcript, acts
        What governments were asked and answered, and what they did, in the runs of the table of
        weeks; None where no weeks were kept.
    example
        The typical run in full (:class:`sim.results.example.Example`); None where none was kept: of
        sweeps, of strategies in Python, and of results made before examples were.
    sweep
        The sweep that it is of, frozen; None for a run.
    manifest
        How it was made; ``manifest.content`` hashes what the tables say.
    folder
        Its folder on disk, or None.
    """

    def __init__(
        self,
        scenario: Scenario,
        manifest: Manifest,
        *,
        sweep: Sweep | None = None,
        runs: pd.DataFrame | None = None,
        weeks: pd.DataFrame | None = None,
        notes: Notes | None = None,
        folder: Path | None = None,
        make_example: Callable[[], Example | None] | None = None,
        held_scores: Any = None,
        logs: Mapping[str, pd.DataFrame] | None = None,
    ) -> None:
        self.scenario, self.manifest, self.sweep, self.folder = scenario, manifest, sweep, folder
        self._make_example, self.held_scores = make_example, held_scores
        self._runs, self._weeks, self._notes = runs, weeks, notes
        self._held: pa.Table | None = None
        self._logs = logs or {}

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The table of runs, with the labels of their points."""
        return self._runs if self._runs is not None else self._labelled(self.table())

    @cached_property
    def weeks(self) -> pd.DataFrame | None:
        """The table of weeks."""
        if self._weeks is not None or self.folder is None or "weeks" not in self.manifest.content:
            return self._weeks
        return read_table(self.folder / "weeks.parquet")

    @cached_property
    def transcript(self) -> pd.DataFrame | None:
        """What governments were asked, and answered, in the runs of the table of weeks."""
        return self._log("transcript")

    @cached_property
    def acts(self) -> pd.DataFrame | None:
        """What governments did in the runs of the table of weeks (docs/strategies.md, *The log*)."""
        return self._log("acts")

    def _log(self, name: str) -> pd.DataFrame | None:
        if name in self._logs or self.folder is None or name not in self.manifest.content:
            return self._logs.get(name)
        return read_table(self.folder / f"{name}.parquet")

    @cached_property
    def example(self) -> Example | None:
        """The typical run in full: made by the maker of the result when first asked for, or
        read.
        """
        if self._make_example is not None:
            return self._make_example()
        return read_example(self.folder) if self.folder else None

    @cached_property
    def notes(self) -> Notes:
        """Label and unit of every column of both tables."""
        if self._notes is not None:
            return self._notes
        known = {**column_notes(self.params, weekly=True), **column_notes(self.params)}
        if self.folder is None:
            return known
        copies = self.sweep.copies if self.sweep else {}
        return {**known, **joint_notes(read_notes(self._runs_path), copies)}

    @cached_property
    def params(self) -> Params:
        """The scenario as numbers, with the names behind indices."""
        return flatten(self.scenario)

    @cached_property
    def observed(self) -> Observed | None:
        """The observed series that it was given; None where it was given none."""
        return observed_in(self.manifest.asked) if self.manifest.verb == "run" else None

    @property
    def design(self) -> tuple[str, ...]:
        """Names of the settings that a sweep moved; empty for a run."""
        return self.manifest.design

    @property
    def weekly_runs(self) -> int:
        """Over how many runs the table of weeks is: the first of them, where there are very
        many.
        """
        return self.manifest.weekly_runs

    @cached_property
    def title(self) -> str:
        """What figures call it: ``London, June 2025, with 2 changes`` where settings leave the
        scenario of that name.
        """
        title, count = self.scenario.title or self.scenario.name, len(changes_of(self.scenario))
        return title if not count else f"{title}, with {count} change{'' if count == 1 else 's'}"

    def table(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Some columns of the table of runs, read from disk where it is not in memory."""
        if self._runs is not None:
            return self._runs[columns] if columns else self._runs
        if self.folder is None:
            raise SimError("this result holds no table of runs")
        if columns and self.sweep and set(columns) & set(self.sweep.labels):
            others = [name for name in columns if name not in self.sweep.labels]
            return self._labelled(self.table(list(dict.fromkeys(["point", *others]))))[columns]
        if self._held is not None and columns and set(columns) <= set(self._held.column_names):
            return self._held.select(columns).to_pandas()
        return read_table(self._runs_path, columns, self.manifest.plan_hash)

    @cached_property
    def labels(self) -> pd.DataFrame | None:
        """What the points of a list are called, one row per point; None where nothing names them."""
        if self.folder is None or not (self.sweep and self.sweep.labels):
            return None
        return read_table(self.folder / LIST, list(self.sweep.labels))

    def _labelled(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with the labels of each row's point, behind the point."""
        if self.labels is None:
            return table
        own = self.labels.iloc[table["point"]].set_axis(table.index)
        place = table.columns.get_loc("point") + 1
        for offset, name in enumerate(own):
            table.insert(place + offset, name, own[name])
        return table

    @property
    def columns(self) -> list[str]:
        """Names of the columns of the table of runs, which is not read for them."""
        return (
            self._runs.columns.tolist()
            if self._runs is not None
            else list(read_notes(self._runs_path))
        )

    def experiments(
        self, measures: Sequence[str] = ()
    ) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
        """A sweep as tools of scenario discovery take it (EMA Workbench's ``experiments,
        outcomes``; PRIM, CART).

        Parameters
        ----------
        measures
            Columns wanted, or outcomes, each 1 where a run ended in it; the four outcomes unless
            given.

        Returns
        -------
        pandas.DataFrame, dict
            The settings moved, one row per run: float64, whole numbers too, or category for words
            and flags (PRIM passes over single precision, fails on text, and puts a box's edge
            between two whole numbers, which an integer column cannot hold). And each measure as
            float64, shape (runs,).

        Raises
        ------
        SimError
            A run, which moved nothing, or a measure that the table does not hold.
        """
        if not self.design:
            raise SimError("a run moved no setting", key="experiments", cure="hand over a sweep")
        table = self.table(
            [*self.design, "outcome", *(name for name in measures if name not in OUTCOMES)]
        )
        ended = table["outcome"].astype(str).to_numpy()
        found = {
            name: (ended == name).astype(float) if name in OUTCOMES else table[name].to_numpy(float)
            for name in measures or OUTCOMES
        }
        kinds = {
            name: "float64" if table[name].dtype.kind in _NUMBERS else "category"
            for name in self.design
        }
        return table[list(self.design)].astype(kinds), found

    @contextlib.contextmanager
    def holding(self, columns: Sequence[str]) -> Iterator[None]:
        """Read a few columns of runs once for all who ask for them in the block."""
        if self._runs is None and self.folder is not None and self._held is None:
            self._held = read_columns(self._runs_path, columns, self.manifest.plan_hash)
        try:
            yield
        finally:
            self._held = None

    @property
    def _runs_path(self) -> Path:
        assert self.folder is not None
        single = self.folder / "runs.parquet"
        return single if single.exists() else self.folder / "runs"

    def __repr__(self) -> str:
        where = f", folder={self.folder.name!r}" if self.folder else ""
        return (
            f"Results({self.title!r}, {self.manifest.verb}, engine={self.manifest.engine!r}{where})"
        )


def save(results: Results, folder: Path) -> Results:
    """Write tables and scenario of a result held in memory, then the manifest; the result as it
    stands on disk.
    """
    from sim.config.compose import write_scenario

    example, weekly = (
        results.example,
        {**results.notes, **column_notes(results.params, weekly=True)},
    )
    write_table(results.runs, folder / "runs.parquet", results.notes)
    content = content_of(results)
    if results.weeks is not None:
        write_table(results.weeks, folder / "weeks.parquet", weekly)
    for name, table in _logs_of(results).items():
        write_table(table, folder / f"{name}.parquet", _LOGS[name])
    if example is not None:
        write_example(example, folder, weekly)
    for name, table in scored_tables(results).items():
        with atomic_write(folder / f"{name}.csv") as part:
            table.to_csv(part, index=False, lineterminator="\n")
    write_codebook(folder, codebook_of(results))
    write_scenario(results.scenario, folder / "scenario.yaml")
    complete = write_manifest(replace(results.manifest, content=content), folder)
    return Results(
        results.scenario,
        complete,
        runs=results.runs,
        weeks=results.weeks,
        notes=results.notes,
        folder=folder,
        make_example=lambda: example,
        held_scores=results.held_scores,
        logs=_logs_of(results),
    )


_LOGS = {"transcript": TRANSCRIPT_NOTES, "acts": ACTS_NOTES}


def _logs_of(results: Results) -> dict[str, pd.DataFrame]:
    """The tables of what was asked and done; none where no weeks were kept."""
    tables = {"transcript": results.transcript, "acts": results.acts}
    return {name: table for name, table in tables.items() if table is not None}


def scored_tables(results: Results) -> dict[str, pd.DataFrame]:
    """The tables of what its runs make of the observed series, by name; none where it was given
    none.
    """
    scored = results.scored
    return {} if scored is None else {"observed": scored.observed, "scores": scored.scores}


def content_of(results: Results) -> dict[str, str]:
    """Content hash of each table of a result held in memory, the weeks of its example among
    them.
    """
    tables = {"runs": results.runs, "weeks": results.weeks}
    if results.example is not None:
        tables["example"] = results.example.weeks
    tables |= scored_tables(results) | _logs_of(results)
    return {name: content_hash([table]) for name, table in tables.items() if table is not None}


def changes_of(scenario: Scenario) -> list[str]:
    """Settings by dotted name in which a scenario leaves the one of its name in
    ``configs/scenario``, and items that are added or removed; none where it has a title or name of
    its own.
    """
    from sim.config.compose import load
    from sim.config.options import SCENARIOS, groups

    if scenario.name not in groups(Scenario)[SCENARIOS]:
        return []
    named = load(f"scenario={scenario.name}")
    if scenario.title != named.title:
        return []
    here, there = (set(_items(one)) for one in (scenario, named))
    changed = here ^ there
    names = (
        next((item for item in changed if name.startswith(f"{item}.")), name)
        for name in scenario.diff(named)
        if name != "about"
    )
    return list(dict.fromkeys(names))


def _items(node: Group, path: str = "") -> Iterator[str]:
    """Dotted names of the named items below a group."""
    for name, setting in settings_of(type(node)).items():
        if setting.kind == "mapping":
            yield from (f"{path}{name}.{item}" for item in getattr(node, name))
        elif setting.kind == "group":
            yield from _items(getattr(node, name), f"{path}{name}.")


def codebook_of(results: Results) -> dict[str, Notes]:
    """Label and unit of what the tables hold, table by table; a long table of weeks by its
    series.
    """
    tables = {"runs": {name: results.notes.get(name, {}) for name in results.runs.columns}}
    if results.weeks is not None:
        weekly = {**results.notes, **column_notes(results.params, weekly=True), **BANDS}
        names = results.weeks.columns.tolist()
        if "series" in names:
            names += results.weeks["series"].unique().tolist()
        tables["weeks"] = {name: weekly.get(name, {}) for name in names}
    tables |= {name: _LOGS[name] for name in _logs_of(results)}
    if results.example is not None:
        single = {**results.notes, **column_notes(results.params, weekly=True)}
        tables["example"] = {name: single.get(name, {}) for name in results.example.weeks.columns}
    if results.scored is not None:
        tables |= results.scored.notes
    return tables


def load_results(path: Path | str, *, check: bool = False) -> Results:
    """A result from its folder, or from the manifest or a table in it; tables are read when they
    are asked for.

    Parameters
    ----------
    path
        The folder, or a file in it.
    check
        Read every file and hold it against the manifest's hashes. Else the parts of a sweep are
        counted and measured, and each is held against its own mark and checksums when it is read.

    Raises
    ------
    SimError
        Not a result, a result of a later version, one whose scenario this version refuses, or one
        whose tables are not as they were made.
    """
    from sim.batch.read import build_sweep
    from sim.config.check import build
    from sim.config.scenario import Scenario

    given = path_given(path, "load_results")
    beside = given.suffix == ".parquet" and given.is_file()
    file = given / NAME if given.is_dir() else given.parent / NAME if beside else given
    manifest = read_manifest(file)
    _check_files(file.parent, manifest, check)
    scenario = build(Scenario, manifest.scenario, "scenario")
    sweep = build_sweep(manifest.sweep, scenario, recorded=True) if manifest.sweep else None
    return Results(scenario, manifest, sweep=sweep, folder=file.parent)


def _check_files(folder: Path, manifest: Manifest, every: bool) -> None:
    """Refuse files that are not as the manifest says: ``every`` byte, or the lengths of a sweep's
    parts.
    """
    if not every and not (folder / PARTS).exists():
        return
    changed = changed_files(folder, manifest, ("",) if every else (f"{PARTS}/",), cheaply=not every)
    if changed:
        cure = "tariffsim sweep resume=FOLDER makes parts of a sweep again; tariffsim reproduce says what differs"
        raise SimError("not as it was made", key=str(folder), given="; ".join(changed), cure=cure)
