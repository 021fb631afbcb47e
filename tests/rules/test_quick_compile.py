"""Shortcuts of the compiler: the same code as Numba's own compiler, and Numba left as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from numba import njit, typeof
from numba.core import ir, types
from numba.core.compiler import Compiler
from numba.core.errors import TypingError
from numba.core.inline_closurecall import InlineWorker
from numba.core.types.functions import BaseFunction

from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.rules import truce
from sim.rules.quick_compile import QuickCompiler, shortcuts
from sim.rules.state import allocate

OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
# numbers that Numba gives away as it goes, of functions and of types; comments name blocks by
# such numbers, and sizes count the letters of names
NUMBERED = re.compile(r"(?<=B)\dv\d+(?=B)|RecordILi\d+E")
LISTED = ("\t.comm", "\t.type", "\t.globl", "\t.weak", "\t.hidden")
LEFT_OUT = re.compile(r"\s*#.*|\t\.size\t.*")


def code(rule: Any, pipeline: type[Compiler], *arguments: Any) -> str:
    """Assembly of ``rule`` compiled through ``pipeline``, without the numbers in names; lists of
    names, whose order follows the numbers, are sorted.
    """
    compiled = njit(**OPTIONS, pipeline_class=pipeline)(rule.py_func)
    compiled.compile(arguments)
    text = LEFT_OUT.sub("", compiled.inspect_asm(compiled.signatures[0]))
    lines = NUMBERED.sub("name", text).splitlines()
    listed = sorted(line for line in lines if line.startswith(LISTED))
    return "\n".join([*(line for line in lines if not line.startswith(LISTED)), *listed])


@pytest.fixture(scope="module")
def records() -> tuple[Any, Any]:
    """Types of the state and of the settings; kept, so that both compilers name them alike."""
    return typeof(allocate(1).whole[0]), typeof(flatten(Scenario()).values[0])


@pytest.mark.parametrize("rule", [truce.reenter, truce._set_lapse_terms])
def test_the_code_is_that_of_numbas_own_compiler(rule: Any, records: tuple[Any, Any]) -> None:
    assert code(rule, QuickCompiler, *records) == code(rule, Compiler, *records)


def methods() -> list[Any]:
    """What the shortcuts replace, as it is now."""
    return [
        InlineWorker.run_untyped_passes,
        BaseFunction.get_call_type,
        types.Record.__repr__,
        *(kind.__dict__.get("__deepcopy__") for kind in (ir.Loc, ir.Scope, ir.Inst, ir.Block)),
    ]


def test_numba_is_as_before_also_after_a_rule_that_does_not_compile() -> None:
    before = methods()
    with shortcuts():
        assert all(now is not then for now, then in zip(methods(), before, strict=True))

    @njit(pipeline_class=QuickCompiler)
    def wrong(x):  # type: ignore[no-untyped-def]
        return x.no_such_field

    with pytest.raises(TypingError, match="no_such_field"):
        wrong(1.0)
    assert all(now is then for now, then in zip(methods(), before, strict=True))
