"""The kit as one HTML page to print, by its own template. It has no script and loads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.config.options import SCENARIOS, groups
from sim.config.scenario import Scenario
from sim.kit.cards import Kit, kit_of
from sim.results.folder import atomic_write, prepare_folder

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["PAGE", "kit_html", "write_kit"]

PAGE = "kit.html"


@dataclass(frozen=True)
class _Both:
    """An issue on the host's sheet: the worth of its first and last step to both sides."""

    name: str
    step: str
    worths: tuple[float, ...]


def write_kit(scenario: Scenario, out: str, name: str = "", folder: Path | None = None) -> Path:
    """Write the kit of a scenario into ``folder``, or a new one under ``out``; its path.

    Raises
    ------
    SimError
        The folder cannot be written.
    """
    html = kit_html(scenario)
    path = (folder or prepare_folder(out, "kit", name or scenario.name)) / PAGE
    with atomic_write(path) as draft:
        draft.write_text(html, encoding="utf-8", newline="\n")
    return path


def kit_html(scenario: Scenario) -> str:
    """The kit of a scenario as HTML."""
    kit = kit_of(scenario)
    # a command names scenarios that ship; one of a file's the page opens from that file
    shipped = scenario.name in groups(Scenario)[SCENARIOS]
    return _template().render(kit=kit, both=_both(kit), shipped=shipped)


def _both(kit: Kit) -> list[_Both]:
    one, other = kit.cards
    seen = {issue.name: issue for issue in (*one.wants, *one.gives)}
    found = []
    for issue in (*other.wants, *other.gives):
        its = seen[issue.name]
        worths = (its.step.worth, its.last.worth, issue.step.worth, issue.last.worth)
        if issue.now != issue.most:
            found.append(_Both(issue.name, issue.step.words, worths))
    return found


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    places = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return places.get_template("kit.html.jinja")
