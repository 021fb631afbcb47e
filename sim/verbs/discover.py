"""The verb ``discover``: where an outcome is likely, as a box of at most three levers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from sim.batch.work import Work
from sim.config.errors import SimError
from sim.jobs import ALIASES, Job, compose_job
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.options import levers_word, sides_word
from sim.verbs.output import Output, recorded_content
from sim.verbs.study import begun
from sim.verbs.work import admit
from sim.vocabulary import OUTCOMES

__all__ = ["command", "takes"]

_OF_A_BATCH = ("run", "figures")


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "outcome": Word(
                "the outcome that is looked for", "breakdown", values=lambda: OUTCOMES.names
            ),
            "levers": levers_word("all"),
            "sides": sides_word("apart"),
            "from": Word("the folder of a finished sweep, whose points are searched instead"),
            "points": Word("points that are drawn; runs= is the number of runs at each", "2048"),
            "share": Word("the least share of the outcome that the box must have", "0"),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        notes="Half of the points shape the boxes, the other half judges them against chance; fresh runs inside\n"
        "and outside check the one that is found. Needs: pip install tariffsim[discover]",
    )


def command(line: Line) -> Output:
    """Search, check by fresh runs, and write.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    job, given = _job(line), line.own
    outcome, points, share = given.get("outcome", "breakdown"), *_numbers(given)
    settings = job.run
    from sim.studies.discovery import check_request

    check_request(outcome, share)
    estimated = admit(_work(job, line, points), line, settings)
    if estimated is not None:
        return estimated
    from sim.studies.discovery import discover
    from sim.studies.write_discovery import write_discovery

    with begun(line, job) as (order, meter):
        result = discover(
            Path(given["from"]) if "from" in given else job.scenario,
            outcome=outcome,
            levers=given.get("levers"),
            sides=given.get("sides", "apart"),
            points=points,
            runs=None if "from" in given else settings.runs,
            share=share,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        folder = write_discovery(result, order)
    return Output(result.answer, folder, recorded_content(folder))


def _work(job: Job, line: Line, points: int | None) -> Work:
    """What drawing the points takes; those of a sweep are there."""
    if "from" in line.own:
        return Work(0, 0.0)
    from sim.studies.discovery import work_of_discovery

    own = line.own
    return work_of_discovery(
        job.scenario,
        own.get("levers"),
        points,
        job.run.runs,
        own.get("outcome", "breakdown"),
        own.get("sides", "apart"),
    )


def _job(line: Line) -> Job:
    """The job of the words; a sweep has its own scenario and runs."""
    for text in line.overrides if "from" in line.own else ():
        name = text.partition("=")[0]
        full = ALIASES.get(name, name)
        if full == "run.runs" or full.partition(".")[0] not in _OF_A_BATCH:
            raise SimError(
                "a sweep has its own scenario and runs", key=name, given=text, cure="leave it out"
            )
    return compose_job(line.verb, line.overrides)


def _numbers(given: Mapping[str, str]) -> tuple[int | None, float]:
    """``points=`` and ``share=`` as numbers."""
    from sim.studies.discovery import share_of

    share, points = share_of(given.get("share", 0.0)), given.get("points")
    try:
        return None if points is None else int(points), share
    except ValueError:
        raise SimError(
            "not a whole number", key="points", given=points, allowed="100 and more"
        ) from None
