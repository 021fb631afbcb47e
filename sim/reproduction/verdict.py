"""Make a result again and say whether it came out the same: schema, files, scenario, version,
environment, then the tables.

Nothing is written but to a temporary folder. What is found stands in a :class:`Reproduction`; what
keeps a result from being reproduced at all is an error.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.observed_scores import TABLES as SCORED
from sim.batch import Run
from sim.batch.work import LARGEST, Work, check_work, work_of_batch
from sim.config.check import to_plain
from sim.config.compose import read_scenario
from sim.config.errors import MACHINE, SimError
from sim.reproduction.archive import Source, failed_jobs, is_multirun, opened
from sim.reproduction.compare import (
    CLOSE,
    DIFFERENT,
    SAME,
    UNKNOWN,
    TableComparison,
    compare_csv,
    compare_parquet,
    merged,
    with_other_hash,
)
from sim.reproduction.rerun import (
    STUDIES,
    WITHOUT_SCENARIO,
    Parts,
    differences,
    exported,
    recorded_scenario,
    settings_of,
    study_tables,
    weekly_tables,
    work_of_result,
)
from sim.results.files import content_hash
from sim.results.machine import (
    T0,
    T1,
    T2,
    Change,
    changes,
    check_version,
    environment,
    promised,
    requirements,
)
from sim.results.manifest import NAME, Manifest, changed_files, read_manifest
from sim.results.observed import observed_in

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.scenario import Scenario

__all__ = ["Reproduction", "check_files", "environment_of", "reproduce", "work_of_path"]

Progress = Callable[[int, int], None]
_TIERS = {
    T0: "T0 (the same bits on the same kind of machine with the same versions)",
    T1: "T1 (the same bits elsewhere)",
    T2: "T2 (the same outcomes but for those listed, numbers within 1e-9)",
}


@dataclass
class Reproduction:
    """What came of making a result again.

    Attributes
    ----------
    name
        What was reproduced.
    files
        Files that are not as the manifest says.
    changes
        What differs in the environment, the likeliest to matter first.
    expected
        Tier of identity promised between the two environments; None under other rules.
    tables
        What became of each table.
    scope
        What was recomputed, where that is not everything.
    content
        Content hash of each table made here.
    notes
        What else there is to know.
    parts
        For a multirun, one of these a job.
    """

    name: str
    files: list[str] = field(default_factory=list)
    changes: tuple[Change, ...] = ()
    expected: str | None = None
    tables: list[TableComparison] = field(default_factory=list)
    scope: str = ""
    content: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    parts: list[Reproduction] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether every table has the same bits and every file is as it was made."""
        if self.parts:
            return not self.files and all(part.same for part in self.parts)
        return not self.files and all(table.verdict == SAME for table in self.tables)

    @property
    def tier(self) -> str | None:
        """The tier of identity that the tables met; None where they met none, or nothing was
        compared.
        """
        if self.parts:
            met = [part.tier for part in self.parts]
            return max((tier for tier in met if tier), default=None) if all(met) else None
        if not self.tables or any(table.verdict in (DIFFERENT, UNKNOWN) for table in self.tables):
            return None
        if any(table.verdict == CLOSE for table in self.tables):
            return T2
        return T0 if self.expected == T0 else T1

    @property
    def kept(self) -> bool:
        """Whether what is promised between the two environments holds: the same, or T2 where no
        more is promised.
        """
        if self.parts:
            return not self.files and all(part.kept for part in self.parts)
        return self.same or (not self.files and self.expected == T2 and self.tier == T2)

    @property
    def differences(self) -> list[str]:
        """Every difference found, in a line or a few each: files, tables, and then the environment
        that may explain them.
        """
        if self.parts:
            below = [f"{part.name}: {text}" for part in self.parts for text in part.differences]
            return [*(f"file {text}" for text in self.files), *below]
        tables = [str(table) for table in self.tables if table.verdict != SAME]
        return [
            *(f"file {text}" for text in self.files),
            *tables,
            *(str(change) for change in self.changes),
        ]

    @property
    def verdict(self) -> str:
        """The answer in a line."""
        if not self.parts and not self.tables:
            return "made; nothing to compare with"
        if self.same:
            return f"same; tier met: {_TIERS[self.tier or T1]}"
        tables = [table for part in self.parts or [self] for table in part.tables]
        if all(table.verdict == SAME for table in tables):
            return "the tables are the same; files differ from what the manifest says"
        if self.tier == T2:
            return f"not the same bits; tier met: {_TIERS[T2]}" + (
                "" if self.kept else f"; promised was {self.expected}"
            )
        return "different; no tier met"

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.verdict}"]
        if self.scope:
            lines.append(f"  recomputed: {self.scope}")
        lines += [f"  file {text}" for text in self.files]
        lines += [f"  {line}" for table in self.tables for line in str(table).splitlines()]
        lines += [
            f"  content of {name}: {digest}"
            for name, digest in self.content.items()
            if not self.tables
        ]
        lines += [f"  {change}" for change in self.changes]
        lines += [f"  {note}" for note in self.notes]
        lines += [f"  {line}" for part in self.parts for line in str(part).splitlines()]
        return "\n".join(lines)


def reproduce(
    path: Path | str,
    *,
    chunks: int = 0,
    allow_version: bool = False,
    threads: int = 0,
    largest: float = LARGEST,
    progress: Progress | None = None,
    estimated: Callable[[Work], None] | None = None,
) -> Reproduction:
    """Make a result again and compare it, bit for bit, with what was recorded.

    Parameters
    ----------
    path
        The folder of what any verb leaves; its manifest or report; the archive of ``tariffsim
        bundle``; or a ``scenario.yaml``, which is run.
    chunks
        Of a sweep, make only so many parts again, taken at random; 0 makes all.
    allow_version
        Go on where the rules or the version are others than those recorded.
    threads
        Threads; 0 takes every processor. No bit depends on them.
    largest
        Hours of one processor that it may take, whatever the result asks for.
    progress
        Called with (done, in all).
    estimated
        Called with the work before any of it begins.

    Raises
    ------
    SimError
        Nothing to reproduce, a result of a later schema, one this version refuses, more work than
        ``largest``, or (exit code 3) one of other rules.
    """
    if chunks < 0:
        raise SimError("fewer than none", key="chunks", given=chunks, allowed="0 (all) or more")
    with opened(path) as source:
        work = _work_of(source, chunks)
        check_work(work, largest)
        if estimated is not None:
            estimated(work)
        if source.scenario is not None:
            return _made(source.scenario, threads, progress)
        job = _Job(chunks, allow_version, threads, progress)
        called = Path(path).name or str(path)
        if source.container is None:
            return job.reproduce(source.manifests[0], called, source.alone)
        folder = source.container
        parts = [
            job.reproduce(manifest, manifest.parent.name, source.alone)
            for manifest in source.manifests
        ]
        failed = failed_jobs(folder)
        notes = (
            [f"failed when they were made, and not recomputed: {', '.join(failed)}"]
            if failed
            else []
        )
        return Reproduction(called, _problems_of_multirun(folder, parts), parts=parts, notes=notes)


def check_files(path: Path | str) -> tuple[int, list[str]]:
    """How many files the manifests at ``path`` list, and those of them, by name, that are not as
    they say. Every byte is read, nothing is recomputed.

    Raises
    ------
    SimError
        Nothing to check: no result there, or a manifest without its files.
    """
    with opened(path) as source:
        above = source.container if source.container and is_multirun(source.container) else None
        files = [*([above / NAME] if above else []), *source.manifests]
        listed, wrong = 0, list[str]()
        for file in files:
            manifest, folder = read_manifest(file), file.parent
            inside = "" if source.container in (None, folder) else f"{folder.name}/"
            listed += len(manifest.files)
            wrong += [f"{inside}{text}" for text in changed_files(folder, manifest)]
            there = any((folder / name).exists() for name in manifest.files)
        if not files or (source.alone and not there):
            cure = "give the result folder, or the bundle"
            raise SimError("no files beside it to check", key=str(path), cure=cure)
    return listed, wrong


def work_of_path(path: Path | str, chunks: int = 0) -> Work:
    """What reproducing what is at ``path`` takes; arguments as :func:`reproduce`."""
    with opened(path) as source:
        return _work_of(source, chunks)


def _work_of(source: Source, chunks: int) -> Work:
    """What all results of a source take together; one that is refused takes nothing, and says so
    when its turn comes.
    """
    if source.scenario is not None:
        return work_of_batch(read_scenario(source.scenario), Run())
    work = Work(0, 0.0)
    for file in source.manifests:
        try:
            manifest = read_manifest(file)
            one = work_of_result(manifest, file.parent)
        except SimError as error:
            if error.exit_code == MACHINE:
                raise
            continue
        work += one.share(_part(chunks, one)) if manifest.verb == "sweep" and chunks else one
    # the parts of a sweep that are compared lie in the temporary folder alone
    return replace(work, disk=0.0)


def _part(chunks: int, sweep: Work) -> float:
    """At most which part of a sweep so many chunks are."""
    from sim.sweeps.chunks import MOST_CHUNK

    return min(1.0, chunks * MOST_CHUNK / max(1, sweep.runs))


def _problems_of_multirun(folder: Path, parts: list[Reproduction]) -> list[str]:
    """What is wrong with the files of a multirun itself, and jobs whose tables are not those that
    it lists.
    """
    if not is_multirun(folder):
        return []
    manifest = read_manifest(folder / NAME)
    found = {
        f"{part.name}/{name}": digest for part in parts for name, digest in part.content.items()
    }
    listed = {name: digest for name, digest in manifest.content.items() if "/" in name}
    other = [name for name in {**listed, **found} if listed.get(name) != found.get(name)]
    return [
        *changed_files(folder, manifest),
        *(f"{name} is not the table that the multirun lists" for name in other),
    ]


def environment_of(path: Path | str) -> str:
    """The environment a result was made in, as a requirements file with Python and the rest in
    comments.
    """
    with opened(path) as source:
        if source.scenario is not None:
            raise SimError(
                "a scenario records no environment",
                key=str(path),
                cure="give a result folder or its manifest",
            )
        texts = {requirements(read_manifest(manifest)): None for manifest in source.manifests}
    if len(texts) > 1:
        raise SimError(
            "made in more than one environment", key=str(path), cure="give one of its folders"
        )
    return next(iter(texts))


def _made(file: Path, threads: int, progress: Progress | None) -> Reproduction:
    """A scenario, run with the settings a run has by default."""
    settings = Run(threads=threads)
    tables = weekly_tables(read_scenario(file), settings, progress)
    notes = [
        f"{settings.runs} runs of seed {settings.seed}; a scenario says nothing about what came of it"
    ]
    if (file.parent / NAME).is_file():
        notes.append("a manifest lies beside it: to compare, give the folder")
    return Reproduction(
        file.name,
        content={name: content_hash([table]) for name, table in tables.items()},
        notes=notes,
    )


@dataclass(frozen=True)
class _Job:
    chunks: int
    allow_version: bool
    threads: int
    progress: Progress | None

    def reproduce(self, file: Path, name: str, alone: bool) -> Reproduction:
        """Make one result again, its files compared first."""
        manifest, folder = read_manifest(file), file.parent
        _refuse_strategies(manifest, file)
        found = Reproduction(name)
        alone = alone and not any((folder / inside).exists() for inside in manifest.files)
        if alone:
            found.notes.append("the manifest came alone: its content hashes stand for the tables")
        else:
            found.files = changed_files(folder, manifest)
        found.changes = changes(manifest, environment())
        scenario = None
        if manifest.verb not in WITHOUT_SCENARIO:
            scenario = self._scenario(found, manifest)
        if scenario is not None and not alone:
            found.files += _scenario_beside(folder, manifest)
        if not self.allow_version:
            check_version(manifest, environment())
        found.expected = promised(found.changes, environment())
        self._tables(found, manifest, scenario, folder, alone)
        return found

    def _tables(
        self,
        found: Reproduction,
        manifest: Manifest,
        scenario: Scenario | None,
        folder: Path,
        alone: bool,
    ) -> None:
        """Make the tables of a result again, by its verb."""
        settings = settings_of(manifest, self.threads)
        if manifest.verb in STUDIES:
            self._study(found, manifest, settings, folder)
            return
        assert scenario is not None  # only studies have none
        if manifest.verb == "run":
            # a result of before examples and logs were kept has none to compare with
            example, logs = ("example" in manifest.content, "acts" in manifest.content)
            self._run(
                found,
                manifest,
                weekly_tables(
                    scenario,
                    settings,
                    self.progress,
                    example=example,
                    logs=logs,
                    observed=observed_in(manifest.asked),
                ),
                folder,
            )
        elif manifest.verb == "sweep":
            with tempfile.TemporaryDirectory(prefix="tariffsim-") as scratch:
                self._sweep(
                    found,
                    manifest,
                    Parts(manifest, scenario, settings, folder, Path(scratch)),
                    alone,
                )
        elif manifest.verb == "export":
            _exported(found, manifest, exported(manifest, scenario, settings))
        else:
            raise SimError(
                "made by a verb that cannot be reproduced",
                key=str(folder),
                given=manifest.verb,
                allowed=("run", "sweep", "export", *STUDIES),
            )

    def _study(self, found: Reproduction, manifest: Manifest, settings: Run, folder: Path) -> None:
        """A study, whose tables are CSV."""
        tables = study_tables(manifest, settings, self.progress)
        for name, again in tables.items():
            found.content[name] = content_hash([again])
            same = found.content[name] == manifest.content.get(name)
            found.tables.append(compare_csv(name, again, folder / f"{name}.csv", same))

    def _scenario(self, found: Reproduction, manifest: Manifest) -> Scenario:
        try:
            scenario, otherwise = recorded_scenario(manifest)
            if otherwise and not self.allow_version:
                raise SimError(
                    "is read otherwise than it was recorded",
                    key="scenario",
                    given="; ".join(otherwise[:5]),
                )
        except SimError as error:
            if promised(found.changes, environment()) is None:
                error.cure = "; ".join(
                    filter(
                        None,
                        [error.cure, "or use the version that made it: --environment names it"],
                    )
                )
                error.args = (error.message,)
            raise
        found.notes += [f"read otherwise than it was recorded: {text}" for text in otherwise]
        return scenario

    def _run(
        self,
        found: Reproduction,
        manifest: Manifest,
        tables: Mapping[str, pd.DataFrame],
        folder: Path,
    ) -> None:
        flipped: frozenset[int] = frozenset()
        for name, again in tables.items():
            found.content[name] = content_hash([again])
            same = found.content[name] == manifest.content.get(name)
            if name in SCORED:
                found.tables.append(compare_csv(name, again, folder / f"{name}.csv", same))
                continue
            table = compare_parquet(name, again, folder / f"{name}.parquet", same, flipped)
            table = table if same else with_other_hash(table)
            flipped = flipped | table.flipped
            found.tables.append(table)
        for name in manifest.content:
            if name not in tables:
                found.tables.append(
                    TableComparison(name, 0, DIFFERENT, "recorded, but not made by these settings")
                )

    def _sweep(self, found: Reproduction, manifest: Manifest, parts: Parts, alone: bool) -> None:
        numbers = parts.sample(self.chunks) if self.chunks else parts.numbers
        every = len(numbers) == len(parts.numbers)
        if alone and not every:
            raise SimError(
                "no parts to compare with",
                key="chunks",
                cure="give the whole folder, or leave chunks= out",
            )
        parts.make(numbers, self.progress)
        same = False
        if every:
            found.content["runs"] = content_hash(parts.frames())
            same = found.content["runs"] == manifest.content.get("runs")
        else:
            found.scope = (
                f"parts {', '.join(map(str, numbers))} of {len(parts.numbers)}, taken at random"
            )
        made = [
            compare_parquet(f"part {number}", parts.again(number), parts.recorded(number), same)
            for number in numbers
        ]
        table = merged("runs", made)
        found.tables.append(with_other_hash(table) if every and not same else table)


def _refuse_strategies(manifest: Manifest, file: Path) -> None:
    if manifest.strategies:
        raise SimError(
            "made with strategies in Python, which a manifest only names",
            key=str(file),
            given=", ".join(f"{side}: {own}" for side, own in manifest.strategies.items()),
            cure="run it from the script that holds them: sim.run(scenario, strategies=...)",
        )


def _exported(found: Reproduction, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Files of an export against the hashes recorded; what describes the environment is not among
    them.
    """
    for name, recorded in manifest.content.items():
        found.content[name] = hashlib.sha256(files.get(name, b"")).hexdigest()
        verdict = SAME if found.content[name] == recorded else DIFFERENT
        found.tables.append(
            TableComparison(name, files.get(name, b"").count(b"\n"), verdict, "by its bytes")
        )


def _scenario_beside(folder: Path, manifest: Manifest) -> list[str]:
    """What is wrong with the scenario file beside a manifest, both as this version reads them; a
    missing one is reported elsewhere.
    """
    path = folder / "scenario.yaml"
    if not path.is_file():
        return []
    recorded = to_plain(recorded_scenario(manifest)[0])
    try:
        found = differences(recorded, to_plain(read_scenario(path, recorded=True)))
    except SimError as error:
        if error.exit_code == MACHINE:
            raise
        return [f"scenario.yaml is refused: {error.problem}"]
    return [f"scenario.yaml is not the manifest's: {text}" for text in found]
