"""Minerals other than magnets that Beijing licenses: a row each, not firms (docs/licences.md, *Other
minerals*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Day, Group, In, Named, Plausible

__all__ = ["DEFAULT_MINERALS", "Mineral"]


class Mineral(Group):
    """One mineral as US users buy it."""

    exposure: Annotated[float, In(0, 500, "bn USD/yr")]
    """US output lost if all supply from China stopped for good
    Source: USGS Open-File Reports 2024-1057 and 2025-1047; row by row in sim/config/groups/minerals.py"""
    ex_china_reliance: Annotated[float, In(0.01, 1, "share of use")]
    """share of use outside China that came from China before the control
    Source: row by row in sim/config/groups/minerals.py"""
    control_date: Annotated[str, Day()]
    """day from which it needs a licence. Source: the record"""
    licence_flow: Annotated[float, In(0, 1, "share of former exports"), Plausible(0.05, 0.9)] = 0.4
    """what licences let through once they are granted
    Source: judgement for a new row, the middle of the six; row by row in sim/config/groups/minerals.py"""
    stock_weeks: Annotated[float, In(0, 260, "weeks of need"), Plausible(1, 52)] = 10.0
    """stocks of users in normal times
    Source: judgement for a new row, the middle of the six; row by row in sim/config/groups/minerals.py"""
    leak_most: Annotated[float, In(0, 1, "share of what is withheld"), Plausible(0, 1)] = 0.3
    """what comes through third countries all the same, at the highest prices
    Source: judgement for a new row; row by row in sim/config/groups/minerals.py"""
    banned: bool = False
    """whether exports to the United States are banned, which other destinations are not, until more than
    licences shipment by shipment is conceded. Source: the record"""


# Ranges, sources and confidence of each number stand in sim/data/parameters.csv, groups *minerals*.
DEFAULT_MINERALS = Named({
    # ex_china_reliance: globsecusfoundation.org, December 2024. control_date: Reuters, 21 September
    # 2023. licence_flow: 0.4 to 0.9, Chinese customs. stock_weeks: judgement, 13 to 40. leak_most:
    # 0.6 to 1 (Reuters, 9 July 2025: imports held up). exposure: USGS OFR 2024-1057, 1.7 to 8.2.
    # banned from 3 December 2024.
    "gallium": Mineral(
        exposure=3.1, ex_china_reliance=0.9, control_date="2023-08-01", licence_flow=0.6, stock_weeks=26.0,
        leak_most=0.95, banned=True,
    ),
    # reliance 0.5 to 0.83 (projectblue.com, November 2025); flow 0.05 to 0.6 (customs); stocks 13 to
    # 52 (Leonardo DRS, July 2025); leak 0.5 to 1; exposure 0.01 to 1.1 (USGS)
    "germanium": Mineral(
        exposure=0.4, ex_china_reliance=0.6, control_date="2023-08-01", licence_flow=0.35, stock_weeks=26.0,
        leak_most=0.9, banned=True,
    ),
    # flow 0.05 to 0.45 (Reuters, April and July 2025); leak 0.7 to 1 (Reuters, July 2025: 3,834 t
    # from Thailand and Mexico); the rest judgement
    "antimony": Mineral(
        exposure=0.3, ex_china_reliance=0.65, control_date="2024-09-15", licence_flow=0.25, stock_weeks=13.0,
        leak_most=0.95, banned=True,
    ),
    # flow 0.5 to 0.87 (sscollege.cn, October 2025); no ban, so leak is judgement, 0.1 to 0.6
    "tungsten": Mineral(
        exposure=0.8, ex_china_reliance=0.45, control_date="2025-02-04", licence_flow=0.75, stock_weeks=10.0,
    ),
    # reliance: USGS. stocks derived from the speed of the price, 1 to 8; the rest judgement
    "bismuth": Mineral(
        exposure=0.1, ex_china_reliance=0.75, control_date="2025-02-04", licence_flow=0.35, stock_weeks=3.0,
    ),
    # dysprosium and terbium for US makers of magnets, ceramics and lasers; magnets are counted by
    # firms. flow 0 to 0.4 (customs, May to August 2025); exposure 0.5 to 4 (USGS OFR 2025-1047)
    "heavy_rare_earth_oxides": Mineral(
        exposure=1.5, ex_china_reliance=0.95, control_date="2025-04-04", licence_flow=0.2, stock_weeks=10.0,
        leak_most=0.1,
    ),
})  # fmt: skip
"""The minerals that China put under licence from August 2023 to April 2025, but for magnets."""
