"""The command line: help at once, exit codes, the last lines, and Hydra's multirun with either
launcher.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from sim.cli import VERBS, main
from sim.config.compose import read_scenario
from sim.config.errors import MACHINE, SimError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list:
    """The jobs that reached a model which only notes them."""
    seen: list = []

    def run_job(job, progress=None, checked=None, drawing=None):
        seen.append(job)
        if job.run.seed == 13:
            raise SimError("disk full", exit_code=MACHINE)
        manifest = types.SimpleNamespace(content={})
        return types.SimpleNamespace(
            folder=job.folder or "outputs/run/x",
            answer=f"{job.scenario.name}, nothing simulated",
            results=types.SimpleNamespace(manifest=manifest),
        )

    monkeypatch.setattr("sim.jobs.run_job", run_job)
    return seen


def _command(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-m", "sim", *words],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_last_lines_say_where_and_what(jobs, capsys, tmp_path):
    assert main(["run", "scenario=geneva", f"out={tmp_path}"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "results: outputs/run/x",
        "answer: geneva_2025, nothing simulated",
    ]
    assert jobs[0].overrides == ("scenario=geneva", f"out={tmp_path}")


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_verb(words, capsys):
    assert main(words) == 0
    out = capsys.readouterr().out
    assert all(verb in out for verb in VERBS)


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_help_of_a_verb_lists_groups_and_options(verb, capsys):
    assert main([verb, "--help"]) == 0
    out = capsys.readouterr().out
    assert "london_2025" in out and "us/strategy" in out and "--multirun" in out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb, capsys):
    assert main([verb, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"tariffsim {verb}" in out.split("examples")[1]


def test_the_configuration_can_be_printed_and_handed_over(capsys, tmp_path):
    assert main(["run", "scenario=breakthrough", "--cfg", "scenario"]) == 0
    (tmp_path / "s.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert read_scenario(tmp_path / "s.yaml").name == "breakthrough"
    assert main(["sweep", "--cfg=job", "runs=7"]) == 0
    out = capsys.readouterr().out
    assert "  runs: 7\n" in out and "linkage_by_deadline" in out


def test_info_says_what_options_and_settings_are_for(capsys):
    assert main(["run", "--info"]) == 0
    out = capsys.readouterr().out
    assert "hard_red_line" in out
    assert "nobody served first (MOFCOM Announcement 18).\n" in out
    assert "AI chips against military magnets.\n" in out
    assert main(["run", "--info", "settings", "truce=long"]) == 0
    assert "truce.length_weeks = 26 " in capsys.readouterr().out


def test_a_fault_of_the_machine_exits_with_three(jobs, capsys, tmp_path):
    assert main(["run", "seed=13", f"out={tmp_path}"]) == 3
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 3, "No space left"),
        (MemoryError(), 3, "out of memory"),
        (ZeroDivisionError("x"), 3, "report it"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_goes_wrong_on_the_way_has_its_exit_code(
    raised, code, said, monkeypatch, capsys, tmp_path
):
    def run_job(job, progress=None, checked=None, drawing=None):
        raise raised

    monkeypatch.setattr("sim.verbs.jobs.run_job", run_job)
    assert main(["run", f"out={tmp_path}"]) == code
    assert said in capsys.readouterr().err


def test_an_interrupt_that_a_library_turns_into_another_error_is_an_interrupt(
    monkeypatch, capsys, tmp_path
):
    def run_job(job, stopped=""):
        try:
            raise KeyboardInterrupt
        finally:
            int("tidy up")

    monkeypatch.setattr("sim.verbs.jobs.run_job", run_job)
    assert main(["run", f"out={tmp_path}"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_multirun_runs_each_job_in_a_folder_of_its_own(jobs, capsys, tmp_path):
    assert (
        main(
            [
                "run",
                "-m",
                "scenario=london,geneva",
                "linkage.cn=0,1",
                "name=both",
                f"out={tmp_path}",
            ]
        )
        == 0
    )
    assert [(job.scenario.name, job.scenario.linkage.cn) for job in jobs] == [
        ("london_2025", 0.0),
        ("london_2025", 1.0),
        ("geneva_2025", 0.0),
        ("geneva_2025", 1.0),
    ]
    (folder,) = (tmp_path / "multirun").iterdir()
    assert folder.name.startswith("both-")
    assert [job.folder for job in jobs] == [folder.resolve() / str(n) for n in range(4)]
    assert "answer: 4 of 4 jobs done" in capsys.readouterr().out


def test_multirun_with_a_failure_exits_with_one_and_keeps_the_others(jobs, capsys, tmp_path):
    assert main(["run", "-m", "seed=12,13,14", f"out={tmp_path}"]) == 1
    (folder,) = (tmp_path / "multirun").iterdir()
    codes = [json.loads((folder / str(n) / "job.json").read_text())["exit_code"] for n in range(3)]
    assert codes == [0, 3, 0]
    assert "2 of 3 jobs done" in capsys.readouterr().out


def test_multirun_writes_into_folders_of_any_name(jobs, tmp_path):
    out = tmp_path / "José's a b, c=d"
    quoted = str(out).replace("'", "\\'")
    assert main(["run", "-m", "seed=1,2", f"out='{quoted}'"]) == 0
    assert len(list((out / "multirun").iterdir())) == 1


def test_multirun_takes_files_items_and_deadlines(jobs, tmp_path, capsys):
    assert (
        main(
            [
                "run",
                "--cfg",
                "scenario",
                "scenario=breakthrough",
                "+issues.soy={owner: cn, track: trade, benefit: 1}",
            ]
        )
        == 0
    )
    (tmp_path / "s p.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    file = f"file='{tmp_path / 's p.yaml'}'"
    assert (
        main(
            ["run", "-m", file, "issues.soy.benefit=2,3", "deadline=2025-08-01", f"out={tmp_path}"]
        )
        == 0
    )
    assert [job.scenario.issues["soy"].benefit for job in jobs] == [2.0, 3.0]


@pytest.mark.nightly
def test_multirun_takes_new_items_and_sweeps(jobs, tmp_path):
    tea = "+issues.tea={owner: cn, track: trade}"
    assert main(["run", "-m", tea, "seed=1,2", f"out={tmp_path}"]) == 0
    assert main(["sweep", "-m", "sweep.runs=2,3", f"out={tmp_path}"]) == 0
    assert all("tea" in job.scenario.issues for job in jobs[:2])
    assert [job.sweep.runs for job in jobs[2:]] == [2, 3]


def test_help_comes_at_once_and_without_hydra(tmp_path):
    started = time.perf_counter()
    done = _command("--help", cwd=tmp_path)
    assert done.returncode == 0 and time.perf_counter() - started < 2
    code = (
        "import sys; from sim.cli import VERBS, main\n"
        "for verb in VERBS:\n"
        "    main([verb, '--help'])\n"
        "    heavy = {'hydra', 'numpy', 'numba'} & set(sys.modules)\n"
        "    assert not heavy, (verb, heavy)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_piped_output_has_no_colour_and_no_bar(tmp_path):
    done = _command("run", "--info", cwd=tmp_path)
    assert "\x1b" not in done.stdout + done.stderr and "\r" not in done.stdout + done.stderr


def test_output_survives_a_terminal_of_another_encoding(tmp_path):
    done = _command("run", "titel=é…中", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 2 and "Traceback" not in done.stderr


SMALL = ("runs=2", "draw=false", "figures.report=false", "weeks=26")


def test_the_command_runs_a_scenario(tmp_path):
    done = _command("run", *SMALL, "out=o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-2:]
    assert last[0].startswith("results: ") and last[1].startswith("answer: ")
    assert (tmp_path / last[0].removeprefix("results: ") / "manifest.json").is_file()


@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_the_command_runs_a_multirun_with_hydras_launchers(launcher, tmp_path):
    done = _command(
        "run", "-m", "linkage.cn=0,1", *SMALL, "out=o", f"hydra/launcher={launcher}", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "o" / "multirun").iterdir()
    for n in range(2):
        assert json.loads((folder / str(n) / "job.json").read_text())["exit_code"] == 0
        assert (folder / str(n) / "manifest.json").is_file()
