"""The store of a sweep: a plan, parts that are whole or not there, and a lock on the plan.

Each chunk becomes one Parquet part under a name of its own; a part that exists is complete, so a sweep that was killed goes on with
the parts that are missing and ends in the same content. The plan says what the parts belong to, so that nothing is mixed up.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.errors import MACHINE, SimError
from sim.results.files import read_table
from sim.results.folder import whole_file

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PLAN", "Store"]

PLAN = "plan.json"
_PARTS = "runs"
_NAME = re.compile(r"part-(\d{6,})\.parquet")
_WANTED = {"started": str, "scenario": dict, "sweep": dict, "run": dict, "overrides": list, "chunk": int, "rules": str}


class Store:
    """Parts of one sweep below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, plan: Mapping[str, Any]) -> None:
        """Write the plan into the folder, and make room for parts."""
        (self.folder / _PARTS).mkdir()
        with whole_file(self.folder / PLAN) as temporary:
            temporary.write_text(json.dumps(plan, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

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
            raise SimError(
                "no sweep to resume here", key=str(self.folder), cure=f"give the folder that holds {PLAN}"
            ) from None
        except (ValueError, RecursionError):
            raise SimError("not a plan of a sweep", key=str(path), given="no JSON") from None
        for name, kind in _WANTED.items():
            if not isinstance(plan, dict) or type(plan.get(name)) is not kind:
                raise SimError("not a plan of a sweep", key=str(path), given=f"{name} missing or no {kind.__name__}")
        if plan["chunk"] < 1 or not _is_time(plan["started"]):
            raise SimError(
                "not a plan of a sweep", key=str(path), given=f"chunk {plan['chunk']}, started {plan['started']}"
            )
        return plan

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for one process: its plan is locked, so nothing is left behind by one that dies.

        Raises
        ------
        SimError
            Where another process holds it.
        """
        import fcntl

        with open(self.folder / PLAN, "rb+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SimError(
                    "another process is at work on this sweep",
                    key=str(self.folder),
                    cure="wait for it, or stop it",
                    exit_code=MACHINE,
                ) from None
            yield

    def done(self) -> set[int]:
        """Numbers of the parts that are there and whole."""
        return {number for path, number in self._found() if number is not None}

    def clean(self) -> None:
        """Remove what a killed process left: drafts of parts, and parts that cannot be read. Only under :meth:`lock`."""
        (self.folder / _PARTS).mkdir(exist_ok=True)
        for path, number in self._found():
            if number is None:
                path.unlink(missing_ok=True)

    def write(self, number: int, data: bytes) -> None:
        """Add part ``number``, a Parquet file's bytes, whole."""
        with whole_file(self._path(number)) as temporary:
            temporary.write_bytes(data)
        _flush(self.folder / _PARTS)

    def _found(self) -> Iterator[tuple[Path, int | None]]:
        """Every file among the parts, with its number where it is a whole part."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        for path in sorted((self.folder / _PARTS).glob("*")):
            named = _NAME.fullmatch(path.name)
            try:
                pq.read_metadata(path)
            except (pa.ArrowInvalid, OSError):
                named = None
            yield path, int(named[1]) if named else None

    def parts(self) -> Iterator[pd.DataFrame]:
        """The parts in order."""
        for path in sorted((self.folder / _PARTS).glob("part-*.parquet")):
            yield read_table(path)

    def _path(self, number: int) -> Path:
        return self.folder / _PARTS / f"part-{number:06d}.parquet"


def _is_time(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _flush(folder: Path) -> None:
    """Make renames last through a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
