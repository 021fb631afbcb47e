"""A stopping rule leaves shares where they are: rare ones are not pulled down by stopping where
chance gave few.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.sweeps import chunks


def stopped_share(
    rng: np.random.Generator, chance: float, half_width: float, most: int
) -> tuple[float, int]:
    """Share and runs of one point at which the rule stops, looking after 60 runs and each doubling
    as a sweep does.
    """
    hits, stop = (rng.random(most) < chance).astype(float), chunks._FIRST_LOOK
    while stop < most and chunks._half_width(hits[:stop]) > half_width:
        stop = min(2 * stop, most)
    return float(hits[:stop].mean()), stop


@pytest.mark.parametrize(
    ("chance", "half_width"), [(0.117, 0.05), (0.117, 0.02), (0.02, 0.02), (0.5, 0.05)]
)
def test_shares_are_not_biased_by_stopping(chance: float, half_width: float) -> None:
    rng = np.random.default_rng(1)
    found = np.asarray([stopped_share(rng, chance, half_width, 2000)[0] for _ in range(4000)])
    noise = found.std() / np.sqrt(len(found))
    assert abs(found.mean() - chance) < 0.1 * half_width + 3.0 * noise


def test_the_first_look_is_not_before_sixty_runs(small, short) -> None:
    stopping = {"measure": "breakdown", "half_width": 0.4, "most_runs": 200}
    design = small(points=4, runs=20, stopping=stopping)
    made = chunks.run_chunk(design, short, 1, next(chunks.chunks(design.sweep, 4)))
    assert np.bincount(made.point).tolist() == [60] * 4


def test_no_more_runs_than_the_most(small, short) -> None:
    design = small(
        points=2, runs=4, stopping={"measure": "breakdown", "half_width": 0.001, "most_runs": 30}
    )
    made = chunks.run_chunk(design, short, 1, next(chunks.chunks(design.sweep, 2)))
    assert np.bincount(made.point).tolist() == [30] * 2
