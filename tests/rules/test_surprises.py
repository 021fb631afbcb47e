"""Surprises: every draw with a known chance records one or says why not, and each has mean nought."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sim.rules
from sim.config.compose import load
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import BROKEN
from sim.rules.measures import (
    BELIEFS,
    DATED,
    ERAS,
    KEPT,
    MOST_ISSUES,
    N_SURPRISES,
    SHOCKS,
    surprise_names,
)
from sim.rules.randomness import STREAMS
from sim.rules.surprises import AT_REENTRY, AT_RENEW, RECORDED, UNRECORDED
from sim.vocabulary import OUTCOMES, SHOCK_KINDS

RULES = Path(sim.rules.__file__).parent
DRAWS = {"uniform", "normal", "draw_row", "draw_listed", "normal_row", "normals_listed"}
RECORDERS = {
    "happened",
    "record_decision",
    "record_shock",
    "record_belief",
    "record_chip",
    "record_resolve",
    "record_first_resolve",
}
# reads the state of a week, whose share of the closing period is recorded when the run ends
LATER = {"CENSUS": "_share_closing"}
# draws from a recorded stream that have no chance: the length that is proposed
LENGTHS = {"_date"}
STREAM_OF = {"MEASURES": "measure"}  # where the code's name is not the stream's
PER_SOURCE = ERAS + len(KEPT)


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def unrecorded(source: str) -> list[str]:
    """Functions of a module that draw from a recorded stream and record nothing."""
    found, tree = [], ast.parse(source)
    streams = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "sim.rules.randomness"
        for alias in node.names
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        drawn = {
            streams.get(argument.id, argument.id)
            for call in calls(function)
            if called(call) in DRAWS
            for argument in call.args
            if isinstance(argument, ast.Name)
        }
        due = {
            name
            for name in drawn
            if STREAM_OF.get(name, name.lower()) in RECORDED and name not in LATER
        }
        if (
            due
            and function.name not in LENGTHS
            and not RECORDERS & {called(call) for call in calls(function)}
        ):
            found.append(function.name)
    return found


def dated(outs: np.ndarray, source: int) -> np.ndarray:
    """Sums of a decision's surprises over the whole run."""
    first = source * PER_SOURCE
    return outs["surprises"][:, first : first + ERAS].sum(axis=1)


def test_every_stream_of_draws_is_recorded_or_says_why_not() -> None:
    assert sorted([*RECORDED, *UNRECORDED]) == sorted(STREAMS)
    assert all(UNRECORDED.values())


@pytest.mark.parametrize("module", sorted(RULES.glob("*.py")), ids=lambda path: path.stem)
def test_what_draws_from_a_recorded_stream_records_it(module: Path) -> None:
    assert unrecorded(module.read_text(encoding="utf-8")) == []


def test_a_draw_that_records_none_is_found() -> None:
    text = (
        "def reenter(s, p):\n    return uniform(w.seed, w.run, REENTRY, w.week, NOBODY) < chance\n"
    )
    assert unrecorded(text) == ["reenter"]
    assert (
        unrecorded(text.replace("return", "happened(s, p, AT_REENTRY, 0.5, chance)\n    return"))
        == []
    )


def test_the_share_of_closing_weeks_is_recorded_where_a_run_ends() -> None:
    source = (RULES / "outcomes.py").read_text(encoding="utf-8")
    finish = next(
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.name == "finish"
    )
    assert set(LATER.values()) <= {called(call) for call in calls(finish)}


def test_names_stand_in_the_order_of_the_record() -> None:
    names = surprise_names()
    assert len(names) == N_SURPRISES == len(set(names))
    assert names[AT_REENTRY * PER_SOURCE] == "reentry.1"
    assert names[SHOCKS : SHOCKS + 2] == tuple(f"shock.{kind}" for kind in SHOCK_KINDS.names[:2])
    assert names[BELIEFS + MOST_ISSUES] == "belief.cn.0"


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("scenario=escalation_2025", "compliance=drifting"),
        ("shocks=frequent", "truce.max_extensions=3", "truce.disputes.occasion_rate=0.2"),
        ("us.resolve.trade=20", "calendar.horizon_weeks=61", "outcomes.closing_weeks=30"),
    ],
    ids=["london", "escalation", "shocks", "short"],
)
def test_every_surprise_has_mean_nought_within_its_standard_error(overrides) -> None:
    runs = 3_000
    params = flatten(load(*overrides)).values
    outs, _ = simulate(params, np.zeros(runs, np.int64), np.arange(runs), 5)
    columns = outs["surprises"].astype(float)
    often = (columns != 0.0).sum(axis=0) >= 100  # of fewer the normal law says nothing
    assert often.sum() >= 40
    score = columns.mean(axis=0) / np.maximum(columns.std(axis=0), 1e-9) * np.sqrt(runs)
    # 4 standard errors: 69 columns of noise go beyond in one of 230 tests
    beyond = {
        name: round(float(value), 1)
        for name, value, kept in zip(surprise_names(), score, often, strict=True)
        if kept and abs(value) > 4.0
    }
    assert beyond == {}


def test_the_surprise_of_a_renewal_is_what_happened_less_both_sides_chances() -> None:
    """By the date alone: nobody renews before it, and one length is on offer."""
    fixed = ("truce.window_weeks=0", "truce.lengths=fixed", "truce.limbo_rate=0")
    model, dates = TruceModel(load(*fixed), 3, 1, collect="none"), 0
    horizon = model.scenario.calendar.horizon_weeks
    while model.week < horizon:
        _until_the_clock(model)
        before, made, chance = _sums(model), _extensions(model), _chance_of_renewal(model)
        steps.keep_the_clock(*model.all_sides)
        beyond = _sums(model)[AT_RENEW] - before[AT_RENEW]
        steps.close_week(*model.all_firms, model._week)
        # asked once, or twice where the first answer is no
        happened = _extensions(model) - made
        if chance is None:
            assert beyond == pytest.approx(0.0, abs=1e-6)
        else:
            sums = {happened - chance, happened - 2.0 * chance}
            assert min(abs(beyond - one) for one in sums) < 1e-5
        dates += chance is not None
    assert dates > 3


def _until_the_clock(model: TruceModel) -> None:
    """The phases of a week before the last one."""
    steps.land_shocks(*model.all_sides, *model.all_dated)
    model.license()
    model.supply()
    steps.trade_flows(*model.all_sides)
    steps.feel_politics(*model.all_sides)
    steps.comply(*model.all_sides)
    steps.value_issues(*model.all_sides)
    steps.dispute(*model.all_sides)
    steps.hold_talks(*model.all_sides)


def _extensions(model: TruceModel) -> int:
    return int(model.state.whole["out"]["extensions"][0])


def _chance_of_renewal(model: TruceModel) -> float | None:
    """The chance that both sides renew this week; None in a week without a date."""
    s, p = model.state.whole[0], model.params.values[0]
    world = s["world"]
    if world["status"] == BROKEN or world["deadline"] > world["week"] + 1:
        return None
    if world["extensions"] >= p["truce"]["max_extensions"]:
        return None
    hawks = p["politics"]["sides"]["hawk_push"] * s["sides"]["hawk"] * s["sides"]["campaign"]
    gain = s["sides"]["worth_of_length"][:, 0] - hawks + p["truce"]["blame"]
    return float(np.prod(1.0 / (1.0 + np.exp(-gain / p["truce"]["temperature"]))))


def _sums(model: TruceModel) -> np.ndarray:
    """Sums of the surprises of each decision so far."""
    found = model.state.whole["out"]["surprises"][0][:SHOCKS].astype(float)
    return found.reshape(len(DATED), PER_SOURCE)[:, :ERAS].sum(axis=1)


def test_weighted_sums_remember_each_surprise_in_the_weeks_of_the_closing_period() -> None:
    changed = ("calendar.horizon_weeks=60", "outcomes.closing_weeks=20")
    scenario = load("scenario=escalation_2025", *changed)
    model, weekly = TruceModel(scenario, 2, 4, collect="none"), []
    before = _sums(model)
    while model.running:
        model.step()
        after = _sums(model)
        weekly.append(after - before)
        before = after
    surprise, weeks = np.asarray(weekly), np.arange(60)
    assert (surprise != 0.0).sum() > 10
    sums = model.state.whole["out"]["surprises"][0][:SHOCKS].reshape(len(DATED), PER_SOURCE)
    for k, kept in enumerate(KEPT):
        late = np.where(weeks[:, None] >= weeks, kept ** (weeks[:, None] - weeks), 0.0)[40:]
        assert sums[:, ERAS + k] == pytest.approx((late @ surprise).mean(axis=0), abs=1e-5)


def test_closing_holds_the_share_of_the_closing_weeks_in_each_state() -> None:
    runs = 50
    scenario = load("outcomes.closing_weeks=30")
    outs, weeks = simulate(
        flatten(scenario).values, np.zeros(runs, np.int64), np.arange(runs), 1, weekly=runs
    )
    state = weeks["state"][:, -30:]
    for outcome in OUTCOMES.values():
        share = (state == outcome.code).mean(axis=1)
        assert outs["closing"][:, outcome.code] == pytest.approx(share, abs=1e-6)
    assert (outs["closing"][np.arange(runs), outs["outcome"]] > 0.0).all()


def test_a_record_is_one_of_its_own_run_alone() -> None:
    params = flatten(Scenario()).values
    alone, _ = simulate(params, np.zeros(1, np.int64), np.asarray([7]), 1)
    among, _ = simulate(params, np.zeros(9, np.int64), np.arange(9), 1, threads=1)
    assert alone["surprises"].tobytes() == among["surprises"][7:8].tobytes()
    assert abs(dated(among, int(AT_RENEW))).sum() > 0.0
