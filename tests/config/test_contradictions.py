"""Terms that contradict one another are refused; terms that are only unusual are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.config.contradictions import check_file_name, check_scenario
from sim.config.errors import SimError
from sim.config.groups.shocks import Shock, Shocks
from sim.config.schema import Scenario
from sim.config.validate import with_values

ALLOWED = [
    {"truce.length_weeks": 156},
    {"truce.length_weeks": 1},
    {"truce.in_force": False},
    {"truce.first_deadline_weeks": 120},
    {"issues.ai_chips.red_line": 0.1},
    {"us.strategy.kind": "micro"},
    {"calendar.horizon_weeks": 26},
]


@pytest.mark.parametrize("values", ALLOWED, ids=str)
def test_unusual_terms_are_allowed(values):
    with_values(Scenario(), values)


def _events(**events: Shock) -> Scenario:
    return replace(Scenario(), shocks=Shocks(events))


def test_recurring_events_may_start_before_the_first_day():
    check_scenario(_events(vote=Shock("hawk", "us", 0.3, "1900-01-01", 0.5)))


@pytest.mark.parametrize("day", ["2025-06-10", "1900-01-01", "2027-06-09", "2031-01-01"])
def test_a_single_event_falls_within_the_run(day):
    with pytest.raises(SimError, match="shocks.events.vote.start"):
        check_scenario(_events(vote=Shock("hawk", "us", 0.3, day, 0.0)))


@pytest.mark.parametrize("day", ["2025-06-11", "2027-06-08"])
def test_first_and_last_day_count_as_within(day):
    check_scenario(_events(vote=Shock("hawk", "us", 0.3, day, 0.0)))


def test_ordinary_names_are_accepted():
    for name in ("london_2025", "a", "2025-06", "x" * 64):
        check_file_name(name, "name")
