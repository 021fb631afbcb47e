"""Firms, the market of the good they need, and the authority that licenses it (``docs/licences.md``)."""

from __future__ import annotations

import math
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

import mesa

from benchmarks.plain.regimes import (
    FREE,
    GENERAL,
    REGIMES,
    SHIPMENT,
    SIX_MONTHS,
    SUSPENDED,
    approval,
)

if TYPE_CHECKING:
    from benchmarks.plain.government import Issue
    from benchmarks.plain.model import PlainTruce

__all__ = ["Firm", "LicensingAuthority", "Market", "Sector"]

_QUARTER = 13  # weeks
_FLOW_WEEKS = 4
_DECLARED = {1: 0.5, 2: 0.3, 3: 0.2}  # what leaves, by the weeks of the control


def loss_share(shortage: float, convexity: float) -> float:
    """Share of the value at risk that is lost at a shortage."""
    return shortage * (1.0 - convexity + convexity * shortage)


class Sector:
    """Firms with one purpose, and the week's sums over them."""

    def __init__(self, name: str, settings: Any) -> None:
        self.name, self.settings = name, settings
        self.size = 0.0
        self.firms = self.bound = 0
        self.clear()

    def clear(self) -> None:
        """Begin a week."""
        self.lost_output = self.short = 0.0
        self.licensed = self.stopped = 0


class Market:
    """A controlled good: its users' sectors, regimes of licences, other supply, the scarce price."""

    authority: LicensingAuthority

    def __init__(
        self, name: str, settings: Any, licensing: Any, withheld_military: float, horizon: float
    ) -> None:
        self.name, self.settings, self.licensing = name, settings, licensing
        self.withheld_military, self.horizon = withheld_military, horizon
        self.sectors = [Sector(key, sector) for key, sector in sorted(settings.sectors.items())]
        self.other_supply = settings.other_share
        self.dependence_decline = self.mean_risk = self.mean_shortage = self.flow = 0.0
        self.exposure = {False: 0.0, True: 0.0}  # by whether military
        start = REGIMES.index(licensing.regime_start)
        self.regime = {False: start, True: start}
        self.asked: dict[bool, int | None] = {False: 0, True: 0}  # since when a looser is wanted
        self.fast_track = False
        self.needs_licence = {military: rank < FREE for military, rank in self.regime.items()}
        self.approval_chance = {False: 0.0, True: 0.0}
        self.trusted_chance = self.renewal_chance = 0.0
        self.demand = {False: 0.0, True: 0.0}
        self.licensed_demand = {False: 1.0, True: 1.0}
        self.usual_pipeline = self.pipeline = self.left = self.declared = 0.0
        self.price, self.coming = settings.scarce_price, self._coming_at_first(start)
        self.flows = [settings.pipeline_share] * _FLOW_WEEKS
        self.taken = 1.0  # of what is licensed, the share that is bought

    def _coming_at_first(self, rank: int) -> float:
        if rank == SUSPENDED:
            return 0.0
        free = rank == FREE
        return float(self.settings.pipeline_share if free else self.licensing.licensed_share)

    @property
    def mean_flow(self) -> float:
        """Flow of the last weeks over normal."""
        return sum(self.flows) / _FLOW_WEEKS

    def look_at_offer(self, offer: Any, quality: float, bar: float) -> None:
        """The share that buyers take of a card that they may decline: ``quality`` and ``bar`` are the
        run's draws.
        """
        levy = offer.levy if self.regime[False] < GENERAL else 0.0
        use = offer.quality * quality / (1.0 + levy)
        wanted = use - offer.bar - bar - offer.bar_own * self.other_supply
        self.taken = min(max(wanted / offer.width, 0.0), 1.0)

    @property
    def green(self) -> bool:
        """Whether trusted firms are examined first."""
        return bool(self.licensing.green_channel and self.regime[False] >= SIX_MONTHS)

    def open_window(self, ruling: dict[bool, Issue | None]) -> None:
        """What the regimes mean for applicants of both grades."""
        rules, rank = self.licensing, self.regime[False]
        self.authority.learn()
        for military, issue in ruling.items():
            self.needs_licence[military] = self.regime[military] < FREE
            self.approval_chance[military] = approval(self, military, issue)
        self.trusted_chance = self.renewal_chance = 0.0
        if rank == SHIPMENT:
            self.trusted_chance = min(1.0, 2.0 * rules.approve_shipment)
        elif rank >= SIX_MONTHS:
            self.trusted_chance = rules.approve_trusted if rules.green_channel else 0.0
            self.renewal_chance = rules.approve_renewal

    def open_customs(self, tariff: float) -> None:
        """The week's conditions of firms: tests, largest order, what the price and a tariff do."""
        settings, office, rank = self.settings, self.authority, self.regime[False]
        self.tested = rank < FREE and office.age >= 0
        self.release, self.hold, self.most = 1.0, 0.0, settings.supplier_cap
        self.declared = 0.0
        if self.tested:
            self.hold, self.most = office.hold_weeks, settings.order_cap
            slowed = self.licensing.hostile_release if rank == SUSPENDED else 1.0
            self.release = min(1.0, 2.0 / self.hold) * slowed
            self.declared = _DECLARED.get(office.age, 0.0) * self.licensing.cleared_weeks
        self.most *= self.taken
        scarce = self.price - 1.0
        self.third = settings.third_share * scarce / (scarce + 2.0)
        self.unscarce = 1.0 / (1.0 + settings.carry * scarce)
        self.go_ahead = settings.tariff_hold if tariff > settings.hold_above else 1.0

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

    def weigh(self, firms: mesa.agent.AgentSet) -> None:
        """What firms buy by weight; users of the military grade buy less than others of their size."""
        settings = self.settings
        ahead = settings.shipping_weeks * (1.0 - settings.other_share)
        at_risk = [(firm, firm.value_at_risk) for firm in firms]  # of whole sizes
        for firm, _ in at_risk:
            if firm.kind == "military":
                firm.sector.size -= firm.size * (1.0 - settings.military_order)
                firm.size *= settings.military_order
                self.demand[True] += firm.size
            elif firm.kind == "controlled":
                self.demand[False] += firm.size
                self.usual_pipeline += firm.size * (firm.cover + ahead)

    def tally(self, firms: mesa.agent.AgentSet, week: int) -> None:
        """The week's sums over the good's users."""
        for sector in self.sectors:
            sector.clear()
        self.exposure = {False: 0.0, True: 0.0}
        self.licensed_demand = {False: 0.0, True: 0.0}
        self.pipeline = self.left = 0.0
        risk = shortage = left = 0.0
        for firm in firms:
            firm.report()
            risk += firm.risk
            shortage += firm.shortage
            left += firm.size * firm.left
        usual = sum(sector.size for sector in self.sectors) * (1.0 - self.settings.other_share)
        self.flow = left / usual * math.exp(self.settings.demand_growth * week / 52.0)
        self.mean_risk, self.mean_shortage = risk / len(firms), shortage / len(firms)
        for military, demand in self.demand.items():
            open_to_all = not self.needs_licence[military] or demand <= 0.0
            licensed = 1.0 if open_to_all else self.licensed_demand[military] / demand
            self.licensed_demand[military] = licensed

    def price_scarce(self, week: int) -> None:
        """The price of the scarce grade outside follows what is in stock, on its way and coming."""
        usual = self.demand[False] * (1.0 - self.settings.other_share)
        if usual <= 0.0:
            return
        shut = self.regime[False] == SUSPENDED
        self.coming = 0.0 if shut else 0.5 * self.coming + 0.5 * min(1.0, self.left / usual)
        ahead = _QUARTER * usual
        z = max(1e-3, (self.pipeline + self.coming * ahead) / (self.usual_pipeline + ahead))
        target = max(1.0, z ** (-1.0 / self.settings.scarce_elasticity))
        self.price = max(1.0, self.price + 0.4 * (min(10.0, target) - self.price))
        self.flows[week % _FLOW_WEEKS] = self.flow


class Firm(mesa.Agent):
    """A user of one controlled good; quantities are weeks of its own need."""

    model: PlainTruce

    def __init__(
        self, model: PlainTruce, market: Market, authority: LicensingAuthority, number: int
    ) -> None:
        super().__init__(model)
        settings, random = market.settings, model.random
        self.market, self.authority, self.number = market, authority, number
        self.sector = market.sector_of(number)
        self.size = random.lognormvariate(-0.5 * settings.size_spread**2, settings.size_spread)
        self.kind = self._kind()
        military = self.kind == "military"
        spread = settings.cover_spread * (0.3 if military else 1.0)
        usual = settings.military_cover_weeks if military else self.sector.settings.cover_weeks
        self.cover = usual * random.lognormvariate(0.0, spread)
        self.stock = self.cover * (1.0 if military else settings.stock_share)
        trust = min(0.95, settings.trusted_share * self.size)
        self.trusted = self._draw("trusted") < trust and not military
        self._draw_applicant()
        self._first_licence()
        self.other_share, self.aside = settings.other_share, 0.0
        self.qualified_from: int | None = None
        self.risk = self.shortage = self.left = 0.0
        tests = market.licensing.held_weeks if authority.age >= 0 and not self.bound else 0.0
        self.held_new, self.held = 0.4 * tests, 0.6 * tests
        self.afloat = deque(
            [settings.pipeline_share * (1.0 - self.other_share)] * settings.shipping_weeks
        )
        self.in_transit = sum(self.afloat)
        self.sector.size += self.size
        self.sector.firms += 1
        self.sector.bound += self.bound

    def _draw(self, purpose: str) -> float:
        return self.model.draw_of_firm(purpose, self)

    def _kind(self) -> str:
        """Uncontrolled, controlled, or of military grade."""
        sector = self.sector.settings
        if self._draw("kind") < sector.uncontrolled_share:
            return "uncontrolled"
        return "military" if self._draw("grade") < sector.military_share else "controlled"

    def _draw_applicant(self) -> None:
        """How easily its applications pass, how long its file takes, how early it applies anew."""
        rules = self.market.licensing
        self.ease = self._draw("ease")
        least, most = rules.file_weeks_least, rules.file_weeks_most
        self.file_weeks = least + (most - least) * self._draw("file")
        least, most = rules.ahead_least, rules.ahead_most
        draw = self._draw("ahead")
        self.ahead = least + (most - least) * draw
        self.declared = -math.log(draw)

    def _first_licence(self) -> None:
        """Who holds a licence, at a random week of its term, and who has begun a file."""
        rules, draw, age = self.market.licensing, self._draw("licensed"), self.authority.age
        self.licensed_until, self.ever = -math.inf, False
        self.application, self.applied, self.ready = "none", 0, math.inf
        if self.kind == "controlled" and draw < rules.licensed_share:
            self.licensed_until = 1 + int(rules.term_weeks * draw / rules.licensed_share)
            self.ever = True
        elif self.bound and age >= 0:
            self.application, self.applied = "file", -age
            self.ready = int(self.file_weeks + 0.999) - age

    @property
    def bound(self) -> bool:
        """Whether what it buys can come under licence."""
        return self.kind != "uncontrolled"

    @cached_property
    def value_at_risk(self) -> float:
        """Its part of what its sector would lose without the good, bn USD/yr."""
        return self.sector.settings.value_at_risk * self.size / self.sector.size

    @property
    def free(self) -> bool:
        """Whether it needs no licence this week."""
        return not (self.bound and self.market.needs_licence[self.kind == "military"])

    @property
    def licensed(self) -> bool:
        """Whether its goods may leave this week."""
        return self.free or self.licensed_until > self.model.week

    def seek_licence(self) -> None:
        """Start a file where the licence ends soon; hand in what is ready."""
        week = self.model.week
        if self.market.fast_track and self.application == "sent back":
            self.ready = week
        soon = self.licensed_until - week - 1 < self.ahead
        if self.application == "none" and not self.free and soon:
            self.application, self.applied = "file", week
            self.ready = week + int(self._file_weeks() + 0.999)
        if self.ready <= week:
            self.application, self.ready = "none" if self.free else "in line", math.inf
            if not self.free:
                self.authority.join(self)

    def _file_weeks(self) -> float:
        if self.ever:
            return 1.0
        return self.file_weeks * (0.5 if self.trusted and self.market.green else 1.0)

    def chance(self) -> float:
        """The chance that its application is approved."""
        market = self.market
        if self.kind == "military":
            return market.approval_chance[True]
        chance = 2.0 * self.ease * market.approval_chance[False]
        if self.trusted:
            chance = max(chance, market.trusted_chance)
        return max(chance, market.renewal_chance) if self.ever else chance

    def receive_licence(self) -> None:
        """The application was approved."""
        rules, week = self.market.licensing, self.model.week
        rank = self.market.regime[self.kind == "military"]
        self.application, self.ever = "none", True
        if rank <= SHIPMENT:
            self.licensed_until = week + rules.shipment_weeks
            return
        longest = rules.term_weeks if rank == SIX_MONTHS else rules.general_weeks
        weeks = longest * (1.0 - rules.term_spread * self._draw("term"))
        self.licensed_until = max(self.licensed_until, week) + max(1, int(weeks + 0.5))

    def be_sent_back(self) -> None:
        """The application was not approved: it comes again after some weeks."""
        self.application = "sent back"
        self.ready = self.model.week + self.market.licensing.resubmit_weeks

    def operate(self) -> None:
        """Receive, use and order goods; record shortage and felt risk."""
        market, settings = self.market, self.market.settings
        arrived = self.afloat.popleft()
        self.in_transit -= arrived
        self.stock += arrived
        licensed, usual = self.licensed, 1.0 - self.other_share
        third = market.third if self.kind == "controlled" else 0.0
        need = max(0.0, usual * (1.0 - self.aside) - third)
        used = min(self.stock, need)
        self.stock -= used
        self.shortage = need - used
        self._feel_risk(self.shortage if licensed else need)
        self._turn_aside(licensed)
        flies = self.stock < settings.flies_below
        ordered = self._order(need, usual, flies) if licensed else 0.0
        self.left = self._pass_customs(ordered)
        flown = self.left if flies else 0.0
        self.in_transit += self.left
        if market.declared > 0.0:
            more = market.declared * self.declared * (1.0 - self.other_share)
            self.left += more
            self.in_transit += more
        self.afloat.append(self.left - flown)
        self.afloat[0] += flown

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

    def _turn_aside(self, licensed: bool) -> None:
        """Finished parts while it has no licence, other grades while it feels at risk."""
        settings, turned = self.market.settings, 0.0
        if self.kind == "controlled":
            turned += 0.0 if licensed else settings.aside_share
            turned += settings.reform_share if self.risk > settings.qualify_threshold else 0.0
        self.aside += (turned - self.aside) * (1 / 8 if turned > self.aside else 1 / 26)

    def _order(self, need: float, usual: float, flies: bool) -> float:
        market, settings = self.market, self.market.settings
        wait = (1 if flies else settings.shipping_weeks) + (0.0 if self.bound else market.hold)
        aim, most = self.cover, settings.supplier_cap
        if self.bound:
            aim *= (1.0 + settings.hoarding * self.risk) * market.unscarce
            most = market.most
        has = self.stock + self.in_transit + self.held_new + self.held
        return min(max(aim + wait * need - has, 0.0), usual * most) * market.go_ahead

    def _pass_customs(self, ordered: float) -> float:
        """Lots that need no licence wait for tests in two stages; what leaves."""
        if self.bound or not self.market.tested:
            left = ordered + self.held_new + self.held
            self.held_new = self.held = 0.0
            return left
        release = self.market.release
        moved, released = release * self.held_new, release * self.held
        self.held_new += ordered - moved
        self.held += moved - released
        return released

    def report(self) -> None:
        """Add itself to its sector's and its market's sums of the week."""
        sector, market, convexity = self.sector, self.market, self.market.settings.loss_convexity
        at_risk = self.value_at_risk
        sector.short += self.size * self.shortage
        sector.lost_output += at_risk * loss_share(self.shortage, convexity)
        sector.stopped += 0.0 < self.shortage >= market.settings.stop_threshold
        if not self.bound:
            return
        sector.licensed += self.licensed
        military = self.kind == "military"
        bare = 1.0 - min(1.0, self.stock / market.horizon)
        market.exposure[military] += at_risk * loss_share(1.0 - self.other_share, convexity) * bare
        if self.licensed_until > self.model.week:
            market.licensed_demand[military] += self.size
        if not military:
            market.pipeline += self.size * (self.stock + self.in_transit)
            market.left += self.size * self.left


class LicensingAuthority(mesa.Agent):
    """The office that examines applications for one good, and learns from the control on: trusted firms
    first where there is a green channel.
    """

    model: PlainTruce

    def __init__(self, model: PlainTruce, market: Market) -> None:
        super().__init__(model)
        self.market = market
        market.authority = self
        self.lanes: tuple[deque[Firm], deque[Firm]] = (deque(), deque())
        self.left_over = 0.0
        self.examined = self.approved = self.first = self.waited = 0
        self.totals = {"examined": 0, "approved": 0, "first": 0, "waited": 0, "queue": 0}
        self.age = -1  # weeks since the control
        self.capacity = self.hold_weeks = 0.0
        if market.regime[False] < FREE:
            self.begin_control()
            rules = market.licensing
            self.age = rules.control_weeks
            unlearnt = (1.0 - 1.0 / rules.learning_weeks) ** self.age
            self.capacity = rules.capacity + (self.capacity - rules.capacity) * unlearnt
            self.hold_weeks = rules.hold_weeks + (self.hold_weeks - rules.hold_weeks) * unlearnt

    def begin_control(self) -> None:
        """The good comes under licence for the first time: nothing is learnt yet."""
        rules = self.market.licensing
        if self.age < 0:
            self.age, self.capacity = 0, rules.capacity_start
            self.hold_weeks = rules.hold_weeks_start

    def learn(self) -> None:
        """A week of learning by office and laboratories."""
        rules = self.market.licensing
        if self.age > 0:
            self.capacity += (rules.capacity - self.capacity) / rules.learning_weeks
            self.hold_weeks += (rules.hold_weeks - self.hold_weeks) / rules.learning_weeks
        self.age += self.age >= 0

    @property
    def queue(self) -> int:
        """Applications waiting."""
        return len(self.lanes[0]) + len(self.lanes[1])

    def join(self, firm: Firm) -> None:
        """Put a firm at the end of its lane."""
        self.lanes[0 if firm.trusted and self.market.green else 1].append(firm)

    def clear_queue(self) -> None:
        """Examine what capacity allows; a renewal costs half an examination."""
        market, rules = self.market, self.market.licensing
        self.examined = self.approved = self.first = self.waited = 0
        market.fast_track = False
        budget = self.left_over % 1.0
        if self.queue:
            kept = self.model.kept(market.name)
            whole = self.capacity * market.settings.firms / 120.0
            budget += whole * (1.0 - rules.slow_walk * (1.0 - kept))
            for lane in self.lanes:
                while lane and budget >= (0.5 if lane[0].ever else 1.0):
                    budget -= 0.5 if lane[0].ever else 1.0
                    self._examine(lane.popleft())
        self.left_over = budget
        for name in self.totals:
            self.totals[name] += getattr(self, name)

    def _examine(self, firm: Firm) -> None:
        self.examined += 1
        if self.model.draw_of_firm("approval", firm) >= firm.chance():
            firm.be_sent_back()
            return
        self.approved += 1
        if not firm.ever:
            self.first += 1
            self.waited += self.model.week - firm.applied
        firm.receive_licence()
