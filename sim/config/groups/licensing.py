"""Export licences: the regime, what an office can clear and how readily it approves
(docs/licences.md).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.fields import Group, In, Label, Lever, OneOf, Plausible
from sim.vocabulary import REGIME_RULES, REGIMES

__all__ = ["Authority", "ChipOffer", "Licensing", "OtherMinerals"]


EASIER_STRICT = "approval would be easier under the stricter regime"


class Authority(Group):
    """An agency that clears licence applications from a queue."""

    regime: Annotated[
        str, OneOf(REGIME_RULES), Label("regime of licences"), Lever("licences that are given", 25)
    ] = "chosen"
    """what sets the regime of civil licences: the choice of the side that controls the good, or the
    scenario.
    Source: definition: governments choose unless a scenario fixes it (docs/licences.md)"""
    regime_start: Annotated[str, OneOf(REGIMES)] = "shipment"
    """regime on the first day
    Source: MOFCOM Announcement 18, April 2025: shipment by shipment before London"""
    control_weeks: Annotated[int, In(0, 1000, "weeks")] = 10
    """weeks since the control on the first day, in which the office has learnt
    Source: derived: 4 April (events.csv) to 10 June 2025"""
    capacity: Annotated[float, In(0, 2000, "applications/week per 120 firms"), Plausible(6, 18)] = (
        12.0
    )
    """applications examined a week, for each 120 firms that use the good, once the office has learnt;
    a renewal costs half
    Source: derived: approvals rose from 25 to 60 % of applications from 4 to 27 June 2025 (CLEPA),
    .2 a week of those pending, of some 60 in 120 firms (parameters.csv, licences: *capacity_full*
    6 to 18)"""
    capacity_start: Annotated[
        float, In(0, 2000, "applications/week per 120 firms"), Plausible(1, 3)
    ] = 1.5
    """the same in the week of the control
    Source: derived: a quarter of hundreds of applications approved in two months (CLEPA 2025), by
    a small team (parameters.csv, licences: 1 to 3)"""
    learning_weeks: Annotated[float, In(1, 260, "weeks"), Plausible(8, 20)] = 11.0
    """time in which office and laboratories learn
    Source: fitted: to US imports of April to August 2025, within 8 to 20 (docs/licences.md);
    gallium 2023: normal flow after 18 weeks"""
    slow_walk: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.95)] = 0.7
    """share of capacity withdrawn when its government keeps nothing of what it promised
    Source: elicited: approvals ran at .14 a month in April and May 2025, when nothing was kept,
    and at .8 in June (parameters.csv A4): 1 - .14/.8 = .83, less what the office had learnt by
    then"""
    approve_shipment: Annotated[float, In(0, 1, "probability"), Plausible(0.1, 0.2)] = 0.15
    """chance that an examined application is approved, mean of firms not trusted, where shipment by
    shipment is conceded; trusted firms twice that
    Source: fitted: with capacity to a quarter of applications approved by 4 June 2025 (CLEPA).
    Range: all firms' mean, half of them trusted at twice that, is .15 to .30 an examination, about
    the 13.5 % of European members' applications approved by September 2025 and CLEPA's quarter
    (parameters.csv A4)"""
    approve_six_months: Annotated[float, In(0, 1, "probability"), Plausible(0.2, 0.3)] = 0.22
    """the same where licences for six months are
    Source: fitted: with capacity to 60 % of European applications approved by 27 June 2025
    (CLEPA). Range: from .20, the most under shipment by shipment, to .30, what trusted firms had
    there; half of members had most applications pending in July 2025 (US-China Business Council)"""
    approve_general: Annotated[float, In(0, 1, "probability"), Plausible(0.3, 0.6)] = 0.4
    """the same where general licences are.
    Source: elicited: from .30, the most at six months, to .60, all firms of the European special
    channel, of whose 2,000 applications just over half were approved by October 2025
    (parameters.csv A4)"""
    approve_trusted: Annotated[float, In(0, 1, "probability"), Plausible(0.6, 0.95)] = 0.8
    """chance of a trusted firm from six months on
    Source: elicited: at least the 60 % of all European applications approved by 27 June 2025
    (CLEPA); the suppliers of all three Detroit makers had theirs on 2 June (Kallanish)"""
    approve_renewal: Annotated[float, In(0, 1, "probability"), Plausible(0.8, 1)] = 0.9
    """least chance of a firm that has had a licence, from six months on.
    Source: elicited: between the chance of a trusted firm, .8, and 1 of 141 refused (European
    Chamber, September 2025)"""
    file_weeks_least: Annotated[float, In(0, 52, "weeks")] = 1.0
    """shortest time in which a file is put together
    Source: European Chamber 2025: some two days, others two months or more"""
    file_weeks_most: Annotated[float, In(0, 104, "weeks"), Plausible(5, 12)] = 9.0
    """longest; half for trusted firms with a green channel, a week at a renewal.
    Source: European Chamber 2025: two months or more; half for trusted firms with a green channel"""
    ahead_least: Annotated[float, In(0, 104, "weeks")] = 2.0
    """least time before the end of its licence at which a firm applies anew.
    Source: elicited: between the shortest and the longest wait met in 2025, two days and 75
    (European Chamber; parameters.csv A4)"""
    ahead_most: Annotated[float, In(0, 104, "weeks"), Plausible(6, 16)] = 10.0
    """most.
    Source: derived: the longest wait met in 2025, 75 days, 10.7 weeks (European Chamber;
    parameters.csv A4)"""
    resubmit_weeks: Annotated[int, In(1, 52, "weeks"), Plausible(4, 9)] = 8
    """time after which an application that was not approved is back in the line
    Source: derived: a resubmission restarts the clock of 45 working days, nine weeks (Reuters,
    April 2025; parameters.csv A4), which a fast track shortens"""
    shipment_weeks: Annotated[int, In(1, 26, "weeks")] = 4
    """weeks of need that a licence for a shipment covers.
    Source: definition: a lead time, as shipping_weeks"""
    term_weeks: Annotated[int, In(1, 260, "weeks"), Label("licence term")] = 26
    """longest life of a licence for six months. Source: Reuters, June 2025: six-month licences"""
    general_weeks: Annotated[int, In(1, 520, "weeks")] = 52
    """longest life of a general licence.
    Source: elicited: between a year, the general licences drafted in 2025, and three, MOFCOM's
    order 8 of 2009 on general licences (parameters.csv F3)"""
    term_spread: Annotated[float, In(0, 1, "share"), Plausible(0.1, 0.5)] = 0.3
    """share of the longest life by which lives differ, evenly
    Source: judgement; no series of 2025 shows an echo at six months"""
    green_channel: bool = True
    """whether trusted firms are examined first, from six months on
    Source: Reuters, 15 June 2025: green channel for trusted US firms"""
    relax_weeks: Annotated[int, In(0, 52, "weeks"), Plausible(2, 4)] = 3
    """weeks before a regime is loosened by a step
    Source: derived: Geneva, 12 May 2025, to the first licences for US customers, 2 June
    (Kallanish)"""
    relax_named: Annotated[int, In(0, 52, "weeks"), Plausible(1, 2)] = 1
    """the same where an agreement names licences, so of six months or more
    Source: London, 10 June 2025; JL MAG licensed on 11 June (Reuters)"""
    hold_weeks_start: Annotated[float, In(2, 52, "weeks"), Plausible(6, 14)] = 9.5
    """mean time that uncontrolled lots wait for tests in the week of the control, for a destination in
    good standing
    Source: Financial Times, 30 June 2025: one to two months once an inspection starts"""
    hold_weeks: Annotated[float, In(2, 52, "weeks"), Plausible(2, 6)] = 3.0
    """the same once laboratories have learnt. Source: teslam.co.jp, July 2025: a week at the shortest"""
    hostile_release: Annotated[float, In(0, 1, "ratio"), Plausible(0.25, 0.75)] = 0.5
    """speed of tests for a destination under a suspended regime, against others
    Source: derived: May 2025 exports .067 of May 2024 to the US, .283 to all others"""
    cleared_weeks: Annotated[float, In(0, 12, "weeks of normal flow"), Plausible(0.6, 1.8)] = 1.2
    """goods declared before the control, which still leave in three weeks
    Source: derived: 243 t in April 2025 less three normal days is 182 t, 1.27 weeks"""
    licensed_share: Annotated[float, In(0, 1, "share of firms")] = 0.06
    """share of controlled firms that hold a licence on the first day
    Source: derived: a run from 4 April 2025 (docs/licences.md): first US licences on 2 June"""
    held_weeks: Annotated[float, In(0, 52, "weeks of need")] = 6.6
    """what each uncontrolled firm has at the tests on the first day
    Source: derived: a run from 4 April 2025 (docs/licences.md)"""
    sales: Annotated[float, In(0, 100, "bn USD/yr"), Plausible(0.2, 0.6)] = 0.31
    """sales of the good that its owner loses under a suspended regime
    Source: derived: 7,446 t to the US in 2024 at about 42 USD a kg (parameters.csv A1, A2)"""


class OtherMinerals(Group):
    """What all minerals that are rows have in common, and what closes their leak."""

    leak_closed: Annotated[
        float,
        In(0, 1, "share of the leak"),
        Plausible(0, 0.9),
        Lever("closing other countries to minerals", 24),
    ] = 0.0
    """how far Beijing closes the way through third countries, from the first day; changes on a day are
    possible.
    Source: definition: 0 is none closed on the first day; campaigns of May to July 2025 (Reuters);
    a lever"""
    response: Annotated[float, In(0, 5, "per year"), Plausible(0.2, 0.8)] = 0.5
    """growth of supply outside China at the highest prices (log rate, less the nearer it is to need)
    Source: fitted: to the prices of the six (docs/licences.md; parameters.csv, minerals: .2 to .8)"""
    stretch_weeks: Annotated[float, In(1, 104, "weeks"), Plausible(4, 16)] = 8.0
    """time over which users stretch what stock they have left.
    Source: judgement: from a month of rationing to a third of a year; gallium's users had run low
    after 18 weeks"""
    loss_convexity: Annotated[float, In(0, 1, "share"), Plausible(0.2, 1)] = 0.6
    """share of the loss that grows with the square of the shortage.
    Source: elicited: as of magnets, between critical and important inputs (Pichler and others
    2022; recalled)"""


class ChipOffer(Group):
    """The AI chips that a licence offers, which Chinese buyers may decline (docs/licences.md, *Chips*)."""

    quality: Annotated[
        float,
        In(0.05, 50, "use over the best domestic card"),
        Plausible(0.9, 4),
        Lever("how good the chips on offer are", 23),
    ] = 2.5
    """use of the card on offer in 2025, over that of the best domestic one
    Source: derived: half a frontier card is 2.5 (1.5 to 4), what talks of August 2025 were about;
    H20 0.9 (parameters.csv, chips)"""
    quality_spread: Annotated[float, In(0, 2, "sd of log"), Plausible(0.1, 0.4)] = 0.2
    """how well it is known, a draw a run.
    Source: derived: the range of H20's use in August 2025, .6 to 1.3, is ±1.65 sd of .23
    (parameters.csv, chips)"""
    levy: Annotated[float, In(0, 5, "share of the price"), Plausible(0, 0.25)] = 0.15
    """what Washington takes of sales that it licenses case by case, on top of the price
    Source: parameters.csv us_cut_h20: 15 % of revenue, August 2025"""
    bar: Annotated[float, In(0, 10, "use"), Plausible(0.15, 0.55)] = 0.35
    """use, per price, below which nobody buys where there are no domestic cards
    Source: derived: of two points, all taken in 2024, none in August 2025 (parameters.csv, chips)"""
    bar_spread: Annotated[float, In(0, 2, "use"), Plausible(0.05, 0.2)] = 0.12
    """how well it is known (sd), a draw a run.
    Source: derived: the range of the bar, .15 to .55, is ±1.65 sd (parameters.csv, chips)"""
    bar_own: Annotated[float, In(0, 10, "use per share of need"), Plausible(0.8, 1.6)] = 1.2
    """how much domestic cards raise it, at their share of need.
    Source: derived: of two points, all taken in 2024, none in August 2025 (parameters.csv, chips)"""
    width: Annotated[float, In(0.01, 10, "use"), Plausible(0.2, 0.8)] = 0.4
    """use between the first buyer and the last.
    Source: judgement: from buyers alike but for their software, .2, to buyers of all kinds, .8"""


class Licensing(Group):
    """The two licensing authorities, and what a regime is worth to its owner."""

    magnets: Authority = Authority()
    """China's commerce ministry, for rare-earth magnets"""
    # regime_start: events.csv: H20 needs a licence from 9 April 2025, in effect a denial
    # control_weeks: derived: 9 April (events.csv) to 10 June 2025
    # capacity, capacity_start: judgement, 6 to 40: a backlog said to be the worst in thirty years
    # (Reuters, August 2025); 5,064 applications for China in 2022 (BIS)
    # learning_weeks: definition: off; capacity is the same from the start
    # slow_walk: judgement, .3 to .95
    # approve_shipment: judgement, .1 to .2: as magnets
    # approve_six_months: judgement, .2 to .3: as magnets
    # approve_general: BIS: .70 of applications for China approved in 2022, .74 in the calendar
    # year, .79 for listed firms (parameters.csv F3)
    # approve_trusted: definition: off; nobody is examined first
    # approve_renewal: judgement, .8 to 1
    # file_weeks_least, file_weeks_most: judgement, 1 to 12: files of chips are few and large; BIS
    # took 77 to 90 days for China in 2022 (parameters.csv F3)
    # ahead_least, ahead_most: elicited: up to the 77 to 90 days that BIS took for China in 2022, 11
    # to 13 weeks (parameters.csv F3)
    # resubmit_weeks: derived: BIS took 40 days for all and 77 for China in 2022, so that a new start is 6
    # to 11 weeks (parameters.csv F3)
    # term_weeks, general_weeks: judgement, 26 to 208: licences of BIS run four years unless they
    # say less (15 CFR 750.7)
    # term_spread: judgement, 0 to .5
    # relax_weeks, relax_named: derived: 25 days from the assurance of 14 July 2025 to the first
    # licences on 8 August (Financial Times; parameters.csv, chips)
    # hold_weeks_start, hold_weeks, hostile_release: definition: off; all chips need a licence, none
    # waits for tests
    # cleared_weeks, held_weeks: definition: off; all chips need a licence, none waits for tests
    # licensed_share: events.csv: nobody in June 2025; first licences on 8 August
    # sales: judgement, .3 to 8: what licences would sell is 14 to 18 bn USD a year (parameters.csv
    # B2), less what other buyers take
    chips: Authority = Authority(
        regime_start="suspended",
        control_weeks=9,
        capacity=18.0,
        capacity_start=18.0,
        slow_walk=0.5,
        approve_general=0.8,
        green_channel=False,
        relax_weeks=4,
        relax_named=4,
        cleared_weeks=0.0,
        licensed_share=0.0,
        held_weeks=0.0,
        sales=0.6,
    )
    """The US Bureau of Industry and Security, for AI accelerators (rates: judgement after the H20
    case)"""
    chip_offer: ChipOffer = ChipOffer()
    """The chips that a licence offers"""
    other_minerals: OtherMinerals = OtherMinerals()
    """Minerals that are rows (minerals.*)"""
    approve_withheld_military: Annotated[float, In(0, 1, "probability"), Plausible(0, 0.02)] = 0.002
    """chance that an examined application for the military grade is approved while its regime is
    suspended
    Source: parameters.csv A4: refused by rule (0-0.02); no samarium approvals seen in June 2025
    (New York Times)"""
    leverage: Annotated[float, In(0, 2, "share"), Plausible(0.05, 0.2)] = 0.10
    """what it is worth to hold the other's output at one's mercy, as a share of it.
    Source: judgement: from a small part of what could be lost to a fifth of it; at nought no
    control pays before the other side has one"""
    counter: Annotated[float, In(0, 2, "share"), Plausible(0.2, 0.6)] = 0.40
    """the same for each unit of the other's own controls in force.
    Source: judgement: several times leverage, since the controls of May 2025 were lifted for each
    other (events.csv)"""
    erosion: Annotated[float, In(0, 2, "share"), Plausible(0.02, 0.1)] = 0.05
    """what it costs in customers who turn elsewhere, as a share of the same.
    Source: judgement: less than leverage, or no control would pay, and more than nothing, as
    customers do turn elsewhere (parameters.csv A4: 37 %)"""
    permanence: Annotated[float, In(0, 100, "bn USD/yr"), Plausible(1, 6)] = 3.0
    """what an office that has grown in is worth, so that it is not closed.
    Source: judgement: a few bn USD a year, at which no control of 2023 to August 2025 is lifted
    for good, as none was"""
    permanence_weeks: Annotated[float, In(1, 520, "weeks"), Plausible(13, 52)] = 26.0
    """time in which it is half of that.
    Source: judgement: from a quarter to a year; the rules of April 2025 were still new in August"""

    rules = (
        *(
            Rule(f"{good}.{stricter}", "<=", f"{good}.{looser}", EASIER_STRICT)
            for good in ("magnets", "chips")
            for stricter, looser in (
                ("approve_shipment", "approve_six_months"),
                ("approve_six_months", "approve_general"),
            )
        ),
    )
