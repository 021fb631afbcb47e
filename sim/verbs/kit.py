"""The verb ``kit``: what a host prints for a workshop, from a scenario's own numbers."""

from __future__ import annotations

from sim.jobs import compose_job
from sim.verbs.grammar import FOLDER, Line, Takes
from sim.verbs.output import Output
from sim.verbs.prepare import check_folder, named_folder

__all__ = ["command", "takes"]


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={"folder": FOLDER},
        notes="one page to print: role cards, offer form, scripts of 45 and 90 minutes: docs/workshop",
    )


def command(line: Line) -> Output:
    """Write the kit.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    job = compose_job(line.verb, line.overrides)
    check_folder(job.run.out)
    from sim.kit.write import write_kit

    with named_folder(line.folder) as named:
        path = write_kit(job.scenario, job.run.out, job.run.name, named)
    title = job.scenario.title or job.scenario.name
    return Output(f"{path.name} is the kit of {title}, to print", path.parent)
