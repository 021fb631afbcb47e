"""Composition of our config groups, and the file and line of each setting.

Hydra merges what was read (:mod:`sim.config.hydra_source`) of the options
(:mod:`sim.config.options`). No setting is checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sim.config.errors import SimError
from sim.config.options import (
    SCENARIOS,
    bases,
    forget_options,
    is_declared,
    option_values,
    read_option,
)
from sim.config.yaml import Plain

__all__ = ["Source", "Tree", "compose_groups", "forget", "located", "refuse_clash"]

Made = TypeVar("Made")


def forget() -> None:
    """Read the tree again at the next call, for programs that write into it while they run."""
    forget_options()
    compose_groups.cache_clear()


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

    ``files`` are in order of priority, highest first; ``by_hand`` are the names set on the command
    line.
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
        raise SimError.together(
            [_located(tree, one) for one in (error.changed(others=()), *error.others)]
        ) from None


def _located(tree: Tree, error: SimError) -> SimError:
    where = tree.where(error.key or "")
    return (
        error if where is None else error.changed(problem=f"{error.problem} (written in {where})")
    )


@lru_cache(maxsize=256)
def compose_groups(root: Any, chosen: tuple[tuple[str, str], ...]) -> Tree:
    """Compose the chosen options with the defaults of all other groups; ``chosen`` has (group,
    option).
    """
    from sim.config.hydra_source import compose

    values, choices = compose(root, [f"{group}={option}" for group, option in chosen])
    options = dict(chosen)
    order = sorted(choices, key=lambda group: (group != SCENARIOS, group not in options))
    return Tree(
        values, tuple(source for group in order for source in _sources(root, group, choices[group]))
    )


def _sources(root: type, group: str, option: str) -> list[Source]:
    """The files behind an option, highest priority first."""
    if is_declared(group, option):
        return []
    plain = read_option(group, option)
    below = [source for base in bases(root, group, plain) for source in _sources(root, group, base)]
    return [Source(group, option, plain), *below]


def refuse_clash(
    root: type, tree: Tree, chosen: tuple[tuple[str, str], ...], by_hand: set[str]
) -> None:
    """Refuse a group chosen on the command line whose settings the scenario file would
    overwrite.
    """
    spoken = [source.plain for source in tree.files if source.group == SCENARIOS]
    for group, option in chosen:
        prefix = group.replace("/", ".") + "."
        clashes = [
            (path, value, scenario.where(path))
            for path, value in _flat(option_values(root, group, option), prefix)
            for scenario in spoken
            if group != SCENARIOS
            and path not in by_hand
            and _get(scenario.values, path) not in (None, value)
        ]
        if clashes:
            path, _, where = clashes[0]
            cure = "set by hand as well: " + " ".join(
                f"{path}={value}" for path, value, _ in clashes[:6]
            )
            problem = f"the scenario sets {path} itself ({where}) and would overwrite this choice"
            raise SimError(problem, key=group, given=option, cure=cure)


def _flat(node: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in node.items():
        if name != "defaults":
            found += (
                _flat(value, f"{prefix}{name}.")
                if isinstance(value, dict)
                else [(f"{prefix}{name}", value)]
            )
    return found


def _get(node: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return None
        node = node[part]
    return node
