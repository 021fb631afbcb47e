"""The tournament plays every pair, ranks by the payoff, corrects its tests, and is written
atomically.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.paired import holm, paired_tests
from sim.batch import Figures
from sim.cli import main
from sim.config.compose import load, read_scenario
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.studies.folder import Order
from sim.tournament import Tournament, tournament
from sim.tournament.figure import ranking_figures
from sim.tournament.play import _ranking
from sim.tournament.write import write_tournament
from sim.validation.symmetry import NOTHING_PRIVATE
from sim.vocabulary import OUTCOMES

NAMES = ("time_dependent", "hardliner", "micro")


@pytest.fixture(scope="module")
def played() -> Tournament:
    return tournament([load("scenario=london")], NAMES, runs=40)


def test_holm_corrects_as_published() -> None:
    assert holm(np.asarray([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])


def test_every_pair_is_played_and_the_same_seed_gives_the_same_tables(played) -> None:
    again = tournament([load("scenario=london")], NAMES, runs=40)
    assert len(played.pairs) == 9 and len(played.tests) == 3
    for name in ("pairs", "ranking", "tests"):
        pd.testing.assert_frame_equal(getattr(played, name), getattr(again, name), check_exact=True)


def test_advantages_are_against_the_mean_and_best_comes_first(played) -> None:
    ranking = played.ranking
    assert ranking["advantage"].is_monotonic_decreasing
    assert abs(ranking["advantage"].sum()) < 1e-9
    assert np.allclose(
        ranking["advantage"], (ranking["us.advantage"] + ranking["cn.advantage"]) / 2
    )
    assert (
        (ranking["low"] <= ranking["advantage"]) & (ranking["advantage"] <= ranking["high"])
    ).all()
    assert np.allclose(played.pairs[list(OUTCOMES)].sum(axis=1), 1.0)


NO_INTERIM_TALKS = {
    f"truce.talks.{when}_rate": 0.0 for when in ("interim", "protest", "measure", "threat")
}
OWN = "{{owner: {owner}, track: trade, driver: constant, benefit: {benefit}, linear_cost: 2, convex_cost: 10, phase_in_weeks: 1}}"


def own_payoffs(benefit: float) -> Scenario:
    """London's clock over two issues alone, one of each side, each worth ``benefit`` to the other
    and up to 12 to its owner, which any gain settles. No interim package gives both what no
    strategy has asked for.
    """
    london = load()
    given = {
        "spectrum": OWN.format(owner="us", benefit=benefit),
        "fisheries": OWN.format(owner="cn", benefit=benefit),
    }
    return load(
        *(f"~issues.{name}" for name in london.issues),
        *(f"+issues.{name}={item}" for name, item in given.items()),
    ).change({**NOTHING_PRIVATE, **NO_INTERIM_TALKS})


@pytest.fixture(scope="module")
def decided() -> Tournament:
    """A tournament in which one strategy comes first beyond chance."""
    return tournament([own_payoffs(30)], NAMES, runs=40)


def test_what_is_bargained_over_decides_the_ranking(decided) -> None:
    assert decided.ranking["low"].iloc[0] > 0.0
    assert (
        np.ptp(decided.pairs["welfare_loss.us"]) < 0.01
    )  # tariffs and lost output say nothing here
    assert "comes first" in decided.answer


@pytest.mark.parametrize("names", [NAMES, ("tit_for_tat", "equilibrium")])
def test_a_tie_is_reported_as_a_tie(names: tuple[str, ...]) -> None:
    result = tournament([own_payoffs(0)], names, runs=6)
    assert result.answer.startswith("all strategies have the same payoff")
    assert "comes first" not in result.answer
    assert "All strategies have the same payoff" in ranking_figures(result)[
        "ranking"
    ].get_suptitle().replace("\n", " ")


def test_two_that_share_the_first_place_are_both_named() -> None:
    ranking = pd.DataFrame({"strategy": ["a", "b_c", "d"], "advantage": [1.0, 1.0, -2.0]})
    assert Tournament(ranking, ranking, ranking, {}, runs=2, seed=1).tied == ["a", "b c"]


def test_a_strategy_that_always_spares_more_beats_the_others_and_equal_ones_do_not() -> None:
    draw = np.random.default_rng(1).normal(size=50)
    both = pd.DataFrame({"a": 1.1 * draw + 1.0, "b": draw, "c": draw})
    tests = paired_tests(both)
    ranking = _ranking(both, {"us": both, "cn": both}, tests).set_index("strategy")
    assert ranking["better_than"].to_dict() == {"a": 2, "b": 0, "c": 0}
    assert tests.set_index(["one", "other"]).loc[("b", "c"), "p"] == 1.0


def test_the_folder_holds_what_is_needed_to_play_it_again(played, tmp_path) -> None:
    words = ["scenarios=london", "out=/somewhere"]
    folder = write_tournament(played, Order(out=tmp_path, words=words, style=Figures(format="png")))
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "codebook.csv",
        "figures/ranking.png",
        "manifest.json",
        "pairs.csv",
        "ranking.csv",
        "report.html",
        "scenario.yaml",
        "tests.csv",
    ]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run"] == {"runs": 40, "seed": 1, "threads": 0, "name": ""} and manifest[
        "entrants"
    ] == list(NAMES)
    assert "/somewhere" not in json.dumps(manifest)
    assert read_scenario(folder / "scenario.yaml") == load("scenario=london")
    assert len(pd.read_csv(folder / "pairs.csv")) == 9


def test_the_figure_says_who_comes_first_if_anyone_and_labels_its_axes(played, decided) -> None:
    assert decided.ranking["better_than"].max() > 0
    for result in (played, decided):
        figure = ranking_figures(result)["ranking"]
        title = figure.get_suptitle().lower().replace("\n", " ")
        first = result.ranking["strategy"].iloc[0].replace("_", " ")
        someone = result.ranking["better_than"].max() > 0
        assert (first in title) == someone == ("no strategy stands out" not in title)
        assert all(ax.get_xlabel() for ax in figure.axes)
        assert "bn USD" in figure.axes[0].get_xlabel()


@pytest.mark.parametrize(
    ("strategies", "runs"),
    [(("micro",), 10), (("micro", "micro"), 10), (("micro", "macro"), 10), (NAMES, 1)],
)
def test_what_cannot_be_compared_is_refused(strategies, runs) -> None:
    with pytest.raises(SimError):
        tournament([load("scenario=london")], strategies, runs=runs)


def test_the_verb_plays_several_scenarios_with_settings_of_its_own(tmp_path, capsys) -> None:
    words = [
        "scenarios=london,breakthrough",
        "strategies=micro,hardliner",
        "runs=10",
        "truce.length_weeks=26",
        "name=both",
    ]
    assert main(["tournament", *words, "figures.format=png", f"out={tmp_path}"]) == 0
    out = capsys.readouterr().out
    folder = Path(out.split("results: ")[1].split("\n")[0])
    assert folder.name.startswith("both-")
    assert "the mean strategy" in out.split("answer: ")[1]
    assert read_scenario(folder / "scenario-breakthrough.yaml").truce.length_weeks == 26


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scenarios=lodnon"], "london"),
        (["scenarios=london,london"], "all with different names"),
        (["strategies=micro,mircro"], "micro"),
        (["strategies=micro"], "two strategies"),
        (["us.strategy.kind=micro"], "not for tournament"),
        (["scenarios=london", "scenario=geneva"], "given twice"),
        (["runs=1"], "runs"),
        (["--fast"], "not an option"),
        (["london"], "not a word"),
    ],
)
def test_bad_words_end_with_two_and_leave_nothing(words, said, tmp_path, capsys) -> None:
    assert main(["tournament", *words, f"out={tmp_path}"]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "given",
    [{"runs": value} for value in (1, 2.5, "3", None, True)]
    + [{"seed": value} for value in (-1, 1.5, "1", None, 2**64)]
    + [{"threads": value} for value in (-1, "2", None)]
    + [
        {"scenarios": value}
        for value in ([], ["london_2025", "london_2025"], "london_2025", None, [3])
    ],
    ids=str,
)
def test_arguments_that_will_not_do_are_refused_by_name(given):
    arguments = {"scenarios": ["london_2025"], "runs": 2, **given}
    with pytest.raises(SimError) as caught:
        tournament(arguments.pop("scenarios"), ("micro", "hardliner"), **arguments)
    assert caught.value.key == next(iter(given))
