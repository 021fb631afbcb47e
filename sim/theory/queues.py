"""Mean waiting times in queues with Poisson arrivals (Crommelin 1932; Pollaczek 1930, Khinchine
1932), to check the licence queue.

An authority that examines ``servers`` applications at the end of each week is the queue M/D/c
observed at the ends of its service times. One that approves each with some probability and sends
the others to the end of the queue is M/G/1 with geometric service, because the order of service
does not change how many wait.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammainc, gammaln

from sim.theory.inputs import answer, finite, integer

__all__ = ["deterministic_wait", "feedback_wait"]

_MOST_SERVERS = 10_000
_MOST_TERMS = 4_096
# with less, terms beyond the millionth customer count, where scipy's gammainc loses digits
_LEAST_SPARE = 0.01
_NEGLIGIBLE = 40.0  # exp(-40) = 4e-18, below the rounding of the first term
_ROUNDS = 60
_FEW = 64  # ratio 1/2 or less: the last of so many terms is below 1e-19 of the first
_STIRLING_FROM = 16.0


def deterministic_wait(rate: float, servers: int = 1) -> float:
    """Mean wait before service in M/D/c, in service times (Crommelin 1932).

    One server: r / (2 (1 - r)). More: with X_k Poisson of mean k r, the sum over k of E[max(X_k - k
    c, 0)] / (k r); near saturation, where that sum is long, by the c - 1 roots of z**c = exp(-r (1
    - z)) within the unit circle, r W = sum 1 / (1 - z) + c / (2 (c - r)) - c + (c - r) / 2 (the
    mean of Bailey's (1954) bulk queue less its first c).

    Parameters
    ----------
    rate
        Arrivals per service time, above 0 and below ``servers``.
    servers
        Customers served at once, a whole number from 1 to 10,000.

    Returns
    -------
    float
        The wait to within 1e-10 of its value, however near ``rate`` is to ``servers``; 0 where it
        is below 1e-300.

    Raises
    ------
    ValueError
        Values out of range: at ``rate`` = ``servers`` the queue grows without end.

    Examples
    --------
    At half load of one server, 0.5 / (2 * 0.5); near saturation, 0.999 / (2 * 0.001):

    >>> deterministic_wait(0.5)
    0.5
    >>> round(deterministic_wait(0.999), 6)
    499.5
    """
    r, c = finite("rate", rate), integer("servers", servers, 1, _MOST_SERVERS)
    if not 0.0 < r < c:
        raise ValueError(
            f"rate must be above 0 and below the number of servers; given {rate}, {servers}"
        )
    if c == 1:
        return answer("wait", r / (2.0 * (1.0 - r)))
    speed = _speed(r / c, (c - r) / c)
    terms = math.ceil(_NEGLIGIBLE / (c * speed)) + 1
    if terms > _MOST_TERMS or (c - r) / c < _LEAST_SPARE:
        return _by_roots(r, c)
    return _by_terms(r, c, speed, terms)


def _speed(load: float, spare: float) -> float:
    """load - 1 - log(load): the terms fall like exp(-k c times this). By its series where the
    logarithm would cancel.
    """
    if spare > 0.1:
        return -spare - math.log(load)
    return sum(spare**j / j for j in range(2, 20))


def _by_terms(r: float, c: int, speed: float, count: int) -> float:
    """The sum over k, each term as P(X = n) less (n / m - 1) P(X > n), n = k c, m = k r; at low
    load, where that cancels, as a series.
    """
    k = np.arange(1.0, count + 1.0)
    n, load = k * c, r / c
    exactly = np.exp(-n * speed - _stirling(n)) / np.sqrt(2.0 * np.pi * n)
    if load > 0.5:
        return float((exactly - (c - r) / r * gammainc(n + 1.0, k * r)).sum())
    total, term = np.zeros(count), np.ones(count) / n
    for j in range(1, _FEW):
        term = term * (load if j > 1 else 1.0) * n / (n + j)
        total += j * term
    return float((exactly * total).sum())


def _stirling(n: np.ndarray) -> np.ndarray:
    """log n! less Stirling's formula."""
    safe = np.maximum(n, _STIRLING_FROM)
    square = 1.0 / (safe * safe)
    series = (
        1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))
    ) / safe
    small = gammaln(n + 1.0) - (n + 0.5) * np.log(n) + n - 0.5 * math.log(2.0 * math.pi)
    return np.where(n < _STIRLING_FROM, small, series)


def _by_roots(r: float, c: int) -> float:
    """Bailey's mean. With u = 1 - z each root solves log(1 - u) + (r / c) u = i angle; the other
    half are its conjugates.
    """
    angle = 2.0 * np.pi * np.arange(1, c // 2 + 1) / c
    load, spare = r / c, (c - r) / c
    u = -spare + np.sqrt(
        spare * spare - 2j * angle
    )  # log(1 - u) to second order, right for the roots near 1
    u = np.where(angle > 0.5, 1.0 - np.exp(1j * angle - load), u)
    for _ in range(_ROUNDS):
        step = (np.log1p(-u) + load * u - 1j * angle) / (load - 1.0 / (1.0 - u))
        u = u - step
        if np.abs(step).max() < 1e-15:
            break
    share = np.real(1.0 / u)
    total = 2.0 * share.sum() - (share[-1] if c % 2 == 0 else 0.0)
    return answer("wait", float(total + c / (2.0 * (c - r)) - c + (c - r) / 2.0) / r)


def feedback_wait(rate: float, chance: float) -> float:
    """Mean time from arrival to the end of the last examination, less one examination, where each
    ends the matter with ``chance``.

    M/G/1 with geometric service (Pollaczek-Khinchine): r E[S^2] / (2 (1 - r E[S])) + E[S] - 1 with
    E[S] = 1 / q and E[S^2] = (2 - q) / q^2, that is r (2 - q) / (2 q (q - r)) + (1 - q) / q.

    Parameters
    ----------
    rate
        Arrivals an examination, above 0 and below ``chance``.
    chance
        Chance q that an examination is the last, above 0 and at most 1.

    Returns
    -------
    float
        The wait in examinations, to within 1e-14 of its value.

    Raises
    ------
    ValueError
        Values out of range, or a wait beyond the largest float.

    Examples
    --------
    0.25 * 1.5 / (2 * 0.5 * 0.25) + 1:

    >>> feedback_wait(0.25, 0.5)
    2.5
    """
    r, q = finite("rate", rate), finite("chance", chance)
    if not 0.0 < q <= 1.0 or not 0.0 < r < q:
        raise ValueError(f"0 < rate < chance <= 1 is needed; given {rate}, {chance}")
    return answer("wait", r / (q - r) * (2.0 - q) / (2.0 * q) + (1.0 - q) / q)
