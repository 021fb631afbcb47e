"""From a command line to a result: words become checked jobs, and a job becomes a result with its
figures.

Every name that may stand left of ``=`` is listed here: the settings of a scenario and a batch,
those of a sweep, short names and shortcuts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.batch import Everything, Figures, Run, check_batch, default_runs
from sim.batch.sweep import Sweep
from sim.batch.work import Work, describe, work_of_batch
from sim.config.check import build
from sim.config.compose import SHORTCUTS as _SHORTCUTS
from sim.config.compose import settle
from sim.config.errors import SimError, nearest
from sim.config.fields import settings_of
from sim.config.overrides import MOST_JOBS, Names, Override, read_overrides
from sim.config.scenario import Scenario
from sim.config.tree import located
from sim.sweeps.named import around, sweep_of

if TYPE_CHECKING:
    from sim.results.observed import Observed
    from sim.results.results import Results

__all__ = [
    "ALIASES",
    "NAMES",
    "SHORTCUTS",
    "Finished",
    "Job",
    "compose_job",
    "compose_jobs",
    "resume_job",
    "run_job",
    "work_of",
]

ALIASES = {
    "runs": "run.runs",
    "precision": "run.precision",
    "first": "run.first",
    "seed": "run.seed",
    "name": "run.name",
    "out": "run.out",
    "engine": "run.engine",
    "threads": "run.threads",
    "weeks": "calendar.horizon_weeks",
    "draw": "figures.draw",
}
SHORTCUTS = {
    "file": _SHORTCUTS["file"],
    "sweep_file": "a sweep file from someone else, instead of one in configs/sweep",
    "deadline": _SHORTCUTS["deadline"],
}
NAMES = Names(Everything, {"sweep": Sweep}, ALIASES, SHORTCUTS)
VERBS = (
    "run",
    "sweep",
    "tournament",
    "exercise",
    "compare",
    "ask",
    "explain",
    "branch",
    "sensitivity",
    "discover",
    "reach",
    "claims",
    "validate",
    "export",
    "page",
    "app",
    "kit",
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """One batch of runs or one sweep, ready to execute.

    ``overrides`` is what was written after the verb; ``folder`` the result folder where it is fixed
    beforehand (a job of a multirun), else None; ``observed`` what a run is held against.
    """

    verb: str
    scenario: Scenario
    run: Run
    figures: Figures
    sweep: Sweep | None = None
    overrides: tuple[str, ...] = ()
    folder: Path | None = None
    observed: Observed | None = None


@dataclass(frozen=True)
class Finished:
    """What the command line reports: where the result is, and the answer in one line."""

    folder: Path
    answer: str
    results: Results


def compose_job(
    verb: str,
    overrides: Sequence[str],
    folder: Path | None = None,
    more: Sequence[Override] = (),
) -> Job:
    """The job that one command line describes.

    Parameters
    ----------
    verb
        One of :data:`VERBS`; :mod:`sim.batch` says what each uses.
    overrides
        What follows the verb, without options and the verb's own settings.
    folder
        The result folder, if it is fixed beforehand.
    more
        Overrides that a file gives beside them.

    Raises
    ------
    SimError
        Bad input, each named with its setting.
    """
    if verb not in VERBS:
        raise SimError(
            "no such verb", key="verb", given=verb, allowed=VERBS, suggestion=nearest(verb, VERBS)
        )
    read = read_overrides(overrides, NAMES)
    twice = {one.key for one in read} & {one.key for one in more}
    if twice:
        cure = "leave it out on the command line, or in the file"
        raise SimError("given twice", key=min(twice), cure=cure)
    return _job(verb, [*read, *more], tuple(overrides), folder)


def compose_jobs(verb: str, overrides: Sequence[str]) -> list[Job]:
    """Every job of a multirun, checked, in Hydra's order.

    Raises
    ------
    SimError
        Bad input in any of them, or too many.
    """
    read = [o for o in read_overrides(overrides, NAMES, multirun=True) if o.kind != "launcher"]
    jobs = math.prod(override.jobs for override in read)
    if jobs > MOST_JOBS:
        raise _too_many(verb, read, jobs)
    choices = [[override.one(n) for n in range(max(1, len(override.values)))] for override in read]
    return [
        _job(verb, list(one), tuple(text for override in one for text in override.texts), None)
        for one in itertools.product(*choices)
    ]


def _too_many(verb: str, read: list[Override], jobs: int) -> SimError:
    """The error for a multirun of so many jobs, with what they would take by the first of them."""
    first = [override.one(0) for override in read]
    work = work_of(_job(verb, first, tuple(t for one in first for t in one.texts), None))
    return SimError(
        "too many jobs",
        key="-m",
        given=f"{jobs:,} jobs, {describe(work.times(jobs))}",
        allowed=f"at most {MOST_JOBS:,}",
        cure="a sweep takes designs of any size",
    )


def _job(verb: str, read: list[Override], texts: tuple[str, ...], folder: Path | None) -> Job:
    chosen = any(override.key.split(".")[0] in ("sweep", "sweep_file") for override in read)
    if verb != "sweep" and chosen:
        raise SimError(
            "only a sweep has a design", key="sweep", cure="use the verb sweep: tariffsim sweep …"
        )
    tree, plain = settle(Everything, around(read) if verb == "sweep" else read)
    given = {override.key for override in read if override.kind == "set"}
    counted = "run.runs" in given or any(override.key == "run" for override in read)
    if not counted:
        plain["run"]["runs"] = default_runs(verb, precise=bool(plain["run"]["precision"]))
    everything = located(tree, lambda: build(Everything, plain))
    scenario = build(Scenario, {name: getattr(everything, name) for name in settings_of(Scenario)})
    run, figures = everything.run, everything.figures
    check_batch(verb, run, figures, given)
    sweep = (
        sweep_of(_runs_per_point(read, run.runs if counted else None), scenario)
        if verb == "sweep"
        else None
    )
    return Job(verb, scenario, run, figures, sweep, texts, folder)


def _runs_per_point(read: list[Override], runs: int | None) -> list[Override]:
    """For a sweep, ``runs=20`` (or ``run=quick``) is the number of runs at each point."""
    if runs is None:
        return read
    if any(override.key == "sweep.runs" for override in read):
        raise SimError("given twice", key="sweep.runs", cure="give either runs or sweep.runs")
    return [*read, Override("set", "sweep.runs", (runs,), (f"sweep.runs={runs}",))]


def work_of(job: Job) -> Work:
    """What a run or a sweep takes, counted before anything is drawn; a list is read for it.

    Raises
    ------
    SimError
        A list that cannot be read.
    """
    if job.sweep is None:
        return work_of_batch(job.scenario, job.run)
    from sim.sweeps.design import work_of_design

    return work_of_design(job.sweep, job.scenario)


def run_job(
    job: Job,
    progress: Progress | None = None,
    checked: Callable[[], None] | None = None,
    drawing: Callable[[], None] | None = None,
) -> Finished:
    """Run what one command line describes, into its folder, figures and report included.

    ``checked`` is called once all input has been checked, ``drawing`` before figures are drawn.
    """
    from sim.api import run_batch, settings_doubt  # the model, which is slow to import
    from sim.results.folder import cleared_on_failure, prepare_folder
    from sim.results.results import save

    name = job.run.name or (job.sweep.name if job.sweep else job.scenario.name)
    if job.sweep is not None:
        from sim.sweeps.sweep import prepare, run_sweep

        design = prepare(job.sweep, job.scenario)
        if checked is not None:
            checked()
        folder = job.folder or prepare_folder(job.run.out, job.verb, name)
        results = run_sweep(
            design, job.scenario, job.run, folder, overrides=job.overrides, progress=progress
        )
    else:
        if checked is not None:
            checked()
        results = run_batch(job.scenario, job.run, {}, job.overrides, progress, job.observed)
        # of futures of one run the settings stand as they are: with others it has another past
        if job.run.runs > 1 and not job.scenario.branch.week:
            # not with run.seed: the interval belongs to the scenario, so jobs that share it report
            # the same
            doubt = settings_doubt(job.scenario, threads=job.run.threads)
            results.manifest = replace(results.manifest, settings_doubt=doubt)
        folder = job.folder or prepare_folder(job.run.out, job.verb, name)
        with cleared_on_failure(folder):
            results = save(results, folder)
    return _finish(results, folder, job, drawing)


def resume_job(
    path: Path | str,
    job: Job,
    progress: Progress | None = None,
    drawing: Callable[[], None] | None = None,
) -> Finished:
    """Resume a sweep that was stopped; of ``job`` only the figures and where to compute are
    used.
    """
    from sim.api import resume

    results = resume(
        path, progress, threads=job.run.threads, executor=job.run.executor, address=job.run.address
    )
    return _finish(results, Path(path), job, drawing)


def _finish(
    results: Results, folder: Path, job: Job, drawing: Callable[[], None] | None = None
) -> Finished:
    """Answer, draw, report, and rewrite the manifest so that it lists the figures."""
    from sim.analysis.answer import answer
    from sim.results.manifest import write_manifest

    with results.holding(["point", "run", "outcome"] if results.design else ["outcome"]):
        line = answer(results)
        if job.figures.draw or job.figures.report:
            from sim.figures.draw import draw_all

            if job.figures.draw and drawing is not None:
                drawing()
            draw_all(results, folder, job.figures, line)
            results.manifest = write_manifest(results.manifest, folder)
    return Finished(folder, line, results)
