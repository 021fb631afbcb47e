"""Exported files say what the model says: utilities up to the affine map, payoffs in Gambit's
order, bad input refused.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from sim.batch import MOST_OUTCOMES
from sim.cli import main
from sim.config.compose import load
from sim.config.errors import SimError
from sim.exercises import read_exercise
from sim.export import export, gambit, genius, items_of, levels_for
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
    assert len(list(ET.parse(tmp_path / "domain.xml").iter("issue"))) == len(load().issues)


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
    [{"levels": value} for value in (1, 102, 2.5, "11", True)]
    + [{"outcomes": value} for value in (1, 255, 2.5, None)]
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


def test_levels_follow_from_the_number_of_issues_and_the_bound(tmp_path, capsys) -> None:
    assert [levels_for(n) for n in (1, 2, 5, 8, 11, 12)] == [11, 11, 11, 4, 3, 2]
    assert levels_for(8, 2_000_000) == 6 and levels_for(8, 256) == 2
    for n in range(1, 13):
        assert levels_for(n) ** n <= MOST_OUTCOMES
    with pytest.raises(SimError, match="256 or more for 8 issues"):
        levels_for(8, 255)
    words = ["export", "at=2025-07-02", "formats=genius", "figures.report=false"]
    assert main([*words, f"folder={tmp_path / 'a'}"]) == 0
    said = capsys.readouterr().out
    assert "11 issues at 3 levels make 177,147 outcomes, at most 200,000" in said
    assert main([*words, "outcomes=3000", f"folder={tmp_path / 'b'}"]) == 0
    assert "11 issues at 2 levels make 2,048 outcomes, at most 3,000" in capsys.readouterr().out
    assert main([*words, "levels=2", f"folder={tmp_path / 'c'}"]) == 0
    assert "11 issues at 2 levels make 2,048 outcomes\n" in capsys.readouterr().out
    for given in (["levels=3", "outcomes=300"], ["outcomes=200"], ["outcomes=1"]):
        assert main([*words, *given, f"folder={tmp_path / 'd'}"]) == 2
    assert not (tmp_path / "d").exists()


def test_items_are_what_a_player_reads(tmp_path) -> None:
    """Rates of a tariff, shares of applications approved, bn USD a year: of London, by hand."""
    export("london_2025", "2025-07-02", tmp_path, ("genius",), levels=4)
    items = {
        issue.get("name"): [item.get("value") for item in issue]
        for issue in ET.parse(tmp_path / "domain.xml").iter("issue")
    }
    assert items["cn_tariff"] == ["146 %", "104 %", "63 %", "21 %"]
    assert items["us_tariff"][0] == "124 %" and items["us_tariff"][-1] == "36 %"  # its red line
    assert items["civil_magnets"] == [
        "0 % approved",
        "14 % approved",
        "21 % approved",
        "no licence needed",
    ]
    assert items["fentanyl"] == [f"{n} bn USD a year" for n in (0, 1, 3, 4)]
    assert items["farm_purchases"] == [f"{n} bn USD a year more" for n in (0, 4, 8, 12)]
    about = json.loads((tmp_path / "about.json").read_text(encoding="utf-8"))
    assert {name: one["items"] for name, one in about["issues"].items()} == items


def test_items_of_close_levels_differ(tmp_path) -> None:
    scenario = load("issues.critical_minerals.benefit=0")
    grids = [np.linspace(0.0, 1.0, 101)] * len(scenario.issues)
    names = list(scenario.issues)
    for name, found in zip(names, items_of(scenario, names, grids, [1.241, 1.46]), strict=True):
        assert len(set(found)) == 101, name
    assert (
        "no licence needed (level 0.9800)"
        in items_of(scenario, ["civil_magnets"], grids[:1], [1, 1])[0]
    )


@pytest.mark.parametrize(
    ("scenario", "at"), [("london_2025", "2025-08-01"), ("geneva_2025", "2025-06-01")]
)
def test_what_is_exported_is_read_back_as_what_is_bargained_over(scenario, at, tmp_path) -> None:
    """Every package of the domain: utilities and reservation values up to the affine map of
    about.json, to a billionth.
    """
    export(scenario, at, tmp_path, ("genius",), levels=2)
    exercise = read_exercise(tmp_path)
    assert exercise.parties == ("us", "cn") and exercise.count == 2 ** len(exercise.issues)
    about = json.loads((tmp_path / "about.json").read_text(encoding="utf-8"))
    model = TruceModel(scenario, 1, collect="none")
    for _ in range(about["weeks"]):
        model.step()
    problem = problem_at(model.state.whole[0], model.params.record)
    for side, name in enumerate(SIDES):
        money, worst, spread = (
            problem.disagreement[side],
            *(about["sides"][name][key] for key in ("worst", "spread")),
        )
        assert worst + spread * exercise.walk_away[side] == pytest.approx(
            min(max(money, worst), worst + spread), abs=1e-9
        )
        for place, chosen in enumerate(exercise.choices):
            ours = problem.value(np.asarray(problem.red_line) * chosen)[1 + side]
            # each topic's utility is written to a billionth
            near = 1e-9 * spread * len(exercise.issues)
            assert worst + spread * exercise.utilities[place, side] == pytest.approx(ours, abs=near)
    assert [topic.name for topic in exercise.issues] == list(about["issues"])
    assert [list(topic.options) for topic in exercise.issues] == [
        one["items"] for one in about["issues"].values()
    ]
