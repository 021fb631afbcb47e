"""The verb discover: what it takes, what it leaves, and what it refuses without leaving anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.cli import main

COMMAND = (sys.executable, "-m", "sim")
FEW = ["levers=us.resolve.trade,economy.us.between", "points=400", "figures.format=png"]
QUIET = ["draw=false", "figures.report=false"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A discovery with a box, made by a process."""
    place = tmp_path_factory.mktemp("discover") / "result"
    done = _process(["discover", "outcome=narrow_deal", *FEW, f"folder={place}"], place.parent)
    assert f"results: {place}" in done and "answer: Narrow deal is" in done
    return place


def _process(words: list[str], where: Path) -> str:
    done = subprocess.run([*COMMAND, *words], cwd=where, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr and "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.nightly
def test_the_middle_of_the_box_is_run_by_its_own_process(folder, tmp_path) -> None:
    words = ["run", f"file={folder / 'box-scenario.yaml'}", "runs=2", *QUIET, "--json"]
    told = json.loads(_process(words, tmp_path))
    middle = sim.load_results(tmp_path / told["folder"]).scenario
    london = sim.load()
    assert set(middle.diff(london)) <= {"us.resolve.trade", "economy.us.between"}
    assert middle.us.resolve.trade < london.us.resolve.trade


@pytest.mark.nightly
def test_the_box_is_swept_by_its_own_process_and_ends_as_the_sentence_says(
    folder, tmp_path
) -> None:
    words = ["sweep", f"sweep_file={folder / 'box-sweep.yaml'}", f"file={folder / 'scenario.yaml'}"]
    told = json.loads(_process([*words, *QUIET, "--json"], tmp_path))
    swept = sim.load_results(tmp_path / told["folder"])
    runs = swept.table(["point", "us.resolve.trade", "outcome"])
    assert runs["us.resolve.trade"].between(*_ends(folder, "us.resolve.trade")).all()
    share = float((runs["outcome"] == "narrow_deal").mean())
    _, low, high = _fresh(folder, "inside")
    assert low - 0.03 <= share <= high + 0.03  # 2,048 runs of 512 points: two errors are 3 points


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    import csv

    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _ends(folder: Path, lever: str) -> tuple[float, float]:
    (row,) = [row for row in _table(folder, "box") if row["lever"] == lever]
    return float(row["low"]), float(row["high"])


def _fresh(folder: Path, where: str) -> tuple[float, ...]:
    (row,) = [row for row in _table(folder, "fresh") if row["where"] == where]
    return tuple(float(row[end]) for end in ("value", "low", "high"))


def test_a_discovery_is_reproduced_and_bundled(folder) -> None:
    assert main(["reproduce", str(folder)]) == 0
    assert main(["bundle", str(folder)]) == 0
    assert main(["reproduce", f"{folder}.zip"]) == 0


def test_settings_that_follow_change_the_scenario(tmp_path, capsys) -> None:
    changed = ["truce.length_weeks=20", "weeks=40"]
    words = ["discover", *changed, *FEW, *QUIET, f"folder={tmp_path / 'x'}"]
    assert main(words) == 0
    scenario = sim.load(file=tmp_path / "x" / "scenario.yaml")
    assert scenario.truce.length_weeks == 20
    assert not (tmp_path / "x" / "figures").exists()


SWEEP = """
name: small
kind: sobol
points: 128
runs: 4
factors:
  linkage.cn: {low: 0.0, high: 1.0}
  us.resolve.trade: {low: 0.0, high: 36.0}
  cn.resolve.trade: {same_as: us.resolve.trade}
"""


def test_a_finished_sweep_is_searched_reproduced_and_leaves_no_path(tmp_path, capsys) -> None:
    (tmp_path / "small.yaml").write_text(SWEEP, encoding="utf-8")
    swept, found = tmp_path / "swept", tmp_path / "found"
    assert main(["sweep", f"sweep_file={tmp_path / 'small.yaml'}", *QUIET, f"folder={swept}"]) == 0
    words = ["discover", f"from={swept}", "outcome=narrow_deal", "figures.format=png"]
    assert main([*words, f"folder={found}"]) == 0
    assert "price of settling trade, both sides" in capsys.readouterr().out
    for file in ("manifest.json", "report.html"):
        assert str(tmp_path) not in (found / file).read_text(encoding="utf-8")
    assert main(["reproduce", str(found)]) == 0
    words = ["run", f"file={found / 'box-scenario.yaml'}", "runs=2", *QUIET]
    assert main([*words, f"out={tmp_path}"]) == 0
    words = ["sweep", f"sweep_file={found / 'box-sweep.yaml'}", f"file={found / 'scenario.yaml'}"]
    assert main([*words, "sweep.points=8", *QUIET, f"out={tmp_path}"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["outcome=peace"], "no such outcome"),
        (["outcome=breakthrough", "~issues.ai_chips"], "cannot happen here"),
        (["levers=linkage.cm"], "linkage.cn"),
        (["levers=truce.length_weeks"], "no plausible range"),
        (["levers=linkage.cn:0.9..0.1"], "an empty range"),
        (["points=50"], "too few points"),
        (["points=many"], "not a whole number"),
        (["runs=1"], "too few for a share"),
        (["share=1.2"], "not a share"),
        (["from=nowhere"], "no such manifest"),
        (["from=nowhere", "linkage.cn=0.3"], "a sweep has its own"),
        (["from=nowhere", "runs=5"], "a sweep has its own"),
        (["from=nowhere", "scenario=geneva"], "a sweep has its own"),
        (["engine=mesa"], "not for discover"),
        (["breakdown"], "not a word of discover"),
    ],
    ids=str,
)
def test_bad_input_ends_with_two_and_leaves_nothing(words, said, tmp_path, capsys) -> None:
    (tmp_path / "out").mkdir()
    assert main(["discover", *words, f"out={tmp_path / 'out'}"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("tariffsim:") == 1
    assert not list((tmp_path / "out").iterdir())


def test_without_the_libraries_the_cure_is_named_and_nothing_left(
    tmp_path, capsys, monkeypatch
) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "sklearn" else found(name)
    )
    assert main(["discover", f"out={tmp_path}"]) == 2
    assert 'pip install "tariffsim[discover]"' in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
