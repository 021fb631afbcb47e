"""Uncertainty from the settings: where a share lies over their plausible ranges, separated from the
noise of a few runs per point.

An interval "of the runs" says what other draws would give, and shrinks to nothing with many runs.
This one says what other settings would give. The chance of an outcome at a point is taken as Beta
distributed over the ranges, so that hits are beta-binomial (Skellam 1948). Mean and spread are not
known from a small design, so the interval is the central 95 % of the posterior predictive chance at
a new point (Gelman et al. 2013, chapter 5). The prior of the spread, as a share of its largest
possible value, is uniform from 2 to 98 %.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.labels import percent

__all__ = ["elsewhere", "settings_interval"]

_SPREADS = np.linspace(
    0.02, 0.98, 17
)  # standard deviation between points over its largest possible value
_EDGE = 0.001  # a chance closer to 0 or 1 counts as 0 or 1: a Beta may pile up there
_MEANS = 13
_CHANCES = (
    1.0 - np.cos(np.linspace(0.0, np.pi, 201))
) / 2.0  # finest at the ends, where a Beta may be steep


def settings_interval(hits: np.ndarray, runs: int) -> tuple[float, float, float]:
    """Mean share over points, and the interval that contains the chance at 95 % of points.

    Parameters
    ----------
    hits
        Runs with the outcome at each point, shape (points,); every run has its own draws.
    runs
        Runs of each point.

    Examples
    --------
    >>> import numpy as np
    >>> settings_interval(np.asarray([0, 4, 0, 4]), 4)[0]
    0.5
    """
    from scipy.special import betainc, betaln

    hits = np.asarray(hits, np.int64)
    mean = float(hits.mean()) / runs
    error = 4.0 * np.sqrt(
        max(mean * (1.0 - mean), 1.0 / len(hits)) / len(hits)
    )  # points, at least, are independent
    means = np.clip(np.linspace(mean - error, mean + error, _MEANS), 1e-4, 1.0 - 1e-4)[
        :, None, None
    ]
    size = (1.0 / _SPREADS**2 - 1.0)[None, :, None]
    a, b = means * size, (1.0 - means) * size
    values, counts = np.unique(hits, return_counts=True)
    likelihood = ((betaln(a + values, b + runs - values) - betaln(a, b)) * counts).sum(axis=2)
    weight = np.exp(likelihood - likelihood.max())
    below = (weight[:, :, None] * betainc(a, b, _CHANCES)).sum(axis=(0, 1)) / weight.sum()
    low, high = np.interp((0.025, 0.975), below, _CHANCES)
    missed = (
        1.0 - 0.05 ** (1.0 / (runs * len(hits))) if mean in (0.0, 1.0) else 0.0
    )  # the 95 % interval
    low, high = np.minimum(low, mean - missed), np.maximum(high, mean + missed)
    return mean, float(low) if low > _EDGE else 0.0, float(high) if high < 1.0 - _EDGE else 1.0


def elsewhere(mean: float, low: float, high: float) -> str:
    """What other settings give, in words that no reader takes for the interval of a share beside them.

    Examples
    --------
    >>> elsewhere(0.514, 0.12, 0.961)
    'at other plausible settings: 12 % to 96 % (at 95 % of them), 51 % on average'
    """
    ends = f"{percent(low)} to {percent(high)}"
    return f"at other plausible settings: {ends} (at 95 % of them), {percent(mean)} on average"
