"""The example of a result: one run in full, kept because a figure of a single run needs more than the table of runs holds.

``example.parquet`` has its weeks; ``example.json`` says which run it is and why, and describes the bargaining at one table. What makes it
is :mod:`sim.example`; nothing here computes. A result that was made before examples were kept has neither file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.errors import SimError
from sim.results.files import read_table, write_table
from sim.results.folder import whole_file

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.columns import Notes

__all__ = ["EXAMPLE", "EXAMPLE_WEEKS", "BargainingSpace", "Example", "read_example", "write_example"]

EXAMPLE, EXAMPLE_WEEKS = "example.json", "example.parquet"
_MOST_BYTES = 5_000_000  # thirty times what a run of 520 weeks with talks in each would take
_POINTS = (None, 2)
_SHAPES: dict[str, tuple[int | None, ...]] = {
    "week": (None,), "offer_us": _POINTS, "offer_cn": _POINTS, "reservation": (2,), "frontier": _POINTS, "frontier_all": _POINTS,
    "deal": (2,), "nash": (2,),
}  # fmt: skip


@dataclass(frozen=True)
class BargainingSpace:
    """Arrays in value space: the last axis is (worth to the US, worth to China), bn USD/yr, by the last week's true values.

    Attributes
    ----------
    table
        ``trade`` or ``security``.
    week
        Weeks with talks at the table, counted from 1, shape (n,).
    offer_us, offer_cn
        The offers that stood at the end of each of these weeks, shape (n, 2); NaN where none did.
    reservation
        Both reservation values in the last of them, shape (2,).
    frontier
        Efficient packages of the table, from the best for the US to the best for China, shape (m, 2).
    frontier_all
        Those of every issue, less what the other table's issues are worth as they stand, shape (m, 2).
    deal
        The agreement, shape (2,); NaN without one.
    nash
        The Nash point of the table, shape (2,); NaN where no package beats both reservation values.
    """

    table: str
    week: np.ndarray
    offer_us: np.ndarray
    offer_cn: np.ndarray
    reservation: np.ndarray
    frontier: np.ndarray
    frontier_all: np.ndarray
    deal: np.ndarray
    nash: np.ndarray


@dataclass(frozen=True)
class Example:
    """One run of a result, in full.

    Attributes
    ----------
    run, outcome, among, measures
        Its number; its outcome, the commonest; among how many runs of that outcome, and over how many measures, it is the medoid.
    deadlines
        When deadlines of the first truce fall if it is extended at each: weeks since the truce began, as breaks are counted.
    weeks
        A row per week: every series (:func:`sim.results.columns.weeks_table`).
    space
        The bargaining at the trade table, or at the security table where nobody talks trade; None where the sides never talk.
    """

    run: int
    outcome: str
    among: int
    measures: int
    deadlines: np.ndarray
    weeks: pd.DataFrame
    space: BargainingSpace | None


def write_example(example: Example, folder: Path, notes: Notes) -> None:
    """Write both files."""
    write_table(example.weeks, folder / EXAMPLE_WEEKS, notes)
    told: dict[str, Any] = {
        name: getattr(example, name) for name in ("run", "outcome", "among", "measures", "deadlines")
    }
    told["space"] = asdict(example.space) if example.space else None
    with whole_file(folder / EXAMPLE) as temporary:
        temporary.write_text(json.dumps(_plain(told), allow_nan=False) + "\n", encoding="utf-8")


def read_example(folder: Path) -> Example | None:
    """The example in a result folder; None where none was kept.

    Raises
    ------
    SimError
        Files that are not what :func:`write_example` writes.
    """
    path = folder / EXAMPLE
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        told = json.loads(path.read_text(encoding="utf-8"))
        counts = {name: int(told[name]) for name in ("run", "among", "measures")}
        deadlines, space = _array(told["deadlines"], (None,)), told["space"]
        return Example(
            outcome=str(told["outcome"]), deadlines=deadlines, weeks=read_table(folder / EXAMPLE_WEEKS),
            space=_space(space) if space else None, **counts,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise SimError("not the example of a result", key=EXAMPLE, given=str(error)[:80]) from None


def _space(told: Mapping[str, Any]) -> BargainingSpace:
    arrays = {field.name: _array(told[field.name], _SHAPES[field.name]) for field in fields(BargainingSpace)[1:]}
    if len({len(arrays[name]) for name in ("week", "offer_us", "offer_cn")}) > 1:
        raise ValueError("weeks and offers of different number")
    return BargainingSpace(str(told["table"]), **arrays)


def _array(given: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """Numbers of a shape, null for NaN; None leaves a length open."""
    found = np.array(given, float)
    if found.ndim != len(shape) or any(most not in (None, size) for most, size in zip(shape, found.shape, strict=True)):
        raise ValueError(f"numbers of shape {found.shape}")
    return found


def _plain(value: Any) -> Any:
    """What JSON knows: lists for arrays, null for NaN."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and np.isnan(value) else value
