"""Preparation: check that results can be written, and compile."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from sim.config.dated import outside
from sim.config.errors import MACHINE, SimError, fault_of_folder
from sim.config.params import week_of
from sim.config.prices import prices_beyond_reach, said
from sim.config.scenario import Scenario
from sim.jobs import NAMES
from sim.progress import notice

__all__ = ["check_folder", "compile_with_notice", "named_folder", "say_left_out", "source_word"]


def check_folder(out: str, key: str = "run.out") -> None:
    """Refuse an output folder that cannot be written, before any work; leave nothing behind.

    Raises
    ------
    SimError
        With the message of the operating system.
    """
    folder = Path(out)
    try:
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryDirectory(dir=folder):
            return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        # a sweep goes on where it is: no other name helps
        stays = key == "resume"
        raise SimError(
            f"cannot be written: {reason.lower()}",
            key=key,
            given=out,
            cure=None if stays else f"{key.removeprefix('run.')}=FOLDER names another",
            exit_code=MACHINE if stays else fault_of_folder(error),
        ) from None


def say_left_out(scenarios: Iterable[Scenario]) -> None:
    """Say which dated rows lie outside the runs of each scenario, and so do nothing, and which
    prices of settling its issues cannot meet; what is the same in several is said once.
    """
    for text in dict.fromkeys(text for one in scenarios for text in _left_out(one)):
        notice(text)


def _left_out(scenario: Scenario) -> Iterator[str]:
    """What is said of each table of dated rows of which some do nothing, and of prices."""
    calendar = scenario.calendar
    tables = {
        "shocks.chronology": [row.day for row in scenario.shocks.chronology],
        "economy.tariff_path": [row.day for row in scenario.economy.tariff_path],
    }
    for name, days in tables.items():
        early, late = outside(days, calendar.start, calendar.horizon_weeks)
        if name == "economy.tariff_path":  # the last day before the first is in force on it
            early = max(0, early - 1)
        parts = [f"{early} before {calendar.start}"] * bool(early)
        parts += [f"{late} after the last day"] * bool(late)
        if parts:
            yield f"{name}: {' and '.join(parts)} of {len(days)} rows left out"
    weeks = Counter(week_of(day, calendar.start) for day in tables["economy.tariff_path"])
    if twice := sum(count - 1 for week, count in weeks.items() if week >= 0):
        words = "1 day lies" if twice == 1 else f"{twice} days lie"
        yield f"economy.tariff_path: {words} in one week with a later one, whose tariffs hold in it"
    yield from map(said, prices_beyond_reach(scenario))


@contextlib.contextmanager
def named_folder(folder: Path | None) -> Iterator[Path | None]:
    """Create the folder that ``folder=`` names, for the block to fill; remove it if it stays empty.
    None is passed through.

    Raises
    ------
    SimError
        It is not empty, or cannot be created.
    """
    if folder is None:
        yield None
        return
    check_folder(str(folder), "folder")
    from sim.results.folder import claim_folder  # the room of results, with numpy

    claim_folder(folder)
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # a folder with a result stays
            folder.rmdir()


def compile_with_notice() -> None:
    """Compile before progress is measured; print a notice where it takes long."""
    from sim.ensemble.execute import compiled_here, warm_up

    if not compiled_here():
        print(
            "compiling the rules, once on this machine: about half a minute",
            file=sys.stderr,
            flush=True,
        )
    warm_up()


def source_word(text: str) -> str:
    """What a name, a file or the folder of a run is as a word of a job.

    Raises
    ------
    SimError
        A folder that is no result of one scenario.
    """
    path = Path(text).expanduser()
    if text in NAMES.groups["scenario"] or not path.exists():
        return f"scenario={text}"
    if not path.is_dir():
        return f"file={path}"
    from sim.results.manifest import NAME, read_manifest

    manifest = read_manifest(path / NAME)
    if manifest.verb != "run" or manifest.strategies:
        what = "strategies in Python" if manifest.strategies else manifest.verb
        raise SimError(
            "not a result of one scenario", key=text, given=what, allowed="folders of tariffsim run"
        )
    return f"file={path / 'scenario.yaml'}"
