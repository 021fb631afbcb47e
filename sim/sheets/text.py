"""The cells of a text file: its encoding, its separator and its comments are found out.

A file says little of itself. What is assumed here: the encoding is that of its byte order mark,
else UTF-16 where every other byte is zero, else UTF-8, else Windows-1252, which holds Latin-1; the
separator is the one that cuts all rows into as many cells as the header has.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from sim.config.errors import SimError

__all__ = ["MOST_CELLS", "MOST_ROWS", "SEPARATORS", "Grid", "Line", "grid_of_text", "refuse_more"]

SEPARATORS = (",", ";", "\t", "|")
_BLANKS = " "  # any number of them
_NAMES_OF = {"\t": "tabs", _BLANKS: "blanks"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEP = re.compile(r"sep=(.)", re.IGNORECASE)
_NUMERIC = re.compile(r"[-+]?[\d.,]+([eE][-+]?\d+)?|nan")
_NAME = re.compile(r"[\w.#/\[\]-]+")
_LOOKED_AT = 200  # rows by which a separator is judged
_END = re.compile(r"\r\n|\r|\n")
MOST_ROWS, MOST_CELLS = 1_048_575, 5_000_000  # rows below a header: as many as a spreadsheet has


@dataclass(frozen=True, slots=True)
class Line:
    """A row of cells and its number as the sheet counts, from 1."""

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Grid:
    """Header and rows of a table, before anything is known of its columns; ``separator`` is what
    parts the cells of a text.
    """

    header: Line
    rows: tuple[Line, ...]
    separator: str = ""


def grid_of_text(data: bytes, path: str, most: int = MOST_ROWS) -> Grid:
    """The table that the bytes of a text file hold, of at most so many rows below the header.

    Raises
    ------
    SimError
        No text, nothing in it, too many rows or cells, a quotation mark that is never closed, or a
        row longer than the header.
    """
    lines = enumerate(_lines(_decoded(data, path)), 1)
    _, first = next(lines)
    told = _SEP.fullmatch(first)
    comments: list[tuple[int, str]] = []
    kept = _kept(lines if told else chain([(1, first)], lines), comments)
    head = list(islice(kept, _LOOKED_AT))
    if not head:
        cure = "a header of names, then one row per line"
        raise SimError("the table is empty", key=path, cure=cure)
    mark = told[1] if told else _separator([text for _, text in head])
    rows, cells = list[Line](), 0
    for row in _rows(chain(head, kept), mark, path):
        rows.append(row)
        cells += len(row.cells)
        # while reading: a file of a million rows is refused before it is held
        refuse_more(len(rows) - 1, cells, most, path)
    if _is_numeric(rows[0]) and (header := _header_in(comments, rows[0], mark)):
        rows = [header, *rows]
    _refuse_longer(rows, mark, path)
    return Grid(rows[0], tuple(rows[1:]), mark)


def refuse_more(rows: int, cells: int, most: int, path: str) -> None:
    """Refuse a table as soon as it has more rows than its reader takes, or more cells than are held.

    Raises
    ------
    SimError
        It has.
    """
    if rows > most:
        cure = "leave out rows that are not needed, or those of other years"
        given, allowed = f"more than {most:,}", f"at most {most:,}"
        raise SimError("too many rows", key=path, given=given, allowed=allowed, cure=cure)
    if cells > MOST_CELLS:
        raise SimError("the table is too large", key=path, allowed=f"{MOST_CELLS:,} cells")


def _lines(text: str) -> Iterator[str]:
    """The lines of a text one by one, so that a long one is not held twice."""
    begin = 0
    for end in _END.finditer(text):
        yield text[begin : end.start()]
        begin = end.end()
    yield text[begin:]


def _decoded(data: bytes, path: str) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    even, odd = data[0:400:2], data[1:400:2]
    if not encoding and max(even.count(0), odd.count(0)) > len(even) / 2:
        encoding = "utf-16-be" if even.count(0) > odd.count(0) else "utf-16-le"
    for name in [encoding] if encoding else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = data.decode(name)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    cure = "save it as CSV in UTF-8, as .xlsx or as .parquet"
    raise SimError("not a text file", key=path, cure=cure)


def _kept(
    lines: Iterable[tuple[int, str]], comments: list[tuple[int, str]]
) -> Iterator[tuple[int, str]]:
    """The lines that hold cells, each with its number; what stands in comments above them goes, without
    its mark, to ``comments``. A quoted cell may hold both a blank line and a ``#``.
    """
    quoted, begun = False, False
    for number, text in lines:
        bare = text.strip()
        if quoted or (bare and not bare.startswith("#")):
            begun = True
            yield number, text
            quoted ^= text.count('"') % 2 == 1
        elif bare and not begun:
            comments.append((number, bare[1:].strip()))


def _separator(lines: Sequence[str]) -> str:
    """The separator that suits the lines best: the one that cuts all of them alike, into the most
    cells; blanks only where nothing else parts the header.
    """
    scores = []
    for mark in SEPARATORS:
        first, *others = _widths(lines, mark) or [0]
        alike = all(width == first for width in others)
        scores.append((first > 1 and alike, first > 1 and max([0, *others]) <= first, first, mark))
    best = max(scores, key=lambda score: score[:3])
    if best[2] > 1:
        return best[3]
    words = lines[0].split()
    named = len(words) > 1 and all(_NAME.fullmatch(word.strip('"')) for word in words)
    alike = all(len(text.split()) == len(words) for text in lines)
    return _BLANKS if named and alike else best[3]


def _widths(lines: Sequence[str], mark: str) -> list[int]:
    """Cells of each line; none where they cannot be parted so."""
    try:
        return [len(cells) for cells in _cells(lines, mark)]
    except csv.Error:
        return []


def _cells(lines: Sequence[str], mark: str) -> Iterator[list[str]]:
    if mark == _BLANKS:
        yield from (text.split() for text in lines)
    else:
        yield from csv.reader(
            (f"{text}\n" for text in lines), delimiter=mark, skipinitialspace=True
        )


def _rows(lines: Iterable[tuple[int, str]], mark: str, path: str) -> Iterator[Line]:
    """Rows of cells, each with the number of the line that it begins in."""
    if mark == _BLANKS:
        yield from (Line(number, tuple(text.split())) for number, text in lines)
        return
    numbers: list[int] = []

    def texts() -> Iterator[str]:
        for number, text in lines:
            numbers.append(number)
            yield f"{text}\n"

    reader = csv.reader(texts(), delimiter=mark, skipinitialspace=True, strict=True)
    begun = 0
    try:
        for cells in reader:
            yield Line(numbers[begun], tuple(cell.strip() for cell in cells))
            begun = reader.line_num
    except csv.Error as error:
        raise SimError(
            "cannot be read as a table",
            key=f"{path}: row {numbers[min(begun, len(numbers) - 1)]}",
            given=str(error),
            cure='a quotation mark within a cell is written twice: "a ""quoted"" word"',
        ) from None


def _is_numeric(row: Line) -> bool:
    """Whether no cell of a row could be a name."""
    return all(_NUMERIC.fullmatch(str(cell)) for cell in row.cells)


def _header_in(comments: Sequence[tuple[int, str]], row: Line, mark: str) -> Line | None:
    """The header that stands in a comment above the first row, as ``numpy.savetxt`` writes it."""
    for number, text in comments:
        if _widths([text], mark) != [len(row.cells)]:
            continue
        cells = next(_cells([text], mark))
        header = Line(number, tuple(cell.strip() for cell in cells))
        if number < row.number and not _is_numeric(header):
            return header
    return None


def _refuse_longer(rows: Sequence[Line], mark: str, path: str) -> None:
    width = len(rows[0].cells)
    for row in rows[1:]:
        if any(row.cells[width:]):
            parted = _NAMES_OF.get(mark, f"'{mark}'")
            raise SimError(
                f"more cells than the header: {len(row.cells)}, not {width}",
                key=f"{path}: row {row.number}",
                given=mark.join(map(str, row.cells)),
                cure=f"cells are parted by {parted} here; a cell that holds {parted} needs quotation marks",
            )
