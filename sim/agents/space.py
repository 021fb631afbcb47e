"""The bargaining space of one run: what was offered, week by week, against the true frontier at its end.

A :class:`~sim.model.TruceModel` is stepped until the table is settled, or to the last week in which the sides talked. All is valued at the
true worth of the issues in that last week (:mod:`sim.rules.bargaining` with TRUTH; the frontier is :mod:`sim.rules.packages`'), so
that offers of all weeks stand in one space and none lies beyond its frontier. It reads the model and changes nothing in it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.config.scenario import Scenario
from sim.rules.codes import CN, SECURITY, TRADE, US
from sim.rules.packages import efficient, nash_product, prepare, values
from sim.rules.state import PROBLEM, ROOM
from sim.rules.tables import EVERY, TRUTH, fill_problem
from sim.vocabulary import SIDES, TABLES, happened

__all__ = ["BargainingSpace", "bargaining_space"]

_POINTS = 400
_BEYOND = 4.0  # the frontier ends at its last breakpoints; weights this much further give its two corners


class BargainingSpace(NamedTuple):
    """Arrays in value space: the last axis is (worth to the US, worth to China), bn USD/yr, by the last week's true values.

    ``week`` (n,) lists the weeks with talks at ``table``; ``offer_us`` and ``offer_cn`` (n, 2) the offers that stood at the end of each,
    NaN where none did; ``reservation`` (2,) both reservation values in the last. ``frontier`` (m, 2) is that of the table,
    ``frontier_all`` (m, 2) that of every issue, less what the other table's issues are worth as they stand. ``deal`` (2,) is the
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
        talks, settled, state, params = _talks(scenario, seed, run, int(table))
        if talks:
            return _space(int(table), run, talks, settled, state, params)
    return None


class _Talk(NamedTuple):
    """A week at a table: the levels that each side proposes, (side, issue), NaN where nothing stands."""

    week: int
    levels: np.ndarray


def _talks(scenario: Scenario, seed: int, run: int, table: int) -> tuple[list[_Talk], bool, Any, Any]:
    """Weeks with talks at a table until it is settled, whether it was, the state of the last of them, and the settings."""
    from sim.model import TruceModel

    model = TruceModel(scenario, seed, run, collect="none")
    talks: list[_Talk] = []
    state, params, settled = model.state.whole[0].copy(), model.params.record, False
    while model.running and not settled:
        model.step()
        now = model.state.whole[0]
        stands = now["sides"]["standing"][:, table].astype(bool)
        settled = happened(int(model.series["events"]), f"deal_{TABLES.names[table]}")
        if settled or stands.any():
            state = now.copy()
            talks.append(_Talk(model.week, np.where(stands[:, None], state["offers"][table], np.nan)))
    return talks, settled, state, params


def _space(table: int, run: int, talks: list[_Talk], settled: bool, state: Any, params: Any) -> BargainingSpace:
    problem, whole = _problem(state, params, table), _problem(state, params, int(EVERY))
    agreed, reservation = state["issues"]["agreed"], state["sides"]["reservation"][:, table].copy()
    offers = np.array([[_worth(problem, levels) for levels in talk.levels] for talk in talks])
    return BargainingSpace(
        TABLES.names[table],
        run,
        np.array([talk.week for talk in talks]),
        offers[:, US],
        offers[:, CN],
        reservation,
        _frontier(problem),
        _frontier(whole) - (_worth(whole, agreed) - _worth(problem, agreed)),
        _worth(problem, agreed) if settled else np.full(len(SIDES), np.nan),
        _nash(problem, reservation),
    )


def _problem(state: Any, params: Any, table: int) -> Any:
    """The true bargaining problem of a table, or of every table, as the state stands."""
    problem = np.zeros(1, PROBLEM)[0]
    fill_problem(state, params, problem, np.int64(table), TRUTH)
    prepare(problem, np.zeros(ROOM))
    return problem


def _worth(problem: Any, levels: np.ndarray) -> np.ndarray:
    """Worth to the US and to China of a package given as levels of all issues, shape (issues,)."""
    package = np.zeros(ROOM)
    chosen = problem["issue"][: problem["count"]]
    package[: len(chosen)] = levels[chosen]
    return np.array(values(problem, package))


def _frontier(problem: Any) -> np.ndarray:
    """The efficient packages in value space, from the US's best to China's, shape (points, 2)."""
    points = problem["point"][: problem["points"]]
    package = np.zeros(ROOM)
    if not len(points):
        efficient(problem, 1.0, package)
        return np.array([values(problem, package)])
    weights = np.union1d(np.geomspace(points[0] / _BEYOND, points[-1] * _BEYOND, _POINTS), points)
    traced = np.empty((len(weights), len(SIDES)))
    for row, weight in zip(traced, weights, strict=True):
        efficient(problem, float(weight), package)
        row[:] = values(problem, package)
    return traced


def _nash(problem: Any, reservation: np.ndarray) -> np.ndarray:
    package = np.zeros(ROOM)
    if nash_product(problem, float(reservation[US]), float(reservation[CN]), package) <= 0.0:
        return np.full(len(SIDES), np.nan)
    return np.array(values(problem, package))
