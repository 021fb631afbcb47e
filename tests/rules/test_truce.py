"""The date, renewals and their lengths, limbo, lapse, the ladder without a truce, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import BROKEN, CN, N_SIDES, TRADE, TRUCE, US
from sim.rules.disputes import impose
from sim.rules.outlook import length_option
from sim.rules.packages import level_value
from sim.rules.state import N_LENGTHS, NEVER
from sim.rules.terms import concede, terms_of_return
from sim.rules.truce import break_truce, foreseen, readiness
from sim.vocabulary import SIDES, happened

Runs = Callable[..., np.ndarray]
Lives = Callable[..., Any]

NO_TALKS: dict[str, object] = {
    "truce.talks.meetings_per_week": 0,
    "truce.talks.sprint_weeks": 0,
    "truce.talks.interim_rate": 0.0,
}
CALM = NO_TALKS | {"truce.disputes.occasion_rate": 0.0}
NEVER_RENEW: dict[str, object] = {f"{side}.extension_bias": -100.0 for side in SIDES}
ALWAYS_RENEW: dict[str, object] = {f"{side}.extension_bias": 100.0 for side in SIDES}


def quiet(settings: dict[str, object], run: int = 0) -> TruceModel:
    return TruceModel(Scenario().change(CALM | settings), 1, run, collect="none")


def first_day(settings: dict[str, object]) -> tuple[TruceModel, Any, Any]:
    model = quiet(settings)
    return model, model.state.whole[0], model.params.record


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 20))
def test_readiness_rises_with_loss_and_is_half_at_the_threshold(
    loss: float, threshold: float, width: float
) -> None:
    assert readiness(threshold, threshold, width) == pytest.approx(0.5)
    assert readiness(loss + 1.0, threshold, width) >= readiness(loss, threshold, width)


@pytest.mark.parametrize(
    ("usual", "expected"),
    [(13, [4, 13, 26, 52, 104]), (26, [8, 26, 52, 104, 208]), (1, [1, 1, 2, 4, 8])],
)
def test_lengths_on_offer_are_those_of_the_record_where_the_usual_one_is_a_quarter(
    usual: int, expected: list[int]
) -> None:
    p = quiet({"truce.length_weeks": usual}).params.record
    assert [length_option(p, option) for option in range(N_LENGTHS)] == expected
    fixed = quiet({"truce.length_weeks": usual, "truce.lengths": "fixed"}).params.record
    assert [length_option(fixed, option) for option in range(N_LENGTHS)] == [usual] * N_LENGTHS


def test_renewals_take_every_length_where_they_are_bargained_and_one_where_they_are_fixed(
    lived: Lives,
) -> None:
    bargained = lived({}, 80).of("renewed")["first"]
    assert set(bargained) == {4, 13, 26, 52, 104}
    fixed = lived({"truce.lengths": "fixed", "truce.length_weeks": 9}, 20).of("renewed")["first"]
    assert set(fixed) == {9}


def test_a_renewal_runs_from_the_date_it_renews_where_that_is_to_come(lived: Lives) -> None:
    """Its weeks are added to the date; past it they count from the week."""
    fixed = lived({"truce.lengths": "fixed"} | CALM | ALWAYS_RENEW, 10)
    left = fixed.weeks["weeks_to_deadline"]
    renewed = happened(fixed.weeks["events"], "extension")
    assert renewed.any()
    before = np.concatenate([np.full((len(left), 1), 9.0), left[:, :-1]], axis=1)
    assert (left[renewed] == before[renewed] - 1 + 13).all()


def test_nothing_is_decided_before_the_window_and_all_by_the_date() -> None:
    """11 June to 12 August 2025 is week 8 counted from 0."""
    model = quiet({"truce.window_weeks": 0})
    decided = None
    while decided is None:
        model.step()
        events = int(model.series["events"])
        if any(happened(events, name) for name in ("extension", "lapse", "limbo")):
            decided = model.week - 1
    assert decided == 8


def test_past_its_date_a_truce_stands_until_somebody_ends_it() -> None:
    """Nothing snaps back in limbo."""
    model, passed = quiet(NEVER_RENEW | {"truce.limbo_rate": 0.0}), 0
    tariffs = [model.params.issues.index(f"{side}_tariff") for side in SIDES]
    agreed = model.state.whole[0]["issues"]["agreed"].copy()
    for _ in range(40):
        model.step()
        passed += happened(int(model.series["events"]), "limbo")
        assert model.series["status"] == TRUCE
        assert (model.state.whole[0]["issues"]["agreed"][tariffs] >= agreed[tariffs]).all()
    assert passed == 1 and model.series["weeks_to_deadline"] < 0


def test_in_limbo_either_side_may_let_it_lapse() -> None:
    ending = {"truce.limbo_rate": 1.0, "truce.limbo": 100.0, "truce.reentry.rate": 0.0}
    model = quiet(NEVER_RENEW | ending)
    for _ in range(10):
        model.step()
    out = model.state.whole[0]["out"]
    assert (out["lapses"], out["breaks"], out["weeks_to_first_break"]) == (1, 1, 9.0)


def test_a_truce_that_cannot_be_extended_lapses_at_its_date_and_tariffs_snap_back() -> None:
    stay = {"truce.reentry.rate": 0.0, "truce.escalation.occasion_rate": 0.0}
    model = quiet({"truce.max_extensions": 0, "truce.limbo_rate": 0.0} | stay)
    assert foreseen(model.state.whole[0], model.params.record) == (0.0, 0.0)
    limbo = False
    for week in range(11):
        model.step()
        limbo = limbo or happened(int(model.series["events"]), "limbo")
        assert (model.series["status"] == BROKEN) == (week >= 8)
    levels = dict(zip(model.params.issues, model.series["level"], strict=False))
    assert not limbo
    assert levels["us_tariff"] == pytest.approx(0.474)
    assert levels["cn_tariff"] == pytest.approx(0.716)


def test_extensions_are_counted_up_to_their_cap(runs: Runs) -> None:
    short = {"truce.lengths": "fixed", "truce.length_weeks": 4, "truce.max_extensions": 3}
    out = runs(CALM | ALWAYS_RENEW | short | {"truce.reentry.rate": 0.0}, 30)
    assert set(out["extensions"]) == {3} and set(out["lapses"]) == {1}
    assert (out["dates_met"] == 3).all() and (out["dates"] == 4).all()


def test_a_truce_without_a_date_needs_no_renewal(lived: Lives) -> None:
    undated = lived(CALM | {"truce.dated": False}, 20)
    assert np.isnan(undated.weeks["weeks_to_deadline"]).all()
    assert (undated.weeks["status"] == TRUCE).all()
    assert undated.out["dates"].sum() == undated.out["extensions"].sum() == 0


def test_what_is_foreseen_is_a_chance_and_falls_with_the_price_of_extending() -> None:
    found = []
    for cost in (0.0, 10.0, 40.0, 150.0):
        model, s, p = first_day({"truce.extension_cost": cost})
        now, then = foreseen(s, p)
        found.append(now)
        assert then <= now + 1e-12
    assert all(0.0 <= e <= 1.0 for e in found)
    assert found == sorted(found, reverse=True) and found[0] > found[-1] + 0.2


def test_a_date_is_met_or_not_once(runs: Runs) -> None:
    out = runs({}, 200)
    assert (out["dates_met"] <= out["dates"]).all()
    assert (out["dates_met"] <= out["extensions"]).all()
    assert (out["breaks"] == out["lapses"] + out["endings"]).all()


def test_extensions_raise_and_breaks_lower_the_record_of_the_truce() -> None:
    seen = set()
    for run in range(12):
        model = quiet({"truce.reentry.rate": 0.0, "truce.max_extensions": 3}, run)
        before = model.negotiators[US].belief_alive
        while model.running:
            model.step()
            events, after = int(model.series["events"]), model.negotiators[US].belief_alive
            for event, sign in (("extension", 1), ("lapse", -1)):
                if happened(events, event):
                    seen.add(event)
                    assert sign * (after - before) > 0.0
            before = after
    assert seen == {"extension", "lapse"}


def test_the_ladder_is_climbed_to_its_cap_and_no_further() -> None:
    climbing = {
        "truce.max_extensions": 0,
        "truce.reentry.rate": 0.0,
        "truce.escalation.occasion_rate": 1.0,
        "truce.escalation.climb_cost": 0.0,
        "truce.escalation.notice_weeks": 0.0,
        "truce.escalation.rung_cap": 2,
    }
    model = quiet(climbing | {f"politics.{side}.hawk_push": 100.0 for side in SIDES})
    rungs = np.zeros(N_SIDES)
    while model.running:
        model.step()
        events, now = int(model.series["events"]), model.series["rung"]
        climbed = [happened(events, f"rung_{side}") for side in SIDES]
        assert climbed == (now > rungs).tolist()
        assert not happened(events, "reentry") and (now - rungs <= 1).all()
        rungs = now.copy()
    assert list(model.series["rung"]) == [2, 2]
    level = model.series["level"][model.params.issues.index("us_tariff")]
    assert level == pytest.approx(0.474 - 2 * 0.16)


def test_a_rung_is_in_force_no_sooner_than_a_week_after_it_is_decided(lived: Lives) -> None:
    """A war that begins in week 8 has no rung before week 10, and with long notice few at once."""
    war = {"truce.max_extensions": 0, "truce.reentry.rate": 0.0, "calendar.horizon_weeks": 40}
    quick = lived(CALM | war | {"truce.escalation.notice_weeks": 0.0}, 30).weeks["rung"]
    slow = lived(CALM | war | {"truce.escalation.notice_weeks": 10.0}, 30).weeks["rung"]
    assert not quick[:, :10].any() and quick.any()
    assert slow.mean() < quick.mean()


def test_both_sides_lose_from_a_lapse_and_more_from_a_deeper_rung(runs: Runs) -> None:
    """P9 of sim/validation/patterns.py."""
    lost = []
    climbing = {"truce.escalation.climb_cost": 0.0, "truce.escalation.occasion_rate": 1.0}
    for settings in (
        ALWAYS_RENEW,
        {"truce.max_extensions": 0, "truce.escalation.rung_cap": 0, "truce.reentry.rate": 0.0},
        {"truce.max_extensions": 0, "truce.escalation.rung_cap": 3, "truce.reentry.rate": 0.0}
        | climbing,
    ):
        lost.append(runs(CALM | settings)["welfare_loss"].mean(axis=0))
    assert (np.diff(np.asarray(lost), axis=0) > 0).all()


def test_talks_reopen_sooner_where_both_hurt_more(runs: Runs) -> None:
    early = runs({"truce.in_force": False, "truce.reentry.threshold": 1.0}, 60)
    late = runs({"truce.in_force": False, "truce.reentry.threshold": 12.0}, 60)
    assert np.nanmean(early["weeks_to_first_truce"]) < np.nanmean(late["weeks_to_first_truce"])


def worth_of_trade(model: TruceModel, s: Any, i: int, levels: np.ndarray) -> float:
    """What levels of the issues of trade are worth to a side, bn USD/yr."""
    side, total = SIDES.names[i], 0.0
    for k, name in enumerate(model.params.issues):
        issue = model.scenario.issues[name]
        if issue.track == "trade":
            total += level_value(s["issues"], k, issue.owner == side, levels[k])
    return total


@pytest.mark.parametrize("lost", [0.0, 5.0, 50.0])
def test_on_the_way_back_nobody_has_less_than_at_war(lost: float) -> None:
    back = 0
    for run in range(12):
        model = quiet({"truce.in_force": False, "truce.reentry.rate": 0.0}, run)
        for _ in range(6):
            model.step()
        s, p = model.state.whole[0], model.params.record
        s["sides"]["break_loss"] = lost
        at_war = s["issues"]["level"].copy()
        if not terms_of_return(s, p):
            continue
        back += 1
        for i in range(N_SIDES):
            gain = worth_of_trade(model, s, i, s["issues"]["agreed"])
            assert gain >= worth_of_trade(model, s, i, at_war) - 1e-9
    assert lost < 50.0 or back > 6


def test_returns_bargain_a_length_or_set_no_date(lived: Lives) -> None:
    war = {"truce.in_force": False, "truce.first_deadline_weeks": 0}
    lengths = lived(war | {"truce.reentry.undated_share": 0.5}, 60).of("returned")["first"]
    assert (lengths == 0).any() and (lengths > 0).any()
    never = lived(war | {"truce.reentry.undated_share": 0.0}, 30).of("returned")["first"]
    assert len(never) and (never > 0).all()


def test_a_concession_is_the_cheapest_for_what_it_gives_and_stays_within_its_red_line() -> None:
    model, s, p = first_day({})
    before = s["issues"]["agreed"].copy()
    k = int(concede(s, p, CN, 1.0))
    gain = s["issues"]["benefit"][k] * (s["issues"]["agreed"][k] - before[k])
    assert model.scenario.issues[model.params.issues[k]].owner == "cn"
    assert gain == pytest.approx(1.0)
    k = int(concede(s, p, CN, 1e6))
    assert s["issues"]["agreed"][k] == model.scenario.issues[model.params.issues[k]].red_line


def test_a_break_ends_all_disputes_about_the_truce() -> None:
    model, s, p = first_day({})
    impose(s, p, CN, model.params.issues.index("civil_magnets"), 0.6, 0)
    us = s["sides"][US]
    us["threat_date"], us["grievance"], us["protest_since"] = 5, 3.0, 0
    break_truce(s, p)
    sides = s["sides"]
    assert s["world"]["status"] == BROKEN and s["world"]["crisis_since"] == NEVER
    assert not sides["measure"].any() and not sides["grievance"].any()
    assert not sides["responds"].any() and not s["issues"]["withheld"].any()
    assert (sides["threat_date"] == NEVER).all() and (sides["protest_since"] == NEVER).all()
    assert s["out"]["crises_broken"] == 1 and s["out"]["breaks"] == 1
    assert s["world"]["settled"][TRADE] == 0
