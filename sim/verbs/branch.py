"""The verb ``branch``: one run up to a week, told, and from there many futures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.config.check import differences
from sim.config.errors import SimError, nearest
from sim.jobs import Job, compose_job, work_of
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.options import integer
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import check_folder, named_folder, say_left_out
from sim.verbs.study import begun
from sim.verbs.work import admit, run_job
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    from sim.config.scenario import Scenario

__all__ = ["command", "takes"]

_MOST_RUN = 2**32 - 1
_MOST_WEEK = 519
_BASE = ("scenario", "file")


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "run": Word("number of the run whose past the futures share", "0"),
            "week": Word("weeks of it that they share"),
            "outcome": Word(
                "the outcome whose share is compared where settings change",
                "breakthrough",
                values=lambda: OUTCOMES.names,
            ),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        notes="scenario= or file= say which scenario; settings that follow change it from that week on, and\n"
        "the futures are then held against those without them, under the same draws: docs/branching.md",
    )


def command(line: Line) -> Output:
    """Tell the past, run the futures, and write.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.studies.branching import branched

    if "week" not in line.own:
        cure = "tariffsim branch scenario=london run=17 week=40"
        raise SimError("no week to branch from", key="week", cure=cure)
    run, week = (
        integer(line.own, "run", 0, 0, _MOST_RUN),
        integer(line.own, "week", 0, 1, _MOST_WEEK),
    )
    outcome = line.own.get("outcome", "breakthrough")
    if outcome not in OUTCOMES:
        near = nearest(outcome, OUTCOMES)
        raise SimError(
            "no such outcome",
            key="outcome",
            given=outcome,
            allowed=tuple(OUTCOMES),
            suggestion=near,
        )
    job, base = compose_job(line.verb, line.overrides), _base(line)
    # checked before anything is run: a week beyond the horizon, a setting that cannot change
    futures = branched(base, run, week)
    futures = futures.change({"title": _title(base, run, week)})
    changes = _changes(base, job.scenario)
    if not changes and "outcome" in line.own:
        cure = "leave it out, or change a setting: outcome= says what the change moves"
        raise SimError("nothing is compared", key="outcome", given=outcome, cure=cure)
    other = branched(base, run, week, changes)
    told = _past(base, run, week, job.run.seed)
    if not changes:
        return replace(
            _alone(line, replace(job, verb="run", scenario=futures, folder=line.folder)), shown=told
        )
    changed = other.change({"title": f"{_title(base, run, week)[:71]}, changed"})
    return replace(_against(line, job, (futures, changed), outcome), shown=told)


def _title(scenario: Scenario, run: int, week: int) -> str:
    """What figures and answers call the futures."""
    return f"{(scenario.title or scenario.name)[:40]}, run {run} from week {week + 1}"


def _base(line: Line) -> Scenario:
    """The scenario without the settings that change it."""
    words = [text for text in line.overrides if text.partition("=")[0] in _BASE]
    return compose_job(line.verb, words).scenario


def _changes(base: Scenario, changed: Scenario) -> dict[str, object]:
    """What the line changes, by dotted name.

    Raises
    ------
    SimError
        An item that is taken away or added: what is bargained over cannot change on a day.
    """
    found = {}
    for name, (before, after) in differences(base, changed).items():
        if before is None or after is None:
            raise SimError(
                "an item cannot come or go on a day", key=name, cure="change its settings instead"
            )
        if name not in ("name", "title", "about"):
            found[name] = after
    return found


def _past(scenario: Scenario, run: int, week: int, seed: int) -> str:
    """The run up to the week, in sentences."""
    from sim.api import explain_weeks

    told = explain_weeks(scenario, run=run, seed=seed)
    lines = [line.text for line in told if line.week <= week]
    head = f"run {run} of seed {seed}, up to week {week}:"
    return "\n".join([head, *(lines or ["nothing happened"])])


def _alone(line: Line, job: Job) -> Output:
    """The futures as they come, as the verb ``run`` writes them."""
    say_left_out([job.scenario])
    estimated = admit(work_of(job), line, job.run)
    if estimated is not None:
        return estimated
    check_folder(job.run.out)
    with named_folder(line.folder):
        result = run_job(job)
    return Output(str(result.answer), result.folder, dict(result.results.manifest.content))


def _against(line: Line, job: Job, both: tuple[Scenario, Scenario], outcome: str) -> Output:
    """The futures with the change held against those without it."""
    from sim.studies.comparison import compare, work_of_comparison
    from sim.studies.write import write_comparison

    settings = job.run
    estimated = admit(work_of_comparison(both, settings.runs), line, settings)
    if estimated is not None:
        return estimated
    jobs: Sequence[Job] = [replace(job, verb="compare", scenario=one) for one in both]
    with begun(line, jobs[-1], jobs) as (order, meter):
        result = compare(
            *both,
            outcome=outcome,
            runs=settings.runs,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        folder = write_comparison(result, order)
    return Output(result.answer, folder, recorded_content(folder))
