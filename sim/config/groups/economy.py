"""Bilateral trade: demand, pass-through, tariffs and what they are worth to either government (MODEL.md section 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.config.fields import Field, number

__all__ = ["Economy", "Importer"]


@dataclass(frozen=True)
class Importer:
    """One side as an importer of the other's goods. Tariffs are statutory trade-weighted averages."""

    imports: float = number(
        440.3, "bn USD/yr", (1, 2000), "imports from the other side at the base tariff", "US Census Bureau c5700: 2024"
    )
    pass_through: float = number(
        0.94,
        "share",
        (0.3, 1),
        "share of a tariff that reaches the importer's border price",
        "Federal Reserve Bank of New York, Feb 2026: 0.94 in Jan-Aug 2025; Amiti, Redding, Weinstein 2019: 0.95-1",
        spread=(0.8, 1.0),
        label="pass-through",
    )
    elasticity_short: float = number(
        0.76,
        "elasticity",
        (0.1, 6),
        "import demand elasticity just after a change of tariff (absolute)",
        "Boehm, Levchenko, Pandalai-Nayar 2023: 0.76 within a year",
        spread=(0.5, 1.5),
    )
    elasticity_long: float = number(
        2.0,
        "elasticity",
        (0.1, 10),
        "import demand elasticity in the long run (absolute)",
        "Boehm, Levchenko, Pandalai-Nayar 2023: 2.0 (1.75-2.25)",
        spread=(1.75, 4.0),
        label="long-run elasticity",
    )
    base_tariff: float = number(
        0.208, "ad valorem", (0, 1), "average tariff of January 2025", "PIIE chart, Apr 2025 (20.8 %)"
    )
    ceiling_tariff: float = number(
        1.241,
        "ad valorem",
        (0.01, 5),
        "tariff at concession level 0: the peak of April 2025",
        "PIIE chart, Apr 2025, after the electronics carve-out (124.1 %)",
    )
    floor_tariff: float = number(
        0.208,
        "ad valorem",
        (0, 2),
        "tariff at concession level 1",
        "PIIE: the January 2025 level; judgement that talks do not reopen older duties",
        spread=(0.03, 0.3),
    )
    revenue_weight: float = number(
        1.25,
        "ratio",
        (0, 4),
        "weight of a dollar of tariff revenue in the government's objective (rho)",
        "set so that the rate a government would choose alone is near Ossa 2014's average optimal tariff, 62 %",
        spread=(1.1, 1.5),
    )
    protection_weight: float = number(
        0.08,
        "bn USD/bn USD",
        (0, 1),
        "political value of a dollar of imports displaced",
        "Grossman, Helpman 1994 and Ossa 2014 weigh protected profits above income; size is judgement",
        spread=(0.0, 0.2),
    )
    export_margin: float = number(
        0.20,
        "share",
        (0, 1),
        "margin that the other side's exporters lose on each lost sale to this importer",
        "judgement",
        spread=(0.1, 0.35),
    )


def _china() -> Importer:
    return Importer(
        imports=143.3,
        base_tariff=0.212,
        ceiling_tariff=1.46,
        floor_tariff=0.212,
        revenue_weight=1.15,
        export_margin=0.25,
    )


def _side(default: Any, description: str) -> Any:
    return field(default_factory=default, metadata={"field": Field("group", item=Importer, description=description)})


@dataclass(frozen=True)
class Economy:
    """Trade between the two sides."""

    us: Importer = _side(Importer, "The United States as importer of Chinese goods")
    cn: Importer = _side(_china, "China as importer of US goods (143.3 bn USD in 2024, Census; tariffs PIIE and CRS)")
    flow_adjustment: float = number(
        0.15,
        "per week",
        (0.01, 1),
        "share of the gap to demand that trade flows close each week (kappa)",
        "trade_flows.csv: US imports fell 30 % from March to May 2025, half of the fall within a month",
        spread=(0.08, 0.3),
        label="flow adjustment",
    )
    elasticity_weeks: float = number(
        260,
        "weeks",
        (4, 1000),
        "time constant from short-run to long-run elasticity",
        "Boehm, Levchenko, Pandalai-Nayar 2023: 7 to 10 years to converge, so a constant of about 5",
        spread=(150, 400),
    )
    age_reset: float = number(
        0.10,
        "ad valorem",
        (0.005, 1),
        "change of tariff that restarts the clock of the elasticity in full",
        "judgement",
        spread=(0.05, 0.3),
    )
