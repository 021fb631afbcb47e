"""The strict reader: plain data of YAML 1.2, or a refusal that names the line."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config.errors import SimError
from sim.config.yaml import parse_yaml, read_yaml, to_yaml

SCALARS = [
    ("NO", "NO"),
    ("no", "no"),
    ("on", "on"),
    ("y", "y"),
    ("1:44", "1:44"),
    ("2025-06-11", "2025-06-11"),
    ("1_000", "1_000"),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("12", 12),
    ("-3", -3),
    ("0", 0),
    ("1e3", 1000.0),
    ("1.", 1.0),
    (".5", 0.5),
    ("0.1", 0.1),
    ("'12'", "12"),
    ('"true"', "true"),
    ("0.10.2", "0.10.2"),
    (".inf", math.inf),
    ("=", "="),
]


@pytest.mark.parametrize(("written", "read"), SCALARS, ids=[written for written, _ in SCALARS])
def test_scalars_are_read_by_yaml_1_2(written, read):
    value = parse_yaml(f"a: {written}\n", "x").values["a"]
    assert value == read and type(value) is type(read)


def test_lines_of_nested_names_are_kept():
    plain = parse_yaml("a: 1\nb:\n  c:\n    - x\n  d: {e: 2}\n", "x")
    assert (plain.lines["a"], plain.lines["b.c"], plain.lines["b.d.e"]) == (1, 3, 5)
    assert plain.where("b.d.e.missing") == "x:5"


def test_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert read_yaml(path).values == {"a": 1, "b": "x"}


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 200_000, "#" * 900_000, "".join(f"k{n}: 1\n" for n in range(90_000))]
)
def test_hostile_files_are_settled_within_a_second(text):
    started = time.perf_counter()
    with pytest.raises(SimError):
        parse_yaml(text, "x")
    assert time.perf_counter() - started < 1


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_text_is_read_or_refused_by_an_error_of_ours(text):
    try:
        assert isinstance(parse_yaml(text, "x").values, dict)
    except SimError as error:
        assert "x" in (error.key or "")


_WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=8,
)
_NAMES = _WORDS.filter(
    lambda name: (
        "$" not in name
        and name.isprintable()
        and not name.startswith("_")
        and name not in ("hydra", "defaults", "<<")
    )
)
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    _NAMES,
)
_DATA = st.recursive(
    _VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(_NAMES, _DATA, min_size=1, max_size=4))
@settings(max_examples=150)
def test_what_is_written_is_read_back(data):
    assert json.dumps(parse_yaml(to_yaml(data), "x").values) == json.dumps(data)
