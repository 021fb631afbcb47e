"""The chance of something by a day: counted by hand in pandas, in sequence, under a condition."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.analysis.shares import wilson
from sim.batch import Run
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.rules.measures import WEEK
from sim.studies.answers import _counted, sentence
from sim.studies.answers_figure import ask_figures
from sim.studies.conditions import condition_of
from sim.studies.questions import _lasting, question_of, questions_in
from sim.vocabulary import EVENTS, STATUSES

RUNS = 60


@pytest.fixture(scope="module")
def weeks() -> pd.DataFrame:
    """All weeks of some runs of London, as anybody would count in."""
    return sim.run("london", runs=RUNS, weeks="all").weeks


def _chance(question, **more):
    found = sim.ask(question, "london", runs=RUNS, settings=False, **more)
    return found.answers.iloc[0]


def test_a_share_is_that_of_a_count_in_pandas(weeks):
    on = weeks[weeks["week"] == weeks["week"].min() + 21]
    assert _chance("status == truce", on="2025-11-10")["true"] == (on["status"] == "truce").sum()
    until = weeks[weeks["week"] <= weeks["week"].min() + 24]
    twice = until.groupby("run")["extensions"].max() >= 2
    assert _chance("extended twice", by="2025-11-30")["true"] == twice.sum()
    above = until.groupby("run")["tariff.us"].max() > 0.6
    assert _chance("tariff.us > 60 %", until="2025-11-30")["true"] == above.sum()
    assert 0 < twice.sum() < RUNS and 0 < above.sum() < RUNS


def test_what_follows_is_counted_among_the_runs_in_which_the_first_came(weeks):
    count = true = 0
    for _, own in weeks.groupby("run"):
        own = own.sort_values("week")
        first = np.flatnonzero(own["extensions"].to_numpy() >= 1)
        if not len(first):
            continue
        count += 1
        after = own.iloc[first[0] + 1 : first[0] + 27]
        true += bool((after["status"] == "none").any())
    row = _chance("extended", then="no truce", within="26w")
    assert (row["counted"], row["true"]) == (count, true)
    assert 0 < true < count


def test_a_condition_leaves_runs_out(weeks):
    broke = (
        weeks.assign(bits=weeks["events"].astype(int))
        .groupby("run")["bits"]
        .agg(lambda bits: any(int(b) & (EVENTS["lapse"].bit | EVENTS["ending"].bit) for b in bits))
    )
    assert _chance("extended", given="no break")["counted"] == (~broke).sum()
    assert _chance("extended", given="a break")["counted"] == broke.sum()


def test_no_turns_a_question_round():
    for words in ("a break", "a protest by Beijing", "tariff.us > 60 %"):
        yes, no = _chance(words), _chance(f"no {words.removeprefix('a ')}")
        assert yes["true"] + no["true"] == RUNS


def test_it_comes_true_no_later_than_half_of_it():
    found = sim.ask("extended", "london", runs=RUNS, settings=False)
    row, when = found.answers.iloc[0], found.when
    assert when["share"].is_monotonic_increasing
    assert when["share"].iloc[-1] == row["probability"]
    reached = when[when["share"] >= row["probability"] / 2]["date"].iloc[0]
    assert row["first_quarter"] <= row["median"] == reached <= row["third_quarter"]


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 6))
@settings(max_examples=80)
def test_lasting_is_so_many_weeks_on_end(holds, least):
    found = _lasting(np.asarray([holds]), least)[0].tolist()
    wanted = [k + 1 >= least and all(holds[k + 1 - least : k + 1]) for k in range(len(holds))]
    assert found == wanted


RULED_OUT = {
    ("tariff.us > 150 %", ""): "ceiling",
    ("a breakthrough", "~issues.ai_chips"): "the semiconductors track",
    ("extended 9 times", "truce.max_extensions=8"): "extensions",
    ("an extension", "truce.max_extensions=0"): "extension",
}


@pytest.mark.parametrize("case", RULED_OUT, ids=str)
def test_what_cannot_happen_is_said_with_its_reason(case):
    words, change = case
    scenario = sim.load(*([change] if change else []))
    row = sim.ask(words, scenario, runs=8).answers.iloc[0]
    assert RULED_OUT[case] in row["ruled_out"]
    assert row["probability"] == 0 and np.isnan(row["low"]) and row["true"] == 0
    assert "cannot happen here" in sentence(row.to_dict())


def test_scores_are_those_of_their_definitions():
    asked = {
        "a": {"that": "truce in force", "on": "2025-06-12", "resolved": True, "base_rate": 0.5},
        "b": {"that": "no truce", "on": "2025-06-12", "resolved": True},
    }
    rows = sim.ask(asked, runs=10, settings=False).answers.set_index("question")
    assert rows.loc["a", "brier"] == 0 and rows.loc["b", "brier"] == 1
    assert rows.loc["a", "base_brier"] == 0.25
    assert rows.loc["a", "base_log_score"] == pytest.approx(np.log(2))
    assert rows.loc["b", "log_score"] == pytest.approx(-np.log(1e-3))


def test_settings_have_an_interval_and_a_lever_that_stands_out():
    found = sim.ask("truce in force", runs=20, on="2025-11-10")
    row = found.answers.iloc[0]
    assert 0 <= row["settings.low"] <= row["settings"] <= row["settings.high"] <= 1
    # an interval of other settings stands behind a mean of its own, never in brackets after the share
    brackets = re.findall(r"\(([^)]*)\)", found.answer)
    assert brackets[0].startswith("95 % interval of the runs") and brackets[0].count("%") == 2
    assert re.search(r"; at other plausible settings: .+ on average$", found.answer)
    assert set(found.levers["question"]) == {"question"} and len(found.levers) > 20


def test_a_result_answers_of_its_own_runs():
    results = sim.run("geneva", runs=30, seed=3, weeks="none")
    own = results.probability("extended", settings=False).answers
    pd.testing.assert_frame_equal(
        own, sim.ask("extended", "geneva", runs=30, seed=3, settings=False).answers
    )


WORDS = {
    "truce in force": ("status", STATUSES["none"].code),
    "A Narrow Deal": ("state", 1),
    "narrow_deal": ("state", 1),
    "Extended twice": ("extensions", 2),
    "prolonged 3 times": ("extensions", 3),
    "level.ai_chips >= 0.3": ("level", 0.3),
    "tariff.cn < 33 %": ("tariff", 0.33),
}


@pytest.mark.parametrize("words", WORDS)
def test_words_say_what_they_mean(words):
    scenario = Scenario()
    (part,) = condition_of(words, scenario, flatten(scenario)).parts
    assert (part.series, part.value) == WORDS[words]


def test_every_kind_of_event_can_be_asked_for():
    scenario = Scenario()
    params = flatten(scenario)
    week = np.zeros((1, 1), WEEK)
    for name, event in EVENTS.items():
        week["events"] = event.bit
        assert condition_of(name, scenario, params).holds(week).all()
        assert condition_of(event.kind, scenario, params).holds(week).all()
    assert condition_of("a claim of breach by Beijing", scenario, params).parts[0].bits == (
        EVENTS["protest_cn"].bit
    )


REFUSED = [
    ({"that": "world peace"}, "not a phrase"),
    ({"that": "truce in forc"}, "did you mean: truce in force"),
    ({"that": "tariff.uk > 1"}, "did you mean: tariff.us"),
    ({"that": "tariff.us > high"}, "not a number"),
    ({"that": "tariff.us > 60"}, "60 %"),
    ({"that": "status == peace"}, "not a state"),
    ({"that": "status < truce"}, "not a state"),
    ({"that": ""}, "not a condition"),
    ({"that": "x" * 500}, "not a condition"),
    ({"that": "extended often"}, "how many times"),
    ({"that": "extended", "on": "2025-01-01"}, "before the first day"),
    ({"that": "extended", "by": "2031-01-01"}, "weeks=291"),
    ({"that": "extended", "by": "soon"}, "by"),
    ({"that": "extended", "by": "2025-11-10", "on": "2025-11-10"}, "given twice"),
    ({"that": "extended", "within": "26w"}, "nothing follows"),
    ({"that": "extended", "then": "no truce", "within": "soon"}, "weeks"),
    ({"that": "extended", "then": "no truce", "on": "2025-11-10"}, "nothing can follow"),
    ({"that": "extended", "when": "2025-11-10"}, "no such key"),
    ({"that": "extended", "resolved": "maybe"}, "yes or no"),
    ({"that": "extended", "base_rate": 2}, "base_rate"),
    ({"that": "__import__('os').system('x')"}, "not a phrase"),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_cannot_be_asked_is_refused_in_words(case):
    plain, words = case
    with pytest.raises(SimError, match=words):
        question_of("question", plain, Scenario())


@pytest.mark.parametrize(
    "text",
    ["questions: {}", "questions: 5", "from: london", "from: 5\nquestions: {a: {that: extended}}"],
)
def test_a_file_without_questions_is_refused(tmp_path, text):
    path = tmp_path / "q.yaml"
    path.write_text(text)
    with pytest.raises(SimError):
        questions_in(path)


def test_an_interval_of_the_runs_covers_at_its_rate():
    """Over 200 seeds, of 40 runs each, the interval holds the share of all their runs 93 to 98
    times in 100, within what 200 seeds can tell.
    """
    scenario = sim.load(
        "weeks=26", "outcomes.weeks_in_force=13", "firms.magnets.firms=8", "firms.chips.firms=8"
    )
    found = sim.ask("extended", scenario, runs=8_000, settings=False, by="2025-08-12")
    chance = found.answers["probability"].iloc[0]
    inside = 0
    for seed in range(200):
        row = sim.ask(
            "extended", scenario, runs=40, seed=100 + seed, settings=False, by="2025-08-12"
        ).answers.iloc[0]
        inside += row["low"] <= chance <= row["high"]
    assert 0.91 <= inside / 200 <= 0.985


def test_the_figure_marks_the_days_asked_about():
    asked = {
        "a": {"that": "extended", "by": "2025-08-12"},
        "b": {"that": "extended twice", "by": "2025-11-30"},
        "c": {"that": "a break"},
    }
    found = sim.ask(asked, runs=20, settings=False)
    (ax,) = ask_figures(found)["when"].axes
    marked = {
        line.get_gid(): pd.Timestamp(line.get_xdata()[0]).date().isoformat()
        for line in ax.lines
        if str(line.get_gid()).startswith("asked")
    }
    assert marked == {"asked a": "2025-08-12", "asked b": "2025-11-30"}


@pytest.mark.parametrize(
    "words", ["truce in force and no break", "a deal and not extended", "a break and no lapse"]
)
def test_a_part_that_is_turned_round_is_refused_and_not_turned_back(words):
    scenario = Scenario()
    with pytest.raises(SimError, match="turned round") as found:
        condition_of(words, scenario, flatten(scenario))
    assert "given=" in found.value.cure and not found.value.suggestion


NEVER_EXTENDED = ["extended", "extended once", "extended twice", "an extension", "extensions >= 1"]
NEVER_EXTENDED += [
    "extensions != 0",
    "extensions > 0",
    "extensions == 1",
    "extension",
    "prolonged",
    "truce extended",
]


@pytest.mark.parametrize("words", NEVER_EXTENDED)
def test_without_extensions_every_question_about_one_cannot_happen(words):
    scenario = sim.load("truce.max_extensions=0")
    params = flatten(scenario)
    assert "max_extensions" in condition_of(words, scenario, params).ruled_out
    assert not condition_of(f"no {words}", scenario, params).ruled_out
    for keys in ({"that": words, "then": "a deal"}, {"that": "a deal", "then": words}):
        assert "max_extensions" in question_of("q", keys, scenario).ruled_out
    given = question_of("q", {"that": "a deal", "given": words}, scenario)
    assert "max_extensions" in given.ruled_out


@pytest.mark.nightly
def test_the_interval_of_a_question_holds_the_chance_in_93_to_97_of_100():
    """Wilson's interval of 100 runs each, 400 times over, against the share of all 40,000."""
    scenario, size, times = Scenario(), 100, 400
    asked = (
        {"that": "truce in force", "on": "2026-06-10"},
        {"that": "extended twice", "by": "2025-11-30"},
        {"that": "a break", "then": "a deal"},
    )
    questions = [question_of(str(n), plain, scenario) for n, plain in enumerate(asked)]
    numbers = np.arange(size * times)
    found = _counted(
        questions, flatten(scenario), np.zeros(len(numbers), int), numbers, Run(), None
    )
    held = []
    for counted, true in zip(found.counted, found.true, strict=True):
        chance = true.sum() / counted.sum()
        parts = [one.reshape(times, size).sum(axis=1) for one in (true, counted)]
        low, high = wilson(*parts)
        held.append(np.mean((low <= chance) & (chance <= high)))
    assert all(0.93 <= share <= 0.97 for share in held), held
