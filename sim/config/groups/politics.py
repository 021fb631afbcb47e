"""Domestic politics: lobbying by losers, hawks, ratification (docs/model.md, *Values, leverage,
politics*; Putnam 1988).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, Lever, OneOf, Plausible
from sim.vocabulary import RATIFIERS

__all__ = ["Arena", "Politics", "Ratification"]


class Arena(Group):
    """One side's domestic politics."""

    lobby_weight: Annotated[float, In(0, 5, "ratio"), Plausible(0, 1.5)] = 0.5
    """how much full lobbying raises the value of relief (multiplies it by 1 + lobby_weight x pressure)
    Source: judgement: from nothing to two and a half times; firms won 13 % of exclusions in
    2018-20 (GAO-21-506), phones were exempt nine days after 2 April 2025 (events.csv)"""
    lobby_scale: Annotated[float, In(1, 1000, "bn USD/yr"), Plausible(40, 160)] = 80.0
    """losses, by the voice of those who lose, at which lobbying is at full pressure.
    Source: judgement: one to four times what the truce costs Washington so, 38 bn USD a year
    (docs/trade.md), at which a part of what was asked for was granted (GAO-21-506)"""
    lobby_memory: Annotated[float, In(0, 0.999, "per week"), Plausible(0.7, 0.95)] = 0.85
    """share of lobbying that lasts into the next week.
    Source: elicited: a constant of six weeks, between a large news story (one to five weeks;
    parameters.csv F1) and the quarter that a report of lobbying covers (Lobbying Disclosure Act, 2
    USC 1604)"""
    hawk_start: Annotated[
        float, In(0, 5, "pressure"), Plausible(0.2, 0.8), Lever("pressure of hawks at first", 21)
    ] = 0.45
    """hawk pressure on the first day.
    Source: derived: incidents (3 x .2 a year) and the hawks of `shocks` (.8 x .4, .6 x .35) over a
    fading of .035 a week hold .51 and .45"""
    incident_rate: Annotated[
        float,
        In(0, 52, "per year"),
        Plausible(1.5, 5),
        Label("rate of incidents"),
        Lever("incidents that feed hawks", 20),
    ] = 3.0
    """rate of incidents that feed hawks: listings, sanctions, hearings, summits called off
    Source: derived: events.csv has 13 controls, listings and threats of them in the 2.5 years it
    covers: 2.6 a side and year"""
    incident_size: Annotated[float, In(0, 5, "pressure"), Plausible(0.1, 0.4)] = 0.2
    """hawk pressure that an incident adds.
    Source: definition: sets the unit of pressure, five incidents at once; hawk_start,
    hawk_response, hawk_push, hawk_cost and hawk_drift are per unit"""
    hawk_decay: Annotated[float, In(0, 1, "per week"), Plausible(0.02, 0.06)] = 0.035
    """share of hawk pressure that fades each week.
    Source: elicited: 13 rallies about a president took 22 weeks on average to fade, 4 to 105
    (Public Opinion Strategies 2011; parameters.csv F1); a constant of 29 weeks"""
    hawk_response: Annotated[
        float, In(0, 20, "pressure per full concession"), Plausible(0.3, 3)
    ] = 1.2
    """hawk pressure raised by a concession of controls.
    Source: judgement: a full concession of controls is worth two to fifteen incidents"""
    hawk_cost: Annotated[float, In(0, 10, "ratio"), Plausible(0, 1.5), Label("hawk weight")] = 0.5
    """how much hawk pressure raises the cost of conceding controls (multiplies it by 1 + hawk_cost x
    pressure)
    Source: judgement: from nothing to two and a half times at full pressure"""
    hawk_push: Annotated[
        float, In(0, 200, "bn USD"), Plausible(13.6, 20.4), Lever("weight of hawks", 4)
    ] = 17.0
    """what a unit of hawk pressure weighs in a government's decisions
    Source: judgement, 5 times truce.unit: a fifth either side"""
    audience: Annotated[
        float,
        In(0, 200, "bn USD"),
        Plausible(12.24, 27.2),
        Label("audience cost"),
        Lever("price of backing down", 8),
    ] = 17.68
    """cost of backing down from a threat of one's own (Fearon 1994)
    Source: 5.2 times truce.unit; judgement, tuned to the threats carried out (TIES: .46)"""
    pride: Annotated[float, In(0, 200, "bn USD"), Plausible(9.52, 20.4)] = 14.28
    """cost of yielding to a threat. Source: 4.2 times truce.unit; judgement, tuned to the same"""
    hawk_settling: Annotated[float, In(0, 20, "per year"), Plausible(1.1, 1.7)] = 1.4
    """what a deal must gain more a year, of what hawks weigh in decisions (hawk_push x pressure)
    Source: fitted: the least at which hawks of 1 on both sides raise no deals: they mind settling
    no less than extending (docs/truces.md)"""
    extension_felt: Annotated[float, In(0, 1, "share"), Plausible(0.65, 0.85)] = 0.75
    """share of the cost of extending that a side counts as spared by a deal.
    Source: judgement: most of it, for a deal ends what an extension prolongs; at 1 a dearer
    extension makes deals by itself"""
    surplus_weight: Annotated[
        float,
        In(0, 1, "bn USD/bn USD"),
        Plausible(0, 0.11),
        Label("weight of the bilateral balance"),
    ] = 0.0
    """political worth of a dollar by which the bilateral balance is better
    Source: definition: 0 is off; side by side below. Range: at most .11, what the truce's tariffs
    reveal of a displaced dollar, .21, less the .10 that producers gain of it (Fajgelbaum and
    others 2020)"""


class Ratification(Group):
    """Whether an agreement survives at home."""

    by: Annotated[str, OneOf(RATIFIERS), Label("passing at home")] = "executive"
    """what passes a deal at home: an executive agreement, which no vote ratifies, so that a
    government's price of settling is the one test of it; or a vote on what each deal gains, whose
    settings follow
    Source: definition: Phase One needed no approval by Congress (CRS LSB10403, 2020), nor did
    Geneva or London; the last authority to put trade agreements to a vote ended in 2021 (CRS
    R47679); with a vote beside the price, what a price lets through is voted down at random
    (Putnam 1988; docs/bargaining.md)"""
    threshold: Annotated[float, In(0, 1, "support"), Label("ratification threshold")] = 0.5
    """support below which a deal fails.
    Source: definition: a simple majority"""
    scale: Annotated[float, In(0.1, 300, "bn USD/yr")] = 12.0
    """gain that turns an even split into 73 % support (logistic scale).
    Source: judgement, half to twice: a gain of that size turns an even vote into 73 %"""
    noise: Annotated[float, In(0, 5, "logit"), Plausible(0, 1.5)] = 0.6
    """standard deviation of support on the day.
    Source: judgement: no noise to a vote that errs by a third"""
    hawk_opposition: Annotated[float, In(0, 300, "bn USD/yr"), Plausible(0, 40)] = 10.0
    """gain that one unit of hawk pressure cancels in the test, per full concession of a control
    Source: judgement: from none to more than London's trade deal gains"""
    failure_cost: Annotated[float, In(0, 5, "hawk pressure"), Plausible(0, 1)] = 0.4
    """hawk pressure that a failed deal costs its proposer.
    Source: judgement: from nothing to five incidents"""


class Politics(Group):
    """Both sides' politics and the ratification test."""

    # surplus_weight: judgement, 0 to .11: above 0, for it says that the deficit is what tariffs are
    # for (order of 2 April 2025)
    us: Arena = Arena(surplus_weight=0.03)
    # lobby_scale: judgement, 40 to 160: as Washington's
    cn: Arena = Arena()
    ratification: Ratification = Ratification()
