"""The second process of a first compilation: what it compiles is what the kernel uses, it is ended
with the block, and it may be absent.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.ensemble import parallel_compile
from sim.ensemble.execute import warm_up


def test_what_it_compiles_is_what_the_kernel_uses() -> None:
    """Where the kernel is compiled, all of it is found in the cache under the kernel's own
    types.
    """
    warm_up()
    code = (
        "from sim.ensemble.parallel_compile import phases\n"
        "for phase, types in phases():\n"
        "    phase.compile(types)\n"
        "    assert not phase.stats.cache_misses, (phase, types)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_each_phase_is_compiled_by_one_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiled: list[str] = []

    class Phase:
        def __init__(self, name: str) -> None:
            self.__name__ = name

        def compile(self, types: tuple[()]) -> None:
            compiled.append(self.__name__)

    named = [(Phase(name), ()) for name in ("first", "second")]
    monkeypatch.setattr(parallel_compile, "phases", lambda: named)
    (tmp_path / "first").touch()
    parallel_compile.compile_phases(str(tmp_path))
    parallel_compile.compile_phases(str(tmp_path))
    assert compiled == ["second"]


def test_the_second_process_is_ended_even_by_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    begin = parallel_compile._start

    def interrupted(claims: str) -> None:
        assert started[0].poll() is None
        raise KeyboardInterrupt

    monkeypatch.setattr(
        parallel_compile, "_start", lambda claims: started.append(begin(claims)) or started[-1]
    )
    monkeypatch.setattr(parallel_compile, "compile_phases", interrupted)
    with pytest.raises(KeyboardInterrupt), parallel_compile.compile_in_parallel(2):
        pytest.fail("the block ran")
    assert started[0].poll() is not None


def test_one_processor_or_no_cache_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_compile, "_start", lambda claims: pytest.fail("started"))
    with parallel_compile.compile_in_parallel(1):
        pass
    monkeypatch.setattr("sim.rules.compiled.cache_folder", lambda: None)
    with parallel_compile.compile_in_parallel(8):
        pass


def test_a_machine_that_starts_no_process_compiles_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "no such python")
    assert parallel_compile._start("claims") is None
    with parallel_compile.compile_in_parallel(2):
        pass
