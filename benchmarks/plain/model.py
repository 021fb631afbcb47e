"""One run of the plain model: the calendar, the truce and its clock, deals, shocks
(``docs/model.md``).
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import mesa

from benchmarks.plain.firms import Firm, LicensingAuthority, Market
from benchmarks.plain.government import TRACKS, Government, Issue, logistic
from benchmarks.plain.prices import SCREENERS, look_ahead
from benchmarks.plain.record import Record, weekly_reporters

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
        self.clock_start, self.deadline = 0, rules.first_deadline_weeks or rules.length_weeks
        self.settled = dict.fromkeys(TRACKS, False)
        self.deal_since: int | None = None
        self.events: set[str] = set()
        self._make_markets()
        self._make_sides()
        self._make_firms()
        self.shocks = [
            (shock, _week_of(shock.start, scenario))
            for _, shock in sorted(scenario.shocks.events.items())
        ]
        self.record = Record(self)
        if self.status == "truce":
            self.record.first["truce"] = 0.0
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
        compliance, truce = self.scenario.compliance, self.scenario.truce.in_force
        self.issues = {
            name: Issue(name, settings, truce, getattr(compliance, settings.owner).start)
            for name, settings in sorted(self.scenario.issues.items())
        }
        self.us, self.cn = Government(self, "us"), Government(self, "cn")
        self.us.other, self.cn.other = self.cn, self.us
        self.governments = (self.us, self.cn)

    def _make_firms(self) -> None:
        self.authorities = {
            good: LicensingAuthority(self, market) for good, market in self.markets.items()
        }
        for good, market in self.markets.items():
            for number in range(market.settings.firms):
                Firm(self, market, self.authorities[good], number)
        firms = self.agents_by_type[Firm]
        self.users = {
            good: firms.select(lambda firm, m=market: firm.market is m)
            for good, market in self.markets.items()
        }

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

    def delivery(self, good: str) -> float:
        """Share of what it promised that the owner's authority delivers on a good."""
        issue = self.issue_for(good, military=False)
        return issue.kept * (1.0 - issue.withheld) if issue else 1.0

    def mark(self, event: str) -> None:
        """Remember an event of this week."""
        self.events.add(event)
        if event.startswith("protest"):
            self.record.note_first("protest")

    # ---- the week

    def step(self) -> None:
        """One week."""
        self.events = set()
        self.land_shocks()
        self.license_firms()
        self.supply_firms()
        self.agents_by_type[Government].do("trade").do("feel_losses").do("feel_politics")
        self.agents_by_type[Government].do("turn_resolve")
        self.agents_by_type[Government].do("value_own_issues").do("take_stock")
        self.negotiate()
        self.comply()
        self.keep_the_clock()
        self.record.observe()
        if self.collecting:
            self.datacollector.collect(self)
        self.week += 1
        self.running = self.week < self.scenario.calendar.horizon_weeks

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
        elif shock.kind == "tariff_ceiling":
            floor = side.economy.floor_tariff
            side.ceiling = floor + (side.ceiling - floor) * left
        elif shock.kind == "supply":
            self.market_of(side.name).other_supply *= left
        else:
            for talk in side.talks.values():
                talk.grievance *= left

    def license_firms(self) -> None:
        """Firms apply, authorities examine."""
        for good, market in self.markets.items():
            ruling = {military: self.issue_for(good, military) for military in (False, True)}
            market.open_window(
                {military: issue.level if issue else 1.0 for military, issue in ruling.items()}
            )
        self.agents_by_type[Firm].do("seek_licence")
        self.agents_by_type[LicensingAuthority].do("clear_queue")

    def supply_firms(self) -> None:
        """Other supply grows; firms receive, use, fall short, order."""
        for market in self.markets.values():
            market.grow_other_supply()
        self.agents_by_type[Firm].do("operate")
        for good, market in self.markets.items():
            market.tally(self.users[good], self.week)

    # ---- talks

    @property
    def clock_share(self) -> float:
        """Elapsed share of the clock."""
        length = self.deadline - self.clock_start
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
        """The week's meetings on every open track; sides take turns in speaking first."""
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
    def meetings_this_week(self) -> int:
        """Meetings on a track this week, more of them before the deadline."""
        talks = self.scenario.truce.talks
        sprint = self.deadline - self.week <= talks.sprint_weeks
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
            self._forget_offers(track)
            return
        everything = list(self.issues.values())
        floors = self.us.no_deal_value(everything), self.cn.no_deal_value(everything)
        if not any(self.settled.values()):
            self.record.note_first("deal")
            if math.isnan(self.record.deal["clock_at_first_deal"]):
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
                self._forget_offers(other)
        self.settled[track] = True
        self.mark(f"deal_{track}")
        if self.settled["trade"]:
            self.status = "deal"
            if self.deal_since is None:
                self.deal_since = self.week
        if first:
            self.record.judge_deal(*floors)

    def _forget_offers(self, track: str) -> None:
        for side in self.governments:
            side.talks[track].offer = None

    # ---- compliance and the truce

    def comply(self) -> None:
        """Delivery, monitoring, disputes; who complains first is drawn."""
        self.agents_by_type[Government].do("drift")
        for issue in self.issues.values():
            issue.deliver()
        for side in self.random.sample(self.governments, 2):
            if self.status != "broken":
                side.perceive()
                side.pursue_dispute()

    def settle_or_suspend(self, accused: Government) -> None:
        """The accused backs down, the likelier the more it would lose, or the truce is
        suspended.
        """
        rules = self.scenario.compliance
        stakes = accused.value_terms - accused.value_lapse
        if self.random.random() < logistic(
            (stakes - rules.back_down_stakes) / rules.back_down_scale
        ):
            self.mark("back_down")
            for issue in self.issues.values():
                issue.kept = 1.0
        else:
            self.record.counts["suspensions"] += 1
            self.mark("suspension")
            self.break_truce()
        self._end_disputes()

    def _end_disputes(self) -> None:
        """Retaliation is lifted and grievance laid to rest on both sides."""
        for side in self.governments:
            side.dispute = "quiet"
            for talk in side.talks.values():
                talk.grievance = 0.0
        for issue in self.issues.values():
            issue.withheld = 0.0

    def keep_the_clock(self) -> None:
        """Deadline and extension under a truce, the way back or the ladder without one."""
        left = self.deadline - (self.week + 1)
        rules = self.scenario.truce
        if self.status == "broken":
            if not self._reenter():
                self._escalate()
        elif self.status == "deal":
            if left <= 0:
                self._start_clock()
        elif left <= 0:
            if self._both_extend():
                self._extend()
            else:
                self.record.counts["lapses"] += 1
                self.mark("lapse")
                self.break_truce()
        elif (
            left <= rules.window_weeks
            and self.random.random() < rules.early_rate
            and self._both_extend()
        ):
            self._extend()

    def _start_clock(self) -> None:
        self.clock_start = self.week + 1
        self.deadline = self.clock_start + self.scenario.truce.length_weeks

    def _both_extend(self) -> bool:
        """Each side extends with a chance logistic in what the terms are worth beyond a lapse, net
        of what it costs.
        """
        if self.extensions >= self.scenario.truce.max_extensions:
            return False
        chances = [self.extend_chance(side, self.extensions) for side in self.governments]
        draws = [self.random.random() for _ in chances]
        return all(draw < chance for draw, chance in zip(draws, chances, strict=True))

    def extend_chance(self, side: Government, extensions: int) -> float:
        """Chance that a side extends once more after some extensions."""
        rules = self.scenario.truce
        if extensions >= rules.max_extensions:
            return 0.0
        cost = rules.extension_cost * (1.0 + rules.extension_cost_growth * extensions)
        stake = side.value_terms - side.value_lapse + side.settings.extension_bias - cost
        stake -= side.politics.hawk_extension * side.hawk + side.linkage * side.lack
        return logistic(stake / rules.temperature)

    def _extend(self) -> None:
        self.extensions += 1
        self.record.counts["extensions"] += 1
        self.mark("extension")
        self.clock_start = self.week + 1
        self.deadline = max(self.deadline, self.clock_start) + self.scenario.truce.length_weeks
        for side in self.governments:
            side.alive += 1.0
            side.observed += 1.0

    def break_truce(self) -> None:
        """Agreements are void, tariffs snap back, both sides trust the next truce less."""
        self.record.note_first("break")
        self.record.breaks["breaks"] += 1
        self.status, self.deal_since = "broken", None
        for track in TRACKS:
            self.settled[track] = False
            self._forget_offers(track)
        for side in self.governments:
            side.rung = 0
            side.observed += 1.0
            side.break_loss = 0.0
        for issue in self.issues.values():
            issue.paid = 0.0
        self._end_disputes()
        self._set_lapse_terms()

    def _set_lapse_terms(self) -> None:
        depth = self.scenario.truce.escalation.rung_depth
        for issue in self.issues.values():
            issue.agreed = issue.settings.lapse
            if issue.settings.snaps_back:
                rungs = getattr(self, issue.owner).rung
                issue.agreed = min(max(issue.settings.lapse - rungs * depth, 0.0), 1.0)
                issue.level = issue.promised = issue.agreed

    def _escalate(self) -> None:
        """Each side may climb a rung while it is not above the other."""
        rules, before = (
            self.scenario.truce.escalation,
            {side: side.rung for side in self.governments},
        )
        for side in self.governments:
            may = before[side] <= before[side.other] and before[side] < rules.rung_cap
            if may and self.random.random() < rules.answer_rate:
                side.rung += 1
                self.mark("rung")
                self.us.hawk += rules.rung_hawks
                self.cn.hawk += rules.rung_hawks
        self._set_lapse_terms()

    def _reenter(self) -> bool:
        """Talks reopen when both hurt: the truce returns on its first terms."""
        rules = self.scenario.truce.reentry
        chance = rules.rate
        for side in self.governments:
            side.break_loss += max(0.0, side.value_truce - side.value_now) / 52.0
            chance *= logistic((side.break_loss - rules.threshold) / rules.width)
        if self.random.random() >= chance:
            return False
        self.status, self.extensions = "truce", 0
        self.record.counts["reentries"] += 1
        self.record.note_first("truce")
        self.mark("reentry")
        for issue in self.issues.values():
            issue.agreed = issue.settings.terms
            issue.kept = getattr(self.scenario.compliance, issue.owner).start
        self._start_clock()
        return True

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
    }
    asked = [name for name, wanted in left_out.items() if wanted]
    if asked:
        raise ValueError(
            f"the plain model leaves out what the scenario asks for: {', '.join(asked)}"
        )
