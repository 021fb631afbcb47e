"""Interim packages: a few issues swapped inside a truce, and the mending of a crisis.

As London did to Geneva: licences for counter-controls. Talks are held now and then, more often when
something presses; the bundle is an issue of each side and at most one more, the one that grieves among them, drawn by
what it would bring. Neither goes below what is agreed; each must show at home its share of the price
of settling (docs/truces.md). Where talks fail in a crisis both may still mend: lift all measures and
deliver again, with nothing new.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue. Values
are bn USD/yr.
"""

from __future__ import annotations

import math

from sim.rules.asks import MEND, MENDED, SWAP, SWAPPED, act, answered
from sim.rules.calendar import NEAR, talks_rate
from sim.rules.codes import CN, DEAL, N_SIDES, TRADE, TRUCE, US, codes
from sim.rules.compiled import formula, rule
from sim.rules.disputes import BETTER, REPAIRED, end_crisis, in_crisis, lift_measures, restore
from sim.rules.events import SWAPPED as SWAP_MARK
from sim.rules.events import mark
from sim.rules.mathematics import clip, logistic
from sim.rules.outlook import NO_ISSUE, hawks_of, is_dated, weeks_left
from sim.rules.packages import (
    best_sum,
    concession,
    concession_cost,
    level_value,
    nash_product,
    prepare,
    values,
)
from sim.rules.randomness import TALK, uniform
from sim.rules.relations import other, turn_of
from sim.rules.screening import known_prices, price_of
from sim.rules.state import NEVER, NOBODY_ACTS
from sim.rules.tracks import TRUE_PROBLEM, TRUTH, fill_problem, forget_offers, lies_on

__all__ = ["interim_talks"]

_HELD, _BUNDLE, _PROPOSER, _MEND = codes(4)
_HOLD_WEEKS = 26.0
_LAST_WEEKS = 2


@formula
def _talk_rate(s, p):
    """Chance of talks about an interim package this week."""
    w, talks = s.world, p.truce.talks
    if s.sides[US].measure > 0.0 or s.sides[CN].measure > 0.0:
        return talks_rate(w, talks.measure_rate)
    if s.sides[US].protest_since != NEVER or s.sides[CN].protest_since != NEVER:
        return talks_rate(w, talks.protest_rate)
    if in_crisis(s):
        return talks_rate(w, talks.threat_rate)
    if is_dated(w) and weeks_left(w) <= p.truce.window_weeks:
        return min(1.0, NEAR * talks.interim_rate)
    return talks_rate(w, talks.interim_rate)


@formula
def _relief(s, i):
    """What lifting all measures brings side ``i``, bn USD/yr, on issues outside the bundle too."""
    side, its = s.sides[i], s.sides[other(i)]
    gain = 0.0
    if its.measure > 0.0:
        gain += side.harm_in
    if side.measure > 0.0:
        gain += side.own_cost
    return gain


@formula
def _grieves(s, p, k):
    """Whether issue k is what a side that has claimed a breach, or suffers one, grieves about."""
    its = s.sides[other(p.issues.owner[k])]
    return its.grieved == k and its.grievance >= p.compliance.claim_floor * its.owed > 0.0


@rule
def _fill_bundle(s, p, bundle):
    """The bargaining problem of a bundle, a set of issues a bit each, with nothing below what is agreed; its floors.

    A floor is what the side has now: what is delivered, measures counted.
    """
    problem = s.problems[TRUE_PROBLEM]
    fill_problem(s, p, problem, TRADE, TRUTH)
    n, us_floor, cn_floor = 0, 0.0, 0.0
    for j in range(problem.count):
        k = problem.issue[j]
        if (bundle >> k) & 1 == 0:
            continue
        problem.issue[n], problem.owner[n] = k, problem.owner[j]
        problem.benefit[n], problem.linear[n] = problem.benefit[j], problem.linear[j]
        problem.convex[n], problem.red_line[n] = problem.convex[j], problem.red_line[j]
        problem.least[n] = min(s.issues.agreed[k], problem.red_line[j])
        us_floor += level_value(s.issues, k, p.issues.owner[k] == US, s.issues.level[k])
        cn_floor += level_value(s.issues, k, p.issues.owner[k] == CN, s.issues.level[k])
        n += 1
    problem.count = n
    prepare(problem, s.package)
    return us_floor, cn_floor


@rule
def _joint_gain(s, p, k, base):
    """What the best level of issue k adds to both sides' worth together, from ``base``, bn USD/yr.

    The level is that of the frontier at equal weights; issues add up, so that a bundle's joint gain
    is the sum of its issues'.
    """
    benefit, linear, convex = s.issues.benefit[k], s.issues.linear[k], s.issues.convex[k]
    red_line = p.issues.red_line[k]
    least = min(s.issues.agreed[k], red_line)
    level = concession(1.0, benefit, linear, convex, least, red_line)
    now = benefit * base - concession_cost(linear, convex, base)
    return benefit * level - concession_cost(linear, convex, level) - now


@rule
def _draw_bundle(s, p):
    """The bundle that is talked about, a set of issues a bit each; 0 where there is none.

    One issue of each side and at most one more, the grieved one among them, drawn by the joint gain
    over what both have now.
    """
    must, total = 0, 0.0
    for k in range(p.issues.count):
        s.scratch[k] = _joint_gain(s, p, k, s.issues.level[k])
        if _grieves(s, p, k) and _on_the_menu(s, p, k):
            must = 1 << k
    draw = uniform(s.world.seed, s.world.run, TALK, s.world.week, turn_of(_BUNDLE, 0))
    chosen = 0
    # of bundles seen one after the other each is kept with the share it has of those so far
    for ours in range(p.issues.count):
        if p.issues.owner[ours] != US or not _on_the_menu(s, p, ours):
            continue
        for theirs in range(p.issues.count):
            if p.issues.owner[theirs] != CN or not _on_the_menu(s, p, theirs):
                continue
            for third in range(NO_ISSUE, p.issues.count):
                bundle, weight = (1 << ours) | (1 << theirs), s.scratch[ours] + s.scratch[theirs]
                if third != NO_ISSUE:
                    first = ours if p.issues.owner[third] == US else theirs
                    if third <= first or not _on_the_menu(s, p, third):
                        continue
                    bundle, weight = bundle | (1 << third), weight + s.scratch[third]
                if must & bundle != must or weight <= 0.0:
                    continue
                total += weight
                share = weight / total
                if draw < share:
                    chosen = bundle
                    draw /= share
                elif share < 1.0:
                    draw = (draw - share) / (1.0 - share)
    return chosen


@formula
def _on_the_menu(s, p, k):
    """Whether an interim package may hold issue k: of trade, or any where all is one package."""
    return s.issues.given[k] == 0.0 and lies_on(p, k, TRADE)


@formula
def _wait_share(s, p):
    """Share of a gain that waiting until the date is hoped to bring; 0 where something presses."""
    w = s.world
    pressed = (
        in_crisis(s) or s.sides[US].protest_since != NEVER or s.sides[CN].protest_since != NEVER
    )
    left = weeks_left(w)
    if pressed or left <= _LAST_WEEKS:
        return 0.0
    return p.truce.hold_out * min(1.0, left / _HOLD_WEEKS)


@rule
def interim_talks(s, p):
    """Talks about an interim package, where they are held this week."""
    w = s.world
    if w.status != TRUCE and not (w.status == DEAL and in_crisis(s)):
        return
    held = uniform(w.seed, w.run, TALK, w.week, turn_of(_HELD, 0)) < _talk_rate(s, p)
    if not held:
        return
    bundle = _draw_bundle(s, p)
    if bundle != 0 and _swap(s, p, bundle):
        return
    if in_crisis(s):
        _mend(s, p)


@rule
def _swap(s, p, bundle):
    """A proposal about a bundle; whether both take it.

    The proposer, drawn, splits by Nash what is left above both floors, the other's as it believes
    it. Each takes what leaves it its own share of the price of settling.
    """
    w = s.world
    problem = s.problems[TRUE_PROBLEM]
    share = p.truce.interim_share * _part_of_track(s, p, bundle)
    us_floor, cn_floor = _fill_bundle(s, p, bundle)
    us_floor, cn_floor = us_floor - _relief(s, US), cn_floor - _relief(s, CN)
    wait = 1.0 / max(0.05, 1.0 - _wait_share(s, p))
    proposer = US if uniform(w.seed, w.run, TALK, w.week, turn_of(_PROPOSER, 0)) < 0.5 else CN
    us_price, cn_price = _price(s, p, US, share, wait), _price(s, p, CN, share, wait)
    seen_us = us_price if proposer == US else _believed(s, p, CN, share, wait)
    seen_cn = cn_price if proposer == CN else _believed(s, p, US, share, wait)
    # nothing to share out: most talks end here, without a search
    left = best_sum(problem, s.package) - us_floor - cn_floor
    if left <= seen_us + seen_cn:
        return False
    if nash_product(problem, us_floor + seen_us, cn_floor + seen_cn, s.package) <= 0.0:
        return False
    us, cn = values(problem, s.package)
    taken = 1
    for turn in range(N_SIDES):
        i = proposer if turn == 0 else other(proposer)
        gain = us - us_floor - us_price if i == US else cn - cn_floor - cn_price
        taken *= answered(s, i, SWAP, 1 if gain >= 0.0 else 0, bundle, proposer, gain, math.nan)
    if taken == 0:
        return False
    for j in range(problem.count):
        k = problem.issue[j]
        s.issues.agreed[k] = clip(max(s.package[j], s.issues.agreed[k]), 0.0, 1.0)
    lifted = 0
    for i in range(N_SIDES):
        lifted += (1 << i) if s.sides[i].measure > 0.0 else 0
    lay_to_rest(s, p)
    s.out.swaps += 1
    s.out.weeks_to_first_swap = min(s.out.weeks_to_first_swap, float(w.week + 1))
    mark(w, SWAP_MARK)
    act(s, NOBODY_ACTS, SWAPPED, bundle, lifted)
    end_crisis(s, BETTER)
    forget_offers(s, TRADE)
    return True


@formula
def lay_to_rest(s, p):
    """All measures are lifted, threats withdrawn, and both deliver in full again."""
    lift_measures(s, p)
    restore(s, p, US)
    restore(s, p, CN)


@rule
def _part_of_track(s, p, bundle):
    """Joint gain of the bundle over that of the trade track, both beyond what is agreed, in [0, 1]."""
    part, whole = 0.0, 0.0
    for k in range(p.issues.count):
        if _on_the_menu(s, p, k):
            gain = _joint_gain(s, p, k, s.issues.agreed[k])
            whole += gain
            part += gain if (bundle >> k) & 1 == 1 else 0.0
    return clip(part / whole, 0.0, 1.0) if whole > 0.0 and part > 0.0 else 0.0


@formula
def _price(s, p, i, share, wait):
    """What side ``i`` must gain by an interim package, bn USD/yr."""
    side = s.sides[i]
    need = share * wait * price_of(s, p, i, TRADE, side.resolve)
    return need + _face(s, p, i)


@formula
def _believed(s, p, i, share, wait):
    """What side ``i`` believes that the other must gain: the mean of the prices it holds possible."""
    soft, tough = known_prices(s, p, i, TRADE)
    return share * wait * 0.5 * (max(soft, s.sides[i].low[TRADE]) + tough)


@formula
def _face(s, p, i):
    """What a swap in a crisis costs side ``i``, bn USD/yr: it gives under the other's measure."""
    its = s.sides[other(i)]
    pressed = its.measure > 0.0 or its.threat_date != NEVER
    return 0.25 * p.politics.sides.pride[i] / s.sides[i].years if pressed else 0.0


@rule
def _mend(s, p):
    """In a crisis both may lift all measures and deliver again, with nothing new."""
    w, taken = s.world, 1
    for i in range(N_SIDES):
        side = s.sides[i]
        unmet = side.measure > 0.0 or side.threat_date != NEVER
        face = 0.5 * p.politics.sides.audience[i] if unmet else 0.0
        gain = _relief(s, i) * p.truce.disputes.bite_years - face - 0.5 * hawks_of(p, side, i)
        draw = uniform(w.seed, w.run, TALK, w.week, turn_of(_MEND, i))
        chance = logistic(gain / p.truce.temperature)
        taken *= answered(s, i, MEND, 1 if draw < chance else 0, 0, 0, gain, chance)
    if taken == 0:
        return
    lay_to_rest(s, p)
    act(s, NOBODY_ACTS, MENDED, 0, 0)
    end_crisis(s, REPAIRED)
