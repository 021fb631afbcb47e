"""Branch from here: a week of a future on the screen becomes B, and its futures are Python's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.config.check import build
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.measures import RUN
from sim.studies import branching

_RUNS = 200
# the picture is of the state
_DRAWN = """["A", "B"].every((side) => page.room.picture[side].result === page.room.resultOf(page.room.state[side].scenario))"""
# the records of the first futures of B as the page's module gives them, base64
_RECORDS = """async (runs) => {
  const { module, description } = page.contents, { params, seed } = page.room.picture.B.result;
  const run = Array.from({ length: runs }, (_, number) => number);
  const out = (await Engine.open(module, description)).simulate({ params, seed, run });
  return btoa(Array.from(out.runs, (byte) => String.fromCharCode(byte)).join(""));
}"""


@pytest.fixture
def london(
    open_page: Callable[..., Any], at_least: Callable[[Any, int], None], until: Callable[..., Any]
) -> Any:
    """The page with London on its side A, without the bet."""
    page = open_page(viewport={"width": 1280, "height": 720})
    at_least(page, 100)
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    until(page, _DRAWN)
    return page


def _branch(page: Any) -> tuple[int, int]:
    found = page.evaluate("page.room.state.B.scenario.branch")
    return found["run"], found["week"]


def _same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Equal in every bit but those that tell one NaN from another."""

    def plain(column: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(column), np.nan, column) if column.dtype.kind == "f" else column

    return all(
        plain(ours[name]).tobytes() == plain(theirs[name]).tobytes() for name in RUN.names or ()
    )


def test_futures_from_a_week_chosen_by_keyboard_are_those_of_python(
    london: Any, until: Callable[..., Any], at_least: Callable[[Any, int], None]
) -> None:
    keys = london.keyboard
    keys.press("l")
    until(london, "document.querySelectorAll('.log .week').length > 6")
    run = london.evaluate("page.typical.runOf('A')")
    london.locator(".log section").first.locator(".week").nth(2).focus()
    week = int(london.evaluate("document.activeElement.textContent.match(/Week (\\d+)/)[1]"))
    keys.press("Enter")
    assert _branch(london) == (run, week)
    assert london.locator("#question").text_content() == f"Run {run} after week {week}: what now?"
    assert london.locator("#name-B").text_content() == f"Run {run} after week {week}"
    assert "A lever of B changes the whole run" in london.locator("#note").text_content()
    until(london, f"page.room.picture.B.result.done(1) >= {_RUNS}")
    at_least(london, _RUNS)

    origin, seed = london.evaluate("[page.room.state.A.scenario, Number(page.room.state.seed)]")
    futures = branching.branched(build(Scenario, origin), run, week)
    ours, _ = simulate(
        flatten(futures).values, np.zeros(_RUNS, np.int64), np.arange(_RUNS), seed, threads=1
    )
    theirs = np.frombuffer(base64.b64decode(london.evaluate(_RECORDS, _RUNS)), RUN)
    assert _same(ours, theirs)
    drawn = london.evaluate(f"[...page.room.picture.B.result.ends.subarray(0, {_RUNS})]")
    assert drawn == ours["outcome"].tolist()


@pytest.mark.nightly
def test_a_week_of_a_line_is_asked_about_first_and_no_branch_branches(
    london: Any, until: Callable[..., Any]
) -> None:
    box = london.locator("#strip-B").bounding_box()
    london.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    run = london.evaluate("page.typical.runOf('B')")
    origin = london.evaluate("page.room.state.B.scenario")
    assert london.locator("#note").text_content().startswith(f"Run {run} of ")
    london.get_by_role("button", name="Branch from here").click()
    # A is the scenario that the future is of
    assert london.evaluate("page.room.state.A.scenario") == origin
    assert _branch(london)[0] == run and 0 < _branch(london)[1] < 60
    before = _branch(london)
    until(london, _DRAWN)
    box = london.locator("#strip-B").bounding_box()
    london.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    assert "futures of run" in london.locator("#note").text_content()
    assert _branch(london) == before
