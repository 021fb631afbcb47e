"""Settings, values and shares in words, as answers and titles say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.vocabulary import SIDES

__all__ = ["label_of", "measure_words", "percent", "range_words", "unit_words", "value_words"]

_WITHOUT_UNIT = ("share", "name", "flag")
_OWNERS = tuple(f"{side.label}'s " for side in SIDES.values())
Notes = Mapping[str, Mapping[str, str]]


def label_of(name: str, notes: Notes, linked: bool = False, *, unit: bool = True) -> str:
    """What a setting is called, with its unit where that is more than a share; ``linked`` says that it moves for both sides."""
    note = notes.get(name, {})
    label, measured = note.get("label") or name, unit_words(name, notes)
    if linked:
        for owner in _OWNERS:
            if label.startswith(owner):
                label = f"{label.removeprefix(owner)}, both sides"
    return f"{label} ({measured})" if unit and measured else label


def unit_words(name: str, notes: Notes) -> str:
    """The unit of a setting, where that is more than a share or the name of what is counted."""
    unit = notes.get(name, {}).get("unit", "")
    return "" if unit in _WITHOUT_UNIT else unit


def measure_words(name: str, notes: Notes) -> str:
    """What a measure is called; that of a side by its government: ``Washington's leverage left at the end``."""
    label = label_of(name, notes, unit=False)
    side = SIDES.get(name.rpartition(".")[2])
    return f"{side.label}'s {label.rpartition(' (')[0]}" if side and label.endswith(")") else label


def value_words(value: Any) -> str:
    """A value of a setting: ``0.45``, ``time dependent``, ``on``."""
    if isinstance(value, (bool, np.bool_)):
        return "on" if value else "off"
    return str(value).replace("_", " ") if isinstance(value, str) else f"{value:.4g}"


def range_words(low: Any, high: Any) -> str:
    """A range of values: ``0.45 to 0.8``."""
    return f"{low:.3g} to {high:.3g}"


def percent(share: float) -> str:
    """A share in per cent, whole but for what would read as none or all."""
    points = 100.0 * float(share)
    return f"{points:.1f} %" if 0.0 < points < 0.95 or 99.05 < points < 100.0 else f"{points:.0f} %"
