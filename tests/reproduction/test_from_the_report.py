"""From the report alone, in an empty folder: the printed command gives the same content hash, for
what every verb leaves.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.results.joint import JOBS, RUNS
from sim.results.manifest import read_manifest

ROOT = Path(__file__).resolve().parents[2]
SWEEP = "name: mine\nkind: grid\nfactors:\n  linkage.cn: {values: [0.0, 1.0]}\n  truce.length_weeks: {values: [6, 26]}\nruns: 3\n"
POINTS = "linkage.cn,truce.length_weeks\n0.1,9\n0.9,20\n"
LIST = "name: listed\nkind: list\nfile: points.csv\nruns: 3\n"
MONTHS = "month,magnets_to_us_t,trade.us [bn USD/month]\n2025-06,353,18.9\n2025-07,619,\n"
SHEET = """\
parties: [buyer, owner]
walk_away: {buyer: 90, owner: 70}
rounds: 6
issues:
  price: {options: [40, 50, 60], buyer: [100, 50, 0], owner: [0, 50, 100]}
  staff: {options: [none kept, all kept], buyer: [50, 40], owner: [0, 80]}
"""
LOOK = ("figures.dpi=50", "figures.format=png", "weeks=40")
# pictures are no part of what is computed again: one run and one study carry theirs
BARE = ("draw=false", "weeks=40")
WORDS: dict[str, list[str]] = {
    "run": ["run", "runs=4", "truce.length_weeks=26", "seed=7", *LOOK],
    "run_beside_months": ["run", "runs=4", "observed=months.csv", *BARE],
    "run_of_agents": ["run", "runs=2", "engine=mesa", "run.weeks=all", *BARE],
    "sweep_with_overrides": [
        "sweep",
        "sweep=extension_cost",
        "runs=2",
        "linkage.cn=0.9",
        "seed=3",
        *BARE,
    ],
    "sweep_file": ["sweep", "sweep_file=mine.yaml", "scenario=geneva", *BARE],
    "list": ["sweep", "sweep_file=listed.yaml", *BARE],
    "multirun": [
        "run",
        "-m",
        "scenario=london,geneva",
        "linkage.cn=0,1",
        "runs=3",
        "draw=false",
        "weeks=40",
    ],
    "tournament": [
        "tournament",
        "scenarios=london,geneva",
        "strategies=micro,hardliner",
        "runs=4",
        *BARE,
    ],
    "exercise": ["exercise", "file=sheet.yaml", "runs=3", "draw=false"],
    "compare": ["compare", "scenarios=london,geneva", "runs=4", *LOOK],
    "sensitivity": [
        "sensitivity",
        "levers=linkage,truce.length_weeks:6..26",
        "runs=4",
        "trajectories=4",
        "points=64",
        *BARE,
    ],
    "discover": ["discover", "levers=linkage", "points=150", *BARE],
    "reach": [
        "reach",
        "outcome=narrow_deal",
        "share=0.3",
        "levers=resolve.trade:1..24",
        "runs=40",
        "draw=false",
    ],
    "claims": [
        "claims",
        "only=no_breakthrough_apart,linkage_lapses",
        "against=other_seed,file_reversed",
        "runs=4",
        "draw=false",
    ],
    "export": ["export", "at=2025-08-01", "levels=5"],
    "validation": ["validate", "runs=20", "observed=months.csv"],
}
FILES = {
    "mine.yaml": SWEEP,
    "listed.yaml": LIST,
    "points.csv": POINTS,
    "months.csv": MONTHS,
    "sheet.yaml": SHEET,
}
CASES = [
    pytest.param(name, marks=pytest.mark.nightly)
    if name in ("validation", "run_of_agents", "run_beside_months")
    else name
    for name in WORDS
]


@pytest.fixture(scope="session")
def result_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder that a command leaves, made once."""
    made: dict[str, Path] = {}

    def get(name: str) -> Path:
        if name not in made:
            place = tmp_path_factory.mktemp(name)
            for file, text in FILES.items():
                (place / file).write_text(text, encoding="utf-8")
            words = [
                re.sub("^(sweep_file|observed|file)=", rf"\1={place}/", word)
                for word in WORDS[name]
            ]
            assert main([*words, f"out={place / 'o'}"]) == 0
            (made[name],) = (place / "o").glob("*/*")
        return made[name]

    return get


def _printed(page: Path, word: str) -> list[str]:
    """The command of the page that holds ``word``."""
    text = unescape(
        "".join(re.findall(r"<pre>(.*?)</pre>", page.read_text(encoding="utf-8"), re.S))
    )
    (line,) = [line for line in text.splitlines() if line.startswith("tariffsim") and word in line]
    return shlex.split(line, comments=True)[1:]


def _all_content(found: sim.Reproduction) -> dict[str, str]:
    below = {
        f"{part.name}/{name}": digest
        for part in found.parts
        for name, digest in part.content.items()
    }
    return {**found.content, **below}


@pytest.mark.parametrize("name", CASES)
def test_the_page_alone_gives_the_same_content(name, result_of, tmp_path, monkeypatch) -> None:
    folder = result_of(name)
    shutil.copy(folder / "report.html", tmp_path)
    monkeypatch.chdir(tmp_path)
    verb, path = _printed(Path("report.html"), "report.html")
    found = sim.reproduce(path)
    recorded = read_manifest(folder / "manifest.json").content
    assert verb == "reproduce" and found.same, str(found)
    assert _all_content(found) == (
        {n: d for n, d in recorded.items() if "/" in n} if name == "multirun" else recorded
    )
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.parametrize("name", CASES)
def test_the_folder_and_its_bundle_are_taken(
    name, result_of, tmp_path, monkeypatch, capsys
) -> None:
    folder = result_of(name)
    monkeypatch.chdir(folder)
    assert main(_printed(Path("report.html"), "reproduce .")) == 0
    assert "answer: same" in capsys.readouterr().out
    assert main(["bundle", ".", f"out={tmp_path / 'b.zip'}"]) == 0
    assert main(["reproduce", str(tmp_path / "b.zip")]) == 0


@pytest.mark.parametrize("name", CASES)
def test_every_verb_leaves_manifest_scenario_report_and_codebook(name, result_of) -> None:
    folder = result_of(name)
    manifest = read_manifest(folder / "manifest.json")
    played = [*folder.rglob("scenario*.yaml"), *folder.rglob("exercise.yaml")]
    assert played and "report.html" in manifest.files
    assert "codebook.csv" in manifest.files or name == "export"
    assert manifest.licence in (folder / "report.html").read_text(encoding="utf-8")
    assert str(folder.parent) not in (folder / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run", "sweep_with_overrides", "sweep_file", "list"])
def test_the_command_that_takes_the_files_gives_the_same_content_too(
    name, result_of, tmp_path, monkeypatch
) -> None:
    folder = result_of(name)
    monkeypatch.chdir(folder)
    assert (
        main(
            [
                *_printed(Path("report.html"), "file=scenario.yaml"),
                f"out={tmp_path}",
                "figures=none",
            ]
        )
        == 0
    )
    again = read_manifest(next(tmp_path.glob("*/*/manifest.json")))
    assert again.content["runs"] == read_manifest(folder / "manifest.json").content["runs"]


def test_a_multirun_leaves_joint_tables(result_of) -> None:
    import pandas as pd

    folder = result_of("multirun")
    jobs, runs = pd.read_csv(folder / JOBS), pd.read_parquet(folder / RUNS)
    assert jobs[["scenario", "linkage.cn"]].to_numpy().tolist() == [
        ["london_2025", 0],
        ["london_2025", 1],
        ["geneva_2025", 0],
        ["geneva_2025", 1],
    ]
    assert runs.groupby("job").size().tolist() == [3, 3, 3, 3]
    third = sim.load_results(folder / "2").runs
    joint = runs[runs["job"] == 2]
    assert joint["outcome"].tolist() == third["outcome"].astype(str).tolist()
    assert joint["welfare_loss.us"].tolist() == third["welfare_loss.us"].tolist()


def test_a_job_that_was_swapped_in_a_multirun_is_named(result_of, tmp_path) -> None:
    folder = Path(shutil.copytree(result_of("multirun"), tmp_path / "m"))
    shutil.rmtree(folder / "1")
    shutil.copytree(folder / "0", folder / "1")
    found = sim.reproduce(folder)
    assert not found.same and any(
        "1/runs is not the table that the multirun lists" in text for text in found.files
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html>nothing</html>", "not a report"),
        ('<a href="data:application/zip;base64,AAAA">x</a>', "not a readable archive"),
    ],
)
def test_a_page_that_carries_no_record_is_refused(text, said, tmp_path, capsys) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert main(["reproduce", str(tmp_path / "page.html")]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.nightly
@pytest.mark.parametrize("name", list(WORDS))
def test_the_command_line_does_so_from_an_empty_folder(name, result_of, tmp_path) -> None:
    shutil.copy(result_of(name) / "report.html", tmp_path)
    command = [sys.executable, "-m", "sim", *_printed(tmp_path / "report.html", "report.html")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0 and "answer: same" in done.stdout, done.stdout + done.stderr
