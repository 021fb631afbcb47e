"""The verb ``export``: a scenario at a date as files of other tools."""

from __future__ import annotations

from sim.batch import EXPORTS, MOST_OUTCOMES
from sim.config.errors import SimError
from sim.verbs.grammar import FOLDER, Line, Takes, Word
from sim.verbs.options import choices, integer
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import check_folder, named_folder

__all__ = ["command", "takes"]

_LEVELS = (2, 101)
_OUTCOMES = (2, 10**12)


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return Takes(
        words={
            "at": Word("the day, from one week after calendar.start to the horizon; required"),
            "formats": Word(
                "what to write, separated by commas; default: all. genius is XML, which Genius and NegMAS read; GeniusWeb's JSON is read (tariffsim exercise) and not written",
                values=lambda: EXPORTS,
            ),
            "levels": Word(
                f"levels that each issue is cut into, {_LEVELS[0]} to {_LEVELS[1]}; default: as many as outcomes= allows, 11 at most"
            ),
            "outcomes": Word(
                "outcomes of the domain at most: it picks the levels", f"{MOST_OUTCOMES}"
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
    from sim.export.write import chosen_levels, outcomes_text, write_export
    from sim.jobs import compose_job

    if "at" not in line.own:
        raise SimError("a day is required", key="at", cure="at=2025-08-01")
    day = check_value(Setting("date"), line.own["at"], "at")
    formats = choices(line.own, "formats", EXPORTS, EXPORTS)
    if "levels" in line.own and "outcomes" in line.own:
        cure = "give levels=, or outcomes= and let it pick the levels"
        raise SimError("given twice", key="levels", cure=cure)
    asked = integer(line.own, "levels", 2, *_LEVELS) if "levels" in line.own else None
    most = integer(line.own, "outcomes", MOST_OUTCOMES, *_OUTCOMES)
    job = compose_job(line.verb, line.overrides)
    levels = chosen_levels(job.scenario, asked, most)
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
    answer = f"{job.scenario.name} on {day} as {', '.join(files)}"
    if "genius" in formats:
        answer += f"; {outcomes_text(job.scenario, levels)}"
        answer += "" if asked else f", at most {most:,} (outcomes= or levels= says otherwise)"
    return Output(answer, folder, recorded_content(folder))
