"""The word ``observed=``: a table of months or days that runs are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.progress import notice
from sim.verbs.grammar import Line, Word

if TYPE_CHECKING:
    from sim.batch import Run
    from sim.config.scenario import Scenario
    from sim.results.observed import Observed

__all__ = ["OBSERVED", "WORD", "observed_of"]

OBSERVED = "observed"
WORD = Word("a table of observed months or days: scored, and drawn into the figures")


def observed_of(line: Line, scenario: Scenario, run: Run) -> Observed:
    """The observed series that a line names, read before any work; what is converted is said.

    Raises
    ------
    SimError
        A table that cannot be taken, or weeks that are not kept.
    """
    from sim.api import refuse_unseen
    from sim.results.observed import read_observed

    found = read_observed(line.own[OBSERVED], scenario)
    refuse_unseen(found, run)
    if found.conversions:
        notice(found.conversions)
    return found
