"""A typical future in sentences: the page says of a run's acts what ``sim.explain`` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, product
from typing import Any

import numpy as np
import pytest

from sim.api import explain
from sim.config.compose import load
from sim.page.room import COMPARISONS
from sim.results.sentences import Done, lines
from sim.rules.state import ACT
from sim.vocabulary import ACTS, SIDES

_SIDES = (*SIDES, "both")
_ISSUES = ("ai_chips", "civil_magnets", "cn_tariff", "counter_controls")
_START = "2025-06-11"
# details of each kind, with their edges
_DETAILS = {
    "": (0,),
    "issue": (-2, -1, 0, 2, 3),
    "issues": (0b1, 0b110, 0b1011),
    "weeks": (1, 13),
    "when": (3, 1, 0, -1, 10**5),
    "reason": (0, 1),
    "length": (0, 1, 26),
    "lifted": (0b00, 0b01, 0b10, 0b11),
    "count": (2,),
    "track": (0, 2),
    "regime": (0, 1, 2, 3, 4),
    "scheduled": (0, 2, 4),
}


def every_act() -> Iterator[Done]:
    """Every act with every detail, three a week, by each side in turn."""
    numbers = count()
    for act in ACTS.values():
        for first, second in product(_DETAILS[act.first], _DETAILS[act.second]):
            n = next(numbers)
            yield Done(1 + n // 3, _SIDES[n % len(_SIDES)], act.name, first, second)


def test_the_page_says_of_each_act_what_python_says(node: Any) -> None:
    acts = list(every_act())
    rows = np.zeros(len(acts) + 1, ACT)
    for row, act in zip(rows, acts, strict=False):
        row["week"], row["side"] = act.week - 1, _SIDES.index(act.side)
        row["act"], row["first"], row["second"] = ACTS[act.act].code, act.first, act.second
    rows[-1]["week"] = -1
    said = node(
        "log",
        """const rows = Uint8Array.from(Buffer.from(given.rows, "hex"));
        const scenario = { calendar: { start: given.start } };
        answer(use.linesOf(rows, contents.description, scenario, given.issues));""",
        {"rows": rows.tobytes().hex(), "start": _START, "issues": list(_ISSUES)},
    )
    assert said == lines(acts, _ISSUES, _START)


# the run in sentences of each side: its number, and its lines as a reader sees them
_SEEN = """() => ["A", "B"].map((side) => [
  page.typical.runOf(side),
  [...document.querySelectorAll(`#panel [aria-labelledby="log-${side}"] li`)].map((line) => line.textContent),
])"""


@pytest.mark.parametrize(
    "place", [0, *(pytest.param(k, marks=pytest.mark.nightly) for k in range(1, len(COMPARISONS)))]
)
def test_the_page_in_a_browser_says_of_its_runs_what_python_says(
    open_page: Callable[..., Any],
    until: Callable[..., Any],
    at_least: Callable[[Any, int], None],
    place: int,
) -> None:
    page, one = open_page(), COMPARISONS[place]
    at_least(page, 100)
    page.keyboard.press("Escape")
    page.keyboard.press(str(place + 1))
    until(page, f"page.room.state.comparison === {place} && !document.body.matches('.stale')")
    at_least(page, 1_000)
    page.keyboard.press("l")
    until(page, "document.querySelector('.log li')")
    scenarios, seed = (
        (load(*one.left), load(*one.right)),
        int(page.evaluate("page.room.state.seed")),
    )
    for _ in range(3):
        for scenario, (run, said) in zip(scenarios, page.evaluate(_SEEN), strict=True):
            # how it ends stands in the head
            assert said == explain(scenario, run=run, seed=seed)[:-1]
        title = page.locator("#panel h2").text_content()
        page.keyboard.press("n")
        until(page, f"document.querySelector('#panel h2').textContent !== {title!r}")
