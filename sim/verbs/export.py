"""The verb ``export``: a scenario at a date as files of other tools."""

from __future__ import annotations

from collections.abc import Sequence

from sim.config.errors import DONE, SimError
from sim.verbs.prepare import check_folder
from sim.verbs.words import choices, split_words, whole

__all__ = ["command", "help_of"]

_KNOWN = ("at", "formats", "levels")


def help_of(verb: str) -> str:
    """What may follow the verb."""
    from sim.export import FORMATS

    return (
        "words\n"
        "  at=2025-08-01     the day, from one week after calendar.start to the horizon\n"
        f"  formats=a,b       of {', '.join(FORMATS)}; all of them unless given\n"
        "  levels=11         levels that each issue is cut into, 2 to 101\n"
        "  seed=1            seed of the run that is stepped to the day\n"
        "  out=outputs       where the folder of the files is made\n"
        "  any setting of a scenario: scenario=geneva, file=my.yaml, truce.length_weeks=26\n\n"
        "options\n"
        "  -h, --help        this"
    )


def command(verb: str, words: Sequence[str]) -> int:
    """Step, write, tell; the exit code.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.config.compose import compose_job
    from sim.config.fields import Field
    from sim.config.validate import check_value
    from sim.export import FORMATS, write_export

    given, rest = split_words(verb, words, _KNOWN)
    if "at" not in given:
        raise SimError("a day is needed", key="at", cure="at=2025-08-01")
    day = check_value(Field("date"), given["at"], "at")
    formats = choices(given, "formats", FORMATS, FORMATS)
    levels = whole(given, "levels", 11, 2, 101)
    job = compose_job(verb, rest)
    check_folder(job.run.out)
    report = job.figures.report
    folder = write_export(job.scenario, day, job.run, formats, levels, words, report=report)
    print(f"results: {folder}")
    files = sorted(path.name for path in folder.iterdir() if path.suffix in (".xml", ".nfg"))
    print(f"answer: {job.scenario.name} on {day} as {', '.join(files)}")
    return DONE
