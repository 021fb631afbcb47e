"""Efficient packages in closed form.

The Pareto frontier of a set of issues, and the package on it worth a given amount.

A bargaining problem lists issues with their owner, worth b to the other side and cost linear x +
convex x**2 to the owner. The package that maximises u_US + m u_CN concedes, at exchange rate w = m
(US-owned) or 1/m (China-owned), x = clip((w b - linear) / (2 convex), least, red line), ``least`` 0
where nothing is agreed that must stand (docs/model.md, *Packages*). Between two breakpoints of m both utilities are rational functions of m, kept up to
date as each issue begins and ends to be conceded, so the package worth exactly u to a side is one
safeguarded Newton search inside one segment.

``problem`` is a record of dtype :data:`sim.rules.state.PROBLEM`, ``package`` an array of levels in
[0, 1], an issue of the problem each. Worth, cost and utility are bn USD/yr; the weight m is a
number above 0 without a unit.
"""

from __future__ import annotations

import math

from sim.rules.codes import CN, US
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import clip
from sim.rules.relations import other
from sim.rules.state import round_up_to_lanes

__all__ = [
    "bends",
    "best_sum",
    "concession",
    "concession_cost",
    "efficient",
    "leave",
    "level_value",
    "nash_product",
    "prepare",
    "remembered_worth",
    "value_to",
    "values",
    "worth",
]

_TINY = 1e-12  # bn USD/yr: a benefit below it is none, so that weights stay finite
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_MOST_STEPS = 60  # halvings: 0.5**60 of a bracket is below the last digit
# golden sections: near its top a product is flat, so that 0.618**40 of the bracket moves its last digit
_MOST_SECTIONS = 40
_CLOSE = 1e-8  # of the weight; Newton's next step squares it, which is the last digit of a double
_LEAST, _MOST = 1e-12, 1e12  # weights that stand for 0 and infinity


@formula
def concession_cost(linear, convex, level):
    """What conceding ``level`` costs the owner: linear x + convex x**2, bn USD/yr."""
    return linear * level + convex * level * level


@small_rule
def bends(issues, problem, j, level):
    """What the bend of issue j of a problem adds to cost and benefit at a level, bn USD/yr.

    It is misjudged in the same proportion as the rest of the issue's worth.
    """
    k = problem.issue[j]
    below = max(0.0, issues.kink[k] - level)
    if below <= 0.0:
        return 0.0, 0.0
    dear = problem.convex[j] / issues.convex[k] if issues.convex[k] > 0.0 else 1.0
    dear_other = problem.benefit[j] / issues.benefit[k] if issues.benefit[k] > 0.0 else 1.0
    return issues.cost_bend[k] * below * dear, issues.benefit_bend[k] * below * dear_other


@formula
def level_value(issues, k, owned, level):
    """What issue k at ``level`` is worth to a side.

    Minus its cost where the side owns it, else its benefit, bn USD/yr; of a tariff beside the bend
    below the level from which its quadratic holds (:func:`sim.rules.trade.fit_tariff`).
    """
    below = max(0.0, issues.kink[k] - level)
    return (
        -concession_cost(issues.linear[k], issues.convex[k], level) - issues.cost_bend[k] * below
        if owned
        else issues.benefit[k] * level + issues.benefit_bend[k] * below
    )


@formula
def concession(weight, benefit, linear, convex, least, red_line):
    """The level of an issue, in [least, red line], on the frontier.

    There the marginal cost of conceding equals ``weight`` times its worth to the other side:
    clip((weight benefit - linear) / (2 convex), least, red line); ``convex`` is above 0.
    """
    return clip((weight * benefit - linear) / (2.0 * convex), least, red_line)


@small_rule
def efficient(problem, weight, package):
    """Fill ``package`` with the efficient levels at weight ``weight`` on China's utility."""
    inverse = 1.0 / weight
    for j in range(round_up_to_lanes(problem.count)):
        w = weight if problem.owner[j] == US else inverse
        package[j] = concession(
            w,
            problem.benefit[j],
            problem.linear[j],
            problem.convex[j],
            problem.least[j],
            problem.red_line[j],
        )


@small_rule
def value_to(problem, side, package):
    """Utility of a package to one side, against conceding nothing."""
    total = 0.0
    for j in range(problem.count):
        if problem.owner[j] == side:
            total -= concession_cost(problem.linear[j], problem.convex[j], package[j])
        else:
            total += problem.benefit[j] * package[j]
    return total


@small_rule
def values(problem, package):
    """Utilities of a package to the US and to China, against conceding nothing."""
    us, cn = 0.0, 0.0
    for j in range(problem.count):
        x = package[j]
        gain = problem.benefit[j] * x
        cost = concession_cost(problem.linear[j], problem.convex[j], x)
        if problem.owner[j] == US:
            us -= cost
            cn += gain
        else:
            us += gain
            cn -= cost
    return us, cn


@rule
def prepare(problem, package):
    """Find the breakpoints of the frontier, in order, and the segments around them.

    On each segment both utilities are functions of the weight.

    Segment 0 runs from weight 0 to the first breakpoint, segment k from breakpoint k - 1 to the
    next, the last one to infinity: an issue that its owner would concede unasked is conceded in
    part however little the other side counts. With m the weight, u_US = K_US + 2 C / m - U m**2 and
    u_China = K_China + 2 U m - C / m**2, where U and C sum b**2 / (4 convex) over the US-owned and
    China-owned issues that are conceded in part. ``package`` is work space.
    """
    for purpose in range(problem.asked.shape[0]):
        problem.asked[purpose] = math.nan
    _shape(problem)
    problem.points = _find_points(problem)
    if problem.points == 0:
        return
    efficient(problem, 0.5 * problem.point[0], package)
    _find_segments(problem, package)
    for k in range(round_up_to_lanes(problem.points)):
        m = problem.point[k]
        problem.value[US, k] = (
            problem.fixed[US, k] + 2.0 * problem.curve[CN, k] / m - problem.curve[US, k] * m * m
        )
        problem.value[CN, k] = (
            problem.fixed[CN, k] + 2.0 * problem.curve[US, k] * m - problem.curve[CN, k] / (m * m)
        )


@formula
def _shape(problem):
    """The shape that every issue gives to the frontier.

    The weights at which conceding it begins and ends to be partial, and what it adds in between.
    """
    for j in range(round_up_to_lanes(problem.count)):
        b, linear, us_owned = problem.benefit[j], problem.linear[j], problem.owner[j] == US
        first = linear + 2.0 * problem.convex[j] * problem.least[j]
        most, four = linear + 2.0 * problem.convex[j] * problem.red_line[j], 4.0 * problem.convex[j]
        problem.begin[j] = (first if us_owned else b) / (b if us_owned else first)
        problem.end[j] = (most if us_owned else b) / (b if us_owned else most)
        problem.bent[j] = b * b / four
        problem.spent[j] = linear * linear / four
        problem.given[j] = 2.0 * linear * b / four


@formula
def _find_points(problem):
    """Weights at which an issue begins or ends to be conceded in part.

    US-owned ones begin then end, China-owned end then begin.
    """
    n = 0
    for j in range(problem.count):
        b, linear = problem.benefit[j], problem.linear[j]
        if b <= _TINY or problem.red_line[j] <= problem.least[j]:
            continue
        first = linear + 2.0 * problem.convex[j] * problem.least[j]
        most = linear + 2.0 * problem.convex[j] * problem.red_line[j]
        n = _insert(problem, n, problem.begin[j], j) if first > _TINY * b else n
        n = _insert(problem, n, problem.end[j], j) if most > _TINY * b else n
    return n


@rule
def _insert(problem, n, point, j):
    """Put the breakpoint of issue ``j`` into its place among ``n`` in rising order; the new count.

    By insertion: there are at most two for each issue, nearly in order.
    """
    k = n
    while k > 0 and problem.point[k - 1] > point:
        problem.point[k] = problem.point[k - 1]
        problem.mover[k] = problem.mover[k - 1]
        k -= 1
    problem.point[k] = point
    problem.mover[k] = j
    return n + 1


@formula
def _find_segments(problem, package):
    """Both utilities on every segment.

    Below the first breakpoint by ``package``, then what changes at each breakpoint.
    """
    us_fixed, cn_fixed, us_curve, cn_curve = 0.0, 0.0, 0.0, 0.0
    for j in range(problem.count):
        partly = problem.least[j] < package[j] < problem.red_line[j] and problem.benefit[j] > _TINY
        problem.partly[j] = 1 if partly else 0
        own, given, curve = _part(problem, j, package[j], partly)
        if problem.owner[j] == US:
            us_fixed, cn_fixed, us_curve = us_fixed + own, cn_fixed + given, us_curve + curve
        else:
            cn_fixed, us_fixed, cn_curve = cn_fixed + own, us_fixed + given, cn_curve + curve
    for k in range(problem.points + 1):
        problem.fixed[US, k], problem.fixed[CN, k] = us_fixed, cn_fixed
        problem.curve[US, k], problem.curve[CN, k] = us_curve, cn_curve
        j = problem.mover[min(k, problem.points - 1)]
        partly, us_owned = problem.partly[j] == 1, problem.owner[j] == US
        level = problem.red_line[j] if partly == us_owned else problem.least[j]
        own, given, curve = _part(problem, j, level, partly)
        new_own, new_given, new_curve = _part(problem, j, level, not partly)
        problem.partly[j] = 0 if partly else 1
        if us_owned:
            us_fixed, cn_fixed, us_curve = (
                us_fixed - own + new_own,
                cn_fixed - given + new_given,
                us_curve - curve + new_curve,
            )
        else:
            cn_fixed, us_fixed, cn_curve = (
                cn_fixed - own + new_own,
                us_fixed - given + new_given,
                cn_curve - curve + new_curve,
            )


@formula
def _part(problem, j, level, partly):
    """What issue j adds to its owner's and the other's fixed utility and to its owner's curve.

    Conceded in part or at ``level``.
    """
    if partly:
        return problem.spent[j], -problem.given[j], problem.bent[j]
    return (
        -concession_cost(problem.linear[j], problem.convex[j], level),
        problem.benefit[j] * level,
        0.0,
    )


@rule
def worth(problem, side, target, package):
    """Fill ``package`` with the efficient package worth ``target`` to ``side``.

    It is the nearer end of the frontier where none is. The problem must be prepared. Along the
    frontier the US loses and China gains as the weight rises.
    """
    efficient(problem, _weight_of(problem, side, target), package)


@rule
def remembered_worth(problem, side, target, purpose, package):
    """:func:`worth`, which remembers the last question of each purpose.

    A standing offer is requested again at every meeting.
    """
    if target != problem.asked[purpose]:
        problem.asked[purpose], problem.found[purpose] = target, _weight_of(problem, side, target)
    efficient(problem, problem.found[purpose], package)


@rule
def leave(problem, receiver, target, purpose, package):
    """Worth to the other side of the efficient package worth ``target`` to ``receiver``.

    Remembers the package as what that side asks for, so that :func:`remembered_worth` need not
    search for it again.
    """
    weight = _weight_of(problem, receiver, target)
    efficient(problem, weight, package)
    own = value_to(problem, other(receiver), package)
    problem.asked[purpose], problem.found[purpose] = own, weight
    return own


@small_rule
def _weight_of(problem, side, target):
    """The weight at which the efficient package is worth ``target``, bn USD/yr, to ``side``.

    The segment is found by halving, the weight in it by :func:`_inside`.
    """
    n = problem.points
    if n == 0:
        return 1.0
    sign = -1.0 if side == US else 1.0
    goal = sign * target
    if goal <= sign * problem.value[side, 0]:
        return _before(problem, side, target)
    if goal >= sign * problem.value[side, n - 1]:
        return _beyond(problem, side, target)
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if sign * problem.value[side, middle] <= goal:
            low = middle
        else:
            high = middle
    return _inside(problem, side, target, low)


@formula
def _before(problem, side, target):
    """The weight below the first breakpoint, where only US-owned issues are conceded in part."""
    left, own = target - problem.fixed[side, 0], problem.curve[US, 0]
    if own <= 0.0:
        return problem.point[0]
    if side == US:
        return math.sqrt(-left / own) if left < 0.0 else _LEAST
    return left / (2.0 * own) if left > 0.0 else _LEAST


@formula
def _beyond(problem, side, target):
    """The weight above the last breakpoint, where only China-owned issues are conceded in part."""
    n = problem.points
    left, own = target - problem.fixed[side, n], problem.curve[CN, n]
    if own <= 0.0:
        return problem.point[n - 1]
    if side == US:
        return 2.0 * own / left if left > 0.0 else _MOST
    return math.sqrt(-own / left) if left < 0.0 else _MOST


@rule
def _inside(problem, side, target, k):
    """The weight between breakpoints k and k + 1 at which ``side`` gets ``target``.

    Newton's steps, halving outside the bracket. The root is sought of utility less target times m
    (US) or m**2 (China), which is free of divisions.
    """
    own, its = problem.curve[side, k + 1], 2.0 * problem.curve[other(side), k + 1]
    rest = problem.fixed[side, k + 1] - target
    low, high = problem.point[k], problem.point[k + 1]
    first, last = problem.value[side, k], problem.value[side, k + 1]
    weight = (
        low + (high - low) * clip((target - first) / (last - first), 0.0, 1.0)
        if last != first
        else low
    )
    for _ in range(_MOST_STEPS):
        square = weight * weight
        if side == US:
            gap = rest * weight + its - own * square * weight
            slope = rest - 3.0 * own * square
            above = gap < 0.0
        else:
            gap = rest * square + its * square * weight - own
            slope = 2.0 * rest * weight + 3.0 * its * square
            above = gap > 0.0
        if above:
            high = weight
        else:
            low = weight
        step = weight - gap / slope if slope != 0.0 else -1.0
        if low <= step <= high:
            if abs(step - weight) <= _CLOSE * weight:  # the error is squared by this last step
                return step
        else:
            step = 0.5 * (low + high)
        weight = step
    return weight


@small_rule
def best_sum(problem, package):
    """The largest joint utility on the frontier (weight 1); fills ``package`` with its levels."""
    efficient(problem, 1.0, package)
    us, cn = values(problem, package)
    return us + cn


@rule
def nash_product(problem, us_floor, cn_floor, package):
    """The largest product of gains above the two floors on the frontier.

    It is 0 where both cannot gain; ``package`` is filled. The product is log-concave along the
    frontier, so a golden-section search on the US gain finds it.
    """
    worth(problem, CN, cn_floor, package)
    us, _ = values(problem, package)
    if us <= us_floor or problem.points == 0:
        return 0.0
    efficient(problem, _MOST, package)
    least, _ = values(problem, package)
    low, high = max(us_floor, least), us
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left = _product(problem, left, us_floor, cn_floor, package)
    at_right = _product(problem, right, us_floor, cn_floor, package)
    for _ in range(_MOST_SECTIONS):
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = _product(problem, left, us_floor, cn_floor, package)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = _product(problem, right, us_floor, cn_floor, package)
    return max(0.0, _product(problem, 0.5 * (low + high), us_floor, cn_floor, package))


@rule
def _product(problem, us_target, us_floor, cn_floor, package):
    """Product of both gains where the US gets ``us_target`` efficiently, (bn USD/yr)**2."""
    worth(problem, US, us_target, package)
    us, cn = values(problem, package)
    return (us - us_floor) * (cn - cn_floor)
