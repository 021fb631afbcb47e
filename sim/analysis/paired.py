"""Differences between runs of one number: what two scenarios make of the same draws, with
intervals.

Of a share the interval is Agresti and Min's (2005): half a run is added to each of the four ways in
which two yes-or-no answers can fall. Student's gives no width where no run differs, which many runs
out of a few do.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.shares import Z, mean_interval

__all__ = ["paired_mean", "paired_share"]


def paired_share(left: np.ndarray, right: np.ndarray) -> tuple[float, float, float]:
    """Share at the right less share at the left, and the ends of its 95 % interval.

    Parameters
    ----------
    left, right
        Whether each run counts, in the same order of run numbers; shape (runs,).

    Examples
    --------
    >>> [round(end, 3) for end in paired_share(np.zeros(100), np.zeros(100))]
    [0.0, -0.019, 0.019]
    """
    gap = np.asarray(right, float) - np.asarray(left, float)
    runs = len(gap) + 2.0
    only_right, only_left = (gap > 0).sum() + 0.5, (gap < 0).sum() + 0.5
    centre = (only_right - only_left) / runs
    half = Z * np.sqrt((only_right + only_left) / runs - centre**2) / np.sqrt(runs)
    value = float(gap.mean())
    return (
        value,
        float(max(-1.0, min(value, centre - half))),
        float(min(1.0, max(value, centre + half))),
    )


def paired_mean(left: np.ndarray, right: np.ndarray) -> tuple[float, float, float]:
    """Mean of right less left over the runs that have a value at both, and the ends of its 95 %
    interval; NaN below two.

    Examples
    --------
    >>> paired_mean(np.asarray([1.0, 2.0, np.nan]), np.asarray([2.0, 3.0, 4.0]))
    (1.0, 1.0, 1.0)
    """
    return mean_interval(np.asarray(right, float) - np.asarray(left, float))
