"""The duties that hold on a day, basis by basis in words and numbers, and what a ruling takes away.

The numbers are those of the rules (:mod:`sim.rules.law`), a basis at a time; the words those of
``sim/data/tariff_bases.csv``. See docs/law.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.config.groups.law import Law
from sim.history.dataset import tariff_bases
from sim.rules.codes import CN, US, code
from sim.rules.customs import BASES, STACK, THIRD, day_of, facts
from sim.rules.law import (
    effective_average,
    holds,
    set_stack,
    statutory_average,
    third_average,
)
from sim.vocabulary import BASIS_FAMILIES, RULINGS, SHOCK_KINDS, Family

__all__ = ["FIRST_DAY", "LAST_DAY", "SECTION_122_MOST", "VOIDS", "Basis", "Duties", "duties"]

FIRST_DAY, LAST_DAY = "2018-01-01", "2025-08-31"  # of the record
SECTION_122_MOST = Law().section_122_most
VOIDS = {kind.removeprefix("void_"): SHOCK_KINDS[kind].voids for kind in RULINGS}
"""What a ruling can strike down -> the bases that fall."""
_SIDES = {"us": int(US), "cn": int(CN), "us_third": int(THIRD)}
_SECTION_122 = "us_122"


@dataclass(frozen=True)
class Basis:
    """A legal basis in force on a day.

    ``side`` levies it (``us_third``: on third countries); ``family`` is its place in the order of
    concession. ``rate`` is ad valorem, None where it differs by group; ``statutory`` and
    ``effective`` are its points in the averages, ad valorem, of which third countries have the
    second alone. ``start`` and ``end`` are days, ``end`` that from which a limit or a suspension
    ends ('' for none); ``suspended`` the points that come back then unless prolonged. ``void`` says
    whether the ruling asked about strikes it down, ``added`` whether the question puts it in place.
    """

    name: str
    side: str
    family: str
    rate: float | None
    statutory: float | None
    effective: float
    start: str
    end: str
    suspended: float
    void: bool
    added: bool
    statute: str
    scope: str
    ends: str
    source: str


@dataclass(frozen=True)
class Duties:
    """The bases in force on a ``day``, with those that a ruling strikes down and those that the
    question adds.
    """

    day: str
    bases: tuple[Basis, ...]

    def of(self, side: str) -> tuple[Basis, ...]:
        """The bases of a side, in the order in which they would be conceded last."""
        return tuple(basis for basis in self.bases if basis.side == side)

    def changed(self, side: str) -> bool:
        """Whether the question changes what a side levies."""
        return any(basis.void or basis.added for basis in self.of(side))

    def statutory(self, side: str, *, after: bool = False) -> float:
        """A side's statutory average, ad valorem, as it stood or after what was asked."""
        return sum(basis.statutory or 0.0 for basis in self._counted(side, after))

    def effective(self, side: str, *, after: bool = False) -> float:
        """A side's effective average, ad valorem, as it stood or after what was asked."""
        return sum(basis.effective for basis in self._counted(side, after))

    def _counted(self, side: str, after: bool) -> Iterator[Basis]:
        return (one for one in self.of(side) if not (one.void if after else one.added))


def duties(day: str, void: Collection[str] = (), section_122: float = 0.0) -> Duties:
    """The bases in force on a day.

    Parameters
    ----------
    day
        From 1 January 2018 on; the rows end in August 2025, so later days have what stood then, less
        what ends by its own limit.
    void
        Names of :data:`VOIDS`.
    section_122
        Rate of section 122, ad valorem, put in place on the day on the goods of all countries; 0
        for none.

    Examples
    --------
    >>> round(100 * duties("2025-08-12").statutory("us"), 1)
    51.2
    >>> round(100 * duties("2025-08-12", void=["ieepa"]).statutory("us", after=True), 1)
    24.4
    """
    number = day_of(dt.date.fromisoformat(day))
    struck = {basis for name in void for basis in VOIDS[name]}
    # blank cells are NaN in the table, and '' here
    table = tariff_bases().astype(object)
    rows: list[dict[str, Any]] = table.where(table.notna(), "").to_dict("records")
    found = []
    for k, row in enumerate(rows):
        alone = _alone(k)
        if row["basis"] == _SECTION_122 and section_122 > 0.0:
            alone["rate"][0], alone["from_day"][0] = section_122, number
            for side in ("us", "us_third"):
                alone["side"][0] = _SIDES[side]
                found.append(_basis({**row, "side": side}, alone, number, added=True))
        elif holds(alone, 0, number):
            found.append(_basis(row, alone, number, void=row["basis"] in struck))
    return Duties(
        day, tuple(sorted(found, key=lambda one: (_SIDES[one.side], _family(one.name).code)))
    )


def _basis(
    row: dict[str, Any], alone: Any, day: int, *, void: bool = False, added: bool = False
) -> Basis:
    """One row in force: its words, and its record."""
    start, limit = int(alone["from_day"][0]), int(alone["limit_days"][0])
    until = row["suspended_until"] and row["suspended_until"].date().isoformat()
    statutory, effective = _points(alone, day)
    return Basis(
        name=row["basis"],
        side=row["side"],
        family=_family(row["basis"]).label,
        rate=None if row["kind"] == "rate_by_group" else float(alone["rate"][0]),
        statutory=statutory,
        effective=effective,
        start=_date(start),
        end=_date(start + limit) if limit else until,
        suspended=float(alone["suspended"][0]),
        void=void,
        added=added,
        statute=row["statute"],
        scope=row["scope"],
        ends=row["how_it_ends"],
        source=row["source"],
    )


def _family(basis: str) -> Family:
    return next(
        family
        for terms in BASIS_FAMILIES.values()
        for family in terms.values()
        if basis in family.bases
    )


def _alone(place: int) -> Any:
    """The record of bases with one row in it."""
    bases, alone = facts().bases, np.zeros(1, BASES)[0]
    alone["count"] = 1
    for name in BASES.names or ():
        if name != "count":
            alone[name][0] = bases[name][place]
    return alone


def _points(alone: Any, day: int) -> tuple[float | None, float]:
    """Statutory and effective points of the one row; of third countries the second alone."""
    groups, stack = facts().groups, np.zeros(1, STACK)[0]
    set_stack(groups, alone, stack, day)
    side = code(int(alone["side"][0]))
    if side == THIRD:
        return None, third_average(groups, stack["third"])
    return statutory_average(stack, side), effective_average(groups, stack, side)


def _date(day: int) -> str:
    return (dt.date.fromisoformat(FIRST_DAY) + dt.timedelta(days=day)).isoformat()
