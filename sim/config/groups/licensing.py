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
    scenario. Source: definition"""
    regime_start: Annotated[str, OneOf(REGIMES)] = "shipment"
    """regime on the first day
    Source: MOFCOM Announcement 18, April 2025: shipment by shipment before London"""
    control_weeks: Annotated[int, In(0, 1000, "weeks")] = 10
    """weeks since the control on the first day, in which the office has learnt
    Source: 4 April 2025 (events.csv) to 10 June"""
    capacity: Annotated[float, In(0, 2000, "applications/week per 120 firms"), Plausible(6, 18)] = (
        12.0
    )
    """applications examined a week, for each 120 firms that use the good, once the office has learnt; a
    renewal costs half
    Source: CLEPA: approvals rose from 25 to 60 % of applications from 4 to 27 June 2025, .2 a week of
    those pending"""
    capacity_start: Annotated[
        float, In(0, 2000, "applications/week per 120 firms"), Plausible(1, 3)
    ] = 1.5
    """the same in the week of the control
    Source: CLEPA: a quarter of hundreds of applications approved in two months, by a small team"""
    learning_weeks: Annotated[float, In(1, 260, "weeks"), Plausible(8, 20)] = 11.0
    """time in which office and laboratories learn
    Source: judgement between the two dates of CLEPA; gallium 2023: normal flow after 18 weeks"""
    slow_walk: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.95)] = 0.7
    """share of capacity withdrawn when its government keeps nothing of what it promised
    Source: judgement; delay is the instrument, refusal rare (European Chamber 2025: 1 of 141
    refused)"""
    approve_shipment: Annotated[float, In(0, 1, "probability"), Plausible(0.05, 0.25)] = 0.15
    """chance that an examined application is approved, mean of firms not trusted, where shipment by
    shipment is conceded; trusted firms twice that
    Source: CLEPA: a quarter of applications approved by 4 June 2025, with capacity"""
    approve_six_months: Annotated[float, In(0, 1, "probability"), Plausible(0.1, 0.35)] = 0.22
    """the same where licences for six months are
    Source: US-China Business Council, July 2025: half of members had most applications pending"""
    approve_general: Annotated[float, In(0, 1, "probability"), Plausible(0.25, 0.8)] = 0.4
    """the same where general licences are. Source: judgement"""
    approve_trusted: Annotated[float, In(0, 1, "probability"), Plausible(0.6, 0.95)] = 0.8
    """chance of a trusted firm from six months on
    Source: judgement: large firms were licensed first (MERICS 2025)"""
    approve_renewal: Annotated[float, In(0, 1, "probability"), Plausible(0.8, 1)] = 0.9
    """least chance of a firm that has had a licence, from six months on. Source: judgement"""
    file_weeks_least: Annotated[float, In(0, 52, "weeks")] = 1.0
    """shortest time in which a file is put together
    Source: European Chamber 2025: some two days, others two months or more"""
    file_weeks_most: Annotated[float, In(0, 104, "weeks"), Plausible(5, 12)] = 9.0
    """longest; half for trusted firms with a green channel, a week at a renewal. Source: the same"""
    ahead_least: Annotated[float, In(0, 104, "weeks")] = 2.0
    """least time before the end of its licence at which a firm applies anew. Source: judgement"""
    ahead_most: Annotated[float, In(0, 104, "weeks"), Plausible(6, 16)] = 10.0
    """most. Source: judgement: the wait that firms met in summer 2025"""
    resubmit_weeks: Annotated[int, In(1, 52, "weeks"), Plausible(4, 9)] = 8
    """time after which an application that was not approved is back in the line
    Source: a resubmission restarts the clock of 45 working days (parameters.csv, statutory review)"""
    shipment_weeks: Annotated[int, In(1, 26, "weeks")] = 4
    """weeks of need that a licence for a shipment covers. Source: a lead time; judgement"""
    term_weeks: Annotated[int, In(1, 260, "weeks"), Label("licence term")] = 26
    """longest life of a licence for six months. Source: Reuters, June 2025: six-month licences"""
    general_weeks: Annotated[int, In(1, 520, "weeks")] = 52
    """longest life of a general licence. Source: MOFCOM general licences: a year, judgement"""
    term_spread: Annotated[float, In(0, 1, "share"), Plausible(0.1, 0.5)] = 0.3
    """share of the longest life by which lives differ, evenly
    Source: judgement; no series of 2025 shows an echo at six months"""
    green_channel: bool = True
    """whether trusted firms are examined first, from six months on
    Source: Reuters, 15 June 2025: green channel for trusted US firms"""
    relax_weeks: Annotated[int, In(0, 52, "weeks"), Plausible(2, 4)] = 3
    """weeks before a regime is loosened by a step
    Source: Geneva, 12 May 2025, to the first licences for US customers, 2 June (Kallanish)"""
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
    Source: run from 4 April 2025 (docs/licences.md): first US licences on 2 June"""
    held_weeks: Annotated[float, In(0, 52, "weeks of need")] = 6.6
    """what each uncontrolled firm has at the tests on the first day
    Source: run from 4 April 2025 (docs/licences.md)"""
    sales: Annotated[float, In(0, 100, "bn USD/yr"), Plausible(0.2, 0.6)] = 0.31
    """sales of the good that its owner loses under a suspended regime
    Source: 7,446 t to the US in 2024 at about 42 USD a kg (parameters.csv)"""


class OtherMinerals(Group):
    """What all minerals that are rows have in common, and what closes their leak."""

    leak_closed: Annotated[
        float,
        In(0, 1, "share of the leak"),
        Plausible(0, 0.9),
        Lever("closing other countries to minerals", 24),
    ] = 0.0
    """how far Beijing closes the way through third countries, from the first day; changes on a day are
    possible. Source: nothing of it on the first day; campaigns of May to July 2025 (Reuters), judgement"""
    response: Annotated[float, In(0, 5, "per year"), Plausible(0.2, 0.8)] = 0.5
    """growth of supply outside China at the highest prices (log rate, less the nearer it is to need)
    Source: fitted to prices of the six (docs/licences.md); judgement"""
    stretch_weeks: Annotated[float, In(1, 104, "weeks"), Plausible(4, 16)] = 8.0
    """time over which users stretch what stock they have left. Source: judgement"""
    loss_convexity: Annotated[float, In(0, 1, "share"), Plausible(0.2, 1)] = 0.6
    """share of the loss that grows with the square of the shortage. Source: as of magnets; judgement"""


class ChipOffer(Group):
    """The AI chips that a licence offers, which Chinese buyers may decline (docs/licences.md, *Chips*)."""

    quality: Annotated[
        float,
        In(0.05, 50, "use over the best domestic card"),
        Plausible(0.9, 4),
        Lever("how good the chips on offer are", 23),
    ] = 2.5
    """use of the card on offer in 2025, over that of the best domestic one
    Source: parameters.csv: half a frontier card 2.5 (1.5 to 4), what talks of August 2025 were about; H20
    0.9"""
    quality_spread: Annotated[float, In(0, 2, "sd of log"), Plausible(0.1, 0.4)] = 0.2
    """how well it is known, a draw a run. Source: judgement"""
    levy: Annotated[float, In(0, 5, "share of the price"), Plausible(0, 0.25)] = 0.15
    """what Washington takes of sales that it licenses case by case, on top of the price
    Source: parameters.csv us_cut_h20: 15 % of revenue, August 2025"""
    bar: Annotated[float, In(0, 10, "use"), Plausible(0.15, 0.55)] = 0.35
    """use, per price, below which nobody buys where there are no domestic cards
    Source: derived of two points: all taken in 2024, none in August 2025"""
    bar_spread: Annotated[float, In(0, 2, "use"), Plausible(0.05, 0.2)] = 0.12
    """how well it is known (sd), a draw a run. Source: judgement"""
    bar_own: Annotated[float, In(0, 10, "use per share of need"), Plausible(0.8, 1.6)] = 1.2
    """how much domestic cards raise it, at their share of need. Source: the same two points"""
    width: Annotated[float, In(0.01, 10, "use"), Plausible(0.2, 0.8)] = 0.4
    """use between the first buyer and the last. Source: judgement"""


class Licensing(Group):
    """The two licensing authorities, and what a regime is worth to its owner."""

    magnets: Authority = Authority()
    """China's commerce ministry, for rare-earth magnets"""
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
    """what it is worth to hold the other's output at one's mercy, as a share of it. Source: judgement"""
    counter: Annotated[float, In(0, 2, "share"), Plausible(0.2, 0.6)] = 0.40
    """the same for each unit of the other's own controls in force. Source: judgement"""
    erosion: Annotated[float, In(0, 2, "share"), Plausible(0.02, 0.1)] = 0.05
    """what it costs in customers who turn elsewhere, as a share of the same. Source: judgement"""
    permanence: Annotated[float, In(0, 100, "bn USD/yr"), Plausible(1, 6)] = 3.0
    """what an office that has grown in is worth, so that it is not closed. Source: judgement"""
    permanence_weeks: Annotated[float, In(1, 520, "weeks"), Plausible(13, 52)] = 26.0
    """time in which it is half of that. Source: judgement"""

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
