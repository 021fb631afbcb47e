"""The manifest: enough to run it again, nothing about whose machine it was, and nothing from the
future.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.batch import Run
from sim.batch.sweep import Stopping, Sweep
from sim.config.check import build
from sim.config.errors import BAD_INPUT, SimError
from sim.config.scenario import Scenario
from sim.results.folder import prepare_folder
from sim.results.machine import Platform, environment, processor_model, vector_features
from sim.results.manifest import (
    NAME,
    FileEntry,
    Seeds,
    read_manifest,
    seed_plan,
    without_places,
    write_manifest,
)
from sim.results.results import save


def test_it_holds_what_is_needed_to_run_it_again(saved):
    manifest = json.loads((saved.folder / NAME).read_text())
    assert build(Scenario, manifest["scenario"], "scenario") == saved.scenario
    assert manifest["run"]["seed"] == 1
    assert {"python", "numpy", "numba", "tariffsim"} <= set(manifest["versions"])
    assert re.fullmatch("[0-9a-f]{64}", manifest["rules"])
    assert manifest["content"].keys() == {"acts", "example", "runs", "transcript", "weeks"}


def test_it_names_every_file_with_its_hash(saved):
    files = saved.manifest.files
    assert set(files) == {path.name for path in saved.folder.iterdir()} - {NAME}
    for name, told in files.items():
        data = (saved.folder / name).read_bytes()
        assert told == FileEntry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def test_it_names_no_person_no_machine_and_no_place(saved, tmp_path):
    text = (saved.folder / NAME).read_text()
    assert not re.search(r'"(/|[A-Za-z]:\\\\|~)', text)
    for private in (str(tmp_path), f'"{os.uname().nodename}"', os.environ.get("USER", "no user")):
        assert private not in text
    assert not {"out", "address"} & set(json.loads(text)["run"])


def test_overrides_lose_their_places():
    given = [
        "out=/srv/ada/x",
        "run.out=y",
        "run.address=tcp://10.0.0.1:8786",
        "hydra/launcher=joblib",
    ]
    given += [
        "file=/srv/ada/mine.yaml",
        "sweep_file=C:\\ada\\s.yaml",
        "linkage.cn=0.5",
        "+issues.soy.benefit=3",
        "~issues.ai_chips",
    ]
    kept = [
        "file=mine.yaml",
        "sweep_file=s.yaml",
        "linkage.cn=0.5",
        "+issues.soy.benefit=3",
        "~issues.ai_chips",
    ]
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
    assert ".draft" not in write_manifest(saved.manifest, saved.folder).files


def test_folders_of_one_second_get_numbers(tmp_path):
    folders = [prepare_folder(tmp_path, "run", "london") for _ in range(3)]
    assert len(set(folders)) == 3
    assert all(re.fullmatch(r"london-\d{8}T\d{6}Z(-\d)?", folder.name) for folder in folders)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SimError, match=r"run\.out"):
        prepare_folder(tmp_path / "file", "run", "london")


def test_it_tells_the_kind_of_machine_and_what_went_with_the_code(saved):
    manifest = read_manifest(saved.folder / NAME)
    platform = manifest.platform
    assert platform.system and platform.machine
    assert platform.processor == processor_model() and platform.vector_features == vector_features()
    lock = Path(sim.__file__).resolve().parent.parent / "requirements" / "run.txt"
    assert manifest.lock == (
        hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None
    )
    assert 50e6 < manifest.peak_memory_bytes < 100e9
    assert manifest.tier == "T0"


def test_it_says_how_draws_follow_from_the_seed(saved):
    told = {
        "generator": "Philox4x32-10",
        "key": "seed (64 bits)",
        "counter": ["run number, from 0", "stream", "week", "entity"],
        "counter_bits": 32,
        "seed": 1,
    }
    assert json.loads((saved.folder / NAME).read_text())["seeds"] == told
    assert saved.manifest.seeds == Seeds(**{**told, "counter": tuple(told["counter"])})


@pytest.mark.parametrize(
    ("sweep", "word"),
    [
        (Sweep(runs=5), "run number, from 0, the same at every point"),
        (Sweep(runs=5, common_random_numbers=False), "point number x 5 + run number, both from 0"),
        (
            Sweep(runs=5, common_random_numbers=False, stopping=Stopping(most_runs=80)),
            "point number x 80 + run number, both from 0",
        ),
    ],
)
def test_of_a_sweep_it_says_whether_points_share_their_luck(sweep, word):
    plan = seed_plan(Run(seed=7), replace(sweep, design_seed=3))
    assert plan.counter[0] == word and plan.seed == 7 and plan.design_seed == 3


def test_a_draw_is_what_the_seed_plan_says(saved):
    """Philox4x32-10 from its paper (Salmon et al. 2011), written anew, on the key and counter that
    the manifest names.
    """
    from sim.rules.randomness import STREAMS, uniform

    def philox(key: int, counter: list[int]) -> list[int]:
        low, high = key & 0xFFFFFFFF, key >> 32
        for _ in range(10):
            one, two = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
            counter = [
                (two >> 32) ^ counter[1] ^ low,
                two & 0xFFFFFFFF,
                (one >> 32) ^ counter[3] ^ high,
                one & 0xFFFFFFFF,
            ]
            low, high = (low + 0x9E3779B9) & 0xFFFFFFFF, (high + 0xBB67AE85) & 0xFFFFFFFF
        return counter

    assert saved.manifest.seeds.generator == "Philox4x32-10"
    seed, run, stream, week, entity = 2**40 + 3, 17, STREAMS.index("shock"), 9, 2
    words = philox(seed, [run, stream, week, entity])
    assert (
        uniform(seed, run, stream, week, entity)
        == (((words[0] << 32 | words[1]) >> 12) + 0.5) / 2**52
    )


def test_of_strategies_in_python_no_tier_is_claimed(saved):
    assert (
        write_manifest(replace(saved.manifest, strategies={"us": "Mine"}), saved.folder).tier
        is None
    )


def test_it_is_strict_json(saved):
    def refuse(word: str) -> None:
        raise AssertionError(word)

    assert json.loads((saved.folder / NAME).read_text(encoding="utf-8"), parse_constant=refuse)


def test_a_manifest_without_the_entries_added_since_is_read(saved):
    path = saved.folder / NAME
    manifest = json.loads(path.read_text())
    for name in ("seeds", "tier", "lock", "peak_memory_bytes"):
        del manifest[name]
    for name in ("processor", "vector_features", "blas"):
        del manifest["platform"][name]
    path.write_text(json.dumps(manifest))
    loaded = sim.load_results(saved.folder)
    assert loaded.runs.equals(saved.runs)
    assert write_manifest(loaded.manifest, saved.folder).tier is None


def test_facts_of_the_machine_enter_no_content_hash(saved, monkeypatch):
    import sim.results.manifest as module

    monkeypatch.setattr(module, "peak_memory", lambda: 1)
    monkeypatch.setattr(
        module, "environment", lambda: replace(environment(), platform=Platform(), lock=None)
    )
    again = sim.run(saved.scenario, runs=40, weeks="all")
    assert again.manifest.peak_memory_bytes == 1 and again.manifest.platform == Platform()
    folder = saved.folder.with_name("again")
    folder.mkdir()
    assert save(again, folder).manifest.content == saved.manifest.content


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"overrides": 7}, "overrides"),
        ({"overrides": [7]}, "overrides.0"),
        ({"design": "linkage.cn"}, "design"),
        ({"design": [{}]}, "design.0"),
        ({"content": []}, "content"),
        ({"content": {"runs": 3}}, "content.runs"),
        ({"strategies": ["us"]}, "strategies"),
        ({"strategies": {"us": None}}, "strategies.us"),
        ({"files": {"a": {"bytes": -1, "sha256": "0" * 64}}}, "files.a.bytes"),
        ({"files": {"a": {"bytes": 1, "sha256": "no hash"}}}, "files.a.sha256"),
        ({"files": {"../a": {"bytes": 1, "sha256": "0" * 64}}}, "files"),
        ({"versions": {"numpy": 2}}, "versions.numpy"),
        ({"platform": "Linux"}, "platform"),
        ({"platform": {"vector_features": "AVX2"}}, "platform.vector_features"),
        ({"git": {"commit": "a", "dirty": 0}}, "git.dirty"),
        ({"seeds": {"seed": 1}}, "seeds.generator"),
        ({"seconds": "1"}, "seconds"),
        ({"peak_memory_bytes": 1.5}, "peak_memory_bytes"),
        ({"run": {"seed": 2**64}}, "run.seed"),
        ({"settings_doubt": {"shares": {}}}, "settings_doubt.points"),
        ({"weekly_runs": None}, "weekly_runs"),
        ({"titel": "x"}, "titel"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_manifest_is_named(saved, changes, place):
    edit(saved, **changes)
    with pytest.raises(SimError) as caught:
        sim.load_results(saved.folder)
    assert caught.value.key.endswith(place) and caught.value.exit_code == BAD_INPUT


def test_a_manifest_is_read_as_it_was_written(saved):
    assert read_manifest(saved.folder / NAME) == saved.manifest
    with pytest.raises(AttributeError):
        saved.manifest.verb = "sweep"
