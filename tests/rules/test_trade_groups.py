"""Demand for a group of goods: known answers of an independent prototype, identities and limits."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.rules.state import LANES, round_up_to_lanes
from sim.rules.trade_groups import (
    base_revenue,
    buyers_loss,
    dear_by,
    exporter_loss,
    government_cost,
    group_market,
    importer_loss,
    inline_market,
    log_index,
    price_ratio,
)

# the arguments of the rule in their order, at the values of the known answers
PLAIN = {
    "imports": 20.0,
    "third": 100.0,
    "duty": 0.1,
    "base_duty": 0.1,
    "third_duty": 0.02,
    "base_third_duty": 0.02,
    "pass_through": 0.94,
    "between": 2.6,
    "in_all": 0.76,
    "third_slope": 0.0,
    "route_share": 0.0,
    "route_elasticity": 6.0,
    "route_cost": 0.25,
    "enforcement": 1.0,
}
ROUTES = {"route_share": 0.02, "third_slope": 0.05}
MARGIN = 0.25


class Market(NamedTuple):
    """What the rule gives."""

    direct: float
    routed: float
    third: float
    price_index: float
    buyers: float
    revenue: float


def arguments(**changed: float) -> tuple[float, ...]:
    assert set(changed) <= set(PLAIN)
    return tuple(float(value) for value in (PLAIN | changed).values())


def market(**changed: float) -> Market:
    return Market(*group_market(*arguments(**changed)))


def lost_by_exporters(**changed: float) -> float:
    given, bought = PLAIN | changed, market(**changed)
    return float(
        exporter_loss(
            given["imports"],
            bought.direct,
            bought.routed,
            given["duty"],
            given["base_duty"],
            given["pass_through"],
            given["route_share"],
            MARGIN,
        )
    )


# direct, routed, third, index, buyers, revenue, exporter: docs/trade.md, *Known answers*
KNOWN: list[tuple[dict[str, float], list[float]]] = [
    (
        {"duty": 0.4, "third_duty": 0.02},
        [11.747678, 0.0, 106.631353, 1.035511, 4.336780, 2.831698, 2.225025],
    ),
    (
        {"duty": 0.4, "third_duty": 0.1},
        [13.155679, 0.0, 99.227570, 1.101217, 12.071566, 11.185029, 1.906817],
    ),
    (
        {"duty": 1.45, "third_duty": 0.1},
        [3.561710, 0.0, 109.591123, 1.162305, 18.954204, 12.123592, 4.299441],
    ),
    (
        {"duty": 0.4, "third_duty": 0.1, **ROUTES},
        [12.661028, 0.667282, 99.146509, 1.100062, 11.938623, 11.077790, 1.854187],
    ),
    (
        {"duty": 0.4, "third_duty": 0.1, "enforcement": 2.0, **ROUTES},
        [12.906738, 0.227808, 99.276340, 1.100946, 12.040398, 11.145110, 1.908525],
    ),
]


@pytest.mark.parametrize(("changed", "known"), KNOWN)
def test_the_known_answers_are_met_to_the_printed_digit(
    changed: dict[str, float], known: list[float]
) -> None:
    ours = [*market(**changed), lost_by_exporters(**changed)]
    assert [round(value, 6) for value in ours] == known


def area_under_direct_imports(low: float, high: float, **changed: float) -> float:
    through = (PLAIN | changed)["pass_through"]
    area, _ = quad(
        lambda t: through * market(**(changed | {"duty": t})).direct, low, high, epsabs=1e-12
    )
    return float(area)


def test_the_known_integral_is_met() -> None:
    routes = ROUTES | {"third_slope": 0.0}
    assert round(area_under_direct_imports(0.1, 0.6, **routes), 9) == 5.974705350
    assert market(duty=0.6, **routes).buyers == pytest.approx(5.974705350, abs=5e-10)


rates = st.floats(0.0, 1.5)
third_rates = st.floats(0.0, 0.5)
sales = st.floats(0.5, 200.0)
markets = st.fixed_dictionaries(
    {
        "imports": sales,
        "third": sales,
        "duty": rates,
        "base_duty": rates,
        "third_duty": third_rates,
        "base_third_duty": third_rates,
        "pass_through": st.floats(0.6, 1.0),
        "between": st.one_of(st.floats(1.0, 10.0), st.just(1.0)),
        "in_all": st.one_of(st.floats(0.3, 1.5), st.just(1.0)),
        "third_slope": st.one_of(st.floats(0.0, 0.3), st.just(0.0)),
        "route_share": st.one_of(st.floats(0.0, 0.2), st.just(0.0)),
        "route_elasticity": st.one_of(st.floats(1.0, 12.0), st.just(1.0)),
        "route_cost": st.floats(0.0, 0.5),
        "enforcement": st.floats(0.5, 5.0),
    }
)


def _nested(m: dict[str, float]) -> dict[str, float]:
    """The same with elasticities in their order: in all, between origins, between routes."""
    names = ("in_all", "between", "route_elasticity")
    return m | dict(zip(names, sorted(m[name] for name in names), strict=True))


nested = markets.map(_nested)


@given(markets)
def test_base_in_is_base_out_exactly(given_market: dict[str, float]) -> None:
    m = given_market
    at_base = market(
        **(m | {"duty": m["base_duty"], "third_duty": m["base_third_duty"], "enforcement": 1.0})
    )
    direct, routed = (1.0 - m["route_share"]) * m["imports"], m["route_share"] * m["imports"]
    assert at_base == (direct, routed, m["third"], 1.0, 0.0, 0.0)


@given(markets)
def test_the_buyers_loss_grows_with_the_duty_by_what_is_bought_at_its_price(
    given_market: dict[str, float],
) -> None:
    """d loss/dt = p D, as an integral, with routes; third countries' price stands still."""
    still = given_market | {"third_slope": 0.0}
    area = area_under_direct_imports(still["base_duty"], still["duty"], **still)
    at_base = market(**(still | {"duty": still["base_duty"]})).buyers
    assert market(**still).buyers - at_base == pytest.approx(area, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(
    ("imports", "third", "elasticity"), [(1e-7, 100.0, 2.6), (100.0, 1e-7, 0.76), (20.0, 80.0, 0.0)]
)
def test_the_elasticity_is_that_between_origins_or_that_in_all(
    imports: float, third: float, elasticity: float
) -> None:
    """2.6 as third countries dominate, .76 as the partner does, e = sigma - share (sigma - eps)
    between.
    """
    step = 1e-5
    base = PLAIN["base_duty"]
    before, after = (
        market(imports=imports, third=third, duty=base + h).direct for h in (-step, step)
    )
    prices = price_ratio(base + step, base - step, PLAIN["pass_through"])
    share = imports * 1.094 / (imports * 1.094 + third * 1.0188)
    expected = elasticity or 2.6 - share * (2.6 - 0.76)
    assert -math.log(after / before) / math.log(prices) == pytest.approx(expected, abs=1e-6)


@given(nested, st.floats(0.01, 0.5))
def test_a_higher_duty_on_the_partner_sells_less_of_its_goods_and_more_of_others(
    m: dict[str, float], more: float
) -> None:
    low, high = market(**m), market(**(m | {"duty": m["duty"] + more}))
    assert high.direct < low.direct
    assert high.third >= low.third * (1.0 - 1e-12)
    assert high.routed >= low.routed * (1.0 - 1e-12)
    assert high.buyers >= low.buyers


@given(nested, st.floats(0.01, 0.5))
def test_a_higher_duty_on_third_countries_sells_more_of_the_partners_goods(
    m: dict[str, float], more: float
) -> None:
    low, high = market(**m), market(**(m | {"third_duty": m["third_duty"] + more}))
    assert high.direct >= low.direct * (1.0 - 1e-12)


@given(nested, st.floats(0.1, 3.0))
def test_enforcement_lowers_what_is_routed_and_costs_the_buyer(
    m: dict[str, float], more: float
) -> None:
    m = m | {"route_share": 0.002 + m["route_share"], "route_cost": 0.02 + m["route_cost"]}
    low, high = market(**m), market(**(m | {"enforcement": m["enforcement"] + more}))
    assert high.routed < low.routed
    assert high.direct >= low.direct * (1.0 - 1e-12)
    assert high.buyers > low.buyers


@given(markets, st.floats(0.01, 0.3))
def test_scarce_supply_of_third_countries_costs_the_buyer(
    m: dict[str, float], slope: float
) -> None:
    """A duty on the partner sends buyers to third countries, whose price rises along its slope."""
    dear = m | {
        "duty": m["base_duty"] + 0.3,
        "third_duty": m["base_third_duty"],
        "between": m["in_all"] + 1.0,
        "enforcement": 1.0,
    }
    still, sloped = (
        market(**(dear | {"third_slope": 0.0})),
        market(**(dear | {"third_slope": slope})),
    )
    assert sloped.buyers > still.buyers
    assert sloped.third < still.third


@pytest.mark.parametrize("name", ["in_all", "between", "route_elasticity"])
@given(m=markets)
def test_an_elasticity_of_one_is_the_limit_of_its_neighbours(
    name: str, m: dict[str, float]
) -> None:
    at_one = market(**(m | {name: 1.0}))
    for near in (1.0 - 1e-9, 1.0 + 1e-9):
        assert market(**(m | {name: near})) == pytest.approx(at_one, rel=1e-7, abs=1e-6)


def test_at_one_the_loss_is_spending_times_the_log_of_the_index() -> None:
    bought = market(duty=0.4, in_all=1.0)
    spending = 20.0 * 1.094 + 100.0 * 1.0188
    assert bought.buyers == pytest.approx(spending * math.log(bought.price_index), rel=1e-14)


@pytest.mark.parametrize("less", [1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.09, 0.11, 0.7])
def test_the_buyers_loss_keeps_its_digits_near_an_elasticity_of_one(less: float) -> None:
    for in_all in (1.0 - less, 1.0 + less):
        for log_price in (1e-9, 0.03, 0.8):
            z = (1.0 - in_all) * log_price
            assert buyers_loss(120.0, log_price, in_all) == pytest.approx(
                120.0 * math.expm1(z) / (1.0 - in_all), rel=1e-14
            )


@given(st.floats(0.0, 1.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_the_index_lies_between_its_prices(share: float, first: float, second: float) -> None:
    for elasticity in (0.5, 1.0, 2.6):
        grown = math.expm1((1.0 - elasticity) * (second - first))
        index = log_index(first, second, share, grown, elasticity)
        assert min(first, second) - 1e-12 <= index <= max(first, second) + 1e-12


@given(markets)
def test_losses_add_up(m: dict[str, float]) -> None:
    """The change of revenue is that of duties on what is bought; a government that values revenue
    as income and displaced imports at nothing loses what its country does.
    """
    bought = market(**m)
    before = base_revenue(
        m["imports"], m["third"], m["base_duty"], m["base_third_duty"], m["route_share"]
    )
    paid = m["duty"] * bought.direct + m["third_duty"] * (bought.third + bought.routed)
    assert bought.revenue == pytest.approx(paid - before, rel=1e-12, abs=1e-12)
    lost = m["imports"] - bought.direct
    welfare = importer_loss(bought.buyers, bought.revenue)
    assert government_cost(bought.buyers, bought.revenue, lost, 1.0, 0.0) == welfare
    weighed = government_cost(bought.buyers, bought.revenue, lost, 1.25, 0.2)
    assert weighed == pytest.approx(welfare - 0.25 * bought.revenue - 0.2 * lost, abs=1e-9)


def test_exporters_lose_the_margin_on_lost_sales_and_their_share_of_the_duty() -> None:
    """A quarter of the 6 lost, and a tenth of 0.5 x 12 - 0.25 x 18 collected more."""
    assert exporter_loss(20.0, 12.0, 2.0, 0.5, 0.25, 0.9, 0.1, 0.25) == pytest.approx(
        0.25 * 6.0 + 0.1 * (6.0 - 4.5)
    )


def test_enforcement_as_today_leaves_the_price_of_the_route() -> None:
    assert dear_by(0.25, 1.0) == 1.0
    assert dear_by(0.25, 3.0) == pytest.approx(1.4)


@numba.njit(error_model="numpy")
def _several_at_once(a: Any, given: Any, count: int) -> None:
    """The formula inside a loop over lanes, where LLVM treats several groups at once."""
    for j in range(round_up_to_lanes(count)):
        bought = inline_market(
            given[0, j],
            given[1, j],
            given[2, j],
            given[3, j],
            given[4, j],
            given[5, j],
            given[6, j],
            given[7, j],
            given[8, j],
            given[9, j],
            given[10, j],
            given[11, j],
            given[12, j],
            given[13, j],
        )
        for k in range(len(a)):
            a[k, j] = bought[k]


def test_one_at_a_time_and_several_at_once_give_the_same_bits() -> None:
    rng = np.random.default_rng(29)
    count = 3 * LANES
    given_rows = np.repeat(np.array(arguments(**ROUTES))[:, None], count, axis=1)
    for name, low, high in (
        ("duty", 0.0, 1.5),
        ("between", 0.9, 6.0),
        ("in_all", 0.3, 1.5),
        ("route_share", 0.0, 0.1),
        ("third_slope", 0.0, 0.2),
        ("enforcement", 1.0, 4.0),
    ):
        given_rows[list(PLAIN).index(name)] = rng.uniform(low, high, count)
    given_rows[list(PLAIN).index("in_all"), 0] = 1.0
    given_rows[list(PLAIN).index("route_share"), 1] = 0.0
    ours = np.empty((len(Market._fields), count))
    _several_at_once(ours, given_rows, count)
    alone = np.array([group_market(*row) for row in given_rows.T]).T
    assert np.array_equal(ours, alone)
