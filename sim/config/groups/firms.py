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
    """weight of the sector in the number of firms.
    Source: judgement with a range, sector by sector below"""
    value_at_risk: Annotated[float, In(0, 500, "bn USD/yr")] = 20.0
    """value added lost if the whole sector went without the good.
    Source: judgement, half to twice, sector by sector below"""
    cover_weeks: Annotated[float, In(0.5, 104, "weeks of need")] = 7.5
    """median stock at the start, also the stock aimed at.
    Source: sector by sector below; for a sector of one's own judgement, 4 to 13"""
    uncontrolled_share: Annotated[float, In(0, 1, "share of firms")] = 0.0
    """share of the sector's firms whose goods need no licence, and wait for tests
    Source: definition: 0 leaves no goods free of licences; sector by sector below"""
    military_share: Annotated[float, In(0, 1, "share of firms")] = 0.0
    """share of the others that need the military grade, or have a military end user
    Source: definition: 0 has no military use; sector by sector below"""


class Population(Group):
    """All users of one controlled good, and the sources they could turn to."""

    firms: Annotated[int, In(1, 2000, "firms")] = 120
    """number of firms simulated
    Source: numerical choice: one firm weighs about a per cent; twice as many move no outcome
    (docs/validation.md, *What must not matter*)"""
    size_spread: Annotated[float, In(0, 3, "sd of log"), Plausible(0.5, 1.5)] = 0.9
    """spread of firm sizes (lognormal).
    Source: derived: sales of 15 makers of cars in the US in 2024 have a sd of logs of .99, of the
    eight largest brands .63 (parameters.csv F2)"""
    cover_spread: Annotated[float, In(0, 2, "sd of log"), Plausible(0.3, 0.9)] = 0.7
    """spread of the weeks of cover within a sector (lognormal)
    Source: parameters.csv A5: 0.8 over all sectors together (75 % of firms under 13 weeks), less
    across sectors"""
    military_cover_weeks: Annotated[float, In(0.5, 260, "weeks of need"), Plausible(40, 60)] = 50.0
    """median stock of users of the military grade, whose spread is three tenths of the others'
    Source: parameters.csv: samarium, 9 to 15 months"""
    military_order: Annotated[float, In(0, 1, "share"), Plausible(0.15, 0.5)] = 0.3
    """what users of the military grade buy, as a share of what firms of their size do
    Source: derived: .13 of firms need the military grade; at .3 of usual orders that is .04 of
    tonnage, the record has .01 to .07 (parameters.csv A3)"""
    trusted_share: Annotated[float, In(0, 1, "probability"), Plausible(0.3, 0.7)] = 0.5
    """chance that a firm of mean size is trusted; it grows with size, to .95 at most
    Source: elicited: between the half of members whose applications were not mostly pending
    (US-China Business Council, July 2025) and the half of applicants with a licence (AmCham China,
    2025; parameters.csv A4)"""
    stock_share: Annotated[float, In(0, 2, "share of usual cover"), Plausible(0.5, 1)] = 0.72
    """stock on the first day, as a share of the usual cover
    Source: derived: a run from 4 April 2025 (docs/licences.md): two months of controls had drawn
    stocks down"""
    pipeline_share: Annotated[float, In(0, 2, "share of need"), Plausible(0, 0.3)] = 0.19
    """goods on the water on the first day, as a share of a normal flow
    Source: General Administration of Customs of China: exports of magnets to the US fell 93 % on
    the year in May 2025"""
    shipping_weeks: Annotated[int, In(1, 12, "weeks")] = 4
    """time from order to arrival.
    Source: freight forwarders 2025: 20 to 25 days door to door to the west coast, 40 to 60 to the
    east, air 5 to 10 (parameters.csv F2)"""
    order_cap: Annotated[float, In(0.2, 10, "weeks of need a week"), Plausible(1, 1.5)] = 1.2
    """most a licence lets a firm order in a week
    Source: elicited: between the past average, above which orders were examined more strictly
    (Financial Times, 15 August 2025), and 1.31 of the mean of 2024, what all other countries took
    in August 2025 (magnet_exports.csv)"""
    supplier_cap: Annotated[float, In(0.2, 10, "weeks of need a week"), Plausible(1.05, 1.4)] = 1.1
    """most that suppliers deliver in a week without a licence.
    Source: fitted: to US imports of July and August 2025, within 1.05 to 1.4 (docs/licences.md)"""
    hoarding: Annotated[float, In(0, 10, "ratio"), Plausible(0, 2)] = 1.0
    """how much felt risk raises the stock aimed at (1 + hoarding x risk).
    Source: elicited: after 2011 Toyota had its suppliers hold two to six months of chips (Reuters,
    March 2021), one to three times the usual cover of two (parameters.csv F2): the aim doubles"""
    carry: Annotated[float, In(0, 5, "ratio"), Plausible(0.05, 0.3)] = 0.15
    """how much a scarce price lowers it (over 1 + carry x (price - 1)).
    Source: elicited: between a safety stock that minds no price and the economic order quantity
    (Harris 1913), which falls with its root: at twice the price .87 lies between 1 and .71"""
    flies_below: Annotated[float, In(0, 26, "weeks of need"), Plausible(1, 4)] = 2.0
    """stock below which a firm has its goods flown in within a week.
    Source: elicited: makers of cars hold 2 to 4 weeks of such parts (parameters.csv A5); below
    that they fly them"""
    aside_share: Annotated[float, In(0, 1, "share of need"), Plausible(0.1, 0.35)] = 0.25
    """need that a controlled firm without a licence meets by finished parts and redesign
    Source: judgement; motors need no licence, and assembly moved (Financial Times, August 2025)"""
    reform_share: Annotated[float, In(0, 1, "share of need"), Plausible(0.05, 0.3)] = 0.15
    """need that a controlled firm at risk meets for good by grades without heavy rare earths
    Source: elicited: Japanese users cut their demand for rare earths by over 15 % by 2012, METI
    aimed at 30 % of dysprosium in two years, Nissan's magnets took 40 % less (Time 2013;
    parameters.csv F2)"""
    third_share: Annotated[float, In(0, 1, "share of need"), Plausible(0.03, 0.15)] = 0.10
    """need met through third countries at the highest prices
    Source: judgement; chips are the one case with a number (Financial Times, July 2025)"""
    scarce_elasticity: Annotated[float, In(0.1, 5, "elasticity"), Plausible(0.45, 0.9)] = 0.65
    """elasticity of demand for the scarce grade outside its owner's country, over a quarter
    Source: fitted to dysprosium in May 2025 and five minerals (docs/licences.md)"""
    scarce_spend: Annotated[float, In(0, 100, "bn USD/yr"), Plausible(0.1, 0.6)] = 0.3
    """what firms spend on the scarce grade at its usual price.
    Source: elicited: at most what all magnets from China cost, 7,445 t at 41 USD a kg or .31 bn
    USD (parameters.csv A1, A2); controlled grades are half of the tonnage, and dearer"""
    scarce_price: Annotated[float, In(1, 10, "ratio")] = 3.7
    """price of the scarce grade on the first day, over its usual one
    Source: derived: a run from 4 April 2025 (docs/licences.md); Argus, 6 May 2025: 2.9"""
    tariff_hold: Annotated[float, In(0, 1, "share"), Plausible(0.35, 0.85)] = 0.6
    """share of orders that go ahead while the tariff on them is above hold_above
    Source: derived: (2.45/1.30)**-0.76, trade elasticity of Boehm, Levchenko, Pandalai-Nayar 2023"""
    hold_above: Annotated[float, In(0, 5, "ad valorem")] = 1.0
    """tariff above which importers wait for it to fall. Source: tariffs.csv: 9 April to 14 May 2025"""
    loss_convexity: Annotated[float, In(0, 1, "share"), Plausible(0.2, 1)] = 0.6
    """share of the loss that grows with the square of the shortage; the rest is proportional
    Source: elicited: industry analysts call inputs critical, half of which stops half of output,
    or important, half of that (Pichler and others 2022; recalled): at half a shortage .50 and .25,
    with .6 .35"""
    other_share: Annotated[float, In(0, 0.95, "share of need"), Plausible(0.06, 0.25)] = 0.15
    """need met from outside the controlling side at the start
    Source: parameters.csv A1 and A6: dependence about 0.85 in 2025"""
    supply_growth: Annotated[
        float, In(-0.5, 2, "per year"), Plausible(0.1, 0.5), Label("growth of other supply")
    ] = 0.24
    """growth of other supply without a crisis (log rate)
    Source: derived: dependence of .85 in 2025 falls to .5 in 2030, as capacity announced gives:
    ln(.5/.15)/5 (parameters.csv A6)"""
    demand_growth: Annotated[float, In(-0.5, 2, "per year"), Plausible(0.02, 0.08)] = 0.05
    """growth of need (log rate). Source: IEA GCMO 2024: +5 % a year"""
    urgency: Annotated[float, In(0, 10, "ratio"), Plausible(0, 3)] = 1.0
    """how much felt risk speeds up the growth of other supply (multiplies it by 1 + urgency x risk)
    Source: judgement; what is announced by 2030 would add .19 to .42 a year (parameters.csv A6),
    with or without a crisis"""
    risk_memory: Annotated[float, In(0, 0.999, "per week"), Plausible(0.9, 0.98)] = 0.95
    """share of felt risk that lasts into the next week.
    Source: judgement: a constant of 20 weeks"""
    qualify_threshold: Annotated[float, In(0, 1, "risk"), Plausible(0.05, 0.4)] = 0.15
    """felt risk (share of need short or unlicensed) at which a firm starts to qualify other sources
    Source: judgement: from a shortage hardly felt to one that stops lines; 37 % of firms meant to
    diversify in 2025 (parameters.csv A4)"""
    qualify_weeks: Annotated[float, In(1, 260, "weeks"), Plausible(26, 104)] = 52.0
    """time to qualify another source.
    Source: elicited: 4 to 7 months for a supplier of magnets to a maker of cars, over a year for
    defence and aerospace (parameters.csv F2)"""
    take_up: Annotated[float, In(0, 1, "per week"), Plausible(0.02, 0.1)] = 0.05
    """speed at which a qualified firm takes up other supply.
    Source: judgement: a constant of 20 weeks"""
    stop_threshold: Annotated[float, In(0.01, 1, "share of need"), Plausible(0.3, 0.8)] = 0.5
    """shortage at which a firm's line stops.
    Source: judgement: a line runs at half speed before it stops"""
    flow: Annotated[float, In(0.1, 100000, "units/month"), Label("normal monthly imports")] = 620.0
    """controlled imports in normal times: tonnes of magnets, or hundred thousand cards
    Source: General Administration of Customs of China, HS 85051110: 7,445 t to the US in 2024"""
    sectors: Annotated[Named[Sector], Most(4)] = Named(
        {
            # share: judgement, .3 to .5
            # cover_weeks: derived: two tiers of 2 to 4 weeks each (parameters.csv A5, *cover_cars*
            # 5 to 9); lines stopped in weeks 6 to 9 of the control
            # uncontrolled_share: judgement, .7 of the mean of the customs code, .45 of tonnage, .2
            # to .45
            "automotive": Sector(
                share=0.4, value_at_risk=55.0, cover_weeks=7.0, uncontrolled_share=0.315
            ),
            # share: elicited: consumer electronics have almost .3 of all NdFeB (Heim, Vander Wal
            # 2023; parameters.csv F2)
            # cover_weeks: derived: three quarters of firms under 13 weeks (AmCham China, June 2025)
            # and a spread of .8 give a median of 7.6 (parameters.csv A5)
            # uncontrolled_share: judgement, 1.75 times the mean, so that the sectors together have
            # .44; .6 to .9
            "electronics": Sector(share=0.3, cover_weeks=8.0, uncontrolled_share=0.79),
            # share: judgement, .1 to .25
            # cover_weeks: derived: the upper quartile of all firms, 13 weeks (AmCham China, June
            # 2025; parameters.csv A5), for makers that do not work just in time (AlixPartners 2023)
            # uncontrolled_share: judgement, .7 of the mean, .2 to .45
            # military_share: recalled: of the revenue of 2024 a quarter was military at GE
            # Aerospace and 36 % at Boeing; .1 to .4
            "aerospace": Sector(
                share=0.18,
                value_at_risk=18.0,
                cover_weeks=14.0,
                uncontrolled_share=0.315,
                military_share=0.25,
            ),
            # share: judgement, .05 to .2
            # cover_weeks: derived: as aerospace (parameters.csv A5)
            # uncontrolled_share: judgement, .35 of the mean, .05 to .3
            # military_share: definition: a maker of arms is a military end user (MOFCOM 2025)
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
    # firms: numerical choice: one firm weighs some per cent; twice as many move no outcome
    # (docs/validation.md, *What must not matter*)
    # size_spread: elicited: the two largest buyers took .17 of all cards of 2024 and .46 of the
    # H20s (Omdia 2024; parameters.csv F2); forty firms with 1.1 give them .16 to .41
    # cover_spread: judgement, .3 to .9
    # military_cover_weeks, military_order: definition: off; no military use is modelled for chips
    # trusted_share: judgement, .15 to .5: no green channel; it moves what is approved by the
    # shipment
    # stock_share: definition: cover_weeks are the stocks of the first day
    # pipeline_share: events.csv: no H20 left after 9 April 2025
    # shipping_weeks: elicited: between air, one to one and a half weeks, and sea, three to six
    # (freight forwarders 2025; parameters.csv F2): servers are built on the way
    # order_cap: judgement, 1 to 1.5: as magnets
    # supplier_cap: derived: H20s ordered for a quarter, 4.6 bn USD sold and 2.5 not shipped, of 14
    # to 18 a year: 1.6 to 2.0 times need (parameters.csv B2)
    # hoarding, carry, aside_share, reform_share: definition: off; no such way out is modelled for
    # chips (docs/licences.md)
    # scarce_spend, scarce_price, scarce_elasticity: definition: off; chips have no price outside of
    # their own (docs/licences.md)
    # flies_below: judgement, 0 to 4
    # third_share: derived: 1 bn USD of banned chips in three months of a market of 37 to 50 a year
    # (Financial Times, 24 July 2025; parameters.csv, chips: *grey_imports* .03 to .15)
    # tariff_hold, hold_above: definition: off; no tariff holds chips up
    # loss_convexity: elicited: as of magnets (Pichler and others 2022; recalled), less critical: at
    # half a shortage .40
    # other_share: IDC 2025: 41 % of cards were domestic (parameters.csv B1)
    # supply_growth: Bernstein, December 2025: domestic supply grows by .55 a year, ln(1.55)
    # (parameters.csv B4)
    # demand_growth: derived: 37 bn USD in 2025 to 88 in 2028 is .289 a year (Bernstein 2025;
    # parameters.csv B1)
    # qualify_weeks: elicited: DeepSeek tried domestic cards from January 2025 and had gone back by
    # August (Financial Times, 14 August 2025; parameters.csv F2): half a year for inference, more
    # to train
    # flow: derived: a year's need of 2.2 million cards of Nvidia (IDC 2025; parameters.csv B1) is
    # 1.8 hundred thousand a month
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
                # share: judgement, .4 to .6
                # cover_weeks: elicited: between a quarter's sales of 4.6 bn USD, 6.5 weeks of need,
                # and the year's supply that was asked for (Nikkei Asia, April 2025; parameters.csv
                # B2, F2)
                "cloud": Sector(share=0.5, value_at_risk=48.0, cover_weeks=10.0),
                # share: judgement, .2 to .4
                # cover_weeks: elicited: between a quarter's sales of 4.6 bn USD, 6.5 weeks of need,
                # and the year's supply that was asked for (Nikkei Asia, April 2025; parameters.csv
                # B2, F2)
                "lab": Sector(share=0.3, value_at_risk=18.0, cover_weeks=8.0),
                # share: judgement, .1 to .3
                # cover_weeks: elicited: between a quarter's sales of 4.6 bn USD, 6.5 weeks of need,
                # and the year's supply that was asked for (Nikkei Asia, April 2025; parameters.csv
                # B2, F2)
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
