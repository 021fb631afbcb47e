"""Case sheets, tables and domains are read as they are meant, or refused in words."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli import main
from sim.config.compose import load
from sim.config.errors import SimError
from sim.config.yaml import parse_yaml, to_yaml
from sim.exercises import Exercise, exercise_of, read_exercise, to_plain, write_exercise
from sim.theory.listed import OutcomeList
from tests.exercises.conftest import CASE_SHEET, TABLE, TOGETHER


def test_the_case_sheet_is_what_it_says(case_sheet: Exercise) -> None:
    assert case_sheet.parties == ("buyer", "owner") and case_sheet.walk_away == (90.0, 70.0)
    assert case_sheet.rounds == 6 and case_sheet.count == 5 * 3 * 3 * 2
    assert case_sheet.issues[0].options == ("40", "45", "50", "55", "60")
    package = {"price": "45", "handover": "March", "staff": "all kept", "old_name": "kept"}
    assert case_sheet.utilities[case_sheet.place(package)].tolist() == [
        75 + 60 + 15 + 30,
        25 + 0 + 80 + 30,
    ]
    assert case_sheet.package(case_sheet.place(package)) == package


def test_solutions_of_the_case_sheet_by_hand(case_sheet: Exercise) -> None:
    """Two packages have the product 5,850 = 90 * 65 = 65 * 90; nobody can gain beyond 210."""
    outcomes = case_sheet.outcomes
    nash = [case_sheet.utilities[n].tolist() for n in outcomes.nash]
    assert nash == [[180.0, 135.0], [155.0, 160.0]]
    assert outcomes.ideal == (210.0, 210.0)
    (fair,) = outcomes.kalai_smorodinsky
    assert case_sheet.utilities[fair].tolist() == [155.0, 160.0]


def test_points_of_combinations_are_added(sheets: dict[str, Path]) -> None:
    exercise = read_exercise(sheets["together"])
    assert exercise.name == "licences" and exercise.discount == (0.9, 1.0)
    both = exercise.place({"chips": "older", "magnets": "general"})
    assert exercise.utilities[both].tolist() == [4 + 5 + 1, 3 + 0 + 2]
    other = exercise.place({"chips": "older", "magnets": "per shipment"})
    assert exercise.utilities[other].tolist() == [4, 7]


def test_json_is_read_by_the_same_reader(sheets: dict[str, Path]) -> None:
    exercise = read_exercise(sheets["no_conflict"])
    (best,) = exercise.outcomes.frontier
    assert exercise.words(best) == "day Friday, room small"


def test_a_table_as_people_keep_it_is_read(sheets: dict[str, Path]) -> None:
    exercise = read_exercise(sheets["table"])
    assert exercise.parties == ("Buyer", "Seller") and exercise.walk_away == (10.0, 20.0)
    assert exercise.rounds == 6 and exercise.issues[0].points == ((100.0, 0.0), (0.0, 100.5))


@pytest.mark.parametrize("name", ["case_sheet", "together", "no_conflict", "no_zone", "table"])
def test_what_is_written_is_read_as_an_equal_exercise(name, sheets, tmp_path) -> None:
    exercise = read_exercise(sheets[name])
    write_exercise(exercise, tmp_path / "again.yaml")
    again = read_exercise(tmp_path / "again.yaml")
    assert again == exercise and np.array_equal(again.utilities, exercise.utilities)
    assert exercise_of(json.loads(json.dumps(to_plain(exercise)))) == exercise


POINT = st.integers(-1000, 1000).map(lambda n: n / 8)


@st.composite
def plain_sheets(draw: st.DrawFn) -> dict:
    """Plain data of an exercise of two to four issues."""
    issues = {}
    for k in range(draw(st.integers(2, 4))):
        count = draw(st.integers(2, 4))
        points = st.lists(POINT, min_size=count, max_size=count)
        options = [f"{chr(97 + n)}" for n in range(count)]
        issues[f"i{k}"] = {"options": options, "p": draw(points), "q": draw(points)}
    floors = {"p": draw(POINT), "q": draw(POINT)}
    return {
        "parties": ["p", "q"],
        "walk_away": floors,
        "rounds": draw(st.integers(1, 9)),
        "issues": issues,
    }


@given(plain_sheets())
def test_any_exercise_comes_back_from_its_file(plain: dict) -> None:
    exercise = exercise_of(plain)
    assert exercise_of(parse_yaml(to_yaml(to_plain(exercise)), "again").values) == exercise


@given(plain_sheets())
def test_the_frontier_is_the_frontier(plain: dict) -> None:
    """By comparing every package with every other."""
    points = exercise_of(plain).utilities
    better = (points[None] >= points[:, None]).all(axis=2) & (points[None] > points[:, None]).any(
        axis=2
    )
    efficient = {tuple(one) for one in points[~better.any(axis=1)].tolist()}
    frontier = points[exercise_of(plain).outcomes.frontier]
    assert {tuple(one) for one in frontier.tolist()} == efficient
    assert len(frontier) == len(efficient) and (np.diff(frontier[:, 0]) < 0).all()


@given(plain_sheets())
def test_solutions_are_the_best_of_all_packages_by_their_axioms(plain: dict) -> None:
    exercise = exercise_of(plain)
    outcomes, floors = exercise.outcomes, np.asarray(exercise.walk_away)
    gains = exercise.utilities - floors
    rational = gains[(gains >= 0.0).all(axis=1)]
    if not (rational > 0.0).all(axis=1).any():
        assert outcomes.nash == outcomes.kalai_smorodinsky == ()
        return
    assert gains[outcomes.nash[0]].prod() == pytest.approx(rational.prod(axis=1).max())
    shares = rational / rational.max(axis=0)
    found = gains[outcomes.kalai_smorodinsky[0]] / rational.max(axis=0)
    assert found.min() == pytest.approx(shares.min(axis=1).max())


def test_a_list_that_is_none_is_refused() -> None:
    for utilities, floors in (
        ([[1, 2, 3]], (0, 0)),
        ([], (0, 0)),
        ([[1, float("nan")]], (0, 0)),
        ([[1, 2]], (0,)),
    ):
        with pytest.raises(ValueError, match="must"):
            OutcomeList(np.asarray(utilities, float), floors)


# what a mutation of a good sheet must be told: the text replaced, its replacement, words of the message
BAD = [
    ("parties: [buyer, owner]", "partys: [buyer, owner]", "partys: no such key", "did you mean: parties"),
    ("parties: [buyer, owner]\n", "", "parties: is missing", "cure: parties: [buyer, owner]"),
    ("[buyer, owner]", "[buyer]", "parties: not two parties", "allowed: two names"),
    ("[buyer, owner]", "[buyer, owner, bank]", "parties: not two parties"),
    ("[buyer, owner]", "[buyer, buyer]", "parties: not two parties", "two different names"),
    ("[buyer, owner]", "[buyer, options]", "parties: not two parties"),
    ("[buyer, owner]", "[buyer, 7]", "parties, no. 2: not a name"),
    ("[buyer, owner]", "buyer", "parties: not two parties"),
    ("walk_away: {buyer: 90, owner: 70}\n", "", "walk_away: is missing", "points of each without agreement"),
    ("walk_away: {buyer: 90, owner: 70}", "walk_away: 90", "walk_away: not a number for each party"),
    ("owner: 70}", "woner: 70}", "walk_away.woner: no such key", "did you mean: owner", "walk_away.owner: is missing"),
    ("owner: 70}", "owner: seventy}", "walk_away.owner: not a number", "given: seventy"),
    ("owner: 70}", "owner: .inf}", "walk_away.owner: not a number", "finite"),
    ("owner: 70}", "owner: true}", "walk_away.owner: not a number"),
    ("owner: 70}", "owner: 1e12}", "walk_away.owner: out of bounds"),
    ("owner: 70}", "owner: 1e-30}", "walk_away.owner: too small to tell from 0"),
    ("rounds: 6\n", "", "rounds: is missing", "rounds=6 on the command line"),
    ("rounds: 6", "rounds: 0", "rounds: not a number of rounds", "from 1 to 10,000"),
    ("rounds: 6", "rounds: 2.5", "rounds: not a number of rounds", "given: 2.5"),
    ("rounds: 6", "rounds: six", "rounds: not a number of rounds"),
    ("rounds: 6", "rounds: 6\nround: 6", "round: no such key", "did you mean: rounds"),
    ("rounds: 6", "rounds: 6\ndiscount: {buyer: 1.2, owner: 1}", "discount.buyer: out of bounds", "0 to 1"),
    ("rounds: 6", "rounds: 6\nname: a/b", "name: not a name", "without . / \\ :"),
    ("rounds: 6", "rounds: 6\ntitle: [a]", "title: not text"),
    ("[40, 45, 50, 55, 60]", "[40, 45, 50, 55, 55]", "issues.price.options, no. 5: an option given twice"),
    ("[40, 45, 50, 55, 60]", "[40, 45, 50, 55]", "issues.price.buyer: not points for each option", "given: 5 points", "4 numbers"),
    ("[40, 45, 50, 55, 60]", "[40]", "issues.price.options: not options", "a list of 2 to 200"),
    ("[40, 45, 50, 55, 60]", "40-60", "issues.price.options: not options"),
    ("[40, 45, 50, 55, 60]", "[40, 45, {a: 1}, 55, 60]", "issues.price.options, no. 3: not an option"),
    ("[100, 75, 50, 25, 0]", "[100, 75, x, 25, 0]", "issues.price.buyer, no. 3: not a number", "given: x"),
    ("[100, 75, 50, 25, 0]", "[100, 75, , 25, 0]", "not valid YAML"),
    ("[100, 75, 50, 25, 0]", "[100, 75, ~, 25, 0]", "issues.price.buyer, no. 3: not a number", "an empty value"),
    ("[100, 75, 50, 25, 0]", "{40: 100, 45: 75, 50: 50, 55: 25, 65: 0}", "issues.price.buyer.65: no such key", "issues.price.buyer.60: is missing"),
    ("buyer: [60, 30, 0]", "byer: [60, 30, 0]", "issues.handover.byer: no such key", "did you mean: buyer", "issues.handover.buyer: is missing"),
    ("options: [March, June, September], ", "", "issues.handover.options: is missing"),
    ("{options: [kept, dropped], buyer: [30, 0], owner: [30, 0]}", "kept or dropped", "issues.old_name: not an issue"),
    ("  old_name:", "  price:", "given twice: first on line"),
    ("rounds: 6", "rounds: 6\ntogether: {price: 40}", "together: not combinations"),
    ("rounds: 6", "rounds: 6\ntogether: [{when: {price: 40}, buyer: 1}]", "together, no. 1, when: needs options of two issues"),
    ("rounds: 6", "rounds: 6\ntogether: [{when: {price: 41, staff: all kept}, buyer: 1}]", "together, no. 1, when.price: no such option", "did you mean: 4"),
    ("rounds: 6", "rounds: 6\ntogether: [{when: {prise: 40, staff: all kept}, buyer: 1}]", "together, no. 1, when.prise: no such key", "did you mean: price"),
    ("rounds: 6", "rounds: 6\ntogether: [{when: {price: 40, staff: all kept}, bank: 1}]", "together, no. 1, bank: no such key"),
    ("rounds: 6", "rounds: &x 6", "an anchor"),
    ("[buyer, owner]", "!!python/name:os.system [buyer, owner]", "a tag"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"), [(old, new, said) for old, new, *said in BAD], ids=range(len(BAD))
)
def test_a_bad_sheet_is_refused_in_words_with_its_line(old, new, said, tmp_path) -> None:
    assert old in CASE_SHEET
    path = tmp_path / "sheet.yaml"
    path.write_text(CASE_SHEET.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        read_exercise(path)
    for words in said:
        assert words in str(caught.value)
    assert "sheet.yaml" in str(caught.value)


ODD = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1.5,
        "",
        "x",
        " x ",
        "\u0000",
        [],
        [1],
        {},
        {"a": 1},
        float("nan"),
        10**30,
        "9" * 300,
        [[1, 2]] * 3,
    ]
)


@given(st.data())
def test_whatever_stands_in_a_sheet_it_is_read_or_refused_in_words(data: st.DataObject) -> None:
    """Values, keys and lists of a good sheet replaced at random, up to three at once."""
    plain = parse_yaml(data.draw(st.sampled_from([CASE_SHEET, TOGETHER])), "sheet").values
    for _ in range(data.draw(st.integers(1, 3))):
        node: Any = plain
        while isinstance(node, (dict, list)) and node:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            key = data.draw(st.sampled_from(keys))
            if isinstance(node[key], (dict, list)) and node[key] and data.draw(st.booleans()):
                node = node[key]
                continue
            if isinstance(node, dict) and data.draw(st.booleans()):
                node[data.draw(st.sampled_from(["x", "", "a.b", "options"]))] = node.pop(key)
            else:
                node[key] = deepcopy(data.draw(ODD))
            break
    try:
        exercise = exercise_of(plain)
    except SimError as error:
        assert error.exit_code == 2 and "Traceback" not in str(error)
        return
    assert np.isfinite(exercise.utilities).all() and exercise_of(to_plain(exercise)) == exercise


def test_everything_that_is_wrong_is_said_at_once(tmp_path) -> None:
    text = CASE_SHEET.replace("rounds: 6", "rounds: 0").replace("100, 75", "100, x")
    (tmp_path / "s.yaml").write_text(text.replace("[60, 30, 0]", "[60, 30]"), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        read_exercise(tmp_path / "s.yaml")
    assert len(caught.value.others) == 2 and "s.yaml:5: issues.price.buyer, no. 2" in str(
        caught.value
    )


def test_too_many_packages_are_refused_before_they_are_made() -> None:
    issue = {"options": list(range(100)), "p": [0] * 100, "q": [0] * 100}
    plain = {"parties": ["p", "q"], "walk_away": {"p": 0, "q": 0}, "rounds": 2}
    with pytest.raises(SimError, match="too many packages"):
        exercise_of({**plain, "issues": {f"i{k}": issue for k in range(20)}})


BAD_TABLES = [
    (
        "Buyer;Seller",
        "Buyer;Seller;Bank",
        ["not a table of points", "a column of points for each party"],
    ),
    ("issue;option", "issue;choice", ["not a table of points"]),
    ("100,5", "much", ["Seller, row 3, column D", "not a number", "given: much"]),
    ("walk away;;10;20\n", "", ["walk away is missing", "a row"]),
    ("walk away;;10;20", "walk away;;10;", ["Seller, row 6, column D", "an empty cell"]),
    ("rounds;6;;\n", "", ["rounds: is missing"]),
    (";long;0;3", ";short;0;3", ["option, row 5, column B", "given twice"]),
    ("price;40", ";40", ["issue, row 2, column A", "an empty cell"]),
]


@pytest.mark.parametrize(("old", "new", "said"), BAD_TABLES, ids=range(len(BAD_TABLES)))
def test_a_bad_table_is_refused_with_row_and_column(old, new, said, tmp_path) -> None:
    (tmp_path / "t.csv").write_text(TABLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        read_exercise(tmp_path / "t.csv")
    for words in said:
        assert words in str(caught.value)


@pytest.mark.parametrize("given", [None, 3, [], "text", {}, {"issues": 3, "parties": None}])
def test_what_is_no_mapping_of_a_sheet_is_refused(given) -> None:
    with pytest.raises(SimError):
        exercise_of(given)


def test_a_scenario_door_says_what_a_case_sheet_is_for(sheets, tmp_path, capsys) -> None:
    path = sheets["case_sheet"]
    with pytest.raises(SimError, match="tariffsim exercise file="):
        load(file=path)
    for verb in ("run", "sweep", "compare left=london"):
        assert main([*verb.split(), f"file={path}", f"out={tmp_path}"]) == 2
    assert main(["run", "file=domain.xml", f"out={tmp_path}"]) == 2
    said = capsys.readouterr().err
    assert "domain.xml: a domain, not a scenario" in said
    assert said.count("a case sheet, not a scenario") >= 2 and not list(tmp_path.iterdir())


def test_all_faulty_rows_of_a_table_are_said_at_once(tmp_path) -> None:
    (tmp_path / "t.csv").write_text(
        "issue,option,buyer,owner\nprice,40,100,0\n,50,,50\nstaff,none kept,,0\n,all kept,15,x\n"
        "walk away,,20,30\nrounds,many,,\n"
    )
    with pytest.raises(SimError) as caught:
        read_exercise(tmp_path / "t.csv")
    text = str(caught.value)
    for place in ("row 3, column C", "row 4, column C", "row 5, column D", "row 7, column B"):
        assert text.count(place) == 1
