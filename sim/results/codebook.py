"""The codebook beside every table: what each column and series is called and in what unit, as a CSV
that any tool opens.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.columns import Notes
from sim.results.folder import atomic_write

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CODEBOOK", "write_codebook", "write_csv_tables"]

CODEBOOK = "codebook.csv"
_HEAD = ("table", "column", "label", "unit")


def write_codebook(folder: Path, tables: Mapping[str, Notes]) -> None:
    """Write ``codebook.csv``: one row per column of each table (of a long table, per series), in
    their order.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    for table, notes in tables.items():
        writer.writerows(
            (table, name, note.get("label", ""), note.get("unit", ""))
            for name, note in notes.items()
        )
    with atomic_write(folder / CODEBOOK) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8")


def write_csv_tables(
    folder: Path, tables: Mapping[str, pd.DataFrame], note: Callable[[str], dict[str, str]]
) -> None:
    """Write each table as ``NAME.csv``, and their codebook; ``note`` gives label and unit of a
    column.
    """
    for name, frame in tables.items():
        with atomic_write(folder / f"{name}.csv") as part:
            frame.to_csv(part, index=False, lineterminator="\n")
    write_codebook(
        folder, {name: {column: note(column) for column in t.columns} for name, t in tables.items()}
    )
