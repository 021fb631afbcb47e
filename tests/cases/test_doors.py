"""Whatever somebody passes to a door of Python is taken, or refused in words with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
import sim.export
import sim.tournament
from sim.config.check import to_plain
from sim.config.compose import take_scenario, write_scenario
from sim.config.params import flatten

LONDON = sim.load("scenario=london")
WANTED = LONDON.change({"linkage.cn": 0.5})
ROW = pd.DataFrame({"linkage.cn": [0.5], "truce.length_weeks": [13]})
KINDS: dict[str, Any] = {
    "record of NumPy": flatten(LONDON).values,
    "row of a record": flatten(LONDON).values[0],
    "array": np.array([[0.0, 13], [0.5, 26]]),
    "Series": pd.Series({"linkage.cn": 0.5}),
    "row of a DataFrame": ROW.iloc[0],
    "DataFrame": ROW,
    "mapping": {"linkage.cn": 0.5},
    "nested mapping": {"linkage": {"cn": 0.5}},
    "all of a scenario": to_plain(WANTED),
    "JSON": '{"linkage": {"cn": 0.5}}',
    "JSON by dotted names": '{"linkage.cn": 0.5}',
    "Path": Path("mine.yaml"),
    "Path of JSON": Path("mine.json"),
    "Path of nothing": Path("nowhere.yaml"),
    "list of mappings": [{"linkage.cn": 0.5}],
    "list of scenarios": [LONDON, LONDON],
    "tuple": ("london",),
    "None": None,
    "Scenario": WANTED,
    "name": "geneva",
    "number": 3,
    "bytes": b"london",
    "set": {"london"},
    "class": sim.Scenario,
}
FEW = {"runs": 2}
ONE = {"name": "x", "kind": "grid", "runs": 1, "factors": {"linkage.us": [0, 1]}}
SCENARIO_DOORS = {
    "run": lambda x: sim.run(x, runs=1, weeks="none"),
    "TruceModel": lambda x: sim.TruceModel(x, seed=1, collect="none"),
    "evaluate": lambda x: sim.evaluate(x, {"linkage.us": [0.1]}, measures=["breakdown"], **FEW),
    "ask": lambda x: sim.ask("truce in force", x, on="2025-11-10", settings=False, **FEW),
    "objective": lambda x: sim.objective(x),
    "sweep": lambda x: sim.sweep(ONE, x, out="o"),
    "compare": lambda x: sim.compare(x, sim.load("scenario=breakthrough"), **FEW),
    "sensitivity": lambda x: sim.sensitivity(
        x, levers="linkage", runs=2, trajectories=4, points=64
    ),
    "discover": lambda x: sim.discover(x, levers="truce", outcome="breakdown", points=200, runs=2),
    "reach": lambda x: sim.reach(
        x, share=0.1, outcome="breakdown", levers="linkage.cn:0..1", runs=20
    ),
    "tournament": lambda x: sim.tournament.tournament([x], ["micro", "hardliner"], runs=2),
    "export": lambda x: sim.export.export(x, "2025-08-01", Path("e")),
}
BY_DAY = ("run", "change", "observed", "load_results", "load of a file")
HEAVY = ("compare", "sensitivity", "discover", "reach", "tournament", "export", "sweep")
STANDS_FOR = {
    *("Series", "row of a DataFrame", "mapping", "nested mapping", "all of a scenario", "JSON"),
    *("JSON by dotted names", "Path", "Path of JSON", "None", "Scenario", "name"),
}


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_scenario(WANTED, "mine.yaml")
    Path("mine.json").write_text(json.dumps(to_plain(WANTED)), encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_for_a_scenario(kind) -> None:
    if kind in STANDS_FOR:
        named = {"None": LONDON, "name": sim.load("scenario=geneva")}
        # a file of a few settings has no text of its own
        assert set(take_scenario(KINDS[kind]).diff(named.get(kind, WANTED))) <= {"about"}
        return
    with pytest.raises(sim.SimError) as found:
        take_scenario(KINDS[kind])
    assert found.value.cure or "no such file" in str(found.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "door",
    [pytest.param(n, marks=pytest.mark.nightly) if n not in BY_DAY else n for n in SCENARIO_DOORS],
)
def test_a_door_of_scenarios_takes_what_stands_for_one(door, kind) -> None:
    if kind in STANDS_FOR:
        assert SCENARIO_DOORS[door](KINDS[kind]) is not None
        return
    with pytest.raises(sim.SimError):
        SCENARIO_DOORS[door](KINDS[kind])


@pytest.mark.parametrize("door", HEAVY)
def test_a_heavy_door_refuses_an_array_in_words(door) -> None:
    with pytest.raises(sim.SimError, match="sim.load"):
        SCENARIO_DOORS[door](KINDS["array"])


OTHER_DOORS = {
    "load": (lambda x: sim.load(x), set()),
    "load of a file": (lambda x: sim.load(file=x), {"Path", "Path of JSON", "None"}),
    "change": (
        lambda x: LONDON.change(x),
        {"Series", "row of a DataFrame", "mapping", "nested mapping", "all of a scenario"},
    ),
    "design of evaluate": (
        lambda x: sim.evaluate("london", x, measures=["breakdown"], **FEW),
        {"Series", "row of a DataFrame", "DataFrame", "mapping"},
    ),
    "design of a sweep": (lambda x: sim.sweep(x, out="o"), set()),
    "question": (lambda x: sim.ask(x, on="2025-11-10", settings=False, **FEW), set()),
    "variants": (lambda x: sim.compare(variants=x, **FEW), set()),
    "observed": (lambda x: sim.run("london", observed=x, **FEW), {"None"}),
    "load_results": (lambda x: sim.load_results(x), set()),
    "reproduce": (lambda x: sim.reproduce(x), {"Path"}),
    "resume": (lambda x: sim.resume(x), set()),
    "levers": (
        lambda x: sim.sensitivity("london", levers=x, runs=2, trajectories=4, points=64),
        set(),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "door",
    [pytest.param(n, marks=pytest.mark.nightly) if n not in BY_DAY else n for n in OTHER_DOORS],
)
def test_other_doors_take_or_refuse_in_words(door, kind) -> None:
    call, taken = OTHER_DOORS[door]
    if kind in taken:
        call(KINDS[kind])
        return
    with pytest.raises(sim.SimError):
        call(KINDS[kind])


@pytest.mark.parametrize("form", [dict, json.dumps, lambda plain: pd.Series(plain).to_dict()])
def test_a_sweep_is_a_mapping_or_json(form) -> None:
    assert len(sim.sweep(form(ONE), out="o").runs) == 2
