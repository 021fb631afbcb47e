"""The verb ``export``: a scenario at a date as files of other tools."""

from __future__ import annotations

from sim.batch import EXPORTS
from sim.config.errors import SimError
from sim.verbs.grammar import FOLDER, Line, Takes, Word
from sim.verbs.options import choices, integer
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import check_folder, named_folder

__all__ = ["command", "takes"]

_LEVELS = (2, 101)


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return Takes(
        words={
            "at": Word("the day, from one week after calendar.start to the horizon; required"),
            "formats": Word(
                "what to write, separated by commas; default: all", values=lambda: EXPORTS
            ),
            "levels": Word(
                f"levels that each issue is cut into, {_LEVELS[0]} to {_LEVELS[1]}", "11"
            ),
            "folder": FOLDER,
        }
    )


def command(line: Line) -> Output:
    """Step to the day and write.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.config.check import check_value
    from sim.config.fields import Setting
    from sim.export import write_export
    from sim.jobs import compose_job

    if "at" not in line.own:
        raise SimError("a day is required", key="at", cure="at=2025-08-01")
    day = check_value(Setting("date"), line.own["at"], "at")
    formats = choices(line.own, "formats", EXPORTS, EXPORTS)
    levels = integer(line.own, "levels", 11, *_LEVELS)
    job = compose_job(line.verb, line.overrides)
    check_folder(job.run.out)
    with named_folder(line.folder) as named:
        folder = write_export(
            job.scenario,
            day,
            job.run,
            formats,
            levels,
            line.words,
            report=job.figures.report,
            folder=named,
        )
    files = sorted(path.name for path in folder.iterdir() if path.suffix in (".xml", ".nfg"))
    return Output(
        f"{job.scenario.name} on {day} as {', '.join(files)}", folder, recorded_content(folder)
    )
