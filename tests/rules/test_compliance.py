"""Delivery, monitoring, disputes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import US
from sim.rules.compliance import FULL, SLACK, kept_at_most, phase_in

Runs = Callable[..., np.ndarray]
Lives = Callable[..., Any]

PERFECT: dict[str, object] = {
    "compliance.us.drift_rate": 0.0,
    "compliance.cn.drift_rate": 0.0,
    "compliance.monitoring_noise": 0.0,
    "compliance.review_rate": 0.0,
    "issues.fentanyl.deliverable": 1.0,
    "shocks.events.us_listing.rate": 0.01,
    "shocks.events.us_listing.size": 0.0,
}
# an office that licenses all chips at once: a deal on them is delivered by licences
PROMPT: dict[str, object] = {
    **{f"licensing.chips.approve_{form}": 1.0 for form in ("shipment", "six_months", "general")},
    "licensing.chips.capacity": 400.0,
    "licensing.chips.capacity_start": 400.0,
    "licensing.chips.file_weeks_most": 1.0,
    "licensing.chips.relax_weeks": 1,
    "licensing.chips.relax_named": 1,
}
# Beijing delivers less than it promised: no licences, and a part of the rest
SHORT: dict[str, object] = PERFECT | {
    "licensing.magnets.regime": "suspended",
    "issues.fentanyl.deliverable": 0.3,
    "issues.critical_minerals.deliverable": 0.3,
}


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 104))
def test_levels_phase_in_toward_their_target(level: float, target: float, weeks: float) -> None:
    after = phase_in(level, target, weeks)
    assert min(level, target) - 1e-12 <= after <= max(level, target) + 1e-12
    assert abs(target - after) == pytest.approx(abs(target - level) * (1 - 1 / weeks), abs=1e-12)


def test_perfect_delivery_seen_without_noise_raises_no_claim(runs: Runs) -> None:
    out = runs(PERFECT | PROMPT | {"truce.disputes.occasion_rate": 0.0})
    assert out["protests"].sum() == 0
    assert out["breaches"].sum() == 0


def test_what_slack_delivers_is_its_share_and_full_effort_all_that_can_be_had() -> None:
    model = TruceModel(Scenario().change(PERFECT), 1, 0, collect="none")
    s, p, issues = model.state.whole[0], model.params.record, model.scenario.issues
    for effort, most in ((FULL, 1.0), (SLACK, model.scenario.compliance.slack)):
        s["sides"]["effort"][:] = effort
        for k, name in enumerate(model.params.issues):
            usual = most * issues[name].deliverable
            tariff = name.endswith("_tariff")
            assert kept_at_most(s, p, k) == pytest.approx(1.0 if tariff else usual)


def test_a_lasting_shortfall_is_got_used_to(runs: Runs) -> None:
    """With habit fewer claims come of the same slack."""
    claims = [
        runs(SHORT | {"compliance.habit": habit}, 60)["protests"][:, US] for habit in (0.0, 1.0)
    ]
    assert claims[1].mean() < claims[0].mean()


def test_who_is_owed_more_than_is_delivered_trusts_less() -> None:
    model = TruceModel(Scenario().change(SHORT), 1, 0, collect="none")
    first = model.scenario.compliance.us.trust
    for _ in range(8):
        model.step()
    trust = model.state.whole[0]["sides"]["trust"]
    assert trust[US] < first and ((trust >= 0.0) & (trust <= 1.0)).all()


def test_noisier_monitoring_brings_more_claims(runs: Runs) -> None:
    """Of P7 of sim/validation/patterns.py; Green and Porter 1984."""
    clear = runs({"compliance.monitoring_noise": 0.0}, 200)
    noisy = runs({"compliance.monitoring_noise": 0.4}, 200)
    assert noisy["protests"].mean() > clear["protests"].mean()


def test_a_claim_needs_a_grievance_above_its_floor(lived: Lives) -> None:
    seen = 0
    for floor in (0.0, 1.0):
        settings = SHORT | {"compliance.claim_floor": floor}
        found = lived(settings | {"truce.disputes.claim_cost": 0.0}, 40)
        seen += len(found.of("protested")) if floor == 0.0 else 0
        if floor == 1.0:
            assert len(found.of("protested")) == 0
    assert seen > 10


def test_a_government_slacks_only_when_it_reviews(lived: Lives) -> None:
    assert len(lived({"compliance.review_rate": 0.0}, 20).of("slacked")) == 0
    often = lived({"compliance.review_rate": 0.5}, 20)
    assert len(often.of("slacked")) > 0 and len(often.of("delivered")) > 0


def test_drift_lapses_are_repaired_in_time() -> None:
    model = TruceModel(Scenario().change(PERFECT), 1, 0, collect="none")
    kept, place = [], model.params.issues.index("civil_magnets")
    model.state.whole["issues"]["kept"][0, place] = 0.0
    for _ in range(30):
        model.step()
        kept.append(float(model.state.whole["issues"]["kept"][0, place]))
    assert (np.diff(kept) >= -1e-12).all()
    assert kept[-1] > 0.9
