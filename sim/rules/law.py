"""The stack of duties that hold on a day, basis by basis, in two measures that must not be mixed.

The *effective* duty of a group, sum over bases of rate x scope x (1 - exempt or waived), drives
flows and losses; weighted with the imports of 2024 it is near what customs collect. The *statutory*
average, with the weights of published averages and before exemptions that only some importers have,
is what headlines and targets mean. Both come from the same rows (:mod:`sim.rules.customs`). See
docs/law.md.

What a scope leaves out already: the reciprocal duty's scopes are what is left of each group after
Annex II, section 232 and, from 11 April 2025 on, electronics. China's counter-duty and the legacy
lists are written in full, and their exempt or waived shares come off the effective duty alone.

``groups``, ``bases`` and ``stack`` are records of :data:`sim.rules.customs.GROUPS`,
:data:`~sim.rules.customs.BASES` and :data:`~sim.rules.customs.STACK`; a ``side`` levies, ``day`` is
counted from 1 January 2018. Rates are ad valorem (0.2 is 20 %).
"""

from __future__ import annotations

from sim.rules.codes import (
    COUNTER,
    FENTANYL,
    LISTS_2018,
    N_FAMILIES,
    N_GROUPS,
    N_SIDES,
    RECIPROCAL,
    SECTION_301,
    US,
    code,
)
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.customs import FAR, THIRD

__all__ = [
    "FENTANYL_VOID",
    "JANUARY_2025",
    "RECIPROCAL_VOID",
    "THIRD_VOID",
    "day_of_next_row",
    "effective_average",
    "holds",
    "last_family",
    "set_stack",
    "statutory_average",
    "third_average",
    "waived_share",
]

# of the bits of what courts have voided
FENTANYL_VOID, RECIPROCAL_VOID, THIRD_VOID = code(1), code(2), code(4)
JANUARY_2025 = code(2576)  # 20 January 2025, counted from 1 January 2018: losses count from there


@small_rule
def holds(bases, row, day):
    """Whether a row of the bases is in force on a day: begun, not replaced, within its limit."""
    start, limit = bases.from_day[row], bases.limit_days[row]
    return start <= day and day < bases.until_day[row] and (limit == 0 or day < start + limit)


@small_rule
def waived_share(groups, side, family, group):
    """The share of a group, in [0, 1], on which a family of duties is written but not collected.

    Exclusions of section 301 and of China's lists of 2018 to 2020, and what China let off its
    counter-duty.
    """
    if side == US:
        return groups.waived[side, group] if family == SECTION_301 else 0.0
    if family == LISTS_2018:
        return groups.waived[side, group]
    return groups.exempt[side, group] if family == COUNTER else 0.0


@rule
def set_stack(groups, bases, stack, day):
    """Fill ``stack`` with the duties of both sides and those on third countries on a day.

    Suspended points are not in it: they come back by what becomes of the truce. A family without a
    row in force has the ``unit`` of the first row that comes later, and a rate of 0.
    """
    for side in range(N_SIDES):
        for family in range(N_FAMILIES):
            _set_family(groups, bases, stack, side, family, day)
    for g in range(N_GROUPS):
        stack.third[g], stack.third_void[g] = 0.0, 0.0
    for row in range(bases.count):
        if bases.side[row] == THIRD and holds(bases, row, day):
            for g in range(N_GROUPS):
                duty = bases.rate[row] * bases.scope[row, g]
                stack.third[g] += duty
                stack.third_void[g] += duty * bases.void[row]


@rule
def _set_family(groups, bases, stack, side, family, day):
    """Fill one family of a side: its units on the day it is first seen, its duties on ``day``."""
    seen = _day_seen(bases, side, family, day)
    for g in range(N_GROUPS):
        stack.unit[side, family, g] = 0.0
    highest, points = 0.0, 0.0
    for row in range(bases.count):
        if _is_of(bases, row, side, family) and holds(bases, row, seen):
            rate = bases.rate[row]
            highest = max(highest, rate)
            for g in range(N_GROUPS):
                written = rate * bases.scope[row, g]
                points += written * bases.factor[row] * groups.weight[side, g]
                stack.unit[side, family, g] += (
                    written * bases.collected[row] * (1.0 - waived_share(groups, side, family, g))
                )
    points /= _total(groups.weight, side)
    kept, per_rate = 1.0 if seen == day else 0.0, 1.0 / highest if highest > 0.0 else 0.0
    for g in range(N_GROUPS):
        stack.effective[side, family, g] = kept * stack.unit[side, family, g]
        stack.unit[side, family, g] *= per_rate
    stack.rate[side, family] = kept * highest
    stack.statutory[side, family] = kept * points
    stack.unit_statutory[side, family] = per_rate * points


@formula
def _is_of(bases, row, side, family):
    """Whether a row is a duty of a side's family."""
    return bases.side[row] == side and bases.family[row] == family


@rule
def _day_seen(bases, side, family, day):
    """``day`` where the family has a row in force, else the day of its next one, else never."""
    later = FAR
    for row in range(bases.count):
        if _is_of(bases, row, side, family):
            if holds(bases, row, day):
                return day
            if day < bases.from_day[row]:
                later = min(later, bases.from_day[row])
    return later


@formula
def _total(weights, side):
    """The sum over groups."""
    total = 0.0
    for g in range(N_GROUPS):
        total += weights[side, g]
    return total


@rule
def statutory_average(stack, side):
    """A side's statutory average, ad valorem: what headlines mean; never for flows."""
    points = 0.0
    for family in range(N_FAMILIES):
        points += stack.statutory[side, family]
    return points


@rule
def effective_average(groups, stack, side):
    """A side's effective average, ad valorem, by the imports of 2024."""
    duties = 0.0
    for family in range(N_FAMILIES):
        for g in range(N_GROUPS):
            duties += groups.imports[side, g] * stack.effective[side, family, g]
    return duties / _total(groups.imports, side)


@rule
def third_average(groups, duties):
    """The average of US duties on third countries by group, ad valorem, by their sales of 2024."""
    total = 0.0
    for g in range(N_GROUPS):
        total += groups.third[US, g] * duties[g]
    return total / _total(groups.third, US)


@formula
def last_family(side):
    """The family of bases that a side gives up first: the one that it imposed last."""
    return RECIPROCAL if side == US else COUNTER


@rule
def day_of_next_row(bases, day):
    """The first day after ``day`` on which duties outside the truce change; never, if none does.

    Those are bases that the United States does not bargain over, and duties on third countries.
    """
    found = FAR
    for row in range(bases.count):
        outside = bases.side[row] == THIRD or (
            bases.side[row] == US and bases.family[row] < FENTANYL
        )
        if outside and bases.from_day[row] > day:
            found = min(found, bases.from_day[row])
    return found
