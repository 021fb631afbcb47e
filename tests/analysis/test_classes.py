"""Classes found by selection are those that ranking every value gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.classes import count_edges, has_more_values, rank_classes

FEW = st.integers(-3, 3)
MANY = st.floats(-1e6, 1e6, width=32)


def by_ranking(values: np.ndarray, count: int) -> list[int]:
    """The definition: floor((mean rank - 1/2) / n * count)."""
    ranks = pd.Series(values).rank(method="average").to_numpy(float)
    return np.minimum((ranks - 0.5) / len(ranks) * count, count - 1).astype(np.int8).tolist()


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.int32])
@given(
    values=st.lists(FEW, min_size=1, max_size=40) | st.lists(MANY, min_size=1, max_size=40),
    count=st.integers(2, 8),
)
def test_classes_by_rank_are_those_of_their_definition(
    kind: type, values: list[float], count: int
) -> None:
    column = np.asarray(values).astype(kind)
    assert rank_classes(column, count).tolist() == by_ranking(column, count)


@pytest.mark.parametrize("ties", [10**9, 700, 60, 7, 2, 1])
def test_classes_of_many_runs_are_those_of_their_definition_whatever_the_ties(ties: int) -> None:
    for runs in (4_096, 10_000, 99_999):
        column = (np.random.default_rng(runs).random(runs) * ties).astype(
            np.int64 if ties < 10**9 else np.float32
        )
        assert rank_classes(column, 5).tolist() == by_ranking(column, 5)


@given(
    st.lists(st.floats(-2, 2, width=16), max_size=30),
    st.lists(st.floats(-2, 2, width=16), max_size=8),
)
def test_edges_are_counted_as_numpy_searches_them(values: list[float], edges: list[float]) -> None:
    column, sorted_edges = np.asarray(values, float), np.sort(np.asarray(edges, float))
    assert (
        count_edges(column, sorted_edges).tolist()
        == np.searchsorted(sorted_edges, column, side="right").tolist()
    )


def test_different_values_are_counted_past_the_first_ones_and_missing_ones_are_none() -> None:
    late = pd.Series([1.0] * 5_000 + [2.0, np.nan, 3.0])
    assert [has_more_values(late, most) for most in (1, 2, 3)] == [True, True, False]
    assert has_more_values(pd.Series(["a", "b", None]), 1) and not has_more_values(
        pd.Series(["a", "b", None]), 2
    )
