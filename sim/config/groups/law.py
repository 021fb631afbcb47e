"""What the law leaves Washington when a court strikes duties down (docs/law.md)."""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Plausible

__all__ = ["Law"]


class Law(Group):
    """What Washington may put in the place of what falls. Rulings are events: ``shocks.events``."""

    reinstates: bool = True
    """whether Washington answers a ruling at once by section 122, at the highest rate, for as long
    as it allows
    Source: the plan reported by the Wall Street Journal on 30 May 2025, two days after the first
    ruling: 15 % for 150 days, then section 301; that it would come at once is judgement"""
    rebuild_weeks: Annotated[int, In(0, 520, "weeks"), Plausible(22, 52)] = 22
    """weeks after the last ruling until what fell stands on section 301 against China, third countries' duties
    apart; 0 for never
    Source: the plan reported by the Wall Street Journal on 30 May 2025: section 301 when the 150 days of
    section 122 end; at most the twelve months of 19 USC 2414(a)(2)(B), as the 46 weeks to list 1 on 6
    July 2018 (tariffs.csv)"""
    section_122_most: Annotated[float, In(0, 1, "ad valorem"), Plausible(0.1, 0.15)] = 0.15
    """highest rate of section 122, on the goods of all countries. Source: Trade Act of 1974, 19 USC 2132(a)"""
    section_122_days: Annotated[int, In(1, 3650, "days"), Plausible(150, 300)] = 150
    """days after which section 122 lapses, in whole weeks
    Source: Trade Act of 1974, 19 USC 2132(a): 150 days unless Congress extends; above, as if declared a second time"""
