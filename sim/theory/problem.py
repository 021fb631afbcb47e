"""A bargaining problem as a value: issues with owner, worth and cost, and what each side has without agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, SupportsIndex

import numpy as np

from sim.rules.measures import MOST_ISSUES
from sim.rules.packages import efficient, prepare, values, worth
from sim.rules.state import CN, PROBLEM, ROOM, US
from sim.rules.tables import EVERY, TRUTH, fill_problem, no_deal_value

__all__ = ["BargainingProblem", "Point", "problem_at"]


class Point(NamedTuple):
    """A package and what it is worth: ``levels`` (issues,), ``us`` and ``cn`` in the problem's units."""

    levels: np.ndarray
    us: float
    cn: float


@dataclass(frozen=True)
class BargainingProblem:
    """Issues between two sides (MODEL.md section 4).

    Attributes
    ----------
    owner
        0 where the US can concede the issue, 1 where China can.
    benefit
        Worth of full concession to the other side.
    linear, convex
        The owner's cost of conceding x: linear x + convex x**2; convex above 0.
    red_line
        The most its owner concedes, 0 to 1.
    disagreement
        What the US and China have without agreement.

    Raises
    ------
    ValueError
        Columns of different length, more than twelve issues, or values out of range.
    """

    owner: Sequence[int]
    benefit: Sequence[float]
    linear: Sequence[float]
    convex: Sequence[float]
    red_line: Sequence[float]
    disagreement: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        columns = (self.owner, self.benefit, self.linear, self.convex, self.red_line)
        if len({len(column) for column in columns}) != 1 or not 1 <= len(self.owner) <= MOST_ISSUES:
            raise ValueError(
                f"columns of one length, 1 to {MOST_ISSUES} issues; given {[len(column) for column in columns]}"
            )
        if not set(self.owner) <= {0, 1}:
            raise ValueError(f"owner must be 0 (US) or 1 (China); given {list(self.owner)}")
        if min(self.convex) <= 0.0 or min(self.benefit) < 0.0 or min(self.red_line) < 0.0 or max(self.red_line) > 1.0:
            raise ValueError("convex must be above 0, benefit not below 0, red_line from 0 to 1")

    @cached_property
    def row(self) -> Any:
        """The problem as the rules take it, prepared."""
        record = np.zeros(1, PROBLEM)
        record["count"] = len(self.owner)
        for name in ("owner", "benefit", "linear", "convex", "red_line"):
            record[name][0, : len(self.owner)] = getattr(self, name)
        prepare(record[0], np.zeros(ROOM))
        return record[0]

    def at_weight(self, weight: float) -> Point:
        """The efficient package where a unit of China's utility counts ``weight`` units of the US's."""
        package = np.zeros(ROOM)
        efficient(self.row, float(weight), package)
        return self._point(package)

    def worth_to(self, side: SupportsIndex, target: float) -> Point:
        """The efficient package worth ``target`` to ``side``; the frontier's nearer end where none is."""
        package = np.zeros(ROOM)
        worth(self.row, side, float(target), package)
        return self._point(package)

    def value(self, levels: Sequence[float] | np.ndarray) -> Point:
        """What a package is worth."""
        package = np.zeros(ROOM)
        package[: len(self.owner)] = levels
        return self._point(package)

    @property
    def gains(self) -> bool:
        """Whether some package leaves both sides above disagreement."""
        us, cn = self.disagreement
        return self.worth_to(CN, cn).us > us and self.worth_to(US, us).cn > cn

    def _point(self, package: np.ndarray) -> Point:
        us, cn = values(self.row, package)
        return Point(package[: len(self.owner)].copy(), float(us), float(cn))


def problem_at(state: Any, params: Any, table: int = int(EVERY)) -> BargainingProblem:
    """The true problem of a running model at a table (0 trade, 1 security, 2 every issue), with the value of no deal.

    Parameters
    ----------
    state, params
        ``model.state.whole[0]`` and ``model.params.record``.
    table
        Which issues.
    """
    record = np.zeros(1, PROBLEM)[0]
    fill_problem(state, params, record, table, TRUTH)
    count = int(record["count"])
    columns = {name: record[name][:count].tolist() for name in ("owner", "benefit", "linear", "convex", "red_line")}
    floor = tuple(float(no_deal_value(state, params, side, table)) for side in (US, CN))
    return BargainingProblem(**columns, disagreement=(floor[0], floor[1]))
