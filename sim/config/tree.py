"""Our config groups: their options, their composition, and the file and line of each setting.

A group is a part of the scenario with a folder of options in ``configs/``; its option ``default`` has
the values of the class, without a file. ``configs/side/`` serves both sides. Each file is read once,
strictly; Hydra merges what was read (:mod:`sim.config.hydra_source`). No setting is checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sim.config.check import to_plain
from sim.config.errors import SimError
from sim.config.fields import settings_of
from sim.config.locate import configs_folder
from sim.config.scenario import Scenario
from sim.config.yaml import Plain, read_yaml
from sim.vocabulary import SIDES

__all__ = [
    "SCENARIOS", "SWEEPS", "Source", "Tree", "about", "compose_groups", "forget", "groups", "located", "option_values", "read_option",
    "refuse_clash",
]  # fmt: skip

DEFAULT = "default"
SCENARIOS, SWEEPS = "scenario", "sweep"
_FOLDERS = dict.fromkeys(SIDES, "side")
Made = TypeVar("Made")


@cache
def groups(root: type) -> dict[str, tuple[str, ...]]:
    """Config group -> its options, sorted; ``root`` is the class that the groups are parts of."""
    names = [*_parts(root, ""), SCENARIOS, SWEEPS]
    return {group: tuple(sorted(_options(group))) for group in sorted(names, key=lambda name: name.split("/"))}


def _parts(cls: type, path: str) -> Iterator[str]:
    """Every part of the scenario that is a group: those at the top, and below them those with a folder."""
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
    return own | ({DEFAULT} if _is_declared(group, DEFAULT) else set())


def read_option(group: str, option: str) -> Plain:
    """The file of an option, read once."""
    return _read(_folder(group) / f"{option}.yaml")


@cache
def _read(path: Path) -> Plain:
    plain = read_yaml(path, defaults=True)
    plain.name = path.relative_to(configs_folder().parent).as_posix()
    return plain


def forget() -> None:
    """Read the tree again at the next call, for programs that write into it while they run."""
    for kept in (groups, _read, compose_groups):
        kept.cache_clear()


def _is_declared(group: str, option: str) -> bool:
    return option == DEFAULT and group not in (SCENARIOS, SWEEPS)


def option_values(root: type, group: str, option: str) -> dict[str, Any]:
    """The content of an option, with the list of options that it builds on."""
    if _is_declared(group, option):
        return _declared(root, group)
    plain = read_option(group, option)
    _bases(root, group, plain)
    return plain.values


def _declared(root: type, group: str) -> dict[str, Any]:
    """The values that the class declares, without the groups below that have their own options."""
    node: Any = root()
    for name in group.split("/"):
        node = getattr(node, name)
    below = {name.removeprefix(f"{group}/") for name in groups(root) if name.startswith(f"{group}/")}
    return {name: value for name, value in to_plain(node).items() if name not in below}


def about(root: type, group: str, option: str) -> str:
    """The purpose of an option, in one line."""
    if not _is_declared(group, option):
        text = (_folder(group) / f"{option}.yaml").read_text(encoding="utf-8").splitlines()
        return next((line[1:].strip() for line in text if line.startswith("# ") and "@package" not in line), "")
    first, *rest = group.split("/")
    setting = settings_of(root)[first]
    for name in rest:
        setting = settings_of(setting.item)[name]
    return setting.meaning.rstrip(".") + (
        ": the values of the London scenario." if first in settings_of(Scenario) else ""
    )


class Source(NamedTuple):
    """A file and its option of a group."""

    group: str
    option: str
    plain: Plain

    @property
    def prefix(self) -> str:
        """The prefix of its dotted names in the scenario."""
        return "" if self.group == SCENARIOS else self.group.replace("/", ".") + "."


@dataclass(frozen=True)
class Tree:
    """The composition of groups or a file, and where each setting was written.

    ``files`` are in order of priority, highest first; ``by_hand`` are the names set on the command line.
    """

    plain: Mapping[str, Any]
    files: tuple[Source, ...]
    by_hand: tuple[str, ...] = ()

    def where(self, key: str) -> str | None:
        """``file:line`` that gave ``key``; None where the command line did."""
        if any(key == name or key.startswith(f"{name}.") for name in self.by_hand):
            return None
        for source in self.files:
            inner = key.removeprefix(source.prefix) if key.startswith(source.prefix) else ""
            if inner in source.plain.lines:
                return source.plain.where(inner)
        return None


def located(tree: Tree, make: Callable[[], Made]) -> Made:
    """``make()``; an error of the check also gives the file and line of each setting at fault."""
    try:
        return make()
    except SimError as error:
        raise SimError.together([_located(tree, one) for one in (error.changed(others=()), *error.others)]) from None


def _located(tree: Tree, error: SimError) -> SimError:
    where = tree.where(error.key or "")
    return error if where is None else error.changed(problem=f"{error.problem} (written in {where})")


@lru_cache(maxsize=256)
def compose_groups(root: Any, chosen: tuple[tuple[str, str], ...]) -> Tree:
    """Compose the chosen options with the defaults of all other groups; ``chosen`` has (group, option)."""
    from sim.config.hydra_source import compose

    values, choices = compose(root, [f"{group}={option}" for group, option in chosen])
    options = dict(chosen)
    order = sorted(choices, key=lambda group: (group != SCENARIOS, group not in options))
    return Tree(values, tuple(source for group in order for source in _sources(root, group, choices[group])))


def _sources(root: type, group: str, option: str) -> list[Source]:
    """The files behind an option, highest priority first."""
    if _is_declared(group, option):
        return []
    plain = read_option(group, option)
    bases = [source for base in _bases(root, group, plain) for source in _sources(root, group, base)]
    return [Source(group, option, plain), *bases]


def _bases(root: type, group: str, plain: Plain) -> list[str]:
    """The options of the same group that a file builds on; its list may name our own groups only."""
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
    return SimError("a defaults list may name our own groups only", key=plain.where("defaults"), given=words)


def refuse_clash(root: type, tree: Tree, chosen: tuple[tuple[str, str], ...], by_hand: set[str]) -> None:
    """Refuse a group chosen on the command line whose settings the scenario file would overwrite."""
    spoken = [source.plain for source in tree.files if source.group == SCENARIOS]
    for group, option in chosen:
        prefix = group.replace("/", ".") + "."
        clashes = [
            (path, value, scenario.where(path))
            for path, value in _flat(option_values(root, group, option), prefix)
            for scenario in spoken
            if group != SCENARIOS and path not in by_hand and _get(scenario.values, path) not in (None, value)
        ]
        if clashes:
            path, _, where = clashes[0]
            cure = "set by hand as well: " + " ".join(f"{path}={value}" for path, value, _ in clashes[:6])
            problem = f"the scenario sets {path} itself ({where}) and would overwrite this choice"
            raise SimError(problem, key=group, given=option, cure=cure)


def _flat(node: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in node.items():
        if name != "defaults":
            found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return found


def _get(node: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return None
        node = node[part]
    return node
