"""Events from outside the model: scheduled by date, or drawn at a rate (MODEL.md section 10)."""

from __future__ import annotations

from dataclasses import dataclass

from sim import vocabulary
from sim.config.fields import choice, date, mapping, number
from sim.config.groups.issues import SIDES

__all__ = ["SHOCK_KINDS", "Shock", "Shocks"]

SHOCK_KINDS = vocabulary.SHOCK_KINDS.names


@dataclass(frozen=True)
class Shock:
    """One event, or one kind of event that recurs."""

    kind: str = choice(
        None,
        SHOCK_KINDS,
        "what it moves: hawk pressure; delivery on all a side owes; a court cuts the tariff ceiling; other supply; grievance",
        "MODEL.md section 10",
    )
    side: str = choice(None, SIDES, "the side it happens to", "definition of the event")
    size: float = number(
        0.3,
        "share or pressure",
        (0, 2),
        "hawk pressure added; or share lost of delivery, of the ceiling above the base, of other supply, of grievance",
        "judgement",
    )
    start: str = date(
        "1900-01-01", "first day it can happen; a day before the first day means from the start", "the record"
    )
    rate: float = number(
        0.0, "per year", (0, 52), "0: happens once, in the week of `start`; above 0: recurs at this rate", "judgement"
    )


@dataclass(frozen=True)
class Shocks:
    """All events of a scenario."""

    events: dict[str, Shock] = mapping(
        Shock,
        {
            "court_ruling": Shock("tariff_ceiling", "us", 0.25, "1900-01-01", 0.15),
            "us_hawks": Shock("hawk", "us", 0.4, "1900-01-01", 0.8),
            "cn_hawks": Shock("hawk", "cn", 0.35, "1900-01-01", 0.6),
            "us_listing": Shock("delivery", "us", 0.35, "1900-01-01", 0.5),
            "supply_accident": Shock("supply", "us", 0.25, "1900-01-01", 0.1),
        },
        "events by name",
        most=12,
    )
