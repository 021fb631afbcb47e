"""The manifest: what was run, with what, and what came out; enough to run it again, and nothing
about the person who did.

It is a frozen record from the moment it is made or read. Entries were added to the first format
since, none was changed: an entry that an older result has not is at its default, and one at its
default is not written.

Never in it: user, host, home, absolute paths, environment variables, registry addresses.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Annotated

from sim.batch import Run, recorded
from sim.batch.read import sweep_to_plain
from sim.batch.sweep import Sweep
from sim.config.check import RESERVED_NAMES, build, to_plain
from sim.config.errors import MACHINE, SimError
from sim.config.renamed import with_new_names
from sim.config.scenario import Scenario
from sim.results.citation import citation
from sim.results.files import PARTS, file_hash, part_number, parts_in
from sim.results.folder import atomic_write
from sim.results.machine import T0, Environment, environment, peak_memory
from sim.results.reader import In, Matching, Plain, ReadBy, plain_of, read_json, record_of
from sim.results.regular import open_regular, reading, regular_files

__all__ = [
    "LICENCE",
    "MULTIRUN",
    "NAME",
    "PLACES",
    "SCHEMA",
    "Export",
    "FileEntry",
    "Interval",
    "Manifest",
    "Seeds",
    "SettingsDoubt",
    "changed_files",
    "check_name",
    "make_manifest",
    "manifest_to_plain",
    "read_manifest",
    "recorded_scenarios",
    "refuse_other_rules",
    "run_of",
    "seed_plan",
    "without_places",
    "write_manifest",
]

SCHEMA = 1
NAME = "manifest.json"
MULTIRUN = "multirun"
_WHAT = "a manifest of this simulator"
_MOST_BYTES = 50_000_000  # a sweep of 300,000 parts, a thousand million runs
LICENCE = (
    "Made with tariffsim, which is under the MIT licence; its results carry no terms of their own."
)
PLACES = ("out", "address")
_MOST_SCENARIOS = 100
_FILES = (
    "shocks.chronology",
    "economy.tariff_path",
    "file",
    "sweep_file",
    "sweep.file",
    "claims",
    "observed",
    "variants",
    "from",
)

Hash = Annotated[str, Matching("[0-9a-f]{64}", "64 hexadecimal digits, in small letters")]
Count = Annotated[int, In(0, 2**63 - 1)]


def run_of(plain: object, key: str = "run") -> Run | None:
    """The settings of a batch as a manifest or plan records them; None where it made no run of its
    own.
    """
    return None if plain == {} else build(Run, plain, key)


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """Size and SHA-256 of a file."""

    bytes: Count
    sha256: Hash


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """How every draw follows from the seed: the generator, its key and the words of its counter
    (:mod:`sim.rules.randomness`).
    """

    generator: str
    key: str
    counter: tuple[str, ...]
    counter_bits: Count
    seed: Annotated[int | None, In(0, 2**64 - 1)] = None
    design_seed: Annotated[int | None, In(0, 2**64 - 1)] = None


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A ``share`` and the ends that enclose it at 95 %: of an outcome over runs, or its mean over
    plausible settings, at 95 % of points.
    """

    share: Annotated[float, In(0.0, 1.0)]
    low: Annotated[float, In(0.0, 1.0)]
    high: Annotated[float, In(0.0, 1.0)]


@dataclass(frozen=True, kw_only=True)
class SettingsDoubt:
    """Shares of the outcomes over plausible settings: ``points`` of so many ``runs``, the
    ``settings`` moved, ``shares`` by outcome.
    """

    points: Count
    runs: Count
    settings: tuple[str, ...]
    shares: Mapping[str, Interval]


@dataclass(frozen=True, kw_only=True)
class Export:
    """What an export was asked for: the day, the formats, and levels an issue."""

    at: str
    formats: tuple[str, ...]
    levels: Count


@dataclass(frozen=True, kw_only=True)
class Manifest(Environment):
    """What is known of a result.

    ``scenario`` and ``sweep`` are settings as they were recorded:
    :func:`sim.results.results.load_results` reads them. ``content`` has the content hash of each
    table, ``files`` size and hash of each file by its name in the folder. ``asked`` is what a study
    was asked for, read by its own verb. ``estimates`` are the shares of outcomes over runs that
    were estimated and not counted (:mod:`sim.analysis.controls`).
    """

    schema: Annotated[int, In(1, SCHEMA)] = SCHEMA
    verb: str
    name: str
    scenario: Plain
    run: Annotated[Run | None, ReadBy(run_of)]
    sweep: Plain | None
    overrides: tuple[str, ...]
    engine: str
    started: str = ""
    ended: str = ""
    seconds: Annotated[float | None, In(0.0, 1e12)] = None
    peak_memory_bytes: Count | None = None
    seeds: Seeds | None = None
    tier: str | None = None
    content: Mapping[str, str]
    files: Mapping[str, FileEntry]
    licence: str = ""
    citation: str = ""
    # of a run
    weekly_runs: Count = 0
    strategies: Mapping[str, str] = field(default_factory=dict)
    settings_doubt: SettingsDoubt | None = None
    estimates: Mapping[str, Interval] = field(default_factory=dict)
    # of a sweep
    design: tuple[str, ...] = ()
    plan: str = ""
    plan_hash: str = ""
    # of a multirun
    command: tuple[str, ...] = ()
    jobs: Count = 0
    # of a tournament, a comparison, another study, a validation, an export
    answer: str = ""
    scenarios: tuple[Plain, ...] = ()
    entrants: tuple[str, ...] = ()
    outcome: str = ""
    asked: Plain = field(default_factory=dict)
    calibration: bool = False
    export: Export | None = None


def make_manifest(
    *,
    verb: str,
    scenario: Plain,
    run: Run | None,
    overrides: tuple[str, ...],
    engine: str,
    started: dt.datetime,
    sweep: Sweep | None = None,
) -> Manifest:
    """Everything known before the files are hashed; seconds and peak memory are those of the
    computation, without what is drawn later.
    """
    ended, here = dt.datetime.now(dt.UTC), environment()
    return Manifest(
        verb=verb,
        name=str(scenario["name"]),
        scenario=scenario,
        run=run,
        sweep=sweep_to_plain(sweep) if sweep else None,
        overrides=tuple(without_places(overrides)),
        engine=engine,
        started=started.isoformat(timespec="seconds"),
        ended=ended.isoformat(timespec="seconds"),
        seconds=round((ended - started).total_seconds(), 3),
        peak_memory_bytes=peak_memory(),
        seeds=seed_plan(run, sweep),
        tier=T0,
        content={},
        files={},
        licence=LICENCE,
        citation=citation(here.versions["tariffsim"]),
        **vars(here),
    )


def seed_plan(run: Run | None, sweep: Sweep | None = None) -> Seeds:
    """How every draw of a batch follows from its seed."""
    seed, word = run.seed if run else None, "run number, from 0"
    if sweep is not None and sweep.common_random_numbers:
        word += ", the same at every point"
    elif sweep is not None:
        most = sweep.stopping.most_runs if sweep.stopping else sweep.runs
        word = f"point number x {most} + run number, both from 0"
    return Seeds(
        generator="Philox4x32-10",
        key="seed (64 bits)",
        counter=(word, "stream", "week", "entity"),
        counter_bits=32,
        seed=seed,
        design_seed=sweep.design_seed if sweep else None,
    )


def without_places(overrides: Iterable[str]) -> list[str]:
    """Overrides without what says where on somebody's machine: output folders, cluster addresses,
    the folders of files.
    """
    kept = []
    for text in overrides:
        key, equals, value = text.partition("=")
        name = key.lstrip("+~").removeprefix("run.")
        if name in _FILES:
            kept.append(
                f"{key}{equals}{value.replace(chr(92), '/').rstrip('/').rpartition('/')[2]}"
            )
        elif name not in PLACES and not name.startswith("hydra"):
            kept.append(text)
    return kept


def write_manifest(manifest: Manifest, folder: Path, *, below: bool = True) -> Manifest:
    """Add size and hash of every file of ``folder``, or with ``below`` false of those directly in
    it, and write the manifest, last and whole.

    Only its own entries are sorted: within the scenario and the sweep the order of issues, sectors
    and factors carries meaning. Of strategies in Python, whose code is not recorded, no tier is
    claimed.
    """
    files = {}
    for inside in sorted(regular_files(folder)):
        if inside.name != NAME and (below or len(inside.parts) == 1) and _is_ours(inside):
            path = folder / inside
            files[inside.as_posix()] = FileEntry(bytes=path.stat().st_size, sha256=file_hash(path))
    complete = replace(manifest, files=files, tier=None if manifest.strategies else manifest.tier)
    with atomic_write(folder / NAME) as temporary:
        text = json.dumps(
            dict(sorted(manifest_to_plain(complete).items())), indent=1, ensure_ascii=False
        )
        temporary.write_text(text + "\n", encoding="utf-8")
    return complete


def manifest_to_plain(manifest: Manifest) -> dict[str, object]:
    """A manifest as written to its file: of the batch only what its verb uses."""
    run = recorded(manifest.verb, to_plain(manifest.run)) if manifest.run else {}
    return {**plain_of(manifest), "schema": manifest.schema, "run": run}


def read_manifest(path: Path) -> Manifest:
    """A manifest from its file, its scenarios by the names that settings have today.

    Raises
    ------
    SimError
        Missing, not JSON, not a manifest, of a later schema than this version knows, or one that
        names a file outside its own folder.
    """
    if not path.is_file():
        raise SimError(
            "no such manifest",
            key=str(path),
            cure="give a result folder, or the manifest.json in one",
        )
    plain = read_json(path, _WHAT, _MOST_BYTES)
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise SimError(
            "made by a later version",
            key=str(path),
            given=schema,
            allowed=f"schema up to {SCHEMA}",
            cure="install a newer tariffsim",
        )
    manifest = record_of(Manifest, plain, _WHAT, str(path))
    manifest = replace(
        manifest,
        scenario=with_new_names(manifest.scenario),
        scenarios=tuple(with_new_names(one) for one in manifest.scenarios),
    )
    for name in manifest.files:
        check_name(name, f"{path}: files")
    return manifest


def refuse_other_rules(manifest: Manifest, key: str) -> None:
    """Refuse to compute runs again that other rules made: they would be other runs.

    Raises
    ------
    SimError
        The rules of the manifest are not those that are here.
    """
    if manifest.rules != environment().rules:
        raise SimError(
            "made by other rules, so that its runs cannot be computed again here",
            key=key,
            given=f"rules {manifest.rules[:12]}",
            allowed=f"rules {environment().rules[:12]}",
            cure="run its scenario by the rules that are here: sim.run(results.scenario)",
        )


def recorded_scenarios(manifest: Manifest) -> list[Scenario]:
    """The scenarios of a study as its manifest has them, checked.

    Raises
    ------
    SimError
        None or too many, or one that this version refuses.
    """
    given = manifest.scenarios
    if not 1 <= len(given) <= _MOST_SCENARIOS:
        raise SimError(
            "a study without its scenarios",
            key="manifest: scenarios",
            given=len(given),
            allowed=f"1 to {_MOST_SCENARIOS}",
        )
    return [build(Scenario, plain, f"scenarios.{n}") for n, plain in enumerate(given)]


def check_name(name: str, key: str) -> None:
    """Refuse a name that is not that of a file below its folder, on any system."""
    path = PurePosixPath(name)
    plain = name.isprintable() and "\\" not in name and ":" not in name and len(name) <= 500
    plain = plain and not any(_is_of_windows(part) for part in path.parts)
    if (
        not plain
        or path.is_absolute()
        or not path.parts
        or ".." in path.parts
        or path.as_posix() != name
    ):
        raise SimError(
            "a name that leads elsewhere",
            key=key,
            given=name,
            allowed="plain files in the folder itself",
        )


def _is_of_windows(part: str) -> bool:
    """Whether Windows takes a name for a device, or cuts what it ends with."""
    return part.split(".")[0].strip().lower() in RESERVED_NAMES or part != part.rstrip(". ")


def _is_ours(inside: PurePosixPath) -> bool:
    """Whether a file of a result folder is the result's: among the parts of a sweep may lie
    somebody's notes.
    """
    return (
        inside.parts[0] != PARTS or len(inside.parts) == 1 or part_number(inside.name) is not None
    )


def changed_files(
    folder: Path, manifest: Manifest, only: tuple[str, ...] = ("",), *, cheaply: bool = False
) -> list[str]:
    """Files of a result that are not as its manifest says, each in a few words.

    Parameters
    ----------
    folder, manifest
        The result.
    only
        How the names of files begin that are looked at.
    cheaply
        Look whether they are there and how long they are, and read none.

    Raises
    ------
    SimError
        With exit code 3, a file that the machine cannot read.
    """
    listed = ((name, entry) for name, entry in manifest.files.items() if name.startswith(only))
    found = [
        f"{name} {what}"
        for name, entry in listed
        if (what := _change(folder, name, entry, cheaply))
    ]
    parts = [f"{PARTS}/{path.name}" for path in parts_in(folder / PARTS)]
    return [
        *found,
        *(f"{name} is not in the manifest" for name in parts if name not in manifest.files),
    ]


def _change(folder: Path, name: str, entry: FileEntry, cheaply: bool) -> str:
    try:
        if cheaply:
            status = os.lstat(folder / name)
            same = stat.S_ISREG(status.st_mode) and status.st_size == entry.bytes
        else:
            with open_regular(folder, *PurePosixPath(name).parts) as file, reading(folder / name):
                same = (
                    os.fstat(file.fileno()).st_size == entry.bytes
                    and hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
                )
    except (FileNotFoundError, NotADirectoryError):
        return "is missing"
    except SimError as error:
        if error.exit_code == MACHINE:
            raise
        return f"is {error.problem}"
    return "" if same else "was changed"
