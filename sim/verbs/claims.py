"""The verb ``claims``: what is said of the model, held against what must not matter."""

from __future__ import annotations

import math
from pathlib import Path

from sim.config.errors import DONE, SOME_FAILED, SimError, nearest
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.output import Output, recorded_content
from sim.verbs.study import begun
from sim.verbs.work import admit
from sim.vocabulary import VARIATIONS

__all__ = ["command", "takes"]


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "claims": Word("a file of claims, instead of the one that is shipped"),
            "only": Word("names of claims, separated by commas", "all"),
            "against": Word(
                "names of variations, separated by commas", "all", values=lambda: VARIATIONS
            ),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches={**ESTIMATE, "--strict": "exit code 1 if a claim fails or shifts"},
        scenario=False,
    )


def command(line: Line) -> Output:
    """Hold the claims; exit code 1 with ``--strict`` where one fails or shifts.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.batch import BATCH
    from sim.jobs import ALIASES, compose_job
    from sim.studies.claim_file import build_claims, claims_path, read_claims
    from sim.studies.invariance import variations_of

    for text in line.overrides:
        name = text.partition("=")[0]
        if ALIASES.get(name, name) not in (*BATCH, "run", "figures"):
            allowed = ("runs=", "seed=", "threads=", "out=", "name=", "figures=")
            near = nearest(f"{name}=", allowed)
            raise SimError(
                "claims name their own scenarios", given=text, allowed=allowed, suggestion=near
            )
    job = compose_job(line.verb, line.overrides)
    settings, own = job.run, line.own
    if settings.runs < 2:
        raise SimError(
            "too few to hold a claim", key="runs", given=settings.runs, allowed="2 and more"
        )
    plain = read_claims(Path(own["claims"]) if "claims" in own else claims_path())
    only, against = (
        tuple(own[name].split(",")) if name in own else () for name in ("only", "against")
    )
    build_claims(plain, only)
    variations_of(against)
    from sim.studies.claims import work_of_claims

    estimated = admit(work_of_claims(plain, only, against, settings.runs), line, settings)
    if estimated is not None:
        return estimated
    from sim.analysis.claims import FAILS, SHIFTS
    from sim.studies.claims import hold_claims
    from sim.studies.claims_write import write_claims

    with begun(line, job) as (order, meter):
        result = hold_claims(
            plain,
            only=only,
            against=against,
            runs=settings.runs,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        folder = write_claims(result, order)
    lost = result.count(FAILS) + result.count(SHIFTS)
    code = SOME_FAILED if "--strict" in line.switches and lost else DONE
    return Output(result.answer, folder, recorded_content(folder), code)
