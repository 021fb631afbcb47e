"""The verb ``validate``: known answers and patterns of the record, reported."""

from __future__ import annotations

from collections.abc import Sequence

from sim.config.errors import DONE, SOME_FAILED, SimError
from sim.verbs.prepare import check_folder, warm_up_aloud
from sim.verbs.words import split_words, whole

__all__ = ["command", "help_of"]

_NUMBERS = {"runs": (1000, 20, 100_000), "seed": (1, 0, 2**63 - 1), "threads": (0, 0, 1024)}
_KNOWN = (*_NUMBERS, "out")
_FLAGS = ("--strict", "--calibration")


def help_of(verb: str) -> str:
    """What may follow the verb."""
    return (
        "words\n"
        "  runs=1000     runs a setting\n"
        "  seed=1        seed of all draws\n"
        "  out=outputs   where the folder of the report is made\n"
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
    given, rest = split_words(verb, words, _KNOWN, _FLAGS)
    if rest:
        raise SimError("validation has scenarios of its own", given=rest[0], allowed=[f"{name}=" for name in _KNOWN])
    numbers = {name: whole(given, name, *limits) for name, limits in _NUMBERS.items()}
    out = given.get("out", "outputs")
    check_folder(out, "out")
    warm_up_aloud()
    from sim.progress import Meter
    from sim.validation.report import validate

    meter = Meter("parts")
    try:
        result = validate(out, **numbers, calibrated="--calibration" in given, progress=meter)
    finally:
        meter.close()
    print(f"results: {result.folder}")
    print(f"answer: {result.answer}")
    return SOME_FAILED if "--strict" in given and result.failed else DONE
