"""A response surface follows the chance behind its runs, and the least change on it is the least."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sim.analysis.surface import Surface, least_position, most_position

LINE = np.linspace(0.0, 1.0, 4)
AT = np.asarray(list(product(LINE, repeat=2)))
RUNS = np.full(len(AT), 4_000.0)


def odds(positions: np.ndarray) -> np.ndarray:
    return -3.0 + 4.0 * positions[:, 0] + 2.0 * positions[:, 1] + positions[:, 0] * positions[:, 1]


def surface() -> Surface:
    return Surface(AT, RUNS / (1.0 + np.exp(-odds(AT))), RUNS)


def test_it_follows_a_logistic_chance_between_its_points() -> None:
    inside = np.asarray([[0.2, 0.7], [0.5, 0.5], [0.9, 0.1]])
    assert surface().logit(inside) == pytest.approx(odds(inside), abs=0.1)


def test_its_slopes_are_those_of_its_log_odds() -> None:
    own, at, small = surface(), np.asarray([0.4, 0.6]), 1e-6
    for k in range(2):
        step = small * np.eye(2)[k]
        rise = own.logit((at + step)[None, :]) - own.logit((at - step)[None, :])
        assert own.slope(at)[k] == pytest.approx(float(rise[0]) / (2.0 * small), rel=1e-4)


def test_an_outcome_that_never_came_stays_finite_and_rare() -> None:
    never = Surface(AT, np.zeros(len(AT)), RUNS)
    assert (never.chance(AT) < 0.001).all() and np.isfinite(never.beta).all()


def test_the_least_position_reaches_the_level_at_least_size() -> None:
    own, length = surface(), np.asarray([1.0, 0.4])
    found = least_position(own, 0.5, [], length)
    assert found is not None and own.chance(found[None, :])[0] == pytest.approx(0.5, abs=1e-3)
    lattice = np.asarray(list(product(np.linspace(0.0, 1.0, 201), repeat=2)))
    enough = lattice[own.chance(lattice) >= 0.5]
    assert found @ length == pytest.approx((enough @ length).min(), abs=0.01)


def test_a_cap_is_kept_and_may_leave_nothing() -> None:
    cap = Surface(AT, RUNS * (0.3 - 0.2 * AT[:, 1]), RUNS)
    found = least_position(surface(), 0.5, [(cap, 0.2)], np.ones(2))
    assert found is not None and found[1] > 0.45 and cap.chance(found[None, :])[0] <= 0.2 + 1e-6
    assert least_position(surface(), 0.5, [(cap, 0.05)], np.ones(2)) is None
    assert most_position(surface(), [(cap, 0.05)]) is None


def test_a_level_beyond_the_highest_is_not_reached() -> None:
    top = most_position(surface(), [])
    assert top is not None and top[0].tolist() == [1.0, 1.0]
    assert least_position(surface(), top[1] + 0.005, [], np.ones(2)) is None
