"""What the law leaves Washington when a court strikes duties down (docs/law.md)."""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Plausible

__all__ = ["Law"]


class Law(Group):
    """Section 122 of the Trade Act of 1974. Rulings are events: ``shocks.events``."""

    reinstates: bool = True
    """whether Washington answers a ruling at once by section 122, at the highest rate, for as long
    as it allows
    Source: the plan reported by the Wall Street Journal on 30 May 2025, two days after the first
    ruling: 15 % for 150 days, then section 301; that it would come at once is judgement"""
    section_122_most: Annotated[float, In(0, 1, "ad valorem"), Plausible(0.1, 0.15)] = 0.15
    """highest rate of section 122, on the goods of all countries. Source: Trade Act of 1974, 19 USC 2132(a)"""
    section_122_days: Annotated[int, In(1, 3650, "days"), Plausible(150, 300)] = 150
    """days after which section 122 lapses, in whole weeks
    Source: Trade Act of 1974, 19 USC 2132(a): 150 days unless Congress extends; above, as if declared a second time"""
