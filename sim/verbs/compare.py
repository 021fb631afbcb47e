"""The verb ``compare``: scenarios against one another under the same draws, and which lever does
the work.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from sim.config.errors import SimError, nearest
from sim.config.variants import Variants, read_variants, words_of
from sim.jobs import NAMES, Job, compose_job
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import source_word
from sim.verbs.study import begun
from sim.verbs.work import admit
from sim.vocabulary import OUTCOMES

__all__ = ["command", "takes"]

_PLACES = ("scenario", "file")
_CURE = "left=tactical_pause right=breakthrough, scenarios=a,b,c, variants=FILE, or left=london and what to change in it"


def takes(verb: str) -> Takes:
    """What may follow the verb."""

    def scenarios() -> Collection[str]:
        return NAMES.groups["scenario"]

    return Takes(
        words={
            "left": Word(
                "a scenario, a scenario.yaml or the folder of a run: the baseline", values=scenarios
            ),
            "right": Word(
                "the other; without it, the left one with the settings that follow",
                values=scenarios,
            ),
            "scenarios": Word(
                "two or more, separated by commas; each is compared with the first",
                values=scenarios,
            ),
            "variants": Word("a file of named variants of one scenario; each is compared with it"),
            "outcome": Word(
                "the outcome whose share the levers move",
                "breakthrough",
                values=lambda: OUTCOMES.names,
            ),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        refused=_PLACES,
        notes="settings of a scenario change both; with only left= they define the other one.\n"
        "A folder gives its scenario, which is run again: run k has the same draws in every scenario",
    )


def command(line: Line) -> Output:
    """Compare and write.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    variants = _variants(line)
    named = variants.outcome if variants else ""
    outcome = line.own.get("outcome") or named or "breakthrough"
    if outcome not in OUTCOMES:
        near = nearest(outcome, OUTCOMES)
        raise SimError(
            "no such outcome",
            key="outcome",
            given=outcome,
            allowed=tuple(OUTCOMES),
            suggestion=near,
        )
    jobs = _jobs_of_variants(line, variants) if variants else _jobs(line)
    settings = jobs[0].run
    from sim.studies.comparison import compare, work_of_comparison

    work = work_of_comparison([job.scenario for job in jobs], settings.runs)
    estimated = admit(work, line, settings)
    if estimated is not None:
        return estimated
    from sim.studies.write import write_comparison

    with begun(line, jobs[-1], jobs) as (order, meter):
        result = compare(
            *(job.scenario for job in jobs),
            outcome=outcome,
            runs=settings.runs,
            precision=settings.precision,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        folder = write_comparison(result, order)
    return Output(result.answer, folder, recorded_content(folder))


def _variants(line: Line) -> Variants | None:
    """The variants that a file names; None where none is given.

    Raises
    ------
    SimError
        A file that is none, or scenarios named beside it.
    """
    if "variants" not in line.own:
        return None
    beside = next((name for name in ("left", "right", "scenarios") if name in line.own), None)
    if beside is not None:
        cure = "name the base in the file: base: geneva"
        raise SimError("not beside variants=", key=beside, given=line.own[beside], cure=cure)
    return read_variants(line.own["variants"])


def _jobs_of_variants(line: Line, variants: Variants) -> list[Job]:
    """A job for the base and each variant; settings on the command line change all of them."""
    base = [source_word(variants.base)] if variants.base else []
    said = [*base, *line.overrides]

    def job(name: str) -> Job:
        words = words_of(variants, name, NAMES)
        return variants.placed(name, lambda: compose_job(line.verb, said, more=words))

    jobs = [job(name) for name in variants.ordered]
    return jobs if variants.against else [compose_job(line.verb, [*base, *line.overrides]), *jobs]


def _jobs(line: Line) -> list[Job]:
    """A job for each scenario that is named."""
    own = line.own
    for text in line.overrides:
        if text.partition("=")[0] in _PLACES:
            raise SimError("not for compare", key=text.partition("=")[0], given=text, cure=_CURE)
    if "scenarios" in own and ("left" in own or "right" in own):
        raise SimError(
            "given twice", key="scenarios", cure="give either scenarios=, or left= and right="
        )
    if "scenarios" in own:
        named = own["scenarios"].split(",")
    elif "left" not in own:
        raise SimError("nothing to compare", key="left", cure=_CURE)
    else:
        named = [own["left"], *([own["right"]] if "right" in own else [])]
    jobs = [compose_job(line.verb, [source_word(text), *line.overrides]) for text in named]
    if "left" in own and "right" not in own:
        jobs = [_unchanged(line, jobs[0]), *jobs]
    if len(jobs) < 2:
        raise SimError("one scenario only", key="scenarios", given=", ".join(named), cure=_CURE)
    return jobs


def _unchanged(line: Line, changed: Job) -> Job:
    """The left end as it is named, without the settings that the other end changes."""
    plain = compose_job(line.verb, [source_word(line.own["left"])])
    if plain.scenario == changed.scenario:
        raise SimError("one scenario only", key="right", given=line.own["left"], cure=_CURE)
    return Job(line.verb, plain.scenario, changed.run, changed.figures)
