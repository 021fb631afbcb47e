"""Fuzzing: whatever comes in, the only crash is our own error."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.batch.read import build_sweep
from sim.config.compose import load, read_scenario
from sim.config.errors import SimError
from sim.config.yaml import parse_yaml
from sim.results import prepare_folder, save

pytestmark = pytest.mark.nightly
MANY = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

words = st.sampled_from(
    [
        "truce",
        "issues",
        "us",
        "linkage",
        "length_weeks",
        "cn",
        "strategy",
        "kind",
        "ai_chips",
        "name",
        "_target_",
        "${x}",
        "<<",
        "&a",
        "*a",
    ]
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), words
)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(words, st.text(max_size=8)), inner, max_size=4),
    ),
    max_leaves=20,
)


@MANY
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(SimError):
        parse_yaml(text, "some.yaml")


@FEW
@given(trees)
def test_any_tree_is_a_scenario_or_refused(tmp_path: Path, tree: object) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(json.dumps(tree), encoding="utf-8")
    with contextlib.suppress(SimError):
        assert isinstance(read_scenario(path), sim.Scenario)


@FEW
@given(st.binary(max_size=200))
def test_any_bytes_are_a_scenario_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    with contextlib.suppress(SimError):
        read_scenario(path)


@FEW
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.tuples(words, words, scalars).map(lambda t: f"{t[0]}.{t[1]}={t[2]}"),
        ),
        max_size=3,
    )
)
def test_any_overrides_are_taken_or_refused(overrides: list[str]) -> None:
    with contextlib.suppress(SimError):
        load(*overrides)


@FEW
@given(trees)
def test_any_tree_is_a_sweep_or_refused(tree: Any) -> None:
    with contextlib.suppress(SimError):
        build_sweep(tree, sim.Scenario())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save(
        sim.run("london", runs=3), prepare_folder(tmp_path_factory.mktemp("fuzz"), "run", "x")
    ).folder
    assert folder is not None
    return folder


@FEW
@given(st.data())
def test_a_damaged_result_is_read_or_refused(
    made: Path, tmp_path: Path, data: st.DataObject
) -> None:
    name = data.draw(
        st.sampled_from(
            [
                "acts.parquet",
                "example.json",
                "example.parquet",
                "manifest.json",
                "runs.parquet",
                "transcript.parquet",
                "weeks.parquet",
            ]
        )
    )
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    whole = bytearray((tmp_path / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    (tmp_path / name).write_bytes(bytes(whole[:cut] if data.draw(st.booleans()) else whole))
    with contextlib.suppress(SimError):
        results = sim.load_results(tmp_path)
        results.table()
        assert results.example is not None or not (tmp_path / "example.json").is_file()
        assert results.weeks is not None
        assert results.acts is not None and results.transcript is not None
