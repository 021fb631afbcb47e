"""A link is the scenario: it comes back whole, and one that is not right changes nothing and says why."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sim.config.check import to_plain
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.page.contents import Contents

Node = Callable[..., Any]
MOST = 2000


def random_scenarios(count: int, levers: int) -> list[Scenario]:
    """Scenarios with some numbers of their own; those that the rules between settings refuse left out."""
    rng, found = random.Random(11), list[Scenario]()
    numbers = [
        (path, meta) for path, meta, _ in leaves(Scenario()) if meta.kind in ("number", "count")
    ]
    while len(found) < count:
        changes: dict[str, object] = {}
        for path, meta in rng.sample(numbers, levers):
            assert meta.low is not None and meta.high is not None
            low, high = meta.plausible or (meta.low, meta.high)
            drawn = rng.uniform(low, high)
            changes[path] = round(drawn) if meta.kind == "count" else drawn
        try:
            found.append(Scenario().change(changes))
        except SimError:
            continue
    return found


MAKE = """const schema = new use.Schema(contents);
answer(given.map(([a, b, seed, runs]) => {
  const made = use.toLink(schema, { a, b, seed: BigInt(seed), runs });
  if (made.problem) return made;
  const { shared, problem } = use.fromLink(schema, "#" + made.fragment);
  return { ...made, back: problem ?? [shared.a, shared.b, String(shared.seed), shared.runs] };
}));"""


def test_a_link_comes_back_whole_and_short(node: Node) -> None:
    scenarios = [to_plain(one) for one in random_scenarios(30, 12)]
    given = [[a, b, str(2**64 - 1 - k), 1 + k] for k, (a, b) in enumerate(pairwise(scenarios))]
    for asked, made in zip(given, node("settings check link", MAKE, given), strict=True):
        assert made["back"] == asked
        assert len(made["fragment"]) <= MOST


def test_items_added_and_removed_and_texts_come_back(node: Node) -> None:
    other = Scenario().change(
        {
            "~issues.critical_minerals": None,
            "+issues.soy": {"owner": "cn", "track": "trade", "benefit": 3},
            "title": "Soy & 'salt' ~ 100 % + more = x",
            "truce.in_force": False,
        }
    )
    given = [[to_plain(Scenario()), to_plain(other), "1", 1000]]
    (made,) = node("settings check link", MAKE, given)
    assert made["back"] == given[0]


def test_what_does_not_fit_a_link_is_said(node: Node) -> None:
    moved = to_plain(random_scenarios(1, 90)[0])
    (made,) = node("settings check link", MAKE, [[moved, moved, "1", 1000]])
    assert "Too much differs" in made["problem"]


def test_a_link_that_is_not_right_gives_a_sentence_and_nothing_else(
    node: Node, contents: Contents, hostile_links: dict[str, str]
) -> None:
    links = hostile_links
    assert len(links) >= 60
    before = json.dumps(contents["scenarios"])
    found = node(
        "settings check link",
        """const schema = new use.Schema(contents);
        const said = given.map((link) => ({ problem: use.fromLink(schema, link).problem ?? "taken" }));
        answer({ said, scenarios: contents.scenarios, polluted: ({}).polluted ?? ({}).x ?? ({}).benefit ?? null });""",
        list(links.values()),
    )
    for (name, _), said in zip(links.items(), found["said"], strict=True):
        assert set(said) == {"problem"}, name
        assert said["problem"].startswith("This link cannot be used: "), name
        assert 40 < len(said["problem"]) < 600 and "undefined" not in said["problem"], said
    assert json.dumps(found["scenarios"]) == before or found["scenarios"] == contents["scenarios"]
    assert found["polluted"] is None


@pytest.mark.parametrize("place", ["truce.length_weeks", "title"])
def test_a_right_link_is_taken(
    node: Node, contents: Contents, with_checksum: Callable[[str], str], place: str
) -> None:
    value = {"truce.length_weeks": "26", "title": "A+b"}[place]
    text = f"v={contents['version']}-{contents['stamp']}&a=tactical_pause~{place}={value}&b=breakthrough&seed=3&runs=200"
    found = node(
        "settings check link",
        """const { shared } = use.fromLink(new use.Schema(contents), given);
        answer([shared.a.truce.length_weeks, shared.a.title, String(shared.seed), shared.runs]);""",
        with_checksum(text),
    )
    assert found[2:] == ["3", 200]
    assert found[0] == 26 if place == "truce.length_weeks" else found[1] == "A b"
