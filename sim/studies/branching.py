"""Futures of one run: its past as it was up to a week, and from there other draws or other settings.

Nothing is saved: a draw depends on seed, run, week and what it is for alone (:mod:`sim.rules.randomness`),
so all runs of a branched scenario live the past of one run (``branch.run``, ``branch.week``), and
future k has the draws of run k from there. The future with the number of that run is the run itself.
What is settled before the week stays: prices of settling, errors of beliefs, who the firms are.
``docs/branching.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.api import run as run_scenario
from sim.config.compose import take_scenario
from sim.config.dated import CHANGES
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.results import Results

__all__ = ["branch", "branched", "day_of_week"]


def day_of_week(scenario: Scenario, week: int) -> str:
    """The day on which week ``week``, the first 0, begins; ISO."""
    return str(dt.date.fromisoformat(scenario.calendar.start) + dt.timedelta(weeks=week))


def branched(
    scenario: Scenario, run: int, week: int, change: Mapping[str, object] | None = None
) -> Scenario:
    """The scenario whose runs are futures of one run, with settings that change where they begin.

    Parameters
    ----------
    scenario
        The scenario that the run is of.
    run
        Its number.
    week
        Weeks that the futures share with it, 1 to the horizon less one.
    change
        Settings by dotted name that change in the week in which the futures begin.

    Raises
    ------
    SimError
        No such run or week, or a setting that is refused, or cannot change on a day.

    Examples
    --------
    >>> futures = branched(Scenario(), run=17, week=40, change={"truce.lock": 1.0})
    >>> futures.branch, dict(futures.changes)
    (Branch(week=40, run=17), {'2026-03-18': {'truce.lock': 1.0}})
    """
    whole = isinstance(week, int) and not isinstance(week, bool)
    if not whole or not 0 < week < scenario.calendar.horizon_weeks:
        raise SimError(
            "no week to branch from",
            key="week",
            given=week,
            allowed=f"1 to {scenario.calendar.horizon_weeks - 1}",
        )
    if scenario.branch.week:
        raise SimError(
            "these runs are futures of a run already",
            key="week",
            given=week,
            allowed=f"branch.week is {scenario.branch.week}",
            cure="branch from the scenario without it: branch.week=0",
        )
    day = day_of_week(scenario, week)
    changes = {f"{CHANGES}.{day}.{name}": value for name, value in (change or {}).items()}
    return scenario.change({"branch.week": week, "branch.run": run, **changes})


def branch(
    given: Results | Scenario | str | Path | Mapping[str, Any] | None = None,
    *,
    run: int,
    week: int,
    runs: int = 200,
    change: Mapping[str, object] | None = None,
    seed: int | None = None,
    **how: Any,
) -> Results:
    """Futures of one run from a week on, under other draws or other settings.

    Parameters
    ----------
    given
        A scenario, as :func:`sim.run` takes it, or a result, whose scenario and seed are taken.
    run
        The number of the run whose past they share.
    week
        Weeks of it that they share.
    runs
        Number of futures. Future k has the draws of run k, so futures under two settings are paired.
    change
        Settings by dotted name that change where the futures begin; None leaves all as they are.
    seed
        The seed of the run; 1 unless given, or the result's own.
    how
        What else :func:`sim.run` takes: ``first``, ``weeks``, ``engine``, ``threads``, ``observed`` ...

    Returns
    -------
    Results
        As of :func:`sim.run`; measures are of the whole run, its shared past included.

    Raises
    ------
    SimError
        No such run or week, a setting that is refused, or a seed beside a result that has another.

    Examples
    --------
    >>> same = branch("london", run=3, week=40, runs=1, first=3, weeks="none")
    >>> whole = run_scenario("london", runs=1, first=3, weeks="none")
    >>> bool((same.runs["payoff.us"] == whole.runs["payoff.us"]).all())
    True
    """
    if isinstance(given, Results):
        own = given.manifest.run
        if own is None or given.manifest.verb != "run":
            raise SimError(
                "not the result of one scenario's runs", key="given", cure="a result of sim.run"
            )
        if given.manifest.strategies:
            raise SimError(
                "its strategies are in Python, and are not kept with a result",
                key="given",
                cure="the scenario itself, with strategies=",
            )
        if seed is not None and seed != own.seed:
            raise SimError(
                "the result has another seed", key="seed", given=seed, allowed=str(own.seed)
            )
        scenario, seed = given.scenario, own.seed
    else:
        scenario = take_scenario(given)
    seed = 1 if seed is None else seed
    return run_scenario(branched(scenario, run, week, change), runs=runs, seed=seed, **how)
