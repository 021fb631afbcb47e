"""Every public function of theory has an example that runs."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from types import ModuleType

import pytest

from sim import theory

MODULES = [
    import_module(f"sim.theory.{name}")
    for name in (
        "games",
        "listed",
        "nested",
        "private_prices",
        "problem",
        "queues",
        "rubinstein",
        "solutions",
        "tariffs",
    )
]


def _public() -> dict[str, object]:
    """What ``sim.theory`` names, and the public methods of its classes."""
    found: dict[str, object] = {name: getattr(theory, name) for name in theory.__all__}
    for name, made in list(found.items()):
        if inspect.isclass(made):
            own = {
                k: v
                for k, v in vars(made).items()
                if not k.startswith("_") and getattr(v, "__doc__", None)
            }
            methods = {k: v for k, v in own.items() if inspect.isfunction(v)}
            found |= {f"{name}.{k}": v for k, v in methods.items()}
    return found


@pytest.mark.parametrize("name", _public())
def test_everything_public_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(_public()[name]) or ""), name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_examples_come_out_as_printed(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0


def test_every_module_is_listed() -> None:
    homes = {inspect.getmodule(getattr(theory, name)) for name in theory.__all__}
    assert homes == set(MODULES)
