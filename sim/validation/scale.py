"""The scale of bargaining on a scenario's first day, and the settings that follow from it: what there
is to gain on each track, what a truce is worth to each side, and the unit in which the bn USD of
decisions are counted (docs/bargaining.md, *Scale*).

Nothing here is a second formula: a first day without error and without a private price is made by
the rules that every run follows, and read there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import CN, N_SIDES, TRADE
from sim.rules.packages import prepare, values, worth
from sim.rules.relations import other
from sim.rules.screening import cost_of_going_on
from sim.rules.state import PROBLEM, ROOM
from sim.rules.tracks import TRUTH, fill_problem
from sim.vocabulary import SIDES, TRACKS

__all__ = [
    "RUNS",
    "WORTH_IN_UNITS",
    "FirstDay",
    "Scale",
    "Suggested",
    "before_talks",
    "first_day",
    "gains",
    "hawks_felt",
    "lines",
    "scale",
    "stakes",
]

RUNS = 60  # first days: London's medians are then known to some 5 % (judgement: enough to round)
PRICE_SHARE = 0.75  # of the most that a side could gain: a zone in .22 to .27 of pairs of prices
WORTH_IN_UNITS = 8.0  # of a truce, in the units of decisions (sim/config/groups/truce.py, unit)
DEMAND = 6.0  # bn USD/yr demanded for want of controls: what London's was set to (judgement)
_UNIT = f"sqrt(stake Y x stake Y) / {WORTH_IN_UNITS:g}"
_FREE: dict[str, object] = {
    **{f"{side}.resolve.{track}": 0.0 for side in SIDES for track in TRACKS},
    **{f"{side}.belief_error": 0.0 for side in SIDES},
}


@dataclass(frozen=True)
class FirstDay:
    """A first day, in bn USD/yr: ``gains`` (tracks, sides), the most that each side could gain; NaN
    on a track that is not bargained; ``stakes`` (sides,) and ``lacks`` (sides,) of the other's
    controls. ``years`` (sides,) for which each side reckons with the truce; ``hawks`` (sides,), what
    going on is felt to cost more a year, of what hawks weigh in decisions.
    """

    gains: np.ndarray
    stakes: np.ndarray
    lacks: np.ndarray
    years: np.ndarray
    hawks: np.ndarray


@dataclass(frozen=True)
class Suggested:
    """A setting beside what its formula gives: ``given`` in the scenario, ``found`` by ``formula``,
    both in ``unit``.
    """

    setting: str
    formula: str
    found: float
    given: float
    unit: str = "bn USD/yr"


@dataclass(frozen=True)
class Scale:
    """The medians over first days, the unit of decisions, bn USD, and the settings that follow."""

    day: FirstDay
    unit: float
    settings: tuple[Suggested, ...]


def scale(scenario: Scenario, runs: int = RUNS, seed: int = 1) -> Scale:
    """The scale of a scenario: medians over the first days of ``runs`` runs.

    Examples
    --------
    >>> found = scale(Scenario(), runs=3)
    >>> [one.setting for one in found.settings if one.setting.startswith("us.")]
    ['us.resolve.trade', 'us.resolve.minerals', 'us.resolve.semiconductors']
    """
    days = [first_day(scenario, run, seed) for run in range(runs)]
    day = FirstDay(
        np.median([one.gains for one in days], axis=0),
        np.median([one.stakes for one in days], axis=0),
        np.median([one.lacks for one in days], axis=0),
        np.median([one.years for one in days], axis=0),
        np.median([one.hawks for one in days], axis=0),
    )
    product = float(np.prod(np.maximum(0.0, day.stakes * day.years)))
    unit = float(np.sqrt(product)) / WORTH_IN_UNITS
    return Scale(day, unit, tuple(_suggested(scenario, day, unit)))


def first_day(scenario: Scenario, run: int = 0, seed: int = 1) -> FirstDay:
    """What there is to gain and to lose on the first day of one run."""
    model = before_talks(scenario, run, seed)
    sides = model.state.whole[0]["sides"]
    return FirstDay(
        gains(model), stakes(model), sides["lack"].copy(), sides["years"].copy(), hawks_felt(model)
    )


def before_talks(scenario: Scenario, run: int = 0, seed: int = 1) -> TruceModel:
    """The first week before its talks, with no error in beliefs and no private price.

    Controls may be settled while trade is open, so that every track has a first day. Disputes, which
    come before talks, are left out: what a measure takes is taken from the next week on.
    """
    free = dict(_FREE)
    if scenario.linkage.tracks != "package":
        free["linkage.security_first"] = True
    model = TruceModel(scenario.change(free), seed, run, collect="none")
    steps.land_shocks(*model.all_sides, *model.all_dated)
    model.license()
    model.supply()
    steps.trade_flows(*model.all_sides)
    steps.feel_politics(*model.all_sides)
    steps.comply(*model.all_sides)
    steps.value_issues(*model.all_sides)
    return model


def gains(model: TruceModel) -> np.ndarray:
    """The most that each side could gain on each track above its reservation value, the other at
    its own, bn USD/yr; shape (tracks, sides), NaN on a track that is not bargained.
    """
    found = np.full((len(TRACKS), N_SIDES), np.nan)
    s, p = model.state.whole[0], model.params.record
    for track in range(len(TRACKS)):
        if not steps.is_open(*model.all_sides, track):
            continue
        steps.prepare_track(*model.all_sides, track)
        problem, package = np.zeros(1, PROBLEM)[0], np.zeros(ROOM)
        fill_problem(s, p, problem, track, TRUTH)
        prepare(problem, package)
        least = s["sides"]["reservation"][:, track]
        for i in range(N_SIDES):
            worth(problem, other(i), least[other(i)], package)
            found[track, i] = values(problem, package)[i] - least[i]
    return found


def stakes(model: TruceModel) -> np.ndarray:
    """What a truce is worth to each side beyond a lapse, bn USD/yr, shape (sides,): the mean of what
    is in force and what is agreed, less what a lapse leaves.
    """
    sides = model.state.whole[0]["sides"]
    return (sides["value_now"] + sides["value_terms"]) / 2.0 - sides["value_lapse"]


def hawks_felt(model: TruceModel) -> np.ndarray:
    """What going on without a deal is felt to cost each side more a year, of what hawks weigh in
    decisions; shape (sides,), NaN where they weigh nothing.
    """
    s, p = model.state.whole[0].copy(), model.params.record
    found = np.zeros(N_SIDES)
    for i in range(N_SIDES):
        costs = list[float]()
        for pressure in (0.0, 1.0):
            s["sides"]["hawk"][i] = pressure
            costs.append(cost_of_going_on(s, p, i, TRADE))
        push = float(p["politics"]["sides"]["hawk_push"][i])
        found[i] = (costs[1] - costs[0]) / push if push > 0.0 else np.nan
    return found


def _suggested(scenario: Scenario, day: FirstDay, unit: float) -> Iterator[Suggested]:
    """What each formula gives, beside the scenario; what has no first day is left out."""
    package = scenario.linkage.tracks == "package"
    for side in SIDES.values():
        resolve = getattr(scenario, side.name).resolve
        for track in TRACKS.values():
            most = float(day.gains[track.code, side.code])
            if np.isnan(most):
                continue
            given = (
                sum(getattr(resolve, name) for name in TRACKS)
                if package
                else getattr(resolve, track.name)
            )
            name = "all tracks" if package else track.name
            yield Suggested(
                f"{side.name}.resolve.{name}", f"{PRICE_SHARE:g} G", PRICE_SHARE * most, given
            )
    for side in SIDES.values():
        # hawks then mind a deal no less than an extension that is certain to come in its stead
        if not np.isnan(felt := float(day.hawks[side.code])):
            given = getattr(scenario.politics, side.name).hawk_settling
            name = f"politics.{side.name}.hawk_settling"
            yield Suggested(name, "as going on is felt", felt, given, "per year")
    if unit > 0.0:
        yield Suggested("truce.unit", _UNIT, unit, scenario.truce.unit, "bn USD")
    share = DEMAND / float(day.lacks[CN]) if day.lacks[CN] > 0.0 else float("nan")
    yield Suggested("linkage.cn", f"{DEMAND:g} / lack", share, scenario.linkage.cn, "share")


def lines(scenario: Scenario, found: Scale) -> Iterator[str]:
    """The table as text: what there is to gain and at stake, and each setting beside its formula."""
    yield f"{scenario.title or scenario.name}, first day, no error in beliefs, price 0; bn USD/yr"
    yield ""
    yield f"{'':34}{'Washington':>12}{'Beijing':>12}"
    for track in TRACKS.values():
        if not np.isnan(found.day.gains[track.code]).any():
            what = "all tracks" if scenario.linkage.tracks == "package" else track.label
            yield _row(f"G, most to gain: {what}", found.day.gains[track.code])
    yield _row("stake in the truce", found.day.stakes)
    yield _row("lack of the other's controls", found.day.lacks)
    yield _row("Y, years it is reckoned with", found.day.years)
    yield ""
    yield f"{'setting':34}{'by formula':>12}{'given':>12}{'given, %':>10}   formula"
    for one in found.settings:
        part = f"{100.0 * one.given / one.found:10.0f}" if one.found > 0.0 else f"{'-':>10}"
        yield f"{one.setting:34}{one.found:12.2f}{one.given:12g}{part}   {one.formula}"


def _row(name: str, values: np.ndarray) -> str:
    return f"{name:34}" + "".join(f"{value:12.2f}" for value in values)
