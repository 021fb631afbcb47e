"""Scenarios against one another under common random numbers: what differs, from which week on, and
which lever does it.

Run k meets the same draws in every scenario, so that differences are paired by run number. The
first scenario is the one that the others are held against. Between the first and each other stand
the levers in which the two differ (:mod:`sim.studies.levers`); what each adds to the share of one
outcome is computed from runs of the scenarios between the two (:mod:`sim.analysis.coalitions`).
Definitions: ``docs/compare.md``. Intervals are of the runs, at 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.controls import estimate_difference, estimate_shares, luck_of
from sim.analysis.paired import paired_mean, paired_share
from sim.analysis.precision import beyond_reach, run_until_narrow
from sim.analysis.shares import mean_interval, outcome_shares, wilson
from sim.analysis.survival import truce_survival
from sim.batch import Figures, Run, default_runs
from sim.batch.work import LARGEST, Work, check_work, work_of_runs
from sim.config.check import build
from sim.config.compose import SCENARIO_FILES, load_variants, take_scenario
from sim.config.errors import SimError, nearest
from sim.config.fields import rows_in_words
from sim.config.impossible import ruled_out
from sim.config.params import flatten, join_records
from sim.config.scenario import Scenario
from sim.config.variants import read_variants
from sim.ensemble.execute import simulate
from sim.progress import shown
from sim.results import Results, load_results
from sim.results.columns import Notes, column_notes, runs_table
from sim.results.manifest import Manifest, recorded_scenarios
from sim.studies.levers import Lever, levers_between
from sim.studies.moves import MOVES, move_levers
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "EVER_WORDS",
    "TABLES",
    "Comparison",
    "compare",
    "is_result",
    "scenario_of",
    "tables_again",
    "work_again",
    "work_of_comparison",
]

TABLES = ("outcomes", "measures", "survival", "paths", "levers")
MOST = 8  # scenarios: more do not fit on a page
_MEASURES = (
    "weeks_to_first_deal",
    "weeks_to_first_break",
    "weeks_broken",
    "truce_share",
    "welfare_loss",
    "payoff",
    "lost_output",
    "line_stops",
)
_EVER = {"weeks_to_first_deal": "deal", "weeks_to_first_break": "break"}
EVER_WORDS = {"deal": "share of runs with a deal", "break": "share of runs whose truce broke"}
_MOST_REASONS = 2  # measures in an answer: a line must stay one
_SAME = 1e-9  # points: a difference that is the counted one is not said twice
_FINE = 1.0  # points: an interval narrower than that is told to a hundredth
_RUNS_A_LEVER = (
    1.3  # of the runs of an end: a walk's step, the lever alone, and the lever taken back
)
_BLOCK = 128  # runs whose weeks are held at a time: 11 MB a scenario of two years
Progress = Callable[[int, int], None]
Source = Scenario | Results | str | Path


@dataclass(frozen=True)
class Comparison:
    """What came of it, as tables; ``low`` and ``high`` are ends of 95 % intervals.

    Attributes
    ----------
    outcomes
        A row a scenario and outcome: ``share``, why it is ``ruled_out`` (empty where it can
        happen), and its ``difference`` from the first scenario's, paired by run. From 512 runs on
        the luck of decisions is taken out of both (:mod:`sim.analysis.controls`), rare ones apart;
        ``counted`` is the share of runs, and ``difference.counted`` the difference of these, to
        which the levers add.
    measures
        A row a scenario and measure: ``mean`` over the ``runs`` that have a value, and its
        ``difference``, over runs that have one in both. Time to the first deal and break, and the
        shares of runs that had one (``deal``, ``break``); costs by side and sector.
    survival
        Kaplan-Meier curve of each scenario's first truce.
    paths
        A row a scenario and week: share of runs that have parted from the first scenario's by then.
    levers
        A row a scenario and lever, the largest share first: what is lost of the outcome's share
        when the scenario takes it back, what the first scenario gains by it alone, and its Shapley
        share, which add to the difference.
    scenarios
        What was compared, by name, the first first.
    outcome
        The outcome whose share the levers move.
    runs, seed
        Runs a scenario, and the seed of all draws.
    precision
        The half width that was asked for; 0 where runs were.
    """

    outcomes: pd.DataFrame
    measures: pd.DataFrame
    survival: pd.DataFrame
    paths: pd.DataFrame
    levers: pd.DataFrame
    scenarios: dict[str, Scenario]
    outcome: str
    runs: int
    seed: int
    precision: float = 0.0

    @property
    def titles(self) -> dict[str, str]:
        """What pages call each scenario: its title, or what it changes where titles are the
        same.
        """
        first, *others = self.scenarios.items()
        found = {first[0]: first[1].title or first[0]}
        for name, scenario in others:
            title = scenario.title or name
            found[name] = _changes(first[1], scenario) if title in found.values() else title
        return found

    def difference(self, name: str) -> tuple[float, float, float]:
        """How far the outcome's share in a scenario lies from the first scenario's, with the ends
        of its interval.
        """
        row = self.outcomes[
            (self.outcomes["scenario"] == name) & (self.outcomes["outcome"] == self.outcome)
        ].iloc[0]
        return float(row["difference"]), float(row["difference.low"]), float(row["difference.high"])

    def parted(self, name: str) -> float:
        """The week by which half the runs of a scenario have parted from the first scenario's; NaN
        where fewer do.
        """
        table = self.paths[(self.paths["scenario"] == name) & (self.paths["share"] >= 0.5)]
        return float(table["week"].iloc[0]) if len(table) else float("nan")

    def levers_that(self, name: str, verdict: str) -> list[str]:
        """Labels of the levers of a scenario with a verdict of :mod:`sim.studies.moves`."""
        table = self.levers
        return list(table.loc[(table["scenario"] == name) & (table["verdict"] == verdict), "lever"])

    def plot(self, name: str = "", style: Figures | None = None) -> Figure:
        """The page of a scenario against the first, as a matplotlib Figure; of the second scenario
        unless named.
        """
        from sim.studies.figure import comparison_figure  # matplotlib

        return comparison_figure(self, name or list(self.scenarios)[1], style)

    def save(self, out: Path | str = "outputs", name: str = "") -> Path:
        """Write the folder that ``tariffsim compare`` writes; the new folder."""
        from sim.studies.folder import Order  # matplotlib
        from sim.studies.write import write_comparison

        return write_comparison(self, Order(out=out, name=name))

    def reason(self, name: str) -> str:
        """Why a scenario's share lies where it lies, in a clause: the lever that does most of it (more than
        half, beyond the luck of the draws) where one does, and what else differs from the first
        scenario's by more than chance.

        Of measures those are named whose difference leaves out 0 at 95 % over all of them at once
        (Bonferroni), the two that stand out most.
        """
        _, low, high = self.difference(name)
        lead = self.levers[self.levers["scenario"] == name].iloc[0]
        apart = self._apart(name)
        others = " and ".join(apart) or "no cost, no time, no share of deals or breaks"
        if low <= 0.0 <= high:
            return f"why no difference is seen: what changes beyond chance is {others}"
        if len(self.levers[self.levers["scenario"] == name]) == 1:
            with_it = f", and with it changes {others}" if apart else ""
            return f"why: {lead['lever']} alone does it{with_it}"
        # measures differ between the scenarios: which lever moves them is not known
        beside = f"; between the two scenarios also differ {others}" if apart else ""
        clear = not lead["shapley.low"] <= 0.0 <= lead["shapley.high"]
        if not clear or abs(lead["shapley"]) <= 0.5 * abs(self.difference(name)[0]):
            return f"why: no one lever is seen to do most of it{beside}"
        return f"why: {lead['lever']} does most of it ({100 * lead['shapley']:+.1f} points){beside}"

    def _apart(self, name: str) -> list[str]:
        """The measures that differ most from the first scenario's, each with its difference."""
        from scipy.stats import norm

        table = self.measures[self.measures["scenario"] == name]
        wider = norm.ppf(1.0 - 0.025 / max(1, len(table))) / norm.ppf(0.975)
        half = 0.5 * (table["difference.high"] - table["difference.low"])
        strength = (table["difference"].abs() / half.where(half > 0.0)).fillna(0.0)
        kept = table.assign(strength=strength)[strength > wider]
        notes = column_notes(flatten(self.scenarios[name]))
        rows = kept.sort_values("strength", ascending=False, kind="stable").head(_MOST_REASONS)
        return [_difference_words(row, notes) for row in rows.to_dict("records")]

    @cached_property
    def answer(self) -> str:
        """The differences in a line, and the levers behind them."""
        names = list(self.scenarios)[1:]
        half_width = max(
            (high - low) / 2.0 for _, low, high in (self.difference(name) for name in names)
        )
        missed = beyond_reach(self.precision, half_width, self.runs)
        return "; ".join([*(self._answer(name) for name in names), *([missed] if missed else [])])

    def _answer(self, name: str) -> str:
        table = self.outcomes[self.outcomes["outcome"] == self.outcome].set_index("scenario")[
            "counted"
        ]
        first = next(iter(self.scenarios))
        value, low, high = (100.0 * end for end in self.difference(name))
        titles, label = self.titles, OUTCOMES[self.outcome].label
        digits = 1 if high - low >= _FINE else 2
        one, other = (round(100.0 * float(table[key]), digits) for key in (name, first))
        gap = one - other
        text = (
            f"{titles[name]}: {label} in {_counted(table[name], digits)} of {self.runs:,} runs "
            f"against {_counted(table[first], digits)} in {titles[first]}, {gap:+.{digits}f} points"
        )
        # the difference is estimated by itself, so it need not be that of the counted shares
        estimated = abs(value - 100.0 * float(table[name] - table[first])) > _SAME
        if estimated and round(value, digits) != round(gap, digits):
            text += f" as counted, {value:+.{digits}f} with the luck of decisions taken out"
        text += f" (95 % interval of the runs {low:+.{digits}f} to {high:+.{digits}f})"
        working, levers = (
            len(self.levers_that(name, MOVES)),
            int((self.levers["scenario"] == name).sum()),
        )
        if levers > 1:
            text += f"; {working} of {levers} levers that differ move{'s' if working == 1 else ''} it when taken back"
        for key in (first, name):
            reason = ruled_out(self.scenarios[key]).get(self.outcome)
            text += f"; it cannot happen in {titles[key]}: {reason}" if reason else ""
        text += f"; {self.reason(name)}"
        week = self.parted(name)
        return text + (
            f"; half the runs have parted by week {week:.0f}"
            if not np.isnan(week)
            else "; fewer than half the runs part"
        )


def _counted(share: float, digits: int) -> str:
    """A share of runs in per cent, to so many digits; one that would read as 0 or 100 by its side."""
    points, least = 100.0 * float(share), 10.0**-digits
    if 0.0 < points < least / 2.0:
        return f"<{least:.{digits}f} %"
    if 100.0 - least / 2.0 < points < 100.0:
        return f">{100.0 - least:.{digits}f} %"
    return f"{points:.{digits}f} %" if 0.0 < points < 100.0 else f"{points:.0f} %"


def _difference_words(row: Mapping[Any, Any], notes: Notes) -> str:
    """A measure's difference in words: ``lost output over the run (automotive) -3.1 bn USD (-3.5 to
    -2.7)``.
    """
    name, ends = row["measure"], [row[f"difference{end}"] for end in ("", ".low", ".high")]
    if name in _EVER.values():
        label, unit, ends = EVER_WORDS[name], "points", [100.0 * end for end in ends]
    else:
        label, unit = notes[name]["label"], notes[name]["unit"]
    value, low, high = (f"{end:+.3g}" for end in ends)
    return f"{label} {value} {unit} ({low} to {high})"


def compare(
    *scenarios: Source,
    variants: Mapping[str, Any] | Path | str | None = None,
    outcome: str = "",
    runs: int | None = None,
    precision: float = 0.0,
    seed: int = 1,
    threads: int = 0,
    largest: float = LARGEST,
    progress: Progress | bool | None = None,
) -> Comparison:
    """Compare scenarios under common random numbers, each with the first.

    Parameters
    ----------
    scenarios
        Two at least: scenarios, their names, results of runs or their folders (whose scenario is
        run again).
    variants
        Named variants of one scenario instead: ``{"six_months": {"licensing.magnets.term_weeks":
        26}, "general": {"licensing": "general_licence"}}``, or the path of a file; the scenario
        before them, or the base that they name, is the first (``docs/compare.md``).
    outcome
        The outcome whose share the levers move; *breakthrough* unless given.
    runs, seed, threads
        Runs a scenario (two at least; 2,000 unless given), the seed of all draws, threads (0 takes
        every processor).
    precision
        Half width of the 95 % interval of the outcome's differences at which to stop, as in 0.01
        for a point; ``runs`` is then the most (50,000 unless given). 0 makes all runs.
    largest
        Hours of one processor that it may take.
    progress
        Called with (runs done, runs in all) for each of the stages; a bar as in
        :func:`sim.api.run`.

    Raises
    ------
    SimError
        One scenario only, scenarios that do not differ, an unknown outcome, a value refused as a
        scenario or number, or more work than ``largest``.
    """
    if variants is not None:
        scenarios, named_outcome = _of_variants(scenarios, variants)
        outcome = outcome or named_outcome
    outcome = outcome or "breakthrough"
    if len(scenarios) < 2 or len(scenarios) > MOST:
        cure = "tariffsim compare left=tactical_pause right=breakthrough"
        raise SimError(
            "not two or more scenarios to compare",
            key="scenarios",
            given=len(scenarios),
            allowed=f"2 to {MOST}",
            cure=cure,
        )
    if outcome not in OUTCOMES:
        raise SimError(
            "no such outcome",
            key="outcome",
            given=outcome,
            allowed=tuple(OUTCOMES),
            suggestion=nearest(str(outcome), OUTCOMES),
        )
    runs = default_runs("compare", precise=bool(precision)) if runs is None else runs
    build(Run, {"runs": runs, "precision": precision, "seed": seed, "threads": threads})
    if runs < 2:
        raise SimError("too few to compare", key="runs", given=runs, allowed="2 and more")
    named = _named([scenario_of(source) for source in scenarios])
    check_work(work_of_comparison(list(named.values()), runs), largest)
    first, *others = named
    levers = {name: _levers(named[first], named[name]) for name in others}
    with shown(progress) as report:
        outs, events = _run_ends(
            list(named.values()), (outcome, precision), runs, seed, threads, report
        )
        runs = outs.shape[1]
    tables = {
        name: runs_table(outs[k], flatten(named[name]), np.arange(runs))
        for k, name in enumerate(named)
    }
    hits = {name: (tables[name]["outcome"] == outcome).to_numpy(float) for name in named}
    with shown(progress) as report:
        found = [
            move_levers(
                named[first],
                named[name],
                levers[name],
                (hits[first], hits[name]),
                outcome,
                seed=seed,
                threads=threads,
                progress=report,
            )
            for name in others
        ]
    return Comparison(
        _outcomes(tables, outs, named),
        _measures(tables),
        _survival(tables, named),
        _paths(events, list(named)),
        pd.concat(
            [
                table.assign(scenario=name)[["scenario", *table]]
                for name, table in zip(others, found, strict=True)
            ],
            ignore_index=True,
        ),
        named,
        outcome,
        runs,
        seed,
        precision,
    )


def _of_variants(
    scenarios: Sequence[Source], variants: Mapping[str, Any] | Path | str
) -> tuple[tuple[Scenario, ...], str]:
    """The scenarios that variants make, the first first, and the outcome that they name."""
    if len(scenarios) > 1:
        cure = "compare(base, variants=...)"
        raise SimError(
            "several scenarios beside variants", key="scenarios", given=len(scenarios), cure=cure
        )
    read = read_variants(variants)
    base = scenarios[0] if scenarios else None
    if base is not None and not isinstance(base, str):
        base = scenario_of(base)
    return tuple(load_variants(read, base).values()), read.outcome


def work_of_comparison(scenarios: Sequence[Scenario], runs: int) -> Work:
    """What comparing takes: every scenario, and at most so many runs for each lever between the
    first and another (:mod:`sim.analysis.coalitions`).

    Raises
    ------
    SimError
        Scenarios that do not differ.
    """
    first, *others = scenarios
    levers = sum(len(_levers(first, other)) for other in others)
    ends = reduce(add, (work_of_runs(scenario, runs) for scenario in scenarios))
    held = work_of_runs(first, len(scenarios) * runs).memory
    between = math.ceil(_RUNS_A_LEVER * levers * runs)
    dearest = max((work_of_runs(one, between) for one in scenarios), key=lambda one: one.seconds)
    return replace(ends + dearest, memory=held, most=True)


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What :func:`tables_again` takes."""
    return work_of_comparison(recorded_scenarios(manifest), settings.runs)


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a comparison, made again from its manifest.

    Raises
    ------
    SimError
        Scenarios or an outcome that this version refuses.
    """
    found = compare(
        *recorded_scenarios(manifest),
        outcome=manifest.outcome,
        runs=settings.runs,
        seed=settings.seed,
        threads=settings.threads,
        largest=math.inf,
        progress=progress,
    )
    return {name: getattr(found, name) for name in TABLES}


def scenario_of(source: Source, key: str = "scenarios") -> Scenario:
    """The scenario of a name, of a result of a run, or of its folder; one made in Python as it is.

    Raises
    ------
    SimError
        What is none of these, or a result with strategies in Python, which only the script that
        holds them can run again.
    """
    folder = isinstance(source, (str, Path)) and is_result(source)
    result = load_results(source) if folder else source  # type: ignore[arg-type]
    if not isinstance(result, Results):
        return take_scenario(result, key=key)
    if result.manifest.strategies or result.sweep is not None:
        what = (
            "a sweep, which is many scenarios" if result.sweep else "made with strategies in Python"
        )
        raise SimError(
            "not a result of one scenario",
            key=key,
            given=what,
            allowed="results of tariffsim run",
        )
    return take_scenario(result.scenario, key=key)


def is_result(source: str | Path) -> bool:
    """Whether a name or a path is that of a result, and not of a scenario or its file."""
    path = Path(source)
    return path.is_dir() or (isinstance(source, Path) and path.suffix not in SCENARIO_FILES)


def _named(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Scenarios by name; a name that is there already has a number added."""
    found: dict[str, Scenario] = {}
    for scenario in scenarios:
        name, n = scenario.name, 1
        while name in found:
            n += 1
            name = f"{scenario.name}-{n}"
        found[name] = scenario
    return found


def _levers(first: Scenario, other: Scenario) -> list[Lever]:
    found = levers_between(first, other)
    if not found:
        cure = "give scenarios that differ, or one scenario and what to change in it: left=london truce.length_weeks=26"
        raise SimError(
            "no setting differs from the first scenario's",
            key="scenarios",
            given=other.name,
            cure=cure,
        )
    return found


def _changes(first: Scenario, other: Scenario) -> str:
    levers = levers_between(first, other)
    if len(levers) == 1 and len(levers[0].values) == 1:
        ((path, (_, value)),) = levers[0].values.items()
        if isinstance(value, tuple):
            return f"with {rows_in_words(value)}" if value else f"without {path}"
        return f"with {path}={value}"
    return f"with {len(levers)} change{'' if len(levers) == 1 else 's'}"


def _run_ends(
    scenarios: Sequence[Scenario],
    aim: tuple[str, float],
    runs: int,
    seed: int,
    threads: int,
    progress: Progress | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Records, shape (scenarios, runs), and the sets of events of each week, (scenarios, runs,
    weeks of the shortest).

    With an ``aim`` (outcome, half width above 0) so many runs as narrow its differences to that,
    ``runs`` at most.
    """
    outcome, precision = aim
    params = join_records([flatten(scenario) for scenario in scenarios])
    weeks = min(scenario.calendar.horizon_weeks for scenario in scenarios)
    count = len(scenarios)

    def make(start: int, stop: int, heard: Progress) -> tuple[np.ndarray, np.ndarray]:
        outs, events = [], []
        for first in range(start, stop, _BLOCK):
            numbers = np.arange(first, min(first + _BLOCK, stop))
            point, run = np.repeat(np.arange(count), len(numbers)), np.tile(numbers, count)
            made, series = simulate(params, point, run, seed, weekly=len(run), threads=threads)
            outs.append(made.reshape(count, -1))
            events.append(series["events"][:, :weeks].reshape(count, len(numbers), weeks))
            heard(int(numbers[-1]) + 1 - start, stop - start)
        return np.concatenate(outs, axis=1), np.concatenate(events, axis=1)

    def half_width(parts: list[tuple[np.ndarray, np.ndarray]]) -> float:
        first, *others = (
            luck_of(rows) for rows in np.concatenate([outs for outs, _ in parts], axis=1)
        )
        return max(estimate_difference(first, other, outcome).half_width for other in others)

    parts = run_until_narrow(make, half_width, precision, runs, progress)
    return tuple(np.concatenate(part, axis=1) for part in zip(*parts, strict=True))  # type: ignore[return-value]


def _outcomes(
    tables: Mapping[str, pd.DataFrame], outs: np.ndarray, named: Mapping[str, Scenario]
) -> pd.DataFrame:
    """Shares of the outcomes, and how far they lie from the first scenario's; of what cannot happen
    the reason, and no interval.
    """
    first, luck = next(iter(tables.values())), [luck_of(rows) for rows in outs]
    parts: list[pd.DataFrame] = []
    for own, (name, table) in zip(luck, tables.items(), strict=True):
        shares = outcome_shares(table)[["outcome", "share", "low", "high"]]
        shares["counted"] = shares["share"]
        shares[["share", "low", "high"]] = [one[:3] for one in estimate_shares(own)]
        reasons = ruled_out(named[name])
        shares["ruled_out"] = [reasons.get(outcome, "") for outcome in shares["outcome"]]
        shares.loc[(shares["ruled_out"] != "") & (shares["share"] == 0.0), ["low", "high"]] = np.nan
        gaps = [estimate_difference(luck[0], own, outcome)[:3] for outcome in shares["outcome"]]
        base = parts[0]["counted"] if parts else np.nan
        shares = _beside(shares, gaps if table is not first else None)
        shares["difference.counted"] = shares["counted"] - base
        parts.append(shares.assign(scenario=name))
    return _scenario_first(parts)


def _beside(table: pd.DataFrame, gaps: Sequence[tuple[float, float, float]] | None) -> pd.DataFrame:
    """A table with its differences beside it; of the first scenario, which has none, NaN."""
    found = np.asarray(gaps if gaps is not None else np.full((len(table), 3), np.nan), float)
    names = ("difference", "difference.low", "difference.high")
    return table.assign(**{name: found[:, k] for k, name in enumerate(names)})


def _scenario_first(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    whole = pd.concat(parts, ignore_index=True)
    return whole[["scenario", *(name for name in whole if name != "scenario")]]


def _measures(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Means of times and costs and the shares of runs that had a deal or a break, and how far they
    lie from the first scenario's.
    """
    first, parts = next(iter(tables.values())), []
    for name, table in tables.items():
        rows, gaps = [], []
        for measure, values in _columns(table):
            happened = measure in _EVER.values()
            if happened:
                ends = (
                    float(values.mean()),
                    *(float(end) for end in wilson(values.sum(), np.asarray(len(values)))),
                )
            else:
                ends = mean_interval(values)
            rows.append((measure, *ends, int((~np.isnan(values)).sum())))
            base = dict(_columns(first)).get(measure)
            missing = (float("nan"),) * 3
            gaps.append(
                missing
                if base is None
                else paired_share(base, values)
                if happened
                else paired_mean(base, values)
            )
        frame = pd.DataFrame(rows, columns=["measure", "mean", "low", "high", "runs"])
        parts.append(_beside(frame, gaps if table is not first else None).assign(scenario=name))
    return _scenario_first(parts)


def _columns(table: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Measures by name: those that are missing where an event never came follow the share of runs
    where it did.
    """
    for name in table:
        if str(name).partition(".")[0] not in _MEASURES:
            continue
        values = table[name].to_numpy(float)
        values = np.where(np.isinf(values), np.nan, values)
        if name in _EVER:
            yield _EVER[str(name)], (~np.isnan(values)).astype(float)
        yield str(name), values


def _survival(tables: Mapping[str, pd.DataFrame], named: Mapping[str, Scenario]) -> pd.DataFrame:
    return _scenario_first(
        [
            truce_survival(table, named[name].calendar.horizon_weeks).assign(scenario=name)
            for name, table in tables.items()
        ]
    )


def _paths(events: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """Share of runs of each scenario but the first that have parted from it by the end of each
    week.
    """
    parts = []
    for name, own in zip(names[1:], events[1:], strict=True):
        parted = np.maximum.accumulate(own != events[0], axis=1).sum(axis=0)
        low, high = wilson(parted, np.full(len(parted), len(own)))
        weeks = np.arange(1, len(parted) + 1)
        parts.append(
            pd.DataFrame(
                {
                    "scenario": name,
                    "week": weeks,
                    "share": parted / len(own),
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
