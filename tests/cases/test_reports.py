"""What users of neighbouring tools reported, held here kind by kind: each with siblings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import sim
from sim.cli import main
from sim.config.check import to_plain
from sim.config.compose import write_scenario
from sim.config.hydra_source import compose
from sim.config.overrides import read_overrides
from sim.config.scenario import Scenario
from sim.jobs import NAMES
from sim.sweeps.cluster import refuse_unguarded_script

FEW = ("figures.format=png", "figures.dpi=50", "figures.report=false")
FLAG = {"issues.us_tariff.snaps_back": {"values": [True, False]}}
OTHER_FLAG = {"truce.in_force": {"values": [True, False]}}
NUMBER = {"linkage.cn": {"values": [0, 1]}}
COUNT = {"truce.length_weeks": {"values": [6, 26]}}
CHOICE = {"us.strategy.kind": {"values": ["micro", "hardliner"]}}
RANGES = {"linkage.cn": {"low": 0, "high": 1}, "truce.length_weeks": {"low": 6, "high": 30}}
DESIGNS = {
    "a flag alone": {"kind": "grid", "factors": FLAG},
    "a flag beside a number": {"kind": "grid", "factors": {**FLAG, **NUMBER}},
    "a flag beside a count": {"kind": "grid", "factors": {**FLAG, **COUNT}},
    "a flag beside a choice": {"kind": "grid", "factors": {**CHOICE, **FLAG}},
    "two flags": {"kind": "grid", "factors": {**FLAG, **OTHER_FLAG}},
    "a flag as the contrast": {
        "kind": "grid",
        "factors": {**FLAG, **NUMBER},
        "focus": "breakdown",
        "contrast": "issues.us_tariff.snaps_back",
    },
    **{
        f"a flag in {kind}": {"kind": kind, "points": 4, "factors": {**FLAG, **RANGES}}
        for kind in ("latin_hypercube", "sobol", "saltelli", "morris")
    },
}
QUICK = ("a flag beside a number",)


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.nightly) for n in DESIGNS]
)
def test_a_lever_that_is_true_or_false_is_drawn(name, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    design = {"name": "flag", "runs": 1, **DESIGNS[name]}
    Path("flag.yaml").write_text(json.dumps(design), encoding="utf-8")
    assert main(["sweep", "sweep_file=flag.yaml", *FEW, "folder=made"]) == 0
    assert list(Path("made/figures").glob("*.png"))


@pytest.mark.parametrize("node", [("issues",), ("shocks", "events"), ("firms", "chips", "sectors")])
def test_the_order_of_named_items_in_a_file_changes_no_bit(node, tmp_path) -> None:
    base = sim.load("scenario=london")
    plain = json.loads(json.dumps(to_plain(base)))
    parent = plain
    for key in node[:-1]:
        parent = parent[key]
    parent[node[-1]] = dict(reversed(parent[node[-1]].items()))
    (tmp_path / "turned.yaml").write_text(json.dumps(plain), encoding="utf-8")
    turned = sim.load(file=tmp_path / "turned.yaml")
    one, other = (sim.run(s, runs=30, seed=5, weeks="none").runs for s in (base, turned))
    assert one.equals(other[one.columns])


TEXTS = {
    "title=London, June 2025": "London, June 2025",
    "title=The _old_: one": "The _old_: one",
    "title=Half [draft]": "Half [draft]",
    "title=[draft] of June": "[draft] of June",
    "title={a} and (b), c": "{a} and (b), c",
    "title=_target_: a word": "_target_: a word",
    'title="A (x), B"': "A (x), B",
    "out=results, final": "results, final",
    "file=scenario,v2.yaml": "scenario,v2.yaml",
    "file=[draft].yaml": "[draft].yaml",
    "file=old/_draft_.yaml": "old/_draft_.yaml",
    "file=it's here, really.yaml": "it's here, really.yaml",
    "sweep_file=a,b/[c].yaml": "a,b/[c].yaml",
}


@pytest.mark.parametrize("word", TEXTS)
def test_text_and_paths_are_taken_as_they_are(word) -> None:
    (override,) = read_overrides([word], NAMES)
    assert override.value == TEXTS[word]


def test_files_of_such_names_are_read(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    for name in ("old/_draft_.yaml", "scenario,v2.yaml", "[draft].yaml"):
        write_scenario(replace(sim.load(), name="mine"), name)
        assert main(["run", "--cfg", "scenario", f"file={name}"]) == 0


@pytest.mark.parametrize(
    "word",
    ["linkage._target_=1", "+issues.x={_target_: os.system}", "_target_=a", "us={_call_: 1}"],
)
def test_names_that_run_code_are_refused_still(word) -> None:
    with pytest.raises(sim.SimError, match="_target_"):
        read_overrides([word], NAMES)


WRONG = {
    "linkage.cn=0,1,": "linkage.cn=0,1",
    "linkage.cn=0,,1": "linkage.cn=0,1",
    "linkage.cn=,1": "linkage.cn=1",
    "title=A (x),B": "title=",
    "truce.length_weeks=[6,26": "close it",
    "linkage.cn=choice(0,1": "close it",
    "linkage.cn='0": "close it",
    "linkage.cn=a b:c;d": "in its own quotes",
}


@pytest.mark.parametrize("word", WRONG)
def test_no_word_of_the_parser_is_in_a_message(word) -> None:
    with pytest.raises(sim.SimError) as found:
        read_overrides([word], NAMES, multirun=True)
    text = str(found.value)
    for token in ("UNQUOTED", "Hydra", "BRACKET", "<EOF>", "mismatched", "extraneous", "Unknown f"):
        assert token not in text
    assert WRONG[word] in (found.value.cure or "")


SCRIPT = """
import hydra, sim
from hydra.core.hydra_config import HydraConfig
@hydra.main(version_base=None, config_path=None, config_name=None)
def main(cfg):
    sim.load('scenario=geneva', 'truce.length_weeks=30')
    from hydra.core.utils import JobRuntime
    print('job', JobRuntime.instance().get('name'), HydraConfig.get().job.name)
main()
"""


def test_the_name_of_a_job_around_us_stays(monkeypatch) -> None:
    from hydra.core.singleton import Singleton
    from hydra.core.utils import JobRuntime

    monkeypatch.setitem(Singleton._instances, JobRuntime, JobRuntime())
    JobRuntime.instance().set("name", "mine")
    compose(Scenario, ["truce=long"])
    assert JobRuntime.instance().get("name") == "mine"


@pytest.mark.nightly
def test_a_hydra_application_around_us_keeps_its_name(tmp_path) -> None:
    (tmp_path / "mine.py").write_text(SCRIPT, encoding="utf-8")
    done = _python(tmp_path, "mine.py", "-m", "+weeks=26,30")
    assert [line for line in done.stdout.splitlines() if line.startswith("job")] == [
        "job mine mine"
    ] * 2


UNGUARDED = {
    "a sweep": 'sim.sweep("compliance_noise", executor="dask", out="made")',
    "a sweep of a file": 'sim.sweep({"name": "x", "kind": "grid", "runs": 1, "factors": {"linkage.cn": [0, 1]}}, executor="dask")',
}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (UNGUARDED["a sweep"], True),
        ('if __name__ == "__main__":\n    sim.sweep("compliance_noise")', False),
    ],
)
def test_a_script_is_looked_at_before_a_worker_starts(text, refused, tmp_path, monkeypatch) -> None:
    script = ModuleType("__main__")
    script.__file__, script.__spec__ = str(tmp_path / "bare.py"), None
    (tmp_path / "bare.py").write_text(text, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "__main__", script)
    with pytest.raises(sim.SimError, match="from its top") if refused else nullcontext():
        refuse_unguarded_script()


@pytest.mark.nightly
@pytest.mark.parametrize("name", UNGUARDED)
def test_a_dask_script_without_a_guard_gets_one_message(name, tmp_path) -> None:
    (tmp_path / "bare.py").write_text(f"import sim\n{UNGUARDED[name]}\n", encoding="utf-8")
    done = _python(tmp_path, "bare.py")
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) < 40
    assert '__name__ == "__main__"' in lines[-1]


def _python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own."""
    path = os.pathsep.join([str(Path(sim.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


MINE = {"name": "mine", "kind": "grid", "runs": 1, "factors": {"linkage.cn": {"values": [0, 1]}}}


@pytest.mark.parametrize("form", [str, Path, lambda path: MINE])
def test_a_sweep_of_ones_own_runs_from_python(form, tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(MINE), encoding="utf-8")
    results = sim.sweep(form(path), out=tmp_path / "o")
    assert sorted(results.runs["linkage.cn"]) == [0.0, 1.0]


def test_a_sweep_that_is_not_there_is_refused_with_where_it_was_looked_for(tmp_path) -> None:
    with pytest.raises(sim.SimError, match="no such"):
        sim.sweep(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("seed", [1.5, "1", True, -1, None, 2**64, [1, 2]])
def test_a_seed_that_is_none_is_refused_by_every_door(seed) -> None:
    doors = (
        lambda: sim.run("london", runs=1, seed=seed),
        lambda: sim.evaluate("london", {"linkage.cn": [0.1]}, runs=1, seed=seed),
        lambda: sim.compare("london", "geneva", runs=2, seed=seed),
        lambda: sim.ask("truce in force", on="2025-11-10", runs=1, seed=seed),
    )
    for door in doors:
        with pytest.raises(sim.SimError, match="seed"):
            door()


CHANGED = {
    "linkage": lambda s: replace(s, linkage=replace(s.linkage, cn=99.0)),
    "not a number": lambda s: replace(s, linkage=replace(s.linkage, cn=float("nan"))),
    "weeks": lambda s: replace(s, truce=replace(s.truce, length_weeks=-5)),
    "no issue": lambda s: replace(s, issues={}),
    "a day": lambda s: replace(s, calendar=replace(s.calendar, start="2026-02-30")),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_scenario_changed_in_python_is_checked_by_every_door(name) -> None:
    wrong = CHANGED[name](sim.load())
    doors = (
        lambda: sim.run(wrong, runs=1),
        lambda: sim.TruceModel(wrong, seed=1),
        lambda: sim.evaluate(wrong, {"linkage.us": [0.1]}, runs=1),
        lambda: sim.sweep(MINE, wrong),
        lambda: sim.compare(wrong, "geneva", runs=2),
        lambda: sim.ask("truce in force", wrong, on="2025-11-10", runs=1),
    )
    for door in doors:
        with pytest.raises(sim.SimError):
            door()
