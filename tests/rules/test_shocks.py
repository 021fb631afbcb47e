"""Scheduled and random events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.groups.shocks import Shock, Shocks
from sim.config.params import flatten, week_of
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.rules.codes import MAGNETS, US
from sim.rules.shocks import shock_lands
from sim.vocabulary import SIDES


def with_shock(kind: str, side: str, size: float) -> TruceModel:
    """London, nothing random, one event in week 3."""
    events = {"it": Shock(kind=kind, side=side, size=size, start="2025-07-02", rate=0.0)}
    return TruceModel(replace(Scenario(), shocks=Shocks(events=events)), 1, 0, collect="none")


def test_a_scheduled_event_lands_once_in_its_week() -> None:
    assert [week for week in range(20) if shock_lands(3, 0.0, week, 0.5)] == [3]


@given(st.floats(0.1, 20.0), st.floats(0.0, 0.999))
def test_a_recurring_event_comes_at_its_rate_from_its_day_on(rate: float, draw: float) -> None:
    from math import exp

    assert not shock_lands(5, rate, 4, 0.0)
    assert shock_lands(5, rate, 5, draw) == (draw < 1.0 - exp(-rate / 52.0))


@pytest.mark.parametrize("name", SIDES)
def test_hawks_gain_by_the_size_of_the_event(name: str) -> None:
    side = SIDES[name].code
    with_it, without = with_shock("hawk", name, 1.5), with_shock("hawk", name, 0.0)
    for _ in range(4):
        with_it.step()
        without.step()
    gained = with_it.negotiators[side].hawk - without.negotiators[side].hawk
    assert gained > 1.0


def test_an_accident_cuts_other_supply() -> None:
    model, calm = with_shock("supply", "us", 0.5), with_shock("supply", "us", 0.0)
    for _ in range(4):
        model.step()
        calm.step()
    assert model.state.whole["world"]["other_supply"][0, MAGNETS] == pytest.approx(
        0.5 * calm.state.whole["world"]["other_supply"][0, MAGNETS], rel=0.01
    )


def test_a_listing_cuts_delivery_of_all_a_side_owes() -> None:
    model = with_shock("delivery", "cn", 0.5)
    for _ in range(3):
        model.step()
    before = model.state.whole["issues"]["kept"][0].copy()
    model.step()
    after = model.state.whole["issues"]["kept"][0]
    owned = [
        k for k, name in enumerate(model.params.issues) if model.scenario.issues[name].owner == "cn"
    ]
    assert (after[owned] < before[owned]).all()


def test_goodwill_lays_grievance_to_rest() -> None:
    model = with_shock("goodwill", "us", 1.0)
    for _ in range(3):
        model.step()
    model.state.whole["sides"]["grievance"][0, US] = 0.3
    model.step()
    assert model.negotiators[US].grievance < 0.1


@pytest.mark.parametrize("name", ["a_vote", "m_vote", "z_vote"])
@pytest.mark.parametrize("rate", [0.0, 4.0])
def test_an_event_far_ahead_changes_nothing_before_its_week(name: str, rate: float) -> None:
    scenario = Scenario()
    ahead = {name: Shock(kind="hawk", side="us", size=1.0, start="2026-09-02", rate=rate)}
    changed = replace(scenario, shocks=Shocks(events={**ahead, **scenario.shocks.events}))
    weeks = [
        simulate(flatten(s).values, np.zeros(6, np.int64), np.arange(6), 1, weekly=6)[1]
        for s in (scenario, changed)
    ]
    first = week_of("2026-09-02", scenario.calendar.start)
    assert weeks[0][:, :first].tobytes() == weeks[1][:, :first].tobytes()
    assert weeks[0].tobytes() != weeks[1].tobytes()
