"""Games of two persons, by file and by code: the same bytes on the page, in the ensemble and in the
Mesa model, and nothing of a stranger's taken that is wrong.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cli import main
from sim.config.compose import load
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.model import simulate as simulate_mesa
from sim.results import load_results
from sim.rules.measures import RUN
from sim.rules.tracks import TRUTH, fill_problem

_SEED = 1
_SHORT, _WHOLE = 40, 104  # weeks
_DEBRIEF = "document.getElementById('play').dataset.debrief"
# plays a game of random answers and offers of its own to its end: its file, record, codes, decisions
_PLAYED = """([run, seats, weeks]) => {
  let state = 4242 + run;
  const draw = () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x80000000;
  const text = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const scenario = page.room.schema.changed(page.room.state.A.scenario, { "calendar.horizon_weeks": weeks });
  page.play.begin({ run, scenario, ...(seats.length > 1 ? { mode: "together" } : { seat: seats[0] }) });
  const { game } = page.play, codes = [];
  let own = 0;
  for (let ask = game.next(); ask; ask = game.next()) {
    const [least, most] = $game.boundsOf(ask), worth = Math.ceil((least + draw() * (most - least)) * 100) / 100;
    if (ask.name === "offer" && draw() < 0.4 && worth >= least && worth <= most) {
      game.answer(ask, { choice: 0, worth, kind: "own" });
      own += 1;
    } else game.answer(ask, ask.choices[Math.floor(draw() * ask.choices.length)]);
    codes.push($code.codeOf(game, page.contents.stamp));
  }
  game.finish();
  return { run, own, codes, file: page.play.yaml(), record: text(game.record.runs), moves: game.moves };
}"""
_FILE_OPENED = "document.getElementById('play').textContent.includes('Every answer was asked for')"
_RECORD = (
    "btoa(Array.from(page.play.game.record.runs, (byte) => String.fromCharCode(byte)).join(''))"
)
_OPEN = "async (text) => { await page.files.read(new Map([['game.yaml', new TextEncoder().encode(text)]])); }"


def _plain(record: np.ndarray) -> list[bytes]:
    """Every column's bytes, with one NaN for all."""
    columns = (record[name] for name in RUN.names or ())
    return [
        (np.where(np.isnan(one), np.nan, one) if one.dtype.kind == "f" else one).tobytes()
        for one in columns
    ]


def _decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), RUN)


def _saved(game: dict[str, Any], folder: Path) -> Path:
    path = folder / f"game{game['run']}.yaml"
    path.write_text(game["file"], encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "run, seats, weeks",
    [
        (7, [0, 1], _SHORT),
        *(
            pytest.param(run, seats, _WHOLE, marks=pytest.mark.nightly)
            for run, seats in ((4, [0]), (5, [1]), (8, [0, 1]))
        ),
    ],
)
def test_a_games_file_is_the_same_run_on_the_page_in_the_ensemble_and_in_the_mesa_model(
    london: Any, until: Callable[..., Any], tmp_path: Path, run: int, seats: list[int], weeks: int
) -> None:
    game = london.evaluate(_PLAYED, [run, seats, weeks])
    assert game["own"] > 0
    scenario, numbers = load(f"file={_saved(game, tmp_path)}"), np.array([run])
    ours = _plain(_decoded(game["record"]))
    point = np.zeros(1, np.int64)
    assert _plain(simulate(flatten(scenario), point, numbers, _SEED, threads=1)[0]) == ours
    assert _plain(simulate_mesa(scenario, numbers, _SEED)[0]) == ours
    # opened again it is the game that was saved
    london.evaluate(_OPEN, game["file"])
    until(london, "document.querySelector('#play .choices-of-turn')")
    assert london.evaluate("page.play.game.transcript()") == [
        line.removeprefix("  - ") for line in game["file"].splitlines() if line.startswith("  - ")
    ]
    london.evaluate("page.play.game.finish()")
    assert _plain(_decoded(london.evaluate(_RECORD))) == ours


@pytest.mark.nightly
def test_tariffsim_run_replays_a_games_file_with_both_engines(london: Any, tmp_path: Path) -> None:
    game = london.evaluate(_PLAYED, [9, [1], _WHOLE])
    ours = _decoded(game["record"])[0]
    words = ["run", f"file={_saved(game, tmp_path)}", "runs=1", "first=9", f"seed={_SEED}"]
    for engine in ("ensemble", "mesa"):
        folder = tmp_path / engine
        quiet = ["figures.draw=false", "figures.report=false", f"folder={folder}"]
        assert main([*words, f"engine={engine}", *quiet]) == 0
        (row,) = load_results(folder).runs.to_dict("records")
        assert [row["payoff.us"], row["payoff.cn"]] == ours["payoff"].tolist()
        assert row["offers.cn"] == ours["offers"][1]


_FAULTS = {
    "no such decision": ("- 3 0 us surrender yes", "transcript.1.decision: not one of the choices"),
    "no choice": ("- 3 0 us renew maybe", "transcript.1.answer: not one of the choices"),
    "no worth": ("- 3 0 us offer 1e9", "transcript.1.answer: not a worth"),
    "no side": ("- 3 0 eu renew no", "transcript.1.side: not one of the choices"),
    "no row": ("- hello", "transcript.1: not an answer"),
    "markup": ("- '<img src=x onerror=alert(1)>'", "transcript.1: not an answer"),
    "a week too late": ("- 300 0 us renew no", "transcript.1.week: after the last week"),
    "twice": ("- 3 0 us renew no\n  - 3 0 us renew no", "transcript: answered twice"),
    "of another run": ("- 3 0 us go_back no", "transcript.1: the run asks no such thing then"),
    "a setting that is none": ("- 3 0 us renew no\ntruse: {x: 1}", "truse does not exist here"),
}


def test_a_strangers_game_that_is_wrong_is_refused_in_words(
    london: Any, until: Callable[..., Any]
) -> None:
    shown = (
        "document.getElementById('note').textContent + document.getElementById('play').textContent"
    )
    london.evaluate(
        "page.play.begin({ run: 5, seat: 0 }); page.play.choice(page.play.ask.choices[0])"
    )
    before = london.evaluate("page.play.game.transcript()")
    for fault, (rows, words) in _FAULTS.items():
        london.evaluate("page.note.hide(); page.play.choose()")
        london.evaluate(_OPEN, f"base: london\ntranscript:\n  {rows}\n")
        until(london, f"({shown}).includes({words!r})")
        # and the game that was on still is
        assert london.evaluate("page.play.game.transcript()") == before, fault
        assert london.evaluate("page.play.paused.week") >= 0
        london.evaluate("document.getElementById('note').textContent = ''")


# rows of a transcript, one a file, that both readers take or refuse
_ROWS = (
    "12 0 us renew no",
    "  12 0  us renew   no ",
    "104 8192 cn threaten act",
    "1 0 cn offer -31.5",
    "1 0 us offer +.5e2",
    "1 0 us offer 1e6",
    "1 0 us sweeten 0",
    "1 0 us offer 1000001",
    "1 0 us offer nan",
    "1 0 us offer inf",
    "1 0 us offer 0x10",
    "1 0 us offer",
    "1 0 us renew",
    "1 0 us renew yes no",
    "0 0 us renew no",
    "105 0 us renew no",
    "5201 0 us renew no",
    "-1 0 us renew no",
    "1.5 0 us renew no",
    "1 8193 us renew no",
    "1 -1 us renew no",
    "1 0 eu renew no",
    "1 0 us surrender no",
    "1 0 us renew True",
    "1 0 US renew no",
    "hello",
)
_READ = """answer(given.map((row) => {
  const schema = new use.Schema(contents), text = `base: london\\ntranscript:\\n  - ${row}\\n`;
  try {
    return use.gameIn(schema, use.parseYaml(text), text).rows.map(({ week, ask, side, decision, choice, worth }) => [week, ask, side, decision, choice, Number.isNaN(worth) ? null : worth]);
  } catch (error) {
    if (!(error instanceof use.Refused)) throw error;
    return error.message;
  }
}));"""


def test_a_row_is_taken_and_refused_as_python_does(
    node: Callable[..., Any], tmp_path: Path
) -> None:
    read = node("settings check yaml words transcript", _READ, list(_ROWS))
    for row, ours in zip(_ROWS, read, strict=True):
        path = tmp_path / "game.yaml"
        path.write_text(f"base: london\ntranscript:\n  - {row}\n", encoding="utf-8")
        try:
            theirs = flatten(load(f"file={path}")).script
        except SimError:
            assert isinstance(ours, str), row
            continue
        if theirs["week"][0] >= _WHOLE:
            # Python takes what no run meets; the page says so
            assert "after the last week" in ours
            continue
        assert not isinstance(ours, str), (row, ours)
        (made,) = ours
        for name, value in zip(theirs.dtype.names, made, strict=True):
            assert np.array_equal(
                theirs[name][0], np.nan if value is None else value, equal_nan=True
            )


@pytest.mark.nightly
def test_a_transcript_in_a_file_without_a_run_is_run_0_and_says_so(
    london: Any, until: Callable[..., Any]
) -> None:
    text = "name: scripted\nbase: london\nus: {strategy: {kind: transcript}}\ntranscript: [9 1 us swap no]\n"
    london.evaluate(_OPEN, text)
    until(london, "document.querySelector('#play .choices-of-turn')")
    assert (
        "run 0 of seed 1 (the file does not say which): 1 answer of Washington"
        in london.locator("#play").text_content()
    )
    assert london.evaluate("page.play.game.params.length") > 0
    # where the transcript is silent its side plays as the rules have it
    london.keyboard.press("1")
    until(london, _DEBRIEF)
    scenario = load("scenario=london").change(
        {"us.strategy.kind": "transcript", "transcript": ["9 1 us swap no"]}
    )
    point = np.zeros(1, np.int64)
    outs = simulate(flatten(scenario), point, np.array([0]), _SEED, threads=1)[0]
    assert _plain(_decoded(london.evaluate(_RECORD))) == _plain(outs)


# a game joined from a code, then: what `take` says of other codes, and whether anything changed
_TAKEN = """([code, others, seat]) => {
  const { game } = page.play, { stamp } = page.contents, before = () => JSON.stringify([game.moves, game.rows.length]);
  return others.map((other) => {
    const kept = before();
    try {
      $code.take(game, $code.readCode(other, stamp), seat);
      return ["", false];
    } catch (error) {
      return [error.message, before() === kept];
    }
  });
}"""
_BEGUN = """([run, moves]) => {
  page.play.begin({ run, mode: "apart", seat: 0, scenario: page.play.scenario });
  const { game } = page.play;
  for (const move of moves) {
    const ask = game.next();
    game.answer(ask, move.symbol === 5 ? { choice: 0, worth: move.worth, kind: "own" } : ask.choices[move.symbol]);
  }
}"""
_FORGED = """([moves, more]) => {
  const { game } = page.play, other = Object.create(game);
  other.moves = [...moves, ...more];
  return $code.codeOf(other, page.contents.stamp);
}"""


def test_a_code_that_cannot_be_taken_says_why_and_loses_nothing(london: Any) -> None:
    game = london.evaluate(_PLAYED, [3, [0, 1], _SHORT])
    codes, moves = game["codes"], game["moves"]
    # to the last decision of Washington's before Beijing has one to make
    turn = next(
        k for k in range(20, len(moves)) if moves[k]["side"] == 1 and moves[k - 1]["side"] == 0
    )
    end = next(k for k in range(turn, len(moves)) if moves[k]["side"] == 0)
    other_run = london.evaluate(_PLAYED, [4, [0, 1], _SHORT])["codes"][turn]
    london.evaluate(_BEGUN, [3, moves[:turn]])
    code, old = codes[turn - 1], codes[turn - 2]
    wrong = {
        "this is no code of a game": "hello",
        "this code was changed or cut": code[:-4],
        "this code was changed": code.replace(code[20], "A" if code[20] != "A" else "B"),
        "of another version of the page": code.replace("TRUCE1", "TRUCE2"),
        "nothing new in this code": code,
        "older than the game here": old,
        "of another game": other_run,
        "is one that is yours": codes[end],
        "tells decision 1": london.evaluate(
            _FORGED, [[{"symbol": 6}, *moves[1:turn]], [{"symbol": 0}]]
        ),
        "is none of the choices": london.evaluate(_FORGED, [moves[:turn], [{"symbol": 7}]]),
        "an offer that the rules do not take": london.evaluate(
            _FORGED, [moves[:turn], [{"symbol": 5, "worth": 80_000.0}]]
        ),
    }
    said = london.evaluate(_TAKEN, [code, list(wrong.values()), 0])
    for words, (message, kept) in zip(wrong, said, strict=True):
        assert words in message and kept, (words, message)
    assert london.evaluate(_TAKEN, [code, [codes[end - 1]], 0]) == [["", False]]
    assert max(map(len, codes)) < 40 + len(moves)


@pytest.mark.nightly
def test_every_code_of_a_game_opens_it_where_it_stood(london: Any) -> None:
    game = london.evaluate(_PLAYED, [12, [0, 1], _WHOLE])
    london.keyboard.press("Escape")
    london.evaluate("page.play.choose()")
    joined = "(code) => { page.play.join(code, document.createElement('p')); return page.play.game.moves; }"
    for k in (0, len(game["codes"]) // 2, len(game["codes"]) - 1):
        moves = london.evaluate(joined, game["codes"][k])
        assert [(one["side"], one["symbol"], one.get("worth")) for one in moves] == [
            (one["side"], one["symbol"], one.get("worth")) for one in game["moves"][: k + 1]
        ]
    assert london.evaluate("page.play.game.transcript()") == [
        line.removeprefix("  - ") for line in game["file"].splitlines() if line.startswith("  - ")
    ]
    # of a scenario that is not open here
    other = london.evaluate(_PLAYED, [3, [0, 1], _SHORT])["codes"][0]
    refused = "(code) => { const said = document.createElement('p'); page.play.join(code, said); return said.textContent; }"
    assert london.evaluate(refused, other).startswith("The scenario of this game is not open here")


@pytest.mark.nightly
def test_a_games_file_is_opened_by_the_button_and_by_a_drop(
    london: Any, until: Callable[..., Any], tmp_path: Path
) -> None:
    path = _saved(london.evaluate(_PLAYED, [3, [0, 1], _SHORT]), tmp_path)
    london.evaluate("page.play.choose()")
    # the browser must know that it is listened to before the key is pressed
    london.on("filechooser", lambda chooser: None)
    london.wait_for_timeout(200)
    with london.expect_file_chooser() as chooser:
        london.keyboard.press("5")
    chooser.value.set_files(path)
    until(london, _FILE_OPENED)
    london.evaluate("page.play.close(); document.getElementById('play').replaceChildren()")
    london.evaluate(
        """(text) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "game.yaml"));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        path.read_text(encoding="utf-8"),
    )
    until(london, _FILE_OPENED)


# an offer of one's own that has just been made: its levels as shown, and the week
_OFFERED = """([first, seat]) => {
  for (let run = first; ; run += 1) {
    page.play.begin({ run, seat });
    const { game } = page.play;
    for (let ask = game.next(); ask; ask = game.next()) {
      const [least, most] = $game.boundsOf(ask), worth = Math.round(50 * (least + most)) / 100, { week } = ask;
      if (ask.name !== "offer" || most < least + 2) {
        game.answer(ask, ask.choices[0]);
        continue;
      }
      game.answer(ask, { choice: 0, worth, kind: "own" });
      // at the week's other meetings it stands
      for (let next = game.next(); next?.week === week; next = game.next()) game.answer(next, next.choices[0]);
      return { week, track: ask.first, file: page.play.yaml(), run,
        issues: ask.items.map(({ issue }) => issue), levels: $frontier.efficientWorth(ask.items, seat, worth) };
    }
  }
}"""


@pytest.mark.parametrize("run, seat", [(5, 1), pytest.param(5, 0, marks=pytest.mark.nightly)])
def test_the_levels_that_an_own_offer_is_shown_with_are_those_that_the_rules_put_on_the_table(
    london: Any, tmp_path: Path, run: int, seat: int
) -> None:
    shown = london.evaluate(_OFFERED, [run, seat])
    scenario = load(f"file={_saved(shown, tmp_path)}")
    model = TruceModel(scenario, _SEED, shown["run"], collect="none")
    while model.week <= shown["week"]:
        model.step()
    offers = model.state.whole[0]["offers"][shown["track"], seat]
    assert offers[shown["issues"]] == pytest.approx(shown["levels"], abs=1e-6)


_FRONTIER = """() => {
  const { items, lapse, end } = new $debrief.Debrief(page.play.game, page.play.scenario, page.contents.outcomes, page.play.names, () => {});
  return { items, lapse, levels: end.levels, gains: $frontier.worthsOf(items, items.map((_, k) => end.levels[k])),
    frontier: $frontier.frontierOf(items), nash: $frontier.nashOf(items, lapse), sum: $frontier.bestSum(items) };
}"""


@pytest.mark.nightly
def test_the_debriefs_frontier_and_nash_point_are_those_of_the_rules(london: Any) -> None:
    from sim.rules.packages import best_sum, nash_product, prepare, values, worth
    from sim.rules.state import PROBLEM, ROOM
    from sim.rules.tracks import EVERY

    london.evaluate("page.play.begin({ run: 5, seat: 0 })")
    found = london.evaluate(_FRONTIER)
    model = TruceModel(load("scenario=london"), _SEED, 5, collect="none")
    model.run_model()
    state, params = model.state.whole[0], model.params.record
    problem, package = np.zeros(1, PROBLEM)[0], np.zeros(ROOM)
    fill_problem(state, params, problem, np.int64(EVERY), TRUTH)
    prepare(problem, package)
    for k in range(0, 121, 12):
        us, cn = found["frontier"][k]
        worth(problem, 0, us, package)
        assert values(problem, package) == pytest.approx((us, cn), abs=1e-5)
    assert best_sum(problem, package) == pytest.approx(found["sum"], abs=1e-6)
    prepare(problem, package)
    assert nash_product(problem, *found["lapse"], package) > 0.0
    assert values(problem, package) == pytest.approx(found["nash"], abs=1e-4)
    levels = model.measures()["final_level"][0][: len(found["items"])]
    assert levels == pytest.approx(found["levels"][: len(found["items"])], abs=0.0)
