"""Issues that are bargained over: who can concede them, what conceding costs, what it is worth to the other
side.

Units are billions of 2024 US dollars a year at full concession; the cost of conceding x is
``linear_cost`` x + ``convex_cost`` x**2 (docs/model.md, *Packages*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.fields import Group, In, Lever, Named, OneOf
from sim.vocabulary import CONTROLS, DRIVERS, SIDES, TRACKS

__all__ = ["DEFAULT_ISSUES", "Issue"]


class Issue(Group):
    """One thing to bargain over."""

    owner: Annotated[str, OneOf(SIDES)]
    """the side that can concede the issue. Source: definition of the issue"""
    track: Annotated[str, OneOf(TRACKS)]
    """the track it is bargained on: trade, or that on which the other side asks for its owner's
    controls.
    Source: definition of the issue (docs/model.md, *Packages*)"""
    driver: Annotated[str, OneOf(DRIVERS)] = "constant"
    """what sets its value each week: a constant, a tariff curve, extra purchases or the state of the
    firms
    Source: definition of the issue (docs/model.md, *Trade and welfare* and *Firms and licences*)"""
    benefit: Annotated[float, In(0, 500, "bn USD/yr")] = 0.0
    """value of full concession to the other side, on top of what its driver gives
    Source: definition: 0 adds nothing to its driver; issue by issue in sim/config/groups/issues.py"""
    linear_cost: Annotated[float, In(-200, 200, "bn USD/yr")] = 0.0
    """owner's linear cost of full concession; negative where conceding first helps it
    Source: definition: 0; issue by issue in sim/config/groups/issues.py"""
    convex_cost: Annotated[
        float,
        In(0.1, 500, "bn USD/yr"),
        Lever(
            "cost of conceding {item}", 14, slider=(4, 60), only=("military_magnets", "ai_chips")
        ),
    ] = 5.0
    """owner's quadratic cost of full concession
    Source: judgement, half to twice, for an issue of one's own; issue by issue in
    sim/config/groups/issues.py (slider: from the least of military magnets to the most of AI
    chips)"""
    red_line: Annotated[float, In(0, 1, "share")] = 1.0
    """the most its owner will ever concede
    Source: definition: 1 is none, and no limit of the owner is on record; issue by issue in
    sim/config/groups/issues.py"""
    deliverable: Annotated[float, In(0, 1, "share")] = 1.0
    """the most of what was promised that full effort delivers; of purchases, of the extra over natural
    purchases
    Source: definition: 1 is all; issue by issue in sim/config/groups/issues.py"""
    phase_in_weeks: Annotated[float, In(1, 104, "weeks")] = 4.0
    """time over which an agreed level is put in force (1/rate).
    Source: derived: 22 days from London's framework to the letters on design software withdrawn (2
    July 2025), 25 from the assurance on H20 to the first licences (events.csv; parameters.csv,
    chips)"""
    terms: Annotated[float, In(0, 1, "share")] = 0.0
    """level agreed under the truce at the start
    Source: definition: 0 is nothing agreed; issue by issue in sim/config/groups/issues.py"""
    in_force: Annotated[float, In(0, 1, "share")] = 0.0
    """level actually in force on the first day
    Source: definition: 0 is nothing in force; issue by issue in sim/config/groups/issues.py"""
    lapse: Annotated[float, In(0, 1, "share")] = 0.0
    """level to which it falls when the truce lapses
    Source: derived: what was withheld in April and May 2025, all of it (events.csv); issue by
    issue in sim/config/groups/issues.py"""
    snaps_back: bool = False
    """whether a lapse takes it to its lapse level at once rather than over phase_in_weeks
    Source: Executive Order 14298, 12 May 2025: suspended duties return on a date; licences and
    listings have none"""

    rules = (
        *(
            Rule(
                "red_line",
                ">=",
                level,
                f"below {level}: the owner would already have conceded more than it ever will",
            )
            for level in ("terms", "in_force", "lapse")
        ),
        Rule("lapse", "<=", "terms", "a lapse would concede more than the truce"),
        *(
            Rule(
                "owner",
                "is",
                driver.owner,
                "the other side controls this",
                when=(("driver", "is", driver.name),),
                allowed=f"{driver.owner} for {driver.name}",
            )
            for driver in DRIVERS.values()
            if driver.owner
        ),
        *(
            Rule(
                "owner",
                "is",
                TRACKS[track].controller,
                "the other side's controls are asked for there",
                when=(("track", "is", track),),
                allowed=f"{TRACKS[track].controller} on the {track} track",
            )
            for track in CONTROLS
        ),
    )


# Where an issue says judgement, no source gives the number, and the range is what we would defend.
# Where a sweep is named, the range is the one that it moves; what follows from it can be read
# there.
DEFAULT_ISSUES = Named({
    # terms, in_force, lapse: shares of the way from 124.1 % (April 2025) to 20.8 % (January 2025),
    # PIIE (tariffs.csv): 51.1 % in force, 75.1 % with the 24 suspended points
    # red_line: judgement, 0.75 to 1: the way to the baseline and fentanyl duties, which talks do
    # not reopen (docs/decisions.md)
    # convex_cost: numerical choice: the smallest allowed; its worth and cost are the tariff curve's
    # phase_in_weeks: derived: Geneva's cuts took two days, 12 to 14 May 2025, Phase One's 30, 15
    # January to 14 February 2020 (events.csv)
    "us_tariff": Issue(
        owner="us", track="trade", driver="us_tariff", convex_cost=0.1, red_line=0.85, phase_in_weeks=2.0,
        terms=0.707, in_force=0.707, lapse=0.474, snaps_back=True,
    ),
    # terms, in_force, lapse: shares of the way from 146 % (CRS) to 21.2 % (January 2025), PIIE
    # (tariffs.csv): 32.6 % in force, 56.6 % with the 24 points
    # convex_cost: numerical choice: the smallest allowed; its worth and cost are the tariff curve's
    # phase_in_weeks: derived: Geneva's cuts took two days, 12 to 14 May 2025, Phase One's 30, 15
    # January to 14 February 2020 (events.csv)
    "cn_tariff": Issue(
        owner="cn", track="trade", driver="cn_tariff", convex_cost=0.1, phase_in_weeks=2.0,
        terms=0.909, in_force=0.909, lapse=0.716, snaps_back=True,
    ),
    # benefit, linear_cost, convex_cost: judgement, half to twice; most of its worth is its driver's
    # phase_in_weeks: derived: three weeks from Geneva to the first licences for US customers, eight
    # from the control to them (parameters.csv, licences: *first_us_licence_weeks*)
    # terms: judgement, 0.6 to 0.9: what London promised
    # in_force: derived: 0.25 of applications approved after two months, US flows of April to June
    # 2025 at 0.35 of 2024 (parameters.csv A2, A4)
    # lapse: derived: licences suspended, as in April and May 2025 (docs/licences.md, bands of
    # promised regimes)
    "civil_magnets": Issue(
        owner="cn", track="trade", driver="civil_magnets", benefit=2.0, linear_cost=1.0, convex_cost=14.0,
        phase_in_weeks=5.0, terms=0.75, in_force=0.3, lapse=0.05,
    ),
    # benefit: judgement, 10 to 40: design software, engine parts, ethane, withheld from 23 and 28
    # May 2025 (events.csv), London's price for magnets
    # linear_cost: judgement, -8 to 0: selling again pays US makers first; design software alone
    # sold 1.5 bn USD a year (parameters.csv F4)
    # convex_cost: judgement, 7 to 28
    # terms, in_force: judgement, 0.3 to 0.9 and 0 to 0.3: licences came one by one until 2 July
    # 2025 (events.csv)
    "us_counter_controls": Issue(
        owner="us", track="trade", benefit=22.0, linear_cost=-4.0, convex_cost=14.0, terms=0.6, in_force=0.1,
    ),
    # benefit: judgement, 2 to 12: Washington's duty for it was 20 points from March 2025, 10 from
    # November (tariffs.csv)
    # linear_cost, convex_cost: judgement, half to twice: controls of precursors
    # phase_in_weeks: derived: a quarter, in which Phase One's deputies met (USTR, February 2020)
    # deliverable: judgement, 0.6 to 1
    # terms, in_force: judgement, 0.2 to 0.6 and 0.1 to 0.5: precursors were scheduled in 2024 and
    # in June 2025
    "fentanyl": Issue(
        owner="cn", track="trade", benefit=4.0, linear_cost=0.8, convex_cost=2.0, phase_in_weeks=12.0,
        terms=0.4, in_force=0.3, deliverable=0.8,
    ),
    # benefit: definition: 0; its worth is that of the extra over natural purchases (purchases.farm)
    # linear_cost: judgement, 0 to three times: orders to state buyers
    # convex_cost: judgement, 0 to 6: reliance on one seller of food
    # phase_in_weeks: derived: a quarter, in which Phase One's deputies met (USTR, February 2020)
    # terms, in_force: Phase One's pledges ended with 2021 (renewals.csv A04); none was made until
    # autumn 2025
    # deliverable: derived: .64 of the extra gives 83 % of Phase One's farm pledge (PIIE 2022;
    # docs/purchases.md); 0.5 to 0.85
    "farm_purchases": Issue(
        owner="cn", track="trade", driver="farm_purchases", linear_cost=0.5, convex_cost=2.5,
        phase_in_weeks=12.0, deliverable=0.64,
    ),
    # benefit: definition: 0; its worth is that of the extra over natural purchases
    # (purchases.energy)
    # linear_cost: judgement, 0 to three times: orders to state buyers
    # convex_cost: numerical choice: the smallest allowed; its cost is that of the extra
    # (purchases.energy)
    # phase_in_weeks: derived: a quarter, in which Phase One's deputies met (USTR, February 2020)
    # terms, in_force: Phase One's pledges ended with 2021 (renewals.csv A04); none was made until
    # autumn 2025
    # deliverable: derived: 37 % of Phase One's level is .19 of the extra (PIIE 2022;
    # docs/purchases.md); 0.05 to 0.5
    "energy_purchases": Issue(
        owner="cn", track="trade", driver="energy_purchases", linear_cost=0.3, convex_cost=0.1,
        phase_in_weeks=12.0, deliverable=0.19,
    ),
    # benefit: definition: 0; its worth is that of the extra over natural purchases
    # (purchases.goods)
    # linear_cost: judgement, 0 to three times: orders to state buyers
    # convex_cost: judgement, 0 to 12: orders taken from makers at home and in Europe
    # phase_in_weeks: derived: a quarter, in which Phase One's deputies met (USTR, February 2020)
    # terms, in_force: Phase One's pledges ended with 2021 (renewals.csv A04); none was made until
    # autumn 2025
    # deliverable: derived: 59 % of Phase One's level, less than China bought in 2017, is .2 of the
    # extra over 2019 (PIIE 2022; docs/purchases.md); 0 to 0.5
    "goods_purchases": Issue(
        owner="cn", track="trade", driver="goods_purchases", linear_cost=1.0, convex_cost=3.0,
        phase_in_weeks=12.0, deliverable=0.2,
    ),
    # terms, in_force: parameters.csv A4: no licence for military use (0 to 0.02)
    # benefit, convex_cost: judgement, 4 to 25 and 5 to 25: the ranges of `sweep=packages`; at 25
    # one pattern fails (docs/validation.md, *Chosen by hand*)
    # linear_cost: judgement, 0 to 12
    # red_line: judgement, 0.2 to 1 (`sweep=red_lines`)
    # phase_in_weeks: derived: three to eight weeks to the first licences, as of civil ones in 2025
    # (parameters.csv, licences)
    "military_magnets": Issue(
        owner="cn", track="minerals", driver="military_magnets", benefit=12.0, linear_cost=6.0, convex_cost=13.0,
        phase_in_weeks=6.0,
    ),
    # benefit, convex_cost: judgement, 2 to 30 and 10 to 60: the ranges of `sweep=packages`; set
    # with P10 in view (docs/validation.md, *Chosen by hand*)
    # red_line: judgement, 0.2 to 0.8 (`sweep=all_levers_sobol`)
    # linear_cost: derived: sales of 14 to 18 bn USD a year (parameters.csv B2) at the margin of
    # exporters, .25, of which the first chips sold pay US makers; -8 to 0
    # phase_in_weeks: derived: three to eight weeks from promise to licence (parameters.csv, chips:
    # *issue_weeks*), and the way of a server
    # terms, in_force: judgement, 0 to 0.1: what needs no licence goes on being sold
    "ai_chips": Issue(
        owner="us", track="semiconductors", driver="ai_chips", benefit=8.0, linear_cost=-4.0, convex_cost=55.0,
        red_line=0.45, phase_in_weeks=6.0, terms=0.05, in_force=0.05,
    ),
    # benefit: definition: 0; its worth is what the rows of `minerals` have at stake
    # linear_cost, convex_cost: judgement, half to twice
    # phase_in_weeks: derived: seven to nine weeks from gallium's control to the first licences
    # (Reuters, 21 September 2023; parameters.csv, licences)
    # terms, in_force: judgement, 0 to 0.2
    "critical_minerals": Issue(
        owner="cn", track="minerals", driver="other_minerals", linear_cost=1.0, convex_cost=8.0, phase_in_weeks=8.0,
        terms=0.1, in_force=0.1,
    ),
})  # fmt: skip
"""The eleven issues of docs/model.md, *Packages*, at London's terms of 10 June 2025.

Tariff levels are shares of the way from the 2025 peak to the January 2025 average (PIIE: US 124.1,
51.1 and 20.8 %, China 146 (CRS), 32.6 and 21.2 %); a lapse brings the 24 suspended points of Geneva
back.
"""
