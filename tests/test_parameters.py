"""Every setting of the schema matters: moving it moves some measure of some run in some
scenario.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.config.compose import load
from sim.config.fields import Setting, leaves
from sim.config.groups.shocks import Shock, Shocks
from sim.config.params import flatten, place, view
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.validation.symmetry import BY_THE_CLOCK
from sim.vocabulary import SIDES, TRACKS

RUNS = 24


def _worlds() -> dict[str, Scenario]:
    """Scenarios that between them use every rule."""
    london, april = load("scenario=london"), load("scenario=escalation")
    events = {
        **london.shocks.events,
        "hawk": Shock(kind="hawk", side="cn", size=0.5, start="2025-08-01", rate=0.0),
        "goodwill": Shock(kind="goodwill", side="us", size=0.8, start="2025-08-01", rate=6.0),
    }
    kinds = {
        kind: london.change({f"{side}.strategy.kind": kind for side in SIDES})
        for kind in ("tit_for_tat", "micro", "hardliner")
    }
    open_chips = {
        f"issues.ai_chips.{name}": 1.0
        for name in ("convex_cost", "red_line", "phase_in_weeks", "terms")
    }
    early = BY_THE_CLOCK | {f"{side}.strategy.exponent": 2.0 for side in SIDES}
    return {
        "london": london,
        "geneva": load("scenario=geneva"),
        "april": april,
        "breakthrough": load("scenario=breakthrough"),
        "events": replace(london, shocks=Shocks(events=events)),
        "noisy": london.change(
            {"compliance.monitoring_noise": 0.5, "linkage.enforcement": "issue"}
        ),
        "reopening": london.change(
            {"truce.max_extensions": 1, "linkage.us": 0.4, "linkage.cn": 0.4}
        ),
        "one lapse": april.change(
            {"truce.escalation.occasion_rate": 0.3, "truce.reentry.rate": 0.02}
        ),
        # nothing on the calendar is too small to be felt
        "scheduled": london.change(
            {
                "calendar.start": "2025-09-10",
                **{
                    f"calendar.events.{name}.weight": 0.9
                    for name, event in london.calendar.events.items()
                    if event.weight > 0.0
                },
            }
        ),
        "tense": london.change(
            {
                "truce.disputes.occasion_rate": 0.5,
                "truce.disputes.threat_cost": 0.0,
                "truce.disputes.claim_cost": 0.0,
                "licensing.magnets.regime": "shipment",
            }
        ),
        "limbo": london.change({"us.extension_bias": -20.0, "truce.lengths": "fixed"}),
        "by the clock": london.change(early | {"linkage.tracks": "package"}),
        "put to a vote": london.change(early | {"politics.ratification.by": "vote"}),
        "chips": london.change({"licensing.chips.green_channel": True} | early | open_chips),
        "sold freely, then controlled": london.change(
            open_chips
            | {"issues.ai_chips.in_force": 1.0}
            | {
                f"issues.{grade}_magnets.{name}": 1.0
                for grade in ("civil", "military")
                for name in ("red_line", "terms", "in_force")
            }
            | {f"licensing.{good}.regime_start": "free" for good in ("magnets", "chips")}
            | {"firms.chips.sectors.cloud.uncontrolled_share": 0.3}
            | {"truce.disputes.occasion_rate": 0.5, "truce.disputes.threat_cost": 0.0}
        ),
        "licensed minerals": london.change(
            {f"minerals.{name}.banned": False for name in london.minerals}
        ),
        "chips offered": london.change(
            {"licensing.chips.regime": "six_months", "licensing.chip_offer.quality": 1.4}
        ),
        **kinds,
        "private": london.change(
            {
                **{f"{side}.strategy.kind": "screening" for side in SIDES},
                **{f"{side}.resolve.{track}": 8.0 for side in SIDES for track in TRACKS},
            }
        ),
        "committed": london.change({f"{side}.strategy.kind": "committed" for side in SIDES}),
        # leverage below erosion: what else weighs in a choice of a regime decides it
        "licences that cost": april.change({"licensing.leverage": 0.02}),
        "chips of three kinds": london.change(
            {
                "firms.chips.sectors.cloud.uncontrolled_share": 0.3,
                "firms.chips.sectors.lab.military_share": 0.5,
                "firms.chips.tariff_hold": 0.6,
            }
        ),
    }


WORLDS = _worlds()


def _numbers(values: np.ndarray) -> bytes:
    return simulate(values, np.zeros(RUNS, np.int64), np.arange(RUNS), 1)[0].tobytes()


@cache
def _usual(world: str) -> bytes:
    return _numbers(flatten(WORLDS[world]).values)


def others(meta: Setting, value: Any) -> list[object]:
    """Values unlike ``value`` within bounds, the telling ones first."""
    if meta.kind == "flag":
        return [not value]
    if meta.kind == "choice":
        return [choice for choice in meta.choices if choice != value]
    low, high = meta.low or 0.0, meta.high or 0.0
    if meta.kind == "count":
        near = [
            int(value) + 1,
            int(value) - 1,
            int(value) // 2,
            2 * int(value),
            int(low),
            min(int(high), 300),
        ]
        return [n for n in near if low <= n <= high and n != value]
    near_real = [
        *(meta.plausible or ()),
        float(value) * 0.5,
        float(value) * 2.0,
        low + 0.3 * (high - low),
        low,
        high,
    ]
    return [x for x in near_real if low <= x <= high and x != value]


def _moves(path: str, world: str) -> bool:
    scenario = WORLDS[world]
    where = place(scenario, path)
    if where is None:
        return False
    meta, value = next((meta, value) for name, meta, value in leaves(scenario) if name == path)
    for other in others(meta, value):
        values = flatten(scenario).values.copy()
        code = meta.choices.index(str(other)) if meta.kind == "choice" else other
        view(values, where)[...] = code
        if _numbers(values) != _usual(world):
            return True
    return False


# of dates that are shown and move nothing, kind and weight are fixed
SHOWN = tuple(
    f"calendar.events.{name}."
    for name, event in WORLDS["london"].calendar.events.items()
    if event.kind in ("party_meeting", "statutory")
)
PATHS = [
    path
    for path, meta, _ in leaves(WORLDS["events"])
    if meta.kind in ("number", "count", "flag", "choice") and not path.startswith(SHOWN)
]


@pytest.mark.parametrize("path", PATHS)
def test_every_setting_moves_some_measure_somewhere(path: str) -> None:
    assert any(_moves(path, world) for world in WORLDS), f"{path} moves nothing"


def test_the_day_of_the_start_moves_scheduled_events() -> None:
    early, late = (
        WORLDS["events"].change({"calendar.start": day}) for day in ("2025-06-11", "2025-07-09")
    )
    assert _numbers(flatten(early).values) != _numbers(flatten(late).values)


def test_the_day_of_an_event_moves_it() -> None:
    early, late = (
        WORLDS["events"].change({"shocks.events.hawk.start": day})
        for day in ("2025-07-01", "2025-09-01")
    )
    assert _numbers(flatten(early).values) != _numbers(flatten(late).values)


def test_the_day_of_a_scheduled_event_moves_what_it_acts_on() -> None:
    for name in ("apec_2025", "us_midterms_2026"):
        early, late = (
            WORLDS["scheduled"].change({f"calendar.events.{name}.day": day})
            for day in ("2026-01-06", "2026-03-10")
        )
        assert _numbers(flatten(early).values) != _numbers(flatten(late).values)
