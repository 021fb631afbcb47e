"""Scenarios in a report: in what they differ from one another, and each in full."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.config.check import to_plain
from sim.config.fields import all_leaves, leaves, rows_in_words
from sim.config.scenario import Scenario
from sim.config.yaml import to_yaml
from sim.report.blocks import Block, Section, Table, Words
from sim.results.results import changes_of

__all__ = ["Difference", "differences", "scenario_blocks", "scenario_text"]

_ABSENT = "absent"
_NAMING = ("name", "title", "about")


class Difference(NamedTuple):
    """A setting in which two scenarios differ, with its value in each as text."""

    setting: str
    here: str
    there: str
    unit: str
    meaning: str


def differences(scenario: Scenario, base: Scenario | None = None) -> list[Difference]:
    """Where a scenario differs from ``base`` (default: London).

    A setting of a named item (an issue, a sector, an event), or a change on a day, that only one of
    them has is absent in the other.
    """
    here = {path: (meta, value) for path, meta, value in all_leaves(scenario)}
    there = {path: (meta, value) for path, meta, value in all_leaves(base or Scenario())}
    found = []
    for path in [*here, *(path for path in there if path not in here)]:
        if path in _NAMING:
            continue
        meta = (here.get(path) or there[path])[0]
        value = here[path][1] if path in here else _ABSENT
        other = there[path][1] if path in there else _ABSENT
        if value != other:
            found.append(Difference(path, _words(value), _words(other), meta.unit, meta.meaning))
    return found


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return rows_in_words(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def scenario_text(scenario: Scenario) -> str:
    """Every setting of a scenario, as its file has it."""
    return to_yaml(to_plain(scenario))


def scenario_blocks(scenario: Scenario) -> list[Block]:
    """What was changed in the scenario of its name, if anything was, and how it differs from
    London.
    """
    blocks: list[Block] = [Words(scenario.about, "aside")] if scenario.about else []
    if changes_of(scenario):
        from sim.config.compose import load

        named = load(f"scenario={scenario.name}")
        title = named.title or named.name
        table = _table(f"Against {title}.", title, differences(scenario, named))
        blocks.append(Section("What was changed", [table]))
    found = differences(scenario)
    if found:
        count = sum(1 for _ in leaves(scenario))
        caption = f"{len(found)} setting{'' if len(found) == 1 else 's'} of {count}."
        london: Block = _table(caption, "London", found)
    else:
        london = Words(
            "It does not: every setting has its default, the London framework of June 2025."
        )
    blocks.append(Section("How the scenario differs from London", [london]))
    return blocks


def _table(caption: str, other: str, found: list[Difference]) -> Table:
    return Table(caption, ("Setting", "Here", other, "Unit", "Meaning"), found, (1, 2))
