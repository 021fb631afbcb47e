"""What a verb does before the work: see that the results can be written, and compile."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sim.config.errors import BAD_INPUT, SimError

__all__ = ["check_folder", "warm_up_aloud"]


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
            f"cannot be written: {reason.lower()}", key=key, given=out, cure="out=FOLDER names another", exit_code=BAD_INPUT
        ) from None  # fmt: skip


def warm_up_aloud() -> None:
    """Compile before the clock of progress starts, and say so where it takes a while."""
    from sim.ensemble.execute import compiled_here, warm_up

    if not compiled_here():
        print("compiling the rules, once on this machine: about half a minute", file=sys.stderr, flush=True)
    warm_up()
