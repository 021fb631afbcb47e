"""The truce: its clock, its extension, what follows a lapse, and how talks reopen (docs/model.md,
*Bargaining* and *The truce*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, Lever, OneOf, Plausible
from sim.vocabulary import ENFORCEMENT_SCOPES, FIRST_SPEAKERS, TRACK_RULES

__all__ = ["Escalation", "Linkage", "Reentry", "Talks", "Truce"]


class Linkage(Group):
    """The three linkages of Maggi (2016)."""

    tracks: Annotated[
        str, OneOf(TRACK_RULES), Label("tracks"), Lever("what is bargained together", 3)
    ] = "separate"
    """negotiation linkage: no quid pro quo, so that trade, Beijing's minerals and Washington's chips
    are bargained apart and no control is paid for with a control, or all that is open as one package
    Source: Maggi 2016; London kept them apart (Reuters, 15 June 2025)"""
    security_first: bool = False
    """whether controls may be settled while trade is open; else their tracks open once trade is
    settled. In a package all are one. Source: no control of arms-grade goods was lifted before a
    deal on tariffs, 2018-2020 and 2025 (truces.csv)"""
    us: Annotated[
        float,
        In(0, 2, "share"),
        Plausible(0, 0.3),
        Label("participation linkage of Washington"),
        Lever("how far Washington ties trade to magnets", 8),
    ] = 0.0
    """participation linkage of Washington: share of what it lacks of Beijing's controls,
    within their red lines, that it demands before closing trade
    Source: US refusal of a quid pro quo, June 2025 (events.csv); at 0.3 it demands on its first day
    in London the 8 bn USD/yr that Beijing demands at most"""
    cn: Annotated[
        float,
        In(0, 2, "share"),
        Plausible(0.2, 0.5),
        Label("participation linkage of Beijing"),
        Lever("how far Beijing ties trade to chips", 7),
    ] = 0.4
    """participation linkage of Beijing: share of what it lacks of Washington's controls,
    within their red lines, that it demands before closing trade
    Source: Beijing linked magnets to chips (events.csv, 15 June 2025); size is judgement"""
    enforcement: Annotated[str, OneOf(ENFORCEMENT_SCOPES), Label("enforcement scope")] = "track"
    """enforcement linkage: where a breach may be punished
    Source: Maggi 2016; May 2025: slow magnets were answered with design software and engines,
    same track"""


class Talks(Group):
    """How often the delegations meet and who speaks first."""

    meetings_per_week: Annotated[int, In(0, 5, "meetings/week")] = 1
    """meetings in an ordinary week. Source: judgement"""
    sprint_weeks: Annotated[int, In(0, 26, "weeks"), Plausible(1, 4)] = 3
    """last weeks of the clock in which delegations meet more often. Source: judgement"""
    sprint_meetings: Annotated[int, In(1, 10, "meetings/week"), Plausible(2, 5)] = 3
    """meetings a week in the sprint. Source: judgement"""
    mediator_rate: Annotated[float, In(0, 1, "per meeting")] = 0.0
    """chance that a mediator who knows both sides' values proposes the Nash point (Nash 1950)
    Source: none in the record: a benchmark to run a scenario against"""
    first_speaker: Annotated[str, OneOf(FIRST_SPEAKERS)] = "alternate"
    """who speaks first at a meeting: in turn, always one side, or drawn each time. Source:
    judgement"""


class Escalation(Group):
    """The ladder climbed after a lapse."""

    answer_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.2, 0.9)] = 0.5
    """chance that a side not yet above the other's rung climbs one
    Source: events.csv: 2-12 April 2025, five rungs in ten days; judgement"""
    rung_depth: Annotated[
        float, In(0, 1, "share"), Plausible(0.1, 0.25), Label("depth of a rung")
    ] = 0.16
    """concession level withdrawn on each snapping issue for each rung
    Source: half the way from the lapse rates to the April 2025 peak in about three rungs"""
    rung_cap: Annotated[int, In(0, 10, "rungs"), Plausible(1, 4)] = 3
    """highest rung. Source: judgement: the April 2025 peak"""
    rung_hawks: Annotated[float, In(0, 5, "hawk pressure"), Plausible(0, 0.4)] = 0.15
    """hawk pressure added on both sides by a rung. Source: judgement"""


class Reentry(Group):
    """The way back: a mutually hurting stalemate (Zartman 1985)."""

    rate: Annotated[float, In(0, 1, "per week"), Plausible(0.1, 0.6)] = 0.35
    """chance a week of reopening when both sides hurt fully. Source: judgement"""
    threshold: Annotated[float, In(0, 1000, "bn USD"), Plausible(2, 15)] = 5.0
    """accumulated loss since the lapse at which a side is half ready
    Source: judgement; 2 April to 12 May 2025 took six weeks"""
    width: Annotated[float, In(0.01, 500, "bn USD"), Plausible(1, 5)] = 2.0
    """spread of that readiness (logistic scale). Source: judgement"""


class Truce(Group):
    """The truce in force, its deadline and how it is prolonged."""

    in_force: bool = True
    """whether a truce is in force on the first day. Source: London framework, 10 June 2025"""
    length_weeks: Annotated[
        int,
        In(1, 156, "weeks"),
        Label("truce length"),
        Lever("length of each extension", 11, slider=(4, 52)),
    ] = 13
    """length of a truce and of each extension
    Source: Geneva and Stockholm 2025: 90 days (truces.csv); slider: from a month, the shortest
    dated truce there (N01, N03), to a year (judgement)"""
    first_deadline_weeks: Annotated[
        int, In(0, 156, "weeks"), Lever("weeks to the first deadline", 14, slider=(0, 26))
    ] = 9
    """weeks from the first day to the deadline then running; 0 starts a full clock
    Source: 11 June to 12 August 2025 (truces.csv T08); slider: up to twice a truce of 90 days"""
    window_weeks: Annotated[int, In(0, 26, "weeks"), Plausible(1, 4)] = 2
    """weeks before the deadline in which an early extension may be agreed
    Source: truces.csv: resolved 1-5 days before the deadline"""
    early_rate: Annotated[float, In(0, 1, "per week"), Plausible(0, 0.5)] = 0.25
    """chance a week inside the window that extension is taken up before the deadline
    Source: judgement"""
    extension_cost: Annotated[
        float,
        In(0, 200, "bn USD/yr"),
        Plausible(0, 20),
        Label("extension cost"),
        Lever("price of extending the truce", 1),
    ] = 3.0
    """audience cost of extending instead of settling
    Source: judgement; trade promises carry a small cost (Chaudoin 2014)"""
    extension_cost_growth: Annotated[
        float,
        In(0, 5, "share per extension"),
        Plausible(0, 1),
        Lever("how much that price rises each time", 2),
    ] = 0.25
    """growth of that cost with each extension already made
    Source: judgement; an empty deadline embarrasses more each time (Tomz 2007)"""
    max_extensions: Annotated[int, In(0, 100, "extensions"), Plausible(2, 12)] = 8
    """cap on the number of extensions. Source: judgement"""
    temperature: Annotated[float, In(0.05, 100, "bn USD/yr"), Plausible(3, 12)] = 6.0
    """noise in the decision to extend (logistic scale). Source: judgement"""
    talks: Talks = Talks()
    escalation: Escalation = Escalation()
    reentry: Reentry = Reentry()
