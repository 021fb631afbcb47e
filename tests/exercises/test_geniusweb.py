"""GeniusWeb's JSON: linear additive profiles are the exercise that the same Genius XML is; what is no
such profile is refused with file, line and cure.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.config.compose import read_scenario
from sim.config.errors import SimError
from sim.exercises import read_exercise
from tests.exercises.test_genius import CN, DOMAIN, US

ISSUES = {
    "quota": {"values": ["none", "half", "full"]},
    "licences": {"values": ["per shipment", "six months", "general"]},
}
SPACE = "LinearAdditiveUtilitySpace"


def profile(quota: list[float], licences: list[float], weights: list[float], kind: str) -> Any:
    utilities = {"quota": quota, "licences": licences}
    return {
        SPACE: {
            "name": "a profile",
            "domain": {"name": "talks", "issuesValues": ISSUES},
            "issueWeights": dict(zip(ISSUES, weights, strict=True)),
            "issueUtilities": {
                name: {
                    kind: {"valueUtilities": dict(zip(own["values"], utilities[name], strict=True))}
                }
                for name, own in ISSUES.items()
            },
            "reservationBid": {"issuevalues": {"quota": "full", "licences": "per shipment"}},
        }
    }


OURS = profile([1.0, 0.6, 0.0], [0.0, 0.7, 1.0], [0.4, 0.6], "DiscreteValueSetUtilities")
THEIRS = profile([0.0, 0.5, 1.0], [1.0, 0.8, 0.0], [0.7, 0.3], "discreteutils")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "web"
    made.mkdir()
    for name, plain in (("us", OURS), ("zz_cn", THEIRS)):
        (made / f"{name}.json").write_text(json.dumps(plain, indent=1), encoding="utf-8")
    (made / "settings.json").write_text('{"SAOPSettings": {}}', encoding="utf-8")
    return made


def test_profiles_are_the_exercise_that_the_same_genius_files_are(folder: Path) -> None:
    xml = folder / "xml"
    xml.mkdir()
    for name, text in (("domain", DOMAIN), ("us", US), ("cn", CN)):
        (xml / f"{name}.xml").write_text(text, encoding="utf-8")
    web, genius = read_exercise(folder), read_exercise(xml)
    assert web.issues == genius.issues and web.rounds == genius.rounds == 20
    assert (web.utilities == genius.utilities).all()
    assert web.walk_away == (
        0.0,
        1.0,
    )  # full and per shipment: nothing of 0.4 and 0.6, all of 0.7 and 0.3


def test_a_domain_two_profiles_or_one_and_the_other_name_the_same_exercise(folder: Path) -> None:
    plain = {"name": "talks", "issuesValues": ISSUES}
    (folder / "domain.json").write_text(json.dumps(plain), encoding="utf-8")
    wanted = read_exercise(folder)
    assert wanted.parties == ("us", "zz_cn")
    ours, theirs = folder / "us.json", folder / "zz_cn.json"
    assert read_exercise(folder / "domain.json") == wanted
    assert read_exercise(folder / "domain.json", [ours, theirs]) == wanted
    assert read_exercise(ours) == read_exercise(ours, [theirs]) == wanted
    assert read_exercise(theirs).parties == ("zz_cn", "us")
    assert read_exercise(ours, rounds=5).rounds == 5


def test_numbers_by_a_step_and_no_reservation_bid(folder: Path) -> None:
    for name, plain, ends in (("us", OURS, (1, 0)), ("zz_cn", THEIRS, (0, 1))):
        made = deepcopy(plain)
        made[SPACE]["domain"]["issuesValues"] = {**ISSUES, "quota": {"range": [0.1, 0.4, 0.1]}}
        made[SPACE]["issueUtilities"]["quota"] = {
            "numberutils": {
                "lowValue": 0.1,
                "lowUtility": ends[0],
                "highValue": 0.4,
                "highUtility": ends[1],
            }
        }
        made[SPACE]["reservationBid"] = None
        (folder / f"{name}.json").write_text(json.dumps(made), encoding="utf-8")
    exercise = read_exercise(folder)
    assert exercise.issues[0].options == ("0.1", "0.2", "0.3", "0.4")
    assert exercise.issues[0].points[0] == pytest.approx((0.4, 0.4 * 2 / 3, 0.4 / 3, 0.0))
    assert exercise.walk_away == (0.0, 0.0)
    assert any("no reservation bid" in note for note in exercise.notes)


def _at(plain: Any, path: str, value: Any) -> None:
    *parents, last = path.split("/")
    for name in parents:
        plain = plain[name]
    if value is None:
        del plain[last]
    else:
        plain[last] = value


WRONG: dict[str, tuple[str, Any, str]] = {
    "no weight": ("issueWeights/quota", None, "issueWeights.quota: no such number"),
    "a weight of text": ("issueWeights/quota", "much", "issueWeights.quota: no such number"),
    "a utility above 1": (
        "issueUtilities/quota/DiscreteValueSetUtilities/valueUtilities/half",
        1.5,
        "a number from 0 to 1",
    ),
    "a value without utility": (
        "issueUtilities/quota/DiscreteValueSetUtilities/valueUtilities/half",
        None,
        "no utility of half",
    ),
    "another kind of utilities": ("issueUtilities/quota", {"fuzzy": {}}, "that are not read"),
    "no utilities": ("issueUtilities/licences", None, "issueUtilities.licences: is missing"),
    "another domain": ("domain/issuesValues", {"quota": {"values": ["a", "b"]}}, "of one domain"),
    "no domain": ("domain", None, "domain: is missing"),
    "a bid of no value": ("reservationBid/issuevalues/quota", "double", "no such value"),
    "a range of nothing": ("domain/issuesValues/quota", {"range": [1, 1, 1]}, "no such range"),
    "a range of a million": (
        "domain/issuesValues/quota",
        {"range": [0, 1e6, 1]},
        "too many values",
    ),
    "a range of text": ("domain/issuesValues/quota", {"range": ["x", "NaN", "y"]}, "no such range"),
    "no issues": ("domain/issuesValues", {}, "no issue"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_profile_is_refused_with_file_and_line(name: str, folder: Path) -> None:
    path, value, words = WRONG[name]
    made = deepcopy(OURS)
    _at(made[SPACE], path, value)
    (folder / "us.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        read_exercise(folder / "us.json")
    assert words in caught.value.message and ".json:" in str(caught.value.key)
    assert caught.value.cure or caught.value.allowed


OTHERS = {
    "a partial order": (
        '{"DefaultPartialOrdering": {"name": "x"}}',
        "not a linear additive profile",
    ),
    "no JSON": ('{"LinearAdditiveUtilitySpace": {', "not valid YAML"),
    "a name twice": ('{"LinearAdditiveUtilitySpace": {"name": "a", "name": "b"}}', "given twice"),
    "deep": ('{"LinearAdditiveUtilitySpace": ' + '{"a": ' * 500 + "1" + "}" * 501, "too deeply"),
    "nothing in it": ('{"LinearAdditiveUtilitySpace": 5}', "not a mapping"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_linear_profile_is_refused_in_words(name: str, folder: Path) -> None:
    text, words = OTHERS[name]
    (folder / "own.json").write_text(text, encoding="utf-8")
    with pytest.raises(SimError, match=words):
        read_exercise(folder / "own.json", [folder / "us.json"])


def test_three_profiles_in_a_folder_are_refused_with_what_to_name(folder: Path) -> None:
    (folder / "third.json").write_text(json.dumps(OURS), encoding="utf-8")
    with pytest.raises(SimError, match="not two profiles") as caught:
        read_exercise(folder)
    assert "profiles=" in str(caught.value.cure)


def test_the_command_plays_it_and_a_run_says_what_it_is(
    folder: Path, tmp_path: Path, capsys
) -> None:
    words = ["exercise", f"file={folder}", "runs=2", "error=0", "figures=none"]
    assert main([*words, f"folder={tmp_path / 'made'}"]) == 0
    with pytest.raises(SimError, match="not a scenario"):
        read_scenario(folder / "us.json")
