"""Every view of the room: nothing that keeps people from using it, nothing smaller than the back row
can read, and colours that differ without colour.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from sim.page.room import COMPARISONS
from sim.vocabulary import OUTCOMES

Open = Callable[..., Any]
Until = Callable[..., Any]
AtLeast = Callable[[Any, int], None]
_SLIDE = {"width": 1280, "height": 720}
_PHONE = {"width": 390, "height": 844}
# keys that open each view from the main one, and what shows that it is there
_VIEWS = {
    "bet": ("b", "!document.getElementById('cover').hidden"),
    "main": ("", "true"),
    "which": ("w", "document.querySelector('.list.which .effect i')"),
    "help": ("h", "document.querySelector('.progress')"),
    "doubt": ("d", "document.querySelector('.doubt p b')"),
    "table": ("t", "document.querySelector('.tables td')"),
    "log": ("l", "document.querySelector('.log li')"),
    "about": ("?", "document.querySelector('.about li')"),
    "game": ("g", "document.querySelector('.choices-of-turn')"),
    "dark": ("o", "document.documentElement.classList.contains('dark')"),
    "back row": ("p", "document.documentElement.classList.contains('projector')"),
    "menu": ("s", "document.querySelector('.menu')"),
}
_SMALL = """least => [...document.querySelectorAll("body *")].filter((node) => {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  const box = node.getBoundingClientRect(), look = getComputedStyle(node);
  return own && box.width && box.height && look.visibility === "visible" && !node.closest("script, style")
    && parseFloat(look.fontSize) < least - 0.01;
}).map((node) => `${node.tagName} ${node.textContent.slice(0, 40)}`)"""
_OUTSIDE = """() => [...document.querySelectorAll("button, input, select, b, h1, h2, p, text")].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width && getComputedStyle(node).visibility === "visible" && !node.closest(".body, #handout, #rows, #tip, #note")
    && (box.left < -1 || box.right > innerWidth + 1);
}).map((node) => `${node.tagName} ${node.textContent.slice(0, 40)}`)"""


_CUT = """() => [...document.querySelectorAll("#question, #answer, #move, .row .name, .row .values, #caveat, #tabs button, .side .title, .strip p")]
  .filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.textContent)"""


def _view(page: Any, name: str, until: Until) -> None:
    keys, shown = _VIEWS[name]
    if keys:
        page.keyboard.press(keys)
    until(page, shown)


@pytest.mark.nightly
@pytest.mark.parametrize("name", _VIEWS)
def test_nothing_on_a_slide_is_small_and_no_one_is_kept_out(
    open_page: Open, until: Until, at_least: AtLeast, name: str
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    page = open_page(viewport=_SLIDE)
    at_least(page, 100)
    page.keyboard.press("Escape")
    _view(page, name, until)
    assert page.evaluate(_SMALL, 18) == []
    assert page.evaluate(_OUTSIDE) == []
    found = axe.Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in serious] == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["bet", "main", "which", "help", "doubt", "table", "log"])
def test_on_a_phone_results_come_first_and_nothing_is_cut(
    open_page: Open, until: Until, at_least: AtLeast, name: str
) -> None:
    page = open_page(viewport=_PHONE, is_mobile=True, has_touch=True)
    at_least(page, 100)
    page.locator("#cover button").last.click()
    _view(page, name, until)
    assert page.evaluate(_SMALL, 15) == []
    assert page.evaluate(_OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tops = page.evaluate(
        "['results', 'levers'].map((id) => document.getElementById(id).getBoundingClientRect().top)"
    )
    assert tops[0] < tops[1]


@pytest.mark.nightly
def test_questions_answers_and_names_of_levers_are_not_cut(
    open_page: Open, until: Until, at_least: AtLeast
) -> None:
    page = open_page(viewport=_SLIDE)
    at_least(page, 100)
    page.keyboard.press("Escape")
    for place in range(len(COMPARISONS)):
        page.keyboard.press(str(place + 1))
        until(page, "!document.getElementById('results').classList.contains('blank')")
        assert page.evaluate(_CUT) == []


def _linear(colour: str) -> np.ndarray:
    """Linear red, green and blue of a colour #rrggbb."""
    parts = np.asarray([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear red, green and blue."""
    xyz = (
        np.asarray([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ linear
    )
    ratio = xyz / [0.9505, 1.0, 1.089]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.asarray([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# full colour blindness of each kind, linear RGB (Machado, Oliveira and Fernandes 2009, severity 1)
_BLIND = {
    "none": np.eye(3),
    "protan": np.asarray(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.asarray(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.asarray(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


@pytest.mark.parametrize("eye", _BLIND)
def test_outcomes_differ_for_every_eye(eye: str) -> None:
    labs = {
        name: _lab(np.clip(_BLIND[eye] @ _linear(outcome.colour), 0.0, 1.0))
        for name, outcome in OUTCOMES.items()
    }
    # six times the least that an eye tells apart (2.3; Mahy and others 1994); the hatch differs too
    for one, other in combinations(labs, 2):
        assert np.linalg.norm(labs[one] - labs[other]) > 15.0, (one, other)


def test_outcomes_differ_in_grey_by_lightness_or_hatch() -> None:
    for one, other in combinations(OUTCOMES.values(), 2):
        lightness = [_lab(_linear(outcome.colour))[0] for outcome in (one, other)]
        assert abs(lightness[0] - lightness[1]) > 15.0 or one.hatch != other.hatch
    assert len({outcome.hatch for outcome in OUTCOMES.values()}) == len(OUTCOMES)


@pytest.mark.parametrize("theme", ["", "dark"])
def test_text_has_the_contrast_of_the_highest_grade(theme: str) -> None:
    import re

    from sim.page.build import SOURCE

    css = (SOURCE / "page.css").read_text(encoding="utf-8")
    block = re.search((r"\.dark" if theme else r":root[^{]*") + r" \{(.*?)\n\}", css, re.DOTALL)
    assert block is not None
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block[1]))

    def contrast(one: str, other: str) -> float:
        weights = np.asarray([0.2126, 0.7152, 0.0722])
        light, dark = sorted(
            (float(weights @ _linear(c)) for c in (colours[one], colours[other])), reverse=True
        )
        return (light + 0.05) / (dark + 0.05)

    for paper in ("paper", "card"):
        assert contrast("ink", paper) >= 15.0
        assert contrast("soft", paper) >= 7.0
        assert contrast("link", paper) >= 7.0


@pytest.mark.nightly
def test_what_happens_in_one_week_stands_side_by_side(
    open_page: Open, until: Until, at_least: AtLeast
) -> None:
    places = """[...document.querySelectorAll("#strip-A path, #strip-B path")].map((path) =>
      path.closest("div").id + path.getAttribute("d").match(/^M[\\d.]+ [\\d.]+/)[0])"""
    page = open_page(viewport=_SLIDE)
    at_least(page, 1_000)
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    until(page, "page.room.state.comparison === 4")
    at_least(page, 1_000)
    seen = 0
    for _ in range(10):
        title = page.locator("#typical").text_content()
        page.keyboard.press("n")
        until(page, f"document.getElementById('typical').textContent !== {title!r}")
        found = page.evaluate(places)
        assert len(set(found)) == len(found)
        seen += len(found)
    assert seen > 50
