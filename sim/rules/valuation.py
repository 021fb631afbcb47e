"""Valuation: the state of the world becomes the value of each issue to each side (MODEL.md sections 4 to 6 and 11).

Values are bn USD/yr. Tariff issues take the fitted curves, controlled goods the output exposed to their loss, the rest their
constants; lobbying raises what relief is worth, hawks what security concessions cost. A bargaining chip is a wasting asset: both
sides see how fast dependence declines.
"""

from __future__ import annotations

from sim.rules.codes import code
from sim.rules.compiled import rule
from sim.rules.mathematics import exp
from sim.rules.packages import level_value
from sim.rules.politics import security_cost_factor, value_factor
from sim.rules.state import AGREED, CHIPS, IN_FORCE, INITIAL, LAPSE, MAGNETS, SECURITY
from sim.rules.trade import fit_tariff

__all__ = ["issue_value", "leverage_shift", "package_value", "valuation"]

_US_TARIFF, _CN_TARIFF, _CIVIL, _MILITARY, _CHIPS = (code(n) for n in range(1, 6))


@rule
def driver_good(driver):
    """The good behind a driver; -1 for the others."""
    if driver == _CIVIL or driver == _MILITARY:
        return MAGNETS
    return CHIPS if driver == _CHIPS else -1


@rule
def issue_value(s, p, k):
    """(linear, convex, benefit) of issue k this week."""
    w = s.world
    driver, owner = p.issues_driver[k], p.issues_owner[k]
    linear, convex, benefit = p.issues_linear_cost[k], p.issues_convex_cost[k], p.issues_benefit[k]
    good = driver_good(driver)
    if driver == _US_TARIFF or driver == _CN_TARIFF:
        fitted_linear, convex, fitted_benefit = fit_tariff(s, p, owner)
        linear += fitted_linear
        benefit += fitted_benefit
    elif good >= 0:
        exposed = w.exposure[good, 0] + w.exposure[good, 1] if good == CHIPS else w.exposure[good, driver - _CIVIL]
        wanting = 1 - owner
        benefit += exposed * value_factor(p.politics_lobby_weight[wanting], s.sides[wanting].lobby)
        if linear < 0.0:
            linear *= (1.0 - w.other_supply[good]) / (1.0 - p.firms_other_share[good])
    if p.issues_table[k] == SECURITY:
        factor = security_cost_factor(p.politics_hawk_cost[owner], s.sides[owner].hawk)
        convex *= factor
        if linear > 0.0:
            linear *= factor
    return linear, convex, benefit


@rule
def package_value(s, p, side, which):
    """Utility to ``side`` of all issues at their AGREED, LAPSE, IN_FORCE or INITIAL levels."""
    total = 0.0
    for k in range(p.issues_count):
        issue = s.issues[k]
        x = issue.agreed
        if which == LAPSE:
            x = p.issues_lapse[k]
        elif which == IN_FORCE:
            x = issue.level
        elif which == INITIAL:
            x = issue.terms
        total += level_value(issue, p.issues_owner[k] == side, x)
    return total


@rule
def leverage_shift(value, decline, horizon_weeks, discount_rate):
    """Expected loss of an issue's value over the horizon as dependence declines, discounted, bn USD/yr."""
    years = horizon_weeks / 52.0
    return value * (1.0 - exp(-decline * years)) * exp(-discount_rate * years)


@rule
def valuation(s, p):
    """The week's values of all issues, and what they add up to for each side."""
    w = s.world
    for k in range(p.issues_count):
        s.issues[k].linear, s.issues[k].convex, s.issues[k].benefit = issue_value(s, p, k)
    for i in range(2):
        side = s.sides[i]
        side.value_terms = package_value(s, p, i, AGREED)
        side.value_lapse = package_value(s, p, i, LAPSE)
        side.value_now = package_value(s, p, i, IN_FORCE)
        side.value_truce = package_value(s, p, i, INITIAL)
        side.lack, side.leverage = 0.0, 0.0
        side.leverage_change[0], side.leverage_change[1] = 0.0, 0.0
        for k in range(p.issues_count):
            issue = s.issues[k]
            held = issue.benefit * (1.0 - issue.agreed)
            good = driver_good(p.issues_driver[k])
            fall = 0.0
            if good >= 0:
                fall = p.leverage_share[i] * leverage_shift(
                    held, w.dependence_decline[good], p.planning_weeks[i], p.discount_rate[i]
                )
            if p.issues_owner[k] == i:
                side.leverage += held
                side.leverage_change[p.issues_table[k]] -= fall
            else:
                side.leverage_change[p.issues_table[k]] += fall
                if p.issues_table[k] == SECURITY:
                    side.lack += held
