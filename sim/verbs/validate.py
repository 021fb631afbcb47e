"""The verb ``validate``: known answers and patterns of the record, reported."""

from __future__ import annotations

from sim.config.errors import DONE, SOME_FAILED, SimError, nearest
from sim.verbs.corrections import bare_word
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes
from sim.verbs.observed import OBSERVED, WORD, observed_of
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import check_folder, compile_with_notice, named_folder
from sim.verbs.work import admit

__all__ = ["command", "takes"]

_RUNS = (20, 100_000)
_SCALE = "scale"
_DAYS = 1_000  # first days that scale may take: half a minute


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return Takes(
        words={"folder": FOLDER, "largest": LARGEST, OBSERVED: WORD},
        switches={
            "--calibration": "also try other values of the settings chosen by hand (minutes)",
            "--strict": "exit code 1 if something is not met",
            **ESTIMATE,
        },
        term="scale prints, instead, what a scenario's own first day says of the scale of bargaining",
    )


def command(line: Line) -> Output:
    """Validate; exit code 1 with ``--strict`` where something is not met. With ``scale`` print that
    table of a scenario.

    Raises
    ------
    SimError
        A word is unknown or a value out of range.
    """
    from sim.batch import BATCH
    from sim.jobs import ALIASES, compose_job

    if line.term == _SCALE:
        return Output(shown=_scale(line))
    if line.term:
        error = bare_word(line.verb, line.term, {}, switches=takes(line.verb).switches)
        near = nearest(line.term, (_SCALE,))
        raise error.changed(suggestion=near) if near else error
    for text in line.overrides:
        name = text.partition("=")[0]
        if ALIASES.get(name, name) not in (*BATCH, "run", "figures"):
            allowed = ("runs=", "seed=", "threads=", "out=", "name=")
            near = nearest(f"{name}=", allowed)
            raise SimError(
                "validation uses its own scenarios", given=text, allowed=allowed, suggestion=near
            )
    settings = compose_job(line.verb, line.overrides).run
    if not _RUNS[0] <= settings.runs <= _RUNS[1]:
        raise SimError(
            "out of bounds",
            key="run.runs",
            given=settings.runs,
            allowed=f"{_RUNS[0]} to {_RUNS[1]:,}",
        )
    observed = None
    if OBSERVED in line.own:
        from sim.config.scenario import Scenario

        observed = observed_of(line, Scenario(), settings)
    from sim.validation.report import validate, work_of_validation

    calibrated = "--calibration" in line.switches
    work = work_of_validation(settings.runs, calibrated=calibrated)
    estimated = admit(work, line, settings)
    if estimated is not None:
        return estimated
    check_folder(settings.out)
    with named_folder(line.folder) as folder:
        compile_with_notice()
        from sim.progress import Meter

        meter = Meter("parts")
        try:
            result = validate(
                settings.out,
                settings.runs,
                settings.seed,
                settings.threads,
                name=settings.name,
                calibrated=calibrated,
                words=line.words,
                progress=meter,
                folder=folder,
                observed=observed,
            )
        finally:
            meter.close()
    code = SOME_FAILED if "--strict" in line.switches and result.failed else DONE
    return Output(result.answer, result.folder, recorded_content(result.folder), code)


def _scale(line: Line) -> str:
    """The scale of bargaining on the first day of the scenario that a line gives.

    Raises
    ------
    SimError
        A setting is refused, or too many first days.
    """
    from sim.jobs import ALIASES, compose_job

    job = compose_job(line.verb, line.overrides)
    given = {ALIASES.get(name, name) for name, _, _ in (o.partition("=") for o in line.overrides)}
    compile_with_notice()
    from sim.validation.scale import RUNS, lines, scale

    days = job.run.runs if "run.runs" in given else RUNS
    if days > _DAYS:
        raise SimError("out of bounds", key="run.runs", given=days, allowed=f"1 to {_DAYS:,}")
    return "\n".join(lines(job.scenario, scale(job.scenario, days, job.run.seed)))
