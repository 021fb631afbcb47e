"""A side's border: the week's tariff in law, what is ordered, shipped and counted, and what all that
costs (``docs/trade.md``, *Weeks*).

Flows and losses are bn USD/yr.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.plain.commerce import Table, table_of
from benchmarks.plain.duties import Array, Law
from benchmarks.plain.purchases import season_of_week
from sim.rules.customs import facts
from sim.vocabulary import SIDES

if TYPE_CHECKING:
    from benchmarks.plain.government import Government

__all__ = ["Border"]

_LONGEST_VOYAGE = 8  # weeks
_BEFORE = 4  # weeks in which orders have closed on demand on the first day
_LEAST, _MOST = 0.6, 1.35  # of orders: what cannot wait, and what can be stored
_LEAST_RANGE = 0.05  # of levels that a quadratic is fitted on


class Border:
    """A government's tariff and what comes in by it."""

    table: Table
    demanded: float

    def __init__(self, side: Government) -> None:
        self.side, self.model = side, side.model
        self.rules, self.shared = side.economy, side.model.scenario.economy
        self.issue = next(
            (issue for issue in side.own if issue.driver == f"{side.name}_tariff"), None
        )
        self.age = self.grown = 0.0
        self.noise = 0.0  # of the month's record, normal
        self.by_group: Array = np.zeros(1)
        self.choose_table(self.model.law)
        self._find_place()
        self._read()
        begun = self.rules.orders_start * self.rules.imports
        self.orders = begun if begun > 0.0 else self.demanded
        self.placed = [self.orders] * _LONGEST_VOYAGE
        for week in range(_BEFORE):
            self.orders += self.rules.order_speed * (self.demanded - self.orders)
            self.placed[_LONGEST_VOYAGE - _BEFORE + week] = self.orders
        self.moved = self.rules.moved_start * self.orders
        self.imports = self._arriving()

    def choose_table(self, law: Law) -> None:
        """Law has changed, or may have."""
        now = law.state_for(self.side.name)
        if getattr(self, "state", None) != now:
            self.state = now
            self.table = table_of(self.side.name, law.first_day, now, self.shared)

    # ---- the week

    def place_at(self, level: float) -> float:
        """The place on its path, a tariff as bargained, at a concession level."""
        high, low = self.rules.ceiling_tariff, self.rules.floor_tariff
        return float(high - level * (high - low))

    def _find_place(self) -> None:
        floor = float(self.rules.floor_tariff)
        self.place = self.place_at(self.issue.level) if self.issue else floor
        self.tariff = self.table.read(self.place, self.grown).average

    def _read(self) -> None:
        now = self.effects = self.table.read(self.place, self.grown)
        self.duty, self.demanded, self.routed = now.duty, now.flow, now.routed
        self.revenue, self.loss, self.heard = now.revenue, now.loss, now.heard_at_home

    def trade(self) -> None:
        """Tariff and elasticities follow the level in force; goods arrive, orders are placed."""
        before = self.tariff
        self._find_place()
        change = min(abs(self.tariff - before) / self.shared.age_reset, 1.0)
        self.age = (self.age + 1.0) * (1.0 - change)
        self.grown = 1.0 - math.exp(-self.age / self.shared.elasticity_weeks)
        self._read()
        self.by_group = self.by_group + self.table.groups(self.place, self.grown)
        self.imports = self._arriving()
        self.orders += self.rules.order_speed * (self.demanded - self.orders)
        ahead = min(max(math.exp(self.rules.anticipation * self._expected()), _LEAST), _MOST)
        placed = max(self.orders * ahead - self.moved / self.shared.payback_weeks, 0.0)
        self.moved += placed - self.orders
        self.placed[self.model.week % _LONGEST_VOYAGE] = placed
        if self.side.name == "cn":
            # what was pledged, or is boycotted, comes beside what tariffs leave
            added = sum(kind.added for kind in self.model.purchases.values())
            self.imports = max(0.0, self.imports + added)

    def _arriving(self) -> float:
        """By air last week's orders, by sea those of a voyage ago."""
        week, fast = self.model.week, self.rules.fast_share
        by_air = self.placed[(week - 1) % _LONGEST_VOYAGE]
        by_sea = self.placed[(week - self.rules.lag_weeks) % _LONGEST_VOYAGE]
        return float(fast * by_air + (1.0 - fast) * by_sea)

    def _expected(self) -> float:
        """The change of the log price that importers expect: a lapse at the date, or a truce."""
        model, issue = self.model, self.issue
        if issue is None:
            return 0.0
        lasts = 0.5 * (model.us.belief + model.cn.belief)
        if model.status == "broken":
            level, chance, away = issue.settings.terms, lasts, self.age
        else:
            level, chance = issue.settings.lapse, 1.0 - lasts
            date = math.inf if model.deadline is None else model.deadline
            away = max(0.0, date - model.week - self.rules.lag_weeks)
        then = self.table.read(self.place_at(level), self.grown).duty
        through = self.rules.pass_through
        rise = math.log((1.0 + through * then) / (1.0 + through * self.duty))
        return float(chance * math.exp(-away / self.shared.payback_weeks) * rise)

    # ---- what bargaining sees

    def fit(self) -> tuple[float, float, float]:
        """(linear, convex, benefit): the quadratic through the government's cost at the truce's first
        terms, the red line and between, and what the other's exporters gain a level; bends of both
        below the terms, so that they are right at a lapse.
        """
        issue = self.issue
        assert issue is not None
        settings = issue.settings
        high = settings.red_line
        low = min(settings.terms, high - _LEAST_RANGE)
        half = 0.5 * (high - low)
        first, between, last, lapse = (
            self.table.read(self.place_at(level), self.grown)
            for level in (low, low + half, high, settings.lapse)
        )
        bowed = last.cost - 2.0 * between.cost + first.cost
        convex = max(bowed / (2.0 * half**2), settings.convex_cost)
        linear = (last.cost - first.cost) / (high - low) - convex * (low + high)
        benefit = max(first.export_loss - last.export_loss, 0.0) / (high - low)
        issue.kink, issue.cost_bend, issue.benefit_bend = low, 0.0, 0.0
        span = low - settings.lapse
        if span > _LEAST_RANGE:
            fitted = (linear + convex * (low + settings.lapse)) * span
            issue.cost_bend = (fitted - (first.cost - lapse.cost)) / span
            gained = lapse.export_loss - first.export_loss
            issue.benefit_bend = (benefit * span - gained) / span
        return linear, convex, benefit

    # ---- the record

    @property
    def recorded(self) -> float:
        """Imports as counted, with the season of the week's days and the error of the month."""
        factors = facts().groups["season"][list(SIDES).index(self.side.name)]
        season = season_of_week(factors, self.model.today)
        spread = self.rules.month_spread
        return float(self.imports * season * math.exp(spread * (self.noise - 0.5 * spread)))
