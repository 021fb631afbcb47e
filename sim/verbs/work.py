"""One job at work, with a progress bar: what ``run``, ``sweep`` and each job of a multirun do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sim.verbs.prepare import compile_with_notice

if TYPE_CHECKING:
    from sim.jobs import Job

__all__ = ["run_job"]


def run_job(job: Job, stopped: str = "") -> Any:
    """Run one job with a progress bar, or resume the sweep in the folder ``stopped``; return the
    result.
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
