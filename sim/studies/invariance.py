"""What must not matter to a claim: each variation of a scenario, and how it is run.

Other seeds; half, twice and four times as many simulated firms of the same total size (an
authority's capacity is given per 120 firms and goes with them); firms that apply in the reverse order; issues, sectors and events written in the reverse order; who speaks
first; threads and chunks. The reverse order of a file and the threads must give the
same bits, the others the same claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from sim import vocabulary as words
from sim.config.check import build
from sim.config.errors import SimError, nearest
from sim.config.fields import Named
from sim.config.params import flatten, join_records
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules import steps
from sim.rules.measures import RUN, WEEK
from sim.rules.state import allocate, places, tiles
from sim.vocabulary import FIRST_SPEAKERS, GOODS

__all__ = [
    "AS_WRITTEN",
    "BIT_RUNS",
    "VARIATIONS",
    "Variation",
    "run_variation",
    "same_bits",
    "simulate_in_order",
    "variations_of",
]

BIT_RUNS = 64  # runs whose bits are compared: a run is a pure function, so one would do
_SPEAKS = "truce.talks.first_speaker"
_OTHER_CHUNK = 7  # runs a chunk, against 64: a number that divides neither that nor the runs
Item = TypeVar("Item")
Progress = Callable[[int, int], None]


def _same(scenario: Scenario) -> Scenario:
    return scenario


class Variation(NamedTuple):
    """A change that must not matter.

    ``change`` gives the scenario to run instead; ``seeds`` is added to the seed; ``how`` is
    ``runs`` (the ensemble), ``order`` (firms apply in reverse) or ``bits`` (the same bits are
    asked for); ``setting`` is what it sets, so that a claim about that is not asked.
    """

    name: str
    label: str
    change: Callable[[Scenario], Scenario] = _same
    seeds: int = 0
    how: str = "runs"
    setting: str = ""

    def asked(self, scenario: Scenario, words: Sequence[str]) -> bool:
        """Whether it is asked of a claim made in ``words`` about ``scenario``: not where they set
        the same, nor where it changes nothing.
        """
        if self.setting and any(word.startswith(f"{self.setting}=") for word in words):
            return False
        return self.how != "runs" or bool(self.seeds) or self.change(scenario) != scenario


def more_firms(times: float) -> Callable[[Scenario], Scenario]:
    """Of a scenario, one with ``times`` as many firms of the same total size."""

    def change(scenario: Scenario) -> Scenario:
        changes: dict[str, object] = {}
        for good in GOODS:
            firms = getattr(scenario.firms, good).firms
            changes[f"firms.{good}.firms"] = max(1, round(times * firms))
        return scenario.change(changes)

    return change


def _set(path: str, value: str) -> Callable[[Scenario], Scenario]:
    return lambda scenario: scenario.change({path: value})


def written_backwards(scenario: Scenario) -> Scenario:
    """The scenario with its issues, sectors, events, those of the calendar too, and minerals in the reverse order."""

    def reverse(items: Named[Item]) -> Named[Item]:
        return Named(reversed(list(items.items())))

    populations = {
        good: replace(
            getattr(scenario.firms, good), sectors=reverse(getattr(scenario.firms, good).sectors)
        )
        for good in GOODS
    }
    turned = replace(
        scenario,
        issues=reverse(scenario.issues),
        minerals=reverse(scenario.minerals),
        firms=replace(scenario.firms, **populations),
        shocks=replace(scenario.shocks, events=reverse(scenario.shocks.events)),
        calendar=replace(scenario.calendar, events=reverse(scenario.calendar.events)),
    )
    return build(Scenario, turned)


_CHANGES: dict[str, Mapping[str, Any]] = {
    "other_seed": {"seeds": 1},
    "third_seed": {"seeds": 2},
    "half_the_firms": {"change": more_firms(0.5)},
    "twice_the_firms": {"change": more_firms(2.0)},
    "four_times_the_firms": {"change": more_firms(4.0)},
    "firms_reversed": {"how": "order"},
    "file_reversed": {"change": written_backwards, "how": "bits"},
    **{f"speaks_{n}": {"change": _set(_SPEAKS, n), "setting": _SPEAKS} for n in FIRST_SPEAKERS},
    "threads": {"how": "bits"},
}
AS_WRITTEN = Variation("as_written", "as written")
VARIATIONS = tuple(
    Variation(name, term.label, **_CHANGES[name]) for name, term in words.VARIATIONS.items()
)
"""All variations, in the order of the tables."""


def run_variation(
    variation: Variation,
    scenarios: Sequence[Scenario],
    runs: int,
    seed: int,
    threads: int,
    progress: Progress | None = None,
) -> list[np.ndarray]:
    """Measures of the runs of each scenario under a variation that is not of bits, (runs,) each."""
    numbers = np.arange(runs)
    changed = [variation.change(scenario) for scenario in scenarios]
    if variation.how == "order":
        found = []
        for k, scenario in enumerate(changed):
            found.append(simulate_in_order(scenario, numbers, seed, backwards=True))
            if progress is not None:
                progress((k + 1) * runs, len(changed) * runs)
        return found
    params = join_records([flatten(scenario) for scenario in changed])
    outs, _ = simulate(
        params,
        np.repeat(np.arange(len(changed)), runs),
        np.tile(numbers, len(changed)),
        seed + variation.seeds,
        threads=threads,
        progress=progress,
    )
    return list(outs.reshape(len(changed), runs))


def same_bits(variation: Variation, scenario: Scenario, seed: int) -> bool:
    """Whether a variation of bits gives the bytes of the scenario itself."""
    numbers, zeros = np.arange(BIT_RUNS), np.zeros(BIT_RUNS, np.int64)
    usual, _ = simulate(flatten(scenario), zeros, numbers, seed, threads=1)
    changed = flatten(variation.change(scenario))
    other, _ = simulate(changed, zeros, numbers, seed, threads=2, chunk=_OTHER_CHUNK)
    return usual.tobytes() == other.tobytes()


def simulate_in_order(
    scenario: Scenario, run: np.ndarray, seed: int, *, backwards: bool
) -> np.ndarray:
    """Measures of runs in which firms apply for licences in the order of their numbers, or
    backwards; shape (runs,).

    Each phase of the week is one compiled step; forwards it gives the ensemble's bits.
    """
    params = flatten(scenario)
    counts = params.record["firms"]["goods"]["firms"]
    order = np.asarray(list(places(*counts.tolist())), np.int64)
    if backwards:
        order = order[::-1].copy()
    state, series = allocate(int(tiles(counts).sum())), np.zeros(1, WEEK)
    settings = params.values.copy()
    sides, firms = (state.whole, settings), (state.whole, state.firms, settings)
    outs = np.zeros(len(run), RUN)
    for j, number in enumerate(run):
        settings[...] = params.values  # what changed on a day in the run before
        steps.begin(*firms, params.script, np.uint64(seed), int(number))
        for _ in range(scenario.calendar.horizon_weeks):
            steps.land_shocks(*sides, params.dated, settings.view(np.int64))
            steps.license_in_order(*firms, order)
            steps.supply_all(*firms)
            steps.trade_flows(*sides)
            steps.feel_politics(*sides)
            steps.decide(*sides)
            steps.close_week(*firms, series)
        steps.finish(*sides)
        outs[j] = state.whole["out"][0]
    return outs


def variations_of(names: Sequence[str] = ()) -> tuple[Variation, ...]:
    """Those named, or all.

    Raises
    ------
    SimError
        A name that is none of them.
    """
    known = {variation.name: variation for variation in VARIATIONS}
    for name in names:
        if name not in known:
            raise SimError(
                "no such variation",
                key="against",
                given=name,
                allowed=tuple(known),
                suggestion=nearest(name, known),
            )
    return tuple(known[name] for name in known if name in names or not names)
