"""Sixty bad tables of each kind, made by mutation: read rightly or refused with row, column, reason
and cure, soon and in little memory.
"""

from __future__ import annotations

import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.config.errors import MOST_FAULTS, SimError
from sim.config.scenario import Scenario
from sim.results.observed import read_observed
from sim.sheets import read_sheet
from sim.sheets.dated import read_chronology, read_tariff_path
from sim.sweeps.listed import read_list

LONDON = Scenario()
MUTATIONS = 60
MOST_BYTES, MOST_SECONDS = 500_000_000, 10.0
TABLES = {
    "design": "linkage.cn,truce.length_weeks,note\n0.25,13,a\n0.5,26,b\n0.75,39,c\n1.0,6,d\n",
    "observed": "month,trade.us [bn USD/month],imports.magnets\n2025-06,18.9,353\n2025-07,26.25,619\n2025-08,25.5,700\n",
    "chronology": "date,kind,side,size,what\n2025-06-15,hawk,us,0.25,no commitment\n2025-06-27,goodwill,us,0.5,framework\n2025-07-02,goodwill,cn,0.75,letters\n",
    "tariff path": "date,us_effective_on_cn,cn_average_on_us\n2025-06-11,0.375,0.25\n2025-08-07,0.5,0.25\n2025-12-01,0.25,0.125\n",
    "record": "date,actor,kind,size\n2025-06-15,cn,hawk,0.25\n2025-06-27,us,goodwill,0.5\n2025-07-02,us,goodwill,0.75\n",
}


def _design(path: Path) -> object:
    found = read_list(path, LONDON)
    return {name: values.tolist() for name, values in found.settings.items()}


def _observed(path: Path) -> object:
    found = read_observed(path, LONDON)
    return sorted((row.series, row.first, row.last, row.value) for row in found.rows)


def _record(path: Path) -> object:
    sheet = read_sheet(path)
    return {name: list(sheet.values(name)) for name in sheet.columns}


READERS: dict[str, Callable[[Path], object]] = {
    "design": _design,
    "observed": _observed,
    "record": _record,
    "chronology": read_chronology,
    "tariff path": read_tariff_path,
}

# what leaves the meaning of a table alone
HARMLESS: tuple[Callable[[str], bytes], ...] = (
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace(",", ";").encode(),
    lambda text: text.replace(",", "\t").encode(),
    lambda text: text.replace(",", " , ").encode(),
    lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-8-sig"),
    lambda text: b"# made by hand\n\n" + text.encode(),
    lambda text: text.replace("\n", ",,\n").encode(),
    lambda text: (text + ",,\n\n").encode(),
    lambda text: re.sub(r"^([^,\n]+)", r'"\1"', text, flags=re.MULTILINE).encode(),
)
CELLS = (
    *("", "NaN", "n/a", "yes", "-", "1,000", "0,5", "1e999", "-1e30", "55 %", "0x10", "1_000", "∞"),
    *('"', '""', "a\nb", "1;2", "\t", "#", "=A1+1", "#REF!", "2025-02-30", "30.02.2025", "June"),
    *(
        "x" * 40,
        "é",
        "\ufeff",
        "\u202e",
        "٣",
        "truce.length_weeks",
        "linkage.cn",
        "[",
        "{}",
        "null",
    ),
)


def _mutated(kind: str, seed: int) -> bytes:
    """A table with one to three wounds."""
    rng = np.random.default_rng([seed, len(kind)])
    lines = TABLES[kind].strip().split("\n")
    for _ in range(int(rng.integers(1, 4))):
        row = int(rng.integers(len(lines)))
        cells = lines[row].split(",")
        wound = int(rng.integers(7))
        if wound <= 2:
            cells[int(rng.integers(len(cells)))] = CELLS[int(rng.integers(len(CELLS)))]
        elif wound == 3:
            del cells[int(rng.integers(len(cells)))]
        elif wound == 4:
            cells.insert(int(rng.integers(len(cells) + 1)), CELLS[int(rng.integers(len(CELLS)))])
        elif wound == 5:
            lines.insert(row, lines[int(rng.integers(len(lines)))])
            continue
        else:
            rng.shuffle(cells)
        lines[row] = ",".join(cells)
    data = bytearray("\n".join(lines).encode())
    if rng.random() < 0.2 and data:  # cut in the middle, or a byte of another encoding
        data = data[: int(rng.integers(1, len(data)))] + bytes([int(rng.integers(256))])
    return bytes(data)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("harm", range(len(HARMLESS)))
def test_what_leaves_the_meaning_alone_changes_no_value(kind, harm, tmp_path) -> None:
    (tmp_path / "own.csv").write_text(TABLES[kind], encoding="utf-8")
    (tmp_path / "other.csv").write_bytes(HARMLESS[harm](TABLES[kind]))
    read = READERS[kind]
    assert read(tmp_path / "other.csv") == read(tmp_path / "own.csv")


@pytest.mark.parametrize("kind", TABLES)
def test_a_wounded_table_is_read_or_refused_with_place_reason_and_cure(kind, tmp_path) -> None:
    path, refused = tmp_path / "own.csv", 0
    (tmp_path / "whole.csv").write_text(TABLES[kind], encoding="utf-8")
    READERS[kind](tmp_path / "whole.csv")
    tracemalloc.start()
    started = time.process_time()
    for seed in range(MUTATIONS):
        path.write_bytes(_mutated(kind, seed))
        try:
            READERS[kind](path)
        except SimError as error:
            refused += 1
            told = error.message
            assert str(path) in told, told
            assert error.problem, told
            assert error.cure or error.allowed or error.suggestion, told
    assert time.process_time() - started < MOST_SECONDS
    assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    tracemalloc.stop()
    assert 0 < refused < MUTATIONS


PLACES = {
    ("design", "0.5,26,b", "0.5,soon,b"): "row 3, column B",
    ("design", "0.5,26,b", "7.5,26,b"): "row 3, column A",
    ("design", "1.0,6,d", ",6,d"): "row 5, column A",
    ("design", "0.5,26,b", "0.5,26,b,4"): "row 3",
    ("observed", "2025-07,26.25", "2025-77,26.25"): "row 3, column A",
    ("observed", "619", "plenty"): "row 3, column C",
    ("observed", "2025-08,25.5", "2025-07,25.5"): "row 4, column A",
    ("record", "us,goodwill,0.5", "us,,0.5"): "row 3, column C",
}


@pytest.mark.parametrize("case", PLACES, ids=lambda case: f"{case[0]} {case[2]}")
def test_a_refusal_counts_rows_and_columns_as_the_sheet_does(case, tmp_path) -> None:
    kind, before, after = case
    text = TABLES[kind]
    assert before in text
    (tmp_path / "own.csv").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(SimError, match=PLACES[case]) as found:
        READERS[kind](tmp_path / "own.csv")
    assert found.value.cure or found.value.allowed


@pytest.mark.nightly
@pytest.mark.parametrize("kind", TABLES)
def test_a_thousand_wounded_tables_harm_nothing(kind, tmp_path) -> None:
    path = tmp_path / "own.csv"
    for seed in range(100, 1100):
        path.write_bytes(_mutated(kind, seed))
        try:
            READERS[kind](path)
        except SimError as error:
            assert error.cure or error.allowed or error.suggestion, error.message


FAULTS = {
    "design": ("0.5,26,b", "7.5,soon,b", ("row 3, column A", "row 3, column B")),
    "observed": ("2025-07,26.25,619", "2025-77,many,-1", ("row 3, column A", "B", "C")),
    "chronology": ("2025-06-27,goodwill,us", "27 June,good,u", ("row 3, column A", "B", "C")),
    "tariff path": ("2025-08-07,0.5,0.25", "soon,50,", ("row 3, column A", "B", "C")),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_every_faulty_cell_is_said_at_once_up_to_a_screen_of_them(kind, tmp_path) -> None:
    before, after, places = FAULTS[kind]
    (tmp_path / "own.csv").write_text(TABLES[kind].replace(before, after), encoding="utf-8")
    with pytest.raises(SimError) as found:
        READERS[kind](tmp_path / "own.csv")
    said = [str(one.key) for one in (found.value, *found.value.others)]
    assert len(said) == len(places)
    assert all(key.endswith(place[-8:]) for key, place in zip(said, places, strict=True))
    head, *rows = TABLES[kind].splitlines()
    many = "\n".join([head, *[before.replace(before, after)] * 200])
    (tmp_path / "own.csv").write_text(many + "\n", encoding="utf-8")
    with pytest.raises(SimError, match="not looked at") as found:
        READERS[kind](tmp_path / "own.csv")
    assert len(found.value.others) == MOST_FAULTS


LONG = {
    "chronology": ("day,kind,side,size\n", "2025-07-01,hawk,us,0.01\n"),
    "tariff path": ("date,us,cn\n", "2025-07-01,0.3,0.2\n"),
    "observed": ("date,tariff.us\n", "2025-07-01,0.3\n"),
}


@pytest.mark.parametrize("kind", LONG)
def test_a_table_of_a_million_rows_is_refused_while_it_is_read(kind, tmp_path) -> None:
    head, row = LONG[kind]
    (tmp_path / "long.csv").write_text(head + row * 1_000_000)
    started = time.process_time()
    tracemalloc.start()
    with pytest.raises(SimError, match="too many rows"):
        READERS[kind](tmp_path / "long.csv")
    assert tracemalloc.get_traced_memory()[1] < MOST_BYTES / 4
    tracemalloc.stop()
    assert time.process_time() - started < MOST_SECONDS / 5


@pytest.mark.nightly
def test_a_table_of_six_million_cells_is_refused_in_little_memory(tmp_path) -> None:
    (tmp_path / "long.csv").write_text("a,b,c,d,e,f\n" + "1,2,3,4,5,6\n" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(SimError, match="too large"):
        read_sheet(tmp_path / "long.csv")
    assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    tracemalloc.stop()


def test_a_long_spreadsheet_is_refused_while_it_is_read(tmp_path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (["date", "us", "cn"], *[["2025-07-01", 0.3, 0.2]] * 400):
        sheet.append(row)
    book.save(tmp_path / "long.xlsx")
    with pytest.raises(SimError, match="too many rows"):
        read_tariff_path(tmp_path / "long.xlsx")
