"""Every draw is drawn once: no two decisions of a run ever share a number."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.randomness import STREAMS
from sim.rules.surprises import RESERVED
from sim.vocabulary import SIDES, STRATEGIES, TRACKS

ROOT = Path(__file__).resolve().parents[2]
# votes fail often, a mediator speaks at every second meeting, and there are several a week
BUSY = (
    *(f"{side}.resolve.{track}=1" for side in SIDES for track in TRACKS),
    "truce.talks.mediator_rate=0.5",
    "truce.talks.meetings_per_week=3",
    "truce.talks.first_speaker=drawn",
    "politics.ratification.by=vote",
    "politics.ratification.threshold=0.7",
    "politics.ratification.noise=2",
    "politics.ratification.failure_cost=0",
)
EVENTS = tuple(
    f"+shocks.events.{kind}_{side}={{kind: {kind}, side: {side}, size: 0.2, rate: 6}}"
    for kind in ("hawk", "delivery", "goodwill")
    for side in SIDES
)
RESTLESS = tuple(f"compliance.{side}.drift_rate=20" for side in SIDES)
TENSE = (
    "truce.disputes.occasion_rate=0.5",
    "truce.disputes.threat_cost=0",
    "truce.disputes.claim_cost=0",
    "truce.talks.interim_rate=0.5",
    "compliance.review_rate=0.5",
    "licensing.magnets.regime=shipment",
)
SETTINGS: dict[str, tuple[str, ...]] = {
    "a busy mediator": BUSY,
    "a package, a busy mediator, many events": ("linkage=package", *BUSY, *EVENTS, *RESTLESS),
    "london": (),
    "escalation": ("scenario=escalation_2025",),
    "geneva": ("scenario=geneva_2025", *RESTLESS),
    "breakthrough": ("scenario=breakthrough", "linkage.tracks=separate", *BUSY),
    "pause": ("scenario=tactical_pause", *EVENTS),
    "many events": (*EVENTS, *RESTLESS),
    "nobody speaks in turn": ("truce.talks.first_speaker=drawn", "truce.talks.sprint_meetings=10"),
    "no truce at first": ("truce.in_force=false", *EVENTS),
    "short truces": ("truce.length_weeks=2", "truce.lengths=fixed", "truce.window_weeks=2"),
    "threats and measures": TENSE,
    "a package, threats and measures": ("linkage=package", "linkage.enforcement=all", *TENSE),
    "no date": ("truce.dated=false", *TENSE),
    "a war with rungs": (
        "scenario=escalation_2025",
        "truce.escalation.climb_cost=0",
        "truce.reentry.rate=0.9",
    ),
    "many firms": ("firms.magnets.firms=120", "firms.chips.firms=90"),
    **{
        f"{one} against {other}": (
            f"us.strategy.kind={one}",
            f"cn.strategy.kind={other}",
            "truce.talks.mediator_rate=0.1",
        )
        for one, other in zip(STRATEGIES, (*STRATEGIES.names[1:], STRATEGIES.names[0]), strict=True)
    },
    **{
        f"{one} in a package": (
            f"us.strategy.kind={one}",
            f"cn.strategy.kind={one}",
            "linkage=package",
            *BUSY,
        )
        for one in ("time_dependent", "tit_for_tat", "equilibrium")
    },
}
QUICK = ("breakthrough", "a package, a busy mediator, many events")


def recorded(*names: str, weeks: int) -> list[dict[str, Any]]:
    """What the runs of these settings drew, and what they drew twice."""
    horizon = f"calendar.horizon_weeks={weeks}"
    asked = json.dumps([[*SETTINGS[name], horizon] for name in names])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).with_name("counters.py")), asked],
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_no_counter_is_drawn_twice() -> None:
    """Among them what was drawn twice once: a mediated package after a vote that failed."""
    for found in recorded(*QUICK, weeks=26):
        assert found["twice"] == []
        assert found["draws"]["ratification"] > 0 and found["draws"]["mediator"] > 0


@pytest.mark.nightly
def test_no_counter_is_drawn_twice_in_twenty_settings() -> None:
    assert len(SETTINGS) >= 20
    found = dict(zip(SETTINGS, recorded(*SETTINGS, weeks=104), strict=True))
    assert {name: one["twice"] for name, one in found.items()} == {name: [] for name in SETTINGS}
    drawn = {stream for one in found.values() for stream in one["draws"]}
    assert drawn == set(STREAMS) - set(RESERVED)


def test_how_many_meetings_were_held_before_moves_no_draw() -> None:
    """Two more of them: whose turn it is to speak first is the same, and so is all the rest."""
    settings = {
        "truce.talks.mediator_rate": 0.3,
        "politics.ratification.by": "vote",
        "politics.ratification.threshold": 0.7,
        "politics.ratification.noise": 2.0,
        **{f"{side}.resolve.{track}": 1.0 for side in SIDES for track in TRACKS},
    }
    weeks = []
    for more in (0, 2):
        model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
        for week in range(60):
            if week == 3:
                model.state.whole["world"]["meetings"] += more
            model.step()
        model.state.whole["world"]["meetings"] = 0
        weeks.append(np.copy(model.measures()))
    assert weeks[0].tobytes() == weeks[1].tobytes()
    assert weeks[0]["failed_deals"][0] > 0
