"""Outcome shares and means with their intervals.

Shares take Wilson's score interval (Wilson 1927; Newcombe 1998 on its coverage), means the normal one; both at 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.rules.measures import OUTCOMES

__all__ = ["grid", "mean_interval", "outcome_shares", "wilson"]

_Z = 1.959963984540054


def wilson(hits: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the 95 % score interval of ``hits`` in ``of``; arrays of one shape, ``of`` above 0."""
    n = np.asarray(of, float)
    p = np.asarray(hits, float) / n
    centre = (p + _Z**2 / (2.0 * n)) / (1.0 + _Z**2 / n)
    half = _Z / (1.0 + _Z**2 / n) * np.sqrt(p * (1.0 - p) / n + _Z**2 / (4.0 * n**2))
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def outcome_shares(runs: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Share of runs in each outcome.

    Parameters
    ----------
    runs
        A table of runs, with a column ``outcome``.
    by
        Columns whose values make groups.

    Returns
    -------
    pandas.DataFrame
        A row a group and outcome, those that did not occur included: the columns of ``by``, ``outcome``, ``share``, ``low``, ``high``,
        ``runs``.
    """
    groups = list(by)
    keys = runs[groups].drop_duplicates().sort_values(groups) if groups else pd.DataFrame(index=[0])
    outcome = pd.Series(np.asarray(runs["outcome"].astype(str)), name="outcome")
    counted = pd.concat([runs[groups].reset_index(drop=True), outcome], axis=1).groupby([*groups, "outcome"], observed=True).size()
    rows = keys.merge(pd.DataFrame({"outcome": OUTCOMES}), how="cross")
    index = pd.MultiIndex.from_frame(rows) if groups else pd.Index(rows["outcome"])
    hits = counted.reindex(index).fillna(0).to_numpy(float)
    total = hits.reshape(-1, len(OUTCOMES)).sum(axis=1).repeat(len(OUTCOMES))
    low, high = wilson(hits, total)
    return rows.assign(share=hits / total, low=low, high=high, runs=total.astype(int)).reset_index(drop=True)


def mean_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of the known values and the ends of its 95 % interval; NaN ends below two values."""
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if not len(known):
        return float("nan"), float("nan"), float("nan")
    mean = float(known.mean())
    half = _Z * float(known.std(ddof=1)) / np.sqrt(len(known)) if len(known) > 1 else float("nan")
    return mean, mean - half, mean + half


def grid(shares: pd.DataFrame, x: str, y: str, outcome: str, value: str = "share") -> pd.DataFrame:
    """One outcome's ``value`` over two settings: rows are ``y``, columns ``x``, both rising."""
    return shares[shares["outcome"] == outcome].pivot(index=y, columns=x, values=value).sort_index().sort_index(axis=1)
