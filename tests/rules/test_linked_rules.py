"""Rules that wait for a caller: linked into other rules, executable where Python calls them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numba
import pytest
from numba import njit

from sim.rules import compiled
from sim.rules.compiled import formula, rule
from sim.rules.linked_rules import LinkedRule


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> tuple[LinkedRule, LinkedRule]:
    """A rule, compiled in memory, and another that calls it."""
    monkeypatch.setattr(compiled, "cache_folder", lambda: None)

    @formula
    def third(x):  # type: ignore[no-untyped-def]
        return x / 3.0

    @rule
    def inner(x):  # type: ignore[no-untyped-def]
        return third(x) + third(1.0)

    @rule
    def outer(x):  # type: ignore[no-untyped-def]
        return inner(x) - inner(2.0 * x)

    return inner, outer


def is_executable(rule: Any) -> list[bool]:
    return [cres.library.executable for cres in rule.overloads.values()]


def test_a_rule_is_executable_once_python_calls_it(rules: tuple[LinkedRule, LinkedRule]) -> None:
    inner, outer = rules
    assert outer(6.0) == (2.0 + 1.0 / 3.0) - (4.0 + 1.0 / 3.0)
    assert is_executable(outer) == [True]
    assert is_executable(inner) == [False]
    assert inner(6.0) == inner(6.0) == 2.0 + 1.0 / 3.0
    assert is_executable(inner) == [True]
    # a new kind of argument links the rule that is executable by now
    assert outer(6) == outer(6.0)


def test_numbas_own_functions_call_rules(rules: tuple[LinkedRule, LinkedRule]) -> None:
    inner, outer = rules
    twice = njit(lambda x: inner(x) + outer(x))
    assert twice(6.0) == inner.py_func(6.0) + outer.py_func(6.0)


def test_threads_that_call_a_rule_first_at_once_get_the_same(
    rules: tuple[LinkedRule, LinkedRule],
) -> None:
    _, outer = rules
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(outer, [6.0] * 64)) == {outer.py_func(6.0)}


def test_another_numba_compiles_as_it_will(monkeypatch: pytest.MonkeyPatch) -> None:
    assert numba.__version__.startswith(compiled._COMPARED), "compare the code, then name it there"
    monkeypatch.setattr(compiled, "cache_folder", lambda: None)
    monkeypatch.setattr(compiled, "_COMPARED", "none")
    half = rule(lambda x: x / 2.0)
    assert not isinstance(half, LinkedRule)
    assert half(3.0) == 1.5


SCRIPT = """
import sys
from pathlib import Path
from sim.rules import compiled
compiled.cache_folder = lambda: Path(sys.argv[1])
from sim.rules.mathematics import logistic
from sim.rules.truce import readiness
calls = {"outer": lambda: readiness(3.0, 1.0, 2.0), "inner": lambda: logistic(1.0)}
print(*(calls[name]() for name in sys.argv[2:]), sum(logistic.stats.cache_misses.values()))
"""


def test_a_rule_is_loaded_as_it_was_kept_and_made_executable_later(tmp_path: Path) -> None:

    def ask(*names: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path), *names],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(compiled.__file__).parents[2],
        )
        return done.stdout.split()

    value, misses = ask("outer")
    assert misses == "1"
    for _ in "loaded as linked", "loaded as executable":
        assert ask("inner", "outer") == [value, value, "0"]
