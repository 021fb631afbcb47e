"""The store and the sweep: whatever happens to parts and processes, a resumed sweep ends in the
same content.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim.sweeps.execute as execution
from sim.batch import Run
from sim.config.errors import BAD_INPUT, MACHINE, SimError
from sim.results.files import Mark, content_hash, mark_of, opened_table, read_table
from sim.results.results import load_results
from sim.sweeps.store import Store
from sim.sweeps.sweep import resume, run_sweep


def parts(result) -> list[Path]:
    return sorted((result.folder / "runs").iterdir())


def unfinished(result) -> None:
    (result.folder / "manifest.json").unlink()


def test_a_sweep_is_cut_into_parts_and_reads_as_one_table(done):
    assert len(parts(done)) == 3
    assert len(done.runs) == 640
    assert done.runs["point"].is_monotonic_increasing
    assert done.design == ("linkage.cn", "truce.length_weeks")
    assert load_results(done.folder).runs.equals(done.runs)


def test_deleted_parts_are_made_again(done):
    for path in parts(done)[1:]:
        path.unlink()
    assert resume(done.folder).manifest.content == done.manifest.content


def test_a_truncated_part_is_made_again(done):
    broken = parts(done)[1]
    broken.write_bytes(broken.read_bytes()[:-100])
    assert resume(done.folder).manifest.content == done.manifest.content


@pytest.mark.parametrize(
    "name", [".part-000001.parquet.77.part", ".part-000001.parquet.00aa00aa00aa00aa.part"]
)
def test_what_a_killed_process_left_among_the_parts_is_removed(done, name):
    unfinished(done)
    stray = done.folder / "runs" / name
    stray.write_bytes(b"half of somethi")
    resumed = resume(done.folder)
    assert resumed.manifest.content == done.manifest.content
    assert not stray.exists()


@pytest.mark.parametrize(
    "name", ["part-1.parquet", "notes.txt", "mine.parquet", "desktop.ini", "._part-000000.parquet"]
)
def test_what_others_laid_among_the_parts_stays_and_is_no_part(done, name):
    unfinished(done)
    stray = done.folder / "runs" / name
    data = parts(done)[0].read_bytes() if name.endswith("parquet") else b"something"
    stray.write_bytes(data)
    resumed = resume(done.folder)
    assert resumed.manifest.content == done.manifest.content
    assert stray.read_bytes() == data
    assert len(load_results(done.folder).runs) == 640
    assert f"runs/{name}" not in resumed.manifest.files


def test_a_part_says_its_plan_its_number_and_its_content(done):
    for number, path in enumerate(parts(done)):
        with opened_table(path) as (file, _):
            mark = mark_of(file, path)
        frame = read_table(path)
        assert mark == Mark(
            plan=done.manifest.plan_hash,
            number=number,
            rows=len(frame),
            content=content_hash([frame]),
        )


@pytest.mark.parametrize("spoil", ["missing", "doubled", "of another sweep", "longer"])
def test_a_result_with_a_wrong_part_is_not_loaded(small, swept, done, spoil):
    first, second, third = parts(done)
    if spoil == "missing":
        second.unlink()
    elif spoil == "doubled":
        (first.parent / "part-000003.parquet").write_bytes(first.read_bytes())
    elif spoil == "of another sweep":
        second.write_bytes(parts(swept(small(), "other", seed=2))[1].read_bytes())
    else:
        third.write_bytes(third.read_bytes() + b" ")
    with pytest.raises(SimError, match="not as it was made|not a part of this result"):
        load_results(done.folder).runs.sum()


def test_parts_in_each_others_place_are_not_read(done):
    first, second, _ = parts(done)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    with pytest.raises(SimError, match="not as it was made|not a part of this result"):
        load_results(done.folder).runs.sum()
    with pytest.raises(SimError, match="not a part of this plan"):
        resume(done.folder)


def test_every_byte_is_read_when_asked(done):
    data = bytearray(parts(done)[0].read_bytes())
    data[len(data) // 2] ^= 1
    parts(done)[0].write_bytes(data)
    assert load_results(done.folder).manifest == done.manifest
    with pytest.raises(SimError, match="part-000000"):
        load_results(done.folder, check=True)


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_part_is_named_and_made_again(done, capsys, whole):
    path = parts(done)[1]
    frame = read_table(path)
    with opened_table(path) as (_, schema):
        table = pa.Table.from_pandas(frame.assign(run=frame["run"].to_numpy()[::-1]), schema)
    pq.write_table(table, path)
    if not whole:
        unfinished(done)
    assert resume(done.folder).manifest.content == done.manifest.content
    assert "part-000001.parquet: damaged; recomputed" in capsys.readouterr().err
    assert load_results(done.folder, check=True).runs.equals(done.runs)


def test_parts_of_older_versions_are_made_again_where_a_sweep_goes_on(done, capsys):
    unfinished(done)
    path = parts(done)[0]
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)
    assert resume(done.folder).manifest.content == done.manifest.content
    assert "older versions" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["seed", "scenario", "design"])
def test_an_edited_plan_does_not_mix_with_the_parts_of_the_first(done, what):
    unfinished(done)
    parts(done)[2].unlink()
    plan = json.loads((done.folder / "plan.json").read_text())
    if what == "seed":
        plan["run"]["seed"] = 99
    elif what == "scenario":
        plan["scenario"]["linkage"]["us"] = 0.25
    else:
        plan["sweep"]["design_seed"] = 99
    change(done.folder / "plan.json", **plan)
    with pytest.raises(SimError, match="not a part of this plan"):
        resume(done.folder)
    assert len(parts(done)) == 2


def test_only_missing_parts_are_computed(done, monkeypatch):
    computed = []
    original = execution.part_of
    monkeypatch.setattr(
        execution,
        "part_of",
        lambda task, heard=None: computed.append(task.chunk.number) or original(task),
    )
    parts(done)[1].unlink()
    kept = {path: path.stat().st_mtime_ns for path in parts(done)}
    resume(done.folder)
    assert computed == [1]
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_complete_sweep_is_only_read(done, monkeypatch):
    monkeypatch.setattr(Store, "lock", None)
    before = {path: path.stat().st_mtime_ns for path in done.folder.rglob("*")}
    assert resume(done.folder).manifest == done.manifest
    assert {path: path.stat().st_mtime_ns for path in done.folder.rglob("*")} == before


def test_a_list_resumes_from_the_copy_in_its_own_folder(small, swept, tmp_path):
    rows = tmp_path / "rows.csv"
    pd.DataFrame({"linkage.cn": [0.1, 0.9, 0.5]}).to_csv(rows, index=False)
    first = swept(small(kind="list", factors={}, file=str(rows), runs=200))
    rows.unlink()
    parts(first)[0].unlink()
    assert resume(first.folder).manifest.content == first.manifest.content
    assert str(tmp_path) not in (first.folder / "plan.json").read_text()


HOLD = """
import sys
from pathlib import Path
from sim.sweeps.store import Store
with Store(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_and_the_lock_dies_with_its_holder(done):
    unfinished(done)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(done.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(SimError, match="another process") as caught:
            resume(done.folder)
        assert caught.value.exit_code == MACHINE
        holder.kill()
    assert resume(done.folder).manifest.content == done.manifest.content


def test_a_second_process_leaves_the_drafts_of_the_first_alone(done):
    unfinished(done)
    draft = done.folder / "runs" / ".part-000009.parquet.77.part"
    draft.write_bytes(b"under way")
    with Store(done.folder).lock(), pytest.raises(SimError, match="another process"):
        resume(done.folder)
    assert draft.exists()


def change(plan: Path, **parts) -> None:
    plan.write_text(json.dumps({**json.loads(plan.read_text()), **parts}))


def test_a_plan_of_other_rules_is_refused(done):
    change(done.folder / "plan.json", rules="0" * 64)
    with pytest.raises(SimError, match="rules of another version"):
        resume(done.folder)


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"rules": 1}',
    b'{"scenario": {}}',
]


@pytest.mark.parametrize("text", BROKEN, ids=[repr(text[:12]) for text in BROKEN])
def test_a_broken_plan_is_refused(done, text):
    (done.folder / "plan.json").write_bytes(text)
    with pytest.raises(SimError, match="not a plan") as caught:
        resume(done.folder)
    assert caught.value.exit_code == BAD_INPUT


@pytest.mark.parametrize(
    "parts",
    [
        {"chunk": True},
        {"chunk": 0},
        {"overrides": {}},
        {"run": {"runs": -1}},
        {"sweep": {"kind": "no"}},
        {"started": "monday"},
        {"started": "2025-11-23T10:00:00"},
    ],
    ids=str,
)
def test_a_plan_with_bad_values_is_refused(done, parts):
    unfinished(done)
    change(done.folder / "plan.json", **parts)
    with pytest.raises(SimError):
        resume(done.folder)


@pytest.mark.parametrize("file", ["../rows.csv", "/etc/passwd.csv", "sub/design.parquet"])
def test_a_plan_reads_no_file_but_its_own(done, file):
    plan = json.loads((done.folder / "plan.json").read_text())
    change(
        done.folder / "plan.json",
        sweep={**plan["sweep"], "kind": "list", "factors": {}, "file": file},
    )
    with pytest.raises(SimError, match="not the list of points of this result"):
        resume(done.folder)


def test_a_folder_without_a_plan_is_refused(tmp_path):
    with pytest.raises(SimError, match="no sweep to resume"):
        resume(tmp_path)


def stop_after(monkeypatch, count: int, error: BaseException) -> None:
    original = Store.write

    def write(self, number, data):
        if len(self.done()) >= count:
            raise error
        original(self, number, data)

    monkeypatch.setattr(Store, "write", write)


@pytest.mark.parametrize(
    "error",
    [KeyboardInterrupt(), SimError("disk full", exit_code=MACHINE), ValueError("a fault")],
    ids=repr,
)
def test_a_sweep_that_ends_before_its_first_part_leaves_no_folder(
    small, swept, monkeypatch, tmp_path, error
):
    stop_after(monkeypatch, 0, error)
    with pytest.raises(type(error)):
        swept(small())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interruption_keeps_finished_parts_and_says_how_to_go_on(
    small, swept, short, monkeypatch, tmp_path, threads
):
    whole = swept(small(), "whole")
    with monkeypatch.context() as patch:
        stop_after(patch, 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt, match=f"resume={tmp_path / 'cut'}"):
            swept(small(), "cut", threads=threads)
    assert len(list((tmp_path / "cut" / "runs").iterdir())) == 1
    assert not (tmp_path / "cut" / "manifest.json").exists()
    assert resume(tmp_path / "cut").manifest.content == whole.manifest.content


def test_a_full_disk_on_the_way_says_how_to_go_on(small, swept, monkeypatch, tmp_path):
    stop_after(
        monkeypatch,
        1,
        SimError("No space left on device", cure="free some space", exit_code=MACHINE),
    )
    with pytest.raises(SimError, match=r"free some space; tariffsim sweep resume=") as caught:
        swept(small())
    assert caught.value.exit_code == MACHINE


def test_progress_counts_runs_and_begins_with_what_was_there(small, short, tmp_path, done):
    parts(done)[0].unlink()
    told = []
    resume(done.folder, lambda count, total: told.append((count, total)))
    assert told == [(390, 640), (640, 640)]


def test_progress_counts_points_where_a_stopping_rule_decides(small, short, tmp_path):
    told = []
    folder = tmp_path / "s"
    folder.mkdir()
    design = small(
        points=8, runs=4, stopping={"measure": "breakdown", "half_width": 0.2, "most_runs": 16}
    )
    run_sweep(
        design, short, Run(), folder, progress=lambda count, total: told.append((count, total))
    )
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)


@pytest.mark.parametrize(
    "settings", [{"threads": 1}, {"threads": 2}, {"threads": 4, "out": "elsewhere"}], ids=str
)
def test_content_does_not_depend_on_how_it_was_computed(small, swept, done, settings):
    assert swept(small(), "other", **settings).manifest.content == done.manifest.content


def test_the_seed_does_change_the_content(small, swept, done):
    assert swept(small(), "other", seed=2).manifest.content != done.manifest.content


def test_nothing_says_whose_machine_it_was(small, swept, done):
    texts = (done.folder / "plan.json").read_text() + (done.folder / "manifest.json").read_text()
    for private in (
        str(done.folder.parent),
        os.path.expanduser("~") + "/",
        f'"{os.uname().nodename}"',
    ):
        assert private not in texts
