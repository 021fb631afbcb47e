"""Exported files say what the model says: utilities up to the affine map, payoffs in Gambit's
order, bad input refused.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from sim.cli import main
from sim.config.errors import SimError
from sim.export import export, gambit, genius
from sim.model import TruceModel
from sim.theory import BargainingProblem, problem_at
from sim.vocabulary import SIDES


def test_profiles_give_utilities_up_to_one_affine_map() -> None:
    problem = BargainingProblem([0, 1], [10, 6], [-2, 1], [8, 5], [1.0, 0.5], (0.0, 0.0))
    texts = genius(problem, ["a", "b"], 5)
    for side in (0, 1):
        root = ET.fromstring(texts[("us.xml", "cn.xml")[side]])
        weights = [float(w.get("value")) for w in root.iter("weight")]
        columns = [
            [float(item.get("evaluation")) for item in issue] for issue in root.iter("issue")
        ]
        pairs = [(m, n) for m in range(5) for n in range(5)]
        theirs = [
            sum(w * c[k] for w, c, k in zip(weights, columns, pair, strict=True)) for pair in pairs
        ]
        ours = [problem.value([m / 4, n / 8])[1 + side] for m, n in pairs]
        assert np.corrcoef(theirs, ours)[0, 1] == pytest.approx(1.0, abs=1e-12)
        assert sum(weights) == pytest.approx(1.0) and max(theirs) == pytest.approx(1.0)
        assert [max(column) for column in columns] == [
            1.0,
            1.0,
        ]  # Genius divides by the largest, NegMAS does not


def test_gambit_lists_the_first_players_actions_first() -> None:
    text = gambit(np.asarray([[1.0, 2.0], [3.0, 4.0]]), np.asarray([[5.0, 6.0], [7.0, 8.0]]))
    assert text.split("\n")[2].split() == ["1.0", "5.0", "3.0", "7.0", "2.0", "6.0", "4.0", "8.0"]


def test_london_in_august_is_written_whole(tmp_path) -> None:
    files = export("london_2025", "2025-08-01", tmp_path)
    assert sorted(file.name for file in files) == [
        "about.json",
        "cn.xml",
        "domain.xml",
        "extension.nfg",
        "us.xml",
    ]
    assert len(list(ET.parse(tmp_path / "domain.xml").iter("issue"))) == 8


@pytest.mark.parametrize("at", ["soon", "2020-01-01", "2099-01-01"])
def test_dates_outside_the_run_are_refused(at, tmp_path) -> None:
    with pytest.raises(SimError):
        export("london_2025", at, tmp_path)


def test_the_verb_writes_a_folder_and_tells_its_files(tmp_path, capsys) -> None:
    assert (
        main(["export", "scenario=geneva", "at=2025-06-02", "formats=gambit", f"out={tmp_path}"])
        == 0
    )
    assert "extension.nfg" in capsys.readouterr().out
    (folder,) = (tmp_path / "export").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        "about.json",
        "extension.nfg",
        "manifest.json",
        "report.html",
        "scenario.yaml",
    ]


@pytest.mark.parametrize(
    "words", [[], ["at=../x"], ["at=2025-08-01", "levels=1"], ["at=2025-08-01", "formats=xml"], ["at=2025-08-01", "runs=3"], ["at=2099-01-01"]]
)  # fmt: skip
def test_bad_words_end_with_two_and_leave_nothing(words, tmp_path, capsys) -> None:
    assert main(["export", *words, f"out={tmp_path}"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_about_leads_back_from_utilities_to_money(tmp_path) -> None:
    export("london_2025", "2025-08-01", tmp_path, ("genius",), levels=5)
    about = json.loads((tmp_path / "about.json").read_text(encoding="utf-8"))
    model = TruceModel("london_2025", 1, collect="none")
    for _ in range(about["weeks"]):
        model.step()
    problem = problem_at(model.state.whole[0], model.params.record)
    for side, name in enumerate(SIDES):
        root = ET.parse(tmp_path / f"{name}.xml").getroot()
        weights = [float(w.get("value")) for w in root.iter("weight")]
        columns = [
            [float(item.get("evaluation")) for item in issue] for issue in root.iter("issue")
        ]
        for level in range(5):
            utility = sum(w * column[level] for w, column in zip(weights, columns, strict=True))
            money = about["sides"][name]["worst"] + about["sides"][name]["spread"] * utility
            assert money == pytest.approx(
                problem.value(np.asarray(problem.red_line) * level / 4)[1 + side], abs=1e-9
            )
        assert about["sides"][name]["reservation"] == problem.disagreement[side]


@pytest.mark.parametrize(
    "given",
    [{"levels": value} for value in (1, 102, 2.5, "11", None, True)]
    + [{"seed": value} for value in (-1, 1.5, "1", None, 2**64)]
    + [
        {"at": value}
        for value in ("2025-02-30", "tomorrow", 20250801, None, "2025-06-11", "2099-01-01")
    ],
    ids=str,
)
def test_arguments_that_will_not_do_are_refused_by_name(given, tmp_path):
    arguments = {"at": "2025-07-02", **given}
    with pytest.raises(SimError) as caught:
        export("london_2025", out=tmp_path / "out", **arguments)
    assert caught.value.key == next(iter(given))
    assert not (tmp_path / "out").exists()
