"""What a verb does before the work: see that the results can be written, and compile."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sim.config.errors import MACHINE, SimError, fault_of_folder

__all__ = ["check_folder", "named_folder", "warm_up_aloud"]


def check_folder(out: str, key: str = "run.out") -> None:
    """Refuse an output folder that cannot be written, before any work and leaving nothing behind.

    Raises
    ------
    SimError
        With what the machine says.
    """
    folder = Path(out)
    try:
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryDirectory(dir=folder):
            return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise SimError(
            f"cannot be written: {reason.lower()}", key=key, given=out, cure=f"{key.removeprefix('run.')}=FOLDER names another", exit_code=fault_of_folder(error)
        ) from None  # fmt: skip


@contextlib.contextmanager
def named_folder(folder: Path | None) -> Iterator[Path | None]:
    """Make the folder that ``folder=`` names, for the block to fill; taken away again where it is left empty. None passes through.

    Raises
    ------
    SimError
        Where something is in it already, or it cannot be made.
    """
    if folder is None:
        yield None
        return
    check_folder(str(folder), "folder")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        cure = "name a new one, or remove it first: results are never written over"
        raise SimError("exists already and is not empty", key="folder", given=str(folder), cure=cure)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimError(error.strerror or "cannot be made", key="folder", given=str(folder), exit_code=MACHINE) from None
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # what holds a result stays
            folder.rmdir()


def warm_up_aloud() -> None:
    """Compile before the clock of progress starts, and say so where it takes a while."""
    from sim.ensemble.execute import compiled_here, warm_up

    if not compiled_here():
        print("compiling the rules, once on this machine: about half a minute", file=sys.stderr, flush=True)
    warm_up()
