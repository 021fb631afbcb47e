"""Tables on disk: Parquet with units in its schema, and the hash of what a table says.

The content hash covers names, kinds and values in order, not the encoding: two files that say the same have the same hash,
whatever wrote them and however they were cut into parts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.errors import SimError, nearest
from sim.results.columns import Named, Notes
from sim.results.folder import whole_file

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "content_hash", "encode_columns", "file_hash", "read_columns", "read_notes", "read_table", "write_table",
]  # fmt: skip

_SMALL = 4_000_000  # bytes; a part of a sweep has 0.6 million


def write_table(frame: pd.DataFrame, path: Path, notes: Notes) -> None:
    """Write ``frame`` as Parquet, whole or not at all; ``notes`` go into the metadata of its columns and of the file."""
    import pyarrow.parquet as pq

    table = _with_notes(frame, notes)
    with whole_file(path) as temporary:
        pq.write_table(table, temporary, **_encoding(table))


def encode_columns(columns: Mapping[str, np.ndarray | Named], notes: Notes) -> bytes:
    """The bytes of the file that :func:`write_table` writes of the frame of these columns, made without one.

    A thread that makes a frame keeps the others waiting for the interpreter; most of this does not.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {name: _arrow(values) for name, values in columns.items()}
    buffer, table = io.BytesIO(), _annotated(pa.table(arrays), notes)
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
    return _annotated(pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), notes, long)


def _annotated(table: Any, notes: Notes, series: Sequence[str] = ()) -> Any:
    """An Arrow table whose columns carry label and unit; its own metadata has the units of all, of each of ``series`` where it is long."""
    import pyarrow as pa

    fields = [
        field.with_metadata({k: v.encode() for k, v in notes[field.name].items()}) if field.name in notes else field
        for field in table.schema
    ]
    units = {name: notes[name]["unit"] for name in series or table.schema.names if name in notes}
    return table.cast(pa.schema(fields, {"units": json.dumps(units)}))


def _encoding(table: Any) -> dict[str, Any]:
    """How columns are packed: the bytes of real numbers split by place, a third smaller and faster than a dictionary of them."""
    split = [field.name for field in table.schema if str(field.type) in ("float", "double")]
    others = [name for name in table.schema.names if name not in split]
    return {
        "compression": "zstd",
        "use_dictionary": others,
        "column_encoding": dict.fromkeys(split, "BYTE_STREAM_SPLIT"),
    }


def read_table(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table from a file or a folder of parts, in the order of their names; errors are those of :func:`read_columns`."""
    # a block for each column: Arrow's copy of it goes as soon as it is made, and a column dropped later takes its memory with it
    return read_columns(path, columns).to_pandas(split_blocks=True, self_destruct=True)


def read_columns(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of a table from a file or a folder of parts, in the order of their names, as Arrow has them.

    Part after part is opened, read and closed: a scan of them all at once would keep what it learns of every column of each, which is
    more than a few columns themselves.

    Raises
    ------
    SimError
        A missing or broken file, or a column that it has not.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = sorted(path.glob("[!.]*.parquet")) if path.is_dir() else [path]
    if not parts or not parts[0].exists():
        raise SimError("no such table", key=path.name, cure="the result was made without it, or a file was lost")
    try:
        schema = pq.read_schema(parts[0])
        names = list(columns or schema.names)
        for name in names:
            if name not in schema.names:
                raise SimError("no such column", key=path.name, given=name, suggestion=nearest(name, schema.names))
        wanted = pa.schema([schema.field(name) for name in names])
        return pa.concat_tables([_columns_of(part, wanted) for part in parts])
    except (ValueError, KeyError, OSError) as error:  # what pyarrow raises is one of these as well
        raise SimError("not a readable table", key=path.name, given=str(error).split("\n")[0]) from None


def _columns_of(part: Path, wanted: pa.Schema) -> pa.Table:
    """The fields ``wanted`` of a Parquet file, in their order and of their types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # a small file at once: a reading a column chunk takes longer than all of it
    source = pa.BufferReader(part.read_bytes()) if part.stat().st_size <= _SMALL else part
    with pq.ParquetFile(source) as file:
        table = file.read(columns=wanted.names, use_threads=False).select(wanted.names)
    return table.replace_schema_metadata(None) if table.schema.equals(wanted) else table.cast(wanted)


def read_notes(path: Path) -> Notes:
    """Labels and units of a table's columns."""
    import pyarrow.dataset as ds

    notes: Notes = {}
    for field in ds.dataset(path, format="parquet").schema:
        notes[field.name] = {
            k.decode(): v.decode() for k, v in (field.metadata or {}).items() if not k.startswith(b"PARQUET")
        }
    return notes


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


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bytes_of(column: pd.Series) -> tuple[str, bytes | memoryview]:
    """Kind and canonical bytes of a column: little-endian numbers, one NaN, names ended by a zero byte."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.categories.dtype.kind == "O":
        return "name", _joined(column.cat.codes.to_numpy(), column.cat.categories)
    if isinstance(column.dtype, pd.StringDtype):
        codes, names = pd.factorize(column)
        return "name", _joined(codes, pd.Index(names))
    values = column.to_numpy()
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
    words = [str(name).encode() + b"\0" for name in (*names, getattr(names.dtype, "na_value", np.nan))]
    return b"".join(np.asarray(words, object)[codes].tolist())
