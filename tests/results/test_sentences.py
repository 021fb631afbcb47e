"""Sentences: every fact in them is in the record of acts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np
import pytest

import sim
from sim.config.params import flatten
from sim.results.sentences import Done, lines, sentence
from sim.vocabulary import ACTS, CALENDAR_KINDS, OUTCOMES, REGIMES, SENTENCES, SIDES, TRACKS

ISSUES = ("ai_chips", "counter_controls", "soy")
_LINE = re.compile(r"Week (\d+), (\d+) (\w+) (\d{4}): (.+)")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            Done(12, "us", "threatened", 1, 3),
            "Washington threatens a measure on counter controls within 3 weeks, for what was promised.",
        ),
        (Done(12, "cn", "acted", -2, 1), "Beijing acts at once on everything, for something new."),
        (
            Done(2, "both", "swapped", 0b110, 0b10),
            "Both sides agree on an interim package of counter controls and soy; Beijing lifts its measure.",
        ),
        (
            Done(2, "both", "renewed", 13, 0),
            "Both sides renew the truce for 13 weeks, at its date.",
        ),
        (
            Done(2, "both", "renewed", 1, -2),
            "Both sides renew the truce for 1 week, 2 weeks past its date.",
        ),
        (Done(2, "us", "ended", 4, 0), "Washington ends the truce 4 weeks before its date."),
        (Done(2, "both", "returned", 0, 0), "Both sides return to a truce without a date."),
        (Done(2, "both", "settled", 1, 0), "Both sides settle minerals."),
    ],
)
def test_an_act_in_words(act: Done, said: str) -> None:
    assert sentence(act, ISSUES) == said


def test_every_act_has_a_sentence_with_all_its_details() -> None:
    for name, term in ACTS.items():
        places = set(re.findall(r"{(\w+)}", term.sentence))
        assert places - {"who"} == {kind for kind in (term.first, term.second) if kind}, name
        assert sentence(Done(1, "us", name, 1, 1), ISSUES)


def facts_of(text: str, issues: Sequence[str]) -> tuple[str, str, int | None, int | None]:
    """Side, act and details that a sentence says; None for a detail that it does not say."""
    for name, term in ACTS.items():
        kinds = re.findall(r"{(\w+)}", term.sentence)
        pattern = re.sub(r"\\{lifted\\}", "(|; .+)", re.escape(term.sentence))
        pattern = re.sub(r"\\{\w+\\}", "(.+?)", pattern)
        found = re.fullmatch(pattern, text)
        if found and _possible(dict(zip(kinds, found.groups(), strict=True)), issues):
            said = dict(zip(kinds, found.groups(), strict=True))
            side = {label: side for side, label in SENTENCES["who"].items()}.get(
                said.get("who", ""), ""
            )
            first, second = (
                _number(kind, said.get(kind), issues) for kind in (term.first, term.second)
            )
            return side, name, first, second
    raise AssertionError(text)


def _possible(said: dict[str, str], issues: Sequence[str]) -> bool:
    who = said.get("who")
    return who is None or who in SENTENCES["who"].values()


def _place(words: str, issues: Sequence[str]) -> int:
    """The place of an issue by what it is called."""
    name = words.replace("Chinese ", "cn ").lower().replace(" ", "_")
    return list(issues).index(name)


def _number(kind: str, words: str | None, issues: Sequence[str]) -> int | None:
    if not kind or words is None:
        return None
    weeks = int(found[0]) if (found := re.findall(r"(\d+) week", words)) else 0
    if kind == "issue":
        special = {"nothing": -1, "everything": -2}
        return special[words] if words in special else _place(words, issues)
    if kind == "issues":
        names = words.replace(" and ", ", ").split(", ")
        return sum(1 << _place(name, issues) for name in names)
    if kind == "lifted":
        both = "both" in words
        return 3 if both else sum(1 << s.code for s in SIDES.values() if s.label in words)
    if kind == "when":
        return None if "without" in words else -weeks if "past" in words else weeks
    if kind == "regime":
        return next(regime.code for regime in REGIMES.values() if regime.label == words)
    if kind == "scheduled":
        return next(kind.code for kind in CALENDAR_KINDS.values() if kind.label == words)
    if kind == "track":
        return next(track.code for track in TRACKS.values() if track.label == words)
    return {"reason": int("new" in words), "count": int(words) if words.isdigit() else 0}.get(
        kind, weeks
    )


def test_every_fact_of_fifty_runs_is_in_the_record() -> None:
    results = sim.run("london", runs=50, seed=7, weeks="quantiles")
    issues, start = flatten(results.scenario).issues, results.scenario.calendar.start
    assert results.acts is not None
    for run in range(50):
        own = results.acts[results.acts["run"] == run]
        acts = [Done(*row) for row in own.drop(columns="run").itertuples(index=False, name=None)]
        said = lines(acts, issues, start)
        assert len(said) == own["week"].nunique()
        told = []
        for line in said:
            week, day, month, year, text = _LINE.fullmatch(line).groups()  # type: ignore[union-attr]
            date = dt.datetime.strptime(f"{day} {month} {year}", "%d %B %Y").date()
            assert date == dt.date.fromisoformat(start) + dt.timedelta(weeks=int(week))
            told += [(int(week), *facts_of(f"{part}.", issues)) for part in text[:-1].split(". ")]
        for act, (week, side, name, first, second) in zip(acts, told, strict=True):
            assert (act.week, act.act) == (week, name)
            assert side in ("", act.side)
            assert first in (None, act.first)
            assert second in (None, act.second)


def test_a_result_and_a_scenario_tell_the_same() -> None:
    results = sim.run("london", runs=3, seed=4)
    told = sim.explain(results, run=2)
    ends = OUTCOMES[str(results.runs["outcome"][2])].label
    assert len(told) > 1 and told[-1].endswith(f": The run counts as a {ends}.")
    assert told == sim.explain("london", run=2, seed=4)
    assert sim.explain(results, run=9) == sim.explain("london", run=9, seed=4)


def test_a_run_that_there_is_not_is_refused() -> None:
    with pytest.raises(sim.SimError, match="no such run"):
        sim.explain("london", run=-1)


def test_weeks_in_words_are_those_of_the_table() -> None:
    results = sim.run("london", runs=2, weeks="all")
    assert results.weeks is not None and results.acts is not None
    days = results.weeks.drop_duplicates("week").set_index("week")["date"]
    first = sim.explain(results, run=0)[0]
    week = int(np.min(results.acts.query("run == 0")["week"]))
    assert first.startswith(f"Week {week}, {days[week].day} {days[week]:%B} {days[week].year}: ")
