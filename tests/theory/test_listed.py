"""A list of outcomes refuses what is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.theory import OutcomeList

PIE = np.asarray([[x, 10.0 - x] for x in range(11)])


@pytest.mark.parametrize(
    "utilities", [np.empty((0, 2)), np.ones(3), np.ones((3, 3)), [[1.0, math.nan]], [[math.inf, 0]]]
)
def test_utilities_that_are_no_list_of_pairs_are_refused(utilities: object) -> None:
    with pytest.raises(ValueError, match="utilities must"):
        OutcomeList(utilities, (0.0, 0.0))  # type: ignore[arg-type]


@pytest.mark.parametrize("floors", [(0.0,), (0.0, 1.0, 2.0), (math.nan, 0.0), (0.0, math.inf)])
def test_what_is_had_without_agreement_is_two_finite_numbers(floors: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="disagreement|finite"):
        OutcomeList(PIE, floors)


def test_an_outcome_worth_less_than_walking_away_is_no_solution() -> None:
    listed = OutcomeList(PIE, (4.0, 4.0))
    assert all(4 <= place <= 6 for place in listed.nash)
