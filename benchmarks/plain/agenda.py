"""What is scheduled: meetings of the leaders and elections (``docs/calendar.md``).

Times are weeks from the first day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.plain.model import PlainTruce

__all__ = ["NEAR", "Agenda", "left_across"]

NEAR = 3.0  # talks near a date, in those of calm
_LEADERS = ("summit", "call")


class Agenda:
    """How near the leaders' next meeting and the next election are."""

    def __init__(self, model: PlainTruce) -> None:
        self.model = model
        start = dt.date.fromisoformat(model.scenario.calendar.start)
        self.events = [
            (event, (dt.date.fromisoformat(event.day) - start).days / 7.0)
            for _, event in sorted(model.scenario.calendar.events.items())
        ]
        self.meetings = [(event, when) for event, when in self.events if event.kind in _LEADERS]
        self.summit, self.sprint = 0.0, False

    def look(self) -> None:
        """The week's chance of a sprint for a meeting's sake, and what the campaign adds to hawks."""
        model, none, campaign = self.model, 1.0, 1.0
        weeks = model.scenario.truce.talks.sprint_weeks
        for event, when in self.meetings:
            none *= 1.0 - event.weight * self._part_before(when, weeks)
        for event, when in self.events:
            if event.kind == "election":
                campaign += event.weight * self._campaign(when)
        self.summit, model.us.campaign = 1.0 - none, campaign
        self.sprint = self.summit > 0.0 and model.draw("sprint") < self.summit

    def _part_before(self, when: float, weeks: float) -> float:
        """The part of the week that lies in the weeks before an event."""
        week = self.model.week
        return float(max(0.0, min(week + 1.0, when) - max(week, when - weeks)))

    def _campaign(self, when: float) -> float:
        """The week's mean of what rises evenly from 0 to 1 on an election's eve."""
        weeks = self.model.scenario.calendar.campaign_weeks
        part = self._part_before(when, weeks)
        first = max(self.model.week, when - weeks)
        return float(part * (1.0 - (when - first - 0.5 * part) / weeks))


def left_across(model: PlainTruce, ahead: int) -> float:
    """What is left of waiting from the week that is ``ahead`` by so many to the next."""
    left = 1.0
    for event, when in model.agenda.meetings:
        apart = abs(when - (model.week + 1.0) - ahead)
        left *= 1.0 - event.weight * max(0.0, 1.0 - apart)
    return left
