"""What the page needs to read tables of results: a decoder of Zstandard as a WebAssembly module.

No browser has one of its own for pages. It is the one of Zig's standard library, compiled by the
compiler that links the rules (the ``ziglang`` wheel); ``source/zstd.zig`` is all that is ours. The
built file carries the hash of that source in its name, so that a stale one is never used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from sim.config.errors import MACHINE, SimError
from sim.results.folder import atomic_write

__all__ = ["build_decoder", "decoder_path", "load_decoder"]

_SOURCE = Path(__file__).resolve().parent / "source" / "zstd.zig"
_TARGET = (
    "-target",
    "wasm32-freestanding",
    "-mcpu=generic+bulk_memory",
    "-fno-entry",
    "--export=decompress",
    "--export=__heap_base",
    "-OReleaseSmall",
    "-fstrip",
    "--stack",
    "1048576",  # its tables stand on the stack
)


def decoder_path(folder: Path | None = None) -> Path:
    """Where the decoder of the present source is, in ``folder`` or in the package."""
    digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    return (folder or Path(__file__).resolve().parent / "built") / f"zstd-{digest}.wasm"


def load_decoder(folder: Path | None = None) -> bytes:
    """The built decoder.

    Raises
    ------
    SimError
        It was never built; the message gives the command that builds it.
    """
    path = decoder_path(folder)
    if not path.is_file():
        problem = "this installation lacks the decoder of tables for the page"
        cure = "make page (or python -m sim.page)"
        raise SimError(problem, key=path.name, cure=cure, exit_code=MACHINE)
    return path.read_bytes()


def build_decoder(folder: Path | None = None) -> bytes:
    """The decoder, built where it is not there yet.

    Raises
    ------
    SimError
        The compiler is missing or fails.
    """
    path = decoder_path(folder)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as draft:
            draft.write_bytes(_compiled())
    return path.read_bytes()


def _compiled() -> bytes:
    if importlib.util.find_spec("ziglang") is None:
        problem, cure = "the compiler of the page's decoder is not installed", "pip install ziglang"
        raise SimError(problem, key="ziglang", cure=cure, exit_code=MACHINE)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "zstd.wasm"
        words = [sys.executable, "-m", "ziglang", "build-exe", str(_SOURCE), *_TARGET]
        caches = ["--cache-dir", folder, "--global-cache-dir", folder]
        done = subprocess.run(
            [*words, *caches, f"-femit-bin={target}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            problem = f"the page's decoder did not compile: {done.stderr[-2000:]}"
            raise SimError(problem, exit_code=MACHINE)
        return target.read_bytes()
