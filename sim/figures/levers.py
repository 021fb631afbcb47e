"""Settings that a sweep moved, as axes of figures: their values, grouped into classes where there
are many, and ticks that fit.

Values drawn at random are grouped into classes of equally many runs, so that a phase diagram or
lines can show them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.classes import has_more_values
from sim.analysis.labels import value_words
from sim.batch import Figures
from sim.figures.labels import Notes
from sim.figures.style import small
from sim.vocabulary import SIDES

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MOST_VALUES",
    "apart",
    "classes",
    "has_names",
    "letters_across",
    "longest",
    "short_label",
    "tick_lines",
    "values_of",
]

MOST_VALUES = (
    12  # values of a setting shown one by one: with more, a cell has no room for its share
)
_CLASSES = 8  # with a thousand runs a cell of two settings has about sixteen runs
_SHORT, _LINE = 18, 9  # letters of a label beside a small panel, and of a line of a tick
_WIDTH_OF_A_DIGIT = 0.64  # of the text size, in the default typeface


def classes(runs: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Settings with more than MOST_VALUES values, replaced by the middles of classes with equally
    many runs.

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
        intervals = pd.qcut(runs[name], _CLASSES, duplicates="drop")
        middle = runs[name].groupby(intervals, observed=False).median()
        rounded = middle.map(lambda value: float(f"{value:.3g}"))
        chosen = rounded if rounded.nunique() == middle.nunique() else middle
        runs[name] = np.append(chosen.to_numpy(), np.nan)[intervals.cat.codes]  # code -1: no value
        binned.append(name)
    return runs, binned


def values_of(shares: pd.DataFrame, name: str) -> list[Any]:
    """Values of a setting in the table, numbers in order."""
    values = list(shares[name].drop_duplicates())
    return values if has_names(values) else sorted(values)


def has_names(values: list[Any]) -> bool:
    """Whether some of the values are words or flags, not numbers."""
    numbers = (int, float, np.number)
    return not all(
        isinstance(value, numbers) and not isinstance(value, (bool, np.bool_)) for value in values
    )


def letters_across(style: Figures) -> float:
    """Number of digits in tick size that fit into the width of the figure."""
    return style.width * 72.0 / (_WIDTH_OF_A_DIGIT * small(style))


def longest(words: list[str]) -> int:
    """Letters of the longest line."""
    return max((len(line) for text in words for line in text.split("\n")), default=0)


def apart(where: np.ndarray, words: list[str], letters: float) -> list[int]:
    """Those of ``words`` at rising places ``where`` that do not overlap, on an axis ``letters``
    wide; earlier ones have priority.
    """
    span = float(where[-1] - where[0]) or 1.0
    kept, end = [], -np.inf
    for k, text in enumerate(words):
        middle, half = letters * float(where[k] - where[0]) / span, 0.5 * (longest([text]) + 1)
        if middle - half >= end:
            kept.append(k)
            end = middle + half
    return kept


def tick_lines(value: Any) -> str:
    """A value as text, over several lines if it is long."""
    return "\n".join(textwrap.wrap(value_words(value), _LINE, break_long_words=False))


def short_label(notes: Notes, name: str) -> str:
    """A lever's label and unit if short, else the last words of its name, for small panels."""
    note = notes.get(name, {"label": name, "unit": ""})
    words = note["label"]
    if len(words) > _SHORT:
        *before, last = name.split(".")
        words = f"{before[-1]}, {SIDES[last].label}" if last in SIDES and before else last
    words = words.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}" + (f" ({note['unit']})" if note["unit"] else "")
