"""Export licences: what an authority can clear and how readily it approves (docs/model.md, *Firms
and licences*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.fields import Group, In, Label, Plausible

__all__ = ["Authority", "Licensing"]


EASIER_WITHHELD = "approval would be easier when the good is withheld than when it is permitted"


class Authority(Group):
    """An agency that clears licence applications from a queue."""

    capacity: Annotated[float, In(0.1, 500, "applications/week"), Plausible(18, 60)] = 36.0
    """applications examined a week for the simulated population
    Source: CLEPA, June 2025: approvals rose from 25 to 60 % of applications in 23 days, 13 a
    week of 120 firms at about 0.4 each"""
    slow_walk: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.95)] = 0.7
    """share of capacity withdrawn when compliance falls to zero
    Source: judgement; delay is the instrument, refusal rare (European Chamber 2025: 1 of 141
    refused)"""
    approve_withheld: Annotated[float, In(0, 1, "probability"), Plausible(0.02, 0.05)] = 0.03
    """chance that an examined application is approved when the issue is withheld
    Source: CLEPA 2025: hazard 0.14 a month in April-May 2025 (parameters.csv A4), about 0.03 a
    week"""
    approve_permitted: Annotated[float, In(0, 1, "probability"), Plausible(0.3, 0.9)] = 0.6
    """chance that an examined application is approved when the issue is fully conceded
    Source: judgement; with London's level gives about 0.2 a week through the queue (CLEPA: 0.8 a
    month in June 2025)"""
    term_weeks: Annotated[int, In(1, 260, "weeks"), Label("licence term")] = 26
    """life of a licence. Source: Reuters, June 2025: six-month licences"""
    per_shipment: bool = False
    """whether a licence covers one shipment only
    Source: MOFCOM Announcement 18, April 2025: before London, yes"""
    green_channel: bool = True
    """whether trusted firms are examined first
    Source: Reuters, 15 June 2025: green channel for trusted US firms"""
    free_level: Annotated[float, In(0.5, 1, "share"), Plausible(0.9, 1)] = 0.97
    """level in force at which no licence is needed. Source: judgement"""
    licensed_share: Annotated[float, In(0, 1, "share of firms")] = 0.25
    """share of firms that hold a licence on the first day. Source: CLEPA, 4 June 2025: a quarter"""

    rules = (Rule("approve_withheld", "<=", "approve_permitted", EASIER_WITHHELD),)


class Licensing(Group):
    """The two licensing authorities."""

    magnets: Authority = Authority()
    """China's commerce ministry, for rare-earth magnets"""
    chips: Authority = Authority(
        capacity=6.0,
        slow_walk=0.5,
        approve_withheld=0.01,
        approve_permitted=0.8,
        green_channel=False,
        licensed_share=0.0,
    )
    """The US Bureau of Industry and Security, for AI accelerators (rates: judgement after the H20
    case)"""
    approve_withheld_military: Annotated[float, In(0, 1, "probability"), Plausible(0, 0.02)] = 0.002
    """chance that an examined application for the military grade is approved when the issue is
    withheld
    Source: parameters.csv A4: refused by rule (0-0.02); no samarium approvals seen in June 2025
    (New York Times)"""
    wait_memory: Annotated[float, In(0, 0.99, "share"), Plausible(0.5, 0.95)] = 0.8
    """weight of the past in the wait that a firm expects when it renews ahead. Source: judgement"""

    rules = (Rule("approve_withheld_military", "<=", "magnets.approve_permitted", EASIER_WITHHELD),)
