"""The bargaining space of one run: what was offered, week by week, against the true frontier at its end.

A :class:`~sim.model.TruceModel` is stepped until the table is settled, or to the last week in which the sides talked; offers are valued at
the true worth of the issues in their week (:mod:`sim.rules.bargaining` with TRUTH), the frontier is traced in the last of them
(:mod:`sim.rules.packages`). It reads the model and changes nothing in it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.agents.strategies import TABLES
from sim.config.schema import Scenario
from sim.rules.bargaining import EVERY, TRUTH, fill_problem
from sim.rules.packages import efficient, nash_product, prepare, values
from sim.rules.state import CN, MOST_ISSUES, PROBLEM, SECURITY, TRADE, US

__all__ = ["BargainingSpace", "bargaining_space"]

_POINTS = 400
_BEYOND = 4.0  # the frontier ends at its last breakpoints; weights this much further give its two corners


class BargainingSpace(NamedTuple):
    """Arrays in value space: the last axis is (worth to the US, worth to China), bn USD/yr.

    ``week`` (n,) lists the weeks with talks at ``table``; ``offer_us`` and ``offer_cn`` (n, 2) the last offers made, NaN where none
    stands; ``reservation`` (n, 2) both reservation values. ``frontier`` (m, 2) is traced in the last of these weeks for that table,
    ``frontier_all`` (m, 2) for every issue, less what the other table's issues are worth as they stand. ``deal`` (2,) is the
    agreement, NaN without one; ``nash`` (2,) the Nash point of the table, NaN where no package beats both reservation values.
    """

    table: str
    run: int
    week: np.ndarray
    offer_us: np.ndarray
    offer_cn: np.ndarray
    reservation: np.ndarray
    frontier: np.ndarray
    frontier_all: np.ndarray
    deal: np.ndarray
    nash: np.ndarray


def bargaining_space(scenario: Scenario, seed: int, run: int = 0) -> BargainingSpace | None:
    """Step a run until its trade table is settled and describe that table; the security table where no one talks trade.

    Parameters
    ----------
    scenario, seed, run
        Which run.

    Returns
    -------
    BargainingSpace or None
        None where the sides never talk.
    """
    for table in (TRADE, SECURITY):
        talks, state, params = _talks(scenario, seed, run, int(table))
        if talks:
            return _space(int(table), run, talks, state, params)
    return None


class _Talk(NamedTuple):
    """A week at a table: true worth of what stands, (side, worth to) and (worth to,)."""

    week: int
    offers: np.ndarray
    reservation: np.ndarray
    deal: np.ndarray


def _talks(scenario: Scenario, seed: int, run: int, table: int) -> tuple[list[_Talk], Any, Any]:
    """Weeks with talks at a table until it is settled, the state of the last of them, and the settings."""
    from sim.model import TruceModel

    model = TruceModel(scenario, seed, run, collect="none")
    talks: list[_Talk] = []
    state, params, settled = model.state.whole[0].copy(), model.params.record, False
    while model.running and not settled:
        model.step()
        settled = bool(int(model.series["events"]) & 1 << 13 + table)
        if settled or model.state.whole["sides"]["standing"][0, :, table].any():
            state = model.state.whole[0].copy()
            talks.append(_talk(state, params, table, model.week, settled))
    return talks, state, params


def _talk(state: Any, params: Any, table: int, week: int, settled: bool) -> _Talk:
    problem = _problem(state, params, table)
    offers = np.full((2, 2), np.nan)
    for side in (US, CN):
        if state["sides"][side]["standing"][table]:
            offers[side] = _worth(problem, state["offers"][table, side])
    deal = _worth(problem, state["issues"]["agreed"]) if settled else np.full(2, np.nan)
    return _Talk(week, offers, state["sides"]["reservation"][:, table].copy(), deal)


def _space(table: int, run: int, talks: list[_Talk], state: Any, params: Any) -> BargainingSpace:
    problem, whole = _problem(state, params, table), _problem(state, params, int(EVERY))
    beside = _worth(whole, state["issues"]["agreed"]) - _worth(problem, state["issues"]["agreed"])
    offers, last = np.stack([talk.offers for talk in talks]), talks[-1]
    return BargainingSpace(
        TABLES[table],
        run,
        np.array([talk.week for talk in talks]),
        offers[:, 0],
        offers[:, 1],
        np.stack([talk.reservation for talk in talks]),
        _frontier(problem),
        _frontier(whole) - beside,
        last.deal,
        _nash(problem, last.reservation),
    )


def _problem(state: Any, params: Any, table: int) -> Any:
    """The true bargaining problem of a table, or of every table, as the state stands."""
    problem = np.zeros(1, PROBLEM)[0]
    fill_problem(state, params, problem, np.int64(table), TRUTH)
    prepare(problem, np.zeros(MOST_ISSUES))
    return problem


def _worth(problem: Any, levels: np.ndarray) -> np.ndarray:
    """Worth to the US and to China of a package given as levels of all issues, shape (issues,)."""
    package = np.zeros(MOST_ISSUES)
    chosen = problem["issue"][: problem["count"]]
    package[: len(chosen)] = levels[chosen]
    return np.array(values(problem, package))


def _frontier(problem: Any) -> np.ndarray:
    """The efficient packages in value space, from the US's best to China's, shape (points, 2)."""
    points = problem["point"][: problem["points"]]
    package = np.zeros(MOST_ISSUES)
    if not len(points):
        efficient(problem, 1.0, package)
        return np.array([values(problem, package)])
    weights = np.union1d(np.geomspace(points[0] / _BEYOND, points[-1] * _BEYOND, _POINTS), points)
    traced = np.empty((len(weights), 2))
    for row, weight in zip(traced, weights, strict=True):
        efficient(problem, float(weight), package)
        row[:] = values(problem, package)
    return traced


def _nash(problem: Any, reservation: np.ndarray) -> np.ndarray:
    package = np.zeros(MOST_ISSUES)
    if nash_product(problem, float(reservation[0]), float(reservation[1]), package) <= 0.0:
        return np.full(2, np.nan)
    return np.array(values(problem, package))
