"""Doubt about the settings: where a share lies over their plausible ranges, told apart from the luck of few runs a point.

An interval "of the runs" says what other draws would give, and goes to nothing with many runs. This one says what other settings would give. The
chance of an outcome at a point is taken as Beta distributed over the ranges, with the mean and the variance between points that are there once the
luck of runs is off (the moments of the beta-binomial; Skellam 1948; Kleinman 1973): its middle 95 % is the interval.
"""

from __future__ import annotations

import numpy as np

__all__ = ["settings_interval"]

_LEAST, _MOST = 1e-9, 0.98  # of the largest variance that a share can have


def settings_interval(hits: np.ndarray, runs: int) -> tuple[float, float, float]:
    """Mean share over points, and the ends between which 95 % of points have their chance.

    Parameters
    ----------
    hits
        Runs of each point with the outcome, shape (points,); every run with draws of its own.
    runs
        Runs of each point, two at least.

    Examples
    --------
    >>> import numpy as np
    >>> settings_interval(np.asarray([0, 4, 0, 4]), 4)[0]
    0.5
    """
    from scipy.special import betaincinv

    share = np.asarray(hits, float) / runs
    mean = float(share.mean())
    spread = mean * (1.0 - mean)
    if spread <= 0.0:  # seen in none or in all: what five in a hundred such designs would miss
        missed = 1.0 - 0.05 ** (1.0 / (runs * len(share)))
        return mean, max(0.0, mean - missed), min(1.0, mean + missed)
    luck = float((share * (1.0 - share)).mean()) / (runs - 1)
    variance = float(np.clip(share.var(ddof=1) - luck, _LEAST, _MOST * spread)) if len(share) > 1 else _LEAST
    size = spread / variance - 1.0
    low, high = (float(betaincinv(mean * size, (1.0 - mean) * size, end)) for end in (0.025, 0.975))
    return mean, low, high
