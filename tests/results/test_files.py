"""Tables on disk: what is read is what was written, units go with it, and the content hash knows
values, not encodings.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.errors import MACHINE, SimError
from sim.results.columns import Named
from sim.results.files import content_hash, encode_columns, read_notes, read_table, write_table
from sim.results.folder import atomic_write, cleared_on_failure

FRAME = pd.DataFrame(
    {
        "run": np.arange(4),
        "x": [0.1, np.nan, -0.0, np.inf],
        "small": np.asarray([1.5, np.nan, 2.0, 3.0], np.float32),
        "flag": [True, False, True, True],
        "kind": pd.Categorical(["a", None, "b", "a"]),
        "word": ["é", "b", "c", "d"],
        "date": pd.to_datetime(["2025-06-18"] * 4).astype("datetime64[s]"),
    }
)
NOTES = {
    "x": {"label": "an x", "unit": "bn USD/yr"},
    "run": {"label": "run number", "unit": "count"},
}


def test_what_is_read_is_what_was_written(tmp_path):
    write_table(FRAME, tmp_path / "t.parquet", NOTES)
    read = read_table(tmp_path / "t.parquet")
    assert content_hash([read]) == content_hash([FRAME])
    pd.testing.assert_frame_equal(read, FRAME, check_categorical=False, check_dtype=False)


def test_a_result_comes_back_from_disk_bit_for_bit(result, saved):
    import sim

    again = sim.load_results(saved.folder)
    for one, two in ((again.runs, result.runs), (again.weeks, result.weeks)):
        assert content_hash([one]) == content_hash([two])
        pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert again.scenario == result.scenario
    assert again.notes["final_tariff.us"]["unit"] == "ad valorem"


def test_the_bytes_of_columns_are_those_of_the_file_of_their_frame(tmp_path):
    names = ("a", "b")
    columns = {
        "run": np.arange(4),
        "small": np.asarray([1.5, np.nan, 2.0, 3.0], np.float32),
        "every_other": np.asarray([0.1, 9.0, np.nan, 9.0, -0.0, 9.0, np.inf, 9.0])[::2],
        "flag": np.asarray([True, False, True, True]),
        "kind": Named(np.asarray([0, -1, 1, 0]), names),
        "word": np.asarray(["é", "b", "", "ddd"]),
    }
    frame = pd.DataFrame(
        {**columns, "kind": pd.Categorical.from_codes(columns["kind"].codes, list(names))}
    )
    write_table(frame, tmp_path / "t.parquet", NOTES)
    assert encode_columns(columns, NOTES) == (tmp_path / "t.parquet").read_bytes()


def test_units_stand_in_the_schema(tmp_path):
    write_table(
        FRAME, tmp_path / "t.parquet", {**NOTES, "not here": {"label": "", "unit": "weeks"}}
    )
    schema = pq.read_schema(tmp_path / "t.parquet")
    assert json.loads(schema.metadata[b"units"]) == {"run": "count", "x": "bn USD/yr"}
    assert schema.field("x").metadata[b"unit"] == b"bn USD/yr"
    assert read_notes(tmp_path / "t.parquet")["x"] == NOTES["x"]


def test_pandas_polars_and_duckdb_read_tables_and_units_as_they_are(saved):
    import duckdb
    import polars

    path = saved.folder / "runs.parquet"
    expected = saved.runs["final_tariff.us"].mean()
    assert pd.read_parquet(path)["final_tariff.us"].mean() == expected
    assert polars.read_parquet(path)["final_tariff.us"].mean() == pytest.approx(expected)
    assert (
        json.loads(polars.read_parquet_metadata(path)["units"])["final_tariff.us"] == "ad valorem"
    )
    with duckdb.connect() as connection:
        row = connection.execute(
            f"SELECT avg(\"final_tariff.us\"), count(*) FROM '{path}'"
        ).fetchone()
        assert row == (pytest.approx(expected), 40)
        query = f"SELECT value FROM parquet_kv_metadata('{path}') WHERE key = 'units'"
        assert (
            json.loads(connection.execute(query).fetchone()[0])["final_tariff.us"] == "ad valorem"
        )


def test_a_folder_of_parts_is_one_table_for_pandas_polars_and_duckdb(tmp_path):
    import duckdb
    import polars

    for number in range(3):
        write_table(
            FRAME.assign(run=FRAME["run"] + 4 * number),
            tmp_path / f"part-{number:06d}.parquet",
            NOTES,
        )
    assert read_table(tmp_path)["run"].tolist() == list(range(12))
    assert pd.read_parquet(tmp_path)["run"].tolist() == list(range(12))
    assert polars.read_parquet(tmp_path / "*.parquet")["run"].to_list() == list(range(12))
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT count(*) FROM '{tmp_path}/*.parquet'").fetchone() == (
            12,
        )


def test_every_column_of_a_result_has_a_label_and_a_unit(result):
    for frame in (result.runs, result.weeks):
        for name in frame.columns:
            assert result.notes[name]["label"], name
            assert result.notes[name]["unit"], name


@given(st.lists(st.integers(0, 40), max_size=5))
def test_the_hash_does_not_depend_on_parts(cuts):
    frame = pd.DataFrame({"a": np.arange(40.0) / 7, "k": pd.Categorical(["x", "y"] * 20)})
    places = [0, *sorted(cuts), 40]
    parts = [frame.iloc[start:stop] for start, stop in itertools.pairwise(places)]
    assert content_hash(parts) == content_hash([frame])


def test_the_hash_does_not_depend_on_encoding():
    same = FRAME.assign(
        run=FRAME["run"].astype(np.int16),
        kind=FRAME["kind"].cat.reorder_categories(["b", "a"]),
        word=FRAME["word"].astype(object),
    )
    assert content_hash([same]) == content_hash([FRAME])
    assert content_hash([FRAME.assign(x=[0.1, -np.nan, -0.0, np.inf])]) == content_hash([FRAME])


def bytes_by_value(column: pd.Series) -> bytes:
    """What the hash takes of a column of names: each value's own text, ended by a zero byte."""
    return b"".join(str(value).encode() + b"\0" for value in column.to_numpy().tolist())


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["é", "b", None, "", "b"]),
        pd.Series(["a", pd.NA, "b"], dtype="string"),
        pd.Series(["a", None, 1, True, "a"], dtype=object),
        pd.Series(pd.Categorical(["a", None, "b", "a"], categories=["b", "a", "never"])),
        pd.Series(pd.Categorical(["a", 1, True], categories=["a", 1, 2, True][:3])),
        pd.Series([], dtype=object),
    ],
)
def test_names_are_hashed_by_their_own_text_whatever_holds_them(column):
    own = hashlib.sha256(b"x\0name\0" + bytes_by_value(column)).digest()
    assert content_hash([pd.DataFrame({"x": column})]) == hashlib.sha256(own).hexdigest()


CHANGED = {
    "a value": FRAME.assign(x=[0.1, np.nan, -0.0, 1.0]),
    "the last bit": FRAME.assign(x=[np.nextafter(0.1, 1), np.nan, -0.0, np.inf]),
    "the sign of nought": FRAME.assign(x=[0.1, np.nan, 0.0, np.inf]),
    "an order of rows": FRAME.iloc[::-1],
    "an order of columns": FRAME[FRAME.columns[::-1]],
    "a name": FRAME.rename(columns={"x": "y"}),
    "a precision": FRAME.assign(small=FRAME["small"].astype(float)),
    "a category": FRAME.assign(kind=pd.Categorical(["a", "b", "b", "a"])),
    "where words end": FRAME.assign(word=["éb", "", "c", "d"]),
    "one row less": FRAME.iloc[:3],
}


@pytest.mark.parametrize("what", CHANGED)
def test_the_hash_changes_with(what):
    assert content_hash([CHANGED[what]]) != content_hash([FRAME])


def test_a_missing_table_or_column_is_named(tmp_path):
    write_table(FRAME, tmp_path / "t.parquet", NOTES)
    with pytest.raises(SimError, match="no such table"):
        read_table(tmp_path / "u.parquet")
    with pytest.raises(SimError, match="no such column") as caught:
        read_table(tmp_path / "t.parquet", ["run", "wordd"])
    assert caught.value.suggestion == "word"
    assert read_table(tmp_path / "t.parquet", ["x", "run"]).columns.tolist() == ["x", "run"]


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-50], lambda data: b"", lambda data: b"x" * 300, lambda data: data[:100]],
)
def test_a_damaged_table_is_refused(tmp_path, damage):
    path = tmp_path / "t.parquet"
    write_table(FRAME, path, NOTES)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SimError, match="not a readable table"):
        read_table(path)


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("old")

    def fail() -> None:
        with atomic_write(path) as temporary:
            temporary.write_text("new")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_and_is_the_machines_fault(tmp_path, monkeypatch):
    def fill(table, where, **options):
        where.write(b"PAR1 half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pq, "write_table", fill)
    with pytest.raises(SimError, match="No space left") as caught:
        write_table(FRAME, tmp_path / "t.parquet", NOTES)
    assert caught.value.exit_code == MACHINE
    assert "space" in caught.value.cure
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
import sim
from sim.results.folder import cleared_on_failure
from sim.results.results import save
result = sim.run("london", runs=200, weeks="all")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
folder = Path(sys.argv[1])
folder.mkdir()
try:
    with cleared_on_failure(folder):
        save(result, folder)
except sim.SimError as error:
    print(error.exit_code, folder.exists())
"""


def test_a_write_that_the_system_cuts_off_leaves_no_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "r")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["3", "False"]


def test_a_folder_that_holds_something_is_kept(tmp_path):
    for keep in (False, True):
        folder = tmp_path / str(keep)
        folder.mkdir()

        def stop(folder=folder, keep=keep) -> None:
            with cleared_on_failure(folder, lambda: keep):
                (folder / "x").write_text("x")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            stop()
        assert folder.exists() is keep


def test_an_empty_table_keeps_its_columns(tmp_path):
    write_table(FRAME.iloc[:0], tmp_path / "t.parquet", NOTES)
    assert read_table(tmp_path / "t.parquet").columns.tolist() == FRAME.columns.tolist()
    assert pa.parquet.read_metadata(tmp_path / "t.parquet").num_rows == 0
