"""The verb ``explain``: one run in sentences, a line a week in which something happened."""

from __future__ import annotations

from sim.config.errors import SimError
from sim.verbs.grammar import Line, Takes, Word
from sim.verbs.options import integer
from sim.verbs.output import Output

__all__ = ["command", "takes"]

_MOST_RUN = 2**32 - 1


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "run": Word("number of the run", "0"),
            "results": Word("the folder of a result whose run it is, instead of a scenario"),
        },
        notes="the sentences say what the log of acts holds, and nothing else: docs/strategies.md",
    )


def command(line: Line) -> Output:
    """Say what happened.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.api import explain
    from sim.jobs import compose_job
    from sim.results import load_results

    number = integer(line.own, "run", 0, 0, _MOST_RUN)
    if folder := line.own.get("results"):
        if line.overrides:
            cure = "explain its scenario without results="
            raise SimError("a result has its own settings", key=line.overrides[0], cure=cure)
        return Output(shown="\n".join(explain(load_results(folder), run=number)))
    job = compose_job(line.verb, line.overrides)
    return Output(shown="\n".join(explain(job.scenario, run=number, seed=job.run.seed)))
