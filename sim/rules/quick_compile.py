"""Shortcuts through Numba's compiler: the same code, without asking the same question twice.

Of the 75 seconds that a first compilation of all rules took, Numba spent a third copying,
interpreting and typing what it had copied, interpreted and typed before. While a rule compiles,
:func:`shortcuts` therefore replaces a few of its functions:

- a formula is interpreted once, not at each of its 600 calls;
- a copy of a formula shares the places in the source and the variables of its scope; Numba's own
  copies the whole scope, with every variable in it, once for each block;
- a call of a built-in function, such as an addition, is typed once for the same types of
  arguments: 500 calls of 19,000;
- the long name of a record's type is put together once;
- the collector of reference cycles rests until the rule is done.

None of this changes the code that comes out (`docs/benchmarks.md`, *The first compilation*;
`tests/rules/test_quick_compile.py`). These are internals of Numba, so a version that nobody has
compared compiles without them (:mod:`sim.rules.compiled`). Nothing here knows what a rule computes.
"""

from __future__ import annotations

import contextlib
import copy
import gc
from collections.abc import Callable, Iterator
from typing import Any

from numba.core import bytecode, ir, types
from numba.core.compiler import Compiler
from numba.core.inline_closurecall import InlineWorker
from numba.core.types.functions import BaseFunction

__all__ = ["QuickCompiler", "shortcuts"]

_SHARED = frozenset((str, int, float, bool, type(None), ir.Loc, type(ir.UNDEFINED)))
_blocks = 0  # how many blocks of shortcuts() are open


class QuickCompiler(Compiler):
    """Numba's compiler, with :func:`shortcuts`."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """Compile ``func``, and every rule that it calls."""
        with shortcuts():
            result = super().compile_extra(func)
            # what the rule leaves behind; older objects are not visited again
            gc.collect(0)
            return result


@contextlib.contextmanager
def shortcuts() -> Iterator[None]:
    """Compile quickly within the block. A block within another shares what that one has learnt.

    Numba holds its lock meanwhile, so that no other thread compiles.
    """
    global _blocks
    _blocks += 1
    try:
        with contextlib.ExitStack() as stack:
            if _blocks == 1:
                stack.enter_context(_uncollected())
                for owner, name, function in _replacements():
                    stack.enter_context(_replaced(owner, name, function))
            yield
    finally:
        _blocks -= 1


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def _replaced(owner: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    original = owner.__dict__.get(name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        if original is None:
            delattr(owner, name)
        else:
            setattr(owner, name, original)


def _replacements() -> Iterator[tuple[type, str, Callable[..., Any]]]:
    """Class, name and replacement of each method."""
    yield InlineWorker, "run_untyped_passes", _interpreted_once()
    yield ir.Loc, "__deepcopy__", lambda place, memo: place
    yield ir.Scope, "__deepcopy__", _copy_scope
    yield ir.Inst, "__deepcopy__", _copy_node
    yield ir.Block, "__deepcopy__", _copy_node
    yield BaseFunction, "get_call_type", _typed_once()
    yield types.Record, "__repr__", _printed_once()


def _interpreted_once() -> Callable[..., Any]:
    interpret, known = InlineWorker.run_untyped_passes, {}

    def run_untyped_passes(worker: Any, func: Callable[..., Any], enable_ssa: bool = False) -> Any:
        key = func, enable_ssa
        if key not in known:
            known[key] = interpret(worker, func, enable_ssa)
            return known[key]
        # what Numba's own leaves behind: the setting, and a number for each inlined call
        worker.flags.enable_ssa = enable_ssa
        again = copy.copy(known[key])
        again.func_id = bytecode.FunctionIdentity.from_function(func)
        return again

    return run_untyped_passes


def _copy_scope(scope: Any, memo: dict[int, Any]) -> Any:
    """A scope of its own with the same variables, which nobody changes."""
    new = memo[id(scope)] = ir.Scope(scope.parent, scope.loc)
    new.localvars._con.update(scope.localvars._con)
    new.redefined.update(scope.redefined)
    for name, versions in scope.var_redefinitions.items():
        new.var_redefinitions[name] = set(versions)
    return new


def _copy_node(node: Any, memo: dict[int, Any]) -> Any:
    """A block or an instruction: its own variables, expressions and lists, the same constants."""
    new = object.__new__(type(node))
    # not by setattr, which an expression turns into an argument
    new.__dict__.update({name: _copy(value, memo) for name, value in node.__dict__.items()})
    return new


def _copy(value: Any, memo: dict[int, Any]) -> Any:
    kind = type(value)
    if kind in _SHARED:
        return value
    if kind is list:
        return [_copy(item, memo) for item in value]
    if kind is tuple:
        return tuple(_copy(item, memo) for item in value)
    if kind is dict:
        return {name: _copy(item, memo) for name, item in value.items()}
    return copy.deepcopy(value, memo)


def _typed_once() -> Callable[..., Any]:
    infer, known = BaseFunction.get_call_type, {}

    def get_call_type(function: Any, context: Any, args: Any, kws: Any) -> Any:
        # a rule is no built-in function: it may still be compiling
        if kws or type(function) is not types.Function:
            return infer(function, context, args, kws)
        key = function, context, tuple(args)
        if key not in known:
            known[key] = infer(function, context, args, kws)
        return known[key]

    return get_call_type


def _printed_once() -> Callable[..., Any]:
    # not kept in the type, which is pickled with every rule; a type lives as long as the process
    put_together, known = types.Record.__repr__, {}

    def name(record: Any) -> str:
        if record not in known:
            known[record] = put_together(record)
        return known[record]

    return name
