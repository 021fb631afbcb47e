"""What is scheduled, as the page puts it on the axis of dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sim.config.check import to_plain
from sim.config.scenario import Scenario
from sim.page.room import room_contents
from sim.vocabulary import CALENDAR_KINDS

_CODE = """const events = use.scheduled(given.scenario, given.weeks, contents.scheduled);
answer({ events, third: use.inWeek(events, given.week) });"""


@pytest.mark.parametrize("weeks", [104, 20])
def test_each_event_within_the_weeks_has_its_place_in_order(node: Any, weeks: int) -> None:
    london = Scenario()
    start = dt.date.fromisoformat(london.calendar.start)
    # the end of the first week stands at 0
    at = {
        name: (dt.date.fromisoformat(event.day) - start).days / 7 - 1
        for name, event in london.calendar.events.items()
    }
    inside = sorted(name for name, place in at.items() if -1 < place <= weeks - 1)
    given = {"scenario": to_plain(london), "weeks": weeks, "week": 17}
    found = node("scheduled", _CODE, given)
    assert [event["at"] for event in found["events"]] == pytest.approx(
        sorted(at[name] for name in inside)
    )
    said = {event["words"] for event in found["events"]}
    assert said == {
        f"{CALENDAR_KINDS[london.calendar.events[name].kind].label}: "
        f"{name.replace('_', ' ')}, {london.calendar.events[name].day}"
        for name in inside
    }
    # the stay of 14 October and the plenum of 16 October 2025
    assert found["third"] == "date of law"


def test_nothing_is_scheduled_where_the_calendar_is_empty(node: Any) -> None:
    plain = to_plain(Scenario())
    plain["calendar"]["events"] = {}
    assert node("scheduled", _CODE, {"scenario": plain, "weeks": 104, "week": 3}) == {
        "events": [],
        "third": "",
    }


def test_every_kind_has_a_label_on_the_page() -> None:
    assert room_contents()["scheduled"] == {
        name: kind.label for name, kind in CALENDAR_KINDS.items()
    }
