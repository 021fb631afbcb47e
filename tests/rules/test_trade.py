"""Tariffs and welfare (docs/validation.md, *Known answers*, number 4) against integration, closed
forms and limits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from sim.rules import trade
from sim.rules.codes import CN, US
from sim.rules.trade import demand, exporter_loss, tariff_at
from sim.theory.tariffs import Importer

Runs = Callable[..., np.ndarray]


def consumer_loss(base_flow: float, rate: float, base: float, through: float, e: float) -> float:
    """The rule at the flow that the tariff brings about."""
    return trade.consumer_loss(
        base_flow, demand(base_flow, rate, base, through, e), rate, base, through, e
    )


def importer_loss(base_flow: float, rate: float, base: float, through: float, e: float) -> float:
    """The rule at the flow that the tariff brings about."""
    return trade.importer_loss(
        base_flow, demand(base_flow, rate, base, through, e), rate, base, through, e
    )


rates = st.floats(0.0, 2.0)
shares = st.floats(0.5, 1.0)
elasticities = st.floats(0.3, 5.0)


@given(rates, rates, shares, elasticities)
def test_consumer_loss_is_the_integral_of_demand_between_the_prices(
    rate: float, base: float, through: float, e: float
) -> None:
    area, _ = quad(lambda t: demand(100.0, t, base, through, e) * through, base, rate)
    assert consumer_loss(100.0, rate, base, through, e) == pytest.approx(area, rel=1e-8, abs=1e-8)


@given(rates, shares, elasticities)
def test_losses_are_zero_at_the_base_tariff(base: float, through: float, e: float) -> None:
    assert importer_loss(100.0, base, base, through, e) == pytest.approx(0.0, abs=1e-12)
    assert exporter_loss(100.0, 100.0, base, base, through, 0.2) == pytest.approx(0.0, abs=1e-12)


@given(rates, rates, shares)
def test_unit_elasticity_is_the_limit_of_its_neighbours(
    rate: float, base: float, through: float
) -> None:
    at_one = consumer_loss(100.0, rate, base, through, 1.0)
    assert at_one == pytest.approx(consumer_loss(100.0, rate, base, through, 1.0 + 1e-9), rel=1e-8)


@pytest.mark.parametrize(
    "less", [0.0, 1e-15, 1e-12, 1e-9, 3e-8, 1e-6, 1e-3, 0.09, 0.1, 0.11, 0.2, -0.7, 4.0]
)
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3, 1.45])
def test_consumer_loss_keeps_its_digits_at_every_elasticity(less: float, rate: float) -> None:
    """Against the theory's exponential less one, which loses none; imports in bn USD/yr, so 1e-11
    bn is nothing.
    """
    for e in {1.0 - less, 1.0 + less} - {-3.0}:
        theirs = Importer(500.0, 0.03, 0.9, e, revenue_weight=0.0).cost(rate)
        assert consumer_loss(500.0, rate, 0.03, 0.9, e) == pytest.approx(
            theirs, rel=2e-14, abs=1e-11
        )


@pytest.mark.parametrize(("through", "e"), [(0.8, 3.0), (0.9, 2.0), (0.6, 4.0), (0.94, 0.76)])
def test_the_optimal_tariff_is_the_closed_form(through: float, e: float) -> None:
    """tau* = (1 - p) / (p (e - 1 + p)), docs/validation.md, *Known answers*."""
    best = minimize_scalar(
        lambda t: importer_loss(100.0, t, 0.0, through, e),
        bounds=(0.0, 3.0),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert best.x == pytest.approx((1.0 - through) / (through * (e - 1.0 + through)), abs=1e-5)


def test_the_optimal_tariff_of_the_brief_is_met() -> None:
    best = minimize_scalar(
        lambda t: importer_loss(1.0, t, 0.0, 0.8, 3.0),
        bounds=(0.0, 1.0),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert best.x == pytest.approx(0.0893, abs=5e-5)
    assert best.x / (1.0 - 0.2 * best.x) == pytest.approx(0.0909, abs=1e-4)


@given(st.floats(0.01, 2.0), elasticities)
def test_with_full_pass_through_every_tariff_costs_the_importer(rate: float, e: float) -> None:
    assert importer_loss(100.0, rate, 0.0, 1.0, e) > 0.0


@given(rates, rates, shares, elasticities)
def test_demand_falls_as_the_tariff_rises(a: float, b: float, through: float, e: float) -> None:
    low, high = sorted((a, b))
    assert demand(100.0, high, 0.1, through, e) <= demand(100.0, low, 0.1, through, e) * (1 + 1e-12)


@given(st.floats(0.0, 1.0), st.floats(0.5, 2.0), st.floats(0.0, 0.4))
def test_the_tariff_runs_from_ceiling_to_floor(level: float, ceiling: float, floor: float) -> None:
    assert tariff_at(0.0, ceiling, floor) == ceiling
    assert tariff_at(1.0, ceiling, floor) == pytest.approx(floor)
    assert floor - 1e-12 <= tariff_at(level, ceiling, floor) <= ceiling + 1e-12


def test_the_fitted_tariff_issue_meets_the_true_cost_at_three_levels(runs: Runs) -> None:
    from sim.config.scenario import Scenario
    from sim.model import TruceModel
    from sim.rules.trade import fit_tariff, importer_cost

    model = TruceModel(Scenario(), 1, 0, collect="none")
    s, p = model.state.whole[0], model.params.record
    economy = p["economy"]["sides"]
    for side in (US, CN):
        linear, convex, _ = fit_tariff(s, p, side)
        cost = []
        for x in (0.0, 0.5, 1.0):
            rate = tariff_at(x, s["world"]["ceiling"][side], economy["floor_tariff"][side])
            base, through = economy["base_tariff"][side], economy["pass_through"][side]
            imports, e = economy["imports"][side], s["world"]["elasticity"][side]
            flow = demand(imports, rate, base, through, e)
            weights = (economy["revenue_weight"][side], economy["protection_weight"][side])
            cost.append(importer_cost(imports, flow, rate, base, through, e, *weights))
        assert linear * 0.5 + convex * 0.25 == pytest.approx(cost[1] - cost[0], rel=1e-9)
        assert linear + convex == pytest.approx(cost[2] - cost[0], rel=1e-9)
