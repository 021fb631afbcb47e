"""Delivery of what was promised, its monitoring, and grievance (docs/model.md, *Compliance*; Green
and Porter 1984).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, OneOf, Plausible
from sim.vocabulary import FIRST_ACCUSERS

__all__ = ["Compliance", "Conduct"]


class Conduct(Group):
    """How one side's agencies keep its promises."""

    start: Annotated[float, In(0, 1, "share")] = 1.0
    """share of promises delivered on the first day. Source: judgement; London was a fresh start"""
    drift_rate: Annotated[float, In(0, 52, "per year"), Plausible(0.3, 3), Label("drift rate")] = (
        0.9
    )
    """rate of lapses in delivery (an agency drifts, a hawk acts) without hawk pressure
    Source: judgement; events.csv shows about one a quarter on either side in May-August 2025"""
    hawk_drift: Annotated[float, In(0, 10, "ratio"), Plausible(0, 3)] = 1.0
    """how much hawk pressure multiplies that rate (1 + hawk_drift x pressure). Source: judgement"""


class Compliance(Group):
    """Breach, monitoring and retaliation."""

    us: Conduct = Conduct()
    cn: Conduct = Conduct()
    severity: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.9)] = 0.55
    """largest share of one issue's delivery lost in a lapse. Source: judgement"""
    recovery: Annotated[float, In(0, 1, "per week"), Plausible(0.05, 0.25)] = 0.12
    """share of the gap in delivery repaired each week. Source: judgement"""
    monitoring_noise: Annotated[
        float, In(0, 1, "share"), Plausible(0, 0.2), Label("monitoring noise")
    ] = 0.05
    """standard deviation of what a side sees of delivery on an issue in a week
    Source: judgement"""
    tolerance: Annotated[float, In(0, 1, "share"), Plausible(0.03, 0.15)] = 0.06
    """value-weighted shortfall that causes no grievance. Source: judgement"""
    memory: Annotated[float, In(0, 0.999, "per week"), Plausible(0.8, 0.95)] = 0.88
    """share of grievance that lasts into the next week (rho). Source: judgement"""
    protest_threshold: Annotated[
        float, In(0.01, 20, "grievance"), Plausible(0.2, 0.8), Label("protest threshold")
    ] = 0.35
    """grievance at which a side protests
    Source: judgement; Geneva 2025: both claimed breach in week 3"""
    protest_weeks: Annotated[int, In(0, 26, "weeks"), Plausible(1, 6)] = 3
    """time a protest is given to work before retaliation. Source: judgement"""
    protest_repair: Annotated[float, In(0, 1, "share"), Plausible(0, 0.6)] = 0.25
    """share of the gap in delivery that a protest repairs at once. Source: judgement"""
    retaliation_depth: Annotated[float, In(0, 1, "share"), Plausible(0.3, 1)] = 0.6
    """share of delivery withdrawn on the issues within the enforcement scope
    Source: judgement; May 2025: licences for design software and engine parts stopped"""
    retaliation_weeks: Annotated[int, In(1, 26, "weeks")] = 3
    """time retaliation is given before the accused must back down or not. Source: judgement"""
    first_accuser: Annotated[str, OneOf(FIRST_ACCUSERS)] = "drawn"
    """who complains first in a week in which both may: drawn each week, or always one side
    Source: judgement: drawn, so that neither side is favoured; the others show what that is worth"""
    back_down_stakes: Annotated[float, In(0, 300, "bn USD/yr"), Plausible(2, 30)] = 8.0
    """loss from the truce's end at which the accused backs down half the time
    Source: judgement; TIES: senders of trade threats get a settlement in about half of cases"""
    back_down_scale: Annotated[float, In(0.1, 200, "bn USD/yr"), Plausible(5, 30)] = 14.0
    """spread of that decision (logistic scale). Source: judgement"""
