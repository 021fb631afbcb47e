"""A result is the same in memory, on disk and after a second save; what is broken is refused with
its name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.batch import Figures
from sim.config.compose import read_scenario
from sim.config.errors import MACHINE, SimError
from sim.results import Results, load_results, prepare_folder, save
from sim.results.folder import cleared_on_failure

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> Results:
    return sim.run("london", runs=12, seed=5)


@pytest.fixture(scope="module")
def weekly() -> Results:
    return sim.run("london", runs=3, seed=5, weeks="all")


def stored(results: Results, out: Path) -> Path:
    folder = prepare_folder(out, "run", "x")
    save(results, folder)
    return folder


@pytest.mark.parametrize("which", ["made", "weekly"])
def test_a_result_comes_back_whole(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    results = request.getfixturevalue(which)
    back = load_results(stored(results, tmp_path))
    pd.testing.assert_frame_equal(back.runs, results.runs)
    pd.testing.assert_frame_equal(back.weeks, results.weeks)
    assert back.scenario == results.scenario
    assert back.notes["final_tariff.us"] == results.notes["final_tariff.us"]
    assert back.title == results.title
    assert back.design == ()


def test_a_second_save_is_the_same_bytes(made: Results, tmp_path: Path) -> None:
    first, second = stored(made, tmp_path), stored(made, tmp_path)
    assert first != second
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_a_loaded_result_saved_again_is_the_same_bytes(made: Results, tmp_path: Path) -> None:
    first = stored(made, tmp_path)
    second = stored(load_results(first), tmp_path)
    for name in ("runs.parquet", "weeks.parquet", "scenario.yaml", "manifest.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_another_process_makes_the_same_tables(made: Results) -> None:
    code = (
        "import sim; from sim.results.files import content_hash; r = sim.run('london', runs=12, seed=5, threads=1); "
        "print(content_hash([r.runs]), content_hash([r.weeks]))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    from sim.results.files import content_hash

    assert done.stdout.split() == [content_hash([made.runs]), content_hash([made.weeks])]


@pytest.mark.parametrize("inside", ["", "manifest.json", "runs.parquet", "weeks.parquet"])
def test_a_result_is_found_by_its_folder_or_by_a_file_in_it(
    made: Results, tmp_path: Path, inside: str
) -> None:
    folder = stored(made, tmp_path)
    assert len(load_results(folder / inside).runs) == 12
    assert load_results(str(folder / inside)).folder == folder


def test_tables_are_read_when_asked_for(made: Results, tmp_path: Path) -> None:
    folder = stored(made, tmp_path)
    (folder / "runs.parquet").unlink()
    results = load_results(folder)
    assert results.manifest.run.runs == 12
    assert results.weeks is not None
    with pytest.raises(SimError, match="no such table"):
        results.table(["outcome"])


def test_columns_held_are_those_on_disk_and_are_read_once(made: Results, tmp_path: Path) -> None:
    folder = stored(made, tmp_path)
    results = load_results(folder)
    with results.holding(["outcome", "run"]):
        (folder / "runs.parquet").rename(folder / "away")
        pd.testing.assert_frame_equal(
            results.table(["run", "outcome"]), made.table(["run", "outcome"])
        )
        with pytest.raises(SimError, match="no such table"):
            results.table(["run", "mean_tariff.us"])
    with pytest.raises(SimError, match="no such table"):
        results.table(["run"])


def test_some_columns_are_the_same_from_memory_and_disk(made: Results, tmp_path: Path) -> None:
    columns = ["run", "outcome", "final_tariff.us"]
    pd.testing.assert_frame_equal(
        load_results(stored(made, tmp_path)).table(columns), made.table(columns)
    )


def test_without_weeks_there_is_no_file_of_them(tmp_path: Path) -> None:
    folder = stored(sim.run("london", runs=2, weeks="none"), tmp_path)
    assert not (folder / "weeks.parquet").exists()
    assert load_results(folder).weeks is None


def test_it_says_over_how_many_runs_its_weeks_are(
    made: Results, weekly: Results, tmp_path: Path
) -> None:
    assert load_results(stored(made, tmp_path)).weekly_runs == 12
    assert weekly.weekly_runs == weekly.weeks["run"].nunique()
    assert sim.run("london", runs=2, weeks="none").weekly_runs == 0
    short = sim.load().change({"calendar.horizon_weeks": 4, "outcomes.weeks_in_force": 2})
    many = sim.run(short, runs=1001)
    assert (len(many.runs), many.weekly_runs) == (1001, 1000)


def test_weekly_columns_are_labelled_as_weekly(
    made: Results, weekly: Results, tmp_path: Path
) -> None:
    """``leverage.us`` of a run is what is left at the end, of a week what there is."""
    folder = stored(weekly, tmp_path)
    labels = {
        name: pq.read_schema(folder / f"{name}.parquet").field("leverage.us").metadata
        for name in ("runs", "weeks")
    }
    assert labels["runs"][b"label"] == b"leverage left at the end (US)"
    assert labels["weeks"][b"label"] == b"leverage (US)"
    units = json.loads(pq.read_schema(stored(made, tmp_path) / "weeks.parquet").metadata[b"units"])
    assert set(units) == set(made.weeks["series"])
    assert units["tariff.us"] == "ad valorem"


def test_every_column_of_the_file_has_a_unit(made: Results, tmp_path: Path) -> None:
    schema = pq.read_schema(stored(made, tmp_path) / "runs.parquet")
    assert [field.name for field in schema if not (field.metadata or {}).get(b"unit")] == []


def test_the_scenario_handed_on_is_the_scenario_run(made: Results, tmp_path: Path) -> None:
    assert read_scenario(stored(made, tmp_path) / "scenario.yaml") == made.scenario


def test_the_scenario_of_a_result_runs_to_the_same_table(made: Results, tmp_path: Path) -> None:
    """The order of issues and sectors is part of a scenario: it must survive the manifest."""
    back = load_results(stored(made, tmp_path)).scenario
    assert list(back.issues) == list(made.scenario.issues)
    assert list(back.firms.magnets.sectors) == list(made.scenario.firms.magnets.sectors)
    pd.testing.assert_frame_equal(sim.run(back, runs=12, seed=5).runs, made.runs)


def test_a_scenario_that_this_version_refuses_is_refused(made: Results, tmp_path: Path) -> None:
    folder = stored(made, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["scenario"]["truce"]["lenght_weeks"] = 13
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(SimError, match="lenght_weeks"):
        load_results(folder)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_save_that_fails_at_any_step_leaves_nothing(
    made: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The n-th flush or rename fails, for every n until none does."""
    real, failed = getattr(os, call), 0
    for n in range(1, 20):
        left = n

        def refuse(*words: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise OSError(28, "No space left on device")
            return real(*words)

        monkeypatch.setattr(os, call, refuse)
        folder = prepare_folder(tmp_path, "run", "x")
        try:
            with cleared_on_failure(folder):
                save(made, folder)
        except SimError as error:
            failed += 1
            assert error.exit_code == MACHINE
            assert not folder.exists()
        else:
            break
    assert failed == 9  # five tables, example, codebook, scenario, manifest
    assert len(load_results(folder).runs) == 12


def test_the_manifest_is_written_last(
    made: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, real = [], os.replace
    monkeypatch.setattr(
        os, "replace", lambda old, new: (order.append(Path(new).name), real(old, new))
    )
    stored(made, tmp_path)
    assert order[-1] == "manifest.json"


def test_a_sweep_is_a_result_with_its_design_in_front(tmp_path: Path) -> None:
    from sim.batch.read import build_sweep

    scenario = sim.load()
    factors = {"linkage.cn": {"values": [0.0, 1.0]}, "truce.length_weeks": {"values": [9, 26]}}
    sweep = build_sweep({"name": "small", "factors": factors, "runs": 3}, scenario)
    results = sim.sweep(sweep, scenario, out=tmp_path)
    assert results.design == ("linkage.cn", "truce.length_weeks")
    back = load_results(results.folder)
    assert back.design == results.design
    assert list(back.runs.columns[:4]) == ["point", "linkage.cn", "truce.length_weeks", "run"]
    assert len(back.runs) == 12
    assert back.notes["truce.length_weeks"]["unit"] == "weeks"


def test_a_result_says_what_it_is(made: Results) -> None:
    assert repr(made) == "Results('London, June 2025', run, engine='ensemble')"


def test_a_column_more_of_a_table_warns_nobody(tmp_path):
    made = sim.run(runs=3).save(tmp_path / "made", style=Figures(draw=False, report=False))
    for table in (made.runs, made.weeks, sim.load_results(tmp_path / "made").runs):
        assert table.assign(mine=1)["mine"].sum() == len(table)
