"""Whether a claim holds: a share, a mean or a difference against what is said of it.

Every estimate is the mean of what each run contributes, so that estimates under the same draws are
paired. Verdicts go by intervals that hold all at once (Bonferroni): over a whole table the chance
that any verdict is wrong is at most 5 %. A claim that its interval does not decide is not settled,
and the runs that would settle it are said.
"""

from __future__ import annotations

import math

import numpy as np

from sim.analysis.shares import wilson

__all__ = [
    "FAILS",
    "HOLDS",
    "KINDS",
    "OPEN",
    "SHIFTS",
    "SIGNS",
    "contributions",
    "edges_of",
    "interval",
    "judge",
    "runs_to_settle",
    "tail_of",
    "together",
]

HOLDS, FAILS, SHIFTS, OPEN = "holds", "fails", "shifts", "not settled"
"""Verdicts: the interval lies where the claim says; it lies elsewhere as the claim is written; it
lies elsewhere only once what should not matter is changed; it does not decide."""

SIGNS = ("above", "below", "near")
KINDS = ("share", "shares", "mean")
"""Kinds of estimates: a share of runs, a difference of shares, a mean or a difference of means."""

ALPHA = 0.05  # chance of any wrong verdict in a table
_MOST_RUNS = 10**9  # beyond it, more runs are no answer


def contributions(right: np.ndarray, left: np.ndarray | None = None) -> np.ndarray:
    """What each run adds: the mean of it is the mean at the right, less that at the left.

    Parameters
    ----------
    right, left
        Values of the runs, shape (runs,); NaN where a run has none. Without ``left`` the mean at
        the right alone.

    Notes
    -----
    A mean over the runs that have a value is linearised: m + (x - m) n / k for one of the k runs of
    n with a value x, m for the others. So its spread is that of the ratio (Cochran 1977, 6.3).

    Examples
    --------
    >>> contributions(np.asarray([1.0, 3.0, np.nan, np.nan])).tolist()
    [0.0, 4.0, 2.0, 2.0]
    >>> contributions(np.asarray([1.0, 1.0]), np.asarray([0.0, 1.0])).tolist()
    [1.0, 0.0]
    """
    found = _linear(np.asarray(right, float))
    return found if left is None else found - _linear(np.asarray(left, float))


def _linear(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    if known.all():
        return values
    if not known.any():
        return values
    mean = values[known].mean()
    return np.where(known, mean + (values - mean) * (len(values) / known.sum()), mean)


def tail_of(tests: int) -> float:
    """What each end of one of so many intervals leaves out, so that all hold at once at 95 %.

    Examples
    --------
    >>> tail_of(1), tail_of(100)
    (0.025, 0.00025)
    """
    return ALPHA / (2.0 * max(1, tests))


def interval(parts: np.ndarray, kind: str, tail: float) -> tuple[float, float, float]:
    """Estimate, and the ends of an interval that leaves ``tail`` out at each end; NaN without a
    value.

    Parameters
    ----------
    parts
        Of :func:`contributions`, shape (runs,), two at least.
    kind
        Of :data:`KINDS`. A share has Wilson's interval; a difference of shares that of Agresti and
        Min (2005), two runs added that differ by half each way, so that no width is 0; a mean has
        Student's.
    tail
        Of :func:`tail_of`.

    Examples
    --------
    >>> [round(end, 3) for end in interval(np.asarray([1.0] * 5 + [0.0] * 5), "share", 0.025)]
    [0.5, 0.237, 0.763]
    >>> [round(end, 3) for end in interval(np.zeros(100), "shares", 0.025)]
    [0.0, -0.019, 0.019]
    """
    from scipy.special import ndtri, stdtrit

    runs, value = len(parts), float(parts.mean())
    if math.isnan(value) or runs < 2:
        return value, math.nan, math.nan
    normal = -float(ndtri(tail))
    if kind == "share":
        low, high = wilson(np.asarray(parts.sum()), np.asarray(runs), normal)
        return value, float(low), float(high)
    if kind == "shares":
        more = runs + 2.0
        centre = float(parts.sum()) / more
        spread = (float(np.square(parts).sum()) + 1.0) / more - centre**2
        half = normal * math.sqrt(spread / more)
        return value, min(value, centre - half), max(value, centre + half)
    half = -float(stdtrit(runs - 1, tail)) * float(parts.std(ddof=1)) / math.sqrt(runs)
    return value, value - half, value + half


def together(
    one: np.ndarray, other: np.ndarray, kind: str, tail: float, *, paired: bool
) -> tuple[float, float, float]:
    """How far the second estimate lies from the first, with the ends of its interval.

    ``kind`` is that of the estimates; ``paired`` says whether their runs share their draws.

    Examples
    --------
    >>> together(np.zeros(4), np.ones(4), "mean", 0.025, paired=True)
    (1.0, 1.0, 1.0)
    """
    kind = "mean" if kind == "mean" else "shares"
    if paired:
        return interval(other - one, kind, tail)
    (a, low, high), (b, left, right) = (interval(part, kind, tail) for part in (one, other))
    half = math.hypot((high - low) / 2.0, (right - left) / 2.0)
    return b - a, b - a - half, b - a + half


def edges_of(sign: str, bound: float, within: float) -> tuple[float, float]:
    """Between what an estimate must lie for a claim to be true.

    Examples
    --------
    >>> edges_of("above", 0.5, 0.0), edges_of("near", 2.0, 0.5)
    ((0.5, inf), (1.5, 2.5))
    """
    if sign == "near":
        return bound - within, bound + within
    return (bound, math.inf) if sign == "above" else (-math.inf, bound)


def judge(low: float, high: float, edges: tuple[float, float], before: str = "") -> str:
    """The verdict of an interval; ``before`` is that of the claim as written, once it is changed.

    Examples
    --------
    >>> judge(0.6, 0.8, (0.5, np.inf)), judge(0.2, 0.4, (0.5, np.inf)), judge(0.4, 0.6, (0.5, np.inf))
    ('holds', 'fails', 'not settled')
    >>> judge(0.2, 0.4, (0.5, np.inf), "holds"), judge(0.2, 0.4, (0.5, np.inf), "fails")
    ('shifts', 'fails')
    """
    if edges[0] < low and high < edges[1]:
        return HOLDS
    if high < edges[0] or edges[1] < low:
        return SHIFTS if before in (HOLDS, OPEN) else FAILS
    return OPEN


def runs_to_settle(
    found: tuple[float, float, float], edges: tuple[float, float], runs: int
) -> float:
    """About how many runs would settle a claim, were the estimate the truth; infinity where it lies
    on an edge.

    An interval shrinks as one over the square root of the runs. Rounded up to two digits.

    Examples
    --------
    Half as far from the edge as the interval reaches, four times the runs:

    >>> runs_to_settle((0.55, 0.45, 0.65), (0.5, np.inf), 1000)
    4000.0
    """
    value, low, high = found
    gap = min(abs(value - edge) for edge in edges)
    reach = max(value - low, high - value)
    if not gap or math.isnan(reach):
        return math.inf
    needed = runs * (reach / gap) ** 2
    if needed > _MOST_RUNS:
        return math.inf
    unit = 10.0 ** (math.floor(math.log10(needed)) - 1)
    return float(unit * math.ceil(round(needed / unit, 9)))
