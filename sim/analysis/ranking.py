"""Which setting moves the outcomes most, and whether any does: decided once, for the printed answer
and the figure of indices.

A setting stands out where its index exceeds the 95 % quantile of the largest index by chance
(Bonferroni over the settings). The first is named alone only where the interval of its difference
from every other excludes 0, corrected for the number of comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.indices import Index
from sim.analysis.sensitivity import Estimate, Size, Table, estimates
from sim.batch.sweep import Sweep
from sim.vocabulary import OUTCOMES

__all__ = ["Ranking", "needed_by_error", "rank_estimates", "rank_settings"]

_LEVEL, _POWER = 0.05, 0.8
_SHOWN = 0.05  # share of variance that a large enough design would show (judgement)
_FAR = 1_000  # times the design: what more would be needed for is as good as equal (judgement)


class Ranking(NamedTuple):
    """Settings by what they explain, the strongest first.

    ``leaders`` lists the strongest setting that stands out, then all that do not differ from it
    significantly; empty where none stands out. ``size`` is the size of the design; with ``needed``
    points or runs a setting that explains 5 % of the variance would show (0: not known). ``value``
    is the index of the first, of kind ``kind``. ``settles`` is for each other leader the size at
    which the first would differ from it significantly (0: not by 1,000 times the size).
    """

    order: tuple[str, ...]
    leaders: tuple[str, ...]
    value: float
    kind: str
    size: Size
    needed: int = 0
    settles: tuple[int, ...] = ()

    def sample(self, shown: str = "one that explains 5 %") -> str:
        """What sample would settle what this one cannot; '' where nothing is open.

        Examples
        --------
        >>> Ranking(("x", "y"), ("x", "y"), 0.2, "total order", Size(64, "points"), 0, (500,)).sample()
        'about 500 points would tell'
        """
        count, unit = self.size
        if not self.leaders and self.needed:
            if self.needed > count:
                return f"{shown} would show with about {self.needed:,} {unit}"
            return f"{count:,} {unit} are enough to show {shown}"
        far = [size for size in self.settles if size]
        if not far:
            return f"{_FAR:,} times as many {unit} would not tell" if self.settles else ""
        words = f"about {max(far):,} {unit} would tell"
        if len(far) == len(self.settles):
            return words
        return f"{words} for {len(far)} of these, {_FAR:,} times as many not for the rest"

    def words(self, label: Mapping[str, str]) -> str:
        """The ranking as a clause, with settings named by ``label``."""
        count = len(self.order)
        if not self.leaders:
            what = (
                "the one setting does not move"
                if count == 1
                else f"none of the {count} settings moves"
            )
            return f"nothing stands out: {what} the outcomes beyond chance{self._size()}"
        first, *others = (label.get(name, name) for name in self.leaders)
        if count == 1:
            return f"{first} moves the outcomes"
        if not others:
            return f"of {count} settings {first} moves the outcomes most"
        return (
            f"of {count} settings {first} stands out, but not significantly from {_listed(others)}"
        )

    def _size(self) -> str:
        count, unit = self.size
        if self.needed > count:
            return f", with {count:,} {unit}; one that explains 5 % would show with about {self.needed:,}"
        return f", with {count:,} {unit}" + (
            ", enough to show one that explains 5 %" if self.needed else ""
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def rank_settings(
    table: Table, sweep: Sweep, names: Sequence[str], measures: Sequence[str] = OUTCOMES.names
) -> Ranking:
    """Rank the settings of a sweep by what they explain of ``measures`` together; arguments as in
    :func:`sim.analysis.sensitivity.sensitivity`.

    Raises
    ------
    SimError
        A Saltelli or Morris design of which not every point was run.
    """
    found, size = estimates(table, sweep, names, measures)
    return rank_estimates(found, size, _needed)


def rank_estimates(
    found: Sequence[Estimate], size: Size, needed: Callable[[Sequence[Estimate]], int]
) -> Ranking:
    """Rank settings or levers by estimates of one kind.

    Parameters
    ----------
    found
        One estimate for each, all of the same design.
    size
        How large that is.
    needed
        Gives the size at which something worth seeing would show, where nothing stands out.

    Examples
    --------
    What two levers add in each of four runs; the first adds far more:

    >>> runs = {"x": np.array([3.0, 3.1, 2.9, 3.0]), "y": np.array([0.1, -0.1, 0.0, 0.0])}
    >>> index = lambda y: Index(y.mean(), np.zeros(1), y, 0.0, True)
    >>> found = [Estimate(name, "move", index(y), 0.0, name == "x") for name, y in runs.items()]
    >>> rank_estimates(found, Size(4, "runs"), lambda estimates: 0).leaders
    ('x',)
    """
    order = sorted(found, key=lambda estimate: -np.nan_to_num(estimate.result.value, nan=-1.0))
    standing = [estimate for estimate in order if estimate.stands]
    names_in_order = tuple(estimate.setting for estimate in order)
    kind = order[0].kind
    if not standing:
        return Ranking(names_in_order, (), 0.0, kind, size, needed(order))
    first, level = standing[0], 1.0 - _LEVEL / max(1, len(order) - 1)
    gaps = {other.setting: first.result.less(other.result) for other in order if other is not first}
    close = [name for name, gap in gaps.items() if gap.value - gap.half_width(level) <= 0.0]
    settles = tuple(_size_for(gaps[name], gaps[name].value, level, size) for name in close)
    return Ranking(
        names_in_order, (first.setting, *close), first.result.value, kind, size, settles=settles
    )


def needed_by_error(size: Size, level: float, shown: float) -> Callable[[Sequence[Estimate]], int]:
    """Size at which an estimate of ``shown`` would stand out at ``level`` four times in five, from
    the errors of those that are there (their median); 0 where that is not known.

    Examples
    --------
    A mean of 100 runs with a standard error of 0.1 would show a move of 0.3 with as many:

    >>> y = np.tile([-1.0, 1.0], 50) * np.sqrt(99 / 100)
    >>> found = [Estimate("x", "move", Index(0.0, np.zeros(1), y, 0.0, True), 0.0, False)]
    >>> needed_by_error(Size(100, "runs"), 0.05, 0.3)(found)
    88
    """

    def needed(found: Sequence[Estimate]) -> int:
        sizes = [_size_for(estimate.result, shown, 1.0 - level, size) for estimate in found]
        return _in_two_figures(float(np.median(sizes)))

    return needed


def _size_for(index: Index, gap: float, level: float, size: Size) -> int:
    """Size at which ``gap`` would leave out 0 at ``level`` four times in five, in two figures; 0
    where 1,000 times as much as there is would not do.
    """
    from scipy.special import ndtri

    error, _ = index.error()
    z = float(ndtri((1.0 + level) / 2.0) + ndtri(_POWER))
    if gap <= 0.0 or (z * error / gap) ** 2 > _FAR:
        return 0
    return _in_two_figures(size.have * (z * error / gap) ** 2)


def _in_two_figures(count: float) -> int:
    """Rounded up to two figures.

    Examples
    --------
    >>> _in_two_figures(1234.0), _in_two_figures(0.0)
    (1300, 0)
    """
    if count <= 0.0:
        return 0
    step = 10 ** max(0, int(np.floor(np.log10(count))) - 1)
    return int(np.ceil(count / step) * step)


def _needed(found: Sequence[Estimate]) -> int:
    """Points, or runs of a grid, at which a setting that explains 5 % stands out four times in five
    (noncentral chi-square of the F test).
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    freedom = max(estimate.classes for estimate in found) - 1
    if freedom < 1:
        return 0
    edge = chi2.isf(_LEVEL / len(found), freedom)
    shift = brentq(lambda value: ncx2.sf(edge, freedom, value) - _POWER, 1e-6, 1e4)
    return int(np.ceil(shift * (1.0 - _SHOWN) / _SHOWN / 10.0) * 10)
