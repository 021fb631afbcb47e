"""sim.studies.invariance: each variation changes what it says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim import vocabulary as words
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.codes import MAGNETS
from sim.studies.invariance import (
    AS_WRITTEN,
    VARIATIONS,
    more_firms,
    run_variation,
    same_bits,
    simulate_in_order,
    variations_of,
    written_backwards,
)

LONDON = sim.load()
RUNS = np.arange(12)


def ensemble(scenario: Scenario, seed: int = 1) -> np.ndarray:
    values = flatten(scenario).values
    return simulate(values, np.zeros(len(RUNS), np.int64), RUNS, seed, threads=1)[0]


def test_firms_in_the_order_of_their_numbers_give_the_bits_of_the_ensemble() -> None:
    found = simulate_in_order(LONDON, RUNS, 1, backwards=False)
    assert found.tobytes() == ensemble(LONDON).tobytes()


def test_firms_in_the_reverse_order_wait_otherwise() -> None:
    found = simulate_in_order(LONDON, RUNS, 1, backwards=True)
    usual = ensemble(LONDON)
    assert not np.array_equal(found["lost_output"], usual["lost_output"])
    waits = [of["licence_wait"][:, MAGNETS].mean() for of in (found, usual)]
    assert waits[0] == pytest.approx(waits[1], rel=0.2)


def test_the_size_of_all_firms_stays() -> None:
    more = more_firms(4.0)(LONDON)
    assert (more.firms.magnets.firms, more.firms.chips.firms) == (480, 160)
    few = more_firms(0.5)(LONDON.change({"firms.magnets.firms": 5}))
    assert few.firms.magnets.firms == 2
    exposed = [ensemble(one)["leverage"].mean(axis=0) for one in (LONDON, more)]
    assert exposed[0] == pytest.approx(exposed[1], rel=0.25)  # not four times as much


def test_a_file_written_backwards_is_the_same_scenario_in_another_order() -> None:
    turned = written_backwards(LONDON)
    assert turned == LONDON
    assert list(turned.issues) == list(LONDON.issues)[::-1]
    assert list(turned.firms.chips.sectors) == list(LONDON.firms.chips.sectors)[::-1]


@pytest.mark.parametrize("name", [one.name for one in VARIATIONS if one.how == "bits"])
def test_what_must_give_the_same_bits_does(name: str) -> None:
    assert same_bits(variations_of((name,))[0], LONDON, 1)


def test_a_variation_of_bits_that_changes_the_model_is_seen() -> None:
    broken = variations_of(("file_reversed",))[0]._replace(
        change=lambda scenario: scenario.change({"linkage.cn": 0.5})
    )
    assert not same_bits(broken, LONDON, 1)


@pytest.mark.parametrize("name", [one.name for one in VARIATIONS if one.how != "bits"])
def test_every_other_variation_changes_some_run(name: str) -> None:
    (variation,) = variations_of((name,))
    scenario = LONDON.change({"truce.talks.first_speaker": "us"})
    if not variation.asked(scenario, ()):
        assert name in ("speaks_us",)
        return
    scenario = scenario.change({"compliance.us.drift_rate": 6.0, "compliance.cn.drift_rate": 6.0})
    (found,) = run_variation(variation, [scenario], len(RUNS), 1, 1)
    assert found.tobytes() != ensemble(scenario).tobytes()


def test_every_variation_has_its_word() -> None:
    assert [one.name for one in VARIATIONS] == list(words.VARIATIONS)
    assert AS_WRITTEN.name not in words.VARIATIONS


def test_a_claim_about_the_first_speaker_is_not_asked_of_another() -> None:
    (variation,) = variations_of(("speaks_cn",))
    assert variation.asked(LONDON, ("linkage.cn=0.5",))
    assert not variation.asked(LONDON, ("truce.talks.first_speaker=us",))
