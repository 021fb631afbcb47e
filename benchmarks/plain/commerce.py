"""What a tariff does to trade: demand for each group of goods in closed form, tabulated by place on
the path of concessions (``docs/trade.md``).

Arrays run over groups of goods, the last axis; flows and losses are bn USD/yr against the duties of
January 2025.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from benchmarks.plain.duties import JANUARY, Array, LegalState, Path, third_duties
from sim.rules.customs import facts
from sim.vocabulary import SIDES

__all__ = ["Effects", "Table", "table_of"]


class Effects(NamedTuple):
    """What a tariff does."""

    flow: float  # demanded of the partner
    routed: float  # through third countries
    loss: float  # the importer's
    cost: float  # to its government
    export_loss: float
    revenue: float
    duty: float  # effective average
    average: float  # statutory
    heard_at_home: float
    heard_abroad: float


class _Bought(NamedTuple):
    direct: Array
    routed: Array
    buyers: Array  # their loss
    revenue: Array  # its change


class _Goods:
    """One side's imports by group, and how they answer to duties."""

    def __init__(self, side: str, economy: Any) -> None:
        rules, groups = getattr(economy, side), facts().groups
        number = list(SIDES).index(side)

        def of(name: str) -> Array:
            return groups[name][number]

        def scaled(name: str, mean: float) -> Array:
            return of(name) * mean / (of("imports") @ of(name) / of("imports").sum())

        scale = rules.imports / of("imports").sum()
        self.imports, self.third = scale * of("imports"), scale * of("third")
        self.weights = of("imports") / of("imports").sum()
        self.between, self.in_all = (
            scaled("between", rules.between),
            scaled("in_all", rules.in_all),
        )
        self.slope = scaled("third_slope", rules.third_slope)
        self.margin = scaled("margin", rules.export_margin)
        self.heard_at_home, self.heard_abroad = of("voice_importer"), of("voice_exporter")
        self.rules, self.shared = rules, economy
        january = Path(side, JANUARY).first
        self.base = sum((family.duty for family in january.values()), 0.0 * self.imports)
        # others' duties in China are its most favoured nation's all the while
        fixed = january["fixed"].duty
        self.base_third = third_duties(JANUARY)[0] if side == "us" else fixed

    def market(self, duty: Array, third_duty: Array, grown: float) -> _Bought:
        """What is bought at duties, with elasticities between origins times ``grown``."""
        shared, through = self.shared, self.rules.pass_through
        between = grown * self.between
        imports, third, share = self.imports, self.third, shared.route_share
        # prices over those of January
        direct_price = (1.0 + through * duty) / (1.0 + through * self.base)
        third_price = (1.0 + through * third_duty) / (1.0 + through * self.base_third)
        dearer = 1.0 + shared.route_cost * (1.0 + shared.enforcement)
        routed_price = third_price * dearer / (1.0 + shared.route_cost)
        # two routes of the partner's goods
        apart = 1.0 - shared.route_elasticity
        by_routes = share * routed_price**apart
        both = (1.0 - share) * direct_price**apart + by_routes
        partner, routed_share = both ** (1.0 / apart), by_routes / both
        # two origins, third countries along their supply
        spent, spent_third = (
            imports * (1.0 + through * self.base),
            third * (1.0 + through * self.base_third),
        )
        weight = spent / (spent + spent_third)

        def index(price: Array) -> tuple[Array, Array]:
            theirs = (1.0 - weight) * price ** (1.0 - between)
            total = weight * partner ** (1.0 - between) + theirs
            return total ** (1.0 / (1.0 - between)), theirs / total

        less = between - self.in_all
        first, share_third = index(third_price)
        bid = less * np.log(first) - between * np.log(third_price)
        rise = self.slope * bid / (1.0 + self.slope * (between - less * share_third))
        supply_price = third_price * np.exp(rise)
        level, _ = index(supply_price)
        bundle = imports * partner ** (1.0 - between) * level**less
        direct = bundle * (1.0 - routed_share) / direct_price
        routed = bundle * routed_share / routed_price
        bought = third * level**less * supply_price**-between
        kept = 1.0 - self.in_all
        gone = np.where(
            kept == 0.0, np.log(level), np.expm1(kept * np.log(level)) / np.where(kept, kept, 1.0)
        )
        before = self.base * (1.0 - share) * imports + self.base_third * (third + share * imports)
        revenue = duty * direct + third_duty * (bought + routed) - before
        return _Bought(direct, routed, (spent + spent_third) * gone, revenue)

    def exporters_lose(self, bought: _Bought, duty: Array) -> Array:
        """The margin on what is not sold, and the part of a duty that sellers bear."""
        unsold = self.imports - bought.direct - bought.routed
        before = self.base * (1.0 - self.shared.route_share) * self.imports
        borne = (1.0 - self.rules.pass_through) * (duty * bought.direct - before)
        return self.margin * unsold + borne


class Table:
    """What a side's tariff does by place on its path, in one state of law, with the elasticities of
    the first year and of the long run; between the knots of a panel it is a quadratic.
    """

    def __init__(self, side: str, path: Path, law: LegalState, economy: Any) -> None:
        goods, self.edges = _Goods(side, economy), path.edges
        places = [self.edges[0]]
        for low, high in zip(self.edges, self.edges[1:], strict=False):
            places += [0.5 * (low + high), high]
        duty = np.array([path.duty(place, law) for place in places])
        third = goods.base_third
        if side == "us":
            third, void = third_duties(law.day)
            third = third - void if "third" in law.void else third
        third = third + law.added
        averages = [path.average(place, law) for place in places]
        ages = [self._knots(goods, duty, third, grown) for grown in (1.0, goods.rules.long_run)]
        # (age, knot, column) and (age, knot, column, group)
        self.at = np.array([self._sums(goods, duty, averages, columns) for columns in ages])
        self.by_group = np.array(ages)

    @staticmethod
    def _knots(goods: _Goods, duty: Array, third: Array, grown: float) -> Array:
        """Direct and routed imports, the importer's loss, government's cost, exporters' loss and
        revenue by knot, column and group.
        """
        rules = goods.rules
        now, base = goods.market(duty, third, grown), goods.market(goods.base, third, grown)
        buyers, revenue = now.buyers - base.buyers, now.revenue - base.revenue
        lost = goods.exporters_lose(now, duty) - goods.exporters_lose(base, goods.base)
        cost = buyers - rules.revenue_weight * revenue
        cost -= rules.protection_weight * (base.direct - now.direct)
        flow = now.direct / (1.0 - goods.shared.route_share)
        return np.stack([flow, now.routed, buyers - revenue, cost, lost, revenue], axis=1)

    @staticmethod
    def _sums(goods: _Goods, duty: Array, averages: list[float], columns: Array) -> Array:
        """The columns of :class:`Effects` by knot."""
        heard = columns[:, 2] @ goods.heard_at_home, columns[:, 4] @ goods.heard_abroad
        return np.column_stack([columns.sum(axis=2), duty @ goods.weights, averages, *heard])

    def _mix(self, knots: Array, place: float, grown: float) -> Array:
        panel = 0
        while panel < len(self.edges) - 2 and place > self.edges[panel + 1]:
            panel += 1
        low, high = self.edges[panel], self.edges[panel + 1]
        u = min(max((place - low) / (high - low), 0.0), 1.0) if high > low else 1.0
        weights = (1.0 - u) * (1.0 - 2.0 * u), 4.0 * u * (1.0 - u), u * (2.0 * u - 1.0)
        short, long = knots[0, 2 * panel : 2 * panel + 3], knots[1, 2 * panel : 2 * panel + 3]
        return np.tensordot(weights, short + grown * (long - short), 1)

    def read(self, place: float, grown: float) -> Effects:
        """What a tariff does at a place, where elasticities have grown by a share."""
        return Effects(*self._mix(self.at, place, grown).tolist())

    def groups(self, place: float, grown: float) -> Array:
        """Imports, the importer's loss, exporters' loss and revenue by group."""
        return self._mix(self.by_group, place, grown)[[0, 2, 4, 5]]


@lru_cache(64)
def table_of(side: str, first_day: int, law: LegalState, economy: Any) -> Table:
    """The table of a side in a state of law."""
    return Table(side, Path(side, first_day), law, economy)
