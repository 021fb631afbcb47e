"""The verb ``exercise``: a folder that holds what a teacher needs, from a sheet, a domain or a
transcript; and ``tournament``, which hands a case sheet over.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.exercises import read_exercise
from sim.results.manifest import read_manifest
from tests.exercises.conftest import CASE_SHEET
from tests.exercises.test_genius import CN, DOMAIN, US
from tests.exercises.test_transcript import OFFERS

QUIET = ("runs=4", "draw=false", "figures.report=false")
FEW = ("runs=4", "figures.format=png", "figures.dpi=50")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that people keep, the working folder of the test."""
    files = {
        "case_sheet.yaml": CASE_SHEET,
        "offers.csv": OFFERS,
        "domain.xml": DOMAIN,
        "profile_us.xml": US,
        "profile_cn.xml": CN,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_case_sheet_leaves_ranking_space_report_and_itself(place: Path, capsys) -> None:
    assert main(["exercise", "file=case_sheet.yaml", *FEW, "folder=out"]) == 0
    folder = place / "out"
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "codebook.csv",
        "exercise.yaml",
        "figures/outcomes.png",
        "figures/ranking.png",
        "manifest.json",
        "packages.csv",
        "pairs.csv",
        "ranking.csv",
        "report.html",
        "solutions.csv",
        "tests.csv",
    ]
    said = capsys.readouterr().out
    assert "as buyer, " in said and "as owner, " in said
    assert read_exercise(folder / "exercise.yaml").issues == read_exercise("case_sheet.yaml").issues
    manifest = read_manifest(folder / "manifest.json")
    assert manifest.name == "case_sheet" and manifest.run is not None and manifest.run.runs == 4
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert (
        "Points of each option" in page
        and "breakthrough" not in page.partition("<main>")[2].lower()
    )
    codebook = pd.read_csv(folder / "codebook.csv")
    assert codebook["label"].notna().all() and codebook["unit"].notna().all()


def test_tournament_hands_a_case_sheet_over(place: Path, capsys) -> None:
    words = ["file=case_sheet.yaml", "strategies=micro,hardliner", "error=0", *QUIET]
    assert main(["tournament", *words, "folder=a"]) == main(["exercise", *words, "folder=b"]) == 0
    one, other = (read_manifest(place / name / "manifest.json") for name in "ab")
    assert one.content == other.content and one.verb == other.verb == "exercise"


def test_a_domain_says_what_it_takes_for_granted(place: Path, capsys) -> None:
    assert main(["exercise", "file=domain.xml", *QUIET, "folder=out"]) == 0
    assert "20 rounds; a domain says nothing of them" in capsys.readouterr().out
    assert pd.read_csv("out/solutions.csv")["solution"].iloc[0] == "nash"


def test_offers_are_scored_and_scored_again(place: Path, capsys) -> None:
    words = ["file=case_sheet.yaml", "offers=offers.csv", *FEW[1:]]
    assert main(["exercise", *words, "folder=out", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["answer"].startswith("agreed after 4 offers") and set(said["content"]) == {
        "offers",
        "solutions",
    }
    assert main(["reproduce", "out"]) == 0
    assert "answer: same" in capsys.readouterr().out


def test_an_estimate_counts_negotiations_and_makes_nothing(place: Path, capsys) -> None:
    assert main(["exercise", "file=case_sheet.yaml", "runs=1000", "--estimate"]) == 0
    assert "32,000 runs" in capsys.readouterr().out
    assert not (place / "outputs").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "tariffsim exercise file=case_sheet.yaml"),
        (["file=other.yaml"], "no such file"),
        (["file=case_sheet.yaml", "rounds=0"], "rounds: not a whole number between 1 and 10,000"),
        (["file=case_sheet.yaml", "strategies=micro,mirco"], "did you mean: micro"),
        (["file=case_sheet.yaml", "strategies=micro,equilibrium"], "no such name"),
        (["file=case_sheet.yaml", "error=much"], "error: not a number"),
        (["file=case_sheet.yaml", "error=3"], "error: not an error of beliefs"),
        (["file=case_sheet.yaml", "exponent=0"], "exponent: out of bounds"),
        (["file=case_sheet.yaml", "runs=1"], "too few runs"),
        (["file=case_sheet.yaml", "linkage.cn=1"], "an exercise has its own case sheet"),
        (["file=case_sheet.yaml", "offers=none.csv"], "no such file"),
        (["file=case_sheet.yaml", "offers=offers.csv", "error=0"], "not for offers that people made"),
        (["file=case_sheet.yaml", "profiles=profile_us.xml,profile_cn.xml"], "only a Genius"),
        (["file=domain.xml", "profiles=profile_us.xml"], "not two profiles"),
        (["file=case_sheet.yaml", "engine=mesa"], "not for exercise"),
    ],
)  # fmt: skip
def test_bad_words_end_with_two_and_leave_nothing(words, said, place: Path, capsys) -> None:
    before = sorted(place.iterdir())
    assert main(["exercise", *words]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err
    assert sorted(place.iterdir()) == before
