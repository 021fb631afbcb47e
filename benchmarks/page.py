"""The workshop page in the system's Chromium: from a key to a painted picture, and how fast it opens.

A picture counts as painted in the first task after the frame that holds it. Times are the page's
own clock: of a key from its event, of opening from the start of the navigation.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.clock import Row
from sim.browser.module import load_module
from sim.page.build import build

__all__ = ["page"]

_BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
_SLIDE = {"width": 1280, "height": 720}
_LEVERS, _STEPS = 8, 5  # of A, each moved so many steps one way, so that no value comes twice
_OPENINGS, _DRAGS = 5, 5
_PAUSE, _QUICK = 1200, 400  # ms between two moves: people look, or hurry
_GOOD = 1000

# what is painted when, and when the last key came
_WATCH = """
globalThis.painted = [];
globalThis.pressed = 0;
const seen = () => {
  const picture = document.body.dataset.picture, now = new MessageChannel();
  now.port1.onmessage = () => painted.push([performance.now(), picture]);
  requestAnimationFrame(() => now.port2.postMessage(0));
};
new MutationObserver(seen).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-picture"] });
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
addEventListener("pointerup", (event) => { pressed = event.timeStamp; }, true);
"""
_KEYS = "['A', 'B'].map((side) => page.room.resultOf(page.room.state[side].scenario).key)"
# ms from the last press to the first picture of the state with so many runs a side
_SHOWN = f"""(least) => {{
  const keys = {_KEYS};
  const right = (picture) => picture.split(" ").length === 4 && keys.every((key) => picture.includes(key + ":"))
    && picture.match(/:\\d+/g).every((runs) => Number(runs.slice(1)) >= least);
  const found = painted.find(([time, picture]) => time >= pressed && right(picture));
  return found ? found[0] - pressed : 0;
}}"""


def page() -> Iterator[Row]:
    """Rows of the page; none where there is no browser, or nothing to drive it with."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    if _BROWSER is None:
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = Path(folder) / "page.html"
        size = len(build(load_module(), path).encode())
        yield Row("page", "the file", size / 1e6, "MB", note="at most 1")
        browser = driver.chromium.launch(executable_path=_BROWSER, args=list(_FLAGS))
        try:
            yield from _opening(browser, path)
            yield from _moves(browser, path)
            yield from _drags(browser, path)
            yield from _help(browser, path)
        finally:
            browser.close()


def _opened(browser: Any, path: Path) -> Any:
    """The page, opened and past its bet, with good pictures of both sides."""
    tab = browser.new_context(viewport=_SLIDE).new_page()
    tab.add_init_script(_WATCH)
    tab.goto(path.as_uri())
    _until(
        tab,
        f"painted.some(([, picture]) => picture.match(/:\\d+/g).every((runs) => Number(runs.slice(1)) >= {_GOOD}))",
    )
    tab.keyboard.press("Escape")
    return tab


def _until(tab: Any, expression: str) -> Any:
    while not (found := tab.evaluate(expression)):
        tab.wait_for_timeout(20)
    return found


def _opening(browser: Any, path: Path) -> Iterator[Row]:
    first, good = [], []
    for _ in range(_OPENINGS):
        tab = _opened(browser, path)
        times = tab.evaluate(
            "painted.map(([time, picture]) => [time, Math.min(...picture.match(/:\\d+/g).map((runs) => Number(runs.slice(1))))])"
        )
        first.append(times[0][0])
        good.append(next(time for time, runs in times if runs >= _GOOD))
        tab.context.close()
    yield _row("opened to the first picture", first, "usable by 2,000")
    yield _row("opened to 1,000 runs a side", good)


def _moves(browser: Any, path: Path) -> Iterator[Row]:
    kinds = {
        "look-ahead, a move each 1.2 s": (True, _PAUSE, "median at most 40, p95 at most 70"),
        "look-ahead, a move each 0.4 s": (True, _QUICK, "median at most 40, p95 at most 70"),
        "no look-ahead": (False, _PAUSE, "median at most 100, p95 at most 150"),
    }
    for name, (ahead, pause, target) in kinds.items():
        tab = _opened(browser, path)
        tab.evaluate(f"page.room.lookAhead = {str(ahead).lower()}")
        times, good = [], []
        for lever in range(_LEVERS):
            tab.evaluate(f"document.querySelectorAll('#rows input.A')[{lever}].focus()")
            tab.wait_for_timeout(_PAUSE)
            for _ in range(_STEPS):
                tab.keyboard.press("ArrowLeft" if _at_its_end(tab) else "ArrowRight")
                tab.wait_for_timeout(pause)
                times.append(_until(tab, f"({_SHOWN})(100)"))
                if pause == _PAUSE:
                    good.append(_until(tab, f"({_SHOWN})({_GOOD})"))
        tab.context.close()
        yield from _spread(f"key to picture, {name}", times, target)
        if good:
            yield from _spread(f"key to 1,000 runs a side, {name}", good, "1,000")


def _at_its_end(tab: Any) -> bool:
    """Whether the handle in focus stands in the upper half, so that it has no room to the right."""
    found = tab.evaluate(
        "(() => { const h = document.activeElement; h.way ??= (h.value - h.min) / (h.max - h.min) > 0.5; return h.way; })()"
    )
    return bool(found)


def _drags(browser: Any, path: Path) -> Iterator[Row]:
    """Two seconds of dragging one handle; the picture that stands a second after is the state's."""
    tab = _opened(browser, path)
    times, stale = [], 0
    for lever in range(_DRAGS):
        x, y, step = tab.evaluate(f"""(() => {{
          const handle = document.querySelectorAll('#rows input.A')[{lever}], box = handle.getBoundingClientRect();
          const at = (handle.value - handle.min) / (handle.max - handle.min), room = box.width - box.height;
          return [box.x + box.height / 2 + at * room, box.y + box.height / 2, (at > 0.5 ? -0.4 : 0.4) * room / 40];
        }})()""")
        tab.mouse.move(x, y)
        tab.mouse.down()
        for k in range(40):
            tab.mouse.move(x + step * (k + 1), y)
            tab.wait_for_timeout(50)
        tab.mouse.up()
        tab.wait_for_timeout(1000)
        last = tab.evaluate("painted.at(-1)[1]")
        stale += any(key not in last for key in tab.evaluate(_KEYS))
        times.append(_until(tab, f"({_SHOWN})(100)"))
    tab.context.close()
    yield Row(
        "page", "drags of 2 s that end on a stale picture", stale, f"of {_DRAGS}", note="none"
    )
    yield _row("release of a drag to the next picture of its end", times, "200")


def _help(browser: Any, path: Path) -> Iterator[Row]:
    """From the key to a first look at every step of the levers in view."""
    times = []
    for _ in range(_OPENINGS):
        tab = _opened(browser, path)
        tab.keyboard.press("h")
        done = "page.views.help.steps().slice(0, page.views.help.near).every((step) => page.room.resultOf(step.scenario).done(1) >= 50)"
        times.append(_until(tab, f"{done} && performance.now() - pressed"))
        tab.context.close()
    yield _row("what helps most, twenty levers in view", times, "1,500")


def _row(name: str, times: list[float], target: str = "") -> Row:
    middle = statistics.median(times)
    note = f"at most {target}" if target[:1].isdigit() else target
    return Row(
        "page",
        name,
        middle,
        "ms",
        (max(times) - min(times)) / middle,
        note,
        low=min(times),
        high=max(times),
    )


def _spread(name: str, times: list[float], target: str) -> Iterator[Row]:
    yield _row(f"{name}: median", times, target)
    yield Row(
        "page", f"{name}: p95", statistics.quantiles(times, n=20)[-1], "ms", note=f"of {len(times)}"
    )
