"""The tournament plays every pair, ranks by loss and corrects its tests."""

from __future__ import annotations

import numpy as np
import pytest

from sim.tournament import holm, tournament


def test_holm_corrects_as_published() -> None:
    assert holm(np.asarray([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])


def test_every_pair_is_played_and_the_same_seed_gives_the_same_ranking() -> None:
    names = ("time_dependent", "hardliner", "micro")
    one, two = (tournament(("london_2025",), names, runs=40) for _ in range(2))
    assert len(one.pairs) == 9 and len(one.tests) == 3
    assert one.ranking.equals(two.ranking)
    assert one.ranking["score"].is_monotonic_increasing
    assert abs(one.ranking["score"].sum()) < 1e-9
