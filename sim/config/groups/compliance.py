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
    Source: judgement; events.csv shows about one a quarter on either side in May-August 2025"""
    trust: Annotated[
        float, In(0, 1, "share"), Plausible(0.8, 0.88), Label("trust in the other")
    ] = 0.85
    """share of what the other promised that this side expects to be delivered, on the first day
    Source: what the model's governments deliver on the long run of promises that take effort, .85, so
    that trust has no trend; parameters.csv: 57 % of Phase One's purchases, tariffs in full; judgement"""
    hawk_drift: Annotated[float, In(0, 10, "ratio"), Plausible(0, 3)] = 0.72
    """how much hawk pressure multiplies that rate (1 + hawk_drift x pressure). Source: judgement"""


class Compliance(Group):
    """Effort, lapses in delivery, and how they are seen."""

    us: Conduct = Conduct()
    cn: Conduct = Conduct()
    review_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.05, 0.2)] = 0.1
    """chance a week that a government decides anew whether to deliver in full or to slack
    Source: judgement: about once a quarter"""
    slack: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.6)] = 0.45
    """share of what was promised that a side delivers when it slacks
    Source: parameters.csv: manufactures of Phase One .59, energy .37 of what was promised; judgement"""
    fear: Annotated[
        float, In(0, 2, "share"), Plausible(0.15, 0.6), Lever("fear that slack is answered", 19)
    ] = 0.35
    """how likely a side holds it that slack delivery is answered. Source: judgement"""
    severity: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.9)] = 0.55
    """largest share of one issue's delivery lost in a lapse. Source: judgement"""
    recovery: Annotated[float, In(0, 1, "per week"), Plausible(0.05, 0.25)] = 0.12
    """share of the gap in delivery closed each week. Source: judgement"""
    monitoring_noise: Annotated[
        float, In(0, 1, "share"), Plausible(0, 0.2), Label("monitoring noise")
    ] = 0.05
    """standard deviation of what a side sees of delivery on an issue in a week
    Source: judgement"""
    licences_weeks: Annotated[float, In(0.5, 52, "weeks"), Plausible(2, 6)] = 2.6
    """time in which the other side expects the licences that were promised
    Source: events.csv: Washington's claim 18 days after Geneva, over slow licences"""
    flow_weeks: Annotated[float, In(0.5, 52, "weeks"), Plausible(3, 10)] = 4.0
    """time in which it expects goods to flow as usual. Source: the same"""
    usual_flow: Annotated[float, In(0, 1, "share of normal"), Plausible(0.8, 1)] = 0.9
    """flow that counts as usual. Source: judgement: what general licences give in the end"""
    tolerance: Annotated[float, In(0, 1, "share"), Plausible(0.08, 0.2)] = 0.12
    """shortfall, as a share of what was promised, that causes no grievance. Source: judgement"""
    memory: Annotated[float, In(0, 0.999, "per week"), Plausible(0.75, 0.92)] = 0.85
    """share of grievance that lasts into the next week (rho). Source: judgement"""
    habit: Annotated[float, In(0, 1, "share"), Plausible(0.4, 0.9)] = 0.7
    """share of a lasting shortfall that a side gets used to. Source: judgement"""
    habit_weeks: Annotated[float, In(1, 260, "weeks"), Plausible(15, 60)] = 30.0
    """time in which it does. Source: judgement"""
    claim_floor: Annotated[float, In(0, 1, "share"), Plausible(0.03, 0.1)] = 0.05
    """grievance, as a share of what was promised, below which nobody claims a breach
    Source: judgement; without it claims come of noise alone (docs/truces.md)"""
    trust_weeks: Annotated[float, In(1, 520, "weeks"), Plausible(26, 104)] = 52.0
    """time in which trust follows what is in force. Source: judgement"""
