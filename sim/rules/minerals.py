"""Minerals other than magnets: a row each, whose price and loss follow supply, stock and leak.

Nobody applies for a licence here: what licences let through is a share of former exports, and what
is withheld leaks through third countries the more, the higher the price. See docs/licences.md,
*Other minerals*; the price is that of :func:`sim.rules.supply.price_scarce`.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``m`` are the columns of the state's
minerals, ``rows`` those of the settings, ``j`` a row. Quantities are shares of a week's need
outside China, stocks weeks of need, money bn USD/yr. Rows are treated several at once.
"""

from __future__ import annotations

import math

from sim.rules.codes import US
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip
from sim.rules.regimes import freed_at, licensed_at
from sim.rules.relations import minerals_driver
from sim.rules.state import round_up_to_lanes
from sim.rules.supply import MOST_PRICE, PRICE_SPEED, QUARTER, loss_share

__all__ = ["mineral_week", "mineral_worth", "minerals", "start_minerals"]

# gallium in 2023: first licences in the seventh week, normal flow after some 18
_NO_LICENCE_WEEKS = 7
_GRANT_SPEED = 0.1
# what users buy above their need until stock is as usual, of each source that sells freely: other
# sources have little to spare (magnets' supplier_cap), China has (judgement)
_REFILL_OTHER, _REFILL_FREE = 0.1, 0.3
_LEAST_Z = 1e-3
_MOST_HISTORY = 260  # weeks before the first day: by then a control is five years old
_LEAST_RELIANCE = 0.01  # the bound of ex_china_reliance, for columns without a row


@formula
def _let_through(passed, target):
    """What licences let through: tightened at once, loosened by a tenth of the gap a week."""
    return target if target < passed else passed + _GRANT_SPEED * (target - passed)


@formula
def mineral_week(m, rows, rules, j, week, conceded, closed):
    """A week of row ``j``: what licences let through, leak, stock, price, supply outside China.

    ``conceded`` are the shares of :func:`sim.rules.regimes.licensed_at` and ``freed_at`` and
    whether bans count; ``closed`` is the share of the leak that is closed. Supply = other + c (passed
    + (1 - passed) leak), c what still comes from China, leak = most (1 - closed) (P - 1)/P. Users
    stretch stock over ``stretch_weeks`` and buy more than they use of who sells freely until it is as usual.
    z = (stock + 13 coming)/(usual + 13); P moves by 0.4 a week to z**(-3/2), an elasticity of 2/3,
    which needs no logarithm. Other supply grows logistically, by ``response`` (P - 1)/P a year.
    """
    licensed, freed, bans = conceded
    age, other, price, usual = (
        week - rows.control_date[j],
        m.other[j],
        m.price[j],
        rows.stock_weeks[j],
    )
    flow = licensed * rows.licence_flow[j] * (1.0 - bans * rows.banned[j])
    flow = 0.0 if age < _NO_LICENCE_WEEKS else flow
    passed = _let_through(m.passed[j], 1.0 if age < 0 else flow + (1.0 - flow) * freed)
    own, scarce = 1.0 - other, 1.0 - 1.0 / price
    leak = rows.leak_most[j] * (1.0 - closed) * scarce
    supply = other + own * (passed + (1.0 - passed) * leak)
    used = min(1.0, supply + m.stock[j] * (1.0 / rules.stretch_weeks))
    bought = _REFILL_OTHER * other + _REFILL_FREE * own * freed
    stock = clip(m.stock[j] + supply - used + bought, 0.0, usual)
    # nothing is coming in the week of the control, as under a suspended regime
    coming = 0.5 * (0.0 if age == 0 else m.coming[j]) + 0.5 * supply
    normal = usual + QUARTER
    scarcity = normal / max(_LEAST_Z * normal, stock + QUARTER * coming)
    dear = clip(scarcity * math.sqrt(scarcity), 1.0, MOST_PRICE)
    growth = rules.response * (1.0 / 52.0) * scarce * own / _reliance(rows, j)
    m.passed[j], m.stock[j], m.coming[j], m.used[j] = passed, stock, coming, used
    m.price[j], m.other[j] = price + PRICE_SPEED * (dear - price), other * (1.0 + growth)


@formula
def _reliance(rows, j):
    """Reliance on China before the control, above 0 in columns without a row too."""
    return max(_LEAST_RELIANCE, rows.ex_china_reliance[j])


@formula
def mineral_worth(m, rows, rules, j, per_planning):
    """Output lost for want of row ``j`` this week and at stake, bn USD/yr.

    exposure :func:`sim.rules.supply.loss_share` (shortage)/reliance. At stake is that with nothing let
    through and the price at its highest, times the share of the planning horizon that stock does
    not cover.
    """
    worth = rows.exposure[j] / _reliance(rows, j)
    most = rows.leak_most[j] * (1.0 - rules.leak_closed) * (1.0 - 1.0 / MOST_PRICE)
    without = (1.0 - m.other[j]) * (1.0 - most)
    bare = 1.0 - min(1.0, m.stock[j] * per_planning)
    m.loss[j] = worth * loss_share(1.0 - m.used[j], rules.loss_convexity)
    m.at_stake[j] = worth * bare * loss_share(without, rules.loss_convexity)


@formula
def _all_rows(s, p, week, conceded, closed):
    """A week of every row."""
    rules = p.licensing.other_minerals
    for j in range(round_up_to_lanes(p.minerals.count)):
        mineral_week(s.minerals, p.minerals, rules, j, week, conceded, closed)


@formula
def _add_up(s, p):
    """What all rows cost the United States this week, and what is at stake."""
    w, per_planning = s.world, 1.0 / p.sides.planning_weeks[US]
    for j in range(round_up_to_lanes(p.minerals.count)):
        mineral_worth(s.minerals, p.minerals, p.licensing.other_minerals, j, per_planning)
    w.mineral_loss, w.minerals_at_stake = 0.0, 0.0
    for j in range(p.minerals.count):
        w.mineral_loss += s.minerals.loss[j]
        w.minerals_at_stake += s.minerals.at_stake[j]


@rule
def minerals(s, p):
    """The week of the minerals that are rows, by the level of their issue in force."""
    w, k = s.world, s.world.driver_issue[minerals_driver()]
    level = s.issues.level[k] if k >= 0 else 1.0
    conceded = licensed_at(level), freed_at(level), 1.0
    _all_rows(s, p, w.week, conceded, p.licensing.other_minerals.leak_closed)
    _add_up(s, p)


@rule
def start_minerals(s, p):
    """The first day: what came of the controls until then, as the record had it.

    Licences were given to most destinations, whose price is the record's, and the leak was open: a ban
    of one destination and what closes the leak count from the first day. Where no issue opens them,
    minerals are free and always were.
    """
    m, weeks = s.minerals, 0
    for j in range(round_up_to_lanes(p.minerals.count)):
        m.stock[j], m.price[j], m.coming[j] = p.minerals.stock_weeks[j], 1.0, 1.0
        m.passed[j], m.other[j] = 1.0, 1.0 - p.minerals.ex_china_reliance[j]
        m.used[j] = 1.0
    if s.world.driver_issue[minerals_driver()] >= 0:
        for j in range(p.minerals.count):
            weeks = max(weeks, min(_MOST_HISTORY, -p.minerals.control_date[j]))
    for week in range(weeks):
        _all_rows(s, p, week - weeks, (1.0, 0.0, 0.0), 0.0)
    _add_up(s, p)
