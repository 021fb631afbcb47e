"""AI chips: a licence is an offer (docs/licences.md, *Chips*)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.chips import share_taken
from sim.rules.codes import CHIPS
from sim.rules.measures import CHIP_DRAWS
from sim.rules.supply import conditions

Runs = Callable[..., np.ndarray]
LICENSED: dict[str, object] = {"licensing.chips.regime": "six_months"}
H20, NO_LUCK = (
    {"licensing.chip_offer.quality": 0.9},
    {"licensing.chip_offer.quality_spread": 0.0, "licensing.chip_offer.bar_spread": 0.0},
)
use = st.floats(0.05, 50)


def taken(quality: float, levy: float, own: float) -> float:
    """The share taken at the default bar."""
    return float(share_taken(quality, levy, own, 0.35, 1.2, 0.4))


def test_known_shares_taken() -> None:
    """All in 2024; none in August 2025; a card half as good again, two thirds."""
    assert taken(1.5, 0.0, 0.2) == 1.0
    assert taken(0.9, 0.15, 0.41) == 0.0
    assert taken(1.4, 0.15, 0.5) == pytest.approx(0.668, abs=5e-4)


@given(use, use, st.floats(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_less_is_taken_of_a_worse_card_a_dearer_one_and_where_own_ones_grow(
    quality: float, better: float, levy: float, own: float, more: float
) -> None:
    low, high = sorted((quality, better))
    assert 0.0 <= taken(low, levy, own) <= taken(high, levy, own) <= 1.0
    assert taken(quality, levy + 1.0, own) <= taken(quality, levy, own)
    assert taken(quality, levy, own + more) <= taken(quality, levy, own)


def test_the_h20_of_august_2025_is_declined_in_two_of_three_runs(runs: Runs) -> None:
    """By the draws of 2,000 runs: .15 taken and .67 declined by the design."""
    out = runs({"calendar.horizon_weeks": 4, "outcomes.weeks_in_force": 4} | H20, count=2000)
    quality, bar = out["surprises"][:, CHIP_DRAWS : CHIP_DRAWS + 2].astype(float).T
    own = Scenario().firms.chips.other_share
    found = np.array(
        [
            float(share_taken(0.9 * np.exp(0.2 * q), 0.15, own, 0.35 + 0.12 * b, 1.2, 0.4))
            for q, b in zip(quality, bar, strict=True)
        ]
    )
    assert found.mean() == pytest.approx(0.15, abs=0.03)
    assert (found == 0.0).mean() == pytest.approx(0.67, abs=0.06)


def test_draws_are_normal_and_what_the_rule_uses() -> None:
    model = TruceModel(Scenario(), 1, 3, collect="none")
    quality, bar = model.state.whole["out"]["surprises"][0][CHIP_DRAWS : CHIP_DRAWS + 2]
    world = model.state.whole[0]["world"]
    assert world["chip_quality"] == pytest.approx(np.exp(0.2 * quality), rel=1e-6)
    assert world["chip_bar"] == pytest.approx(0.12 * bar, rel=1e-6)


def test_own_chips_grow_faster_under_denial_than_under_licences(runs: Runs) -> None:
    """Three years on .82 and .65 by the design, the latter with all that is asked licensed."""
    years = {"calendar.horizon_weeks": 156}
    denied = runs(years | {"licensing.chips.regime": "suspended"}, count=20)
    free = runs(years | {"licensing.chips.regime": "general"}, count=20)
    assert denied["other_share"][:, CHIPS].mean() == pytest.approx(0.82, abs=0.03)
    assert free["other_share"][:, CHIPS].mean() == pytest.approx(0.65, abs=0.04)


def test_sales_fall_with_the_levy_and_the_gap_with_the_cap(runs: Runs) -> None:
    def of(settings: dict[str, object], measure: str) -> float:
        return float(runs(LICENSED | settings, count=20)[measure][:, CHIPS].mean())

    levies = [
        of({"licensing.chip_offer.levy": levy, "licensing.chip_offer.quality": 1.5}, "flow")
        for levy in (0.0, 0.25, 0.5)
    ]
    gaps = [of({"firms.chips.order_cap": cap}, "shortage_weeks") for cap in (0.3, 0.6, 1.2)]
    assert levies == sorted(levies, reverse=True) and levies[2] < 0.7 * levies[0]
    assert gaps == sorted(gaps, reverse=True) and gaps[2] < 0.7 * gaps[0]


def test_general_licences_have_no_levy() -> None:
    settings = NO_LUCK | {"licensing.chip_offer.quality": 1.5, "licensing.chip_offer.levy": 1.0}
    by_regime = {}
    for regime in ("six_months", "general"):
        changes = settings | {"licensing.chips.regime": regime}
        model = TruceModel(Scenario().change(changes), 1, 0, collect="none")
        model.step()
        by_regime[regime] = float(model.state.whole[0]["world"]["share_taken"])
    assert by_regime["six_months"] == 0.0 < 0.5 < by_regime["general"]


def test_what_is_declined_is_worth_nothing_and_is_no_breach(runs: Runs) -> None:
    model = TruceModel(Scenario().change(NO_LUCK | H20), 1, 0, collect="none")
    steps.value_issues(*model.all_sides)
    row = model.params.issues.index("ai_chips")
    assert model.state.whole[0]["issues"]["benefit"][row] == 0.0
    assert model.state.whole[0]["issues"]["linear"][row] == 0.0
    # all else that Washington promised is delivered, so that chips alone could be missed
    promised = LICENSED | {"issues.ai_chips.terms": 0.4, "issues.ai_chips.in_force": 0.4}
    promised |= {"issues.us_counter_controls.in_force": 0.6, "compliance.us.drift_rate": 0.0}
    promised |= {"compliance.monitoring_noise": 0.0, "compliance.review_rate": 0.0}
    wanted, declined = (
        runs(promised | changes, count=40)["protests"][:, 1].mean()
        for changes in (NO_LUCK, NO_LUCK | H20)
    )
    assert declined <= wanted


def test_what_is_declined_is_not_ordered() -> None:
    model = TruceModel(Scenario().change(LICENSED | NO_LUCK | H20), 1, 0, collect="none")
    assert conditions(model.state.whole[0], model.params.record, CHIPS).most == 0.0
    kept = TruceModel(Scenario().change(LICENSED | NO_LUCK), 1, 0, collect="none")
    most = conditions(kept.state.whole[0], kept.params.record, CHIPS).most
    assert most == pytest.approx(Scenario().firms.chips.order_cap)
