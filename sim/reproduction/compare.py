"""Two tables of one result, the recorded and the recomputed, compared column by column.

A column is the same only where every bit is, all NaN counting as one. Where it is not, the distance
is measured (absolute, relative, and in units in the last place) and held against the tolerance of
tier T2; runs that ended otherwise are listed and judged apart. Nothing here runs a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.errors import MACHINE, SimError
from sim.results.files import opened_table, read_table
from sim.results.regular import reading

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CLOSE",
    "DIFFERENT",
    "RELATIVE",
    "SAME",
    "SHARE_FLIPPED",
    "UNKNOWN",
    "ColumnDifference",
    "Flip",
    "TableComparison",
    "compare_csv",
    "compare_parquet",
    "compare_tables",
    "merged",
    "with_other_hash",
]

SAME, CLOSE, DIFFERENT, UNKNOWN = (
    "same bits",
    "within tolerance",
    "different",
    "different, nothing to compare with",
)
RELATIVE = 1e-9
"""Largest relative difference of a number that T2 allows; of a number kept in single precision, one
unit in the last place."""
FLOOR = 1e-12
"""What a number near zero may differ by under T2, as a share of the largest in its column."""
SHARE_FLIPPED = 0.01
"""Largest share of runs that T2 allows to end otherwise."""
_OTHER_HASH = "as the table on disk, but the manifest has another content hash"
_KEYS = ("point", "run", "series", "week")
_SHOWN = 10


@dataclass(frozen=True)
class Flip:
    """A run that ended otherwise: ``where`` names it."""

    where: str
    recorded: str
    again: str


@dataclass(frozen=True)
class ColumnDifference:
    """How a column differs: in how many ``rows``, ``first`` where, and by how much; None where it
    holds no numbers.

    ``absolute``, ``relative`` and ``ulp`` are the largest over rows; ``within`` says whether all
    rows but those of flipped runs keep the tolerance of T2.
    """

    name: str
    rows: int
    first: str
    recorded: str
    again: str
    absolute: float | None
    relative: float | None
    ulp: int | None
    within: bool

    def __str__(self) -> str:
        line = f"{self.name}: {self.rows:,} rows, first {self.first}: {self.recorded} recorded, {self.again} now"
        if self.absolute is None:
            return line
        return f"{line}; at most {self.absolute:.3g} apart ({self.relative:.2g} of the value, {self.ulp:,} ulp)"


@dataclass(frozen=True)
class TableComparison:
    """What became of a table (or of one part of it) when it was recomputed."""

    name: str
    rows: int
    verdict: str
    note: str = ""
    columns: tuple[ColumnDifference, ...] = ()
    flips: tuple[Flip, ...] = ()
    flipped: frozenset[int] = field(default=frozenset(), repr=False)

    def __str__(self) -> str:
        lines = [
            f"{self.name}: {self.verdict}"
            + (f" ({self.note})" if self.note else f", {self.rows:,} rows")
        ]
        lines += [f"  {column}" for column in self.columns[:_SHOWN]]
        if len(self.columns) > _SHOWN:
            lines.append(f"  and {len(self.columns) - _SHOWN} more columns")
        lines += [
            f"  {flip.where} ended in {flip.again}, recorded {flip.recorded}"
            for flip in self.flips[:_SHOWN]
        ]
        if len(self.flips) > _SHOWN:
            lines.append(f"  and {len(self.flips) - _SHOWN:,} more runs that ended otherwise")
        return "\n".join(lines)


def compare_tables(
    recorded: pd.DataFrame, again: pd.DataFrame, name: str, flipped: frozenset[int] = frozenset()
) -> TableComparison:
    """Compare a recorded table with the recomputed one.

    Parameters
    ----------
    recorded, again
        Tables of runs or of weeks.
    name
        What the report calls it.
    flipped
        Runs known to have ended otherwise; their weeks are not judged.
    """
    shape = _shape(recorded, again)
    if shape:
        return TableComparison(name, len(again), DIFFERENT, shape)
    flips, mask = _flips(recorded, again)
    numbers = frozenset(again["run"].to_numpy()[mask].tolist()) if "run" in again else frozenset()
    if flipped and "run" in again:
        mask = mask | np.isin(again["run"].to_numpy(), list(flipped))
    if flipped and "run" not in again:
        mask = np.ones(len(again), bool)
    found = [_column(recorded, again, column, mask) for column in again.columns]
    columns = tuple(column for column in found if column is not None)
    columns = tuple(
        sorted(columns, key=lambda column: (column.within, -(column.relative or np.inf)))
    )
    if not columns:
        return TableComparison(name, len(again), SAME)
    few = len(flips) <= SHARE_FLIPPED * len(again)
    keyed = not any(column.name in _KEYS for column in columns)
    close = few and keyed and all(column.within for column in columns)
    return TableComparison(
        name, len(again), CLOSE if close else DIFFERENT, "", columns, flips, numbers
    )


def compare_parquet(
    name: str, again: pd.DataFrame, path: Path, same: bool, flipped: frozenset[int] = frozenset()
) -> TableComparison:
    """A table made here against the recorded one at ``path``; ``same`` says that it has the
    manifest's content hash.
    """
    recorded, problem = _recorded(path, len(again))
    if recorded is None:
        if same and not path.exists():
            return TableComparison(name, len(again), SAME, "by the content hash alone")
        return TableComparison(name, len(again), DIFFERENT if path.exists() else UNKNOWN, problem)
    table = compare_tables(recorded, again, name, flipped)
    if same and table.verdict != SAME:
        return replace(
            table, verdict=DIFFERENT, note="as the manifest says, but the table on disk was changed"
        )
    return table


def compare_csv(name: str, again: pd.DataFrame, path: Path, same: bool) -> TableComparison:
    """A small table made here against the recorded one, which is read only where the content hash
    is not ``same``.
    """
    import pandas as pd

    if same:
        return TableComparison(name, len(again), SAME, "by the content hash")
    try:
        with reading(path):  # the machine's fault says nothing of the table
            recorded = pd.read_csv(path, float_precision="round_trip", keep_default_na=True)
    except (OSError, ValueError):
        return TableComparison(
            name, len(again), UNKNOWN, "the recorded table is missing or cannot be read"
        )
    if list(recorded.columns) != list(again.columns) or len(recorded) != len(again):
        return TableComparison(name, len(again), DIFFERENT, "other rows or columns were recorded")
    table = compare_tables(recorded, again, name)
    return with_other_hash(table)


def with_other_hash(table: TableComparison) -> TableComparison:
    """A table whose content hash is not the manifest's: different, though the table on disk be the
    same.
    """
    return replace(table, verdict=DIFFERENT, note=_OTHER_HASH) if table.verdict == SAME else table


def _recorded(path: Path, rows: int) -> tuple[pd.DataFrame | None, str]:
    """A recorded table, or None and why; one of another length is not read.

    Raises
    ------
    SimError
        With exit code 3 where the machine cannot read it: that says nothing of the table.
    """
    if not path.is_file():
        return None, "the table is missing"
    try:
        with opened_table(path) as (file, _):
            there = file.metadata.num_rows
        if there != rows:
            return None, f"{there:,} rows recorded, {rows:,} now"
        return read_table(path), ""
    except SimError as error:
        if error.exit_code == MACHINE:
            raise
        return None, "the recorded table cannot be read"


def merged(name: str, parts: Sequence[TableComparison]) -> TableComparison:
    """The comparison of a table whose parts were compared one by one."""
    columns: dict[str, ColumnDifference] = {}
    for column in (column for part in parts for column in part.columns):
        before = columns.get(column.name)
        columns[column.name] = column if before is None else _both(before, column)
    order = (SAME, CLOSE, DIFFERENT, UNKNOWN)
    verdict = max((part.verdict for part in parts), key=order.index, default=SAME)
    rows = sum(part.rows for part in parts)
    flips = tuple(flip for part in parts for flip in part.flips)
    if verdict == CLOSE and len(flips) > SHARE_FLIPPED * rows:
        verdict = DIFFERENT
    notes = _notes(parts)
    return TableComparison(name, rows, verdict, notes, tuple(columns.values()), flips)


def _notes(parts: Sequence[TableComparison]) -> str:
    """What is noted of the parts, each note once."""
    by_note: dict[str, list[str]] = {}
    for part in parts:
        by_note.setdefault(part.note, []).append(part.name)
    listed = [
        note if len(names) == len(parts) else f"{_list(names)}: {note}"
        for note, names in by_note.items()
        if note
    ]
    return "; ".join(listed)


def _both(a: ColumnDifference, b: ColumnDifference) -> ColumnDifference:
    if a.absolute is None or b.absolute is None:
        return replace(a, rows=a.rows + b.rows, within=a.within and b.within)
    return replace(
        a,
        rows=a.rows + b.rows,
        absolute=max(a.absolute, b.absolute),
        relative=max(a.relative or 0.0, b.relative or 0.0),
        ulp=max(a.ulp or 0, b.ulp or 0),
        within=a.within and b.within,
    )


def _shape(recorded: pd.DataFrame, again: pd.DataFrame) -> str:
    """What keeps the tables from being compared by row; '' where nothing does."""
    lost = [name for name in again.columns if name not in recorded.columns]
    more = [name for name in recorded.columns if name not in again.columns]
    if lost or more:
        found = [f"recorded lacks {_list(lost)}"] if lost else []
        return "; ".join([*found, *([f"recorded also has {_list(more)}"] if more else [])])
    if list(recorded.columns) != list(again.columns):
        return "the columns stand in another order"
    if len(recorded) != len(again):
        return f"{len(recorded):,} rows recorded, {len(again):,} now"
    kinds = [name for name in again.columns if _kind(recorded[name]) != _kind(again[name])]
    return f"of another kind: {_list(kinds)}" if kinds else ""


def _list(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _kind(column: pd.Series) -> str:
    kind = column.dtype.kind
    if kind == "f":
        return f"f{column.dtype.itemsize}"
    return "i" if kind in "iub" else kind if kind == "M" else "name"


def _flips(recorded: pd.DataFrame, again: pd.DataFrame) -> tuple[tuple[Flip, ...], np.ndarray]:
    """Runs that ended otherwise, and a mask of their rows; tables of weeks have none."""
    nothing = np.zeros(len(again), bool)
    if "outcome" not in again or "week" in again:
        return (), nothing
    before, now = _values(recorded["outcome"]), _values(again["outcome"])
    mask = before != now
    rows = np.flatnonzero(mask)
    return tuple(
        Flip(_where(again, int(row)), str(before[row]), str(now[row])) for row in rows
    ), mask


def _where(frame: pd.DataFrame, row: int) -> str:
    return (
        ", ".join(f"{key} {frame[key].iloc[row]}" for key in _KEYS if key in frame) or f"row {row}"
    )


def _column(
    recorded: pd.DataFrame, again: pd.DataFrame, name: str, mask: np.ndarray
) -> ColumnDifference | None:
    """The difference of a column; None where every bit is the same. Rows in ``mask`` do not count
    against the tolerance.
    """
    before, now = _values(recorded[name]), _values(again[name])
    differing = _bits(before) != _bits(now) if now.dtype.kind == "f" else before != now
    if not differing.any():
        return None
    row = int(np.flatnonzero(differing)[0])
    absolute = relative = ulp = None
    close = np.zeros(len(now), bool)
    if now.dtype.kind in "fi":
        away = _distances(before, now)
        absolute, relative, ulp = (float(away[0].max()), float(away[1].max()), int(away[2].max()))
        close = (away[1] <= RELATIVE) | (away[0] <= FLOOR * _largest(now))
        close |= (away[2] <= 1) & (now.dtype == np.float32)
    within = not (differing & ~mask & ~close).any()
    return ColumnDifference(
        name,
        int(differing.sum()),
        _where(again, row),
        _said(before[row]),
        _said(now[row]),
        absolute,
        relative,
        ulp,
        within,
    )


def _values(column: pd.Series) -> np.ndarray:
    kind = column.dtype.kind
    if kind in "fi":
        return column.to_numpy()
    if kind in "ub":
        return column.to_numpy().astype(np.int64)
    if kind == "M":
        return column.to_numpy().astype("datetime64[D]")
    return np.asarray([str(value) for value in column.tolist()], object)


def _bits(values: np.ndarray) -> np.ndarray:
    one_nan = np.where(np.isnan(values), np.asarray(np.nan, values.dtype), values)
    return one_nan.view(f"i{values.dtype.itemsize}")


def _distances(before: np.ndarray, now: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Absolute, relative and ulp distance by row; infinite where one of the two alone is NaN."""
    if now.dtype.kind == "i":
        steps = np.abs(before.astype(np.int64) - now.astype(np.int64))
        away = steps.astype(float)
    else:
        steps = np.abs(_ordered(before) - _ordered(now))
        with np.errstate(invalid="ignore", over="ignore"):
            away = np.abs(before.astype(float) - now.astype(float))
    same = steps == 0
    away = np.where(same, 0.0, np.where(np.isnan(away), np.inf, away))
    with np.errstate(invalid="ignore", over="ignore"):
        scale = np.maximum(np.abs(before.astype(float)), np.abs(now.astype(float)))
        relative = np.where(same, 0.0, away / np.where(scale > 0.0, scale, 1.0))
    return away, np.where(np.isnan(relative), np.inf, relative), steps


def _largest(values: np.ndarray) -> float:
    """The largest finite magnitude, 0 where there is none; for whole numbers 0, so that each step
    counts.
    """
    finite = np.abs(values[np.isfinite(values)]) if values.dtype.kind == "f" else np.zeros(0)
    return float(finite.max(initial=0.0))


def _ordered(values: np.ndarray) -> np.ndarray:
    """Floats as integers whose difference counts the floats between them; Python's integers, so
    that nothing overflows.
    """
    bits = _bits(values).astype(np.int64)
    least = np.iinfo(f"i{values.dtype.itemsize}").min
    return np.where(bits < 0, least - bits, bits).astype(object)


def _said(value: Any) -> str:
    return f"{value:.17g}" if isinstance(value, (float, np.floating)) else str(value)
