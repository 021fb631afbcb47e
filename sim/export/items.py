"""Levels of an exported domain: how many each issue is cut into, and what a player reads in place of
a number of a level.

A tariff is its rate; what licences rule is the share of examined applications that is approved
(:func:`sim.rules.licensing.approval_chance`); any other issue is what it is worth to the other
side, bn USD a year. What a level brings about (tonnes, firms) depends on queues and firms, and is
not promised by anybody, so it is no item.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.batch import MOST_OUTCOMES
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.rules.codes import FREE, SUSPENDED
from sim.rules.regimes import rank_of, willing
from sim.rules.trade import tariff_at
from sim.vocabulary import DRIVERS, GRADES, SIDES

__all__ = ["MOST_LEVELS", "items_of", "levels_for"]

MOST_LEVELS = 11  # unless told otherwise: steps of a tenth
_FEWEST = 2
_DECIMALS = (0, 1, 2, 3)
_WILLING = ("shipment", "six_months", "general")  # regimes with a chance of approval of their own

Text = Callable[[float, int], str]


def levels_for(issues: int, most: int = MOST_OUTCOMES) -> int:
    """Levels of each of so many issues that make at most so many outcomes; at most eleven.

    Raises
    ------
    SimError
        Two levels of each make more.

    Examples
    --------
    >>> [levels_for(n) for n in (2, 4, 5, 8, 11)]
    [11, 11, 11, 4, 3]
    """
    fitting = [n for n in range(_FEWEST, MOST_LEVELS + 1) if n**issues <= most]
    if not fitting:
        raise SimError(
            "too few for two levels of each issue",
            key="outcomes",
            given=most,
            allowed=f"{_FEWEST**issues:,} or more for {issues} issues",
            cure="name levels= instead, or leave issues out of the scenario",
        )
    return fitting[-1]


def items_of(
    scenario: Scenario,
    names: Sequence[str],
    grids: Sequence[np.ndarray],
    ceilings: Sequence[float],
) -> list[list[str]]:
    """What a player reads for each level of each issue; different for different levels.

    Parameters
    ----------
    scenario
        Whose issues, licences and tariffs they are.
    names, grids
        The issues, and the levels of each, from 0 to 1.
    ceilings
        Both sides' tariffs at level 0 on the day, ad valorem.
    """
    return [
        _texts(_text_of(scenario, name, ceilings), grid)
        for name, grid in zip(names, grids, strict=True)
    ]


def _texts(text: Text, grid: np.ndarray) -> list[str]:
    """The texts of levels with the fewest decimals that tell them apart; beside equal ones the
    level itself.
    """
    levels = [float(level) for level in grid]
    for decimals in _DECIMALS:
        found = [text(level, decimals) for level in levels]
        if len(set(found)) == len(found):
            return found
    return [
        f"{said} (level {level:.4f})" if found.count(said) > 1 else said
        for said, level in zip(found, levels, strict=True)
    ]


def _text_of(scenario: Scenario, name: str, ceilings: Sequence[float]) -> Text:
    """How a level of an issue is written, with so many decimals."""
    issue = scenario.issues[name]
    driver = DRIVERS[issue.driver]
    if driver.tariff:
        ceiling = float(ceilings[SIDES[driver.owner].code])
        floor = float(getattr(scenario.economy, driver.owner).floor_tariff)
        return lambda level, digits: f"{100.0 * tariff_at(level, ceiling, floor):.{digits}f} %"
    if driver.good:
        return _licensed(scenario, driver.good, driver.grade == GRADES["military"].name)
    if driver.purchases:
        extra = float(getattr(scenario.purchases, driver.purchases).extra)
        return lambda level, digits: f"{extra * level:.{digits}f} bn USD a year more"
    if issue.benefit > 0.0:
        return lambda level, digits: f"{issue.benefit * level:.{digits}f} bn USD a year"
    return lambda level, digits: f"{100.0 * level:.{digits}f} % conceded"


def _licensed(scenario: Scenario, good: str, military: bool) -> Text:
    """How a level of an issue of licences is written: what it promises by its regime.

    Under a suspended regime nothing is approved, but for a trace of the military grade.
    """
    rules = getattr(scenario.licensing, good)
    chances = tuple(float(getattr(rules, f"approve_{name}")) for name in _WILLING)
    least = float(scenario.licensing.approve_withheld_military) if military else 0.0

    def approved(level: float, digits: int) -> str:
        rank = rank_of(level)
        if rank == FREE:
            return "no licence needed"
        chance = least if rank == SUSPENDED else willing(level, *chances)
        return f"{100.0 * chance:.{digits}f} % approved"

    return approved
