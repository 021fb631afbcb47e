"""Tables in the forms in which people keep them say the same thing; what could be read in two ways
is refused with its place in the sheet.
"""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.config.yaml import read_text
from sim.results.observed import read_observed
from sim.sheets import read_sheet
from sim.sheets.dated import read_chronology
from sim.sheets.numbers import AmbiguousError, comma_means, number
from sim.sheets.sheet import letters

WANTED = {"linkage.cn": [0.0, 0.5], "truce.length_weeks": [13, 26]}
TEXT = "linkage.cn,truce.length_weeks\n0.0,13\n0.5,26\n"
GERMAN = "linkage.cn;truce.length_weeks\n0,0;13\n0,5;26\n"
FORMS = {
    "plain": TEXT,
    "windows": TEXT.replace("\n", "\r\n"),
    "old mac": TEXT.replace("\n", "\r"),
    "no last newline": TEXT.rstrip(),
    "semicolons": TEXT.replace(",", ";"),
    "decimal comma": GERMAN,
    "sep line": f"sep=;\n{GERMAN}",
    "sep line, upper case": f"SEP=;\n{GERMAN}",
    "tabs": TEXT.replace(",", "\t"),
    "tabs and decimal commas": GERMAN.replace(";", "\t"),
    "bars": TEXT.replace(",", "|"),
    "blanks": "linkage.cn   truce.length_weeks\n0.0   13\n0.5  26\n",
    "blanks around": "linkage.cn , truce.length_weeks\n 0.0, 13\n0.5 ,26\n",
    "quoted": '"linkage.cn","truce.length_weeks"\n"0.0","13"\n"0.5","26"\n',
    "quoted decimal commas": 'linkage.cn,truce.length_weeks\n"0,0",13\n"0,5",26\n',
    "comment": f"# design of 10 June, second version\n{TEXT}",
    "comments between": TEXT.replace("0.5,26", "# later\n\n0.5,26"),
    "header in a comment": "# " + TEXT,
    "empty rows and columns": "linkage.cn,truce.length_weeks,,\n,,,\n0.0,13,,\n\n0.5,26,,\n,,,\n",
    "short rows": "linkage.cn,truce.length_weeks,\n0.0,13\n0.5,26\n",
    "pandas index": ",linkage.cn,truce.length_weeks\n0,0.0,13\n1,0.5,26\n",
    "pandas index from 1": "Unnamed: 0,linkage.cn,truce.length_weeks\n1,0.0,13\n2,0.5,26\n",
    "exponents": "linkage.cn,truce.length_weeks\n0e0,13\n5e-1,26\n",
    "minus": TEXT.replace("0.0", "-0.0"),
}


def _written(tmp_path, data, name="plan.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def _values(sheet):
    return {name: list(sheet.values(name)) for name in sheet.columns}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(tmp_path, form):
    assert _values(read_sheet(_written(tmp_path, FORMS[form]))) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [TEXT, GERMAN], ids=["English", "German"])
def test_every_encoding_says_the_same(tmp_path, encoding, text):
    assert _values(read_sheet(_written(tmp_path, text.encode(encoding)))) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "utf-16"])
def test_letters_beyond_ascii_are_read(tmp_path, encoding):
    sheet = read_sheet(_written(tmp_path, "Erläuterung,linkage.cn\nfrüh,0.5\n".encode(encoding)))
    assert sheet.texts("Erläuterung") == ("früh",)


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".tsv", ".txt"])
def test_other_files_say_the_same(tmp_path, suffix):
    path = tmp_path / f"plan{suffix}"
    frame = pd.DataFrame(WANTED)
    if suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t")
    assert _values(read_sheet(path)) == WANTED


def test_a_spreadsheet_keeps_days_flags_and_its_own_rows(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["# imagined"],
        ["deadline", "x", None],
        [pd.Timestamp("2025-08-12"), True],
        [None, None],
        ["2025-11-10", False],
    ):
        book.active.append(row)
    book.save(tmp_path / "plan.xlsx")
    sheet = read_sheet(tmp_path / "plan.xlsx")
    assert _values(sheet) == {"deadline": ["2025-08-12", "2025-11-10"], "x": [True, False]}
    assert sheet.where("x", 1).endswith("x, row 5, column B")


@given(
    rows=st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.integers(-(10**9), 10**9)), min_size=2, max_size=20
    ),
    form=st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", ","), ("|", ".")]),
)
@settings(max_examples=60)
def test_numbers_come_back_to_the_last_bit(tmp_path, rows, form):
    frame = pd.DataFrame(rows, columns=["a.x", "b.y"])
    path = tmp_path / "plan.csv"
    frame.to_csv(path, index=False, sep=form[0], decimal=form[1])
    try:
        sheet = read_sheet(path)
        found = list(sheet.values("a.x"))
    except SimError as error:  # three decimals may be a thousand
        assert "two ways" in error.problem and (form[1] == "," or form[0] == ";")
        return
    assert found == [row[0] for row in rows]
    assert list(sheet.values("b.y")) == [row[1] for row in rows]


NUMBERS = {
    ("1.5", ""): 1.5,
    ("-3", ""): -3,
    ("\u22123", ""): -3,
    ("1e-3", ""): 0.001,
    (".5", ""): 0.5,
    ("0,5", ""): 0.5,
    ("1,234.5", ""): 1234.5,
    ("1.234,5", ""): 1234.5,
    ("1,234,567", ""): 1234567,
    ("1.234.567", ""): 1234567,
    ("12 500", ""): 12500,
    ("12\u202f500,5", ""): 12500.5,
    ("1'000", ""): 1000,
    ("1,000", "thousands"): 1000,
    ("1,000", "decimals"): 1.0,
    ("1.000", ""): 1.0,
    ("1.000", "decimals"): 1000,
    ("soon", ""): None,
    ("55 %", ""): None,
    ("2025-08-12", ""): None,
    ("nan", ""): None,
    ("1_000", ""): None,
    ("inf", ""): None,
    ("0x10", ""): None,
}


@pytest.mark.parametrize("case", NUMBERS, ids=repr)
def test_a_number_is_read_as_people_write_it(case):
    assert number(*case) == NUMBERS[case]


@pytest.mark.parametrize("case", [("1,000", ""), ("1,000", "both"), ("1.000", "both")])
def test_a_number_that_could_be_two_is_refused(case):
    with pytest.raises(AmbiguousError):
        number(*case)


@pytest.mark.parametrize("cell", ["1.234", "12.000", "-123.450", "+1.234"])
def test_three_digits_behind_a_point_are_refused_between_semicolons(tmp_path, cell):
    sheet = read_sheet(_written(tmp_path, f"a;b\n{cell};x\n7;y\n"))
    with pytest.raises(SimError, match="row 2, column A: .*two ways") as found:
        _values(sheet)
    ways = str(found.value.cure).removeprefix("write ").split(" or ")
    read = [_values(read_sheet(_written(tmp_path, f"a;b\n{way};x\n")))["a"][0] for way in ways]
    assert read == [float(cell) * 1000, float(cell)]
    for mark in ",\t|":  # where a comma before decimals is not the custom
        other = read_sheet(_written(tmp_path, f"a{mark}b\n{cell}{mark}x\n"))
        assert other.value("a", 0) == float(cell)


@pytest.mark.parametrize(
    "other, value", [("0.394", 1.234), ("1.25", 1.234), (".5", 1.234), ("0,5", 1234)]
)
def test_another_cell_of_the_column_says_what_its_points_mean(tmp_path, other, value):
    sheet = read_sheet(_written(tmp_path, f"a;b\n1.234;x\n{other};y\n"))
    assert sheet.value("a", 0) == value


def test_the_points_of_another_column_say_nothing(tmp_path):
    sheet = read_sheet(_written(tmp_path, "a;b\n1.234;0.394\n"))
    assert sheet.value("b", 0) == 0.394
    with pytest.raises(SimError, match="two ways"):
        sheet.value("a", 0)


def test_other_cells_say_what_a_comma_means():
    assert comma_means(["0,5", "1,000", 3]) == "decimals"
    assert comma_means(["0.5", "1,000"]) == "thousands"
    assert comma_means(["1,000", "London"]) == ""
    assert comma_means(["0,5", "1,234.5"]) == "both"


REFUSED = {
    "": "empty",
    "\n\n": "empty",
    "# only a comment\n": "empty",
    "linkage.cn\n": "empty",
    "a,b\n,\n": "empty",
    "a,b\n1,2,3\n": "row 2",
    "a,b\n1,2\n1,2,3\n": "row 3",
    "a,,b\n1,2,3\n": "column B",
    "a,a\n1,2\n": "A and B",
    'a,b\n"1,2\n': "row 2",
    "x" * 300 + "\n1\n": "header is too long",
    "x" * 200_000 + "\n1\n": "field larger",
    "# " + "x" * 200_000 + ",y\n1,2\n": "empty",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text)[:30])
def test_a_table_that_is_none_is_refused_with_its_place(tmp_path, text):
    with pytest.raises(SimError, match=REFUSED[text]):
        read_sheet(_written(tmp_path, text))


@pytest.mark.parametrize(
    "text, place",
    [
        ("a;b\n1,000;x\n", "row 2, column A"),
        ("a,b\n1,\n2,3\n", "row 2, column B"),
        ("# one\n\na,b\n1,2\n1,\n", "row 5, column B"),
    ],
)
def test_a_cell_is_named_as_the_sheet_counts(tmp_path, text, place):
    sheet = read_sheet(_written(tmp_path, text))
    with pytest.raises(SimError, match=place):
        _values(sheet)


@pytest.mark.parametrize(
    "data", [b"\0\1\2\3" * 100, b"PK\3\4" + bytes(100), "ab".encode("utf-16")[:-1] + b"\0\0\0"]
)
def test_bytes_that_are_no_text_are_refused(tmp_path, data):
    with pytest.raises(SimError):
        read_sheet(_written(tmp_path, data))


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.parquet"])
@pytest.mark.parametrize("data", [b"", b"PAR1", b"PK\3\4" + bytes(50), TEXT.encode()])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, name, data):
    with pytest.raises(SimError):
        read_sheet(_written(tmp_path, data, name))


def test_a_spreadsheet_that_unpacks_to_gigabytes_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "plan.xlsx"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for n in range(30):
            book.writestr(f"xl/worksheets/sheet{n}.xml", bytes(10_000_000))
    path.write_bytes(held.getvalue())
    tracemalloc.start()
    with pytest.raises(SimError, match="too large"):
        read_sheet(path)
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_a_nested_column_is_refused_before_a_row_is_read(tmp_path):
    path = tmp_path / "plan.parquet"
    pd.DataFrame({"linkage.cn": [[0.1, 0.2], [0.3]]}).to_parquet(path)
    with pytest.raises(SimError, match="nested"):
        read_sheet(path)


def test_a_folder_is_called_one_and_a_table_in_it_is_named(tmp_path):
    with pytest.raises(SimError, match="a folder, not a file") as found:
        read_sheet(tmp_path)
    assert ".csv, .tsv" in str(found.value.cure)
    _written(tmp_path, "a\n1\n")
    for read in (read_sheet, read_chronology, lambda path: read_observed(path, Scenario())):
        with pytest.raises(SimError, match="a folder, not a file") as found:
            read(tmp_path)
        named = Path(str(found.value.cure).removeprefix("name the table: "))
        assert read_sheet(named).columns
    with pytest.raises(SimError, match="a folder, not a file"):
        read_text(tmp_path)


def test_a_device_or_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SimError, match="no such file") as found:
        read_sheet(tmp_path / "none.csv")
    assert str(found.value.given).startswith(str(tmp_path.anchor))
    with pytest.raises(SimError, match="no such file"):
        read_sheet(Path(os.devnull))


def test_columns_are_called_as_in_a_spreadsheet():
    assert [letters(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


CELLS = [
    "0.5",
    "0,5",
    "1,000",
    "",
    "NaN",
    "yes",
    "55 %",
    '"',
    "é",
    "#",
    "a\nb",
    "1;2",
    "\t",
    "x" * 50,
]


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_table_is_read_or_refused_with_its_place(tmp_path, seed):
    """Whatever happens to a table, it is read as some table or refused in words."""
    rng = np.random.default_rng(seed)
    text = list(FORMS)[seed % len(FORMS)]
    data = bytearray(FORMS[text].encode())
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(0, len(data)))
        cell = CELLS[rng.integers(len(CELLS))].encode()
        data[at : at + int(rng.integers(0, 3))] = cell
    path = _written(tmp_path, bytes(data))
    try:
        found = _values(read_sheet(path))
    except SimError as error:
        assert str(path) in error.message
        assert error.cure or error.allowed or "row" in error.message
        return
    assert len({len(values) for values in found.values()}) == 1
