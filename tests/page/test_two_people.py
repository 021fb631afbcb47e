"""Two people on the page, by keyboard alone to the debrief: at one screen, and at two by codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_SLIDE = {"width": 1280, "height": 720}
_DEBRIEF = "document.getElementById('play').dataset.debrief"
_ASKED = "Boolean(page.play.ask) && page.play.seat >= 0 && page.play.ask.side === page.play.seat"
_CODE = "document.querySelector('#play textarea.code')?.value ?? ''"
_MOST_TURNS = 400
pytestmark = pytest.mark.nightly


@pytest.fixture
def opened(
    open_page: Callable[..., Any], at_least: Callable[[Any, int], None], until: Callable[..., Any]
) -> Callable[[], Any]:
    """A page at London on which somebody pressed G."""

    def one() -> Any:
        page = open_page(viewport=_SLIDE)
        at_least(page, 100)
        page.keyboard.press("Escape")
        page.keyboard.press("3")
        page.evaluate("Math.random = () => 0.000017")
        page.keyboard.press("g")
        until(page, "page.play.open && document.querySelector('.choices-of-turn')")
        return page

    return one


def test_two_people_at_one_screen_see_nothing_of_each_other_and_both_have_a_debrief(
    opened: Callable[[], Any], until: Callable[..., Any]
) -> None:
    page = opened()
    keys, handed, turns = page.keyboard, 0, 0
    keys.press("3")
    while page.evaluate("Boolean(page.play.ask)"):
        if page.evaluate("page.play.seat") < 0:
            handed += 1
            # between turns: who is next, and nothing of what either knows, decided or may decide
            shown = page.locator("#play").text_content()
            assert "please look away" in shown and "bn USD" not in shown and "model" not in shown
            assert page.locator("#play .story").text_content() == ""
            assert page.locator(".choices-of-turn button").count() == 1
            for key in ("h", "z", "e", "o", "2"):
                keys.press(key)
            assert page.evaluate("page.play.seat") < 0
            keys.press("1")
        name = page.evaluate("page.contents.sides[page.play.ask.side].label")
        assert f"You are {name}." in page.locator("#play .when").text_content()
        if turns == 2:
            # what the other has seen cannot be taken back
            before = page.evaluate("page.play.game.rows.length")
            page.evaluate("page.play.from = page.play.game.moves.length")
            keys.press("z")
            assert page.evaluate("page.play.game.rows.length") == before
        keys.press("2" if turns % 3 else "1")
        turns += 1
        assert turns < _MOST_TURNS
    assert handed > 20 and turns > 40
    until(page, _DEBRIEF)
    table = page.locator("#play table").text_content()
    assert "Washington" in table and "Beijing" in table
    assert page.locator("#play svg[role=img]").count() == 1
    assert page.locator(".effects li").count() > 10


def test_two_people_at_two_screens_exchange_codes_to_one_end(
    opened: Callable[[], Any], until: Callable[..., Any]
) -> None:
    ours, theirs = opened(), opened()
    for key in ("4", "1"):
        ours.keyboard.press(key)
    theirs.keyboard.press("4")
    sent, longest = 0, 0
    here, there = ours, theirs
    for _ in range(_MOST_TURNS):
        turns = 0
        while here.evaluate(_ASKED):
            here.keyboard.press("2" if (sent + turns) % 3 else "1")
            turns += 1
        code = here.evaluate(_CODE)
        assert code.startswith("TRUCE1."), here.locator("#play").text_content()
        longest = max(longest, len(code))
        # typed, as somebody without a clipboard would
        there.locator("#play input.code").focus()
        there.locator("#play input.code").fill(code)
        there.keyboard.press("Enter")
        sent += 1
        assert not there.locator("#play .refused").count(), there.locator("#play").text_content()
        here, there = there, here
        if here.evaluate("!page.play.ask"):
            break
    for page in (here, there):
        if page.evaluate("Boolean(page.play.ask)"):
            page.locator("#play input.code").fill(here.evaluate(_CODE))
            page.keyboard.press("Enter")
        until(page, _DEBRIEF)
    assert sent > 20 and longest < 120
    assert ours.evaluate("page.play.yaml()") == theirs.evaluate("page.play.yaml()")
    assert (
        ours.locator("#play table").text_content() == theirs.locator("#play table").text_content()
    )


def test_an_offer_of_ones_own_is_made_by_keyboard(opened: Callable[[], Any]) -> None:
    page = opened()
    page.evaluate("page.play.begin({ run: 5, seat: 1 })")
    room = "(([least, most]) => most - least)($game.boundsOf(page.play.ask))"
    for _ in range(_MOST_TURNS):
        if page.evaluate(f"page.play.ask.name === 'offer' && {room} > 2"):
            break
        page.keyboard.press("1")
    asked, made = page.evaluate("page.play.ask.ask"), page.locator(".choices-of-turn button").first
    page.keyboard.press("o")
    assert page.locator(".levels input").count() > 2
    # a step of the first level changes what is offered; the least of all is no offer
    before = made.text_content()
    page.keyboard.press("ArrowRight")
    assert made.text_content() != before and made.is_enabled()
    for _ in range(page.locator(".levels input").count()):
        page.keyboard.press("Home")
        page.keyboard.press("Tab")
    assert not made.is_enabled()
    rows = page.evaluate("page.play.game.rows.length")
    page.keyboard.press("1")
    assert page.evaluate("page.play.game.rows.length") == rows
    # back to the choices, and to an offer that is one
    page.keyboard.press("2")
    page.keyboard.press("o")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    row = page.evaluate("page.play.game.rows.findLast((row) => row.kind === 'own')")
    assert row["ask"] == asked and row["own"]
    # hundredths of a billion, which a code can carry
    assert round(100 * row["worth"]) == pytest.approx(100 * row["worth"], abs=1e-6)


def test_a_game_that_was_left_is_gone_on_with(opened: Callable[[], Any]) -> None:
    page = opened()
    page.keyboard.press("1")
    for _ in range(3):
        page.keyboard.press("1")
    rows = page.evaluate("page.play.game.transcript()")
    question = page.locator("#play h2").text_content()
    page.keyboard.press("Escape")
    assert not page.locator("#play").is_visible()
    page.keyboard.press("g")
    page.keyboard.press("g")
    assert page.evaluate("page.play.game.transcript()") == rows
    assert page.locator("#play h2").text_content() == question
