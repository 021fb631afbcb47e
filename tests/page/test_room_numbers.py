"""Shares, intervals and paired differences of the page, against SciPy and against simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

Node = Callable[..., Any]


def test_whole_shares_add_up_and_stay_within_one_of_the_exact_ones(node: Node) -> None:
    rng = np.random.default_rng(1)
    shares = [[0.25] * 4, [1.0, 0.0, 0.0, 0.0], [0.005, 0.995], *rng.dirichlet([1.0] * 4, 300)]
    shares = [list(map(float, row)) for row in shares]
    whole = node("numbers", "answer(given.map((row) => use.addingUpTo(100, row)));", shares)
    for exact, shown in zip(shares, whole, strict=True):
        assert sum(shown) == 100
        assert all(
            abs(100 * share - number) < 1 for share, number in zip(exact, shown, strict=True)
        )


def test_intervals_of_shares_are_wilsons(node: Node) -> None:
    cases = [(0, 100), (1, 100), (50, 100), (100, 100), (713, 1000), (3, 10_000)]
    found = node("numbers", "answer(given.map(([count, runs]) => use.wilson(count, runs)));", cases)
    for (count, runs), ends in zip(cases, found, strict=True):
        exact = stats.binomtest(count, runs).proportion_ci(method="wilson")
        assert ends == pytest.approx([exact.low, exact.high], abs=1e-6)


def test_the_bar_for_many_comparisons_is_bonferronis(node: Node) -> None:
    many = [1, 2, 40, 543]
    found = node("numbers", "answer(given.map((count) => use.clearAmong(count)));", many)
    assert found == pytest.approx([stats.norm.isf(0.025 / count) for count in many], abs=6e-4)


def _pairs(rng: np.random.Generator, one: float, two: float, runs: tuple[int, int]) -> list[Any]:
    """Ends of two sets of runs with the same draws, 0 for the outcome that counts."""
    draws = rng.random(max(runs))
    return [
        (draws[: runs[0]] > one).astype(int).tolist(),
        (draws[: runs[1]] > two).astype(int).tolist(),
    ]


_DIFFERENCES = """
const set = (ends) => ({ ends: Uint8Array.from(ends), runs: ends.length });
answer(given.map(([one, two]) => {
  const { difference, half } = use.pairedDifference(use.jointCounts(set(one), set(two), 0));
  return [difference, half];
}));
"""


@pytest.mark.parametrize("runs", [(100, 100), (1000, 100), (100, 400)])
@pytest.mark.parametrize("chances", [(0.3, 0.37), (0.02, 0.05), (0.9, 0.9)])
def test_an_interval_of_a_difference_covers_as_often_as_it_says(
    node: Node, runs: tuple[int, int], chances: tuple[float, float]
) -> None:
    rng = np.random.default_rng(3)
    cases = [_pairs(rng, *chances, runs) for _ in range(600)]
    found = np.asarray(node("numbers", _DIFFERENCES, cases))
    truth = chances[1] - chances[0]
    covered = np.mean(np.abs(found[:, 0] - truth) <= found[:, 1])
    # three standard errors of 600 draws below 95 %; rare outcomes may be covered more often
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 600)


def test_pairs_make_a_difference_surer_than_runs_of_their_own(node: Node) -> None:
    rng = np.random.default_rng(4)
    paired = _pairs(rng, 0.3, 0.37, (1000, 1000))
    apart = [paired[0], list(rng.permutation(paired[1]).tolist())]
    (_, with_pairs), (_, without) = node("numbers", _DIFFERENCES, [paired, apart])
    assert with_pairs < 0.6 * without


def test_runs_are_planned_once_and_in_the_order_of_their_urgency(node: Node) -> None:
    jobs = node(
        "plan results depth",
        """
const shape = { weeks: 104, seed: 1n, outcomes: 4, series: 2, wide: false };
const make = (key) => new use.Result(key, new Uint8Array(8), shape), a = make("a"), b = make("b");
const ends = new Uint8Array(10), counts = new Uint16Array(416);
a.add({ chunk: 1, keep: use.COUNTS, ends, counts });
b.add({ chunk: 0, keep: use.ENDS, ends });
const wants = [[a, 40, use.COUNTS], [b, 20, use.ENDS], [a, 60, use.COUNTS], [a, 20, use.ENDS], [b, 20, use.WEEKS]];
const jobs = use.jobsOf(wants.map(([result, runs, depth]) => ({ result, runs, depth })));
answer(jobs.map(({ key, keep, chunks }) => [key, keep, [...chunks]]));
""",
    )
    assert jobs == [["a", 2, [0, 2, 3]], ["b", 1, [1]], ["a", 2, [4, 5]], ["b", 3, [0, 1]]]


def test_workers_share_chunks_evenly_and_help_from_the_other_end(node: Node) -> None:
    shares = node(
        "plan",
        """
const jobs = [[0, 1, 2, 3, 4], [0, 1], [7, 8, 9, 10]].map((chunks, key) => ({ key, chunks: Int32Array.from(chunks) }));
const said = (share) => share.flatMap(({ key, chunks }) => [...chunks].map((chunk) => [key, chunk]));
answer([1, 2, 3, 4].map((count) => Array.from({ length: count }, (_, k) =>
  [said(use.shareOf(jobs, k, count)), said(use.shareOf(jobs, k, count, true))])));
""",
    )
    chunks = [[0, k] for k in range(5)] + [[1, 0], [1, 1]] + [[2, k] for k in range(7, 11)]
    for count, own in enumerate(shares, 1):
        assert sorted(chunk for share, _ in own for chunk in share) == chunks
        sizes = [len(share) for share, _ in own]
        assert max(sizes) - min(sizes) <= 1
        assert own[0][0] == chunks[::count]
        assert all(backwards == share[::-1] for share, backwards in own)


def test_a_result_sums_its_weeks_over_the_runs_that_are_drawn(node: Node) -> None:
    found = node(
        "results depth",
        """
const result = new use.Result("a", new Uint8Array(8), { weeks: 104, seed: 1n, outcomes: 4, series: 0, wide: false });
const chunk = (code) => ({ keep: use.COUNTS, ends: new Uint8Array(10).fill(code), counts: new Uint16Array(416).fill(code) });
result.add({ chunk: 2, ...chunk(3) });
const alone = result.done(use.COUNTS);
for (const place of [0, 1]) result.add({ chunk: place, ...chunk(place) });
result.countTo(20);
const then = [result.counts[0], result.counted];
result.countTo(30);
answer([alone, result.done(use.COUNTS), then, [result.counts[0], result.counted], result.tally(30)]);
""",
    )
    assert found == [0, 30, [1, 20], [4, 30], [10, 10, 0, 10]]


def test_worlds_of_doubt_cover_every_range_evenly(node: Node) -> None:
    draws = np.asarray(node("doubt", "answer(use.latinSquare(128, 7));"))
    assert draws.shape == (128, 7)
    assert (np.sort(np.floor(128 * draws), axis=0) == np.arange(128)[:, None]).all()
