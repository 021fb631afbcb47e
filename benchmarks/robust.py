"""How far the chances of a deal and of a break hang on single numbers: ``python -m benchmarks.robust
[SCENARIO] [RUNS]`` prints four tables.

*Deals* are runs that settle trade: by the first deadline, or ever within the horizon.

*Moves*: every setting of bargaining, truce and politics is drawn over its plausible range at once,
one run a draw; a row is a setting's slope in a linear fit times its range. *Steps*: each setting
alone, a twentieth of its range up and down from the scenario's value, on paired runs, as the
scenario has it and under full information. *Clocks*: the chance of a deal in 13 open weeks in the
first clock, later without a break, and after one; again without interim talks, whose packages take
later what a deal would settle. *Breaks*: as *Moves*, of runs in which a truce
breaks within the horizon, with the settings of compliance drawn, too. What sets a truce's worth is
no setting of these groups but of trade and supply; the scale of all costs, ``truce.unit``, takes
those that are its multiples along and is exempt (docs/truces.md, *Robustness*).

The targets are those of docs/bargaining.md, *Shapes*; intervals are 95 %, of the runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

import sim
from sim.config.fields import leaves
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.vocabulary import SIDES, STATUSES, TRACKS, happened

__all__ = [
    "NO_TALKS",
    "BreakMove",
    "Clocks",
    "Move",
    "Range",
    "Step",
    "breaks",
    "clocks",
    "lines",
    "moves",
    "ranges",
    "steps",
]

_RUNS, _SEED = 12_000, 1
_GROUPS = ("us.", "cn.", "linkage.", "truce.", "politics.")
_GROUPS_OF_BREAKS = (*_GROUPS, "compliance.")
_OTHER_STRATEGIES = (
    "exponent",
    "hold",
    "reciprocity",
    "steps",
    "insist",
    "deadline_firmness",
)
# a rule of the truce, not a number of bargaining: how many extensions there may be at all is
# question 2 of the signs
_RULES = ("truce.max_extensions",)
_NORMAL = 1.96
_STEPS = 20  # a step is this part of the range
_SHARE = 0.2  # of a mean price to each side
_WEEKS = 13
_DEAL = f"deal_{TRACKS.names[0]}"
_MEASURE = f"weeks_to_deal.{TRACKS.names[0]}"
_BREAKS = "breaks"
# where the question is narrower than what is plausible for the setting
_ASKED = {
    **{f"{side}.extension_bias": (-2.0, 2.0) for side in SIDES},
}
NO_TALKS = {f"truce.talks.{when}_rate": 0.0 for when in ("interim", "protest", "measure", "threat")}
"""No talks about interim packages: what is settled is settled by a deal."""
_INFORMED = {f"{side}.{name}" for side in SIDES for name in ("belief_error", "resolve.known")}


class Range(NamedTuple):
    """A setting, what the scenario has, and the range over which it is drawn."""

    name: str
    value: float
    low: float
    high: float
    integer: bool
    bounds: tuple[float, float]

    def at(self, share: np.ndarray) -> np.ndarray:
        """Its values at shares in [0, 1] of the range."""
        found = self.low + (self.high - self.low) * share
        return np.rint(found).astype(np.int64) if self.integer else found


class Move(NamedTuple):
    """What a setting moves over its range, points of deals by the first deadline and ever; with the
    half width of the interval.
    """

    name: str
    first: float
    first_error: float
    ever: float
    ever_error: float


class BreakMove(NamedTuple):
    """What a setting moves over its range, points of runs with a break, and half the interval."""

    name: str
    breaks: float
    error: float


class Step(NamedTuple):
    """The larger move, by size, of a step of a setting up or down: points, first and ever."""

    name: str
    first: float
    ever: float


class Clocks(NamedTuple):
    """Chance of a deal in 13 open weeks: in the first clock, later without a break, after one."""

    first: float
    later: float
    after_a_break: float


def ranges(scenario: Scenario, groups: tuple[str, ...] = _GROUPS) -> list[Range]:
    """Every setting of bargaining that the scenario's strategies read and that has a plausible
    range.
    """
    found = []
    for name, setting, value in leaves(scenario):
        if not name.startswith(groups) or isinstance(value, bool | str):
            continue
        if name.rpartition(".")[2] in _OTHER_STRATEGIES or name in _RULES:
            continue
        bounds = _ASKED.get(name, setting.plausible)
        if ".resolve." in name and name.rpartition(".")[2] in TRACKS:
            bounds = (1.0 - _SHARE) * value, (1.0 + _SHARE) * value
        if bounds:
            allowed = (float(setting.low), float(setting.high))
            found.append(Range(name, value, *bounds, isinstance(value, int), allowed))
    return found


def moves(scenario: Scenario, runs: int = _RUNS, seed: int = _SEED) -> list[Move]:
    """What each setting moves over its range with all others drawn over theirs, largest first."""
    asked = ranges(scenario)
    shares = qmc.LatinHypercube(len(asked), seed=seed).random(runs)
    design = {one.name: one.at(shares[:, k]) for k, one in enumerate(asked)}
    first, ever = _deals(scenario, design, np.arange(runs).reshape(runs, 1))
    x = np.column_stack([np.ones(runs), shares])
    inverse = np.linalg.inv(x.T @ x)
    fits = [_fit(x, inverse, 100.0 * deals[:, 0]) for deals in (first, ever)]
    (a, a_error), (b, b_error) = fits
    rows = [
        Move(one.name, a[k], a_error[k], b[k], b_error[k]) for k, one in enumerate(asked, start=1)
    ]
    return sorted(rows, key=lambda row: -max(abs(row.first), abs(row.ever)))


def breaks(scenario: Scenario, runs: int = _RUNS, seed: int = _SEED) -> list[BreakMove]:
    """What each setting of decisions moves of the chance of a break, largest first."""
    asked = ranges(scenario, _GROUPS_OF_BREAKS)
    shares = qmc.LatinHypercube(len(asked), seed=seed).random(runs)
    design = {one.name: one.at(shares[:, k]) for k, one in enumerate(asked)}
    numbers = np.arange(runs).reshape(runs, 1)
    table = sim.evaluate(
        scenario, design, seed=seed, measures=[_BREAKS], runs=1, run_numbers=numbers
    )
    x = np.column_stack([np.ones(runs), shares])
    slope, error = _fit(x, np.linalg.inv(x.T @ x), 100.0 * (table[_BREAKS].to_numpy(float) > 0.0))
    rows = [BreakMove(one.name, slope[k], error[k]) for k, one in enumerate(asked, start=1)]
    return sorted(rows, key=lambda row: -abs(row.breaks))


def _fit(x: np.ndarray, inverse: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of a linear fit, and half the width of their intervals; spread may differ by row."""
    slope = inverse @ (x.T @ y)
    scaled = x * (y - x @ slope)[:, None]
    return slope, _NORMAL * np.sqrt(np.diag(inverse @ (scaled.T @ scaled) @ inverse))


def steps(scenario: Scenario, runs: int = 1_500, *, informed: bool = False) -> list[Step]:
    """The largest move of each setting by a step from the scenario's value, largest first.

    ``informed``: with no error in beliefs and the other's price known.
    """
    if informed:
        scenario = scenario.change({name: float("known" in name) for name in _INFORMED})
    asked = [one for one in ranges(scenario) if not (informed and one.name in _INFORMED)]
    rows = 1 + 2 * len(asked)
    design = {one.name: np.full(rows, one.value) for one in asked}
    for k, one in enumerate(asked):
        step = (one.high - one.low) / _STEPS
        step = max(1.0, np.rint(step)) if one.integer else step
        least, most = one.bounds
        design[one.name][1 + 2 * k] = min(most, one.value + step)
        design[one.name][2 + 2 * k] = max(least, one.value - step)
    first, ever = _deals(scenario, design, runs)
    found = []
    for k, one in enumerate(asked):
        two = slice(1 + 2 * k, 3 + 2 * k)
        gaps = [100.0 * (deals[two].mean(axis=1) - deals[0].mean()) for deals in (first, ever)]
        found.append(Step(one.name, *(max(gap.tolist(), key=abs) for gap in gaps)))
    return sorted(found, key=lambda row: -max(abs(row.first), abs(row.ever)))


def _deals(
    scenario: Scenario, design: Mapping[str, np.ndarray], runs: int | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(deals by the first deadline, ever) of each row of a design and run, bool (rows, runs)."""
    each = {"runs": runs} if isinstance(runs, int) else {"runs": 1, "run_numbers": runs}
    table = sim.evaluate(scenario, design, seed=_SEED, measures=[_MEASURE], **each)  # type: ignore[arg-type]
    week = table[_MEASURE].to_numpy(float).reshape(len(next(iter(design.values()))), -1)
    lengths = np.asarray(design.get("truce.length_weeks", scenario.truce.length_weeks))
    clock = np.broadcast_to(scenario.truce.first_deadline_weeks or lengths, len(week))
    return week <= clock[:, None], ~np.isnan(week)


def clocks(scenario: Scenario, runs: int = 4_000) -> Clocks:
    """Deals on trade for each 13 weeks in which they could be made."""
    point = flatten(scenario).values
    _, weeks = simulate(
        point, np.zeros(runs, np.int64), np.arange(runs), _SEED, weekly=runs, threads=0
    )
    made, broken = happened(weeks["events"], _DEAL), weeks["status"] == STATUSES["none"].code
    before = np.cumsum(made, axis=1) - made == 0
    open_weeks = before & ((weeks["status"] == STATUSES["truce"].code) | made)
    week = np.arange(made.shape[1])[None, :]
    clock = scenario.truce.first_deadline_weeks or scenario.truce.length_weeks
    lapsed = np.cumsum(broken, axis=1) > 0
    parts = (week < clock, (week >= clock) & ~lapsed, lapsed)
    return Clocks(*(_per_weeks(made & open_weeks & part, open_weeks & part) for part in parts))


def _per_weeks(made: np.ndarray, held: np.ndarray) -> float:
    """Chance of a deal in 13 open weeks, from the rate a week."""
    return float(1.0 - (1.0 - made.sum() / max(1, held.sum())) ** _WEEKS)


def lines(scenario: Scenario, runs: int = _RUNS) -> Iterator[str]:
    """The four tables."""
    found = moves(scenario, runs)
    yield f"{len(found)} settings drawn at once, {runs:,} runs: points of deals over the range"
    yield f"{'setting':44} {'first clock':>15} {'ever':>15}"
    for row in found[:16]:
        first, ever = (
            f"{row.first:+.1f} ± {row.first_error:.1f}",
            f"{row.ever:+.1f} ± {row.ever_error:.1f}",
        )
        yield f"{row.name:44} {first:>15} {ever:>15}"
    for informed in (False, True):
        known = "under full information" if informed else "as the scenario has it"
        yield f"a twentieth of the range, {known}: points, first clock and ever"
        for step in steps(scenario, max(100, runs // 8), informed=informed)[:8]:
            yield f"{step.name:44} {step.first:+15.1f} {step.ever:+15.1f}"
    yield "points of runs with a break over the range, the others drawn"
    for broken in breaks(scenario, runs)[:16]:
        yield f"{broken.name:44} {broken.breaks:+15.1f} ± {broken.error:.1f}"
    for words, one in (("", scenario), (" without interim talks", scenario.change(NO_TALKS))):
        rate = clocks(one, max(400, runs // 3))
        yield (
            f"deal in {_WEEKS} open weeks{words}: first clock {rate.first:.3f}, later {rate.later:.3f}"
            f" ({rate.later / rate.first:.2f} of it), after a break {rate.after_a_break:.3f}"
        )


def main(words: list[str]) -> int:
    """Compute and print."""
    name, runs = (*words, *("london_2025", str(_RUNS))[len(words) :])
    for line in lines(sim.load(f"scenario={name}"), int(runs)):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
