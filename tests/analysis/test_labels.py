"""Shares as they are printed: they add to 100, and none reads as nothing or all that is not."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.labels import closing_words, percents


@given(st.lists(st.integers(0, 3_000), min_size=2, max_size=6).filter(any))
def test_printed_shares_add_to_100(hits: list[int]) -> None:
    shares = np.asarray(hits) / sum(hits)
    words = percents(shares)
    printed = [
        0.0 if word.startswith("<") else 100.0 if word.startswith(">") else float(word[:-2])
        for word in words
    ]
    assert sum(printed) == pytest.approx(100.0, abs=1e-9)
    assert all(
        abs(value - 100.0 * share) < 1.0 for value, share in zip(printed, shares, strict=True)
    )
    for word, share in zip(words, shares, strict=True):
        assert (word == "0 %") == (share == 0.0)
        assert bool(re.match(r"100(\.0)? %", word)) == (share == 1.0)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.485, 0.255, 0.255, 0.005], ["48.5 %", "25.5 %", "25.5 %", "0.5 %"]),
        ([0.125, 0.125, 0.375, 0.375], ["12 %", "12 %", "38 %", "38 %"]),
        ([2 / 3, 19 / 60, 0.0, 1 / 60], ["67 %", "32 %", "0 %", "1 %"]),
        ([0.9999, 0.0001, 0.0, 0.0], [">99.9 %", "<0.1 %", "0 %", "0 %"]),
        ([1.0, 0.0, 0.0, 0.0], ["100 %", "0 %", "0 %", "0 %"]),
    ],
)
def test_the_largest_remainder_rounds_up(shares: list[float], words: list[str]) -> None:
    assert percents(shares) == words


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        (52, "a week of the closing year"),
        (26, "a week of the closing 26 weeks"),
        (1, "the last week"),
    ],
)
def test_when_outcomes_are_read_is_said(weeks: int, words: str) -> None:
    assert closing_words(sim.load(f"outcomes.closing_weeks={weeks}")) == f"in {words}"
