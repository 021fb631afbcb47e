"""Two populations of firms: US users of rare-earth magnets and Chinese users of AI chips (MODEL.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.config.fields import Field, count, mapping, number

__all__ = ["Firms", "Population", "Sector"]


@dataclass(frozen=True)
class Sector:
    """Firms that use the controlled good for one purpose."""

    share: float = number(0.25, "share of firms", (0, 1), "weight of the sector in the number of firms", "judgement")
    value_at_risk: float = number(
        20.0, "bn USD/yr", (0, 500), "value added lost if the whole sector went without the good", "judgement"
    )
    cover_weeks: float = number(
        7.5, "weeks of need", (0.5, 104), "median stock at the start, also the stock aimed at", "judgement"
    )
    military_share: float = number(
        0.0, "share of firms", (0, 1), "share of the sector's firms that need the military grade", "judgement"
    )


@dataclass(frozen=True)
class Population:
    """All users of one controlled good, and the sources they could turn to."""

    firms: int = count(120, "firms", (1, 2000), "number of firms simulated", "MODEL.md section 2")
    size_spread: float = number(
        0.9, "sd of log", (0, 3), "spread of firm sizes (lognormal)", "judgement", spread=(0.5, 1.5)
    )
    cover_spread: float = number(
        0.6,
        "sd of log",
        (0, 2),
        "spread of the weeks of cover within a sector (lognormal)",
        "parameters.csv A5: 0.8 over all sectors together (75 % of firms under 13 weeks), less across sectors",
        spread=(0.3, 0.9),
    )
    trusted_share: float = number(
        0.4, "share of firms", (0, 1), "share of firms marked as trusted, served by a green channel", "judgement"
    )
    stock_share: float = number(
        0.75,
        "share of usual cover",
        (0, 2),
        "stock on the first day, as a share of the usual cover",
        "judgement; two months of controls had drawn stocks down (first line stops in weeks 6 to 9, parameters.csv A5)",
        spread=(0.5, 1.0),
    )
    pipeline_share: float = number(
        0.1,
        "share of need",
        (0, 2),
        "goods on the water on the first day, as a share of a normal flow",
        "General Administration of Customs of China: exports of magnets to the US fell 93 % on the year in May 2025",
        spread=(0, 0.3),
    )
    shipping_weeks: int = count(
        4, "weeks", (1, 12), "time from order to arrival", "sea freight China-US about a month; judgement"
    )
    order_cap: float = number(
        1.6,
        "weeks of need a week",
        (0.2, 10),
        "most a licence lets a firm order in a week",
        "judgement; licences are sized to need so that no one stockpiles (Reuters, June 2025)",
        spread=(1.2, 3.0),
    )
    loss_convexity: float = number(
        0.6,
        "share",
        (0, 1),
        "share of the loss that grows with the square of the shortage; the rest is proportional",
        "judgement; small shortages are worked around first",
        spread=(0.2, 1.0),
    )
    other_share: float = number(
        0.15,
        "share of need",
        (0, 0.95),
        "need met from outside the controlling side at the start",
        "parameters.csv A1 and A6: dependence about 0.85 in 2025",
        spread=(0.06, 0.25),
    )
    supply_growth: float = number(
        0.24,
        "per year",
        (-0.5, 2),
        "growth of other supply without a crisis (log rate)",
        "parameters.csv A6: dependence 0.85 in 2025 to 0.5 in 2030",
        spread=(0.1, 0.5),
        label="growth of other supply",
    )
    demand_growth: float = number(
        0.05, "per year", (-0.5, 2), "growth of need (log rate)", "IEA GCMO 2024: +5 % a year", spread=(0.02, 0.08)
    )
    urgency: float = number(
        1.0,
        "ratio",
        (0, 10),
        "how much felt risk speeds up the growth of other supply (multiplies it by 1 + urgency x risk)",
        "judgement",
        spread=(0.0, 3.0),
    )
    risk_memory: float = number(
        0.95,
        "per week",
        (0, 0.999),
        "share of felt risk that lasts into the next week",
        "judgement",
        spread=(0.9, 0.98),
    )
    qualify_threshold: float = number(
        0.15,
        "risk",
        (0, 1),
        "felt risk (share of need short or unlicensed) at which a firm starts to qualify other sources",
        "judgement; 37 % of firms meant to diversify in 2025 (parameters.csv A4)",
        spread=(0.05, 0.4),
    )
    qualify_weeks: float = number(
        52,
        "weeks",
        (1, 260),
        "time to qualify another source",
        "judgement; 12 to 24 months in automotive practice",
        spread=(26, 104),
    )
    take_up: float = number(
        0.05,
        "per week",
        (0, 1),
        "speed at which a qualified firm takes up other supply",
        "judgement",
        spread=(0.02, 0.1),
    )
    stop_threshold: float = number(
        0.5, "share of need", (0.01, 1), "shortage at which a firm's line stops", "judgement", spread=(0.3, 0.8)
    )
    flow: float = number(
        620.0,
        "units/month",
        (0.1, 1e5),
        "controlled imports in normal times: tonnes of magnets, or hundred thousand cards",
        "General Administration of Customs of China, HS 85051110: 7,445 t to the US in 2024",
        label="normal monthly imports",
    )
    sectors: dict[str, Sector] = mapping(
        Sector,
        {
            "automotive": Sector(0.40, 55.0, 5.5, 0.0),
            "electronics": Sector(0.30, 20.0, 7.5, 0.0),
            "aerospace": Sector(0.18, 18.0, 14.0, 0.25),
            "defence": Sector(0.12, 12.0, 26.0, 1.0),
        },
        "sectors by name",
        most=4,
    )


def _chips() -> Population:
    return Population(
        firms=40,
        size_spread=1.1,
        cover_spread=0.5,
        trusted_share=0.3,
        stock_share=1.0,
        pipeline_share=0.0,
        shipping_weeks=3,
        order_cap=2.0,
        loss_convexity=0.4,
        other_share=0.41,
        supply_growth=0.44,
        demand_growth=0.285,
        urgency=0.5,
        qualify_threshold=0.1,
        qualify_weeks=26,
        take_up=0.06,
        flow=1.8,
        sectors={
            "cloud": Sector(0.5, 48.0, 10.0, 0.0),
            "lab": Sector(0.3, 18.0, 8.0, 0.0),
            "handset": Sector(0.2, 9.0, 12.0, 0.0),
        },
    )


def _population(default: Any, description: str) -> Any:
    return field(default_factory=default, metadata={"field": Field("group", item=Population, description=description)})


@dataclass(frozen=True)
class Firms:
    """Firms that live with the licences."""

    magnets: Population = _population(Population, "US users of rare-earth magnets")
    chips: Population = _population(
        _chips, "Chinese users of AI accelerators (IDC 2025: 41 % domestic units; Bernstein Dec 2025: growth)"
    )
