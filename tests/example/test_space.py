"""sim.example: the run that a result shows, lived again, and its offers, frontier and agreement in
one space.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.typical import typical_run
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.example import make_example
from sim.results.example import BargainingSpace, Example, read_example
from sim.results.results import load_results, save
from sim.vocabulary import TRACKS, happened


def example_of(scenario: Scenario, run: int, seed: int = 1) -> Example:
    """One run alone, which is then its own example."""
    table = pd.DataFrame({"run": [run], "outcome": ["breakdown"]})
    return make_example(scenario, seed, table)


def space_of(example: Example) -> BargainingSpace:
    assert example.space is not None
    return example.space


@pytest.fixture(scope="module")
def settled() -> Example:
    scenario = sim.load("scenario=breakthrough")
    examples = (example_of(scenario, run) for run in range(20))
    return next(example for example in examples if np.isfinite(space_of(example).deal).all())


def test_the_frontier_runs_from_the_best_of_one_side_to_the_best_of_the_other(
    settled: Example,
) -> None:
    for frontier in (space_of(settled).frontier, space_of(settled).frontier_all):
        assert (np.diff(frontier[:, 0]) <= 1e-9).all()
        assert (np.diff(frontier[:, 1]) >= -1e-9).all()


def test_no_offer_and_no_deal_lies_beyond_the_frontier(settled: Example) -> None:
    space = space_of(settled)
    us, cn = space.frontier[::-1].T
    for point in (*space.offer_us, *space.offer_cn, space.deal):
        if np.isfinite(point).all() and us[0] <= point[0] <= us[-1]:
            assert point[1] <= np.interp(point[0], us, cn) + 0.05


def test_more_issues_never_shrink_the_frontier(settled: Example) -> None:
    space = space_of(settled)
    assert space.frontier_all.sum(axis=1).max() >= space.frontier.sum(axis=1).max() - 1e-6


def test_the_nash_point_is_on_the_frontier_and_no_point_there_has_a_larger_product(
    settled: Example,
) -> None:
    space = space_of(settled)
    gains = np.maximum(space.frontier - space.reservation, 0.0)
    product = np.prod(space.nash - space.reservation)
    assert product >= gains.prod(axis=1).max() * (1 - 1e-9)


def test_the_deal_is_one_of_the_last_offers_and_ends_the_weeks(settled: Example) -> None:
    space = space_of(settled)
    events = settled.weeks["events"].to_numpy()
    made = happened(events, f"deal_{space.track}")
    assert settled.weeks["week"][made.argmax()] == space.week[-1]
    standing = np.vstack([space.offer_us[-1], space.offer_cn[-1]])
    assert np.isclose(standing, space.deal).all(axis=1).any()


@pytest.mark.parametrize("name", ["london_2025", "breakthrough", "escalation_2025"])
def test_its_weeks_are_those_that_agents_live(name: str) -> None:
    example = example_of(sim.load(f"scenario={name}"), 3)
    model = sim.TruceModel(sim.load(f"scenario={name}"), 1, 3, collect="model")
    model.run_model()
    agents = model.datacollector.get_model_vars_dataframe()
    for series in ("tariff.us", "tariff.cn", "offer_us.cn", "events", "queue.magnets"):
        np.testing.assert_array_equal(example.weeks[series], agents[series])


def test_an_agents_standing_offers_are_the_talks_of_the_track() -> None:
    london = sim.load()
    space = space_of(example_of(london, 0))
    model, heard = sim.TruceModel(london, 1, 0, collect="none"), []
    while model.week < space.week[-1]:
        model.step()
        if model.state.whole[0]["sides"]["standing"][:, TRACKS[space.track].code].any():
            heard.append(model.week)
    assert heard == space.week.tolist()


def test_it_repeats() -> None:
    one, two = example_of(sim.load(), 2, 3), example_of(sim.load(), 2, 3)
    pd.testing.assert_frame_equal(one.weeks, two.weeks)
    for name in (
        "week",
        "offer_us",
        "offer_cn",
        "reservation",
        "frontier",
        "frontier_all",
        "deal",
        "nash",
    ):
        np.testing.assert_array_equal(getattr(space_of(one), name), getattr(space_of(two), name))


def test_sides_that_never_talk_have_no_space() -> None:
    never = sim.load("scenario=escalation_2025", "truce.reentry.rate=0")
    assert example_of(never, 0).space is None


def test_deadlines_are_those_of_a_truce_that_is_always_extended() -> None:
    held = {
        "truce.window_weeks": 0,
        "truce.limbo_rate": 1.0,
        "truce.limbo": 100.0,
        "truce.lengths": "fixed",
        "truce.first_deadline_weeks": 9,
        "truce.length_weeks": 13,
    }
    london = sim.load(*(f"{name}={value}" for name, value in held.items()))
    assert example_of(london, 0).deadlines[:3].tolist() == [9, 22, 35]
    runs = sim.run(london, runs=200, weeks="none").runs
    lapsed = runs[(runs["lapses"] > 0) & (runs["endings"] == 0)]["weeks_to_first_break"]
    assert set(lapsed) <= set(example_of(london, 0).deadlines)
    later = sim.load("scenario=escalation_2025", "truce.length_weeks=10", "truce.lengths=fixed")
    assert example_of(later, 0).deadlines[:2].tolist() == [10, 20]


def test_of_bargained_lengths_only_the_first_deadline_is_known() -> None:
    assert example_of(sim.load(), 0).deadlines.tolist() == [9]
    assert not len(example_of(sim.load("truce.dated=false"), 0).deadlines)
    assert not len(example_of(sim.load("scenario=escalation_2025"), 0).deadlines)


def test_a_result_keeps_the_example_of_its_typical_run(tmp_path: Path) -> None:
    results = sim.run("london_2025", runs=30)
    kept = load_results(save(results, tmp_path).folder or tmp_path).example
    assert kept is not None
    assert results.example is not None
    assert kept.run == typical_run(results.runs).run
    pd.testing.assert_frame_equal(kept.weeks, results.example.weeks)
    for name in (
        "week",
        "offer_us",
        "offer_cn",
        "reservation",
        "frontier",
        "frontier_all",
        "deal",
        "nash",
    ):
        np.testing.assert_array_equal(
            getattr(space_of(kept), name), getattr(space_of(results.example), name)
        )


def test_an_example_that_called_its_track_a_table_is_read(tmp_path: Path) -> None:
    folder = save(sim.run("london_2025", runs=2, weeks="none"), tmp_path).folder or tmp_path
    file = folder / "example.json"
    file.write_text(file.read_text().replace('"track":', '"table":'))
    kept = read_example(folder)
    assert kept is not None and space_of(kept).track in TRACKS


def test_a_folder_without_one_has_none_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert read_example(tmp_path) is None
    saved = save(sim.run("london_2025", runs=2, weeks="none"), tmp_path)
    file = tmp_path / "example.json"
    for broken in (
        "",
        "[]",
        "{}",
        file.read_text()[:-40],
        file.read_text().replace('"nash": [', '"nash": [1, '),
    ):
        file.write_text(broken)
        with pytest.raises(SimError):
            read_example(saved.folder or tmp_path)
