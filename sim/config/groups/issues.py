"""Issues on the table: who can concede them, what conceding costs, what it is worth to the other side.

Units are billions of 2024 US dollars a year at full concession; the cost of conceding x is ``linear_cost`` x +
``convex_cost`` x**2 (MODEL.md section 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim import vocabulary
from sim.config.fields import choice, flag, number

__all__ = ["DRIVERS", "SIDES", "TABLES", "Issue", "default_issues"]

SIDES, TABLES, DRIVERS = vocabulary.SIDES.names, vocabulary.TABLES.names, vocabulary.DRIVERS.names

_BN = "bn USD/yr"
_JUDGED = "judgement"


@dataclass(frozen=True)
class Issue:
    """One thing to bargain over."""

    owner: str = choice(None, SIDES, "the side that can concede the issue", "definition of the issue")
    table: str = choice(None, TABLES, "the table it is bargained at", "MODEL.md section 4")
    driver: str = choice(
        "constant",
        DRIVERS,
        "what sets its value each week: a constant, a tariff curve or the state of the firms",
        "MODEL.md sections 5 and 6",
    )
    benefit: float = number(
        0.0,
        _BN,
        (0, 500),
        "value of full concession to the other side, on top of what its driver gives",
        _JUDGED,
    )
    linear_cost: float = number(
        0.0,
        _BN,
        (-200, 200),
        "owner's linear cost of full concession; negative where conceding first helps it",
        _JUDGED,
    )
    convex_cost: float = number(5.0, _BN, (0.1, 500), "owner's quadratic cost of full concession", _JUDGED)
    red_line: float = number(1.0, "share", (0, 1), "the most its owner will ever concede", _JUDGED)
    phase_in_weeks: float = number(
        4.0, "weeks", (1, 104), "time over which an agreed level is put in force (1/rate)", _JUDGED
    )
    terms: float = number(0.0, "share", (0, 1), "level agreed under the truce at the start", _JUDGED)
    in_force: float = number(0.0, "share", (0, 1), "level actually in force on the first day", _JUDGED)
    lapse: float = number(0.0, "share", (0, 1), "level to which it falls when the truce lapses", _JUDGED)
    snaps_back: bool = flag(
        False, "whether a lapse takes it to its lapse level at once rather than over phase_in_weeks", _JUDGED
    )


def default_issues() -> dict[str, Issue]:
    """The eight issues of MODEL.md section 4, at London's terms of 10 June 2025.

    Tariff levels are shares of the way from the 2025 peak to the January 2025 average (PIIE: US 124.1, 51.1 and 20.8 %,
    China 146 (CRS), 32.6 and 21.2 %); a lapse brings the 24 suspended points of Geneva back.
    """
    return {
        "us_tariff": Issue("us", "trade", "us_tariff", 0, 0, 0.1, 0.85, 2, 0.707, 0.707, 0.474, True),
        "cn_tariff": Issue("cn", "trade", "cn_tariff", 0, 0, 0.1, 1, 2, 0.909, 0.909, 0.716, True),
        "civil_magnets": Issue("cn", "trade", "civil_magnets", 2, 1, 14, 1, 5, 0.75, 0.3, 0.1, False),
        "us_counter_controls": Issue("us", "trade", "constant", 22, -4, 14, 1, 4, 0.6, 0.1, 0.0, False),
        "fentanyl_purchases": Issue("cn", "trade", "constant", 18, 2, 12, 1, 12, 0.15, 0.1, 0.0, False),
        "military_magnets": Issue("cn", "security", "military_magnets", 12, 6, 13, 1, 6, 0.0, 0.0, 0.0, False),
        "ai_chips": Issue("us", "security", "ai_chips", 8, -4, 55, 0.45, 6, 0.05, 0.05, 0.0, False),
        "critical_minerals": Issue("cn", "security", "constant", 9, 1, 8, 1, 8, 0.1, 0.1, 0.0, False),
    }
