"""The declared kernel in numpy: an array a quantity, one operation for all firms; the queue is an
array of firm numbers.
"""

from __future__ import annotations

import numpy as np

from benchmarks.kernel import declared as d

__all__ = ["run", "uniforms"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def uniforms(seed: int, run: int, week: int, firms: np.ndarray, stream: int) -> np.ndarray:
    """The declared draws of several firms."""
    first = (run * d.WEEKS + week) * d.FIRMS
    n = (np.uint64(first) + firms.astype(np.uint64)) * np.uint64(4) + np.uint64(stream)
    z = np.uint64(seed) + (n + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def run(seed: int, number: int) -> d.Run:
    """Run ``number`` under ``seed``."""
    everyone = np.arange(d.FIRMS)
    size = 0.2 + 1.6 * uniforms(seed, number, 0, everyone, d.SIZE)
    cover = 3.0 + 12.0 * uniforms(seed, number, 0, everyone, d.COVER)
    first = uniforms(seed, number, 0, everyone, d.LICENCE)
    until = np.where(
        first < d.LICENSED, 1 + (d.TERM * first / d.LICENSED).astype(np.int64), d.NEVER
    )
    stock = cover * d.STOCKED
    afloat = np.full((d.LAG, d.FIRMS), d.AFLOAT)
    in_transit = np.full(d.FIRMS, d.AFLOAT * d.LAG)
    expected_wait, applied = np.zeros(d.FIRMS), np.zeros(d.FIRMS, np.int64)
    waiting, queue = np.zeros(d.FIRMS, bool), np.empty(0, np.int64)
    examined = approved = waited = queued = licences = stopped = 0
    short = lost = orders = 0.0
    for week in range(d.WEEKS):
        joining = everyone[~waiting & (until - week - 1 < expected_wait)]
        waiting[joining], applied[joining] = True, week
        queue = np.concatenate([queue, joining])
        called, queue = queue[: d.CAPACITY], queue[d.CAPACITY :]
        passed = uniforms(seed, number, week, called, d.APPROVAL) < d.CHANCE
        queue = np.concatenate([queue, called[~passed]])
        granted = called[passed]
        waits = week - applied[granted]
        waiting[granted] = False
        until[granted] = np.maximum(until[granted], week) + d.TERM
        expected_wait[granted] = d.MEMORY * expected_wait[granted] + (1.0 - d.MEMORY) * waits
        examined, approved, waited = (
            examined + len(called),
            approved + len(granted),
            waited + waits.sum(),
        )
        berth = afloat[week % d.LAG]
        in_transit -= berth
        stock += berth
        used = np.minimum(stock, 1.0)
        stock -= used
        shortage = 1.0 - used
        licensed = until > week
        ordered = np.where(
            licensed, np.clip(cover + d.LAG - stock - in_transit, 0.0, d.ORDER_CAP), 0.0
        )
        in_transit += ordered
        berth[:] = ordered
        queued, licences = queued + len(queue), licences + licensed.sum()
        stopped += (shortage >= d.STOP).sum()
        short += shortage.sum()
        lost += (size * (shortage * (1.0 - d.CONVEXITY + d.CONVEXITY * shortage))).sum()
        orders += ordered.sum()
    firm_weeks = d.FIRMS * d.WEEKS
    measures = (
        examined,
        approved,
        waited / approved,
        queued / d.WEEKS,
        licences / firm_weeks,
        short / d.FIRMS,
        stopped / firm_weeks,
        lost / 52.0,
        orders / firm_weeks,
        stock.mean(),
    )
    return d.Run(tuple(float(measure) for measure in measures), stock)
