"""Settings chosen by hand to meet a pattern, and how far each value can move before a pattern
fails.

A pattern named beside a setting is calibrated there, not predicted. Each value is tried alone, in
every scenario that the patterns run, so also in those whose own value differs. Nothing here feeds
back into the defaults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.config.compose import load
from sim.config.fields import leaves
from sim.validation.patterns import Lab, p1, p2, p4, p5, p7, p8, p9
from sim.vocabulary import OUTCOMES

__all__ = ["BY_HAND", "TESTED", "ByHand", "Trial", "calibration"]

TESTED = (p1, p2, p4, p5, p7, p8, p9)


@dataclass(frozen=True)
class ByHand:
    """Settings moved together, the scenario whose value was chosen, the patterns it was chosen for,
    and the values tried instead.

    ``apart`` is a pattern that moves the setting itself and is therefore not counted.
    """

    names: tuple[str, ...]
    chosen_for: str
    tried: tuple[float, ...]
    scenario: str = "london_2025"
    apart: str = ""

    @property
    def value(self) -> Any:
        """The value chosen."""
        return next(
            value
            for path, _, value in leaves(load(f"scenario={self.scenario}"))
            if path == self.names[0]
        )


@dataclass(frozen=True)
class Trial:
    """One value tried instead of the default, the patterns of :data:`TESTED` that fail with it, and
    London's most frequent outcome with its share (P10).
    """

    names: tuple[str, ...]
    scenario: str
    default: float
    chosen_for: str
    value: float
    fails: tuple[str, ...]
    largest: str
    share: float


BY_HAND = (
    ByHand(("us.resolve.trade",), "P8, P10", (10.0, 16.0, 26.0, 32.0)),
    ByHand(("cn.resolve.trade",), "P8, P10", (9.0, 14.0, 23.0, 28.0)),
    ByHand(("us.belief_error", "cn.belief_error"), "P10", (0.0, 0.2, 0.3, 0.5, 0.6, 1.0)),
    ByHand(("linkage.cn",), "P8, P10", (0.0, 0.2, 0.3, 0.5, 0.6)),
    ByHand(("truce.extension_cost",), "P8, P10", (0.0, 2.0, 8.0, 17.0), apart="P4"),
    ByHand(("economy.us.revenue_weight",), "P10", (1.0, 1.1, 1.4, 1.5)),
    ByHand(("economy.cn.revenue_weight",), "P10", (1.0, 1.1, 1.25, 1.4)),
    ByHand(("economy.us.protection_weight",), "P10", (0.2, 0.25, 0.32, 0.35)),
    ByHand(("economy.cn.protection_weight",), "P10", (0.1, 0.13, 0.18, 0.2)),
    ByHand(("licensing.magnets.capacity",), "P2", (3.0, 6.0, 20.0)),
    ByHand(("firms.magnets.stock_share",), "P2", (0.5, 0.6, 0.9, 1.0)),
    ByHand(("firms.magnets.pipeline_share",), "P2", (0.0, 0.1, 0.3)),
    ByHand(("compliance.licences_weeks",), "P8", (1.5, 4.0, 6.0)),
    ByHand(("truce.disputes.claim_cost",), "P8", (6.0, 18.0, 24.0)),
    ByHand(("truce.interim_share",), "P8", (0.2, 0.45, 0.6)),
    ByHand(("issues.ai_chips.convex_cost",), "P10", (30.0, 40.0, 80.0)),
    ByHand(("issues.military_magnets.convex_cost",), "P10", (6.0, 10.0, 25.0)),
)


def calibration(lab: Lab) -> Iterator[Trial]:
    """Try every value, one after the other."""
    for setting in BY_HAND:
        for value in setting.tried:
            tried = replace(lab, settings=tuple((name, value) for name in setting.names))
            found = [pattern(tried) for pattern in TESTED]
            fails = tuple(
                finding.code
                for finding in found
                if not finding.met and finding.code != setting.apart
            )
            outcomes = tried.table({})[0][list(OUTCOMES)].mean()
            yield Trial(
                setting.names,
                setting.scenario,
                setting.value,
                setting.chosen_for,
                value,
                fails,
                str(outcomes.idxmax()),
                float(outcomes.max()),
            )
