"""Boxes of settings in which an outcome is common: what a box is, how well it does on points that
did not shape it, and what chance would give.

The words are those of scenario discovery (Bryant and Lempert 2010). *Density* is the outcome's
share inside the box, *coverage* the part of all runs with the outcome that lie inside, *mass* the
part of the points that do. A box drawn blindly has the density of the whole and a coverage of its
mass. The *score* of a box is the correlation between lying in it and the share at a point: it is
largest for the box that explains most of what differs between points, and under a permutation of
the shares it has the same distribution whatever the size of the box, which densities have not. So
one test holds for all boxes that were considered (Westfall and Young 1993: the largest score of
each permutation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.shares import wilson

__all__ = [
    "LEVEL",
    "MOST_LEVERS",
    "Box",
    "Chance",
    "Domain",
    "Limit",
    "chance_of",
    "coverage_interval",
    "difference_interval",
    "distinct",
    "polished",
    "readable",
    "relaxed",
    "score",
    "with_few_levers",
]

MOST_LEVERS = 3  # of a box: more do not fit into a sentence
LEVEL = 0.01  # of the test against chance: on noise a box passes once in a hundred times
_PERMUTATIONS = 999
_STEPS = 40  # a readable step is at most this part of a lever's range
_IDLE = (
    0.01  # of the score: a limit that adds less is dropped, because each costs the reader a clause
)
_QUANTILES = 300  # of each share: the ends are then known to a tenth of a point
_TINY = 1e-12
Columns = Mapping[str, Any]


class Domain(NamedTuple):
    """What a lever is drawn over: from ``low`` to ``high``, in ``whole`` numbers where it is
    counted, or one of ``values``.
    """

    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    values: tuple[Any, ...] = ()


class Limit(NamedTuple):
    """What a box asks of a lever: a number from ``low`` to ``high``, ends included, or one of
    ``values``.
    """

    low: float = 0.0
    high: float = 0.0
    values: tuple[Any, ...] = ()

    def holds(self, column: Any) -> np.ndarray:
        """Which values of a column meet it."""
        given = np.asarray(column)
        if self.values:
            return np.isin(given, self.values)
        return (given >= self.low) & (given <= self.high)


@dataclass(frozen=True)
class Box:
    """Limits by the name of the lever; a box without limits holds every point.

    Examples
    --------
    >>> box = Box({"x": Limit(0.5, 1.0)})
    >>> box.holds({"x": np.asarray([0.2, 0.5, 0.9])}).tolist()
    [False, True, True]
    """

    limits: Mapping[str, Limit]

    def holds(self, columns: Columns) -> np.ndarray:
        """Which points lie inside, shape (points,)."""
        inside = [limit.holds(columns[name]) for name, limit in self.limits.items()]
        if inside:
            return np.logical_and.reduce(inside)
        return np.ones(len(columns[next(iter(columns))]), bool)

    def without(self, name: str) -> Box:
        """The box without its limit on a lever."""
        return Box({other: limit for other, limit in self.limits.items() if other != name})

    def put(self, name: str, limit: Limit) -> Box:
        """The box with another limit on a lever."""
        return Box({**self.limits, name: limit})


def score(inside: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Correlation between lying in a box and the share at a point; 0 where either does not vary.

    Parameters
    ----------
    inside
        Which points lie in each box, shape (..., points).
    shares
        Share of the outcome at each point, shape (points,).

    Examples
    --------
    >>> round(float(score(np.asarray([True, True, False, False]), np.asarray([1.0, 1.0, 0.0, 0.0]))), 6)
    1.0
    """
    # sums, not a matrix product, whose last bits differ from one processor to the next
    return (_standardised(np.asarray(inside, float)) * _standardised(shares)).sum(axis=-1)


def _standardised(values: np.ndarray) -> np.ndarray:
    """Values less their mean, of length one along the last axis; 0 where they do not vary."""
    gap = values - values.mean(axis=-1, keepdims=True)
    length = np.sqrt((gap**2).sum(axis=-1, keepdims=True))
    return np.divide(gap, length, out=np.zeros_like(gap), where=length > _TINY)


def with_few_levers(box: Box, columns: Columns, shares: np.ndarray) -> Box:
    """A box of at most three levers: that which costs least of the score is let go first.

    Examples
    --------
    The share follows three of four levers:

    >>> columns = dict(zip("abcd", np.random.default_rng(0).random((4, 500)), strict=True))
    >>> box = Box({name: Limit(0.4, 1.0) for name in columns})
    >>> sorted(with_few_levers(box, columns, box.without("c").holds(columns)).limits)
    ['a', 'b', 'd']
    """
    while len(box.limits) > MOST_LEVERS:
        box = max((box.without(name) for name in box.limits), key=_scored(columns, shares))
    return box


def relaxed(box: Box, columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]) -> Box:
    """A box without the limits that add less than a hundredth to its score, of each lever and of
    each end.

    Examples
    --------
    The share follows ``a`` from a half on; its upper end and the limit on ``b`` add nothing:

    >>> columns = dict(zip("ab", np.random.default_rng(0).random((2, 500)), strict=True))
    >>> box = Box({"a": Limit(0.5, 0.999), "b": Limit(0.001, 1.0)})
    >>> domains = {name: Domain(0.0, 1.0) for name in columns}
    >>> relaxed(box, columns, columns["a"] >= 0.5, domains).limits
    {'a': Limit(low=0.5, high=1.0, values=())}
    """
    scored = _scored(columns, shares)
    while box.limits:
        best = max(_wider(box, domains), key=scored)
        if scored(best) < (1.0 - _IDLE) * scored(box):
            return box
        box = best
    return box


def _scored(columns: Columns, shares: np.ndarray) -> Any:
    return lambda box: float(score(box.holds(columns), shares))


def _wider(box: Box, domains: Mapping[str, Domain]) -> list[Box]:
    """Each way to give up one limit."""
    found = [box.without(name) for name in box.limits]
    for name, limit in box.limits.items():
        domain = domains[name]
        if not domain.values and limit.low > domain.low and limit.high < domain.high:
            found.append(box.put(name, Limit(domain.low, limit.high)))
            found.append(box.put(name, Limit(limit.low, domain.high)))
    return found


def polished(box: Box, columns: Columns, shares: np.ndarray, domains: Mapping[str, Domain]) -> Box:
    """A readable box whose ends are moved, a few readable steps at a time, while its score rises.

    What peels a twentieth of the points at a time leaves an end up to that much too far in, or out.

    Examples
    --------
    >>> columns = {"a": np.linspace(0.0, 1.0, 401)}
    >>> box = Box({"a": Limit(0.44, 1.0)})
    >>> polished(box, columns, columns["a"] >= 0.5, {"a": Domain(0.0, 1.0)}).limits
    {'a': Limit(low=0.5, high=1.0, values=())}
    """
    scored = _scored(columns, shares)
    while True:
        best = max(_moved(box, domains), key=scored, default=box)
        if scored(best) <= scored(box) + _TINY:
            return readable(box, domains)
        box = best


def _moved(box: Box, domains: Mapping[str, Domain]) -> list[Box]:
    """A box with each of its ends a few steps further out or in."""
    found = []
    for name, limit in box.limits.items():
        domain = domains[name]
        step = 0.0 if domain.values else 1.0 if domain.whole else _step(domain)
        for move in (-4, -2, -1, 1, 2, 4) if step else ():
            low, high = limit.low + move * step, limit.high + move * step
            if limit.low > domain.low and domain.low <= low <= limit.high:
                found.append(box.put(name, Limit(_rounded(low, step), limit.high)))
            if limit.high < domain.high and limit.low <= high <= domain.high:
                found.append(box.put(name, Limit(limit.low, _rounded(high, step))))
    return found


def readable(box: Box, domains: Mapping[str, Domain]) -> Box:
    """A box with limits that can be said: numbers in steps of 1, 2 or 5 at most a fortieth of the
    range, whole numbers where they are counted; a limit at the end of the range is none.

    Examples
    --------
    >>> domains = {"x": Domain(0.0, 1.0), "weeks": Domain(1, 12, whole=True)}
    >>> readable(Box({"x": Limit(0.4973, 0.9991), "weeks": Limit(1.0, 4.5)}), domains).limits
    {'x': Limit(low=0.5, high=1.0, values=()), 'weeks': Limit(low=1.0, high=4.0, values=())}
    """
    limits = {name: _said(limit, domains[name]) for name, limit in box.limits.items()}
    return Box(
        {name: limit for name, limit in limits.items() if not _is_whole(limit, domains[name])}
    )


def _said(limit: Limit, domain: Domain) -> Limit:
    if domain.values:
        return Limit(values=tuple(value for value in domain.values if value in limit.values))
    if domain.whole:
        return Limit(float(np.ceil(limit.low)), float(np.floor(limit.high)))
    low, high = (_in_steps(end, domain) for end in limit[:2])
    return Limit(max(low, domain.low), min(high, domain.high))


def _in_steps(value: float, domain: Domain) -> float:
    """A number in readable steps; that of the range's end where it is within half a step of it."""
    step = _step(domain)
    for end in (domain.low, domain.high):
        if abs(value - end) <= step / 2.0:
            return end
    return _rounded(round(value / step) * step, step)


def _step(domain: Domain) -> float:
    """1, 2 or 5 times a power of ten: the largest that is at most a fortieth of the range."""
    most = (domain.high - domain.low) / _STEPS
    power = 10.0 ** np.floor(np.log10(most))
    return float(power * max(size for size in (1, 2, 5) if size * power <= most * (1.0 + 1e-9)))


def _rounded(value: float, step: float) -> float:
    """A multiple of a step without the last digits of its binary form."""
    return float(round(value, int(max(0.0, 1.0 - np.floor(np.log10(step))))))


def _is_whole(limit: Limit, domain: Domain) -> bool:
    """Whether a limit leaves out nothing."""
    if domain.values:
        return len(limit.values) == len(domain.values)
    return limit.low <= domain.low and limit.high >= domain.high


class Chance(NamedTuple):
    """What chance gives: ``p``, for each box the share of permutations whose largest score reaches
    its own, and ``least``, the score that the largest of a permutation passes once in a hundred
    times.
    """

    p: np.ndarray
    least: float


def chance_of(inside: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> Chance:
    """Test boxes on points that did not shape them, by permuting the shares of these points.

    Parameters
    ----------
    inside
        Which points lie in each box, shape (boxes, points).
    shares
        Share of the outcome at each point, shape (points,).
    rng
        Draws the permutations.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> inside = np.arange(200)[None, :] < 50
    >>> found = chance_of(inside, np.where(inside[0], 0.8, 0.1), rng)
    >>> float(found.p[0]), bool(found.least < 0.3)
    (0.001, True)
    """
    own = score(inside, shares)
    members, standard = _standardised(np.asarray(inside, float)), _standardised(shares)
    largest = np.sort(
        [
            (members * rng.permutation(standard)).sum(axis=1).max(initial=0.0)
            for _ in range(_PERMUTATIONS)
        ]
    )
    reached = len(largest) - np.searchsorted(largest, own - _TINY)
    return Chance((1.0 + reached) / (1.0 + len(largest)), float(np.quantile(largest, 1.0 - LEVEL)))


def difference_interval(hits: Sequence[int], of: Sequence[int]) -> tuple[float, float, float]:
    """A share less another of independent runs, and the ends of its 95 % interval (Newcombe 1998,
    his method 10: score intervals put together).

    Examples
    --------
    Newcombe's example (a), 56 of 70 against 48 of 80:

    >>> [round(end, 4) for end in difference_interval((56, 48), (70, 80))]
    [0.2, 0.0524, 0.3339]
    """
    (one, other), low, high = _shares(hits, of)
    gap = one - other
    below = np.hypot(one - low[0], high[1] - other)
    above = np.hypot(high[0] - one, other - low[1])
    return float(gap), float(max(-1.0, gap - below)), float(min(1.0, gap + above))


def coverage_interval(
    hits: Sequence[int], of: Sequence[int], mass: float
) -> tuple[float, float, float]:
    """The part of all runs with the outcome that lies inside, and the ends of its 95 % interval,
    from runs inside and outside (two numbers each) and the mass of the box.

    Both shares have Jeffreys' distribution (Brown, Cai, DasGupta 2001), and the ends are quantiles
    of the coverage under it: ratios of score intervals fail where the outcome is rare outside. NaN
    where the outcome never came.

    Examples
    --------
    Half of the runs inside and a tenth of those outside a box of a fifth of the points:

    >>> [round(end, 2) for end in coverage_interval((50, 10), (100, 100), 0.2)]
    [0.56, 0.41, 0.71]
    """
    from scipy.special import betaincinv

    inside, outside = (count / total for count, total in zip(hits, of, strict=True))
    if inside + outside == 0.0:
        return float("nan"), float("nan"), float("nan")
    cells = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    one, other = (
        betaincinv(count + 0.5, total - count + 0.5, cells)
        for count, total in zip(hits, of, strict=True)
    )
    found = _covered(one[:, None], other[None, :], mass)
    value = float(_covered(inside, outside, mass))
    low, high = np.quantile(found, [0.025, 0.975])
    return value, float(min(value, low)), float(max(value, high))


def _covered(inside: Any, outside: Any, mass: float) -> Any:
    """Coverage at shares inside and outside."""
    return mass * inside / (mass * inside + (1.0 - mass) * outside)


def _shares(hits: Sequence[int], of: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count, total = np.asarray(hits, float), np.asarray(of, float)
    low, high = wilson(count, total)
    return count / total, low, high


def distinct(boxes: Iterable[Box]) -> list[Box]:
    """Boxes, each once, in their order.

    Examples
    --------
    >>> one, other = Box({"a": Limit(0.0, 0.5)}), Box({"a": Limit(0.5, 1.0)})
    >>> distinct([one, other, one]) == [one, other]
    True
    """
    found: dict[tuple[Any, ...], Box] = {}
    for box in boxes:
        found.setdefault(tuple(sorted(box.limits.items())), box)
    return list(found.values())
