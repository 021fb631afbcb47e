"""What a result was made on, as far as it may matter to its bits: processor, vector features, BLAS, lock file, memory.

Facts of a kind of machine and never of one machine: no user, host, path or serial number. What cannot be learnt is None. Nothing here
enters a content hash, and no bit of a run should depend on any of it: tests/reproduction/test_identity.py holds that to account.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

__all__ = ["blas_library", "lock_hash", "peak_memory", "processor_model", "vector_features"]

_LOCK = "requirements/run.txt"
_MOST_LETTERS = 80


def processor_model(listed: Path = Path("/proc/cpuinfo")) -> str | None:
    """The processor's make and model: what Linux lists, elsewhere what Python knows."""
    try:
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return _words(value)
    except OSError:
        pass
    return _words(platform.processor())


def vector_features() -> list[str] | None:
    """Groups of vector instructions that numpy found here and may use beyond those it always does."""
    found = _numpy_part("SIMD Extensions").get("found")
    return [str(name) for name in found] if isinstance(found, list) else None


def blas_library() -> str | None:
    """Name and version of the linear algebra that numpy was built with, such as ``scipy-openblas 0.3.31``."""
    blas = _numpy_part("Build Dependencies").get("blas")
    if not isinstance(blas, dict):
        return None
    return _words(" ".join(str(blas[key]) for key in ("name", "version") if blas.get(key)))


def _numpy_part(name: str) -> dict[str, Any]:
    """A part of what numpy tells of itself; most of the rest are folders of the machine that built it."""
    import numpy as np

    told: Any = np.show_config(mode="dicts")
    part = told.get(name) if isinstance(told, dict) else None
    return part if isinstance(part, dict) else {}


def lock_hash(root: Path | None = None) -> str | None:
    """SHA-256 of the lock file beside the code; None where the code was installed without it.

    It says which lock went with the code, not that it was followed: that is for the recorded versions to say.
    """
    from sim.results.files import file_hash

    root = root or Path(__file__).resolve().parent.parent.parent
    lock = root / _LOCK
    return file_hash(lock) if lock.is_file() and (root / "pyproject.toml").is_file() else None


def peak_memory() -> int | None:
    """Most bytes that this process has had in memory since it began, whatever it did; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most * 1024)  # macOS counts bytes, Linux and the BSDs kibibytes


def _words(text: str) -> str | None:
    """Plain words in a line, or None where there are none."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain[:_MOST_LETTERS] or None
