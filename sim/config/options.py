"""Our config groups and their options: what there is to choose, each file read once, strictly.

A group is a part of the scenario with a folder of options in ``configs/``; its option ``default``
has the values of the class, without a file. ``configs/side/`` serves both sides. No setting is
checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

from sim.config.check import to_plain
from sim.config.errors import SimError
from sim.config.fields import settings_of
from sim.config.locate import configs_folder
from sim.config.read_tables import with_tables
from sim.config.scenario import Scenario
from sim.config.yaml import Plain, read_yaml
from sim.vocabulary import SIDES

__all__ = [
    "SCENARIOS",
    "SWEEPS",
    "about",
    "bases",
    "forget_options",
    "groups",
    "is_declared",
    "option_values",
    "read_option",
]

DEFAULT = "default"
SCENARIOS, SWEEPS = "scenario", "sweep"
_FOLDERS = dict.fromkeys(SIDES, "side")


@cache
def groups(root: type) -> dict[str, tuple[str, ...]]:
    """Config group -> its options, sorted; ``root`` is the class that the groups are parts of."""
    names = [*_parts(root, ""), SCENARIOS, SWEEPS]
    return {
        group: tuple(sorted(_options(group)))
        for group in sorted(names, key=lambda name: name.split("/"))
    }


def _parts(cls: type, path: str) -> Iterator[str]:
    """Every part of the scenario that is a group: those at the top, and below them those with a
    folder.
    """
    for name, setting in settings_of(cls).items():
        group = f"{path}{name}"
        if setting.kind in ("group", "mapping") and (not path or _folder(group).is_dir()):
            yield group
            if setting.kind == "group":
                yield from _parts(setting.item, f"{group}/")


def _folder(group: str) -> Path:
    first, _, rest = group.partition("/")
    return configs_folder() / _FOLDERS.get(first, first) / rest


def _options(group: str) -> set[str]:
    own = {path.stem for path in _folder(group).glob("*.yaml")}
    return own | ({DEFAULT} if is_declared(group, DEFAULT) else set())


def read_option(group: str, option: str) -> Plain:
    """The file of an option, read once."""
    return _read(_folder(group) / f"{option}.yaml")


@cache
def _read(path: Path) -> Plain:
    plain = read_yaml(path, defaults=True)
    group = path.parent.name
    plain.values = with_tables(plain.values, path.parent, "" if group == SCENARIOS else group)
    plain.name = path.relative_to(configs_folder().parent).as_posix()
    return plain


def forget_options() -> None:
    """Read the options again at the next call."""
    for kept in (groups, _read):
        kept.cache_clear()


def is_declared(group: str, option: str) -> bool:
    """Whether an option has no file, but the values that its class declares."""
    return option == DEFAULT and group not in (SCENARIOS, SWEEPS)


def option_values(root: type, group: str, option: str) -> dict[str, Any]:
    """The content of an option, with the list of options that it builds on."""
    if is_declared(group, option):
        return _declared(root, group)
    plain = read_option(group, option)
    bases(root, group, plain)
    return plain.values


def _declared(root: type, group: str) -> dict[str, Any]:
    """The values that the class declares, without the groups below that have their own options."""
    node: Any = root()
    for name in group.split("/"):
        node = getattr(node, name)
    below = {
        name.removeprefix(f"{group}/") for name in groups(root) if name.startswith(f"{group}/")
    }
    return {name: value for name, value in to_plain(node).items() if name not in below}


def about(root: type, group: str, option: str) -> str:
    """The purpose of an option, in one line: the first sentence of its file's first comment."""
    if not is_declared(group, option):
        text = (_folder(group) / f"{option}.yaml").read_text(encoding="utf-8").splitlines()
        lines = [line for line in text if "@package" not in line]
        comment = takewhile(
            lambda line: line.startswith("# "),
            dropwhile(lambda line: not line.startswith("# "), lines),
        )
        words = " ".join(line[1:].strip() for line in comment)
        return re.split(r"(?<=[.?!])\s+(?=[A-Z])", words, maxsplit=1)[0]
    first, *rest = group.split("/")
    setting = settings_of(root)[first]
    for name in rest:
        setting = settings_of(setting.item)[name]
    return setting.meaning.rstrip(".") + (
        ": the values of the London scenario." if first in settings_of(Scenario) else ""
    )


def bases(root: type, group: str, plain: Plain) -> list[str]:
    """The options of the same group that a file builds on; its list may name our own groups
    only.
    """
    tree, found = groups(root), []
    entries = plain.values.get("defaults", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        for key, value in entry.items() if isinstance(entry, dict) else [(entry, None)]:
            words = str(key).removeprefix("override ").strip().lstrip("/")
            if value is None and words != "_self_":
                if words not in tree[group]:
                    raise _foreign(plain, words)
                found.append(words)
            if value is not None and str(value) not in tree.get(words, ()):
                raise _foreign(plain, f"{words}: {value}")
    return found


def _foreign(plain: Plain, words: str) -> SimError:
    return SimError(
        "a defaults list may name our own groups only", key=plain.where("defaults"), given=words
    )
