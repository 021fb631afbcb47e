"""Commands one after the other, each in a child of one warm process, with one call on a file made
to fail.

``python fault_server.py FAULTS.so`` with the library preloaded reads a line of JSON a command from
standard input: ``words``, ``folder`` (calls below it are counted), ``at``, ``error`` (an errno, or
-1 for half of the bytes), ``kinds``; it answers each with a line of ``code``, ``told`` (standard
error) and ``calls``.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from pathlib import Path


def warm() -> None:
    """Import what the verbs import, and load the compiled rules, so that a child begins at once."""
    import numpy as np
    import pandas
    import pyarrow.parquet
    import scipy.stats.qmc

    import sim.api
    import sim.cli
    import sim.reproduction
    import sim.sweeps.sweep  # noqa: F401 - taken for used through sim
    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.ensemble.execute import simulate
    from sim.jobs import compose_job

    del pandas, pyarrow, scipy
    compose_job("run", [])
    simulate(
        flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 1, weekly=1, threads=1
    )


def child(faults: ctypes.CDLL, asked: dict, out: int) -> None:
    """Run one command with its fault; the exit code and what was said go to ``out``."""
    from sim.cli import main

    code = -1
    with tempfile.TemporaryFile("w+", dir=asked["apart"]) as told:
        os.dup2(told.fileno(), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        faults.fault_arm(os.fsencode(asked["folder"]), asked["at"], asked["error"], asked["kinds"])
        try:
            code = main(asked["words"])
        finally:
            calls = faults.fault_count()
            faults.fault_arm(b"", 0, 0, 0)
            sys.stderr.flush()
            told.seek(0)
            answer = json.dumps({"code": code, "told": told.read(), "calls": calls})
            os.write(out, answer.encode())
            os.close(out)


def main_loop() -> None:
    """Serve until the input ends."""
    faults = ctypes.CDLL(sys.argv[1])
    faults.fault_count.restype = ctypes.c_long
    faults.fault_arm.argtypes = (ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int)
    warm()
    for line in sys.stdin:
        asked = json.loads(line)
        got, give = os.pipe()
        number = os.fork()
        if number == 0:
            try:
                child(faults, asked, give)
            except BaseException as error:
                os.write(2, repr(error).encode())
            os._exit(0)
        os.close(give)
        with os.fdopen(got, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(number, 0)
        print((answer or b'{"code": -9, "told": "died", "calls": 0}').decode(), flush=True)


if __name__ == "__main__":
    Path(sys.argv[1]).resolve(strict=True)
    main_loop()
