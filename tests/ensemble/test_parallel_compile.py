"""The second process of a first compilation: what it compiles is what the kernel uses, it is ended
with the block, and it may be absent.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.ensemble import parallel_compile
from sim.ensemble.execute import warm_up

LATER = (
    "bargaining.negotiation",
    "truce.truce",
    "outcomes.finish",
    "outcomes.observe",
    "outcomes.record_week",
)


def test_what_it_compiles_is_what_the_kernel_uses() -> None:
    """Where the kernel is compiled, all of it is found in the cache under the kernel's own
    types.
    """
    warm_up()
    code = (
        "from importlib import import_module\nfrom sim.ensemble.parallel_compile import later_half\nlater_half()\n"
        f"for name in {LATER!r}:\n"
        "    module, rule = name.split('.')\n"
        "    stats = getattr(import_module('sim.rules.' + module), rule).stats\n"
        "    assert sum(stats.cache_hits.values()) == 1 and not stats.cache_misses, (name, stats)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_it_is_ended_with_the_block_even_by_an_error(monkeypatch) -> None:
    started = []
    begin = parallel_compile._start
    monkeypatch.setattr(parallel_compile, "_start", lambda: started.append(begin()) or started[-1])
    with pytest.raises(KeyboardInterrupt):
        _interrupted(started)
    assert started[0].poll() is not None


def _interrupted(started: list) -> None:
    with parallel_compile.compile_in_parallel(2):
        assert started[0].poll() is None
        raise KeyboardInterrupt


def test_one_processor_or_no_cache_starts_nothing(monkeypatch) -> None:
    monkeypatch.setattr(parallel_compile, "_start", lambda: pytest.fail("started"))
    with parallel_compile.compile_in_parallel(1):
        pass
    monkeypatch.setattr("sim.rules.compiled.cache_folder", lambda: None)
    with parallel_compile.compile_in_parallel(8):
        pass


def test_a_machine_that_starts_no_process_compiles_alone(monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "no such python")
    assert parallel_compile._start() is None
    with parallel_compile.compile_in_parallel(2):
        pass
