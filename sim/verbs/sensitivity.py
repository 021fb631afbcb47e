"""The verb ``sensitivity``: what moves an outcome, by how much, and what is noise between runs."""

from __future__ import annotations

import math

from sim.jobs import compose_job
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.options import integer, levers_word, sides_word
from sim.verbs.output import Output, recorded_content
from sim.verbs.study import begun
from sim.verbs.work import admit
from sim.vocabulary import OUTCOMES

__all__ = ["command", "takes"]

# default, least and most of each
_SIZES = {
    "trajectories": (64, 4, 100_000),
    "points": (1_024, 64, 2**20),
    "most": (20, 1, 1_000),
}


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "levers": levers_word("all"),
            "outcome": Word(
                "the outcome, or a measure such as welfare_loss.us",
                "breakthrough",
                values=lambda: OUTCOMES.names,
            ),
            "sides": sides_word("together"),
            "trajectories": Word("trajectories of the screening", _default("trajectories")),
            "points": Word("base points of the indices, a power of two", _default("points")),
            "most": Word(
                "levers with indices of their own; the others are moved as one", _default("most")
            ),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        notes="runs= counts runs at each end of a lever's range. Settings of a scenario change what the levers are moved around",
    )


def _default(name: str) -> str:
    return str(_SIZES[name][0])


def command(line: Line) -> Output:
    """Study and write.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    own = line.own
    job = compose_job(line.verb, line.overrides)
    settings = job.run
    plan = {name: integer(own, name, *bounds) for name, bounds in _SIZES.items()}
    from sim.studies.sensitivity_study import Plan, sensitivity, work_of_sensitivity

    levers, sides = own.get("levers", "all"), own.get("sides", "together")
    sized = Plan(runs=settings.runs, seed=settings.seed, **plan)
    work = work_of_sensitivity(job.scenario, levers, sized, sides)
    estimated = admit(work, line, settings)
    if estimated is not None:
        return estimated
    from sim.studies.sensitivity_write import write_sensitivity

    with begun(line, job) as (order, meter):
        result = sensitivity(
            job.scenario,
            levers,
            own.get("outcome", "breakthrough"),
            runs=settings.runs,
            sides=sides,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
            **plan,
        )
        meter.close()
        folder = write_sensitivity(result, order)
    return Output(result.answer, folder, recorded_content(folder))
