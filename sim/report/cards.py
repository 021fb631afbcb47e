"""What a notebook shows of a scenario, a result or a model: a few lines and a small table, every text
escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from sim.config.fields import leaves
from sim.report.scenarios import differences
from sim.results.results import changes_of
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    from sim.config.scenario import Scenario
    from sim.results.results import Results

__all__ = ["card", "results_card", "scenario_card"]

_MOST_ROWS = 8


def card(
    title: str,
    facts: Mapping[str, str],
    head: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    below: str = "",
) -> str:
    """A title, facts in a line each, a table, and a line below it."""
    lines = [f"<strong>{escape(title)}</strong>"]
    lines += [f"{escape(name)}: {escape(text)}" for name, text in facts.items() if text]
    table = ""
    if rows:
        cells = [_row("th", head), *(_row("td", row) for row in rows)]
        table = f"<table>{''.join(cells)}</table>"
    return f"<div>{'<br>'.join(lines)}{table}{escape(below)}</div>"


def _row(tag: str, texts: Sequence[str]) -> str:
    cells = (f'<{tag} style="text-align:left">{escape(text)}</{tag}>' for text in texts)
    return f"<tr>{''.join(cells)}</tr>"


def scenario_card(scenario: Scenario) -> str:
    """A scenario: what it is, and how it differs from London."""
    found, count = differences(scenario), sum(1 for _ in leaves(scenario))
    changed = len(changes_of(scenario))
    facts = {
        "name": f"{scenario.name}, with {changed} changed" if changed else scenario.name,
        "about": scenario.about,
        "from": f"{scenario.calendar.start}, {scenario.calendar.horizon_weeks} weeks",
        "issues": ", ".join(scenario.issues),
        "settings": f"{count}, of which {len(found)} differ from London",
    }
    rows = [(row.setting, row.here, row.there, row.unit) for row in found[:_MOST_ROWS]]
    more = len(found) - len(rows)
    below = f"and {more} more: sim.settings(scenario) lists all" if more > 0 else ""
    title = scenario.title or scenario.name
    return card(title, facts, ("setting", "here", "London", "unit"), rows, below)


def results_card(results: Results) -> str:
    """A result: how it was made, and the shares of its outcomes with their 95 % intervals."""
    manifest, run = results.manifest, results.manifest.run
    shares = results.shares()
    facts = {
        "made by": f"tariffsim {manifest.verb}, {manifest.engine}",
        "runs": f"{int(shares['runs'].iloc[0]):,}",
        "first run": str(run.first) if run is not None and run.first else "",
        "seed": str(run.seed) if run is not None else "",
        "moved": ", ".join(results.design),
        "folder": results.folder.name if results.folder else "",
    }
    rows = [
        (
            OUTCOMES[row["outcome"]].label,
            "cannot happen" if row["ruled_out"] else _percent(row["share"]),
            ""
            if row["ruled_out"] or row["low"] != row["low"]
            else f"{_percent(row['low'])} to {_percent(row['high'])}",
        )
        for row in shares.to_dict("records")
    ]
    sweep = results.sweep
    title = (sweep.title if sweep else "") or results.title
    return card(title, facts, ("outcome", "share", "95 % interval"), rows)


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"
