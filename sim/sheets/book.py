"""The cells of the first sheet of a spreadsheet (.xlsx), read row by row."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from pathlib import Path

from sim.config.errors import SimError
from sim.sheets.text import MOST_ROWS, Grid, Line, refuse_more

__all__ = ["grid_of_book"]

_MOST_UNPACKED = (
    200_000_000  # bytes that the parts of a book say they hold; zipfile holds them to it
)


def grid_of_book(data: bytes, path: str, most: int = MOST_ROWS) -> Grid:
    """The table on the first sheet of a workbook, of at most so many rows below the header; formulas
    by the values last computed.

    Raises
    ------
    SimError
        openpyxl is not installed, no workbook, one that unpacks to too much or has too many
        rows, or an empty sheet.
    """
    try:
        from openpyxl import load_workbook
    except ImportError:
        cure = f"pip install 'tariffsim[excel]', or save {Path(path).name} as CSV"
        raise SimError("spreadsheets need openpyxl", key=path, cure=cure) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                allowed = f"{_MOST_UNPACKED // 1_000_000} MB unpacked"
                raise SimError("the spreadsheet is too large", key=path, allowed=allowed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that carry no cell
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            rows = _rows(book.worksheets[0], path, most)
    except SimError:
        raise
    except Exception as error:
        cure = "save it anew as .xlsx, or as CSV"
        given = type(error).__name__
        raise SimError(
            "not a spreadsheet that can be read", key=path, given=given, cure=cure
        ) from None
    if not rows:
        cure = "the table stands on the first sheet, its header in the first row"
        raise SimError("the table is empty", key=path, cure=cure)
    return Grid(rows[0], tuple(rows[1:]))


def _rows(sheet: object, path: str, most: int) -> list[Line]:
    rows, cells = list[Line](), 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):  # type: ignore[attr-defined]
        kept = tuple(_cell(value) for value in values)
        while kept and kept[-1] == "":
            kept = kept[:-1]
        cells += len(kept)
        if kept and not str(kept[0]).startswith("#"):
            rows.append(Line(number, kept))
        refuse_more(len(rows) - 1, cells, most, path)
    return rows


def _cell(value: object) -> object:
    """A cell as text, number, flag or day; empty cells as empty text."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value
