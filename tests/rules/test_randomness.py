"""Counter-based draws: the published vectors of Philox, uniformity, and no correlation between
neighbours.
"""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from scipy import stats

from sim.rules.randomness import APPROVAL, STREAMS, draw_listed, draw_row, normal, philox, uniform
from sim.rules.state import allocate

U64 = np.uint64


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        (0, (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (0xFFFFFFFFFFFFFFFF, (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            0x299F31D0A4093822,
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers_of_random123(
    key: int, counter: tuple[int, ...], words: tuple[int, ...]
) -> None:
    """Vectors of Random123's kat_vectors, philox4x32-10 (Salmon et al. 2011)."""
    assert tuple(int(w) for w in philox(U64(key), *(U64(c) for c in counter))) == words


@njit
def _grid(seed: np.uint64, stream: np.integer, runs: int, weeks: int, entities: int) -> np.ndarray:
    out = np.empty((runs, weeks, entities))
    for r in range(runs):
        for w in range(weeks):
            for e in range(entities):
                out[r, w, e] = uniform(seed, r, stream, w, e)
    return out


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    return _grid(U64(7), APPROVAL, 60, 60, 60)


def test_draws_are_uniform(draws: np.ndarray) -> None:
    assert draws.min() > 0.0
    assert draws.max() < 1.0
    assert stats.kstest(draws.ravel(), "uniform").pvalue > 1e-4


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_neighbouring_runs_weeks_and_entities_are_uncorrelated(
    draws: np.ndarray, axis: int
) -> None:
    first = np.delete(draws, -1, axis).ravel()
    second = np.delete(draws, 0, axis).ravel()
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.0 / np.sqrt(len(first))


def test_streams_and_seeds_are_unrelated(draws: np.ndarray) -> None:
    assert len(set(STREAMS)) == len(STREAMS)
    for other in (_grid(U64(8), APPROVAL, 60, 60, 60), _grid(U64(7), APPROVAL + 1, 60, 60, 60)):
        assert abs(np.corrcoef(draws.ravel(), other.ravel())[0, 1]) < 4.0 / np.sqrt(draws.size)


def test_normal_draws_are_normal() -> None:
    sample = np.asarray([normal(U64(3), run, APPROVAL, 0, 0) for run in range(4000)])
    assert stats.kstest(sample, "norm").pvalue > 1e-4


@pytest.mark.parametrize("count", [1, 7, 8, 9, 64])
def test_a_row_of_draws_is_the_draws_one_by_one(count: int) -> None:
    state = allocate(1).whole
    state["world"]["seed"], state["world"]["run"], state["world"]["week"] = 2**64 - 1, 12, 34
    one = [uniform(U64(2**64 - 1), 12, APPROVAL, 34, 56 + k) for k in range(count)]
    _row(state, 56, count)
    assert state["draws"][0, :count].tolist() == one
    state["entities"][0, :count] = 56 + np.arange(count)[::-1]
    _listed(state, count)
    assert state["draws"][0, :count].tolist() == one[::-1]


@njit
def _row(s: np.ndarray, first: int, count: int) -> None:
    draw_row(s[0], APPROVAL, first, count)


@njit
def _listed(s: np.ndarray, count: int) -> None:
    draw_listed(s[0], APPROVAL, count)
