"""The module computes the ensemble's records, byte for byte."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from sim.browser.build import assemble, lowered
from sim.browser.execute import run_in_module
from sim.browser.module import Module
from sim.browser.retarget import SCALAR_FEATURES
from sim.config.compose import load
from sim.config.fields import leaves
from sim.config.params import Records, flatten, join_records
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.vocabulary import GOODS, SIDES, STRATEGIES, TRACKS
from tests.rules.test_dated import ALL, LONDON

SCENARIOS = ("london", "geneva", "escalation", "tactical_pause", "breakthrough")
PAIRS = list(product(STRATEGIES, STRATEGIES))
PRIVATE = {f"{side}.resolve.{track}": 8.0 for side in SIDES for track in TRACKS}


def bits(column: np.ndarray) -> bytes:
    """The bytes of a column, with one pattern for every NaN: WebAssembly leaves open which one
    arithmetic gives.
    """
    if column.dtype.kind != "f":
        return column.tobytes()
    return np.where(np.isnan(column), np.nan, column).tobytes()


def unlike(
    module: Module, params: np.ndarray | Records, runs: int, seed: int = 1, weekly: int = 0
) -> list[str]:
    """Names of the measures and weekly series that differ in any bit from the ensemble's."""
    point, run = np.arange(runs) % len(params), np.arange(runs)
    ours = run_in_module(params, point, run, seed, weekly=weekly, module=module)
    theirs = simulate(params, point, run, seed, weekly=weekly, threads=1)
    return [
        name
        for mine, other in zip(ours, theirs, strict=True)
        for name in mine.dtype.names or ()
        if bits(mine[name]) != bits(other[name])
    ]


def random_scenario(number: int) -> Scenario:
    """Every judgement drawn from its plausible range, and what changes the course of a run from
    wide ones.
    """
    rng = np.random.default_rng(number)
    base = load(f"scenario={SCENARIOS[number % len(SCENARIOS)]}")
    values: dict[str, Any] = {
        path: float(rng.uniform(*meta.plausible))
        for path, meta, _ in leaves(base)
        # the floor stays where it is: above the tariff that makes a breakthrough it would be
        # refused
        if meta.kind == "number" and meta.plausible and not path.endswith("floor_tariff")
    }
    for good in GOODS:  # the stricter regime is the harder one
        names = [
            f"licensing.{good}.approve_{rank}" for rank in ("shipment", "six_months", "general")
        ]
        values |= dict(zip(names, sorted(values[name] for name in names), strict=True))
    values |= {f"{side}.strategy.kind": str(rng.choice(STRATEGIES.names)) for side in SIDES}
    values |= {
        "truce.length_weeks": int(rng.integers(1, 61)), "linkage.tracks": str(rng.choice(["separate", "package"])),
        "linkage.enforcement": str(rng.choice(["issue", "track", "all"])), "linkage.cn": float(rng.uniform(0, 2)),
        "us.strategy.exponent": float(rng.uniform(0.05, 4)), "compliance.monitoring_noise": float(rng.uniform(0, 0.5)),
        "firms.magnets.firms": int(rng.integers(1, 400)), "firms.chips.firms": int(rng.integers(1, 130)),
        "licensing.magnets.regime": ("chosen", "shipment")[rng.integers(2)], "calendar.horizon_weeks": int(rng.integers(30, 120)),
    }  # fmt: skip
    return base.change(values)


@pytest.mark.parametrize("name", SCENARIOS)
def test_records_and_weeks_are_the_ensembles_in_every_scenario(module: Module, name: str) -> None:
    assert unlike(module, flatten(load(f"scenario={name}")).values, 40, weekly=20) == []


@pytest.mark.parametrize("number", range(8))
def test_records_and_weeks_are_the_ensembles_in_random_scenarios(
    module: Module, number: int
) -> None:
    assert (
        unlike(
            module, flatten(random_scenario(number)).values, 6, seed=2**64 - 1 - number, weekly=6
        )
        == []
    )


@pytest.mark.parametrize(("us", "cn"), PAIRS)
def test_records_are_the_ensembles_for_every_pair_of_strategies(
    module: Module, us: str, cn: str
) -> None:
    changed = Scenario().change(
        {"us.strategy.kind": us, "cn.strategy.kind": cn, "linkage.tracks": "package", **PRIVATE}
    )
    assert unlike(module, flatten(changed).values, 4, seed=7, weekly=2) == []


def test_points_of_different_size_share_a_call(module: Module) -> None:
    few = Scenario().change({"firms.magnets.firms": 5, "calendar.horizon_weeks": 30})
    many = Scenario().change({"firms.magnets.firms": 2000, "firms.chips.firms": 2000})
    assert (
        unlike(module, np.concatenate([flatten(few).values, flatten(many).values]), 4, weekly=4)
        == []
    )


@pytest.mark.nightly
@pytest.mark.parametrize("name", SCENARIOS)
def test_five_hundred_records_of_every_scenario_are_the_ensembles(
    module: Module, name: str
) -> None:
    assert unlike(module, flatten(load(f"scenario={name}")).values, 500, weekly=100) == []


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(40))
def test_fifty_records_of_forty_random_scenarios_are_the_ensembles(
    module: Module, number: int
) -> None:
    assert unlike(module, flatten(random_scenario(number)).values, 50, seed=number, weekly=10) == []


@pytest.mark.nightly
@pytest.mark.parametrize(("us", "cn"), PAIRS)
@pytest.mark.parametrize("tracks", ["separate", "package"])
def test_twenty_records_of_every_pair_of_strategies_are_the_ensembles(
    module: Module, us: str, cn: str, tracks: str
) -> None:
    changed = Scenario().change(
        {"us.strategy.kind": us, "cn.strategy.kind": cn, "linkage.tracks": tracks, **PRIVATE}
    )
    assert unlike(module, flatten(changed).values, 20, seed=3) == []


@pytest.mark.nightly
def test_vectors_of_128_bits_change_no_bit(module: Module) -> None:
    scalar = Module(assemble(lowered(), SCALAR_FEATURES), module.description)
    assert scalar.code != module.code
    for name in SCENARIOS:
        assert unlike(scalar, flatten(load(f"scenario={name}")).values, 100, weekly=20) == []


def test_the_comparison_sees_the_sign_of_zero_and_the_last_bit_but_no_payload_of_nan() -> None:
    zero, payload = np.zeros(2), np.asarray([0, 0xFFF8000000000123], np.uint64).view(np.float64)
    assert bits(-zero) != bits(zero)
    assert bits(np.full(2, 5e-324)) != bits(zero)
    assert bits(payload) == bits(np.asarray([0.0, np.nan])) != bits(zero)
    assert payload.tobytes() != np.asarray([0.0, np.nan]).tobytes()


def test_changes_a_chronology_and_a_path_give_the_ensembles_bits(module: Module) -> None:
    dated = [LONDON.change({name: value}) for name, value in ALL.items()]
    points = join_records([flatten(one) for one in (*dated, LONDON, LONDON.change(ALL))])
    assert unlike(module, points, 15, weekly=5) == []
