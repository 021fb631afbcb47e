"""Duties in law: which bases hold on a day, what courts strike down, and the path along which a side
gives its bases up (``docs/law.md``, ``docs/trade.md``).

The facts are the rows of ``sim/data``, as :mod:`sim.rules.customs` reads them; what is made of them
is worked out here anew. Arrays have a number for each group of goods; duties are ad valorem, days
count from 1 January 2018.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.rules.customs import facts
from sim.vocabulary import BASIS_FAMILIES, SIDES

if TYPE_CHECKING:
    from benchmarks.plain.model import PlainTruce

__all__ = ["JANUARY", "Law", "LegalState", "Path", "day_of", "third_duties"]

Array = np.ndarray[Any, Any]

_NEVER = 10**6
_LAST_RATES = (0.125, 0.25, 0.375, 0.5, 1.0, 2.0)
_EMERGENCY = ("fentanyl", "reciprocal")
# what a ruling strikes down
_STRUCK = {
    "void_fentanyl": ("fentanyl",),
    "void_reciprocal": ("reciprocal",),
    "void_ieepa": (*_EMERGENCY, "third"),
    "section_122": (),
}


def day_of(day: dt.date) -> int:
    """A date as bases count days."""
    return (day - dt.date(2018, 1, 1)).days


JANUARY = day_of(dt.date(2025, 1, 20))


class Basis(NamedTuple):
    """A row of the record: what it lays on whom, and while when."""

    side: str  # who levies it; "third" of US duties on third countries
    family: str
    first: int
    until: int
    limit: int
    rate: float
    factor: float
    collected: float
    void: float
    scope: Array

    def holds(self, day: int) -> bool:
        """Whether it is in force on a day."""
        ends = min(self.until, self.first + self.limit) if self.limit else self.until
        return self.first <= day < ends


@cache
def _bases() -> tuple[Basis, ...]:
    rows, names = facts().bases, [*SIDES, "third"]
    found = []
    for k in range(rows["count"]):
        side = names[rows["side"][k]]
        families = list(BASIS_FAMILIES["us" if side == "third" else side])
        found.append(
            Basis(
                side,
                families[rows["family"][k]],
                int(rows["from_day"][k]),
                int(rows["until_day"][k]),
                int(rows["limit_days"][k]),
                float(rows["rate"][k]),
                float(rows["factor"][k]),
                float(rows["collected"][k]),
                float(rows["void"][k]),
                rows["scope"][k],
            )
        )
    return tuple(found)


def _waived(side: str, family: str) -> Array:
    """The share of each group on which a family is written and not collected."""
    groups, number = facts().groups, list(SIDES).index(side)
    if (side, family) in {("us", "section_301"), ("cn", "lists_2018")}:
        return groups["waived"][number]
    exempt = groups["exempt"][number]
    return exempt if (side, family) == ("cn", "counter") else 0.0 * exempt


class Family(NamedTuple):
    """A side's bases of one kind: duty by group, points of the statutory average, both in force and
    per unit of their rate.
    """

    duty: Array
    points: float
    unit: Array
    points_of_unit: float


@cache
def _family(side: str, name: str, day: int) -> Family:
    """A family on a day; of one that is yet to come the unit it will have."""
    rows = [basis for basis in _bases() if (basis.side, basis.family) == (side, name)]
    seen, later = day, [basis.first for basis in rows if basis.first > day]
    if not any(basis.holds(day) for basis in rows):
        seen = min(later, default=_NEVER)
    rows = [basis for basis in rows if basis.holds(seen)]
    weights = facts().groups["weight"][list(SIDES).index(side)]
    duty, points = np.zeros(len(weights)), 0.0
    for basis in rows:
        written = basis.rate * basis.scope
        duty += written * basis.collected * (1.0 - _waived(side, name))
        points += basis.factor * float(written @ weights) / float(weights.sum())
    highest = max((basis.rate for basis in rows), default=0.0)
    in_force, per_rate = float(seen == day), 1.0 / highest if highest > 0.0 else 0.0
    return Family(in_force * duty, in_force * points, per_rate * duty, per_rate * points)


@cache
def third_duties(day: int) -> tuple[Array, Array]:
    """US duties on third countries on a day, and the part that stands on emergency powers."""
    rows = [basis for basis in _bases() if basis.side == "third" and basis.holds(day)]
    nothing = np.zeros(facts().groups["third"].shape[1])
    duties = [basis.rate * basis.scope for basis in rows]
    voids = [basis.void * duty for basis, duty in zip(rows, duties, strict=True)]
    return sum(duties, nothing), sum(voids, nothing)


class LegalState(NamedTuple):
    """What law makes of the bases: the day of the record, what fell, and section 122."""

    day: int
    void: frozenset[str] = frozenset()
    added: float = 0.0


class Path:
    """The bases that a side gives up, last in first out, from the ones that it keeps."""

    def __init__(self, side: str, first_day: int) -> None:
        self.side, self.names = side, list(BASIS_FAMILIES[side])
        self.first = {name: _family(side, name, first_day) for name in self.names}
        self.last, self.last_but_one = self.names[-1], self.names[-2]
        self.starts, place = {}, 0.0
        for name in self.names[:-1]:
            self.starts[name] = place
            place += self.first[name].points
        self.starts[self.last] = place

    @property
    def edges(self) -> list[float]:
        """Places between which what tariffs do is a quadratic."""
        low, high = self.starts[self.last_but_one], self.starts[self.last]
        unit = self.first[self.last].points_of_unit
        edges = [0.0, low, 0.5 * (low + high), high]
        return edges + [high + rate * unit for rate in _LAST_RATES]

    def _standing(self, place: float, law: LegalState) -> list[tuple[float, Family]]:
        """The families before the last that stand at a place, and the share of each."""
        found = []
        for name in self.names[:-1]:
            if name in law.void:
                continue
            points, share = self.first[name].points, 1.0
            if points > 0.0:
                share = min(max((place - self.starts[name]) / points, 0.0), 1.0)
            # what is no matter of the truce is as it is in law now
            bargained = name == self.last_but_one
            now = self.first[name] if bargained else _family(self.side, name, law.day)
            found.append((share, now))
        return found

    def duty(self, place: float, law: LegalState) -> Array:
        """The effective duty by group at a place."""
        last = _family(self.side, self.last, law.day)
        total = law.added + 0.0 * last.unit
        for share, family in self._standing(place, law):
            total = total + share * family.duty
        per_rate = self.first[self.last].points_of_unit
        if self.last not in law.void and per_rate > 0.0:
            total = total + max(0.0, place - self.starts[self.last]) / per_rate * last.unit
        return total

    def average(self, place: float, law: LegalState) -> float:
        """The statutory average at a place."""
        total = sum(share * family.points for share, family in self._standing(place, law))
        if self.last not in law.void:
            total += max(0.0, place - self.starts[self.last])
        return total + law.added


class Law:
    """The week's state of law: the record goes on, courts rule, section 122 comes and lapses, what fell
    is rebuilt.
    """

    def __init__(self, model: PlainTruce) -> None:
        self.model, self.rules = model, model.scenario.law
        self.first_day = day_of(dt.date.fromisoformat(model.scenario.calendar.start))
        self.day, self.next_day = self.first_day, self._next_change(self.first_day)
        self.void: set[str] = set()
        self.struck: set[str] = set()  # ever; what is rebuilt is not struck down again
        self.rebuilt: float = math.inf  # the week in which what fell stands on another statute
        self.section_122, self.section_122_ends = 0.0, 0

    def state_for(self, side: str) -> LegalState:
        """The state in which a side's duties stand: courts rule on Washington's."""
        if side == "cn":
            return LegalState(self.first_day)
        return LegalState(self.day, frozenset(self.void), self.section_122)

    @staticmethod
    def _next_change(day: int) -> int:
        """The next day on which duties outside the truce change."""

        def outside(basis: Basis) -> bool:
            kept = basis.side == "us" and basis.family not in _EMERGENCY
            return kept or basis.side == "third"

        days = [basis.first for basis in _bases() if outside(basis) and basis.first > day]
        return min(days, default=_NEVER)

    def go_on(self) -> None:
        """A week of the record."""
        today = self.first_day + 7 * self.model.week
        if self.next_day <= today:
            self.day, self.next_day = today, self._next_change(today)
        if self.model.week >= self.rebuilt:
            self.void &= {"third"}
        if self.section_122 > 0.0 and self.model.week >= self.section_122_ends:
            self.section_122 = 0.0
        self._tell_borders()

    def take_ruling(self, kind: str, rate: float) -> None:
        """A ruling, which Washington may answer by section 122; or section 122 of its own."""
        struck = set(_STRUCK[kind]) - self.struck
        self.void |= struck
        self.struck |= struck
        if struck:
            weeks = self.rules.rebuild_weeks
            self.rebuilt = self.model.week + weeks if weeks > 0 else math.inf
        if kind == "section_122":
            self._impose(rate)
        elif struck and self.rules.reinstates and self.section_122 <= 0.0:
            self._impose(self.rules.section_122_most)
        self._tell_borders()

    def _tell_borders(self) -> None:
        for side in self.model.governments:
            side.border.choose_table(self)

    def _impose(self, rate: float) -> None:
        weeks = -(-self.rules.section_122_days // 7)
        self.section_122 = min(rate, self.rules.section_122_most)
        self.section_122_ends = self.model.week + weeks
