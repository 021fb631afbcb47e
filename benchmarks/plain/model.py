"""One run of the plain model: the calendar, the truce and its clock, deals, shocks
(``docs/model.md``).
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import mesa

from benchmarks.plain.calendar import Schedule
from benchmarks.plain.disputes import concede, end_crisis, pursue_disputes
from benchmarks.plain.duties import Law
from benchmarks.plain.firms import Firm, LicensingAuthority, Market
from benchmarks.plain.government import TRACKS, Government, Issue
from benchmarks.plain.minerals import start_minerals, supply_minerals
from benchmarks.plain.outlook import (
    drawn_length,
    hawks_of,
    lapse_chance,
    lengths,
    logistic,
    look,
    usual_length,
    vote_chance,
)
from benchmarks.plain.prices import SCREENERS, look_ahead
from benchmarks.plain.purchases import buy, start_purchases
from benchmarks.plain.record import Record, weekly_reporters
from benchmarks.plain.regimes import FREE, begin_promise, choose_regimes, rank_of, start_regimes
from benchmarks.plain.swaps import agree_on_return, hold_interim_talks, lay_to_rest

__all__ = ["PlainTruce"]

_DRIVERS = {"civil_magnets": "magnets", "military_magnets": "magnets", "ai_chips": "chips"}
_KINDS = ("time_dependent", *SCREENERS)
_USER = {"us": "magnets", "cn": "chips"}


class PlainTruce(mesa.Model):
    """A scenario of ``sim.load``, run by plain Python objects.

    Parameters
    ----------
    scenario
        A scenario without the parts that :mod:`benchmarks.plain` leaves out.
    seed
        Seed of ``self.random``, from which every draw is taken.
    collect
        Whether the weekly series are collected.

    Raises
    ------
    ValueError
        For a scenario that asks for what is left out.
    """

    scenario: Any = None

    def __init__(self, scenario: Any, seed: int | None = None, collect: bool = False) -> None:
        super().__init__(seed=seed)
        _refuse_what_is_left_out(scenario)
        self.scenario, self.collecting = scenario, collect
        rules = scenario.truce
        self.week = self.meetings = self.extensions = 0
        self.meeting = 0  # of the week, on one track
        self.planned: tuple[int, str] | None = None
        self.status = "truce" if rules.in_force else "broken"
        self.clock_start = 0
        self.next_option, self.next_length = 0, rules.first_deadline_weeks or rules.length_weeks
        self.length = self.next_length
        # the week of the date; None of a truce that has none
        self.deadline: int | None = self.next_length if rules.dated else None
        self.crisis_since: int | None = None
        self.limbo = self.hollow = False
        self.hollow_weeks = 0
        self.settled = dict.fromkeys(TRACKS, False)
        self.deal_since: int | None = None
        self.events: set[str] = set()
        self.schedule, self.summit, self.sprint = Schedule(scenario), 0.0, False
        self.law = Law(self)
        self._make_markets()
        self._make_sides()
        self._draw_offer()
        self._make_firms()
        self.minerals = start_minerals(self)
        self.purchases = start_purchases(self)
        self.month: tuple[int, int] | None = None
        self.shocks = [
            (shock, _week_of(shock.start, scenario))
            for _, shock in sorted(scenario.shocks.events.items())
        ]
        self.record = Record(self)
        if self.status == "truce":
            self.record.first["truce"] = 0.0
        self._take_first_look()
        self.datacollector = mesa.DataCollector(
            model_reporters=weekly_reporters(self) if collect else None
        )

    def _make_markets(self) -> None:
        licensing = self.scenario.licensing
        self.markets = {
            good: Market(
                good,
                getattr(self.scenario.firms, good),
                getattr(licensing, good),
                licensing.approve_withheld_military,
                getattr(self.scenario, side).planning_weeks,
            )
            for side, good in _USER.items()
        }

    def _make_sides(self) -> None:
        truce = self.scenario.truce.in_force
        self.issues = {
            name: Issue(name, settings, truce)
            for name, settings in sorted(self.scenario.issues.items())
        }
        self.us, self.cn = Government(self, "us"), Government(self, "cn")
        self.us.other, self.cn.other = self.cn, self.us
        self.governments = (self.us, self.cn)

    def _draw_offer(self) -> None:
        """What this run's chips are worth to their buyers."""
        offer, gauss = self.scenario.licensing.chip_offer, self.random.gauss
        self.offer = (
            offer,
            math.exp(offer.quality_spread * gauss(0.0, 1.0)),
            offer.bar_spread * gauss(0.0, 1.0),
        )
        self.markets["chips"].look_at_offer(*self.offer)

    def _make_firms(self) -> None:
        self.authorities = {
            good: LicensingAuthority(self, market) for good, market in self.markets.items()
        }
        for good, market in self.markets.items():
            military = self.issue_for(good, military=True)
            promised = rank_of(military.level) if military else FREE
            market.regime[True] = min(market.regime[False], promised)
            market.needs_licence[True] = market.regime[True] < FREE
            for number in range(market.settings.firms):
                Firm(self, market, self.authorities[good], number)
        firms = self.agents_by_type[Firm]
        self.users = {
            good: firms.select(lambda firm, m=market: firm.market is m)
            for good, market in self.markets.items()
        }
        for good, market in self.markets.items():
            market.weigh(self.users[good])

    def _take_first_look(self) -> None:
        """What the first day is worth, before anything has happened."""
        for good, market in self.markets.items():
            market.tally(self.users[good], self.week)
        start_regimes(self)
        for issue in self.issues.values():
            if issue.driver in _DRIVERS:
                begin_promise(self, issue, 0)
        self.agents_by_type[Government].do("value_own_issues").do("take_stock")
        look(self)

    def draw(self, purpose: str, side: Government | None = None) -> float:
        """A uniform draw in (0, 1) for a decision of a side, or of nobody's."""
        return 1.0 - self.random.random()

    def draw_normal(self, purpose: str) -> float:
        """A standard normal draw of the world: of demand for a kind of purchases, of a month's record."""
        return self.random.gauss(0.0, 1.0)

    def draw_of_firm(self, purpose: str, firm: Firm) -> float:
        """A uniform draw in (0, 1) for a firm."""
        return 1.0 - self.random.random()

    # ---- who stands behind what

    def market_of(self, side: str) -> Market:
        """The market of the good that a side's firms need."""
        return self.markets[_USER[side]]

    def market_behind(self, issue: Issue) -> Market | None:
        """The market that an issue opens, if it is about a controlled good."""
        good = _DRIVERS.get(issue.driver)
        return self.markets[good] if good else None

    def exposure_behind(self, issue: Issue) -> float:
        """Output exposed to the loss of what an issue opens, bn USD/yr."""
        exposure = self.markets[_DRIVERS[issue.driver]].exposure
        if issue.driver == "ai_chips":
            return exposure[False] + exposure[True]
        return exposure[issue.driver == "military_magnets"]

    def issue_for(self, good: str, military: bool) -> Issue | None:
        """The issue that rules a good and grade, if the scenario has it."""
        driver = (
            "ai_chips" if good == "chips" else "military_magnets" if military else "civil_magnets"
        )
        return next((issue for issue in self.issues.values() if issue.driver == driver), None)

    def kept(self, good: str) -> float:
        """Share of what it promised on a good that the effort of its owner keeps."""
        issue = self.issue_for(good, military=False)
        return issue.kept if issue else 1.0

    def mark(self, event: str) -> None:
        """Remember an event of this week."""
        self.events.add(event)
        if event.startswith("protest"):
            self.record.note_first("protest")

    # ---- the week

    def step(self) -> None:
        """One week."""
        self.events = set()
        self._look_at_calendar()
        self.land_shocks()
        self.license_firms()
        self.supply_firms()
        self.law.go_on()
        self.begin_month()
        self.agents_by_type[Government].do("trade").do("feel_losses").do("feel_politics")
        self.agents_by_type[Government].do("turn_resolve")
        self.comply()
        self.agents_by_type[Government].do("value_own_issues").do("take_stock")
        look(self)
        pursue_disputes(self)
        self.negotiate()
        self.keep_the_clock()
        self.sound_deal()
        choose_regimes(self)
        self.record.observe()
        if self.collecting:
            self.datacollector.collect(self)
        self.week += 1
        self.running = self.week < self.scenario.calendar.horizon_weeks

    def _look_at_calendar(self) -> None:
        """How near a meeting of the leaders is, whether it brings a sprint, and an election."""
        self.summit = self.schedule.summit(self.week)
        self.sprint = self.summit > 0.0 and self.draw("sprint") < self.summit
        self.us.campaign = self.schedule.campaign(self.week)

    def talks_rate(self, rate: float) -> float:
        """Chance of talks this week, up to three times the usual before the leaders meet."""
        return min(1.0, rate * (1.0 + 2.0 * self.summit))

    def run_model(self) -> None:
        """Step to the horizon."""
        while self.running:
            self.step()

    def land_shocks(self) -> None:
        """Scheduled events in their week, the others at their rate a year."""
        for shock, start in self.shocks:
            if shock.rate > 0.0:
                lands = self.week >= start and self.random.random() < 1.0 - math.exp(
                    -shock.rate / 52.0
                )
            else:
                lands = self.week == start
            if lands:
                self._land(shock, getattr(self, shock.side), max(0.0, 1.0 - shock.size))
                self.mark("shock")

    def _land(self, shock: Any, side: Government, left: float) -> None:
        if shock.kind == "hawk":
            side.hawk += shock.size
        elif shock.kind == "delivery":
            for issue in side.own:
                issue.kept *= left
        elif shock.kind == "supply":
            self.market_of(side.name).other_supply *= left
        elif shock.kind == "goodwill":
            side.grievance *= left
        else:
            self.law.take_ruling(shock.kind, shock.size)

    def license_firms(self) -> None:
        """Firms apply, authorities examine."""
        self.markets["chips"].look_at_offer(*self.offer)
        for good, market in self.markets.items():
            market.open_window(
                {military: self.issue_for(good, military) for military in (False, True)}
            )
        self.agents_by_type[Firm].do("seek_licence")
        self.agents_by_type[LicensingAuthority].do("clear_queue")

    def supply_firms(self) -> None:
        """Other supply grows; firms receive, use, fall short, order."""
        for side, good in _USER.items():
            self.markets[good].grow_other_supply()
            self.markets[good].open_customs(getattr(self, side).border.tariff)
        self.agents_by_type[Firm].do("operate")
        for good, market in self.markets.items():
            market.tally(self.users[good], self.week)
            market.price_scarce(self.week)
        supply_minerals(self)

    @property
    def today(self) -> dt.date:
        """The first day of the week."""
        start = dt.date.fromisoformat(self.scenario.calendar.start)
        return start + dt.timedelta(weeks=self.week)

    def begin_month(self) -> None:
        """The errors with which a calendar month is counted."""
        month = (self.today.year, self.today.month)
        if month != self.month:
            self.month = month
            for side in self.governments:
                side.border.noise = self.draw_normal(f"record_{side.name}")

    # ---- talks

    @property
    def clock_share(self) -> float:
        """Elapsed share of the clock; without a date of the usual length."""
        dated = self.deadline is not None
        length = self.deadline - self.clock_start if dated else self.length
        return (
            min(max((self.week + 1 - self.clock_start) / length, 0.0), 1.0) if length > 0 else 1.0
        )

    def is_open(self, track: str) -> bool:
        """Whether a track is bargained: controls only once trade is settled, unless they may come
        first.
        """
        first = self.settled["trade"] or self.scenario.linkage.security_first
        if track != "trade" and not first:
            return False
        return self.status != "broken" and not self.settled[track]

    def track_in_talks(self) -> str | None:
        """The first open track, for the weekly series."""
        return next((track for track in TRACKS if self.is_open(track)), None)

    def negotiate(self) -> None:
        """Interim talks, then the week's meetings on every open track; sides take turns in speaking
        first.
        """
        hold_interim_talks(self)
        for track in TRACKS:
            if not self.is_open(track):
                continue
            look_ahead(self)
            self.agents_by_type[Government].do("prepare", track)
            for meeting in range(self.meetings_this_week):
                if not self.is_open(track):
                    break
                self.meeting = meeting
                order = self.governments if self.meetings % 2 == 0 else self.governments[::-1]
                self.meetings += 1
                for side in order:
                    if self.is_open(track):
                        side.take_turn(track)

    @property
    def weeks_left(self) -> int:
        """Weeks from the end of this week to the date, of a truce that has one."""
        assert self.deadline is not None
        return self.deadline - (self.week + 1)

    @property
    def weeks_to_bargain(self) -> float:
        """Weeks until the date, this one included; at least one, endless without a date."""
        return math.inf if self.deadline is None else max(1, self.deadline - self.week)

    @property
    def meetings_this_week(self) -> int:
        """Meetings on a track this week, more of them in a sprint."""
        talks = self.scenario.truce.talks
        sprint = self.weeks_to_bargain <= talks.sprint_weeks or self.sprint
        return int(talks.sprint_meetings if sprint else talks.meetings_per_week)

    def close_deal(self, track: str, proposer: Government) -> None:
        """The proposer's package was accepted: ratify it and put it in force, or count the
        failure.
        """
        package = proposer.talks[track].offer
        votes = self.scenario.politics.ratification.by == "vote"
        if votes and not all(side.ratifies(track, package) for side in self.governments):
            proposer.hawk += self.scenario.politics.ratification.failure_cost
            self.record.counts["failed_deals"] += 1
            self.mark("ratification_failure")
            self.forget_offers(track)
            return
        everything = list(self.issues.values())
        floors = self.us.no_deal_value(everything), self.cn.no_deal_value(everything)
        if not any(self.settled.values()):
            self.record.note_first("deal")
            if self.deadline is not None and math.isnan(self.record.deal["clock_at_first_deal"]):
                self.record.deal["clock_at_first_deal"] = self.clock_share
        levels = dict(zip(proposer.talks[track].issues, package, strict=True))
        first = track == "trade" and math.isnan(self.record.terms["weeks_to_deal.trade"])
        gains = {
            side.name: sum(issue.value_to(side.name, level) for issue, level in levels.items())
            - side.no_deal_value(list(levels), track)
            for side in self.governments
        }
        self.record.judge_terms(track, gains, levels)
        for issue, level in levels.items():
            if issue.pays_on(track) and level > issue.agreed + 1e-6:
                issue.paid = level
            issue.agreed = level
        for other in TRACKS:
            # of tracks that share issues with this one the offers have become stale
            if other != track and "trade" in (track, other):
                self.forget_offers(other)
        self.settled[track] = True
        self.mark(f"deal_{track}")
        if self.settled["trade"]:
            self.status = "deal"
            if self.deal_since is None:
                self.deal_since, self.limbo, self.extensions = self.week, False, 0
                self._start_clock(self.scenario.truce.deal_weeks)
            if self.crisis_since is not None:
                lay_to_rest(self)
                end_crisis(self, "better")
        if first:
            self.record.judge_deal(*floors)

    def forget_offers(self, track: str) -> None:
        """No offer stands on a track any more."""
        for side in self.governments:
            side.talks[track].offer = None

    # ---- compliance and the truce

    def comply(self) -> None:
        """The week's effort, delivery and monitoring."""
        sides = self.agents_by_type[Government]
        if self.status != "broken":
            sides.do("review")
        sides.do("drift")
        for issue in self.issues.values():
            if issue.purchases is not None:
                issue.promised += (issue.agreed - issue.promised) / issue.settings.phase_in_weeks
        buy(self)
        for issue in self.issues.values():
            issue.deliver(self)
        if self.status != "broken":
            sides.do("perceive")

    def sound_deal(self) -> None:
        """Whether a deal is hollow: a side has long had less than a share of what was promised."""
        wanted = self.scenario.outcomes
        if self.status != "deal":
            self.hollow, self.hollow_weeks = False, 0
            return
        served = 1.0
        for side in self.governments:
            owed = sum(issue.benefit * issue.beyond_lapse(issue.promised) for issue in side.wanted)
            had = sum(issue.benefit * issue.beyond_lapse(issue.level) for issue in side.wanted)
            served = min(served, had / owed) if owed > 0.0 else served
        self.hollow_weeks = self.hollow_weeks + 1 if served < wanted.hollow_share else 0
        self.hollow = self.hollow_weeks >= wanted.hollow_weeks

    def keep_the_clock(self) -> None:
        """The date of a truce or deal; without one the way back or the ladder."""
        if self.status == "broken":
            if "ending" not in self.events and not self._reenter():
                self._escalate()
        elif self.deadline is not None:
            self._meet_the_date()

    def _start_clock(self, weeks: int) -> None:
        self.clock_start, self.length = self.week + 1, weeks
        self.deadline = self.clock_start + weeks

    def _meet_the_date(self) -> None:
        """Renewal before the date, at it, or past it, or an end."""
        rules, counts = self.scenario.truce, self.record.counts
        if self.extensions >= rules.max_extensions:
            if self.weeks_left <= 0:
                counts["dates"] += 1
                self._lapse()
            return
        if self.weeks_left > rules.window_weeks:
            return
        option = drawn_length(self, self.draw("length"))
        if self.weeks_left > 0:
            if self.weeks_left == 1:
                self._sweeten(option)
            if self._both_renew(option, "renew_early"):
                self._renew(option)
            return
        for length, purpose in ((option, "renew"), (usual_length(self), "renew_usual")):
            if self._both_renew(length, purpose):
                self._renew(length)
                return
        if not self.limbo:
            self.limbo = True
            counts["dates"] += 1
            self.mark("limbo")
        self._put_to_vote()

    def _sweeten(self, option: int) -> None:
        """The keener side concedes what the other is short of renewing as soon as not, at most half
        of what renewing is worth to itself.
        """
        us, cn = self.us.worth_of_length[option], self.cn.worth_of_length[option]
        keener, keen, weak = (self.us, us, cn) if us > cn else (self.cn, cn, us)
        short = hawks_of(keener.other) - self.scenario.truce.blame - weak
        if short > 0.0 and keen > 0.0:
            concede(keener, min(short, 0.5 * keen) / keener.other.years)

    def _both_renew(self, option: int, purpose: str) -> bool:
        """Whether both renew for a length; waiting until the date is free but in the last weeks."""
        rules, left, willing = self.scenario.truce, max(0, self.weeks_left), True
        for side in self.governments:
            chance = vote_chance(side, option)
            if left > 0:
                wait = rules.hold_out * side.ask * side.years + rules.haste * rules.temperature
                chance *= logistic(-wait * min(1.0, 0.5 * left) / rules.temperature)
            willing = (self.draw(purpose, side) < chance) and willing
        return willing

    def _renew(self, option: int) -> None:
        """The truce goes on for a length; both count one more date that it outlived."""
        assert self.deadline is not None
        self.extensions += 1
        self.record.counts["extensions"] += 1
        self.mark("extension")
        if not self.limbo:
            self.record.counts["dates"] += 1
            self.record.counts["dates_met"] += 1
        self.limbo, self.clock_start = False, self.week + 1
        self.deadline = max(self.deadline, self.clock_start) + lengths(self)[option]
        for side in self.governments:
            side.alive += 1.0
            side.observed += 1.0

    def _put_to_vote(self) -> None:
        """Past its date either side may let the truce lapse."""
        ends = False
        for side in self.governments:
            if self.draw("vote", side) < self.scenario.truce.limbo_rate:
                ends = (self.draw("let_lapse", side) < lapse_chance(side)) or ends
        if ends:
            self._lapse()

    def _lapse(self) -> None:
        self.record.counts["lapses"] += 1
        self.mark("lapse")
        self.break_truce()

    def break_truce(self) -> None:
        """Agreements and disputes are void, tariffs snap back, both trust the next truce less."""
        self.record.note_first("break")
        self.record.breaks["breaks"] += 1
        if self.crisis_since is not None:
            self.record.counts["crises_broken"] += 1
        self.status, self.deal_since, self.crisis_since = "broken", None, None
        self.limbo = False
        for track in TRACKS:
            self.settled[track] = False
            self.forget_offers(track)
        for side in self.governments:
            side.rung, side.rung_due = 0, None
            side.observed += 1.0
            side.break_loss = side.grievance = side.usual = side.measure = 0.0
            side.protest_since = side.threat = None
            side.measure_aim, side.responds = [], False
        for issue in self.issues.values():
            issue.paid = issue.withheld = issue.boycott = 0.0
        self._set_lapse_terms()

    def _set_lapse_terms(self) -> None:
        depth = self.scenario.truce.escalation.rung_depth
        for issue in self.issues.values():
            issue.agreed = issue.settings.lapse
            if issue.settings.snaps_back:
                rungs = getattr(self, issue.owner).rung
                issue.agreed = min(max(issue.settings.lapse - rungs * depth, 0.0), 1.0)
                issue.level = issue.promised = issue.delivered = issue.agreed

    def _escalate(self) -> None:
        """Each side may decide on another rung, in force after its notice."""
        before = {side: side.rung for side in self.governments}
        for side in self.governments:
            if side.rung_due is None:
                self._consider_rung(side, before[side], before[side.other])
            elif side.rung_due <= self.week:
                side.rung_due = None
                side.rung += 1
                self.mark(f"rung_{side.name}")
                for feels in self.governments:
                    feels.hawk += self.scenario.truce.escalation.rung_hawks
        self._set_lapse_terms()

    def _consider_rung(self, side: Government, own: int, its: int) -> None:
        """On an occasion, the likelier the further it is behind, a side decides on another rung."""
        rules, behind, ahead = self.scenario.truce.escalation, max(0, its - own), max(0, own - its)
        occasion = rules.occasion_rate * (1.0 + behind)
        if own >= rules.rung_cap or self.draw("rung_occasion", side) >= occasion:
            return
        gain = hawks_of(side) + rules.behind * behind
        gain -= rules.climb_cost * (1.0 + 0.5 * own + 6.0 / 7.0 * ahead)
        if self.draw("climb", side) < logistic(gain / self.scenario.truce.temperature):
            notice = (
                -rules.notice_weeks / (1.0 + side.hawk) * math.log(self.draw("rung_notice", side))
            )
            side.rung_due = self.week + 1 + int(notice)

    def _reenter(self) -> bool:
        """Both go back when both hurt, on terms and a length bargained anew."""
        rules, ready = self.scenario.truce.reentry, self.draw("return_talks")
        held = ready < self.talks_rate(rules.rate)
        willing = held
        for side in self.governments:
            side.break_loss += max(0.0, side.value_truce - side.value_now) / 52.0
            chance = logistic((side.break_loss - rules.threshold) / rules.width)
            willing = held and (self.draw("go_back", side) < chance) and willing
        if not willing or not agree_on_return(self):
            return False
        self.status, self.extensions = "truce", 0
        self.record.counts["reentries"] += 1
        self.record.note_first("truce")
        self.mark("reentry")
        for issue in self.issues.values():
            issue.kept, issue.delivered = issue.settings.deliverable, issue.level
        for side in self.governments:
            side.rung, side.rung_due, side.slacks = 0, None, False
            side.add_values()
        look(self)
        self._set_new_date()
        return True

    def _set_new_date(self) -> None:
        """The length of a truce come back to is drawn by its worth; some have no date."""
        rules = self.scenario.truce
        option = drawn_length(self, self.draw("new_length"))
        self._start_clock(lengths(self)[option])
        undated = self.draw("undated") < rules.reentry.undated_share
        if undated and rules.lengths == "bargained":
            self.deadline = None

    def measures(self) -> dict[str, Any]:
        """The run's measures so far."""
        return self.record.measures()


def _week_of(day: str, scenario: Any) -> int:
    return (dt.date.fromisoformat(day) - dt.date.fromisoformat(scenario.calendar.start)).days // 7


def _refuse_what_is_left_out(scenario: Any) -> None:
    left_out = {
        "us.strategy.kind": scenario.us.strategy.kind not in _KINDS,
        "cn.strategy.kind": scenario.cn.strategy.kind not in _KINDS,
        "linkage.tracks": scenario.linkage.tracks != "separate",
        "truce.talks.mediator_rate": scenario.truce.talks.mediator_rate > 0.0,
        "truce.talks.first_speaker": scenario.truce.talks.first_speaker != "alternate",
        "economy.tariff_path": bool(scenario.economy.tariff_path),
        "shocks.chronology": bool(scenario.shocks.chronology),
        "changes": bool(scenario.changes),
    }
    asked = [name for name, wanted in left_out.items() if wanted]
    if asked:
        raise ValueError(
            f"the plain model leaves out what the scenario asks for: {', '.join(asked)}"
        )
