"""The least change of the model: its tables, its answer and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import sim
from sim.batch import Figures, Run
from sim.config.compose import read_scenario
from sim.config.errors import SimError
from sim.results.manifest import read_manifest
from sim.studies.folder import Order
from sim.studies.least_change import LEAST, TABLES, Reach, reach, tables_again
from sim.studies.reach_figure import reach_figure
from sim.studies.reach_write import write_reach

FEW = ("resolve.trade:1..17", "truce.extension_cost")
PROJECTOR = Figures(width=10.0, height=5.625, text_size=20.0)


@pytest.fixture(scope="module")
def found() -> Reach:
    return reach("london", "narrow_deal", 0.4, caps={"breakdown": 0.2}, levers=FEW, runs=120)


def test_the_share_is_that_of_the_scenario_run_with_the_fresh_seed(found) -> None:
    runs = sim.run(found.scenarios[LEAST], runs=120, seed=found.fresh, weeks="none").runs
    row = found.changes.iloc[0]
    assert row["share"] == (runs["outcome"] == "narrow_deal").mean()
    assert row["breakdown"] == (runs["outcome"] == "breakdown").mean()
    assert found.shares_of(LEAST, "narrow_deal") == (row["share"], row["low"], row["high"])
    assert f"{100 * row['share']:.1f} %" in found.answer


def test_the_least_change_is_of_fewest_levers_and_smallest_and_near_its_target(found) -> None:
    assert found.changes["name"].iloc[0] == LEAST and found.changes["levers"].iloc[0] == 1
    same = found.changes[found.changes["levers"] == 1]
    assert same["size"].is_monotonic_increasing
    assert 0.3 < found.changes["share"].iloc[0] < 0.6
    assert (found.changes["verdict"] != "falls short on fresh draws").all()


def test_the_size_is_the_move_in_units_of_the_plausible_range(found) -> None:
    moves = found.moves[found.moves["name"] == LEAST]
    assert set(moves["setting"]) == {"us.resolve.trade", "cn.resolve.trade"}
    way = (moves["to"].astype(float) - moves["from"].astype(float)).abs().max()
    assert found.changes["size"].iloc[0] == pytest.approx(way / 16.0)  # asked over 1 to 17
    after = found.scenarios[LEAST]
    assert after.us.resolve.trade == after.cn.resolve.trade == float(moves["to"].iloc[0])


def test_the_front_has_more_than_one_point_and_holds_the_answer(found) -> None:
    one = found.front[found.front["levers"] == 1]
    assert len(one) >= 4 and one["size"].is_monotonic_increasing
    assert found.changes["change"].iloc[0] in set(one["change"])
    assert one["share"].iloc[-1] - one["share"].iloc[0] > 0.1
    assert set(found.front["levers"]) <= {1, 2}


def test_the_same_seed_gives_the_same_tables_whatever_the_threads(found) -> None:
    caps = {"breakdown": 0.2}
    again = reach("london", "narrow_deal", 0.4, caps=caps, levers=FEW, runs=120, threads=1)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name), check_exact=True)


def test_a_target_that_is_met_says_so_and_moves_nothing() -> None:
    met = reach("breakthrough", share=0.3, levers=FEW, runs=60)
    assert met.met and "already" in met.answer and met.changes.empty
    assert not met.start.diff(sim.load("scenario=breakthrough"))


def test_a_target_that_fresh_draws_do_not_bear_out_is_met_on_the_draws_of_the_choice() -> None:
    met = reach(outcome="narrow_deal", share=0.2, levers=["resolve.trade"], runs=40, seed=7)
    assert met.met and met.shares_of("start", "narrow_deal")[0] < 0.2
    assert "already in the draws of the choice" in met.answer


def test_a_target_that_the_draws_of_the_screen_happen_to_meet_is_looked_for_all_the_same() -> None:
    """London's narrow deals come in .19 of runs, and in .30 of the 40 that screen levers here."""
    found = reach(outcome="narrow_deal", share=0.3, levers="resolve.trade:1..24", runs=40)
    assert not found.met and len(found.changes) > 0


def test_without_a_target_the_front_says_how_far_levers_go() -> None:
    free = reach(levers=["us.resolve.trade"], runs=60, outcome="narrow_deal")
    best = free.front.loc[free.front["share"].idxmax(), "change"]
    assert "highest share" in free.answer and best in free.answer
    assert free.changes.empty and len(free.front) > 2


def test_what_cannot_be_reached_is_refused_with_the_best_that_was_found() -> None:
    with pytest.raises(SimError) as caught:
        reach(share=0.99, levers=["resolve.trade"], runs=60, outcome="narrow_deal")
    assert "not reached" in str(caught.value) and "price of settling trade" in str(caught.value)
    assert caught.value.key == "share"


def test_what_cannot_happen_is_refused_with_the_reason() -> None:
    with pytest.raises(SimError, match="no issue is bargained on the semiconductors track"):
        reach(sim.load("~issues.ai_chips"), share=0.5, levers=["resolve.trade"], runs=20)


def test_sides_apart_are_recorded_and_made_again(tmp_path) -> None:
    free = reach(levers="foresight", sides="apart", runs=40, most=1)
    assert free.levers == ("Washington's foresight", "Beijing's foresight")
    folder = write_reach(free, Order(out=tmp_path, style=Figures(draw=False)))
    again = tables_again(read_manifest(folder / "manifest.json"), Run(runs=40, seed=1), None)
    pd.testing.assert_frame_equal(again["front"], free.front, check_exact=True)


def test_no_change_of_the_front_breaks_a_rule_between_settings() -> None:
    free = reach(levers=["calendar.horizon_weeks:20..104"], runs=40, outcome="tactical_pause")
    weeks = [int(change.rpartition(" to ")[2]) for change in free.front["change"]]
    assert len(weeks) > 0
    for horizon in weeks:
        sim.load(f"weeks={horizon}")


def test_over_the_settings_shares_are_of_other_points_too() -> None:
    over = reach(levers=["resolve.trade"], over="settings", runs=128, outcome="narrow_deal")
    here = reach(levers=["resolve.trade"], runs=128, outcome="narrow_deal")
    assert "plausible values" in over.answer and "scenario's other settings" in here.answer
    wide, narrow = (
        np.subtract(*one.shares_of("start", "narrow_deal")[:0:-1]) for one in (over, here)
    )
    assert wide > narrow


def test_the_folder_holds_tables_scenarios_page_and_report(found, tmp_path) -> None:
    folder = write_reach(found, Order(folder=tmp_path, style=Figures(format="png")))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {f"{name}.csv" for name in TABLES} | {"figures/reach.png", "report.html"} <= files
    assert read_scenario(folder / f"scenario-{LEAST}.yaml") == found.scenarios[LEAST]
    manifest = read_manifest(folder / "manifest.json")
    assert manifest.asked["share"] == 0.4 and manifest.asked["caps"] == {"breakdown": 0.2}
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert f"runs=120 seed={found.fresh}" in text and "price of settling trade, both sides" in text


@pytest.mark.parametrize("style", [Figures(), PROJECTOR], ids=["default", "projector"])
def test_the_page_is_16_to_9_with_its_text_inside(found, style) -> None:
    from sim.figures.encode import settle

    figure = settle(reach_figure(found, style))
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(16 / 9, rel=1e-3)
    figure.draw_without_rendering()
    assert "40 %" in figure._suptitle.get_text() and "Price" in figure._suptitle.get_text()
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text.get_clip_on() is False:
            extent = text.get_window_extent()
            assert extent.x0 >= -1 and extent.x1 <= figure.bbox.x1 + 1, text.get_text()


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"share": 1.5}, "share"),
        ({"share": 0}, "share"),
        ({"share": "half"}, "share"),
        ({"share": True}, "share"),
        ({"outcome": "peace"}, "outcome"),
        ({"caps": {"peace": 0.1}}, "cap.peace"),
        ({"caps": {"breakdown": 2}}, "cap.breakdown"),
        ({"caps": {"breakthrough": 0.9}}, "cap.breakthrough"),
        ({"caps": dict.fromkeys(("breakdown", "narrow_deal", "tactical_pause"), 0.1)}, "share"),
        ({"levers": ["us.nothing"]}, "levers"),
        ({"levers": ["linkage.cn:1..0"]}, "levers.linkage.cn"),
        ({"levers": ["linkage.cn:low..high"]}, "levers.linkage.cn"),
        ({"levers": []}, "levers"),
        ({"most": 0}, "most"),
        ({"most": 2.5}, "most"),
        ({"over": "all"}, "over"),
        ({"runs": 0}, "runs"),
        ({"source": "nowhere"}, "scenario"),
    ],
    ids=str,
)
def test_what_is_no_target_is_refused_by_name(given, key) -> None:
    with pytest.raises(SimError) as caught:
        reach(**{"share": 0.5, "levers": FEW, "runs": 20, **given})
    assert caught.value.key == key


@pytest.mark.nightly
def test_from_london_half_breakthrough_takes_at_most_two_levers() -> None:
    whole = reach("london", share=0.5, caps={"breakdown": 0.05})
    row = whole.changes.iloc[0]
    assert row["levers"] <= 2 and row["low"] > 0.48 and row["breakdown"] < 0.05
