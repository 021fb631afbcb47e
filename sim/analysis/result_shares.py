"""Shares of the outcomes of a result, as its report prints them: of a sweep by points, with what
cannot happen marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.estimated import with_estimates
from sim.analysis.impossible import find_ruled_out
from sim.analysis.pooled import pooled_shares
from sim.analysis.sampling import draws_of
from sim.analysis.shares import outcome_shares

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Results

__all__ = ["result_shares"]


def result_shares(results: Results, by: Sequence[str] = ()) -> pd.DataFrame:
    """Share of runs in each outcome by the values of some columns, with its interval and why it is
    ``ruled_out``.

    Examples
    --------
    >>> import sim
    >>> shares = result_shares(sim.run("london", runs=8, weeks="none"))
    >>> shares["outcome"].tolist()
    ['breakthrough', 'narrow_deal', 'tactical_pause', 'breakdown']
    >>> float(shares["share"].sum())
    1.0
    """
    groups = list(by)
    if results.sweep is not None:
        runs = results.table([*groups, "point", "run", "outcome"])
        shares = pooled_shares(runs, groups, **draws_of(results.sweep))
    else:
        runs = results.table([*groups, "outcome"])
        shares = outcome_shares(runs, groups)
        shares = shares if groups else with_estimates(shares, results)
    return find_ruled_out(results).mark(shares, runs, groups)
