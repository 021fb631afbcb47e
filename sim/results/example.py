"""The example of a result: one run in full, kept because a figure of a single run needs more than
the table of runs holds.

``example.parquet`` has its weeks; ``example.json`` says which run it is and why, and describes the
bargaining on one track. What makes it is :mod:`sim.example`; nothing here computes. A result that
was made before examples were kept has neither file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from sim.config.errors import SimError
from sim.results.files import read_table, write_table
from sim.results.folder import atomic_write
from sim.results.reader import In, Matching, ReadBy, read_json, record_of
from sim.vocabulary import OUTCOMES, TRACKS

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.columns import Notes

__all__ = [
    "EXAMPLE",
    "EXAMPLE_WEEKS",
    "BargainingSpace",
    "Example",
    "read_example",
    "write_example",
]

EXAMPLE, EXAMPLE_WEEKS = "example.json", "example.parquet"
_MOST_BYTES = 5_000_000  # thirty times what a run of 520 weeks with talks in each takes
_Count = Annotated[int, In(0, 2**32 - 1)]


def _numbers(*shape: int | None) -> ReadBy:
    """Reads an array of this shape, null for NaN; None leaves a length open."""

    def read(given: object, name: str) -> np.ndarray:
        try:
            found = np.array(given, float)
        except (ValueError, TypeError):
            raise SimError("not an array of numbers", key=f"{EXAMPLE}: {name}") from None
        if len(found.shape) != len(shape) or any(
            wanted not in (None, size) for wanted, size in zip(shape, found.shape, strict=True)
        ):
            raise SimError(
                "an array of another shape", key=f"{EXAMPLE}: {name}", given=str(found.shape)
            )
        return found

    return ReadBy(read)


_Row = Annotated[np.ndarray, _numbers(None)]
_Pair = Annotated[np.ndarray, _numbers(2)]
_Pairs = Annotated[np.ndarray, _numbers(None, 2)]


@dataclass(frozen=True)
class BargainingSpace:
    """Arrays in value space: the last axis is (worth to the US, worth to China), bn USD/yr, by the
    last week's true values.

    Attributes
    ----------
    table
        The name of a track.
    week
        Weeks with talks on the track, counted from 1, shape (n,).
    offer_us, offer_cn
        The offers that stood at the end of each of these weeks, shape (n, 2); NaN where none did.
    reservation
        Both reservation values in the last of them, shape (2,).
    frontier
        Efficient packages of the track, from the best for the US to the best for China, shape (m,
        2).
    frontier_all
        Those of every issue, less what the other tracks' issues are worth as they stand, shape (m,
        2).
    deal
        The agreement, shape (2,); NaN without one.
    nash
        The Nash point of the track, shape (2,); NaN where no package beats both reservation values.
    """

    track: Annotated[str, Matching("|".join(TRACKS), "the name of a track")]
    week: _Row
    offer_us: _Pairs
    offer_cn: _Pairs
    reservation: _Pair
    frontier: _Pairs
    frontier_all: _Pairs
    deal: _Pair
    nash: _Pair


@dataclass(frozen=True)
class Example:
    """One run of a result, in full.

    Attributes
    ----------
    run, outcome, among, measures
        Its number; its outcome, the commonest; among how many runs of that outcome, and over how
        many measures, it is the medoid; over none where the run was asked for by its number.
    deadlines
        When deadlines of the first truce fall if it is extended at each: weeks since the truce
        began, as breaks are counted.
    weeks
        A row per week: every series (:func:`sim.results.columns.weeks_table`).
    space
        The bargaining on the first track on which the sides talk; None
        where the sides never talk.
    """

    run: int
    outcome: str
    among: int
    measures: int
    deadlines: np.ndarray
    weeks: pd.DataFrame
    space: BargainingSpace | None


@dataclass(frozen=True)
class _Recorded:
    """What ``example.json`` says of an :class:`Example`."""

    run: _Count
    outcome: Annotated[str, Matching("|".join(OUTCOMES), "the name of an outcome")]
    among: _Count
    measures: _Count
    deadlines: _Row
    space: BargainingSpace | None


def write_example(example: Example, folder: Path, notes: Notes) -> None:
    """Write both files."""
    write_table(example.weeks, folder / EXAMPLE_WEEKS, notes)
    recorded = _Recorded(
        **{name: value for name, value in vars(example).items() if name != "weeks"}
    )
    with atomic_write(folder / EXAMPLE) as temporary:
        temporary.write_text(
            json.dumps(_plain(asdict(recorded)), allow_nan=False) + "\n", encoding="utf-8"
        )


def read_example(folder: Path) -> Example | None:
    """The example in a result folder; None where none was kept.

    Raises
    ------
    SimError
        Files that are not what :func:`write_example` writes.
    """
    if not (folder / EXAMPLE).is_file():
        return None
    file, what = folder / EXAMPLE, "the example of a result"
    recorded = record_of(_Recorded, _renamed(read_json(file, what, _MOST_BYTES)), what, str(file))
    space = recorded.space
    if space is not None and not len(space.week) == len(space.offer_us) == len(space.offer_cn):
        raise SimError("weeks and offers of different number", key=f"{EXAMPLE}: space")
    return Example(**vars(recorded), weeks=read_table(folder / EXAMPLE_WEEKS))


def _renamed(plain: Any) -> Any:
    """An example that an older version recorded: its track was called a table."""
    space = plain.get("space") if isinstance(plain, dict) else None
    if not isinstance(space, dict) or "table" not in space or "track" in space:
        return plain
    others = {name: value for name, value in space.items() if name != "table"}
    return {**plain, "space": {"track": space["table"], **others}}


def _plain(value: Any) -> Any:
    """What JSON knows: lists for arrays, null for NaN."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and np.isnan(value) else value
