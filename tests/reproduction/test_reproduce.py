"""Results reproduced: the same where nothing was touched, and each way of touching them named."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.cli import main
from sim.config.compose import read_scenario, write_scenario
from sim.config.errors import MACHINE, SimError
from sim.results.files import content_hash, read_notes, read_table, write_table
from sim.results.machine import environment
from sim.results.manifest import read_manifest, write_manifest

FIRST = Path(__file__).resolve().parent / "first"


def _nudge(path, column="welfare_loss.us", factor=None):
    """Move one value of a table: to its neighbour, or by a factor."""
    notes, frame = read_notes(path), read_table(path)
    values = frame[column].to_numpy(copy=True)
    values[2] = (
        values[2] * factor if factor else np.nextafter(values[2], np.inf, dtype=values.dtype)
    )
    write_table(frame.assign(**{column: values}), path, notes)


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_an_untouched_result_comes_out_the_same(verb, copy_of):
    found = sim.reproduce(copy_of(verb))
    assert found.same and found.kept and found.tier == "T0" and found.differences == []
    assert "same; tier met: T0" in str(found)


@pytest.mark.parametrize("name", ["manifest.json", "runs.parquet"])
def test_a_file_of_the_folder_leads_to_the_folder(name, copy_of):
    assert sim.reproduce(copy_of("run") / name).same


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_a_manifest_alone_is_compared_by_its_content_hash(verb, copy_of, tmp_path):
    shutil.copy(copy_of(verb) / "manifest.json", tmp_path / "mailed.json")
    found = sim.reproduce(tmp_path / "mailed.json")
    assert found.same and "alone" in str(found)


def test_a_scenario_is_run_and_there_is_nothing_to_compare_with(copy_of, tmp_path, capsys):
    scenario = sim.load("scenario=geneva", "calendar.horizon_weeks=30")
    write_scenario(scenario, tmp_path / "s.yaml")
    assert main(["reproduce", str(tmp_path / "s.yaml")]) == 0
    out = capsys.readouterr().out
    assert "nothing to compare with" in out and "content of runs: " in out


def test_a_changed_file_is_named_though_the_tables_are_the_same(copy_of, capsys):
    folder = copy_of("run")
    (folder / "note.txt").write_text("first", encoding="utf-8")
    write_manifest(read_manifest(folder / "manifest.json"), folder)
    (folder / "note.txt").write_text("other", encoding="utf-8")
    assert main(["reproduce", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "note.txt was changed" in out and "the tables are the same" in out


def test_a_changed_table_is_told_with_row_and_column(copy_of):
    folder = copy_of("run")
    _nudge(folder / "runs.parquet", factor=1.5)
    found = sim.reproduce(folder)
    assert not found.same and found.tier is None
    assert any("runs.parquet was changed" in text for text in found.differences)
    assert any("welfare_loss.us: 1 rows, first run 2" in text for text in found.differences)


def test_a_table_changed_with_its_manifest_differs_by_the_bits_made_again(copy_of, edit):
    folder = copy_of("run")
    _nudge(folder / "runs.parquet")
    edit(folder, lambda manifest: manifest["content"].update(runs="0" * 64))
    write_manifest(read_manifest(folder / "manifest.json"), folder)
    found = sim.reproduce(folder)
    assert not found.same and found.files == [] and found.tier == "T2" and not found.kept


def test_a_wrong_content_hash_is_told_though_the_table_is_right(copy_of, edit):
    folder = copy_of("run")
    edit(folder, lambda manifest: manifest["content"].update(runs="0" * 64))
    assert "another content hash" in str(sim.reproduce(folder))
    assert not sim.reproduce(folder).same


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_missing_files_are_named(verb, copy_of):
    folder = copy_of(verb)
    lost = folder / ("runs.parquet" if verb == "run" else "runs/part-000001.parquet")
    lost.unlink()
    found = sim.reproduce(folder)
    assert found.files == [f"{lost.relative_to(folder).as_posix()} is missing"]
    assert not found.same and found.tier == "T0"


def test_a_table_cut_short_is_a_difference_and_no_crash(copy_of):
    folder = copy_of("run")
    whole = (folder / "runs.parquet").read_bytes()
    (folder / "runs.parquet").write_bytes(whole[:-100])
    assert "cannot be read" in str(sim.reproduce(folder))


def test_a_table_of_another_length_is_not_read(copy_of):
    folder = copy_of("run")
    path = folder / "runs.parquet"
    notes, frame = read_notes(path), read_table(path)
    write_table(frame.head(4), path, notes)
    assert "4 rows recorded, 6 now" in str(sim.reproduce(folder))


def test_a_part_smuggled_into_a_sweep_is_named(copy_of):
    folder = copy_of("sweep")
    shutil.copy(folder / "runs/part-000000.parquet", folder / "runs/part-000099.parquet")
    found = sim.reproduce(folder)
    assert found.files == ["runs/part-000099.parquet is not in the manifest"] and not found.same


def test_chunks_makes_a_sample_of_the_parts_again(copy_of):
    folder = copy_of("sweep")
    found = sim.reproduce(folder, chunks=1)
    assert (
        found.same and found.tables[0].rows in (256, 44) and "of 6, taken at random" in found.scope
    )
    for path in (folder / "runs").iterdir():
        _nudge(path)
    assert not sim.reproduce(folder, chunks=1).same
    assert sim.reproduce(copy_of("run"), chunks=2).same


def test_another_scenario_in_the_manifest_gives_another_result(copy_of, edit):
    folder = copy_of("run")
    edit(folder, lambda manifest: manifest["scenario"]["linkage"].update(cn=0.9))
    found = sim.reproduce(folder)
    assert not found.same
    assert any("scenario.yaml is not the manifest's: linkage.cn" in text for text in found.files)


def test_another_scenario_file_is_named_with_the_setting(copy_of):
    folder = copy_of("run")
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    (folder / "scenario.yaml").write_text(
        text.replace("  length_weeks: 13", "  length_weeks: 14"), encoding="utf-8"
    )
    assert read_scenario(folder / "scenario.yaml").truce.length_weeks == 14
    found = sim.reproduce(folder)
    assert not found.same and "truce.length_weeks: 13 recorded, 14 found" in str(found)


@pytest.mark.parametrize(
    ("how", "key"),
    [
        (lambda m: m["scenario"]["linkage"].update(cn=7), "linkage.cn"),
        (lambda m: m["scenario"].update(_target_="os.system"), "_target_"),
        (lambda m: m["scenario"]["truce"].pop("length_weeks"), "length_weeks"),
        (lambda m: m["run"].update(runs=10**12), "run.runs"),
        (lambda m: m["run"].update(plugin="x"), "plugin"),
        (lambda m: m.update(verb="dance"), "dance"),
        (lambda m: m.update(verb="sweep"), "sweep"),
        (lambda m: m.update(schema=2), "install a newer"),
        (lambda m: m.update(schema="1"), "not a manifest"),
        (
            lambda m: m["files"].update({"../../x": {"bytes": 1, "sha256": "0" * 64}}),
            "leads elsewhere",
        ),
        (
            lambda m: m["files"].update({"/etc/passwd": {"bytes": 1, "sha256": "0" * 64}}),
            "leads elsewhere",
        ),
        (lambda m: m["files"].update({"runs.parquet": 3}), "files.runs.parquet: not a manifest"),
    ],
)
def test_a_manifest_that_cannot_be_made_again_is_refused(how, key, copy_of, edit, capsys):
    folder = copy_of("run")
    edit(folder, how)
    assert main(["reproduce", str(folder)]) == 2
    err = capsys.readouterr().err
    assert key in err and "Traceback" not in err


def test_a_sweep_that_lists_a_file_of_somebody_else_is_refused(copy_of, edit):
    folder = copy_of("sweep")
    edit(folder, lambda manifest: manifest["sweep"].update(kind="list", file="/etc/passwd"))
    with pytest.raises(SimError, match="not the list of points of this result"):
        sim.reproduce(folder)


@pytest.mark.parametrize(
    "how",
    [
        lambda m: m.update(rules="0" * 64),
        lambda m: m["versions"].update(tariffsim="9.9.9"),
        lambda m: m.pop("rules"),
    ],
)
def test_other_rules_are_refused_unless_allowed(how, copy_of, edit, monkeypatch):
    folder = copy_of("run")
    edit(folder, lambda manifest: manifest["versions"].update(tariffsim="0.1.0"))
    here = replace(environment(), versions={**environment().versions, "tariffsim": "0.1.0"})
    monkeypatch.setattr("sim.reproduction.verdict.environment", lambda: here)
    edit(folder, how)
    with pytest.raises(SimError) as refused:
        sim.reproduce(folder)
    assert refused.value.exit_code == MACHINE
    found = sim.reproduce(folder, allow_version=True)
    assert found.same and found.expected is None and found.changes


def test_differences_of_the_environment_are_told_and_lower_the_promise(copy_of, edit):
    folder = copy_of("run")
    edit(
        folder,
        lambda manifest: (
            manifest["platform"].update(machine="riscv64"),
            manifest["versions"].update(numpy="1.0"),
        ),
    )
    found = sim.reproduce(folder)
    assert found.same and found.tier == "T1" and found.expected == "T2"
    assert [change.name for change in found.changes][:2] == ["machine", "version numpy"]
    _nudge(folder / "runs.parquet")
    edit(folder, lambda manifest: manifest["content"].update(runs="0" * 64))
    write_manifest(read_manifest(folder / "manifest.json"), folder)
    moved = sim.reproduce(folder)
    assert not moved.same and moved.tier == "T2" and moved.kept


def test_a_link_in_place_of_a_file_is_not_followed(copy_of, tmp_path):
    folder = copy_of("run")
    (tmp_path / "elsewhere").write_bytes((folder / "weeks.parquet").read_bytes())
    (folder / "weeks.parquet").unlink()
    os.symlink(tmp_path / "elsewhere", folder / "weeks.parquet")
    assert "weeks.parquet is a link, no plain file" in sim.reproduce(folder).files


def test_a_multirun_is_made_again_job_by_job(copy_of, tmp_path):
    for number in ("0", "1", "10"):
        shutil.copytree(copy_of("run"), tmp_path / "many" / number)
        shutil.rmtree(tmp_path / "a run")
    (tmp_path / "many/2").mkdir()
    (tmp_path / "many/2/job.json").write_text('{"exit_code": 3}', encoding="utf-8")
    found = sim.reproduce(tmp_path / "many")
    assert (
        found.same
        and found.tier == "T0"
        and [part.name for part in found.parts] == ["0", "1", "10"]
    )
    assert "not recomputed: 2" in str(found)
    _nudge(tmp_path / "many/1/runs.parquet", factor=2.0)
    found = sim.reproduce(tmp_path / "many")
    assert not found.same and found.differences[0].startswith("1: ")


def test_the_environment_is_printed_alone(copy_of, capsys):
    assert main(["reproduce", str(copy_of("run")), "--environment"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Python 3.") and f"\nnumpy=={np.__version__}\n" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reproduce"], "one path is required"),
        (["reproduce", "a", "b"], "one path is required"),
        (["reproduce", "nowhere"], "no such file or folder"),
        (["reproduce", "a\0b"], "no such file or folder"),
        (["reproduce", "."], "no result here"),
        (["reproduce", "notes.txt"], "nothing that can be reproduced"),
        (["reproduce", ".", "--chunk", "3"], "did you mean: chunks=…"),
        (["reproduce", ".", "--chunks", "3"], "did you mean: chunks=3"),
        (["reproduce", ".", "chunks="], "needs a value"),
        (["reproduce", ".", "chunks=0"], "not a whole number between 1 and"),
        (["reproduce", ".", "chunks=1e3"], "not a whole number between 1 and"),
        (["reproduce", ".", "chunks=3", "chunks=4"], "given twice"),
        (["reproduce", ".", "--environment=1"], "takes no value"),
        (["reproduce", ".", "-m"], "not an option of reproduce"),
        (["reproduce", "config.pickle"], "nothing that can be reproduced"),
        (["bundle", "."], "no result here"),
        (["bundle", ".", "license=a b"], "SPDX"),
        (["bundle", ".", "--chunks", "3"], "not an option of bundle"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_command_lines_are_refused_and_leave_nothing(
    words, said, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / "config.pickle").write_bytes(b"cos\nsystem\n(S'touch evil'\ntR.")
    assert main(words) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.pickle", "notes.txt"]


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_a_result_of_the_first_format_stays_readable_and_is_made_again(name):
    folder = FIRST / name
    results = sim.load_results(folder)
    assert results.manifest.schema == 1 and len(results.runs) > 0
    assert content_hash([results.runs]) == results.manifest.content["runs"]
    found = sim.reproduce(folder, allow_version=True)
    assert found.files == [] and (found.same or found.expected is None)


def test_runs_of_other_rules_are_not_computed_again_as_if_they_were_the_same() -> None:
    old = sim.load_results(FIRST / "run")
    calls = (
        sim.explain,
        lambda old: sim.join(old, old),
        score,
        lambda old: old.probability("a deal"),
        lambda old: old.plot("timeline", run=0),
    )
    for again in calls:
        with pytest.raises(SimError, match="made by other rules"):
            again(old)


def score(results: sim.Results) -> object:
    """Some observation held against a result."""
    return results.score({"month": ["2025-07"], "imports.magnets": [619.0]})


class Stubborn:
    """A strategy of one's own."""

    def target(self, view: Any) -> float:
        return view.best


def test_a_run_with_a_strategy_in_python_is_refused_by_its_name(tmp_path: Path) -> None:
    from sim.results import prepare_folder, save

    made = sim.run("london", runs=2, strategies={"us": Stubborn()})
    folder = save(made, prepare_folder(tmp_path, "run", "own")).folder
    with pytest.raises(SimError, match="us: Stubborn"):
        sim.reproduce(folder)
