"""The door for JSON: what is wrong is named by its place, what is too much is refused before it is
parsed.
"""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.errors import BAD_INPUT, SimError
from sim.results.reader import In, Matching, Plain, plain_of, read_json, record_of


@dataclass(frozen=True, kw_only=True)
class Box:
    """A record within a record."""

    size: Annotated[int, In(1, 9)]


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A record with an entry of each kind."""

    name: Annotated[str, Matching("[a-z]+", "small letters")]
    settings: Plain
    weight: Annotated[float | None, In(0.0, 10.0)] = None
    sealed: bool = False
    words: tuple[str, ...] = ()
    boxes: Mapping[str, Box] = field(default_factory=dict)


WHOLE = {
    "name": "a",
    "settings": {"x": [1, None]},
    "weight": 2,
    "sealed": True,
    "words": ["b"],
    "boxes": {"c": {"size": 3}},
}


def parcel(**changes: object) -> Parcel:
    return record_of(Parcel, {**WHOLE, **changes}, "a parcel", "p.json")


def test_a_record_is_read_and_written_back() -> None:
    read = parcel()
    assert read == Parcel(
        name="a",
        settings={"x": [1, None]},
        weight=2.0,
        sealed=True,
        words=("b",),
        boxes={"c": Box(size=3)},
    )
    assert plain_of(read) == WHOLE
    assert plain_of(Parcel(name="a", settings={})) == {"name": "a", "settings": {}}


@pytest.mark.parametrize(
    ("changes", "place", "problem"),
    [
        ({"name": 3}, "name", "a text"),
        ({"name": "A"}, "name", "allowed: small letters"),
        ({"name": "a\x1b[31m"}, "name", "control characters"),
        ({"name": "a" * 200_000}, "name", "too long"),
        ({"settings": []}, "settings", "names and values"),
        ({"weight": True}, "weight", "a finite number"),
        ({"weight": "2"}, "weight", "a finite number"),
        ({"weight": 1e999}, "weight", "a finite number"),
        ({"weight": 10**400}, "weight", "a finite number"),
        ({"weight": -1}, "weight", "allowed: 0.0 to 10.0"),
        ({"sealed": 1}, "sealed", "true or false"),
        ({"words": "b"}, "words", "a list"),
        ({"words": ["b", 1]}, "words.1", "a text"),
        ({"boxes": []}, "boxes", "names and values"),
        ({"boxes": {"c": 3}}, "boxes.c", "names and values"),
        ({"boxes": {"c": {}}}, "boxes.c.size", "missing"),
        ({"boxes": {"c": {"size": 2.0}}}, "boxes.c.size", "a whole number"),
        ({"boxes": {"c": {"size": 10}}}, "boxes.c.size", "allowed: 1 to 9"),
        ({"boxes": {"c": {"size": 1, "colour": 1}}}, "boxes.c.colour", "no such entry"),
        ({"wieght": 1}, "wieght", "did you mean: weight"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(changes: dict, place: str, problem: str) -> None:
    with pytest.raises(SimError) as caught:
        parcel(**changes)
    assert caught.value.key == f"p.json: {place}" and caught.value.exit_code == BAD_INPUT
    assert "not a parcel" in str(caught.value) and problem in str(caught.value)


def test_a_missing_entry_is_named() -> None:
    with pytest.raises(SimError, match="name: not a parcel: an entry is missing"):
        record_of(Parcel, {"settings": {}}, "a parcel", "p.json")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "other"]), VALUES, max_size=6))
def test_any_values_give_a_record_or_an_error_of_ours(changes: dict) -> None:
    try:
        assert isinstance(parcel(**changes), Parcel)
    except SimError as error:
        assert error.exit_code == BAD_INPUT


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', '{"a": NaN}', "[Infinity]", "[" * 100_000, "'a'", "\ufeff{}", ""]
)
def test_only_strict_json_is_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    with pytest.raises(SimError, match="no strict JSON"):
        read_json(tmp_path / "p.json", "a parcel", 1_000_000)


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b"[" + b"[]," * 20_000_000 + b"0]")
    tracemalloc.start()
    try:
        for most, problem in ((50_000_000, "too large"), (100_000_000, "too many entries")):
            with pytest.raises(SimError, match=problem):
                read_json(path, "a parcel", most)
        assert (
            tracemalloc.get_traced_memory()[1] < 150e6
        )  # the bytes themselves, and no object for any entry
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("pipe", "device"):
        with pytest.raises(SimError, match="no plain file"):
            read_json(tmp_path / name, "a parcel", 1000)


def test_no_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path, Path("a\0b")):
        with pytest.raises(SimError, match="not a parcel"):
            read_json(path, "a parcel", 1000)


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(WHOLE), encoding="utf-8")
    assert read_json(tmp_path / "p.json", "a parcel", 1000) == WHOLE
