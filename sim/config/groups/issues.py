"""Issues on the table: who can concede them, what conceding costs, what it is worth to the other side.

Units are billions of 2024 US dollars a year at full concession; the cost of conceding x is ``linear_cost`` x +
``convex_cost`` x**2 (docs/model.md, *Packages*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.contradictions import Rule
from sim.config.fields import Group, In, Named, OneOf
from sim.vocabulary import DRIVERS, SIDES, TABLES

__all__ = ["DEFAULT_ISSUES", "Issue"]


class Issue(Group):
    """One thing to bargain over."""

    owner: Annotated[str, OneOf(SIDES)]
    """the side that can concede the issue. Source: definition of the issue"""
    table: Annotated[str, OneOf(TABLES)]
    """the table it is bargained at. Source: docs/model.md, *Packages*"""
    driver: Annotated[str, OneOf(DRIVERS)] = "constant"
    """what sets its value each week: a constant, a tariff curve or the state of the firms
    Source: docs/model.md, *Trade and welfare* and *Firms and licences*"""
    benefit: Annotated[float, In(0, 500, "bn USD/yr")] = 0.0
    """value of full concession to the other side, on top of what its driver gives
    Source: judgement"""
    linear_cost: Annotated[float, In(-200, 200, "bn USD/yr")] = 0.0
    """owner's linear cost of full concession; negative where conceding first helps it
    Source: judgement"""
    convex_cost: Annotated[float, In(0.1, 500, "bn USD/yr")] = 5.0
    """owner's quadratic cost of full concession. Source: judgement"""
    red_line: Annotated[float, In(0, 1, "share")] = 1.0
    """the most its owner will ever concede. Source: judgement"""
    phase_in_weeks: Annotated[float, In(1, 104, "weeks")] = 4.0
    """time over which an agreed level is put in force (1/rate). Source: judgement"""
    terms: Annotated[float, In(0, 1, "share")] = 0.0
    """level agreed under the truce at the start. Source: judgement"""
    in_force: Annotated[float, In(0, 1, "share")] = 0.0
    """level actually in force on the first day. Source: judgement"""
    lapse: Annotated[float, In(0, 1, "share")] = 0.0
    """level to which it falls when the truce lapses. Source: judgement"""
    snaps_back: bool = False
    """whether a lapse takes it to its lapse level at once rather than over phase_in_weeks
    Source: judgement"""

    rules = (
        *(
            Rule(
                "red_line", ">=", level,
                f"below {level}: the owner would already have conceded more than it ever will",
            )
            for level in ("terms", "in_force", "lapse")
        ),
        Rule("lapse", "<=", "terms", "a lapse would concede more than the truce"),
        *(
            Rule(
                "owner", "is", driver.owner, "the other side controls this",
                when=(("driver", "is", driver.name),), allowed=f"{driver.owner} for {driver.name}",
            )
            for driver in DRIVERS.values()
            if driver.owner
        ),
    )  # fmt: skip


DEFAULT_ISSUES = Named({
    "us_tariff": Issue(
        owner="us", table="trade", driver="us_tariff", convex_cost=0.1, red_line=0.85, phase_in_weeks=2.0,
        terms=0.707, in_force=0.707, lapse=0.474, snaps_back=True,
    ),
    "cn_tariff": Issue(
        owner="cn", table="trade", driver="cn_tariff", convex_cost=0.1, phase_in_weeks=2.0,
        terms=0.909, in_force=0.909, lapse=0.716, snaps_back=True,
    ),
    "civil_magnets": Issue(
        owner="cn", table="trade", driver="civil_magnets", benefit=2.0, linear_cost=1.0, convex_cost=14.0,
        phase_in_weeks=5.0, terms=0.75, in_force=0.3, lapse=0.1,
    ),
    "us_counter_controls": Issue(
        owner="us", table="trade", benefit=22.0, linear_cost=-4.0, convex_cost=14.0, terms=0.6, in_force=0.1,
    ),
    "fentanyl_purchases": Issue(
        owner="cn", table="trade", benefit=18.0, linear_cost=2.0, convex_cost=12.0, phase_in_weeks=12.0,
        terms=0.15, in_force=0.1,
    ),
    "military_magnets": Issue(
        owner="cn", table="security", driver="military_magnets", benefit=12.0, linear_cost=6.0, convex_cost=13.0,
        phase_in_weeks=6.0,
    ),
    "ai_chips": Issue(
        owner="us", table="security", driver="ai_chips", benefit=8.0, linear_cost=-4.0, convex_cost=55.0,
        red_line=0.45, phase_in_weeks=6.0, terms=0.05, in_force=0.05,
    ),
    "critical_minerals": Issue(
        owner="cn", table="security", benefit=9.0, linear_cost=1.0, convex_cost=8.0, phase_in_weeks=8.0,
        terms=0.1, in_force=0.1,
    ),
})  # fmt: skip
"""The eight issues of docs/model.md, *Packages*, at London's terms of 10 June 2025.

Tariff levels are shares of the way from the 2025 peak to the January 2025 average (PIIE: US 124.1, 51.1
and 20.8 %, China 146 (CRS), 32.6 and 21.2 %); a lapse brings the 24 suspended points of Geneva back.
"""
