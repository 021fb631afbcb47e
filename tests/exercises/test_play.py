"""Strategies over a list of packages: their exact moves, the rules that no agreement breaks, and
that names and order of a sheet change nothing.
"""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.config.errors import SimError
from sim.exercises import PLAYED, Exercise, exercise_of, play_exercise, read_exercise, to_plain
from sim.exercises.play import Deal, Offers, Table, believed_weights, offers_of
from sim.exercises.values import Measures
from sim.vocabulary import STRATEGIES
from tests.exercises.test_sheet import plain_sheets

# a pie of four pieces: five packages, both without anything where they walk away
PIE = np.asarray([[4.0, 0.0], [3.0, 1.0], [2.0, 2.0], [1.0, 3.0], [0.0, 4.0]])
EVERY = (Offers(np.arange(5), 4.0), Offers(np.arange(4, -1, -1), 4.0))


def pie(rounds: int) -> Table:
    """A table over the pie at which each offers every package, its own best first."""
    table = Table(PIE, (0.0, 0.0), rounds)
    table.seat(EVERY)
    return table


def offered(table: Table, party: int) -> list[float]:
    """What the offers of a party left for itself, in order."""
    places = table.path[:, party]
    return [float(PIE[table.listed[party][n], party]) for n in places if n >= 0]


def test_micro_gives_one_package_for_each_new_one_of_the_other() -> None:
    """4, 3, 2 and the other's 2 is taken: de Jonge 2022, by hand."""
    table = pie(10)
    assert table.play(("micro", "micro"), 0) == Deal(place=2, round=3, proposer=0)
    assert offered(table, 0) == [4.0, 3.0, 2.0] and offered(table, 1) == [4.0, 3.0]


def test_micro_repeats_itself_while_the_other_does() -> None:
    table = pie(6)
    assert table.play(("micro", "hardliner"), 0) == Deal(place=1, round=6, proposer=0)
    assert offered(table, 0) == [4.0, 3.0, 3.0, 3.0, 3.0, 3.0]
    assert offered(table, 1) == [4.0, 4.0, 4.0, 4.0, 4.0]


def test_time_dependent_offers_the_least_package_above_its_aspiration() -> None:
    """4 (1 - s**(1/0.55)) at s = 1/4, 2/4, 3/4, 1: 3.68, 2.87, 1.63, 0."""
    table = pie(4)
    aspirations = [4.0 * (1.0 - (n / 4) ** (1.0 / 0.55)) for n in (1, 2, 3, 4)]
    assert [round(a, 2) for a in aspirations] == [3.68, 2.87, 1.63, 0.0]
    assert table.play(("time_dependent", "time_dependent"), 0) == Deal(2, 3, 0)
    assert offered(table, 0) == [4.0, 3.0, 2.0]


def test_tit_for_tat_gives_what_it_was_given() -> None:
    """Each piece that micro gives up is given back in the next turn, until 2 meets 2."""
    table = pie(10)
    assert table.play(("tit_for_tat", "micro"), 0) == Deal(place=2, round=4, proposer=1)
    assert offered(table, 0) == [4.0, 4.0, 3.0] and offered(table, 1) == [4.0, 3.0, 2.0]
    assert table.play(("tit_for_tat", "tit_for_tat"), 0) is None
    assert offered(table, 0) == offered(table, 1) == [4.0] * 10


def test_hardliner_gives_nothing_before_the_last_of_twenty_rounds() -> None:
    """0.95 of the clock are nineteen rounds; in the last, who speaks first takes what stands."""
    table = pie(20)
    assert table.play(("hardliner", "hardliner"), 1) == Deal(place=0, round=20, proposer=0)
    assert offered(table, 0) == offered(table, 1) == [4.0] * 19


def test_nothing_below_a_walk_away_is_accepted_whatever_is_offered() -> None:
    """Both go down a whole list of which no package is worth what they have without agreement."""
    table = Table(PIE, (5.0, 5.0), 10)
    table.seat(EVERY)
    assert table.play(("micro", "micro"), 0) is None
    assert offered(table, 0)[-1] == offered(table, 1)[-1] == 0.0


@pytest.mark.parametrize("name", PLAYED)
def test_who_has_nothing_to_offer_ends_without_agreement(name: str) -> None:
    table = Table(PIE, (9.0, 9.0), 5)
    table.seat((Offers(np.zeros(0, int), 9.0), Offers(np.zeros(0, int), 9.0)))
    assert table.play((name, name), 0) is None and (table.path == -1).all()


def test_every_strategy_of_the_house_is_played_or_refused_with_its_reason(case_sheet) -> None:
    assert PLAYED == ("time_dependent", "tit_for_tat", "micro", "hardliner")
    for name in STRATEGIES.names:
        if name not in PLAYED:
            with pytest.raises(SimError, match="continuous frontier"):
                play_exercise(case_sheet, (name, "micro"))


def plays(exercise: Exercise, error: float, run: int = 0) -> list[tuple[tuple, Deal | None, Table]]:
    """Every pair of strategies in either order, under one draw of beliefs."""
    weights = believed_weights(exercise, error, 1, run)
    table = Table(exercise.utilities, exercise.walk_away, exercise.rounds)
    table.seat((offers_of(exercise, 0, weights[0]), offers_of(exercise, 1, weights[1])))
    return [
        ((pair, opener), table.play(pair, opener), table)
        for pair in product(PLAYED, repeat=2)
        for opener in (0, 1)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain_sheets(), st.sampled_from([0.0, 0.5]))
def test_no_agreement_is_below_a_walk_away_or_beyond_the_rounds(plain: dict, error: float) -> None:
    exercise = exercise_of(plain)
    for _, deal, _ in plays(exercise, error):
        if deal is not None:
            assert (exercise.utilities[deal.place] >= exercise.walk_away).all()
            assert 1 <= deal.round <= exercise.rounds


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain_sheets())
def test_what_is_agreed_by_parties_that_know_all_is_efficient(plain: dict) -> None:
    exercise = exercise_of(plain)
    efficient = Measures(exercise).efficient
    assert all(efficient[deal.place] for _, deal, _ in plays(exercise, 0.0) if deal is not None)


def shuffled(plain: dict, order: list[int], names: dict[str, str]) -> dict:
    """The same exercise with its issues in another order and under other names, options reversed."""
    listed = list(plain["issues"].items())
    issues = {}
    for k in order:
        name, issue = listed[k]
        options = [names.get(one, one) for one in reversed(issue["options"])]
        issues[f"other {name}"] = {"options": options, **{p: issue[p][::-1] for p in ("p", "q")}}
    return {**plain, "issues": issues}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain_sheets(), st.randoms(use_true_random=False), st.sampled_from([0.0, 0.4]))
def test_names_and_order_of_issues_and_options_change_no_score(plain: dict, chance, error) -> None:
    order = list(range(len(plain["issues"])))
    chance.shuffle(order)
    other = exercise_of(shuffled(plain, order, {"a": "first", "b": "second"}))
    one = exercise_of(plain)
    assert np.array_equal(np.sort(one.utilities, axis=0), np.sort(other.utilities, axis=0))
    first, second = (play_exercise(x, error=error, runs=2) for x in (one, other))
    for table in ("ranking", "pairs", "tests"):
        pd.testing.assert_frame_equal(
            getattr(first, table), getattr(second, table), check_exact=True
        )
    assert first.answer == second.answer


def test_swapping_the_parties_swaps_the_scores(case_sheet: Exercise) -> None:
    plain = to_plain(case_sheet)
    swapped = exercise_of({**plain, "parties": plain["parties"][::-1]})
    one, other = play_exercise(case_sheet, error=0.0), play_exercise(swapped, error=0.0)
    for party in case_sheet.parties:
        a, b = (x.of(party).set_index("strategy")["points"].sort_index() for x in (one, other))
        pd.testing.assert_series_equal(a, b)


def test_the_case_sheet_without_errors_is_exact(case_sheet: Exercise) -> None:
    """Points by hand of the row of micro as buyer: 155, 155, (155 + 180) / 2 and 205."""
    study = play_exercise(case_sheet, error=0.0, runs=50)
    assert study.exact and study.runs == 1
    table = study.pairs.set_index(["strategy.buyer", "strategy.owner"])["points.buyer"]
    expected = {"time_dependent": 155.0, "tit_for_tat": 155.0, "micro": 167.5, "hardliner": 205.0}
    assert table.loc["micro"].to_dict() == expected
    best = study.of("buyer").iloc[0]
    assert best["strategy"] == "micro" and best["points"] == best["low"] == best["high"] == 170.625
    assert "interval" not in study.answer and "as buyer, micro comes first" in study.answer
    # of 32 negotiations the two of tit for tat with itself
    assert study.answer.endswith("; 6 % of negotiations end without agreement")


def test_intervals_and_corrected_tests_decide_who_comes_first(case_sheet: Exercise) -> None:
    study = play_exercise(case_sheet, runs=100, seed=3)
    for party in case_sheet.parties:
        ranking = study.of(party)
        assert ranking["points"].is_monotonic_decreasing
        assert (ranking["low"] <= ranking["points"]).all()
        assert abs(ranking["advantage"].sum()) < 1e-9
        tests = study.tests[study.tests["party"] == party]
        first = ranking["strategy"].iloc[0]
        own = tests[(tests["one"] == first) | (tests["other"] == first)]
        assert (len(study.first(party)) == 1) == bool((own["p_holm"] < 0.05).all())
    few = play_exercise(case_sheet, ("micro", "tit_for_tat"), runs=2, seed=3)
    assert "comes first" not in few.lead("owner")


def test_a_tie_is_told_as_a_tie(sheets: dict[str, Path]) -> None:
    """Where both want the same, all agree on it at once; where nothing can be agreed, it is said."""
    study = play_exercise(read_exercise(sheets["no_conflict"]))
    assert "as left, all strategies earn the same, 5 points" in study.answer
    assert "as right, all strategies earn the same, 5 points" in study.answer
    assert "comes first" not in study.answer and study.agreement == 1.0
    nothing = play_exercise(read_exercise(sheets["no_zone"]))
    assert "nothing can be agreed" in nothing.answer
    assert (nothing.ranking["points"] == 8.0).all() and nothing.agreement == 0.0


def test_a_shared_first_place_is_shared() -> None:
    """Both take the one package that leaves them something, in whatever way."""
    plain = {"parties": ["p", "q"], "walk_away": {"p": 1, "q": 1}, "rounds": 4,
             "issues": {"x": {"options": ["a", "b", "c"], "p": [9, 5, 0], "q": [0, 5, 9]}}}  # fmt: skip
    study = play_exercise(exercise_of(plain), error=0.0)
    assert study.lead("p").startswith("all strategies earn the same")
    assert not study.ranking["better_than"].any()


def test_measures_of_no_surplus_are_missing(sheets: dict[str, Path]) -> None:
    study = play_exercise(read_exercise(sheets["no_zone"]), error=0.0)
    missing = ["efficient", "nash_ratio", "distance.nash", "distance.kalai_smorodinsky", "round"]
    assert study.pairs[missing].isna().all().all()
    assert list(study.solutions["solution"]) == []


def test_a_discount_counts_later_agreements_less(sheets: dict[str, Path]) -> None:
    """The walk-away counts as in the last round, an agreement in the first in full."""
    plain = {"parties": ["p", "q"], "walk_away": {"p": 4, "q": 4}, "rounds": 3, "discount": {"p": 0.5, "q": 1},
             "issues": {"x": {"options": ["a", "b"], "p": [9, 0], "q": [0, 9]}}}  # fmt: skip
    study = play_exercise(exercise_of(plain), error=0.0)
    assert (study.of("p")["points"] == 2.0).all() and (study.of("q")["points"] == 4.0).all()
    same = {**plain, "issues": {"x": {"options": ["a", "b"], "p": [9, 0], "q": [9, 0]}}}
    assert (play_exercise(exercise_of(same), error=0.0).of("p")["points"] == 9.0).all()


def test_errors_about_the_other_make_agreements_worse(case_sheet: Exercise) -> None:
    sizes = [
        play_exercise(case_sheet, error=error, runs=60).pairs["efficient"].mean()
        for error in (0.0, 0.4, 1.5)
    ]
    assert sizes[0] == 1.0 and all(less < more for more, less in pairwise(sizes))


def test_the_same_seed_gives_the_same_tables(case_sheet: Exercise) -> None:
    one, other = (play_exercise(case_sheet, runs=5, seed=9) for _ in range(2))
    for name in ("ranking", "pairs", "tests", "packages", "solutions"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    third = play_exercise(case_sheet, runs=5, seed=10)
    assert not third.pairs["points.buyer"].equals(one.pairs["points.buyer"])


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"strategies": ("micro",)}, "strategies"),
        ({"strategies": ("micro", "micro")}, "strategies"),
        ({"strategies": ("micro", "macro")}, "strategies"),
        ({"error": -0.1}, "error"),
        ({"error": 2.5}, "error"),
        ({"error": True}, "error"),
        ({"error": float("nan")}, "error"),
        ({"runs": 1}, "runs"),
        ({"runs": 2.5}, "runs"),
        ({"seed": -1}, "seed"),
        ({"largest": 0}, "largest"),
        ({"runs": 10_000_000, "largest": 0.001}, "largest"),
    ],
    ids=str,
)
def test_arguments_that_will_not_do_are_refused_by_name(given, key, case_sheet) -> None:
    with pytest.raises(SimError) as caught:
        play_exercise(case_sheet, **given)
    assert caught.value.key == key


def test_another_thing_than_an_exercise_is_refused() -> None:
    with pytest.raises(SimError, match="not an exercise"):
        play_exercise(json.loads("{}"))
