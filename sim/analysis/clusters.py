"""Standard errors of means over runs that are not independent: a jackknife over each source of chance.

Runs of one number share their luck under common random numbers, and points that were drawn are shared by their runs. Each source leaves its
clusters out in turn (Cameron, Gelbach, Miller 2008 on why not single runs); with two sources their variances are added, less what lies within
points, which both hold (Cameron, Gelbach, Miller 2011). Student's quantile at Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["LEVEL", "Doubt"]

LEVEL = 0.05


class Doubt(NamedTuple):
    """Replicates of estimates: ``left`` has for each source those with one cluster left out, (clusters, k).

    ``within`` (groups, k) are sums of squares' roots of what both of two sources hold, dealt out at random; empty of one source.
    """

    left: tuple[np.ndarray, ...]
    within: np.ndarray

    def at(self, k: int) -> Doubt:
        """That of one estimate."""
        return Doubt(tuple(part[..., k] for part in self.left), self.within[..., k])

    def less(self, other: Doubt) -> Doubt:
        """That of the difference from other estimates of the same clusters, so that what both share cancels."""
        return Doubt(
            tuple(one - two for one, two in zip(self.left, other.left, strict=True)), self.within - other.within
        )

    def error(self) -> tuple[float, float]:
        """Standard error and degrees of freedom of one estimate; NaN and 0 where a source has a single cluster."""
        sizes = [len(part) for part in self.left]
        if min(sizes) < 2:
            return float("nan"), 0.0
        parts = [
            (n - 1) / n * float(((part - part.mean()) ** 2).sum()) for n, part in zip(sizes, self.left, strict=True)
        ]
        variance = max(sum(parts) - float((self.within**2).sum()), *parts)
        least = float(min(sizes) - 1)
        uneven = sum(part**2 / (n - 1) for part, n in zip(parts, sizes, strict=True))
        return float(np.sqrt(variance)), variance**2 / uneven if uneven > 0.0 else least

    def half(self, comparisons: int = 1) -> float:
        """Half width of the 95 % interval, of one of so many comparisons (Bonferroni); infinite where a source has a single cluster."""
        from scipy.special import stdtrit

        error, freedom = self.error()
        return float(stdtrit(freedom, 1.0 - LEVEL / (2.0 * comparisons))) * error if freedom else float("inf")
