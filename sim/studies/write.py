"""A comparison as a folder: labels and units of its tables, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.config.params import flatten
from sim.report import Block, Picture, Report, Section, Table, Words
from sim.results.columns import Notes, column_notes
from sim.results.manifest import Manifest
from sim.studies.comparison import EVER_WORDS, TABLES, Comparison
from sim.studies.figure import comparison_figures
from sim.studies.folder import Order, Study, write_study
from sim.studies.moves import IDLE, MOVES, SPARED
from sim.vocabulary import OUTCOMES

__all__ = ["comparison_report", "write_comparison"]

_NOTES: Notes = {
    "scenario": {"label": "scenario", "unit": "name"},
    "outcome": {"label": "outcome", "unit": "name"},
    "share": {"label": "share of runs", "unit": "share"},
    "counted": {"label": "share of runs, counted", "unit": "share"},
    "difference.counted": {
        "label": "difference of the counted shares, to which the levers add",
        "unit": "share",
    },
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


def write_comparison(result: Comparison, order: Order | None = None) -> Path:
    """Write a comparison's folder; ``order`` says where and how.

    Returns
    -------
    Path
        The folder: a CSV for each table, the scenarios, a page for each scenario that was held
        against the first, report and manifest.
    """
    study = Study(
        verb="compare",
        answer=result.answer,
        tables={name: getattr(result, name) for name in TABLES},
        notes=_NOTES,
        scenarios=result.scenarios,
        runs=result.runs,
        seed=result.seed,
        precision=result.precision,
        recorded={"outcome": result.outcome},
    )
    return write_study(
        study,
        order or Order(),
        lambda manifest, pictures: comparison_report(result, manifest, pictures),
        lambda style: comparison_figures(result, style).items(),
    )


def comparison_report(
    result: Comparison, manifest: Manifest, pictures: Sequence[Picture] = ()
) -> Report:
    """What the report of a comparison says."""
    titles = result.titles
    others = list(result.scenarios)[1:]
    words = f"{result.answer}. The tables below hold its figures."
    shown = [
        picture.described(words, files=("outcomes.csv", "survival.csv", "levers.csv"))
        for picture in pictures
    ]
    parting = [Words(_parting(result, name)) for name in others]
    levers = [
        Section(
            f"Which lever does the work: {titles[name]}",
            [_lever_table(result, name), *_sentences(result, name)],
        )
        for name in others
    ]
    return Report(
        title=", ".join(titles.values()),
        question=f"What makes the difference in {OUTCOMES[result.outcome].label}?",
        answer=result.answer,
        manifest=manifest,
        sections=[
            *([Section("In a picture", shown)] if shown else []),
            Section("Outcomes", [_outcome_table(result)]),
            Section("Times and costs", [_cost_table(result)]),
            Section("Where the paths part", parting),
            *levers,
        ],
        scenarios={titles[name]: scenario for name, scenario in result.scenarios.items()},
        meanings=_MEANINGS,
    )


_MEANINGS = {
    "taken back": "the share in the scenario less its share without the lever",
    "alone": "the first scenario with that lever less the first scenario",
    "Shapley share": "what the lever adds, averaged over all orders in which the levers may be moved; these add to the difference",
    "paths part": "in the first week whose set of events differs under the same draws (docs/compare.md)",
    "interval": "at 95 %, of the runs: what other draws would change, paired by run number, not what other settings would",
}


def _points(row: dict[str, float], name: str) -> tuple[str, str]:
    value, low, high = (100.0 * row[end] for end in (name, f"{name}.low", f"{name}.high"))
    return (f"{value:+.1f}", f"{low:+.1f} to {high:+.1f}") if value == value else ("", "")


def _outcome_table(result: Comparison) -> Table:
    rows = [
        (
            result.titles[row["scenario"]],
            OUTCOMES[row["outcome"]].label,
            f"{100 * row['share']:.1f}",
            f"{100 * row['counted']:.1f}",
            f"cannot happen: {row['ruled_out']}"
            if row["ruled_out"]
            else f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            *_points(row, "difference"),
        )
        for row in result.outcomes.to_dict("records")
    ]
    head = (
        *("Scenario", "Outcome", "share (%)", "counted (%)", "interval of the share"),
        *("difference (points)", "interval of the difference"),
    )
    return Table(
        f"{result.runs:,} runs a scenario, seed {result.seed}; differences from the first. {_ESTIMATED}",
        head,
        rows,
        (2, 3, 4, 5, 6),
        file="outcomes.csv",
    )


_ESTIMATED = (
    "From 512 runs on a share and a difference have the luck of decisions taken out, each by itself: "
    "a difference need not be that of the two shares beside it. Counted: the runs that ended so."
)


def _cost_table(result: Comparison) -> Table:
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
        note = labels.get(measure, {"label": EVER_WORDS.get(measure, measure), "unit": "share"})
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
    return Table(
        "Means over the runs that have a value; differences over those that have one in both.",
        head,
        rows,
        (3, 4, 5),
        file="measures.csv",
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


def _lever_table(result: Comparison, name: str) -> Table:
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
    return Table(caption, head, rows, (2, 3, 4, 5, 6, 7), file="levers.csv")


def _sentences(result: Comparison, name: str) -> list[Block]:
    """The levers of each verdict in a sentence."""
    share = f"P({OUTCOMES[result.outcome].label})"
    said = {
        MOVES: f"Taking back one of these changes {share} beyond the interval",
        SPARED: f"Taking back one of these alone does not, though in other company it moves {share}: others make up for it",
        IDLE: f"These do nothing to {share} that goes beyond the interval, taken back, alone or in any order",
    }
    found = {verdict: result.levers_that(name, verdict) for verdict in said}
    return [
        Words(f"{said[verdict]}: {'; '.join(levers)}.")
        for verdict, levers in found.items()
        if levers
    ]
