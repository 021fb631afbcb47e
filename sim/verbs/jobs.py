"""The verbs ``run`` and ``sweep``: one job with its meter, or a multirun; or what was asked about a job, without running it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.errors import DONE, SimError
from sim.verbs.answer import Answer
from sim.verbs.grammar import FOLDER, Line, Takes, Word
from sim.verbs.prepare import check_folder, named_folder, warm_up_aloud

if TYPE_CHECKING:
    from sim.config.compose import Job

__all__ = ["command", "run_job", "takes"]

_WITH_RESUME = ("figures=", "figures.", "draw=", "threads=", "run.threads=", "run.executor=", "run.address=")


def takes(verb: str) -> Takes:
    """What may follow ``run`` or ``sweep``."""
    resume = {"resume": Word("the folder of a sweep that was stopped or killed: go on with it")}
    return Takes(words={"folder": FOLDER, **(resume if verb == "sweep" else {})}, hydra=True)


def command(line: Line) -> Answer:
    """Compose, check and run one job or many, or show what was asked about one."""
    if line.info:
        from sim.verbs.about import info

        return Answer(shown=info(line.info, line.verb, line.overrides))
    if "--multirun" in line.switches:
        return _multirun(line)
    from sim.config.compose import compose_job

    begun = _resumed(line)
    job = compose_job(line.verb, line.overrides, line.folder)
    if line.cfg:
        from sim.verbs.about import as_yaml

        return Answer(shown=as_yaml(job, line.cfg).rstrip("\n"))
    check_folder(begun or job.run.out)
    with named_folder(line.folder):
        result = run_job(job, begun)
    code = int(getattr(result, "exit_code", DONE))
    # as it was written a moment ago: reading it again could only fail
    return Answer(str(result.answer), result.folder, dict(result.results.manifest.content), code)


def run_job(job: Job, begun: str = "") -> Any:
    """Run one job with a meter, or go on with the sweep in the folder ``begun``; what came of it."""
    from sim import api
    from sim.progress import Meter

    meter = Meter("points" if job.sweep is not None and job.sweep.stopping else "runs")

    def drawing() -> None:
        meter.close()
        print("drawing figures and writing the report", file=sys.stderr, flush=True)

    try:
        if begun:
            return api.resume_job(begun, job, meter, drawing)
        return api.run_job(job, meter, warm_up_aloud, drawing)
    finally:
        meter.close()


def _multirun(line: Line) -> Answer:
    from sim.verbs.multirun import multirun

    if line.cfg:
        raise SimError("not with a multirun", key="--cfg", cure="leave out one of -m and --cfg")
    if "resume" in line.own:
        raise SimError("not with a multirun", key="resume", given=line.own["resume"], cure="leave out -m")
    return multirun(line.verb, list(line.overrides), line.folder)


def _resumed(line: Line) -> str:
    """The folder after ``resume=``, '' where there is none; beside it only figures may be set, and where to compute."""
    begun = line.own.get("resume", "")
    if begun and not Path(begun).is_dir():
        raise SimError("not the folder of a sweep that was stopped", key="resume", given=begun)
    for text in line.overrides if begun else ():
        if not text.startswith(_WITH_RESUME):
            raise SimError("a sweep goes on as it was begun", key=text, allowed=_WITH_RESUME, cure="leave it out")
    return begun
