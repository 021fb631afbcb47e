"""Points of settings with the share of an outcome at each: drawn over the ranges of levers, or those
of a sweep; and fresh points inside and outside a box.

Either way the points are those of a :class:`~sim.batch.sweep.Sweep` around a scenario, so that the
same description runs them again, draws fresh ones and is written as the box's own sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.analysis.boxes import Box, Domain
from sim.analysis.sampling import drawn_together
from sim.batch.read import build_sweep
from sim.batch.sweep import Factor, Sweep
from sim.config.check import to_plain
from sim.config.contradictions import broken_rows
from sim.config.errors import SimError, nearest
from sim.config.idle import idle
from sim.config.params import join_records
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.results import Results
from sim.results.columns import Notes, design_notes, joint_notes
from sim.studies.lever_words import (
    ALL,
    APART,
    Asked,
    Given,
    matching,
    name_and_span,
    read_levers,
    written_words,
)
from sim.studies.ranges import range_factor
from sim.sweeps.design import Columns, Design, make_design, params_of
from sim.sweeps.plausible import plausible_ranges
from sim.vocabulary import OUTCOMES

__all__ = [
    "DRAWN",
    "SWEPT_BEFORE",
    "Fresh",
    "Points",
    "draw_sweep",
    "fresh_runs",
    "run_points",
    "swept_points",
]

DRAWN, SWEPT_BEFORE = "drawn", "swept"
MOST_POINTS = 65_536  # drawn here: 70 MB of 138 columns; more say no more of a box
FEWEST = 100  # points: half of them shape a box, and its smallest holds a twentieth of these
_DEFINITIONS = "outcomes."  # settings that say what an outcome is: no lever unless named
_FIRST_FRESH = 2**31 + 2**30  # beyond the run numbers of any batch and of the plausible settings
_MASS_POINTS = 65_536  # the mass of a box of a tenth is then known to a tenth of a point
_MOST_BLOCKS = 64
_BLOCK = 8_192  # points drawn at a time: 9 MB of 138 columns
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Points:
    """Shares of an outcome at points of settings.

    Attributes
    ----------
    scenario, sweep
        What the points lie around, and their description.
    source
        ``drawn`` here, or ``swept`` before.
    columns
        Values of each lever that moves freely, each (points,).
    domains
        What each of these is drawn over.
    hits, runs
        Runs of each point, and those of them with the outcome; both (points,).
    block
        Number of what was drawn together with each point, (points,).
    seed
        That of their runs.
    """

    scenario: Scenario
    sweep: Sweep
    source: str
    columns: Columns
    domains: Mapping[str, Domain]
    hits: np.ndarray
    runs: np.ndarray
    block: np.ndarray
    seed: int

    @property
    def shares(self) -> np.ndarray:
        """Share of the outcome at each point."""
        return self.hits / self.runs

    @property
    def notes(self) -> Notes:
        """Label and unit of each lever."""
        return joint_notes(design_notes(self.sweep.factors), self.sweep.copies)


@dataclass(frozen=True)
class Fresh:
    """Fresh runs, one a point: how many of how many had the outcome inside the box and outside, in
    its middle and in the scenario; and the mass of the box.
    """

    hits: Mapping[str, int]
    runs: Mapping[str, int]
    mass: float


def draw_sweep(
    scenario: Scenario,
    levers: Given | None,
    points: int,
    runs: int,
    seed: int,
    outcome: str,
    sides: str = APART,
) -> Sweep:
    """Points drawn over the ranges of levers, as a sweep: a Latin hypercube, each run with its own
    draws.

    Parameters
    ----------
    scenario
        What the points lie around.
    levers
        What is named, as :func:`sim.studies.lever_words.read_levers` takes it. ``all``, or None,
        takes all that the record leaves open and the scenario does not set.
    points, runs, seed
        How many, with how many runs each, and the seed of the design.
    outcome
        What it is about.
    sides
        ``apart``, or ``together`` for both sides' same setting as one lever where words bring in
        both.

    Raises
    ------
    SimError
        A lever that does not exist, cannot be moved or has an empty range.
    """
    if isinstance(points, int) and points > MOST_POINTS:
        raise SimError(
            "too many points", key="points", given=points, allowed=f"at most {MOST_POINTS:,}"
        )
    factors = _factors(scenario, levers, sides)
    title = f"Where is {OUTCOMES[outcome].label} likely?"
    sweep = Sweep(
        name="discover",
        title=title,
        kind="latin_hypercube",
        factors=factors,
        points=points,
        runs=runs,
        design_seed=seed % 2**32,
        common_random_numbers=False,
        focus=(outcome,),
    )
    return build_sweep(sweep, scenario)


def _factors(scenario: Scenario, levers: Given | None, sides: str) -> dict[str, Factor]:
    open_still, plain = plausible_ranges(scenario), to_plain(scenario)
    asked = read_levers(
        scenario,
        ALL if levers is None else levers,
        # what nothing in the scenario reads is no lever unless it is named, and then refused
        lambda path, meta, own: bool(meta.plausible) and not any(idle(plain, [path])),
        in_all=lambda path: path in open_still and not path.startswith(_DEFINITIONS),
        sides=sides,
    )
    return {factor.name: factor for one in asked for factor in _of_lever(one)}


def _of_lever(asked: Asked) -> list[Factor]:
    """A factor for the first setting of a lever; the others take its value."""
    joint = asked.joint()
    if joint.categorical:
        factor = Factor(joint.name, joint.values(with_own=False))
    else:
        factor = range_factor(joint)
    return [factor, *(Factor(one.name, same_as=joint.name) for one in asked.settings[1:])]


def run_points(
    sweep: Sweep,
    scenario: Scenario,
    outcome: str,
    seed: int,
    *,
    threads: int = 0,
    progress: Progress | None = None,
) -> Points:
    """Run the points of :func:`draw_sweep`; those that contradict a rule between settings are left
    out.

    Raises
    ------
    SimError
        Too few points are left.
    """
    design = make_design(sweep, scenario)
    point, columns = _consistent(scenario, *design.block(0, design.rows))
    _check_count(len(point), "points")
    row = np.repeat(np.arange(len(point)), sweep.runs)
    number = (point[:, None] * sweep.runs + np.arange(sweep.runs)).ravel()
    outs, _ = simulate(
        params_of(scenario, columns, len(point)),
        row,
        number,
        seed,
        threads=threads,
        progress=progress,
    )
    ended = np.asarray(outs["outcome"]) == OUTCOMES[outcome].code
    free = [name for name in sweep.factors if name not in sweep.copies]
    return Points(
        scenario,
        sweep,
        DRAWN,
        {name: columns[name] for name in free},
        {name: _domain(sweep.factors[name]) for name in free},
        np.bincount(row, ended, len(point)).astype(np.int64),
        np.full(len(point), sweep.runs),
        point,
        seed,
    )


def _consistent(
    scenario: Scenario, point: np.ndarray, columns: Columns
) -> tuple[np.ndarray, Columns]:
    """The points that contradict no rule between settings."""
    keep = ~broken_rows(scenario, columns)
    return point[keep], {name: values[keep] for name, values in columns.items()}


def _check_count(points: int, key: str) -> None:
    if points < FEWEST:
        raise SimError(
            "too few points",
            key=key,
            given=points,
            allowed=f"{FEWEST} and more",
            cure="half of them shape a box, the other half test it",
        )


def _domain(factor: Factor) -> Domain:
    if factor.values:
        return _of_values(factor.values)
    assert factor.low is not None and factor.high is not None
    return Domain(float(factor.low), float(factor.high), factor.distribution == "integers")


def _of_values(values: Sequence[Any]) -> Domain:
    """Numbers have a range, also where a grid takes only some of it; all else is a choice."""
    if any(isinstance(value, (bool, str, np.bool_)) for value in values):
        return Domain(values=tuple(values))
    whole = all(isinstance(value, (int, np.integer)) for value in values)
    return Domain(float(min(values)), float(max(values)), whole)


def swept_points(results: Results, outcome: str, levers: Given | None = None) -> Points:
    """The points of a finished sweep.

    Parameters
    ----------
    results
        Its result.
    outcome
        What it is about.
    levers
        Those of the settings that it moved in which a box may have limits; all unless given.

    Raises
    ------
    SimError
        A result of runs, a list of points, settings that the sweep did not move, single runs at a
        point, or too few points.
    """
    sweep = _searchable(results)
    free = [name for name in results.design if name not in sweep.copies]
    chosen = _chosen(free, levers)
    table = results.table(["point", *free, "outcome"])
    first = table.groupby("point", sort=True)
    runs, hits = first.size(), (table["outcome"] == outcome).groupby(table["point"]).sum()
    _check_count(len(runs), "from")
    if int(runs.min()) < 2:
        cure = "a share needs several: sweep.runs=4"
        raise SimError("single runs at a point", key="from", given=int(runs.min()), cure=cure)
    at = first[chosen].first()
    columns = {name: _plain(at[name].to_numpy()) for name in chosen}
    domains = {name: _domain(sweep.factors[name]) for name in chosen}
    moving = {name: domain for name, domain in domains.items() if _varies(domain)}
    if not moving:
        raise SimError("does not vary", key="levers", given=", ".join(chosen))
    return Points(
        results.scenario,
        sweep,
        SWEPT_BEFORE,
        {name: columns[name] for name in moving},
        moving,
        hits.to_numpy(np.int64),
        runs.to_numpy(np.int64),
        runs.index.to_numpy() // max(1, drawn_together(sweep, len(free))),
        results.manifest.run.seed if results.manifest.run else 1,
    )


def _searchable(results: Results) -> Sweep:
    """The sweep of a result; refused where there is none, or nothing to draw fresh points from."""
    sweep = results.sweep
    if sweep is None:
        raise SimError(
            "not the result of a sweep",
            key="from",
            given=results.manifest.verb,
            cure="give the folder of tariffsim sweep, or a scenario",
        )
    if sweep.kind == "list":
        raise SimError(
            "a list has no ranges to draw fresh points from",
            key="from",
            given=sweep.kind,
            cure="give a sweep that draws its points, or a grid",
        )
    return sweep


def _varies(domain: Domain) -> bool:
    return len(domain.values) > 1 or domain.low < domain.high


def _plain(values: np.ndarray) -> np.ndarray:
    """A column of a table as numbers or words."""
    return values if values.dtype.kind in "fiub" else values.astype(str)


def _chosen(free: Sequence[str], levers: Given | None) -> list[str]:
    """The settings of a sweep that words name; a sweep has its own ranges."""
    found = []
    for word in [ALL] if levers is None else written_words(levers):
        name, _ = name_and_span(word)
        if ":" in word:
            cure = f"levers={name}"
            raise SimError("a sweep has its ranges", key="levers", given=word, cure=cure)
        if not matching(name, free):
            raise SimError(
                "not moved by the sweep",
                key="levers",
                given=name,
                allowed=list(free),
                suggestion=nearest(name, free),
            )
        found += matching(name, free)
    return list(dict.fromkeys(found))


def fresh_runs(
    points: Points,
    box: Box,
    middle: Scenario | None,
    outcome: str,
    *,
    runs: int,
    seed: int,
    threads: int = 0,
    progress: Progress | None = None,
) -> Fresh:
    """Run points that nobody has seen, one run each with draws of its own: inside the box and
    outside, and at one point the middle of the box and the scenario.

    Inside and outside every lever is drawn as it was before; so the shares are those over the
    ranges of all levers that the box leaves free.

    Parameters
    ----------
    points, box
        What was searched, and what was found.
    middle
        The middle of the box; None where it has none.
    outcome
        What is counted.
    runs
        Runs of each kind.
    seed, threads, progress
        The seed of all draws, threads, and what is called with (runs done, runs in all).
    """
    inside, outside, mass = _drawn(points, box, runs, seed)
    parts = {
        "inside": params_of(points.scenario, inside, _length(inside)),
        "outside": params_of(points.scenario, outside, _length(outside)),
        **({"middle": params_of(middle, {}, runs)} if middle is not None else {}),
        "scenario": params_of(points.scenario, {}, runs),
    }
    params = join_records(list(parts.values()))
    count = np.arange(len(params))
    outs, _ = simulate(
        params, count, _FIRST_FRESH + count, seed, threads=threads, progress=progress
    )
    ended = np.asarray(outs["outcome"]) == OUTCOMES[outcome].code
    ends = np.cumsum([len(part) for part in parts.values()])
    found = dict(zip(parts, np.split(ended, ends[:-1]), strict=True))
    return Fresh(
        {name: int(own.sum()) for name, own in found.items()},
        {name: len(own) for name, own in found.items()},
        mass,
    )


def _drawn(points: Points, box: Box, runs: int, seed: int) -> tuple[Columns, Columns, float]:
    """Settings of fresh points inside and outside a box, and its mass."""
    rng = np.random.default_rng([seed, 1])
    design = make_design(points.sweep, points.scenario)
    kept: dict[bool, list[Columns]] = {True: [], False: []}
    counts = {True: 0, False: 0}
    for block in range(_MOST_BLOCKS):
        columns = _consistent(points.scenario, *_at_random(design, rng))[1]
        inside = box.holds(columns)
        for side in (True, False):
            rows = np.flatnonzero(inside == side)
            counts[side] += len(rows)
            if sum(map(_length, kept[side])) < runs:
                kept[side].append({name: values[rows] for name, values in columns.items()})
        if min(counts.values()) >= runs and (block + 1) * _BLOCK >= _MASS_POINTS:
            break
    found = [
        {name: np.concatenate([part[name] for part in kept[side]])[:runs] for name in kept[side][0]}
        for side in (True, False)
    ]
    return found[0], found[1], counts[True] / sum(counts.values())


def _at_random(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, Columns]:
    """A block of points drawn independently, over what the design draws from, whatever its kind."""
    sweep = design.sweep
    free = len(sweep.factors) - len(sweep.copies)
    apart = replace(sweep, kind="latin_hypercube")
    unit = rng.random((_BLOCK, free))
    return replace(design, sweep=apart, unit=unit, sobol=None, rows=_BLOCK).block(0, _BLOCK)


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))
