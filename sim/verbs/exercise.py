"""The verb ``exercise``: a negotiation exercise of your own, played by the strategies; or the offers
of a transcript scored against its frontier.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from sim.batch import BATCH, OVER_LISTS
from sim.config.errors import SimError, nearest
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.options import choices, integer
from sim.verbs.output import Output, recorded_content
from sim.verbs.study import begun
from sim.verbs.work import admit

if TYPE_CHECKING:
    from sim.config.groups.negotiators import Strategy
    from sim.exercises import Exercise
    from sim.jobs import Job

__all__ = ["command", "takes"]

_SETTINGS = ("exponent", "reciprocity", "hold")
_ROUNDS = (1, 10_000)


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    from sim.config.groups.negotiators import Negotiator, Strategy

    own = Strategy()
    return Takes(
        words={
            "file": Word("a case sheet (.yaml, .json), a table of points (.csv, .xlsx), or a domain of Genius (.xml) or GeniusWeb (.json); required"),
            "profiles": Word("of a domain of Genius or GeniusWeb: both profiles, separated by a comma; default: those beside it"),
            "rounds": Word("how often each party may speak; default: as the sheet says, of a domain 20"),
            "strategies": Word("who plays, separated by commas; default: all four", values=lambda: OVER_LISTS),
            "error": Word("what a party errs in about the other's points, sd of log; 0: both know all, nothing is drawn", f"{Negotiator().belief_error:g}"),
            **{name: Word(f"{name} of the strategies, as in {{us,cn}}.strategy.{name}", f"{getattr(own, name):g}") for name in _SETTINGS},
            "offers": Word("a table of offers that people made (party, each issue, accepted), scored instead of a tournament"),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        scenario=False,
        notes="runs counts the draws of what the parties believe; in each, every pair plays twice, so that either speaks first once",
    )  # fmt: skip


def command(line: Line) -> Output:
    """Play the exercise, or score its offers, and write it.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.exercises import read_exercise
    from sim.jobs import ALIASES, compose_job

    own = line.own
    if "file" not in own:
        cure = "tariffsim exercise file=case_sheet.yaml"
        raise SimError("a case sheet is required", key="file", cure=cure)
    for text in line.overrides:
        name = text.partition("=")[0]
        if ALIASES.get(name, name) not in (*BATCH, "run", "figures"):
            allowed = (*takes(line.verb).words, "runs", "seed", "out", "name", "figures")
            near = nearest(name, allowed)
            problem = "an exercise has its own case sheet"
            raise SimError(problem, given=text, allowed=allowed, suggestion=near)
    job = compose_job(line.verb, line.overrides)
    profiles = own["profiles"].split(",") if "profiles" in own else []
    rounds = integer(own, "rounds", 0, *_ROUNDS) if "rounds" in own else None
    exercise = read_exercise(own["file"], profiles, rounds)
    if "offers" in own:
        return _scored(line, job, exercise)
    return _played(line, job, exercise)


def _scored(line: Line, job: Job, exercise: Exercise) -> Output:
    from sim.exercises.transcript import score_offers
    from sim.exercises.write import write_transcript

    for name in ("strategies", "error", *_SETTINGS):
        if name in line.own:
            cure = "leave it out, or leave offers= out to let the strategies play"
            raise SimError("not for offers that people made", key=name, cure=cure)
    scored = score_offers(exercise, Path(line.own["offers"]))
    with begun(line, job) as (order, _):
        folder = write_transcript(scored, order)
    return Output(scored.answer, folder, recorded_content(folder), shown=_notes(exercise))


def _played(line: Line, job: Job, exercise: Exercise) -> Output:
    from sim.exercises.study import play_exercise, work_of_exercise
    from sim.exercises.write import write_exercise_study

    strategies = choices(line.own, "strategies", OVER_LISTS, OVER_LISTS)
    error = _number(line, "error")
    runs = 1 if error == 0.0 else job.run.runs
    estimated = admit(work_of_exercise(exercise, strategies, runs), line, job.run)
    if estimated is not None:
        return estimated
    with begun(line, job) as (order, meter):
        study = play_exercise(
            exercise,
            strategies,
            runs=job.run.runs,
            seed=job.run.seed,
            error=error,
            settings=_settings(line),
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        folder = write_exercise_study(study, order)
    return Output(study.answer, folder, recorded_content(folder), shown=_notes(exercise))


def _notes(exercise: Exercise) -> str:
    return "\n".join(f"taken for granted: {note}" for note in exercise.notes)


def _settings(line: Line) -> Strategy:
    from sim.config.check import build
    from sim.config.groups.negotiators import Strategy

    given = {name: _number(line, name) for name in _SETTINGS if name in line.own}
    return build(Strategy, given)


def _number(line: Line, name: str) -> float | None:
    """A number of the verb's own; None where it is not given."""
    if name not in line.own:
        return None
    try:
        return float(line.own[name])
    except ValueError:
        raise SimError("not a number", key=name, given=line.own[name]) from None
