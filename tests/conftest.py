"""Settings of the whole suite: no display, no deadline on hypothesis, rules compiled once before
the clock of any test runs; and the module of the rules for browsers, built once for all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from sim.browser.module import Module

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")

NIGHTLY = Path(__file__).with_name("nightly.txt")


def _nightly_ids() -> Iterator[str]:
    for line in NIGHTLY.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


@pytest.hookimpl(tryfirst=True)  # before pytest selects by mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that ``nightly.txt`` lists are marked nightly; a line that fits no test is an error."""
    of_file: dict[str, list[pytest.Item]] = {}
    for item in items:
        of_file.setdefault(item.nodeid.split("::")[0], []).append(item)
    whole = not any("::" in argument for argument in config.args)
    for line in _nightly_ids():
        candidates = of_file.get(line.split("::")[0])
        fitting = [item for item in candidates or () if item.nodeid.startswith(line)]
        for item in fitting:
            item.add_marker(pytest.mark.nightly)
        if whole and candidates and not fitting:
            raise pytest.UsageError(f"{NIGHTLY.name}: no test begins with {line}")


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """One short run, so that no test pays for compilation."""
    import numpy as np

    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.ensemble.execute import simulate

    simulate(flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 1, weekly=1)


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Module:
    """The built one where it is current, else built once for all workers of the suite."""
    from sim.browser.build import build
    from sim.browser.module import is_current, load_module

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
def decoder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> bytes:
    """The page's decoder of tables: the built one, else built once for all workers of the suite."""
    from sim.page.decoder import build_decoder, decoder_path

    if decoder_path().is_file():
        return decoder_path().read_bytes()
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with open(shared / "page_decoder.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return build_decoder(shared / "page_decoder")
