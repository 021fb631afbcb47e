"""The verbs ``run`` and ``sweep``: one job with a progress bar, a multirun, or information about a
job without running it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.config.errors import DONE, SimError
from sim.progress import notice
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.observed import OBSERVED, WORD, observed_of
from sim.verbs.output import Output
from sim.verbs.prepare import check_folder, named_folder, say_left_out
from sim.verbs.work import admit, run_job

if TYPE_CHECKING:
    from sim.batch.work import Work
    from sim.jobs import Job

__all__ = ["command", "takes"]

_WITH_RESUME = (
    "figures=",
    "figures.",
    "draw=",
    "threads=",
    "run.threads=",
    "run.executor=",
    "run.address=",
)


def takes(verb: str) -> Takes:
    """The words and switches of ``run`` or ``sweep``."""
    own = {
        "sweep": {"resume": Word("the folder of a stopped or killed sweep, to continue it")},
        "run": {OBSERVED: WORD},
    }
    return Takes(
        words={"folder": FOLDER, "largest": LARGEST, **own[verb]},
        switches=ESTIMATE,
        hydra=True,
    )


def command(line: Line) -> Output:
    """Compose, check and run one job or many, or show information about one."""
    if line.info:
        from sim.verbs.about import info

        return Output(shown=info(line.info, line.verb, line.overrides))
    if "--multirun" in line.switches:
        return _multirun(line)
    from sim.jobs import compose_job

    stopped = _resumed(line)
    job = compose_job(line.verb, line.overrides, line.folder)
    if line.cfg:
        from sim.verbs.about import as_yaml

        return Output(shown=as_yaml(job, line.cfg).rstrip("\n"))
    if OBSERVED in line.own:
        job = replace(job, observed=observed_of(line, job.scenario, job.run))
    say_left_out([job.scenario])
    _say_moved_deadline(job, line.overrides)
    work, left = _work(job, stopped)
    estimated = admit(work, line, job.run, left)
    if estimated is not None:
        return estimated
    if stopped:
        check_folder(stopped, "resume")
    else:
        check_folder(job.run.out)
    with named_folder(line.folder):
        result = run_job(job, stopped)
    code = int(getattr(result, "exit_code", DONE))
    # as it was written a moment ago: reading it again could only fail
    return Output(str(result.answer), result.folder, dict(result.results.manifest.content), code)


def _say_moved_deadline(job: Job, overrides: Sequence[str]) -> None:
    """Say that another first day takes the deadline along, which is weeks and not a day."""
    named = {text.partition("=")[0].lstrip("+") for text in overrides}
    truce, start = job.scenario.truce, job.scenario.calendar.start
    if "calendar.start" not in named or named & {"deadline", "truce.first_deadline_weeks"}:
        return
    if truce.in_force and truce.dated:
        weeks = truce.first_deadline_weeks or truce.length_weeks
        day = dt.date.fromisoformat(start) + dt.timedelta(weeks=weeks)
        notice(
            f"the deadline moves with the first day, to {day} ({weeks} weeks); deadline=DAY sets another"
        )


def _work(job: Job, stopped: str) -> tuple[Work, float]:
    """What a job takes, and which share of it is left where it is the sweep in the folder
    ``stopped``.
    """
    from sim.jobs import work_of

    if not stopped:
        return work_of(job), 1.0
    from sim.sweeps.sweep import work_planned

    return work_planned(stopped)


def _multirun(line: Line) -> Output:
    from sim.verbs.multirun import multirun

    if line.cfg:
        raise SimError("not with a multirun", key="--cfg", cure="leave out one of -m and --cfg")
    if OBSERVED in line.own:
        cure = "leave out -m; in Python sim.run(scenario, observed=...) for each"
        raise SimError("not with a multirun", key=OBSERVED, given=line.own[OBSERVED], cure=cure)
    if "resume" in line.own:
        raise SimError(
            "not with a multirun", key="resume", given=line.own["resume"], cure="leave out -m"
        )
    return multirun(line)


def _resumed(line: Line) -> str:
    """The folder after ``resume=``, '' where there is none; with it only figures and where to
    compute may be set.
    """
    stopped = line.own.get("resume", "")
    if stopped and not Path(stopped).is_dir():
        raise SimError("not the folder of a stopped sweep", key="resume", given=stopped)
    for text in line.overrides if stopped else ():
        if not text.startswith(_WITH_RESUME):
            raise SimError(
                "a resumed sweep keeps its settings",
                key=text,
                allowed=_WITH_RESUME,
                cure="leave it out",
            )
    return stopped
