"""Work from a command line: estimated, refused where nobody can mean it, said where it is long, and
run with a progress bar.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sim.batch.work import LONG, Work, check_work, describe
from sim.progress import notice
from sim.verbs.grammar import Line
from sim.verbs.options import largest
from sim.verbs.output import Output
from sim.verbs.prepare import compile_with_notice

if TYPE_CHECKING:
    from sim.batch import Run
    from sim.jobs import Job

__all__ = ["admit", "run_job", "say_if_long"]


def admit(work: Work, line: Line, run: Run, left: float = 1.0) -> Output | None:
    """Check the work against ``largest=`` before it begins, and say how long the share of it that
    is ``left`` will take where that is long; with ``--estimate`` the estimate is the output.

    Raises
    ------
    SimError
        More than ``largest``, or than this machine has memory or disk for.
    """
    bound = largest(line.own)
    if "--estimate" in line.switches:
        return Output(shown=describe(work.share(left), threads_of(run)))
    check_work(work, bound, line.own.get("resume") or line.folder or run.out)
    say_if_long(work.share(left), threads_of(run))
    return None


def say_if_long(work: Work, threads: int) -> None:
    """Say the estimate on standard error where the work is long."""
    if work.wall_clock(threads or 1) > LONG:
        notice(describe(work, threads))


def threads_of(run: Run) -> int:
    """Threads that share the work; 0 where a cluster does, of whose size nothing is known."""
    from sim.ensemble.execute import available_threads

    return 0 if run.address else run.threads or available_threads()


def run_job(job: Job, stopped: str = "") -> Any:
    """Run one job with a progress bar, or resume the sweep in the folder ``stopped``; return the
    result. Its work has been admitted.
    """
    from sim import jobs
    from sim.progress import Meter

    meter = Meter("points" if job.sweep is not None and job.sweep.stopping else "runs")

    def drawing() -> None:
        meter.close()
        print("drawing figures and writing the report", file=sys.stderr, flush=True)

    try:
        if stopped:
            return jobs.resume_job(stopped, job, meter, drawing)
        return jobs.run_job(job, meter, compile_with_notice, drawing)
    finally:
        meter.close()
