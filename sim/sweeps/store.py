"""The store of a sweep: a plan, parts that are whole or not there, and a lock.

Each chunk becomes one Parquet part under a name of its own; a part that exists is complete, so a sweep that was killed goes on with
the parts that are missing and ends in the same content. The plan says what the parts belong to, so that nothing is mixed up.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.errors import MACHINE, SimError
from sim.results.files import read_table, write_table
from sim.results.folder import whole_file
from sim.results.tables import Notes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PLAN", "Store"]

PLAN = "plan.json"
_PARTS, _LOCK = "runs", ".lock"


class Store:
    """Parts of one sweep below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path, plan: Mapping[str, Any]) -> Store:
        """A store in an existing folder, with its plan written."""
        store = cls(folder)
        (folder / _PARTS).mkdir()
        with whole_file(folder / PLAN) as temporary:
            temporary.write_text(json.dumps(plan, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return store

    def plan(self) -> dict[str, Any]:
        """The plan the store was made with.

        Raises
        ------
        SimError
            Where there is none to read.
        """
        path = self.folder / PLAN
        try:
            plan = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            raise SimError("no sweep to resume here", key=str(self.folder), cure=f"give the folder that holds {PLAN}") from None
        except ValueError:
            raise SimError("not a plan of a sweep", key=str(path)) from None
        if not isinstance(plan, dict) or not {"scenario", "sweep", "run", "rules"} <= set(plan):
            raise SimError("not a plan of a sweep", key=str(path))
        return plan

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for one process.

        Raises
        ------
        SimError
            Where another process holds it.
        """
        import fcntl

        with open(self.folder / _LOCK, "w", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SimError(
                    "another process is at work on this sweep", key=str(self.folder), cure="wait for it, or stop it", exit_code=MACHINE
                ) from None
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    (self.folder / _LOCK).unlink()

    def done(self) -> set[int]:
        """Numbers of the parts that are there; a broken one is removed and left out."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        found = set()
        for path in (self.folder / _PARTS).glob("*"):
            if path.name.startswith("."):
                path.unlink(missing_ok=True)
                continue
            try:
                pq.read_metadata(path)
                found.add(int(path.stem.partition("-")[2]))
            except (pa.ArrowInvalid, OSError, ValueError):
                path.unlink(missing_ok=True)
        return found

    def write(self, number: int, frame: pd.DataFrame, notes: Notes) -> None:
        """Add part ``number``, whole."""
        write_table(frame, self._path(number), notes)
        _flush(self.folder / _PARTS)

    def parts(self) -> Iterator[pd.DataFrame]:
        """The parts in order."""
        for path in sorted((self.folder / _PARTS).glob("part-*.parquet")):
            yield read_table(path)

    def _path(self, number: int) -> Path:
        return self.folder / _PARTS / f"part-{number:06d}.parquet"


def _flush(folder: Path) -> None:
    """Make renames last through a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
