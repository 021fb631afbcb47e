"""How long truces last: the Kaplan-Meier estimate of the first break.

Kaplan and Meier 1958, with Greenwood's variance on the log-log scale (Kalbfleisch and Prentice
1980). A break is the first lapse or end from inside. A run whose truce never broke is censored at its
horizon. A deal does not end observation: it depends on the truce and can be suspended, so runs with
a deal stay at risk, and a deal that lasts is censored at the horizon.

Truces of several points of a sweep are not independent: Greenwood's variance is multiplied by a
design effect, the variance of the cumulative hazard between clusters (runs that share draws, drawn
points) over that of as many independent truces (Ying and Wei 1994). :func:`scipy.stats.ecdf` gives
the same estimate, but neither the numbers at risk nor such intervals.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.shares import Z
from sim.config.errors import SimError

__all__ = ["kaplan_meier", "median_time", "truce_survival"]


def kaplan_meier(
    times: np.ndarray, observed: np.ndarray, clusters: Sequence[np.ndarray] = ()
) -> pd.DataFrame:
    """Survival at each time something happened: the product, over the times up to it, of 1 - events
    / at risk.

    Parameters
    ----------
    times
        Time of the event or of censoring, shape (n,).
    observed
        Whether it is an event, shape (n,). Where both fall on one time, events come first.
    clusters
        For each source of shared chance, the cluster of each observation, shape (n,); empty where
        all are independent.

    Returns
    -------
    pandas.DataFrame
        ``time``, ``at_risk``, ``events``, ``survival``, ``low``, ``high``: from time 0 and survival
        1, a row for each time with an event, and a last one where observation ends without one.
        Where survival is 0 the interval is not known (NaN), as in R's ``survfit``.

    Examples
    --------
    Of four truces one breaks after 3 weeks, one after 5; two are observed for 9 weeks without a
    break:

    >>> curve = kaplan_meier(np.array([3.0, 5.0, 9.0, 9.0]), np.array([True, True, False, False]))
    >>> curve[["time", "at_risk", "survival"]].to_numpy().tolist()
    [[0.0, 4.0, 1.0], [3.0, 4.0, 0.75], [5.0, 3.0, 0.5], [9.0, 2.0, 0.5]]
    """
    times, observed = np.asarray(times, float), np.asarray(observed, bool)
    moments, events = np.unique(times[observed], return_counts=True)
    if len(times) and (not len(moments) or times.max() > moments[-1]):
        moments, events = np.append(moments, times.max()), np.append(events, 0)
    at_risk = len(times) - np.searchsorted(np.sort(times), moments)
    survival = np.cumprod(1.0 - events / at_risk)
    effect, quantile = _design_effect(
        np.searchsorted(moments, times, side="right"), observed, at_risk, events, clusters
    )
    low, high = _greenwood(at_risk, events, survival, effect, quantile)
    return pd.DataFrame(
        {
            "time": np.append(0.0, moments),
            "at_risk": np.append(len(times), at_risk),
            "events": np.append(0, events),
            "survival": np.append(1.0, survival),
            "low": np.append(1.0, low),
            "high": np.append(1.0, high),
        }
    )


def truce_survival(
    runs: pd.DataFrame,
    horizon: int | str,
    by: Sequence[str] = (),
    *,
    common: bool = True,
    drawn: int = 0,
) -> pd.DataFrame:
    """Survival of the first truce against its first break.

    Parameters
    ----------
    runs
        A table of runs with ``weeks_to_first_truce`` and ``weeks_to_first_break``. Runs that never
        had a truce are left out.
    horizon
        Weeks simulated: a number, or the column that holds it where a design moves it.
    by
        Columns whose values make groups.
    common, drawn
        Of a sweep, whose table has ``point`` and ``run``: how these were drawn, as
        :func:`sim.analysis.sampling.draws_of` says.

    Returns
    -------
    pandas.DataFrame
        A curve for each group: the columns of ``by``, then those of :func:`kaplan_meier`; ``time``
        is in weeks since the truce began.

    Raises
    ------
    SimError
        A column that the table does not hold.

    Examples
    --------
    Truces from week 0 that break at 8 and hold, and one from week 4 that breaks at 12, so after 8
    weeks as well:

    >>> runs = pd.DataFrame({"weeks_to_first_truce": [0.0, 0.0, 4.0], "weeks_to_first_break": [8.0, np.nan, 12.0]})
    >>> truce_survival(runs, 20)[["time", "events", "survival"]].round(2).to_numpy().tolist()
    [[0.0, 0.0, 1.0], [8.0, 2.0, 0.33], [20.0, 0.0, 0.33]]
    """
    for name in (
        "weeks_to_first_truce",
        "weeks_to_first_break",
        *by,
        *([horizon] if isinstance(horizon, str) else []),
    ):
        if name not in runs:
            cure = "a sweep keeps it where sweep.measures names it, or with sweep.keep=all"
            raise SimError("the table of runs does not hold it", key=name, cure=cure)
    runs = runs[runs["weeks_to_first_truce"].notna()]
    began, broke = (
        runs[name].to_numpy(float) for name in ("weeks_to_first_truce", "weeks_to_first_break")
    )
    end = (
        runs[horizon].to_numpy(float)
        if isinstance(horizon, str)
        else np.full(len(runs), float(horizon))
    )
    observed = ~np.isnan(broke)
    times = np.where(observed, broke, end) - began
    if not by:
        return kaplan_meier(times, observed, _clusters(runs, common, drawn))
    curves = []
    for key, rows in runs.groupby(list(by), observed=True).indices.items():
        curve = kaplan_meier(times[rows], observed[rows], _clusters(runs.iloc[rows], common, drawn))
        keys = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        curves.append(pd.DataFrame(keys, index=curve.index).join(curve))
    return (
        pd.concat(curves, ignore_index=True) if curves else kaplan_meier(times, observed).iloc[:0]
    )


def median_time(curve: pd.DataFrame) -> float:
    """The first time at which half have had the event, or more: the Kaplan-Meier median; NaN where
    more than half never did.

    The one definition of the median first break: unlike the median over the runs that broke, it
    counts unbroken truces too.

    Parameters
    ----------
    curve
        What :func:`kaplan_meier`, or :func:`truce_survival` without groups, gives.

    Examples
    --------
    >>> median_time(kaplan_meier(np.array([3.0, 5.0, 9.0, 9.0]), np.array([True, True, False, False])))
    5.0
    """
    passed = curve["time"].to_numpy(float)[curve["survival"].to_numpy(float) <= 0.5]
    return float(passed[0]) if len(passed) else float("nan")


def _clusters(runs: pd.DataFrame, common: bool, drawn: int) -> list[np.ndarray]:
    """The clusters of truces of several points, one array per source; empty within one point."""
    if "point" not in runs or runs["point"].nunique() < 2:
        return []
    run = [runs["run"].to_numpy()] if common else []
    return [*run, runs["point"].to_numpy() // drawn] if drawn else run


def _design_effect(
    ended: np.ndarray,
    observed: np.ndarray,
    at_risk: np.ndarray,
    events: np.ndarray,
    clusters: Sequence[np.ndarray],
) -> tuple[np.ndarray, float]:
    """Variance of the cumulative hazard at each time over that of independent truces, and Student's
    quantile; NaN with a single cluster.

    ``ended`` counts the moments up to each truce's end. A truce contributes its events less its
    expected events.
    """
    from scipy.special import stdtrit

    if not clusters:
        return np.ones(len(at_risk)), Z
    alone = np.cumsum(events * (at_risk - events) / at_risk**3.0)
    effects, fewest = [], np.inf
    for cluster in clusters:
        number = np.unique(cluster, return_inverse=True)[1]
        shape = int(number.max()) + 1, len(at_risk) + 1
        cell = number * shape[1] + ended
        ends, broke = (
            np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape)
            for weight in (None, observed)
        )
        still = ends[:, ::-1].cumsum(axis=1)[:, ::-1]
        added = np.cumsum(broke[:, 1:] / at_risk - still[:, 1:] * events / at_risk**2.0, axis=1)
        scale = shape[0] / (shape[0] - 1) if shape[0] > 1 else np.nan
        fewest = min(fewest, shape[0] - 1)
        effects.append(scale * (added**2).sum(axis=0) / np.where(alone > 0.0, alone, np.nan))
    both = np.maximum(np.sum(effects, axis=0) - (len(effects) - 1), np.max(effects, axis=0))
    return both, float(stdtrit(fewest, 0.975))


def _greenwood(
    at_risk: np.ndarray,
    events: np.ndarray,
    survival: np.ndarray,
    effect: np.ndarray,
    quantile: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the 95 % interval of ``survival``; 1 before the first event, NaN from survival 0
    on.
    """
    inside = (survival > 0.0) & (survival < 1.0)
    left = np.where(at_risk > events, at_risk - events, 1)
    variance = np.cumsum(events / (at_risk * left)) * effect
    inner = np.where(inside, survival, 0.5)
    spread = quantile * np.sqrt(variance) / -np.log(inner)
    outside = np.where(survival >= 1.0, 1.0, np.nan)
    return np.where(inside, inner ** np.exp(spread), outside), np.where(
        inside, inner ** np.exp(-spread), outside
    )
