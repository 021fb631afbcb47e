"""A table from a file, as its owner keeps it: names, cells, and where each stands in the sheet.

What carries nothing is dropped: empty rows and columns, blanks around names and values, the index
that pandas writes. What could be read in two ways is refused, with row and column as the sheet
counts them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.config.errors import MACHINE, SimError
from sim.sheets.book import grid_of_book
from sim.sheets.numbers import AmbiguousError, comma_means, number, says_point
from sim.sheets.text import MOST_CELLS, MOST_ROWS, Grid, Line, grid_of_text, refuse_more

__all__ = ["SUFFIXES", "Column", "Sheet", "read_sheet", "sheet_of"]

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_MOST_BYTES = 64_000_000
_MOST_NAME = 200  # letters
_INDEX = ("", "Unnamed: 0", "index", "level_0")
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True)
class Column:
    """A column by its name: its place in the sheet, from 1, and its cells, empty ones as ``""``.

    ``point_open`` where a point in its numbers may stand before thousands: 1.234 is then refused.
    """

    name: str
    place: int
    cells: tuple[object, ...]
    point_open: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table: columns by name, and the row of the sheet that each of their cells stands in.

    ``comma`` is what a comma means in its numbers (:func:`sim.sheets.numbers.comma_means`).
    """

    path: str
    columns: dict[str, Column]
    rows: tuple[int, ...]
    comma: str

    def where(self, name: str, row: int) -> str:
        """Cell ``row`` (from 0) of a column, as a person looks it up: ``plan.csv: linkage.cn, row 5,
        column C``.
        """
        column = self.columns[name]
        return f"{self.path}: {name}, row {self.rows[row]}, column {letters(column.place)}"

    def value(self, name: str, row: int) -> object:
        """What a cell says: a number where it is one, else its text.

        Raises
        ------
        SimError
            An empty cell, or a number that could be two.
        """
        column = self.columns[name]
        cell = column.cells[row]
        if cell == "":
            cure = "fill it, or leave the row out"
            raise SimError("an empty cell", key=self.where(name, row), cure=cure)
        if not isinstance(cell, str):
            return cell
        try:
            found = number(cell, self.comma, column.point_open)
        except AmbiguousError:
            cure = _either_way(cell, column.point_open)
            problem = "a number that can be read in two ways"
            raise SimError(problem, key=self.where(name, row), given=cell, cure=cure) from None
        return cell if found is None else found

    def values(self, name: str) -> Iterator[object]:
        """What the cells of a column say, from top to bottom; see :meth:`value`."""
        return (self.value(name, row) for row in range(len(self.rows)))

    def flag(self, name: str, row: int) -> object:
        """A cell that says yes or no as a flag; any other as :meth:`value` has it."""
        found = self.value(name, row)
        if isinstance(found, str):
            return _FLAGS.get(found.lower(), found)
        return bool(found) if found in (0, 1) else found

    def texts(self, name: str) -> tuple[str, ...]:
        """The cells of a column as text."""
        return tuple(str(cell) for cell in self.columns[name].cells)


def _either_way(cell: str, point_open: bool) -> str:
    """How each of the two numbers that a cell may hold is written without a doubt."""
    thousands = cell.replace(",", "").replace(".", "")
    decimals = cell.replace(",", ".").rstrip("0").rstrip(".")
    # a fourth decimal parts no thousands
    more = "0" if point_open and len(decimals.partition(".")[2]) == 3 else ""
    return f"write {thousands} or {decimals}{more}"


def letters(place: int) -> str:
    """The letters by which spreadsheets call a column: 1 is A, 27 is AA."""
    text = ""
    while place > 0:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def read_sheet(path: Path, most: int = MOST_ROWS) -> Sheet:
    """The table in a file, by the ending of its name: ``.csv``, ``.tsv`` and ``.txt`` (text),
    ``.xlsx`` (needs openpyxl), ``.parquet``. One of more rows than ``most`` is refused while it is
    read.

    Raises
    ------
    SimError
        The file is not there, a folder, too large, no table or an empty one; two columns of one name; cells
        below no name. With exit code 3 where the machine cannot read it.
    """
    said = str(path)
    if path.is_dir():
        raise _a_folder(path)
    if not path.is_file():
        raise SimError("no such file", key=said, given=str(path.absolute()))
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _sheet(_grid_of_parquet(path, most), said)
    try:
        with open(path, "rb") as file:
            data = file.read(min(os.fstat(file.fileno()).st_size, _MOST_BYTES) + 1)
    except OSError as error:
        cause = error.strerror or str(error)
        raise SimError(f"cannot be read: {cause}", key=said, exit_code=MACHINE) from None
    if len(data) > _MOST_BYTES:
        cure = "write it as .parquet, which is read faster too"
        allowed = f"{_MOST_BYTES // 1_000_000} MB"
        raise SimError("the table is too large", key=said, allowed=allowed, cure=cure)
    grid = grid_of_book if suffix == ".xlsx" else grid_of_text
    return _sheet(grid(data, said, most), said)


def _a_folder(path: Path) -> SimError:
    """What is said of a folder in place of a table, with one of the tables in it."""
    try:
        inside = sorted(p.name for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    except OSError:
        inside = []
    cure = (
        f"name the table: {path / inside[0]}" if inside else f"name a table: {', '.join(SUFFIXES)}"
    )
    return SimError("a folder, not a file", key=str(path), given=str(path.absolute()), cure=cure)


def sheet_of(
    table: Mapping[str, Sequence[object]], name: str = "table", most: int = MOST_ROWS
) -> Sheet:
    """A table made in Python as if it had been read from a sheet: its header is row 1.

    Raises
    ------
    SimError
        Columns of other lengths, a cell that is neither text nor number, or what
        :func:`read_sheet` refuses.
    """
    columns = {}
    for column, cells in table.items():
        if isinstance(cells, str) or not hasattr(cells, "__len__"):
            cure = "a list of values for each column"
            raise SimError("not a column", key=f"{name}: {column}", given=cells, cure=cure)
        refuse_more(len(cells), len(cells), most, name)
        columns[str(column)] = [_cell(cell, f"{name}: {column}") for cell in cells]
    lengths = {column: len(cells) for column, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        raise SimError("columns of different lengths", key=name, given=str(lengths))
    rows = (Line(n + 2, cells) for n, cells in enumerate(zip(*columns.values(), strict=True)))
    return _sheet(Grid(Line(1, tuple(columns)), tuple(rows)), name)


def _cell(cell: object, where: str) -> object:
    """A cell as text, number or flag; what pandas calls missing as empty text."""
    # pandas.NA has no truth value, and NumPy's nanoseconds become integers: both by their text
    if cell is None or str(cell) in ("<NA>", "NaT", "nan"):
        return ""
    if type(cell).__name__ == "datetime64":
        return str(cell).removesuffix("T00:00:00.000000000")
    if hasattr(cell, "item"):
        cell = cell.item()  # a number of NumPy
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    if isinstance(cell, str):
        return cell.strip()
    if hasattr(cell, "to_timestamp"):
        return str(cell)  # a period of pandas
    if not isinstance(cell, (bool, int, float)):
        raise SimError("not a cell", key=where, given=cell, allowed="texts, numbers and days")
    return cell


def _sheet(grid: Grid, path: str) -> Sheet:
    rows = [row for row in grid.rows if any(cell != "" for cell in row.cells)]
    if not rows:
        cure = "a header of names, then one row per line"
        raise SimError("the table is empty", key=path, cure=cure)
    width = len(grid.header.cells)
    refuse_more(0, len(rows) * width, 0, path)
    columns: dict[str, Column] = {}
    for place, name in enumerate(_named(grid, path), 1):
        cells = tuple(row.cells[place - 1] if place <= len(row.cells) else "" for row in rows)
        if all(cell == "" for cell in cells) and not name:
            continue
        if place == 1 and name in _INDEX and _counts(cells):
            continue
        if not name:
            where = f"{path}: row {grid.header.number}, column {letters(place)}"
            cure = "give it the name of a setting, or leave the column out"
            raise SimError("a column without a name", key=where, cure=cure)
        if name in columns:
            both = " and ".join(letters(n) for n in (columns[name].place, place))
            cure = "leave one of them out"
            raise SimError("two columns of one name", key=f"{path}: {name}", given=both, cure=cure)
        # where a semicolon parts cells, a comma mostly stands before decimals
        point_open = grid.separator == ";" and not says_point(cells)
        columns[name] = Column(name, place, cells, point_open)
    numbers = tuple(row.number for row in rows)
    texts = (cell for column in columns.values() for cell in column.cells if isinstance(cell, str))
    return Sheet(path, columns, numbers, comma_means(texts))


def _named(grid: Grid, path: str) -> Iterator[str]:
    for cell in grid.header.cells:
        name = str(cell).strip()
        if len(name) > _MOST_NAME:
            raise SimError(
                "the header is too long", key=path, given=name, allowed=f"{_MOST_NAME} letters"
            )
        yield name


def _counts(cells: Sequence[object]) -> bool:
    """Whether the cells count from 0 or from 1: the index of a table, which says nothing."""
    texts = [str(cell) for cell in cells]
    return any(texts == [str(n + first) for n in range(len(texts))] for first in (0, 1))


def _grid_of_parquet(path: Path, most: int) -> Grid:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # a file, not its path: Arrow takes only names in UTF-8
        with open(path, "rb") as opened, pq.ParquetFile(opened) as file:
            refuse_more(file.metadata.num_rows, 0, most, str(path))
            nested = [f.name for f in file.schema_arrow if pa.types.is_nested(f.type)]
            cells = file.metadata.num_rows * file.metadata.num_columns
            if nested or cells > MOST_CELLS:
                given = f"a nested column {nested[0]}" if nested else f"{cells:,} cells"
                problem = "not a table of a design" if nested else "the table is too large"
                raise SimError(problem, key=str(path), given=given, allowed=f"{MOST_CELLS:,} cells")
            table = file.read()
    except SimError:
        raise
    except OSError as error:
        if error.errno is not None:
            cause = error.strerror or str(error)
            raise SimError(f"cannot be read: {cause}", key=str(path), exit_code=MACHINE) from None
        raise SimError("cannot be read as a table", key=str(path), given="not Parquet") from None
    except Exception as error:
        given = type(error).__name__
        raise SimError("cannot be read as a table", key=str(path), given=given) from None
    columns = [column.to_pylist() for column in table.columns]
    rows = (
        Line(n + 1, tuple("" if cell is None else cell for cell in cells))
        for n, cells in enumerate(zip(*columns, strict=True))
    )
    return Grid(Line(0, tuple(table.column_names)), tuple(rows))
