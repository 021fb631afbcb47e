"""What moves an outcome: sizes are those of runs, nothing is ranked out of noise, and what would
settle a ranking is said.
"""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import sim
from benchmarks.functions import Known, examined
from sim.analysis.sensitivity import FIRST, TOTAL
from sim.analysis.two_draws import WHOLE
from sim.batch import Figures
from sim.config.errors import SimError
from sim.figures.encode import settle
from sim.studies.examine import Plan
from sim.studies.folder import Order
from sim.studies.sensitivity_figure import sensitivity_figures
from sim.studies.sensitivity_study import TABLES, Sensitivity, sensitivity
from sim.studies.sensitivity_write import write_sensitivity
from sim.vocabulary import STRATEGIES

PROJECTOR = Figures(width=13.333, height=7.5, text_size=18.0, dpi=144)
LEVERS = (
    "us.resolve.trade+cn.resolve.trade,us.strategy.kind,linkage.cn,outcomes.weeks_in_force:13..26"
)
SMALL = {"runs": 40, "trajectories": 8, "points": 64}


@pytest.fixture(scope="module")
def london() -> Sensitivity:
    return sensitivity("london_2025", LEVERS, "narrow_deal", **SMALL)


def test_a_move_is_the_difference_of_runs_made_one_scenario_at_a_time(london) -> None:
    firm = {"us.resolve.trade": 30.0, "cn.resolve.trade": 30.0}
    soft = {"us.resolve.trade": 8.0, "cn.resolve.trade": 8.0}
    ends = [
        (sim.run(sim.load().change(change), runs=40, weeks="none").runs["outcome"] == "narrow_deal")
        for change in (soft, firm)
    ]
    row = london.moves.set_index("lever").loc["price of settling trade, both sides"]
    assert [row["at_from"], row["at_to"]] == pytest.approx([end.mean() for end in ends])
    assert row["difference"] == pytest.approx(ends[1].mean() - ends[0].mean())
    assert (row["from"], row["to"]) == ("8", "30")


def test_an_option_is_held_against_the_scenario(london) -> None:
    rows = london.moves[london.moves["lever"] == "Washington's strategy"].set_index("to")
    assert set(rows.index) == set(STRATEGIES.labels.values()) - {"screening"}
    plain = sim.run(runs=40, weeks="none").runs["outcome"] == "narrow_deal"
    micro = sim.run(sim.load("us.strategy.kind=micro"), runs=40, weeks="none").runs["outcome"]
    assert rows.loc["micro", "at_from"] == pytest.approx(plain.mean())
    assert rows.loc["micro", "at_to"] == pytest.approx((micro == "narrow_deal").mean())


def test_the_lever_that_works_stands_out_and_is_named(london) -> None:
    assert london.by_size.leaders[0] == "price of settling trade, both sides"
    assert "price of settling trade, both sides moves narrow deal most" in london.answer
    assert "of the variance between runs" in london.answer


def test_every_lever_has_each_index_and_the_variance_adds_to_one(london) -> None:
    counts = london.indices.groupby("lever")["index"].apply(list)
    assert len(counts) == 4 and all(kinds == [FIRST, TOTAL, WHOLE] for kinds in counts)
    share = london.variance.set_index("source")["share"]
    parts = ["levers, each alone", "levers together (interactions)", "noise between runs"]
    assert share[parts].sum() == pytest.approx(1.0)
    assert len(london.screening) == 4


def test_levers_beyond_the_most_are_moved_as_one() -> None:
    found = sensitivity("london_2025", LEVERS, "narrow_deal", most=2, **SMALL)
    names = list(dict.fromkeys(found.indices["lever"]))
    assert names[-1] == "the other 2 levers together" and len(names) == 3
    assert found.indices.set_index("lever")["together"].loc[names[-1]].all()
    assert "the other 2 levers together" not in found.by_total.order


def test_the_same_seed_gives_the_same_tables_whatever_the_threads(london) -> None:
    again = sensitivity("london_2025", LEVERS, "narrow_deal", threads=1, **SMALL)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(london, name), getattr(again, name), check_exact=True)


def test_what_is_recorded_asks_the_same_again(london) -> None:
    asked = london.asked["levers"]
    again = sensitivity(london.scenario, asked, "narrow_deal", **SMALL)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(london.moves, again.moves, check_exact=True)
    pd.testing.assert_frame_equal(london.indices, again.indices, check_exact=True)


def test_a_measure_is_moved_in_its_own_unit() -> None:
    found = sensitivity(None, "truce.extension_cost,linkage.cn", "welfare_loss.us", **SMALL)
    row = found.moves.iloc[0]
    assert row["at_from"] > 1.0 and found.unit == "bn USD/yr"
    assert "bn USD/yr" in found.answer or "nothing stands out" in found.answer


def test_what_cannot_happen_is_said_with_the_reason() -> None:
    found = sensitivity(sim.load("~issues.ai_chips"), "linkage.cn,linkage.us", **SMALL)
    assert found.nothing_stands_out and "it cannot happen" in found.answer
    assert (found.moves["difference"] == 0.0).all()


def test_a_range_that_a_rule_cuts_is_said() -> None:
    """At London's own threshold, .32, no floor's plausible range (to .3) passes it."""
    low = sim.load("outcomes.cn_tariff=0.25")
    found = sensitivity(low, "economy.cn.floor_tariff,linkage.cn", **SMALL)
    assert any("moved from 0.03 to 0.25 only" in note for note in found.notes)
    assert not sensitivity(None, "economy.cn.floor_tariff,linkage.cn", **SMALL).notes


def test_points_that_a_rule_refuses_are_left_out_and_said() -> None:
    levers = "economy.cn.floor_tariff:0.2..0.3,outcomes.cn_tariff:0.29..0.35"
    found = sensitivity(None, levers, **(SMALL | {"points": 256, "trajectories": 40}))
    assert any("refused" in note and "no agreement" in note for note in found.notes)
    levers = "economy.cn.floor_tariff:0.2..0.4,outcomes.cn_tariff:0.22..0.35"
    with pytest.raises(SimError, match="refuse"):
        sensitivity(None, levers, **SMALL)


def noise(x: np.ndarray) -> np.ndarray:
    return np.zeros(len(x))


def noisy_studies(seeds: int, outcome: bool) -> int:
    plan, quiet = Plan(runs=100, trajectories=16, points=128, most=8), 0
    for seed in range(seeds):
        known = Known(noise, 10, noise=1.0, outcome=outcome, seed=seed, shift=-1.0)
        found = examined(known, plan._replace(seed=seed))
        quiet += not found.by_size.leaders and not found.by_total.leaders
    return quiet


@pytest.mark.parametrize("outcome", [True, False])
def test_in_a_model_of_noise_nothing_stands_out(outcome) -> None:
    assert noisy_studies(10, outcome) >= 8


@pytest.mark.nightly
@pytest.mark.parametrize("outcome", [True, False])
def test_in_a_model_of_noise_nothing_stands_out_in_95_of_100(outcome) -> None:
    assert noisy_studies(100, outcome) >= 95


def two_alike(x: np.ndarray) -> np.ndarray:
    return x[:, 0] + 0.9 * x[:, 1]


def test_a_ranking_that_is_open_says_which_sample_would_settle_it() -> None:
    plan = Plan(runs=60, trajectories=8, points=64)
    found = examined(Known(two_alike, 2, noise=1.0, outcome=False, seed=1), plan)
    assert set(found.by_size.leaders) == {"x0", "x1"}
    (needed,) = found.by_size.settles
    assert needed > 60 and f"about {needed:,} runs would tell" == found.by_size.sample()
    sizes = found.ranking[found.ranking["by"] == found.by_size.kind]
    assert sizes["sample_needed"].tolist() == [0, needed]
    assert sizes["lever"].tolist() == list(found.by_size.leaders)
    larger = examined(
        Known(two_alike, 2, noise=1.0, outcome=False, seed=2), plan._replace(runs=2 * needed)
    )
    assert larger.by_size.leaders == ("x0",)


def test_where_nothing_stands_out_the_answer_says_what_would_show() -> None:
    found = sensitivity(None, "linkage.us,outcomes.weeks_in_force:13..26", **SMALL)
    assert found.answer.startswith("London, June 2025: nothing stands out: none of 2 levers")
    assert "a move of 5 points would show with about" in found.answer
    assert found.ranking["lever"].iloc[0] == "nothing stands out"
    assert found.ranking["sample_needed"].iloc[0] == found.by_size.needed > 40


@pytest.mark.parametrize("style", [Figures(), PROJECTOR], ids=["default", "projector"])
def test_the_page_is_16_to_9_its_text_inside_and_readable_from_the_back(london, style) -> None:
    figure = settle(sensitivity_figures(london, style)["sensitivity"])
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(16 / 9, rel=1e-3)
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if _is_drawn(figure, text)]
    assert any(text.get_text().startswith("What moves narrow deal?") for text in texts)
    if style is PROJECTOR:
        assert min(text.get_fontsize() * 1280 / 72 / width for text in texts) >= 18.0
    for text in texts:
        extent = text.get_window_extent()
        assert extent.x0 >= -1 and extent.x1 <= figure.bbox.x1 + 1, text.get_text()
        assert extent.y0 >= -1 and extent.y1 <= figure.bbox.y1 + 1, text.get_text()


def _is_drawn(figure: Figure, text: Text) -> bool:
    """Not empty, and not the label of a tick beyond the ends of an axis."""
    ticks = [
        (axis, tick)
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks()
    ]
    beyond = [
        tick.label1
        for axis, tick in ticks
        if not min(axis.get_view_interval()) - 1e-9
        <= tick.get_loc()
        <= max(axis.get_view_interval()) + 1e-9
    ]
    off = [
        tick.label1
        for ax in figure.axes
        if not ax.axison
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks()
    ]
    return bool(text.get_visible() and text.get_text().strip()) and not any(
        text is other for other in [*beyond, *off]
    )


def test_the_folder_has_tables_codebook_report_and_no_path(london, tmp_path) -> None:
    order = Order(out=tmp_path, words=["levers=us", "out=/somewhere"], style=Figures(format="png"))
    folder = write_sensitivity(london, order)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    assert names == [
        "codebook.csv",
        "figures/sensitivity.png",
        "indices.csv",
        "manifest.json",
        "moves.csv",
        "ranking.csv",
        "report.html",
        "scenario.yaml",
        "screening.csv",
        "variance.csv",
    ]
    text = unescape((folder / "report.html").read_text(encoding="utf-8"))
    assert london.answer in text and london.of_size()[1:] in text
    assert "noise between runs" in text and "/somewhere" not in text
    codebook = pd.read_csv(folder / "codebook.csv")
    assert codebook.notna().all().all()


@pytest.mark.parametrize(
    ("given", "more", "key"),
    [
        (3, {}, "scenarios"),
        ("nowhere", {}, "scenario"),
        (None, {"levers": "nowhere"}, "levers"),
        (None, {"outcome": "peace"}, "outcome"),
        (None, {"outcome": "weeks_to_first_deal"}, "outcome"),
        (None, {"outcome": "blocking_issue"}, "outcome"),
        (None, {"runs": 1}, "runs"),
        (None, {"runs": "many"}, "runs"),
        (None, {"seed": -1}, "seed"),
        (None, {"points": 100}, "points"),
        (None, {"points": 32}, "points"),
        (None, {"points": 64.0}, "points"),
        (None, {"trajectories": 3}, "trajectories"),
        (None, {"most": 0}, "most"),
        (None, {"levers": "all", "points": 2**20}, "points"),
        (None, {"levers": "all", "runs": 1_000_000}, "runs"),
        (None, {"sides": "both"}, "sides"),
    ],
    ids=str,
)
def test_what_cannot_be_studied_is_refused_by_name(given, more, key) -> None:
    with pytest.raises(SimError) as caught:
        sensitivity(given, **({"levers": "linkage.cn"} | more))
    assert caught.value.key == key
