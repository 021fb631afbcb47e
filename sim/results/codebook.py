"""The codebook beside every table: what each column and series is called and in what unit, as a CSV
that any tool opens.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from sim.results.columns import Notes
from sim.results.folder import atomic_write

__all__ = ["CODEBOOK", "write_codebook"]

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
