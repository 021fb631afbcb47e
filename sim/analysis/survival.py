"""How long truces last: the Kaplan-Meier estimate of the first break (Kaplan, Meier 1958), with Greenwood's variance on the log-log
scale. A run whose truce never broke is censored at its horizon; a deal does not end the watch, for a deal can break too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["kaplan_meier", "truce_survival"]

_Z = 1.959963984540054


def kaplan_meier(times: np.ndarray, observed: np.ndarray) -> pd.DataFrame:
    """Survival at each time something happened.

    Parameters
    ----------
    times
        Time of the event or of censoring, shape (n,).
    observed
        Whether it is an event, shape (n,).

    Returns
    -------
    pandas.DataFrame
        ``time``, ``at_risk``, ``events``, ``survival``, ``low``, ``high``; it begins at time 0 with survival 1.
    """
    times, observed = np.asarray(times, float), np.asarray(observed, bool)
    moments = np.unique(times[observed])
    at_risk = np.asarray([(times >= moment).sum() for moment in moments], int)
    events = np.asarray([(times[observed] == moment).sum() for moment in moments], int)
    survival = np.cumprod(1.0 - events / np.maximum(at_risk, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * (at_risk - events)))
        spread = _Z * np.sqrt(variance) / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    gone = survival <= 0.0
    low, high = np.where(gone, 0.0, low), np.where(gone, 0.0, high)
    return pd.DataFrame(
        {
            "time": np.concatenate([[0.0], moments]),
            "at_risk": np.concatenate([[len(times)], at_risk]),
            "events": np.concatenate([[0], events]),
            "survival": np.concatenate([[1.0], survival]),
            "low": np.concatenate([[1.0], low]),
            "high": np.concatenate([[1.0], high]),
        }
    )


def truce_survival(runs: pd.DataFrame, horizon: int, by: Sequence[str] = ()) -> pd.DataFrame:
    """Survival of the truce against its first lapse or suspension, weeks; a curve for each group of ``by``."""
    curves = []
    for key, group in runs.groupby(list(by), observed=True) if by else [((), runs)]:
        first = group["weeks_to_first_break"].to_numpy(float)
        broke = ~np.isnan(first)
        curve = kaplan_meier(np.where(broke, first, horizon), broke)
        curves.append(curve.assign(**dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))))
    return pd.concat(curves, ignore_index=True)
