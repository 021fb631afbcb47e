"""Tables on disk: Parquet with units in its schema, and the hash of what a table says.

The content hash covers names, kinds and values in order, not the encoding: two files that say the
same have the same hash, whatever wrote them and however they were cut into parts.

A part of a sweep carries a :class:`Mark` in its own metadata, and every page of a table its
checksum, so that a part in the wrong place or a flipped bit is an error and not other numbers.
Tables may come from strangers: their schema and sizes are looked at before a row is read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from sim.config.errors import SimError, nearest
from sim.results.columns import Named, Notes
from sim.results.folder import atomic_write
from sim.results.reader import In, record_of
from sim.results.regular import inner_folder, open_regular, reading

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = [
    "PARTS",
    "DamagedError",
    "Mark",
    "content_hash",
    "content_of_columns",
    "encode_columns",
    "file_hash",
    "mark_of",
    "opened_table",
    "part_number",
    "parts_in",
    "read_columns",
    "read_notes",
    "read_table",
    "write_table",
]

PARTS = "runs"
"""The folder of a sweep's parts."""
_NAME = re.compile(r"part-(\d{6,9})\.parquet")
_MARK = b"part"
_SMALL = 4_000_000  # bytes; a part of a sweep has 0.6 million
_EASY = 100_000_000  # bytes that a table may take twice for a moment
# decoded bytes of a table: what any result may take, and from there by the size of its file;
# constant columns shrink most, to a fiftieth
_LEAST_BOUND, _MOST_RATIO = 200_000_000, 200
_MOST_COLUMNS = 20_000
_MOST_MARK = 2_000  # bytes


class DamagedError(SimError):
    """A table whose bytes are not those that were written."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What a part of a sweep says of itself: the hash of its ``plan``, its ``number``, its ``rows``
    and their ``content`` hash.
    """

    plan: str
    number: Annotated[int, In(0, 10**9)]
    rows: Annotated[int, In(0, 10**9)]
    content: str


def part_number(name: str) -> int | None:
    """The number of a part from its file's name; None where the name is not that of a part."""
    named = _NAME.fullmatch(name)
    return int(named[1]) if named else None


def parts_in(folder: Path) -> list[Path]:
    """The parts below ``folder`` of a sweep's parts in their order; what else lies there is
    somebody's own.

    Raises
    ------
    SimError
        A folder that is a link.
    """
    inner_folder(folder.parent, folder.name)
    with reading(folder):
        named = (
            [(part_number(path.name), path) for path in folder.iterdir()] if folder.exists() else []
        )
    return [
        path for _, path in sorted((number, path) for number, path in named if number is not None)
    ]


def write_table(frame: pd.DataFrame, path: Path, notes: Notes) -> None:
    """Write ``frame`` as Parquet, whole or not at all; ``notes`` go into the metadata of its
    columns and of the file.
    """
    import pyarrow.parquet as pq

    table = _with_notes(frame, notes)
    # a file, not its path: Arrow takes only names in UTF-8
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        pq.write_table(table, file, **_encoding(table))


def encode_columns(
    columns: Mapping[str, np.ndarray | Named], notes: Notes, mark: Mark | None = None
) -> bytes:
    """The bytes of the file that :func:`write_table` writes of the frame of these columns, made
    without one, with the ``mark`` of a part.

    A thread that makes a frame keeps the others waiting for the interpreter; most of this does not.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {name: _arrow(values) for name, values in columns.items()}
    buffer, table = io.BytesIO(), _annotated(pa.table(arrays), notes)
    if mark is not None:
        table = table.replace_schema_metadata(
            {**table.schema.metadata, _MARK: json.dumps(asdict(mark))}
        )
    pq.write_table(table, buffer, **_encoding(table))
    return buffer.getvalue()


def _arrow(values: np.ndarray | Named) -> Any:
    """A column as pandas hands it to Arrow: NaN as missing, names as large strings."""
    import pyarrow as pa

    if isinstance(values, Named):
        codes = pa.array(values.codes.astype(np.int8), mask=values.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(values.names, pa.large_string()))
    if values.dtype.kind == "U":
        return pa.array(values, pa.string()).cast(pa.large_string())
    return pa.array(np.ascontiguousarray(values), from_pandas=True)


def _with_notes(frame: pd.DataFrame, notes: Notes) -> Any:
    """The Arrow table of a frame, annotated."""
    import pyarrow as pa

    long = frame["series"].unique().tolist() if "series" in frame else ()
    return _annotated(
        pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), notes, long
    )


def _annotated(table: Any, notes: Notes, series: Sequence[str] = ()) -> Any:
    """An Arrow table whose columns carry label and unit; its own metadata has the units of all, of
    each of ``series`` where it is long.
    """
    import pyarrow as pa

    fields = [
        field.with_metadata({k: v.encode() for k, v in notes[field.name].items()})
        if field.name in notes
        else field
        for field in table.schema
    ]
    units = {name: notes[name]["unit"] for name in series or table.schema.names if name in notes}
    return table.cast(pa.schema(fields, {"units": json.dumps(units)}))


def _encoding(table: Any) -> dict[str, Any]:
    """How columns are packed: the bytes of real numbers split by place, a third smaller and faster
    than a dictionary of them.
    """
    split = [field.name for field in table.schema if str(field.type) in ("float", "double")]
    others = [name for name in table.schema.names if name not in split]
    return {
        "compression": "zstd",
        "use_dictionary": others,
        "column_encoding": dict.fromkeys(split, "BYTE_STREAM_SPLIT"),
        "write_page_checksum": True,
    }


def read_table(path: Path, columns: Sequence[str] | None = None, plan: str = "") -> pd.DataFrame:
    """A table from a file or a folder of parts, in the order of their numbers; ``plan`` and errors
    are those of :func:`read_columns`.
    """
    # a block for each column: Arrow's copy of it goes as soon as it is made, and a column dropped
    # later takes its memory with it
    held = read_columns(path, columns, plan)
    if held.nbytes < _EASY:  # in one block a type, so that a column more warns nobody
        return held.to_pandas()
    return held.to_pandas(split_blocks=True, self_destruct=True)


def read_columns(path: Path, columns: Sequence[str] | None = None, plan: str = "") -> pa.Table:
    """Columns of a table from a file or a folder of parts, in the order of their numbers, as Arrow
    has them.

    Part after part is opened, read and closed: a scan of them all at once would keep what it learns
    of every column of each, which is more than a few columns themselves. With ``plan``, the hash of
    a sweep's plan, each part must carry that and its own number.

    Raises
    ------
    SimError
        A missing or broken file, one of another plan, or a column that it has not; with exit code 3
        where the machine cannot read it.
    """
    import pyarrow as pa

    parts = parts_in(path) if path.is_dir() else [path]
    schema, known, tables = None, None, []
    for part in parts:
        with opened_table(part, known) as (file, found):
            known = found
            if schema is None:
                for name in columns or ():
                    if name not in found.names:
                        near = nearest(name, found.names)
                        raise SimError("no such column", key=path.name, given=name, suggestion=near)
                schema = pa.schema([found.field(name) for name in columns or found.names])
            tables.append(_columns_of(file, part, schema, plan))
    if not tables:
        raise _no_table(path)
    return pa.concat_tables(tables)


@contextmanager
def opened_table(
    path: Path, known: pa.Schema | None = None
) -> Iterator[tuple[pq.ParquetFile, pa.Schema]]:
    """A Parquet file to read from and its schema, kinds and sizes found to be those of a table that
    this simulator may have written.

    ``known`` is a schema that was found so before.

    Raises
    ------
    SimError
        A missing file, a link, a broken or monstrous table; with exit code 3 where the machine
        cannot read it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with open_regular(path) as opened, reading(path):
            size = opened.seek(0, 2)
            opened.seek(0)
            # a small file at once: a reading a column chunk takes longer than all of it
            source = pa.BufferReader(opened.read()) if size <= _SMALL else opened
            with pq.ParquetFile(source, page_checksum_verification=True) as file:
                schema = file.schema_arrow
                if known is None or not schema.equals(known):
                    _check_kinds(schema, path.name)
                _check_sizes(file, path, size)
                yield file, schema
    except (FileNotFoundError, NotADirectoryError):
        raise _no_table(path) from None
    except (ValueError, KeyError, OSError, pa.ArrowException) as error:
        raise DamagedError(
            "not a readable table", key=path.name, given=str(error).split("\n")[0]
        ) from None


def _no_table(path: Path) -> SimError:
    return SimError(
        "no such table", key=path.name, cure="the result was made without it, or a file was lost"
    )


def _check_kinds(schema: pa.Schema, name: str) -> None:
    """Refuse columns of a kind that no result has."""
    if len(schema) > _MOST_COLUMNS:
        raise SimError(
            "too many columns", key=name, given=len(schema), allowed=f"{_MOST_COLUMNS:,}"
        )
    kinds = _kinds()
    for field, kind in zip(schema.names, schema.types, strict=True):
        if kind.id not in kinds:
            raise SimError(
                "a column of a kind that no result has", key=name, given=f"{field}: {kind}"
            )


@cache
def _kinds() -> frozenset[int]:
    """Arrow's numbers of the kinds of column that tables of results have."""
    import pyarrow as pa

    texts = (pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()))
    numbers = (
        pa.bool_(),
        pa.int8(),
        pa.int16(),
        pa.int32(),
        pa.int64(),
        pa.uint8(),
        pa.uint16(),
        pa.uint32(),
        pa.uint64(),
        pa.float32(),
        pa.float64(),
    )
    times = (pa.date32(), pa.date64(), pa.timestamp("ns"))
    return frozenset(kind.id for kind in (*texts, *numbers, *times, pa.null()))


def _check_sizes(file: pq.ParquetFile, path: Path, size: int) -> None:
    """Refuse more values than a file of this size should hold, before any of them is decoded."""
    footer = file.metadata
    groups = [footer.row_group(k) for k in range(footer.num_row_groups)]
    rows = max([footer.num_rows, *(group.num_rows for group in groups)])
    decoded = max(8 * rows * footer.num_columns, sum(group.total_byte_size for group in groups))
    if decoded > _LEAST_BOUND + _MOST_RATIO * size:
        raise SimError(
            "unpacks to too much",
            key=path.name,
            given=f"{decoded:,} bytes from {size:,}",
            allowed=f"{_LEAST_BOUND + _MOST_RATIO * size:,} bytes",
        )


def mark_of(file: pq.ParquetFile, path: Path) -> Mark | None:
    """The mark of a part; None of one that has none, as those of older versions.

    Raises
    ------
    DamagedError
        A mark that is none.
    """
    text = (file.metadata.metadata or {}).get(_MARK)
    if text is None:
        return None
    try:
        plain = json.loads(text[:_MOST_MARK])
    except ValueError:
        plain = None
    try:
        return record_of(Mark, plain, "a mark of a part", path.name)
    except SimError as error:
        raise DamagedError(error.problem, key=error.key) from None


def _columns_of(file: pq.ParquetFile, part: Path, wanted: pa.Schema, plan: str) -> pa.Table:
    """The fields ``wanted`` of a Parquet file, in their order and of their types."""
    mark = mark_of(file, part) if plan else None
    if plan and (mark is None or mark.plan != plan or mark.number != part_number(part.name)):
        cure = "put the part back that was there, or make the result again"
        raise SimError("not a part of this result", key=part.name, cure=cure)
    table = file.read(columns=wanted.names, use_threads=False).select(wanted.names)
    if mark is not None and len(table) != mark.rows:
        raise DamagedError(
            "rows are missing",
            key=part.name,
            given=f"{len(table):,} rows",
            allowed=f"{mark.rows:,} rows",
        )
    return (
        table.replace_schema_metadata(None) if table.schema.equals(wanted) else table.cast(wanted)
    )


def read_notes(path: Path) -> Notes:
    """Labels and units of a table's columns; of a folder of parts those of the first."""
    parts = parts_in(path) if path.is_dir() else [path]
    if not parts:
        raise _no_table(path)
    with opened_table(parts[0]) as (
        _,
        schema,
    ):  # where letters are no letters, it says which file is not readable
        return {field.name: _note_of(field.metadata or {}) for field in schema}


def _note_of(metadata: Mapping[bytes, bytes]) -> dict[str, str]:
    return {
        key.decode(): text.decode()
        for key, text in metadata.items()
        if not key.startswith(b"PARQUET")
    }


def content_hash(frames: Iterable[pd.DataFrame]) -> str:
    """Hash of a table given in one or many parts, in order: 64 hexadecimal digits."""
    digests: dict[str, Any] = {}
    for frame in frames:
        for name in frame.columns:
            kind, data = _bytes_of(frame[name])
            digest = digests.setdefault(name, hashlib.sha256(f"{name}\0{kind}\0".encode()))
            digest.update(data)
    all_columns = hashlib.sha256()
    for digest in digests.values():
        all_columns.update(digest.digest())
    return all_columns.hexdigest()


def content_of_columns(columns: Mapping[str, np.ndarray | Named]) -> str:
    """What :func:`content_hash` gives of the frame of these columns, made without one."""
    import pandas as pd

    all_columns = hashlib.sha256()
    for name, values in columns.items():
        said: tuple[str, bytes | memoryview]
        if isinstance(values, Named):
            said = "name", _joined(values.codes, pd.Index(values.names, dtype=object))
        else:
            said = _bytes_of_values(values)
        digest = hashlib.sha256(f"{name}\0{said[0]}\0".encode())
        digest.update(said[1])
        all_columns.update(digest.digest())
    return all_columns.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a regular file's bytes; errors are those of
    :func:`sim.results.regular.open_regular`.
    """
    with open_regular(path) as file, reading(path):
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bytes_of(column: pd.Series) -> tuple[str, bytes | memoryview]:
    """Kind and canonical bytes of a column: little-endian numbers, one NaN, names ended by a zero
    byte.
    """
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.categories.dtype.kind == "O":
        return "name", _joined(column.cat.codes.to_numpy(), column.cat.categories)
    if isinstance(column.dtype, pd.StringDtype):
        codes, names = pd.factorize(column)
        return "name", _joined(codes, pd.Index(names))
    return _bytes_of_values(column.to_numpy())


def _bytes_of_values(values: np.ndarray) -> tuple[str, bytes | memoryview]:
    if values.dtype.kind in "iub":
        return "i8", np.ascontiguousarray(values, "<i8").data
    if values.dtype.kind == "f":
        kind, missing = f"f{values.dtype.itemsize}", np.isnan(values)
        one = np.where(missing, np.nan, values) if missing.any() else values
        return kind, np.ascontiguousarray(one, f"<{kind}").data
    if values.dtype.kind == "M":
        return "day", values.astype("datetime64[D]").astype("<i8").data
    return "name", b"".join(str(value).encode() + b"\0" for value in values.tolist())


def _joined(codes: np.ndarray, names: pd.Index) -> bytes:
    """Names by their codes, each ended by a zero byte; code -1 is a missing one."""
    words = [
        str(name).encode() + b"\0" for name in (*names, getattr(names.dtype, "na_value", np.nan))
    ]
    return b"".join(np.asarray(words, object)[codes].tolist())
