"""The typical run is the medoid of the commonest outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.typical import _distances, typical_run


def _slow(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    ranks = np.full(len(values), np.nan)
    ranks[known] = pd.Series(values[known]).rank().to_numpy() / max(1, known.sum())
    gaps = np.abs(ranks[:, None] - ranks[None, :])
    gaps[known[:, None] != known[None, :]] = 1.0
    return np.nansum(gaps, axis=1)


@pytest.mark.parametrize("seed", range(5))
def test_sums_of_distances_are_those_of_every_pair(seed) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 6, 40).astype(float)
    values[rng.random(40) < 0.2 * seed] = np.nan
    assert np.allclose(_distances(values), _slow(values))


def test_a_run_of_a_rarer_outcome_is_never_shown_and_the_middle_one_is() -> None:
    runs = pd.DataFrame(
        {
            "run": np.arange(7),
            "outcome": ["a"] * 5 + ["b"] * 2,
            "loss": [9.0, 1.0, 2.0, 3.0, 80.0, 3.0, 3.0],
        }
    )
    assert typical_run(runs) == (3, "a", 5, 1)
    assert typical_run(runs[::-1]).run == 3


def test_a_single_run_is_typical_of_itself() -> None:
    assert typical_run(pd.DataFrame({"run": [4], "outcome": ["b"], "loss": [np.nan]})).run == 4
