"""Delivery of what was promised, its monitoring, and grievance (docs/model.md, *Compliance*; Green
and Porter 1984).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, Lever, Plausible

__all__ = ["Compliance", "Conduct"]


class Conduct(Group):
    """How one side's agencies keep its promises."""

    drift_rate: Annotated[float, In(0, 52, "per year"), Plausible(0.3, 3), Label("drift rate")] = (
        0.9
    )
    """rate of lapses in delivery (an agency drifts, a hawk acts) without hawk pressure
    Source: elicited: between none in Phase One's 98 weeks and the claims of breach in events.csv,
    four in the 50 open weeks of truces.csv, 2.1 a side and year"""
    trust: Annotated[
        float, In(0, 1, "share"), Plausible(0.8, 0.88), Label("trust in the other")
    ] = 0.85
    """share of what the other promised that this side expects to be delivered, on the first day
    Source: derived: what the model's governments deliver on the long run of promises that take
    effort, .85, so that trust has no trend (docs/truces.md); 57 % of Phase One's purchases,
    tariffs in full (parameters.csv)"""
    hawk_drift: Annotated[float, In(0, 10, "ratio"), Plausible(0, 3)] = 0.72
    """how much hawk pressure multiplies that rate (1 + hawk_drift x pressure).
    Source: judgement: at full pressure lapses come from as often to four times as often"""


class Compliance(Group):
    """Effort, lapses in delivery, and how they are seen."""

    us: Conduct = Conduct()
    cn: Conduct = Conduct()
    review_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.05, 0.2)] = 0.1
    """chance a week that a government decides anew whether to deliver in full or to slack
    Source: derived: Phase One's deputies met once a quarter (USTR, February 2020; parameters.csv
    F1), 1/13 = .08 a week, its officials once a month, .23"""
    slack: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.6)] = 0.45
    """share of what was promised that a side delivers when it slacks
    Source: elicited: between energy, .37, and manufactures, .59, of what Phase One promised (PIIE
    2022; parameters.csv E3)"""
    fear: Annotated[
        float, In(0, 2, "share"), Plausible(0.15, 0.6), Lever("fear that slack is answered", 19)
    ] = 0.35
    """how likely a side holds it that slack delivery is answered.
    Source: judgement: Geneva's slow licences were answered, Phase One's missing purchases were
    not; threats are carried out in .46 (parameters.csv E2)"""
    severity: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.9)] = 0.55
    """largest share of one issue's delivery lost in a lapse.
    Source: elicited: Phase One lost .17 of farm goods, .41 of manufactures, .63 of energy (PIIE
    2022; parameters.csv E3); the largest loss lies between the last two"""
    recovery: Annotated[float, In(0, 1, "per week"), Plausible(0.05, 0.25)] = 0.12
    """share of the gap in delivery closed each week.
    Source: elicited: between germanium, let through at .35 two years after its control
    (parameters.csv, minerals), and US magnets, whose gap closed by .17 a week from May to June
    2025 (magnet_exports.csv)"""
    monitoring_noise: Annotated[
        float, In(0, 1, "share"), Plausible(0, 0.2), Label("monitoring noise")
    ] = 0.05
    """standard deviation of what a side sees of delivery on an issue in a week
    Source: derived: what is left of a month of US imports from China beyond its season, .048 in
    logs (Census 2013-19 and 2024; parameters.csv F1)"""
    licences_weeks: Annotated[float, In(0.5, 52, "weeks"), Plausible(2, 6)] = 2.6
    """time in which the other side expects the licences that were promised
    Source: events.csv: Washington's claim 18 days after Geneva (30 May 2025), over slow licences"""
    flow_weeks: Annotated[float, In(0.5, 52, "weeks"), Plausible(3, 10)] = 4.0
    """time in which it expects goods to flow as usual.
    Source: events.csv: Washington's claim 18 days after Geneva, May 2025, over slow licences"""
    usual_flow: Annotated[float, In(0, 1, "share of normal"), Plausible(0.8, 1)] = 0.9
    """flow that counts as usual.
    Source: elicited: between .87 and 1.00 of normal, to the US and to all others in July and
    August 2025, when licences flowed (docs/licences.md, *Measured*)"""
    tolerance: Annotated[float, In(0, 1, "share"), Plausible(0.12, 0.22)] = 0.17
    """shortfall, as a share of what was promised, that causes no grievance.
    Source: derived: the .17 that farm goods of Phase One lacked without a claim (parameters.csv E3)"""
    memory: Annotated[float, In(0, 0.999, "per week"), Plausible(0.75, 0.92)] = 0.85
    """share of grievance that lasts into the next week (rho).
    Source: elicited: a constant of six weeks, between a large news story (one week: Google Trends
    2018; five: Hayes 2012) and a rally about a president (22; parameters.csv F1)"""
    habit: Annotated[float, In(0, 1, "share"), Plausible(0.4, 0.9)] = 0.7
    """share of a lasting shortfall that a side gets used to.
    Source: judgement: most of it; Phase One's shortfall of .43 drew no measure in two years
    (parameters.csv E3)"""
    habit_weeks: Annotated[float, In(1, 260, "weeks"), Plausible(15, 60)] = 30.0
    """time in which it does.
    Source: judgement: from a quarter to a year"""
    claim_floor: Annotated[float, In(0, 1, "share"), Plausible(0.06, 0.15)] = 0.1
    """grievance, as a share of what was promised, below which nobody claims a breach
    Source: derived: two standard deviations of what is seen (monitoring_noise), so that claims do
    not come of noise alone (docs/truces.md)"""
    trust_weeks: Annotated[float, In(1, 520, "weeks"), Plausible(26, 104)] = 52.0
    """time in which trust follows what is in force.
    Source: judgement: half a year to two; slower than grievance, as fast as governments plan"""
