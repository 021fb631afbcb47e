"""Differences between runs of one number: what two scenarios make of the same draws, with
intervals, and which of many differ beyond chance.

Of a share the interval is Agresti and Min's (2005): half a run is added to each of the four ways in
which two yes-or-no answers can fall. Student's gives no width where no run differs, which many runs
out of a few do.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from sim.analysis.shares import Z, mean_interval

__all__ = ["LEVEL", "beaten", "holm", "paired_mean", "paired_share", "paired_tests", "undecided"]

LEVEL = 0.05
_ROUNDING = 1e-12  # of the largest value: differences below are those of sums in another order


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


def paired_tests(values: pd.DataFrame) -> pd.DataFrame:
    """Every column against every other by paired t tests over the runs, with Holm's correction.

    Parameters
    ----------
    values
        One row per run, one column per name; two runs or more.

    Returns
    -------
    pd.DataFrame
        ``one``, ``other``, ``difference`` of their means, ``p``, ``p_holm``. Where no run differs
        from another in its difference, ``p`` is 1 without a difference and 0 with one.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(size=50)
    >>> tests = paired_tests(pd.DataFrame({"a": 1.1 * draws + 1.0, "b": draws, "c": draws}))
    >>> (tests["p_holm"] < LEVEL).tolist()
    [True, True, False]
    """
    from scipy.stats import ttest_rel

    rows, rounding = [], _ROUNDING * float(np.abs(values.to_numpy(float)).max())
    for one, other in combinations(values.columns, 2):
        gap = (values[one] - values[other]).to_numpy(float)
        if np.ptp(gap) > rounding:
            p = float(ttest_rel(values[one], values[other]).pvalue)
        else:
            p = 0.0 if abs(gap[0]) > rounding else 1.0
        rows.append((one, other, float(gap.mean()), p))
    table = pd.DataFrame(rows, columns=["one", "other", "difference", "p"])
    return table.assign(p_holm=holm(table["p"].to_numpy(float)))


def holm(values: np.ndarray) -> np.ndarray:
    """P-values corrected for the number of tests (Holm 1979).

    Examples
    --------
    >>> holm(np.asarray([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(values)
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    corrected = np.empty(len(values))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def beaten(name: str, tests: pd.DataFrame) -> int:
    """How many others a name is ahead of beyond chance, by the tests of :func:`paired_tests`.

    Examples
    --------
    >>> tests = pd.DataFrame({"one": ["a"], "other": ["b"], "difference": [-1.0], "p_holm": [0.01]})
    >>> beaten("a", tests), beaten("b", tests)
    (0, 1)
    """
    ahead = ((tests["one"] == name) & (tests["difference"] > 0)) | (
        (tests["other"] == name) & (tests["difference"] < 0)
    )
    return int((ahead & (tests["p_holm"] < LEVEL)).sum())


def undecided(name: str, tests: pd.DataFrame) -> set[str]:
    """Those that do not differ from a name beyond chance, by the tests of :func:`paired_tests`.

    Examples
    --------
    >>> tests = pd.DataFrame({"one": ["a", "a"], "other": ["b", "c"], "p_holm": [0.01, 0.3]})
    >>> undecided("a", tests), undecided("b", tests)
    ({'c'}, set())
    """
    open_still = tests[tests["p_holm"] >= LEVEL]
    return {
        *open_still.loc[open_still["one"] == name, "other"],
        *open_still.loc[open_still["other"] == name, "one"],
    }
