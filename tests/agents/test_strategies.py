"""Strategies of one's own: those that docs/strategies.md shows, and what is refused."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.agents.negotiator import Negotiator
from sim.agents.strategies import Strategy, View, check_strategies, clip, coded, decisions_of
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.model import TruceModel, simulate
from sim.rules.codes import TRADE, US
from sim.rules.logs import Logs
from sim.vocabulary import DECISIONS, SIDES, Decision

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"
RUNS = np.arange(4)


@cache
def usual() -> tuple[np.ndarray, np.ndarray, Logs]:
    """Runs of London by the rules alone."""
    logs = Logs()
    return *simulate(Scenario(), RUNS, 1, weekly=len(RUNS), logs=logs), logs


def shown() -> list[str]:
    """The Python blocks of the page that define a class."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [block for block in blocks if "class " in block]


@pytest.mark.parametrize("code", shown())
def test_the_strategies_of_the_docs_are_short_and_run(code: str) -> None:
    assert len(code.strip().splitlines()) < 30
    space: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), space)  # the page of our own repository
    named = [value for value in space.values() if isinstance(value, type)]
    strategy = next(one for one in named if one is not Strategy)()
    assert decisions_of(strategy)
    ours, _ = simulate(Scenario(), RUNS, 1, strategies={"cn": strategy})
    assert ours.tobytes() != usual()[0].tobytes()


def asked_all(seen: dict[str, list[View]]) -> Strategy:
    """A strategy that takes every decision and answers what its rule would."""

    def method(name: str) -> Any:
        def answer(self: Strategy, view: View, *about: Any) -> Any:
            seen.setdefault(name, []).append(view)
            return getattr(Strategy, name)(self, view, *about)

        return answer

    return type("All", (Strategy,), {name: method(name) for name in DECISIONS})()


def test_who_answers_every_ask_as_the_rules_do_makes_the_same_run() -> None:
    seen: dict[str, list[View]] = {}
    outs, weeks, kept = usual()
    own, logs = {side: asked_all(seen) for side in SIDES}, Logs()
    again, weeks_again = simulate(Scenario(), RUNS, 1, weekly=len(RUNS), strategies=own, logs=logs)
    assert again.tobytes() == outs.tobytes()
    assert weeks_again.tobytes() == weeks.tobytes()
    assert all(logs.asks[key].tobytes() == kept.asks[key].tobytes() for key in kept.asks)
    # every ask of the record was put to one of them
    assert sum(map(len, seen.values())) == sum(map(len, kept.asks.values()))
    assert len(seen) >= 14


def always(term: Decision, code: int) -> object:
    """A strategy that always gives the answer of a code."""
    answer = float(code) if term.is_worth else term.choices[code]

    def method(self: object, view: View, *about: Any) -> Any:
        return answer

    return type("Always", (Strategy,), {term.name: method})()


@pytest.mark.parametrize("name", [name for name, term in DECISIONS.items() if not term.is_worth])
def test_every_choice_of_every_decision_can_be_forced(name: str) -> None:
    term = DECISIONS[name]
    for code in range(len(term.choices)):
        logs = Logs()
        own = {side: always(term, code) for side in SIDES}
        simulate(Scenario(), RUNS[:2], 1, weekly=2, strategies=own, logs=logs)
        rows = np.concatenate([*logs.asks.values()])
        answered = rows[rows["decision"] == term.code]["choice"]
        assert (answered == code).all()


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
    assert (first.side, first.track, first.week, first.decision) == ("us", "trade", 0, "offer")
    assert first.reservation < first.best
    assert first.would == first.built_in
    assert 0.0 < first.elapsed < 0.2
    assert math.isnan(first.heard)
    assert first.weeks_left == first.length - 1
    assert 0.0 < first.own_tariff < 2.0
    model.step()
    assert any(not math.isnan(view.heard) and view.offers_heard >= 1 for view in recorder.views)


def test_a_side_that_always_asks_its_best_never_offers_less() -> None:
    for run in range(5):
        asks = Recorder()
        model = TruceModel(Scenario(), 1, run, strategies={"us": asks}, collect="none")
        for _ in range(8):
            model.step()
            side = model.negotiators[US].row
            last = [view for view in asks.views if view.track == "trade"][-1]
            assert side["aspiration"][TRADE] == pytest.approx(last.best)


def view(**fields: Any) -> View:
    """A view at the first offer."""
    known = {"side": "us", "track": "trade", "week": 0, "elapsed": 0.1, "urgency": 1.0}
    known |= {"belief_alive": 0.5, "reservation": 10.0, "best": 30.0, "aspiration": 30.0}
    known |= {"heard": math.nan, "heard_before": math.nan, "offers_made": 0, "offers_heard": 0}
    return View(**{**known, "built_in": 25.0, **fields})


def test_a_target_is_held_between_reservation_and_best() -> None:
    assert clip(99.0, view(), "x") == 30.0
    assert clip(-99.0, view(), "x") == 10.0
    assert clip(20, view(), "x") == 20.0


@pytest.mark.parametrize("answer", [math.nan, None, "much", True])
def test_an_answer_that_is_no_number_is_named(answer: Any) -> None:
    class Odd:
        def target(self, view: View) -> float:
            return answer

    model = TruceModel(Scenario(), 1, 0, strategies={"us": Odd()}, collect="none")
    with pytest.raises(SimError, match=r"Odd\.target"):
        model.step()


def answering(decision: str, answer: Any) -> object:
    return type("Odd", (Strategy,), {decision: lambda self, view, *about: answer})()


@pytest.mark.parametrize(
    ("decision", "answer", "said"),
    [
        ("renew", 0.7, r"Odd\.renew.*0\.7.*True, False"),
        ("renew", "yess", r"Odd\.renew.*yess.*yes"),
        ("renew", None, r"Odd\.renew"),
        ("threaten", True, r"Odd\.threaten.*nothing, threat, act"),
        ("threaten", "threats", r"threat"),
        ("respond", 2, r"Odd\.respond.*absorb, in_kind, end"),
    ],
)
def test_a_wrong_answer_is_named_with_what_is_allowed(
    decision: str, answer: Any, said: str
) -> None:
    with pytest.raises(SimError) as refused:
        coded(view(decision=decision), answering(decision, answer))
    assert re.search(said, str(refused.value), re.DOTALL)


@pytest.mark.parametrize(("answer", "choice"), [(True, 1), (np.False_, 0), ("yes", 1), ("no", 0)])
def test_yes_and_no_are_flags_or_words(answer: Any, choice: int) -> None:
    assert coded(view(decision="renew"), answering("renew", answer))[0] == choice


class Nothing:
    """Decides nothing."""


class Misspelt:
    """Means `threaten`."""

    def thraten(self, view: View) -> str:
        return "act"


class Twice(Strategy):
    """Two names of one decision."""

    def offer(self, view: View, track: str) -> float:
        return view.best

    def target(self, view: View) -> float:
        return view.best


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"us": Nothing()}, r"decides nothing.*threaten"),
        ({"us": Misspelt()}, r"thraten.*threaten"),
        ({"us": Twice()}, "two names"),
        ({"us": Nothing}, r"Nothing\(\)"),
        ({"usa": Recorder()}, "us, cn"),
    ],
)
def test_what_is_no_strategy_is_refused(given: Any, said: str) -> None:
    with pytest.raises(SimError) as refused:
        check_strategies(given)
    assert re.search(said, str(refused.value), re.DOTALL)


def test_a_subclass_of_the_negotiator_decides_too() -> None:
    class Never(Negotiator):
        def accept(self, view: View, track: str) -> bool:
            return False

    class Here(TruceModel):
        negotiator_class = Never

    for run in range(3):
        model = Here(Scenario(), 1, run, collect="none")
        model.run_model()
        asked = model.transcript
        accepted = asked[asked["decision"] == DECISIONS["accept"].code]["choice"]
        assert len(accepted) and not accepted.any()


@pytest.mark.nightly
def test_the_page_runs_from_top_to_bottom() -> None:
    space: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), space)  # the page of our own repository
    assert len(space["again"].runs) == len(space["other"].runs) == 1
    usual = space["results"].runs.query("run == 7").reset_index(drop=True)
    assert space["again"].runs.equals(usual)


class Denier(Strategy):
    """Suspends civil magnets whenever it is asked about them."""

    def regime(self, view: View, good: str, grade: str) -> str:
        assert view.decision == "regime" and view.issue.endswith(("magnets", "chips"))
        return "suspended" if (good, grade) == ("magnets", "civil") else str(view.would)


class Watcher(Strategy):
    """Records what it sees of licences, week by week."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, float]] = []

    def offer(self, view: View, track: str) -> float:
        self.seen.append((view.magnets, view.delivery_seen))
        return view.built_in


def test_a_side_that_suspends_licences_is_seen_to_deliver_less() -> None:
    """From the week after it was asked."""
    seen = []
    for strategies in ({}, {"cn": Denier()}):
        watcher = Watcher()
        model = TruceModel(
            Scenario(), 1, 0, strategies={"us": watcher, **strategies}, collect="none"
        )
        for _ in range(20):
            model.step()
        seen.append(watcher.seen)
    usual, denied = ([share for _, share in views if share == share] for views in seen)
    assert {regime for regime, _ in seen[0]} > {"six_months"}
    assert seen[1][-1][0] == "suspended"
    assert all(0.0 <= share <= 1.0 for share in usual + denied)
    assert np.mean(denied) < np.mean(usual) - 0.1
