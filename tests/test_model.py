"""The Mesa model: a good Mesa citizen, and the same bits as the ensemble."""

from __future__ import annotations

import subprocess
import sys
from inspect import signature
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.agents.authority import LicensingAuthority
from sim.agents.firm import Firm
from sim.agents.negotiator import Negotiator
from sim.agents.strategies import View
from sim.config.compose import load
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate as ensemble
from sim.model import TruceModel
from sim.model import simulate as mesa_engine
from sim.rules.codes import US
from sim.vocabulary import SIDES, STRATEGIES, TRACKS

# prices of settling, half known, and all else that a private price needs
PRIVATE: dict[str, Any] = {"linkage.cn": 0.1}
for side in SIDES:
    PRIVATE |= {f"{side}.resolve.{track}": 8.0 for track in TRACKS}
    PRIVATE |= {f"{side}.resolve.known": 0.5, f"{side}.foresight": 0.7}
    PRIVATE |= {f"politics.{side}.{name}": 0.75 for name in ("hawk_settling", "extension_felt")}


SCREENING = {f"{side}.strategy.kind": "screening" for side in SIDES}


class BuiltIn:
    """Asks what the scenario's own strategy would."""

    def target(self, view: View) -> float:
        return view.built_in


def both(scenario: Scenario, runs: int = 3, seed: int = 1, **options: Any) -> tuple[bytes, bytes]:
    """All tables of both engines, as bytes."""
    numbers = np.arange(runs)
    left = ensemble(flatten(scenario).values, np.zeros(runs, np.int64), numbers, seed, weekly=runs)
    right = mesa_engine(scenario, numbers, seed, weekly=runs, **options)
    return b"".join(table.tobytes() for table in left), b"".join(table.tobytes() for table in right)


@pytest.mark.parametrize(
    "name", ["london", "geneva", "escalation", "tactical_pause", "breakthrough"]
)
def test_both_engines_give_the_same_bits_in_every_scenario(name: str) -> None:
    left, right = both(load(f"scenario={name}"))
    assert left == right


@pytest.mark.parametrize("us", STRATEGIES)
@pytest.mark.parametrize("cn", STRATEGIES)
def test_both_engines_give_the_same_bits_for_every_pair_of_strategies(us: str, cn: str) -> None:
    scenario = Scenario().change(
        {"us.strategy.kind": us, "cn.strategy.kind": cn, "linkage.tracks": "package", **PRIVATE}
    )
    left, right = both(scenario, 2, 2**64 - 1)
    assert left == right


@settings(max_examples=25)
@given(
    st.integers(0, 2**64 - 1), st.floats(0, 2), st.integers(1, 60), st.sampled_from(["separate", "package"]),
    st.sampled_from(["issue", "track", "all"]), st.floats(0, 60), st.integers(1, 200), st.floats(0, 0.5), st.booleans(),
)  # fmt: skip
def test_both_engines_agree_on_random_scenarios(
    seed: int,
    linkage: float,
    length: int,
    tracks: str,
    scope: str,
    price: float,
    firms: int,
    noise: float,
    shipment: bool,
) -> None:
    values = {
        "linkage.cn": linkage,
        "truce.length_weeks": length,
        "linkage.tracks": tracks,
        "linkage.enforcement": scope,
        "us.resolve.trade": price,
        "firms.magnets.firms": firms,
        "compliance.monitoring_noise": noise,
        "licensing.magnets.regime": "shipment" if shipment else "chosen",
        "calendar.horizon_weeks": 60,
    }
    left, right = both(Scenario().change(values), 2, seed)
    assert left == right


def test_one_call_a_firm_gives_the_bits_of_one_call_a_phase() -> None:
    phase, agent = (
        TruceModel(Scenario(), 1, 0, collect="none", by_agent=by) for by in (False, True)
    )
    while phase.running:
        phase.step()
        agent.step()
        assert phase.series.tobytes() == agent.series.tobytes()
    assert phase.measures().tobytes() == agent.measures().tobytes()


# what equilibrium asks may lie beyond what the side itself believes it can have, to which a target
# of one's own is clipped
@pytest.mark.parametrize("kind", [kind for kind in STRATEGIES if kind != "equilibrium"])
def test_a_python_strategy_that_asks_what_the_built_in_one_would_changes_nothing(kind: str) -> None:
    kinds = {f"{side}.strategy.kind": kind for side in ("us", "cn")}
    scenario = Scenario().change({**PRIVATE, **kinds})
    left, right = both(scenario, 2, strategies={"us": BuiltIn(), "cn": BuiltIn()})
    assert left == right


class Patient:
    """Asks for a dollar more than the built-in strategy would."""

    def target(self, view: View) -> float:
        assert view.low <= view.tough and view.claim >= view.reservation - 1e-9
        return min(view.built_in + 1e-9, view.best)


def test_a_python_strategy_that_asks_for_more_accepts_by_its_own_next_offer() -> None:
    left, right = both(Scenario().change({**PRIVATE, **SCREENING}), 3, strategies={"us": Patient()})
    assert left != right


def test_the_same_run_is_the_same_in_another_process() -> None:
    code = (
        "import numpy as np, hashlib\n"
        "from sim.config.scenario import Scenario\nfrom sim.config.params import flatten\n"
        "from sim.ensemble.execute import simulate\n"
        "o, w = simulate(flatten(Scenario()).values, np.zeros(5, np.int64), np.arange(5), 1, weekly=5)\n"
        "print(hashlib.sha256(o.tobytes() + w.tobytes()).hexdigest())"
    )
    import hashlib

    tables = ensemble(flatten(Scenario()).values, np.zeros(5, np.int64), np.arange(5), 1, weekly=5)
    here = hashlib.sha256(b"".join(table.tobytes() for table in tables)).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert there.stdout.strip() == here


def test_the_model_lists_its_agents() -> None:
    model = TruceModel(Scenario(), 1)
    assert isinstance(model, mesa.Model)
    assert len(model.agents) == 164
    assert {kind: len(agents) for kind, agents in model.agents_by_type.items()} == {
        Negotiator: 2,
        LicensingAuthority: 2,
        Firm: 160,
    }
    assert (
        model.agents.select(lambda agent: isinstance(agent, Firm) and agent.good == "chips").agg(
            "stock", len
        )
        == 40
    )


def test_it_collects_the_weeks_and_what_agents_report() -> None:
    short = Scenario().change({"calendar.horizon_weeks": 12, "outcomes.weeks_in_force": 0})
    model = TruceModel(short, 1, collect="agents")
    model.run_model()
    weeks = model.datacollector.get_model_vars_dataframe()
    assert len(weeks) == model.week == 12
    assert weeks["week"].tolist() == list(range(1, 13))
    assert weeks["tariff.us"].iloc[-1] == model.series["tariff"][US]
    assert "level.ai_chips" in weeks
    firms = model.datacollector.get_agenttype_vars_dataframe(Firm)
    assert len(firms) == 12 * 160
    assert set(firms["sector"]) == {
        "automotive",
        "electronics",
        "aerospace",
        "defence",
        "cloud",
        "lab",
        "handset",
    }
    assert len(model.datacollector.get_agenttype_vars_dataframe(Negotiator)) == 24


def test_collecting_changes_no_result() -> None:
    ends = []
    for collect in ("none", "model", "agents"):
        model = TruceModel(Scenario().change({"calendar.horizon_weeks": 30}), 1, 0, collect=collect)
        model.run_model()
        ends.append(model.measures().tobytes())
    assert len(set(ends)) == 1


needs_batch_run = pytest.mark.skipif(
    not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run"
)


def batch_run(
    model_class: type[TruceModel], parameters: dict[str, Any], seeds: list[int], **options: Any
) -> list[dict[str, Any]]:
    """Mesa's, which hands out seeds itself since 3.5."""
    options |= {"number_processes": 1, "display_progress": False}
    if "rng" in signature(mesa.batch_run).parameters:
        return mesa.batch_run(model_class, parameters, rng=seeds, **options)
    return mesa.batch_run(model_class, {"seed": seeds, **parameters}, **options)


@needs_batch_run
def test_batch_run_takes_it_as_it_takes_mesas_own_examples() -> None:
    parameters = {
        "scenario": "london",
        "linkage.cn": [0.0, 0.5],
        "collect": "model",
        "calendar.horizon_weeks": 30,
    }
    rows = batch_run(TruceModel, parameters, seeds=[1, 2])
    assert len(rows) == 4
    assert {row["linkage.cn"] for row in rows} == {0.0, 0.5}
    model = TruceModel("london", 2, **{"linkage.cn": 0.5, "calendar.horizon_weeks": 30})
    model.run_model()
    assert rows[-1]["tariff.us"] == model.series["tariff"][US]


@needs_batch_run
def test_every_row_of_batch_run_can_be_made_again_from_what_it_says() -> None:
    fixed = {"scenario": "london", "calendar.horizon_weeks": 30}
    given = {**fixed, "linkage.cn": [0.0, 0.5], "collect": "model"}
    rows = mesa.batch_run(
        TruceModel, given, iterations=2, number_processes=1, display_progress=False
    )
    assert len({row["seed"] for row in rows}) == 4
    for row in rows:
        again = TruceModel(
            seed=row["seed"], run=row["run"], **fixed, **{"linkage.cn": row["linkage.cn"]}
        )
        again.run_model()
        assert again.series["tariff"].tolist() == [row["tariff.us"], row["tariff.cn"]]


class Hoarder(Firm):
    """Never applies for a licence."""

    def seek_licence(self) -> None:
        pass


class Hoarders(TruceModel):
    firm_class = Hoarder


def test_a_subclass_may_replace_a_kind_of_agent() -> None:
    model = Hoarders(
        Scenario().change({"licensing.magnets.licensed_share": 0.0}), 1, collect="none"
    )
    model.run_model()
    assert not any(firm.licensed for firm in model.firms)
    assert len(model.agents_by_type[Hoarder]) == 160


def test_no_seed_means_a_new_one() -> None:
    assert TruceModel(Scenario()).seed_of_draws != TruceModel(Scenario()).seed_of_draws


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"seed": 1, "run": -1}, "run"),
        ({"seed": True}, "seed"),
        ({"seed": 1, "collect": "all"}, "collect"),
        ({"seed": 1, "strategies": {"eu": BuiltIn()}}, "strategies"),
        ({"seed": 1, "strategies": {"us": object()}}, "strategies.us"),
        ({"seed": 1, "linkage.cm": 0.5}, "linkage.cm"),
        ({"seed": 1, "linkage.cn": 50}, "linkage.cn"),
        ({"scenario": "lodnon", "seed": 1}, "scenario"),
        ({"rng": -1}, "rng"),
        ({"rng": np.random.default_rng(3)}, "rng"),
        ({"seed": 3, "rng": 4}, "rng"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(SimError, match=named.replace(".", r"\.")):
        TruceModel(**arguments)


def test_the_newer_name_of_the_seed_is_the_seed() -> None:
    one, same, both_names = (
        TruceModel(**given) for given in ({"seed": 3}, {"rng": 3}, {"seed": 3, "rng": 3})
    )
    assert one.seed_of_draws == same.seed_of_draws == both_names.seed_of_draws == 3
    one.run_model()
    same.run_model()
    assert one.measures().tobytes() == same.measures().tobytes()


def test_every_agent_stays_for_the_run() -> None:
    model = TruceModel(Scenario(), 1, collect="none")
    for agent in (model.firms[7], model.negotiators[US], model.authorities[0]):
        with pytest.raises(SimError, match="stays for the run"):
            agent.remove()
    assert len(model.agents) == 164
    visitor = mesa.Agent(model)
    visitor.remove()
    assert visitor not in model.agents


def test_what_is_collected_has_the_names_that_tables_have() -> None:
    scenario = load("scenario=london")
    model = TruceModel(scenario, 1, 0)
    model.run_model()
    collected = model.datacollector.get_model_vars_dataframe()
    table = sim.run(scenario, runs=1, seed=1, weeks="all").weeks
    names = [name for name in table if name in collected]
    assert {"status", "outcome", "state", "blocking.trade"} < set(names)
    for name in names:
        ours, theirs = (column.astype(object) for column in (collected[name], table[name]))
        assert (
            ours.where(ours.notna(), None).tolist() == theirs.where(theirs.notna(), None).tolist()
        )


def test_nothing_is_collected_of_agents_unless_it_is_asked_for() -> None:
    kinds = [
        TruceModel(seed=1, **given).datacollector.agenttype_reporters
        for given in ({}, {"collect": "agents"})
    ]
    assert kinds[0] == {} and set(kinds[1]) == {Firm, Negotiator, LicensingAuthority}


@needs_batch_run
@pytest.mark.parametrize(
    ("model_class", "period", "weeks"),
    [
        (TruceModel, 5, {1, 6, 11}),
        pytest.param(TruceModel, -1, {12}, marks=pytest.mark.nightly),
        pytest.param(Hoarders, 4, {1, 5, 9}, marks=pytest.mark.nightly),
    ],
)
def test_batch_run_returns_what_agents_report_of_the_week_of_its_row(
    model_class: type[TruceModel], period: int, weeks: set[int]
) -> None:
    given: dict[str, Any] = {
        "collect": "agents",
        "calendar.horizon_weeks": 12,
        "outcomes.weeks_in_force": 0,
    }
    rows = batch_run(model_class, given, [1], data_collection_period=period)
    weeks |= {row["week"] for row in rows}  # some versions of Mesa add the last
    model = model_class(seed=1, **given)
    model.run_model()
    kinds = (model_class.firm_class, Negotiator, LicensingAuthority)
    for kind in kinds:
        reports = model.datacollector.get_agenttype_vars_dataframe(kind)
        for name in reports:
            theirs = {
                (row["week"], row["AgentID"]): row[name]
                for row in rows
                if (row["week"], row["AgentID"]) in reports.index
            }
            assert {week for week, _ in theirs} == weeks
            assert theirs == {at: reports[name][at] for at in theirs}
    assert len(rows) == len(weeks) * 164
