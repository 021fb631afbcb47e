"""Delivery, monitoring, disputes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import BROKEN
from sim.rules.compliance import back_down_chance, phase_in
from sim.vocabulary import happened

Runs = Callable[..., np.ndarray]

PERFECT: dict[str, object] = {
    "compliance.us.drift_rate": 0.0,
    "compliance.cn.drift_rate": 0.0,
    "compliance.monitoring_noise": 0.0,
    "shocks.events.us_listing.rate": 0.01,
    "shocks.events.us_listing.size": 0.0,
}


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 104))
def test_levels_phase_in_toward_their_target(level: float, target: float, weeks: float) -> None:
    after = phase_in(level, target, weeks)
    assert min(level, target) - 1e-12 <= after <= max(level, target) + 1e-12
    assert abs(target - after) == pytest.approx(abs(target - level) * (1 - 1 / weeks), abs=1e-12)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 50))
def test_the_more_it_would_lose_the_sooner_the_accused_backs_down(
    a: float, b: float, scale: float
) -> None:
    low, high = sorted((a, b))
    assert back_down_chance(low, 10.0, scale) <= back_down_chance(high, 10.0, scale)
    assert back_down_chance(10.0, 10.0, scale) == pytest.approx(0.5)


def test_perfect_delivery_seen_without_noise_raises_no_claim(runs: Runs) -> None:
    out = runs(PERFECT)
    assert out["protests"].sum() == 0
    assert out["breaches"].sum() == 0


def test_noisier_monitoring_shortens_truces(runs: Runs) -> None:
    """P7 of sim/validation/patterns.py; Green and Porter 1984."""
    clear = runs({"compliance.monitoring_noise": 0.0}, 200)
    noisy = runs({"compliance.monitoring_noise": 0.4}, 200)
    assert noisy["suspensions"].mean() > clear["suspensions"].mean() + 0.2
    assert noisy["truce_share"].mean() < clear["truce_share"].mean()


def test_an_accuser_protests_before_it_retaliates_and_waits_as_long_as_it_says() -> None:
    settings = {
        "compliance.cn.start": 0.1,
        "compliance.recovery": 0.0,
        "compliance.protest_weeks": 5,
        "compliance.protest_repair": 0.0,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    seen: dict[str, int] = {}
    while len(seen) < 2 and model.running:
        model.step()
        events = int(model.series["events"])
        for name in ("protest", "retaliation"):
            if happened(events, f"{name}_us"):
                seen.setdefault(name, model.week)
    assert seen["retaliation"] - seen["protest"] == 5


@pytest.mark.parametrize(("scope", "withheld"), [("issue", 1), ("track", 2), ("all", 3)])
def test_retaliation_stays_within_its_enforcement_scope(scope: str, withheld: int) -> None:
    settings = {
        "compliance.cn.start": 0.1,
        "compliance.recovery": 0.0,
        "compliance.protest_repair": 0.0,
        "linkage.enforcement": scope,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    while not happened(int(model.series["events"]), "retaliation_us"):
        model.step()
    assert int((model.state.whole["issues"]["withheld"][0] > 0).sum()) == withheld


def test_a_suspension_needs_a_retaliation_first() -> None:
    settings = {"compliance.monitoring_noise": 0.5, "compliance.back_down_stakes": 300.0}
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    answered = False
    while model.running:
        model.step()
        events = int(model.series["events"])
        if happened(events, "suspension"):
            assert answered
            assert model.series["status"] == BROKEN
        answered = answered or happened(events, "retaliation")
    assert model.state.whole["out"]["suspensions"][0] > 0


def test_drift_lapses_are_repaired_in_time() -> None:
    model = TruceModel(
        Scenario().change(PERFECT | {"compliance.cn.start": 0.0}), 1, 0, collect="none"
    )
    kept, place = [], model.params.issues.index("civil_magnets")
    for _ in range(30):
        model.step()
        kept.append(float(model.state.whole["issues"]["kept"][0, place]))
    assert (np.diff(kept) >= -1e-12).all()
    assert kept[-1] > 0.9
