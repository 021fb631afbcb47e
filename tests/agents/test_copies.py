"""A copy of a model is the model: deep copies, pickles and models sent to other processes end as
the original does, and leave it alone.
"""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

import sim
from sim.agents.firm import Firm
from sim.agents.strategies import View
from sim.model import TruceModel
from sim.rules.codes import US
from sim.vocabulary import SIDES, STRATEGIES

LONDON = sim.load("scenario=london")
COLLECTED = ("none", "model", "agents")


class Learner:
    """Asks for a little less each time: a strategy with a memory of its own."""

    def __init__(self) -> None:
        self.asked = 0

    def target(self, view: View) -> float:
        self.asked += 1
        return view.built_in - 0.01 * self.asked


class Idle(Firm):
    """A firm that never applies."""

    def seek_licence(self) -> None:
        pass


class OfIdlers(TruceModel):
    firm_class = Idle


def dated() -> dict[str, dict[str, float]]:
    """Three weeks with other settings than the rest."""
    start = dt.date.fromisoformat(LONDON.calendar.start)
    return {
        str(start + dt.timedelta(weeks=week)): {"compliance.monitoring_noise": noise}
        for week, noise in ((9, 0.4), (12, 0.0), (30, 0.3))
    }


KINDS: dict[str, Callable[..., TruceModel]] = {
    **{
        kind: lambda kind=kind, **given: TruceModel(
            LONDON.change({f"{side}.strategy.kind": kind for side in SIDES}), **given
        )
        for kind in STRATEGIES
    },
    "of one's own": lambda **given: TruceModel(LONDON, strategies={"cn": Learner()}, **given),
    "by agent": lambda **given: TruceModel(LONDON, by_agent=True, **given),
    "subclass": lambda **given: OfIdlers(LONDON, **given),
    "dated": lambda **given: TruceModel(LONDON.change({"changes": dated()}), **given),
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "copy of a copy": lambda model: copy.deepcopy(pickle.loads(pickle.dumps(model))),
}


def ended(model: TruceModel) -> tuple[bytes, dict[str, list[Any]]]:
    """A model's measures at its end, and what it collected."""
    model.run_model()
    return model.measures().tobytes(), model.datacollector.model_vars


def lived(kind: str, collect: str, seed: int, weeks: int) -> TruceModel:
    """A model of a kind after some weeks."""
    model = KINDS[kind](seed=seed, collect=collect)
    for _ in range(weeks):
        model.step()
    return model


def check(kind: str, collect: str, seed: int, weeks: int, copied: Callable[[Any], Any]) -> None:
    """Original and copy end alike, whichever goes first."""
    model = lived(kind, collect, seed, weeks)
    twin = copied(model)
    assert type(twin) is type(model) and twin.week == weeks
    first, second = (twin, model) if seed % 2 else (model, twin)
    one, other = ended(first), ended(second)
    assert one[0] == other[0]
    np.testing.assert_equal(one[1], other[1])


@pytest.mark.parametrize(
    ("kind", "collect", "copied"),
    [
        ("screening", "none", "copy of a copy"),
        pytest.param("micro", "agents", "deepcopy", marks=pytest.mark.nightly),
        ("of one's own", "model", "pickle"),
        ("subclass", "none", "copy"),
        ("dated", "none", "deepcopy"),
        pytest.param("dated", "model", "pickle", marks=pytest.mark.nightly),
    ],
)
def test_a_copy_ends_as_the_model_does(kind: str, collect: str, copied: str) -> None:
    check(kind, collect, 3, 10, COPIES[copied])


@pytest.mark.nightly
def test_two_hundred_copies_end_as_their_models_do() -> None:
    rng = np.random.default_rng(30)
    for number in range(200):
        kind = list(KINDS)[number % len(KINDS)]
        copied = list(COPIES.values())[number % len(COPIES)]
        check(kind, str(rng.choice(COLLECTED)), number, int(rng.integers(0, 50)), copied)


@pytest.mark.nightly
def test_a_model_sent_to_another_process_ends_there_as_here() -> None:
    models = [lived(kind, "model", 5, 15) for kind in KINDS]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        there = list(pool.map(ended, models))
    for model, (measures, collected) in zip(models, there, strict=True):
        here = ended(model)
        assert here[0] == measures
        np.testing.assert_equal(here[1], collected)


def test_agents_of_a_copy_read_the_copys_state() -> None:
    model = lived("micro", "none", 1, 2)
    twin = copy.deepcopy(model)
    before = [(one.stock, one.licensed) for one in model.firms], model.negotiators[US].hawk
    twin.run_model()
    assert (
        [(one.stock, one.licensed) for one in model.firms],
        model.negotiators[US].hawk,
    ) == before
    assert [one.stock for one in twin.firms] == twin.state.column("stock").tolist()
    assert all(one.model is twin for one in twin.agents)
