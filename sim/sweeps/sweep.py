"""A sweep from its plan to its result: a new one, or one that goes on where it stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.config.compose import scenario_to_plain, write_scenario_yaml
from sim.config.errors import MACHINE, SimError, nearest
from sim.config.groups.outcomes import Run
from sim.config.groups.sweep import Sweep
from sim.config.params import flatten
from sim.config.render import to_plain
from sim.config.schema import Scenario
from sim.config.sweeps import build_sweep, sweep_to_plain
from sim.config.validate import build, check_scenario
from sim.results.files import content_hash
from sim.results.manifest import make_manifest, write_manifest
from sim.results.results import Results
from sim.results.tables import column_notes
from sim.rules.compiled import source_hash
from sim.rules.measures import OUTCOMES
from sim.sweeps.chunks import CHUNK_RUNS
from sim.sweeps.design import Design, check_design, make_design
from sim.sweeps.execute import Progress, execute
from sim.sweeps.store import PLAN, Store

__all__ = ["check_measures", "prepare", "resume", "run_sweep"]

_LIST = "design.parquet"


def prepare(sweep: Sweep, scenario: Scenario) -> Design:
    """The design of a sweep, tried on the schema and the list of measures.

    Raises
    ------
    SimError
        A measure that no run has, a list that cannot be read, values that contradict one another.
    """
    check_measures(sweep, scenario)
    design = make_design(sweep, scenario)
    check_design(design, scenario)
    return design


def check_measures(sweep: Sweep, scenario: Scenario) -> None:
    """Refuse a measure that no run has."""
    known = {*OUTCOMES, *column_notes(flatten(scenario))} - {"run", "point", "week", "date"}
    wanted = (*sweep.measures, *((sweep.stopping.measure,) if sweep.stopping else ()))
    for name in wanted:
        if name not in known:
            raise SimError(
                "no such measure", key="sweep.measures", given=name, allowed="an outcome or a column of runs",
                suggestion=nearest(name, known),
            )  # fmt: skip


def run_sweep(
    design: Design, scenario: Scenario, run: Run, folder: Path, *, overrides: tuple[str, ...] = (), progress: Progress | None = None
) -> Results:
    """Run a prepared sweep into an empty folder."""
    plan = {
        "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "scenario": scenario_to_plain(scenario),
        "sweep": sweep_to_plain(design.sweep),
        "run": to_plain(run),
        "overrides": list(overrides),
        "chunk": CHUNK_RUNS,
        "rules": source_hash(),
    }
    if design.table is not None:
        pd.DataFrame(dict(design.table)).to_parquet(folder / _LIST, index=False)
        plan["sweep"]["file"] = _LIST
    store = Store.create(folder, plan)
    write_scenario_yaml(scenario, folder / "scenario.yaml")
    return _go_on(store, plan, design, scenario, progress)


def resume(folder: Path | str, progress: Progress | None = None) -> Results:
    """Go on with a sweep that was stopped; one that is complete is only read.

    Raises
    ------
    SimError
        No sweep there, one at work, or one begun with other rules than this version's.
    """
    store = Store(Path(folder))
    plan = store.plan()
    if plan["rules"] != source_hash():
        raise SimError(
            "begun with other rules than this version's", key=str(folder), cure="use the version that began it, or begin anew",
            exit_code=MACHINE,
        )  # fmt: skip
    scenario = build(Scenario, plan["scenario"], "scenario")
    check_scenario(scenario)
    described = dict(plan["sweep"])
    if described["file"]:
        described["file"] = str(store.folder / described["file"])
    design = make_design(build_sweep(described, scenario), scenario)
    return _go_on(store, plan, design, scenario, progress)


def _go_on(
    store: Store, plan: Mapping[str, Any], design: Design, scenario: Scenario, progress: Progress | None
) -> Results:
    run = build(Run, plan["run"], "run")
    with store.lock():
        execute(design, scenario, run.seed, store, threads=run.threads, size=int(plan["chunk"]), progress=progress)
        manifest = make_manifest(
            verb="sweep", scenario=plan["scenario"], run=plan["run"], sweep=plan["sweep"], overrides=tuple(plan["overrides"]),
            engine="ensemble", started=dt.datetime.fromisoformat(plan["started"]),
        )  # fmt: skip
        manifest["design"] = list(design.names)
        manifest["content"] = {"runs": content_hash(store.parts())}
        manifest["plan"] = PLAN
        complete = write_manifest(manifest, store.folder)
    return Results(scenario, complete, folder=store.folder)
