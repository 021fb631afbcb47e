"""The figure of outcomes, the timeline and the report say what cannot happen, when outcomes are
read, and shares that add to 100.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

import sim
from sim.batch import Figures
from sim.batch.read import build_sweep
from sim.figures.gallery import figure_of
from sim.figures.report import report_of
from sim.figures.timeline import panels
from sim.report import report_html
from sim.results import Results
from sim.vocabulary import CONTROLS, SIDES

LOOK = Figures(dpi=50, format="png", report=False)
NO_CHIPS = "no issue is bargained on the semiconductors track"


def texts(figure) -> str:
    said = [
        figure.get_suptitle(),
        figure.get_supxlabel(),
        *(note.get_text() for ax in figure.axes for note in ax.texts),
    ]
    return " ".join(" ".join(said).split())


@pytest.fixture(scope="module")
def without_chips() -> Results:
    return sim.run(sim.load("~issues.ai_chips"), runs=20)


def test_an_outcome_that_cannot_happen_has_its_reason_in_place_of_a_bar(
    without_chips: Results,
) -> None:
    figures = {
        name: figure_of(without_chips, name, LOOK) for name in ("outcomes", "fans", "timeline")
    }
    single = texts(figures["outcomes"])
    assert f"cannot happen here: {NO_CHIPS}" in single
    assert "breakthrough cannot happen here" in figures["outcomes"].get_suptitle().replace(
        "\n", " "
    )
    assert "0\u00a0%" not in re.findall(r"(?<!\d)0\u00a0%", single)
    assert (
        len(figures["outcomes"].axes[0].collections[0].get_segments()) == 3
    )  # a whisker each for the others
    assert "breakthrough cannot happen here" in texts(figures["fans"])
    for name, figure in figures.items():
        assert "in a week of the closing year" in texts(figure), name


def test_the_report_says_what_cannot_happen_and_what_became_of_breaks(
    without_chips: Results,
) -> None:
    page = report_html(report_of(without_chips))
    row = re.search(r"<tr><td>breakthrough</td>(.*?)</tr>", page)
    assert row is not None
    assert re.findall(r">([^<]*)</td>", row.group(1))[:3] == ["cannot happen", "", ""]
    assert f"Breakthrough cannot happen here: {NO_CHIPS}." in page
    runs = without_chips.runs
    broke = runs[runs["breaks"] > 0]
    cells = re.findall(
        r"<td[^>]*>([^<]*)</td>", page.split("<h2>Breaks</h2>")[1].split("</table>")[0]
    )
    assert cells[0] == f"{len(broke) / len(runs):.0%}".replace("%", "\u00a0%")
    assert cells[3:] == [
        f"{broke[name].mean():.1f}" for name in ("breaks", "weeks_broken", "longest_break")
    ]


def test_the_reports_shares_add_to_100() -> None:
    page = report_html(report_of(sim.run("london", runs=37, weeks="none")))
    rows = re.findall(
        r"<tr><td>([a-z ]+)</td>(.*?)</tr>", page.split("<h2>Outcomes</h2>")[1].split("</table>")[0]
    )
    cells = [re.findall(r">([\d.]+)\u00a0%</td>", row) for _, row in rows]
    assert len(rows) == 4
    assert sum(float(row[0]) for row in cells) == pytest.approx(100.0)
    assert sum(float(row[-1]) for row in cells) == pytest.approx(
        100.0
    )  # the state in the last week


def test_a_setting_that_rules_an_outcome_out_at_some_values_leaves_no_interval_there(
    tmp_path,
) -> None:
    scenario = sim.load("scenario=breakthrough", "outcomes.breakthrough=thresholds")
    factors = {"issues.ai_chips.red_line": {"values": [0.2, 0.9]}}
    sweep = build_sweep({"name": "x", "title": "A title", "runs": 10, "factors": factors}, scenario)
    figure = figure_of(sim.sweep(sweep, scenario, out=tmp_path), "outcomes", LOOK)
    breakthrough = figure.axes[0]
    assert next(note.get_text() for note in breakthrough.texts) == "\u2013"
    assert len(breakthrough.collections[0].get_segments()) == 1
    assert "No bar of breakthrough: it cannot happen there, the red line on AI chips" in texts(
        figure
    )


def test_a_timeline_has_rows_for_each_track_where_an_offer_stood_and_one_pair_for_a_package() -> (
    None
):
    both = [f"trade.{side}" for side in SIDES]
    open_first = sim.run(sim.load("linkage.security_first=true"), runs=4, weeks="all")
    rows = panels(open_first.scenario, open_first.example.weeks)[2:]
    assert set(rows) > {*both, "minerals.us", "minerals.cn"}
    titles = [ax.get_title(loc="left") for ax in figure_of(open_first, "timeline", LOOK).axes]
    assert "Offers on the minerals track: Beijing's gain over no deal" in titles
    weeks = open_first.example.weeks.assign(
        **{f"{track}_offer_{side}.{side}": np.nan for track in CONTROLS for side in SIDES}
    )
    assert list(panels(open_first.scenario, weeks)[2:]) == both
    assert panels(sim.load("linkage.tracks=package"), weeks)[2:] == ("trade.us", "trade.cn")
