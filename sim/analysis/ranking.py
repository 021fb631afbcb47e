"""Which setting moves the outcomes most, and whether any does: decided once, for the printed answer
and the figure of indices.

A setting stands out where its index exceeds the 95 % quantile of the largest index by chance
(Bonferroni over the settings). The first is named alone only where the interval of its difference
from every other excludes 0, corrected for the number of comparisons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.sensitivity import Estimate, Size, Table, estimates
from sim.batch.sweep import Sweep
from sim.vocabulary import OUTCOMES

__all__ = ["Ranking", "rank_settings"]

_LEVEL, _POWER = 0.05, 0.8
_SHOWN = 0.05  # share of variance that a large enough design would show (judgement)


class Ranking(NamedTuple):
    """Settings by what they explain, the strongest first.

    ``leaders`` lists the strongest setting that stands out, then all that do not differ from it
    significantly; empty where none stands out. ``size`` is the size of the design; with ``needed``
    points or runs a setting that explains 5 % of the variance would show (0: not known). ``value``
    is the index of the first, of kind ``kind``.
    """

    order: tuple[str, ...]
    leaders: tuple[str, ...]
    value: float
    kind: str
    size: Size
    needed: int = 0

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
        listed = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
        return f"of {count} settings {first} stands out, but not significantly from {listed}"

    def _size(self) -> str:
        count, unit = self.size
        if self.needed > count:
            return f", with {count:,} {unit}; one that explains 5 % would show with about {self.needed:,}"
        return f", with {count:,} {unit}" + (
            ", enough to show one that explains 5 %" if self.needed else ""
        )


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
    order = sorted(found, key=lambda estimate: -np.nan_to_num(estimate.result.value, nan=-1.0))
    standing = [estimate for estimate in order if estimate.stands]
    names_in_order = tuple(estimate.setting for estimate in order)
    kind = order[0].kind
    if not standing:
        return Ranking(names_in_order, (), 0.0, kind, size, _needed(order))
    first, level = standing[0], 1.0 - _LEVEL / max(1, len(order) - 1)
    gaps = {other.setting: first.result.less(other.result) for other in order if other is not first}
    close = [name for name, gap in gaps.items() if gap.value - gap.half_width(level) <= 0.0]
    return Ranking(names_in_order, (first.setting, *close), first.result.value, kind, size)


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
