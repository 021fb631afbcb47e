"""Every door that takes a scenario checks it, whoever made it, and names the setting at fault."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.batch.sweep import Factor, Sweep
from sim.config import check
from sim.config.compose import take_scenario
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.export import export
from sim.tournament.play import tournament

LONDON = sim.load("scenario=london")
SWEEP = Sweep(
    name="small",
    kind="grid",
    runs=1,
    factors={"linkage.us": Factor("linkage.us", values=(0.0, 0.5))},
)


def changed(path: str, value: Any, base: Any = LONDON) -> Any:
    """A copy with one node replaced and nothing checked, as ``dataclasses.replace`` makes it."""
    head, _, rest = path.partition(".")
    if isinstance(base, dict):
        return {**base, head: changed(rest, value, base[head]) if rest else value}
    return replace(base, **{head: changed(rest, value, getattr(base, head)) if rest else value})


EVENT = next(iter(LONDON.shocks.events))
BAD = {
    # not a number, not finite
    "linkage.cn": math.nan,
    "linkage.us": math.inf,
    "economy.us.pass_through": -math.inf,
    "issues.ai_chips.benefit": math.nan,
    "us.strategy.exponent": np.float64("nan"),
    # out of bounds
    "economy.us.revenue_weight": 99.0,
    "truce.length_weeks": -5,
    "calendar.horizon_weeks": 0,
    "firms.magnets.firms": 10**9,
    "licensing.chips.approve_general": 1.0001,
    "us.discount_rate": -0.01,
    # the wrong type
    "truce.window_weeks": 2.5,
    "truce.temperature": "8",
    "truce.in_force": 1,
    "economy.cn.imports": None,
    "economy.us.imports": True,
    "politics": None,
    "issues": ["us_tariff"],
    "issues.us_tariff": 3,
    "title": 7,
    "compliance.cn": {"drift_rate": 0.5},
    # unknown words, names and days
    "cn.strategy.kind": "hardlinre",
    "issues.cn_tariff.owner": "eu",
    "linkage.enforcement": "al",
    "calendar.start": "2026-02-30",
    f"shocks.events.{EVENT}.start": "tomorrow",
    "name": "Not A Folder",
    # one setting against another
    "issues.us_tariff.red_line": 0.1,
    "issues.us_tariff.lapse": 1.0,
    "issues.ai_chips.driver": "us_tariff",
    "economy.us.floor_tariff": 1.5,
    "licensing.chips.approve_six_months": 0.9,
    "licensing.magnets.approve_shipment": 1.0,
    "outcomes.weeks_in_force": 105,
    "outcomes.us_tariff": 0.0,
}
NONE_LEFT = {"issues": {}, "firms.chips.sectors": {}, "issues.Capital": LONDON.issues["us_tariff"]}
KEYS = {"issues.us_tariff.lapse": "issues.us_tariff", "issues.ai_chips.driver": "issues.ai_chips"}
CASES = [*BAD.items(), *NONE_LEFT.items()]

DOORS: dict[str, Callable[[Scenario, Path], object]] = {
    "run": lambda s, _: sim.run(s, runs=2),
    "TruceModel": lambda s, _: sim.TruceModel(s, seed=1),
    "TruceModel with settings": lambda s, _: sim.TruceModel(
        s, seed=1, **{"linkage.tracks": "package"}
    ),
    "evaluate": lambda s, _: sim.evaluate(s, {"linkage.tracks": ["package"]}, runs=2),
    "sweep": lambda s, out: sim.sweep(SWEEP, s, out=out),
    "a named sweep": lambda s, out: sim.sweep("compliance_noise", s, out=out),
    "export": lambda s, out: export(s, "2025-08-01", out),
    "compare": lambda s, _: sim.compare(s, "breakthrough", runs=2),
    "sensitivity": lambda s, _: sim.sensitivity(s, "linkage.cn", runs=2, trajectories=4, points=64),
    "tournament": lambda s, _: tournament([s], ("micro", "hardliner"), runs=2),
}


def test_there_are_bad_scenarios_of_every_kind() -> None:
    kinds = {meta.kind for path, meta, _ in leaves(LONDON) if path in BAD}
    assert kinds == {"number", "count", "flag", "choice", "date", "text"}
    assert len(BAD) == 35


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(("path", "value"), CASES, ids=[path for path, _ in CASES])
def test_a_bad_scenario_is_refused_by_its_key(
    name: str, path: str, value: object, tmp_path: Path
) -> None:
    with pytest.raises(sim.SimError) as caught:
        DOORS[name](changed(path, value), tmp_path / "out")
    assert str(caught.value.key).startswith(KEYS.get(path, path))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "given",
    [
        5,
        ["london_2025"],
        frozenset({"london_2025"}),
        pytest.param(object(), id="an object"),
        "lundon",
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", DOORS)
def test_what_is_no_scenario_is_refused(name: str, given: Any, tmp_path: Path) -> None:
    with pytest.raises(sim.SimError, match="scenario"):
        DOORS[name](given, tmp_path)


def test_a_good_scenario_is_given_back_as_it_is() -> None:
    made = replace(LONDON, title="Other")
    assert take_scenario(LONDON) is LONDON
    assert take_scenario(made) is made


def test_numbers_of_other_libraries_become_plain_ones() -> None:
    given = changed("truce.length_weeks", np.int64(13), changed("linkage.cn", np.float32(0.5)))
    taken = take_scenario(given)
    assert (type(taken.truce.length_weeks), type(taken.linkage.cn)) == (int, float)
    assert taken == given
    usual = sim.load("scenario=london", "linkage.cn=0.5", "truce.length_weeks=13")
    assert sim.run(given, runs=3).runs.equals(sim.run(usual, runs=3).runs)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))], ids=["deepcopy", "pickle"]
)
def test_a_copy_is_taken(copied: Callable[[Scenario], Scenario]) -> None:
    assert take_scenario(copied(LONDON)) == LONDON


def test_the_second_door_does_not_check_again(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, made = sim.load("scenario=geneva"), take_scenario(replace(LONDON, title="Other"))
    monkeypatch.setattr(check, "_Check", lambda *_: pytest.fail("checked again"))
    assert take_scenario(loaded) is loaded
    assert take_scenario(made) is made


def test_a_copy_with_something_replaced_is_checked_again() -> None:
    with pytest.raises(sim.SimError, match="linkage.cn"):
        take_scenario(replace(take_scenario(LONDON), linkage=replace(LONDON.linkage, cn=math.nan)))


@pytest.mark.parametrize(
    "write",
    [
        lambda s: s.issues.update(us_tariff=replace(s.issues["us_tariff"], red_line=math.nan)),
        lambda s: s.issues.clear(),
        lambda s: s.issues.__delitem__("us_tariff"),
        lambda s: s.firms.magnets.sectors.__setitem__("lab", None),
        lambda s: replace(s, issues=dict(s.issues)).issues.pop("us_tariff"),
        lambda s: setattr(s.issues["us_tariff"], "red_line", math.nan),
    ],
    ids=["another item", "no item", "one less", "one more", "a dict given", "in an item"],
)
def test_a_scenario_cannot_be_written_into(write: Callable[[Scenario], None]) -> None:
    with pytest.raises((TypeError, AttributeError)):
        write(LONDON)


@pytest.mark.parametrize(
    ("sweep", "key"),
    [
        (replace(SWEEP, runs=-1), "sweep.runs"),
        (replace(SWEEP, kind="gird"), "sweep.kind"),
        (
            replace(SWEEP, factors={"linkage.us": Factor("linkage.us", values=(0.0, 99.0))}),
            "sweep.factors.linkage.us",
        ),
        (
            replace(SWEEP, factors={"linkage.xx": Factor("linkage.xx", values=(0.0,))}),
            "sweep.factors.linkage.xx",
        ),
        (replace(SWEEP, factors={"linkage.us": 99.0}), "sweep.factors.linkage.us"),
        (replace(SWEEP, constraints=("linkage.us",)), "sweep.constraints"),
        (7, "sweep"),
    ],
    ids=str,
)
def test_a_sweep_made_in_python_is_checked_too(sweep: Any, key: str, tmp_path: Path) -> None:
    with pytest.raises(sim.SimError) as caught:
        sim.sweep(sweep, LONDON, out=tmp_path / "out")
    assert str(caught.value.key).startswith(key)
    assert not (tmp_path / "out").exists()
