"""Tables on disk: Parquet with units in its schema, and the hash of what a table says.

The content hash covers names, kinds and values in order, not the encoding: two files that say the same have the same hash,
whatever wrote them and however they were cut into parts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.errors import SimError, nearest
from sim.results.folder import whole_file
from sim.results.tables import Notes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["content_hash", "encode_table", "file_hash", "read_notes", "read_table", "write_table"]


def write_table(frame: pd.DataFrame, path: Path, notes: Notes) -> None:
    """Write ``frame`` as Parquet, whole or not at all; ``notes`` go into the metadata of its columns and of the file."""
    import pyarrow.parquet as pq

    table = _with_notes(frame, notes)
    with whole_file(path) as temporary:
        pq.write_table(table, temporary, **_encoding(table))


def encode_table(frame: pd.DataFrame, notes: Notes) -> bytes:
    """The bytes of the file that :func:`write_table` writes."""
    import io

    import pyarrow.parquet as pq

    buffer, table = io.BytesIO(), _with_notes(frame, notes)
    pq.write_table(table, buffer, **_encoding(table))
    return buffer.getvalue()


def _with_notes(frame: pd.DataFrame, notes: Notes) -> Any:
    """An Arrow table whose columns carry label and unit; its own metadata has the units of all, of each series where it is long."""
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    fields = [
        field.with_metadata({k: v.encode() for k, v in notes[field.name].items()}) if field.name in notes else field
        for field in table.schema
    ]
    named = frame["series"].unique().tolist() if "series" in frame else table.schema.names
    units = {name: notes[name]["unit"] for name in named if name in notes}
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
    """A table from a file or a folder of parts, in the order of their names.

    Part after part is opened, read and closed: a scan of them all at once would keep what it learns of every column of each, which is
    more than a few columns themselves.

    Raises
    ------
    SimError
        A missing or broken file, or a column that it has not.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = sorted(part for part in path.glob("[!.]*.parquet")) if path.is_dir() else [path]
    if not parts or not parts[0].exists():
        raise SimError("no such table", key=path.name, cure="the result was made without it, or a file was lost")
    try:
        schema = pq.read_schema(parts[0])
        names = list(columns or schema.names)
        for name in names:
            if name not in schema.names:
                raise SimError("no such column", key=path.name, given=name, suggestion=nearest(name, schema.names))
        wanted = pa.schema([schema.field(name) for name in names])
        table = pa.concat_tables([_columns_of(part, wanted) for part in parts])
    except (ValueError, KeyError, OSError) as error:  # what pyarrow raises is one of these as well
        raise SimError("not a readable table", key=path.name, given=str(error).split("\n")[0]) from None
    return table.to_pandas()


def _columns_of(part: Path, wanted: Any) -> Any:
    """The fields ``wanted`` of a Parquet file, in their order and of their types."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(part) as file:
        table = file.read(columns=wanted.names).select(wanted.names)
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
    whole = hashlib.sha256()
    for digest in digests.values():
        whole.update(digest.digest())
    return whole.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bytes_of(column: pd.Series) -> tuple[str, bytes]:
    """Kind and canonical bytes of a column: little-endian numbers, one NaN, names ended by a zero byte."""
    values = column.to_numpy()
    if values.dtype.kind in "iub":
        return "i8", values.astype("<i8").tobytes()
    if values.dtype.kind == "f":
        kind = f"f{values.dtype.itemsize}"
        return kind, np.where(np.isnan(values), np.nan, values).astype(f"<{kind}").tobytes()
    if values.dtype.kind == "M":
        return "day", values.astype("datetime64[D]").astype("<i8").tobytes()
    return "name", b"".join(str(value).encode() + b"\0" for value in values.tolist())
