"""sim.figures.report: one file that needs nothing else, with text that cannot be read as markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import sim
from sim.batch import Figures
from sim.figures.draw import draw_all
from sim.figures.gallery import GALLERY
from sim.figures.report import differences, report_html

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


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href") and value]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_refers_to_nothing_outside(page):
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    *pictures, record = tags.sources
    assert len(pictures) == len([row for row in GALLERY if not row.needs.of_sweep])
    assert all(source.startswith("data:image/png;base64,") for source in pictures)
    assert record.startswith("data:application/zip;base64,")
    bare = re.sub(r"base64,[^\"]*", "", page)
    assert "http" not in bare
    assert "<script" not in bare


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
    page = report_html(results_of("london"), [])
    for words in ("breakthrough", "narrow deal", "tactical pause", "breakdown"):
        assert re.search(rf"<td>{words}</td>(<td class=n>[^<]*%</td>){{3}}", page)


def test_a_sweeps_page_tells_its_question_and_its_command(swept):
    page = report_html(swept, [])
    assert "<h1>Three levers</h1>" in page
    assert "tariffsim sweep sweep_file=sweep.yaml file=scenario.yaml seed=1" in page


def test_london_differs_from_itself_in_nothing():
    assert differences(sim.load()) == []
    assert "It does not: every setting has its default" in report_html(
        sim.run(runs=1, weeks="none"), []
    )


def test_differences_name_each_setting_with_both_values():
    found = {row[0]: row[1:3] for row in differences(sim.load("truce.length_weeks=26"))}
    assert found == {"truce.length_weeks": ("26", "13")}


def test_an_event_that_only_london_has_is_told_as_absent():
    scenario = sim.load()
    events = {name: event for name, event in scenario.shocks.events.items() if name != "us_hawks"}
    fewer = replace(scenario, shocks=replace(scenario.shocks, events=events))
    found = {row[0]: row[1] for row in differences(fewer)}
    assert found["shocks.events.us_hawks.kind"] == "absent"
