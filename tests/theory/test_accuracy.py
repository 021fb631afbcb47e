"""Theory is right to the tolerance that its docstrings state, up to the edge of its domain: against
rational and decimal arithmetic.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate

from sim.rules.packages import concession
from sim.theory import (
    BargainingProblem,
    Importer,
    alternating_offers,
    best_tariff,
    deterministic_wait,
    egalitarian,
    feedback_wait,
    frontier,
    ideal,
    kalai_smorodinsky,
    limit_split,
    nash,
    optimal_tariff,
    rubinstein_split,
    utilitarian,
)
from sim.theory.queues import _by_roots, _by_terms, _speed

NEAR_ONE = [1.0 - 10.0**-k for k in range(1, 16)] + [math.nextafter(1.0, 0.0)]
unit = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True, allow_subnormal=False)
below_one = st.floats(0.0, 1.0, exclude_max=True)


@pytest.mark.parametrize("rate", [1e-300, 1e-9, 0.5, *NEAR_ONE])
def test_one_server_waits_by_the_closed_form(rate: float) -> None:
    """The case that was filed: 0.999 gave 424.23 for 499.5."""
    exact = float(Fraction(rate) / (2 * (1 - Fraction(rate))))
    assert deterministic_wait(rate) == pytest.approx(exact, rel=1e-15)
    assert feedback_wait(rate, 1.0) == pytest.approx(exact, rel=1e-14)


def _two_servers(rate: float) -> float:
    """Bailey's mean with 60 digits: the one root of z**2 = exp(-r (1 - z)) inside the unit circle
    is real.
    """
    with localcontext() as context:
        context.prec = 60
        r, z = Decimal(rate), Decimal(-1) / 2
        for _ in range(200):
            flow = (-r * (1 - z) / 2).exp()
            z -= (z + flow) / (1 + flow * r / 2)
        return float((1 / (1 - z) + 2 / (2 * (2 - r)) - 2 + (2 - r) / 2) / r)


@pytest.mark.parametrize("load", [0.2, 0.5, 0.51, 0.75, 0.9, 0.95, *NEAR_ONE])
def test_two_servers_wait_as_sixty_digits_say(load: float) -> None:
    assert deterministic_wait(2.0 * load, 2) == pytest.approx(_two_servers(2.0 * load), rel=1e-13)


def _by_positive_terms(rate: float, servers: int) -> float:
    """The sum over k of E[max(X - k c, 0)] / (k r), every term of it positive, with 50 digits."""
    with localcontext() as context:
        context.prec, total = 50, Decimal(0)
        for k in range(1, 400):
            n, m = k * servers, k * Decimal(rate)
            inner, term, j = Decimal(0), Decimal(1), 1
            while j == 1 or j * term > inner * Decimal("1e-30"):
                term *= m / (n + j)
                inner += j * term
                j += 1
            more = (-m).exp() * m**n / Decimal(math.factorial(n)) * inner / m
            total += more
            if more < total * Decimal("1e-20"):
                break
        return float(total)


@pytest.mark.parametrize(
    ("rate", "servers"), [(1e-5, 3), (0.1, 2), (0.9, 2), (1.2, 2), (1.5, 3), (0.3, 10), (5.1, 10), (8.0, 10), (30.0, 60), (51.0, 60)]
)  # fmt: skip
def test_many_servers_wait_as_fifty_digits_say(rate: float, servers: int) -> None:
    assert deterministic_wait(rate, servers) == pytest.approx(
        _by_positive_terms(rate, servers), rel=1e-12
    )


@pytest.mark.parametrize("servers", [2, 3, 7, 30, 101, 1000, 10_000])
@pytest.mark.parametrize("spare", [0.01, 0.012, 0.015])
def test_terms_and_roots_agree_where_one_hands_over_to_the_other(
    servers: int, spare: float
) -> None:
    rate = servers * (1.0 - spare)
    speed = _speed(rate / servers, (servers - rate) / servers)
    terms = _by_terms(rate, servers, speed, math.ceil(40.0 / (servers * speed)) + 1)
    assert terms == pytest.approx(_by_roots(rate, servers), rel=1e-11)


@given(st.integers(1, 10_000), unit)
def test_waits_lie_between_bounds(servers: int, load: float) -> None:
    """At most that of one server as fast as all (Kingman's bound for Poisson arrivals is met by
    M/D/1).
    """
    rate = servers * load
    assume(0.0 < rate < servers)
    busy = Fraction(rate) / servers
    assert (
        0.0
        <= deterministic_wait(rate, servers)
        <= float(busy / (2 * (1 - busy)) / servers) * (1.0 + 1e-9)
    )


@given(unit, unit)
def test_repeated_examination_waits_by_the_formula(share: float, chance: float) -> None:
    rate = share * chance
    assume(0.0 < rate < chance and rate > 1e-300)
    r, q = Fraction(rate), Fraction(chance)
    exact = r * (2 - q) / q**2 / (2 * (1 - r / q)) + 1 / q - 1
    assume(exact < Fraction(10) ** 300)
    assert feedback_wait(rate, chance) == pytest.approx(float(exact), rel=1e-14)


patience = st.one_of(below_one, st.sampled_from([0.0, *NEAR_ONE]))
option = st.one_of(st.just(0.0), st.floats(0.0, 0.49), st.floats(0.0, 1e-12))


@given(patience, patience)
def test_rubinsteins_shares_are_the_fractions(d1: float, d2: float) -> None:
    first = (1 - Fraction(d2)) / (1 - Fraction(d1) * Fraction(d2))
    one, two = rubinstein_split(d1, d2)
    assert one == pytest.approx(float(first), rel=1e-14)
    assert two == pytest.approx(float(1 - first), rel=1e-14)


@given(patience, patience, option, option)
def test_outside_options_solve_the_recursion_in_fractions(
    d1: float, d2: float, o1: float, o2: float
) -> None:
    """The fixed point by cases, in rational arithmetic: x = 1 - max(d2 y, o2), y = 1 - max(d1 x,
    o1).
    """
    a, b, p, q = (Fraction(v) for v in (d1, d2, o1, o2))
    free = (1 - b) / (1 - a * b), (1 - a) / (1 - a * b)
    candidates = [free, (1 - q, 1 - a * (1 - q)), (1 - b * (1 - p), 1 - p), (1 - q, 1 - p)]
    (x,) = {x for x, y in candidates if x == 1 - max(b * y, q) and y == 1 - max(a * x, p)}
    one, two = rubinstein_split(d1, d2, o1, o2)
    assert one == pytest.approx(float(x), rel=1e-14)
    assert two == pytest.approx(float(1 - x), rel=1e-13, abs=1e-300)


rates = st.floats(0.0, exclude_min=True, allow_infinity=False)


@given(rates, rates)
def test_the_limits_shares_are_the_fractions(r1: float, r2: float) -> None:
    one, two = limit_split(r1, r2)
    both = Fraction(r1) + Fraction(r2)
    assert one == float(Fraction(r2) / both)
    assert two == float(Fraction(r1) / both)


@given(st.floats(1e-6, 1.0), st.floats(0.0, 50.0))
def test_the_optimal_tariff_is_the_fraction(p: float, e: float) -> None:
    room = Fraction(e) - 1 + Fraction(p)
    if room <= 0:
        with pytest.raises(ValueError, match="no finite tariff"):
            optimal_tariff(p, e)
    else:
        assert optimal_tariff(p, e) == float((1 - Fraction(p)) / (Fraction(p) * room))


importers = st.builds(
    Importer,
    imports=st.floats(1.0, 1e4),
    base_tariff=st.floats(0.0, 2.0),
    pass_through=st.floats(0.05, 1.0),
    elasticity=st.one_of(
        st.floats(0.0, 10.0), st.sampled_from([0.0, 1.0, 1.0 - 1e-12, 1.0 + 1e-9, 1.0 + 1e-6])
    ),
    revenue_weight=st.floats(0.0, 3.0),
    protection_weight=st.floats(0.0, 3.0),
)


@given(importers, st.floats(0.0, 5.0))
def test_the_cost_of_a_tariff_is_the_integral_of_demand(one: Importer, rate: float) -> None:
    def demand(price: float) -> float:
        return one.imports * (price / (1.0 + one.pass_through * one.base_tariff)) ** -one.elasticity

    ends = (1.0 + one.pass_through * t for t in (one.base_tariff, rate))
    lost, _ = integrate.quad(demand, *ends, epsabs=0.0, epsrel=1e-13, limit=200)
    revenue = rate * one.flow(rate) - one.base_tariff * one.imports
    displaced = one.imports - one.flow(rate)
    parts = (lost, one.revenue_weight * revenue, one.protection_weight * displaced)
    size = sum(map(abs, parts)) + one.imports * 1e-3
    assert one.cost(rate) == pytest.approx(parts[0] - parts[1] - parts[2], abs=1e-11 * size)


@settings(max_examples=300)
@given(importers, st.floats(0.1, 5.0))
def test_no_other_tariff_serves_better(one: Importer, most: float) -> None:
    best = best_tariff(one, most)
    assert 0.0 <= best <= most
    size = 1e-11 * one.imports * (1.0 + most) * (1.0 + one.revenue_weight + one.protection_weight)
    grid = [*np.linspace(0.0, most, 101), *np.clip(best + np.asarray([-1e-3, 1e-3]), 0.0, most)]
    assert one.cost(best) <= min(one.cost(float(rate)) for rate in grid) + size


def test_the_best_tariff_beyond_the_highest_is_the_highest() -> None:
    assert best_tariff(Importer(100.0, 0.0, 0.1, 1.0), 3.0) == 3.0
    assert best_tariff(Importer(100.0, 0.0, 0.1, 0.0), 3.0) == 3.0


@st.composite
def problems(draw: st.DrawFn) -> BargainingProblem:
    """Problems to the edge of the domain: sizes over nine orders, straight and bent costs, issues
    worth nothing, red lines at 0 and 1.
    """
    count = draw(st.integers(1, 8))
    scale = 10.0 ** draw(st.integers(-3, 6))
    worth = st.one_of(st.just(0.0), st.floats(0.01, 100.0))
    columns: dict[str, list[float]] = {"benefit": [], "linear": [], "convex": [], "red_line": []}
    for _ in range(count):
        benefit, linear = draw(worth), draw(st.floats(-50.0, 50.0))
        least = max(1e-5 * max(benefit, abs(linear)), 1e-6) * (1.0 + 1e-12)
        convex = draw(st.one_of(st.just(least), st.floats(0.01, 100.0)))
        columns["benefit"].append(scale * benefit)
        columns["linear"].append(scale * linear)
        columns["convex"].append(scale * max(convex, least))
        columns["red_line"].append(
            draw(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0)))
        )
    owner = [draw(st.integers(0, 1)) for _ in range(count)]
    size = sum(sum(map(abs, columns[name])) for name in ("benefit", "linear", "convex"))
    floor = tuple(draw(st.floats(-0.3, 0.1)) * size for _ in range(2))
    return BargainingProblem(owner, **columns, disagreement=(floor[0], floor[1]))


def _at(problem: BargainingProblem, weight: float) -> tuple[float, float]:
    """Utilities of the package with the largest utility of the US plus ``weight`` times China's,
    issue by issue.
    """
    us, cn = 0.0, 0.0
    rows = zip(
        problem.owner,
        problem.benefit,
        problem.linear,
        problem.convex,
        problem.red_line,
        strict=True,
    )
    for owner, b, linear, convex, cap in rows:
        counts = weight if owner == 0 else 1.0 / weight
        x = min(max((counts * b - linear) / (2.0 * convex), 0.0), cap)
        gain, cost = b * x, linear * x + convex * x * x
        us, cn = (us - cost, cn + gain) if owner == 0 else (us + gain, cn - cost)
    return us, cn


def _most_for_china(problem: BargainingProblem, us: float) -> float:
    """An upper bound of what China can have where the US has ``us``: by duality, at the weight that
    halving finds for it or a better one.
    """
    low, high = -27.0, 27.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _at(problem, math.exp(middle))[0] > us else (low, middle)
    bounds = []
    for weight in map(math.exp, (low, high, *range(-27, 28))):
        one, two = _at(problem, weight)
        bounds.append((one - us) / weight + two)
    return min(bounds)


@settings(max_examples=40)
@given(problems(), st.floats(0.0, 1.0))
def test_packages_worth_a_target_are_worth_it_and_efficient(
    problem: BargainingProblem, share: float
) -> None:
    ends = frontier(problem, 2)
    for side in (0, 1):
        low, high = sorted(ends[:, side])
        target = low + share * (high - low)
        point = problem.worth_to(side, target)
        assert point[1 + side] == pytest.approx(target, abs=1e-9 * problem.size)
        assert point.cn >= _most_for_china(problem, point.us) - 1e-7 * problem.size


@settings(max_examples=40)
@given(problems(), st.floats(0.0, 1.0))
def test_the_other_side_is_left_what_the_frontier_leaves_it(
    problem: BargainingProblem, share: float
) -> None:
    """A package of a known weight is found again from what it is worth to either side."""
    known = problem.at_weight(10.0 ** (6.0 * share - 3.0))
    for side in (0, 1):
        found = problem.worth_to(side, known[1 + side])
        assert found[1:] == pytest.approx(known[1:], abs=1e-7 * problem.size)


@settings(max_examples=60)
@given(problems())
def test_solutions_meet_their_axioms_to_the_tolerance(problem: BargainingProblem) -> None:
    assume(problem.gains)
    (us, cn), size = problem.disagreement, problem.size
    (most_us, most_cn), ends = ideal(problem), frontier(problem, 2)
    inside = (egalitarian(problem), kalai_smorodinsky(problem), nash(problem))
    for point in inside:
        assert point.us >= us - 1e-9 * size
        assert point.cn >= cn - 1e-9 * size
        assert point.cn >= _most_for_china(problem, point.us) - 1e-7 * size
    equal, even, product = inside
    low, high = ends[0, 0] + 1e-9 * size, ends[1, 0] - 1e-9 * size
    if low < equal.us < high:
        assert equal.us - us == pytest.approx(equal.cn - cn, abs=1e-9 * size)
    if low < even.us < high:
        gap = (even.us - us) * (most_cn - cn) - (even.cn - cn) * (most_us - us)
        assert abs(gap) <= 1e-7 * size * max(most_us - us, most_cn - cn)
    best = max(_product(problem, math.exp(m)) for m in np.linspace(-27.0, 27.0, 541))
    assert _gains(product, problem) >= best - 1e-9 * size * max(product.us - us, product.cn - cn)
    joint = utilitarian(problem)
    assert joint.us + joint.cn == pytest.approx(sum(_at(problem, 1.0)), abs=1e-9 * size)


def _product(problem: BargainingProblem, weight: float) -> float:
    return _gains(problem.at_weight(weight), problem)


def _gains(point: tuple, problem: BargainingProblem) -> float:
    us, cn = point[1] - problem.disagreement[0], point[2] - problem.disagreement[1]
    return us * cn if min(us, cn) > 0.0 else 0.0


@settings(max_examples=60)
@given(problems(), st.floats(0.0, 0.999999), st.floats(0.0, 0.999999))
def test_offers_leave_the_receiver_what_waiting_is_worth(
    problem: BargainingProblem, d_us: float, d_cn: float
) -> None:
    assume(problem.gains)
    ours, theirs = alternating_offers(problem, d_us, d_cn)
    (us, cn), ends, close = problem.disagreement, frontier(problem, 2), 1e-8 * problem.size
    if ours.us < ends[1, 0] - close:  # else red lines leave the receiver more
        assert ours.cn - cn == pytest.approx(d_cn * (theirs.cn - cn), abs=close)
    if theirs.us > ends[0, 0] + close:
        assert theirs.us - us == pytest.approx(d_us * (ours.us - us), abs=close)


def test_as_patient_as_can_be_told_they_meet_in_the_nash_point() -> None:
    problem = BargainingProblem(
        [0, 1, 1], [20, 12, 9], [1, -2, 3], [15, 8, 6], [1, 0.8, 1], (1.0, 2.0)
    )
    point = nash(problem)
    for offer in alternating_offers(problem, 0.999999, 0.999999):
        assert offer[1:] == pytest.approx(point[1:], abs=2e-5)


def test_a_concession_by_the_rules_is_that_of_the_support() -> None:
    """The dual of these tests and the rules choose the same level."""
    assert concession(2.0, 10.0, 1.0, 6.0, 0.0, 1.0) == 1.0
    assert concession(1.0, 10.0, 1.0, 6.0, 0.0, 1.0) == 0.75
