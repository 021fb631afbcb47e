"""The store of a sweep: a plan, parts that are whole or not there, and a lock.

Each chunk becomes one Parquet part under a name of its own; a part that exists is complete, so a sweep that was killed goes on with
the parts that are missing and ends in the same content. The plan says what the parts belong to, so that nothing is mixed up.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sim.batch import Run, recorded
from sim.config.check import build, to_plain
from sim.config.errors import MACHINE, SimError
from sim.results.files import read_table
from sim.results.folder import whole_file
from sim.results.reader import In, Matching, Plain, ReadBy, plain_of, read_record
from sim.sweeps.chunks import MOST_CHUNK

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

__all__ = ["PLAN", "Part", "Plan", "Store"]

PLAN = "plan.json"
_PARTS = "runs"
_LOCK = ".lock"  # hidden, so that no manifest lists it
_NAME = re.compile(r"part-(\d{6,})\.parquet")
_WHAT = "a plan of a sweep"
_MOST_BYTES = 32_000_000  # a hundred factors of ten thousand values
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"


def _run_of(plain: object, key: str) -> Run:
    return build(Run, plain, key)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the parts of a sweep belong to: enough to compute those that are missing.

    ``scenario`` and ``sweep`` are settings as they were recorded; a list's points stand beside the plan. ``chunk`` is how many runs a part
    holds, ``rules`` the hash of the rules it was started with.
    """

    started: Annotated[str, Matching(_TIME, "a time with its zone, to the second")]
    scenario: Plain
    sweep: Plain
    run: Annotated[Run, ReadBy(_run_of)]
    overrides: tuple[str, ...]
    chunk: Annotated[int, In(1, MOST_CHUNK)]
    rules: str


@dataclass(frozen=True)
class Part:
    """A finished part: its number, its rows, and the first and last point and run in them."""

    number: int
    rows: int
    points: tuple[int, int]
    runs: tuple[int, int]


class Store:
    """Parts of one sweep below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, plan: Plan) -> None:
        """Write the plan into the folder, and make room for parts."""
        (self.folder / _PARTS).mkdir()
        plain = {**plain_of(plan), "run": recorded("sweep", to_plain(plan.run))}
        with whole_file(self.folder / PLAN) as temporary:
            temporary.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def plan(self) -> Plan:
        """The plan the store was made with.

        Raises
        ------
        SimError
            Where there is none to read, or none that holds.
        """
        path = self.folder / PLAN
        if not path.exists():
            raise SimError("no sweep to resume here", key=str(self.folder), cure=f"give the folder that holds {PLAN}")
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
                error.strerror or "cannot be locked", key=str(self.folder / _LOCK), exit_code=MACHINE
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
        """The parts that are there and whole, by their numbers."""
        return {part.number: part for _, part in self._found() if part is not None}

    def clean(self) -> None:
        """Remove what a killed process left: drafts of parts, and parts that cannot be read. Only under :meth:`lock`."""
        (self.folder / _PARTS).mkdir(exist_ok=True)
        for path, part in self._found():
            if part is None:
                path.unlink(missing_ok=True)

    def write(self, number: int, data: bytes) -> None:
        """Add part ``number``, a Parquet file's bytes, whole."""
        with whole_file(self._path(number)) as temporary:
            temporary.write_bytes(data)
        _flush(self.folder / _PARTS)

    def _found(self) -> Iterator[tuple[Path, Part | None]]:
        """Every file among the parts, with what its footer says where it is a whole part."""
        for path in sorted((self.folder / _PARTS).glob("*")):
            named = _NAME.fullmatch(path.name)
            yield path, _part(path, int(named[1])) if named else None

    def parts(self) -> Iterator[pd.DataFrame]:
        """The parts in order."""
        for path in sorted((self.folder / _PARTS).glob("part-*.parquet")):
            yield read_table(path)

    def _path(self, number: int) -> Path:
        return self.folder / _PARTS / f"part-{number:06d}.parquet"


def _part(path: Path, number: int) -> Part | None:
    """What a part's footer says of it; None where it is not whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(path)
        (points, runs) = (_ends(footer, name) for name in ("point", "run"))
    except (pa.ArrowInvalid, OSError):
        return None
    return Part(number, footer.num_rows, points, runs)


def _ends(footer: pq.FileMetaData, name: str) -> tuple[int, int]:
    """Least and largest value of a column of whole numbers; (0, -1) of one without rows or without statistics."""
    columns = [footer.schema.column(k).path for k in range(footer.num_columns)]
    if name not in columns:
        return 0, -1
    groups = [footer.row_group(k).column(columns.index(name)).statistics for k in range(footer.num_row_groups)]
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
