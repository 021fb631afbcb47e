"""The store of a sweep: a plan, parts that are whole or not there, and a lock.

Each chunk becomes one Parquet part with its own name; a part that exists is complete, so a
sweep that was killed goes on with the parts that are missing and ends in the same content. The plan
says what the parts belong to, and each part carries the plan's hash, its number and the hash of its
content, so that nothing is mixed up and what was damaged is found.

The folder may be a stranger's: links, pipes and devices in it are refused by name, and nothing is
removed but drafts of this software.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sim.batch import Run, recorded
from sim.config.check import build, to_plain
from sim.config.errors import MACHINE, SimError
from sim.results.files import (
    PARTS,
    DamagedError,
    Mark,
    mark_of,
    opened_table,
    part_number,
    parts_in,
    read_table,
)
from sim.results.folder import atomic_write
from sim.results.reader import AtMost, In, Matching, Plain, ReadBy, plain_of, read_record
from sim.results.regular import inner_folder, open_regular, remove_drafts
from sim.sweeps.chunks import MOST_CHUNK

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

__all__ = ["PLAN", "Part", "Plan", "Store"]

PLAN = "plan.json"
_LOCK = ".lock"  # hidden, so that no manifest lists it
_MOST_OVERRIDES = 10_000
_WHAT = "a plan of a sweep"
_MOST_BYTES = 32_000_000  # a hundred factors of ten thousand values
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"


def _run_of(plain: object, key: str) -> Run:
    return build(Run, plain, key)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the parts of a sweep belong to: enough to compute those that are missing.

    ``scenario`` and ``sweep`` are settings as they were recorded; a list's points stand beside the
    plan. ``chunk`` is how many runs a part holds, ``rules`` the hash of the rules it was started
    with.
    """

    started: Annotated[str, Matching(_TIME, "a time with its zone, to the second")]
    scenario: Plain
    sweep: Plain
    run: Annotated[Run, ReadBy(_run_of)]
    overrides: Annotated[tuple[str, ...], AtMost(_MOST_OVERRIDES)]
    chunk: Annotated[int, In(1, MOST_CHUNK)]
    rules: str

    def hash(self, points: str = "") -> str:
        """Hash of all that its numbers follow from: settings, seed, how it is cut, rules, and the
        content hash of a list's ``points``.
        """
        said = [self.scenario, self.sweep, self.run.seed, self.chunk, self.rules, points]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Part:
    """A finished part: its number, its rows, the first and last point and run in them, and its mark
    (None in those of older versions).
    """

    number: int
    rows: int
    points: tuple[int, int]
    runs: tuple[int, int]
    mark: Mark | None = None


class Store:
    """Parts of one sweep below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, plan: Plan) -> None:
        """Write the plan into the folder, and make room for parts."""
        inner_folder(self.folder, PARTS, make=True)
        plain = {**plain_of(plan), "run": recorded("sweep", to_plain(plan.run))}
        with atomic_write(self.folder / PLAN) as temporary:
            temporary.write_text(
                json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )

    def plan(self) -> Plan:
        """The plan the store was made with.

        Raises
        ------
        SimError
            Where there is none to read, or none that holds.
        """
        path = self.folder / PLAN
        if not path.exists():
            raise SimError(
                "no sweep to resume here",
                key=str(self.folder),
                cure=f"give the folder that holds {PLAN}",
            )
        return read_record(Plan, path, _WHAT, _MOST_BYTES)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for one process; a lock whose process died is free.

        Raises
        ------
        SimError
            Where another process holds it, or none can be held here.
        """
        from filelock import FileLock, Timeout  # slow to import

        _plain_or_absent(self.folder / _LOCK)
        try:
            held = FileLock(self.folder / _LOCK, timeout=0)
            held.acquire()
        except Timeout:
            raise SimError(
                "another process is at work on this sweep",
                key=str(self.folder),
                cure="wait for it, or stop it",
                exit_code=MACHINE,
            ) from None
        except OSError as error:
            raise SimError(
                error.strerror or "cannot be locked",
                key=str(self.folder / _LOCK),
                exit_code=MACHINE,
            ) from None
        try:
            yield
        finally:
            held.release()

    def unlocked(self) -> None:
        """Remove the file of the lock, which only a finished sweep has no more use for."""
        with contextlib.suppress(OSError):
            (self.folder / _LOCK).unlink()

    def done(self) -> dict[int, Part]:
        """The parts that are there and whole, by their numbers.

        Raises
        ------
        SimError
            A link, pipe or device in the place of a part; with exit code 3 where the machine cannot
            read one.
        """
        found = ((path, _part(path)) for path in parts_in(self.folder / PARTS))
        return {part.number: part for _, part in found if part is not None}

    def kept(self) -> int:
        """How many parts there are, by their names alone; 1 where the machine cannot say, so
        that none is thrown away.
        """
        try:
            return len(parts_in(self.folder / PARTS))
        except SimError:
            return 1

    def clean(self) -> None:
        """Remove the drafts that a killed process left. Only under :meth:`lock`.

        Nothing else is removed: a part that cannot be read is written over when it is recomputed,
        and other files are somebody's own.
        """
        for folder in (
            self.folder,
            inner_folder(self.folder, PARTS, make=True),
            inner_folder(self.folder, "figures"),
        ):
            remove_drafts(folder)

    def write(self, number: int, data: bytes) -> None:
        """Add part ``number``, a Parquet file's bytes, whole."""
        with atomic_write(self.path(number)) as temporary:
            temporary.write_bytes(data)
        _flush(self.folder / PARTS)

    def read(self, number: int, plan: str = "") -> pd.DataFrame:
        """The rows of a part, which must carry the hash of its ``plan`` where that is given."""
        return read_table(self.path(number), plan=plan)

    def path(self, number: int) -> Path:
        """Where a part is, or will be."""
        return self.folder / PARTS / f"part-{number:06d}.parquet"


def _plain_or_absent(path: Path) -> None:
    """Refuse a link or a device where a file is to be opened for writing."""
    with contextlib.suppress(FileNotFoundError):
        open_regular(path).close()


def _part(path: Path) -> Part | None:
    """What a part's footer says of it; None where it is not whole."""
    number = part_number(path.name)
    assert number is not None
    try:
        with opened_table(path) as (file, _):
            footer = file.metadata
            (points, runs) = (_ends(footer, name) for name in ("point", "run"))
            return Part(number, footer.num_rows, points, runs, mark_of(file, path))
    except DamagedError:
        return None


def _ends(footer: pq.FileMetaData, name: str) -> tuple[int, int]:
    """Least and largest value of a column of whole numbers; (0, -1) of one without rows or without
    statistics.
    """
    columns = [footer.schema.column(k).path for k in range(footer.num_columns)]
    if name not in columns:
        return 0, -1
    groups = [
        footer.row_group(k).column(columns.index(name)).statistics
        for k in range(footer.num_row_groups)
    ]
    known = [group for group in groups if group is not None and group.has_min_max]
    return min((int(g.min) for g in known), default=0), max((int(g.max) for g in known), default=-1)


def _flush(folder: Path) -> None:
    """Make renames last through a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
