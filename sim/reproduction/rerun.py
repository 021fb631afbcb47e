"""A result made again from its manifest: a run in memory, a sweep part by part into a temporary folder.

The settings go through the same validation as anyone's; only where to compute (threads, executor) is chosen anew, for nothing depends on it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.compose import scenario_to_plain
from sim.config.errors import SimError
from sim.config.groups.outcomes import Run
from sim.config.schema import Scenario
from sim.config.sweeps import build_sweep
from sim.config.validate import build, check_run, check_scenario
from sim.results.files import read_table

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeps.design import Design

__all__ = ["Parts", "check_scenario_of", "settings_of", "unlike", "weekly_tables"]

_LIST, _PLAN = "design.parquet", "plan.json"
_MOST_PLAN = 50_000_000
Progress = Callable[[int, int], None]


def check_scenario_of(manifest: Mapping[str, Any]) -> tuple[Scenario, list[str]]:
    """The scenario of a manifest, valid, and the settings that this version reads otherwise than they were recorded.

    Raises
    ------
    SimError
        One that this version refuses.
    """
    scenario = build(Scenario, manifest["scenario"], "scenario")
    check_scenario(scenario)
    return scenario, unlike(manifest["scenario"], scenario_to_plain(scenario))


def unlike(recorded: Any, other: Any, path: str = "") -> list[str]:
    """Settings by dotted name in which two nested mappings differ."""
    if isinstance(recorded, Mapping) and isinstance(other, Mapping):
        names = [*recorded, *(name for name in other if name not in recorded)]
        gone = object()
        return [
            text
            for name in names
            for text in unlike(recorded.get(name, gone), other.get(name, gone), f"{path}.{name}" if path else str(name))
        ]
    same = recorded == other and isinstance(recorded, bool) == isinstance(other, bool)
    return [] if same else [f"{path}: {_value(recorded)} recorded, {_value(other)} found"]


def _value(value: Any) -> str:
    return "nothing" if type(value) is object else repr(value)[:80]


def settings_of(manifest: Mapping[str, Any], threads: int) -> Run:
    """The settings of a run, computed here on ``threads``."""
    alone = manifest["run"].get("engine") == "mesa"  # steps one run after another
    here = {"threads": 0 if alone else threads, "executor": "local", "out": "outputs", "address": ""}
    settings = build(Run, {**manifest["run"], **here}, "run")
    check_run(settings)
    return settings


def weekly_tables(scenario: Scenario, settings: Run, progress: Progress | None) -> dict[str, pd.DataFrame]:
    """The tables of a run, made again in memory."""
    from sim.api import run

    results = run(
        scenario, runs=settings.runs, seed=settings.seed, weeks=settings.weeks, engine=settings.engine,
        threads=settings.threads, progress=progress,
    )  # fmt: skip
    return {"runs": results.runs, **({"weeks": results.weeks} if results.weeks is not None else {})}


class Parts:
    """The parts of a sweep: those recorded below ``folder``, and the same ones made again into ``scratch``.

    Parameters
    ----------
    manifest, scenario, settings
        The sweep as it was recorded.
    folder
        Where its result stands; holds the table of a list.
    scratch
        An empty folder for the parts made here.
    """

    def __init__(
        self, manifest: Mapping[str, Any], scenario: Scenario, settings: Run, folder: Path, scratch: Path
    ) -> None:
        from sim.sweeps.chunks import chunk_size, chunks

        self._scenario, self._settings, self._folder, self._scratch = scenario, settings, folder, scratch
        self.design = _design(manifest, scenario, folder)
        size = _size(folder) or chunk_size(self.design.sweep, self.design.rows)
        self._pieces = {piece.number: piece for piece in chunks(self.design.sweep, self.design.rows, size)}

    @property
    def numbers(self) -> list[int]:
        """All parts."""
        return list(self._pieces)

    def sample(self, count: int) -> list[int]:
        """Some parts at random, in order; all of them where there are no more than ``count``."""
        return sorted(random.SystemRandom().sample(self.numbers, min(count, len(self._pieces))))

    def make(self, numbers: list[int], progress: Progress | None) -> None:
        """Compute parts."""
        from sim.ensemble.execute import available_threads
        from sim.sweeps.chunks import task_of
        from sim.sweeps.execute import on_threads

        seed, tell = self._settings.seed, progress or (lambda done, total: None)
        tasks = (task_of(self.design, self._scenario, seed, self._pieces[number]) for number in numbers)
        with closing(on_threads(tasks, self._settings.threads or available_threads())) as made:
            for done, (number, data) in enumerate(made, 1):
                self._made(number).write_bytes(data)
                tell(done, len(numbers))

    def again(self, number: int) -> pd.DataFrame:
        """A part made here."""
        return read_table(self._made(number))

    def recorded(self, number: int) -> Path:
        """Where a part stands in the result."""
        return self._folder / "runs" / f"part-{number:06d}.parquet"

    def frames(self) -> Iterator[pd.DataFrame]:
        """All parts made here, in order."""
        return (self.again(number) for number in self.numbers)

    def _made(self, number: int) -> Path:
        return self._scratch / f"part-{number:06d}.parquet"


def _design(manifest: Mapping[str, Any], scenario: Scenario, folder: Path) -> Design:
    from sim.sweeps.sweep import prepare

    sweep = manifest.get("sweep")
    if not isinstance(sweep, dict):
        raise SimError("a sweep without its design", key="manifest: sweep", given=sweep)
    if sweep.get("file") not in (None, "", _LIST):
        raise SimError("not the list of this result", key="manifest: sweep.file", given=sweep["file"], allowed=_LIST)
    if sweep.get("file") and not (folder / _LIST).is_file():
        raise SimError("the list of points is missing", key=_LIST, cure="give the whole folder, or the bundle")
    return prepare(build_sweep({**sweep, "file": str(folder / _LIST) if sweep.get("file") else ""}, scenario), scenario)


def _size(folder: Path) -> int:
    """Runs of a chunk as the plan has it; 0 where there is no plan. Only where parts are cut depends on it."""
    import json

    path = folder / _PLAN
    if not path.is_file() or path.stat().st_size > _MOST_PLAN:
        return 0
    try:
        size = json.loads(path.read_text(encoding="utf-8"))["chunk"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return size if isinstance(size, int) and 1 <= size <= 10_000_000 else 0
