"""A bargaining problem: issues with owner, worth and cost, and what each side has without
agreement.

The efficient packages are those of :mod:`sim.rules.packages`, in closed form. The worth of a
package is accurate to 1e-9 of
:attr:`BargainingProblem.size`, and so is the target of :meth:`BargainingProblem.worth_to`. What
that package leaves the other side is accurate to 1e-7, because near an end of the frontier a small
change of one utility is a large change of the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
from scipy.optimize import brentq

from sim.rules.codes import CN, US
from sim.rules.measures import MOST_ISSUES
from sim.rules.packages import efficient, prepare, values, worth
from sim.rules.state import PROBLEM, ROOM
from sim.rules.tracks import EVERY, TRUTH, fill_problem, no_deal_value
from sim.theory.inputs import finite, integer

__all__ = ["BargainingProblem", "Point", "problem_at"]

_COLUMNS = ("benefit", "linear", "convex", "red_line")
_LARGEST = 1e9
# least convex cost against benefit and linear cost: below it segments of the frontier are too
# straight to invert
_BENT = 1e-5
_MOST_WEIGHT = 1e12
_LOG_MOST = math.log(_MOST_WEIGHT)
_SAME = 1e-13
_CLEAR = 1e-9
_FARTHEST = 1e6


class Point(NamedTuple):
    """A package and what it is worth: ``levels`` (issues,), ``us`` and ``cn`` in the problem's
    units.

    Examples
    --------
    >>> Point(np.asarray([0.5]), us=-2.0, cn=5.0).cn
    5.0
    """

    levels: np.ndarray
    us: float
    cn: float


@dataclass(frozen=True)
class BargainingProblem:
    """Issues between two sides (``docs/model.md``).

    Attributes
    ----------
    owner
        0 where the US can concede the issue, 1 where China can.
    benefit
        Worth of full concession to the other side, 0 to 1e9.
    linear, convex
        The owner's cost of conceding x: linear x + convex x**2. Linear from -1e9 to 1e9; convex up
        to 1e9, and at least 1e-5 of the issue's benefit and linear cost.
    red_line
        The most its owner concedes, 0 to 1.
    disagreement
        What the US and China have without agreement, neither beyond a million times the problem's
        size.

    Raises
    ------
    ValueError
        Columns of different length, none or more than twenty-four issues, or values that are not finite
        or out of range.

    Examples
    --------
    Each side has one issue, worth 10 to the other at a cost of x + 6 x**2. Half of both: 10 / 2 - 1
    / 2 - 6 / 4.

    >>> problem = BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1])
    >>> problem.value([0.5, 0.5]).us
    3.0
    """

    owner: Sequence[int]
    benefit: Sequence[float]
    linear: Sequence[float]
    convex: Sequence[float]
    red_line: Sequence[float]
    disagreement: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        columns = {name: _column(name, getattr(self, name)) for name in ("owner", *_COLUMNS)}
        lengths = [len(column) for column in columns.values()]
        if len(set(lengths)) != 1 or not 1 <= lengths[0] <= MOST_ISSUES:
            raise ValueError(f"columns of one length, 1 to {MOST_ISSUES} issues; given {lengths}")
        if not set(columns["owner"]) <= {0, 1}:
            raise ValueError(f"owner must be 0 (US) or 1 (China); given {list(self.owner)}")
        for benefit, linear, convex, red_line in zip(
            *(columns[name] for name in _COLUMNS), strict=True
        ):
            if convex <= 0.0 or benefit < 0.0 or not 0.0 <= red_line <= 1.0:
                given = f"given {convex:g}, {benefit:g}, {red_line:g}"
                raise ValueError(
                    f"convex must be above 0, benefit not below 0, red_line from 0 to 1; {given}"
                )
            if max(convex, benefit, abs(linear)) > _LARGEST or convex < _BENT * max(
                benefit, abs(linear)
            ):
                given = f"given convex {convex:g}, benefit {benefit:g}, linear {linear:g}"
                raise ValueError(
                    f"at most {_LARGEST:g}, and convex at least {_BENT:g} of benefit and linear; {given}"
                )
        floors = _column("disagreement", self.disagreement)
        if len(floors) != 2 or max(abs(floor) for floor in floors) > _FARTHEST * self.size:
            raise ValueError(
                f"disagreement must be two numbers not beyond {_FARTHEST:g} times the size; given {floors}"
            )

    @cached_property
    def row(self) -> Any:
        """The problem as the rules take it, prepared."""
        record = np.zeros(1, PROBLEM)
        record["count"] = len(self.owner)
        for name in ("owner", *_COLUMNS):
            record[name][0, : len(self.owner)] = getattr(self, name)
        prepare(record[0], np.zeros(ROOM))
        return record[0]

    @cached_property
    def size(self) -> float:
        """The sum of benefits and costs, against which rounding is measured.

        Examples
        --------
        >>> BargainingProblem([0, 1], [10, 10], [-1, 1], [6, 6], [1, 1]).size
        34.0
        """
        return float(
            sum(np.abs(getattr(self, name)).sum() for name in ("benefit", "linear", "convex"))
        )

    def at_weight(self, weight: float) -> Point:
        """The efficient package where a unit of China's utility counts ``weight`` units of the
        US's, from 1e-12 to 1e12.

        Raises
        ------
        ValueError
            A weight out of range.

        Examples
        --------
        At even weight each side concedes up to 10 = 1 + 2 * 6 x:

        >>> problem = BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1])
        >>> problem.at_weight(1.0).levels.tolist()
        [0.75, 0.75]
        """
        number = finite("weight", weight)
        if not 1.0 / _MOST_WEIGHT <= number <= _MOST_WEIGHT:
            raise ValueError(f"weight must be from 1e-12 to 1e12; given {weight}")
        package = np.zeros(ROOM)
        efficient(self.row, number, package)
        return self._point(package)

    def worth_to(self, side: SupportsIndex, target: float) -> Point:
        """The efficient package worth ``target`` to ``side`` (0 US, 1 China); the nearer end of the
        frontier if there is none.

        Raises
        ------
        ValueError
            Another side, or a target that is not finite.

        Examples
        --------
        At 3/4 of both each has 7.5 less 3/4 less 6 * 9/16; beyond 10 for the US China has nothing
        more to give:

        >>> problem = BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1])
        >>> problem.worth_to(0, 3.375).cn, problem.worth_to(0, 99.0).us
        (3.375, 10.0)
        """
        which, wanted, package = (
            integer("side", side, int(US), int(CN)),
            finite("target", target),
            np.zeros(ROOM),
        )
        worth(self.row, which, wanted, package)
        point = self._point(package)
        return (
            point
            if abs((point.us, point.cn)[which] - wanted) <= _SAME * self.size
            else self._search(which, wanted)
        )

    def value(self, levels: Sequence[float] | np.ndarray) -> Point:
        """What a package is worth.

        Parameters
        ----------
        levels
            A level from 0 to 1 for each issue; beyond a red line too, though its owner would not
            agree.

        Raises
        ------
        ValueError
            Another number of levels, or one out of range.

        Examples
        --------
        The US concedes all: 10 to China, at 1 + 6 to itself.

        >>> problem = BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1])
        >>> problem.value([1.0, 0.0])[1:]
        (-7.0, 10.0)
        """
        given = _column("levels", levels)
        if len(given) != len(self.owner) or not all(0.0 <= level <= 1.0 for level in given):
            raise ValueError(
                f"a level from 0 to 1 for each of {len(self.owner)} issues; given {given}"
            )
        package = np.zeros(ROOM)
        package[: len(given)] = given
        return self._point(package)

    @property
    def gains(self) -> bool:
        """Whether some package leaves both sides above disagreement, each by more than a billionth
        of the problem's size.

        Examples
        --------
        The most that both can have alike is 3.375 each, at 3/4 of both issues:

        >>> BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1], (3.3, 3.3)).gains
        True
        >>> BargainingProblem([0, 1], [10, 10], [1, 1], [6, 6], [1, 1], (3.4, 3.4)).gains
        False
        """
        us, cn = self.disagreement
        clear = _CLEAR * self.size
        most_us, most_cn = self.worth_to(CN, cn), self.worth_to(US, us)
        return most_us.us > us + clear and most_cn.cn > cn + clear

    def _search(self, side: int, target: float) -> Point:
        """:meth:`worth_to` by root search, for targets beyond the frontier and where the closed
        form loses digits.
        """

        def over(log_weight: float) -> float:
            point = self.at_weight(_weight(log_weight))
            return (point.us, point.cn)[side] - target

        low, high = (_LOG_MOST, -_LOG_MOST) if side == US else (-_LOG_MOST, _LOG_MOST)
        if over(low) >= 0.0:
            return self.at_weight(_weight(low))
        if over(high) <= 0.0:
            return self.at_weight(_weight(high))
        return self.at_weight(_weight(brentq(over, low, high, xtol=1e-15, rtol=8.9e-16)))

    def _point(self, package: np.ndarray) -> Point:
        us, cn = values(self.row, package)
        return Point(package[: len(self.owner)].copy(), float(us), float(cn))


def _weight(logarithm: float) -> float:
    """The weight of a logarithm, within range despite its rounding."""
    return min(max(math.exp(logarithm), 1.0 / _MOST_WEIGHT), _MOST_WEIGHT)


def _column(name: str, given: object) -> list[float]:
    """The numbers of a column."""
    if isinstance(given, str) or not hasattr(given, "__len__") or not hasattr(given, "__iter__"):
        raise ValueError(f"{name} must be a list of numbers; given {given!r}")
    return [finite(name, value) for value in given]


def problem_at(state: Any, params: Any, track: int = int(EVERY)) -> BargainingProblem:
    """The true problem of a running model on a track (by its code; the number of tracks means every
    issue), with the value of no deal. Levels count from the least that an offer on the track may
    have: of what pays for controls, from what is agreed.

    Parameters
    ----------
    state, params
        ``model.state.whole[0]`` and ``model.params.record``, after a first step.
    track
        Which issues.

    Raises
    ------
    ValueError
        Another track, or one on which nothing is bargained.

    Examples
    --------
    >>> import sim
    >>> model = sim.TruceModel(seed=1, collect="none")
    >>> model.step()
    >>> len(problem_at(model.state.whole[0], model.params.record).owner)
    11
    """
    which = integer("track", track, 0, int(EVERY))
    record = np.zeros(1, PROBLEM)[0]
    fill_problem(state, params, record, which, TRUTH)
    count = int(record["count"])
    if count == 0:
        raise ValueError(f"no issue is bargained on track {which}")
    columns = {name: record[name][:count].tolist() for name in ("owner", *_COLUMNS)}
    us, cn = (float(no_deal_value(state, params, side, which)) for side in (US, CN))
    least = record["least"][:count].copy()
    us_least, cn_least = values(record, record["least"])
    columns["linear"] = (record["linear"][:count] + 2.0 * record["convex"][:count] * least).tolist()
    columns["red_line"] = (record["red_line"][:count] - least).tolist()
    return BargainingProblem(**columns, disagreement=(us - us_least, cn - cn_least))
