"""Strategies of one's own: the one that docs/strategies.md shows, and what is refused."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.agents.strategies import Strategy, View, clip
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.model import TruceModel, simulate
from sim.rules.codes import TRADE, US

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"


def shown() -> str:
    """The first Python block of the page that defines a class."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if "class " in block)


def test_the_strategy_of_the_docs_is_short_and_runs() -> None:
    code = shown()
    assert len(code.strip().splitlines()) < 30
    space: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), space)  # the page of our own repository
    made = next(
        value for name, value in space.items() if isinstance(value, type) and name != "View"
    )
    strategy = made()
    assert isinstance(strategy, Strategy)
    ours, _ = simulate(Scenario(), np.arange(6), 1, strategies={"cn": strategy})
    usual, _ = simulate(Scenario(), np.arange(6), 1)
    assert ours.tobytes() != usual.tobytes()


class Recorder:
    """Keeps what it saw."""

    def __init__(self) -> None:
        self.views: list[View] = []

    def target(self, view: View) -> float:
        self.views.append(view)
        return view.best


def test_a_view_tells_what_the_side_knows() -> None:
    recorder = Recorder()
    model = TruceModel(Scenario(), 1, 0, strategies={"us": recorder}, collect="none")
    model.step()
    first = recorder.views[0]
    assert (first.side, first.track, first.week) == ("us", "trade", 0)
    assert first.reservation < first.best
    assert 0.0 < first.elapsed < 0.2
    assert math.isnan(first.heard)
    model.step()
    assert any(not math.isnan(view.heard) and view.offers_heard >= 1 for view in recorder.views)


def test_a_side_that_always_asks_its_best_never_offers_less() -> None:
    for run in range(5):
        asks = Recorder()
        model = TruceModel(Scenario(), 1, run, strategies={"us": asks}, collect="none")
        for _ in range(8):
            model.step()
            side = model.negotiators[US].row
            assert side["aspiration"][TRADE] == pytest.approx(asks.views[-1].best)


def test_a_target_is_held_between_reservation_and_best() -> None:
    view = View("us", "trade", 0, 0.1, 1.0, 0.5, 10.0, 30.0, 30.0, math.nan, math.nan, 0, 0, 25.0)
    assert clip(99.0, view, "x") == 30.0
    assert clip(-99.0, view, "x") == 10.0
    assert clip(20, view, "x") == 20.0


@pytest.mark.parametrize("answer", [math.nan, None, "much"])
def test_an_answer_that_is_no_number_is_named(answer: Any) -> None:
    class Odd:
        def target(self, view: View) -> float:
            return answer

    model = TruceModel(Scenario(), 1, 0, strategies={"us": Odd()}, collect="none")
    with pytest.raises(SimError, match="Odd.target"):
        model.step()
