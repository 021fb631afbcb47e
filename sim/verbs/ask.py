"""The verb ``ask``: the chance that something happens by a day."""

from __future__ import annotations

import math

from sim.batch.work import work_of_batch
from sim.config.errors import SimError
from sim.jobs import compose_job
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.output import Output, recorded_content
from sim.verbs.study import begun
from sim.verbs.work import admit

__all__ = ["command", "takes"]

_WHEN = ("by", "on", "until", "within", "given", "for_at_least")
_THEN = " then "


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "questions": Word(
                "a name of configs/questions or a file of questions, instead of one question in words"
            ),
            "by": Word("the last day that counts, YYYY-MM-DD; default: the end of the run"),
            "on": Word("the day in whose week it must hold"),
            "until": Word("the same as by"),
            "within": Word("weeks after the first event in which what follows 'then' must come"),
            "given": Word("which runs count: those in which this came true in the same weeks"),
            "for_at_least": Word("weeks on end that it must hold"),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        term="a condition in quotation marks: 'truce in force', 'extended twice', 'a narrow deal', 'a protest by Beijing', "
        "'tariff.us > 60 %', 'status == truce'; 'no ...' turns it round; THIS then THAT asks what follows",
        notes="what can be asked, and what cannot: docs/ask.md",
    )


def command(line: Line) -> Output:
    """Ask and write.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    own = dict(line.own)
    file, when = own.get("questions", ""), {name: own[name] for name in _WHEN if name in own}
    if bool(file) == bool(line.term):
        cure = (
            "tariffsim ask 'truce in force' by=2025-11-10, or tariffsim ask questions=autumn_2025"
        )
        problem = "given twice" if file else "nothing is asked"
        raise SimError(problem, key="questions", given=file or None, cure=cure)
    overrides = list(line.overrides)
    if file:
        overrides = [*_scenario_of(file, overrides), *overrides]
    job = compose_job(line.verb, overrides)
    settings = job.run
    estimated = admit(work_of_batch(job.scenario, settings), line, settings)
    if estimated is not None:
        return estimated
    from sim.studies.answers import ask
    from sim.studies.answers_write import write_answers
    from sim.studies.questions import question_of, questions_in

    first, then, second = line.term.partition(_THEN)
    asked: dict[str, object] = {"that": first, **({"then": second} if then else {}), **when}
    questions = questions_in(file)[1] if file else {"question": asked}
    if file and when:
        raise SimError("a file has its own days", key=next(iter(when)), cure="write them in it")
    for name, plain in questions.items():
        try:
            question_of(name, plain, job.scenario)
        except SimError as error:
            raise error.changed(key=f"{file}: {error.key}" if file else error.key) from None
    with begun(line, job) as (order, meter):
        found = ask(
            questions,
            job.scenario,
            runs=settings.runs,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        folder = write_answers(found, order)
    return Output(found.answer, folder, recorded_content(folder))


def _scenario_of(file: str, overrides: list[str]) -> list[str]:
    """The scenario that a file of questions names, unless another is chosen."""
    from sim.studies.questions import questions_in

    source = questions_in(file)[0]
    chosen = any(text.partition("=")[0] in ("scenario", "file") for text in overrides)
    return [f"scenario={source}"] if source and not chosen else []
