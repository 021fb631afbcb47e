"""Efficient packages in closed form: the Pareto frontier of a set of issues, and the package on it worth a given amount.

A bargaining problem lists issues with their owner, worth b to the other side and cost linear x + convex x**2 to the owner. The
package that maximises u_US + m u_CN concedes, at exchange rate w = m (US-owned) or 1/m (China-owned), x = clip((w b - linear) /
(2 convex), 0, red line) (MODEL.md section 4). Between two breakpoints of m both utilities are A/m - B m**2 + C, so the
package worth exactly u to a side is one safeguarded Newton search inside one segment.
"""

from __future__ import annotations

import math

from sim.rules.compiled import rule
from sim.rules.mathematics import clip
from sim.rules.state import CN, US

__all__ = [
    "best_sum", "concession", "concession_cost", "efficient", "level_value", "nash_product", "prepare", "values", "worth",
]  # fmt: skip

_TINY = 1e-12
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_MOST_STEPS = 60


@rule
def concession_cost(linear, convex, level):
    """What conceding ``level`` costs the owner: linear x + convex x**2, bn USD/yr."""
    return linear * level + convex * level * level


@rule
def level_value(issue, owned, level):
    """What an issue at ``level`` is worth to a side: minus its cost where the side owns it, else its benefit, bn USD/yr."""
    return -concession_cost(issue.linear, issue.convex, level) if owned else issue.benefit * level


@rule
def concession(weight, benefit, linear, convex, red_line):
    """The level at which the marginal cost of conceding equals ``weight`` times its worth to the other side."""
    return clip((weight * benefit - linear) / (2.0 * convex), 0.0, red_line)


@rule
def efficient(problem, weight, package):
    """Fill ``package`` with the efficient levels at weight ``weight`` on China's utility."""
    for j in range(problem.count):
        w = weight if problem.owner[j] == US else 1.0 / weight
        package[j] = concession(
            w, problem.benefit[j], problem.linear[j], problem.convex[j], problem.red_line[j]
        )


@rule
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
    """Find the breakpoints of the frontier, in order, and both sides' utilities at each."""
    n = 0
    for j in range(problem.count):
        if problem.benefit[j] <= _TINY or problem.red_line[j] <= 0.0:
            continue
        enters = problem.linear[j] / problem.benefit[j]
        leaves = (problem.linear[j] + 2.0 * problem.convex[j] * problem.red_line[j]) / problem.benefit[j]
        for w in (enters, leaves):
            if w > _TINY:
                n = _insert(problem, n, w if problem.owner[j] == US else 1.0 / w)
    problem.points = n
    for k in range(n):
        efficient(problem, problem.point[k], package)
        us, cn = values(problem, package)
        problem.value[0, k] = us
        problem.value[1, k] = cn


@rule
def _insert(problem, n, point):
    k = n
    while k > 0 and problem.point[k - 1] > point:
        problem.point[k] = problem.point[k - 1]
        k -= 1
    problem.point[k] = point
    return n + 1


@rule
def worth(problem, side, target, package):
    """Fill ``package`` with the efficient package worth ``target`` to ``side``; the nearer end of the frontier if none is.

    The problem must be prepared. Along the frontier the US loses and China gains as the weight rises.
    """
    n = problem.points
    if n == 0:
        efficient(problem, 1.0, package)
        return
    sign = -1.0 if side == US else 1.0
    goal = sign * target
    if goal <= sign * problem.value[side, 0]:
        efficient(problem, problem.point[0], package)
        return
    if goal >= sign * problem.value[side, n - 1]:
        efficient(problem, problem.point[n - 1], package)
        return
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if sign * problem.value[side, middle] <= goal:
            low = middle
        else:
            high = middle
    efficient(problem, _inside(problem, side, target, low), package)


@rule
def _inside(problem, side, target, k):
    """The weight in segment k at which ``side`` gets ``target``."""
    low, high = problem.point[k], problem.point[k + 1]
    down, up = _segment(problem, side, math.sqrt(low * high))
    start = problem.value[side, k]
    offset = target - start + _curve(side, down, up, low)
    rises = 1.0 if side != US else -1.0
    span = problem.value[side, k + 1] - start
    share = (target - start) / span if abs(span) > 0.0 else 0.5
    weight = low + (high - low) * clip(share, 0.0, 1.0)
    for _ in range(_MOST_STEPS):
        gap = _curve(side, down, up, weight) - offset
        if gap == 0.0:
            break
        if gap * rises > 0.0:
            high = weight
        else:
            low = weight
        slope = _slope(side, down, up, weight)
        step = weight - gap / slope if slope != 0.0 else 0.5 * (low + high)
        if not (low < step < high):
            step = 0.5 * (low + high)
        if abs(step - weight) <= 2.3e-16 * weight:
            break
        weight = step
    return weight


@rule
def _segment(problem, side, weight):
    """Coefficients of the side's utility on the segment holding ``weight``: its gains, and its costs, from interior issues."""
    gains, costs = 0.0, 0.0
    for j in range(problem.count):
        w = weight if problem.owner[j] == US else 1.0 / weight
        b = problem.benefit[j]
        x = (w * b - problem.linear[j]) / (2.0 * problem.convex[j])
        if b > _TINY and 0.0 < x < problem.red_line[j]:
            if problem.owner[j] == side:
                costs += b * b / (4.0 * problem.convex[j])
            else:
                gains += b * b / (2.0 * problem.convex[j])
    return gains, costs


@rule
def _curve(side, gains, costs, weight):
    if side == US:
        return gains / weight - costs * weight * weight
    return gains * weight - costs / (weight * weight)


@rule
def _slope(side, gains, costs, weight):
    if side == US:
        return -gains / (weight * weight) - 2.0 * costs * weight
    return gains + 2.0 * costs / (weight * weight * weight)


@rule
def best_sum(problem, package):
    """The largest joint utility on the frontier (weight 1); fills ``package`` with its levels."""
    efficient(problem, 1.0, package)
    us, cn = values(problem, package)
    return us + cn


@rule
def nash_product(problem, us_floor, cn_floor, package):
    """The largest product of gains above the two floors on the frontier; 0 where both cannot gain. Fills ``package``.

    The product is log-concave along the frontier, so a golden-section search on the US gain finds it.
    """
    worth(problem, CN, cn_floor, package)
    us, _ = values(problem, package)
    low, high = us_floor, us
    if high <= low:
        return 0.0
    for _ in range(_MOST_STEPS):
        left = high - _GOLDEN * (high - low)
        right = low + _GOLDEN * (high - low)
        if _product(problem, left, us_floor, cn_floor, package) >= _product(
            problem, right, us_floor, cn_floor, package
        ):
            high = right
        else:
            low = left
    return max(0.0, _product(problem, 0.5 * (low + high), us_floor, cn_floor, package))


@rule
def _product(problem, us_target, us_floor, cn_floor, package):
    worth(problem, US, us_target, package)
    us, cn = values(problem, package)
    return (us - us_floor) * (cn - cn_floor)
