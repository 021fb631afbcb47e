"""The figure of truce survival: steps down in the weeks of deadlines, and says how many lasted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.survival import truce_survival
from sim.batch import Figures
from sim.figures.gallery import figure_of
from sim.figures.style import Caption
from sim.figures.survival import survival

CAPTION = Caption("London", "london_2025", 4, 1)


def curve_of(breaks: list[float]) -> pd.DataFrame:
    runs = pd.DataFrame(
        {"weeks_to_first_truce": [0.0] * len(breaks), "weeks_to_first_break": breaks}
    )
    return truce_survival(runs, 104)


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (
            [8.0, 8.0, 21.0, float("nan")],
            "half of the truces broke within 8 weeks; 25 % lasted to the end",
        ),
        (
            [8.0, float("nan"), float("nan"), float("nan")],
            "more than half of the truces never broke: 75 % lasted to the end, 104 weeks",
        ),
        ([5.0, 5.0, 5.0, 5.0], "half of the truces broke within 5 weeks; 0 % lasted to the end"),
        (
            [float("nan")] * 4,
            "more than half of the truces never broke: 100 % lasted to the end, 104 weeks",
        ),
    ],
)
def test_the_title_says_how_long_truces_live(breaks, said) -> None:
    figure = survival(curve_of(breaks), np.array([8.0, 21.0]), CAPTION)
    assert said in figure.get_suptitle().replace("\n", " ").replace("\u00a0", " ")
    assert "weeks" in figure.axes[0].get_xlabel().lower() and "%" in figure.axes[0].get_ylabel()


def test_breaks_come_in_many_weeks_and_not_at_deadlines_alone() -> None:
    london = sim.load()
    results = sim.run(london, runs=400, weeks="none")
    assert results.example is not None and len(results.example.deadlines) == 1
    curve = truce_survival(results.runs, london.calendar.horizon_weeks)
    assert curve["events"].sum() > 40
    assert curve["events"].max() < 0.2 * curve["events"].sum()


@pytest.mark.parametrize("first", [9, 0])
def test_a_truce_of_nine_weeks_that_is_not_extended_breaks_after_nine(first: int) -> None:
    certain = (
        "truce.max_extensions=0",
        "truce.disputes.occasion_rate=0",
        "compliance.us.drift_rate=0",
        "compliance.cn.drift_rate=0",
        "shocks=none",
    )
    scenario = sim.load(
        "linkage.cn=2", "truce.length_weeks=9", f"truce.first_deadline_weeks={first}", *certain
    )
    results = sim.run(scenario, runs=20, weeks="none")
    lapsed = results.runs["weeks_to_first_break"].dropna()
    assert len(lapsed) > 10
    assert (lapsed == 9.0).all()
    assert results.example is not None
    assert results.example.deadlines[0] == 9.0


def test_a_run_whose_truces_never_begin_has_no_such_figure() -> None:
    never = sim.load(
        "scenario=escalation",
        "truce.reentry.rate=0",
        "calendar.horizon_weeks=8",
        "outcomes.weeks_in_force=4",
    )
    with pytest.raises(sim.SimError, match="nothing of it to show"):
        figure_of(sim.run(never, runs=4), "survival", Figures())
    assert figure_of(sim.run(sim.load(), runs=4), "survival", Figures()).axes


def test_futures_of_one_run_show_the_past_that_they_share() -> None:
    results = sim.branch("london", run=3, week=40, runs=12, weeks="quantiles")
    (drawn,) = figure_of(results, "survival").axes
    spans = [
        patch for patch in drawn.patches if patch.get_label() == "one past, shared by all runs"
    ]
    assert [span.get_x() + span.get_width() for span in spans] == [40.0]
    assert len(np.unique(results.runs["weeks_to_first_truce"])) == 1
    fans = figure_of(results, "fans")
    said = " ".join(text.get_text() for text in fans.texts).replace("\n", " ")
    assert "Shaded: the 40 weeks of run 3 that all runs share." in said
    shaded = [ax for ax in fans.axes if any(patch.get_alpha() == 0.09 for patch in ax.patches)]
    assert len(shaded) == len([ax for ax in fans.axes if ax.get_visible()])
    alone = figure_of(sim.run("london", runs=12, weeks="quantiles"), "survival").axes[0]
    assert "one past, shared by all runs" not in [patch.get_label() for patch in alone.patches]
