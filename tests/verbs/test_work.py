"""The estimate on the command line: refused before anything is left, printed, or said where the work
is long.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sim.batch.work import Work
from sim.cli import main
from sim.verbs import work
from sim.verbs.work import say_if_long

QUIET = ("figures.draw=false", "figures.report=false")
SWEEP = "name: small\nkind: grid\nfactors:\n  linkage.cn: {values: [0.0, 0.5, 1.0]}\nruns: 300\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "runs=1000"], "1,000 runs, about 1 s"),
        (["run", "-m", "runs=1000", "seed=1,2"], "2,000 runs"),
        (["sweep"], "2,520 runs"),
        (["tournament", "runs=100"], "4,900 runs"),
        (["compare", "left=london", "right=geneva", "runs=10"], "at most about"),
        (["validate", "runs=20"], "4,004 runs"),
        (["ask", "truce in force", "runs=100"], "100 runs"),
        (["sensitivity", "levers=linkage.cn", "runs=50", "points=64"], "runs, about"),
        (["discover", "points=128", "runs=2"], "256 runs"),
    ],
)
def test_an_estimate_is_all_that_is_made(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--estimate", f"out={tmp_path / 'out'}"]) == 0
    assert says in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_long_work_is_announced_and_short_work_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    say_if_long(Work(100, 59.0), threads=2)
    assert capsys.readouterr().err == ""
    say_if_long(Work(1_000_000, 450.0), threads=2)
    assert capsys.readouterr().err == "tariffsim: 1,000,000 runs, about 4 min on 2 threads\n"


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A sweep that lacks its last part."""
    (tmp_path / "w.yaml").write_text(SWEEP, encoding="utf-8")
    folder = tmp_path / "sweep"
    words = ["sweep", f"sweep_file={tmp_path / 'w.yaml'}", *QUIET, f"folder={folder}"]
    assert main(words) == 0
    (folder / "manifest.json").unlink()
    sorted((folder / "runs").iterdir())[-1].unlink()
    return folder


def test_what_is_left_is_said_but_all_of_a_plan_is_bounded(
    stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(stopped.rglob("*"))
    assert main(["sweep", f"resume={stopped}", "--estimate"]) == 0
    assert "150 runs" in capsys.readouterr().out  # five of six parts are there
    assert main(["sweep", f"resume={stopped}", "largest=1e-6"]) == 2
    assert "900 runs" in capsys.readouterr().err
    assert sorted(stopped.rglob("*")) == before
    assert main(["sweep", f"resume={stopped}", "largest=0.1", *QUIET]) == 0


def test_a_result_that_asks_for_days_is_not_reproduced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "given"
    assert main(["run", "runs=20", *QUIET, f"folder={given}"]) == 0
    manifest = json.loads((given / "manifest.json").read_text(encoding="utf-8"))
    manifest["run"]["runs"] = 10_000_000
    manifest["scenario"]["calendar"]["horizon_weeks"] = 520
    manifest["scenario"]["firms"]["magnets"]["firms"] = 2_000
    (given / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["reproduce", str(given)]) == 2
    said = capsys.readouterr().err
    assert "10,000,000 runs, about 29 h" in said and "largest=30" in said
    both = tmp_path / "both"
    both.mkdir()
    shutil.copytree(given, both / "0")
    shutil.copytree(given, both / "1")
    assert main(["reproduce", str(both), "largest=40"]) == 2
    assert "20,000,000 runs, about 59 h" in capsys.readouterr().err


def test_a_word_that_changes_no_number_is_not_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    words = ["tournament", "runs=2", "strategies=micro,hardliner", "largest=1", *QUIET]
    assert main([*words, f"folder={folder}"]) == 0
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert not [word for word in manifest["overrides"] if "largest" in word]


def test_a_cluster_of_unknown_size_is_told_in_hours_of_one_processor() -> None:
    from sim.batch import Run

    assert work.threads_of(Run(executor="dask", address="tcp://host:1")) == 0
    assert work.threads_of(Run(threads=3)) == 3
