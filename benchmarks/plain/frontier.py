"""The Pareto frontier of some issues, and the package on it worth a given amount to a side.

From ``docs/model.md``, *Packages*: the package that maximises u_US + m u_CN concedes x = clip((w b
- a) / 2c, 0, red line) of each issue, with w = m for issues that the US owns and 1 / m for China's.
Between two weights at which an issue begins or ceases to be conceded in part both utilities are
rational functions of m, so the search stays within one such segment.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

__all__ = ["Frontier", "Stake"]

_TINY = 1e-12
_LEAST, _MOST = 1e-12, 1e12
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, slots=True)
class Stake:
    """An issue as somebody sees it: worth ``benefit`` x to the other side, ``linear`` x +
    ``convex`` x**2 to its owner, bn USD/yr; x lies between ``least`` and the red line.
    """

    us_owned: bool
    benefit: float
    linear: float
    convex: float
    red_line: float
    least: float = 0.0

    def level(self, weight: float) -> float:
        """What its owner concedes where China's utility has this weight."""
        exchange = weight if self.us_owned else 1.0 / weight
        level = (exchange * self.benefit - self.linear) / (2.0 * self.convex)
        return min(max(level, self.least), self.red_line)

    def turns(self) -> list[float]:
        """Weights at which it begins or ceases to be conceded in part."""
        if self.benefit <= _TINY or self.red_line <= self.least:
            return []
        first, last = (self.linear + 2.0 * self.convex * end for end in (self.least, self.red_line))
        ratios = [
            marginal / self.benefit for marginal in (first, last) if marginal > _TINY * self.benefit
        ]
        return ratios if self.us_owned else [1.0 / ratio for ratio in ratios]


class Frontier:
    """Efficient packages over ``stakes``; a package is a list of levels in their order."""

    def __init__(self, stakes: list[Stake]) -> None:
        self.stakes = stakes
        self.turns = sorted(turn for stake in stakes for turn in stake.turns())
        at_turns = [self.utilities(self.package(turn)) for turn in self.turns]
        # along the frontier the US loses and China gains as the weight rises; both lists rise, so
        # that bisect can search them
        self._rising = {"us": [-us for us, _ in at_turns], "cn": [cn for _, cn in at_turns]}

    def package(self, weight: float) -> list[float]:
        """The efficient package at a weight of China's utility."""
        return [stake.level(weight) for stake in self.stakes]

    def utilities(self, package: list[float]) -> tuple[float, float]:
        """What a package is worth to the US and to China, bn USD/yr, against conceding nothing."""
        us = cn = 0.0
        for stake, level in zip(self.stakes, package, strict=True):
            gain, cost = stake.benefit * level, (stake.linear + stake.convex * level) * level
            if stake.us_owned:
                us, cn = us - cost, cn + gain
            else:
                us, cn = us + gain, cn - cost
        return us, cn

    def utility(self, side: str, package: list[float]) -> float:
        """What a package is worth to one side."""
        return self.utilities(package)[0 if side == "us" else 1]

    def worth(self, side: str, target: float) -> list[float]:
        """The efficient package worth ``target`` to ``side``; the nearer end of the frontier where
        none is.
        """
        return self.package(self._weight(side, target))

    def best_sum(self) -> float:
        """The largest joint utility."""
        return sum(self.utilities(self.package(1.0)))

    def nash_product(self, us_floor: float, cn_floor: float) -> float:
        """The largest product of gains over two floors; 0 where both cannot gain."""
        package = self.nash_package(us_floor, cn_floor)
        if package is None:
            return 0.0
        us, cn = self.utilities(package)
        return (us - us_floor) * (cn - cn_floor)

    def nash_package(self, us_floor: float, cn_floor: float) -> list[float] | None:
        """The package with the largest product of gains over two floors, by golden section; None
        where both cannot gain.
        """
        high = self.utility("us", self.worth("cn", cn_floor))
        if not self.turns or high <= us_floor:
            return None
        low = max(us_floor, self.utility("us", self.package(_MOST)))

        def product(us_target: float) -> float:
            us, cn = self.utilities(self.worth("us", us_target))
            return (us - us_floor) * (cn - cn_floor)

        for _ in range(60):
            left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            if product(left) >= product(right):
                high = right
            else:
                low = left
        middle = 0.5 * (low + high)
        return self.worth("us", middle) if product(middle) > 0.0 else None

    def _weight(self, side: str, target: float) -> float:
        if not self.turns:
            return 1.0
        rising = self._rising[side]
        place = bisect_right(rising, -target if side == "us" else target)
        if place == 0:
            return self._before(side, target)
        if place == len(rising):
            return self._beyond(side, target)
        return self._inside(side, target, self.turns[place - 1], self.turns[place])

    def _shape(self, weight: float, side: str) -> tuple[float, float, float]:
        """(K, U, C) about a weight: u_US = K + 2 C / m - U m**2, u_CN = K + 2 U m - C / m**2."""
        fixed = 0.0
        curves = {True: 0.0, False: 0.0}
        for stake in self.stakes:
            level, own = stake.level(weight), stake.us_owned == (side == "us")
            if stake.least < level < stake.red_line and stake.benefit > _TINY:
                four = 4.0 * stake.convex
                curves[stake.us_owned] += stake.benefit**2 / four
                fixed += (
                    stake.linear**2 / four if own else -2.0 * stake.linear * stake.benefit / four
                )
            else:
                fixed += (
                    -(stake.linear + stake.convex * level) * level if own else stake.benefit * level
                )
        return fixed, curves[True], curves[False]

    def _before(self, side: str, target: float) -> float:
        """Below the first turn only US-owned issues are conceded in part: those that it would
        concede unasked.
        """
        fixed, us_curve, _ = self._shape(0.5 * self.turns[0], side)
        left = target - fixed
        if us_curve <= 0.0:
            return self.turns[0]
        if side == "us":
            return math.sqrt(-left / us_curve) if left < 0.0 else _LEAST
        return left / (2.0 * us_curve) if left > 0.0 else _LEAST

    def _beyond(self, side: str, target: float) -> float:
        """Above the last turn only China's are."""
        fixed, _, cn_curve = self._shape(2.0 * self.turns[-1], side)
        left = target - fixed
        if cn_curve <= 0.0:
            return self.turns[-1]
        if side == "us":
            return 2.0 * cn_curve / left if left > 0.0 else _MOST
        return math.sqrt(-cn_curve / left) if left < 0.0 else _MOST

    def _inside(self, side: str, target: float, low: float, high: float) -> float:
        """Newton's steps between two turns, halving where one would leave the bracket."""
        fixed, us_curve, cn_curve = self._shape(0.5 * (low + high), side)
        rest, weight = fixed - target, 0.5 * (low + high)
        for _ in range(60):
            if side == "us":
                gap = rest + 2.0 * cn_curve / weight - us_curve * weight**2
                slope = -2.0 * cn_curve / weight**2 - 2.0 * us_curve * weight
            else:
                gap = rest + 2.0 * us_curve * weight - cn_curve / weight**2
                slope = 2.0 * us_curve + 2.0 * cn_curve / weight**3
            if (gap > 0.0) == (side == "us"):
                low = weight
            else:
                high = weight
            step = weight - gap / slope if slope else low
            if not low <= step <= high:
                step = 0.5 * (low + high)
            if abs(step - weight) <= 1e-8 * weight:
                return step
            weight = step
        return weight
