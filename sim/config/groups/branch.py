"""A week of a run from which futures branch."""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In

__all__ = ["Branch"]


class Branch(Group):
    """Futures of one run: all runs live its past, and go on with draws of their own."""

    week: Annotated[int, In(0, 519, "weeks")] = 0
    """weeks that every run lives as run ``branch.run`` did; from then on it has its own draws. 0: no
    branch, each run is its own from the first day
    Source: definition: a question put to a run, no property of the world (docs/branching.md)"""
    run: Annotated[int, In(0, 2**32 - 1, "number")] = 0
    """number of the run whose past they share
    Source: definition: a question put to a run, no property of the world"""
