"""The verb ``reach``: the least change of a scenario that lifts an outcome to a share."""

from __future__ import annotations

import math
from collections.abc import Collection

from sim.config.errors import SimError, nearest
from sim.jobs import NAMES, compose_job
from sim.verbs.grammar import ESTIMATE, FOLDER, LARGEST, Line, Takes, Word
from sim.verbs.options import levers_word, sides_word
from sim.verbs.output import Output, recorded_content
from sim.verbs.prepare import source_word
from sim.verbs.study import begun
from sim.verbs.work import admit
from sim.vocabulary import OUTCOMES

__all__ = ["command", "takes"]

_PLACES = ("scenario", "file")
_CAP = "cap."
_CURE = "from=london names the scenario to change; settings that follow change it beforehand"


def takes(verb: str) -> Takes:
    """What may follow the verb."""

    def scenarios() -> Collection[str]:
        return NAMES.groups["scenario"]

    caps = {
        f"{_CAP}{name}": Word(f"largest share of {outcome.label} after the change, 0 to 1")
        for name, outcome in OUTCOMES.items()
    }
    return Takes(
        words={
            "outcome": Word("the outcome to reach", "breakthrough", values=lambda: OUTCOMES.names),
            "share": Word("its least share of runs, up to 1; without it, only how far levers go"),
            **caps,
            "from": Word(
                "a scenario, a scenario.yaml or the folder of a run", "london", values=scenarios
            ),
            "levers": levers_word(),
            "sides": sides_word("together"),
            "most": Word("how many levers may be moved at once, 1 to 4", "3"),
            "over": Word(
                "what is uncertain: the runs of the scenario, or its other settings too",
                "scenario",
                values=lambda: ("scenario", "settings"),
            ),
            "folder": FOLDER,
            "largest": LARGEST,
        },
        switches=ESTIMATE,
        refused=_PLACES,
        notes="Without levers= they are what the two governments settle: us, cn, linkage, truce, licensing,\n"
        "compliance. runs= stand behind every share, on draws that neither the search nor the choice has used",
    )


def command(line: Line) -> Output:
    """Search and write; a target that is met already is only said.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    own = line.own
    for text in line.overrides:
        name = text.partition("=")[0]
        if name in _PLACES:
            raise SimError("not for reach", key=name, given=text, cure=_CURE)
        if name.startswith(_CAP):
            outcome = name.removeprefix(_CAP)
            near = nearest(outcome, OUTCOMES)
            raise SimError(
                "no such outcome",
                key=name,
                allowed=tuple(OUTCOMES),
                suggestion=near and _CAP + near,
            )
    share = _number(own["share"], "share") if "share" in own else None
    caps = {
        key.removeprefix(_CAP): _number(text, key)
        for key, text in own.items()
        if key.startswith(_CAP)
    }
    job = compose_job(line.verb, [source_word(own.get("from", "london")), *line.overrides])
    settings, most = job.run, _whole(own.get("most", "3"))
    levers, sides = own.get("levers"), own.get("sides", "together")
    outcome, over = own.get("outcome", "breakthrough"), own.get("over", "scenario")
    from sim.studies.least_change import check_target, work_of_reach

    check_target(outcome, share, caps, most, over)
    work = work_of_reach(job.scenario, levers, most, settings.runs, sides)
    estimated = admit(work, line, settings)
    if estimated is not None:
        return estimated
    from sim.studies.least_change import reach
    from sim.studies.reach_write import write_reach

    with begun(line, job) as (order, meter):
        result = reach(
            job.scenario,
            outcome,
            share,
            caps=caps,
            levers=levers,
            sides=sides,
            most=most,
            over=over,
            runs=settings.runs,
            seed=settings.seed,
            threads=settings.threads,
            largest=math.inf,
            progress=meter,
        )
        meter.close()
        if result.met:
            return Output(result.answer)
        folder = write_reach(result, order)
    return Output(result.answer, folder, recorded_content(folder))


def _number(text: str, key: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SimError("not a share", key=key, given=text, allowed="a number from 0 to 1") from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SimError("not a number of levers", key="most", given=text, allowed="1 to 4") from None
