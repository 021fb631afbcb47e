"""Tables that a scenario names: read where the scenario is read, so that a scenario holds their rows.

A scenario file names a table that stands beside it, and nothing else on the machine; a command line
and Python name any path. A recorded scenario has rows and no names, so a result is made again
without the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.config.errors import SimError

__all__ = ["with_tables"]

_READERS = {
    "shocks.chronology": ("sim.sheets.dated", "read_chronology"),
    "economy.tariff_path": ("sim.sheets.dated", "read_tariff_path"),
    "transcript": ("sim.sheets.transcript", "read_transcript"),
}


def with_tables(
    plain: Mapping[str, Any], beside: Path | None = None, group: str = ""
) -> dict[str, Any]:
    """Plain data of a scenario with the rows of the tables that it names.

    Parameters
    ----------
    plain
        Nested data, or those of one config ``group``; they are not modified.
    beside
        The folder of the file that says so, for data from a file: its tables are there.
    group
        The config group whose data they are; empty for a whole scenario's.

    Raises
    ------
    SimError
        A table that cannot be read, or a file that names one elsewhere.
    """
    made = dict(plain)
    for name in _READERS:
        head, _, last = name.partition(".")
        if group and (group != head or not last):
            continue
        if group:
            _settle(made, last, name, beside)
        elif last and isinstance(made.get(head), Mapping):
            inner = dict(made[head])
            _settle(inner, last, name, beside)
            made[head] = inner
        _settle(made, name, name, beside)
    return made


def _settle(node: dict[str, Any], key: str, name: str, beside: Path | None) -> None:
    given = node.get(key)
    if not isinstance(given, str) or not given:
        return
    path = Path(given)
    if beside is not None:
        if path.name != given or not given.isprintable():
            cure = f"a bare file name, or {name}=PATH on the command line"
            raise SimError("not a file beside the scenario", key=name, given=given, cure=cure)
        path = beside / given
    # by name: settings know nothing of tables, which are read by settings' own checks
    room, reader = _READERS[name]
    read: Callable[[Path], list[Any]] = getattr(import_module(room), reader)
    node[key] = read(path)
