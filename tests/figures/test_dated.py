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
