"""The whole scenario: every setting a run reads, by dotted name.

A :class:`Scenario` is frozen, complete and validated; :mod:`sim.config.validate` is the only door to one from plain
data. It describes and checks; it computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.config.fields import Field, group, mapping, text
from sim.config.groups.compliance import Compliance
from sim.config.groups.economy import Economy
from sim.config.groups.firms import Firms
from sim.config.groups.issues import Issue, default_issues
from sim.config.groups.licensing import Licensing
from sim.config.groups.negotiators import Negotiator
from sim.config.groups.outcomes import Calendar, Outcomes
from sim.config.groups.politics import Politics
from sim.config.groups.shocks import Shocks
from sim.config.groups.truce import Linkage, Truce

__all__ = ["MOST_ISSUES", "Scenario"]

MOST_ISSUES = 12


def _china() -> Negotiator:
    return Negotiator(discount_rate=0.06, planning_weeks=78, deadline_firmness=0.2)


def _side(default: Any, description: str) -> Any:
    return field(default_factory=default, metadata={"field": Field("group", item=Negotiator, description=description)})


@dataclass(frozen=True)
class Scenario:
    """A question put to the model: who bargains over what, from which day, under which terms."""

    name: str = text("london_2025", "name of the scenario: lower-case letters, digits, - and _", most=64)
    title: str = text("London, June 2025", "what figures call it", most=80)
    about: str = text("", "what it represents and how it differs from others", most=2000)
    calendar: Calendar = group(Calendar)
    issues: dict[str, Issue] = mapping(Issue, default_issues(), "issues by name", most=MOST_ISSUES)
    us: Negotiator = _side(Negotiator, "Washington")
    cn: Negotiator = _side(_china, "Beijing (longer horizon, lower discount rate: judgement)")
    linkage: Linkage = group(Linkage)
    economy: Economy = group(Economy)
    firms: Firms = group(Firms)
    licensing: Licensing = group(Licensing)
    truce: Truce = group(Truce)
    compliance: Compliance = group(Compliance)
    politics: Politics = group(Politics)
    shocks: Shocks = group(Shocks)
    outcomes: Outcomes = group(Outcomes)
