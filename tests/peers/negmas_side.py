"""NegMAS's part of the comparison: reads tasks (JSON), writes ``answers.json`` beside it. Runs
where NegMAS is installed, without tariffsim.

A task is one of ``values`` (utilities of outcomes in Genius files), ``points`` (frontier and
solutions of utilities given as numbers) and ``play`` (a negotiation over all outcomes of Genius
files or over those listed). Outcomes are lists of level numbers; of listed ones, places.
"""

from __future__ import annotations

import json
import random
import sys
import warnings
from pathlib import Path

from negmas.gb.components.acceptance import ACNext
from negmas.gb.components.offering import NegotiatorOfferingPolicy, TimeBasedOfferingPolicy
from negmas.gb.negotiators.modular.mapneg import MAPNegotiator
from negmas.inout import Scenario
from negmas.negotiators.helpers import PolyAspiration
from negmas.outcomes import make_issue, make_os
from negmas.preferences import (
    LinearAdditiveUtilityFunction,
    MappingUtilityFunction,
    PresortingInverseUtilityFunction,
)
from negmas.preferences.ops import (
    kalai_points,
    ks_points,
    max_welfare_points,
    nash_points,
    pareto_frontier,
)
from negmas.sao import SAOMechanism
from negmas.sao.negotiators import AspirationNegotiator, MiCRONegotiator

SIDES = ("us", "cn")


def load(folder):
    """Issues and both utility functions, the US first (NegMAS reads a folder's files in the order
    of their names).
    """
    scenario = Scenario.from_genius_folder(folder)
    by_name = {ufun.name: ufun for ufun in scenario.ufuns}
    return scenario.outcome_space.issues, [by_name[side] for side in SIDES]


def labels(issues, outcome):
    """The outcome whose levels have these numbers."""
    return tuple(issue.values[n] for issue, n in zip(issues, outcome, strict=True))


def numbers(outcome):
    """The numbers of an outcome's levels: what stands before the underscore."""
    return [int(str(value).partition("_")[0]) for value in outcome]


def values(task):
    """Utilities of the listed outcomes, both reservation values, both ranges and the issues'
    names.
    """
    issues, ufuns = load(task["folder"])
    return {
        "issues": [issue.name for issue in issues],
        "levels": [len(list(issue.all)) for issue in issues],
        "reserved": [float(ufun.reserved_value) for ufun in ufuns],
        "ranges": [[float(end) for end in ufun.minmax()] for ufun in ufuns],
        "utilities": [
            [float(ufun(labels(issues, outcome))) for ufun in ufuns] for outcome in task["outcomes"]
        ],
    }


def points(task):
    """Pareto outcomes and solutions among the individually rational; the ideal of Kalai and
    Smorodinsky is the one given.
    """
    levels = len(task["worths"][0][0])
    issues = [
        make_issue([f"{n}_" for n in range(levels)], f"issue_{k}")
        for k in range(len(task["worths"][0]))
    ]
    ufuns = [
        LinearAdditiveUtilityFunction(
            values=[
                dict(zip(issue.values, row, strict=True))
                for issue, row in zip(issues, rows, strict=False)
            ],
            weights=[1.0] * len(issues),
            outcome_space=make_os(issues),
            reserved_value=floor,
        )
        for rows, floor in zip(task["worths"], task["reserved"], strict=True)
    ]
    outcomes = list(make_os(issues).enumerate())
    utilities, places = pareto_frontier(ufuns, outcomes=outcomes)
    if not utilities:
        return {"frontier": []}
    space = make_os(issues)
    found = {
        "nash": nash_points(ufuns, utilities, outcome_space=space),
        "kalai_smorodinsky": ks_points(
            ufuns, utilities, ranges=list(zip(task["reserved"], task["ideal"], strict=True))
        ),
        "egalitarian": kalai_points(ufuns, utilities, outcome_space=space),
        "utilitarian": max_welfare_points(ufuns, utilities, outcome_space=space),
    }
    return {
        "frontier": [numbers(outcomes[place]) for place in places],
        "utilities": [[float(u) for u in point] for point in utilities],
        "points": {name: [float(u) for u in point[0][0]] for name, point in found.items()},
    }


def over(utilities, reserved):
    """One issue whose values are places in a list, and both utility functions over it."""
    issue = make_issue([f"{n}_" for n in range(len(utilities))], "place")
    space = make_os([issue])
    tables = [
        {(value,): point[i] for value, point in zip(issue.values, utilities, strict=True)}
        for i in range(2)
    ]
    return [issue], [
        MappingUtilityFunction(
            tables[i], outcome_space=space, reserved_value=reserved[i], name=SIDES[i]
        )
        for i in range(2)
    ]


def among(places):
    """A way to invert a utility function that knows these places alone; None for NegMAS's
    default.
    """
    if places is None:
        return None

    def inverter(ufun):
        values = [f"{n}_" for n in places]
        table = {(value,): float(ufun((value,))) for value in values}
        space = make_os([make_issue(values, "place")])
        return PresortingInverseUtilityFunction(MappingUtilityFunction(table, outcome_space=space))

    return inverter


def aspiration(ufun, exponent, top, places):
    """NegMAS's AspirationNegotiator, its tolerance put to zero: accepts what lies above its
    aspiration.
    """
    kept = {"ufun_inverter": among(places)} if places is not None else {}
    return AspirationNegotiator(
        max_aspiration=top, aspiration_type=exponent, tolerance=0.0, ufun=ufun, **kept
    )


def aspiring(ufun, exponent, top, places):
    """The same offers, with NegMAS's ACNext in place of that acceptance."""
    offering = NegotiatorOfferingPolicy(proposer=aspiration(ufun, exponent, top, places))
    return MAPNegotiator(acceptance=ACNext(offering), offering=offering, ufun=ufun)


def component(ufun, exponent, top, places):
    """NegMAS's offering component with ACNext; it concedes to the worst rational outcome, not to
    the reservation value.
    """
    offering = TimeBasedOfferingPolicy(curve=PolyAspiration(top, exponent))
    return MAPNegotiator(acceptance=ACNext(offering), offering=offering, ufun=ufun)


def micro(ufun, exponent, top, places):
    """NegMAS's MiCRO."""
    return MiCRONegotiator(ufun=ufun)


MAKERS = {"aspiring": aspiring, "component": component, "aspiration": aspiration, "micro": micro}


def play(task):
    """One negotiation: the agreement, the step, who proposed it, and how many offers had been made
    before by the same side.
    """
    issues, ufuns = load(task["folder"])
    if task["listed"] is not None:
        listed = [labels(issues, outcome) for outcome in task["listed"]]
        utilities = [[float(ufun(outcome)) for ufun in ufuns] for outcome in listed]
        issues, ufuns = over(utilities, [float(ufun.reserved_value) for ufun in ufuns])
    random.seed(0)
    session = SAOMechanism(issues=issues, n_steps=task["steps"], time_limit=None)
    made = MAKERS[task["kind"]]
    players = [
        made(ufuns[i], task["exponents"][i], task["tops"][i], task["offers"][i]) for i in range(2)
    ]
    for i in (task["first"], 1 - task["first"]):
        session.add(players[i])
    state = session.run()
    names = {players[i].id: SIDES[i] for i in range(2)}
    offers = [(entry.negotiator, tuple(entry.offer or ())) for entry in session.full_trace]
    answer = {
        "agreement": None,
        "step": None,
        "proposer": None,
        "again": len(offers) - len(set(offers)),
    }
    if state.agreement is not None:
        answer["agreement"] = numbers(state.agreement)
        answer["step"], answer["proposer"] = session.history[-1].step, names[state.current_proposer]
    return answer


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    source = Path(sys.argv[1])
    kinds = {"values": values, "points": points, "play": play}
    answers = [kinds[task["do"]](task) for task in json.loads(source.read_text(encoding="utf-8"))]
    source.with_name("answers.json").write_text(json.dumps(answers), encoding="utf-8")
