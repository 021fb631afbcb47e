"""A result's shares as they are best known: estimated where its manifest holds estimates, else
counted (:mod:`sim.analysis.controls`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.precision import beyond_reach

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Results

__all__ = ["missed_precision", "with_estimates"]


def with_estimates(shares: pd.DataFrame, results: Results) -> pd.DataFrame:
    """Shares of a run's outcomes, those that were estimated in the place of those counted.

    Parameters
    ----------
    shares
        A row per outcome, as :func:`sim.analysis.shares.outcome_shares` gives them.
    results
        The run, or a sweep, which has no estimates.

    Examples
    --------
    Few runs are counted:

    >>> import sim
    >>> from sim.analysis.shares import outcome_shares
    >>> few = sim.run("london", runs=4, weeks="none")
    >>> counted = outcome_shares(few.runs)
    >>> with_estimates(counted, few) is counted
    True
    """
    found = results.manifest.estimates
    if not found:
        return shares
    columns = {
        end: [
            getattr(found[name], end) if name in found else counted
            for name, counted in zip(shares["outcome"], shares[end], strict=True)
        ]
        for end in ("share", "low", "high")
    }
    return shares.assign(**columns)


def missed_precision(shares: pd.DataFrame, results: Results) -> str:
    """What is said of a run whose shares are less precise than was asked for; else nothing.

    Examples
    --------
    >>> import sim
    >>> from sim.analysis.shares import outcome_shares
    >>> few = sim.run("london", runs=4, weeks="none", precision=0.1)
    >>> missed_precision(outcome_shares(few.runs), few).partition(" and ")[0]
    '±10 points were asked for'
    """
    run = results.manifest.run
    if run is None:
        return ""
    return beyond_reach(
        run.precision, float((shares["high"] - shares["low"]).max()) / 2.0, run.runs
    )
