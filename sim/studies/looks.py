"""The three looks of a sensitivity study: which points of the levers' unit cube are run, under which
draws.

First each lever alone, from end to end of its range with the others as in the scenario, under
common random numbers. Then Morris' trajectories, each under two draws of its own. Then base rows
for pick-freeze indices (:mod:`sim.analysis.two_draws`), whose draws are no other row's: one run
number for the whole design would make every index that run's.

Points are made and run block by block; only values are kept. A trajectory or a base row of which a
rule between settings refuses a point is left out as one, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.analysis.two_draws import REPLICATES, Rows
from sim.config.errors import SimError
from sim.studies.response import Response
from sim.sweeps.design import salib_sampler

__all__ = ["LEVELS", "FirstLook", "Meter", "Screen", "base_rows", "first_look", "screen", "sizes"]

LEVELS = 10  # of Morris' grid: each of up to five options is met equally often
_BLOCK = 8_192  # runs at a time: 50 MB of records, and 1 % lost to threads that wait at its end
_TRAJECTORIES, _BASES = 2**30, 2**31  # first run numbers of the second and the third look
_MOST_REFUSED = 0.2  # of trajectories or base rows: more would be another question (judgement)
Progress = Callable[[int, int], None]


class FirstLook(NamedTuple):
    """Levers moved one at a time: ``lever`` of each comparison, the coordinate that it is moved
    ``start`` (NaN: the scenario's) and ``end``, all (comparisons,); the values of both, NaN where a
    rule refuses one, (comparisons, runs); those of the scenario, (runs,).
    """

    lever: np.ndarray
    start: np.ndarray
    end: np.ndarray
    before: np.ndarray
    after: np.ndarray
    scenario: np.ndarray


class Screen(NamedTuple):
    """Values along trajectories, (trajectories, levers + 1, 2 draws), and the lever that each step
    moves, (trajectories, levers); ``dropped`` counts those that a rule refused.
    """

    values: np.ndarray
    lever: np.ndarray
    dropped: int


@dataclass
class Meter:
    """Counts runs over all looks and reports them."""

    total: int
    progress: Progress | None = None
    done: int = 0

    def add(self, runs: int) -> None:
        """So many more are done."""
        self.done += runs
        if self.progress is not None:
            self.progress(self.done, max(self.done, self.total))


def sizes(
    places: Sequence[Sequence[float]], runs: int, trajectories: int, points: int, columns: int
) -> tuple[int, int, int]:
    """Runs of each look; ``columns`` are the levers or groups of levers with indices.

    Examples
    --------
    >>> sizes([[0.0, 1.0]], runs=10, trajectories=2, points=16, columns=1)
    (30, 8, 80)
    """
    first = (1 + sum(len(each) for each in places)) * runs
    return first, trajectories * (len(places) + 1) * 2, points * (2 * columns + 3)


def first_look(response: Response, runs: int, meter: Meter) -> FirstLook:
    """Each lever from one end of its range to the other, each option against the scenario, on the
    same ``runs``.
    """
    levers = len(response.places)
    rows = [(lever, place) for lever, each in enumerate(response.places) for place in each]
    unit = np.full((len(rows) + 1, levers), np.nan)
    for row, (lever, place) in enumerate(rows, 1):
        unit[row, lever] = place
    values = np.full((len(unit), runs), np.nan)
    allowed = np.flatnonzero(~response.refused(unit))
    values[allowed] = _run(response, unit[allowed], np.arange(runs)[None, :], meter)
    pairs = list(_pairs(response.places))
    at = np.asarray([pair[1:] for pair in pairs], int)
    ends = np.asarray([np.nan, *(place for _, place in rows)])
    return FirstLook(
        np.asarray([pair[0] for pair in pairs]),
        ends[at[:, 0]],
        ends[at[:, 1]],
        values[at[:, 0]],
        values[at[:, 1]],
        values[0],
    )


def _pairs(places: Sequence[Sequence[float]]) -> Iterator[tuple[int, int, int]]:
    """Lever, first and second row of each comparison: both ends of a range, or the scenario and an
    option.
    """
    row = 1
    for lever, each in enumerate(places):
        if list(each) == [0.0, 1.0]:
            yield lever, row, row + 1
        else:
            yield from ((lever, 0, row + k) for k in range(len(each)))
        row += len(each)


def screen(response: Response, trajectories: int, seed: int, meter: Meter) -> Screen:
    """Morris' trajectories on a grid of :data:`LEVELS` levels, each under two draws of its own.

    Raises
    ------
    SimError
        A rule refuses too many.
    """
    levers = len(response.places)
    problem = {
        "num_vars": levers,
        "names": [str(lever) for lever in range(levers)],
        "bounds": [[0.0, 1.0]] * levers,
    }
    unit = salib_sampler("morris").sample(
        problem, trajectories, num_levels=LEVELS, seed=seed % 2**32
    )
    refused = response.refused(unit).reshape(trajectories, levers + 1).any(axis=1)
    _check_refused(refused.sum(), trajectories, "trajectories", response)
    unit = unit.reshape(trajectories, levers + 1, levers)[~refused]
    step = np.abs(np.diff(unit, axis=1)).argmax(axis=2)
    own = _TRAJECTORIES + 2 * np.flatnonzero(~refused)
    numbers = np.repeat(np.stack([own, own + 1], axis=1), levers + 1, axis=0)
    values = _run(response, unit.reshape(-1, levers), numbers, meter)
    return Screen(values.reshape(len(unit), levers + 1, 2), step, int(refused.sum()))


def base_rows(
    response: Response, groups: Sequence[Sequence[int]], points: int, seed: int, meter: Meter
) -> tuple[Rows, int]:
    """Base rows and mixed points, in which a group of levers at a time comes from B; and how many
    base rows a rule refused.

    Parameters
    ----------
    response
        What is asked.
    groups
        Levers by number: each group is one column of the indices.
    points
        Base rows, a multiple of :data:`REPLICATES`.
    seed
        That of the design.
    meter
        Counts the runs.

    Raises
    ------
    SimError
        A rule refuses too many.
    """
    a, b = np.full((points, 2), np.nan), np.full(points, np.nan)
    mixed = np.full((points, len(groups), 2), np.nan)
    each, step = points // REPLICATES, max(1, _BLOCK // (2 * len(groups) + 3))
    nets = _Nets(len(response.places), each, seed)
    dropped = 0
    for start in range(0, points, step):
        rows = np.arange(start, min(start + step, points))
        block = _mixtures(nets.at(rows), groups)
        refused = response.refused(block.reshape(-1, block.shape[2])).reshape(block.shape[:2])
        kept = ~refused.any(axis=1)
        dropped += int((~kept).sum())
        found = _base_block(response, block[kept], rows[kept], meter)
        b[rows[kept]], a[rows[kept]], mixed[rows[kept]] = found
    _check_refused(dropped, points, "base points", response)
    return Rows(a, mixed, b, np.repeat(np.arange(REPLICATES), each)), dropped


class _Nets:
    """Sobol nets in the coordinates of A and of B, one a replicate, each scrambled on its own."""

    def __init__(self, levers: int, points: int, seed: int) -> None:
        self._levers, self._points, self._seed = levers, points, seed
        self._held: dict[int, np.ndarray] = {}

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Coordinates of base rows in order, (rows, 2, levers)."""
        replicates = rows // self._points
        # blocks follow one another: no earlier net is asked for again
        self._held = {r: self._net(r) for r in np.unique(replicates).tolist()}
        parts = [net[rows[replicates == r] % self._points] for r, net in self._held.items()]
        return np.concatenate(parts).reshape(len(rows), 2, self._levers)

    def _net(self, replicate: int) -> np.ndarray:
        from scipy.stats import qmc

        if replicate in self._held:
            return self._held[replicate]
        rng = np.random.default_rng((self._seed, replicate))
        return qmc.Sobol(2 * self._levers, scramble=True, rng=rng).random(self._points)


def _mixtures(net: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """Points B, A, and A with each group from B: (rows, groups + 2, levers)."""
    a, b = net[:, 0], net[:, 1]
    block = np.repeat(a[:, None, :], len(groups) + 2, axis=1)
    block[:, 0] = b
    for k, group in enumerate(groups, 2):
        block[:, k, list(group)] = b[:, list(group)]
    return block


def _base_block(
    response: Response, block: np.ndarray, rows: np.ndarray, meter: Meter
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values of base rows at B (rows,), at A (rows, 2) and at the mixed points (rows, groups, 2)."""
    count, columns, levers = block.shape
    if not count:
        return np.zeros(0), np.zeros((0, 2)), np.zeros((0, columns - 2, 2))
    # B once, under v; the others twice, under u and w
    times = np.concatenate([[1], np.full(columns - 1, 2)])
    draw = np.concatenate([[2], np.tile([0, 1], columns - 1)])
    point = np.repeat(np.arange(count * columns), np.tile(times, count))
    run = (_BASES + 3 * rows[:, None] + draw).ravel()
    values = response.values(block.reshape(-1, levers), point, run).reshape(count, -1)
    meter.add(values.size)
    twice = values[:, 1:].reshape(count, columns - 1, 2)
    return values[:, 0], twice[:, 0], twice[:, 1:]


def _run(response: Response, unit: np.ndarray, numbers: np.ndarray, meter: Meter) -> np.ndarray:
    """Values of points under run numbers, (points, runs): ``numbers`` for all or for each."""
    runs = numbers.shape[1]
    found = np.empty((len(unit), runs))
    numbers = np.broadcast_to(numbers, found.shape)
    step = max(1, _BLOCK // runs)
    for start in range(0, len(unit), step):
        part = unit[start : start + step]
        point = np.repeat(np.arange(len(part)), runs)
        own = numbers[start : start + step].ravel()
        found[start : start + step] = response.values(part, point, own).reshape(len(part), runs)
        meter.add(len(own))
    return found


def _check_refused(refused: int, count: int, what: str, response: Response) -> None:
    if refused > _MOST_REFUSED * count:
        raise SimError(
            f"rules between settings refuse {refused:,} of {count:,} {what}",
            key="levers",
            given="; ".join(response.reasons) or None,
            allowed=f"at most {100 * _MOST_REFUSED:.0f} %",
            cure="narrow a range: NAME:LOW..HIGH, or leave a lever out",
        )
