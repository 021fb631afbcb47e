"""A comparison is paired by run, names the levers that work, and is written, made again and bundled
as any result.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

import sim
from sim.batch import Figures
from sim.config.errors import SimError
from sim.studies.comparison import TABLES, Comparison, compare
from sim.studies.figure import comparison_figures
from sim.studies.folder import Order
from sim.studies.moves import IDLE, MOVES
from sim.studies.write import write_comparison
from sim.vocabulary import OUTCOMES

PROJECTOR = Figures(width=13.333, height=7.5, text_size=18.0, dpi=144)


@pytest.fixture(scope="module")
def pause() -> Comparison:
    return compare("tactical_pause", "breakthrough", runs=30)


def test_shares_and_differences_are_those_of_runs_made_one_scenario_at_a_time(pause) -> None:
    one, other = (
        sim.run(name, runs=30, weeks="none").runs for name in ("tactical_pause", "breakthrough")
    )
    table = pause.outcomes.set_index(["scenario", "outcome"])
    for name in OUTCOMES:
        gap = (other["outcome"] == name).to_numpy(float) - (one["outcome"] == name).to_numpy(float)
        assert table.loc[("tactical_pause", name), "share"] == pytest.approx(
            (one["outcome"] == name).mean()
        )
        assert table.loc[("breakthrough", name), "difference"] == pytest.approx(gap.mean())
    costs = pause.measures.set_index(["scenario", "measure"])
    gap = other["welfare_loss.us"] - one["welfare_loss.us"]
    assert costs.loc[("breakthrough", "welfare_loss.us"), "difference"] == pytest.approx(gap.mean())
    assert costs.loc[("tactical_pause", "deal"), "mean"] == pytest.approx(
        one["weeks_to_first_deal"].notna().mean()
    )


def test_shapley_shares_add_to_the_difference(pause) -> None:
    assert abs(pause.levers["shapley"].sum() - pause.difference("breakthrough")[0]) < 1e-9


@pytest.fixture(scope="module")
def narrow() -> Comparison:
    return compare(
        "london", sim.load("truce.extension_cost=18"), outcome="breakdown", precision=0.015
    )


def test_a_comparison_stopped_at_n_is_the_comparison_of_n_runs(narrow) -> None:
    whole = compare(
        "london", sim.load("truce.extension_cost=18"), outcome="breakdown", runs=narrow.runs
    )
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(narrow, name), getattr(whole, name), check_exact=True)
    assert narrow.answer == whole.answer


def test_differences_are_estimated_and_levers_add_to_the_counted_one(narrow) -> None:
    _, low, high = narrow.difference("london_2025-2")
    assert high - low <= 0.03
    row = narrow.outcomes.set_index(["scenario", "outcome"]).loc[("london_2025-2", "breakdown")]
    assert row["difference"] != row["difference.counted"]
    assert row["low"] <= row["share"] <= row["high"]
    assert abs(narrow.levers["shapley"].sum() - row["difference.counted"]) < 1e-9


SHOWN = re.compile(
    r" in ([<>]?[\d.]+) % of [\d,]+ runs against ([<>]?[\d.]+) % in .*?, ([+-][\d.]+) points"
    r"( as counted, ([+-][\d.]+) with the luck of decisions taken out)? \(95 %"
)


def _with_shares(made: Comparison, shares: tuple[float, float], difference: float) -> Comparison:
    """The comparison with other counted shares of its outcome and another estimate of their difference."""
    table = made.outcomes.copy()
    rows = table.index[table["outcome"] == made.outcome]
    table.loc[rows, "counted"] = shares
    table.loc[rows[1], ["difference", "difference.low", "difference.high"]] = (
        difference,
        difference - 0.01,
        difference + 0.01,
    )
    return dataclasses.replace(made, outcomes=table)


@given(st.integers(0, 2000), st.integers(0, 2000), st.floats(-0.02, 0.02))
@settings(max_examples=60)
def test_the_shares_that_an_answer_shows_differ_by_what_it_says(pause, first, other, luck) -> None:
    gap = (other - first) / 2000
    answer = _with_shares(pause, (first / 2000, other / 2000), gap + luck).answer
    one, base, counted, _, estimated = SHOWN.search(answer).groups()
    shown = [float(share.lstrip("<>")) for share in (one, base)]
    exact = not any(share[0] in "<>" for share in (one, base))
    assert float(counted) == pytest.approx(shown[0] - shown[1], abs=1e-9 if exact else 0.2)
    value = float(estimated or counted)
    assert value == pytest.approx(100 * (gap + luck), abs=0.051 if estimated else 0.21)


def test_a_precision_out_of_reach_is_said() -> None:
    found = compare("london", "geneva", precision=0.001, runs=300)
    assert found.runs == 300 and "the most allowed" in found.answer


def test_a_lever_taken_back_is_the_scenario_without_it() -> None:
    right = sim.load("linkage.cn=0.6", "us.resolve.trade=60", "cn.resolve.trade=28")
    found = compare(sim.load(), right, runs=80).levers.set_index("settings")
    without = sim.run(
        right.change({"linkage.cn": sim.load().linkage.cn}), runs=80, weeks="none"
    ).runs
    full = sim.run(right, runs=80, weeks="none").runs
    gap = (full["outcome"] == "breakthrough").mean() - (without["outcome"] == "breakthrough").mean()
    assert found.loc["linkage.cn", "taken_back"] == pytest.approx(gap)
    assert found.loc["linkage.cn", "runs"] == 80


def test_the_lever_that_works_is_named_and_one_that_nothing_reads_does_nothing() -> None:
    both = {"us.resolve.trade": 10.0, "cn.resolve.trade": 5.0, "outcomes.weeks_in_force": 25}
    found = compare("london_2025", sim.load().change(both), outcome="narrow_deal", runs=200)
    assert found.levers_that("london_2025-2", MOVES) == ["price of settling trade, both sides"]
    idle = found.levers.set_index("settings").loc["outcomes.weeks_in_force"]
    assert idle["verdict"] == IDLE and idle["taken_back.low"] < 0.0 < idle["taken_back.high"]


def test_eleven_levers_are_walked_and_add_to_the_difference() -> None:
    found = compare("geneva", "breakthrough", runs=20)
    assert len(found.levers) > 10
    assert abs(found.levers["shapley"].sum() - found.difference("breakthrough")[0]) < 1e-9


def test_paths_part_in_the_first_week_whose_events_differ(pause) -> None:
    weeks = [
        sim.run(name, runs=30, weeks="all").weeks.pivot(
            index="run", columns="week", values="events"
        )
        for name in pause.scenarios
    ]
    differs = (weeks[0] != weeks[1]).to_numpy()
    first = np.where(differs.any(axis=1), differs.argmax(axis=1) + 1, np.inf)
    for week in (1, 5, 6, 20):
        row = pause.paths[pause.paths["week"] == week].iloc[0]
        assert row["share"] == pytest.approx((first <= week).mean())


def test_a_change_of_nothing_but_the_record_parts_no_path() -> None:
    found = compare("london_2025", sim.load("outcomes.weeks_in_force=25"), runs=20)
    assert (found.paths["share"] == 0.0).all() and np.isnan(found.parted("london_2025-2"))
    assert "fewer than half the runs part" in found.answer


def test_what_cannot_happen_is_said_with_the_reason() -> None:
    found = compare("london_2025", sim.load("~issues.ai_chips"), runs=10)
    row = found.outcomes.set_index(["scenario", "outcome"]).loc[("london_2025-2", "breakthrough")]
    assert row["ruled_out"] and np.isnan(row["low"]) and row["ruled_out"] in found.answer
    assert not found.outcomes.set_index(["scenario", "outcome"]).loc[
        ("london_2025", "breakthrough"), "ruled_out"
    ]


def test_several_scenarios_are_each_held_against_the_first(tmp_path) -> None:
    found = compare("london_2025", "geneva_2025", sim.load("truce.length_weeks=26"), runs=10)
    assert list(found.scenarios) == ["london_2025", "geneva_2025", "london_2025-2"]
    assert found.titles["london_2025-2"] == "with truce.length_weeks=26"
    assert set(found.levers["scenario"]) == {"geneva_2025", "london_2025-2"}
    assert set(comparison_figures(found)) == {"compare-geneva_2025", "compare-london_2025-2"}


def test_the_same_seed_gives_the_same_tables_whatever_the_threads(pause) -> None:
    again = compare("tactical_pause", "breakthrough", runs=30, threads=1)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(pause, name), getattr(again, name), check_exact=True)


def test_results_and_folders_stand_for_their_scenarios(pause, tmp_path) -> None:
    from sim.results.results import save

    left = sim.run("tactical_pause", runs=2, weeks="none")
    folder = tmp_path / "right"
    folder.mkdir()
    save(sim.run("breakthrough", runs=2, weeks="none"), folder)
    found = compare(left, folder, runs=30)
    pd.testing.assert_frame_equal(found.levers, pause.levers, check_exact=True)
    assert left.compare(folder).runs == 2


def test_a_comparison_shows_its_page_and_writes_its_folder(pause, tmp_path) -> None:
    page = pause.plot(style=Figures(dpi=50))
    assert page.get_suptitle() == comparison_figures(pause)["compare"].get_suptitle()
    with pytest.raises(SimError, match="no such page"):
        pause.plot("tactical_pause")
    assert (pause.save(tmp_path, "mine") / "levers.csv").is_file()


def beyond(figure: Figure) -> set[Text]:
    """Labels that matplotlib keeps of ticks beyond the ends of an axis, and does not draw."""
    ticks = [
        (axis, tick)
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks()
    ]
    ends = [(*sorted(axis.get_view_interval()), tick) for axis, tick in ticks]
    return {
        tick.label1 for low, high, tick in ends if not low - 1e-9 <= tick.get_loc() <= high + 1e-9
    }


@pytest.mark.parametrize("style", [Figures(), PROJECTOR], ids=["default", "projector"])
def test_the_page_is_16_to_9_its_text_inside_and_readable_from_the_back(pause, style) -> None:
    from sim.figures.encode import settle

    figure = settle(comparison_figures(pause, style)["compare"])
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(16 / 9, rel=1e-3)
    figure.draw_without_rendering()
    texts = [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in beyond(figure)
    ]
    if style is PROJECTOR:
        assert min(text.get_fontsize() * 1280 / 72 / width for text in texts) >= 18.0
    for text in texts:
        extent = text.get_window_extent()
        assert extent.x0 >= -1 and extent.x1 <= figure.bbox.x1 + 1, text.get_text()
        assert extent.y0 >= -1 and extent.y1 <= figure.bbox.y1 + 1, text.get_text()


def test_the_report_says_the_answer_the_levers_and_the_definitions(pause, tmp_path) -> None:
    words = ["left=tactical_pause", "out=/somewhere"]
    order = Order(out=tmp_path, words=words, style=Figures(format="png"))
    folder = write_comparison(pause, order)
    assert sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    ) == [
        "codebook.csv",
        "figures/compare.png",
        "levers.csv",
        "manifest.json",
        "measures.csv",
        "outcomes.csv",
        "paths.csv",
        "report.html",
        "scenario-breakthrough.yaml",
        "scenario-tactical_pause.yaml",
        "survival.csv",
    ]
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert pause.answer in text and "Taking back" in text and "Shapley share" in text
    assert "/somewhere" not in text


@pytest.mark.parametrize(
    ("given", "more", "key"),
    [
        ((), {}, "scenarios"),
        (("london_2025",), {}, "scenarios"),
        (("london_2025", "london_2025"), {}, "scenarios"),
        (("london_2025", "nowhere"), {}, "scenario"),
        (("london_2025", 3), {}, "scenarios"),
        (("london_2025", "geneva_2025"), {"outcome": "peace"}, "outcome"),
        (("london_2025", "geneva_2025"), {"runs": 1}, "runs"),
        (("london_2025", "geneva_2025"), {"runs": "many"}, "runs"),
        (("london_2025", "geneva_2025"), {"seed": -1}, "seed"),
    ],
    ids=str,
)
def test_what_cannot_be_compared_is_refused_by_name(given, more, key) -> None:
    with pytest.raises(SimError) as caught:
        compare(*given, **more)
    assert caught.value.key == key


def test_sweeps_and_custom_strategies_are_refused(tmp_path) -> None:
    from sim.agents.strategies import Strategy

    class Silent(Strategy):
        def target(self, view):
            return view.best

    with pytest.raises(SimError, match="strategies in Python"):
        compare(sim.run(runs=2, weeks="none", strategies={"us": Silent()}), "geneva_2025", runs=2)


def test_no_lever_is_credited_that_luck_or_others_could_have_moved() -> None:
    compared = compare("tactical_pause", "breakthrough", runs=30)
    (name,) = list(compared.scenarios)[1:]
    lead = compared.levers[compared.levers["scenario"] == name].iloc[0]
    unclear = compared.levers.assign(**{"shapley.low": -1.0, "shapley.high": 1.0})
    said = dataclasses.replace(compared, levers=unclear).reason(name)
    assert "no one lever is seen to do most of it" in said and lead["lever"] not in said
    small = compared.levers.assign(shapley=0.01, **{"shapley.low": 0.005, "shapley.high": 0.02})
    assert "no one lever" in dataclasses.replace(compared, levers=small).reason(name)
