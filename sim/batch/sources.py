"""Where each default comes from, and how many rest on bare judgement: ``docs/sources.md``.

A setting's text names its source. What differs from item to item (issues, sectors, minerals,
events) or from side to side has its source in the comment above the item, a line a statement::

    # benefit, linear_cost: judgement, half to twice
    "civil_magnets": Issue(...)

The first word of a source says its kind; one without such a word is read in what it names. Where
the word *judgement* occurs at all, the default counts as judgement, so that a half-sourced number
does not count as sourced.
"""

from __future__ import annotations

import ast
import csv
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sim.batch import Figures, Run
from sim.batch.fold import folded
from sim.config.fields import Group, Setting, settings_of
from sim.config.scenario import Scenario

__all__ = ["KINDS", "Default", "comments", "defaults", "kind_of", "sources_page"]

KINDS = {
    "read": "read in a named paper, agency, report or table of `sim/data`",
    "derived": "computed from such numbers; the source says how",
    "fitted": "set so that runs meet the record, or a sign that theory gives; the source says which",
    "elicited": "inside a range that others published or estimated; the source names both",
    "recalled": "from a paper known well but not looked up",
    "definition": "says what is asked or counted, or that a part is off: no property of the world",
    "numerical choice": "how finely something is computed; the source names what shows that it does not matter",
    "judgement": "none of these; it has a range, and why stands with it",
}
"""The kinds of sources, by the first word of a source."""

_MARKED = re.compile(f"({'|'.join(kind for kind in KINDS if kind != 'read')})\\b")
_FIRST = {"lines": 153, "judged_lines": 95, "defaults": 329, "judged": 232}
"""Version 0.1.0 (commit 25c5e35): lines of its parameter page, and defaults but for texts; of each
those whose source says judgement."""


def kind_of(source: str) -> str:
    """The kind of a source, by its words.

    >>> kind_of("US Census Bureau c5700: 2024"), kind_of("Fearon 1995; size is judgement")
    ('read', 'judgement')
    """
    if "judgement" in source:
        return "judgement"
    marked = _MARKED.match(source)
    return marked.group(1) if marked else "read"


@dataclass(frozen=True)
class Default:
    """A default of the scenario, and where it comes from."""

    name: str
    setting: Setting
    value: Any
    source: str

    @property
    def kind(self) -> str:
        """What its source is."""
        return kind_of(self.source)


def defaults(root: Group | None = None) -> list[Default]:
    """Every default but texts, each once: London unless ``root`` says otherwise."""
    found = _below(Scenario() if root is None else root, "", ())
    return [default for default in found if default.setting.kind != "text"]


Place = tuple[str, ...]


def _below(node: Any, path: str, places: tuple[Place, ...]) -> Iterator[Default]:
    """Below a group, of which comments speak at ``places``: a class, an attribute, what lies below."""
    for name, setting in settings_of(type(node)).items():
        value, here = getattr(node, name), f"{path}.{name}" if path else name
        owner = setting.owner or type(node)
        inner = (*((*place, name) for place in places), (owner.__name__, name))
        if setting.kind == "group":
            yield from _below(value, here, inner)
        elif setting.kind == "mapping":
            for key, item in value.items():
                yield from _below(item, f"{here}.{key}", tuple((*place, key) for place in inner))
        elif setting.kind != "changes":
            yield Default(here, setting, value, _stated(places, name) or setting.source)


def _stated(places: tuple[Place, ...], name: str) -> str:
    """The source that a comment above one of ``places`` gives the setting, the outermost first."""
    for place in places:
        for cut in range(2, len(place) + 1):
            source = comments().get(place[:cut], {}).get(".".join((*place[cut:], name)))
            if source:
                return source
    return ""


@cache
def comments() -> dict[Place, dict[str, str]]:
    """Place -> what the comment above it states, of all modules that declare settings."""
    found = {}
    for module in {cls.__module__: None for cls in (Scenario, *_classes(Scenario))}:
        text = inspect.getsource(sys.modules[module])
        lines = text.splitlines()
        for place, line in _places(ast.parse(text), vars(sys.modules[module])):
            stated = _statements(_comment_above(lines, line))
            if stated:
                found[place] = stated
    return found


def _classes(cls: type) -> Iterator[type]:
    """The classes of all groups and items below one."""
    for setting in settings_of(cls).values():
        if setting.kind in ("group", "mapping") and inspect.isclass(setting.item):
            yield setting.item
            if issubclass(setting.item, Group):
                yield from _classes(setting.item)


def _places(tree: ast.Module, names: dict[str, Any]) -> Iterator[tuple[Place, int]]:
    """Groups and items that a module writes out, and their lines. Items that a name of the module holds
    stand where a class has them.
    """
    held = {
        id(setting.default): (cls.__name__, name)
        for cls in (Scenario, *_classes(Scenario))
        for name, setting in settings_of(cls).items()
        if setting.kind == "mapping"
    }
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    yield from _calls(line.value, (node.name, line.target.id), line.lineno)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            place = held.get(id(names.get(node.targets[0].id)))
            if place:
                yield from _calls(node.value, place, node.lineno)


def _calls(node: ast.expr | None, place: Place, line: int) -> Iterator[tuple[Place, int]]:
    if not isinstance(node, ast.Call):
        return
    yield place, line
    for items in (argument for argument in node.args if isinstance(argument, ast.Dict)):
        for key, item in zip(items.keys, items.values, strict=True):
            if isinstance(key, ast.Constant):
                yield from _calls(item, (*place, str(key.value)), key.lineno)
    for keyword in node.keywords:
        if keyword.arg:
            yield from _calls(keyword.value, (*place, keyword.arg), keyword.lineno)


def _comment_above(lines: list[str], line: int) -> list[str]:
    above = line - 1
    while above and lines[above - 1].strip().startswith("#"):
        above -= 1
    return [text.strip().removeprefix("#").strip() for text in lines[above : line - 1]]


_STATES = re.compile(r"([a-z_.]+(?:, [a-z_.]+)*): (.+)")


def _statements(comment: list[str]) -> dict[str, str]:
    """Setting -> source, of a comment whose statements begin a line each."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in comment:
        states = _STATES.match(line)
        if states:
            names = states.group(1).split(", ")
        for name in names:
            found[name] = states.group(2) if states else f"{found[name]} {line}"
    return found


_HEAD = """# Where the defaults come from

Generated by `python -m sim.batch.pages`; a test compares it with the settings. *Parameters* ([`parameters.md`](parameters.md)) has every setting with its source;
here is what kind of source each default has, and every default that rests on judgement, with its range.

"""
_READ_BY_RULES = ("tariff_bases.csv", "trade_groups.csv", "trade_season.csv")
_CONFIDENCE = {
    "solid": "solid",
    "one_source": "one source",
    "judgement": "judgement, or derived or recalled with it",
}
_COUNTED = """
Each default of London counts once: eight issues have eight costs, two sides two discount rates; free text does not count. What differs from item to item has
its source in the comment above the item (`sim/config/groups`). A default counts as judgement where the word occurs in its source at all. *Lines* are those of
`parameters.md`, which folds sides, goods and items; a line counts as judgement if one of its defaults does.

"""


def sources_page(root: Group | None = None) -> str:
    """The page, as Markdown."""
    found = defaults(root)
    kinds = "".join(f"| {kind} | {meaning} |\n" for kind, meaning in KINDS.items())
    return (
        f"{_HEAD}| kind | a default of which the source is |\n|---|---|\n{kinds}\n## How many\n{_COUNTED}"
        f"{_compared(found)}\n{_by_group(found)}\n{_tables(found)}"
        f"\n## What stays judgement\n\n{_ranges(found)}"
    )


def _compared(found: list[Default]) -> str:
    judged = sum(default.kind == "judgement" for default in found)
    owed = sum(default.kind not in ("definition", "numerical choice") for default in found)
    lines = _lines(found)
    judged_lines = sum(any(d.kind == "judgement" for d in line) for line in lines)
    all_lines = len(lines) + sum(len(settings_of(cls)) for cls in (Run, Figures))
    then = _FIRST
    return (
        "| | 0.1.0 | now |\n|---|---|---|\n"
        f"| lines whose source says judgement | {_of(then['judged_lines'], then['lines'])} "
        f"| {_of(judged_lines, all_lines)} |\n"
        f"| defaults whose source says judgement | {_of(then['judged'], then['defaults'])} "
        f"| {_of(judged, len(found))} |\n\n"
        "The 62 % of version 0.1.0 are the first row: 95 of the 153 lines of its parameter page, run and figures "
        "among them. No line had a source of its own for an item then, so the second row is stricter now than it was. "
        f"Definitions and numerical choices set aside, {_of(judged, owed)} are judged now.\n"
    )


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}, {part / whole:.0%}".replace("%", " %")


def _by_group(found: list[Default]) -> str:
    groups = {default.name.split(".")[0]: Counter[str]() for default in found}
    for default in found:
        groups[default.name.split(".")[0]][default.kind] += 1
    rows = {**groups, "all": sum(groups.values(), Counter())}
    text = f"| group | {' | '.join(KINDS)} | share judged |\n|---|{'---|' * (len(KINDS) + 1)}\n"
    for name, count in rows.items():
        cells = " | ".join(str(count[kind] or "") for kind in KINDS)
        text += f"| {name} | {cells} | {count['judgement'] / count.total():.0%} |\n".replace(
            "%", " %"
        )
    return text


def _tables(found: list[Default]) -> str:
    """The rows of tables that rules read, by confidence."""
    text = (
        "Rules read tables of figures, too (`sim/data`), a number or a basis of law a row, each with its source, its range and a confidence. They are no settings "
        "and count in neither row above.\n\n"
        f"| table | rows | {' | '.join(_CONFIDENCE.values())} | share judged |\n|---|---|{'---|' * (len(_CONFIDENCE) + 1)}\n"
    )
    judged, rows = sum(default.kind == "judgement" for default in found), len(found)
    for name in _READ_BY_RULES:
        with files("sim").joinpath("data", name).open(encoding="utf-8") as stream:
            count = Counter(row["confidence"] for row in csv.DictReader(stream))
        cells = " | ".join(str(count[confidence] or "") for confidence in _CONFIDENCE)
        text += f"| `{name}` | {count.total()} | {cells} | {count['judgement'] / count.total():.0%} |\n".replace(
            "%", " %"
        )
        judged, rows = judged + count["judgement"], rows + count.total()
    return text + f"\nDefaults and rows together: {_of(judged, rows)} judged.\n"


def _lines(found: list[Default]) -> list[list[Default]]:
    """Defaults folded as the parameter page folds them."""
    lines: dict[tuple[str, str], list[Default]] = {}
    for default in found:
        lines.setdefault((folded(default.name), default.setting.meaning), []).append(default)
    return list(lines.values())


def _ranges(found: list[Default]) -> str:
    """The defaults that are judgement, each with its range."""
    text = "| setting | default | range | source |\n|---|---|---|---|\n"
    for line in _lines(found):
        judged = [default for default in line if default.kind == "judgement"]
        for source in dict.fromkeys(default.source for default in judged):
            some = [default for default in judged if default.source == source]
            name = some[0].name if len(some) == 1 else folded(some[0].name)
            values = ", ".join(dict.fromkeys(_show(default.value) for default in some))
            range_ = some[0].setting.plausible
            between = f"{range_[0]:g} to {range_[1]:g}" if range_ else "in the source"
            cells = (f"`{name}`", values, between, source)
            text += "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    return text


def _show(value: Any) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
