"""Days on which settings change are marked where weeks are drawn, and said below."""

from __future__ import annotations

import pytest

import sim
from sim.batch import Figures
from sim.figures import fans, timeline
from sim.figures.subject import Subject

DAYS = ("2025-12-01", "2026-03-02")


@pytest.fixture(scope="module")
def subject() -> Subject:
    changes = {day: {"linkage.cn": 0.5} for day in DAYS}
    path = ["2025-06-11 0.4 0.3", "2026-01-01 0.3 0.3"]
    scenario = sim.load().change({"changes": changes, "economy.tariff_path": path})
    return Subject(sim.run(scenario, runs=4), Figures())


@pytest.mark.parametrize("module", [fans, timeline], ids=lambda module: module.__name__)
def test_every_panel_of_weeks_has_a_dotted_line_at_each_day(module, subject) -> None:
    ((_, figure),) = module.draw(subject)
    shown = [ax for ax in figure.axes if ax.get_visible() and ax.lines]
    assert shown
    for ax in shown:
        dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
        assert len(dotted) >= len(DAYS)
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "on 2025-12-01 linkage.cn becomes 0.5" in words and "Tariffs are given" in words


def test_what_is_scheduled_in_the_weeks_stands_in_a_row_of_the_timeline_on_its_day() -> None:
    london = sim.load()
    results = sim.run(london, runs=2)
    marks = timeline.scheduled(london, results.example.weeks)
    days = {name: [str(day)[:10] for day in when] for when, _, name in marks}
    # the presidential election and the party congress lie beyond two years
    assert days["summit"] == ["2025-10-31", "2025-11-22", "2026-11-14", "2026-11-21"]
    assert days["election"] == ["2026-11-03"] and "2027-10-16" not in days["party_meeting"]
    ((_, figure),) = timeline.draw(Subject(results, Figures()))
    shown = {text.get_text() for ax in figure.axes for text in ax.get_yticklabels()}
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "scheduled" in shown
    assert (
        "star summit, square US election, pentagon party meeting and diamond date of law" in words
    )
    assert not timeline.scheduled(sim.load("calendar=no_events"), results.example.weeks)
