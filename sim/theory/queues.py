"""Mean waits in queues with Poisson arrivals (Crommelin 1932; Pollaczek 1930, Khinchine 1932), to hold the licence queue against.

An authority that examines ``servers`` applications at the end of each week is the queue M/D/c seen at the ends of its service times; one that
approves each with a chance and sends the rest to the end of the line is M/G/1 with geometric service, since the order of service does
not change how many wait.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc

__all__ = ["deterministic_wait", "feedback_wait"]

_NEGLIGIBLE = 1e-15
_MOST_TERMS = 1_000_000


def deterministic_wait(rate: float, servers: int = 1) -> float:
    """Mean wait before service in M/D/c, in service times (Crommelin 1932).

    With X_k Poisson of mean k times ``rate``, the sum over k of P(X_k >= k c) - (c / rate) P(X_k >= k c + 1); for one server
    r / (2 (1 - r)).

    Parameters
    ----------
    rate
        Arrivals a service time, above 0 and below ``servers``.
    servers
        Customers served at once, a whole number from 1.

    Raises
    ------
    ValueError
        Values out of range: the queue would grow without end.
    """
    if servers < 1 or servers != int(servers) or not 0.0 < rate < servers:
        raise ValueError(f"rate must be above 0 and below the number of servers; given {rate}, {servers}")
    total = 0.0
    for first in range(1, _MOST_TERMS, 1024):
        k = np.arange(first, first + 1024, dtype=float)
        terms = gammainc(k * servers, k * rate) - servers / rate * gammainc(k * servers + 1.0, k * rate)
        total += float(terms.sum())
        if abs(terms[-1]) < _NEGLIGIBLE:
            return total
    return total


def feedback_wait(rate: float, chance: float) -> float:
    """Mean time from arrival to the end of the last examination, less one examination, where each ends the matter with ``chance``.

    M/G/1 with geometric service (Pollaczek-Khinchine): r E[S^2] / (2 (1 - r E[S])) + E[S] - 1, E[S] = 1 / q, E[S^2] = (2 - q) / q^2.

    Parameters
    ----------
    rate
        Arrivals an examination, above 0 and below ``chance``.
    chance
        Chance that an examination is the last, above 0 and at most 1.

    Raises
    ------
    ValueError
        Values out of range.
    """
    if not 0.0 < chance <= 1.0 or not 0.0 < rate < chance:
        raise ValueError(f"0 < rate < chance <= 1 is needed; given {rate}, {chance}")
    mean, square = 1.0 / chance, (2.0 - chance) / chance**2
    return rate * square / (2.0 * (1.0 - rate * mean)) + mean - 1.0
