"""A government: its issues, losses, beliefs, offers and grievances (``docs/model.md``, from *Trade
and welfare* to *Compliance*).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa

from benchmarks.plain.border import Border
from benchmarks.plain.frontier import Frontier, Stake
from benchmarks.plain.outlook import cost_of_renewal, hawks_of, logistic
from benchmarks.plain.prices import SCREENERS, Screen, possible_prices, price
from benchmarks.plain.purchases import boycott_losses
from benchmarks.plain.regimes import fall_short

if TYPE_CHECKING:
    from benchmarks.plain.disputes import Threat
    from benchmarks.plain.model import PlainTruce
    from benchmarks.plain.purchases import Purchases

__all__ = ["CONTROLLER", "TRACKS", "Government", "Issue", "Talk"]

TRACKS = ("trade", "minerals", "semiconductors")
CONTROLLER = {"minerals": "cn", "semiconductors": "us"}  # whose controls a track is about
_SLACK = 1e-9
_SETTLED = 1e-6
_ENDS_OF_THREATS = ("threats_carried", "threats_yielded", "threats_dropped")


class Issue:
    """Something to concede: what it is worth this week, what was promised, what is delivered."""

    def __init__(self, name: str, settings: Any, truce_in_force: bool) -> None:
        self.name, self.settings = name, settings
        self.owner, self.track, self.driver = settings.owner, settings.track, settings.driver
        self.linear, self.convex, self.benefit = (
            settings.linear_cost,
            settings.convex_cost,
            settings.benefit,
        )
        self.agreed = settings.terms if truce_in_force else settings.lapse
        self.level = self.promised = self.promised_before = settings.in_force
        self.delivered = settings.in_force
        self.is_tariff = settings.driver.endswith("_tariff")
        self.purchases: Purchases | None = None  # what it pledges to buy, if it is about that
        self.kept, self.withheld, self.boycott = settings.deliverable, 0.0, 0.0
        # of a tariff: the level below which cost and benefit bend, and by how much a level
        self.kink = self.cost_bend = self.benefit_bend = 0.0
        # what is promised of licences, since when, and how far it falls short
        self.promise_week = self.promise_rank = 0
        self.promise_flow = self.shortfall = 0.0
        self.terms = self.nash = settings.terms  # the truce's first, and the Nash point's
        self.paid = 0.0  # the level that a deal on controls has bought, if it pays for any

    def pays_on(self, track: str) -> bool:
        """Whether it is what the side that asks on a controls track may pay with: trade of its
        own.
        """
        return self.track == "trade" and track in CONTROLLER and self.owner != CONTROLLER[track]

    def lies_on(self, track: str) -> bool:
        """Whether it is bargained on a track."""
        return self.track == track or self.pays_on(track)

    def least(self, track: str) -> float:
        """The lowest level that an offer on a track may have."""
        return min(self.agreed if self.pays_on(track) else self.paid, self.settings.red_line)

    def without_deal(self, track: str) -> float:
        """The level on a track if the truce lapses: what pays counts from what is agreed."""
        return self.agreed if self.pays_on(track) else self.settings.lapse

    def value_to(self, side: str, level: float) -> float:
        """Worth of a level to a side: minus its cost to the owner, else its benefit, bn USD/yr."""
        below = max(0.0, self.kink - level)
        if side == self.owner:
            return -(self.linear + self.convex * level) * level - self.cost_bend * below
        return self.benefit * level + self.benefit_bend * below

    def beyond_lapse(self, level: float) -> float:
        """What of a level is kept of a promise: of a tariff what lies beyond a lapse."""
        return max(0.0, level - (self.settings.lapse if self.is_tariff else 0.0))

    @property
    def room(self) -> float:
        """What a measure can withdraw: of a tariff that snaps back, what was suspended."""
        least = self.settings.lapse if self.settings.snaps_back else 0.0
        return max(0.0, self.delivered - least)

    @property
    def worth_of_room(self) -> float:
        """What the other side loses where a measure withdraws all that it can."""
        its = "cn" if self.owner == "us" else "us"
        left = self.delivered - self.room
        return self.value_to(its, self.delivered) - self.value_to(its, left)

    def harm(self, alone: bool) -> float:
        """What withdrawing it takes from the other; of purchases ``alone`` it is a boycott."""
        boycott = self.purchases.boycott_harm if self.purchases and alone else 0.0
        return self.worth_of_room + boycott

    def harm_at_home(self, alone: bool, share: float) -> float:
        """What withdrawing it costs its owner: a share of the harm, of purchases a boycott's cost."""
        if self.purchases:
            return self.purchases.boycott_cost if alone else 0.0
        return share * self.worth_of_room

    def deliver(self, model: PlainTruce) -> None:
        """Promised and delivered levels move toward what was agreed, a measure works at once; a licence is
        due at once, and delivered where firms have it and goods flow, purchases where they were made.
        """
        weeks = self.settings.phase_in_weeks
        if model.market_behind(self) is not None and model.status != "broken":
            fall_short(model, self)
            self.promised, self.delivered = self.agreed, self.agreed * (1.0 - self.shortfall)
            self.level = self.delivered - self.withheld * self.room
            return
        if self.purchases is not None:
            self.level = self.delivered - self.withheld * self.room
            return
        self.promise_rank, self.shortfall = 0, 0.0
        self.promised += (self.agreed - self.promised) / weeks
        self.delivered += (self.agreed * self.kept - self.delivered) / weeks
        self.level = self.delivered - self.withheld * self.room


@dataclass
class Talk:
    """The state of a side's talks on one track."""

    issues: list[Issue]
    frontier: Frontier = field(default_factory=lambda: Frontier([]))
    reservation: float = 0.0
    its_reservation: float = 0.0
    shown: float = 0.0  # what the terms agreed are worth beyond the first ones
    screen: Any = None
    best: float = 0.0
    aspiration: float = 0.0
    leverage_change: float = 0.0
    offer: list[float] | None = None  # the levels it last proposed; None where nothing stands

    def concedes(self) -> bool:
        """Whether the offer goes beyond the terms in force on any issue."""
        return any(
            level > issue.agreed + 1e-6
            for issue, level in zip(self.issues, self.offer or (), strict=False)
        )


def _lacked(issue: Issue) -> float:
    """What the side that wants a control lacks of it, within the red line; 0 of other issues."""
    if issue.track not in CONTROLLER:
        return 0.0
    return issue.benefit * max(0.0, issue.settings.red_line - issue.agreed)


class Government(mesa.Agent):
    """Washington or Beijing."""

    model: PlainTruce
    other: Government

    def __init__(self, model: PlainTruce, name: str) -> None:
        super().__init__(model)
        scenario = model.scenario
        self.name, self.settings = name, getattr(scenario, name)
        self.politics, self.economy = (
            getattr(scenario.politics, name),
            getattr(scenario.economy, name),
        )
        self.conduct, self.linkage = (
            getattr(scenario.compliance, name),
            getattr(scenario.linkage, name),
        )
        issues = list(model.issues.values())
        self.own = [issue for issue in issues if issue.owner == name]
        self.wanted = [issue for issue in issues if issue.owner != name]
        self.talks = {
            track: Talk([issue for issue in issues if issue.lies_on(track)]) for track in TRACKS
        }
        for track, talk in self.talks.items():
            talk.screen = Screen(self, track)
        self.resolve = 2.0 * model.random.random() - 1.0
        self.turning = 1.0 - math.exp(-self.settings.resolve.turnover / 52.0)
        self.waits: list[float] = []
        self.keeps: list[float] = []
        self.error = {
            issue.name: self.settings.belief_error * model.random.gauss(0.0, 1.0)
            for issue in issues
        }
        self.observed = self.settings.belief_weight
        self.alive = self.settings.belief_alive * self.settings.belief_weight
        self.goes_on = self.goes_on_next = self.belief
        self.hawk, self.lobby, self.break_loss = self.politics.hawk_start, 0.0, 0.0
        self.campaign = 1.0  # what its hawks weigh more before an election
        self.rung = 0
        self.rung_due: int | None = None
        self.counts = dict.fromkeys(
            ("breaches", "protests", "threats", *_ENDS_OF_THREATS, "measures_taken", "offers"), 0
        )
        self._start_disputes()
        self.value_terms = self.value_lapse = self.value_now = self.value_truce = 0.0
        self.lack = self.leverage = self.export_loss = self.welfare_loss = self.pressed = 0.0
        self.border = Border(self)
        self.tariff_issue = self.border.issue

    def _start_disputes(self) -> None:
        """Nothing is held against anybody yet."""
        self.slacks, self.trust = False, self.conduct.trust
        self.grievance = self.usual = self.owed = 0.0
        self.grieved: Issue | None = None
        self.protest_since: int | None = None
        self.threat: Threat | None = None
        self.carried = self.threats_due = 0
        self.measure, self.measure_since, self.responds = 0.0, 0, False
        self.measure_aim: list[Issue] = []
        self.stake = self.years = self.lack_trade = self.harm_out = self.harm_in = 0.0
        self.own_cost = self.ask = 0.0
        self.fresh = True
        self.worth_of_length: list[float] = []

    @property
    def belief(self) -> float:
        """The probability it gives to the truce going on."""
        return self.alive / self.observed

    # ---- trade and welfare

    def trade(self) -> None:
        """The week at its border."""
        self.border.trade()

    def feel_losses(self) -> None:
        """Exports lost to the other's tariff, boycotts, and output lost for want of the good it needs;
        and what of that is heard.
        """
        market, abroad = self.model.market_of(self.name), self.other.border.effects
        dearer = (market.price - 1.0) * market.settings.scarce_spend
        boycotted = boycott_losses(self)
        self.export_loss, heard = abroad.export_loss, abroad.heard_abroad
        self.welfare_loss = self.border.loss + self.export_loss + self._lost_output() + dearer
        self.welfare_loss += boycotted
        if self.name == "us":
            # of the side whose goods are boycotted it is its exporters' loss
            self.export_loss += boycotted
            heard += boycotted
        self.pressed = max(0.0, heard) + max(0.0, self.border.heard)

    @property
    def payoff(self) -> float:
        """Worth of what the other side concedes, less the cost of its own concessions and its
        welfare loss, by the scenario's figures.
        """
        total = -self.welfare_loss
        for issue in self.wanted:
            if issue.purchases is not None:
                total += issue.value_to(self.name, issue.level)
            else:
                total += issue.settings.benefit * issue.level
        for issue in self.own:
            if issue.purchases is not None:
                total += issue.value_to(self.name, issue.level)
                continue
            convex = 0.0 if issue is self.tariff_issue else issue.settings.convex_cost
            total -= (issue.settings.linear_cost + convex * issue.level) * issue.level
        return total

    def _lost_output(self) -> float:
        lost = sum(sector.lost_output for sector in self.model.market_of(self.name).sectors)
        if self.name == "us":
            lost += sum(row.loss for row in self.model.minerals)
        return lost

    # ---- politics and values

    def feel_politics(self) -> None:
        """Losses become lobbying, concessions of controls hawk pressure."""
        politics = self.politics
        felt = min(max((self.pressed + self._lost_output()) / politics.lobby_scale, 0.0), 1.0)
        self.lobby = politics.lobby_memory * self.lobby + (1.0 - politics.lobby_memory) * felt
        controls = [issue for issue in self.own if issue.track in CONTROLLER]
        conceded = sum(max(0.0, issue.promised - issue.promised_before) for issue in controls)
        self.hawk = self.hawk * (1.0 - politics.hawk_decay) + politics.hawk_response * conceded
        if self.model.draw("incident", self) < 1.0 - math.exp(-politics.incident_rate / 52.0):
            self.hawk += politics.incident_size
        for issue in self.own:
            issue.promised_before = issue.promised

    def turn_resolve(self) -> None:
        """As politics at home turn, its price of settling is drawn anew."""
        if self.model.week > 0 and self.model.random.random() < self.turning:
            self.resolve = 2.0 * self.model.random.random() - 1.0

    def value_own_issues(self) -> None:
        """What each of its issues costs it, and is worth to the other, this week."""
        for issue in self.own:
            settings = issue.settings
            linear, convex, benefit = settings.linear_cost, settings.convex_cost, settings.benefit
            if issue is self.tariff_issue:
                fitted, convex, gained = self.border.fit()
                linear, benefit = linear + fitted, benefit + gained
            if issue.purchases is not None:
                balance, dearer = issue.purchases.costs(self)
                linear, convex = linear + balance, convex + dearer
                benefit += issue.purchases.worth(self.other)
            market = self.model.market_behind(issue)
            if market is not None:
                pressure = 1.0 + self.other.politics.lobby_weight * self.other.lobby
                benefit += self.model.exposure_behind(issue) * pressure
                # of what is declined neither side has anything
                benefit *= market.taken
                if linear < 0.0:
                    linear *= market.taken
                    linear *= (1.0 - market.other_supply) / (1.0 - market.settings.other_share)
            elif issue.driver == "other_minerals":
                pressure = 1.0 + self.other.politics.lobby_weight * self.other.lobby
                benefit += sum(row.at_stake for row in self.model.minerals) * pressure
            if issue.track in CONTROLLER:
                factor = 1.0 + self.politics.hawk_cost * self.hawk
                convex *= factor
                linear *= factor if linear > 0.0 else 1.0
            issue.linear, issue.convex, issue.benefit = linear, convex, benefit

    def take_stock(self) -> None:
        """What all issues add up to: terms, lapse, what is in force; what it lacks; its leverage
        and how that will waste.
        """
        issues = self.own + self.wanted
        self.add_values()
        self.leverage = sum(issue.benefit * (1.0 - issue.agreed) for issue in self.own)
        self.lack = sum(_lacked(issue) for issue in self.wanted)
        for track, talk in self.talks.items():
            given = sum(self._waste(issue) for issue in self.own if issue.track == track)
            taken = sum(self._waste(issue) for issue in self.wanted if issue.track == track)
            talk.leverage_change = taken - given
            talk.shown = sum(
                issue.value_to(self.name, issue.agreed)
                - issue.value_to(self.name, issue.settings.terms)
                for issue in issues
                if issue.track == track
            )

    def add_values(self) -> None:
        """What all issues are worth to it: as agreed, lapsed, in force, and at the first terms."""

        def worth(levels: Callable[[Issue], float]) -> float:
            return sum(issue.value_to(self.name, levels(issue)) for issue in self.own + self.wanted)

        self.value_terms = worth(lambda issue: issue.agreed)
        self.value_lapse = worth(lambda issue: issue.settings.lapse)
        self.value_now = worth(lambda issue: issue.level) - self._missed()
        self.value_truce = worth(lambda issue: issue.settings.terms)

    def _missed(self) -> float:
        """What boycotts in force take of natural purchases."""
        total = 0.0
        for issue in self.own + self.wanted:
            if issue.purchases is not None:
                kind = issue.purchases
                whole = kind.boycott_cost if issue in self.own else kind.boycott_harm
                total += issue.boycott * whole
        return total

    def _waste(self, issue: Issue) -> float:
        """What an issue will be worth less over the planning horizon, as dependence declines."""
        market = self.model.market_behind(issue)
        if market is None:
            return 0.0
        years = self.settings.planning_weeks / 52.0
        falls = 1.0 - math.exp(-market.dependence_decline * years)
        held = issue.benefit * (1.0 - issue.agreed)
        return (
            self.settings.leverage_share
            * held
            * falls
            * math.exp(-self.settings.discount_rate * years)
        )

    # ---- bargaining

    def see(self, issue: Issue, track: str) -> Stake:
        """An issue on a track as it believes it to be: errors are about what is the other's, its worth or its
        cost.
        """
        factor = math.exp(self.error[issue.name])
        owned = issue.owner == self.name
        benefit, cost = (issue.benefit * factor, 1.0) if owned else (issue.benefit, factor)
        red_line = issue.settings.red_line
        return Stake(
            issue.owner == "us",
            benefit,
            issue.linear * cost,
            issue.convex * cost,
            red_line,
            issue.least(track),
        )

    def no_deal_seen(self, side: Government, track: str) -> float:
        """What a side expects without a deal on a track, as this one believes: what is the other's
        is misjudged in proportion.
        """
        q, total = self.goes_on, 0.0
        for issue in self.talks[track].issues:
            factor = 1.0 if side is self else math.exp(self.error[issue.name])
            total += factor * q * issue.value_to(side.name, issue.agreed)
            total += factor * (1.0 - q) * issue.value_to(side.name, issue.without_deal(track))
        return total

    def prepare(self, track: str) -> None:
        """Its reservation value and best believed package on a track this week."""
        talk = self.talks[track]
        talk.frontier = frontier = Frontier([self.see(issue, track) for issue in talk.issues])
        floors = {
            side.name: self.no_deal_seen(side, track)
            + side.linked_demand(track)
            + side.public_price(track)
            for side in (self, self.other)
        }
        own = price(self, track, self.resolve)
        talk.reservation = floors[self.name] + talk.leverage_change + own
        if self.settings.strategy.kind in SCREENERS:
            talk.its_reservation = talk.screen.prepare(floors[self.other.name])
            return
        floors[self.other.name] += possible_prices(self, track)[0]
        talk.its_reservation = floors[self.other.name]
        package = frontier.worth(self.other.name, floors[self.other.name])
        talk.best = frontier.utility(self.name, package)
        if frontier.utility(self.other.name, package) < floors[self.other.name] - _SLACK:
            talk.best = min(talk.best, talk.reservation)

    def linked_demand(self, track: str) -> float:
        """Participation linkage: what it demands for what it lacks of controls before it closes the
        trade track.
        """
        return self.linkage * self.lack if track == "trade" else 0.0

    def public_price(self, track: str) -> float:
        """What settling trade costs it at home beyond its private price: hawks, less what it spares of
        an extension.
        """
        if track != "trade":
            return 0.0
        cost = cost_of_renewal(self, self.model.next_length, 0) + hawks_of(self)
        spared = self.politics.extension_felt * cost / self.years
        return self.politics.hawk_settling * hawks_of(self) - self.goes_on * spared

    def adds(self, track: str, issue: Issue) -> float:
        """What an issue adds to its reservation value on a track: terms and lapse, leverage, and
        what it demands for want of it.
        """
        total = 0.0
        if issue.lies_on(track):
            q = self.goes_on
            total += q * issue.value_to(self.name, issue.agreed)
            total += (1.0 - q) * issue.value_to(self.name, issue.without_deal(track))
        if issue.track == track:
            total += -self._waste(issue) if issue in self.own else self._waste(issue)
        if track == "trade" and issue in self.wanted:
            total += self.linkage * _lacked(issue)
        return total

    def target(self, track: str) -> float:
        """The aspiration of a side that screens, of a committed one, or of ``time_dependent``: from
        the best package to the reservation value as the clock runs.
        """
        talk, kind = self.talks[track], self.settings.strategy.kind
        if kind in SCREENERS:
            asked = talk.screen.target() if kind == "screening" else talk.screen.insisted()
            return float(asked)
        if talk.best <= talk.reservation:
            return talk.reservation
        feeling = 1.0 - self.goes_on * (1.0 - self.settings.deadline_firmness)
        conceded = (feeling * self.model.clock_share) ** (1.0 / self.settings.strategy.exponent)
        return talk.reservation + (talk.best - talk.reservation) * (1.0 - conceded)

    def take_turn(self, track: str) -> None:
        """Accept what stands where it is worth at least its own next offer, else make that
        offer.
        """
        talk, theirs = self.talks[track], self.other.talks[track]
        talk.aspiration = self.target(track)
        package = talk.frontier.worth(self.name, talk.aspiration)
        own = talk.frontier.utility(self.name, package)
        if theirs.offer is not None and self.other.would_sign(track):
            heard = talk.frontier.utility(self.name, theirs.offer)
            enough = heard >= own and heard >= talk.reservation
            if self.settings.strategy.kind == "screening":
                enough = talk.screen.takes(heard)
            if enough and theirs.concedes():
                self.model.close_deal(track, self.other)
                return
            theirs.screen.learn_refusal()
        if own < talk.reservation - _SETTLED:
            talk.offer = None
            return
        talk.offer = package
        self.counts["offers"] += 1
        self.other.learn(track, package)

    def would_sign(self, track: str) -> bool:
        """Whether its standing offer is still worth no less to it than no deal."""
        talk = self.talks[track]
        worth = talk.frontier.utility(self.name, talk.offer or [])
        return worth >= talk.reservation - _SETTLED

    def learn(self, track: str, heard: list[float]) -> None:
        """Correct beliefs by how the other's offer differs from the efficient package worth as much
        to itself.
        """
        talk = self.talks[track]
        expected = talk.frontier.worth(self.name, talk.frontier.utility(self.name, heard))
        for issue, level, guess in zip(talk.issues, heard, expected, strict=True):
            sign = 1.0 if issue.owner == self.name else -1.0
            self.error[issue.name] += sign * self.settings.learning_rate * (level - guess)

    def no_deal_value(self, issues: list[Issue], track: str = "") -> float:
        """What it expects of issues without a deal, on a track or of all."""
        q = self.goes_on
        return sum(
            q * issue.value_to(self.name, issue.agreed)
            + (1.0 - q) * issue.value_to(self.name, issue.without_deal(track))
            for issue in issues
        )

    def ratifies(self, track: str, package: list[float]) -> bool:
        """Whether a package passes at home: support is logistic in its gain less what hawks hold
        against it.
        """
        issues, rules = self.talks[track].issues, self.model.scenario.politics.ratification
        gain, given = -self.no_deal_value(issues, track), 0.0
        for issue, level in zip(issues, package, strict=True):
            gain += issue.value_to(self.name, level)
            if issue.owner == self.name and issue.track in CONTROLLER:
                given += max(0.0, level - issue.agreed)
        noise = rules.noise * self.model.random.gauss(0.0, 1.0)
        return (
            logistic((gain - rules.hawk_opposition * self.hawk * given) / rules.scale + noise)
            >= rules.threshold
        )

    # ---- compliance

    def review(self) -> None:
        """Once in a while it decides anew whether to deliver in full or to slack."""
        rules, truce = self.model.scenario.compliance, self.model.scenario.truce
        if self.model.draw("review", self) >= rules.review_rate:
            return
        saved = 0.0
        for issue in self.own:
            if not issue.is_tariff:
                full = issue.agreed * issue.settings.deliverable
                saved += issue.value_to(self.name, full * rules.slack)
                saved -= issue.value_to(self.name, full)
        gain = rules.fear * (self.harm_in + 0.3 * max(0.0, self.stake)) - saved
        gain = gain * self.years - 0.5 * hawks_of(self)
        self.slacks = self.model.draw("effort", self) >= logistic(gain / truce.temperature)

    def _kept_at_most(self, issue: Issue) -> float:
        """The share of a promise that its effort delivers in the end; of tariffs all."""
        if issue.is_tariff:
            return 1.0
        most = float(issue.settings.deliverable)
        return self.model.scenario.compliance.slack * most if self.slacks else most

    def drift(self) -> None:
        """An agency may lapse in delivering one promise; lapses are slowly repaired."""
        rules, random = self.model.scenario.compliance, self.model.random
        for issue in self.own:
            issue.kept += rules.recovery * (self._kept_at_most(issue) - issue.kept)
        owed = [issue for issue in self.own if issue.agreed > 0.0 and not issue.is_tariff]
        hazard = self.conduct.drift_rate * (1.0 + self.conduct.hawk_drift * self.hawk)
        if (
            not owed
            or self.model.status == "broken"
            or random.random() >= 1.0 - math.exp(-hazard / 52.0)
        ):
            return
        random.choice(owed).kept *= 1.0 - rules.severity * random.random()
        self.counts["breaches"] += 1
        self.model.mark(f"drift_{self.name}")

    def perceive(self) -> None:
        """Grievance at what was promised and not seen, and trust in what takes effort, so not in tariffs."""
        rules, noise = self.model.scenario.compliance, self.model.random.gauss
        gap = owed = had = worst = 0.0
        self.grieved = None
        for issue in self.wanted:
            if issue.agreed <= 0.0 or issue.is_tariff:
                continue
            seen = issue.delivered + rules.monitoring_noise * noise(0.0, 1.0)
            short = issue.benefit * (issue.promised - seen)
            gap, owed = gap + short, owed + issue.benefit * issue.promised
            had += issue.benefit * issue.level
            if short > worst:
                self.grieved, worst = issue, short
        self.owed = owed
        beyond = max(0.0, gap - rules.habit * self.usual - rules.tolerance * owed)
        self.grievance = rules.memory * self.grievance + (1.0 - rules.memory) * beyond
        self.usual += (max(0.0, gap) - self.usual) / rules.habit_weeks
        if owed > 0.0:
            self.trust += (min(1.0, had / owed) - self.trust) / rules.trust_weeks
