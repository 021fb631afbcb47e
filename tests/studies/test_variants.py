"""Named variants of one scenario: read, composed as a command line would, compared in one table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.config.compose import load_variants, write_scenario
from sim.config.variants import read_variants

SHORT = {"licensing.magnets.term_weeks": 13}
MINE = {"short": SHORT, "general": {"licensing": "general_licence"}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"truce.length_weeks": 26}, ["truce.length_weeks=26"]),
        (
            {"truce": {"length_weeks": 26, "max_extensions": 1}},
            ["truce.length_weeks=26", "truce.max_extensions=1"],
        ),
        ({"weeks": 60}, ["weeks=60"]),
        ({"licensing": "general_licence"}, ["licensing=general_licence"]),
        ({"truce": "long", "us/strategy": "hardliner"}, ["truce=long", "us/strategy=hardliner"]),
        ({"us.strategy": "micro"}, ["us/strategy=micro"]),
        ({"deadline": "2025-11-10"}, ["deadline=2025-11-10"]),
        ({"issues.us_tariff.terms": "55 %"}, ["issues.us_tariff.terms='55 %'"]),
        ({"issues": {"us_tariff": {"snaps_back": False}}}, ["issues.us_tariff.snaps_back=false"]),
        ({"~issues.ai_chips": None}, ["~issues.ai_chips"]),
        (
            {"+issues.soy": {"owner": "cn", "track": "trade", "benefit": 6}},
            ["+issues.soy={owner: cn, track: trade, benefit: 6}"],
        ),
        ({}, []),
    ],
)
def test_a_variant_is_what_the_same_words_of_a_command_line_make(change, words) -> None:
    found = load_variants(read_variants({"base": "geneva", "variants": {"mine": change}}))
    base, mine = found.values()
    assert base == sim.load("scenario=geneva")
    assert mine == replace(sim.load("scenario=geneva", *words), name="mine", title="Mine")


def test_a_file_says_the_same_as_a_mapping(tmp_path) -> None:
    write_scenario(sim.load("scenario=geneva"), tmp_path / "own.yaml")
    text = {
        "base": "own.yaml",
        "against": "short",
        "outcome": "breakdown",
        "variants": {"short": SHORT, "long": {"truce": {"length_weeks": 39}}},
    }
    (tmp_path / "v.yaml").write_text(json.dumps(text), encoding="utf-8")
    found = load_variants(read_variants(tmp_path / "v.yaml"))
    assert list(found) == ["short", "long"]
    assert found["long"].truce.length_weeks == 39
    assert found["short"].calendar.start == "2025-05-12"


@pytest.mark.nightly
def test_python_compares_them_under_the_same_draws() -> None:
    found = sim.compare("london", variants=MINE, runs=20, seed=2, outcome="narrow_deal")
    assert list(found.scenarios) == ["london_2025", "short", "general"]
    one = sim.compare("london", sim.load("licensing=general_licence"), runs=20, seed=2)
    here = found.measures[found.measures["scenario"] == "general"].reset_index(drop=True)
    there = one.measures[one.measures["scenario"] == "london_2025-2"].reset_index(drop=True)
    pd.testing.assert_frame_equal(here.iloc[:, 1:], there.iloc[:, 1:], check_exact=True)
    assert "General: narrow deal" in found.answer and "Short: narrow deal" in found.answer


def test_the_command_leaves_one_table_and_is_reproduced(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("variants.yaml").write_text(
        json.dumps({"outcome": "narrow_deal", "variants": MINE}), encoding="utf-8"
    )
    words = ["variants=variants.yaml", "weeks=40", "runs=6", "draw=false", "folder=made"]
    assert main(["compare", *words]) == 0
    table = pd.read_csv("made/outcomes.csv")
    assert table["scenario"].unique().tolist() == ["london_2025", "short", "general"]
    assert len(table) == 3 * 4
    assert sim.reproduce("made").same
    page = Path("made/report.html").read_text(encoding="utf-8")
    assert "General" in page and "Short" in page


REFUSED = {
    "no variants": {"base": "london"},
    "an empty list": {"variants": {}},
    "a list": {"variants": ["a"]},
    "a word": {"variants": {"a": "licensing"}},
    "unknown entry": {"varaints": MINE, "variants": MINE},
    "unknown setting": {"variants": {"a": {"truce.lenght_weeks": 3}}},
    "unknown option": {"variants": {"a": {"licensing": "generous"}}},
    "out of bounds": {"variants": {"a": {"truce.length_weeks": 0}}},
    "a setting of the batch": {"variants": {"a": {"runs": 3}}},
    "twice": {"variants": {"a": {"truce.length_weeks": 3, "truce": {"length_weeks": 4}}}},
    "against nothing": {"against": "b", "variants": MINE},
    "a base that is none": {"base": "atlantis", "variants": MINE},
    "a name that is none": {"variants": {"A b/c": SHORT}},
    "contradictions": {"variants": {"a": {"economy.us.floor_tariff": 1.5}}},
    "no change": {"variants": {"a": {}}},
    "too many": {"variants": {f"v{n}": {"truce.length_weeks": n} for n in range(4, 14)}},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_variant_is_refused(name) -> None:
    with pytest.raises(sim.SimError):
        sim.compare(variants=REFUSED[name], runs=2)


@pytest.mark.parametrize("name", ["unknown setting", "contradictions", "a name that is none"])
def test_the_command_refuses_the_same_and_writes_nothing(
    name, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text(json.dumps(REFUSED[name]), encoding="utf-8")
    assert main(["compare", "variants=v.yaml", "runs=2", "out=o"]) == 2
    assert not Path("o").exists() and capsys.readouterr().err.startswith("tariffsim: ")


def test_options_beside_a_scenario_made_in_python_are_refused_with_a_cure() -> None:
    own = sim.load("scenario=geneva")
    with pytest.raises(sim.SimError, match=r"variants\.general\.licensing.*made in Python"):
        sim.compare(own, variants=MINE, runs=2)
    found = sim.compare(own, variants={"short": SHORT}, runs=2)
    assert found.scenarios["short"].calendar.start == "2025-05-12"


@pytest.mark.parametrize(
    "words", [["left=london"], ["scenarios=london,geneva"], ["truce.length_weeks=9"]]
)
def test_other_scenarios_beside_a_file_are_refused(words, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    own = {"variants": {"a": {"truce.length_weeks": 6}}}
    Path("v.yaml").write_text(json.dumps(own), encoding="utf-8")
    assert main(["compare", "variants=v.yaml", *words]) == 2
    assert words[0].partition("=")[0] in capsys.readouterr().err


PLACED = {
    "no such setting": ("variants:\n  one: {truce.length_weks: 6}\n", "v.yaml:2"),
    "nested": ("variants:\n  one:\n    truce:\n      length_weeks: 600\n", "v.yaml:4"),
    "dotted": ("base: geneva\nvariants:\n  one:\n    linkage.cn: 9\n", "v.yaml:4"),
    "a choice": ("variants:\n  one: {}\n  two:\n    us.strategy.kind: hard\n", "v.yaml:4"),
    "an option": ("variants:\n  one:\n    licensing: lax\n", "v.yaml:3"),
    "an entry": ("base: london\nvariant:\n  one: {}\n", "v.yaml:2"),
    "none": ("base: london\nvariants: {}\n", "v.yaml:2"),
    "not a change": ("variants:\n  one: 5\n", "v.yaml:2"),
    "against": ("variants:\n  one: {}\nagainst: on\n", "v.yaml:3"),
    "an outcome": ("variants:\n  one: {}\noutcome: 5\n", "v.yaml:3"),
    "two settings": ("variants:\n  one: {economy.us.floor_tariff: 1.5}\n", "v.yaml:2"),
    "an item": ("variants:\n  one:\n    ~issues.soy: null\n", "v.yaml:3"),
    "a base": ("base: londo\nvariants:\n  one: {}\n", "v.yaml"),
}


@pytest.mark.parametrize("name", PLACED)
def test_a_fault_in_a_file_of_variants_is_said_with_its_line(name, tmp_path, capsys) -> None:
    text, place = PLACED[name]
    (tmp_path / "v.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(sim.SimError) as found:
        load_variants(read_variants(tmp_path / "v.yaml"))
    assert place in found.value.message
    assert main(["compare", f"variants={tmp_path / 'v.yaml'}", f"out={tmp_path}"]) == 2
    assert place in capsys.readouterr().err
