"""What is scheduled: sprints of talks before the leaders meet, waiting across their meetings, and
hawks before an election (``docs/calendar.md``).

Times are weeks from the first day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

__all__ = ["Schedule"]


class Schedule:
    """The meetings of the leaders and the elections of a scenario, as times and weights."""

    def __init__(self, scenario: Any) -> None:
        start = dt.date.fromisoformat(scenario.calendar.start)
        self.campaign_weeks = scenario.calendar.campaign_weeks
        self.sprint_weeks = scenario.truce.talks.sprint_weeks
        self.meetings, self.elections = [], []
        for _, event in sorted(scenario.calendar.events.items()):
            when = (dt.date.fromisoformat(event.day) - start).days / 7
            if event.kind in ("summit", "call"):
                self.meetings.append((when, event.weight))
            elif event.kind == "election":
                self.elections.append((when, event.weight))

    def summit(self, week: int) -> float:
        """The chance that the week is a sprint before a meeting of the leaders."""
        none = 1.0
        for when, weight in self.meetings:
            none *= 1.0 - weight * max(0.0, _part(week, when - self.sprint_weeks, when))
        return 1.0 - none

    def campaign(self, week: int) -> float:
        """What hawks in Washington weigh, 1 without an election: its nearness, meant over the week."""
        weighs = 1.0
        for when, weight in self.elections:
            part = _part(week, when - self.campaign_weeks, when)
            if part > 0.0:
                middle = min(week + 1.0, when) - 0.5 * part
                weighs += weight * part * (1.0 - (when - middle) / self.campaign_weeks)
        return weighs

    def across(self, week: int) -> float:
        """What is left of waiting from a week into the next."""
        left = 1.0
        for when, weight in self.meetings:
            left *= 1.0 - weight * max(0.0, 1.0 - abs(when - (week + 1)))
        return left


def _part(week: int, first: float, last: float) -> float:
    """The part of a week between two times."""
    return min(week + 1.0, last) - max(float(week), first)
