"""The exact moves of every strategy: what it asks, meeting by meeting, worked out by hand from its
formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import CN, TRADE, US
from sim.rules.packages import prepare
from sim.rules.strategies import stationary_demand
from sim.vocabulary import STRATEGIES

LEAST, MOST = 20.0, 100.0  # reservation value and best package, bn USD/yr


class Talks:
    """Washington on the trade track in a model whose clock, beliefs and offers are set by hand."""

    def __init__(
        self, kind: str, firmness: float = 1.0, belief: float = 0.0, **strategy: object
    ) -> None:
        settings = {f"us.strategy.{name}": value for name, value in strategy.items()}
        scenario = Scenario().change(
            {"us.strategy.kind": kind, "us.deadline_firmness": firmness, **settings}
        )
        self.model = TruceModel(scenario, 1, 0, collect="none")
        self.world, self.side = (
            self.model.state.whole[0]["world"],
            self.model.state.whole[0]["sides"][US],
        )
        self.put(reservation=LEAST, best=MOST)
        self.side["goes_on"] = belief

    def put(self, **values: float) -> None:
        """Set fields of the trade track."""
        for name, value in values.items():
            self.side[name][TRADE] = value

    def ask(self) -> float:
        """The strategy's aspiration, which is offered on the track."""
        asked = float(steps.target(*self.model.all_sides, US, TRADE))
        if self.side["standing"][TRADE] == 0 or asked != self.side["aspiration"][TRADE]:
            self.side["made_count"][TRADE] += 1
        self.put(standing=1, aspiration=asked)
        return asked

    def hear(self, value: float) -> None:
        """An offer of the other side, worth ``value`` to this one."""
        first = self.side["heard_count"][TRADE] == 0
        before = value if first else self.side["heard"][TRADE]
        self.side["heard_count"][TRADE] += first or value != before
        self.put(heard_before=before, heard=value)

    def over_the_clock(self, weeks: int) -> list[float]:
        """What it asks in each week of a clock of ``weeks`` weeks."""
        asked = []
        for week in range(weeks):
            self.world["week"], self.world["clock_start"], self.world["deadline"] = week, 0, weeks
            asked.append(self.ask())
        return asked

    def against(self, heard: Sequence[float]) -> list[float]:
        """What it asks first, and after each offer of the other side."""
        asked = [self.ask()]
        for value in heard:
            self.hear(value)
            asked.append(self.ask())
        return asked


def test_time_dependent_concedes_the_square_of_the_clock_at_exponent_one_half() -> None:
    """20 + 80 (1 - s**2), s = 1/8, 2/8, ... 1 (Faratin, Sierra, Jennings 1998)."""
    asked = Talks("time_dependent", exponent=0.5).over_the_clock(8)
    assert asked == pytest.approx([98.75, 95.0, 88.75, 80.0, 68.75, 55.0, 38.75, 20.0])


def test_time_dependent_concedes_less_where_the_deadline_binds_less() -> None:
    """Belief 0.6 and firmness 0.5: kappa = 1 - 0.6 (1 - 0.5) = 0.7, so 20 + 80 (1 - 0.7 s) at
    exponent 1.
    """
    asked = Talks("time_dependent", firmness=0.5, belief=0.6, exponent=1.0).over_the_clock(4)
    assert asked == pytest.approx([86.0, 72.0, 58.0, 44.0])


def test_hardliner_asks_its_best_until_half_time_then_comes_down_in_proportion() -> None:
    """Hold 1/2: 100 up to s = 1/2, then 100 - 80 (s - 1/2) / (1/2)."""
    asked = Talks("hardliner", hold=0.5).over_the_clock(8)
    assert asked == pytest.approx([100.0, 100.0, 100.0, 100.0, 80.0, 60.0, 40.0, 20.0])


def test_hardliner_that_holds_to_the_end_never_moves() -> None:
    assert Talks("hardliner", hold=1.0).over_the_clock(4) == [100.0] * 4


def test_tit_for_tat_gives_back_half_as_much_again_and_nothing_for_a_step_back() -> None:
    """Reciprocity 1.5. Heard 10, 14, 14, 30, 25, 65: steps 0, 4, 0, 16, -5, 40 are answered by 0,
    6, 0, 24, 0, 60 down to 20.
    """
    asked = Talks("tit_for_tat", reciprocity=1.5).against([10.0, 14.0, 14.0, 30.0, 25.0, 65.0])
    assert asked == pytest.approx([100.0, 100.0, 94.0, 94.0, 70.0, 70.0, 20.0])


def test_micro_makes_one_of_its_four_steps_for_each_new_offer() -> None:
    """Steps of 80 / 4 = 20 (de Jonge 2022); an offer heard again earns none."""
    asked = Talks("micro", steps=4).against([5.0, 5.0, 9.0, 12.0, 30.0, 31.0])
    assert asked == pytest.approx([100.0, 80.0, 80.0, 60.0, 40.0, 20.0, 20.0])


def test_micro_waits_for_the_first_word_of_the_other_side() -> None:
    talks = Talks("micro", steps=4)
    assert [talks.ask() for _ in range(3)] == [100.0, 100.0, 100.0]


@pytest.mark.parametrize(
    ("own", "its", "share"),
    [(0.5, 0.5, 2 / 3), (0.8, 0.5, 5 / 6), (0.5, 0.8, 1 / 3), (0.9, 0.9, 10 / 19)],
)
def test_equilibrium_asks_the_share_of_the_first_proposer(
    problem: Callable[[Sequence[tuple[float, ...]]], np.ndarray],
    own: float,
    its: float,
    share: float,
) -> None:
    """(1 - d2) / (1 - d1 d2) of a pie of 100 that Washington can hand over (Rubinstein 1982); a
    tenth is lost on the way.
    """
    pie: Any = problem([(int(US), 100.0, 100.0, 0.1, 1.0)])[0]
    package = np.zeros(len(pie["owner"]))
    prepare(pie, package)
    assert stationary_demand(pie, US, -100.0, 0.0, own, its, package) + 100.0 == pytest.approx(
        100.0 * share, abs=0.1
    )
    assert stationary_demand(pie, CN, 0.0, -100.0, own, its, package) == pytest.approx(
        100.0 * share, abs=0.1
    )


def test_equilibrium_asks_the_same_again_whatever_it_hears() -> None:
    """It moves with values alone, and these stand still; between its reservation value and what it
    could get at most.
    """
    talks = Talks("equilibrium")
    first, *later = talks.against([1.0, 2.0, 30.0])
    assert later == [first] * 3
    assert LEAST < first < math.inf


@pytest.mark.parametrize("kind", STRATEGIES)
def test_no_strategy_asks_less_than_its_reservation_value(kind: str) -> None:
    talks = Talks(kind)
    talks.put(best=LEAST - 5.0, claim=LEAST, expected=LEAST - 5.0)
    assert talks.over_the_clock(3) == [LEAST] * 3
