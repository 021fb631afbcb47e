"""Standard errors of means over runs that are not independent: a jackknife over each source of
chance.

Under common random numbers, runs with the same number share their draws; runs at the same drawn
point share that point. Each source leaves its clusters out in turn (Cameron, Gelbach, Miller 2008
say why not single runs). With two sources the variances are added and the variance within points,
which both contain, is subtracted (Cameron, Gelbach, Miller 2011). Student's quantile at
Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["LEVEL", "Jackknife", "known_freedom"]

LEVEL = 0.05
_LEAST = 1e-30
_FEWEST = 2.0  # degrees of freedom: Student's distribution has no variance below (judgement)


def known_freedom(square: np.ndarray, fourth: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Degrees of freedom of a variance, from sums of squares and fourth powers of the clusters'
    contributions; at most ``clusters`` - 1.

    A rare outcome occurs in few runs but at many points at once, so its variance is poorly known: 2
    n / (kurtosis - 1) degrees of freedom, which is n for normal contributions.

    Examples
    --------
    Ten clusters with equal contributions give nine degrees of freedom; one cluster that contributes
    everything gives the fewest:

    >>> known_freedom(np.array([10.0, 1.0]), np.array([10.0, 1.0]), np.array([10.0, 10.0])).round(1).tolist()
    [9.0, 2.2]
    """
    tails = clusters * fourth / np.maximum(square**2, _LEAST)
    return np.minimum(
        clusters - 1.0, np.maximum(_FEWEST, 2.0 * clusters / np.maximum(tails - 1.0, _LEAST))
    )


class Jackknife(NamedTuple):
    """Jackknife replicates of k estimates: ``left`` has, for each source, the estimates with one
    cluster left out, (clusters, k).

    ``within`` (groups, k) are square roots of the sums of squares that two sources share, assigned
    to groups at random; empty with one source.
    """

    left: tuple[np.ndarray, ...]
    within: np.ndarray

    def at(self, k: int) -> Jackknife:
        """The replicates of one estimate."""
        return Jackknife(tuple(part[..., k] for part in self.left), self.within[..., k])

    def less(self, other: Jackknife) -> Jackknife:
        """The replicates of the difference from other estimates over the same clusters; what both
        share cancels.
        """
        return Jackknife(
            tuple(one - two for one, two in zip(self.left, other.left, strict=True)),
            self.within - other.within,
        )

    def error(self) -> tuple[float, float]:
        """Standard error and degrees of freedom of one estimate; NaN and 0 where a source has a
        single cluster.
        """
        sizes = [len(part) for part in self.left]
        if min(sizes) < 2:
            return float("nan"), 0.0
        powers = [((part - part.mean()) ** 2).sum() for part in self.left]
        fourths = [((part - part.mean()) ** 4).sum() for part in self.left]
        n = np.asarray(sizes)
        parts = (n - 1) / n * np.asarray(powers)
        variance = max(parts.sum() - (self.within**2).sum(), *parts)
        uneven = (parts**2 / known_freedom(np.asarray(powers), np.asarray(fourths), n)).sum()
        return float(np.sqrt(variance)), float(variance**2 / uneven) if uneven > 0.0 else float(
            n.min() - 1
        )

    def half_width(self, comparisons: int = 1) -> float:
        """Half width of the 95 % interval, corrected for ``comparisons`` (Bonferroni); infinite
        where a source has a single cluster.
        """
        from scipy.special import stdtrit

        error, freedom = self.error()
        return (
            float(stdtrit(freedom, 1.0 - LEVEL / (2.0 * comparisons))) * error
            if freedom
            else float("inf")
        )
