"""The truce: its clock, its extension, what follows a lapse, and how talks reopen (MODEL.md sections 7 and 9)."""

from __future__ import annotations

from dataclasses import dataclass

from sim import vocabulary
from sim.config.fields import choice, count, flag, group, number

__all__ = ["ENFORCEMENT", "TABLE_RULES", "Escalation", "Linkage", "Reentry", "Talks", "Truce"]

TABLE_RULES, ENFORCEMENT = vocabulary.TABLE_RULES.names, vocabulary.ENFORCEMENT_SCOPES.names


@dataclass(frozen=True)
class Linkage:
    """The three linkages of Maggi (2016)."""

    tables: str = choice(
        "separate",
        TABLE_RULES,
        "negotiation linkage: bargain trade and security apart, or all that is open as one package",
        "Maggi 2016; London kept them apart (Reuters, 15 June 2025)",
        label="tables",
    )
    us: float = number(
        0.0,
        "share",
        (0, 2),
        "participation linkage of Washington: share of what it lacks on security that it demands before closing",
        "US refusal of a quid pro quo, June 2025 (events.csv)",
        spread=(0, 0.5),
        label="participation linkage of Washington",
    )
    cn: float = number(
        0.15,
        "share",
        (0, 2),
        "participation linkage of Beijing: share of what it lacks on security that it demands before closing",
        "Beijing linked magnets to chips (events.csv, 15 June 2025); size is judgement",
        spread=(0, 1.0),
        label="participation linkage of Beijing",
    )
    enforcement: str = choice(
        "table",
        ENFORCEMENT,
        "enforcement linkage: where a breach may be punished",
        "Maggi 2016; May 2025: slow magnets were answered with design software and engines, same table",
        label="enforcement scope",
    )


@dataclass(frozen=True)
class Talks:
    """How often the delegations meet and who speaks first."""

    meetings_per_week: int = count(1, "meetings/week", (0, 5), "meetings in an ordinary week", "judgement")
    sprint_weeks: int = count(
        3, "weeks", (0, 26), "last weeks of the clock in which delegations meet more often", "judgement", spread=(1, 4)
    )
    sprint_meetings: int = count(
        3, "meetings/week", (1, 10), "meetings a week in the sprint", "judgement", spread=(2, 5)
    )
    mediator_rate: float = number(
        0.0,
        "per meeting",
        (0, 1),
        "chance that a mediator who knows both sides' values tables the Nash point (Nash 1950)",
        "none in the record: a benchmark to run a scenario against",
    )
    first_speaker: str = choice(
        "alternate",
        vocabulary.FIRST_SPEAKERS.names,
        "who speaks first at a meeting: in turn, always one side, or drawn anew",
        "judgement",
    )


@dataclass(frozen=True)
class Escalation:
    """The ladder climbed after a lapse."""

    answer_rate: float = number(
        0.5,
        "per week",
        (0, 1),
        "chance that a side not yet above the other's rung climbs one",
        "events.csv: 2-12 April 2025, five rungs in ten days; judgement",
        spread=(0.2, 0.9),
    )
    rung_depth: float = number(
        0.16,
        "share",
        (0, 1),
        "concession level withdrawn on each snapping issue for each rung",
        "half the way from the lapse rates to the April 2025 peak in about three rungs",
        spread=(0.1, 0.25),
        label="depth of a rung",
    )
    rung_cap: int = count(3, "rungs", (0, 10), "highest rung", "judgement: the April 2025 peak", spread=(1, 4))
    rung_hawks: float = number(
        0.15, "hawk pressure", (0, 5), "hawk pressure added on both sides by a rung", "judgement", spread=(0, 0.4)
    )


@dataclass(frozen=True)
class Reentry:
    """The way back: a mutually hurting stalemate (Zartman 1985)."""

    rate: float = number(
        0.35,
        "per week",
        (0, 1),
        "chance a week of reopening when both sides hurt fully",
        "judgement",
        spread=(0.1, 0.6),
    )
    threshold: float = number(
        5.0,
        "bn USD",
        (0, 1000),
        "accumulated loss since the lapse at which a side is half ready",
        "judgement; 2 April to 12 May 2025 took six weeks",
        spread=(2, 15),
    )
    width: float = number(
        2.0, "bn USD", (0.01, 500), "spread of that readiness (logistic scale)", "judgement", spread=(1, 5)
    )


@dataclass(frozen=True)
class Truce:
    """The truce in force, its deadline and how it is prolonged."""

    in_force: bool = flag(True, "whether a truce is in force on the first day", "London framework, 10 June 2025")
    length_weeks: int = count(
        13,
        "weeks",
        (1, 156),
        "length of a truce and of each extension",
        "Geneva and Stockholm 2025: 90 days (truces.csv)",
        label="truce length",
    )
    first_deadline_weeks: int = count(
        9,
        "weeks",
        (0, 156),
        "weeks from the first day to the deadline then running; 0 starts a full clock",
        "11 June to 12 August 2025 (truces.csv T08)",
    )
    window_weeks: int = count(
        2,
        "weeks",
        (0, 26),
        "weeks before the deadline in which an early extension may be agreed",
        "truces.csv: resolved 1-5 days before the deadline",
        spread=(1, 4),
    )
    early_rate: float = number(
        0.25,
        "per week",
        (0, 1),
        "chance a week inside the window that extension is taken up before the deadline",
        "judgement",
        spread=(0, 0.5),
    )
    extension_cost: float = number(
        3.0,
        "bn USD/yr",
        (0, 200),
        "audience cost of extending instead of settling",
        "judgement; trade promises carry a small cost (Chaudoin 2014)",
        spread=(0, 20),
        label="extension cost",
    )
    extension_cost_growth: float = number(
        0.25,
        "share per extension",
        (0, 5),
        "growth of that cost with each extension already made",
        "judgement; an empty deadline embarrasses more each time (Tomz 2007)",
        spread=(0, 1),
    )
    max_extensions: int = count(
        8, "extensions", (0, 100), "cap on the number of extensions", "judgement", spread=(2, 12)
    )
    temperature: float = number(
        6.0,
        "bn USD/yr",
        (0.05, 100),
        "noise in the decision to extend (logistic scale)",
        "judgement",
        spread=(3, 12),
    )
    talks: Talks = group(Talks)
    escalation: Escalation = group(Escalation)
    reentry: Reentry = group(Reentry)
