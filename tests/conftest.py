"""Settings of the whole suite: no display, no deadline on hypothesis, rules compiled once before
the clock of any test runs; and the module of the rules for browsers, built once for all.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from sim.browser.module import Module

os.environ.setdefault("MPLBACKEND", "Agg")
# as on the command line (sim.verbs.surroundings), before NumPy is imported: on busy processors a
# second thread of linear algebra spins a thousand times as long as a small matrix takes
os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
# bytecode is kept whatever the environment says: without it every process that a test starts, and
# every worker, compiles each file of Python again
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile(
    "nightly",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# a quarter of the usual hundred examples, where a test asks for no number of its own
settings.register_profile("quick", settings.get_profile("nightly"), max_examples=25)


def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis tries fewer examples where the nightly tests are left out."""
    quick = config.option.markexpr == "not nightly"
    settings.load_profile("quick" if quick else "nightly")


NIGHTLY = Path(__file__).with_name("nightly.txt")


class Nightly(NamedTuple):
    """A line of ``nightly.txt``: tests whose id begins so; of each ``step`` one stays quick, where
    it is not 0.
    """

    begin: str
    step: int

    def of(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that the line moves to the night, empty where it fits none."""
        fitting = [item for item in items if item.nodeid.startswith(self.begin)]
        return [item for n, item in enumerate(fitting) if not self.step or n % self.step]


def _nightly() -> Iterator[Nightly]:
    for line in NIGHTLY.read_text(encoding="utf-8").splitlines():
        step, begin = re.fullmatch(r"(?:1 in (\d+) stays: )?(.*)", line).groups()  # type: ignore[union-attr]
        if begin and not begin.startswith("#"):
            yield Nightly(begin, int(step or 0))


@pytest.hookimpl(tryfirst=True)  # before pytest selects by mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that ``nightly.txt`` lists are marked nightly; a line that moves none is an error."""
    of_file: dict[str, list[pytest.Item]] = {}
    for item in items:
        of_file.setdefault(item.nodeid.split("::")[0], []).append(item)
    whole = not any("::" in argument for argument in config.args)
    for line in _nightly():
        candidates = of_file.get(line.begin.split("::")[0], [])
        moved = line.of(candidates)
        for item in moved:
            item.add_marker(pytest.mark.nightly)
        if whole and candidates and not moved:
            raise pytest.UsageError(f"{NIGHTLY.name}: no test begins with {line.begin}")


InTurn = Callable[[str], AbstractContextManager[Path]]


@pytest.fixture(scope="session")
def in_turn(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> InTurn:
    """A function that lets one worker of the suite at a time do what has a name, in a folder that
    they share.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    @contextmanager
    def held(name: str) -> Iterator[Path]:
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield shared / name

    return held


@pytest.fixture(scope="session", autouse=True)
def _compiled(in_turn: InTurn) -> None:
    """One short run, so that no test pays for compilation; the first worker compiles for all."""
    import numpy as np

    from sim.config.params import flatten
    from sim.config.scenario import Scenario
    from sim.ensemble.execute import simulate

    with in_turn("compiled"):
        simulate(flatten(Scenario()).values, np.zeros(1, np.int64), np.arange(1), 1, weekly=1)


@pytest.fixture(scope="session")
def module(in_turn: InTurn) -> Module:
    """The built one where it is current, else built once for all workers of the suite."""
    from sim.browser.build import build
    from sim.browser.module import is_current, load_module

    if is_current():
        return load_module()
    with in_turn("browser_module") as folder:
        if not is_current(folder):
            build(folder)
    return load_module(folder)


@pytest.fixture(scope="session")
def decoder(in_turn: InTurn) -> bytes:
    """The page's decoder of tables: the built one, else built once for all workers of the suite."""
    from sim.page.decoder import build_decoder, decoder_path

    if decoder_path().is_file():
        return decoder_path().read_bytes()
    with in_turn("page_decoder") as folder:
        return build_decoder(folder)
