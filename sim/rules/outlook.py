"""What a government reckons with when it decides: stakes, harms, what it lacks and asks for.

The week's view of both sides, filled once after valuation; decisions read nothing else
(docs/truces.md, *The view*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side, ``k`` an issue. Flows
are bn USD/yr, worths bn USD.
"""

from __future__ import annotations

import math

from sim.rules.codes import (
    ALL_SCOPE,
    BARGAINED,
    CN,
    ENERGY,
    FARM,
    ISSUE_SCOPE,
    MANUFACTURES,
    N_SIDES,
    TRACK_SCOPE,
    TRADE,
    US,
)
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.decisions import (
    choose,
    ending_worth,
    lasting_years,
    measure_worth,
    renewal_cost,
    renewal_worth,
)
from sim.rules.mathematics import exps
from sim.rules.packages import level_value
from sim.rules.purchases import boycott_cost, boycott_harm, is_purchases
from sim.rules.relations import (
    driver_purchases,
    is_controls,
    other,
    purchases_driver,
    tariff_driver,
)
from sim.rules.state import N_LENGTHS, NEVER, NO_DATE

__all__ = [
    "EVERYTHING",
    "NO_ISSUE",
    "aim_at",
    "credible",
    "draw_measure",
    "ending_of",
    "hawks_of",
    "in_scope",
    "is_dated",
    "length_option",
    "look",
    "measure_of",
    "room_of",
    "weeks_left",
    "weigh_lengths",
    "worth_of_room",
]

NO_ISSUE, EVERYTHING = -1, -2
# lengths on offer, of the usual one: 30, 90, 180, 365, 730 days where that is 13 weeks (renewals.csv)
_OF_THE_USUAL = (4.0 / 13.0, 1.0, 2.0, 4.0, 8.0)
# a record of threats as good as carried out and not at all, worth four cases (threats.csv)
_RECORD, _RECORD_KEPT = 4.0, 2.0
_CLOSED = -math.inf


@formula
def weeks_left(w):
    """Weeks from the end of this week to the date; 0 or less past it."""
    return w.deadline - (w.week + 1)


@formula
def is_dated(w):
    """Whether the truce has a date."""
    return w.deadline < NO_DATE


@formula
def hawks_of(p, side, i):
    """H: what hawk pressure weighs in decisions, bn USD; more before an election."""
    return p.politics.sides.hawk_push[i] * side.hawk * side.campaign


@formula
def room_of(s, p, k):
    """What of issue k a measure can withdraw, in [0, 1].

    Of a tariff that snaps back what was suspended; of the others all that is delivered.
    """
    least = p.issues.lapse[k] if p.issues.snaps_back[k] == 1 else 0.0
    return max(0.0, s.issues.delivered[k] - least)


@small_rule
def worth_of_room(s, p, k):
    """What the other side loses where all that a measure can withdraw of issue k is, bn USD/yr."""
    level, room = s.issues.delivered[k], room_of(s, p, k)
    return level_value(s.issues, k, False, level) - level_value(s.issues, k, False, level - room)


@formula
def in_scope(s, p, k, issue):
    """Whether a measure on ``issue``, one or EVERYTHING, withdraws issue k."""
    return issue == k or issue == EVERYTHING


@formula
def measure_of(s, p, i):
    """The issue that a measure of side ``i`` would be taken on; EVERYTHING, or NO_ISSUE.

    By the enforcement linkage: its own tariff, the issue of trade whose withdrawal hurts the other
    most, or all at once (Maggi 2016). What is taken in the end is drawn (:func:`draw_measure`).
    """
    if p.linkage.enforcement == ALL_SCOPE:
        return EVERYTHING
    own = s.world.driver_issue[tariff_driver(i)]
    if p.linkage.enforcement == ISSUE_SCOPE and own >= 0:
        return own
    return _hardest(s, p, i, True)


@rule
def _hardest(s, p, i, purchases):
    """The issue of trade whose withdrawal hurts the other most, with or without ``purchases``."""
    hardest, most = NO_ISSUE, 0.0
    for k in range(p.issues.count):
        if p.issues.owner[k] == i and p.issues.track[k] == TRADE and s.issues.given[k] == 0.0:
            harm = _harm_of(s, p, k, k)
            if harm > most and (purchases or not is_purchases(p.issues.driver[k])):
                hardest, most = k, harm
    return hardest


@formula
def _harm_of(s, p, k, issue):
    """What withdrawing issue k takes from the other, bn USD/yr, where ``issue`` is the measure's.

    A measure on purchases alone is a boycott: beside what was pledged it takes what would be bought
    anyway.
    """
    harm = worth_of_room(s, p, k)
    if issue == k and is_purchases(p.issues.driver[k]):
        harm += boycott_harm(p, driver_purchases(p.issues.driver[k]))
    return harm


@formula
def _own_cost_of(s, p, k, issue):
    """What withdrawing issue k costs its owner, bn USD/yr.

    A share of the harm; of purchases what a boycott costs, for what was pledged was dear.
    """
    if is_purchases(p.issues.driver[k]):
        return boycott_cost(p, driver_purchases(p.issues.driver[k])) if issue == k else 0.0
    return p.truce.disputes.own_cost * worth_of_room(s, p, k)


@rule
def draw_measure(s, p, i, draw):
    """The issue that side ``i`` takes a measure on, where it has the choice.

    What hurts the other most of what was promised, or a boycott: chances in proportion to
    exp((harm - own cost) / ``measure_spread``), the harm and own cost a year of a whole measure.
    ``draw`` in (0, 1).
    """
    first = measure_of(s, p, i)
    if p.linkage.enforcement != TRACK_SCOPE or first == NO_ISSUE:
        return first
    first, usual = _hardest(s, p, i, False), _CLOSED
    if first != NO_ISSUE:
        usual = _harm_of(s, p, first, first) - _own_cost_of(s, p, first, first)
    farm = _boycott_worth(s, p, i, FARM)
    energy = _boycott_worth(s, p, i, ENERGY)
    goods = _boycott_worth(s, p, i, MANUFACTURES)
    if max(usual, farm, energy, goods) == _CLOSED:
        return NO_ISSUE
    spread = p.truce.disputes.measure_spread
    option, _ = choose(draw, spread, usual, farm, energy, goods)
    return first if option == 0 else s.world.driver_issue[purchases_driver(option - 1)]


@formula
def _boycott_worth(s, p, i, kind):
    """Harm less own cost of a whole boycott of a kind by side ``i``, bn USD/yr; -inf where there is
    nothing that it buys or pledged.
    """
    k = s.world.driver_issue[purchases_driver(kind)]
    if k < 0 or p.issues.owner[k] != i or p.issues.track[k] != TRADE:
        return _CLOSED
    harm = _harm_of(s, p, k, k)
    return harm - _own_cost_of(s, p, k, k) if harm > 0.0 else _CLOSED


@rule
def aim_at(s, p, i, issue):
    """What a measure of side ``i`` on an issue, or EVERYTHING, takes from the other and costs itself.

    In bn USD/yr, into both sides' views.
    """
    side, its = s.sides[i], s.sides[other(i)]
    side.harm_out, side.own_cost = 0.0, 0.0
    for k in range(p.issues.count):
        if p.issues.owner[k] == i and in_scope(s, p, k, issue) and s.issues.given[k] == 0.0:
            side.harm_out += p.truce.disputes.depth * _harm_of(s, p, k, issue)
            side.own_cost += p.truce.disputes.depth * _own_cost_of(s, p, k, issue)
    its.harm_in = side.harm_out


@formula
def _aim(s, p, i):
    """What a measure of side ``i`` is on: that of its threat or measure, else what hurts most."""
    side = s.sides[i]
    if side.measure > 0.0:
        return side.measure_issue
    if side.threat_date != NEVER:
        return side.threat_issue
    return measure_of(s, p, i)


@formula
def credible(side):
    """How far the other believes a threat of this side: its record of carrying them out."""
    return (_RECORD_KEPT + side.carried) / (_RECORD + side.threats)


@rule
def look(s, p):
    """Fill both sides' views."""
    for i in range(N_SIDES):
        side = s.sides[i]
        side.stake = 0.5 * (side.value_now + side.value_terms) - side.value_lapse
        side.years = lasting_years(p.sides.discount_rate[i], p.truce.hazard, side.trust)
        side.lack_trade = 0.0
        for k in range(p.issues.count):
            if p.issues.owner[k] != i and not is_controls(p.issues.track[k]):
                short = p.issues.red_line[k] - s.issues.agreed[k]
                side.lack_trade += s.issues.benefit[k] * max(0.0, short)
        aim_at(s, p, i, _aim(s, p, i))
    for i in range(N_SIDES):
        side = s.sides[i]
        both = side.harm_out + side.harm_in
        power = side.harm_out / both if both > 0.0 else 0.5
        wanted = 2.0 * power * p.truce.disputes.ask_share * side.lack_trade
        side.ask = max(side.grievance, wanted)
        side.fresh = 0 if side.grievance >= wanted else 1
    weigh_lengths(s, p)


@formula
def length_option(p, option):
    """The weeks of one of the lengths on offer, in whole weeks and at least one.

    A third of ``length_weeks``, as much, twice, four and eight times; where lengths are fixed it is
    ``length_weeks``.
    """
    usual = float(p.truce.length_weeks)
    if p.truce.lengths != BARGAINED:
        return usual
    return max(1.0, float(int(_OF_THE_USUAL[option] * usual + 0.5)))


@rule
def weigh_lengths(s, p):
    """What renewing for each length is worth to both sides now, W, and the cost C within it; L*.

    In bn USD; L* is the length that is worth most to both together. Of all lengths the years within
    (:func:`sim.rules.decisions.years_within`) are computed together.
    """
    options = N_LENGTHS if p.truce.lengths == BARGAINED else 1
    for i in range(N_SIDES):
        for option in range(options):
            exponent = -length_option(p, option) / (52.0 * s.sides[i].years)
            s.scratch[N_LENGTHS * i + option] = exponent
    exps(s.scratch, N_SIDES * N_LENGTHS)
    for i in range(N_SIDES):
        side = s.sides[i]
        hawks, tied = hawks_of(p, side, i), p.linkage.sides[i] * side.lack
        for option in range(options):
            weeks = length_option(p, option)
            side.cost_of_length[option] = renewal_cost(
                p.truce.extension_cost,
                p.truce.extension_cost_growth,
                s.world.extensions,
                side.trust,
                weeks,
                hawks,
                p.sides.extension_bias[i],
            )
            side.worth_of_length[option] = renewal_worth(
                side.stake,
                side.trust,
                side.years,
                side.years * (1.0 - s.scratch[N_LENGTHS * i + option]),
                side.cost_of_length[option],
                p.truce.lock,
                side.lack_trade,
                tied,
                side.grievance,
            )
    best, most = 0, -math.inf
    for option in range(options):
        both = s.sides[US].worth_of_length[option] + s.sides[CN].worth_of_length[option]
        if both > most:
            best, most = option, both
    s.world.next_option = best
    s.world.next_length = int(length_option(p, best))


@formula
def ending_of(p, side, i):
    """E of side ``i``: what ending the truce is worth to it, bn USD."""
    return ending_worth(
        side.stake,
        side.trust,
        side.years,
        p.truce.blame,
        hawks_of(p, side, i),
        p.politics.sides.audience[i],
    )


@formula
def measure_worth_of(p, side, i):
    """C of side ``i``: what a measure in force is worth to it, bn USD."""
    d = p.truce.disputes
    return measure_worth(
        d.late_gain,
        side.ask,
        side.years,
        hawks_of(p, side, i),
        side.own_cost,
        side.harm_in,
        d.bite_years,
        d.dread,
        side.stake,
    )
