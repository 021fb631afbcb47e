"""A report as one HTML page, by the one template.

The page says the question and its answer first, then what the verb shows, then what is the same for
every verb: the scenarios in full, what the outcomes mean, what the model may not be asked, how to
reproduce and cite it, and what it was made with. Everything is inside; there is no script, and the
page forbids itself to load any. Texts may come from strangers' files: Jinja2 escapes every one, and
none is ever taken for a template.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.config.scenario import Scenario
from sim.report.blocks import Section
from sim.report.limits import LIMITS, outcome_meanings, thresholds
from sim.report.scenarios import scenario_blocks, scenario_text
from sim.results.citation import bibtex
from sim.results.folder import atomic_write
from sim.results.manifest import NAME, Manifest
from sim.results.record import LIST, Record, packed

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Report", "report_html", "write_report"]

_TEMPLATE = "report.html.jinja"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verb reports.

    Attributes
    ----------
    title
        The heading of the page.
    question
        The question that it answers, as a reader would ask it.
    answer
        The answer in a line or two, with its interval.
    manifest
        The manifest, with the content hashes of the tables; it need not list the files yet.
    sections
        What the verb shows, in the reader's order.
    scenarios
        The scenarios by title: each is there in full, with its differences from London and from the
        scenario of its name.
    meanings
        The verb's own words and what they mean, beside the outcomes'.
    limits
        What this verb's result may not be asked, besides what no report answers.
    beside
        Other records in the page: the points of a list, the manifests of a multirun's jobs.
    commands
        Further commands, below those that reproduce the result.
    alone
        Whether the page comes without the folder of a result.
    of_model
        Whether it is of runs of the model, whose outcomes and limits the page then explains.
    """

    title: str
    question: str
    answer: str
    manifest: Manifest
    sections: Sequence[Section] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    limits: Sequence[str] = ()
    beside: Record = field(default_factory=dict)
    commands: Sequence[str] = ()
    alone: bool = False
    of_model: bool = True


def write_report(report: Report, path: Path) -> None:
    """Write the page atomically."""
    with atomic_write(path) as temporary:
        temporary.write_text(report_html(report), encoding="utf-8")


def report_html(report: Report) -> str:
    """The page as text."""
    manifest = report.manifest
    return _template().render(
        report=report,
        manifest=manifest,
        manifest_name=NAME,
        chapters=[*report.sections, *_scenario_chapters(report)],
        full={title: scenario_text(one) for title, one in report.scenarios.items()},
        outcomes=outcome_meanings() if report.of_model else {},
        thresholds=thresholds(report.scenarios.values()) if report.scenarios else "",
        limits=[*report.limits, *(LIMITS if report.of_model else ())],
        commands=_commands(report),
        record=packed({NAME: manifest, **report.beside}),
        bibtex=bibtex(manifest.versions.get("tariffsim", "")),
    )


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
    return places.get_template(_TEMPLATE)


def _scenario_chapters(report: Report) -> list[Section]:
    many = len(report.scenarios) > 1
    return [
        Section(f"Scenario: {title}" if many else "The scenario", scenario_blocks(scenario))
        for title, scenario in report.scenarios.items()
    ]


def _commands(report: Report) -> str:
    """The commands that reproduce the result, a line each, and the one that made it."""
    manifest = report.manifest
    if manifest.strategies:
        lines = ["# computed with strategies in Python: run the script that defines them"]
    else:
        here = "tariffsim reproduce .            # in this folder: the same tables, compared bit for bit"
        lines = [] if report.alone else [here]
        if LIST not in manifest.files or LIST in report.beside:
            lines.append("tariffsim reproduce report.html  # with this page alone")
    lines += report.commands
    if manifest.overrides:
        words = ["tariffsim", *(manifest.command or (manifest.verb,)), *manifest.overrides]
        lines += ["", "# the original command", shlex.join(words)]
    return "\n".join(lines)
