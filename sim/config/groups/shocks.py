"""Events from outside the model: scheduled by date, or drawn at a rate (docs/model.md,
*Shocks*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.dated import ChronologyEvent
from sim.config.fields import Day, Group, In, Most, Named, OneOf, Rows
from sim.vocabulary import SHOCK_KINDS, SIDES

__all__ = ["Shock", "Shocks"]


class Shock(Group):
    """One event, or one kind of event that recurs."""

    kind: Annotated[str, OneOf(SHOCK_KINDS)]
    """what it moves: hawk pressure; delivery on all a side owes; a court cuts the tariff ceiling;
    other supply; grievance
    Source: definition of the event (docs/model.md, *Shocks*)"""
    side: Annotated[str, OneOf(SIDES)]
    """the side it happens to. Source: definition of the event"""
    size: Annotated[float, In(0, 2, "share or pressure")] = 0.3
    """hawk pressure added; or share lost of delivery, of the ceiling above the base, of other supply,
    of grievance
    Source: judgement, half to twice, for an event of one's own too"""
    start: Annotated[str, Day()] = "1900-01-01"
    """first day it can happen; a day before the first day means from the start
    Source: definition: the default stands before any record"""
    rate: Annotated[float, In(0, 52, "per year")] = 0.0
    """0: happens once, in the week of `start`; above 0: recurs at this rate.
    Source: definition: 0 is an event of one day; row by row below"""

    rules = (
        Rule(
            "size",
            "<=",
            1,
            "more than all of it",
            when=(("kind", "is not", "hawk"),),
            allowed="at most 1 for {kind}",
        ),
    )


class Shocks(Group):
    """All events of a scenario."""

    events: Annotated[Named[Shock], Most(12)] = Named(
        {
            # size, rate: judgement, half to twice; courts ruled on duties of 2018 and of 2025, and
            # the second ruling was stayed the next day (events.csv, 28 May 2025)
            "court_ruling": Shock(kind="tariff_ceiling", side="us", size=0.25, rate=0.15),
            # size, rate: judgement, half to twice; what incidents of politics.us do not hold
            "us_hawks": Shock(kind="hawk", side="us", size=0.4, rate=0.8),
            # size, rate: judgement, half to twice
            "cn_hawks": Shock(kind="hawk", side="cn", size=0.35, rate=0.6),
            # size, rate: judgement, half to twice; listings of 2019 and 2025 in events.csv broke
            # what was promised in one of two cases
            "us_listing": Shock(kind="delivery", side="us", size=0.35, rate=0.5),
            # size, rate: judgement, half to twice: about one in ten years of a large mine or plant
            "supply_accident": Shock(kind="supply", side="us", size=0.25, rate=0.1),
        }
    )
    """events by name"""
    chronology: Annotated[tuple[ChronologyEvent, ...], Rows(ChronologyEvent, 1000)] = ()
    """dated events as rows of a table: day, kind, side, size (docs/dated.md)
    Source: the record"""
