"""The calendar: first day, length, and what is scheduled (docs/calendar.md).

Meetings of the leaders bring meetings of the delegations, and an election makes hawks weigh more. A
party meeting and a date of law are shown beside a run and move nothing.
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.fields import Day, Group, In, Label, Most, Named, OneOf, Plausible
from sim.vocabulary import CALENDAR_KINDS

__all__ = ["DEFAULT_EVENTS", "MOST_EVENTS", "Calendar", "CalendarEvent"]

MOST_EVENTS = 16
_SHOWN = ("party_meeting", "statutory")  # kinds that move nothing


class CalendarEvent(Group):
    """One scheduled event."""

    kind: Annotated[str, OneOf(CALENDAR_KINDS)]
    """summit or call of both leaders; US election; party meeting in Beijing; date of law
    Source: definition of the event (docs/calendar.md)"""
    day: Annotated[str, Day()]
    """first day of it.
    Source: calendar.csv, row by row"""
    weight: Annotated[float, In(0, 1, "share")] = 0.0
    """of a summit or call, the chance that the weeks before it are a sprint of talks, and the share of
    what waiting is worth that is lost across it; of an election, how much more hawks in Washington
    weigh on its eve; 0 of what moves nothing
    Source: definition: 0 of what moves nothing; else row by row in sim/data/calendar.csv"""

    rules = tuple(
        Rule(
            "weight",
            "<=",
            0,
            "such a date moves nothing: it is shown",
            when=(("kind", "is", kind),),
            allowed="0 for {kind}",
            cure="weight=0, or a kind that acts: summit, call or election",
        )
        for kind in _SHOWN
    )


DEFAULT_EVENTS = Named({
    # Each row stands in sim/data/calendar.csv with source, confidence and the range of its weight.
    # weight: judgement, 0 to 0.6: both leaders had agreed to meet (CALL-0605)
    "apec_2025": CalendarEvent(kind="summit", day="2025-10-31", weight=0.3),
    # weight: judgement, 0 to 0.3: Washington might stay away
    "g20_2025": CalendarEvent(kind="summit", day="2025-11-22", weight=0.1),
    # weight: judgement, 0 to 0.6: as of 2025
    # day: recalled: leaders met between 10 and 19 November in 2014, 2022, 2023 and 2024; no day was
    # named by August 2025 (calendar.csv)
    "apec_2026": CalendarEvent(kind="summit", day="2026-11-14", weight=0.3),
    # weight: judgement, 0 to 0.5: Washington is host
    # day: recalled: the middle or end of November in 2022, 2024 and 2025; no day was named by
    # August 2025 (calendar.csv)
    "g20_2026": CalendarEvent(kind="summit", day="2026-11-21", weight=0.2),
    # weight: judgement, 0 to 0.25
    "us_midterms_2026": CalendarEvent(kind="election", day="2026-11-03", weight=0.1),
    # weight: judgement, 0 to 0.25
    "us_election_2028": CalendarEvent(kind="election", day="2028-11-07", weight=0.1),
    "plenum_2025": CalendarEvent(kind="party_meeting", day="2025-10-16"),
    "congress_2026": CalendarEvent(kind="party_meeting", day="2026-03-05"),
    "party_congress_2027": CalendarEvent(kind="party_meeting", day="2027-10-16"),
    "ieepa_stay_2025": CalendarEvent(kind="statutory", day="2025-10-14"),
    "exclusions_2025": CalendarEvent(kind="statutory", day="2025-11-29"),
})  # fmt: skip
"""What was scheduled at the end of August 2025, by announcement, law or tradition."""


class Calendar(Group):
    """Where the run sits in real time, and what is scheduled."""

    start: Annotated[str, Day()] = "2025-06-11"
    """first day of the first week. Source: London framework announced (events.csv)"""
    horizon_weeks: Annotated[int, In(4, 520, "weeks"), Label("horizon")] = 104
    """length of a run.
    Source: definition: the period asked about, two years, eight truces of a quarter"""
    campaign_weeks: Annotated[int, In(1, 104, "weeks"), Plausible(26, 104)] = 52
    """weeks before an election in which hawks weigh more, rising evenly to its eve
    Source: presidents file disputes in the year before they stand again (Conconi, DeRemer,
    Kirchsteiger, Trimarchi, Zanardi 2017); senators turn in their last two years (Conconi, Facchini,
    Zanardi 2014)"""
    events: Annotated[Named[CalendarEvent], Most(MOST_EVENTS)] = DEFAULT_EVENTS
    """scheduled events by name; those before the first day or after the last do nothing
    Source: sim/data/calendar.csv"""
