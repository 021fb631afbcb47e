"""What stands on the role cards of a scenario: its first day, in numbers a delegation can use.

Worths are those of the first week before its talks, with no error in beliefs (bn USD/yr to the side
that reads the card); steps are of a tenth of full concession, or 5 points of a tariff. What a side
must show at home is its price of settling on trade at three temperaments, beyond what the truce
gives (docs/bargaining.md).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sim.config.scenario import Scenario
from sim.validation.scale import before_talks
from sim.vocabulary import DRIVERS, SIDES, TRACKS

__all__ = ["Card", "Issue", "Kit", "Step", "kit_of"]

_STEP = 0.1  # of full concession
_TARIFF_STEP = 0.05  # ad valorem
_TEMPERAMENTS = {"easy": -1.0, "usual": 0.0, "tough": 1.0}
_SMALL = 0.05  # bn USD/yr: less is shown as nothing


@dataclass(frozen=True)
class Step:
    """One more step of an issue: what it is in words, and its worth to who reads, bn USD/yr."""

    words: str
    worth: float


@dataclass(frozen=True)
class Issue:
    """An issue as a delegation sees it.

    ``now`` is what the truce gives, ``most`` the owner's red line and ``lapse`` what is left without
    a truce, in words; ``step`` the next step from now, ``last`` the one that ends at the red line.
    """

    name: str
    track: str
    now: str
    most: str
    lapse: str
    step: Step
    last: Step


@dataclass(frozen=True)
class Card:
    """A delegation's card.

    Flows are bn USD/yr: ``truce`` what the truce is worth above a lapse, ``needs`` by temperament
    what a deal on trade must give beyond it, ``harm_out`` and ``harm_in`` what a measure takes from
    the other and from it, ``own_cost`` what its own costs it. ``gives`` and ``wants`` are issues.
    """

    side: str
    label: str
    country: str
    other: str
    truce: float
    needs: dict[str, float]
    harm_out: float
    harm_in: float
    own_cost: float
    gives: tuple[Issue, ...]
    wants: tuple[Issue, ...]


@dataclass(frozen=True)
class Kit:
    """The cards of both delegations, the first day, and what the clock says, in words."""

    scenario: Scenario
    first: str
    clock: str
    cards: tuple[Card, Card]


def kit_of(scenario: Scenario) -> Kit:
    """The kit of a scenario.

    Examples
    --------
    >>> [card.label for card in kit_of(Scenario()).cards]
    ['Washington', 'Beijing']
    """
    model = before_talks(scenario)
    cards = (_card(scenario, model, "us"), _card(scenario, model, "cn"))
    start = dt.date.fromisoformat(scenario.calendar.start)
    return Kit(scenario, _day(start), _clock(scenario, start), cards)


def _clock(scenario: Scenario, start: dt.date) -> str:
    truce = scenario.truce
    if not truce.in_force:
        return 'There is no truce: what stands under "in the truce" is what one would promise.'
    if not truce.dated:
        return "The truce has no date: it lasts until one of you ends it."
    weeks = truce.first_deadline_weeks or truce.length_weeks
    day = _day(start + dt.timedelta(weeks=weeks))
    return f"The truce ends on {day}, in {weeks} weeks, unless both renew it."


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _card(scenario: Scenario, model: Any, side: str) -> Card:
    i, own = SIDES[side].code, getattr(scenario, side)
    row = model.state.whole[0]["sides"][i]
    price = own.resolve.trade
    needs = {
        name: max(0.0, price * (1.0 + own.resolve.spread * sign))
        for name, sign in _TEMPERAMENTS.items()
    }
    issues = [_issue(scenario, model, k, side) for k in range(len(model.params.issues))]
    owners = [scenario.issues[name].owner for name in model.params.issues]
    return Card(
        side=side,
        label=SIDES[side].label,
        country=SIDES[side].country,
        other=SIDES[SIDES.names[1 - i]].label,
        truce=float(row["value_terms"] - row["value_lapse"]),
        needs=needs,
        harm_out=float(row["harm_out"]),
        harm_in=float(row["harm_in"]),
        own_cost=float(row["own_cost"]),
        gives=tuple(one for one, owner in zip(issues, owners, strict=True) if owner == side),
        wants=tuple(one for one, owner in zip(issues, owners, strict=True) if owner != side),
    )


def _words(name: str) -> str:
    """What an issue is called: its driver's label, else its name in words."""
    if name in DRIVERS:
        return DRIVERS[name].label
    return " ".join("US" if word == "us" else word for word in name.split("_"))


def _issue(scenario: Scenario, model: Any, k: int, reader: str) -> Issue:
    name = model.params.issues[k]
    own = scenario.issues[name]
    values = model.state.whole[0]["issues"]
    linear, convex, benefit = (float(values[part][k]) for part in ("linear", "convex", "benefit"))
    tariff = DRIVERS[own.driver].tariff
    economy = getattr(scenario.economy, own.owner)
    span = economy.ceiling_tariff - economy.floor_tariff
    size = min(1.0, _TARIFF_STEP / span) if tariff and span > 0.0 else _STEP
    now, most = float(values["agreed"][k]), own.red_line

    kind = DRIVERS[own.driver].purchases
    extra = getattr(scenario.purchases, kind).extra if kind else 0.0

    def words(level: float) -> str:
        if tariff:
            return f"{100.0 * (economy.ceiling_tariff - level * span):.0f} %"
        return f"{extra * level:.0f} bn a year" if kind else f"{100.0 * level:.0f} %"

    def step(low: float, high: float) -> Step:
        given = linear * (high - low) + convex * (high**2 - low**2)
        worth = -given if own.owner == reader else benefit * (high - low)
        moved = 100.0 * (high - low)
        return Step(
            f"{100.0 * span * (high - low):.0f} points less"
            if tariff
            else (
                f"{extra * (high - low):.1f} bn a year more" if kind else f"{moved:.0f} points more"
            ),
            worth if abs(worth) >= _SMALL else 0.0,
        )

    first_end, last_start = min(most, now + size), max(now, most - size)
    return Issue(
        name=_words(name),
        track=TRACKS[own.track].label,
        now=words(now),
        most=words(max(most, now)),
        lapse=words(own.lapse),
        step=step(now, max(now, first_end)),
        last=step(last_start, max(most, last_start)),
    )
