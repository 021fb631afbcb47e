"""A comparison as a folder: its tables with their codebook, the scenarios, the page, a report and
the manifest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from sim.batch import Figures, Run
from sim.config.check import to_plain
from sim.config.compose import write_scenario
from sim.config.params import flatten
from sim.figures.encode import figure_bytes
from sim.figures.page import again, image, page, table, write_page
from sim.results.codebook import write_csv_tables
from sim.results.columns import Notes, column_notes
from sim.results.files import content_hash
from sim.results.folder import atomic_write, cleared_on_failure, prepare_folder
from sim.results.manifest import Manifest, make_manifest, write_manifest
from sim.studies.comparison import TABLES, Comparison
from sim.studies.figure import comparison_figures
from sim.studies.moves import IDLE, MOVES, SPARED
from sim.vocabulary import OUTCOMES

__all__ = ["write_comparison"]

_NOTES: Notes = {
    "scenario": {"label": "scenario", "unit": "name"},
    "outcome": {"label": "outcome", "unit": "name"},
    "share": {"label": "share of runs", "unit": "share"},
    "ruled_out": {"label": "why the outcome cannot happen; empty where it can", "unit": "words"},
    "difference": {
        "label": "difference from the first scenario, paired by run",
        "unit": "that of the row",
    },
    "measure": {
        "label": "measure, named as in tables of runs; deal and break: whether a run had one",
        "unit": "name",
    },
    "mean": {"label": "mean over runs that have a value", "unit": "that of the measure"},
    "runs": {"label": "runs that count", "unit": "count"},
    "time": {"label": "time since the truce began", "unit": "weeks"},
    "at_risk": {"label": "truces at risk", "unit": "count"},
    "events": {"label": "truces that broke", "unit": "count"},
    "survival": {"label": "share of truces that hold", "unit": "share"},
    "week": {"label": "weeks since the start", "unit": "weeks"},
    "lever": {"label": "lever: settings moved together", "unit": "name"},
    "settings": {"label": "settings of the lever", "unit": "name"},
    "left": {"label": "their values in the first scenario", "unit": "that of the setting"},
    "right": {"label": "their values in this scenario", "unit": "that of the setting"},
    "taken_back": {
        "label": "share in this scenario less the share without the lever",
        "unit": "share",
    },
    "alone": {
        "label": "share in the first scenario with the lever alone less its own",
        "unit": "share",
    },
    "shapley": {"label": "Shapley share of the lever in the difference", "unit": "share"},
    "verdict": {
        "label": "whether taking the lever back moves the outcome's share beyond the interval",
        "unit": "name",
    },
}
_ENDS = {"low": "lower end of the 95 % interval", "high": "upper end of the 95 % interval"}
_COSTS = (
    "deal",
    "weeks_to_first_deal",
    "break",
    "weeks_to_first_break",
    "truce_share",
    "welfare_loss",
    "payoff",
    "lost_output",
)
_WORDS = {"deal": "share of runs with a deal", "break": "share of runs whose truce broke"}


def write_comparison(
    result: Comparison,
    out: Path | str,
    words: Sequence[str] = (),
    style: Figures | None = None,
    name: str = "",
    *,
    threads: int = 0,
    started: dt.datetime | None = None,
    folder: Path | None = None,
) -> Path:
    """Write a comparison's tables, scenarios, figures, report and manifest; the new folder.

    Parameters
    ----------
    result
        What was compared.
    out
        Where the folder ``compare/...`` is made.
    words
        The command line after the verb, for the record.
    style
        Formats, size and resolution of the figures, and whether there are any and a report.
    name
        What the folder is called; the scenarios' names unless given.
    threads, started
        How many it was given and when it began, for the record.
    folder
        An empty folder to write into, instead of a new one below ``out``.
    """
    style = style or Figures()
    folder = folder or prepare_folder(out, "compare", name or "-".join(result.scenarios)[:80])
    with cleared_on_failure(folder):
        write_csv_tables(folder, {name: getattr(result, name) for name in TABLES}, _note)
        for called, scenario in result.scenarios.items():
            write_scenario(scenario, folder / f"scenario-{called}.yaml")
        run = Run(runs=result.runs, seed=result.seed, name=name, threads=threads)
        manifest = _manifest(result, words, run, started or dt.datetime.now(dt.UTC))
        pictures = _figures(result, folder, style) if style.draw else {}
        if style.report:
            write_page(_page(result, manifest, pictures), folder / "report.html")
        write_manifest(manifest, folder)
    return folder


def _note(column: str) -> dict[str, str]:
    """Label and unit of a column; ends of intervals have the unit of what they enclose."""
    whole, _, end = column.rpartition(".")
    if column in _ENDS:
        return {"label": _ENDS[column], "unit": "that of the value before it"}
    if end not in _ENDS:
        return dict(_NOTES[column])
    return {"label": f"{_NOTES[whole]['label']}: {_ENDS[end]}", "unit": _NOTES[whole]["unit"]}


def _manifest(result: Comparison, words: Sequence[str], run: Run, started: dt.datetime) -> Manifest:
    scenarios = tuple(to_plain(scenario) for scenario in result.scenarios.values())
    manifest = make_manifest(
        verb="compare",
        scenario=scenarios[0],
        run=run,
        overrides=tuple(words),
        engine="ensemble",
        started=started,
    )
    content = {name: content_hash([getattr(result, name)]) for name in TABLES}
    return replace(
        manifest, answer=result.answer, scenarios=scenarios, outcome=result.outcome, content=content
    )


def _figures(result: Comparison, folder: Path, style: Figures) -> dict[str, bytes]:
    """Write the figures in the formats asked for; their PNGs by name."""
    (folder / "figures").mkdir()
    kinds = ("png", "svg") if style.format == "both" else (style.format,)
    pictures = {}
    for drawn, figure in comparison_figures(result, style).items():
        made = {kind: figure_bytes(figure, kind) for kind in dict.fromkeys(("png", *kinds))}
        for kind in kinds:
            with atomic_write(folder / "figures" / f"{drawn}.{kind}") as part:
                part.write_bytes(made[kind])
        pictures[drawn] = made["png"]
    return pictures


def _page(result: Comparison, manifest: Manifest, pictures: dict[str, bytes]) -> str:
    titles = result.titles
    heading = f"What makes the difference? {', '.join(titles.values())}"
    names = list(result.scenarios)
    parts = [f"<h1>{escape(heading)}</h1>", f'<p class="answer">{escape(result.answer)}</p>']
    parts += [
        image(drawn, f"{result.answer}. The tables below hold its figures.", png)
        for drawn, png in pictures.items()
    ]
    parts += [
        "<h2>Outcomes</h2>",
        _outcome_table(result),
        "<h2>Times and costs</h2>",
        _cost_table(result),
    ]
    parts += [
        "<h2>Where the paths part</h2>",
        *(f"<p>{escape(_parting(result, name))}</p>" for name in names[1:]),
    ]
    for name in names[1:]:
        parts += [
            f"<h2>Which lever does the work: {escape(titles[name])}</h2>",
            _lever_table(result, name),
            *_sentences(result, name),
        ]
    return page(heading, [*parts, _DEFINITIONS, again(manifest)])


_DEFINITIONS = (
    "<h2>What the words mean</h2><p>An outcome is a run's state in a week drawn from the closing year. <em>Taken back</em> is the share in the "
    "scenario less its share without the lever; <em>alone</em> is the first scenario with that lever less the first scenario; the <em>Shapley "
    "share</em> is what the lever adds, averaged over all orders in which the levers may be moved, and these add to the difference. Paths part in "
    "the first week whose set of events differs under the same draws. Every interval is at 95&nbsp;% and of the runs: it says what other draws would "
    "change, not what other settings would, and the model explores mechanisms and does not forecast. Definitions: docs/compare.md.</p>"
)


def _points(row: dict[str, float], name: str) -> tuple[str, str]:
    value, low, high = (100.0 * row[end] for end in (name, f"{name}.low", f"{name}.high"))
    return (f"{value:+.1f}", f"{low:+.1f} to {high:+.1f}") if value == value else ("", "")


def _outcome_table(result: Comparison) -> str:
    rows = [
        (
            result.titles[row["scenario"]],
            OUTCOMES[row["outcome"]].label,
            f"{100 * row['share']:.1f}",
            f"cannot happen: {row['ruled_out']}"
            if row["ruled_out"]
            else f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            *_points(row, "difference"),
        )
        for row in result.outcomes.to_dict("records")
    ]
    head = ("Scenario", "Outcome", "share (%)", "interval", "difference (points)", "interval")
    return table(
        f"{result.runs:,} runs a scenario, seed {result.seed}; differences from the first.",
        head,
        rows,
        (2, 3, 4, 5),
    )


def _cost_table(result: Comparison) -> str:
    rows = []
    labels = {
        name: notes
        for one in result.scenarios.values()
        for name, notes in column_notes(flatten(one)).items()
    }
    for row in result.measures.to_dict("records"):
        measure = row["measure"]
        if measure.partition(".")[0] not in _COSTS:
            continue
        note = labels.get(measure, {"label": _WORDS.get(measure, measure), "unit": "share"})
        gap = f"{row['difference']:+.2f}" if row["difference"] == row["difference"] else ""
        ends = f"{row['difference.low']:+.2f} to {row['difference.high']:+.2f}" if gap else ""
        rows.append(
            (
                result.titles[row["scenario"]],
                note["label"],
                note["unit"],
                f"{row['mean']:.2f}",
                gap,
                ends,
            )
        )
    head = ("Scenario", "Measure", "unit", "mean", "difference", "interval")
    return table(
        "Means over the runs that have a value; differences over those that have one in both.",
        head,
        rows,
        (3, 4, 5),
    )


def _parting(result: Comparison, name: str) -> str:
    paths = result.paths[result.paths["scenario"] == name]
    last = paths.iloc[-1]
    week = result.parted(name)
    half = (
        f"half the runs have parted by week {week:.0f}"
        if week == week
        else "fewer than half the runs part"
    )
    return (
        f"{result.titles[name]}: {half}; by week {last['week']:.0f} {100 * last['share']:.0f} % have "
        f"({100 * last['low']:.0f} to {100 * last['high']:.0f} %)."
    )


def _lever_table(result: Comparison, name: str) -> str:
    own = result.levers[result.levers["scenario"] == name]
    rows = [
        (
            f"{row['lever']} ({row['settings']})",
            f"{row['left']} \u2192 {row['right']}",
            *_points(row, "taken_back"),
            *_points(row, "alone"),
            *_points(row, "shapley"),
            row["verdict"],
        )
        for row in own.to_dict("records")
    ]
    head = (
        "Lever",
        "values",
        "taken back",
        "interval",
        "alone",
        "interval",
        "Shapley",
        "interval",
        "taking it back",
    )
    caption = f"Points of {OUTCOMES[result.outcome].label}; Shapley shares add to {100 * own['shapley'].sum():+.1f}."
    return table(caption, head, rows, (2, 3, 4, 5, 6, 7))


def _sentences(result: Comparison, name: str) -> Iterator[str]:
    """The levers of each verdict in a sentence."""
    share = f"P({OUTCOMES[result.outcome].label})"
    said = {
        MOVES: f"Taking back one of these changes {share} beyond the interval",
        SPARED: f"Taking back one of these alone does not, though in other company it moves {share}: others make up for it",
        IDLE: f"These do nothing to {share} that goes beyond the interval, taken back, alone or in any order",
    }
    for verdict, words in said.items():
        levers = result.levers_that(name, verdict)
        if levers:
            yield f"<p>{escape(words)}: {escape('; '.join(levers))}.</p>"
