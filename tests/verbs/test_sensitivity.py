"""The verb sensitivity: what it takes, what it leaves, and what it refuses without leaving anything."""

from __future__ import annotations

import json
from inspect import signature

import pytest

from sim.cli import main
from sim.config.compose import read_scenario
from sim.results.manifest import read_manifest
from sim.studies.sensitivity_study import sensitivity
from sim.verbs.sensitivity import takes

QUICK = ["levers=linkage.cn,us.strategy.kind", "runs=4", "trajectories=4", "points=64"]


def test_a_study_is_written_reproduced_and_bundled(tmp_path, capsys) -> None:
    folder = tmp_path / "result"
    words = [*QUICK, "scenario=geneva", "linkage.us=0.2", "outcome=breakdown", "figures.format=png"]
    assert main(["sensitivity", *words, f"folder={folder}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["folder"] == str(folder) and "breakdown" in told["answer"]
    assert set(told["content"]) == {"moves", "screening", "indices", "variance", "ranking"}
    assert (folder / "figures" / "sensitivity.png").is_file()
    assert read_scenario(folder / "scenario.yaml").linkage.us == 0.2
    asked = read_manifest(folder / "manifest.json").asked
    assert asked["points"] == 64 and asked["levers"][0] == "linkage.cn:0.3..0.5"
    assert main(["reproduce", str(folder)]) == 0
    assert main(["reproduce", str(folder / "report.html")]) == 0
    assert main(["bundle", str(folder)]) == 0
    assert main(["reproduce", f"{folder}.zip"]) == 0


def test_defaults_are_those_of_python() -> None:
    given = {name: word.default for name, word in takes("sensitivity").words.items()}
    for name, parameter in signature(sensitivity).parameters.items():
        if name in given:
            assert given[name] == str(parameter.default), name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["levers=linkage.xx"], "no such lever"),
        (["levers="], "needs a value"),
        (["levers=truce.length_weeks"], "no plausible range"),
        (["levers=linkage.cn", "outcome=peace"], "no such outcome or measure"),
        (["levers=linkage.cn", "outcome=weeks_to_first_deal"], "has no value in runs"),
        (["levers=linkage.cn", "points=100"], "power of two"),
        (["levers=linkage.cn", "points=many"], "not a whole number"),
        (["levers=linkage.cn", "trajectories=0"], "not a whole number"),
        (["levers=linkage.cn", "sides=both"], "neither together nor apart"),
        (["levers=linkage.cn", "runs=1"], "too few"),
        (["levers=linkage.cn", "engine=mesa"], "not for sensitivity"),
        (["levers=linkage.cn", "scenario=lodnon"], "london_2025"),
        (["levers=linkage.cn", "levers=linkage.us"], "given twice"),
        (["linkage"], "not a word of sensitivity"),
    ],
    ids=str,
)
def test_bad_input_ends_with_two_and_leaves_nothing(words, said, tmp_path, capsys) -> None:
    (tmp_path / "out").mkdir()
    assert main(["sensitivity", *words, f"out={tmp_path / 'out'}"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("tariffsim:") == 1
    assert not list((tmp_path / "out").iterdir())
