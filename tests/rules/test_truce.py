"""Clock, extension, lapse, ladder, re-entry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.rules.codes import BROKEN, TACTICAL_PAUSE, US
from sim.rules.truce import extension_cost, readiness
from sim.vocabulary import happened

Runs = Callable[..., np.ndarray]

NO_TALKS = {"truce.talks.meetings_per_week": 0, "truce.talks.sprint_weeks": 0}


def quiet(settings: dict[str, object], run: int = 0) -> TruceModel:
    return TruceModel(Scenario().change(NO_TALKS | settings), 1, run, collect="none")


@given(st.floats(0, 50), st.floats(0, 3), st.integers(0, 20))
def test_each_extension_costs_more_face_than_the_last(
    cost: float, growth: float, extensions: int
) -> None:
    assert extension_cost(cost, growth, 0) == cost
    more = extension_cost(cost, growth, extensions + 1) - extension_cost(cost, growth, extensions)
    assert more == pytest.approx(cost * growth)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 20))
def test_readiness_rises_with_loss_and_is_half_at_the_threshold(
    loss: float, threshold: float, width: float
) -> None:
    assert readiness(threshold, threshold, width) == pytest.approx(0.5)
    assert readiness(loss + 1.0, threshold, width) >= readiness(loss, threshold, width)


def test_the_first_deadline_is_where_the_calendar_says() -> None:
    """11 June to 12 August 2025 is week 8 counted from 0: nothing is decided before the window, all
    by the deadline.
    """
    model = quiet({"truce.window_weeks": 0})
    decided = None
    while decided is None:
        model.step()
        events = int(model.series["events"])
        if happened(events, "extension") or happened(events, "lapse"):
            decided = model.week - 1
    assert decided == 8


def test_a_truce_that_cannot_be_extended_lapses_and_tariffs_snap_back() -> None:
    model = quiet(
        {"truce.max_extensions": 0, "truce.reentry.rate": 0.0, "truce.escalation.answer_rate": 0.0}
    )
    for _ in range(11):
        model.step()
    levels = dict(zip(model.params.issues, model.series["level"], strict=False))
    assert model.series["status"] == BROKEN
    assert levels["us_tariff"] == pytest.approx(0.474)
    assert levels["cn_tariff"] == pytest.approx(0.716)


def test_the_ladder_is_climbed_to_its_cap_and_no_further() -> None:
    settings = {
        "truce.max_extensions": 0,
        "truce.reentry.rate": 0.0,
        "truce.escalation.answer_rate": 1.0,
        "truce.escalation.rung_cap": 2,
    }
    model = quiet(settings)
    while model.running:
        model.step()
    assert list(model.series["rung"]) == [2, 2]
    assert model.series["level"][model.params.issues.index("us_tariff")] == pytest.approx(
        0.474 - 2 * 0.16
    )


def test_extensions_raise_and_lapses_lower_the_belief_in_the_truce() -> None:
    for run in range(12):
        model = quiet({"truce.reentry.rate": 0.0}, run)
        before = model.negotiators[US].belief_alive
        while model.running:
            model.step()
            events, after = int(model.series["events"]), model.negotiators[US].belief_alive
            if happened(events, "extension"):
                assert after > before
            if happened(events, "lapse"):
                assert after < before
            before = after


def test_cheap_extensions_make_pauses_and_kill_breakthroughs(runs: Runs) -> None:
    """P4 of sim/validation/patterns.py."""
    cheap = runs({"truce.extension_cost": 0.0, "truce.extension_cost_growth": 0.0}, 300)
    dear = runs({"truce.extension_cost": 25.0}, 300)
    assert (cheap["outcome"] == TACTICAL_PAUSE).mean() > (
        dear["outcome"] == TACTICAL_PAUSE
    ).mean() + 0.1


def test_both_sides_lose_from_a_lapse_and_more_from_a_deeper_rung(runs: Runs) -> None:
    """P9 of sim/validation/patterns.py."""
    lost = []
    for settings in (
        {"us.extension_bias": 100.0, "cn.extension_bias": 100.0},
        {"truce.max_extensions": 0, "truce.escalation.rung_cap": 0, "truce.reentry.rate": 0.0},
        {"truce.max_extensions": 0, "truce.escalation.rung_cap": 3, "truce.reentry.rate": 0.0},
    ):
        lost.append(runs(NO_TALKS | settings)["welfare_loss"].mean(axis=0))
    assert (np.diff(np.asarray(lost), axis=0) > 0).all()


def test_talks_reopen_sooner_where_both_hurt_more(runs: Runs) -> None:
    early = runs({"truce.in_force": False, "truce.reentry.threshold": 1.0}, 60)
    late = runs({"truce.in_force": False, "truce.reentry.threshold": 12.0}, 60)
    assert np.nanmean(early["weeks_to_first_truce"]) < np.nanmean(late["weeks_to_first_truce"])


@pytest.mark.parametrize("end", ["lapse", "suspension"])
def test_a_dispute_ends_with_the_truce_that_it_is_about(end: str) -> None:
    settings = (
        {"truce.max_extensions": 0} if end == "lapse" else {"compliance.back_down_stakes": 300.0}
    )
    model = quiet(
        settings
        | {"truce.reentry.rate": 0.0, "compliance.cn.start": 0.2, "compliance.recovery": 0.0}
    )
    disputed = False
    while model.series["status"] != BROKEN or model.week == 0:
        disputed = disputed or bool(model.state.whole["sides"]["grievance"].any())
        model.step()
    assert disputed
    state = model.state.whole
    assert not state["sides"]["dispute"].any()
    assert not state["sides"]["grievance"].any()
    assert not state["issues"]["withheld"].any()


def test_no_truce_that_returns_is_suspended_before_it_could_be_disputed(runs: Runs) -> None:
    settings = {
        "truce.max_extensions": 0,
        "truce.reentry.threshold": 0.5,
        "compliance.cn.start": 0.2,
        "compliance.back_down_stakes": 300.0,
    }
    values = flatten(Scenario().change(settings)).values
    _, weeks = simulate(values, np.zeros(80, np.int64), np.arange(80), 1, weekly=80)
    suspended, backed_down = (
        happened(weeks["events"], name) for name in ("suspension", "back_down")
    )
    back = np.argwhere(happened(weeks["events"], "reentry")[:, :-4])
    assert len(back) > 50
    for run, week in back:
        assert not suspended[run, week + 1 : week + 5].any()
        assert not backed_down[run, week + 1 : week + 5].any()
