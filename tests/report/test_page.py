"""sim.report: one page for all verbs, which needs nothing else, runs nothing, and in which a
stranger's text stays text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import sim
from sim.batch import Figures
from sim.config.check import to_plain
from sim.figures.draw import draw_all
from sim.figures.report import report_of
from sim.report import (
    Definitions,
    Items,
    Links,
    Picture,
    Report,
    Section,
    Table,
    Words,
    report_html,
)
from sim.report.limits import LIMITS
from sim.report.scenarios import differences
from sim.results.citation import bibtex, citation
from sim.results.manifest import Manifest
from sim.vocabulary import OUTCOMES

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "\"><script>alert(1)</script>{{ 7 * 6 }}{% raw %}<img src=x onerror=alert(1)>'</style>"


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return sim.run(runs=1, weeks="none").manifest


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.alternatives: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        self.alternatives += [value for name, value in attrs if name == "alt"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags_of(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    tags.close()
    assert tags.open == []
    return tags


def everywhere(text: str, manifest: Manifest) -> Report:
    """A report with the same text in every place that takes one."""
    table = Table(text, (text, text), [(text, text)], (1,), file=text)
    blocks = [
        Words(text),
        Words(text, "alarm"),
        Items([text], text),
        Definitions({text: text}),
        Links(text, {text: text}),
        table,
        Picture(text, text, b"png", table, (text,)),
        Section(text, [Words(text)]),
    ]
    named = replace(
        manifest, overrides=(text,), engine=text, licence=text, citation=text, content={text: text}
    )
    return Report(
        title=text,
        question=text,
        answer=text,
        manifest=replace(named, versions={text: text, "tariffsim": text}),
        sections=[Section(text, blocks)],
        meanings={text: text},
        limits=[text],
        commands=[text],
    )


def test_no_text_becomes_markup_or_a_template_wherever_it_stands(manifest) -> None:
    plain, hostile = (report_html(everywhere(text, manifest)) for text in ("words", HOSTILE))
    innocent, tags = tags_of(plain), tags_of(hostile)
    assert tags.names == innocent.names and "script" not in tags.names
    assert tags.attributes == innocent.attributes
    assert HOSTILE in tags.alternatives
    assert hostile.count("<img") == plain.count("<img") == 1
    assert "{{ 7 * 6 }}" in hostile


def test_the_scenario_of_a_stranger_is_text_too(manifest) -> None:
    title = "<b>mine</b>"
    scenario = sim.load(f"title='{title}'", "about='<i>so</i>'", "truce.length_weeks=26")
    page = report_html(
        Report(title="t", question="q", answer="a", manifest=manifest, scenarios={title: scenario})
    )
    assert "<b>" not in page and "<i>" not in page
    full = re.search(r'<pre class="settings">(.*?)</pre>', page, re.S)
    assert full is not None and "length_weeks: 26" in full[1]
    assert page.count("<td>truce.length_weeks</td>") == 1


def test_the_page_may_load_and_run_nothing(manifest) -> None:
    page = report_html(everywhere("words", manifest))
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in unescape(page)
    outside = re.sub(r"base64,[^\"]*", "", page)
    assert not re.search(r"https?:|//|@import|url\(", outside.replace("<!DOCTYPE html>", ""))


def test_question_and_answer_come_first_and_what_every_report_says_follows(manifest) -> None:
    page = unescape(report_html(everywhere("words", manifest)))
    order = [
        'class="question"',
        "<h1>",
        'class="answer"',
        "What the words mean",
        "What this may not be asked",
        "tariffsim reproduce .",
        "Software and citation",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    for outcome in OUTCOMES.values():
        assert f"<dt>{outcome.label}</dt><dd>{outcome.meaning}</dd>" in page
    assert all(line in page for line in LIMITS)


def test_thresholds_are_those_of_the_scenario(manifest) -> None:
    def page(*scenarios) -> str:
        named = {str(n): one for n, one in enumerate(scenarios)}
        return report_html(
            Report(title="t", question="q", answer="a", manifest=manifest, scenarios=named)
        )

    own = sim.load("outcomes.weeks_in_force=13", "outcomes.us_tariff=0.4")
    assert "asks for 13 weeks in force" in page(own) and "at most 40 % (US)" in page(own)
    assert "The scenarios differ in their thresholds" in page(own, sim.load())


def test_a_result_of_strategies_in_python_is_not_said_to_be_reproducible(manifest) -> None:
    own = replace(manifest, strategies={"us": "Mine"})
    page = report_html(Report(title="t", question="q", answer="a", manifest=own))
    assert "run the script that defines them" in page and "tariffsim reproduce ." not in page


def test_citation_is_that_of_the_citation_file() -> None:
    facts = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    title, released = (
        re.search(rf'^{name}: "?([^"\n]+)', facts, re.M)[1] for name in ("title", "date-released")
    )
    line = citation("9.9")
    assert title in line and f"({released[:4]})" in line and line.endswith("Version 9.9.")
    assert f"year = {{{released[:4]}}}" in bibtex("9.9") and "version = {9.9}" in bibtex("9.9")
    assert sim.run(runs=1, weeks="none").manifest.citation.startswith("To cite: The tariffsim")


def test_every_picture_says_what_it_shows_and_where_its_data_are(tmp_path) -> None:
    results = sim.run("london", runs=6, weeks="none")
    from sim.results.results import save

    saved = save(results, tmp_path)
    draw_all(saved, tmp_path, Figures(dpi=50, format="png"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    tags = tags_of(page)
    assert len(tags.alternatives) > 3 and all(len(words) > 20 for words in tags.alternatives)
    links = [name for name in tags.addresses if not name.startswith(("data:", "#"))]
    assert len(links) >= len(tags.alternatives)
    assert all((tmp_path / name).is_file() for name in links)


def test_london_differs_from_itself_in_nothing() -> None:
    assert differences(sim.load()) == []
    assert "It does not: every setting has its default" in report_html(
        report_of(sim.run(runs=1, weeks="none"))
    )


def test_differences_name_each_setting_with_both_values() -> None:
    found = {
        row.setting: (row.here, row.there) for row in differences(sim.load("truce.length_weeks=26"))
    }
    assert found == {"truce.length_weeks": ("26", "13")}


def test_an_event_that_only_london_has_is_absent() -> None:
    scenario = sim.load()
    events = {name: event for name, event in scenario.shocks.events.items() if name != "us_hawks"}
    fewer = replace(scenario, shocks=replace(scenario.shocks, events=events))
    found = {row.setting: row.here for row in differences(fewer)}
    assert found["shocks.events.us_hawks.kind"] == "absent"
    assert to_plain(fewer) != to_plain(scenario)
