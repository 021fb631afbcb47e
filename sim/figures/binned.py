"""Levers that were drawn at random, put into classes of equally many runs, so that a phase diagram or lines can show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.classes import has_more_values

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_VALUES", "classes"]

MOST_VALUES = 12
_CLASSES = 8


def classes(runs: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Settings with more than MOST_VALUES values, replaced by the middle of classes that hold equally many runs.

    Returns
    -------
    runs, binned
        The table with those columns replaced, and the names of the settings that were.
    """
    import pandas as pd

    runs, binned = runs.copy(deep=False), []
    for name in names:
        if runs[name].dtype.kind not in "if" or not has_more_values(runs[name], MOST_VALUES):
            continue
        held = pd.qcut(runs[name], _CLASSES, duplicates="drop")
        middle = runs[name].groupby(held, observed=False).median()
        rounded = middle.map(lambda value: float(f"{value:.3g}"))
        chosen = rounded if rounded.nunique() == middle.nunique() else middle
        runs[name] = np.append(chosen.to_numpy(), np.nan)[held.cat.codes]  # code -1: no value
        binned.append(name)
    return runs, binned
