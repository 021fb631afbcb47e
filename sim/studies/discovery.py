"""Where an outcome is likely: the box of at most three levers in which it is, held against chance
on points that did not shape it, and against fresh runs inside and outside.

Half of the points shape candidate boxes (:mod:`sim.analysis.induction`). The other half judges
them: it picks one, and permuting its shares says what chance would give the best of as many
(:mod:`sim.analysis.boxes`). What is printed of the box comes from neither: fresh points with fresh
draws (:mod:`sim.studies.points`), so that no interval is about runs that chose the box. Definitions:
``docs/discover.md``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd

from sim.analysis.boxes import Box, coverage_interval, difference_interval
from sim.analysis.induction import check_libraries
from sim.analysis.labels import label_of, percent
from sim.analysis.search import Search, search
from sim.analysis.shares import wilson
from sim.batch import Run
from sim.batch.read import build_sweep
from sim.batch.sweep import Sweep
from sim.batch.work import LARGEST, Work, check_work, work_of_sweep
from sim.config.check import build
from sim.config.compose import take_scenario
from sim.config.errors import SimError, nearest
from sim.config.impossible import ruled_out
from sim.config.scenario import Scenario
from sim.results import Results, load_results
from sim.results.manifest import Manifest
from sim.results.reader import In, Matching, Plain, record_of
from sim.studies.boxes import box_sweep, middle_of, middle_value, place_words
from sim.studies.comparison import is_result
from sim.studies.lever_words import APART, Given
from sim.studies.points import (
    DRAWN,
    SWEPT_BEFORE,
    Points,
    draw_sweep,
    fresh_runs,
    run_points,
    swept_points,
)
from sim.sweeps.design import work_of_design
from sim.sweeps.sweep import prepare, run_sweep
from sim.vocabulary import OUTCOMES

__all__ = [
    "FRESH",
    "POINTS",
    "RUNS",
    "TABLES",
    "Asked",
    "Discovery",
    "check_request",
    "discover",
    "discover_points",
    "share_of",
    "tables_again",
    "work_again",
    "work_of_discovery",
]

TABLES = ("boxes", "box", "fresh", "points")
POINTS, RUNS = 2_048, 4  # of as many runs, more points with fewer runs each say more of the levers
FRESH = 1_000  # of each kind: a share of 50 % is then known to 3 points
Progress = Callable[[int, int], None]
Source = Scenario | Results | str | Path | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a discovery was asked, for its manifest: points ``drawn`` or ``swept`` before, the sweep
    that describes them and the seed of its runs, the levers that a box may limit, the least share
    inside; and the versions of the libraries that shaped the boxes.
    """

    source: Annotated[str, Matching(f"{DRAWN}|{SWEPT_BEFORE}", f"{DRAWN} or {SWEPT_BEFORE}")]
    sweep: Plain
    sweep_seed: Annotated[int, In(0, 2**64 - 1)]
    levers: tuple[str, ...]
    share: Annotated[float, In(0.0, 1.0)] = 0.0
    libraries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Discovery:
    """What came of it, as tables; ``low`` and ``high`` are ends of 95 % intervals.

    Attributes
    ----------
    boxes
        A row a candidate box: its ``limits`` in words, ``mass``, ``density`` and ``coverage`` on
        the points that did not shape it and (``shaped``) on those that did, its ``score`` and
        ``p``, the part of permutations whose best box scores as high; ``chosen`` marks one.
    box
        A row a lever of the box: its limits, the range it was drawn over and its ``middle``; empty
        where no box is better than chance.
    fresh
        Shares of the outcome in fresh runs inside and outside the box, their difference, the
        coverage, and the shares in the middle of the box and in the scenario; ``chance`` is what a
        box drawn blindly would have.
    points
        The points: values of the levers that go with the share most, ``share``, ``half`` and
        whether they lie ``inside``.
    searched
        The points as they were searched.
    found, middle
        The box, and the scenario in its middle; None where there is none.
    outcome, share, seed
        What was asked.
    reason
        Why there is no box; empty where there is one.
    """

    boxes: pd.DataFrame
    box: pd.DataFrame
    fresh: pd.DataFrame
    points: pd.DataFrame
    searched: Points
    found: Box | None
    middle: Scenario | None
    outcome: str
    share: float
    seed: int
    reason: str

    @property
    def base(self) -> float:
        """Share of the outcome over all points."""
        return float(self.searched.shares.mean())

    @property
    def least(self) -> float:
        """The score that the best box of a permutation passes once in a hundred times."""
        return float(self.boxes["least"].iloc[0]) if len(self.boxes) else float("nan")

    @property
    def sweep(self) -> Sweep | None:
        """The box as a sweep: what was searched, within its limits."""
        return None if self.found is None else box_sweep(self.searched, self.found, self.outcome)

    @cached_property
    def place(self) -> str:
        """The box in words; empty where there is none."""
        if self.found is None:
            return ""
        return place_words(self.found, self.searched.domains, self.searched.notes)

    def value(self, where: str) -> tuple[float, float, float]:
        """A row of ``fresh``: its value and the ends of its interval; NaN where it has none."""
        row = self.fresh[self.fresh["where"] == where]
        if row.empty:
            return (float("nan"),) * 3
        return tuple(float(row[end].iloc[0]) for end in ("value", "low", "high"))  # type: ignore[return-value]

    @cached_property
    def answer(self) -> str:
        """The sentence: where, how likely there and elsewhere, how much of it the box holds."""
        label, runs = OUTCOMES[self.outcome].label, int(self.searched.runs.sum())
        if self.found is None:
            return f"No box better than chance for {label}: {self.reason}"
        inside, outside, coverage = map(self.value, ("inside", "outside", "coverage"))
        sure = "likely" if inside[0] >= 0.5 else "likeliest"
        count = int(self.fresh["runs"].iloc[0])
        return (
            f"{label[0].upper()}{label[1:]} is {sure} where {self.place}: it comes in {percent(inside[0])} of {count:,} "
            f"fresh runs there ({_ends(inside)}, 95 % interval), against {percent(outside[0])} elsewhere ({_ends(outside)}). "
            f"The box holds {percent(coverage[0])} of all runs with this outcome ({_ends(coverage)}), where chance would give "
            f"{percent(self.mass)}; found among {runs:,} other runs"
        )

    @property
    def mass(self) -> float:
        """The part of the points that lies inside the box: the coverage of one drawn blindly."""
        row = self.fresh[self.fresh["where"] == "coverage"]
        return float(row["chance"].iloc[0]) if len(row) else float("nan")


def _ends(value: Sequence[float]) -> str:
    return " to ".join(percent(end) for end in value[1:]).replace(" %", "", 1)


def discover(
    source: Source = None,
    *,
    outcome: str = "breakdown",
    levers: Given | None = None,
    sides: str = APART,
    points: int | None = None,
    runs: int | None = None,
    share: float = 0.0,
    seed: int = 1,
    threads: int = 0,
    largest: float = LARGEST,
    progress: Progress | None = None,
) -> Discovery:
    """Find the box of at most three levers in which an outcome is likely.

    Parameters
    ----------
    source
        A scenario, its name, or None for the default; or a finished sweep (its result or folder).
    outcome
        The outcome.
    levers
        What is moved: settings, groups, last parts of names, or a mapping with their ranges
        (:mod:`sim.studies.lever_words`). All that the record leaves open unless given; of a sweep,
        those that it moved.
    sides
        ``apart``, or ``together`` for both sides' same setting as one lever where words bring in
        both; not of a sweep.
    points, runs
        Points drawn, and runs at each; not of a sweep. 2,048 and 4 unless given.
    share
        The least share that the outcome must have inside, on points that did not shape the box; of
        such boxes the one that covers most is taken. 0 takes the box that explains most.
    seed, threads
        The seed of all draws, and threads (0 takes every processor).
    largest
        Hours of one processor that it may take.
    progress
        Called with (runs done, runs in all) for each of the stages.

    Raises
    ------
    SimError
        An unknown outcome, one that cannot happen here, levers that do not exist, are fixed or have
        an empty range, too few points, a value refused as a scenario or number, or more work than
        ``largest``.
    """
    check_request(outcome, share)
    settings = build(
        Run, {"runs": RUNS if runs is None else runs, "seed": seed, "threads": threads}
    )
    results = _swept(source)
    if results is not None:
        joined = None if sides == APART else sides
        for name, given in (("points", points), ("runs", runs), ("sides", joined)):
            if given is not None:
                raise SimError("a sweep has its own", key=name, given=given, cure="leave it out")
        found = swept_points(results, outcome, levers)
    else:
        scenario = take_scenario(source)  # type: ignore[arg-type]
        check_possible(scenario, outcome)
        if settings.runs < 2:
            raise SimError("too few for a share", key="runs", given=runs, allowed="2 and more")
        sweep = draw_sweep(scenario, levers, _count(points), settings.runs, seed, outcome, sides)
        check_work(work_of_sweep(sweep, scenario), largest)
        found = run_points(sweep, scenario, outcome, seed, threads=threads, progress=progress)
    return discover_points(
        found, outcome, share=share, seed=seed, threads=threads, progress=progress
    )


def _swept(source: Source) -> Results | None:
    """The result of a sweep; None where the source is a scenario."""
    folder = isinstance(source, (str, Path)) and is_result(source)
    result = load_results(source) if folder else source  # type: ignore[arg-type]
    return result if isinstance(result, Results) else None


def check_request(outcome: str, share: float) -> None:
    """Refuse an unknown outcome, a share that is none, and a machine without the libraries.

    Raises
    ------
    SimError
        Naming what is at fault.
    """
    check_libraries()
    if outcome not in OUTCOMES:
        raise SimError(
            "no such outcome",
            key="outcome",
            given=outcome,
            allowed=tuple(OUTCOMES),
            suggestion=nearest(str(outcome), OUTCOMES),
        )
    share_of(share)


def share_of(given: Any) -> float:
    """A share from 0 to 1.

    Raises
    ------
    SimError
        Anything else.
    """
    try:
        share = float(given)
    except (TypeError, ValueError):
        share = float("nan")
    if not 0.0 <= share <= 1.0:
        raise SimError("not a share", key="share", given=given, allowed="a number from 0 to 1")
    return share


def check_possible(scenario: Scenario, outcome: str) -> None:
    """Refuse an outcome that the scenario's own terms rule out."""
    reason = ruled_out(scenario).get(outcome)
    if reason:
        raise SimError(
            "cannot happen here",
            key="outcome",
            given=outcome,
            cure=f"change what rules it out: {reason}",
        )


def _count(points: int | None) -> int:
    """The number of points; the sweep that they make checks it."""
    return POINTS if points is None else points


def discover_points(
    points: Points,
    outcome: str,
    *,
    share: float = 0.0,
    seed: int = 1,
    threads: int = 0,
    progress: Progress | None = None,
) -> Discovery:
    """Find the box among points whose shares are known; see :func:`discover`."""
    rng, shares = np.random.default_rng([seed, 0]), points.shares
    searched = search(points.columns, shares, points.domains, rng, points.block)
    best = searched.best(share)
    found = best.box if best is not None else None
    reason = _reason(searched, points, share) if best is None else ""
    middle = middle_of(points, found) if found is not None else None
    fresh = pd.DataFrame(columns=list(_FRESH))
    if found is not None:
        fresh = _fresh_table(
            fresh_runs(
                points,
                found,
                middle,
                outcome,
                runs=FRESH,
                seed=seed,
                threads=threads,
                progress=progress,
            ),
            float(shares.mean()),
        )
        if not fresh.set_index("where").loc["difference", "low"] > 0.0:
            reason = "what half of the points showed did not hold in fresh runs"
            found, middle = None, None
    return Discovery(
        _boxes_table(searched, points, found),
        _box_table(points, found, searched.parts),
        fresh,
        _points_table(points, found, searched),
        points,
        found,
        middle,
        outcome,
        share,
        seed,
        reason,
    )


def work_of_discovery(
    scenario: Scenario,
    levers: Given | None,
    points: int | None,
    runs: int,
    outcome: str,
    sides: str = APART,
) -> Work:
    """What drawing and running the points takes; the fresh runs inside a box are a few thousand.

    Raises
    ------
    SimError
        A lever or number of points that is refused.
    """
    sweep = draw_sweep(scenario, levers, _count(points), runs, 0, outcome, sides)
    return work_of_sweep(sweep, scenario)


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What :func:`tables_again` takes."""
    asked = record_of(Asked, manifest.asked, "what a discovery was asked", "manifest: asked")
    scenario = build(Scenario, manifest.scenario, "scenario")
    return work_of_design(build_sweep(asked.sweep, scenario, recorded=True), scenario)


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a discovery, made from what its manifest records; a sweep that it searched is
    run again.

    Raises
    ------
    SimError
        A record that this version refuses.
    """
    asked = record_of(Asked, manifest.asked, "what a discovery was asked", "manifest: asked")
    scenario = build(Scenario, manifest.scenario, "scenario")
    sweep = build_sweep(asked.sweep, scenario, recorded=True)
    if asked.source == DRAWN:
        points = run_points(
            sweep,
            scenario,
            manifest.outcome,
            settings.seed,
            threads=settings.threads,
            progress=progress,
        )
    else:
        own = build(Run, {"seed": asked.sweep_seed, "threads": settings.threads})
        with tempfile.TemporaryDirectory(prefix="tariffsim-") as scratch:
            folder = Path(scratch) / "sweep"
            folder.mkdir()
            design = prepare(sweep, scenario)
            swept = run_sweep(design, scenario, own, folder, progress=progress)
            points = swept_points(swept, manifest.outcome, asked.levers)
    found = discover_points(
        points,
        manifest.outcome,
        share=asked.share,
        seed=settings.seed,
        threads=settings.threads,
        progress=progress,
    )
    return {name: getattr(found, name) for name in TABLES}


_FRESH = ("where", "value", "low", "high", "runs", "chance")


def _boxes_table(searched: Search, points: Points, found: Box | None) -> pd.DataFrame:
    """A row a candidate, with what it does on the points that did not shape it."""
    boxes, (judged, shaped) = searched.boxes, (searched.judged, searched.shaped)
    notes = points.notes
    columns: dict[str, Any] = {
        "box": np.arange(1, len(boxes) + 1),
        "method": [one.method for one in boxes],
        "levers": [len(one.box.limits) for one in boxes],
        "limits": [place_words(one.box, points.domains, notes) for one in boxes],
        "mass": judged.mass,
        "density": judged.density,
        "coverage": judged.coverage,
        "shaped.mass": shaped.mass,
        "shaped.density": shaped.density,
        "shaped.coverage": shaped.coverage,
        "score": searched.scores,
        "p": searched.chance.p,
        "least": np.full(len(boxes), searched.chance.least),
        "chosen": [one.box == found for one in boxes],
    }
    return pd.DataFrame(columns)


def _reason(searched: Search, points: Points, share: float) -> str:
    """Why there is no box."""
    runs, hits = int(points.runs.sum()), int(points.hits.sum())
    came = f"it comes in {percent(hits / runs)} of {runs:,} runs"
    if not searched.boxes:
        return f"{came}, and no box of at most three levers holds more than its part of them"
    if not searched.passed.any():
        best = max(0.0, float(searched.scores.max()))
        return (
            f"{came}; the best of {len(searched.boxes)} boxes of at most three levers scores {best:.2f} on points that did not "
            f"shape it, where chance alone passes {searched.chance.least:.2f} once in a hundred times"
        )
    most = percent(float(np.max(searched.judged.density[searched.passed])))
    return f"of those better than chance none reaches {percent(share)}; the most is {most}"


def _fresh_table(run: Any, base: float) -> pd.DataFrame:
    """Shares in fresh runs with their intervals."""
    both = [run.hits[name] for name in ("inside", "outside")]
    of = [run.runs[name] for name in ("inside", "outside")]
    rows: list[tuple[Any, ...]] = []
    for name, hits in run.hits.items():
        low, high = wilson(np.asarray(hits), np.asarray(run.runs[name]))
        chance = base if name in ("inside", "outside") else np.nan
        rows.append((name, hits / run.runs[name], float(low), float(high), run.runs[name], chance))
    rows.insert(2, ("difference", *difference_interval(both, of), sum(of), 0.0))
    rows.insert(3, ("coverage", *coverage_interval(both, of, run.mass), sum(of), run.mass))
    return pd.DataFrame(rows, columns=list(_FRESH))


def _box_table(points: Points, found: Box | None, parts: Mapping[str, float]) -> pd.DataFrame:
    head = (
        "lever",
        "label",
        "unit",
        "low",
        "high",
        "values",
        "range.low",
        "range.high",
        "middle",
        "explained",
    )
    rows = []
    for name, limit in (found.limits if found else {}).items():
        domain, note = points.domains[name], points.notes[name]
        ends = (np.nan,) * 4 if domain.values else (*limit[:2], domain.low, domain.high)
        rows.append(
            (
                *(name, label_of(name, points.notes, unit=False), note["unit"]),
                *ends[:2],
                "; ".join(map(str, limit.values)),
                *ends[2:],
                str(middle_value(points, name, limit)),
                parts[name],
            )
        )
    return pd.DataFrame(rows, columns=list(head))


def _points_table(points: Points, found: Box | None, searched: Search) -> pd.DataFrame:
    shaping = searched.shaping
    inside = found.holds(points.columns) if found else np.zeros(len(shaping), bool)
    return pd.DataFrame(
        {
            "half": np.where(shaping, "shaping", "judging"),
            "inside": inside,
            "share": points.shares,
            "runs": points.runs,
            **{name: points.columns[name] for name in searched.parts},
        }
    )
