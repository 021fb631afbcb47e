"""The verbs ``run`` and ``sweep``: one job with its meter, or a multirun; or what was asked about a job, without running it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.errors import DONE, SimError
from sim.verbs.prepare import check_folder, warm_up_aloud

if TYPE_CHECKING:
    from sim.config.compose import Job

__all__ = ["Options", "command", "help_of", "resumed", "run_job", "split_options"]

_CFG = ("job", "scenario")
_INFO = ("groups", "settings")
_WITH_RESUME = ("figures=", "figures.", "draw=", "threads=", "run.threads=", "run.executor=", "run.address=")


@dataclass
class Options:
    """What begins with a dash."""

    multirun: bool = False
    cfg: str | None = None
    info: str | None = None


def help_of(verb: str) -> str:
    """What may follow ``run`` or ``sweep``."""
    from sim.verbs.about import help_of_job

    return help_of_job(verb)


def command(verb: str, words: list[str]) -> int:
    """Compose, check and run one job or many, or print what was asked about one; the exit code."""
    options, overrides = split_options(words)
    if options.info:
        from sim.verbs.about import info

        print(info(options.info, verb, overrides))
        return DONE
    if options.multirun:
        from sim.verbs.multirun import multirun

        if options.cfg:
            raise SimError("not with a multirun", key="--cfg", cure="leave out one of -m and --cfg")
        return multirun(verb, overrides)
    from sim.config.compose import compose_job

    begun, overrides = resumed(verb, overrides)
    job = compose_job(verb, overrides)
    if options.cfg:
        from sim.verbs.about import as_yaml

        print(as_yaml(job, options.cfg), end="")
        return DONE
    check_folder(begun or job.run.out)
    result = run_job(job, begun)
    print(f"results: {result.folder}")
    print(f"answer: {result.answer}")
    return int(getattr(result, "exit_code", DONE))


def run_job(job: Job, begun: str = "") -> Any:
    """Run one job with a meter, or go on with the sweep in the folder ``begun``; what came of it."""
    from sim import api
    from sim.progress import Meter

    meter = Meter("points" if job.sweep is not None and job.sweep.stopping else "runs")

    def drawing() -> None:
        meter.close()
        print("drawing figures and writing the report", file=sys.stderr, flush=True)

    try:
        if begun:
            return api.resume_job(begun, job, meter, drawing)
        return api.run_job(job, meter, warm_up_aloud, drawing)
    finally:
        meter.close()


def split_options(words: list[str]) -> tuple[Options, list[str]]:
    """Options and overrides, in any order."""
    options, overrides = Options(), []
    rest = iter(range(len(words)))
    for n in rest:
        word, equals, value = words[n].partition("=") if words[n].startswith("--") else (words[n], "", "")
        following = words[n + 1] if n + 1 < len(words) else ""
        if word in ("-m", "--multirun"):
            options.multirun = True
        elif word in ("-c", "--cfg"):
            options.cfg = value if equals else following
            if options.cfg not in _CFG:
                raise SimError("not a part of the configuration", key="--cfg", given=options.cfg, allowed=_CFG)
            if not equals:
                next(rest)
        elif word in ("-i", "--info"):
            takes = not equals and following in _INFO
            options.info = following if takes else value or "groups"
            if options.info not in _INFO:
                raise SimError("nothing to tell about", key="--info", given=options.info, allowed=_INFO)
            if takes:
                next(rest)
        else:
            overrides.append(words[n])
    return options, overrides


def resumed(verb: str, overrides: list[str]) -> tuple[str, list[str]]:
    """The folder after ``resume=`` ('' where there is none), and the overrides beside it: of figures, and of where to compute."""
    begun = [text.partition("=")[2] for text in overrides if verb == "sweep" and text.startswith("resume=")]
    rest = [text for text in overrides if verb != "sweep" or not text.startswith("resume=")]
    if begun and not (len(begun) == 1 and begun[0] and Path(begun[0]).is_dir()):
        raise SimError("not the folder of a sweep that was stopped", key="resume", given=", ".join(begun))
    for text in rest if begun else ():
        if not text.startswith(_WITH_RESUME):
            raise SimError("a sweep goes on as it was begun", key=text, allowed=_WITH_RESUME, cure="leave it out")
    return "".join(begun), rest
