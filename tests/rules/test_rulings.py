"""Rulings in a run: what falls, what Washington puts in its place, and what stays (docs/law.md)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.config.groups.law import Law
from sim.config.groups.shocks import Shock, Shocks
from sim.config.scenario import Scenario
from sim.history.law import duties
from sim.model import TruceModel
from sim.rules.codes import CN, TRUCE, US
from sim.rules.law import FENTANYL_VOID, RECIPROCAL_VOID, THIRD_VOID
from sim.rules.rulings import weeks_of_days
from sim.vocabulary import RULINGS

LONDON = "2025-06-11"
RULING_WEEK = 3
QUIET = {
    "truce.disputes.occasion_rate": 0.0,
    "truce.talks.meetings_per_week": 0,
    "truce.talks.interim_rate": 0.0,
    "truce.dated": False,
}


UNANSWERED = Law(reinstates=False, rebuild_weeks=0)
ANSWERED = Law(reinstates=True, rebuild_weeks=0)


def ruled(*events: Shock, law: Law = UNANSWERED) -> TruceModel:
    """London, nothing random and no talks, with rulings."""
    named = {f"ruling_{n}": event for n, event in enumerate(events)}
    scenario = Scenario().change(QUIET)
    return TruceModel(replace(scenario, shocks=Shocks(events=named), law=law), 1, 0, collect="none")


def ruling(kind: str, day: str = "2025-07-02") -> Shock:
    return Shock(kind=kind, side="us", size=1.0, start=day)


def after(model: TruceModel, weeks: int = RULING_WEEK + 1) -> np.void:
    for _ in range(weeks):
        model.step()
    return model.state.whole["world"][0]


@pytest.mark.parametrize(
    ("kind", "bits"),
    [
        ("void_fentanyl", FENTANYL_VOID),
        ("void_reciprocal", RECIPROCAL_VOID),
        ("void_ieepa", FENTANYL_VOID | RECIPROCAL_VOID | THIRD_VOID),
    ],
)
def test_a_ruling_takes_what_it_voids_off_the_tariff_in_its_week(kind: str, bits: int) -> None:
    model, calm = ruled(ruling(kind)), ruled()
    assert after(model, RULING_WEEK)["tariff"][US] == after(calm, RULING_WEEK)["tariff"][US]
    world, usual = after(model, 1), after(calm, 1)
    assert world["void"] == bits and usual["void"] == 0
    on_record = duties(LONDON, [kind.removeprefix("void_")])
    fallen = on_record.statutory("us") - on_record.statutory("us", after=True)
    assert usual["tariff"][US] - world["tariff"][US] == pytest.approx(fallen, abs=0.005)
    assert world["tariff"][CN] == usual["tariff"][CN]
    assert world["status"] == TRUCE


def test_with_third_countries_duties_less_comes_back() -> None:
    """A ruling on both duties on China alone would leave those on others, whose goods stay dear."""
    whole = after(ruled(ruling("void_ieepa")))
    apart = after(ruled(ruling("void_fentanyl"), ruling("void_reciprocal")))
    usual = after(ruled())
    assert whole["tariff"][US] == apart["tariff"][US]
    assert usual["demanded"][US] < whole["demanded"][US] < apart["demanded"][US]


def test_section_122_stands_in_and_lapses_after_its_weeks() -> None:
    model, bare = ruled(ruling("void_ieepa"), law=ANSWERED), ruled(ruling("void_ieepa"))
    assert after(model)["tariff"][US] == pytest.approx(after(bare)["tariff"][US] + 0.15)
    weeks = weeks_of_days(150)
    assert weeks == 22
    world = after(model, weeks - 1)
    after(bare, weeks - 1)
    assert world["section_122"] == 0.15
    world, usual = after(model, 1), after(bare, 1)
    assert world["section_122"] == 0.0 and world["tariff"][US] == usual["tariff"][US]


def test_washington_may_put_a_lower_rate_in_place_and_never_a_higher_one() -> None:
    lower = replace(ruling("section_122"), size=0.1)
    world = after(ruled(ruling("void_ieepa"), lower, law=ANSWERED))
    assert world["section_122"] == 0.1
    world = after(ruled(lower, law=Law(section_122_most=0.1)))
    assert world["section_122"] == 0.1 and world["void"] == 0


def test_a_second_ruling_of_the_same_brings_no_second_answer() -> None:
    """150 days after the first, the second finds nothing to strike down."""
    model = ruled(ruling("void_ieepa"), ruling("void_ieepa", "2026-01-14"), law=ANSWERED)
    assert after(model, RULING_WEEK + 1)["section_122"] == 0.15
    assert after(model, 40)["section_122"] == 0.0


def test_what_fell_is_rebuilt_against_china_alone() -> None:
    """And a later ruling finds nothing to strike down: it stands on section 301."""
    law = Law(reinstates=False, rebuild_weeks=10)
    model = ruled(ruling("void_ieepa"), ruling("void_ieepa", "2026-01-14"), law=law)
    bare, calm = ruled(ruling("void_ieepa")), ruled()
    last = RULING_WEEK + 10
    assert after(model, last)["tariff"][US] == after(bare, last)["tariff"][US]
    rebuilt, usual = after(model, 1), after(calm, last + 1)
    assert rebuilt["void"] == THIRD_VOID
    assert rebuilt["tariff"][US] == usual["tariff"][US]
    # third countries' goods stay cheaper, so less comes from China than before
    assert rebuilt["demanded"][US] < usual["demanded"][US]
    later, usual = after(model, 40), after(calm, 40)
    assert later["void"] == THIRD_VOID and later["tariff"][US] == usual["tariff"][US]


@pytest.mark.parametrize("kind", RULINGS)
def test_a_ruling_is_no_breach_and_no_concession(kind: str) -> None:
    model, calm = ruled(ruling(kind)), ruled()
    after(model)
    after(calm)
    for field in ("level", "kept", "agreed", "promised"):
        ours, theirs = (one.state.whole["issues"][field][0] for one in (model, calm))
        assert np.array_equal(ours, theirs), field


def test_what_fell_is_rebuilt_on_another_statute_third_countries_duties_apart() -> None:
    """And no second ruling of the kind strikes that down."""
    weeks = 20
    model, bare = (
        ruled(ruling("void_ieepa"), law=Law(rebuild_weeks=weeks, reinstates=False)),
        ruled(),
    )
    assert after(model)["void"] != 0
    world, usual = after(model, weeks), after(bare, weeks + 1)
    assert world["tariff"][US] == pytest.approx(usual["tariff"][US], abs=0.01)
    assert world["demanded"][US] < usual["demanded"][US]
    never = ruled(ruling("void_ieepa"), law=Law(rebuild_weeks=0, reinstates=False))
    assert after(never, 60)["void"] != 0
