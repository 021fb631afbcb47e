"""Outcomes that cannot happen are named with the reason, and never happen; what can is not
named.
"""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.impossible import ruled_out
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.vocabulary import OUTCOMES

BY_THRESHOLDS = "outcomes.breakthrough=thresholds"
DEALS = {"breakthrough", "narrow_deal"}
GENEROUS = ("scenario=breakthrough", "outcomes.weeks_in_force=1", "outcomes.closing_weeks=1")
# settings beside the generous ones -> what they rule out, a word of the reason
CASES: dict[str, tuple[tuple[str, ...], set[str], str]] = {
    "no chips among the issues": (
        (BY_THRESHOLDS, "~issues.ai_chips"),
        {"breakthrough"},
        "AI chips",
    ),
    "nothing to concede on semiconductors": (
        ("issues.ai_chips.red_line=0.1", "issues.ai_chips.terms=0.1"),
        {"breakthrough"},
        "semiconductors track",
    ),
    "no issue on the minerals track": (
        ("~issues.critical_minerals", "~issues.military_magnets"),
        {"breakthrough"},
        "minerals track",
    ),
    "no military magnets among the issues": (
        (BY_THRESHOLDS, "~issues.military_magnets"),
        {"breakthrough"},
        "military magnets",
    ),
    "a red line below what counts": (
        (BY_THRESHOLDS, "issues.ai_chips.red_line=0.2"),
        {"breakthrough"},
        "red line",
    ),
    "a tariff that stays high": (
        (
            BY_THRESHOLDS,
            "issues.us_tariff.red_line=0.71",
            "outcomes.us_tariff=0.3",
            "~shocks.events.court_ruling",
        ),
        {"breakthrough"},
        "tariff",
    ),
    "no meetings": (
        ("truce.talks.meetings_per_week=0", "truce.talks.sprint_weeks=0"),
        DEALS,
        "never meet",
    ),
    "a run before the first date, without threats": (
        ("calendar.horizon_weeks=6", "truce.disputes.occasion_rate=0"),
        {"breakdown"},
        "before",
    ),
    "a truce without date or threats": (
        ("truce.dated=false", "truce.disputes.occasion_rate=0"),
        {"breakdown"},
        "before",
    ),
    "no truce and no way back": (
        ("truce.in_force=false", "truce.reentry.rate=0"),
        {*DEALS, "tactical_pause"},
        "reopen",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_ruled_out_has_its_reason_and_never_happens(name: str) -> None:
    settings, expected, word = CASES[name]
    scenario = sim.load(*GENEROUS, *settings)
    found = ruled_out(scenario)
    assert set(found) == expected
    assert all(word in reason for reason in found.values())
    ended = simulate(flatten(scenario).values, np.zeros(60, np.int64), np.arange(60), 1)[0]
    for measure in ("outcome", "final_state"):
        assert not {OUTCOMES.names[code] for code in ended[measure]} & expected


@pytest.mark.parametrize(
    "name", ["london", "geneva", "escalation", "tactical_pause", "breakthrough"]
)
def test_nothing_is_ruled_out_in_the_scenarios_of_the_house(name: str) -> None:
    assert ruled_out(sim.load(f"scenario={name}")) == {}


def test_a_tariff_that_a_court_may_cut_is_not_ruled_out() -> None:
    settings = (BY_THRESHOLDS, "issues.us_tariff.red_line=0.71", "outcomes.us_tariff=0.3")
    assert "breakthrough" in ruled_out(sim.load(*settings, "shocks=none"))
    assert "breakthrough" not in ruled_out(sim.load(*settings))


def test_one_week_more_than_the_first_possible_break_rules_nothing_out() -> None:
    calm = ("truce.disputes.occasion_rate=0", "outcomes.weeks_in_force=1")
    assert "breakdown" in ruled_out(sim.load(*calm, "calendar.horizon_weeks=8"))
    assert "breakdown" not in ruled_out(sim.load(*calm, "calendar.horizon_weeks=9"))


def test_with_threats_a_truce_may_break_at_once() -> None:
    short = ("calendar.horizon_weeks=4", "outcomes.weeks_in_force=1")
    assert "breakdown" not in ruled_out(sim.load(*short))


def test_what_a_lost_truce_promised_may_be_settled_again() -> None:
    nothing_left = [
        f"issues.{name}.red_line={issue.terms}" for name, issue in sim.load().issues.items()
    ]
    assert "narrow_deal" not in ruled_out(sim.load(*nothing_left))
    assert "narrow_deal" in ruled_out(sim.load(*nothing_left, "truce.reentry.rate=0"))
