"""Rulings as events: who may write what, and what an older word leads to."""

from __future__ import annotations

import pytest

import sim
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.vocabulary import RULINGS

DAY = "2025-10-14"


def event(kind: str, side: str = "us", size: float = 1.0) -> dict[str, object]:
    return {"kind": kind, "side": side, "size": size, "start": DAY, "rate": 0.0}


@pytest.mark.parametrize("kind", RULINGS)
def test_a_ruling_strikes_all_of_washingtons_duties_of_its_kind_down(kind: str) -> None:
    taken = Scenario().change({"+shocks.events.it": event(kind)})
    assert taken.shocks.events["it"].kind == kind
    for size, told in ((0.5, "strikes all of it down"), (1.5, "more than all of it")):
        with pytest.raises(SimError, match=told):
            Scenario().change({"+shocks.events.it": event(kind, size=size)})
    with pytest.raises(SimError, match="only Washington's duties"):
        Scenario().change({"+shocks.events.it": event(kind, side="cn")})


def test_section_122_is_washingtons_and_no_higher_than_it_allows() -> None:
    Scenario().change({"+shocks.events.it": event("section_122", size=0.15)})
    with pytest.raises(SimError, match=r"at most 0\.15 \(law\.section_122_most\)"):
        Scenario().change({"+shocks.events.it": event("section_122", size=0.2)})
    with pytest.raises(SimError, match="only Washington's duties"):
        Scenario().change({"+shocks.events.it": event("section_122", side="cn", size=0.1)})
    more = {"law.section_122_most": 0.25, "+shocks.events.it": event("section_122", size=0.2)}
    assert Scenario().change(more).shocks.events["it"].size == 0.2


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{DAY} void_ieepa us 0.5", "strikes all of it down"),
        (f"{DAY} void_ieepa cn 1", "only Washington's duties"),
        (f"{DAY} section_122 us 0.2", "more than section 122 allows"),
        (f"{DAY} tariff_ceiling us 0.2", "void_ieepa or void_reciprocal"),
    ],
)
def test_a_chronology_is_held_to_the_same(row: str, told: str) -> None:
    with pytest.raises(SimError, match=told):
        Scenario().change({"shocks.chronology": [row]})
    assert Scenario().change({"shocks.chronology": [f"{DAY} void_ieepa us 1"]}).shocks.chronology


def test_options_date_the_ruling_and_name_the_answer() -> None:
    scenario = sim.load("shocks=section_122", "law=no_answer")
    assert not scenario.law.reinstates
    assert {name: one.start for name, one in scenario.shocks.events.items() if one.rate == 0} == {
        "court_ruling": DAY,
        "washington_answers": DAY,
    }
