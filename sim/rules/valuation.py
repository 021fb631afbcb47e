"""Valuation: the state of the world becomes the value of each issue to each side.

Values are bn USD/yr. Tariff issues take the fitted curves, controlled goods the output exposed to
their loss, the rest their constants; lobbying raises what relief is worth, hawks what concessions
of controls cost. A bargaining chip is a wasting asset: both sides see how fast dependence declines
(docs/model.md, *Values, leverage, politics*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue. What
sets an issue's value is its driver (:data:`sim.vocabulary.DRIVERS`): a new driver is a line
there, a branch of :func:`issue_value` and the issue in a scenario.
"""

from __future__ import annotations

from sim.rules.codes import CHIPS, CIVIL, MAGNETS, MILITARY, N_SIDES, N_TRACKS
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import exp
from sim.rules.packages import level_value
from sim.rules.politics import security_cost_factor, value_factor
from sim.rules.purchases import boycott_cost, boycott_harm, extra_cost, extra_worth
from sim.rules.relations import (
    NO_GOOD,
    NO_GRADE,
    NO_PURCHASES,
    driver_good,
    driver_grade,
    driver_is_tariff,
    driver_purchases,
    is_controls,
    is_minerals,
    other,
)
from sim.rules.trade import fit_tariff

__all__ = [
    "add_values",
    "discount",
    "issue_value",
    "lacked",
    "leverage_fall",
    "leverage_shift",
    "valuation",
]


@small_rule
def issue_value(s, p, k):
    """(linear, convex, benefit), bn USD/yr, of issue k this week.

    The scenario's constants, plus what its driver gives: the fitted curves of a tariff, what extra
    purchases earn and cost, or the
    output exposed to the loss of a good, raised by the lobby of the side that wants it. A cost that
    is negative, because conceding first helps the owner, shrinks as other supply grows; hawks raise
    costs of controls.
    """
    w = s.world
    driver, owner = p.issues.driver[k], p.issues.owner[k]
    linear, convex, benefit = p.issues.linear_cost[k], p.issues.convex_cost[k], p.issues.benefit[k]
    good, kind = driver_good(driver), driver_purchases(driver)
    if driver_is_tariff(driver):
        fitted_linear, convex, fitted_benefit = fit_tariff(s, p, owner)
        linear += fitted_linear
        benefit += fitted_benefit
    elif good != NO_GOOD:
        wanting, exposed = other(owner), _exposed(w, good, driver_grade(driver))
        benefit += exposed * value_factor(
            p.politics.sides.lobby_weight[wanting], s.sides[wanting].lobby
        )
        if good == CHIPS:
            # of what is declined neither side has anything
            benefit *= w.share_taken
            linear *= w.share_taken if linear < 0.0 else 1.0
        if linear < 0.0:
            linear *= (1.0 - w.other_supply[good]) / (1.0 - p.firms.goods.other_share[good])
    elif kind != NO_PURCHASES:
        balance, dearer = extra_cost(p, kind, owner)
        linear += balance
        convex += dearer
        benefit += extra_worth(p, kind, other(owner))
    elif is_minerals(driver):
        wanting = other(owner)
        benefit += w.minerals_at_stake * value_factor(
            p.politics.sides.lobby_weight[wanting], s.sides[wanting].lobby
        )
    if is_controls(p.issues.track[k]):
        factor = security_cost_factor(p.politics.sides.hawk_cost[owner], s.sides[owner].hawk)
        convex *= factor
        if linear > 0.0:
            linear *= factor
    return linear, convex, benefit


@formula
def _exposed(w, good, grade):
    """Output exposed to the loss of a good in one grade, or in all of them, bn USD/yr."""
    return (
        w.exposure[good, CIVIL] + w.exposure[good, MILITARY]
        if grade == NO_GRADE
        else w.exposure[good, grade]
    )


@small_rule
def add_values(s, p, i):
    """Side ``i``'s values, over all issues, of four sets of levels.

    What is agreed, what a lapse leaves, what is in force, and the first terms; bn USD/yr. A tariff
    whose path is given is the same in all four, so it is left out. What is in force is less by what
    a boycott takes of natural purchases.
    """
    issues, agreed, lapse, now, truce = s.issues, 0.0, 0.0, 0.0, 0.0
    for k in range(p.issues.count):
        if issues.given[k] != 0.0:
            continue
        owned = p.issues.owner[k] == i
        if issues.boycott[k] > 0.0:
            kind = driver_purchases(p.issues.driver[k])
            missed = boycott_cost(p, kind) if owned else boycott_harm(p, kind)
            now -= issues.boycott[k] * missed
        agreed += level_value(issues, k, owned, issues.agreed[k])
        lapse += level_value(issues, k, owned, p.issues.lapse[k])
        now += level_value(issues, k, owned, issues.level[k])
        truce += level_value(issues, k, owned, issues.terms[k])
    side = s.sides[i]
    side.value_terms, side.value_lapse, side.value_now, side.value_truce = agreed, lapse, now, truce


@rule
def leverage_shift(value, decline, horizon_weeks, discount_rate):
    """Expected loss of an issue's value over the horizon as dependence declines, discounted.

    In bn USD/yr: value (1 - exp(-decline h)) exp(-r h), h the ``horizon_weeks`` in years,
    ``decline`` and the discount rate r a year, ``value`` bn USD/yr.
    """
    return value * faded(decline, horizon_weeks) * discount(discount_rate, horizon_weeks)


@formula
def faded(decline, horizon_weeks):
    """Share of an issue's value that is lost over the horizon as dependence declines.

    1 - exp(-decline h), ``decline`` a rate a year, h the horizon in years.
    """
    return 1.0 - exp(-decline * (horizon_weeks / 52.0))


@formula
def discount(discount_rate, horizon_weeks):
    """Discount factor of a side for a gain at the end of its horizon, in (0, 1].

    exp(-r h), r a year, h in years.
    """
    return exp(-discount_rate * (horizon_weeks / 52.0))


@rule
def valuation(s, p):
    """The week's values of all issues, and what they add up to for each side."""
    issues = s.issues
    for k in range(p.issues.count):
        issues.linear[k], issues.convex[k], issues.benefit[k] = issue_value(s, p, k)
    for i in range(N_SIDES):
        add_values(s, p, i)
        _add_leverage(s, p, i)


@formula
def _add_leverage(s, p, i):
    """The value that side ``i`` withholds, what it lacks of controls, how declining dependence
    changes both, and what it can show of each track beyond the first terms.

    In bn USD/yr. Withheld: benefit (1 - level agreed); lacked: benefit (red line - level agreed), over
    the other's controls. The change is leverage_share withheld (1 -
    exp(-decline h)) exp(-r h), as :func:`leverage_shift`, lost on what ``i`` withholds and gained
    on what the other withholds.
    """
    w, side, issues = s.world, s.sides[i], s.issues
    side.lack, side.leverage = 0.0, 0.0
    for track in range(N_TRACKS):
        side.leverage_change[track], side.shown[track] = 0.0, 0.0
    side.faded[MAGNETS] = faded(w.dependence_decline[MAGNETS], p.sides.planning_weeks[i])
    side.faded[CHIPS] = faded(w.dependence_decline[CHIPS], p.sides.planning_weeks[i])
    for k in range(p.issues.count):
        if issues.given[k] != 0.0:
            continue
        fall, track = leverage_fall(s, p, i, k), p.issues.track[k]
        owned = p.issues.owner[k] == i
        side.shown[track] += level_value(issues, k, owned, issues.agreed[k])
        side.shown[track] -= level_value(issues, k, owned, issues.terms[k])
        if owned:
            side.leverage += _withheld(issues, k)
            side.leverage_change[track] -= fall
        else:
            side.leverage_change[track] += fall
            side.lack += lacked(s, p, i, k)


@formula
def _withheld(issues, k):
    """Worth to the other side of what is not agreed on issue k, bn USD/yr: benefit (1 - level)."""
    return issues.benefit[k] * (1.0 - issues.agreed[k])


@formula
def leverage_fall(s, p, i, k):
    """What declining dependence takes off what issue k withholds, as side ``i`` sees it, bn USD/yr.

    It is 0 of an issue that opens no good.
    """
    good, side = driver_good(p.issues.driver[k]), s.sides[i]
    if good == NO_GOOD:
        return 0.0
    return p.sides.leverage_share[i] * (_withheld(s.issues, k) * side.faded[good] * side.discount)


@formula
def lacked(s, p, i, k):
    """What side ``i`` lacks of issue k, where that is one of the other's controls, bn USD/yr.

    Within the other's red line: what cannot be had cannot be demanded.
    """
    if p.issues.owner[k] == i or not is_controls(p.issues.track[k]):
        return 0.0
    return s.issues.benefit[k] * max(0.0, p.issues.red_line[k] - s.issues.agreed[k])
