"""The environment as a command finds it: variables of libraries that change or break what they do
here are set aside.

Figures are drawn without a window and in one style, rules are compiled in one way on threads that
``threads=`` counts: nothing that Matplotlib's and Numba's variables say is wanted, and nonsense in
them would end in a traceback. Linear algebra has one thread: its matrices have a hundred columns,
and where other work is on the processors a second thread waits, spinning, a thousand times as long
as the first one computes. Children inherit what is set here.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

__all__ = ["plain_surroundings"]

_KEPT = (
    "NUMBA_CPU_",
    "NUMBA_ENABLE_AVX",
)  # for what kind of processor to compile: tests of identity set them


@contextlib.contextmanager
def plain_surroundings() -> Iterator[None]:
    """Set the process's environment for the block; only a command line of its own may do so."""
    for name in [
        name for name in os.environ if name.startswith("NUMBA_") and not name.startswith(_KEPT)
    ]:
        del os.environ[name]
    if os.environ.pop("PYTHONWARNINGS", ""):
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
    os.environ.update(MPLBACKEND="agg", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    found = find_spec("matplotlib")
    if found is not None and found.origin is not None:
        # its own: else one that lies in the working folder or at home is read, and complained of
        os.environ["MATPLOTLIBRC"] = str(Path(found.origin).parent / "mpl-data" / "matplotlibrc")
    with contextlib.ExitStack() as stack:
        if "MPLCONFIGDIR" not in os.environ and not _has_home():
            folder = tempfile.TemporaryDirectory(prefix="tariffsim-", ignore_cleanup_errors=True)
            os.environ["MPLCONFIGDIR"] = stack.enter_context(folder)
        yield


def _has_home() -> bool:
    """Whether there is a home folder to keep a cache of typefaces in."""
    home = os.path.expanduser("~")
    return os.path.isdir(home) and os.access(home, os.W_OK)
