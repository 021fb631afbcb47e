"""The verb ``tournament``: every strategy against every other, over scenarios."""

from __future__ import annotations

import math
from dataclasses import replace

from sim.config.errors import SimError
from sim.jobs import NAMES
from sim.verbs import exercise
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.options import choices, refuse
from sim.verbs.output import Output, recorded_content
from sim.verbs.study import begun
from sim.verbs.work import admit
from sim.vocabulary import STRATEGIES

__all__ = ["command", "takes"]

_REFUSED = ("us.strategy.kind", "cn.strategy.kind", "us/strategy", "cn/strategy")


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return Takes(
        words={
            "scenarios": Word(
                "where they play, separated by commas",
                "london_2025",
                values=lambda: NAMES.groups["scenario"],
            ),
            "strategies": Word(
                "who plays, separated by commas; default: all", values=lambda: STRATEGIES.names
            ),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        notes="runs counts the runs of each pair and scenario; every pair uses the same draws.\n"
        "file= may be a case sheet of your own: then tariffsim exercise plays it",
    )


def command(line: Line) -> Output:
    """Play the tournament and write it.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.jobs import compose_job

    sheet = _case_sheet(line)
    if sheet is not None:
        return exercise.command(sheet)
    refuse(line.verb, line.overrides, _REFUSED)
    strategies = choices(line.own, "strategies", STRATEGIES.names, STRATEGIES.names)
    named = line.own["scenarios"].split(",") if "scenarios" in line.own else []
    if named and any(text.startswith(("scenario=", "file=")) for text in line.overrides):
        raise SimError(
            "given twice", key="scenarios", cure="give one of scenarios=, scenario= and file="
        )
    jobs = [compose_job(line.verb, [f"scenario={name}", *line.overrides]) for name in named]
    jobs = jobs or [compose_job(line.verb, line.overrides)]
    settings, scenarios = jobs[0].run, [job.scenario for job in jobs]
    from sim.tournament.play import tournament, work_of_tournament

    work = work_of_tournament(scenarios, strategies, settings.runs)
    estimated = admit(work, line, settings)
    if estimated is not None:
        return estimated
    from sim.tournament.write import write_tournament

    with begun(line, jobs[0], jobs) as (order, _):
        result = tournament(
            scenarios,
            strategies,
            runs=settings.runs,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
        )
        folder = write_tournament(result, order)
    return Output(str(result.answer), folder, recorded_content(folder))


def _case_sheet(line: Line) -> Line | None:
    """The line of the verb that plays it where ``file=`` is the case sheet of an exercise."""
    files = [text for text in line.overrides if text.startswith("file=")]
    if len(files) != 1 or "scenarios" in line.own:
        return None
    from sim.exercises.read import holds_exercise

    path = files[0].removeprefix("file=")
    if not holds_exercise(path):
        return None
    own, rest = {**line.own, "file": path}, []
    for text in line.overrides:
        name, equals, value = text.partition("=")
        if equals and name in exercise.takes("exercise").words:
            own[name] = value
        else:
            rest.append(text)
    return replace(line, verb="exercise", own=own, overrides=tuple(rest))
