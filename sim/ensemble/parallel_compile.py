"""The first compilation on two processors: a second process compiles the later half of the week
into the cache, where the first one finds it.

The compiled code is the same, whichever process compiles a rule first. Without a folder for the
cache, or with one processor, no second process is started.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["compile_in_parallel", "later_half"]

_CODE = "from sim.ensemble.parallel_compile import later_half; later_half()"


@contextlib.contextmanager
def compile_in_parallel(processors: int) -> Iterator[None]:
    """Let a second process compile :func:`later_half` while the block runs; it is stopped at the
    end of the block.
    """
    from sim.rules.compiled import cache_folder

    child = _start() if processors > 1 and cache_folder() is not None else None
    try:
        yield
    finally:
        if child is not None:
            child.kill()
            child.wait()


def _start() -> subprocess.Popen[bytes] | None:
    """The second process; None where the machine refuses one, which costs time and nothing else."""
    # as a path, for a package that is not installed; -P, so that no file beside the caller is
    # imported in its place
    package = str(Path(__file__).resolve().parents[2])
    known = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None


def later_half() -> None:
    """Compile the rules that the kernel needs last into the cache, slowest first."""
    import numpy as np
    from numba import typeof

    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.rules.bargaining import negotiation
    from sim.rules.measures import WEEK
    from sim.rules.outcomes import finish, observe, record_week
    from sim.rules.state import allocate
    from sim.rules.truce import truce

    s, p = typeof(allocate(1).whole[0]), typeof(flatten(Scenario()).values[0])
    # the slowest first, while the first process compiles the earlier half
    for rule in (negotiation, truce, finish, observe):
        rule.compile((s, p))
    record_week.compile((s, typeof(allocate(1).firms), p, typeof(np.zeros(1, WEEK)[0])))
