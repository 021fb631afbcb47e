"""Export licences: what an authority can clear and how readily it approves (MODEL.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.config.fields import Field, count, flag, number

__all__ = ["Authority", "Licensing"]


@dataclass(frozen=True)
class Authority:
    """An agency that clears licence applications from a queue."""

    capacity: float = number(
        36.0,
        "applications/week",
        (0.1, 500),
        "applications examined a week for the simulated population",
        "CLEPA, June 2025: approvals rose from 25 to 60 % of applications in 23 days, 13 a week of 120 firms at about 0.4 each",
        spread=(18, 60),
    )
    slow_walk: float = number(
        0.7,
        "share",
        (0, 1),
        "share of capacity withdrawn when compliance falls to zero",
        "judgement; delay is the instrument, refusal rare (European Chamber 2025: 1 of 141 refused)",
        spread=(0.3, 0.95),
    )
    approve_withheld: float = number(
        0.03,
        "probability",
        (0, 1),
        "chance that an examined application is approved when the issue is withheld",
        "CLEPA 2025: hazard 0.14 a month in April-May 2025 (parameters.csv A4), about 0.03 a week",
        spread=(0.02, 0.05),
    )
    approve_permitted: float = number(
        0.60,
        "probability",
        (0, 1),
        "chance that an examined application is approved when the issue is fully conceded",
        "judgement; with London's level gives about 0.2 a week through the queue (CLEPA: 0.8 a month in June 2025)",
        spread=(0.3, 0.9),
    )
    term_weeks: int = count(
        26, "weeks", (1, 260), "life of a licence", "Reuters, June 2025: six-month licences", label="licence term"
    )
    per_shipment: bool = flag(
        False, "whether a licence covers one shipment only", "MOFCOM Announcement 18, April 2025: before London, yes"
    )
    green_channel: bool = flag(
        True, "whether trusted firms are examined first", "Reuters, 15 June 2025: green channel for trusted US firms"
    )
    free_level: float = number(
        0.97, "share", (0.5, 1), "level in force at which no licence is needed", "judgement", spread=(0.9, 1.0)
    )
    licensed_share: float = number(
        0.25,
        "share of firms",
        (0, 1),
        "share of firms that hold a licence on the first day",
        "CLEPA, 4 June 2025: a quarter",
    )


def _bureau() -> Authority:
    return Authority(
        capacity=6.0,
        slow_walk=0.5,
        approve_withheld=0.01,
        approve_permitted=0.8,
        green_channel=False,
        licensed_share=0.0,
    )


def _authority(default: Any, description: str) -> Any:
    return field(default_factory=default, metadata={"field": Field("group", item=Authority, description=description)})


@dataclass(frozen=True)
class Licensing:
    """The two licensing authorities."""

    magnets: Authority = _authority(Authority, "China's commerce ministry, for rare-earth magnets")
    chips: Authority = _authority(
        _bureau, "The US Bureau of Industry and Security, for AI accelerators (rates: judgement after the H20 case)"
    )
    approve_withheld_military: float = number(
        0.002,
        "probability",
        (0, 1),
        "chance that an examined application for the military grade is approved when the issue is withheld",
        "parameters.csv A4: refused by rule (0-0.02); no samarium approvals seen in June 2025 (New York Times)",
        spread=(0.0, 0.02),
    )
    wait_memory: float = number(
        0.8,
        "share",
        (0, 0.99),
        "weight of the past in the wait that a firm expects when it renews ahead",
        "judgement",
        spread=(0.5, 0.95),
    )
