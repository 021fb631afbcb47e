"""The verb ``tournament``: every strategy against every other, over scenarios."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sim.config.errors import DONE, SimError
from sim.verbs.prepare import check_folder, warm_up_aloud
from sim.verbs.words import choices, refuse, split_words

__all__ = ["command", "help_of"]

_KNOWN = ("scenarios", "strategies")
_REFUSED = ("us.strategy.kind", "cn.strategy.kind", "us/strategy", "cn/strategy")


def help_of(verb: str) -> str:
    """What may follow the verb."""
    from sim.config.groups.negotiators import STRATEGIES
    from sim.config.overrides import groups

    return (
        "words\n"
        f"  scenarios=a,b     of {', '.join(groups()['scenario'])}\n"
        f"  strategies=a,b    of {', '.join(STRATEGIES)}; all of them unless given\n"
        "  runs=200          runs a pair and scenario, the same draws for every pair\n"
        "  seed=1            seed of all draws\n"
        "  out=outputs       where the folder of the results is made\n"
        "  threads=0         threads to use; 0 takes every processor\n"
        "  any setting of a scenario (truce.length_weeks=26), for all of them, and of figures (figures.format=png)\n\n"
        "options\n"
        "  -h, --help        this"
    )


def command(verb: str, words: Sequence[str]) -> int:
    """Play, write, tell; the exit code.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    from sim.config.compose import compose_job
    from sim.config.groups.negotiators import STRATEGIES

    given, rest = split_words(verb, words, _KNOWN)
    refuse(verb, rest, _REFUSED)
    strategies = choices(given, "strategies", STRATEGIES, STRATEGIES)
    named = given["scenarios"].split(",") if "scenarios" in given else []
    if named and any(text.startswith(("scenario=", "file=")) for text in rest):
        raise SimError("given twice", key="scenarios", cure="give one of scenarios=, scenario= and file=")
    jobs = [compose_job(verb, [f"scenario={name}", *rest]) for name in named] or [compose_job(verb, rest)]
    settings = jobs[0].run
    check_folder(settings.out)
    warm_up_aloud()
    from sim.tournament.files import write_tournament
    from sim.tournament.play import tournament

    started, scenarios = dt.datetime.now(dt.UTC), [job.scenario for job in jobs]
    result = tournament(scenarios, strategies, runs=settings.runs, seed=settings.seed, threads=settings.threads)
    folder = write_tournament(
        result, settings.out, words, jobs[0].figures, settings.name, threads=settings.threads, started=started
    )
    print(f"results: {folder}")
    print(f"answer: {result.answer}")
    return DONE
