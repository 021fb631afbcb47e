"""Two populations of firms: US users of rare-earth magnets and Chinese users of AI chips
(docs/model.md, *Firms and licences*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.fields import Group, In, Label, Most, Named, Plausible

__all__ = ["Firms", "Population", "Sector"]


class Sector(Group):
    """Firms that use the controlled good for one purpose."""

    share: Annotated[float, In(0, 1, "share of firms")] = 0.25
    """weight of the sector in the number of firms. Source: judgement"""
    value_at_risk: Annotated[float, In(0, 500, "bn USD/yr")] = 20.0
    """value added lost if the whole sector went without the good. Source: judgement"""
    cover_weeks: Annotated[float, In(0.5, 104, "weeks of need")] = 7.5
    """median stock at the start, also the stock aimed at. Source: judgement"""
    uncontrolled_share: Annotated[float, In(0, 1, "share of firms")] = 0.0
    """share of the sector's firms whose goods need no licence, and wait for tests
    Source: judgement by use: .45 of the tonnage of HS 85051110 holds no controlled element
    (docs/licences.md)"""
    military_share: Annotated[float, In(0, 1, "share of firms")] = 0.0
    """share of the others that need the military grade, or have a military end user
    Source: judgement"""


class Population(Group):
    """All users of one controlled good, and the sources they could turn to."""

    firms: Annotated[int, In(1, 2000, "firms")] = 120
    """number of firms simulated
    Source: judgement: enough that one firm weighs about a per cent"""
    size_spread: Annotated[float, In(0, 3, "sd of log"), Plausible(0.5, 1.5)] = 0.9
    """spread of firm sizes (lognormal). Source: judgement"""
    cover_spread: Annotated[float, In(0, 2, "sd of log"), Plausible(0.3, 0.9)] = 0.7
    """spread of the weeks of cover within a sector (lognormal)
    Source: parameters.csv A5: 0.8 over all sectors together (75 % of firms under 13 weeks), less
    across sectors"""
    military_cover_weeks: Annotated[float, In(0.5, 260, "weeks of need"), Plausible(40, 60)] = 50.0
    """median stock of users of the military grade, whose spread is three tenths of the others'
    Source: parameters.csv: samarium, 9 to 15 months"""
    military_order: Annotated[float, In(0, 1, "share"), Plausible(0.15, 0.5)] = 0.3
    """what users of the military grade buy, as a share of what firms of their size do
    Source: judgement: defence and aerospace are small in tonnage"""
    trusted_share: Annotated[float, In(0, 1, "probability"), Plausible(0.3, 0.7)] = 0.5
    """chance that a firm of mean size is trusted; it grows with size, to .95 at most
    Source: MERICS 2025: a priority list helped bigger firms; judgement"""
    stock_share: Annotated[float, In(0, 2, "share of usual cover"), Plausible(0.5, 1)] = 0.72
    """stock on the first day, as a share of the usual cover
    Source: run from 4 April 2025 (docs/licences.md): two months of controls had drawn stocks down"""
    pipeline_share: Annotated[float, In(0, 2, "share of need"), Plausible(0, 0.3)] = 0.19
    """goods on the water on the first day, as a share of a normal flow
    Source: General Administration of Customs of China: exports of magnets to the US fell 93 % on
    the year in May 2025"""
    shipping_weeks: Annotated[int, In(1, 12, "weeks")] = 4
    """time from order to arrival. Source: sea freight China-US about a month; judgement"""
    order_cap: Annotated[float, In(0.2, 10, "weeks of need a week"), Plausible(1, 1.5)] = 1.2
    """most a licence lets a firm order in a week
    Source: Financial Times, 15 August 2025: approved volumes limited against stockpiling; judgement"""
    supplier_cap: Annotated[float, In(0.2, 10, "weeks of need a week"), Plausible(1.05, 1.4)] = 1.1
    """most that suppliers deliver in a week without a licence. Source: judgement"""
    hoarding: Annotated[float, In(0, 10, "ratio"), Plausible(0, 2)] = 1.0
    """how much felt risk raises the stock aimed at (1 + hoarding x risk). Source: judgement"""
    carry: Annotated[float, In(0, 5, "ratio"), Plausible(0.05, 0.3)] = 0.15
    """how much a scarce price lowers it (over 1 + carry x (price - 1)). Source: judgement"""
    flies_below: Annotated[float, In(0, 26, "weeks of need"), Plausible(1, 4)] = 2.0
    """stock below which a firm has its goods flown in within a week. Source: judgement"""
    aside_share: Annotated[float, In(0, 1, "share of need"), Plausible(0.1, 0.35)] = 0.25
    """need that a controlled firm without a licence meets by finished parts and redesign
    Source: Financial Times, August 2025: motors need no licence, assembly moved; size is judgement"""
    reform_share: Annotated[float, In(0, 1, "share of need"), Plausible(0.05, 0.3)] = 0.15
    """need that a controlled firm at risk meets for good by grades without heavy rare earths
    Source: duramag.com 2025: such grades, then holmium; size is judgement"""
    third_share: Annotated[float, In(0, 1, "share of need"), Plausible(0.03, 0.15)] = 0.10
    """need met through third countries at the highest prices
    Source: Financial Times, July 2025: 1 bn USD of chips in three months; judgement for magnets"""
    scarce_elasticity: Annotated[float, In(0.1, 5, "elasticity"), Plausible(0.45, 0.9)] = 0.65
    """elasticity of demand for the scarce grade outside its owner's country, over a quarter
    Source: fitted to dysprosium in May 2025 and five minerals (docs/licences.md)"""
    scarce_spend: Annotated[float, In(0, 100, "bn USD/yr"), Plausible(0.1, 0.6)] = 0.3
    """what firms spend on the scarce grade at its usual price. Source: parameters.csv; judgement"""
    scarce_price: Annotated[float, In(1, 10, "ratio")] = 3.7
    """price of the scarce grade on the first day, over its usual one
    Source: run from 4 April 2025 (docs/licences.md); Argus, 6 May 2025: 2.9"""
    tariff_hold: Annotated[float, In(0, 1, "share"), Plausible(0.35, 0.85)] = 0.6
    """share of orders that go ahead while the tariff on them is above hold_above
    Source: derived: (2.45/1.30)**-0.76, trade elasticity of Boehm et al. 2023"""
    hold_above: Annotated[float, In(0, 5, "ad valorem")] = 1.0
    """tariff above which importers wait for it to fall. Source: tariffs.csv: 9 April to 14 May 2025"""
    loss_convexity: Annotated[float, In(0, 1, "share"), Plausible(0.2, 1)] = 0.6
    """share of the loss that grows with the square of the shortage; the rest is proportional
    Source: judgement; small shortages are worked around first"""
    other_share: Annotated[float, In(0, 0.95, "share of need"), Plausible(0.06, 0.25)] = 0.15
    """need met from outside the controlling side at the start
    Source: parameters.csv A1 and A6: dependence about 0.85 in 2025"""
    supply_growth: Annotated[
        float, In(-0.5, 2, "per year"), Plausible(0.1, 0.5), Label("growth of other supply")
    ] = 0.24
    """growth of other supply without a crisis (log rate)
    Source: parameters.csv A6: dependence 0.85 in 2025 to 0.5 in 2030"""
    demand_growth: Annotated[float, In(-0.5, 2, "per year"), Plausible(0.02, 0.08)] = 0.05
    """growth of need (log rate). Source: IEA GCMO 2024: +5 % a year"""
    urgency: Annotated[float, In(0, 10, "ratio"), Plausible(0, 3)] = 1.0
    """how much felt risk speeds up the growth of other supply (multiplies it by 1 + urgency x risk)
    Source: judgement"""
    risk_memory: Annotated[float, In(0, 0.999, "per week"), Plausible(0.9, 0.98)] = 0.95
    """share of felt risk that lasts into the next week. Source: judgement"""
    qualify_threshold: Annotated[float, In(0, 1, "risk"), Plausible(0.05, 0.4)] = 0.15
    """felt risk (share of need short or unlicensed) at which a firm starts to qualify other sources
    Source: judgement; 37 % of firms meant to diversify in 2025 (parameters.csv A4)"""
    qualify_weeks: Annotated[float, In(1, 260, "weeks"), Plausible(26, 104)] = 52.0
    """time to qualify another source. Source: judgement; 12 to 24 months in automotive practice"""
    take_up: Annotated[float, In(0, 1, "per week"), Plausible(0.02, 0.1)] = 0.05
    """speed at which a qualified firm takes up other supply. Source: judgement"""
    stop_threshold: Annotated[float, In(0.01, 1, "share of need"), Plausible(0.3, 0.8)] = 0.5
    """shortage at which a firm's line stops. Source: judgement"""
    flow: Annotated[float, In(0.1, 100000, "units/month"), Label("normal monthly imports")] = 620.0
    """controlled imports in normal times: tonnes of magnets, or hundred thousand cards
    Source: General Administration of Customs of China, HS 85051110: 7,445 t to the US in 2024"""
    sectors: Annotated[Named[Sector], Most(4)] = Named(
        {
            "automotive": Sector(
                share=0.4, value_at_risk=55.0, cover_weeks=7.0, uncontrolled_share=0.315
            ),
            "electronics": Sector(share=0.3, cover_weeks=8.0, uncontrolled_share=0.79),
            "aerospace": Sector(
                share=0.18,
                value_at_risk=18.0,
                cover_weeks=14.0,
                uncontrolled_share=0.315,
                military_share=0.25,
            ),
            "defence": Sector(
                share=0.12,
                value_at_risk=12.0,
                cover_weeks=13.0,
                uncontrolled_share=0.16,
                military_share=1.0,
            ),
        }
    )
    """sectors by name"""

    rules = (
        Rule("sectors", "has", 1, "no sector", cure="keep at least one"),
        Rule(
            "sectors.*.share",
            "sums above",
            0,
            "the shares sum to 0: no firm has a sector",
            cure="give a sector a share above 0",
        ),
    )


class Firms(Group):
    """Firms that live with the licences."""

    magnets: Population = Population()
    """US users of rare-earth magnets"""
    chips: Population = Population(
        firms=40,
        size_spread=1.1,
        cover_spread=0.5,
        trusted_share=0.3,
        stock_share=1.0,
        pipeline_share=0.0,
        shipping_weeks=3,
        supplier_cap=2.0,
        hoarding=0.0,
        carry=0.0,
        aside_share=0.0,
        reform_share=0.0,
        scarce_spend=0.0,
        scarce_price=1.0,
        tariff_hold=1.0,
        loss_convexity=0.4,
        other_share=0.41,
        supply_growth=0.44,
        demand_growth=0.285,
        urgency=0.5,
        qualify_threshold=0.1,
        qualify_weeks=26,
        take_up=0.06,
        flow=1.8,
        sectors=Named(
            {
                "cloud": Sector(share=0.5, value_at_risk=48.0, cover_weeks=10.0),
                "lab": Sector(share=0.3, value_at_risk=18.0, cover_weeks=8.0),
                "handset": Sector(share=0.2, value_at_risk=9.0, cover_weeks=12.0),
            }
        ),
    )
    """Chinese users of AI accelerators (IDC 2025: 41 % domestic units; Bernstein Dec 2025:
    growth)"""

    rules = (
        Rule(
            "chips.sectors",
            "share no name",
            "magnets.sectors",
            "a sector of both goods: results could not distinguish them",
        ),
    )
