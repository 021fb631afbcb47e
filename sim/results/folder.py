"""Result folders and files that are whole or not there: temporary name, flush, rename."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.config.errors import MACHINE, SimError, fault_of_folder

__all__ = ["atomic_write", "claim_folder", "cleared_on_failure", "prepare_folder"]

_MOST_TRIES = 1000


def prepare_folder(out: Path | str, verb: str, name: str) -> Path:
    """A new folder ``out/verb/name-<UTC time>``; a number is added where two begin in one second.

    Raises
    ------
    SimError
        Where it cannot be made.
    """
    parent = Path(out) / verb
    stem = f"{name}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for n in range(1, _MOST_TRIES):
            folder = parent / (stem if n == 1 else f"{stem}-{n}")
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                return folder
    except OSError as error:
        raise SimError(
            "cannot be written",
            key="run.out",
            given=str(out),
            allowed="a folder that can be written",
            cure=error.strerror,
            exit_code=fault_of_folder(error),
        ) from None
    raise SimError("too many results of one name in one second", key="run.out", given=str(parent))


def claim_folder(folder: Path) -> Path:
    """The folder of a name, made or empty.

    Raises
    ------
    SimError
        It is not empty, or cannot be created.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        cure = "name a new one, or remove it first: results are never overwritten"
        raise SimError(
            "already exists and is not empty", key="folder", given=str(folder), cure=cure
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimError(
            error.strerror or "cannot be created",
            key="folder",
            given=str(folder),
            exit_code=MACHINE,
        ) from None
    return folder


@contextlib.contextmanager
def cleared_on_failure(folder: Path, keep: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Remove ``folder`` and all in it when the block fails or is interrupted, unless ``keep()``
    says that it holds something.
    """
    try:
        yield
    except BaseException:
        if not keep():
            shutil.rmtree(folder, ignore_errors=True)
        raise


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it takes the name when the block ends well,
    else it is removed.

    Its own name is random, and it is there and empty before anything is written: nobody can have
    put a link in its place. A link under the name of ``path`` is replaced, not followed.

    Raises
    ------
    SimError
        With exit code 3 where the machine refuses (disk full, permission withdrawn).
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    made = False
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        made = True
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        cure = "free some space, then run it again" if error.errno == errno.ENOSPC else None
        raise SimError(
            error.strerror or "cannot be written", key=path.name, cure=cure, exit_code=MACHINE
        ) from None
    finally:
        if made:
            with contextlib.suppress(OSError):
                temporary.unlink()
