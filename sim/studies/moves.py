"""Which of the levers between two scenarios does the work: each taken back, each alone, and its
Shapley share.

All runs between two ends are one call of the ensemble, a coalition of levers a record, so that
every thread is busy to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.coalitions import (
    MOST_EXACT,
    Shares,
    deal_cells,
    masks_of,
    runs_alone,
    shapley,
    shapley_of_walks,
)
from sim.analysis.paired import paired_share
from sim.config.fields import rows_in_words
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.studies.levers import Lever, records_between
from sim.vocabulary import OUTCOMES

__all__ = ["IDLE", "MOVES", "SPARED", "move_levers"]

MOVES, SPARED, IDLE = "moves it", "others make up for it", "does nothing beyond the interval"
"""Verdicts: what taking the lever back does; where that is within the interval, whether the lever
does anything in other company."""

_WALKED = 512  # runs whose walks are held as records at a time: 20 MB with a dozen levers
Progress = Callable[[int, int], None]
Pair = tuple[np.ndarray, np.ndarray]


def move_levers(
    left: Scenario,
    right: Scenario,
    levers: Sequence[Lever],
    ends: Pair,
    outcome: str,
    *,
    seed: int,
    threads: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """What each lever does to the share of an outcome.

    Parameters
    ----------
    left, right, levers
        Two scenarios and what :func:`sim.studies.levers.levers_between` gives for them.
    ends
        Whether each run of the left and of the right end has the outcome, as 0 and 1; both (runs,).
    outcome
        Its name.
    seed, threads, progress
        The seed of all draws, threads (0 takes every processor), and what is called with (runs
        done, runs in all).

    Returns
    -------
    pandas.DataFrame
        A row a lever, the largest Shapley share first: ``lever``, ``settings``, its values at
        ``left`` and ``right``; ``taken_back``, ``alone`` and ``shapley``, each with ``.low`` and
        ``.high`` (95 % intervals of the runs); ``runs`` behind the first two; ``verdict``.
    """
    study = _Between(left, right, levers, ends, OUTCOMES[outcome].code, seed, threads, progress)
    shares, back, alone = study.exact() if len(levers) <= MOST_EXACT else study.sampled()
    rows = []
    for k, lever in enumerate(levers):
        row: dict[str, object] = {"lever": lever.label, "settings": lever.settings}
        row["left"], row["right"] = (
            "; ".join(_value(pair[end]) for pair in lever.values.values()) for end in (0, 1)
        )
        found = {
            "taken_back": paired_share(*back[k]),
            "alone": paired_share(*alone[k]),
            "shapley": tuple(part[k] for part in shares),
        }
        for name, (value, low, high) in found.items():
            row |= {name: float(value), f"{name}.low": float(low), f"{name}.high": float(high)}
        row["runs"], row["verdict"] = len(back[k][0]), _verdict(found)
        rows.append(row)
    table = pd.DataFrame(rows)
    order = np.argsort(-table["shapley"].abs().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _value(value: object) -> str:
    return rows_in_words(value) if isinstance(value, tuple) else str(value)


def _verdict(found: dict[str, tuple[float, ...]]) -> str:
    """Whether taking the lever back moves the share beyond the interval; if not, whether it alone
    does, or its Shapley share.
    """
    beyond = [name for name, (_, low, high) in found.items() if low > 0.0 or high < 0.0]
    return MOVES if "taken_back" in beyond else SPARED if beyond else IDLE


@dataclass(frozen=True)
class _Between:
    """The runs between two ends, as :func:`move_levers` takes them; ``code`` is the outcome's.

    Both ways of making them give Shapley's shares, and for each lever the runs (without it, with
    it) of taking it back and of it alone.
    """

    left: Scenario
    right: Scenario
    levers: Sequence[Lever]
    ends: Pair
    code: int
    seed: int
    threads: int
    progress: Progress | None

    def exact(self) -> tuple[Shares, list[Pair], list[Pair]]:
        """Every coalition, its runs dealt by weight."""
        count, (low, high) = len(self.levers), self.ends
        cells, last = deal_cells(count, len(low), self.seed), 2**count - 1
        inner = (cells.coalition > 0) & (cells.coalition < last)
        values = np.where(cells.coalition == 0, low[cells.run], high[cells.run])
        values[inner] = self._hits(masks_of(count), cells.coalition[inner], cells.run[inner])

        def of(coalition: int) -> Pair:
            rows = cells.coalition == coalition
            return cells.run[rows], values[rows]

        without = [of(last ^ 1 << k) for k in range(count)]
        only = [of(1 << k) for k in range(count)]
        back, alone = (
            [(hits, high[run]) for run, hits in without],
            [(low[run], hits) for run, hits in only],
        )
        return shapley(cells, values, count), back, alone

    def sampled(self) -> tuple[Shares, list[Pair], list[Pair]]:
        """Each run walks one order of its own; each lever is also moved alone, and taken back, on
        the first runs.
        """
        count, (low, high) = len(self.levers), self.ends
        runs = len(low)
        orders = np.random.default_rng(self.seed).permuted(
            np.tile(np.arange(count), (runs, 1)), axis=1
        )
        step = np.argsort(orders, axis=1)  # at which each lever is moved
        values = np.column_stack([low, np.zeros((runs, count - 1)), high])
        for start in range(0, runs, _WALKED):
            walking = np.arange(start, min(start + _WALKED, runs))
            inside = (step[walking, None, :] < np.arange(1, count)[:, None]).reshape(-1, count)
            hits = self._hits(inside, np.arange(len(inside)), np.repeat(walking, count - 1))
            values[walking, 1:-1] = hits.reshape(-1, count - 1)
        few, own = np.arange(runs_alone(runs)), np.eye(count, dtype=bool)
        hits = self._hits(
            np.concatenate([own, ~own]),
            np.repeat(np.arange(2 * count), len(few)),
            np.tile(few, 2 * count),
        )
        only, without = hits.reshape(2, count, -1)
        back, alone = [(hits, high[few]) for hits in without], [(low[few], hits) for hits in only]
        return shapley_of_walks(values, orders), back, alone

    def _hits(self, inside: np.ndarray, row: np.ndarray, run: np.ndarray) -> np.ndarray:
        """Which runs have the outcome, as 0 and 1: run numbers under the levers of a row of
        ``inside``.
        """
        records = records_between(self.left, self.right, self.levers, inside)
        outs, _ = simulate(
            records,
            row.astype(np.int64),
            run.astype(np.int64),
            self.seed,
            threads=self.threads,
            progress=self.progress,
        )
        return (outs["outcome"] == self.code).astype(float)
