"""The run shown as an example: the medoid of the runs with the most common outcome.

The medoid is the run with the smallest sum of distances to the others (Kaufman and Rousseeuw 1990).
The distance of two runs is the sum over measures of the difference of their ranks, so that units do
not matter; a value that only one of the two runs has counts as the largest possible difference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

__all__ = ["Typical", "typical_run"]

_NO_MEASURE = ("run", "point", "outcome", "blocking_issue")


class Typical(NamedTuple):
    """Run number, its outcome, and the numbers of runs and measures over which it is the medoid."""

    run: int
    outcome: str
    among: int
    measures: int


def typical_run(runs: pd.DataFrame) -> Typical:
    """The medoid of the runs with the most common outcome.

    Parameters
    ----------
    runs
        A table of runs of one scenario: ``run``, ``outcome`` and measures, one row per run. Ties
        are broken by order: the first outcome, then the first run.

    Examples
    --------
    >>> runs = pd.DataFrame({"run": [0, 1, 2, 3], "outcome": ["a", "b", "b", "b"], "loss": [9.0, 1.0, 2.0, 7.0]})
    >>> typical_run(runs)
    Typical(run=2, outcome='b', among=3, measures=1)
    """
    outcome = runs["outcome"].value_counts(sort=True).index[0]
    same = runs[(runs["outcome"] == outcome).to_numpy()]
    names = [
        name for name in same.columns if name not in _NO_MEASURE and same[name].dtype.kind in "iuf"
    ]
    total = np.zeros(len(same))
    for name in names:
        total += _distances(same[name].to_numpy(float))
    return Typical(int(same["run"].to_numpy()[total.argmin()]), str(outcome), len(same), len(names))


def _distances(values: np.ndarray) -> np.ndarray:
    """Sum of the distances of each value to all others, in ranks from 0 to 1; shape (n,)."""
    known = ~np.isnan(values)
    found = np.full(len(values), float(known.sum()))  # a missing one is 1 from every known one
    ranks = pd.Series(values[known]).rank().to_numpy() / max(1, known.sum())
    order = np.argsort(ranks, kind="stable")
    ordered = ranks[order]
    below = np.concatenate([[0.0], np.cumsum(ordered)])
    n, place = len(ordered), np.arange(len(ordered))
    sums = ordered * (2 * place - n) + below[-1] - 2 * below[:-1]
    within = np.empty(n)
    within[order] = sums
    found[known] = within + (~known).sum()
    return found
