"""One line of JSON and nothing else on standard output; closed or full streams change no exit code;
folder= is the folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main

ROOT = Path(__file__).resolve().parents[2]
FEW = ["runs=2", "draw=false", "figures.report=false", "weeks=26"]
COMMAND = f"{sys.executable} -m sim"


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command line through a shell, which can close a stream."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )


def answered(words: list[str], capfd: pytest.CaptureFixture[str]) -> dict:
    """What a command line says to a machine: its only line."""
    code = main([*words, "--json"])
    (line,) = capfd.readouterr().out.splitlines()
    output = json.loads(line)
    assert output["exit_code"] == code
    return output


def test_a_run_a_bundle_and_a_reproduction_answer_a_machine_in_one_line(tmp_path, capfd) -> None:
    run = answered(["run", *FEW, f"out={tmp_path}"], capfd)
    manifest = json.loads(Path(run["folder"], "manifest.json").read_text(encoding="utf-8"))
    assert run["verb"] == "run" and run["content"] == manifest["content"] and run["answer"]
    bundle = answered(["bundle", run["folder"], f"out={tmp_path / 'b.zip'}"], capfd)
    assert bundle["folder"] == str(tmp_path / "b.zip") and list(bundle["content"]) == ["b.zip"]
    again = answered(["reproduce", bundle["folder"]], capfd)
    assert again["exit_code"] == 0 and again["content"] == run["content"]


@pytest.mark.parametrize("launcher", ["basic", pytest.param("joblib", marks=pytest.mark.nightly)])
def test_the_jobs_of_a_multirun_keep_standard_output_free(launcher, tmp_path) -> None:
    line = f"{COMMAND} run -m seed=1,2 {' '.join(FEW)} folder=many hydra/launcher={launcher} --json"
    done = shell(line, tmp_path)
    assert done.returncode == 0, done.stderr
    (said,) = done.stdout.splitlines()
    output = json.loads(said)
    assert (
        output["folder"] == "many"
        and "2 of 2 jobs done" in output["answer"]
        and "0/runs" in output["content"]
    )
    assert "2 jobs checked" in done.stderr


def test_a_failure_is_told_to_a_machine_too(capfd, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = answered(["run", "london"], capfd)
    assert output["exit_code"] == 2 and "scenario=london" in output["problem"]


def test_what_is_printed_and_not_run_is_in_the_line_too(capfd) -> None:
    assert "truce:" in answered(["run", "--cfg", "job"], capfd)["shown"]
    assert "bash" in answered(["completion", "bash"], capfd)["shown"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("run london 2>&-", 2),
        ("run london 2>/dev/full", 2),
        ("run london 1>&- 2>&-", 2),
        ("run --cfg job 2>&-", 0),
        ("run --cfg job >&-", 0),
        ("run --cfg job >/dev/full", 3),
        ("run --cfg job --json >/dev/full 2>/dev/full", 3),
        ("run --help | head -1", 0),
        ("reproduce nowhere 2>/dev/full", 2),
        pytest.param(f"run {' '.join(FEW)} 2>/dev/full", 0, marks=pytest.mark.nightly),
        (f"run {' '.join(FEW)} 0<&- 1>&- 2>&-", 0),
    ],
)
def test_a_stream_that_is_closed_or_full_does_not_change_the_exit_code(
    line, code, tmp_path
) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no full device on this system")
    done = shell(f"{COMMAND} {line}", tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    if " runs=2" in line:
        (folder,) = (tmp_path / "outputs" / "run").iterdir()
        assert (folder / "manifest.json").is_file()


@pytest.mark.parametrize(
    "words",
    [
        ["run", *FEW],
        [
            "sweep",
            "sweep=extension_cost",
            "sweep.runs=1",
            "sweep.figure=none",
            "draw=false",
            "weeks=26",
        ],
        ["tournament", "strategies=micro,hardliner", "runs=2", "draw=false"],
        ["compare", "left=london", "linkage.cn=0.5", "runs=2", "draw=false"],
        ["discover", "levers=linkage", "points=100", "draw=false"],
        ["export", "at=2025-08-01", "formats=gambit"],
    ],
    ids=lambda words: words[0],
)
def test_folder_is_the_result_folder_itself_and_never_written_over(words, tmp_path, capfd) -> None:
    folder = tmp_path / "new" / "result"
    assert answered([*words, f"folder={folder}"], capfd)["folder"] == str(folder)
    manifest = folder / "manifest.json"
    assert "folder=" not in " ".join(json.loads(manifest.read_text(encoding="utf-8"))["overrides"])
    before = manifest.read_bytes()
    assert main([*words, f"folder={folder}"]) == 2
    assert "not empty" in capfd.readouterr().err and manifest.read_bytes() == before


def test_a_named_folder_is_not_left_behind_by_a_refusal(tmp_path) -> None:
    assert main(["export", "at=2099-01-01", f"folder={tmp_path / 'x'}"]) == 2
    assert list(tmp_path.iterdir()) == []
