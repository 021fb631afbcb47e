"""Play a side: a game by keyboard to its end, and its file replayed by the ensemble to the same bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.rules.measures import RUN
from sim.vocabulary import DECISIONS

_BROWSER = {"width": 1280, "height": 720}
_DEBRIEF = "document.getElementById('play').dataset.debrief"
_RECORD = (
    "btoa(Array.from(page.play.game.record.runs, (byte) => String.fromCharCode(byte)).join(''))"
)
_REPLY = 300.0  # ms


def _record(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), RUN)


def _replayed(path: Path, run: int, seed: int) -> np.ndarray:
    params = flatten(load(f"file={path}"))
    return simulate(params, np.zeros(1, np.int64), np.array([run]), seed, threads=1)[0]


def _same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Equal in every bit but those that tell one NaN from another."""

    def plain(column: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(column), np.nan, column) if column.dtype.kind == "f" else column

    return all(
        plain(ours[name]).tobytes() == plain(theirs[name]).tobytes() for name in RUN.names or ()
    )


@pytest.mark.nightly
def test_a_game_by_keyboard_alone_to_its_debrief_is_replayed_from_its_file(
    london: Any, until: Callable[..., Any], tmp_path: Path
) -> None:
    keys, asked, slowest = london.keyboard, 0, 0.0
    london.evaluate("page.play.close()")
    keys.press("g")
    until(london, "page.play.open && !page.play.ask")
    keys.press("2")  # Beijing
    assert "You are Beijing." in london.locator("#play .when").text_content()
    while london.evaluate("Boolean(page.play.ask)"):
        choices = london.evaluate("page.play.ask.choices.length")
        assert 2 <= choices <= 5
        assert london.locator(".choices-of-turn button").count() == choices
        slowest = max(slowest, london.evaluate("page.play.took"))
        if asked == 3:
            # what the model would do; taken back and answered again
            keys.press("h")
            assert "The model would answer" in london.locator("#play .hint").first.text_content()
            before = london.evaluate("page.play.game.rows.length")
            keys.press("z")
            assert london.evaluate("page.play.game.rows.length") < before
        # another answer than the first now and then
        keys.press("2" if asked % 3 else "1")
        asked += 1
        assert asked < 300
    assert asked > 10 and slowest < _REPLY
    until(london, _DEBRIEF)
    text = london.locator("#play").text_content()
    assert text.startswith("The run counts as a") and "Of 1,000 runs of the model" in text
    assert london.locator(".effects li").count() > 3

    run, seed = london.evaluate("[page.play.game.run, Number(page.play.game.seed)]")
    with london.expect_download() as saved:
        keys.press("1")
    path = tmp_path / "game.yaml"
    saved.value.save_as(path)
    assert f"first={run} seed={seed}" in path.read_text(encoding="utf-8")
    ours = _replayed(path, run, seed)
    assert _same(ours, _record(london.evaluate(_RECORD)))
    # and the answers matter
    alone = simulate(
        flatten(load("scenario=london")), np.zeros(1, np.int64), np.array([run]), seed, threads=1
    )[0]
    assert not _same(ours, alone)
    keys.press("Escape")
    assert not london.locator("#play").is_visible()


# plays games of random legal answers, for both seats in turn; gives their files, records, questions
_RANDOM = """([games, first]) => {
  let state = 12345 + first;
  const draw = () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x80000000;
  const text = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return Array.from({ length: games }, (_, k) => {
    page.play.begin({ seat: k % 2, run: first + k, all: k % 10 === 9 });
    const { game } = page.play, asked = [];
    for (let ask = page.play.ask; ask && asked.length < 3000; ask = game.next()) {
      asked.push([ask.name, ask.choices.length]);
      game.answer(ask, ask.choices[Math.floor(draw() * ask.choices.length)]);
    }
    game.finish();
    return { run: first + k, file: page.play.yaml(), record: text(game.record.runs), asked };
  });
}"""


@pytest.mark.parametrize("games", [4, pytest.param(200, marks=pytest.mark.nightly)])
def test_random_games_are_legal_and_replayed_and_none_is_stuck(
    london: Any, tmp_path: Path, games: int
) -> None:
    for first in range(0, games, 4):
        for game in london.evaluate(_RANDOM, [4, first]):
            assert 0 < len(game["asked"]) < 3000
            for name, choices in game["asked"]:
                assert name in DECISIONS and 1 <= choices <= 5
            path = tmp_path / f"game{game['run']}.yaml"
            path.write_text(game["file"], encoding="utf-8")
            assert _same(_replayed(path, game["run"], 1), _record(game["record"])), game["run"]
