"""The examples of docstrings come out as printed, and what people call has one. Those of theory:
``tests/theory/test_examples.py``.
"""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
ROOMS = ("api.py", "analysis")
# what answers and figures take step by step from a whole sweep: its example would be a sweep
OF_SWEEPS = {
    "add",
    "cells",
    "estimates",
    "find",
    "first_orders",
    "rank_settings",
    "ratio",
    "reasons",
    "sensitivity",
    "settings_doubt",
    "shape",
    "describe_target",
    "total",
}
# what the command line calls, with the whole of a job
OF_JOBS = {"run_batch", "refuse_unseen", "score_series", "read_scored"}


def modules(*rooms: str) -> Iterator[ModuleType]:
    """Modules of some rooms of the package, or of all but theory."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        if name.parts[0] in rooms or (
            not rooms and name.parts[0] != "theory" and ">>> " in path.read_text(encoding="utf-8")
        ):
            yield import_module(
                ".".join(("sim", *name.with_suffix("").parts)).removesuffix(".__init__")
            )


def functions() -> dict[str, Callable[..., Any]]:
    """Public functions by module and name."""
    return {
        f"{module.__name__}.{name}": getattr(module, name)
        for module in modules(*ROOMS)
        for name in getattr(module, "__all__", ())
        if inspect.isfunction(getattr(module, name))
    }


@pytest.mark.parametrize(
    "name", [name for name in functions() if name.rpartition(".")[2] not in OF_SWEEPS | OF_JOBS]
)
def test_what_people_call_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(functions()[name]) or "")


def test_exceptions_exist() -> None:
    names = {name.rpartition(".")[2] for name in functions()}
    assert not (OF_SWEEPS | OF_JOBS) - names


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_examples_come_out_as_printed(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
