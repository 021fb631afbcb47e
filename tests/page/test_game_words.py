"""What a person is asked on the page is said by Python in the same words, from the same record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.config.compose import load
from sim.model import TruceModel
from sim.results.questions import amount, answer_words, facts, hint, question
from sim.vocabulary import DECISIONS, GAME, SIDES

# a game of random answers of both seats; every ask in words, and its answer
_SAID = """([run, weeks]) => {
  let state = 77 + run;
  const draw = () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x80000000;
  const { questionOf, hintOf, choiceWords } = $plain, found = [];
  page.play.begin({ run, mode: "together", all: true });
  const { game, names } = page.play;
  for (let ask = game.next(); ask && ask.week < weeks; ask = game.next()) {
    const chosen = ask.choices[Math.floor(draw() * ask.choices.length)], { question, facts } = questionOf(ask, names);
    found.push([[ask.week, ask.ask, ask.side, ask.decision], question, facts, hintOf(ask, names), choiceWords(ask, chosen, names), chosen.choice, chosen.worth, chosen.kind]);
    game.answer(ask, chosen);
  }
  return found;
}"""


@pytest.mark.parametrize(
    "run, weeks", [(5, 20), *(pytest.param(n, 104, marks=pytest.mark.nightly) for n in (7, 11))]
)
def test_an_ask_on_the_page_is_said_in_pythons_words(london: Any, run: int, weeks: int) -> None:
    told = london.evaluate(_SAID, [run, weeks])
    model = TruceModel(load("scenario=london"), 1, run, collect="none")
    state, issues = model.state.whole[0], model.params.issues
    state["world"]["wanted"] = (1 << len(DECISIONS)) - 1
    turns, asks = model.turns(), iter(told)
    answer: tuple[int, float] | None = None
    met = set[str]()
    while True:
        try:
            view = next(turns) if answer is None else turns.send(answer)
        except StopIteration:
            if not model.running or model.week >= weeks:
                break
            turns, answer = model.turns(), None
            continue
        asked, own = state["open"].copy(), state["sides"][SIDES[view.side].code].copy()
        at, *words, choice, worth, kind = next(asks)
        assert at == [int(asked[name]) for name in ("week", "ask", "side", "decision")]
        answer = (choice, float("nan") if worth is None else worth)
        chosen = answer_words(
            view.decision, *answer, kind if DECISIONS[view.decision].is_worth else ""
        )
        assert words == [question(asked, issues), facts(asked, own), hint(asked, own), chosen]
        met.add(view.decision)
    assert len(met) > 3 and next(asks, None) is None


def test_a_number_is_rounded_as_the_page_does(node: Callable[..., Any]) -> None:
    numbers = [0.0, 31.52, 1.125, -1234.5, 1e6, -0.012345, 99.96, 0.00004, 2.5, 123456.0, 0.0335]
    said = node("phrases", "answer(given.map((number) => use.short(number)));", numbers)
    assert [amount(number) for number in numbers] == [f"{text} bn USD" for text in said]
    assert said[:4] == ["0", "31.5", "1.13", "\u22121,230"]


def test_every_decision_has_its_question_and_no_words_are_of_another() -> None:
    assert set(GAME["questions"]) - {"other", "mediated"} <= set(DECISIONS)
    assert all(
        name.partition(".")[2] in DECISIONS[name.partition(".")[0]].choices
        for name in GAME["answers"]
    )
    for group, of in (("facts_of", "facts"), ("reason_of", "reasons")):
        assert set(GAME[group]) - {"other"} <= set(DECISIONS)
        assert {word for words in GAME[group].values() for word in words.split()} <= set(GAME[of])
    # those of main; a decision without words of its own is asked by its label
    assert GAME["questions"]["other"].format(label="x") == "What do you decide: x?"
