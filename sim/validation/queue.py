"""The licence queue with Poisson arrivals: its mean wait, to compare with queueing theory. It calls
the rules of licensing.
"""

from __future__ import annotations

import numpy as np

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import CONTROLLED, MAGNETS, SHIPMENT
from sim.rules.licensing import FILING, NO_APPLICATION, NOT_FILED, SENT_BACK
from sim.rules.state import NEVER, TILE

__all__ = ["mean_wait"]

_PER_FIRMS = 120  # firms for which capacities are given
_FIRMS, _WARM, _BATCHES = 16 * _PER_FIRMS, 500, 40


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
    settings = {"firms.magnets.firms": _FIRMS, "licensing.magnets.slow_walk": 0.0}
    model = TruceModel(Scenario().change(settings), seed, collect="none")
    state, (whole, firms, params) = model.state.whole, model.all_firms
    world, authority, draw = (
        state["world"],
        state["authorities"][0, MAGNETS : MAGNETS + 1],
        np.random.default_rng(seed),
    )
    # everybody's first licence, of civil grade, and none passes more easily than another
    firms["until"], firms["pending"], firms["trusted"] = NEVER, NO_APPLICATION, 0
    firms["kind"], firms["ease"], firms["ready"] = CONTROLLED, 0.5, NOT_FILED
    authority["waiting"], authority["budget"] = 0, 0.0
    authority["capacity"] = servers * _PER_FIRMS / _FIRMS
    world["regime"][0, MAGNETS], world["approval_chance"][0, MAGNETS] = SHIPMENT, chance
    world["trusted_chance"][0, MAGNETS] = world["renewal_chance"][0, MAGNETS] = 0.0
    idle, waits, counts = list(range(_FIRMS)), np.zeros(_WARM + weeks), np.zeros(_WARM + weeks)
    waiting: list[int] = []
    for week in range(_WARM + weeks):
        world["week"] = week
        # what was sent back is in the line before what is new
        back = [place for place in waiting if firms["pending"][divmod(place, TILE)] == SENT_BACK]
        new = [idle.pop() for _ in range(draw.poisson(rate))]
        for place in new:
            at = divmod(place, TILE)
            firms["pending"][at], firms["applied"][at] = FILING, week
        for place in back + new:
            firms["ready"][divmod(place, TILE)] = week
            steps.seek_licence(whole, firms, params, place)
        waiting += new
        steps.clear_queue(whole, firms, params, MAGNETS)
        waits[week], counts[week] = authority["wait"][0], authority["first"][0]
        open_ones = firms["pending"] != NO_APPLICATION
        done = [place for place in waiting if not open_ones[divmod(place, TILE)]]
        for place in done:
            firms["until"][divmod(place, TILE)] = NEVER
        idle.extend(done)
        waiting = [place for place in waiting if open_ones[divmod(place, TILE)]]
    total, number = (x[_WARM:].reshape(_BATCHES, -1).sum(axis=1) for x in (waits, counts))
    mean = float(total.sum() / number.sum())
    spread = float(np.std((total - mean * number) / number.mean(), ddof=1) / np.sqrt(_BATCHES))
    return mean, spread
