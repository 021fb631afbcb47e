"""How much work is asked for: runs, time of one processor, memory and disk.

All of it is counted from settings, before anything is drawn, compiled or computed, so that ten to
the twelfth points are refused as fast as ten. Whoever asks says how much is too much (``largest``),
never a file: it may be a stranger's.

The speed is a stated constant, not a probe: the same work is then refused on every machine, and at
once where the rules are not compiled yet. It is that of ``docs/benchmarks.md``, *Figures* (one
thread of an EPYC, Zen 4): a run costs 33 microseconds and so many a week, which grow with firms and
issues. Rules have become faster since by a quarter, which other machines may need.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.batch import MOST_WEEKLY_RUNS, Run
from sim.batch.sweep import Factor, Sweep
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.vocabulary import GOODS, SIDES

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "LARGEST",
    "LONG",
    "Work",
    "check_work",
    "dear",
    "describe",
    "duration",
    "hours",
    "machine_memory",
    "rows_and_runs",
    "work_of_batch",
    "work_of_runs",
    "work_of_sweep",
]

LARGEST: float = 8
"""Hours of one processor that may be asked for without a word: 55 million runs of London, a night of
a small machine."""
LONG = 30.0
"""Seconds beyond which the estimate is said before the work begins."""
_NEVER = 1e9  # hours, more than a thousand centuries: no cure is offered beyond

# seconds of one processor; the fit over weeks, firms and issues of docs/benchmarks.md
_A_RUN, _A_WEEK, _A_FIRM_WEEK, _AN_ISSUE_WEEK = 33e-6, 1.07e-6, 8.3e-9, 0.2e-6
_EQUILIBRIUM = 4.0  # a side that solves the other's problem; measured 3.9 times tit_for_tat
_MESA = 8.0  # the agents over the compiled rules; measured 7.6 to 9.0
_STORED = 0.15e-3  # a run of a sweep, into its part; measured 0.52 ms with, 0.37 ms without
# bytes: what is certainly held or written, so that nothing is refused that would fit
_HELD, _HELD_WEEK = 3_560, 2_200  # a run in memory, its record of 3,200 and its table; a week
_PART_RUN, _TABLE_RUN = 150, 200  # a run on disk: docs/scaling.md, *What it costs*
_COORDINATE = 8  # one setting of one point of a design that is drawn at once
_MANY = 10**15  # runs: their order of magnitude says enough
_AT_ONCE = ("latin_hypercube", "saltelli", "morris")
_CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Work:
    """What computing something takes.

    ``runs`` in all; ``seconds`` of one processor; ``memory`` held at once and ``disk`` filled, both
    bytes and at least so many; ``parallel`` whether several processors can share it; ``most``
    whether it may end earlier, by a stopping rule or a precision.
    """

    runs: int
    seconds: float
    memory: float = 0.0
    disk: float = 0.0
    parallel: bool = True
    most: bool = False

    def __add__(self, other: Work) -> Work:
        """One after the other."""
        return Work(
            self.runs + other.runs,
            self.seconds + other.seconds,
            max(self.memory, other.memory),
            self.disk + other.disk,
            self.parallel and other.parallel,
            self.most or other.most,
        )

    def times(self, count: int) -> Work:
        """So many of it, one after the other."""
        return replace(
            self,
            runs=self.runs * count,
            seconds=self.seconds * _finite(count),
            disk=self.disk * _finite(count),
        )

    def share(self, part: float) -> Work:
        """A part of it, which needs the same memory at once."""
        return replace(
            self,
            runs=round(self.runs * part) if self.runs < _MANY else self.runs,
            seconds=self.seconds * part,
            disk=self.disk * part,
        )

    def wall_clock(self, threads: int) -> float:
        """Seconds on so many threads."""
        return self.seconds / (threads if self.parallel else 1)


def work_of_batch(scenario: Scenario, run: Run) -> Work:
    """The runs that the settings of a batch ask for."""
    weekly = {"none": 0, "quantiles": min(run.runs, MOST_WEEKLY_RUNS), "all": run.runs}[run.weeks]
    work = work_of_runs(scenario, run.runs, weekly=weekly, engine=run.engine)
    return replace(work, most=run.precision > 0)  # it stops where the interval is narrow enough


def work_of_runs(
    scenario: Scenario,
    runs: int,
    *,
    weekly: int = 0,
    engine: str = "ensemble",
    moved: Mapping[str, Sequence[Any]] | None = None,
) -> Work:
    """So many runs held in memory, the first ``weekly`` with their weeks.

    ``moved`` has the values that settings take besides those of the scenario; the dearest count.
    """
    alone = engine == "mesa"
    seconds = _seconds_a_run(scenario, moved or {}) * (_MESA if alone else 1.0)
    weeks = weekly * scenario.calendar.horizon_weeks * _HELD_WEEK
    return Work(
        runs,
        _finite(runs) * seconds,
        memory=_finite(runs) * _HELD + weeks,
        disk=_finite(runs) * _TABLE_RUN,
        parallel=not alone,
    )


def work_of_sweep(
    sweep: Sweep,
    scenario: Scenario,
    rows: int | None = None,
    moved: Mapping[str, Sequence[Any]] | None = None,
) -> Work:
    """A sweep, its parts written as they come; of a list, whose file has been read, ``rows`` and the
    values of its columns in ``moved``.
    """
    points, runs = rows_and_runs(sweep, rows)
    moved = {name: _ends(sweep, factor) for name, factor in sweep.factors.items()} | dict(
        moved or {}
    )
    seconds = _seconds_a_run(scenario, moved) + _STORED
    drawn = _finite(points) * len(sweep.factors) * _COORDINATE if sweep.kind in _AT_ONCE else 0.0
    most = sweep.stopping.most_runs if sweep.stopping else 0
    return Work(
        runs,
        _finite(runs) * seconds,
        # a stopping rule keeps all runs of a point until it is done
        memory=drawn + most * _HELD,
        disk=_finite(runs) * _PART_RUN,
        most=sweep.stopping is not None,
    )


def rows_and_runs(sweep: Sweep, rows: int | None = None) -> tuple[int, int]:
    """Points of a sweep, ``rows`` where a list has been read, and the most runs it may come to."""
    points = sweep.rows if rows is None else rows
    assert points is not None
    return points, points * (sweep.stopping.most_runs if sweep.stopping else sweep.runs)


def _ends(sweep: Sweep, factor: Factor) -> tuple[Any, ...]:
    """The values that a factor takes, or the ends of its range."""
    source = sweep.factors[factor.same_as] if factor.same_as else factor
    return source.values or (source.low, source.high)


_DEAR = (
    "calendar.horizon_weeks",
    *(f"firms.{good}.firms" for good in GOODS.names),
    *(f"{side}.strategy.kind" for side in SIDES.names),
)


def dear(columns: Mapping[str, np.ndarray]) -> dict[str, list[Any]]:
    """The different values of those columns of a design that decide what a run costs."""
    import numpy as np  # slow, and no verb's help needs it

    return {name: np.unique(columns[name]).tolist() for name in _DEAR if name in columns}


def _seconds_a_run(scenario: Scenario, moved: Mapping[str, Sequence[Any]]) -> float:
    """Time of one processor for the dearest run."""

    def most(name: str, own: int) -> int:
        return max((own, *moved.get(name, ())))

    weeks = most("calendar.horizon_weeks", scenario.calendar.horizon_weeks)
    firms = sum(
        most(f"firms.{good}.firms", getattr(scenario.firms, good).firms) for good in GOODS.names
    )
    kinds = {
        kind
        for side in SIDES.names
        for kind in (
            getattr(scenario, side).strategy.kind,
            *moved.get(f"{side}.strategy.kind", ()),
        )
    }
    week = _A_WEEK + _A_FIRM_WEEK * firms + _AN_ISSUE_WEEK * len(scenario.issues)
    return (_A_RUN + weeks * week) * (_EQUILIBRIUM if "equilibrium" in kinds else 1.0)


def hours(given: object) -> float:
    """What ``largest`` may be: hours of one processor above 0; ``inf`` lifts the bound.

    Raises
    ------
    SimError
        Anything else.
    """
    number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if not number or not _finite(given) > 0.0:  # type: ignore[arg-type]
        raise SimError(
            "not a number of hours",
            key="largest",
            given=given,
            allowed="above 0",
            cure="largest=24 allows a day of one processor",
        )
    return _finite(given)  # type: ignore[arg-type]


def check_work(work: Work, largest: float = LARGEST, folder: Path | str | None = None) -> None:
    """Refuse work of more than ``largest`` hours of one processor, and work that this machine has
    not the memory or, below ``folder``, the disk for.

    Raises
    ------
    SimError
        With the estimate, and how to have it done all the same.
    """
    needed, bound = work.seconds / 3600.0, hours(largest)
    if needed > bound:
        told = (
            f"; largest={_rounded_up(needed)} (hours) where it is meant" if needed < _NEVER else ""
        )
        raise SimError(
            "more work than is likely to be meant",
            key="largest",
            given=f"{_estimate(work)} of one processor",
            allowed=f"{duration(bound * 3600.0)} of one processor",
            cure=f"ask for less{told}",
        )
    memory = machine_memory()
    if memory is not None and work.memory > memory:
        raise SimError(
            "more memory than this machine has",
            key="memory",
            given=f"{_runs(work)}, at least {_bytes(work.memory)} at once",
            allowed=_bytes(memory),
            cure="fewer runs at a time; a sweep writes them as they come",
        )
    free = None if folder is None else _free(Path(folder))
    if free is not None and work.disk > free:
        raise SimError(
            "more than fits on this disk",
            key=str(folder),
            given=f"{_runs(work)}, about {_bytes(work.disk)}",
            allowed=f"{_bytes(free)} free",
            cure="ask for less, or out= on another disk",
        )


def describe(work: Work, threads: int = 0) -> str:
    """The estimate in a line: runs, time on so many ``threads`` (0: of one processor, where it is
    not known who will share it), memory and disk.

    Examples
    --------
    >>> describe(Work(1_000_000, 480.0, disk=150e6), threads=2)
    '1,000,000 runs, about 4 min on 2 threads, 150 MB on disk'
    """
    if work.runs == 0:
        return "nothing left to compute"
    shared = threads if work.parallel else 1
    said = _estimate(work, shared or 1)
    said += f" on {shared} threads" if shared > 1 else " of one processor"
    for size, where in ((work.memory, "of memory"), (work.disk, "on disk")):
        if size >= 1e8:
            said += f", {_bytes(size)} {where}"
    return said


def duration(seconds: float) -> str:
    """A time in the unit one would say it in.

    Examples
    --------
    >>> [duration(s) for s in (0.2, 42, 300, 28_800, 338_400, 1e9, 1e300)]
    ['1 s', '42 s', '5 min', '8 h', '94 h', '32 years', 'more than a million years']
    """
    for unit, size, most in (
        ("s", 1.0, 100.0),
        ("min", 60.0, 100.0),
        ("h", 3600.0, 100.0),
        ("days", 86_400.0, 700.0),
        ("years", 31_557_600.0, 1e6),
    ):
        if seconds < size * most:
            return f"{max(1, round(seconds / size)):,} {unit}"
    return "more than a million years"


def machine_memory() -> int | None:
    """Bytes of memory that this process may use; None where the system does not say."""
    with contextlib.suppress(AttributeError, ValueError, OSError):
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        with contextlib.suppress(OSError, ValueError):  # a container's own limit, or "max"
            total = min(total, int(_CGROUP.read_text(encoding="ascii")))
        return total
    return None


def _free(folder: Path) -> int | None:
    """Free bytes of the disk that a folder is on or will be; None where the system does not say."""
    with contextlib.suppress(OSError, ValueError):
        while not folder.exists():
            folder = folder.parent
        usage = shutil.disk_usage(folder)
        return usage.free if usage.total else None  # a file system that is none, such as /proc
    return None


def _finite(number: float) -> float:
    """As a float, also where a design has more points than floats go to."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _estimate(work: Work, threads: int = 1) -> str:
    about = "at most about" if work.most else "about"
    return f"{_runs(work)}, {about} {duration(work.wall_clock(threads))}"


def _runs(work: Work) -> str:
    if work.runs >= _MANY:
        return f"some 10^{len(str(work.runs)) - 1} runs"
    return f"{work.runs:,} run{'' if work.runs == 1 else 's'}"


def _rounded_up(number: float) -> str:
    """To two figures, so that it can be typed."""
    step = 10.0 ** (math.floor(math.log10(number)) - 1)
    return f"{math.ceil(number / step) * step:g}"


def _bytes(size: float) -> str:
    for unit, scale in (("MB", 1e6), ("GB", 1e9), ("TB", 1e12)):
        if size < 1000 * scale:
            return f"{max(1, round(size / scale)):,} {unit}"
    return f"{size / 1e12:,.0f} TB" if size < 1e18 else "more than a million TB"
