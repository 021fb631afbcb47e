"""The tracks: issues, problems as each side sees them, meetings, and offers.

A track holds the issues that are its own. On a controls track one side asks for the other's
controls, and may pay with its own issues of trade, above what is agreed there. Under package rules
the trade track stands for all open issues. What a side expects without a deal is the terms in force
if the truce goes on, else the terms of a lapse (docs/model.md, *Bargaining*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``k`` an issue, ``track`` a code of
:data:`sim.vocabulary.TRACKS`.
"""

from __future__ import annotations

from sim.rules.calendar import sprints
from sim.rules.codes import (
    CN,
    DEAL,
    DRAWN,
    FIRST_CN,
    FIRST_US,
    MINERALS,
    N_SIDES,
    N_TRACKS,
    PACKAGE,
    TRADE,
    TRUCE,
    US,
    code,
)
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import inline_exp
from sim.rules.packages import concession_cost, level_value
from sim.rules.randomness import NOBODY, SPEAKER, uniform
from sim.rules.relations import asker_of, entity_at, is_controls, seat
from sim.rules.state import round_up_to_lanes

__all__ = [
    "BOTH",
    "EVERY",
    "TRUE_PROBLEM",
    "TRUTH",
    "bargained_on",
    "belief",
    "beyond_terms",
    "concedes",
    "fill_problem",
    "forget_offers",
    "lapse_level",
    "lies_on",
    "meetings",
    "no_deal_value",
    "offer_value",
    "open_track",
    "pays",
    "speaker",
    "usual_price",
]

TRUTH = code(N_SIDES)  # a viewer beside the two sides
EVERY, BOTH = code(N_TRACKS), code(N_SIDES)
TRUE_PROBLEM = N_TRACKS * N_SIDES  # the place after those of the seats
_LEAST_CONCESSION = (
    1e-6  # far below any real concession, far above the numerical error of a package
)


@formula
def belief(side):
    """q: the probability a side gives to the truce going on.

    The mean beta_a / beta_total of its Beta belief.
    """
    return side.beta_a / side.beta_total


@rule
def meetings(s, p):
    """Number of meetings this week.

    They are ``sprint_meetings`` in the last ``sprint_weeks`` before the deadline and past it, and in a
    sprint before the leaders meet, else ``meetings_per_week``.
    """
    if sprints(s.world, p.truce.talks.sprint_weeks):
        return p.truce.talks.sprint_meetings
    return p.truce.talks.meetings_per_week


@formula
def speaker(s, p, track):
    """The side that speaks first at this meeting on a track."""
    w = s.world
    rule_of_order = p.truce.talks.first_speaker
    if rule_of_order == FIRST_US or rule_of_order == FIRST_CN:
        return US if rule_of_order == FIRST_US else CN
    if rule_of_order == DRAWN:
        entity = entity_at(w.meeting, track, NOBODY, 0)
        return US if uniform(w.seed, w.run, SPEAKER, w.week, entity) < 0.5 else CN
    return US if w.meetings % 2 == 0 else CN


@formula
def open_track(s, p, track):
    """Whether a track is bargained this week.

    Under package rules the trade track stands for all open issues. Controls wait for trade unless
    ``security_first``.
    """
    w = s.world
    if w.status != TRUCE and w.status != DEAL:
        return False
    if is_controls(track):
        waits = p.linkage.security_first == 0 and w.settled[TRADE] == 0
        if p.linkage.tracks == PACKAGE or waits:
            return False
    return w.settled[track] == 0


@formula
def bargained_on(s, p, k, track):
    """Whether issue k is bargained on a track, or on EVERY one.

    An issue of trade is so on two tracks: on trade, and where its owner may pay with it. A tariff
    whose path is given is bargained on none (:mod:`sim.rules.dated`).
    """
    if s.issues.given[k] != 0.0:
        return False
    return track == EVERY or lies_on(p, k, track)


@formula
def lies_on(p, k, track):
    """Whether issue k belongs to a track or may pay on it; in a package all is one."""
    return p.linkage.tracks == PACKAGE or p.issues.track[k] == track or pays(p, k, track)


@formula
def pays(p, k, track):
    """Whether issue k is what the asker on a controls track may pay with: its own issue of trade.

    Never the other controls: those are swapped only in a package, which has no other track.
    """
    return p.issues.track[k] == TRADE and p.issues.owner[k] == asker_of(track)


@formula
def lapse_level(s, p, k, track):
    """Level of issue k that a side reckons with on a track if the truce lapses.

    What pays counts from what is agreed, whether the truce goes on or not: a deal on controls
    secures nothing of the deal on trade, and adds only what is beyond it.
    """
    return s.issues.agreed[k] if pays(p, k, track) else p.issues.lapse[k]


@formula
def _least_level(s, p, k, track):
    """Lowest level of issue k in an offer on a track, in [0, red line].

    Where it pays, what is agreed; on trade, what has been paid for controls; else 0.
    """
    if track == EVERY:
        return 0.0
    least = s.issues.agreed[k] if pays(p, k, track) else s.issues.least[k]
    return min(least, p.issues.red_line[k])


@rule
def fill_problem(s, p, problem, track, viewer):
    """The bargaining problem of a track, or of EVERY track, as a side sees it.

    TRUTH sees true values. What linkage makes a side demand is in its reservation value, in a
    package too: as a weight on the other's controls it would make the pie bigger.
    """
    n = 0
    # a side knows its own values; only what the other gains and pays is seen through its error
    if viewer < TRUTH:
        _error_factors(s, p, viewer)
    for k in range(p.issues.count):
        if not bargained_on(s, p, k, track):
            continue
        owner = p.issues.owner[k]
        benefit, cost = s.issues.benefit[k], 1.0
        if owner == viewer:
            benefit *= s.scratch[k]
        elif viewer < TRUTH:
            cost = s.scratch[k]
        problem.issue[n] = k
        problem.owner[n] = owner
        problem.benefit[n] = benefit
        problem.linear[n] = s.issues.linear[k] * cost
        problem.convex[n] = s.issues.convex[k] * cost
        problem.red_line[n] = p.issues.red_line[k]
        problem.least[n] = _least_level(s, p, k, track)
        n += 1
    problem.count = n


@formula
def _error_factors(s, p, viewer):
    """Factors by which a side's errors multiply the other's values, in ``s.scratch``."""
    for k in range(round_up_to_lanes(p.issues.count)):
        s.scratch[k] = inline_exp(s.errors[viewer, k])


@small_rule
def offer_value(s, track, proposer, receiver):
    """What the last offer of ``proposer`` on a track is worth to ``receiver`` today.

    Bn USD/yr, at its own values.
    """
    problem, total = s.problems[seat(track, receiver)], 0.0
    for j in range(problem.count):
        x = s.offers[track, proposer, problem.issue[j]]
        if problem.owner[j] == receiver:
            total -= concession_cost(problem.linear[j], problem.convex[j], x)
        else:
            total += problem.benefit[j] * x
    return total


@formula
def beyond_terms(s, k, level):
    """Whether a level of issue k goes beyond the terms in force."""
    return level > s.issues.agreed[k] + _LEAST_CONCESSION


@formula
def concedes(s, p, track, proposer):
    """Whether an offer concedes anything: some level on it is beyond the terms in force.

    An offer that does not cannot be accepted.
    """
    for k in range(p.issues.count):
        if bargained_on(s, p, k, track) and beyond_terms(s, k, s.offers[track, proposer, k]):
            return True
    return False


@rule
def forget_offers(s, track):
    """Clear the offers on a track."""
    for i in range(N_SIDES):
        side = s.sides[i]
        side.standing[track], side.heard_count[track], side.made_count[track] = 0, 0, 0


@rule
def no_deal_value(s, p, i, track):
    """What side ``i`` expects of a track, or of EVERY one, without a deal, bn USD/yr.

    It is q u(terms) + (1 - q) u(lapse), with q the chance it foresees that the truce goes on.
    """
    q, total = s.sides[i].goes_on, 0.0
    for k in range(p.issues.count):
        if bargained_on(s, p, k, track):
            owned = p.issues.owner[k] == i
            total += q * level_value(s.issues, k, owned, s.issues.agreed[k])
            total += (1.0 - q) * level_value(s.issues, k, owned, lapse_level(s, p, k, track))
    return total


@formula
def usual_price(p, i, track):
    """Mean price of settling of side ``i`` on a track, from the truce's first terms; in a package
    the sum of all tracks.
    """
    prices = p.sides.resolve
    if p.linkage.tracks == PACKAGE:
        return prices.trade[i] + prices.minerals[i] + prices.semiconductors[i]
    if track == TRADE:
        return prices.trade[i]
    return prices.minerals[i] if track == MINERALS else prices.semiconductors[i]
