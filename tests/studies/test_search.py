"""The search finds the least change of a model in which it is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.least import LEVERS, Known, truth
from sim.config.compose import load
from sim.studies.movable import movable_levers
from sim.studies.search import Goal, Search, bounds, change_of, moves_of, size_of

RUNS = 4_000


def search(share: float, **caps: float) -> Search:
    first = Known(1_000, 1)
    return Search(
        LEVERS, Goal("breakthrough", share, caps), first.fewer(500), first, Known(RUNS, 2)
    )


def test_one_lever_is_moved_as_far_as_it_must() -> None:
    own = search(0.5)
    own.extend(1)
    (least,) = own.choices(1)
    assert list(change_of(least)) == ["strong"]
    assert 0.878 <= size_of(least) <= 0.93  # 0.8 / (1 + e^(3 - 4 x 0.878)) = 0.5
    assert 0.5 <= truth(change_of(least))[0] <= 0.53


def test_a_cap_takes_a_second_lever_that_keeps_it() -> None:
    own = search(0.5, breakdown=0.05)
    own.extend(1)
    assert own.choices(1) == []
    own.extend(2)
    least = own.choices(2)[0]
    change = change_of(least)
    assert set(change) == {"strong", "calm"}
    assert truth(change)[1] <= 0.05 and truth(change)[0] >= 0.5
    assert size_of(least) < 1.0 + (0.2 - 0.035) / 0.18  # calm to 3.5 %, and strong not to its end


def test_the_idle_lever_is_in_no_set_of_two() -> None:
    own = search(0.75)
    own.extend(1)
    own.extend(2)
    names = [{move.lever.label for move in moves} for moves in own.sets[2]]
    assert {"strong", "weak"} in names and not any("idle" in name for name in names)


def test_what_one_lever_reaches_only_within_chance_takes_a_second() -> None:
    own = search(0.58)  # strong alone ends at 0.8 / (1 + e^-1) = 0.585
    own.extend(1)
    assert own.choices(1) == []
    own.extend(2)
    change = change_of(own.choices(2)[0])
    assert set(change) == {"strong", "weak"} and truth(change)[0] >= 0.58


def test_a_share_beyond_reach_has_no_change() -> None:
    own = search(0.99)
    for count in (1, 2):
        own.extend(count)
        assert own.choices(count) == []


def test_the_front_rises_with_size_and_ends_at_the_highest() -> None:
    own = search(1.0)
    own.extend(1)
    spots = own.front(1, own.levels([1]))
    sizes = [size_of(spot) for spot in spots]
    shares = [truth(change_of(spot))[0] for spot in sorted(spots, key=size_of)]
    assert len(spots) > 4 and max(sizes) == pytest.approx(1.0, abs=0.02)
    assert shares == sorted(shares)


def test_no_smaller_change_is_found_by_differential_evolution_on_the_same_draws() -> None:
    from scipy.optimize import NonlinearConstraint, differential_evolution

    own, model = search(0.7), Known(RUNS, 2)
    own.extend(1)
    own.extend(2)
    ours = min(size_of(spot) for count in (1, 2) for spot in own.choices(count))

    def share(x: np.ndarray) -> np.ndarray:
        changes = [{"strong": a, "weak": b} for a, b in x.reshape(2, -1).T]
        low = [bounds(codes == 0, None, 1.645)[1] for codes in model.outcomes(changes)]
        return np.reshape(low, (1, -1)) if x.ndim == 2 else np.asarray(low)

    found = differential_evolution(
        lambda x: x.sum(axis=0), [(0.0, 1.0)] * 2, rng=1, vectorized=True, updating="deferred",
        constraints=[NonlinearConstraint(share, 0.7, 1.0)], polish=False, maxiter=40,
    )  # fmt: skip
    assert ours <= found.fun + 0.04


def test_a_lever_begins_at_the_side_that_is_ahead_and_ends_at_its_range() -> None:
    (lever,) = movable_levers(load(), ["deadline_firmness"])
    up, down = moves_of(lever)
    assert (up.near, up.far, down.near, down.far) == (0.25, 0.6, 0.2, 0.1)
    assert up.value(0.0) == 0.25 and up.value(1.0) == 0.6
    assert size_of(((up, 0.6),)) == pytest.approx(0.8)  # Beijing's way from 0.2, of a range of 0.5


def test_a_choice_may_take_each_other_value_at_a_whole_range() -> None:
    (lever,) = movable_levers(load(), ["tracks"])
    (move,) = moves_of(lever)
    assert move.far == "package" and size_of(((move, "package"),)) == 1.0


def test_the_interval_of_clusters_is_wider_where_runs_of_one_are_alike() -> None:
    hits = np.tile(np.arange(40) < 20, 10)
    point = np.tile(np.arange(40), 10)
    _, low, high = bounds(hits, point, 1.96)
    _, alone, _ = bounds(hits, None, 1.96)
    assert low < 0.36 < alone and high > 0.64
