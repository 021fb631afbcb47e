"""What a run of the plain model is measured by: the weekly series of its DataCollector, and the
measures of the run.

Names are those of ``docs/model.md``, *Measures*, so that tables of both models can be laid side by
side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from benchmarks.plain.frontier import Frontier, Stake
from benchmarks.plain.government import CONTROLLER, TRACKS
from sim.vocabulary import TRADE_GROUPS

if TYPE_CHECKING:
    from benchmarks.plain.government import Government, Issue
    from benchmarks.plain.model import PlainTruce

__all__ = ["EVENTS", "Record", "state", "weekly_reporters"]

_SIDES = ("us", "cn")
EVENTS = (
    "shock",
    *(f"{kind}_{side}" for kind in ("drift", "protest", "threat", "measure") for side in _SIDES),
    "crisis_over",
    "swap",
    "extension",
    "limbo",
    "lapse",
    "ending",
    *(f"rung_{side}" for side in _SIDES),
    "reentry",
    *(f"deal_{track}" for track in TRACKS),
    "ratification_failure",
)
_COUNTS = (
    "extensions",
    "crises",
    *(f"crises_{end}" for end in ("broken", "repaired", "better", "rested")),
    "swaps",
    "dates",
    "dates_met",
    "endings",
    "lapses",
    "reentries",
    "failed_deals",
)
OUTCOMES = ("breakthrough", "narrow_deal", "tactical_pause", "breakdown")
_STATUS = ("broken", "truce", "deal")
Reporter = Callable[["PlainTruce"], Any]


def state(model: PlainTruce) -> str:
    """The state of this week, by the names of outcomes."""
    wanted = model.scenario.outcomes
    if model.status == "broken":
        return "breakdown"
    if model.status == "truce" or model.hollow:
        return "tactical_pause"
    enough = (
        past_thresholds(model)
        if wanted.breakthrough == "thresholds"
        else substance(model) >= wanted.nash_share
    )
    return "breakthrough" if is_mature(model) and enough else "narrow_deal"


def is_mature(model: PlainTruce) -> bool:
    """Whether a sound deal is old enough for a breakthrough."""
    if model.status != "deal" or model.hollow:
        return False
    return bool(model.week + 1 - model.deal_since >= model.scenario.outcomes.weeks_in_force)


def past_thresholds(model: PlainTruce) -> bool:
    """Whether levels and tariffs are past their thresholds."""
    wanted = model.scenario.outcomes
    levels = {issue.driver: issue.level for issue in model.issues.values()}
    return bool(
        levels.get("military_magnets", -1.0) >= wanted.military_magnets
        and levels.get("ai_chips", -1.0) >= wanted.ai_chips
        and model.us.border.tariff <= wanted.us_tariff
        and model.cn.border.tariff <= wanted.cn_tariff
    )


def substance(model: PlainTruce) -> float:
    """Share of the Nash point's concession in force, of the track where it is least."""
    shares = []
    for track in TRACKS:
        on_it = [issue for issue in model.issues.values() if issue.track == track]
        most = [max(0.0, issue.nash - issue.terms) for issue in on_it]
        due = sum(issue.benefit * room for issue, room in zip(on_it, most, strict=True))
        had = sum(
            issue.benefit * min(max(issue.level - issue.terms, 0.0), room)
            for issue, room in zip(on_it, most, strict=True)
        )
        shares.append(had / due if due > 0.0 else 0.0)
    return float(min(shares))


class Record:
    """Sums and first times of a run."""

    def __init__(self, model: PlainTruce) -> None:
        self.model = model
        self.counts = dict.fromkeys(_COUNTS, 0)
        self.first = dict.fromkeys(
            ("deal", "break", "crisis", "swap", "protest", "truce"), math.nan
        )
        self.first_stop = {
            sector.name: math.nan for market in model.markets.values() for sector in market.sectors
        }
        self.deal = dict.fromkeys(
            ("clock_at_first_deal", "efficiency", "nash_ratio", "us_surplus_share"), math.nan
        )
        kinds = ("weeks_to_deal", *(f"deal_gain_{side.name}" for side in model.governments))
        self.terms = {f"{kind}.{track}": math.nan for kind in kinds for track in TRACKS}
        self.terms |= {
            f"{kind}.{issue}": math.nan
            for kind in ("deal_level", "deal_paid")
            for issue in model.issues
        }
        self.weeks_in_truce = self.weeks_in_break = 0
        self.breaks = {"breaks": 0, "weeks_broken": 0, "longest_break": 0}
        self.states: list[str] = []
        self.past: list[bool] = []
        self.census = (
            model.random.random()
        )  # the week of the closing period in which the outcome is read, as a share of it
        self.sums: dict[str, float] = {}

    def note_first(self, name: str) -> None:
        """Keep the weeks that have passed once the week of the first event of a kind is over."""
        if math.isnan(self.first[name]):
            self.first[name] = float(self.model.week + 1)

    def observe(self) -> None:
        """Add the week to the sums."""
        model = self.model
        self.states.append(state(model))
        self.past.append(is_mature(model) and past_thresholds(model))
        self._count_break()
        for side in model.governments:
            self._add(f"mean_tariff.{side.name}", side.border.tariff)
            self._add(f"trade.{side.name}", side.border.imports)
            self._add(f"routed.{side.name}", side.border.routed)
            self._add(f"revenue.{side.name}", side.border.revenue)
            self._add(f"welfare_loss.{side.name}", side.welfare_loss)
            self._add(f"payoff.{side.name}", side.payoff)
            self._add(f"hawk.{side.name}", side.hawk)
            self._add(f"lobby.{side.name}", side.lobby)
        for kind in model.purchases.values():
            self._add(f"purchases.{kind.name}", kind.bought)
            self._add(f"purchases_due.{kind.name}", kind.due)
        for row in model.minerals:
            self._add(f"mineral_loss.{row.name}", row.loss / 52.0)
            self._add(f"mineral_price.{row.name}", row.price)
        for good, market in model.markets.items():
            self._add(f"flow.{good}", market.flow)
            self._add(f"shortage_weeks.{good}", market.mean_shortage)
            for sector in market.sectors:
                self._add(f"lost_output.{sector.name}", sector.lost_output / 52.0)
                self._add(
                    f"line_stops.{sector.name}",
                    sector.stopped / sector.firms if sector.firms else 0.0,
                )
                if sector.stopped and math.isnan(self.first_stop[sector.name]):
                    self.first_stop[sector.name] = float(model.week + 1)

    def _count_break(self) -> None:
        broken = self.model.status == "broken"
        self.weeks_in_truce += not broken
        self.weeks_in_break = self.weeks_in_break + 1 if broken and self.breaks["breaks"] else 0
        self.breaks["weeks_broken"] += self.weeks_in_break > 0
        self.breaks["longest_break"] = max(self.breaks["longest_break"], self.weeks_in_break)

    @property
    def outcome(self) -> str:
        """The state in a week of the closing period."""
        period = min(self.model.scenario.outcomes.closing_weeks, len(self.states))
        return self.states[-1 - int(self.census * period)]

    def _healed(self) -> float:
        return float(self.model.status != "broken") if self.breaks["breaks"] else math.nan

    def _add(self, name: str, number: float) -> None:
        self.sums[name] = self.sums.get(name, 0.0) + number

    def judge_deal(self, us_floor: float, cn_floor: float) -> None:
        """Efficiency, Nash ratio and US share of what is agreed, at true values against no deal."""
        issues = list(self.model.issues.values())
        frontier = Frontier([_stake(issue, 0.0) for issue in issues])
        us, cn = frontier.utilities([issue.agreed for issue in issues])
        us, cn = us - us_floor, cn - cn_floor
        most = frontier.best_sum() - us_floor - cn_floor
        product = frontier.nash_product(us_floor, cn_floor)
        if product > 1e-9:
            package = frontier.nash_package(us_floor, cn_floor)
            for issue, level in zip(issues, package or [], strict=True):
                issue.nash = level
        self.deal |= {"efficiency": (us + cn) / most if most > 1e-9 else math.nan}
        # a side that loses gains nothing
        us, cn = max(0.0, us), max(0.0, cn)
        self.deal |= {
            "nash_ratio": us * cn / product if product > 1e-9 else math.nan,
            "us_surplus_share": us / (us + cn) if us + cn > 1e-9 else math.nan,
        }

    def judge_terms(
        self, track: str, gains: Mapping[str, float], levels: Mapping[Issue, float]
    ) -> None:
        """Week, gains and levels of the first deal on a track."""
        if math.isnan(self.terms[f"weeks_to_deal.{track}"]):
            self.terms[f"weeks_to_deal.{track}"] = float(self.model.week + 1)
            self.terms |= {f"deal_gain_{side}.{track}": gain for side, gain in gains.items()}
            for issue, level in levels.items():
                kind = "deal_paid" if issue.pays_on(track) else "deal_level"
                self.terms[f"{kind}.{issue.name}"] = level

    def measures(self) -> dict[str, Any]:
        """The run's measures, by the names of ``sim.run``'s table of runs."""
        model, weeks = self.model, max(self.model.week, 1)
        period = min(model.scenario.outcomes.closing_weeks, len(self.past))
        total = ("lost_output", "shortage_weeks", "mineral_loss")
        found: dict[str, Any] = {
            "outcome": self.outcome,
            "final_state": self.states[-1],
            **self.counts,
            **self.deal,
            **self.breaks,
            "truce_share": self.weeks_in_truce / weeks,
            "healed": self._healed(),
            "substance": substance(model) if model.status == "deal" else 0.0,
            "past_thresholds": sum(self.past[-period:]) / period,
            **self.terms,
        }
        track = model.track_in_talks() if "reentry" not in model.events else None
        found["surplus_left"], found["blocking_issue"] = look_for_zone(model, track)
        found |= {f"weeks_to_first_{name}": week for name, week in self.first.items()}
        found |= {f"weeks_to_first_stop.{name}": week for name, week in self.first_stop.items()}
        found |= {
            name: sum_ if name.startswith(total) else sum_ / weeks
            for name, sum_ in self.sums.items()
        }
        found |= {f"final_level.{name}": issue.level for name, issue in model.issues.items()}
        for side in model.governments:
            found |= {f"{name}.{side.name}": number for name, number in _of_side(side).items()}
            found |= _by_group(side, weeks)
        for good in model.markets:
            found |= {
                f"{name}.{good}": number for name, number in self._of_good(good, weeks).items()
            }
        return found

    def _of_good(self, good: str, weeks: int) -> dict[str, float]:
        market, totals = self.model.markets[good], self.model.authorities[good].totals
        examined, approved, first = (totals[name] for name in ("examined", "approved", "first"))
        return {
            "licence_wait": totals["waited"] / first if first else math.nan,
            "licence_queue": totals["queue"] / weeks,
            "approval_rate": approved / examined if examined else math.nan,
            "imports": self.sums[f"flow.{good}"] / weeks * market.settings.flow,
            "other_share": market.other_supply,
        }


def look_for_zone(model: PlainTruce, track: str | None) -> tuple[float, str | None]:
    """The joint gain that a track's zone of agreement holds, and the one issue without which an
    empty one would hold most; NaN where nobody bargains.
    """
    if track is None:
        return math.nan, None
    gain = _joint_gain(model, track, None)
    if gain > 0.0:
        return gain, None
    left = {name: _joint_gain(model, track, issue) for name, issue in model.issues.items()}
    blocking = max(left, key=lambda name: left[name])
    return 0.0, blocking if left[blocking] > 0.0 else None


def _joint_gain(model: PlainTruce, track: str, without: Issue | None) -> float:
    issues = [issue for issue in model.us.talks[track].issues if issue is not without]
    us_floor, cn_floor = (
        side.talks[track].reservation - (side.adds(track, without) if without else 0.0)
        for side in model.governments
    )
    frontier = Frontier([_stake(issue, issue.least(track)) for issue in issues])
    package = frontier.package(1.0)
    us, cn = frontier.utilities(package)
    if us < us_floor or cn < cn_floor:
        us, cn = frontier.utilities(
            frontier.worth("us", us_floor) if us < us_floor else frontier.worth("cn", cn_floor)
        )
    if not issues or us < us_floor - 1e-9 or cn < cn_floor - 1e-9:
        return 0.0
    return max(0.0, us + cn - us_floor - cn_floor)


def _stake(issue: Issue, least: float) -> Stake:
    red_line = issue.settings.red_line
    return Stake(issue.owner == "us", issue.benefit, issue.linear, issue.convex, red_line, least)


def _of_side(side: Government) -> dict[str, float]:
    return {
        **side.counts,
        "final_tariff": side.border.tariff,
        "leverage": side.leverage,
        "belief_alive": side.belief,
        "belief_error": sum(abs(error) for error in side.error.values()) / len(side.error),
    }


def _by_group(side: Government, weeks: int) -> dict[str, float]:
    """What tariffs did to groups of goods, means over the run: a side loses as importer of a group, and
    by what its exporters lose.
    """
    imports, loss, _, revenue = side.border.by_group / weeks
    by_name = {"imports": imports, "revenue": revenue}
    by_name["loss"] = loss + side.other.border.by_group[2] / weeks
    return {
        f"group_{name}_{side.name}.{group}": float(number)
        for name, numbers in by_name.items()
        for group, number in zip(TRADE_GROUPS, numbers, strict=True)
    }


def weekly_reporters(model: PlainTruce) -> dict[str, Reporter | str]:
    """A reporter a series, the same series that ``sim.TruceModel`` collects."""
    reporters: dict[str, Reporter | str] = {
        "week": lambda m: m.week + 1,  # collected before the calendar turns
        "status": lambda m: _STATUS.index(m.status),
        "outcome": lambda m: OUTCOMES.index(m.record.outcome),
        "state": lambda m: OUTCOMES.index(m.record.states[-1]),
        "weeks_to_deadline": lambda m: (
            m.weeks_left if m.status != "broken" and m.deadline is not None else math.nan
        ),
        "extensions": "extensions",
        "share_taken": lambda m: m.markets["chips"].taken,
        "events": lambda m: sum(1 << EVENTS.index(name) for name in m.events),
    }
    for side in model.governments:
        for name in ("rung", "hawk", "lobby", "welfare_loss", "payoff", "leverage"):
            reporters[f"{name}.{side.name}"] = _attribute(side, name)
        for name in ("tariff", "duty", "routed", "revenue"):
            reporters[f"{name}.{side.name}"] = _attribute(side.border, name)
        reporters[f"trade.{side.name}"] = _attribute(side.border, "imports")
        reporters[f"recorded_trade.{side.name}"] = _attribute(side.border, "recorded")
        reporters[f"belief_alive.{side.name}"] = _attribute(side, "belief")
        reporters[f"foreseen.{side.name}"] = _attribute(side, "goes_on")
        for name in ("trust", "measure", "grievance"):
            reporters[f"{name}.{side.name}"] = _attribute(side, name)
        for name in ("reservation", "aspiration"):
            reporters[f"{name}.{side.name}"] = _at_track(side, name)
        reporters[f"its_reservation.{side.name}"] = _at_track(side, "its_reservation")
        for track in CONTROLLER:
            for name in ("reservation", "its_reservation"):
                reporters[f"{track}_{name}.{side.name}"] = _at_track(side, name, _if_open(track))
        reporters[f"belief_error.{side.name}"] = lambda m, s=side: _of_side(s)["belief_error"]
        for issue in model.issues.values():
            reporters[f"offered_{side.name}.{issue.name}"] = _offered(side, issue)
        for receiver in model.governments:
            reporters[f"offer_{side.name}.{receiver.name}"] = _offer(side, receiver)
            for track in CONTROLLER:
                reporters[f"{track}_offer_{side.name}.{receiver.name}"] = _offer(
                    side, receiver, _if_open(track)
                )
    for name, issue in model.issues.items():
        reporters[f"level.{name}"] = _attribute(issue, "level")
        reporters[f"promised.{name}"] = _attribute(issue, "promised")
        reporters[f"shortfall.{name}"] = _attribute(issue, "shortfall")
    for kind in model.purchases.values():
        reporters[f"purchases.{kind.name}"] = _attribute(kind, "bought")
        reporters[f"purchases_due.{kind.name}"] = _attribute(kind, "due")
    for row in model.minerals:
        reporters[f"mineral_price.{row.name}"] = _attribute(row, "price")
        reporters[f"mineral_loss.{row.name}"] = _attribute(row, "loss")
    for good in model.markets:
        reporters |= _market_reporters(model, good)
    for track in TRACKS:
        reporters[f"surplus.{track}"] = lambda m, t=track: _zone_of(m, t)[0]
        reporters[f"blocking.{track}"] = lambda m, t=track: _code_of(m, _zone_of(m, t)[1])
    return reporters


def _zone_of(model: PlainTruce, track: str) -> tuple[float, str | None]:
    bargained = model.is_open(track) and "reentry" not in model.events
    return look_for_zone(model, track if bargained else None)


def _code_of(model: PlainTruce, issue: str | None) -> int:
    return sorted(model.issues).index(issue) if issue else -1


def _offered(side: Government, issue: Issue) -> Reporter:
    """The level of an issue in a side's last offer, on its own track; of trade that is settled, on
    the track where it pays.
    """

    def report(model: PlainTruce) -> float:
        pays = (track for track in CONTROLLER if issue.pays_on(track))
        moved = issue.track == "trade" and model.settled["trade"]
        talk = side.talks[next(pays) if moved else issue.track]
        return math.nan if talk.offer is None else talk.offer[talk.issues.index(issue)]

    return report


def _market_reporters(model: PlainTruce, good: str) -> dict[str, Reporter | str]:
    market, authority = model.markets[good], model.authorities[good]
    reporters: dict[str, Reporter | str] = {
        f"flow.{good}": _attribute(market, "flow"),
        f"imports.{good}": lambda m: market.flow * market.settings.flow,
        f"queue.{good}": _attribute(authority, "queue"),
        f"wait.{good}": lambda m: (
            authority.waited / authority.first if authority.first else math.nan
        ),
        f"approval_rate.{good}": lambda m: (
            authority.approved / authority.examined if authority.examined else math.nan
        ),
        f"other_share.{good}": _attribute(market, "other_supply"),
        f"price.{good}": _attribute(market, "price"),
        f"regime.{good}": lambda m: market.regime[False],
        f"licensed_demand.{good}": lambda m: market.licensed_demand[False],
    }
    for sector in market.sectors:
        reporters[f"lost_output.{sector.name}"] = _attribute(sector, "lost_output")
        reporters[f"shortage.{sector.name}"] = lambda m, s=sector: (
            s.short / s.size if s.firms else 0.0
        )
        reporters[f"licensed.{sector.name}"] = lambda m, s=sector: (
            (s.licensed / s.bound if s.bound else 1.0) if s.firms else 0.0
        )
    return reporters


def _attribute(thing: Any, name: str) -> Reporter:
    return lambda model: getattr(thing, name)


Track = Callable[["PlainTruce"], str | None]


def _in_talks(model: PlainTruce) -> str | None:
    return model.track_in_talks()


def _if_open(track: str) -> Track:
    return lambda model: track if model.is_open(track) else None


def _at_track(side: Government, name: str, which: Track = _in_talks) -> Reporter:
    def report(model: PlainTruce) -> float:
        track = which(model)
        return math.nan if track is None else getattr(side.talks[track], name)

    return report


def _offer(side: Government, receiver: Government, which: Track = _in_talks) -> Reporter:
    def report(model: PlainTruce) -> float:
        track = which(model)
        offer = None if track is None else side.talks[track].offer
        return (
            math.nan
            if offer is None
            else receiver.talks[track].frontier.utility(receiver.name, offer)
        )

    return report
