"""The module as a file: what it asks for, how large it is, when it is refused, and that it is the
same whenever it is built.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import wasmtime

from sim.browser.build import CODE, DESCRIPTION, build
from sim.browser.execute import run_in_module
from sim.browser.module import Module, is_current, load_module
from sim.config.errors import MACHINE, SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario


@pytest.fixture
def copied(module: Module, tmp_path: Path) -> Path:
    """A folder with the module under test."""
    (tmp_path / CODE).write_bytes(module.code)
    (tmp_path / DESCRIPTION).write_text(json.dumps(module.description), encoding="utf-8")
    return tmp_path


def test_it_imports_nothing_so_no_host_is_called_in_a_run(module: Module) -> None:
    code = wasmtime.Module(wasmtime.Engine(), module.code)
    assert not list(code.imports)
    assert {export.name for export in code.exports} == {
        "memory",
        "__heap_base",
        module.description["export"]["name"],
    }


def test_it_is_under_400_kilobytes(module: Module) -> None:
    assert len(module.code) == module.description["bytes"] < 400_000


def test_it_holds_no_path_of_the_machine_that_built_it(module: Module) -> None:
    root = str(Path(__file__).parents[2]).encode()
    assert root not in module.code
    assert root not in json.dumps(module.description).encode()


def test_where_it_was_never_built_the_error_says_what_builds_it(tmp_path: Path) -> None:
    with pytest.raises(SimError, match="make wasm") as found:
        load_module(tmp_path)
    assert found.value.exit_code == MACHINE


@pytest.mark.parametrize(
    "changed", [{"rules": "0" * 64}, {"builder": "0" * 64}, {"settings": []}, {"bytes": 1}]
)
def test_when_rules_or_settings_have_changed_since_it_is_refused(
    copied: Path, changed: dict[str, object]
) -> None:
    assert is_current(copied)
    description = json.loads((copied / DESCRIPTION).read_text(encoding="utf-8"))
    (copied / DESCRIPTION).write_text(json.dumps({**description, **changed}), encoding="utf-8")
    with pytest.raises(SimError, match=r"other rules(.|\n)*make wasm"):
        load_module(copied)


def test_without_the_linker_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SimError, match="ziglang"):
        build(tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_wasmtime_python_says_what_is_missing(
    module: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.browser.execute import _engine

    _engine.cache_clear()
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    with pytest.raises(SimError, match="wasmtime"):
        run_in_module(
            flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 1, module=module
        )


@pytest.mark.nightly
def test_built_twice_in_two_processes_it_is_the_same_file(module: Module, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from sim.browser.build import build; build(Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / CODE).read_bytes() == module.code
    assert json.loads((tmp_path / DESCRIPTION).read_text(encoding="utf-8")) == module.description
