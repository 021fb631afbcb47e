"""One content under every change of the machine that this machine can make: each in a process of
its own, against the bits made here.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from sim.api import run
from sim.results.files import content_hash

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "run.txt"
PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.1[123]*/bin/python"))
RUNS = 24
MADE = """
import json, sys, tempfile
from pathlib import Path
import sim
from sim.jobs import compose_job
from sim.results.files import content_hash

results = sim.run("london", runs=24, seed=7, weeks="all", threads=int(sys.argv[1]), engine=sys.argv[2])
told = {"runs": content_hash([results.runs]), "weeks": content_hash([results.weeks])}
with tempfile.TemporaryDirectory() as out:
    given = ["sweep=linkage_by_deadline", "sweep.runs=2"]
    job = compose_job("sweep", given)
    told["sweep"] = sim.sweep(job.sweep, job.scenario, seed=7, out=out, threads=int(sys.argv[1])).manifest.content["runs"]
print(json.dumps(told))
"""


def _made(
    python: str = sys.executable, threads: int = 1, engine: str = "ensemble", **environment: str
) -> dict[str, str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    words = [python, "-c", MADE, str(threads), engine]
    done = subprocess.run(
        words, env=env, capture_output=True, text=True, timeout=900, cwd=ROOT.parent
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def plain() -> dict[str, str]:
    """Contents made in a process with nothing changed."""
    return _made()


def test_a_process_of_its_own_gives_the_bits_made_here(plain):
    results = run("london", runs=RUNS, seed=7, weeks="all")
    assert plain["runs"] == content_hash([results.runs])
    assert plain["weeks"] == content_hash([results.weeks])


def test_threads_change_nothing(plain):
    assert _made(threads=4) == plain


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_the_seed_of_hashes_changes_nothing(plain, seed):
    assert _made(PYTHONHASHSEED=seed) == plain


def test_numpy_without_simd_changes_nothing(plain):
    features = _dispatched()
    if not features:
        pytest.skip("this numpy dispatches on no feature that could be switched off")
    assert _made(NPY_DISABLE_CPU_FEATURES=" ".join(features)) == plain


@functools.cache
def _dispatched() -> tuple[str, ...]:
    """Features of this processor that numpy chooses code by, each of which it lets one switch
    off.
    """
    try:
        from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
    except ImportError:
        return ()
    found = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    env = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(found)}
    tried = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import numpy"], env=env, capture_output=True
    )
    return tuple(found) if tried.returncode == 0 else ()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the tunables are glibc's")
def test_the_c_library_without_fma_and_avx_changes_nothing(plain):
    tunables = "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-FMA_Usable,-AVX512F"
    assert _made(GLIBC_TUNABLES=tunables) == plain


@pytest.mark.nightly
def test_a_compiler_for_the_plainest_processor_changes_nothing(plain):
    assert _made(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="") == plain


def test_the_mesa_engine_gives_the_same_runs(plain):
    mesa = _made(engine="mesa")
    assert (mesa["runs"], mesa["weeks"]) == (plain["runs"], plain["weeks"])


@pytest.mark.parametrize("size", [1, 7, RUNS])
def test_the_size_of_a_batch_changes_no_run(size):
    import numpy as np

    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.ensemble.execute import simulate

    values = flatten(Scenario()).values
    whole, _ = simulate(values, np.zeros(RUNS, np.int64), np.arange(RUNS), 7)
    batches = [np.arange(first, min(first + size, RUNS)) for first in range(0, RUNS, size)]
    parts = [simulate(values, np.zeros(len(batch), np.int64), batch, 7)[0] for batch in batches]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


@pytest.mark.nightly
@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parts[-3])
def test_another_python_gives_the_same_bits(python, plain, tmp_path):
    if tuple(python.parts[-3].split(".")[:2]) == platform.python_version_tuple()[:2]:
        pytest.skip("this Python")
    setup = [[str(python), "-m", "venv", str(tmp_path / "env")]]
    pip = [
        str(tmp_path / "env/bin/python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "-q",
    ]
    setup.append([*pip, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)])
    for words in setup:
        done = subprocess.run(words, capture_output=True, text=True, timeout=1200)
        if done.returncode != 0:
            pytest.skip(f"no environment for it here: {done.stderr.strip().splitlines()[-1:]}")
    assert _made(str(tmp_path / "env/bin/python")) == plain
