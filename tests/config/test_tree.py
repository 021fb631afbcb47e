"""The tree of groups: what a researcher writes into it, and what is refused there with its file and
line.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.cli import main
from sim.config import locate, tree
from sim.config.compose import load
from sim.config.errors import SimError
from sim.jobs import compose_job


@pytest.fixture
def configs(tmp_path, monkeypatch):
    """A copy of the config tree that a test may write into."""
    folder = tmp_path / "sim" / "configs"
    shutil.copytree(locate.configs_folder(), folder)
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "sim")
    tree.forget()
    yield folder
    tree.forget()


def _scenario(configs: Path, body: str) -> None:
    (configs / "scenario" / "mine.yaml").write_text(f"# What it is for\n{body}")


def test_a_scenario_of_ones_own_chooses_options_and_sets_keys(configs):
    _scenario(
        configs,
        "defaults:\n  - override /us/strategy: hardliner\n  - _self_\nname: mine\nlinkage:\n  cn: 0.9\n",
    )
    scenario = load("scenario=mine")
    assert (scenario.name, scenario.us.strategy.kind, scenario.linkage.cn) == (
        "mine",
        "hardliner",
        0.9,
    )


def test_an_option_that_the_scenario_chose_can_be_chosen_anew(configs):
    _scenario(configs, "defaults:\n  - override /us/strategy: hardliner\n  - _self_\nname: mine\n")
    assert load("scenario=mine", "us/strategy=micro").us.strategy.kind == "micro"


def test_a_scenario_may_build_on_another(configs):
    _scenario(
        configs, "defaults:\n  - geneva_2025\n  - _self_\nname: mine\ntruce:\n  length_weeks: 20\n"
    )
    scenario = load("scenario=mine")
    assert (scenario.truce.length_weeks, scenario.calendar.start) == (20, "2025-05-12")
    with pytest.raises(SimError, match="geneva_2025.yaml"):
        load("scenario=mine", "truce=default", "truce.length_weeks=20")


def test_an_option_may_add_an_issue_and_an_event(configs):
    (configs / "issues" / "soy.yaml").write_text(
        "defaults: [default, _self_]\nsoy: {owner: cn, track: trade, benefit: 4}\n"
    )
    (configs / "shocks" / "vote.yaml").write_text(
        'defaults: [default, _self_]\nevents:\n  vote: {kind: hawk, side: us, start: "2026-11-03"}\n'
    )
    scenario = load("issues=soy", "shocks=vote")
    assert (
        scenario.issues["soy"].benefit == 4.0
        and scenario.shocks.events["vote"].start == "2026-11-03"
    )


def test_a_sweep_of_ones_own_is_an_option(configs):
    (configs / "sweep" / "mine.yaml").write_text("name: mine\nfactors:\n  linkage.us: [0, 1]\n")
    job = compose_job("sweep", ["sweep=mine"])
    assert job.sweep is not None and list(job.sweep.factors) == ["linkage.us"]


REFUSED = [
    (
        "misspelt key",
        "name: mine\ntruce:\n  lenght_weeks: 20\n",
        "mine.yaml:4",
        "truce.length_weeks",
    ),
    ("octal", "truce:\n  length_weeks: 010\n", "mine.yaml:3", "leading zero"),
    ("Norway", "truce:\n  in_force: NO\n", "mine.yaml:3", "true or false"),
    ("sixty", "truce:\n  length_weeks: 1:44\n", "mine.yaml:3", "base 60"),
    ("out of bounds", "linkage:\n  cn: 7\n", "mine.yaml:3", "out of bounds"),
    (
        "contradiction",
        "economy:\n  us: {ceiling_tariff: 0.1}\n",
        "economy.us.floor_tariff",
        "ceiling",
    ),
    ("interpolation", "name: ${oc.env:HOME}\n", "mine.yaml:2", "interpolation"),
    ("target", "truce:\n  _target_: os.system\n", "mine.yaml:3", "run code"),
    ("hydra settings", "hydra:\n  callbacks:\n    x: {y: 1}\n", "mine.yaml:2", "hydra"),
    (
        "hydra option",
        "defaults:\n  - override /hydra/launcher: joblib\n",
        "mine.yaml:2",
        "our own groups",
    ),
    ("foreign folder", "defaults:\n  - /../../etc/passwd\n", "mine.yaml:2", "our own groups"),
    ("anchor", "linkage: &a {cn: 0.1}\n", "mine.yaml:2", "anchor"),
    ("duplicate", "name: a\nname: b\n", "mine.yaml:3", "given twice"),
]


@pytest.mark.parametrize(
    ("body", "where", "what"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_a_group_file_may_not_hold_is_refused_with_its_line(
    configs, body, where, what, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    _scenario(configs, body)
    before = sorted(tmp_path.rglob("*"))
    code = main(
        ["run", "-m", "scenario=london,mine"] if "hydra" in body else ["run", "scenario=mine"]
    )
    err = capsys.readouterr().err
    assert code == 2 and "Traceback" not in err
    assert where in err and what in err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_broken_installation_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "sim")
    with pytest.raises(SimError) as caught:
        locate.configs_folder()
    assert caught.value.exit_code == 3
