"""Outcomes that cannot happen at the points of a result, with the reason:
:func:`sim.config.impossible.every_reason`, point by point. Points told together have the reason
that holds in most of them.

Their share of 0 is no estimate, so it has no interval. A sweep with too many different combinations
of settings is not searched: a share of 0 then keeps its interval, which is wide but not wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.config.impossible import every_reason
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Results

__all__ = ["RuledOut", "find_ruled_out"]

# settings that the rules read, by the start of their names
_READ = (
    "calendar.horizon_weeks",
    "changes.",
    "economy.",
    "issues.",
    "linkage.tracks",
    "outcomes.",
    "shocks.",
    "truce.",
)
_MOST_SETTINGS = 256  # combinations: 0.3 s of checking


class RuledOut(NamedTuple):
    """``kind`` (runs,) gives for each row of the table of runs its entry in ``reasons``, a mapping
    from outcome to every reason.
    """

    kind: np.ndarray
    reasons: tuple[dict[str, tuple[str, ...]], ...]

    def rows(self, outcome: str) -> np.ndarray:
        """Whether the outcome cannot happen, for each row; shape (runs,)."""
        return np.asarray([outcome in reason for reason in self.reasons], bool)[self.kind]

    def everywhere(self) -> dict[str, str]:
        """The outcomes that cannot happen in any row, with the reason."""
        first, *others = self.reasons
        return {
            name: self.reason(name, self.kind)
            for name in first
            if all(name in other for other in others)
        }

    def reason(self, outcome: str, kinds: np.ndarray) -> str:
        """Why the outcome cannot happen in rows of these ``kinds`` (rows,): what holds in every
        one, else in most; empty where it can in all of them.
        """
        found: Counter[str] = Counter()
        for kind, rows in zip(*np.unique(kinds, return_counts=True), strict=True):
            found.update(dict.fromkeys(self.reasons[kind].get(outcome, ()), int(rows)))
        return max(found, key=found.__getitem__, default="")

    def mark(
        self, shares: pd.DataFrame, runs: pd.DataFrame, by: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Add a column ``ruled_out`` with the reason, empty where an outcome can happen; remove the
        interval where it cannot.

        ``shares`` are those of :func:`sim.analysis.pooled.pooled_shares` over ``runs``, the table
        of runs with the columns ``by``.
        """
        group = np.zeros(len(self.kind), np.int64)
        if by:
            group = runs.groupby(list(by), observed=True, dropna=False).ngroup().to_numpy()
        sizes = np.bincount(group)
        never = np.zeros((len(sizes), len(OUTCOMES)), bool)
        for k, name in enumerate(OUTCOMES):
            never[:, k] = np.bincount(group, ~self.rows(name), minlength=len(sizes)) == 0
        never &= shares["share"].to_numpy().reshape(never.shape) == 0.0
        kinds = np.split(self.kind[np.argsort(group, kind="stable")], np.cumsum(sizes)[:-1])
        words = [
            self.reason(name, among) if out else ""
            for among, group_never in zip(kinds, never, strict=True)
            for name, out in zip(OUTCOMES, group_never, strict=True)
        ]
        certain = (never | (never.sum(axis=1) == len(OUTCOMES) - 1)[:, None]).ravel()
        ends = {end: np.where(certain, shares["share"], shares[end]) for end in ("low", "high")}
        return shares.assign(**ends, ruled_out=words)


def find_ruled_out(results: Results) -> RuledOut:
    """What cannot happen in each row of the table of runs.

    Examples
    --------
    >>> import sim
    >>> hawks = sim.run(sim.load("~issues.ai_chips"), runs=2, weeks="none")
    >>> list(find_ruled_out(hawks).everywhere())
    ['breakthrough']
    """
    moved = [name for name in results.design if name.startswith(_READ)]
    table = results.table(moved or ["outcome"])
    nothing = np.zeros(len(table), np.int16)
    if not moved:
        return RuledOut(nothing, (every_reason(results.scenario),))
    kind = table.groupby(moved, observed=True, dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(kind, return_index=True)[1]
    if not 0 < len(first) <= _MOST_SETTINGS:
        return RuledOut(nothing, ({},))
    settings = table.iloc[first].astype(object).to_dict("records")
    return RuledOut(
        kind.astype(np.int16), tuple(every_reason(results.scenario.change(one)) for one in settings)
    )
