"""Every screen of a game: nothing that axe finds, no overflow on a slide or a phone, and the same game
in Firefox.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.rules.measures import RUN

_SLIDE, _PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
_DEBRIEF = "document.getElementById('play').dataset.debrief"
_OVER = (
    "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.getElementById('play'))"
)
_TALL = "(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.getElementById('play'))"
_FOUND = "axe.run('#play').then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))"
# to the first question of a kind, by the first choice of all before
_TO = """(name) => {
  for (let k = 0; k < 400 && page.play.ask && page.play.ask.name !== name; k += 1) {
    page.play.seat < 0 ? page.play.takeSeat(page.play.ask.side) : page.play.choice(page.play.ask.choices[0]);
  }
  if (page.play.ask && page.play.seat < 0) page.play.takeSeat(page.play.ask.side);
  return Boolean(page.play.ask);
}"""
pytestmark = pytest.mark.nightly


@pytest.fixture
def axe() -> str:
    """The script of axe-core."""
    pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    found = resources.files("axe_playwright_python") / "axe.min.js"
    return found.read_text(encoding="utf-8")


def _screens(page: Any, until: Callable[..., Any]) -> Iterator[str]:
    """Each screen of a game in turn, by its name."""
    keys = page.keyboard
    keys.press("g")
    until(page, "document.querySelector('.choices-of-turn')")
    yield "who plays"
    keys.press("4")
    page.locator("#play input.code").fill("hello")
    keys.press("Enter")
    yield "a code that is none"
    page.evaluate("page.play.begin({ run: 5, seat: 1, mode: 'apart' })")
    page.evaluate(
        "page.play.ask.side === page.play.seat && page.play.choice(page.play.ask.choices[0])"
    )
    page.evaluate("page.play.ask.side === page.play.seat && page.play.leave()")
    assert page.locator("textarea.code").count() == 1
    yield "a code to send"
    page.evaluate("page.play.begin({ run: 5, mode: 'together' })")
    yield "hand over"
    for name in ("offer", "swap", "renew", "threaten"):
        assert page.evaluate(_TO, name), name
        keys.press("h")
        yield name
    assert page.evaluate(_TO, "offer")
    keys.press("o")
    yield "an own offer"
    keys.press("2")
    page.evaluate("page.play.leave()")
    while page.evaluate("Boolean(page.play.ask)"):
        page.evaluate(
            "page.play.seat < 0 ? page.play.takeSeat(page.play.ask.side) : page.play.leave()"
        )
    until(page, _DEBRIEF)
    yield "a debrief of two"
    page.evaluate("page.play.begin({ run: 5, seat: 0 })")
    for k in range(6):
        keys.press("2" if k % 2 else "1")
    keys.press("e")
    until(page, _DEBRIEF)
    yield "a debrief of one"
    text = page.evaluate("page.play.yaml()")
    page.evaluate(
        "async (text) => { await page.files.read(new Map([['game.yaml', new TextEncoder().encode(text)]])); }",
        text,
    )
    until(page, "document.querySelector('#play .choices-of-turn')")
    yield "a file"


def _opened(
    open_page: Callable[..., Any], at_least: Callable[[Any, int], None], **given: Any
) -> Any:
    page = open_page(**given)
    at_least(page, 100)
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    return page


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_on_any_screen_and_a_slide_holds_it(
    open_page: Callable[..., Any],
    at_least: Callable[[Any, int], None],
    until: Callable[..., Any],
    axe: str,
    dark: bool,
) -> None:
    page = _opened(open_page, at_least, viewport=_SLIDE)
    page.evaluate(axe)
    if dark:
        page.keyboard.press("o")
    for screen in _screens(page, until):
        assert page.evaluate(_FOUND) == [], screen
        assert page.evaluate(_OVER) <= 0 and page.evaluate(_TALL) <= 0, screen


def test_every_screen_fits_a_phone(
    open_page: Callable[..., Any],
    at_least: Callable[[Any, int], None],
    until: Callable[..., Any],
    axe: str,
) -> None:
    page = _opened(open_page, at_least, viewport=_PHONE, has_touch=True, is_mobile=True)
    page.evaluate(axe)
    for screen in _screens(page, until):
        assert page.evaluate(_OVER) <= 0, screen
        assert page.evaluate(_FOUND) == [], screen
        # a finger's width of every choice, and none beyond the edge
        for box in (one.bounding_box() for one in page.locator("#play button:visible").all()):
            assert box["height"] >= 24.0 and box["x"] + box["width"] <= _PHONE["width"], screen


# a whole game by keys; its file and its record
_PLAYED = """async () => {
  const { page } = window.wrappedJSObject ?? window, pause = (ms) => new Promise((done) => setTimeout(done, ms));
  while (!page?.room?.picture) await pause(50);
  const box = document.getElementById("play"), press = (key, at = box) => at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  page.cover.close?.();
  press("Escape", document.body);
  page.compare(2);
  await page.play.choose();
  page.play.begin({ run: 7, mode: "together" });
  for (let k = 0; page.play.ask && k < 2000; k += 1) press(page.play.seat < 0 || k % 3 ? "1" : "2");
  while (!box.dataset.debrief) await pause(50);
  const bytes = page.play.game.record.runs;
  let text = "";
  for (let k = 0; k < bytes.length; k += 1) text += String.fromCharCode(bytes[k]);
  return [page.play.yaml(), btoa(text), box.textContent];
}"""


def test_a_whole_game_by_keys_is_the_ensembles_run_in_both_browsers(
    asked: Callable[..., Any], page_file: Path, tmp_path: Path
) -> None:
    text, record, said = asked(page_file, _PLAYED)
    assert said.startswith("The run counts as a")
    (tmp_path / "game.yaml").write_text(text, encoding="utf-8")
    params, point = flatten(load(f"file={tmp_path / 'game.yaml'}")), np.zeros(1, np.int64)
    outs = simulate(params, point, np.array([7]), 1, threads=1)[0]
    ours = np.frombuffer(base64.b64decode(record), RUN)
    for name in RUN.names or ():
        assert np.array_equal(outs[name], ours[name], equal_nan=outs[name].dtype.kind == "f"), name
