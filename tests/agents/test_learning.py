"""What sides learn from each other's offers, held against the truth, which the model knows: docs/model.md,
*Learning*.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import sim
from sim.rules.codes import CN, US

RUNS = 80


@cache
def errors(us: float, cn: float, theirs: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Log errors of beliefs on the first day and the last, (runs, side, issue), 0 the truth, where
    Washington and Beijing learn at these rates; ``theirs`` is how far Beijing errs.
    """
    learns = {"us.learning_rate": us, "cn.learning_rate": cn}
    scenario = sim.load("scenario=london").change(learns | {"cn.belief_error": theirs})
    first, last = [], []
    for run in range(RUNS):
        model = sim.TruceModel(scenario, 1, run, collect="none")
        held = model.state.whole[0]["errors"][:, : len(scenario.issues)]
        first.append(held.copy())
        model.run_model()
        last.append(held.copy())
    return np.array(first), np.array(last)


def misjudged(of: np.ndarray) -> float:
    """Mean absolute log error of Washington's beliefs."""
    return float(np.abs(of[:, US]).mean())


def at_odds(of: np.ndarray) -> float:
    """How far the sides disagree which issues are worth trading: the value of the one and the cost
    to the other are both seen wrongly, so the errors add; what is common to all issues trades none.
    """
    both = of.sum(axis=1)
    return float(np.abs(both - both.mean(axis=1, keepdims=True)).mean())


@pytest.mark.nightly
def test_nothing_is_learnt_at_rate_nought() -> None:
    first, last = errors(0.0, 0.0)
    np.testing.assert_array_equal(first, last)


def test_a_side_learns_the_truth_from_another_that_knows_it() -> None:
    first, last = errors(0.4, 0.0, theirs=0.0)
    assert misjudged(last) < 0.95 * misjudged(first)


@pytest.mark.nightly
def test_a_side_that_knows_unlearns_the_truth_from_another_that_errs() -> None:
    first, last = errors(0.0, 0.4, theirs=0.0)
    assert np.abs(first[:, CN]).max() == 0.0
    assert np.abs(last[:, CN]).mean() > 0.05


def test_two_sides_that_both_err_learn_what_will_be_traded_and_not_the_truth() -> None:
    first, last = errors(0.4, 0.4)
    assert at_odds(last) < 0.85 * at_odds(first)
    # eleven issues: of small ones, which offers move from all to nothing, the errors grow
    assert misjudged(last) == pytest.approx(misjudged(first), rel=0.15)
    together = [np.corrcoef(of[:, US].ravel(), of[:, CN].ravel())[0, 1] for of in (first, last)]
    assert together[1] < together[0] - 0.2
