"""What a notebook calls: load, run, sweep, evaluate, resume.

Each function is a few lines that call the packages below; nothing here computes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.strategies import Strategy
from sim.batch import ENGINES, Figures, Run, check_batch, default_runs
from sim.batch.read import build_sweep
from sim.batch.sweep import Sweep
from sim.config.check import build, to_plain
from sim.config.compose import take_scenario
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.results.columns import column_notes, runs_table, weeks_table
from sim.results.folder import prepare_folder
from sim.results.manifest import Interval, SettingsDoubt, make_manifest
from sim.results.results import Results
from sim.sweeps.named import load_sweep
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.example import Example

__all__ = ["evaluate", "resume", "run", "run_batch", "settings_doubt", "sweep"]

_MOST_WEEKLY_RUNS = 1_000
_MOST_WEEKLY_BYTES = 4_000_000_000
Progress = Callable[[int, int], None]


def run(
    scenario: Scenario | str | None = None,
    *,
    runs: int | None = None,
    precision: float = 0.0,
    seed: int = 1,
    weeks: str = "quantiles",
    engine: str = "auto",
    threads: int = 0,
    strategies: Mapping[str, Strategy] | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run one scenario many times.

    Parameters
    ----------
    scenario
        A scenario, the name of one, or None for the default.
    runs, seed
        Number of runs (200 unless given), and the seed of all draws; run k under a seed does not
        depend on the other runs.
    precision
        Half width of the 95 % intervals of the outcomes' shares at which to stop, as in 0.01 for a
        point; ``runs`` is then the most (50,000 unless given). 0 makes all runs.
    weeks
        ``none``, ``quantiles`` (over the first 1,000 runs) or ``all``.
    engine
        ``ensemble`` (compiled), ``mesa`` (agents), or ``auto``: Mesa only where a strategy is in
        Python.
    threads
        Threads of the ensemble; 0 uses all processors.
    strategies
        Custom strategies by side.
    progress
        Called with (runs done, total runs).

    Raises
    ------
    SimError
        A setting is refused.

    Examples
    --------
    >>> results = run("london", runs=4, seed=1, weeks="none")
    >>> results.runs["run"].tolist()
    [0, 1, 2, 3]
    >>> bool((results.runs["breaks"] == results.runs["lapses"] + results.runs["suspensions"]).all())
    True
    """
    settings = build(
        Run,
        {
            "runs": default_runs("run", precise=bool(precision)) if runs is None else runs,
            "precision": precision,
            "seed": seed,
            "weeks": weeks,
            "engine": engine,
            "threads": threads,
        },
        "run",
    )
    check_batch("run", settings, Figures(), ())
    return run_batch(take_scenario(scenario), settings, dict(strategies or {}), (), progress)


def sweep(
    name: str | Sweep | Mapping[str, Any] = "linkage_by_deadline",
    scenario: Scenario | str | None = None,
    *,
    seed: int = 1,
    out: Path | str = "outputs",
    threads: int = 0,
    executor: str = "local",
    address: str = "",
    progress: Progress | None = None,
) -> Results:
    """Run a sweep into a folder below ``out``: by its name in ``configs/sweep``, as a mapping of
    what stands in such a file, or as a :class:`~sim.batch.sweep.Sweep`.

    ``executor`` ``dask`` spreads it over the cluster whose scheduler is at ``address``, or over
    processes of this machine.

    Examples
    --------
    Two values of a setting, three runs at each:

    >>> from tempfile import TemporaryDirectory
    >>> two = {"name": "two", "kind": "grid", "factors": {"linkage.cn": [0.0, 0.5]}, "runs": 3}
    >>> with TemporaryDirectory() as folder:
    ...     results = sweep(two, out=folder)
    ...     counts = results.table(["linkage.cn"])["linkage.cn"].value_counts()
    >>> counts.to_dict()
    {0.0: 3, 0.5: 3}
    """
    from sim.sweeps.sweep import prepare, run_sweep

    if isinstance(name, str):
        described, base = load_sweep(name, None if scenario is None else take_scenario(scenario))
    else:
        own = name.scenario if isinstance(name, Sweep) else _scenario_in(name)
        base = take_scenario(scenario or own or None)
        described = build_sweep(name, base)
    design = prepare(described, base)
    settings = build(
        Run,
        {
            "seed": seed,
            "out": str(out),
            "threads": threads,
            "executor": executor,
            "address": address,
        },
        "run",
    )
    check_batch("sweep", settings, Figures(), ())
    folder = prepare_folder(out, "sweep", described.name or "sweep")
    return run_sweep(design, base, settings, folder, progress=progress)


def _scenario_in(described: object) -> str:
    """The scenario that a sweep's mapping names."""
    own = described.get("scenario", "") if isinstance(described, Mapping) else ""
    return own if isinstance(own, str) else ""


def resume(
    path: Path | str,
    progress: Progress | None = None,
    *,
    threads: int = 0,
    executor: str = "local",
    address: str = "",
) -> Results:
    """Resume a sweep that was stopped, wherever it was started; see :func:`sweep` for ``executor``
    and ``address``.

    Examples
    --------
    A complete sweep has nothing left to do:

    >>> from tempfile import TemporaryDirectory
    >>> from sim.batch.sweep import Factor, Sweep
    >>> one = Sweep(name="one", kind="grid", factors={"linkage.cn": Factor("linkage.cn", (0.5,))}, runs=3)
    >>> with TemporaryDirectory() as folder:
    ...     again = resume(sweep(one, out=folder).folder)
    ...     len(again.table(["run"]))
    3
    """
    from sim.sweeps.sweep import resume as go_on

    return go_on(path, progress, threads=threads, executor=executor, address=address)


def evaluate(
    scenario: Scenario | str | None,
    design: Mapping[str, Sequence[Any]],
    *,
    runs: int = 20,
    seed: int = 1,
    measures: Sequence[str] = (),
    threads: int = 0,
    run_numbers: Sequence[int] | Sequence[Sequence[int]] | None = None,
) -> pd.DataFrame:
    """One row per design row and run: the model as a function of its settings, for any tool that
    samples and analyses.

    Parameters
    ----------
    scenario
        The scenario whose other settings stay as they are.
    design
        Values of settings by dotted name, columns of one length; a single value applies to every
        row.
    runs, seed
        Runs per row, under common random numbers: run k uses the same draws in every row. So means
        of rows are not independent, and a sensitivity index from one run per row depends on that
        run: over six seeds it went from 0.07 to 0.57.
    measures
        Columns wanted; empty for all. An outcome's name gives 1 where a run ended in it.
    threads
        Threads; 0 uses all processors.
    run_numbers
        Which runs instead of the first ``runs``: numbers for every row, or of shape (rows, n) for
        each row its own, as in ``np.arange(rows * n).reshape(rows, n)`` for draws that no two rows
        share.

    Warns
    -----
    UserWarning
        Where all rows use the draws of the same single run.

    Raises
    ------
    SimError
        A scenario, setting, measure, seed or number is refused; columns differ in length; a row
        (named by its number) has settings that contradict each other.

    Examples
    --------
    Two rows of two runs; under common random numbers run 0 uses the same draws in both rows:

    >>> table = evaluate(None, {"truce.length_weeks": [13, 26]}, runs=2, measures=["breakdown"])
    >>> table[["row", "run", "truce.length_weeks"]].to_numpy().tolist()
    [[0, 0, 13], [0, 1, 13], [1, 0, 26], [1, 1, 26]]
    """
    from sim.sweeps.evaluate import evaluate_rows

    given = take_scenario(scenario)
    settings = build(Run, {"runs": runs, "seed": seed, "threads": threads})
    return evaluate_rows(given, design, settings, measures, run_numbers)


def settings_doubt(
    scenario: Scenario | str | None = None, *, seed: int = 1, threads: int = 0
) -> SettingsDoubt | None:
    """Shares of the outcomes over the plausible ranges of the settings that the record leaves open.

    Parameters
    ----------
    scenario
        The scenario; settings that it changes from the defaults stay fixed.
    seed, threads
        The seed of all draws; threads (0 uses all processors).

    Returns
    -------
    SettingsDoubt or None
        ``points``, ``runs`` per point, ``settings`` (names varied together), ``shares``: for each
        outcome its mean ``share`` over the ranges, and ``low`` and ``high``, which enclose it at 95
        % of points. None where no setting is open or too few points satisfy the rules between
        settings.

    Raises
    ------
    SimError
        A scenario, seed or number is refused.
    """
    from sim.analysis.settings_interval import settings_interval
    from sim.sweeps.plausible import run_plausible

    settings = build(Run, {"seed": seed, "threads": threads})
    found = run_plausible(take_scenario(scenario), settings.seed, settings.threads)
    if found is None:
        return None
    ends = {
        name: settings_interval(found.hits[:, k], found.runs) for k, name in enumerate(OUTCOMES)
    }
    shares = {
        name: Interval(share=mean, low=low, high=high) for name, (mean, low, high) in ends.items()
    }
    return SettingsDoubt(
        points=len(found.hits), runs=found.runs, settings=tuple(found.moved), shares=shares
    )


def run_batch(
    scenario: Scenario,
    settings: Run,
    strategies: dict[str, Strategy],
    overrides: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> Results:
    """The runs of a checked scenario that the settings of a batch describe; see :func:`run`."""
    started = dt.datetime.now(dt.UTC)
    engine = _engine(settings.engine, strategies)
    weekly = _weekly(scenario, settings)
    params = flatten(scenario)
    outs, series = _make_runs(scenario, settings, engine, strategies, weekly, progress)
    numbers, weekly = np.arange(len(outs)), len(series)
    settings = replace(settings, runs=len(outs))
    manifest = make_manifest(
        verb="run",
        scenario=to_plain(scenario),
        run=replace(settings, engine=engine),
        overrides=overrides,
        engine=engine,
        started=started,
    )
    named = {side: type(own).__name__ for side, own in sorted(strategies.items())}
    manifest = replace(manifest, weekly_runs=weekly, strategies=named, estimates=_estimates(outs))
    table = runs_table(outs, params, numbers)
    return Results(
        scenario,
        manifest,
        runs=table,
        weeks=weeks_table(series, params, scenario.calendar.start, settings.weeks)
        if weekly
        else None,
        notes={**column_notes(params, weekly=True), **column_notes(params)},
        # a strategy in Python may remember earlier runs: what it would do in one more need not be
        # what it did
        make_example=None if strategies else lambda: _example(scenario, settings.seed, table),
    )


def _make_runs(
    scenario: Scenario,
    settings: Run,
    engine: str,
    strategies: dict[str, Strategy],
    weekly: int,
    progress: Progress | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Records and weeks of all runs, or of as many as the precision takes; ``weekly`` keep weeks."""
    from sim.analysis.controls import estimate_shares, luck_of
    from sim.analysis.precision import run_until_narrow

    params = flatten(scenario).values

    def make(start: int, stop: int, heard: Progress) -> tuple[np.ndarray, np.ndarray]:
        numbers, kept = np.arange(start, stop), max(0, min(stop, weekly) - start)
        if engine == "ensemble":
            from sim.ensemble.execute import simulate

            point = np.zeros(len(numbers), np.int64)
            return simulate(
                params,
                point,
                numbers,
                settings.seed,
                weekly=kept,
                threads=settings.threads,
                progress=heard,
            )
        from sim.model import simulate as simulate_agents

        return simulate_agents(scenario, numbers, settings.seed, weekly=kept, strategies=strategies)

    def half_width(made: list[tuple[np.ndarray, np.ndarray]]) -> float:
        found = estimate_shares(luck_of(np.concatenate([outs for outs, _ in made])))
        return max(one.half_width for one in found)

    made = run_until_narrow(make, half_width, settings.precision, settings.runs, progress)
    if len(made) == 1:
        return made[0]
    weeks = [series for _, series in made if len(series)] or [made[0][1]]
    return np.concatenate([outs for outs, _ in made]), np.concatenate(weeks)


def _estimates(outs: np.ndarray) -> dict[str, Interval]:
    """The shares of outcomes that are estimated and not counted."""
    from sim.analysis.controls import estimate_shares, luck_of

    found = zip(OUTCOMES, estimate_shares(luck_of(outs)), strict=True)
    return {
        name: Interval(share=one.value, low=one.low, high=one.high)
        for name, one in found
        if one.controlled
    }


def _example(scenario: Scenario, seed: int, runs: pd.DataFrame) -> Example:
    from sim.example import make_example  # the compiled rules

    return make_example(scenario, seed, runs)


def _engine(wanted: str, strategies: dict[str, Strategy]) -> str:
    if wanted == "ensemble" and strategies:
        raise SimError(
            "strategies in Python need the Mesa engine", key="engine", given=wanted, allowed=ENGINES
        )
    if wanted == "auto":
        return "mesa" if strategies else "ensemble"
    return wanted


def _weekly(scenario: Scenario, settings: Run) -> int:
    """How many runs keep their weeks."""
    from sim.rules.measures import WEEK

    if settings.weeks == "none":
        return 0
    if settings.weeks == "quantiles":
        return min(settings.runs, _MOST_WEEKLY_RUNS)
    needed = settings.runs * scenario.calendar.horizon_weeks * WEEK.itemsize
    if needed > _MOST_WEEKLY_BYTES:
        most = _MOST_WEEKLY_BYTES // (scenario.calendar.horizon_weeks * WEEK.itemsize)
        raise SimError(
            "too many weeks to keep in memory",
            key="run.weeks",
            given=f"all, of {settings.runs:,} runs",
            allowed=f"{most:,} runs",
            cure="run.weeks=quantiles, or fewer runs",
        )
    return settings.runs
