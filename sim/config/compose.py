"""Two doors to a scenario: our own config groups through Hydra, and files from anyone through the strict reader.

Hydra composes the groups; the settings of the command line come last; the whole is validated once. A file handed over is
plain data (:mod:`sim.config.plain`) and goes through the same validation. Nothing here runs a model or writes outside the
path it is given.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.config.batch import check_batch, default_runs
from sim.config.check import build, changed, check_value, to_plain
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting
from sim.config.groups.outcomes import Figures, Run
from sim.config.groups.sweep import Sweep
from sim.config.locate import configs_folder
from sim.config.overrides import Override, option_of, read_overrides
from sim.config.scenario import Everything, Scenario
from sim.config.sweeps import build_sweep
from sim.config.tree import SCENARIOS, SWEEPS, Source, Tree, compose_groups, located, read_option, refuse_clash
from sim.config.write import write_text
from sim.config.yaml import Plain, read_yaml, to_yaml

__all__ = [
    "Job",
    "compose_job",
    "compose_jobs",
    "load",
    "load_sweep",
    "read_scenario_yaml",
    "write_scenario_yaml",
]

VERBS = ("run", "sweep", "tournament", "validate", "export")
DEFAULT_SWEEP = "linkage_by_deadline"
MOST_JOBS = 1_000
_BATCH = ("run", "figures", "sweep")
_SIGNS = {"set": "", "add": "+", "remove": "~"}


@dataclass(frozen=True)
class Job:
    """One batch of runs or one sweep, ready to execute.

    ``overrides`` is what was written after the verb; ``folder`` the result folder where it is fixed beforehand (a job of a
    multirun), else None.
    """

    verb: str
    scenario: Scenario
    run: Run
    figures: Figures
    sweep: Sweep | None = None
    overrides: tuple[str, ...] = ()
    folder: Path | None = None


def load(*overrides: str, file: Path | str | None = None) -> Scenario:
    """The scenario that overrides describe: ``load("scenario=london", "truce.length_weeks=26")``.

    Parameters
    ----------
    overrides
        Group choices and settings in Hydra's syntax; the settings of a run, its figures and sweeps do not belong here.
    file
        A ``scenario.yaml`` to start from instead of the config groups.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    read = read_overrides(overrides)
    for override in read:
        if override.key.split(".")[0] in (*_BATCH, "sweep_file"):
            cure = "hand it to sim.run or sim.sweep: sim.run(scenario, runs=1000, seed=1)"
            raise SimError("not part of a scenario", key=override.key, cure=cure)
    if file is not None:
        read.append(Override("shortcut", "file", (str(file),), ()))
    return _scenario(*_settled(read))


def load_sweep(name: str, scenario: Scenario | None = None, overrides: Sequence[str] = ()) -> tuple[Sweep, Scenario]:
    """A named sweep of ``configs/sweep`` and the scenario it moves (London unless given)."""
    job = compose_job("sweep", [f"sweep={name}", *overrides])
    if scenario is None:
        assert job.sweep is not None
        return job.sweep, job.scenario
    return _sweep(read_overrides([f"sweep={name}", *overrides]), scenario), scenario


def compose_job(verb: str, overrides: Sequence[str], folder: Path | None = None) -> Job:
    """The job that one command line describes.

    Parameters
    ----------
    verb
        ``run``, ``sweep``, ``tournament``, ``validate`` or ``export``; see :mod:`sim.config.batch` for what each uses.
    overrides
        What stands after the verb, without options and the verb's own words.
    folder
        The result folder, where it is fixed beforehand.

    Raises
    ------
    SimError
        Bad input, named with its key.
    """
    if verb not in VERBS:
        raise SimError("no such verb", key="verb", given=verb, allowed=VERBS, suggestion=nearest(verb, VERBS))
    return _job(verb, read_overrides(overrides), tuple(overrides), folder)


def compose_jobs(verb: str, overrides: Sequence[str]) -> list[Job]:
    """Every job of a multirun, validated, in Hydra's order.

    Raises
    ------
    SimError
        Bad input in any of them, or too many.
    """
    read = [override for override in read_overrides(overrides, multirun=True) if override.kind != "launcher"]
    choices = [[_one(override, n) for n in range(max(1, len(override.values)))] for override in read]
    jobs = 1
    for options in choices:
        jobs *= len(options)
    if jobs > MOST_JOBS:
        raise SimError(
            "too many jobs", given=jobs, allowed=f"at most {MOST_JOBS:,}", cure="a sweep takes designs of any size"
        )
    made = []
    for combination in itertools.product(*choices):
        texts = tuple(text for override in combination for text in override.texts)
        made.append(_job(verb, list(combination), texts, None))
    return made


def _one(override: Override, n: int) -> Override:
    if not override.values:
        return override
    return Override(override.kind, override.key, override.values[n : n + 1], override.texts[n : n + 1])


def _job(verb: str, read: list[Override], texts: tuple[str, ...], folder: Path | None) -> Job:
    chosen = any(override.key.split(".")[0] in ("sweep", "sweep_file") for override in read)
    if verb != "sweep" and chosen:
        raise SimError("only a sweep has a design", key="sweep", cure="use the verb sweep: tariffsim sweep …")
    tree, plain = _settled(_around(read) if verb == "sweep" else read)
    scenario = _scenario(tree, plain)
    given = {override.key for override in read if override.kind == "set"}
    counted = "run.runs" in given or any(override.key == "run" for override in read)
    if not counted:
        plain["run"]["runs"] = default_runs(verb)
    run = located(tree, lambda: build(Run, plain["run"], "run"))
    figures = located(tree, lambda: build(Figures, plain["figures"], "figures"))
    check_batch(verb, run, figures, given)
    sweep = _sweep(_runs_per_point(read, run.runs if counted else None), scenario) if verb == "sweep" else None
    return Job(verb, scenario, run, figures, sweep, texts, folder)


def _runs_per_point(read: list[Override], runs: int | None) -> list[Override]:
    """Of a sweep, ``runs=20`` (or ``run=quick``) is the number of runs at each point."""
    if runs is None:
        return read
    if any(override.key == "sweep.runs" for override in read):
        raise SimError("given twice", key="sweep.runs", cure="give either runs or sweep.runs")
    return [*read, Override("set", "sweep.runs", (runs,), (f"sweep.runs={runs}",))]


def _settled(read: Sequence[Override]) -> tuple[Tree, dict[str, Any]]:
    """The tree that the group choices compose to, and a copy with the settings applied."""
    shortcuts = {override.key: _path(override) for override in read if override.kind == "shortcut"}
    chosen = tuple((o.key, o.value) for o in read if o.kind == "group" and o.key != "sweep")
    if shortcuts.get("file"):
        tree = _from_file(shortcuts["file"], chosen)
    else:
        tree = compose_groups(Everything, chosen)
        refuse_clash(Everything, tree, chosen, {override.key for override in read})
    settings = [o for o in read if o.kind in _SIGNS and o.key.split(".")[0] != "sweep"]
    plain = changed(Everything, tree.plain, {_signed(o): o.value for o in settings})
    if shortcuts.get("deadline"):
        if any(override.key == "truce.first_deadline_weeks" for override in read):
            raise SimError("given twice", key="deadline", cure="give either deadline or truce.first_deadline_weeks")
        _set_deadline(plain, shortcuts["deadline"])
    by_hand = tuple("truce.first_deadline_weeks" if o.key == "deadline" else o.key for o in read if o.kind != "group")
    return replace(tree, by_hand=by_hand), plain


def _path(override: Override) -> str:
    if not isinstance(override.value, str):
        raise SimError("not text", key=override.key, given=override.value)
    return override.value


def _signed(override: Override) -> str:
    forced = override.kind == "add" and override.texts[0].startswith("++")
    return ("++" if forced else _SIGNS[override.kind]) + override.key


def _scenario(tree: Tree, plain: Mapping[str, Any]) -> Scenario:
    settings = {name: value for name, value in plain.items() if name not in _BATCH}
    return located(tree, lambda: build(Scenario, settings))


def _from_file(path: str, chosen: tuple[tuple[str, str], ...]) -> Tree:
    for group, option in chosen:
        if group not in ("run", "figures"):
            cure = "a file is a whole scenario: change its settings one by one"
            raise SimError("no group can be chosen beside file=", key=group, given=option, cure=cure)
    batch = compose_groups(Everything, chosen)
    scenario = to_plain(read_scenario_yaml(path))
    return Tree(
        {**{name: batch.plain[name] for name in ("run", "figures")}, **scenario},
        (Source(SCENARIOS, "", read_yaml(path)),),
    )


def _set_deadline(plain: dict[str, Any], day: str) -> None:
    start = check_value(Setting("date"), plain["calendar"]["start"], "calendar.start")
    day = check_value(Setting("date"), day, "deadline")
    days = (dt.date.fromisoformat(day) - dt.date.fromisoformat(start)).days
    if days <= 0:
        raise SimError(
            "the truce would end before it starts", key="deadline", given=day, allowed=f"after {start} (calendar.start)"
        )
    plain["truce"]["first_deadline_weeks"] = -(-days // 7)


def _around(read: list[Override]) -> list[Override]:
    """The overrides with the scenario that the sweep names, where the command line chooses none."""
    if any(override.key in ("scenario", "file") for override in read):
        return read
    given = next((o.value for o in read if o.key == "sweep.scenario"), _sweep_file(read)[1].values.get("scenario"))
    if not given:
        return read
    option = option_of("scenario", given, "sweep.scenario")
    return [Override("group", "scenario", (option,), (f"scenario={option}",)), *read]


def _sweep_file(read: Sequence[Override]) -> tuple[Path, Plain]:
    """The file that describes the sweep, and what stands in it."""
    choice = next((o.value for o in read if o.key == "sweep"), None)
    path = next((_path(o) for o in read if o.key == "sweep_file"), "")
    if path and choice:
        raise SimError("given twice", key="sweep_file", cure="give either sweep or sweep_file")
    if path:
        return Path(path), read_yaml(path)
    option = choice or DEFAULT_SWEEP
    return configs_folder() / SWEEPS / f"{option}.yaml", read_option(SWEEPS, option)


def _sweep(read: Sequence[Override], scenario: Scenario) -> Sweep:
    source, plain = _sweep_file(read)
    values = {"sweep": deepcopy(plain.values)}
    _settle_list(values["sweep"], source)
    for override in read:
        if override.kind == "set" and override.key.startswith("sweep."):
            name = override.key.removeprefix("sweep.").split(".")[0]
            if name == "factors":
                raise SimError(
                    "factors stand in a file",
                    key=override.key,
                    cure="write a sweep of your own: sweep_file=my_sweep.yaml",
                )
            values["sweep"].setdefault(name, {} if name == "stopping" else None)
            node = values["sweep"][name]
            if isinstance(node, dict):
                values["sweep"][name] = {**node, override.key.rpartition(".")[2]: override.value}
            else:
                values["sweep"][name] = override.value
    tree = Tree({}, (Source(SWEEPS, "", plain),), tuple(o.key for o in read if o.kind == "set"))
    return located(tree, lambda: build_sweep(values["sweep"], scenario))


def _settle_list(sweep: dict[str, Any], source: Path) -> None:
    """The file of a list stands beside the sweep that names it, and nowhere else."""
    name = sweep.get("file")
    if isinstance(name, str) and name:
        if Path(name).name != name or not name.isprintable():
            raise SimError(
                "not a file beside the sweep", key="sweep.file", given=name, cure="a bare file name, or sweep.file=PATH"
            )
        sweep["file"] = str(source.parent / name)


def read_scenario_yaml(path: Path | str) -> Scenario:
    """A scenario from a file handed over; settings left out keep London's values.

    Raises
    ------
    SimError
        Anything but plain, known, valid settings, with the file and line.
    """
    plain = read_yaml(path)
    tree = Tree({}, (Source(SCENARIOS, "", plain),))
    for part in _BATCH:
        if part in plain.values:
            cure = f"set {part}.… on the command line; tariffsim run --cfg scenario prints a scenario alone"
            raise SimError("not part of a scenario", key=f"{plain.where(part)}: {part}", cure=cure)

    return located(tree, lambda: build(Scenario, plain.values, whole=True))


def write_scenario_yaml(scenario: Scenario, path: Path | str) -> None:
    """Write a scenario so that :func:`read_scenario_yaml` gives back an equal one; whole or not at all.

    Raises
    ------
    SimError
        ``MACHINE`` when the file cannot be written.
    """
    head = f"# {scenario.title}\n# Plain data: tariffsim run file={Path(path).name}\n\n".replace("\r", " ")
    write_text(path, head + to_yaml(to_plain(scenario)))
