"""Trade: demand nested between origins and in all, tariffs, orders, and what governments weigh
(docs/trade.md).

Numbers of single groups of goods stand in sim/data/trade_groups.csv; a setting here is their mean,
weighted with imports, and moves all of a side's groups in proportion.
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.dated import TariffDay
from sim.config.fields import Group, In, Label, Lever, Plausible, Rows

__all__ = ["Economy", "Importer"]


class Importer(Group):
    """One side as an importer of the other's goods. Tariffs are statutory trade-weighted
    averages.
    """

    imports: Annotated[float, In(1, 2000, "bn USD/yr")] = 440.3
    """imports from the other side at the tariffs of January 2025; those of third countries go with
    them. Source: US Census Bureau c5700: 2024"""
    pass_through: Annotated[
        float, In(0.3, 1, "share"), Plausible(0.8, 1), Label("pass-through")
    ] = 0.94
    """share of a tariff that reaches the importer's border price
    Source: Federal Reserve Bank of New York, Feb 2026: 0.94 in Jan-Aug 2025; Amiti, Redding,
    Weinstein 2019: 0.95-1"""
    between: Annotated[
        float, In(1.01, 12, "elasticity"), Plausible(1.8, 3.6), Label("elasticity between origins")
    ] = 2.56
    """elasticity of demand between the other side's goods and third countries', mean of groups
    (absolute)
    Source: Fajgelbaum, Goldberg, Kennedy, Khandelwal 2020: 2.53; flows of 2025: 2.1-2.8"""
    in_all: Annotated[
        float, In(0.05, 6, "elasticity"), Plausible(0.4, 1.5), Label("elasticity of imports in all")
    ] = 0.75
    """elasticity of demand for imports from all origins, mean of groups (absolute)
    Source: Boehm, Levchenko, Pandalai-Nayar 2023: 0.76 within a year"""
    long_run: Annotated[float, In(1, 5, "ratio"), Plausible(1.4, 2.4)] = 1.6
    """elasticity between origins in the long run, over that of the first year
    Source: derived: Budget Lab 2025: China's share of US imports falls to 6 % after 30 points more
    (parameters.csv D5); 1.6 gives 8.5, 2.4 gives 7.0"""
    third_slope: Annotated[float, In(0, 2, "elasticity"), Plausible(0, 0.2)] = 0.054
    """inverse elasticity of third countries' supply, mean of groups
    Source: elicited: between Fajgelbaum et al. 2020 (0) and Alfaro, Chor 2023 (dearer goods from
    Vietnam and Mexico)"""
    ceiling_tariff: Annotated[float, In(0.01, 5, "ad valorem")] = 1.241
    """tariff at concession level 0: the peak of April 2025
    Source: PIIE chart, Apr 2025, after the electronics carve-out (124.1 %)"""
    floor_tariff: Annotated[float, In(0, 2, "ad valorem"), Plausible(0.03, 0.3)] = 0.208
    """tariff at concession level 1, and where none is bargained over
    Source: definition: level 1 is January 2025 (tariffs.csv, PIIE): talks of 2025 were about what
    was added since, and do not reopen older duties"""
    revenue_weight: Annotated[float, In(0, 4, "ratio"), Plausible(1.1, 1.5)] = 1.25
    """weight of a dollar of tariff revenue in the government's objective (rho)
    Source: derived: with protection_weight by revealed preference: the truce's average is the rate
    that the government would choose alone (docs/trade.md)"""
    protection_weight: Annotated[float, In(0, 2, "bn USD/bn USD"), Plausible(0.2, 0.35)] = 0.285
    """political value of a dollar of imports displaced (pi)
    Source: derived: by revealed preference, as revenue_weight (docs/trade.md); Grossman, Helpman
    1994 for the form"""
    export_margin: Annotated[float, In(0, 1, "share"), Plausible(0.15, 0.35)] = 0.25
    """margin that the other side's exporters lose on each lost sale to this importer, mean of groups
    Source: value added times the share that stays idle within a year; fits the Budget Lab's losses
    of output; judgement within 0.15 to 0.35"""
    order_speed: Annotated[
        float, In(0.01, 1, "per week"), Plausible(0.08, 0.25), Label("speed of orders")
    ] = 0.2
    """share of the gap to demand that orders close each week (kappa)
    Source: fitted to trade_flows.csv, February to August 2025 (`python -m benchmarks.trade`): rms error
    of logs 0.045"""
    lag_weeks: Annotated[int, In(1, 8, "weeks"), Plausible(2, 6)] = 5
    """time from order to customs of what goes by sea.
    Source: fitted to trade_flows.csv, as order_speed; four to five weeks from Shanghai to the US
    west coast with port times"""
    fast_share: Annotated[float, In(0, 1, "share"), Plausible(0.2, 1)] = 0.3
    """share of goods that comes by air and land within a week.
    Source: fitted to trade_flows.csv, as order_speed"""
    anticipation: Annotated[float, In(0, 4, "ratio"), Plausible(0.3, 1.5)] = 0.6
    """how far orders are brought forward for an expected change of price, in logs (psi)
    Source: fitted to trade_flows.csv, as order_speed"""
    month_spread: Annotated[float, In(0, 1, "log sd"), Plausible(0.03, 0.1)] = 0.048
    """noise of a month's recorded flow beside its season
    Source: Census c5700 2013-2019 and 2024: residual of the season"""
    orders_start: Annotated[float, In(0, 3, "share of 2024's imports")] = 0.5
    """orders four weeks before the first day, closing on demand since; 0 for orders at rest
    Source: fitted: the flows of May and June 2025 (trade_flows.csv; `python -m benchmarks.trade`)"""
    moved_start: Annotated[float, In(-13, 13, "weeks of orders")] = -0.4
    """orders brought forward before the first day, or put off (negative).
    Source: fitted to trade_flows.csv, as orders_start"""

    rules = (Rule("floor_tariff", "<", "ceiling_tariff", "not below the ceiling"),)


class Economy(Group):
    """Trade between the two sides."""

    us: Importer = Importer()
    """The United States as importer of Chinese goods"""
    cn: Importer = Importer(
        imports=143.3,
        between=3.21,
        in_all=0.68,
        third_slope=0.063,
        ceiling_tariff=1.46,
        floor_tariff=0.212,
        revenue_weight=1.15,
        protection_weight=0.154,
        export_margin=0.18,
        order_speed=0.15,
        lag_weeks=1,
        fast_share=1.0,
        anticipation=1.0,
        month_spread=0.084,
        orders_start=0.57,
        moved_start=-1.3,
    )
    """China as importer of US goods (143.3 bn USD in 2024, Census; tariffs PIIE and CRS)"""
    route_share: Annotated[float, In(0, 0.5, "share"), Plausible(0, 0.05)] = 0.02
    """share of the partner's goods that came through third countries in January 2025
    Source: Iyoha, Malesky, Wen, Wu, Feng 2024: up to 15.5 bn USD through Vietnam in 2021"""
    route_elasticity: Annotated[float, In(1.01, 20, "elasticity"), Plausible(4, 8)] = 6.0
    """elasticity between the direct way and that through third countries
    Source: fitted: with route_cost, so that what is routed in the truce is the 15.5 bn USD of
    Iyoha et al. 2024; 4 to 8"""
    enforcement: Annotated[
        float, In(0, 10, "ratio"), Plausible(0, 3), Lever("enforcement against transshipment", 26)
    ] = 0.0
    """how much enforcement adds to the cost of that way, over today's cost.
    Source: definition: 0 is today; a lever"""
    route_cost: Annotated[float, In(0, 2, "share of price"), Plausible(0.1, 0.4)] = 0.25
    """today's cost of the way through third countries, which enforcement raises
    Source: judgement within 0.1 to 0.4"""
    payback_weeks: Annotated[float, In(1, 104, "weeks"), Plausible(8, 26)] = 13.0
    """time in which orders brought forward are made up for.
    Source: fitted to trade_flows.csv, as order_speed"""
    elasticity_weeks: Annotated[float, In(4, 1000, "weeks"), Plausible(150, 400)] = 260.0
    """time constant from short-run to long-run elasticity
    Source: Boehm, Levchenko, Pandalai-Nayar 2023: 7 to 10 years to converge, so a constant of
    about 5"""
    age_reset: Annotated[float, In(0.005, 1, "ad valorem"), Plausible(0.05, 0.3)] = 0.1
    """change of tariff that restarts the clock of the elasticity in full.
    Source: judgement: from less than one step of a list, 5 points, to Geneva's two, 30"""
    tariff_path: Annotated[tuple[TariffDay, ...], Rows(TariffDay, 300)] = ()
    """both sides' average tariffs as given, from each day on; all else answers to them
    (docs/dated.md)
    Source: the record"""
