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


def signed(text: str) -> str:
    """The link with a right checksum."""
    import zlib

    return f"{text}&k={zlib.crc32(text.encode()) & 0xFFFF:04x}"


def hostile(version: str) -> dict[str, str]:
    """Links that cannot be used, by what is wrong."""
    start, end = f"v={version}&a=tactical_pause", "&b=breakthrough&seed=1&runs=1000"
    own = f"{start}{end}"
    moved = f"{start}~truce.length_weeks=26{end}"
    return {
        "empty": "",
        "a word": "hello",
        "nothing but a version": f"v={version}",
        "no checksum": own,
        "a wrong checksum": f"{own}&k=0000",
        "cut in a number": signed(moved)[:-20],
        "cut in a name": signed(moved)[:60],
        "a digit changed": signed(moved).replace("=26", "=27"),
        "something after the checksum": f"{signed(own)}&k=1234",
        "another version": signed(own.replace(version, "0.0.9-12345678")),
        "other rules": signed(own.replace(version, version[:-8] + "00000000")),
        "no version": signed(own.replace(f"v={version}&", "")),
        "an unknown part": signed(f"{own}&theme=dark"),
        "a part twice": signed(f"{own}&seed=2"),
        "an unknown scenario": signed(own.replace("breakthrough", "breaktrough")),
        "a scenario of the prototype": signed(own.replace("breakthrough", "__proto__")),
        "a path for a scenario": signed(own.replace("breakthrough", "../../etc/passwd")),
        "an unknown setting": signed(moved.replace("length_weeks", "lenght_weeks")),
        "a group": signed(moved.replace("truce.length_weeks", "truce")),
        "a prototype": signed(moved.replace("truce.length_weeks", "__proto__.polluted")),
        "a prototype below": signed(
            moved.replace("truce.length_weeks", "truce.__proto__.polluted")
        ),
        "a constructor": signed(moved.replace("truce.length_weeks", "constructor.prototype.x")),
        "a setting of the prototype of an item": signed(
            moved.replace("truce.length_weeks", "issues.__proto__.benefit")
        ),
        "no value": signed(moved.replace("=26", "")),
        "an empty value": signed(moved.replace("=26", "=")),
        "out of bounds": signed(moved.replace("=26", "=500")),
        "below bounds": signed(moved.replace("=26", "=-1")),
        "no whole number": signed(moved.replace("=26", "=26.5")),
        "a word for a number": signed(moved.replace("=26", "=long")),
        "hexadecimal": signed(moved.replace("=26", "=0x1a")),
        "infinity": signed(moved.replace("=26", "=Infinity")),
        "not a number": signed(moved.replace("=26", "=NaN")),
        "a number without end": signed(moved.replace("=26", "=1e999")),
        "white space for a number": signed(moved.replace("=26", "=+26")),
        "damaged signs": signed(moved.replace("=26", "=%E0%A4%A")),
        "a lone surrogate": signed(moved.replace("truce.length_weeks=26", "title=%ED%A0%80")),
        "control characters": signed(moved.replace("truce.length_weeks=26", "title=%1B%5D0")),
        "interpolation": signed(moved.replace("truce.length_weeks=26", "title=%24%7Bx%7D")),
        "too long a title": signed(moved.replace("truce.length_weeks=26", f"title={'x' * 81}")),
        "no choice": signed(moved.replace("truce.length_weeks=26", "linkage.tracks=apart")),
        "no flag": signed(moved.replace("truce.length_weeks=26", "truce.in_force=1")),
        "no day": signed(moved.replace("truce.length_weeks=26", "calendar.start=2025-02-30")),
        "a contradiction": signed(
            moved.replace("truce.length_weeks=26", "outcomes.us_tariff=0.01")
        ),
        "a red line below terms": signed(
            moved.replace("truce.length_weeks=26", "issues.us_tariff.red_line=0.1")
        ),
        "an item half given": signed(
            moved.replace("truce.length_weeks=26", "issues.soy.benefit=3")
        ),
        "too many items": signed(
            moved.replace(
                "truce.length_weeks=26",
                "~".join(f"issues.i{k}.owner=cn~issues.i{k}.track=trade" for k in range(9)),
            )
        ),
        "an item that is not there removed": signed(
            moved.replace("truce.length_weeks=26", "-issues.soy")
        ),
        "a setting removed": signed(moved.replace("truce.length_weeks=26", "-truce.length_weeks")),
        "all issues removed": signed(
            moved.replace(
                "truce.length_weeks=26", "~".join(f"-issues.{name}" for name in Scenario().issues)
            )
        ),
        "a seed below zero": signed(own.replace("seed=1", "seed=-1")),
        "a seed too large": signed(own.replace("seed=1", f"seed={2**64}")),
        "a seed in words": signed(own.replace("seed=1", "seed=one")),
        "no runs": signed(own.replace("runs=1000", "runs=0")),
        "too many runs": signed(own.replace("runs=1000", "runs=1000001")),
        "half a run": signed(own.replace("runs=1000", "runs=0.5")),
        "markup": signed(own.replace("breakthrough", "%3Cimg%20src=x%20onerror=alert(1)%3E")),
        "a script": "javascript:alert(1)",
        "very long": "v=" + "x" * 100_000,
        "many parts": "&".join(["a=b"] * 1900),
        "a question mark": f"?{signed(own)}",
    }


def test_a_link_that_is_not_right_gives_a_sentence_and_nothing_else(
    node: Node, contents: Contents
) -> None:
    links = hostile(f"{contents['version']}-{contents['stamp']}")
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
        assert said["problem"].startswith("This link cannot be used. "), name
        assert 40 < len(said["problem"]) < 600 and "undefined" not in said["problem"], said
    assert json.dumps(found["scenarios"]) == before or found["scenarios"] == contents["scenarios"]
    assert found["polluted"] is None


@pytest.mark.parametrize("place", ["truce.length_weeks", "title"])
def test_a_right_link_is_taken(node: Node, contents: Contents, place: str) -> None:
    value = {"truce.length_weeks": "26", "title": "A+b"}[place]
    text = f"v={contents['version']}-{contents['stamp']}&a=tactical_pause~{place}={value}&b=breakthrough&seed=3&runs=200"
    found = node(
        "settings check link",
        """const { shared } = use.fromLink(new use.Schema(contents), given);
        answer([shared.a.truce.length_weeks, shared.a.title, String(shared.seed), shared.runs]);""",
        signed(text),
    )
    assert found[2:] == ["3", 200]
    assert found[0] == 26 if place == "truce.length_weeks" else found[1] == "A b"
