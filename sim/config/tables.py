"""The parameter tables of ``docs/parameters.md``, made from the schema so that they cannot drift.

``python -m sim.config.tables`` writes the page anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.config.fields import Setting, leaves
from sim.config.groups.outcomes import Figures, Run
from sim.config.scenario import Scenario
from sim.config.write import write_text

__all__ = ["parameters_page"]

_HEAD = """# Parameters

Every setting of the schema: made by `python -m sim.config.tables`, held to the schema by a test. *Default* is London, June 2025; where
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


if __name__ == "__main__":
    write_text(Path(__file__).resolve().parents[2] / "docs" / "parameters.md", parameters_page())
