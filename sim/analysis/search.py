"""The search for a box: half of the points shape candidates, the other half judges them.

The judging half picks the box, and a permutation of its shares says what chance would give the best
of as many. So what it says of the box that it picks is a little too good, and is not printed as if
it were not: :mod:`sim.studies.discovery` asks fresh runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.analysis.boxes import LEVEL, Chance, Domain, chance_of, score
from sim.analysis.induction import Candidate, candidates, screened

__all__ = ["Quality", "Search", "search"]

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Quality:
    """Mass, density and coverage of boxes on some points, each (boxes,); NaN where there is
    nothing to divide by.
    """

    mass: np.ndarray
    density: np.ndarray
    coverage: np.ndarray


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes
    ----------
    parts
        The levers looked at, each with the part of the variance that it explains alone.
    boxes
        The candidates.
    shaping
        Which points shaped them; the others judged them, (points,).
    shaped, judged
        What each does on either half.
    scores, chance
        Scores on the judging half, (boxes,), and what chance gives there.
    """

    parts: Mapping[str, float]
    boxes: tuple[Candidate, ...]
    shaping: np.ndarray
    shaped: Quality
    judged: Quality
    scores: np.ndarray
    chance: Chance

    @property
    def passed(self) -> np.ndarray:
        """Which boxes are better than chance, (boxes,)."""
        return self.chance.p <= LEVEL

    def best(self, share: float = 0.0) -> Candidate | None:
        """The box with the largest score of those better than chance; with a ``share``, the one
        that covers most of those at least as dense. None where there is none.
        """
        allowed = self.passed & (self.judged.density >= share)
        if not allowed.any():
            return None
        by = self.judged.coverage if share > 0.0 else self.scores
        return self.boxes[int(np.argmax(np.where(allowed, by, -np.inf)))]


def search(
    columns: Columns,
    shares: np.ndarray,
    domains: Mapping[str, Domain],
    rng: np.random.Generator,
    block: np.ndarray | None = None,
) -> Search:
    """Search a box among points.

    Parameters
    ----------
    columns
        Values of each lever at the points, each (points,).
    shares
        Share of the outcome at each point, over several runs, (points,).
    domains
        What each lever is drawn over.
    rng
        Draws the halves and the permutations.
    block
        Number of what was drawn together with each point, (points,): it stays in one half. Each
        point alone unless given.

    Examples
    --------
    Four runs a point, of which seven in ten have the outcome where ``a`` is above 0.6, else one:

    >>> rng = np.random.default_rng(0)
    >>> columns = {"a": rng.random(400), "b": rng.random(400)}
    >>> shares = rng.binomial(4, np.where(columns["a"] > 0.6, 0.7, 0.1)) / 4
    >>> found = search(columns, shares, {name: Domain(0.0, 1.0) for name in columns}, rng)
    >>> found.best().box.limits
    {'a': Limit(low=0.6, high=1.0, values=())}
    """
    block = np.arange(len(shares)) if block is None else block
    blocks = np.unique(block)
    shaping = np.isin(block, rng.permutation(blocks)[: len(blocks) // 2])
    first = {name: values[shaping] for name, values in columns.items()}
    parts = screened(first, shares[shaping], domains)
    looked_at = {name: domains[name] for name in parts}
    boxes = candidates({name: first[name] for name in parts}, shares[shaping], looked_at)
    inside = np.zeros((len(boxes), len(shares)), bool)
    for k, one in enumerate(boxes):
        inside[k] = one.box.holds(columns)
    held, held_shares = inside[:, ~shaping], shares[~shaping]
    return Search(
        parts,
        tuple(boxes),
        shaping,
        _quality(inside[:, shaping], shares[shaping]),
        _quality(held, held_shares),
        score(held, held_shares),
        chance_of(held, held_shares, rng),
    )


def _quality(inside: np.ndarray, shares: np.ndarray) -> Quality:
    count, hits, total = inside.sum(axis=1), (inside * shares).sum(axis=1), shares.sum()
    density = np.full(len(count), np.nan)
    np.divide(hits, count, out=density, where=count > 0)
    coverage = hits / total if total > 0.0 else np.full(len(count), np.nan)
    return Quality(count / inside.shape[1], density, coverage)
