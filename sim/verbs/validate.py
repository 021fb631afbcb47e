"""The verb ``validate``: known answers and patterns of the record, reported."""

from __future__ import annotations

from collections.abc import Sequence

from sim.config.errors import DONE, SOME_FAILED, SimError, nearest
from sim.verbs.prepare import check_folder, warm_up_aloud
from sim.verbs.words import split_words

__all__ = ["command", "help_of"]

_RUNS = (20, 100_000)
_FLAGS = ("--strict", "--calibration")


def help_of(verb: str) -> str:
    """What may follow the verb."""
    return (
        "words\n"
        "  runs=1000     runs a setting\n"
        "  seed=1        seed of all draws\n"
        "  out=outputs   where the folder of the report is made\n"
        "  name=report   what that folder is called\n"
        "  threads=0     threads to use; 0 takes every processor\n\n"
        "options\n"
        "  --calibration try other values of what was set by hand too (minutes)\n"
        "  --strict      exit code 1 where something is not met\n"
        "  -h, --help    this"
    )


def command(verb: str, words: Sequence[str]) -> int:
    """Validate; 0, or with ``--strict`` 1 where something is not met.

    Raises
    ------
    SimError
        An unknown word or a value out of range.
    """
    from sim.config.batch import BATCH
    from sim.config.compose import compose_job
    from sim.config.overrides import ALIASES

    given, rest = split_words(verb, words, (), _FLAGS)
    for text in rest:
        name = text.partition("=")[0]
        if ALIASES.get(name, name) not in (*BATCH, "run", "figures"):
            allowed = ("runs=", "seed=", "threads=", "out=", "name=")
            near = nearest(f"{name}=", allowed)
            raise SimError("validation has scenarios of its own", given=text, allowed=allowed, suggestion=near)
    settings = compose_job(verb, rest).run
    if not _RUNS[0] <= settings.runs <= _RUNS[1]:
        raise SimError("out of bounds", key="run.runs", given=settings.runs, allowed=f"{_RUNS[0]} to {_RUNS[1]:,}")
    check_folder(settings.out)
    warm_up_aloud()
    from sim.progress import Meter
    from sim.validation.report import validate

    meter = Meter("parts")
    try:
        result = validate(
            settings.out, settings.runs, settings.seed, settings.threads, name=settings.name,
            calibrated="--calibration" in given, words=words, progress=meter,
        )  # fmt: skip
    finally:
        meter.close()
    print(f"results: {result.folder}")
    print(f"answer: {result.answer}")
    return SOME_FAILED if "--strict" in given and result.failed else DONE
