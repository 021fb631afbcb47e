"""The one check where a scenario is taken, whoever made it: every door calls it.

A scenario is frozen, but :func:`dataclasses.replace` makes another without any check. One that was checked is remembered by identity, with its
issues, sectors and events, so that the second door costs microseconds.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from sim.config.errors import SimError
from sim.config.fields import schema_of
from sim.config.schema import Scenario
from sim.config.validate import build, check_scenario, with_values

__all__ = ["remember", "take_scenario"]

Items = list[list[tuple[str, Any]]]
_seen: dict[int, tuple[weakref.ref[Scenario], Items]] = {}


def take_scenario(
    given: Scenario | str | None, settings: Mapping[str, object] | None = None, key: str = "scenario"
) -> Scenario:
    """The scenario given, checked; the one of that name, or the default for None.

    Parameters
    ----------
    given
        A scenario, the name of one, or None.
    settings
        Settings to change, by dotted name.
    key
        What messages call the argument.

    Raises
    ------
    SimError
        What is no scenario; a setting of the wrong type or out of bounds; settings that contradict one another.
    """
    if given is None or isinstance(given, str):
        from sim.config.compose import load  # composes with Hydra, which is slow to import

        given = load(f"scenario={given}") if given else load()
    elif not isinstance(given, Scenario):
        allowed = "a scenario as sim.load makes it, or the name of one"
        raise SimError("not a scenario", key=key, given=type(given).__name__, allowed=allowed)
    checked = _checked(given)
    return with_values(checked, settings) if settings else checked


def remember(scenario: Scenario) -> Scenario:
    """Note that a scenario was checked; it is given back."""
    name = id(scenario)
    _seen[name] = weakref.ref(scenario, lambda _: _seen.pop(name, None)), _items(scenario)
    return scenario


def _checked(scenario: Scenario) -> Scenario:
    seen = _seen.get(id(scenario))
    if seen is not None and seen[0]() is scenario and _same(seen[1], scenario):
        return scenario
    fresh = build(Scenario, scenario)
    check_scenario(fresh)
    return remember(fresh)


def _same(seen: Items, scenario: Scenario) -> bool:
    """Whether the mappings hold the very items that were checked: a dict in a frozen dataclass can still be written to."""
    now = _items(scenario)
    return all(
        len(one) == len(two) and all(a[0] == b[0] and a[1] is b[1] for a, b in zip(one, two, strict=True))
        for one, two in zip(seen, now, strict=True)
    )


def _items(scenario: Scenario) -> Items:
    return [list(mapping.items()) for mapping in _mappings()(scenario)]


@cache
def _mappings() -> attrgetter[tuple[dict[str, Any], ...]]:
    """Reads every mapping of a scenario: issues, both goods' sectors, events."""
    paths, groups = list[str](), list[tuple[str, type]]([("", Scenario)])
    for path, cls in groups:
        for name, meta in schema_of(cls).items():
            if meta.kind == "mapping":
                paths.append(path + name)
            elif meta.item is not None:
                groups.append((f"{path}{name}.", meta.item))
    return attrgetter(*paths)
