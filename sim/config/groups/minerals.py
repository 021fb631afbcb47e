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
    Source: USGS Open-File Reports 2024-1057 and 2025-1047; row by row in
    sim/config/groups/minerals.py"""
    ex_china_reliance: Annotated[float, In(0.01, 1, "share of use")]
    """share of use outside China that came from China before the control
    Source: parameters.csv, minerals; row by row in sim/config/groups/minerals.py"""
    control_date: Annotated[str, Day()]
    """day from which it needs a licence.
    Source: events.csv and parameters.csv, minerals"""
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
    """whether exports to the United States are banned, which other destinations are not, until more
    than licences shipment by shipment is conceded.
    Source: MOFCOM announcement 46 of 2024: gallium, germanium and antimony from 3 December 2024"""


# Ranges, sources and confidence of each number stand in sim/data/parameters.csv, groups *minerals*.
DEFAULT_MINERALS = Named({
    # exposure: USGS Open-File Report 2024-1057: 3.1 bn USD of US GDP under a complete stop (1.7 to
    # 8.2)
    # ex_china_reliance: derived: 94 % of supply, with recycling outside (globsecusfoundation.org,
    # December 2024; .8 to .98)
    # control_date: Reuters, 21 September 2023
    # licence_flow: derived: June 4.3 t, July 2025 9.0 t; 7.7 t in August 2022 (Chinese customs; .4
    # to .9)
    # stock_weeks: derived: buyers rushed before the date of August 2023, stocks were low by
    # December (Reuters, Fastmarkets; 13 to 40)
    # leak_most: Reuters, 9 July 2025: US imports held up through third countries (.6 to 1)
    "gallium": Mineral(
        exposure=3.1, ex_china_reliance=0.9, control_date="2023-08-01", licence_flow=0.6, stock_weeks=26.0,
        leak_most=0.95, banned=True,
    ),
    # exposure: USGS Open-File Report 2024-1057: .4 bn USD (.01 to 1.1)
    # ex_china_reliance: derived: .5 to .83 (projectblue.com, November 2025)
    # control_date: Reuters, 21 September 2023
    # licence_flow: derived: 763 kg in July 2025, 96 in June, twice July's in July 2024 (Chinese
    # customs; .05 to .6)
    # stock_weeks: derived: two years after the control Leonardo DRS was at its safety stock (July
    # 2025), with .35 let through and most of the rest leaking (13 to 52)
    # leak_most: Reuters, 9 July 2025: as gallium; Belgium as a hub (.5 to 1)
    "germanium": Mineral(
        exposure=0.4, ex_china_reliance=0.6, control_date="2023-08-01", licence_flow=0.35, stock_weeks=26.0,
        leak_most=0.9, banned=True,
    ),
    # exposure: elicited: below 1 bn USD in USGS Open-File Report 2025-1047 (.05 to .9)
    # ex_china_reliance: derived: 56 % mined, of smelting more (globsecusfoundation.org, December
    # 2024; .5 to .8)
    # control_date: projectblue.com, November 2025
    # licence_flow: Reuters, April and July 2025: -57 % in the first quarter, -88 % in June (.05 to
    # .45)
    # stock_weeks: judgement, 8 to 26
    # leak_most: Reuters, 9 July 2025: 3,834 t of oxides from Thailand and Mexico, more than in
    # three years before (.7 to 1)
    "antimony": Mineral(
        exposure=0.3, ex_china_reliance=0.65, control_date="2024-09-15", licence_flow=0.25, stock_weeks=13.0,
        leak_most=0.95, banned=True,
    ),
    # exposure: elicited: ninth of 84 and below 1 bn USD in USGS Open-File Report 2025-1047 (.2 to 2
    # before weighting)
    # ex_china_reliance: judgement, .3 to .6: four fifths are mined in China, mostly for use there
    # (USGS)
    # control_date: events.csv: 4 February 2025
    # licence_flow: derived: 10,800 t to August 2025 is -13 %, controlled forms fell more
    # (sscollege.cn, October 2025; .5 to .87)
    # stock_weeks: judgement, 5 to 20: scrap was running thin (Reuters, 15 May 2025)
    # leak_most: judgement, .1 to .6: no ban, so little to leak
    "tungsten": Mineral(
        exposure=0.8, ex_china_reliance=0.45, control_date="2025-02-04", licence_flow=0.75, stock_weeks=10.0,
    ),
    # exposure: elicited: below 1 bn USD in USGS Open-File Report 2025-1047, far down its list (.02
    # to .4)
    # ex_china_reliance: USGS, March 2025: over 80 % of 16,000 t (.6 to .85)
    # control_date: events.csv: 4 February 2025
    # licence_flow: judgement, .1 to .7
    # stock_weeks: derived: the price rose sixfold in six weeks (Reuters, 19 March 2025), which
    # takes stocks of 1 to 8 weeks
    # leak_most: judgement, .1 to .6
    "bismuth": Mineral(
        exposure=0.1, ex_china_reliance=0.75, control_date="2025-02-04", licence_flow=0.35, stock_weeks=3.0,
    ),
    # exposure: derived: dysprosium and terbium above 1 bn USD each in USGS Open-File Report
    # 2025-1047, less magnets, which are counted by firms (.5 to 4)
    # ex_china_reliance: parameters.csv A1: 99 % of separation (.9 to 1)
    # control_date: events.csv: 4 April 2025
    # licence_flow: derived: none in May 2025, 1.2 of 34.6 t in June (Chinese customs), more by
    # August (0 to .4)
    # stock_weeks: judgement, 5 to 20: stocks were low (Argus, 6 May 2025)
    # leak_most: judgement, 0 to .3: a ban on selling on is part of the licence
    "heavy_rare_earth_oxides": Mineral(
        exposure=1.5, ex_china_reliance=0.95, control_date="2025-04-04", licence_flow=0.2, stock_weeks=10.0,
        leak_most=0.1,
    ),
})  # fmt: skip
"""The minerals that China put under licence from August 2023 to April 2025, but for magnets."""
