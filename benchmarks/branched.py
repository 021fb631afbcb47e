"""How often intervals of branched futures contain the truth: ``python -m benchmarks.branched
[FUTURES]`` prints the table of ``docs/branching.md``.

The truth of a branch is its share over many futures (12,000); groups of 200 and of 600 of them, as
``tariffsim branch`` runs them, print an interval each. A group is part of its truth, which makes
intervals of 600 look better by 0.3 in 100 and those of 200 by 0.1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from sim.analysis.controls import Luck, estimate_difference, estimate_shares, luck_of
from sim.config.compose import load
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.studies.branching import branched
from sim.vocabulary import OUTCOMES

__all__ = ["BRANCHES", "CHANGE", "Branch", "covered"]

CHANGE: Mapping[str, object] = {"linkage.us": 0.0, "linkage.cn": 0.0}
"""What the compared futures change."""
_FUTURES, _SEED = 12_000, 1
# a share of less is of a handful of futures in a group: intervals of what is rare are docs/coverage.md
_RARE = 0.02


class Branch(NamedTuple):
    """The run of a scenario that futures share, and for how many weeks."""

    scenario: str
    run: int
    week: int


BRANCHES = (
    Branch("london", 17, 40),
    Branch("london", 3, 20),
    Branch("geneva", 5, 12),
    Branch("breakthrough", 8, 30),
    Branch("escalation", 2, 52),
)


def covered(branch: Branch, futures: int, *sizes: int) -> list[np.ndarray]:
    """Which intervals of groups of futures contain the truth: of shares and of differences, for each
    size of a group.

    One value for each group and outcome that is not rare.
    """
    base = load(f"scenario={branch.scenario}")
    both = [
        _luck(branched(base, branch.run, branch.week, change), futures) for change in (None, CHANGE)
    ]
    return [found for size in sizes for found in _covered(*both, size)]


def _covered(left: Luck, right: Luck, size: int) -> tuple[np.ndarray, np.ndarray]:
    shares, gaps = list[bool](), list[bool]()
    for k, name in enumerate(OUTCOMES):
        truth, other = (float(np.mean(luck.outcome == k)) for luck in (left, right))
        for part in _groups(len(left.outcome), size):
            if _RARE < truth < 1.0 - _RARE:
                one = estimate_shares(_of(left, part))[k]
                shares.append(one.low <= truth <= one.high)
            if max(truth, other) > _RARE and min(truth, other) < 1.0 - _RARE:
                gap = estimate_difference(_of(left, part), _of(right, part), name)
                gaps.append(gap.low <= other - truth <= gap.high)
    return np.array(shares, bool), np.array(gaps, bool)


def _luck(scenario: Scenario, futures: int) -> Luck:
    point, numbers = np.zeros(futures, np.int64), np.arange(futures)
    return luck_of(simulate(flatten(scenario), point, numbers, _SEED, threads=1)[0])


def _groups(futures: int, group: int) -> Iterator[slice]:
    return (slice(first, first + group) for first in range(0, futures - group + 1, group))


def _of(luck: Luck, part: slice) -> Luck:
    return Luck(*(column[part] for column in luck))


def main(futures: int = _FUTURES) -> int:
    """Print the table."""
    print("| branch | 200 futures, share | difference | 600 futures, share | difference |")
    print("|---|---|---|---|---|")
    every: list[list[np.ndarray]] = [[], [], [], []]
    for branch in BRANCHES:
        found = covered(branch, futures, 200, 600)
        for column, one in zip(every, found, strict=True):
            column.append(one)
        print(f"| {branch.scenario}, run {branch.run}, week {branch.week} | {_row(found)} |")
    print(f"| all | {_row([np.concatenate(column) for column in every])} |")
    return 0


def _row(found: list[np.ndarray]) -> str:
    return " | ".join(
        f"{100.0 * one.mean():.1f} of {len(one):,}" if len(one) else "–" for one in found
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
