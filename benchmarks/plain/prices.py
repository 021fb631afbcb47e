"""Bargaining with private prices of settling (``docs/bargaining.md``): what is foreseen, what
waiting is worth, and what a side believes, asks and takes on one track.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.plain.outlook import foreseen

if TYPE_CHECKING:
    from benchmarks.plain.government import Government, Talk
    from benchmarks.plain.model import PlainTruce

__all__ = ["SCREENERS", "Screen", "look_ahead", "possible_prices", "price"]

SCREENERS = ("screening", "committed")
_FULL_BLUFF = 0.2
_CENT = 1e-9
_LEAST_GAIN = 1e-6
_NO_END = 13.0  # weeks for which a side looks ahead where there is no date
_FAR_WEEKS = 26


def _between(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


def price(side: Government, track: str, resolve: float) -> float:
    """What a side with ``resolve`` in [-1, 1] must show at home before it settles a track."""
    settings = side.settings.resolve
    shown = max(0.0, side.talks[track].shown)
    return max(0.0, getattr(settings, track) * (1.0 + settings.spread * resolve) - shown)


def possible_prices(side: Government, track: str) -> tuple[float, float]:
    """The softest and toughest price of the other that a side holds possible at first."""
    known, its = side.settings.resolve.known, side.other
    return tuple(
        price(its, track, known * its.resolve + way * (1.0 - known)) for way in (-1.0, 1.0)
    )  # type: ignore[return-value]


def look_ahead(model: PlainTruce) -> None:
    """Foresee and plan, once a week and again after a deal."""
    now = (model.week, model.status)
    if model.planned == now:
        return
    model.planned = now
    _foresee(model)
    if any(side.settings.strategy.kind in SCREENERS for side in model.governments):
        _plan(model)


def _foresee(model: PlainTruce) -> None:
    """The chance that the truce goes on past this date and the next, as each side foresees it."""
    dated = model.deadline is not None and model.status != "deal"
    for side in model.governments:
        weight = side.settings.foresight
        for later, name in enumerate(("goes_on", "goes_on_next")):
            if not dated:
                weeks = (
                    _NO_END if model.deadline is None else min(max(0, model.weeks_left), _NO_END)
                )
                hazard = model.scenario.truce.hazard * (1.0 - side.trust)
                setattr(side, name, math.exp(-hazard * weeks / 52.0))
                continue
            chance = foreseen(model, later)
            excluded = chance <= 0.0 < weight
            mixed = weight * chance + (1.0 - weight) * side.belief
            setattr(side, name, 0.0 if excluded else mixed)


def _screen(accepts: float, later: float) -> tuple[float, float]:
    if accepts <= 2.0 * later:
        return 1.0, later
    kept = 0.5 * accepts / (accepts - later)
    return kept, 0.5 * kept * accepts


def _plan(model: PlainTruce) -> None:
    """Backward from the end of the next clock to this week's first meeting."""
    talks, us, cn = model.scenario.truce.talks, model.us, model.cn
    weeks = int(min(model.weeks_to_bargain, _FAR_WEEKS))
    rates = [
        (side.settings.discount_rate + 52.0 / side.settings.planning_weeks) / 52.0
        for side in (us, cn)
    ]
    fades = [1.0 - math.exp(-rate) for rate in rates]
    share, worths, found = fades[1] / sum(fades), [0.2, 0.2], []
    for gap, left in _steps(model, weeks, talks):
        a, b = (math.exp(-rate * gap) * across for rate, across in zip(rates, left, strict=True))
        waits = a * share, b * (1.0 - share)
        us_keeps, worths[0] = _screen(1.0 - waits[1], a * worths[0])
        cn_keeps, worths[1] = _screen(1.0 - waits[0], b * worths[1])
        share = 0.5 * (1.0 - waits[1]) + 0.5 * waits[0]
        found.append((waits, (us_keeps, cn_keeps)))
    coming = found[::-1][: model.meetings_this_week]
    for n, side in enumerate((us, cn)):
        side.waits = [waits[n] for waits, _ in coming]
        side.keeps = [keeps[n] for _, keeps in coming]


def _steps(model: PlainTruce, weeks: int, talks: Any) -> Iterator[tuple[float, list[float]]]:
    """Each wait for the next meeting, the last one first: its length in weeks, and what is left of
    waiting across it for either side, the leaders' meetings and dates counted.
    """
    next_clock = int(min(model.next_length, _FAR_WEEKS))
    left = [side.goes_on_next for side in model.governments]
    for later in range(weeks + next_clock - 1, weeks - 1, -1):
        kept = model.schedule.across(model.week + later)
        yield 1.0, [one * kept for one in left]
        left = [1.0, 1.0]
    left = [side.goes_on for side in model.governments]
    for later in range(weeks - 1, -1, -1):
        kept = model.schedule.across(model.week + later)
        left = [one * kept for one in left]
        hasty = later >= weeks - talks.sprint_weeks or (later == 0 and model.sprint)
        held = talks.sprint_meetings if hasty else talks.meetings_per_week
        for _ in range(held):
            yield 1.0 / held, left
            left = [1.0, 1.0]


class Screen:
    """What a side believes of the other's price on one track, and what it asks for it."""

    def __init__(self, side: Government, track: str) -> None:
        self.side, self.track = side, track
        self.low = -math.inf  # cheaper types have been ruled out by refusals
        self.if_refused = -math.inf
        self.tough = self.claim = self.its_floor = self.its_most = 0.0
        self.expected = self.slope = self.demand = 0.0

    @property
    def talk(self) -> Talk:
        """The talks on its track."""
        return self.side.talks[self.track]

    def prepare(self, floor: float) -> float:
        """Beliefs and claim of the week; the other's reservation value as the side expects it."""
        side, talk = self.side, self.talk
        frontier, me, it = talk.frontier, side.name, side.other.name
        soft, tough = possible_prices(side, self.track)
        own = price(side, self.track, side.resolve)
        toughest = possible_prices(side.other, self.track)[1]
        bluff = _FULL_BLUFF * side.settings.strategy.bluff * max(0.0, toughest - own)
        self.its_floor, self.claim = floor, talk.reservation + bluff
        self.its_most = frontier.utility(it, frontier.worth(me, self.claim))
        top = self.its_most - floor
        tough += side.settings.belief_error * max(0.0, top - 0.5 * (soft + tough))
        low = max(self.low, soft)
        self.tough, self.low = tough, low + side.other.turning * (soft - low)
        low = (
            soft if side.settings.strategy.kind == "committed" else _between(self.low, soft, tough)
        )
        usual = 0.5 * (low + _between(top, low, tough))
        self.expected = frontier.utility(me, frontier.worth(it, floor + usual))
        gains = self.expected - self.claim, top - usual
        self.slope = gains[1] / gains[0] if min(gains) > _LEAST_GAIN else 0.0
        return floor + 0.5 * (low + tough)

    def insisted(self) -> float:
        """What a committed side asks."""
        least = self.talk.reservation
        return least + self.side.settings.strategy.insist * max(0.0, self.expected - least)

    def target(self) -> float:
        """What the offer of a side that screens is worth to itself."""
        side, meeting = self.side, self.side.model.meeting
        soft, _ = possible_prices(side, self.track)
        top, low = self.its_most - self.its_floor, _between(self.low, soft, self.tough)
        if top - low <= 0.0:
            self.if_refused, self.demand = soft, self.claim
            return self.demand
        most, least = top - low, top - self.tough
        surplus = max(side.keeps[meeting] * most, min(least, most))
        self.if_refused = max(low, top - surplus)
        left = self.its_floor + top - surplus + side.other.waits[meeting] * self._hope(surplus)
        frontier = self.talk.frontier
        package = frontier.worth(side.other.name, min(left, self.its_most))
        self.demand = max(self.claim, frontier.utility(side.name, package))
        return self.demand

    def _hope(self, surplus: float) -> float:
        """The surplus that the marginal type expects, which knows this side's price in part."""
        side, other = self.side, self.side.other
        if self.slope <= 0.0:
            return surplus
        bluff = self.claim - self.talk.reservation
        claim = bluff + price(side, self.track, side.resolve)
        soft, tough = possible_prices(other, self.track)
        low = _between(other.talks[self.track].screen.low, soft, tough)
        mean = 0.5 * (low + _between(claim + surplus / self.slope, low, tough))
        return max(0.0, surplus + self.slope * (claim - mean))

    def takes(self, heard: float) -> bool:
        """Whether an offer is worth the claim and what waiting is worth beyond it."""
        waits = self.side.waits[self.side.model.meeting]
        return heard >= self.claim + waits * max(0.0, self.expected - self.claim) - _CENT

    def learn_refusal(self) -> None:
        """Types that would have taken the offer are ruled out."""
        if self.side.settings.strategy.kind == "screening":
            self.low = max(self.low, self.if_refused)
