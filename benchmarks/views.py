"""``python -m benchmarks.views [FOLDER]``: a picture of every view of the workshop page, as the sources
build it, into ``docs/page`` or FOLDER (docs/workshop_page.md).

It names no lever: handles and comparisons are taken by their places. Look at every picture before
it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.page import _BROWSER, _FLAGS, _SLIDE, _until
from sim.browser.module import load_module
from sim.page.build import build

__all__ = ["main"]

_FOLDER = Path(__file__).resolve().parents[1] / "docs" / "page"
_WIDE = {"width": 1920, "height": 1080}
_PHONE = {"width": 390, "height": 844}
_SHEET = {"width": 726, "height": 1055}  # A4 upright within the margins of print
# every side's picture is of its state, and of so many runs
_DRAWN = """globalThis.page?.room.picture && ["A", "B"].every((side) => {{
  const {{ picture, state }} = page.room;
  return picture[side].result === page.room.resultOf(state[side].scenario) && picture[side].runs >= {runs};
}})"""
_GOOD, _FINEST = 1_000, 10_000
_OTHER_VERSION = "v=0.0.9-1a2b3c4d&a=x&b=y&seed=1&runs=1000&k=0001"
Picture = Callable[[str], object]


def main(folder: Path = _FOLDER) -> int:
    """Build the page and take every picture of it."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        path = Path(place) / "page.html"
        build(load_module(), path)
        browser = driver.chromium.launch(executable_path=_BROWSER, args=list(_FLAGS))
        for view, viewport in ((_slides, _SLIDE), (_wide, _WIDE), (_phone, _PHONE)):
            tab = browser.new_context(viewport=viewport).new_page()
            tab.goto(path.as_uri())
            view(tab, lambda name, tab=tab: _take(tab, folder / f"{name}.png"))  # type: ignore[misc]
            tab.context.close()
        browser.close()
    return 0


def _take(tab: Any, path: Path) -> None:
    # what moves has come to rest
    tab.wait_for_timeout(400)
    tab.screenshot(path=path)
    print(path.name)


def _drawn(tab: Any, runs: int = _GOOD) -> None:
    _until(tab, _DRAWN.format(runs=runs))


def _slides(tab: Any, picture: Picture) -> None:
    """All that is shown at 1280 by 720, in the order of a session."""
    _drawn(tab)
    picture("bet")
    _bet(tab)
    _drawn(tab, _FINEST)
    picture("main")
    _panels(tab, picture)
    _series(tab, picture)
    _moved(tab, picture)
    _rooms(tab, picture)
    _branch(tab, picture)
    _game(tab, picture)
    tab.evaluate(f"location.hash = '{_OTHER_VERSION}'")
    picture("error")
    _handout(tab, picture)


def _bet(tab: Any) -> None:
    """The room guesses 10 and 40."""
    for place, pages in enumerate((4, 1)):
        tab.locator("#cover input").nth(place).focus()
        for _ in range(pages):
            tab.keyboard.press("PageDown")
    tab.keyboard.press("Enter")


def _panels(tab: Any, picture: Picture) -> None:
    done = {
        "which": ("w", "!document.querySelector('.list.which').textContent.includes('…')"),
        "help": ("h", "document.querySelector('.progress')?.textContent.startsWith('All ')"),
        "doubt": ("d", "document.querySelector('.doubt p b')"),
        "table": ("t", "document.querySelector('.tables')"),
        "log": ("l", "document.querySelector('.log li')"),
        "about": ("?", "!document.getElementById('panel').hidden"),
    }
    for name, (key, ready) in done.items():
        tab.keyboard.press(key)
        _until(tab, ready)
        # the runs that make a found effect surer
        tab.wait_for_timeout(4000)
        picture(name)
    tab.keyboard.press("?")


def _series(tab: Any, picture: Picture) -> None:
    """A series of another comparison, with the pointer on it."""
    tab.keyboard.press("4")
    _drawn(tab)
    tab.locator("#tabs button").nth(3).click()
    box = tab.locator("#plot-B").bounding_box()
    tab.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    picture("fan")
    tab.mouse.move(1, 1)
    tab.locator("#tabs button").first.click()


def _moved(tab: Any, picture: Picture) -> None:
    tab.keyboard.press("5")
    _drawn(tab)
    tab.locator("[data-handle]").first.focus()
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    _drawn(tab)
    picture("moved")


def _rooms(tab: Any, picture: Picture) -> None:
    """Lights out, and for the back row."""
    tab.keyboard.press("3")
    _drawn(tab)
    tab.keyboard.press("o")
    picture("dark")
    tab.keyboard.press("o")
    tab.keyboard.press("1")
    _drawn(tab)
    tab.keyboard.press("p")
    picture("back_row")
    tab.keyboard.press("p")


def _branch(tab: Any, picture: Picture) -> None:
    """The futures of London's typical run from a week of its sentences on."""
    tab.keyboard.press("3")
    _drawn(tab)
    tab.keyboard.press("l")
    _until(tab, "document.querySelectorAll('.log .week').length > 6")
    tab.locator(".log section").first.locator(".week").nth(3).click()
    _drawn(tab)
    picture("branch")
    tab.keyboard.press("1")
    _drawn(tab)


def _game(tab: Any, picture: Picture) -> None:
    """Questions to Washington in London's run 5, with what the model would do; two persons; both debriefs."""
    tab.keyboard.press("3")
    _drawn(tab)
    tab.keyboard.press("g")
    _until(tab, "page.play.open && document.querySelector('.choices-of-turn')")
    tab.evaluate("page.play.begin({ run: 5, seat: 1, mode: 'apart' })")
    tab.keyboard.press("1")
    if not tab.locator("textarea.code").count():
        tab.keyboard.press("e")
    picture("code")
    tab.evaluate("page.play.begin({ run: 5, mode: 'together' })")
    picture("hand_over")
    _played(tab)
    picture("debrief_of_two")
    tab.evaluate("page.play.begin({ run: 5, seat: 1 })")
    tab.keyboard.press("o")
    tab.keyboard.press("ArrowRight")
    picture("own_offer")
    tab.evaluate("page.play.begin({ run: 5, seat: 0 })")
    for turn in range(3):
        tab.keyboard.press("2" if turn % 3 else "1")
    tab.keyboard.press("h")
    picture("play")
    _played(tab)
    picture("debrief")
    tab.keyboard.press("Escape")
    tab.keyboard.press("1")
    _drawn(tab)


def _played(tab: Any) -> None:
    """To the debrief, with another answer than the first two times of three."""
    for turn in range(1000):
        if not tab.evaluate("Boolean(page.play.ask)"):
            break
        tab.keyboard.press("1" if turn % 3 == 0 or tab.evaluate("page.play.seat < 0") else "2")
    _until(tab, "document.getElementById('play').dataset.debrief")


def _handout(tab: Any, picture: Picture) -> None:
    tab.evaluate("globalThis.print = () => {}")
    tab.locator("#share").click()
    tab.get_by_role("menuitem", name="Handout").click()
    tab.set_viewport_size(_SHEET)
    tab.emulate_media(media="print")
    picture("handout")


def _wide(tab: Any, picture: Picture) -> None:
    """A projector of today."""
    tab.keyboard.press("Escape")
    tab.keyboard.press("3")
    _drawn(tab)
    picture("wide")


def _phone(tab: Any, picture: Picture) -> None:
    tab.locator("#cover button").last.click()
    _drawn(tab)
    picture("phone")


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
