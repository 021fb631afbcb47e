"""The licence queue with Poisson arrivals: its mean wait, to compare with queueing theory. It calls
the rules of licensing.
"""

from __future__ import annotations

import numpy as np

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import MAGNETS
from sim.rules.state import TILE

__all__ = ["mean_wait"]

_FIRMS, _WARM, _BATCHES, _NEVER = 2000, 500, 40, 10**6


def mean_wait(
    rate: float, servers: int, chance: float = 1.0, weeks: int = 12_000, seed: int = 1
) -> tuple[float, float]:
    """Mean wait of approved applications, weeks, and its standard error from batches of weeks.

    Parameters
    ----------
    rate
        Mean applications per week (Poisson).
    servers
        Examinations per week.
    chance
        Probability that an examination ends in approval.
    weeks, seed
        Weeks after the warm-up, and the seed of arrivals and approvals.
    """
    settings = {
        "firms.magnets.firms": _FIRMS,
        "licensing.magnets.capacity": float(servers),
        "licensing.magnets.slow_walk": 0.0,
    }
    model = TruceModel(Scenario().change(settings), seed, collect="none")
    state, (whole, firms, params) = model.state.whole, model.all_firms
    world, authority, draw = (
        state["world"],
        state["authorities"][0, MAGNETS : MAGNETS + 1],
        np.random.default_rng(seed),
    )
    firms["until"], firms["pending"], firms["trusted"] = _NEVER, 0, 0
    authority["waiting"], authority["budget"] = 0, 0.0
    world["needs_licence"][0, MAGNETS], world["approval_chance"][0, MAGNETS] = 1, chance
    idle, waits, counts = list(range(_FIRMS)), np.zeros(_WARM + weeks), np.zeros(_WARM + weeks)
    waiting: list[int] = []
    for week in range(_WARM + weeks):
        world["week"] = week
        for _ in range(draw.poisson(rate)):
            place = idle.pop()
            firms["until"][divmod(place, TILE)] = week
            steps.seek_licence(whole, firms, params, place)
            waiting.append(place)
        steps.clear_queue(whole, firms, params, MAGNETS)
        waits[week], counts[week] = authority["wait"][0], authority["approved"][0]
        done = [place for place in waiting if firms["pending"][divmod(place, TILE)] == 0]
        for place in done:
            firms["until"][divmod(place, TILE)] = _NEVER
        if done:
            idle.extend(done)
            waiting = [place for place in waiting if firms["pending"][divmod(place, TILE)] == 1]
    total, number = (x[_WARM:].reshape(_BATCHES, -1).sum(axis=1) for x in (waits, counts))
    mean = float(total.sum() / number.sum())
    spread = float(np.std((total - mean * number) / number.mean(), ddof=1) / np.sqrt(_BATCHES))
    return mean, spread
