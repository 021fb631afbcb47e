"""A sweep from ``configs/sweep`` or from a file that someone handed over, and the scenario that it
moves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.batch.others import is_parameters
from sim.batch.read import build_sweep
from sim.batch.sweep import Sweep
from sim.config.check import build
from sim.config.compose import SHORTCUTS, path_of, settle
from sim.config.errors import SimError
from sim.config.locate import configs_folder
from sim.config.options import SCENARIOS, SWEEPS, groups, read_option
from sim.config.overrides import Names, Override, option_of, read_overrides
from sim.config.scenario import Scenario
from sim.config.tree import Source, Tree, located
from sim.config.yaml import Plain, read_yaml
from sim.sheets import SUFFIXES, Sheet, read_sheet

__all__ = ["DEFAULT_SWEEP", "around", "load_sweep", "sweep_of"]

DEFAULT_SWEEP = "linkage_by_deadline"
_MOST_NAME = 40  # letters of a sweep that is called after its file
_NAMES = Names(Scenario, {"sweep": Sweep}, shortcuts=SHORTCUTS)


def load_sweep(
    name: str | Path, scenario: Scenario | None = None, overrides: Sequence[str] = ()
) -> tuple[Sweep, Scenario]:
    """A named sweep of ``configs/sweep``, or one of a file, and the scenario it moves (London unless
    given).

    Raises
    ------
    SimError
        Bad input, each named with its setting.
    """
    if isinstance(name, Path) or name.lower().endswith((".yaml", ".yml", ".json", *SUFFIXES)):
        read = [Override("shortcut", "sweep_file", (str(name),), ())]
        read += read_overrides(overrides, _NAMES)
    else:
        read = read_overrides([f"sweep={name}", *overrides], _NAMES)
    if scenario is None:
        tree, plain = settle(Scenario, around(read))
        scenario = located(tree, lambda: build(Scenario, plain))
    return sweep_of(read, scenario), scenario


def around(read: Sequence[Override]) -> list[Override]:
    """The overrides with the scenario that the sweep names, where none of them chooses one."""
    if any(override.key in (SCENARIOS, "file") for override in read):
        return list(read)
    given = next(
        (o.value for o in read if o.key == "sweep.scenario"), _file(read)[1].values.get("scenario")
    )
    if not given:
        return list(read)
    option = option_of(groups(Scenario)[SCENARIOS], "sweep.scenario", given)
    return [Override("group", SCENARIOS, (option,), (f"scenario={option}",)), *read]


def sweep_of(read: Sequence[Override], scenario: Scenario) -> Sweep:
    """The sweep that overrides name and change, around ``scenario``."""
    source, plain = _file(read)
    values = deepcopy(plain.values)
    _settle_list(values, source)
    for override in read:
        if override.kind == "set" and override.key.startswith("sweep."):
            _set(values, override)
    by_hand = tuple(o.key for o in read if o.kind == "set")
    tree = Tree({}, (Source(SWEEPS, "", plain),), by_hand)
    try:
        return located(tree, lambda: build_sweep(values, scenario))
    except SimError as error:
        if not any(o.key == "sweep_file" for o in read):
            raise
        placed = [_placed(one, plain, by_hand) for one in (error.changed(others=()), *error.others)]
        raise SimError.together(placed) from None


def _placed(error: SimError, plain: Plain, by_hand: Sequence[str]) -> SimError:
    """An error with the file of the sweep, and the line or the row where others' words say it."""
    key = error.key or ""
    if "written in" in error.problem or plain.name in key or key in by_hand:
        return error
    return error.changed(problem=f"{error.problem} (in {_place(key, plain)})")


def _place(key: str, plain: Plain) -> str:
    """Where a file says what a sweep calls ``key``: a problem of SALib and parameters of EMA stand for
    factors.
    """
    inner = re.sub(r", no\. \d+.*", "", key.removeprefix("sweep."))
    factor = inner.removeprefix("factors.") if inner.startswith("factors.") else ""
    if isinstance(sheet := plain.values.get("uncertainties"), Sheet):
        column = next((name for name in sheet.columns if name.lower() == "name"), "")
        names = sheet.texts(column) if column else ()
        named = factor or inner.removeprefix("uncertainties.")
        row = next((n for n, name in enumerate(names) if _begins(named, name)), None)
        return sheet.where(column, row) if row is not None else plain.name
    alike = [inner, inner.removeprefix("problem.")]
    alike += [f"{part}.{factor}" for part in ("uncertainties", "levers") if factor]
    alike += ["problem.names", "names"] if factor else []
    for name in alike:
        while name:
            if name in plain.lines:
                return f"{plain.name}:{plain.lines[name]}"
            name = name.rpartition(".")[0]
    return plain.name


def _begins(name: str, with_this: str) -> bool:
    return bool(with_this) and (name == with_this or name.startswith(f"{with_this}."))


def _set(values: dict[str, Any], override: Override) -> None:
    name = override.key.split(".")[1]
    if name == "factors":
        cure = "write a sweep of your own: sweep_file=my_sweep.yaml"
        raise SimError("factors stand in a file", key=override.key, cure=cure)
    node = values.get(name, {} if name == "stopping" else None)
    last = override.key.rpartition(".")[2]
    values[name] = {**node, last: override.value} if isinstance(node, dict) else override.value


def _file(read: Sequence[Override]) -> tuple[Path, Plain]:
    """The file that describes the sweep, and what stands in it."""
    choice = next((o.value for o in read if o.key == SWEEPS), None)
    path = next((path_of(o) for o in read if o.key == "sweep_file"), "")
    if path and choice:
        raise SimError("given twice", key="sweep_file", cure="give either sweep or sweep_file")
    if path:
        return Path(path), _described(Path(path))
    option = choice or DEFAULT_SWEEP
    return configs_folder() / SWEEPS / f"{option}.yaml", read_option(SWEEPS, option)


def _described(path: Path) -> Plain:
    """What a file says of a sweep: YAML or JSON, a table of parameters with their bounds, or a table
    of points.
    """
    name = re.sub(r"[^a-z0-9_-]+", "_", path.stem.lower()).strip("_-")[:_MOST_NAME] or "sweep"
    if path.suffix.lower() not in SUFFIXES:
        plain = read_yaml(path)
        named = plain.values.get("name", "") != ""
        return plain if named else replace(plain, values={**plain.values, "name": name})
    sheet = read_sheet(path)
    if is_parameters(sheet):
        return Plain({"name": name, "uncertainties": sheet}, str(path))
    return Plain({"name": name, "kind": "list", "file": path.name}, str(path))


def _settle_list(sweep: dict[str, Any], source: Path) -> None:
    """The file of a list stands beside the sweep that names it, and nowhere else."""
    name = sweep.get("file")
    if isinstance(name, str) and name:
        if Path(name).name != name or not name.isprintable():
            cure = "a bare file name, or sweep.file=PATH"
            raise SimError("not a file beside the sweep", key="sweep.file", given=name, cure=cure)
        sweep["file"] = str(source.parent / name)
