"""Purchases: what Beijing buys of what it pledged, what is due by the season, and boycotts
(``docs/purchases.md``).

Flows are bn USD/yr.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from benchmarks.plain.duties import Array
from sim.rules.customs import facts

if TYPE_CHECKING:
    from benchmarks.plain.government import Government, Issue
    from benchmarks.plain.model import PlainTruce

__all__ = [
    "KINDS",
    "Purchases",
    "boycott_losses",
    "buy",
    "forgive",
    "season_of_week",
    "start_purchases",
]

KINDS = ("farm", "energy", "goods")
_NO_BOYCOTT_STOPS = 0.05
_YEAR = 52.0  # weeks over which what is due and what was bought are compared
_STEP = 4  # weeks


class Purchases:
    """One kind: a natural flow, and what a pledge adds to it."""

    def __init__(self, name: str, settings: Any, issue: Issue | None) -> None:
        self.name, self.settings, self.issue = name, settings, issue
        self.walk = 1.0
        self.bought = self.due = settings.natural
        self.added = 0.0  # to a year's natural flow, by pledge and boycott
        self.extra_due = self.extra_short = 0.0
        if issue is not None:
            issue.purchases = self

    # ---- what it is worth

    def worth(self, seller: Government) -> float:
        """What a full pledge is worth to the seller: its exporters' margin, heard, and the balance."""
        margin = self.settings.margin * self.settings.voice
        return float(self.settings.extra * (margin + seller.politics.surplus_weight))

    def costs(self, buyer: Government) -> tuple[float, float]:
        """(linear, convex) of a full pledge to the buyer: the balance, and what is dearer."""
        extra, natural = self.settings.extra, max(self.settings.natural, 1.0)
        dearer = extra**2 / (2.0 * natural * self.settings.elasticity)
        return buyer.politics.surplus_weight * extra, dearer

    @property
    def boycotted(self) -> float:
        """What a whole boycott takes away."""
        most = min(self.settings.boycott.flow, self.settings.natural)
        return float((1.0 - _NO_BOYCOTT_STOPS) * most)

    @property
    def boycott_loss(self) -> float:
        """What a whole boycott costs the seller's exporters."""
        return float(self.settings.boycott.margin * self.boycotted)

    @property
    def boycott_harm(self) -> float:
        """That loss as the seller's government hears it."""
        return float(self.settings.boycott.voice * self.boycott_loss)

    @property
    def boycott_cost(self) -> float:
        """What a whole boycott costs the buyer."""
        return float(self.settings.boycott.cost * self.boycotted)

    # ---- the week

    def forget(self) -> None:
        """What was due and lacking no longer counts."""
        self.extra_due = self.extra_short = 0.0

    def buy(self, soybeans: float, broken: bool) -> None:
        """The week's purchases, and how far the extra of a year past falls short of its promise."""
        issue, harvest = self.issue, 1.0 + self.settings.harvest * (soybeans - 1.0)
        extra, kept, withheld, away = 0.0, 1.0, 0.0, 0.0
        if issue is not None:
            extra, kept = issue.promised * self.settings.extra, issue.kept
            withheld, away = issue.withheld, issue.boycott * self.boycotted
        natural = self.settings.natural
        self.due = harvest * (natural + extra)
        had = harvest * (natural + kept * extra) * self.walk
        self.bought = harvest * (natural - away + kept * (1.0 - withheld) * extra) * self.walk
        self.added = (kept * (1.0 - withheld) * extra - away) * self.walk
        if issue is None:
            return
        if broken:
            self.forget()
        self.extra_due += harvest * extra - self.extra_due / _YEAR
        self.extra_short += self.due - had - self.extra_short / _YEAR
        short = 0.0
        if self.extra_due > 1e-9:
            short = min(max(self.extra_short / self.extra_due, 0.0), 1.0)
        issue.shortfall, issue.delivered = short, issue.promised * (1.0 - short)


def season_of_week(factors: Array, day: dt.date) -> float:
    """What the seven days from ``day`` hold over a mean week, by the factor of each day's month."""
    days = [day + dt.timedelta(days=k) for k in range(7)]
    lengths = [calendar.monthrange(day.year, day.month)[1] for day in days]
    shares = [factors[day.month - 1] / length for day, length in zip(days, lengths, strict=True)]
    return float(sum(shares) / 7.0 * 365.2425 / 12.0)


def start_purchases(model: PlainTruce) -> dict[str, Purchases]:
    """All kinds on the first day."""
    issues = {issue.driver: issue for issue in model.issues.values()}
    return {
        kind: Purchases(
            kind, getattr(model.scenario.purchases, kind), issues.get(f"{kind}_purchases")
        )
        for kind in KINDS
    }


def buy(model: PlainTruce) -> None:
    """Once in four weeks the world's demand wanders, and what is due is bought, or not."""
    spread = model.scenario.purchases.demand_spread * math.sqrt(_STEP / _YEAR)
    soybeans = season_of_week(facts().groups["harvest"], model.today)
    for kind in model.purchases.values():
        if spread > 0.0 and model.week % _STEP == 0:
            kind.walk *= math.exp(spread * model.draw_normal(kind.name) - 0.5 * spread**2)
        kind.buy(soybeans, model.status == "broken")


def forgive(side: Government) -> None:
    """What a side failed to buy is laid to rest."""
    for issue in side.own:
        if issue.purchases is not None:
            issue.purchases.forget()


def boycott_losses(side: Government) -> float:
    """What boycotts in force cost a side's economy."""
    lost = 0.0
    for kind in side.model.purchases.values():
        if kind.issue is not None and kind.issue.boycott > 0.0:
            whole = kind.boycott_cost if kind.issue in side.own else kind.boycott_loss
            lost += kind.issue.boycott * whole
    return lost
