"""Stocks and other sources (docs/validation.md, *Known answers*, number 6)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import MAGNETS, UNCONTROLLED
from sim.rules.supply import dependence_decline, loss_share

Runs = Callable[..., np.ndarray]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"truce.in_force": False},
        {"licensing.magnets.regime": "shipment", "firms.magnets.shipping_weeks": 12},
        {
            "firms.magnets.pipeline_share": 1.0,
            "firms.magnets.stock_share": 0.0,
            "us.resolve.trade": 0.0,
        },
    ],
)
def test_nothing_is_created_or_lost(settings: dict[str, object]) -> None:
    """To 1e-9, firm by firm: use and shortage are the need, what leaves is what arrives and is
    afloat, and what is ordered but has not left waits for tests.
    """
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    of = model.state.column
    afloat, arrived, left = of("in_transit"), np.zeros(160), np.zeros(160)
    open_lots = of("kind") == UNCONTROLLED
    while model.running:
        stock, held, share = of("stock"), of("held_new") + of("held"), of("other_share")
        model.step()
        arrived, left = arrived + of("arrived"), left + of("left")
        used = of("arrived") - (of("stock") - stock)
        need = used + of("shortage")
        assert (used >= -1e-9).all() and (need <= 1.0 - share + 1e-9).all()
        np.testing.assert_allclose(need[open_lots], (1.0 - share)[open_lots], atol=1e-9)
        assert (of("left") + of("held_new") + of("held") - held >= -1e-9).all()
    np.testing.assert_allclose(left, arrived + of("in_transit") - afloat, atol=1e-9)
    np.testing.assert_allclose(of("transit").sum(axis=0), of("in_transit"), atol=1e-9)
    assert (of("stock") >= -1e-12).all()


def test_of_a_firm_without_a_licence_that_needs_one_nothing_leaves() -> None:
    settings = {
        "licensing.magnets.capacity": 0.1,
        "licensing.magnets.capacity_start": 0.1,
        "licensing.magnets.licensed_share": 0.0,
        "truce.talks.sprint_meetings": 1,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    of, seen = model.state.column, 0
    for week in range(20):
        model.step()
        bare = (of("kind") != UNCONTROLLED) & (of("until") <= week)
        assert not of("left")[:120][bare[:120]].any()
        seen += int(bare[:120].sum())
    assert seen > 500 and of("left")[:120][~bare[:120]].any()


def test_free_goods_leave_no_firm_short() -> None:
    settings: dict[str, object] = {
        "firms.magnets.pipeline_share": 1.0,
        "firms.magnets.demand_growth": 0.0,
    }
    issues = {
        f"issues.{name}.{level}": 1.0
        for name in ("civil_magnets", "military_magnets")
        for level in ("terms", "in_force")
    }
    model = TruceModel(Scenario().change(settings | issues), 1, 0, collect="none")
    for _ in range(8):
        model.step()
        assert model.state.column("shortage")[:120].max() < 1e-9


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_losses_rise_with_shortage_up_to_all_that_is_at_risk(
    a: float, b: float, convexity: float
) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= loss_share(low, convexity) <= loss_share(high, convexity) + 1e-15 <= 1.0 + 1e-12
    assert loss_share(1.0, convexity) == pytest.approx(1.0)


@given(st.floats(0.01, 0.9), st.floats(-0.2, 1.0))
def test_dependence_declines_at_the_rate_its_complement_grows(share: float, growth: float) -> None:
    """d ln(1 - s)/dt = -growth s / (1 - s) for s growing at the log rate ``growth``."""
    step = 1e-6
    after = share * np.exp(growth * step)
    measured = -(np.log1p(-after) - np.log1p(-share)) / step
    assert dependence_decline(share, growth) == pytest.approx(measured, rel=1e-3, abs=1e-6)


def test_felt_risk_makes_firms_turn_to_other_sources(runs: Runs) -> None:
    calm = runs({"firms.magnets.qualify_threshold": 1.0})
    alert = runs({"firms.magnets.qualify_threshold": 0.01, "firms.magnets.qualify_weeks": 4})
    assert alert["shortage_weeks"][:, MAGNETS].mean() < calm["shortage_weeks"][:, MAGNETS].mean()
