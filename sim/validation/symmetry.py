"""Settings for the known answers: two identical sides, concessions by the clock, and a run without
frictions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.config.fields import Named
from sim.config.groups.calendar import Calendar
from sim.config.groups.economy import Economy, Importer
from sim.config.groups.firms import Firms, Population, Sector
from sim.config.groups.issues import Issue
from sim.config.groups.licensing import Authority, Licensing
from sim.config.groups.negotiators import Negotiator
from sim.config.groups.shocks import Shocks
from sim.config.scenario import Scenario
from sim.vocabulary import CONTROLS, SIDES, TRACKS

__all__ = ["BY_THE_CLOCK", "FRICTIONLESS", "NOTHING_PRIVATE", "symmetric"]

NOTHING_PRIVATE: dict[str, Any] = {
    **{f"{side}.resolve.{track}": 0.0 for side in SIDES for track in TRACKS},
    **{f"{side}.foresight": 0.0 for side in SIDES},
    **{f"politics.{side}.{name}": 0.0 for side in SIDES for name in ("hawk_settling", "extension_felt")},
}  # fmt: skip
"""No price of settling, nothing of politics in it, and the record alone foreseen: the world in
which the older strategies were written."""

BY_THE_CLOCK: dict[str, Any] = NOTHING_PRIVATE | {
    f"{side}.strategy.kind": "time_dependent" for side in SIDES
}
"""Both sides concede by the clock (Faratin, Sierra, Jennings 1998), nothing private."""

FRICTIONLESS: dict[str, Any] = BY_THE_CLOCK | {
    "us.belief_error": 0.0, "cn.belief_error": 0.0, "linkage.cn": 0.0,
    "us.strategy.exponent": 2.0, "cn.strategy.exponent": 2.0, "us.leverage_share": 0.0, "cn.leverage_share": 0.0,
}  # fmt: skip

# bn USD/yr: of the pies of :func:`symmetric` about as much as London's prices are of its own
_PRICES = {"trade": 6.0} | dict.fromkeys(CONTROLS, 2.0)


def symmetric(kind: str = "screening") -> Scenario:
    """Trade, firms, issues and politics identical on both sides, which play ``kind``, the older
    strategies with nothing private; the first speaker is drawn.
    """
    firms = Population(
        sectors=Named({"one": Sector(share=1.0, value_at_risk=40.0, cover_weeks=8.0)}), firms=40
    )
    other = replace(
        firms, sectors=Named({"two": Sector(share=1.0, value_at_risk=40.0, cover_weeks=8.0)})
    )
    # duties and groups of goods are facts of either side, so trade weighs next to nothing here, and
    # what would be a tariff is an issue of constant worth
    importer = Importer(imports=1.0)
    issue: dict[str, Any] = {
        "benefit": 15.0,
        "linear_cost": 1.0,
        "convex_cost": 12.0,
        "terms": 0.3,
        "in_force": 0.3,
    }
    border: dict[str, Any] = {
        "benefit": 60.0,
        "linear_cost": 2.0,
        "convex_cost": 30.0,
        "terms": 0.7,
        "in_force": 0.7,
        "lapse": 0.4,
        "snaps_back": True,
    }
    issues = Named(
        {
            "us_border": Issue(owner="us", track="trade", driver="constant", **border),
            "cn_border": Issue(owner="cn", track="trade", driver="constant", **border),
            "us_good": Issue(owner="us", track="semiconductors", driver="constant", **issue),
            "cn_good": Issue(owner="cn", track="minerals", driver="constant", **issue),
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
        calendar=Calendar(events=Named()),  # an election is of one side
    )
    settings: dict[str, Any] = {
        "truce.talks.first_speaker": "drawn",
        "linkage.cn": 0.0,
        **{f"{side}.strategy.kind": kind for side in SIDES},
    }
    if kind == "screening":
        settings |= {f"{s}.resolve.{track}": _PRICES[track] for s in SIDES for track in TRACKS}
    else:
        # conceding evenly: where the truce goes on as surely as on both sides here, holding out to
        # its date leaves too few deals to compare
        settings |= NOTHING_PRIVATE | {f"{side}.strategy.exponent": 1.0 for side in SIDES}
    return symmetric_sides.change(settings)
