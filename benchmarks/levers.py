"""The effect of each lever of a scenario on an outcome: ``python -m benchmarks.levers [SCENARIO]
[OUTCOME] [RUNS]`` prints the table.

The levers are the settings in which the scenario differs from London. ``taken back`` is the
scenario less the same without that lever, ``alone`` is London with that lever less London, both in
points of the outcome's share, over runs paired by number (seed 1), with 95 % intervals of the runs.
Levers of both sides that move the same setting are also moved together. The table in
``configs/scenario/breakthrough.yaml`` is this one; a nightly test checks it
(``tests/benchmarks/test_levers.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import sim
from sim.analysis.shares import mean_interval
from sim.config.fields import leaves
from sim.config.scenario import Scenario

__all__ = ["Effect", "Table", "levers", "lines", "table"]

_RUNS, _SEED = 4_000, 1
_SIDES = ("us.", "cn.")
_WORDS = ("name", "title", "about")


class Effect(NamedTuple):
    """A difference between two settings and its 95 % interval, points."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:+5.1f} ({self.low:+.1f} to {self.high:+.1f})"


class Table(NamedTuple):
    """What the levers do: the outcome's share in London and in the scenario (per cent), all levers
    together, and each of them.
    """

    london: float
    scenario: float
    together: Effect
    effects: dict[str, tuple[Effect, Effect]]


def levers(scenario: Scenario) -> dict[str, tuple[Any, Any]]:
    """Settings in which the scenario differs from London: London's value and its own."""
    london = {path: value for path, _, value in leaves(sim.load())}
    own = {path: value for path, _, value in leaves(scenario)}
    return {
        path: (london[path], value)
        for path, value in own.items()
        if value != london[path] and path not in _WORDS
    }


def table(
    name: str = "breakthrough", outcome: str = "breakthrough", runs: int = _RUNS, seed: int = _SEED
) -> Table:
    """Run the scenario without each lever and London with each, on the same draws."""
    moved = levers(sim.load(f"scenario={name}"))
    groups = _groups(moved)
    sets = [set(), set(moved), *(set(moved) - group for group in groups.values()), *groups.values()]
    design = {path: [values[path in own] for own in sets] for path, values in moved.items()}
    found = sim.evaluate("london_2025", design, runs=runs, seed=seed, measures=[outcome])
    ended = found[outcome].to_numpy(float).reshape(len(sets), runs)
    none, all_of_them, rest = ended[0], ended[1], ended[2:]
    back, alone = rest[: len(groups)], rest[len(groups) :]
    effects = {
        name: (_effect(all_of_them - without), _effect(only - none))
        for name, without, only in zip(groups, back, alone, strict=True)
    }
    return Table(100 * none.mean(), 100 * all_of_them.mean(), _effect(all_of_them - none), effects)


def _groups(moved: dict[str, Any]) -> dict[str, set[str]]:
    """Each lever, and both sides' where both have it, under the name that the table prints."""
    groups = {}
    for path in moved:
        groups[path] = {path}
        inner = path.removeprefix("cn.")
        if path.startswith("cn.") and f"us.{inner}" in moved:
            groups[f"{inner} of both"] = {path, f"us.{inner}"}
    return groups


def _effect(differences: np.ndarray) -> Effect:
    return Effect(*(100 * end for end in mean_interval(differences)))


def lines(found: Table) -> Iterator[str]:
    """The table as it stands in the scenario's file."""
    yield f"London {found.london:.1f} %, the scenario {found.scenario:.1f} %, all levers together {found.together}"
    yield f"{'lever':36} {'taken back':24} alone"
    for name, (back, alone) in found.effects.items():
        yield f"{name:36} {back!s:24} {alone}"


def main(words: list[str]) -> int:
    """Compute and print."""
    name, outcome, runs = (*words, *("breakthrough", "breakthrough", str(_RUNS))[len(words) :])
    print("\n".join(lines(table(name, outcome, int(runs)))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
