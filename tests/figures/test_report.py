"""sim.figures.report: what the report of a run or a sweep says; tests/report has the page itself."""

from __future__ import annotations

import re

import pytest

import sim
from sim.batch import Figures
from sim.figures.draw import draw_all
from sim.figures.gallery import GALLERY
from sim.figures.report import report_of
from sim.report import report_html

_STYLE = Figures(dpi=50, format="png")


@pytest.fixture(scope="module")
def page(results_of, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("report")
    files = draw_all(results_of("one_run"), folder, _STYLE)
    return files[-1].read_text(encoding="utf-8")


def test_without_drawing_the_report_has_no_picture(results_of, tmp_path):
    files = draw_all(results_of("london"), tmp_path, Figures(draw=False))
    assert [path.name for path in files] == ["report.html"] and list(tmp_path.iterdir()) == files
    page = files[0].read_text(encoding="utf-8")
    assert "<img" not in page and "How to reproduce it" in page


def test_the_page_has_every_figure_of_a_run(page):
    pictures = re.findall(r'<img alt="[^"]+" src="data:image/png;base64,', page)
    assert len(pictures) == len([row for row in GALLERY if not row.needs.of_sweep])


def test_a_title_with_markup_stays_text(page):
    assert "<b>100" not in page
    assert "Costs of $5 &amp; &lt;b&gt;100 %&lt;/b&gt;" in page


def test_the_page_says_how_to_make_it_again(page):
    first, second = re.findall(r"<pre>(.*?)</pre>", page, re.S)[0].splitlines()[:2]
    assert first.startswith("tariffsim reproduce . ") and second.startswith(
        "tariffsim reproduce report.html "
    )
    assert "tariffsim run file=scenario.yaml runs=1 seed=1" in page


def test_every_outcome_has_its_share_and_interval(results_of):
    page = report_html(report_of(results_of("london")))
    for words in ("breakthrough", "narrow deal", "tactical pause", "breakdown"):
        assert re.search(rf"<td>{words}</td>(<td class=n>[^<]*%</td>){{3}}", page)


def test_a_sweeps_page_tells_its_question_and_its_command(swept):
    page = report_html(report_of(swept))
    assert "<h1>Three levers</h1>" in page
    assert "tariffsim sweep sweep_file=sweep.yaml file=scenario.yaml seed=1" in page


def test_a_page_says_how_crises_ended_and_a_sweeps_page_too(results_of, swept):
    for result in (results_of("london"), swept):
        page, crises = report_html(report_of(result)), result.table(["crises"])["crises"]
        chapter = page[page.index("<h2>Crises inside a truce</h2>") :]
        assert (
            f"{crises.sum():,} crises in {(crises > 0).sum():,} of {len(crises):,} runs" in chapter
        )
        ends = re.findall(r"<td>[^<]+</td>\s*<td class=n>([\d,]+)</td>", chapter)[:5]
        assert sum(int(number.replace(",", "")) for number in ends) == crises.sum()


def test_a_page_without_a_crisis_has_no_table_of_crises():
    calm = sim.run(sim.load("truce.disputes.occasion_rate=0"), runs=3)
    assert "Crises inside" not in report_html(report_of(calm))
