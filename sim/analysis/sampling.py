"""How the points and runs of a sweep were drawn. It decides which runs its intervals count as one
cluster.
"""

from __future__ import annotations

from typing import TypedDict

from sim.batch.sweep import Sweep

__all__ = ["SAMPLED", "Draws", "drawn_together", "draws_of", "source_words"]

SAMPLED = ("sobol", "latin_hypercube", "saltelli", "morris")


class Draws(TypedDict):
    """``common``: whether runs of one number share their draws; ``drawn``: how many points were
    drawn together, 0 where they were laid out.
    """

    common: bool
    drawn: int


def draws_of(sweep: Sweep) -> Draws:
    """How the points and runs of a sweep were drawn.

    Examples
    --------
    >>> from sim.batch.sweep import Sweep
    >>> draws_of(Sweep(kind="grid"))["drawn"]
    0
    """
    settings = len(sweep.factors) - len(sweep.copies)
    return Draws(common=sweep.common_random_numbers, drawn=drawn_together(sweep, settings))


def drawn_together(sweep: Sweep, settings: int) -> int:
    """Number of points that share coordinates by design: per base point (Saltelli), per trajectory
    (Morris); 0 for a grid or list.

    Examples
    --------
    >>> from sim.batch.sweep import Sweep
    >>> [drawn_together(Sweep(kind=kind), 3) for kind in ("saltelli", "morris", "sobol", "grid")]
    [5, 4, 1, 0]
    """
    if sweep.kind == "saltelli":
        return (2 if sweep.second_order else 1) * settings + 2
    return settings + 1 if sweep.kind == "morris" else int(sweep.kind in SAMPLED)


def source_words(draws: Draws) -> str:
    """What the intervals of such a sweep cover, in words.

    Examples
    --------
    >>> source_words({"common": True, "drawn": 0}), source_words({"common": True, "drawn": 1})
    ('of the runs', 'of runs and points')
    """
    return "of runs and points" if draws["drawn"] else "of the runs"
