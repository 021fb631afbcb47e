"""Two doors to a scenario: our own config groups through Hydra, and files from anyone through the strict reader.

Hydra composes the groups; the settings of the command line come last; the whole is validated once. A file handed over is
plain data (:mod:`sim.config.plain`) and goes through the same validation. Nothing here runs a model or writes outside the
path it is given.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.config.batch import check_batch, default_runs
from sim.config.door import remember
from sim.config.errors import SimError, nearest
from sim.config.fields import Field
from sim.config.groups.outcomes import Figures, Run
from sim.config.groups.sweep import Sweep
from sim.config.locate import configs_folder
from sim.config.overrides import Override, groups, option_of, read_overrides
from sim.config.plain import Plain, read_plain
from sim.config.render import to_plain, to_yaml, write_text
from sim.config.schema import Scenario
from sim.config.sweeps import build_sweep
from sim.config.tree import Tree, compose_groups, located, refuse_clash
from sim.config.validate import build, check_run, check_scenario, check_value, with_values

__all__ = [
    "Job",
    "compose_job",
    "compose_jobs",
    "load",
    "load_sweep",
    "read_scenario_yaml",
    "scenario_to_plain",
    "with_values",
    "write_scenario_yaml",
]

VERBS = ("run", "sweep", "tournament", "validate", "export")
DEFAULT_SWEEP = "linkage_by_deadline"
MOST_JOBS = 1_000
_BATCH = ("run", "figures", "sweep")
_SHORTCUTS = ("file", "sweep_file", "deadline")


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
    check_run(run)
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
        tree = compose_groups(chosen)
        refuse_clash(tree, chosen, {override.key for override in read})
    plain = _copy(tree.plain)
    for override in read:
        if override.key.split(".")[0] != "sweep":
            _apply(plain, override)
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


def _copy(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _copy(item) for name, item in node.items()}
    return [_copy(item) for item in node] if isinstance(node, list) else node


def _scenario(tree: Tree, plain: Mapping[str, Any]) -> Scenario:
    settings = {name: value for name, value in plain.items() if name not in (*_BATCH, *_SHORTCUTS)}
    return located(tree, lambda: _checked(settings))


def _checked(settings: Mapping[str, Any]) -> Scenario:
    scenario = build(Scenario, settings)
    check_scenario(scenario)
    return remember(scenario)


def _from_file(path: str, chosen: tuple[tuple[str, str], ...]) -> Tree:
    for group, option in chosen:
        if group not in ("run", "figures"):
            cure = "a file is a whole scenario: change its settings one by one"
            raise SimError("no group can be chosen beside file=", key=group, given=option, cure=cure)
    batch = compose_groups(chosen)
    scenario = scenario_to_plain(read_scenario_yaml(path))
    return Tree({**{name: batch.plain[name] for name in ("run", "figures")}, **scenario}, (("", read_plain(path)),))


def _apply(plain: dict[str, Any], override: Override) -> None:
    if override.kind not in ("set", "add", "remove"):
        return
    *parents, last = override.key.split(".")
    node: Any = plain
    for depth, part in enumerate(parents):
        if override.kind == "add" and isinstance(node, dict) and part not in node:
            node[part] = {}
        if not isinstance(node, dict) or part not in node:
            raise _absent(override, node, ".".join(parents[:depth]), part)
        node = node[part]
    if override.kind != "add" and (not isinstance(node, dict) or last not in node):
        raise _absent(override, node, ".".join(parents), last)
    if override.kind == "add" and last in node and not override.texts[0].startswith("++"):
        raise SimError("exists already", key=override.key, cure="leave the + out to change it")
    if override.values == ({},) and override.kind == "set":
        raise SimError("changes nothing", key=override.key, given="{}", cure="name the settings to change")
    chosen = override.key.replace(".", "/")
    if override.kind == "set" and chosen in groups() and isinstance(node[last], dict) and not isinstance(override.value, dict):  # fmt: skip
        raise SimError(
            "a group of settings, not one value", key=override.key, given=override.value, allowed=groups()[chosen],
            suggestion=f"{chosen}={nearest(str(override.value), groups()[chosen]) or groups()[chosen][0]}",
        )  # fmt: skip
    if override.kind == "remove":
        del node[last]
    elif isinstance(override.value, dict) and isinstance(node.get(last), dict):
        node[last] = _merged(node[last], override.value)
    else:
        node[last] = override.value


def _absent(override: Override, node: Any, parent: str, part: str) -> SimError:
    names = list(node) if isinstance(node, dict) else []
    near = nearest(part, names)
    suggestion = f"{parent}.{near}" if near and parent else near
    cure = (
        f"+{override.key}=… adds a new one"
        if override.kind == "set" and parent in ("issues", "shocks.events")
        else None
    )
    return SimError(f"{part} does not exist here", key=override.key, allowed=names, suggestion=suggestion, cure=cure)


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(old[name], new[name])
        for name in new
        if isinstance(old.get(name), dict) and isinstance(new[name], dict)
    }
    return {**old, **new, **both}


def _set_deadline(plain: dict[str, Any], day: str) -> None:
    start = check_value(Field("date"), plain["calendar"]["start"], "calendar.start")
    day = check_value(Field("date"), day, "deadline")
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
    source = Path(path) if path else configs_folder() / "sweep" / f"{choice or DEFAULT_SWEEP}.yaml"
    plain = read_plain(source)
    plain.name = str(source) if path else f"configs/sweep/{source.name}"
    return source, plain


def _sweep(read: Sequence[Override], scenario: Scenario) -> Sweep:
    source, plain = _sweep_file(read)
    values = {"sweep": _copy(plain.values)}
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
    tree = Tree({}, (("sweep.", plain),), tuple(o.key for o in read if o.kind == "set"))
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


def scenario_to_plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario as nested plain data, every setting written out."""
    plain: dict[str, Any] = to_plain(scenario)
    return plain


def read_scenario_yaml(path: Path | str) -> Scenario:
    """A scenario from a file handed over; settings left out keep London's values.

    Raises
    ------
    SimError
        Anything but plain, known, valid settings, with the file and line.
    """
    plain = read_plain(path)
    tree = Tree({}, (("", plain),))
    for part in _BATCH:
        if part in plain.values:
            cure = f"set {part}.… on the command line; tariffsim run --cfg scenario prints a scenario alone"
            raise SimError("not part of a scenario", key=f"{plain.where(part)}: {part}", cure=cure)

    def make() -> Scenario:
        scenario = build(Scenario, plain.values, whole=True)
        check_scenario(scenario)
        return scenario

    return located(tree, make)


def write_scenario_yaml(scenario: Scenario, path: Path | str) -> None:
    """Write a scenario so that :func:`read_scenario_yaml` gives back an equal one; whole or not at all.

    Raises
    ------
    SimError
        ``MACHINE`` when the file cannot be written.
    """
    head = f"# {scenario.title}\n# Plain data: tariffsim run file={Path(path).name}\n\n".replace("\r", " ")
    write_text(path, head + to_yaml(scenario_to_plain(scenario)))
