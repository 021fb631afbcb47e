"""Rules that are compiled to be linked, and made executable only where Python calls them.

Numba optimises each function with everything below it, and turns it into machine code, before the
function that calls it is compiled; the same code is optimised again at each level, 130 times in
all. The ensemble calls one rule, and Mesa thirty. So a rule here is interpreted, typed and lowered
as ever, and then waits as LLVM's code without its optimisation: a caller links it, and where Python
calls, the whole is optimised once. Neither order changes a bit: there is no fast-math.

These are internals of Numba (:mod:`sim.rules.compiled` says of which version). Nothing here knows
what a rule computes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import compile_result
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

from sim.rules.quick_compile import QuickCompiler

__all__ = ["LinkedRule"]

_LINKABLE = "linkable"  # kind of a cached rule, beside Numba's kinds


class _Library(JITCodeLibrary):
    """LLVM's code of a rule and of all that it calls: linkable first, executable when asked for."""

    executable = False

    def finalize(self) -> None:
        """Link what the rule calls; as Numba's, but for what :meth:`make_executable` does."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True

    def make_executable(self) -> None:
        """Optimise, and compile to machine code.

        Numba's lighter passes before the full ones gather counts of references; rules have none.
        """
        self._ensure_finalized()
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)
        self._final_module.verify()
        self._finalize_final_module()
        self._shared_module = None  # it was a copy of the code as linked
        self.executable = True

    @property
    def codegen(self) -> Any:
        return self._codegen if self.executable else _NoEnvironment()

    def get_pointer_to_function(self, name: str) -> int:
        """Address of a function, null where it is not executable."""
        self._ensure_finalized()
        return super().get_pointer_to_function(name) if self.executable else 0

    def serialize_using_object_code(self) -> tuple[str, str, Any]:
        """For the cache: machine code too where there is any."""
        if self.executable:
            return super().serialize_using_object_code()
        return self.name, _LINKABLE, self._final_module.as_bitcode()

    @classmethod
    def of(cls, codegen: Any, name: str, bitcode: bytes) -> _Library:
        """A linkable library from the cache."""
        library = cls(codegen, name)
        library.enable_object_caching()
        library._final_module = llvm.parse_bitcode(bitcode)
        library._finalized = True
        return library


class _NoEnvironment:
    """Where a linkable library would set Python's environment, which needs an address."""

    def set_env(self, name: str, environment: Any) -> None:
        """Not yet."""


class _Compiler(QuickCompiler):
    def compile_extra(self, func: Callable[..., Any]) -> Any:
        self.state.library = _Library(self.state.targetctx.codegen(), func.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(func)


class _CacheImpl(CompileResultCacheImpl):
    def rebuild(self, target_context: Any, payload: Any) -> Any:
        (name, kind, bitcode), descriptor, environment, *rest = payload
        if kind != _LINKABLE:
            return super().rebuild(target_context, payload)
        library = _Library.of(target_context.codegen(), name, bitcode)
        signature, objectmode, lifted, annotation, reload_init, referenced = rest
        return compile_result(
            target_context=target_context,
            typing_context=target_context.typing_context,
            library=library,
            environment=environment,
            entry_point=target_context.get_executable(library, descriptor, environment),
            fndesc=descriptor,
            type_annotation=annotation,
            signature=signature,
            objectmode=objectmode,
            lifted=lifted,
            reload_init=reload_init,
            referenced_envs=referenced,
        )


class _Cache(FunctionCache):
    _impl_class = _CacheImpl


class LinkedRule(CPUDispatcher):
    """A compiled function that other rules link, and that is made executable where Python calls."""

    def __init__(
        self,
        py_func: Callable[..., Any],
        locals: Any = None,
        targetoptions: Any = None,
        pipeline_class: type = _Compiler,
    ) -> None:
        super().__init__(py_func, locals, targetoptions, pipeline_class)

    def enable_caching(self) -> None:
        """Keep the rule on disk, as Numba's own functions."""
        self._cache = _Cache(self.py_func)

    def add_overload(self, cres: Any) -> None:
        """Keep a compiled rule: for other rules, and for Python if it is executable."""
        if _executable(cres):
            super().add_overload(cres)
        else:
            self.overloads[tuple(cres.signature.args)] = cres

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        """What Python calls, where Numba has no executable for arguments of these types."""
        with global_compiler_lock:
            entry = super()._compile_for_args(*args, **kws)
            overloads: dict[Any, Any] = self.overloads
            for types, cres in list(overloads.items()):
                if cres.entry_point is entry and not _executable(cres):
                    return self._make_executable(types, cres)
            return entry

    def _make_executable(self, types: Any, cres: Any) -> Any:
        library, context = cres.library, cres.target_context
        library.make_executable()
        entry = context.get_executable(library, cres.fndesc, cres.environment)
        for environment in cres._find_referenced_environments():
            library.codegen.set_env(environment.env_name, environment)
        context.insert_user_function(entry, cres.fndesc, [library])
        done = cres._replace(entry_point=entry)
        self.add_overload(done)
        self._cache.save_overload(types, done)
        return entry


def _executable(cres: Any) -> bool:
    return not isinstance(cres.library, _Library) or cres.library.executable
