"""Bilateral trade: demand, pass-through, tariffs and what they are worth to either government
(docs/model.md, *Trade and welfare*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.dated import TariffDay
from sim.config.fields import Group, In, Label, Plausible, Rows

__all__ = ["Economy", "Importer"]


class Importer(Group):
    """One side as an importer of the other's goods. Tariffs are statutory trade-weighted
    averages.
    """

    imports: Annotated[float, In(1, 2000, "bn USD/yr")] = 440.3
    """imports from the other side at the base tariff. Source: US Census Bureau c5700: 2024"""
    pass_through: Annotated[
        float, In(0.3, 1, "share"), Plausible(0.8, 1), Label("pass-through")
    ] = 0.94
    """share of a tariff that reaches the importer's border price
    Source: Federal Reserve Bank of New York, Feb 2026: 0.94 in Jan-Aug 2025; Amiti, Redding,
    Weinstein 2019: 0.95-1"""
    elasticity_short: Annotated[
        float, In(0.1, 6, "elasticity"), Plausible(0.5, 1.5), Label("short-run elasticity")
    ] = 0.76
    """import demand elasticity just after a change of tariff (absolute)
    Source: Boehm, Levchenko, Pandalai-Nayar 2023: 0.76 within a year"""
    elasticity_long: Annotated[
        float, In(0.1, 10, "elasticity"), Plausible(1.75, 4), Label("long-run elasticity")
    ] = 2.0
    """import demand elasticity in the long run (absolute)
    Source: Boehm, Levchenko, Pandalai-Nayar 2023: 2.0 (1.75-2.25)"""
    base_tariff: Annotated[float, In(0, 1, "ad valorem")] = 0.208
    """average tariff of January 2025. Source: PIIE chart, Apr 2025 (20.8 %)"""
    ceiling_tariff: Annotated[float, In(0.01, 5, "ad valorem")] = 1.241
    """tariff at concession level 0: the peak of April 2025
    Source: PIIE chart, Apr 2025, after the electronics carve-out (124.1 %)"""
    floor_tariff: Annotated[float, In(0, 2, "ad valorem"), Plausible(0.03, 0.3)] = 0.208
    """tariff at concession level 1
    Source: PIIE: the January 2025 level; judgement that talks do not reopen older duties"""
    revenue_weight: Annotated[float, In(0, 4, "ratio"), Plausible(1.1, 1.5)] = 1.25
    """weight of a dollar of tariff revenue in the government's objective (rho)
    Source: set so that the rate a government would choose alone is near Ossa 2014's average
    optimal tariff, 62 %"""
    protection_weight: Annotated[float, In(0, 1, "bn USD/bn USD"), Plausible(0, 0.2)] = 0.08
    """political value of a dollar of imports displaced
    Source: Grossman, Helpman 1994 and Ossa 2014 weigh protected profits above income; size is
    judgement"""
    export_margin: Annotated[float, In(0, 1, "share"), Plausible(0.1, 0.35)] = 0.2
    """margin that the other side's exporters lose on each lost sale to this importer
    Source: judgement"""

    rules = (
        Rule("floor_tariff", "<", "ceiling_tariff", "not below the ceiling"),
        Rule(
            "elasticity_short",
            "<=",
            "elasticity_long",
            "demand would respond less in the long run than in the short",
        ),
    )


class Economy(Group):
    """Trade between the two sides."""

    us: Importer = Importer()
    """The United States as importer of Chinese goods"""
    cn: Importer = Importer(
        imports=143.3,
        base_tariff=0.212,
        ceiling_tariff=1.46,
        floor_tariff=0.212,
        revenue_weight=1.15,
        export_margin=0.25,
    )
    """China as importer of US goods (143.3 bn USD in 2024, Census; tariffs PIIE and CRS)"""
    flow_adjustment: Annotated[
        float, In(0.01, 1, "per week"), Plausible(0.08, 0.3), Label("flow adjustment")
    ] = 0.15
    """share of the gap to demand that trade flows close each week (kappa)
    Source: trade_flows.csv: US imports fell 30 % from March to May 2025, half of the fall within
    a month"""
    elasticity_weeks: Annotated[float, In(4, 1000, "weeks"), Plausible(150, 400)] = 260.0
    """time constant from short-run to long-run elasticity
    Source: Boehm, Levchenko, Pandalai-Nayar 2023: 7 to 10 years to converge, so a constant of
    about 5"""
    age_reset: Annotated[float, In(0.005, 1, "ad valorem"), Plausible(0.05, 0.3)] = 0.1
    """change of tariff that restarts the clock of the elasticity in full. Source: judgement"""
    tariff_path: Annotated[tuple[TariffDay, ...], Rows(TariffDay, 300)] = ()
    """both sides' average tariffs as given, from each day on; all else answers to them
    (docs/dated.md)
    Source: the record"""
