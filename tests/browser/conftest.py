"""The module under test: the built one where it is current, else built once for all workers of the
suite.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from sim.browser.build import build
from sim.browser.module import Module, built_folder, is_current, load_module


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Module:
    if is_current():
        return load_module()
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder = shared / "browser_module"
    with open(shared / "browser_module.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(folder):
            build(folder)
    return load_module(folder)


@pytest.fixture(scope="session")
def unbuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nothing_built")
    assert folder != built_folder()
    return folder
