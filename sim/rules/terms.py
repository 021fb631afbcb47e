"""Terms as objects: what a truce is, how one concession or all of its terms change.

A truce is its terms (a level an issue), its date or none, and what makes it better or worse from
inside: a concession, an interim package (:mod:`sim.rules.swaps`), or terms bargained anew on the way
back (docs/truces.md).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue.
"""

from __future__ import annotations

import math

from sim.rules.codes import CN, TRADE, US
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, exp
from sim.rules.outlook import NO_ISSUE
from sim.rules.packages import level_value, nash_product, prepare
from sim.rules.relations import is_controls
from sim.rules.tracks import TRUE_PROBLEM, TRUTH, fill_problem, usual_price

__all__ = ["cheapest_issue", "concede", "terms_of_return"]


_NO_ROOM = 1e-6  # a level so near its red line is conceded: a search ends as near as that


@rule
def cheapest_issue(s, p, i):
    """The issue of trade on which side ``i`` concedes at the least cost for what the other gains."""
    cheapest, least = NO_ISSUE, math.inf
    for k in range(p.issues.count):
        if p.issues.owner[k] != i or is_controls(p.issues.track[k]) or s.issues.given[k] != 0.0:
            continue
        benefit, level = s.issues.benefit[k], s.issues.agreed[k]
        if benefit <= 0.0 or level > p.issues.red_line[k] - _NO_ROOM:
            continue
        price = (s.issues.linear[k] + 2.0 * s.issues.convex[k] * level) / benefit
        if price < least:
            cheapest, least = k, price
    return cheapest


@rule
def concede(s, p, i, asked):
    """Side ``i`` concedes ``asked``, bn USD/yr to the other, where that is cheapest; on what issue."""
    k = cheapest_issue(s, p, i)
    if k != NO_ISSUE:
        level = s.issues.agreed[k] + asked / s.issues.benefit[k]
        s.issues.agreed[k] = min(level, p.issues.red_line[k])
    return k


@formula
def _needed(s, p, i):
    """What side ``i`` must show at home to go back, bn USD/yr: less, the more it has lost."""
    side = s.sides[i]
    price = usual_price(p, i, TRADE) * (1.0 + p.sides.resolve.spread[i] * side.resolve)
    return p.truce.interim_share * price * exp(-side.break_loss / p.truce.reentry.ripe)


@rule
def terms_of_return(s, p):
    """Terms of trade on the way back: the Nash point over what is left at war (Nash 1950).

    Whether there are any; they are agreed then. Each side must have what it has at war and what it
    must show at home. Controls come back to the truce's first terms.
    """
    problem = s.problems[TRUE_PROBLEM]
    fill_problem(s, p, problem, TRADE, TRUTH)
    us_floor, cn_floor = _needed(s, p, US), _needed(s, p, CN)
    for j in range(problem.count):
        k = problem.issue[j]
        problem.least[j] = 0.0
        us_floor += level_value(s.issues, k, p.issues.owner[k] == US, s.issues.level[k])
        cn_floor += level_value(s.issues, k, p.issues.owner[k] == CN, s.issues.level[k])
    prepare(problem, s.package)
    if nash_product(problem, us_floor, cn_floor, s.package) <= 0.0:
        return False
    for j in range(problem.count):
        s.issues.agreed[problem.issue[j]] = clip(s.package[j], 0.0, 1.0)
    for k in range(p.issues.count):
        if is_controls(p.issues.track[k]):
            s.issues.agreed[k] = s.issues.terms[k]
    return True
