"""The manifest: enough to run it again, nothing about whose machine it was, and nothing from the future."""

from __future__ import annotations

import hashlib
import json
import os
import re

import pytest

import sim
from sim.config.errors import BAD_INPUT, SimError
from sim.config.schema import Scenario
from sim.config.validate import build
from sim.results.folder import prepare_folder
from sim.results.manifest import NAME, read_manifest, without_places, write_manifest


def test_it_holds_what_is_needed_to_run_it_again(saved):
    manifest = json.loads((saved.folder / NAME).read_text())
    assert build(Scenario, manifest["scenario"], "scenario") == saved.scenario
    assert manifest["run"]["seed"] == 1
    assert {"python", "numpy", "numba", "tariffsim"} <= set(manifest["versions"])
    assert re.fullmatch("[0-9a-f]{64}", manifest["rules"])
    assert manifest["content"].keys() == {"runs", "weeks"}


def test_it_names_every_file_with_its_hash(saved):
    files = saved.manifest["files"]
    assert set(files) == {path.name for path in saved.folder.iterdir()} - {NAME}
    for name, told in files.items():
        data = (saved.folder / name).read_bytes()
        assert told == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_it_names_no_person_no_machine_and_no_place(saved, tmp_path):
    text = (saved.folder / NAME).read_text()
    assert not re.search(r'"(/|[A-Za-z]:\\\\|~)', text)
    for private in (str(tmp_path), f'"{os.uname().nodename}"', os.environ.get("USER", "no user")):
        assert private not in text
    assert not {"out", "address"} & set(saved.manifest["run"])


def test_overrides_lose_their_places():
    given = ["out=/srv/ada/x", "run.out=y", "run.address=tcp://10.0.0.1:8786", "hydra/launcher=joblib"]
    given += [
        "file=/srv/ada/mine.yaml",
        "sweep_file=C:\\ada\\s.yaml",
        "linkage.cn=0.5",
        "+issues.soy.benefit=3",
        "~issues.ai_chips",
    ]
    kept = ["file=mine.yaml", "sweep_file=s.yaml", "linkage.cn=0.5", "+issues.soy.benefit=3", "~issues.ai_chips"]
    assert without_places(given) == kept


def edit(saved, **changes):
    path = saved.folder / NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_manifest_from_the_future_is_refused(saved):
    edit(saved, schema=2)
    with pytest.raises(SimError, match="later version") as caught:
        sim.load_results(saved.folder)
    assert "newer" in caught.value.cure


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"3",
    b"\xff",
    b"[" * 100_000,
    b"{}",
    b'{"schema": "1"}',
    b'{"schema": 1}',
    b'{"schema": true}',
]


@pytest.mark.parametrize("text", BROKEN, ids=[repr(text[:16]) for text in BROKEN])
def test_a_broken_manifest_is_refused(saved, text):
    (saved.folder / NAME).write_bytes(text)
    with pytest.raises(SimError) as caught:
        sim.load_results(saved.folder)
    assert caught.value.exit_code == BAD_INPUT


@pytest.mark.parametrize("name", ["verb", "scenario", "run", "content", "files", "versions"])
def test_a_manifest_with_a_part_missing_says_which(saved, name):
    edit(saved, **{name: None})
    with pytest.raises(SimError, match=name):
        read_manifest(saved.folder / NAME)


def test_a_scenario_that_this_version_refuses_is_named(saved):
    edit(saved, scenario={"truce": {"length_weeks": -3}})
    with pytest.raises(SimError, match="length_weeks"):
        sim.load_results(saved.folder)


def test_a_missing_result_says_what_to_give(tmp_path):
    with pytest.raises(SimError, match="no such manifest"):
        sim.load_results(tmp_path)
    with pytest.raises(SimError, match="no such manifest"):
        sim.load_results(tmp_path / "nowhere")


def test_a_result_loads_from_its_manifest_too(saved):
    assert sim.load_results(saved.folder / NAME).runs.equals(saved.runs)


def test_a_lost_table_is_told_when_it_is_asked_for(saved):
    (saved.folder / "weeks.parquet").unlink()
    loaded = sim.load_results(saved.folder)
    assert len(loaded.runs) == 40
    with pytest.raises(SimError, match=r"weeks\.parquet"):
        loaded.weeks  # noqa: B018


def test_drafts_are_no_part_of_a_result(saved):
    (saved.folder / ".draft").write_text("x")
    assert ".draft" not in write_manifest(dict(saved.manifest), saved.folder)["files"]


def test_folders_of_one_second_get_numbers(tmp_path):
    folders = [prepare_folder(tmp_path, "run", "london") for _ in range(3)]
    assert len(set(folders)) == 3
    assert all(re.fullmatch(r"london-\d{8}T\d{6}Z(-\d)?", folder.name) for folder in folders)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SimError, match=r"run\.out"):
        prepare_folder(tmp_path / "file", "run", "london")
