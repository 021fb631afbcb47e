"""Firms, the market of the good they need, and the authority that licenses it (``docs/model.md``,
*Firms and licences*).
"""

from __future__ import annotations

import math
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    from benchmarks.plain.model import PlainTruce

__all__ = ["Firm", "LicensingAuthority", "Market", "Sector"]


def loss_share(shortage: float, convexity: float) -> float:
    """Share of the value at risk that is lost at a shortage."""
    return shortage * (1.0 - convexity + convexity * shortage)


class Sector:
    """Firms with one purpose, and the week's sums over them."""

    def __init__(self, name: str, settings: Any) -> None:
        self.name, self.settings = name, settings
        self.size = 0.0
        self.firms = 0
        self.clear()

    def clear(self) -> None:
        """Begin a week."""
        self.lost_output = self.short = 0.0
        self.licensed = self.stopped = 0


class Market:
    """A controlled good: its users' sectors, other supply, and this week's conditions of
    licensing.
    """

    def __init__(
        self, name: str, settings: Any, licensing: Any, withheld_military: float, horizon: float
    ) -> None:
        self.name, self.settings, self.licensing = name, settings, licensing
        self.withheld = {
            False: licensing.approve_withheld,
            True: withheld_military,
        }  # by whether military
        self.horizon = horizon
        self.sectors = [Sector(key, sector) for key, sector in sorted(settings.sectors.items())]
        self.other_supply = settings.other_share
        self.dependence_decline = self.mean_risk = self.mean_shortage = self.flow = 0.0
        self.exposure = {False: 0.0, True: 0.0}
        self.needs_licence = {False: True, True: True}
        self.approval_chance = {False: 0.0, True: 0.0}

    def open_window(self, levels: dict[bool, float]) -> None:
        """What the concession levels in force mean for civilian and military applicants."""
        for military, level in levels.items():
            self.needs_licence[military] = level < self.licensing.free_level
            withheld = self.withheld[military]
            chance = withheld + (self.licensing.approve_permitted - withheld) * level
            self.approval_chance[military] = min(max(chance, 0.0), 1.0)

    def grow_other_supply(self) -> None:
        """Sources outside the controlling side grow, faster the more risk firms feel."""
        settings = self.settings
        rate = (
            settings.supply_growth * (1.0 + settings.urgency * self.mean_risk)
            - settings.demand_growth
        )
        self.other_supply = min(1.0, self.other_supply * math.exp(rate / 52.0))
        left = 1.0 - self.other_supply
        self.dependence_decline = rate * self.other_supply / left if left > 0.01 else 0.0

    def sector_of(self, number: int) -> Sector:
        """Sectors are dealt to firms by a golden-ratio sequence."""
        place = (number + 0.5) * (math.sqrt(5.0) - 1.0) / 2.0 % 1.0
        place *= sum(sector.settings.share for sector in self.sectors)
        for sector in self.sectors:
            place -= sector.settings.share
            if place < 0.0:
                return sector
        return self.sectors[-1]

    def tally(self, firms: mesa.agent.AgentSet, week: int) -> None:
        """The week's sums over the good's users."""
        for sector in self.sectors:
            sector.clear()
        self.exposure = {False: 0.0, True: 0.0}
        risk = shortage = ordered = 0.0
        for firm in firms:
            firm.report()
            risk += firm.risk
            shortage += firm.shortage
            ordered += firm.size * firm.ordered
        usual = sum(sector.size for sector in self.sectors) * (1.0 - self.settings.other_share)
        self.flow = ordered / usual * math.exp(self.settings.demand_growth * week / 52.0)
        self.mean_risk, self.mean_shortage = risk / len(firms), shortage / len(firms)


class Firm(mesa.Agent):
    """A user of one controlled good; quantities are weeks of its own need."""

    model: PlainTruce

    def __init__(
        self, model: PlainTruce, market: Market, authority: LicensingAuthority, number: int
    ) -> None:
        super().__init__(model)
        settings, random = market.settings, model.random
        self.market, self.authority = market, authority
        self.sector = market.sector_of(number)
        self.size = random.lognormvariate(-0.5 * settings.size_spread**2, settings.size_spread)
        self.cover = self.sector.settings.cover_weeks * random.lognormvariate(
            0.0, settings.cover_spread
        )
        self.military = random.random() < self.sector.settings.military_share
        self.trusted = random.random() < settings.trusted_share
        self.licensed_until = self._first_licence()
        self.waiting, self.applied, self.expected_wait = False, 0, 0.0
        self.stock = self.cover * settings.stock_share
        self.other_share = settings.other_share
        self.qualified_from: int | None = None
        self.risk = self.shortage = self.ordered = 0.0
        self.afloat = deque(
            [settings.pipeline_share * (1.0 - self.other_share)] * settings.shipping_weeks
        )
        self.in_transit = sum(self.afloat)
        self.sector.size += self.size
        self.sector.firms += 1

    def _first_licence(self) -> float:
        licensing, draw = self.market.licensing, self.model.random.random()
        barred = self.military and self.market.name == "magnets"
        if draw >= licensing.licensed_share or barred:
            return -math.inf
        return 1 + int(licensing.term_weeks * draw / licensing.licensed_share)

    @cached_property
    def value_at_risk(self) -> float:
        """Its part of what its sector would lose without the good, bn USD/yr."""
        return self.sector.settings.value_at_risk * self.size / self.sector.size

    @property
    def free(self) -> bool:
        """Whether it needs no licence this week."""
        return not self.market.needs_licence[self.military]

    @property
    def licensed(self) -> bool:
        """Whether it may order this week."""
        return self.free or self.licensed_until > self.model.week

    def seek_licence(self) -> None:
        """Apply where the licence ends within the wait that it expects."""
        if (
            self.waiting
            or self.free
            or self.licensed_until - self.model.week - 1 >= self.expected_wait
        ):
            return
        self.waiting, self.applied = True, self.model.week
        self.authority.join(self)

    def receive_licence(self) -> None:
        """The application was approved."""
        licensing, memory = self.market.licensing, self.model.scenario.licensing.wait_memory
        waited = self.model.week - self.applied
        self.waiting = False
        self.licensed_until = max(self.licensed_until, self.model.week) + licensing.term_weeks
        self.expected_wait = memory * self.expected_wait + (1.0 - memory) * waited

    def operate(self) -> None:
        """Receive, use and order goods; record shortage and felt risk."""
        arrived = self.afloat.popleft()
        self.in_transit -= arrived
        self.stock += arrived
        need = 1.0 - self.other_share
        used = min(self.stock, need)
        self.stock -= used
        self.shortage = need - used
        licensed = self.licensed
        self._feel_risk(self.shortage if licensed else need)
        self.ordered = self._order(need) if licensed else 0.0
        self.afloat.append(self.ordered)
        self.in_transit += self.ordered
        if self.ordered > 0.0 and self.market.licensing.per_shipment and not self.free:
            self.licensed_until = self.model.week

    def _feel_risk(self, felt: float) -> None:
        settings, week = self.market.settings, self.model.week
        self.risk = settings.risk_memory * self.risk + (1.0 - settings.risk_memory) * felt
        if self.qualified_from is None and self.risk > settings.qualify_threshold:
            self.qualified_from = week + int(settings.qualify_weeks)
        supply = self.market.other_supply
        if (
            self.qualified_from is not None
            and week >= self.qualified_from
            and supply > self.other_share
        ):
            self.other_share += settings.take_up * (supply - self.other_share)
        self.other_share = min(self.other_share, supply)

    def _order(self, need: float) -> float:
        settings = self.market.settings
        cap = settings.order_cap * (
            settings.shipping_weeks if self.market.licensing.per_shipment else 1
        )
        wanted = self.cover + settings.shipping_weeks * need - self.stock - self.in_transit
        return min(max(wanted, 0.0), cap)

    def report(self) -> None:
        """Add itself to its sector's sums of the week."""
        sector, convexity = self.sector, self.market.settings.loss_convexity
        at_risk = self.value_at_risk
        sector.short += self.size * self.shortage
        sector.lost_output += at_risk * loss_share(self.shortage, convexity)
        sector.stopped += 0.0 < self.shortage >= self.market.settings.stop_threshold
        sector.licensed += self.licensed
        bare = 1.0 - min(1.0, self.stock / self.market.horizon)
        self.market.exposure[self.military] += (
            at_risk * loss_share(1.0 - self.other_share, convexity) * bare
        )


class LicensingAuthority(mesa.Agent):
    """The office that examines applications for one good: trusted firms first where there is a
    green channel.
    """

    model: PlainTruce

    def __init__(self, model: PlainTruce, market: Market) -> None:
        super().__init__(model)
        self.market = market
        self.lanes: tuple[deque[Firm], deque[Firm]] = (deque(), deque())
        self.left_over = 0.0
        self.examined = self.approved = self.waited = 0
        self.totals = {"examined": 0, "approved": 0, "waited": 0, "queue": 0}

    @property
    def queue(self) -> int:
        """Applications waiting."""
        return len(self.lanes[0]) + len(self.lanes[1])

    def join(self, firm: Firm) -> None:
        """Put a firm at the end of its lane."""
        fast = firm.trusted and self.market.licensing.green_channel
        self.lanes[0 if fast else 1].append(firm)

    def clear_queue(self) -> None:
        """Examine what capacity allows, each application once a week; applications that are not
        approved go to the end of the queue.
        """
        licensing, delivery = self.market.licensing, self.model.delivery(self.market.name)
        budget = self.left_over + licensing.capacity * (
            1.0 - licensing.slow_walk * (1.0 - delivery)
        )
        self.examined = self.approved = self.waited = 0
        for lane in self.lanes:
            for _ in range(min(len(lane), int(budget))):
                budget -= 1.0
                self._examine(lane.popleft())
        self.left_over = budget % 1.0
        for name in ("examined", "approved", "waited", "queue"):
            self.totals[name] += getattr(self, name)

    def _examine(self, firm: Firm) -> None:
        self.examined += 1
        if self.model.random.random() >= self.market.approval_chance[firm.military]:
            self.join(firm)
            return
        self.approved += 1
        self.waited += self.model.week - firm.applied
        firm.receive_licence()
