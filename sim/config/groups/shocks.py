"""Events from outside the model: scheduled by date, or drawn at a rate (docs/model.md,
*Shocks*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.dated import EVENT_RULES, ChronologyEvent
from sim.config.fields import Day, Group, In, Most, Named, OneOf, Rows
from sim.vocabulary import SHOCK_KINDS, SIDES

__all__ = ["Shock", "Shocks"]


class Shock(Group):
    """One event, or one kind of event that recurs."""

    kind: Annotated[str, OneOf(SHOCK_KINDS)]
    """what it moves: hawk pressure; delivery on all a side owes; other supply; grievance; a court
    strikes down fentanyl duties, reciprocal ones, or all under the emergency powers, third countries'
    too; Washington puts section 122 in place
    Source: definition of the event (docs/model.md, *Shocks*; docs/law.md)"""
    side: Annotated[str, OneOf(SIDES)]
    """the side it happens to. Source: definition of the event"""
    size: Annotated[float, In(0, 2, "share or pressure")] = 0.3
    """hawk pressure added; share lost of delivery, of other supply, of grievance; 1 of a ruling; the
    rate of section 122
    Source: judgement, half to twice, for an event of one's own too"""
    start: Annotated[str, Day()] = "1900-01-01"
    """first day it can happen; a day before the first day means from the start
    Source: definition: the default stands before any record"""
    rate: Annotated[float, In(0, 52, "per year")] = 0.0
    """0: happens once, in the week of `start`; above 0: recurs at this rate.
    Source: definition: 0 is an event of one day; row by row below"""

    rules = EVENT_RULES


class Shocks(Group):
    """All events of a scenario."""

    events: Annotated[Named[Shock], Most(12)] = Named(
        {
            # size: definition: a ruling strikes down all of it
            # rate: judgement, 0.1 to 1, even odds within 28 months; two courts struck all of it down by
            # the end of August 2025 (events.csv, 28 May; 29 August), and both rulings were stayed
            "court_ruling": Shock(kind="void_ieepa", side="us", size=1.0, rate=0.3),
            # size, rate: judgement, half to twice; what incidents of politics.us do not hold
            "us_hawks": Shock(kind="hawk", side="us", size=0.4, rate=0.8),
            # size, rate: judgement, half to twice
            "cn_hawks": Shock(kind="hawk", side="cn", size=0.35, rate=0.6),
            # size, rate: judgement, half to twice; the Entity List grew in 2019 while talks went
            # on (events.csv)
            "us_listing": Shock(kind="delivery", side="us", size=0.35, rate=0.5),
            # size, rate: judgement, half to twice: about one in ten years of a large mine or plant
            "supply_accident": Shock(kind="supply", side="us", size=0.25, rate=0.1),
        }
    )
    """events by name"""
    chronology: Annotated[tuple[ChronologyEvent, ...], Rows(ChronologyEvent, 1000)] = ()
    """dated events as rows of a table: day, kind, side, size (docs/dated.md)
    Source: the record"""
