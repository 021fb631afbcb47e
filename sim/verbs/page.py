"""The verbs ``page`` and ``app``: the workshop page, opened with scenarios of the user's choice."""

from __future__ import annotations

import webbrowser

from sim.config.errors import SimError
from sim.jobs import NAMES, Job, compose_job
from sim.verbs.grammar import FOLDER, Line, Takes, Word
from sim.verbs.output import Output
from sim.verbs.prepare import check_folder, named_folder, source_word

__all__ = ["command", "takes"]

_USUAL = ("tactical_pause", "breakthrough")
_CURE = "scenario=london,geneva, or one of them and what side B changes in it"


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return Takes(
        words={
            "scenario": Word(
                "one or two, separated by a comma: names, scenario.yaml files or folders of runs",
                ",".join(_USUAL),
                values=lambda: NAMES.groups["scenario"],
            ),
            "file": Word("a scenario.yaml, after those of scenario="),
            "folder": FOLDER,
        },
        notes="With two scenarios the settings that follow change both. With one, side A is it as it stands, side B with those settings",
    )


def command(line: Line) -> Output:
    """Write the page; ``app`` opens it in the default browser too.

    Raises
    ------
    SimError
        Bad input, named with its key; or an installation without the module of the rules.
    """
    sides = _sides(line)
    settings = sides[-1].run
    check_folder(settings.out)
    from sim.page.write import names_of_sides, write_page

    with named_folder(line.folder) as named:
        path = write_page([job.scenario for job in sides], settings, folder=named)
    one, other = names_of_sides(*(job.scenario for job in sides))
    said = f"{path.name} compares A ({one}) and B ({other})"
    if line.verb != "app":
        return Output(f"{said}; open it in a browser, no network needed", path.parent)
    opened = webbrowser.open(path.as_uri())
    return Output(said if opened else f"{said}; no browser was found: open it in one", path.parent)


def _sides(line: Line) -> list[Job]:
    """The jobs of sides A and B."""
    named = [text for text in line.own.get("scenario", "").split(",") if text]
    named += [line.own["file"]] if "file" in line.own else []
    words = [source_word(text) for text in named or _USUAL]
    if len(words) > 2:
        raise SimError("two sides only", key="scenario", given=", ".join(named), cure=_CURE)
    jobs = [compose_job(line.verb, [word, *line.overrides]) for word in words]
    if len(jobs) == 2:
        return jobs
    plain = compose_job(line.verb, words)
    if plain.scenario == jobs[0].scenario:
        raise SimError("one scenario only", key="scenario", given=", ".join(named), cure=_CURE)
    return [plain, *jobs]
