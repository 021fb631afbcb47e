"""Purchases: what Beijing buys of what it pledged, what is due by the season, and boycotts.

Of each kind China buys n a year without a pledge; a pledge at level x adds x X. Due in a week is
(n + x X) h, bought (n + kept x X) d h: h the season, d a random walk of demand, *kept* the share
of the extra that is delivered. Both carry the same season, so that a summer before the harvest is no
breach. The shortfall is that of the extra, over a year past; see docs/purchases.md.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue,
``kind`` a kind of purchases. Flows are bn USD/yr.
"""

from __future__ import annotations

import math

from sim.rules.codes import BROKEN, N_PURCHASES, code
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, exp
from sim.rules.randomness import PURCHASES, normal_row
from sim.rules.relations import NO_PURCHASES, driver_purchases, purchases_driver
from sim.rules.shipping import season_of_week

__all__ = [
    "LEFT",
    "boycott_cost",
    "boycott_harm",
    "boycott_loss",
    "boycotts_lose",
    "buy",
    "extra_cost",
    "extra_worth",
    "forgive",
    "is_purchases",
    "season",
    "start_purchases",
]

LEFT = 0.05  # share of a flow that no boycott stops: what is on its way, and exempted buyers
_WEEK, _STEP = code(7), code(4)
_YEAR = 52.0  # weeks over which what is due and what was bought are compared
_NOTHING = 1e-9


@formula
def is_purchases(driver):
    """Whether an issue with this driver pledges purchases."""
    return driver_purchases(driver) != NO_PURCHASES


@formula
def season(harvest, share):
    """What a week holds over a year's mean week, where ``share`` is soybeans, in season ``harvest``."""
    return 1.0 + share * (harvest - 1.0)


@formula
def extra_worth(p, kind, seller):
    """What a full pledge is worth to the side that sells, bn USD/yr.

    X (margin voice + w): the margin of its exporters by their voice, and its ``surplus_weight`` w of
    the better balance.
    """
    kinds = p.purchases.kinds
    margin = kinds.margin[kind] * kinds.voice[kind]
    return kinds.extra[kind] * (margin + p.politics.sides.surplus_weight[seller])


@formula
def extra_cost(p, kind, buyer):
    """(linear, convex) of a full pledge to the side that buys, bn USD/yr.

    Linear: its own weight of the worse balance. Convex: what buying X dearer than elsewhere loses,
    X**2 / (2 n e), the triangle under a demand of elasticity e; n counts as a billion at least.
    """
    kinds = p.purchases.kinds
    extra, natural = kinds.extra[kind], max(kinds.natural[kind], 1.0)
    return (
        p.politics.sides.surplus_weight[buyer] * extra,
        extra * extra / (2.0 * natural * kinds.elasticity[kind]),
    )


@formula
def _boycotted(p, kind):
    """What a whole boycott takes away, bn USD/yr: of the group's flow, no more than of the kind's."""
    kinds = p.purchases.kinds
    return (1.0 - LEFT) * min(kinds.boycott.flow[kind], kinds.natural[kind])


@formula
def boycott_loss(p, kind):
    """What a whole boycott costs US exporters, bn USD/yr: their margin on what is not bought."""
    return p.purchases.kinds.boycott.margin[kind] * _boycotted(p, kind)


@formula
def boycott_harm(p, kind):
    """What it is worth to Washington that there is none, bn USD/yr: the loss by its voice."""
    return p.purchases.kinds.boycott.voice[kind] * boycott_loss(p, kind)


@formula
def boycott_cost(p, kind):
    """What a whole boycott costs China, bn USD/yr: it buys elsewhere, dearer."""
    return p.purchases.kinds.boycott.cost[kind] * _boycotted(p, kind)


@rule
def boycotts_lose(s, p, i):
    """What boycotts in force cost the economy of side ``i``, bn USD/yr.

    Of one that boycotts what it buys dearer, of the other what its exporters lose.
    """
    lost = 0.0
    for kind in range(N_PURCHASES):
        k = s.world.driver_issue[purchases_driver(kind)]
        if k >= 0 and s.issues.boycott[k] > 0.0:
            whole = boycott_cost(p, kind) if p.issues.owner[k] == i else boycott_loss(p, kind)
            lost += s.issues.boycott[k] * whole
    return lost


@rule
def start_purchases(s, p):
    """The first day: nothing is owed, and what is bought is what is bought anyway."""
    w = s.world
    w.purchased = 0.0
    for kind in range(N_PURCHASES):
        w.demand_walk[kind] = 1.0
        w.bought[kind], w.due[kind] = (
            p.purchases.kinds.natural[kind],
            p.purchases.kinds.natural[kind],
        )
        _forget(w, kind)


@formula
def _forget(w, kind):
    """What was due and what was lacking of a kind no longer count."""
    w.extra_due[kind], w.extra_short[kind] = 0.0, 0.0


@rule
def forgive(s, p, i):
    """What side ``i`` failed to buy is laid to rest: what is due counts from now on."""
    for k in range(p.issues.count):
        kind = driver_purchases(p.issues.driver[k])
        if p.issues.owner[k] == i and kind != NO_PURCHASES:
            _forget(s.world, kind)


@formula
def _wander(s, p):
    """Once in four weeks demand moves on: a step of a random walk of the log, of mean one."""
    spread = p.purchases.demand_spread
    if s.world.week % _STEP == 0 and spread > 0.0:
        spread *= math.sqrt(_STEP / _YEAR)
        normal_row(s, PURCHASES, 0, N_PURCHASES)
        for kind in range(N_PURCHASES):
            s.world.demand_walk[kind] *= exp(spread * s.normals[kind] - 0.5 * spread * spread)


@rule
def buy(s, p):
    """The week's purchases and what is due, of each kind; what is lacking of what was pledged.

    What pledges and boycotts add to a year's flow in all, ``purchased``, is part of what China imports.
    Promised levels must have moved on. What a measure withdraws is no shortfall: it is answered
    itself. Without a truce nothing is owed.
    """
    w, issues, kinds = s.world, s.issues, p.purchases.kinds
    _wander(s, p)
    w.purchased = 0.0
    soybeans = season_of_week(s.groups.harvest, p.calendar.day + _WEEK * w.week)
    for kind in range(N_PURCHASES):
        k = w.driver_issue[purchases_driver(kind)]
        harvest = season(soybeans, kinds.harvest[kind])
        natural, extra, kept, back, away = kinds.natural[kind], 0.0, 1.0, 0.0, 0.0
        if k >= 0:
            extra, kept = issues.promised[k] * kinds.extra[kind], issues.kept[k]
            back, away = issues.withheld[k], issues.boycott[k] * _boycotted(p, kind)
        w.due[kind] = harvest * (natural + extra)
        kept_to = harvest * (natural + kept * extra) * w.demand_walk[kind]
        w.bought[kind] = (
            harvest * (natural - away + kept * (1.0 - back) * extra) * w.demand_walk[kind]
        )
        w.purchased += (kept * (1.0 - back) * extra - away) * w.demand_walk[kind]
        if k < 0:
            continue
        if w.status == BROKEN:
            _forget(w, kind)
        w.extra_due[kind] += harvest * extra - w.extra_due[kind] / _YEAR
        w.extra_short[kind] += w.due[kind] - kept_to - w.extra_short[kind] / _YEAR
        owed = w.extra_due[kind]
        lacking = clip(w.extra_short[kind] / owed, 0.0, 1.0) if owed > _NOTHING else 0.0
        issues.shortfall[k] = lacking
        issues.delivered[k] = issues.promised[k] * (1.0 - lacking)
