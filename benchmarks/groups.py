"""Both sides' trade by groups of goods as :mod:`benchmarks.trade` asks it: facts, or a draw of them
over their ranges, the duties of a day, and what a duty does to flows and losses.

Everything is a rule's (:mod:`sim.rules.customs`, :mod:`sim.rules.law`,
:mod:`sim.rules.trade_groups`); here they are only called group by group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.history.dataset import trade_groups
from sim.rules.codes import CN, FIXED_DUTIES, N_GROUPS, US
from sim.rules.customs import GROUPS, STACK, day_of, facts
from sim.rules.law import set_stack
from sim.rules.trade_groups import exporter_loss, group_market
from sim.vocabulary import SIDES, TRADE_GROUPS

__all__ = ["BEFORE", "COST", "ELASTICITY", "SHARE", "Bought", "Economy", "draw", "triangular"]

BEFORE = date(2025, 1, 15)  # the base of all losses: the duties of January 2025
# of a route through third countries, at the base: its share, elasticity and cost (docs/trade.md)
SHARE, ELASTICITY = 0.02, 6.0
COST = (0.1, 0.25, 0.4)
# fields of the record that are drawn, and what trade_groups.csv calls them
_DRAWN = {
    "imports": "imports_2024",
    "between": "between_origins",
    "in_all": "in_all",
    "third_slope": "third_supply_slope",
    "pass_through": "pass_through",
    "margin": "export_margin",
    "exempt": "exempt_from_reciprocal",
    "waived": "legacy_waived_share",
}
_PARTNER_SHARE = "partner_share"
_BY_GROUP = tuple(name for name in GROUPS.names or () if GROUPS[name].shape == (2, int(N_GROUPS)))


class Bought(NamedTuple):
    """What a side buys of all groups against the base duties, bn USD/yr; arrays by group."""

    direct: np.ndarray
    routed: np.ndarray
    third: np.ndarray
    buyers: np.ndarray
    revenue: np.ndarray
    exporters: np.ndarray

    def less(self, other: Bought) -> Bought:
        """The difference to another, as losses are reported."""
        return Bought(*(one - two for one, two in zip(self, other, strict=True)))

    @property
    def importer(self) -> float:
        """The importer's loss of real income: buyers' less revenue."""
        return float(self.buyers.sum() - self.revenue.sum())


def _facts() -> np.ndarray:
    groups = np.zeros(1, GROUPS)
    groups[0] = facts().groups
    return groups


@dataclass(frozen=True)
class Economy:
    """Groups of goods, and how their routes cost and are watched."""

    groups: np.ndarray = field(default_factory=_facts)
    route_cost: float = COST[1]
    enforcement: float = 1.0

    def __getitem__(self, name: str) -> np.ndarray:
        values: np.ndarray = self.groups[0][name]
        return values

    def stack(self, day: date) -> Any:
        """The duties of a day, a record of :data:`sim.rules.customs.STACK`."""
        stack = np.zeros(1, STACK)
        set_stack(self.groups[0], facts().bases, stack[0], day_of(day))
        return stack[0]

    def duties(self, side: int, day: date) -> np.ndarray:
        """A side's effective duties by group."""
        return np.asarray(self.stack(day)["effective"][side]).sum(axis=0)

    def third_duties(self, side: int, day: date) -> np.ndarray:
        """Those on third countries by group: China's are its duties of before 2018."""
        stack = self.stack(day)
        return np.array(stack["third"] if side == US else stack["effective"][CN, FIXED_DUTIES])

    @cached_property
    def base(self) -> tuple[np.ndarray, np.ndarray]:
        """Both sides' duties at the base."""
        return self.duties(US, BEFORE), self.duties(CN, BEFORE)

    @cached_property
    def base_third(self) -> tuple[np.ndarray, np.ndarray]:
        """Both sides' duties on third countries at the base."""
        return self.third_duties(US, BEFORE), self.third_duties(CN, BEFORE)

    def average(self, side: int, duties: np.ndarray) -> float:
        """An average by imports."""
        return float(np.average(duties, weights=self["imports"][side]))

    def flow(self, side: int, duties: np.ndarray, third: np.ndarray) -> float:
        """Direct imports, a share of those at the base."""
        base = (1.0 - SHARE) * self["imports"][side].sum()
        return float(self.market(side, duties, third).direct.sum() / base)

    def market(self, side: int, duties: np.ndarray, third: np.ndarray) -> Bought:
        """What a side buys at its duties, those on third countries being ``third``."""
        rows = [self._group(side, g, duties[g], third[g]) for g in range(int(N_GROUPS))]
        return Bought(*np.array(rows).T)

    def loss(self, side: int, duties: np.ndarray, third: np.ndarray) -> Bought:
        """The same less what it buys at the base duties with the same duties on third countries."""
        return self.market(side, duties, third).less(self.market(side, self.base[side], third))

    def watched(self, enforcement: float) -> Economy:
        """The same economy at another enforcement of routes."""
        return replace(self, enforcement=enforcement)

    def _group(self, side: int, g: int, duty: float, third_duty: float) -> tuple[float, ...]:
        of = {name: float(self[name][side, g]) for name in _BY_GROUP}
        base = float(self.base[side][g])
        direct, routed, third, _, buyers, revenue = group_market(
            of["imports"],
            of["third"],
            float(duty),
            base,
            float(third_duty),
            float(self.base_third[side][g]),
            of["pass_through"],
            of["between"],
            of["in_all"],
            of["third_slope"],
            SHARE,
            ELASTICITY,
            self.route_cost,
            self.enforcement,
        )
        exporters = exporter_loss(
            of["imports"],
            direct,
            routed,
            float(duty),
            base,
            of["pass_through"],
            SHARE,
            of["margin"],
        )
        return direct, routed, third, buyers, revenue, exporters


def triangular(u: float, low: np.ndarray, mode: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The quantile of a triangular distribution; the value where its range has no width.

    >>> triangular(0.5, np.array([0.0]), np.array([1.0]), np.array([2.0]))
    array([1.])
    """
    width = np.where(high > low, high - low, 1.0)
    rise = (mode - low) / width
    below = low + np.sqrt(u * width * (mode - low))
    above = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(high > low, np.where(u < rise, below, above), mode)


@cache
def _ranges(direction: str, quantity: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(low, value, high) by group; without a range all three are the value."""
    table = trade_groups()
    rows = table[(table["direction"] == direction) & (table["quantity"] == quantity)]
    rows = rows.set_index("group").loc[list(TRADE_GROUPS)]
    value = rows["value"].to_numpy(float)
    low, high = rows["low"].fillna(rows["value"]), rows["high"].fillna(rows["value"])
    return low.to_numpy(float), value, high.to_numpy(float)


def draw(rng: np.random.Generator) -> Economy:
    """An economy drawn over the ranges of ``trade_groups.csv``, triangular about its values.

    A side's quantity has one draw for all groups: they are read in one place or judged in one go,
    so that they err together. US and Chinese goods differ.
    """
    groups = _facts()
    for side in SIDES.values():
        direction = f"{side.name}_imports"
        for name, quantity in _DRAWN.items():
            drawn = triangular(float(rng.random()), *_ranges(direction, quantity))
            groups[0][name][side.code] = drawn
        if side.code == CN:
            share = triangular(float(rng.random()), *_ranges(direction, _PARTNER_SHARE))
            groups[0]["third"][side.code] = groups[0]["imports"][side.code] * (1.0 / share - 1.0)
    cost = triangular(float(rng.random()), *(np.array([value]) for value in COST))
    return Economy(groups, route_cost=math.fsum(cost))
