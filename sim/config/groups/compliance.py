"""Delivery of what was promised, its monitoring, and grievance (MODEL.md section 8; Green and Porter 1984)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config.fields import count, group, number

__all__ = ["Compliance", "Conduct"]


@dataclass(frozen=True)
class Conduct:
    """How one side's agencies keep its promises."""

    start: float = number(
        1.0, "share", (0, 1), "share of promises delivered on the first day", "judgement; London was a fresh start"
    )
    drift_rate: float = number(
        0.9,
        "per year",
        (0, 52),
        "rate of lapses in delivery (an agency drifts, a hawk acts) without hawk pressure",
        "judgement; events.csv shows about one a quarter on either side in May-August 2025",
        spread=(0.3, 3),
        label="drift rate",
    )
    hawk_drift: float = number(
        1.0,
        "ratio",
        (0, 10),
        "how much hawk pressure multiplies that rate (1 + hawk_drift x pressure)",
        "judgement",
        spread=(0, 3),
    )


@dataclass(frozen=True)
class Compliance:
    """Breach, monitoring and retaliation."""

    us: Conduct = group(Conduct)
    cn: Conduct = group(Conduct)
    severity: float = number(
        0.55, "share", (0, 1), "largest share of one issue's delivery lost in a lapse", "judgement", spread=(0.3, 0.9)
    )
    recovery: float = number(
        0.12, "per week", (0, 1), "share of the gap in delivery repaired each week", "judgement", spread=(0.05, 0.25)
    )
    monitoring_noise: float = number(
        0.05,
        "share",
        (0, 1),
        "standard deviation of what a side sees of delivery on an issue in a week",
        "judgement",
        spread=(0.0, 0.2),
        label="monitoring noise",
    )
    tolerance: float = number(
        0.06, "share", (0, 1), "value-weighted shortfall that causes no grievance", "judgement", spread=(0.03, 0.15)
    )
    memory: float = number(
        0.88,
        "per week",
        (0, 0.999),
        "share of grievance that lasts into the next week (rho)",
        "judgement",
        spread=(0.8, 0.95),
    )
    protest_threshold: float = number(
        0.35,
        "grievance",
        (0.01, 20),
        "grievance at which a side protests",
        "judgement; Geneva 2025: both claimed breach in week 3",
        spread=(0.2, 0.8),
        label="protest threshold",
    )
    protest_weeks: int = count(
        3, "weeks", (0, 26), "time a protest is given to work before retaliation", "judgement", spread=(1, 6)
    )
    protest_repair: float = number(
        0.25,
        "share",
        (0, 1),
        "share of the gap in delivery that a protest repairs at once",
        "judgement",
        spread=(0, 0.6),
    )
    retaliation_depth: float = number(
        0.6,
        "share",
        (0, 1),
        "share of delivery withdrawn on the issues within the enforcement scope",
        "judgement; May 2025: licences for design software and engine parts stopped",
        spread=(0.3, 1.0),
    )
    retaliation_weeks: int = count(
        3, "weeks", (1, 26), "time retaliation is given before the accused must back down or not", "judgement"
    )
    back_down_stakes: float = number(
        8.0,
        "bn USD/yr",
        (0, 300),
        "loss from the truce's end at which the accused backs down half the time",
        "judgement; TIES: senders of trade threats get a settlement in about half of cases",
        spread=(2, 30),
    )
    back_down_scale: float = number(
        14.0, "bn USD/yr", (0.1, 200), "spread of that decision (logistic scale)", "judgement", spread=(5, 30)
    )
