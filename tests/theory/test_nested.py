"""Demand in three nests: the rules against powers of prices, the closed duty against a search."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from sim.rules.trade_groups import exporter_loss, government_cost, group_market
from sim.theory import GroupImporter, GroupMarket, best_duty, optimal_duty

rates = st.floats(0.0, 1.5)
third_rates = st.floats(0.0, 0.5)
importers = st.builds(
    GroupImporter,
    imports=st.floats(0.5, 200.0),
    third=st.floats(0.5, 200.0),
    base_duty=rates,
    base_third_duty=third_rates,
    third_duty=third_rates,
    pass_through=st.floats(0.6, 1.0),
    between=st.floats(1.1, 10.0),
    in_all=st.one_of(st.floats(0.3, 1.5), st.just(1.0)),
    third_slope=st.floats(0.0, 0.3),
    route_share=st.floats(0.0, 0.2),
    route_elasticity=st.floats(1.5, 12.0),
    route_cost=st.floats(0.0, 0.5),
    enforcement=st.floats(0.5, 5.0),
    revenue_weight=st.floats(0.5, 2.0),
    protection_weight=st.floats(0.0, 0.5),
)


def by_rules(one: GroupImporter, duty: float) -> GroupMarket:
    return GroupMarket(
        *group_market(
            one.imports,
            one.third,
            duty,
            one.base_duty,
            one.third_duty,
            one.base_third_duty,
            one.pass_through,
            one.between,
            one.in_all,
            one.third_slope,
            one.route_share,
            one.route_elasticity,
            one.route_cost,
            one.enforcement,
        )
    )


@given(importers, rates)
def test_the_rules_agree_with_powers_of_prices(one: GroupImporter, duty: float) -> None:
    ours, theirs = by_rules(one, duty), one.market(duty)
    assert ours == pytest.approx(theirs, rel=1e-10, abs=1e-10)
    lost = one.imports - ours.direct
    assert government_cost(
        ours.buyers, ours.revenue, lost, one.revenue_weight, one.protection_weight
    ) == pytest.approx(one.cost(duty), rel=1e-9, abs=1e-9)
    assert exporter_loss(
        one.imports,
        ours.direct,
        ours.routed,
        duty,
        one.base_duty,
        one.pass_through,
        one.route_share,
        0.25,
    ) == pytest.approx(one.cost_to_exporter(duty, 0.25), rel=1e-9, abs=1e-9)


CASES = list(
    itertools.product(
        (0.05, 0.2, 0.6),  # share
        (0.85, 0.94),  # pass-through
        (1.8, 2.6, 4.0),  # between
        ((1.0, 0.0), (1.25, 0.08), (1.25, 0.213)),  # revenue, protection
        (0.0, 0.1),  # third countries' duty
    )
)


@pytest.mark.parametrize(("share", "through", "between", "weights", "third_duty"), CASES)
def test_the_closed_duty_is_that_of_a_search(
    share: float, through: float, between: float, weights: tuple[float, float], third_duty: float
) -> None:
    """108 cases, to 1e-6: where the slope of the cost is 0, found by a search that knows no formula."""
    one = GroupImporter(
        imports=20.0,
        third=20.0 * (1.0 - share) / share,
        base_duty=0.1,
        base_third_duty=0.02,
        third_duty=third_duty,
        pass_through=through,
        between=between,
        revenue_weight=weights[0],
        protection_weight=weights[1],
    )
    searched = minimize_scalar(
        one.cost, bounds=(0.0, 3.0), method="bounded", options={"xatol": 1e-11, "maxiter": 500}
    ).x
    assert best_duty(one) == pytest.approx(searched, abs=1e-6)
    closed = optimal_duty(one.share(searched), through, between, one.in_all, third_duty, *weights)
    assert closed == pytest.approx(searched, abs=1e-6)


@pytest.mark.parametrize(
    ("revenue", "protection", "third_duty", "known"),
    [(1.0, 0.0, 0.0, 0.029388), (1.25, 0.08, 0.0, 0.204979), (1.0, 0.0, 0.1, 0.096984)],
)
def test_the_known_duties_at_a_fifth(
    revenue: float, protection: float, third_duty: float, known: float
) -> None:
    """docs/trade.md, *Known answers*; the third by a market whose share is a fifth at that duty."""
    closed = optimal_duty(0.2, 0.94, 2.6, 0.76, third_duty, revenue, protection)
    assert round(closed, 6) == known

    def importer(third: float) -> GroupImporter:
        return GroupImporter(
            20.0,
            third,
            third_duty=third_duty,
            revenue_weight=revenue,
            protection_weight=protection,
        )

    third = brentq(lambda n: importer(n).share(closed) - 0.2, 1.0, 1000.0, xtol=1e-12)
    assert best_duty(importer(third)) == pytest.approx(known, abs=1e-6)


@given(importers, st.floats(0.0, 1.0))
def test_no_duty_serves_the_government_better(one: GroupImporter, duty: float) -> None:
    plain = GroupImporter(**{**vars(one), "route_share": 0.0, "third_slope": 0.0})
    assume(plain.between > plain.in_all)
    best = best_duty(plain, 1.5)
    assert plain.cost(best) <= plain.cost(1.5 * duty) + 1e-9


@pytest.mark.parametrize("field", [{"route_share": 0.02}, {"third_slope": 0.05}])
def test_the_closed_duty_knows_no_routes_and_no_slope(field: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no routes and no slope"):
        best_duty(GroupImporter(20.0, 80.0, **field))


def test_without_third_countries_it_is_the_tariff_of_one_elasticity() -> None:
    from sim.theory import Importer, best_tariff

    alone = GroupImporter(
        100.0, 0.0, pass_through=0.8, in_all=3.0, revenue_weight=1.1, protection_weight=0.05
    )
    assert best_duty(alone) == pytest.approx(
        best_tariff(Importer(100.0, 0.0, 0.8, 3.0, 1.1, 0.05)), abs=1e-11
    )
    assert alone.cost(0.5) == pytest.approx(Importer(100.0, 0.0, 0.8, 3.0, 1.1, 0.05).cost(0.5))
