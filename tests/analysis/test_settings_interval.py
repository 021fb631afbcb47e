"""Uncertainty of the settings: the middle 95 % of points, without the noise of their few runs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.settings_interval import settings_interval


@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (0.6, 0.9), (1.0, 9.0), (20.0, 20.0)])
def test_its_ends_hold_the_chances_of_95_in_100_points(a: float, b: float) -> None:
    """Over designs of 128 points with 4 runs each, on average; the points' shares alone would say 0
    to 100 %.
    """
    rng, covered = np.random.default_rng(1), []
    for _ in range(60):
        _, low, high = settings_interval(rng.binomial(4, rng.beta(a, b, 128)), 4)
        fresh = rng.beta(a, b, 500)
        covered.append(np.mean((low <= fresh) & (fresh <= high)))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_points_with_one_chance_have_hardly_an_interval_whatever_the_luck() -> None:
    rng = np.random.default_rng(2)
    widths = [np.ptp(settings_interval(rng.binomial(4, 0.4, 128), 4)[1:]) for _ in range(20)]
    assert np.median(widths) < 0.3
    mean, low, high = settings_interval(rng.binomial(400, 0.4, 128), 400)
    assert low == pytest.approx(mean, abs=0.03) and high == pytest.approx(mean, abs=0.03)


def test_what_was_never_seen_may_still_happen() -> None:
    none, all_of_them = settings_interval(np.zeros(128), 4), settings_interval(np.full(128, 4), 4)
    assert none[0] == 0.0 and 0.0 < none[2] < 0.03
    assert all_of_them[0] == 1.0 and 0.97 < all_of_them[1] < 1.0
