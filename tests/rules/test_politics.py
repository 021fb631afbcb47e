"""Lobbying, hawks, support."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.rules.politics import drift_hazard, security_cost_factor, support, value_factor
from sim.vocabulary import SIDES, TRACKS

Runs = Callable[..., np.ndarray]


@given(st.floats(-50, 50), st.floats(0, 50), st.floats(0.1, 50))
def test_support_rises_with_gain_and_falls_with_opposition(
    gain: float, opposition: float, scale: float
) -> None:
    assert support(gain + 1.0, opposition, scale, 0.0) >= support(gain, opposition, scale, 0.0)
    assert support(gain, opposition + 1.0, scale, 0.0) <= support(gain, opposition, scale, 0.0)
    assert support(opposition, opposition, scale, 0.0) == pytest.approx(0.5)


def test_no_pressure_leaves_values_alone() -> None:
    assert value_factor(0.5, 0.0) == security_cost_factor(0.5, 0.0) == 1.0
    assert drift_hazard(0.9, 1.0, 0.0) == 0.9


def test_hawk_pressure_fades_where_nothing_is_conceded(runs: Runs) -> None:
    hot = {f"politics.{side}.hawk_start": 3.0 for side in SIDES}
    lasting = runs(hot | {f"politics.{side}.hawk_decay": 0.0 for side in SIDES})
    fading = runs(hot | {f"politics.{side}.hawk_decay": 0.2 for side in SIDES})
    assert (fading["hawk"].mean(axis=0) < 0.5 * lasting["hawk"].mean(axis=0)).all()


def test_hawks_make_concessions_of_controls_smaller(runs: Runs) -> None:
    base = {
        **{f"{side}.resolve.{track}": 5.0 for side in SIDES for track in TRACKS},
        "linkage.tracks": "package",
    }
    dove = runs(base | {"politics.us.hawk_cost": 0.0, "politics.cn.hawk_cost": 0.0})
    hawk = runs(base | {"politics.us.hawk_cost": 8.0, "politics.cn.hawk_cost": 8.0})
    for name in ("military_magnets", "ai_chips"):
        place = flatten(Scenario()).issues.index(name)
        assert hawk["final_level"][:, place].mean() < dove["final_level"][:, place].mean()
