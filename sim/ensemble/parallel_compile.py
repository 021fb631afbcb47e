"""The first compilation on two processors: a second process shares the phases of the week, and the
kernel finds in the cache what either compiled.

Whoever is free takes the next phase, slowest first, so that neither waits long for the other as
rules change. The compiled code is the same, whichever process compiles a rule. Without a folder for
the cache, or with one processor, no second process is started, and the kernel compiles all.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["compile_in_parallel", "compile_phases", "phases"]

_CODE = "from sim.ensemble.parallel_compile import compile_phases; compile_phases({!r})"


@contextlib.contextmanager
def compile_in_parallel(processors: int) -> Iterator[None]:
    """Compile the phases with a second process, then run the block, which compiles the kernel.

    The second process is ended by then, also where this one is interrupted.
    """
    from sim.rules.compiled import cache_folder

    if processors > 1 and cache_folder() is not None:
        with tempfile.TemporaryDirectory() as claims:
            _share(claims)
    yield


def _share(claims: str) -> None:
    child = _start(claims)
    if child is None:
        return
    try:
        compile_phases(claims)
        # nearer to its end than this process would be, beginning its last phase now
        child.wait()
    finally:
        child.kill()
        child.wait()


def _start(claims: str) -> subprocess.Popen[bytes] | None:
    """The second process; None where the machine refuses one, which costs time and nothing else."""
    # as a path, for a package that is not installed; -P, so that no file beside the caller is
    # imported in its place
    package = str(Path(__file__).resolve().parents[2])
    known = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE.format(claims)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None


def compile_phases(claims: str) -> None:
    """Compile phases into the cache, each by the process that first makes its file in ``claims``."""
    for phase, types in phases():
        with contextlib.suppress(FileExistsError):
            (Path(claims) / phase.__name__).touch(exist_ok=False)
            phase.compile(types)


def phases() -> list[tuple[Any, tuple[Any, ...]]]:
    """Rules that the kernel calls, slowest first, and the types of their arguments."""
    import numpy as np
    from numba import typeof, types

    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.rules.bargaining import negotiation
    from sim.rules.compliance import compliance
    from sim.rules.disputes import disputes
    from sim.rules.licensing import licensing
    from sim.rules.measures import WEEK
    from sim.rules.outcomes import finish, observe, record_week
    from sim.rules.politics import politics
    from sim.rules.shocks import shocks
    from sim.rules.start import start
    from sim.rules.state import allocate
    from sim.rules.supply import supply
    from sim.rules.trade import trade
    from sim.rules.truce import truce

    state = allocate(1)
    s, firms = typeof(state.whole[0]), typeof(state.firms)
    p = typeof(flatten(Scenario()).values[0])
    return [
        (negotiation, (s, p)),
        (start, (s, firms, p, types.uint64, types.int64)),
        (finish, (s, p)),
        (record_week, (s, firms, p, typeof(np.zeros(1, WEEK)[0]), types.int64)),
        (disputes, (s, p)),
        (truce, (s, p)),
        (compliance, (s, p)),
        (licensing, (s, firms, p)),
        (supply, (s, firms, p)),
        (observe, (s, p)),
        (trade, (s, p)),
        (shocks, (s, p)),
        (politics, (s, p)),
    ]
