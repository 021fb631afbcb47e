"""What a notebook calls: load, run, join, sweep, evaluate, resume.

Each function is a few lines that call the packages below; nothing here computes.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.strategies import Strategy
from sim.analysis.observed_scores import Scored, score_series
from sim.batch import ENGINES, MOST_WEEKLY_RUNS, Figures, Run, check_batch, default_runs
from sim.batch.read import build_sweep
from sim.batch.sweep import Sweep
from sim.batch.work import LARGEST, check_work, work_of_batch
from sim.config.check import build, to_plain
from sim.config.compose import named_scenario, take_scenario
from sim.config.errors import SimError
from sim.config.locate import path_given
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.config.yaml import parse_yaml
from sim.progress import Stopped, shown
from sim.results.columns import column_notes, runs_table, weeks_table
from sim.results.folder import prepare_folder
from sim.results.logs import log_tables
from sim.results.manifest import (
    Interval,
    Manifest,
    SettingsDoubt,
    make_manifest,
    refuse_other_rules,
)
from sim.results.observed import OBSERVED, Observed, read_observed
from sim.results.results import Results
from sim.rules.logs import Logs
from sim.sweeps.named import load_sweep
from sim.vocabulary import OUTCOMES, SIDES

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.example import Example
    from sim.results.sentences import WeekLine

__all__ = [
    "Interrupted",
    "evaluate",
    "explain",
    "explain_weeks",
    "join",
    "refuse_unseen",
    "resume",
    "run",
    "run_batch",
    "score_results",
    "settings_doubt",
    "sweep",
]

# runs of a block and thread: a second or two; the threads wait for the last of a block, and of 32 chunks
# each that costs a hundredth
_BLOCK = 2_048
_MOST_NUMBERS = 2**32  # the counter of the draws has 32 bits for the run
_MOST_WEEKLY_BYTES = 4_000_000_000
Progress = Callable[[int, int], None]
_Made = tuple[np.ndarray, np.ndarray]


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; ``results`` holds the runs that were done, from the first on.

    In a notebook or a console it is ``sys.last_value`` after the interruption.
    """

    def __init__(self, results: Results, wanted: int) -> None:
        self.results = results
        settings = results.manifest.run
        assert settings is not None
        super().__init__(f"interrupted after {settings.runs:,} of {wanted:,} runs")
        self._rest = f"first={settings.first + settings.runs}, runs={wanted - settings.runs}"

    def explain(self) -> None:
        """Add where the results are and how to make the rest, for who called from Python."""
        self.add_note(
            "sys.last_value.results has them (in a script: this exception's results); "
            f"sim.run(..., {self._rest}) makes the others, and sim.join joins both"
        )


def run(
    scenario: Scenario | str | None = None,
    *,
    runs: int | None = None,
    precision: float = 0.0,
    seed: int = 1,
    first: int = 0,
    weeks: str = "quantiles",
    engine: str = "auto",
    threads: int = 0,
    strategies: Mapping[str, Strategy] | None = None,
    transcript: Any = None,
    observed: Any = None,
    largest: float = LARGEST,
    progress: Progress | bool | None = None,
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
    first
        Number of the first run: ``first=200`` refines a result of 200 runs, and :func:`join` gives
        both as one.
    weeks
        ``none``, ``quantiles`` (over the first 1,000 runs) or ``all``.
    engine
        ``ensemble`` (compiled), ``mesa`` (agents), or ``auto``: Mesa only where a strategy is in
        Python.
    threads
        Threads of the ensemble; 0 uses all processors.
    strategies
        Custom strategies by side: objects with a method for any decision (``docs/strategies.md``).
    transcript
        Answers of governments that are given: the path of a table, a DataFrame such as the rows of
        one run of ``results.transcript``, a mapping of columns, or rows as a scenario has them
        (``"12 0 us renew no"``). They become part of the scenario.
    observed
        Observed months or days of weekly series to hold the runs against: the path of a table, a
        DataFrame, or what :func:`sim.results.observed.read_observed` gives (``docs/observed.md``).
        They are kept with the result; ``results.scored`` has the scores.
    largest
        Hours of one processor that the runs may take; what is estimated to take more is refused.
    progress
        Called with (runs done, total runs); True draws a bar and False none. A notebook draws one
        unless told otherwise.

    Raises
    ------
    SimError
        A setting is refused, or more work than ``largest``.
    Interrupted
        On Ctrl-C, or the interrupt of a notebook: a KeyboardInterrupt whose ``results`` are the
        runs done (to 2,048 a thread); a plain one before any is kept.

    Warns
    -----
    UserWarning
        Where no run asked for an answer that the transcript gives.

    Examples
    --------
    >>> results = run("london", runs=4, seed=1, weeks="none")
    >>> results.runs["run"].tolist()
    [0, 1, 2, 3]
    >>> bool((results.runs["breaks"] == results.runs["lapses"] + results.runs["endings"]).all())
    True
    """
    settings = build(
        Run,
        {
            "runs": default_runs("run", precise=bool(precision)) if runs is None else runs,
            "first": first,
            "precision": precision,
            "seed": seed,
            "weeks": weeks,
            "engine": engine,
            "threads": threads,
        },
        "run",
    )
    check_batch("run", settings, Figures(), ())
    given, own = _scripted(take_scenario(scenario), transcript), dict(strategies or {})
    seen = None if observed is None else read_observed(observed, given)
    check_work(work_of_batch(given, replace(settings, engine=_engine(engine, own))), largest)
    try:
        with shown(progress) as report:
            results = run_batch(given, settings, own, (), report, seen)
        _warn_of_unmet(results)
        return results
    except Interrupted as stop:
        stop.explain()
        raise


def _scripted(scenario: Scenario, transcript: Any) -> Scenario:
    """A scenario with the answers of a transcript in the place of its own."""
    if transcript is None:
        return scenario
    if not isinstance(transcript, (str, Path, list, tuple)):
        from sim.sheets.transcript import transcript_in

        transcript = transcript_in(transcript)
    given = str(transcript) if isinstance(transcript, Path) else transcript
    return scenario.change({"transcript": given})


def _warn_of_unmet(results: Results) -> None:
    """Say which answers of a scenario's transcript no run asked for."""
    asked = results.transcript
    if not results.scenario.transcript or asked is None:
        return
    names = ("week", "ask", "side", "decision")
    met = set(zip(*(asked[name].tolist() for name in names), strict=True))
    given = [(row.week, row.ask, row.side, row.decision) for row in results.scenario.transcript]
    unmet = [row for row in given if row not in met]
    if unmet:
        week, ask, side, decision = unmet[0]
        first = f"{SIDES[side].label}'s {decision} in week {week}, ask {ask}"
        warnings.warn(
            f"{len(unmet):,} of {len(given):,} answers of the transcript were asked for in no run, "
            f"the first {first}: take rows from a run (docs/strategies.md)",
            stacklevel=3,
        )


def join(one: Results, *others: Results) -> Results:
    """Results of consecutive runs of one scenario as one result, with the bits of a single run of
    as many.

    Weekly quantiles, which cannot be joined, are computed again over the first 1,000 runs; so is
    the typical run.

    Parameters
    ----------
    one, others
        Results of :func:`run` with the same scenario, seed, engine, weeks and rules, each
        beginning where the one before it ends.

    Raises
    ------
    SimError
        Results that do not follow one another, of other rules than those here, or of strategies in
        Python, which may remember earlier runs.

    Examples
    --------
    >>> begun = run("london", runs=2, weeks="none")
    >>> more = run("london", first=2, runs=3, weeks="none")
    >>> join(begun, more).runs.equals(run("london", runs=5, weeks="none").runs)
    True
    """
    import pandas as pd

    parts = [one, *others]
    settings = [_remade(part, "join", "joined") for part in parts]
    for before, after, batch, more in zip(parts, others, settings, settings[1:], strict=False):
        _check_following(before, after, batch, more)
    runs = sum(batch.runs for batch in settings)
    whole = replace(settings[0], runs=runs, precision=0.0)
    table = pd.concat([part.runs for part in parts], ignore_index=True)
    weekly = _weekly(one.scenario, whole)
    if whole.weeks == "all":
        weeks = pd.concat([part.weeks for part in parts], ignore_index=True)
    else:
        weeks = one.weeks if one.weekly_runs == weekly else _weeks(one.scenario, whole, weekly)
    manifest = replace(
        one.manifest,
        run=whole,
        overrides=(),
        weekly_runs=weekly,
        estimates={},  # what they are made of is not kept with a table: runs are counted
        content={},
        files={},
        asked={},  # observations: they would have to be held against the weeks of all
    )
    return _results(one.scenario, manifest, table, weeks, logs=_joined_logs(parts, weekly))


def _joined_logs(parts: Sequence[Results], weekly: int) -> dict[str, pd.DataFrame]:
    """What was asked and done in the first ``weekly`` runs of consecutive results."""
    import pandas as pd

    if not weekly:
        return {}
    last = int(parts[0].runs["run"].iloc[0]) + weekly
    found = {name: [getattr(part, name) for part in parts] for name in ("transcript", "acts")}
    return {
        name: pd.concat([t[t["run"] < last] for t in tables if t is not None], ignore_index=True)
        for name, tables in found.items()
    }


def sweep(
    name: str | Path | Sweep | Mapping[str, Any] = "linkage_by_deadline",
    scenario: Scenario | str | None = None,
    *,
    seed: int = 1,
    out: Path | str = "outputs",
    threads: int = 0,
    executor: str = "local",
    address: str = "",
    largest: float = LARGEST,
    progress: Progress | bool | None = None,
) -> Results:
    """Run a sweep into a folder below ``out``: by its name in ``configs/sweep``, as the path of a
    YAML file, as a mapping or JSON of what stands in such a file, or as a :class:`~sim.batch.sweep.Sweep`.

    ``executor`` ``dask`` spreads it over the cluster whose scheduler is at ``address``, or over
    processes of this machine. Interrupted, it keeps its finished parts and says how to resume it;
    ``progress`` is as in :func:`run`. A design of more than ``largest`` hours of one processor is
    refused, whatever its file says.

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
    from sim.sweeps.design import work_of_design
    from sim.sweeps.sweep import prepare, run_sweep

    if isinstance(name, str) and name.lstrip().startswith("{"):
        name = parse_yaml(name, "sweep").values  # JSON is YAML
    if isinstance(name, (str, Path)):
        described, base = load_sweep(name, None if scenario is None else take_scenario(scenario))
    else:
        own = name.scenario if isinstance(name, Sweep) else _scenario_in(name)
        base = named_scenario(own) if scenario is None else take_scenario(scenario)
        described = build_sweep(name, base)
    check_work(work_of_design(described, base), largest, out)
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
    with shown(progress, "points" if described.stopping else "runs") as report:
        return run_sweep(design, base, settings, folder, progress=report)


def _scenario_in(described: object) -> str:
    """The scenario that a sweep's mapping names."""
    own = described.get("scenario", "") if isinstance(described, Mapping) else ""
    return own if isinstance(own, str) else ""


def resume(
    path: Path | str,
    progress: Progress | bool | None = None,
    *,
    threads: int = 0,
    executor: str = "local",
    address: str = "",
    largest: float = LARGEST,
) -> Results:
    """Resume a sweep that was stopped, wherever it was started; see :func:`sweep` for ``executor``
    and ``address``. All of it may take ``largest`` hours of one processor, whatever its plan asks.

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
    from sim.sweeps.sweep import work_planned

    path = path_given(path, "resume")
    check_work(work_planned(path)[0], largest, path)
    with shown(progress) as report:
        return go_on(path, report, threads=threads, executor=executor, address=address)


def evaluate(
    scenario: Scenario | str | None,
    design: Mapping[str, Sequence[Any]],
    *,
    runs: int = 20,
    seed: int = 1,
    measures: Sequence[str] = (),
    threads: int = 0,
    run_numbers: Sequence[int] | Sequence[Sequence[int]] | None = None,
    largest: float = LARGEST,
    weeks: Sequence[str] = (),
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
    largest
        Hours of one processor that it may take; what is estimated to take more is refused.
    weeks
        Names of weekly series wanted instead of measures: a row per design row, run and week.

    Warns
    -----
    UserWarning
        Where all rows use the draws of the same single run.

    Raises
    ------
    SimError
        A scenario, setting, measure, seed or number is refused; columns differ in length; a row
        (named by its number) has settings that contradict each other; or more work than
        ``largest``.

    Examples
    --------
    Two rows of two runs; under common random numbers run 0 uses the same draws in both rows:

    >>> table = evaluate(None, {"truce.length_weeks": [13, 26]}, runs=2, measures=["breakdown"])
    >>> table[["row", "run", "truce.length_weeks"]].to_numpy().tolist()
    [[0, 0, 13], [0, 1, 13], [1, 0, 26], [1, 1, 26]]

    A weekly series over the same rows:

    >>> series = evaluate(None, {"truce.length_weeks": [13, 26]}, runs=2, weeks=["tariff.us"])
    >>> list(series.columns)
    ['row', 'truce.length_weeks', 'run', 'week', 'tariff.us']
    """
    from sim.sweeps.evaluate import evaluate_rows

    given = take_scenario(scenario)
    settings = build(Run, {"runs": runs, "seed": seed, "threads": threads})
    return evaluate_rows(given, design, settings, measures, run_numbers, largest, weeks)


def explain(
    given: Results | Scenario | str | None = None, *, run: int = 0, seed: int = 1
) -> list[str]:
    """One run in sentences: a line a week in which something happened, from the log of acts alone,
    and how it ends.

    Parameters
    ----------
    given
        A result of :func:`run`, or a scenario, whose run is then made.
    run
        The number of the run. Of a result that keeps no log of it the run is made again, with the
        same bits.
    seed
        The seed of a scenario's run; a result has its own.

    Raises
    ------
    SimError
        A sweep, a run that a result of other rules or with strategies in Python has not kept, or no
        such run.

    Examples
    --------
    >>> explain("london", run=0)[0].startswith("Week ")
    True
    """
    return [line.text for line in explain_weeks(given, run=run, seed=seed)]


def explain_weeks(
    given: Results | Scenario | str | None = None, *, run: int = 0, seed: int = 1
) -> list[WeekLine]:
    """The same with the week of each line, the first 1.

    Examples
    --------
    >>> lines = explain_weeks("london", run=0)
    >>> lines[0].text.startswith(f"Week {lines[0].week}, ")
    True
    """
    from sim.results.sentences import Done, closing_line, week_lines

    if isinstance(given, Results):
        scenario, (table, outcome) = given.scenario, _told_by(given, run)
        if table is None:
            table, outcome = _made_to_tell(scenario, _remade(given, "explain", "told"), run)
    else:
        scenario = take_scenario(given)
        table, outcome = _made_to_tell(scenario, build(Run, {"seed": seed}), run)
    rows = table.loc[table["run"] == run, list(Done._fields)].itertuples(index=False, name=None)
    acts = (Done(int(w), str(side), str(act), int(a), int(b)) for w, side, act, a, b in rows)
    start = scenario.calendar.start
    lines = week_lines(acts, flatten(scenario).issues, start)
    return [*lines, closing_line(outcome, scenario.calendar.horizon_weeks, start)]


def _told_by(given: Results, run: int) -> tuple[pd.DataFrame | None, str]:
    """The acts of a run that a result keeps, None where it keeps none, and the run's outcome."""
    if given.acts is None or run not in given.acts["run"].to_numpy():
        return None, ""
    ends = given.runs.loc[given.runs["run"] == run, "outcome"]
    return given.acts, str(ends.iloc[0])


def _made_to_tell(scenario: Scenario, settings: Run, run: int) -> tuple[pd.DataFrame, str]:
    """What was done in a run, made again, and its outcome."""
    if isinstance(run, bool) or not isinstance(run, int) or not 0 <= run < _MOST_NUMBERS:
        raise SimError("no such run", key="run", given=run, allowed=f"0 to {_MOST_NUMBERS - 1:,}")
    logs = Logs()
    runs, _ = _simulate(scenario, settings, np.array([run]), 1, logs=logs)
    return log_tables(logs)["acts"], OUTCOMES.names[int(runs["outcome"][0])]


def score_results(
    results: Results, observed: Any, columns: Mapping[str, str] | None = None
) -> Scored:
    """Observed months or days held against the runs of a result.

    Parameters
    ----------
    results
        A result of :func:`run`. Its weeks are computed again, with the same bits, over its first
        1,000 runs.
    observed
        The path of a table, a DataFrame, a mapping of columns, or what
        :func:`sim.results.observed.read_observed` gives.
    columns
        The series of each column, with its unit where it is another: ``{"magnets": "imports.magnets
        [kg/month]"}``.

    Raises
    ------
    SimError
        A sweep, strategies in Python, a result of other rules, or observations that cannot be
        taken.

    Examples
    --------
    >>> results = run("london", runs=20, weeks="none")
    >>> months = {"month": ["2025-07", "2025-08"], "imports.magnets": [619.0, None]}
    >>> score_results(results, months).scores["scored"].tolist()
    [1]
    """
    settings = results.manifest.run
    if settings is None or results.sweep is not None or results.manifest.strategies:
        what = "strategies in Python" if results.manifest.strategies else results.manifest.verb
        cure = "sim.run(scenario, observed=...)"
        raise SimError(
            "not runs whose weeks can be computed again", key="score", given=what, cure=cure
        )
    refuse_other_rules(results.manifest, "score")
    scenario = results.scenario
    seen = read_observed(observed, scenario, columns)
    kept = min(settings.runs, MOST_WEEKLY_RUNS)
    _, series = _simulate(scenario, settings, _numbers(settings)[:kept], kept)
    return score_series(seen, series, flatten(scenario), scenario.calendar.start)


def refuse_unseen(observed: Observed | None, settings: Run) -> None:
    """Refuse observations that no weeks are kept to be held against.

    Raises
    ------
    SimError
        Weeks that are not kept.
    """
    if observed is not None and settings.weeks == "none":
        cure = "run.weeks=quantiles, which keeps them"
        raise SimError(
            "no weeks are kept to hold observations against",
            key="run.weeks",
            given="none",
            cure=cure,
        )


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
    observed: Observed | None = None,
) -> Results:
    """The runs of a checked scenario that the settings of a batch describe; see :func:`run`."""
    refuse_unseen(observed, settings)
    started = dt.datetime.now(dt.UTC)
    engine = _engine(settings.engine, strategies)
    weekly = _weekly(scenario, settings)
    params = flatten(scenario)
    wanted, stopped, logs = settings.runs, False, Logs()
    try:
        outs, series = _make_runs(scenario, settings, weekly, engine, strategies, progress, logs)
    except Stopped as stop:
        outs, series, stopped = stop.outs, stop.series, True
        if not len(outs):
            raise KeyboardInterrupt("interrupted before any run was done") from None
    settings, weekly = replace(settings, runs=len(outs)), len(series)
    numbers = _numbers(settings)
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
    weeks = (
        weeks_table(series, params, scenario.calendar.start, settings.weeks, settings.first)
        if weekly
        else None
    )
    scored = None
    if observed is not None and weekly:
        scored = score_series(observed, series, params, scenario.calendar.start)
        manifest = replace(manifest, asked={OBSERVED: observed.plain()})
    tables = log_tables(logs) if weekly else {}
    results = _results(scenario, manifest, runs_table(outs, params, numbers), weeks, scored, tables)
    if stopped:
        raise Interrupted(results, wanted)
    return results


def _results(
    scenario: Scenario,
    manifest: Manifest,
    runs: pd.DataFrame,
    weeks: pd.DataFrame | None,
    scored: Scored | None = None,
    logs: Mapping[str, pd.DataFrame] | None = None,
) -> Results:
    """A run's result in memory, whose example is made when it is asked for."""
    params, settings = flatten(scenario), manifest.run
    assert settings is not None
    return Results(
        scenario,
        manifest,
        runs=runs,
        weeks=weeks,
        notes={**column_notes(params, weekly=True), **column_notes(params)},
        # a strategy in Python may remember earlier runs: what it would do in one more need not be
        # what it did
        make_example=None
        if manifest.strategies
        else lambda: _example(scenario, settings.seed, runs),
        held_scores=scored,
        logs=logs,
    )


def _make_runs(
    scenario: Scenario,
    settings: Run,
    weekly: int,
    engine: str,
    strategies: dict[str, Strategy],
    progress: Progress | None,
    logs: Logs,
) -> tuple[np.ndarray, np.ndarray]:
    """Records and weeks of all runs, or of as many as the precision takes; ``weekly`` keep weeks
    and ``logs``.

    Raises
    ------
    Stopped
        On Ctrl-C, with the runs that were done.
    """
    from sim.analysis.controls import estimate_shares, luck_of
    from sim.analysis.precision import run_until_narrow

    numbers = _numbers(settings)
    done: list[_Made] = []

    def make(start: int, stop: int, heard: Progress) -> _Made:
        kept = max(0, min(stop, weekly) - start)
        part = numbers[start:stop]
        try:
            made = _simulate(scenario, settings, part, kept, engine, strategies, heard, logs)
        except Stopped as stopped:
            raise Stopped(*_in_one([*done, (stopped.outs, stopped.series)])) from None
        done.append(made)
        return made

    def half_width(parts: list[_Made]) -> float:
        found = estimate_shares(luck_of(_in_one(parts)[0]))
        return max(one.half_width for one in found)

    return _in_one(run_until_narrow(make, half_width, settings.precision, settings.runs, progress))


def _in_one(parts: list[_Made]) -> _Made:
    """Records and weeks of parts that follow one another; only the first parts keep weeks."""
    if len(parts) == 1:
        return parts[0]
    weeks = [series for _, series in parts if len(series)] or [parts[0][1]]
    return np.concatenate([outs for outs, _ in parts]), np.concatenate(weeks)


def _estimates(outs: np.ndarray) -> dict[str, Interval]:
    """The shares of outcomes that are estimated and not counted."""
    from sim.analysis.controls import estimate_shares, luck_of

    found = zip(OUTCOMES, estimate_shares(luck_of(outs)), strict=True)
    return {
        name: Interval(share=one.value, low=one.low, high=one.high)
        for name, one in found
        if one.controlled
    }


def _numbers(settings: Run) -> np.ndarray:
    """The numbers of a batch's runs.

    Raises
    ------
    SimError
        Beyond those that the generator counts.
    """
    last = settings.first + settings.runs
    if last > _MOST_NUMBERS:
        allowed = f"first and runs up to {_MOST_NUMBERS:,} in sum"
        raise SimError("no such runs", key="run.first", given=settings.first, allowed=allowed)
    return np.arange(settings.first, last)


def _simulate(
    scenario: Scenario,
    settings: Run,
    numbers: np.ndarray,
    weekly: int,
    engine: str = "ensemble",
    strategies: dict[str, Strategy] | None = None,
    progress: Progress | None = None,
    logs: Logs | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    if engine == "mesa":
        from sim.model import simulate as simulate_agents

        return simulate_agents(
            scenario, numbers, settings.seed, weekly=weekly, strategies=strategies, logs=logs
        )
    return _in_blocks(flatten(scenario), numbers, settings, weekly, progress, logs)


def _in_blocks(
    params: Params,
    numbers: np.ndarray,
    settings: Run,
    weekly: int,
    progress: Progress | None,
    logs: Logs | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """What the ensemble gives, asked for in blocks, so that an interruption loses one block at most.

    Raises
    ------
    Stopped
        On Ctrl-C, with the blocks that were done.
    """
    from sim.ensemble.execute import available_threads, simulate
    from sim.rules.measures import RUN, WEEK

    count, horizon = len(numbers), int(params.record["calendar"]["horizon_weeks"])
    outs, series = np.zeros(count, RUN), np.zeros((weekly, horizon), WEEK)
    block = _BLOCK * (settings.threads or available_threads())
    done = 0
    try:
        for start in range(0, count, block):
            part = numbers[start : start + block]
            kept = max(0, min(len(part), weekly - start))
            outs[start : start + block], weeks = simulate(
                params,
                np.zeros(len(part), np.int64),
                part,
                settings.seed,
                weekly=kept,
                threads=settings.threads,
                progress=_counted(progress, start, count),
                logs=logs,
            )
            if kept:
                series[start : start + kept] = weeks
            done = start + len(part)
    except KeyboardInterrupt:
        raise Stopped(outs[:done], series[:done]) from None
    return outs, series


def _counted(progress: Progress | None, before: int, total: int) -> Progress | None:
    """A progress of a block as one of the whole."""
    if progress is None:
        return None
    return lambda done, _: progress(before + done, total)


def _weeks(scenario: Scenario, settings: Run, weekly: int) -> pd.DataFrame | None:
    """The weekly quantiles of the first runs of a batch."""
    if not weekly:
        return None
    _, series = _simulate(scenario, settings, _numbers(settings)[:weekly], weekly)
    start = scenario.calendar.start
    return weeks_table(series, flatten(scenario), start, settings.weeks, settings.first)


def _remade(part: Results, key: str, done: str) -> Run:
    """The settings of a result of which runs are computed again, with the same bits."""
    settings = part.manifest.run
    if settings is None or part.sweep is not None or part.manifest.strategies:
        what = "strategies in Python" if part.manifest.strategies else part.manifest.verb
        raise SimError(f"not a run that can be {done}", key=key, given=what, allowed="sim.run")
    refuse_other_rules(part.manifest, key)
    return settings


def _check_following(before: Results, after: Results, batch: Run, more: Run) -> None:
    """Refuse results that are not consecutive runs of the same."""
    if after.scenario != before.scenario or after.manifest.rules != before.manifest.rules:
        what = "scenario" if after.scenario != before.scenario else "rules"
        raise SimError(f"of another {what}", key="join", given=after.title)
    for name in ("seed", "weeks", "engine"):
        if getattr(batch, name) != getattr(more, name):
            raise SimError(
                f"of another {name}",
                key="join",
                given=getattr(more, name),
                allowed=str(getattr(batch, name)),
            )
    if more.first != batch.first + batch.runs:
        cure = f"sim.run(first={batch.first + batch.runs}, ...)"
        raise SimError("not the runs that follow", key="join", given=more.first, cure=cure)


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
        return min(settings.runs, MOST_WEEKLY_RUNS)
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
