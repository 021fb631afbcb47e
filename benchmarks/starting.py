"""Waiting times before a run starts (imports, help, the first compilation), and the disk space of a
sweep.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np

from benchmarks.clock import Row, fresh, seconds
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate

__all__ = ["serving", "starting", "storing"]

_FIRST = (
    "import numpy as np, time\n"
    "from sim.config.scenario import Scenario\nfrom sim.config.params import flatten\n"
    "import sim.rules.compiled as c\nc.cache_folder = lambda: None\n"
    "t = time.perf_counter()\n"
    "from sim.ensemble.execute import simulate\n"
    "simulate(flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 1)\n"
    "print(time.perf_counter() - t)\n"
)


def starting() -> Iterator[Row]:
    """Fresh interpreters."""
    bare, _ = fresh("pass")
    yield Row("start", "python alone", 1000 * bare, "ms")
    for name, code, aim in (
        ("import sim", "import sim", "aim: under 300 ms"),
        ("tariffsim --help", "import sim.cli; sim.cli.main(['--help'])", "aim: under 500 ms"),
        ("sim.load of London", "import sim; sim.load('scenario=london')", ""),
        ("sim.run of 10, cache warm", "import sim; sim.run('london', runs=10)", ""),
    ):
        taken, spread = fresh(code, 3)
        yield Row("start", name, 1000 * taken, "ms", spread, aim)
    cold = subprocess.run(
        [sys.executable, "-c", _FIRST], check=True, capture_output=True, text=True
    )
    yield Row(
        "start",
        "first compilation, no cache",
        float(cold.stdout.split()[-1]),
        "s",
        0.0,
        "aim: under 20 s, once",
    )


def serving() -> Iterator[Row]:
    """The call that a web page makes at every move of a lever."""
    import sim

    london = sim.load("scenario=london")
    for weeks in ("none", "quantiles"):
        taken, spread = seconds(lambda weeks=weeks: sim.run(london, runs=1000, weeks=weeks), 5)
        yield Row(
            "serve",
            f"sim.run of 1,000, weeks={weeks}",
            1000 * taken,
            "ms",
            spread,
            "aim: under 400 ms",
        )
    levels = {"linkage.cn": [0.0, 0.5, 1.0]}
    with _rules_stubbed(london, 100):
        beside, spread_beside = seconds(lambda: sim.run(london, runs=100), 30)
    for name, work, aim in (
        ("sim.run of 100, weekly bands", lambda: sim.run(london, runs=100), "aim: under 25 ms"),
        ("sim.load of London", lambda: sim.load("scenario=london"), ""),
        ("sim.evaluate of 3 rows, a run each", lambda: sim.evaluate(london, levels), ""),
        ("sim.TruceModel", lambda: sim.TruceModel(london, seed=1), ""),
    ):
        taken, spread = seconds(work, 30)
        yield Row("serve", name, 1000 * taken, "ms", spread, aim)
    yield Row(
        "serve",
        "sim.run of 100 beside the rules",
        1000 * beside,
        "ms",
        spread_beside,
        "aim: under 8 ms",
    )


@contextlib.contextmanager
def _rules_stubbed(scenario: Scenario, runs: int) -> Iterator[None]:
    """Let the ensemble hand out runs computed beforehand, so that the code around it can be timed
    alone.
    """
    values, numbers = flatten(scenario).values, np.arange(runs)
    made = simulate(values, np.zeros(runs, np.int64), numbers, 1, weekly=runs)
    with mock.patch("sim.ensemble.execute.simulate", return_value=made):
        yield


def storing(runs: int) -> Iterator[Row]:
    """A sweep of Sobol points to disk: rate, bytes per run, time after the last run, peak memory of
    the process so far.
    """
    from sim.api import finish
    from sim.batch import Run
    from sim.jobs import compose_job
    from sim.results.files import content_hash
    from sim.sweeps.store import Store
    from sim.sweeps.sweep import prepare, run_sweep

    points = 2 ** max(6, (runs - 1).bit_length())
    job = compose_job("sweep", ["sweep=all_levers_sobol", f"sweep.points={points}"])
    assert job.sweep is not None
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        result = run_sweep(prepare(job.sweep, job.scenario), job.scenario, Run(), Path(place))
        taken = time.perf_counter() - start
        stored = sum(part.stat().st_size for part in (Path(place) / "runs").iterdir())
        rows = sum(1 for _ in os.scandir(Path(place) / "runs"))
        yield Row(
            "store",
            f"{points:,} Sobol points, one run each",
            points / taken,
            "runs/s",
            0.0,
            f"{rows} parts",
        )
        yield Row("store", "bytes per run", stored / points, "bytes", 0.0, "aim: under 200")
        start = time.perf_counter()
        finish(result, Path(place), job)
        yield Row(
            "store",
            "closing: answer, figures, report",
            time.perf_counter() - start,
            "s",
            0.0,
            f"of {points:,} runs",
        )
        start = time.perf_counter()
        content_hash(Store(Path(place)).parts())
        yield Row(
            "store", "hash of the content", 1e6 * (time.perf_counter() - start) / points, "us/run"
        )
    yield Row(
        "store",
        "peak memory of this process",
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "MB",
    )
