"""Settings for the known answers: two identical sides, and a run without frictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.config.fields import Named
from sim.config.groups.economy import Economy, Importer
from sim.config.groups.firms import Firms, Population, Sector
from sim.config.groups.issues import Issue
from sim.config.groups.licensing import Authority, Licensing
from sim.config.groups.negotiators import Negotiator
from sim.config.groups.shocks import Shocks
from sim.config.scenario import Scenario

__all__ = ["FRICTIONLESS", "symmetric"]

FRICTIONLESS: dict[str, Any] = {
    "us.belief_error": 0.0, "cn.belief_error": 0.0, "linkage.cn": 0.0, "politics.ratification.threshold": 0.0,
    "us.strategy.exponent": 2.0, "cn.strategy.exponent": 2.0, "us.leverage_share": 0.0, "cn.leverage_share": 0.0,
}  # fmt: skip


def symmetric() -> Scenario:
    """Trade, firms, issues and politics identical on both sides; the first speaker is drawn."""
    firms = Population(
        sectors=Named({"one": Sector(share=1.0, value_at_risk=40.0, cover_weeks=8.0)}), firms=40
    )
    other = replace(
        firms, sectors=Named({"two": Sector(share=1.0, value_at_risk=40.0, cover_weeks=8.0)})
    )
    importer = Importer(imports=300.0)
    issue: dict[str, Any] = {
        "benefit": 15.0,
        "linear_cost": 1.0,
        "convex_cost": 12.0,
        "terms": 0.3,
        "in_force": 0.3,
    }
    tariff: dict[str, Any] = {
        "convex_cost": 0.1,
        "terms": 0.7,
        "in_force": 0.7,
        "lapse": 0.4,
        "snaps_back": True,
    }
    issues = Named(
        {
            "us_tariff": Issue(owner="us", track="trade", driver="us_tariff", **tariff),
            "cn_tariff": Issue(owner="cn", track="trade", driver="cn_tariff", **tariff),
            "us_good": Issue(owner="us", track="security", driver="constant", **issue),
            "cn_good": Issue(owner="cn", track="security", driver="constant", **issue),
        }
    )
    authority = Authority()
    symmetric_sides = replace(
        Scenario(),
        issues=issues,
        us=Negotiator(),
        cn=Negotiator(),
        economy=Economy(us=importer, cn=importer),
        firms=Firms(magnets=firms, chips=other),
        licensing=Licensing(magnets=authority, chips=authority),
        shocks=Shocks(events=Named()),
    )
    settings = {
        "truce.talks.first_speaker": "drawn",
        "linkage.cn": 0.0,
        "us.strategy.exponent": 0.8,
        "cn.strategy.exponent": 0.8,
    }
    return symmetric_sides.change(settings)
