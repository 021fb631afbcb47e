"""How rules are compiled: Numba, no fast-math, IEEE division.

Cached on disk by the hash of every compiled source.

Numba keys a cached function on its own file alone, so an edit in another file would run a stale
rule silently; the folder's name therefore has a hash of all compiled sources and of the Numba
version. Where no folder can be written, rules compile in memory. Nothing here knows what a rule
computes.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import numba
from numba import njit

from sim.rules.linked_rules import LinkedRule
from sim.vocabulary import codes_in_words

__all__ = ["FACT_FILES", "cache_folder", "formula", "rule", "small_rule", "source_hash"]

_ROOMS = ("rules", "ensemble")
FACT_FILES = ("tariff_bases.csv", "trade_groups.csv", "trade_season.csv")
"""Tables of ``sim/data`` that rules read: they decide bits as sources do."""
# the version of Numba whose internals sim.rules.linked_rules and sim.rules.quick_compile know, and
# whose code was compared with and without them; others compile without
_COMPARED = "0.68."


@cache
def source_hash() -> str:
    """Hash of all compiled sources, of the codes they compare with and of the tables they read: 64
    hexadecimal digits.
    """
    digest = hashlib.sha256(codes_in_words().encode())
    package = Path(__file__).resolve().parent.parent
    for room in _ROOMS:
        for source in sorted((package / room).glob("*.py")):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    for name in FACT_FILES:
        digest.update(name.encode() + b"\0" + (package / "data" / name).read_bytes())
    return digest.hexdigest()


def _cache_key() -> str:
    versions = f"{source_hash()} {numba.__version__} {sys.version_info[:3]}"
    return hashlib.sha256(versions.encode()).hexdigest()[:16]


@cache
def cache_folder() -> Path | None:
    """The folder compiled rules are kept in: beside the package, else in the user's cache.

    None where neither is writable.
    """
    package = Path(__file__).resolve().parent.parent
    places = [package / "__pycache__"]
    home = os.path.expanduser("~")
    if home != "~":
        places.append(Path(home) / ".cache" / "tariffsim")
    for place in places:
        folder = place / f"compiled-{_cache_key()}"
        if _writable(folder):
            return folder
    return None


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def rule(function: Callable[..., Any]) -> Any:
    """Compile ``function`` for all engines.

    No fast-math, division by zero gives infinity, the lock is released.

    A rule allocates nothing: compiled without Numba's memory manager, which would count references
    to every part of a record.
    """
    return _compile(function)


def formula(function: Callable[..., Any]) -> Any:
    """Compile ``function`` like a rule, but into each rule that calls it.

    For code inside a loop over several firms at once, and for code that only one rule
    calls: a separate function costs a fifth of a second of compilation.
    """
    return _compile(function, inline="always")


def small_rule(function: Callable[..., Any]) -> Any:
    """Compile ``function`` like a rule, but have LLVM put it into each rule that calls it.

    For rules of some instructions that are called several times a week: a call costs as much as
    they do, and Numba's own inlining, that of a formula, costs more compilation.
    """
    return _compile(function, forceinline=True)


def _compile(
    function: Callable[..., Any], *, inline: str = "never", forceinline: bool = False
) -> Any:
    folder, settings = cache_folder(), cast(Any, numba.config)
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(folder) if folder else before
    try:
        options: dict[str, Any] = {
            "nogil": True,
            "error_model": "numpy",
            "inline": inline,
            "forceinline": forceinline,
            "_nrt": False,
            "no_cfunc_wrapper": True,
        }
        if settings.DISABLE_JIT or not numba.__version__.startswith(_COMPARED):
            return njit(**options, cache=folder is not None)(function)
        compiled = LinkedRule(function, targetoptions={"nopython": True, **options})
        if folder is not None:
            compiled.enable_caching()
        return compiled
    finally:
        settings.CACHE_DIR = before
