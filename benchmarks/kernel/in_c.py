"""The declared kernel in C (``kernel.c``), compiled on the spot where the machine has a C
compiler.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.kernel import declared as d

__all__ = ["compiler", "run", "run_block"]

_FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")


def compiler() -> str | None:
    """The C compiler of this machine, if there is one."""
    return shutil.which("cc")


@cache
def _library() -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "kernel.so"
        source = Path(__file__).with_name("kernel.c")
        subprocess.run([str(compiler()), *_FLAGS, str(source), "-o", str(built)], check=True)
        library = ctypes.CDLL(str(built))
    pointer = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    library.run_block.argtypes = [ctypes.c_uint64, ctypes.c_int64, ctypes.c_int64, pointer, pointer]
    library.run_block.restype = None
    return library


def run_block(seed: int, first: int, runs: int) -> np.ndarray:
    """Measures of ``runs`` runs from ``first`` on, shape (runs, 10)."""
    return _block(seed, first, runs)[0]


def run(seed: int, number: int) -> d.Run:
    """Run ``number`` under ``seed``."""
    outs, stock = _block(seed, number, 1)
    return d.Run(tuple(outs[0].tolist()), stock)


def _block(seed: int, first: int, runs: int) -> tuple[np.ndarray, np.ndarray]:
    outs, stock = np.zeros((runs, len(d.MEASURES))), np.zeros(d.FIRMS)
    _library().run_block(seed, first, runs, outs, stock)
    return outs, stock
