"""What is rewritten for a browser, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import wasmtime
from numba import carray, cfunc, types

from sim.browser.build import assemble
from sim.browser.description import EXPORT
from sim.browser.retarget import FEATURES, SCALAR_FEATURES, rewrite, to_object
from sim.config.errors import SimError

LAYOUT = "e-m:e-p:32:32-i64:64-n32:64-S128"


def ir_of(function: object) -> str:
    """IR of a callback (numbers, room) with a name like the rules' own."""
    signature = types.void(types.int32, types.CPointer(types.float64))
    return cfunc(signature, error_model="numpy")(function).inspect_llvm()


def sums(count, room):
    numbers = carray(room, (count,))
    numbers[0] = np.sqrt(numbers).sum()


def roots(count, room):
    numbers = carray(room, (count,))
    for k in range(count):
        numbers[k] = np.sqrt(numbers[k])


def sines(count, room):
    numbers = carray(room, (count,))
    numbers[0] = math.sin(numbers[0])


def powers_of_two(count, room):
    numbers = carray(room, (count,))
    numbers[0] = math.ldexp(1.0, int(numbers[0]))


def raises(count, room):
    numbers = carray(room, (count,))
    if numbers[0] < 0.0:
        raise ValueError("below zero")
    numbers[0] = 7.0


def run(code: bytes, numbers: list[float]) -> list[float]:
    """What the function makes of ``numbers``, in wasmtime, with nothing to import."""
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, code), []).exports(store)
    memory, place = exports["memory"], exports["__heap_base"].value(store)
    memory.grow(store, 1)
    memory.write(store, np.asarray(numbers).tobytes(), place)
    exports[EXPORT](store, len(numbers), place)
    return np.frombuffer(memory.read(store, place, place + 8 * len(numbers))).tolist()


@pytest.mark.parametrize("features", [FEATURES, SCALAR_FEATURES])
def test_a_square_root_is_the_instruction(features: str) -> None:
    assert run(assemble(ir_of(roots), features), [4.0, 2.0, 0.0]) == [2.0, 2.0**0.5, 0.0]


@pytest.mark.parametrize(("function", "name"), [(sines, "sin"), (powers_of_two, "numba_ldexp")])
def test_a_rule_that_calls_the_c_library_is_refused_by_name(function: object, name: str) -> None:
    with pytest.raises(
        SimError,
        match=rf"(a function that a browser does not have|undefined symbol)(.|\n)*\b{name}\b",
    ):
        assemble(ir_of(function))


def test_a_rule_that_allocates_is_refused() -> None:
    with pytest.raises(SimError):
        to_object(ir_of(sums))


def test_a_rule_that_keeps_pointers_in_a_structure_is_refused() -> None:
    ir = 'define void @"cfunc.x"(ptr %p) {\n  %pair = alloca { ptr, i64 }, align 8\n  ret void\n}'
    with pytest.raises(SimError, match="keeps pointers"):
        rewrite(ir, LAYOUT)


def test_an_error_in_a_rule_stops_the_run_instead_of_being_taken_for_impossible() -> None:
    code = assemble(ir_of(raises))
    assert run(code, [1.0]) == [7.0]
    with pytest.raises(wasmtime.Trap):
        run(code, [-1.0])
