"""What is made of the settings so that it cannot drift: ``docs/parameters.md``, and a JSON Schema for editors.

``python -m sim.batch.pages`` writes both anew; a test holds them to the classes. An editor that knows
YAML completes and checks a scenario file whose first line is
``# yaml-language-server: $schema=<path of configs/schema.json>``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.batch import Figures, Run
from sim.config.fields import Setting, leaves, settings_of
from sim.config.locate import configs_folder
from sim.config.scenario import Scenario
from sim.config.yaml import write_text

__all__ = ["json_schema", "parameters_page", "schema_text"]

_HEAD = """# Parameters

Every setting of the schema: made by `python -m sim.batch.pages`, held to the schema by a test. *Default* is London, June 2025; where
the two sides, goods, issues, sectors or events differ, their values stand in the order of their names. *Range* is what the schema
allows; *plausible* the range of a judgement.
"""
_COLUMNS = "| setting | default | unit | range | plausible | meaning | source |\n|---|---|---|---|---|---|---|\n"
_PAIRS = (("us", "cn"), ("magnets", "chips"))


def parameters_page() -> str:
    """The whole page, as Markdown."""
    parts = [_HEAD]
    rows = _rows(Scenario())
    for head in dict.fromkeys(name.split(".")[0] for name, _, _ in rows):
        title = head.replace("|", " and ")
        parts.append(_table(title, [row for row in rows if row[0].split(".")[0] == head]))
    for name, settings in (("run", Run()), ("figures", Figures())):
        parts.append(_table(name, [(f"{name}.{path}", meta, [value]) for path, meta, value in leaves(settings)]))
    return "\n".join(parts)


def _table(title: str, rows: list[tuple[str, Setting, list[Any]]]) -> str:
    return f"## {title}\n\n{_COLUMNS}" + "".join(_line(*row) for row in rows)


def _rows(scenario: Scenario) -> list[tuple[str, Setting, list[Any]]]:
    """Settings with alternatives of one meaning folded: ``us|cn.discount_rate``, ``issues.*.benefit``."""
    folded: dict[tuple[str, str], tuple[str, Setting, list[Any]]] = {}
    for path, meta, value in leaves(scenario):
        if meta.kind != "text":
            name = _fold(path)
            kept = folded.setdefault((name, meta.meaning), (path, meta, []))
            kept[2].append(value)
            if len(kept[2]) > 1 or "*" in name:
                folded[name, meta.meaning] = (name, meta, kept[2])
    return list(folded.values())


def _fold(path: str) -> str:
    parts = path.split(".")
    for pair in _PAIRS:
        parts = ["|".join(pair) if part in pair else part for part in parts]
    for named in ("issues", "sectors", "events"):
        if named in parts[:-1]:
            parts[parts.index(named) + 1] = "*"
    return ".".join(parts)


def _line(name: str, meta: Setting, values: list[Any]) -> str:
    shown = list(dict.fromkeys(_show(value) for value in values))
    default = shown[0] if len(shown) == 1 else ", ".join(_show(value) for value in values)
    allowed = f"{meta.low:g} to {meta.high:g}" if meta.low is not None and meta.high is not None else meta.bounds
    plausible = f"{meta.plausible[0]:g} to {meta.plausible[1]:g}" if meta.plausible else ""
    cells = (f"`{name}`", default, meta.unit, allowed, plausible, meta.meaning, meta.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


_ITEM = "[a-z][a-z0-9_]{0,31}$"
_TYPES = {
    "number": "number",
    "count": "integer",
    "flag": "boolean",
    "choice": "string",
    "date": "string",
    "text": "string",
}


def json_schema() -> dict[str, Any]:
    """A schema (draft 7) of scenario files; each group's options fit ``#/definitions/<group>``."""
    groups = {name: s for name, s in settings_of(Scenario).items() if s.kind in ("group", "mapping")}
    properties = _properties(Scenario) | {name: {"$ref": f"#/definitions/{name}"} for name in groups}
    options = {"type": "array", "description": "options of config groups that the file builds on"}
    base = {"type": "string", "description": "the scenario of ours that the file builds on"}
    definitions = {name: _node(setting) for name, setting in groups.items()}
    for definition in definitions.values():
        definition["properties"] = {**definition.get("properties", {}), "defaults": options}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A scenario of tariffsim",
        "type": "object",
        "properties": {"base": base, "defaults": options, **properties},
        "additionalProperties": False,
        "definitions": definitions,
    }


def _properties(cls: type) -> dict[str, Any]:
    return {name: _node(setting) for name, setting in settings_of(cls).items()}


def _node(setting: Setting) -> dict[str, Any]:
    text = {"description": _described(setting)}
    if setting.kind == "group":
        return {"type": "object", **text, "properties": _properties(setting.item), "additionalProperties": False}
    if setting.kind == "mapping":
        item = {"type": "object", "properties": _properties(setting.item), "additionalProperties": False}
        patterns = {f"^[+]{{0,2}}{_ITEM}": item, f"^~{_ITEM}": {"description": "removes the item"}}
        return {"type": "object", **text, "patternProperties": patterns, "additionalProperties": False}
    node: dict[str, Any] = {"type": _TYPES[setting.kind], **text}
    if not setting.required:
        node["default"] = setting.default
    if setting.low is not None:
        node |= {"minimum": setting.low, "maximum": setting.high}
    if setting.choices:
        node["enum"] = list(setting.choices)
    if setting.kind == "text":
        node["maxLength"] = setting.most
    if setting.kind == "date":
        node["pattern"] = r"^\d{4}-\d\d-\d\d$"
    return node


def _described(setting: Setting) -> str:
    plausible = f"plausible {setting.plausible[0]:g} to {setting.plausible[1]:g}" if setting.plausible else ""
    unit = setting.unit if setting.kind in ("number", "count") else ""
    known = "; ".join(part for part in (unit, plausible) if part)
    source = f". Source: {setting.source}" if setting.source and setting.kind != "text" else ""
    return f"{setting.meaning}{f' [{known}]' if known else ''}{source}"


def schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_text(Path(__file__).resolve().parents[2] / "docs" / "parameters.md", parameters_page())
    write_text(configs_folder() / "schema.json", schema_text())
