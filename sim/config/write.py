"""Small files, there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sim.config.errors import MACHINE, SimError

__all__ = ["write_text"]


def write_text(path: Path | str, text: str) -> None:
    """Write a small file so that it is there whole or not at all.

    Raises
    ------
    SimError
        ``MACHINE`` when the disk or a permission prevents it.
    """
    path = Path(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SimError(f"cannot be written: {error.strerror}", key=str(path), exit_code=MACHINE) from None
