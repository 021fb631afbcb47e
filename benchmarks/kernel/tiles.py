"""The declared kernel compiled, in the style of the rules: firms in tiles, one column per quantity,
a formula for one firm.

A tile holds up to 64 firms, so that LLVM can take several firms of a column at once; nothing here
is written for that but the layout.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from benchmarks.kernel import declared as d

__all__ = ["run", "run_block"]

TILE = 64
_TILES = -(-d.FIRMS // TILE)
_FIRMS, _WEEKS, _LAG, _TERM, _CAPACITY, _NEVER = (
    d.FIRMS,
    d.WEEKS,
    d.LAG,
    d.TERM,
    d.CAPACITY,
    d.NEVER,
)
_CHANCE, _LICENSED, _MEMORY, _STOCKED, _AFLOAT = d.CHANCE, d.LICENSED, d.MEMORY, d.STOCKED, d.AFLOAT
_ORDER_CAP, _CONVEXITY, _STOP = d.ORDER_CAP, d.CONVEXITY, d.STOP
_SIZE, _COVER, _LICENCE, _APPROVAL = d.SIZE, d.COVER, d.LICENCE, d.APPROVAL
_GOLDEN, _FIRST, _SECOND = (
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)

FIRM_TILE = np.dtype(
    [("count", "i8")]
    + [(name, "i8", (TILE,)) for name in ("until", "applied", "waiting", "licensed", "stopped")]
    + [
        (name, "f8", (TILE,))
        for name in (
            "size",
            "cover",
            "stock",
            "in_transit",
            "expected_wait",
            "shortage",
            "ordered",
            "lost",
        )
    ]
    + [("afloat", "f8", (d.LAG, TILE))],
    align=True,
)
OFFICE = np.dtype(
    [(name, "i8") for name in ("head", "length", "examined", "approved", "waited")], align=True
)


def _compiled(function):  # type: ignore[no-untyped-def]
    return njit(nogil=True, error_model="numpy", cache=True)(function)


@_compiled
def uniform(seed, run, week, firm, stream):  # type: ignore[no-untyped-def]
    """The declared draw."""
    n = ((run * _WEEKS + week) * _FIRMS + firm) * 4 + stream
    z = seed + (np.uint64(n) + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@_compiled
def start_firm(f, i, seed, run, firm):  # type: ignore[no-untyped-def]
    """Draw a firm."""
    f.size[i] = 0.2 + 1.6 * uniform(seed, run, 0, firm, _SIZE)
    f.cover[i] = 3.0 + 12.0 * uniform(seed, run, 0, firm, _COVER)
    first = uniform(seed, run, 0, firm, _LICENCE)
    f.until[i] = 1 + int(_TERM * first / _LICENSED) if first < _LICENSED else _NEVER
    f.stock[i] = f.cover[i] * _STOCKED
    f.in_transit[i] = _AFLOAT * _LAG
    f.waiting[i], f.applied[i], f.expected_wait[i] = 0, 0, 0.0
    for slot in range(_LAG):
        f.afloat[slot, i] = _AFLOAT


@_compiled
def firm_week(f, i, week, berth):  # type: ignore[no-untyped-def]
    """Receive, use, fall short, order."""
    arrived = f.afloat[berth, i]
    in_transit = f.in_transit[i] - arrived
    stock = f.stock[i] + arrived
    used = min(stock, 1.0)
    stock -= used
    shortage = 1.0 - used
    licensed = 1 if f.until[i] > week else 0
    wanted = min(max(f.cover[i] + _LAG - stock - in_transit, 0.0), _ORDER_CAP)
    ordered = wanted if licensed == 1 else 0.0
    f.stock[i], f.in_transit[i], f.afloat[berth, i] = stock, in_transit + ordered, ordered
    f.shortage[i], f.ordered[i], f.licensed[i] = shortage, ordered, licensed
    f.stopped[i] = 1 if shortage >= _STOP else 0
    f.lost[i] = f.size[i] * (shortage * (1.0 - _CONVEXITY + _CONVEXITY * shortage))


@_compiled
def join(office, queue, firm):  # type: ignore[no-untyped-def]
    """Put a firm at the end of the line; ``queue`` (160,) is a ring."""
    queue[(office.head + office.length) % _FIRMS] = firm
    office.length += 1


@_compiled
def apply_all(firms, office, queue, week):  # type: ignore[no-untyped-def]
    """Firms whose licence ends within the wait that they expect join the queue."""
    for t in range(_TILES):
        f = firms[t]
        for i in range(f.count):
            if f.waiting[i] == 0 and f.until[i] - week - 1 < f.expected_wait[i]:
                f.waiting[i], f.applied[i] = 1, week
                join(office, queue, t * TILE + i)


@_compiled
def examine(firms, office, queue, seed, run, week):  # type: ignore[no-untyped-def]
    """Examine what capacity allows; applications that are not approved go to the end of the
    queue.
    """
    for _ in range(min(_CAPACITY, office.length)):
        firm = queue[office.head]
        office.head, office.length = (office.head + 1) % _FIRMS, office.length - 1
        office.examined += 1
        if uniform(seed, run, week, firm, _APPROVAL) >= _CHANCE:
            join(office, queue, firm)
            continue
        f, i = firms[firm // TILE], firm % TILE
        waited = week - f.applied[i]
        office.approved += 1
        office.waited += waited
        f.waiting[i] = 0
        f.until[i] = max(f.until[i], week) + _TERM
        f.expected_wait[i] = _MEMORY * f.expected_wait[i] + (1.0 - _MEMORY) * waited


@_compiled
def run_one(firms, offices, queue, seed, run, out):  # type: ignore[no-untyped-def]
    """One run; ``out`` (10,) takes the measures."""
    office = offices[0]
    office.head, office.length, office.examined, office.approved, office.waited = 0, 0, 0, 0, 0
    for t in range(_TILES):
        firms[t].count = min(TILE, _FIRMS - t * TILE)
        for i in range(firms[t].count):
            start_firm(firms[t], i, seed, run, t * TILE + i)
    queued, licences, stopped, short, lost, orders = 0, 0, 0, 0.0, 0.0, 0.0
    for week in range(_WEEKS):
        apply_all(firms, office, queue, week)
        examine(firms, office, queue, seed, run, week)
        queued += office.length
        for t in range(_TILES):
            f = firms[t]
            for i in range(f.count):
                firm_week(f, i, week, week % _LAG)
            for i in range(f.count):
                licences += f.licensed[i]
                stopped += f.stopped[i]
                short += f.shortage[i]
                lost += f.lost[i]
                orders += f.ordered[i]
    stock = 0.0
    for t in range(_TILES):
        for i in range(firms[t].count):
            stock += firms[t].stock[i]
    many = float(_FIRMS * _WEEKS)
    out[0], out[1], out[2] = office.examined, office.approved, office.waited / office.approved
    out[3], out[4], out[5], out[6] = (
        queued / _WEEKS,
        licences / many,
        short / _FIRMS,
        stopped / many,
    )
    out[7], out[8], out[9] = lost / 52.0, orders / many, stock / _FIRMS


@_compiled
def _run_all(firms, offices, queue, seed, first, outs):  # type: ignore[no-untyped-def]
    for j in range(outs.shape[0]):
        run_one(firms, offices, queue, seed, first + j, outs[j])


def run_block(seed: int, first: int, runs: int) -> np.ndarray:
    """Measures of ``runs`` runs from ``first`` on, shape (runs, 10)."""
    return _block(seed, first, runs)[0]


def run(seed: int, number: int) -> d.Run:
    """Run ``number`` under ``seed``."""
    outs, firms = _block(seed, number, 1)
    return d.Run(tuple(outs[0].tolist()), firms["stock"].ravel()[: d.FIRMS].copy())


def _block(seed: int, first: int, runs: int) -> tuple[np.ndarray, np.ndarray]:
    firms, office, queue = (
        np.zeros(_TILES, FIRM_TILE),
        np.zeros(1, OFFICE),
        np.zeros(d.FIRMS, np.int64),
    )
    outs = np.zeros((runs, len(d.MEASURES)))
    _run_all(firms, office, queue, np.uint64(seed), first, outs)
    return outs, firms
