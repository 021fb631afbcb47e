"""A sweep from its plan to its result: a new one, or one that is resumed."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sim.batch import Run
from sim.batch.read import build_sweep, check_contrast, sweep_to_plain
from sim.batch.sweep import Sweep
from sim.batch.work import Work
from sim.config.check import build, to_plain
from sim.config.compose import write_scenario
from sim.config.errors import MACHINE, SimError, nearest
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.config.yaml import to_yaml, write_text
from sim.results.codebook import write_codebook
from sim.results.columns import column_notes
from sim.results.files import PARTS, content_hash, read_notes, write_table
from sim.results.folder import cleared_on_failure
from sim.results.manifest import (
    NAME,
    changed_files,
    make_manifest,
    read_manifest,
    without_places,
    write_manifest,
)
from sim.results.reader import Plain
from sim.results.record import LIST
from sim.results.regular import open_regular
from sim.results.results import Results, load_results
from sim.rules.compiled import source_hash
from sim.sweeps.chunks import chunk_size, count_chunks, tiling
from sim.sweeps.design import Design, check_design, make_design, work_of_design
from sim.sweeps.execute import check_parts, execute
from sim.sweeps.parts import Progress, sweep_notes
from sim.sweeps.store import PLAN, Plan, Store
from sim.vocabulary import OUTCOMES

__all__ = [
    "check_measures",
    "prepare",
    "recorded_sweep",
    "resume",
    "run_sweep",
    "work_planned",
]


def prepare(sweep: Sweep, scenario: Scenario) -> Design:
    """The design of a sweep, checked against the schema and the list of measures.

    Raises
    ------
    SimError
        A measure that no run has, a list that cannot be read, values that contradict one another.
    """
    check_measures(sweep, scenario)
    design = make_design(sweep, scenario)
    check_contrast(
        sweep,
        [
            name
            for name in design.names
            if not (name in sweep.factors and sweep.factors[name].same_as)
        ],
    )
    check_design(design, scenario)
    return design


def work_planned(folder: Path | str) -> tuple[Work, float]:
    """What a stopped sweep takes in all, and the share of it that is left by the names of its parts.

    The names say how long it will be, never how much may be asked for: a stranger's folder can hold
    any.

    Raises
    ------
    SimError
        As :func:`resume`.
    """
    store, plan, scenario, sweep = _opened(folder)
    work = work_of_design(sweep, scenario)
    points = max(1, work.runs // (sweep.stopping.most_runs if sweep.stopping else sweep.runs))
    parts = count_chunks(sweep, points, plan.chunk)
    left = max(0.0, 1.0 - store.kept() / parts)
    return replace(work, disk=work.disk * left), left


def check_measures(sweep: Sweep, scenario: Scenario) -> None:
    """Refuse a measure that no run has."""
    known = {*OUTCOMES, *column_notes(flatten(scenario))} - {"run", "point", "week", "date"}
    stopping = (sweep.stopping.measure,) if sweep.stopping else ()
    for key, name in [
        *(("measures", name) for name in (*sweep.measures, *stopping)),
        *(("focus", name) for name in sweep.focus),
    ]:
        if name not in known:
            raise SimError(
                "no such measure",
                key=f"sweep.{key}",
                given=name,
                allowed="an outcome or a column of runs",
                suggestion=nearest(name, known),
            )


def run_sweep(
    design: Design,
    scenario: Scenario,
    run: Run,
    folder: Path,
    *,
    overrides: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> Results:
    """Run a prepared sweep into an empty folder. The folder is removed where the sweep ends before
    its first part.
    """
    described = design.sweep
    if design.table is not None:
        described = replace(described, file=LIST, labels=tuple(design.labels))
    plan = Plan(
        started=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        scenario=to_plain(scenario),
        sweep=sweep_to_plain(described),
        run=run,
        overrides=tuple(without_places(overrides)),
        chunk=chunk_size(design.sweep, design.rows),
        rules=source_hash(),
    )
    store = Store(folder)
    with cleared_on_failure(folder, keep=lambda: store.kept() > 0):
        if design.table is not None:
            notes = sweep_notes(design.names, flatten(scenario))
            notes |= {name: {"label": name, "unit": "words"} for name in design.labels}
            write_table(pd.DataFrame({**design.table, **design.labels}), folder / LIST, notes)
        store.create(plan)
        write_scenario(scenario, folder / "scenario.yaml")
        head = "# The design of this sweep: tariffsim sweep sweep_file=sweep.yaml file=scenario.yaml\n\n"
        write_text(folder / "sweep.yaml", head + to_yaml(plan.sweep))
        return _go_on(store, plan, design, scenario, run, progress)


def resume(
    folder: Path | str,
    progress: Progress | None = None,
    *,
    threads: int = 0,
    executor: str = "local",
    address: str = "",
) -> Results:
    """Resume a sweep that was stopped, here or on a cluster; one that is complete is only read.

    Raises
    ------
    SimError
        There is no sweep, it is still running, or it was started with the rules of another version.
    """
    store, plan, scenario, sweep = _opened(folder)
    design = prepare(sweep, scenario)
    if _is_complete(store, plan, design):
        return load_results(store.folder)
    run = replace(plan.run, threads=threads, executor=executor, address=address)
    return _go_on(store, plan, design, scenario, build(Run, run, "run"), progress)


def _opened(folder: Path | str) -> tuple[Store, Plan, Scenario, Sweep]:
    """A stopped sweep: where its parts are, its plan, and the scenario and sweep of that plan."""
    store = Store(Path(folder))
    plan = store.plan()
    if plan.rules != source_hash():
        raise SimError(
            "started with the rules of another version",
            key=str(folder),
            cure="use the version that started it, or start a new sweep",
            exit_code=MACHINE,
        )
    scenario = build(Scenario, plan.scenario, "scenario")
    return store, plan, scenario, recorded_sweep(plan.sweep, store.folder, scenario)


def _is_complete(store: Store, plan: Plan, design: Design) -> bool:
    """Whether there is nothing left to compute: a manifest, every part, and no byte of plan and
    parts that was changed since.

    Raises
    ------
    SimError
        A part of another plan.
    """
    if not (store.folder / NAME).exists():
        return False
    pieces = {piece.number: piece for piece in tiling(design.sweep, design.rows, plan.chunk)}
    there = store.done()
    if len(there) < len(pieces):
        return False
    manifest = read_manifest(store.folder / NAME)
    # parts of older versions say nothing of their plan
    check_parts(
        there.values(), pieces, design, _hash_of(plan, design) if manifest.plan_hash else ""
    )
    changed = changed_files(store.folder, manifest, (f"{PARTS}/", PLAN, LIST))
    return not changed


def _hash_of(plan: Plan, design: Design) -> str:
    table = design.table
    return plan.hash("" if table is None else content_hash([pd.DataFrame(dict(table))]))


def recorded_sweep(plain: Plain, folder: Path, scenario: Scenario) -> Sweep:
    """The sweep that a plan or manifest records. The file of a list must be in the folder of the
    result.

    Raises
    ------
    SimError
        The list is elsewhere or missing, or this version refuses the sweep.
    """
    if plain.get("file") not in ("", None, LIST):
        raise SimError(
            "not the list of points of this result",
            key="sweep.file",
            given=plain["file"],
            allowed=LIST,
        )
    if plain.get("file"):
        try:
            open_regular(folder, LIST).close()
        except FileNotFoundError:
            cure = "give the complete folder, or the bundle"
            raise SimError("the list of points is missing", key=LIST, cure=cure) from None
    return build_sweep(
        {**plain, "file": str(folder / LIST) if plain.get("file") else ""},
        scenario,
        recorded=True,
    )


def _go_on(
    store: Store,
    plan: Plan,
    design: Design,
    scenario: Scenario,
    run: Run,
    progress: Progress | None,
) -> Results:
    described = build_sweep(plan.sweep, scenario, recorded=True)
    with store.lock(), _resumable(store):
        hashed = _hash_of(plan, design)
        parts = execute(
            design, scenario, run, store, plan=hashed, size=plan.chunk, progress=progress
        )
        content = {"runs": content_hash(parts)}
        manifest = make_manifest(
            verb="sweep",
            scenario=plan.scenario,
            run=plan.run,
            sweep=described,
            overrides=plan.overrides,
            engine="ensemble",
            started=dt.datetime.fromisoformat(plan.started),
        )
        write_codebook(store.folder, {"runs": read_notes(store.folder / PARTS)})
        manifest = replace(
            manifest, design=design.names, content=content, plan=PLAN, plan_hash=hashed
        )
        complete = write_manifest(manifest, store.folder)
    store.unlocked()
    return Results(scenario, complete, sweep=described, folder=store.folder)


@contextlib.contextmanager
def _resumable(store: Store) -> Iterator[None]:
    """Say how to resume where the block is interrupted or the machine fails after the first
    part.
    """
    try:
        yield
    except KeyboardInterrupt:
        parts = store.kept()
        kept = (
            f"; {parts} finished parts are kept\n  to continue: tariffsim sweep resume={store.folder}"
            if parts
            else ""
        )
        raise KeyboardInterrupt(f"interrupted{kept}") from None
    except SimError as error:
        if error.exit_code == MACHINE and store.kept():
            go_on = f"tariffsim sweep resume={store.folder} continues with the finished parts"
            error.cure = f"{error.cure}; {go_on}" if error.cure else go_on
            error.args = (error.message,)
        raise
