"""Minerals other than magnets: a row each, whose price and loss follow supply, stock and leak
(``docs/licences.md``, *Other minerals*).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from benchmarks.plain.firms import loss_share

if TYPE_CHECKING:
    from benchmarks.plain.model import PlainTruce

__all__ = ["Mineral", "start_minerals", "supply_minerals"]

_MOST_PRICE, _QUARTER, _MOST_HISTORY = 10.0, 13.0, 260


class Mineral:
    """One mineral; quantities are shares of a week's need outside China, stocks weeks of need."""

    def __init__(self, name: str, settings: Any, rules: Any, start: str) -> None:
        self.name, self.settings, self.rules = name, settings, rules
        days = dt.date.fromisoformat(settings.control_date) - dt.date.fromisoformat(start)
        self.control_week = days.days // 7
        self.stock, self.price = settings.stock_weeks, 1.0
        self.coming = self.passed = self.used = 1.0
        self.other = 1.0 - settings.ex_china_reliance
        self.loss = self.at_stake = 0.0

    def step(self, week: int, licensed: float, freed: float, bans: bool, closed: float) -> None:
        """A week: what licences let through, leak, stock, price, supply outside China."""
        settings, rules, usual = self.settings, self.rules, self.settings.stock_weeks
        age = week - self.control_week
        flow = 0.0 if age < 7 or (bans and settings.banned) else licensed * settings.licence_flow
        target = 1.0 if age < 0 else flow + (1.0 - flow) * freed
        if target >= self.passed:
            target = self.passed + 0.1 * (target - self.passed)
        self.passed = target
        own, scarce = 1.0 - self.other, 1.0 - 1.0 / self.price
        leak = settings.leak_most * (1.0 - closed) * scarce
        supply = self.other + own * (self.passed + (1.0 - self.passed) * leak)
        self.used = min(1.0, supply + self.stock / rules.stretch_weeks)
        bought = 0.1 * self.other + 0.3 * own * freed
        self.stock = min(max(self.stock + supply - self.used + bought, 0.0), usual)
        self.coming = 0.5 * (0.0 if age == 0 else self.coming) + 0.5 * supply
        normal = usual + _QUARTER
        scarcity = normal / max(1e-3 * normal, self.stock + _QUARTER * self.coming)
        self.price += 0.4 * (min(max(scarcity**1.5, 1.0), _MOST_PRICE) - self.price)
        self.other *= 1.0 + rules.response / 52.0 * scarce * own / settings.ex_china_reliance

    def weigh(self, planning_weeks: float) -> None:
        """Output lost this week, and at stake, bn USD/yr."""
        settings, convexity = self.settings, self.rules.loss_convexity
        worth = settings.exposure / settings.ex_china_reliance
        most = settings.leak_most * (1.0 - self.rules.leak_closed) * (1.0 - 1.0 / _MOST_PRICE)
        bare = 1.0 - min(1.0, self.stock / planning_weeks)
        self.loss = worth * loss_share(1.0 - self.used, convexity)
        self.at_stake = worth * bare * loss_share((1.0 - self.other) * (1.0 - most), convexity)


def start_minerals(model: PlainTruce) -> list[Mineral]:
    """The minerals of the first day, after what came of their controls until then."""
    scenario, rules = model.scenario, model.scenario.licensing.other_minerals
    start = scenario.calendar.start
    rows = [Mineral(name, row, rules, start) for name, row in sorted(scenario.minerals.items())]
    weeks = 0
    if _issue(model) is not None:
        weeks = max((min(_MOST_HISTORY, -row.control_week) for row in rows), default=0)
    for row in rows:
        for week in range(-max(0, weeks), 0):
            row.step(week, 1.0, 0.0, bans=False, closed=0.0)
        row.weigh(scenario.us.planning_weeks)
    return rows


def supply_minerals(model: PlainTruce) -> None:
    """The week of every mineral, by the level of the issue that opens them."""
    issue, closed = _issue(model), model.scenario.licensing.other_minerals.leak_closed
    level = issue.level if issue is not None else 1.0
    licensed, freed = min(1.0, level / 0.05), min(max((level - 0.35) / 0.62, 0.0), 1.0)
    for row in model.minerals:
        row.step(model.week, licensed, freed, bans=True, closed=closed)
        row.weigh(model.scenario.us.planning_weeks)


def _issue(model: PlainTruce) -> Any:
    return next((one for one in model.issues.values() if one.driver == "other_minerals"), None)
