"""What was asked and done in runs, as rules noted it (:mod:`sim.rules.asks`); nothing is compiled here."""

from __future__ import annotations

import numpy as np

__all__ = ["Logs"]


class Logs:
    """Rows of :data:`sim.vocabulary.ASK_ROW` and :data:`sim.vocabulary.ACT_ROW` of runs, by point
    and run number.
    """

    def __init__(self) -> None:
        self.acts: dict[tuple[int, int], np.ndarray] = {}
        self.asks: dict[tuple[int, int], np.ndarray] = {}

    def add(self, point: int, run: int, acts: np.ndarray, asks: np.ndarray) -> None:
        """Keep the rows of a run, up to the first without a week."""
        self.acts[point, run], self.asks[point, run] = _written(acts), _written(asks)


def _written(rows: np.ndarray) -> np.ndarray:
    ends = np.flatnonzero(rows["week"] < 0)
    return rows[: ends[0] if len(ends) else len(rows)].copy()
