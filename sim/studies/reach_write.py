"""A least change as a folder: labels and units of its tables, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.analysis.labels import percent
from sim.report import Items, Picture, Report, Section, Table, Words
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.studies.folder import Order, Study, write_study
from sim.studies.least_change import LEAST, TABLES, Reach
from sim.studies.objectives import OVER
from sim.studies.reach_figure import reach_figure
from sim.vocabulary import OUTCOMES

__all__ = ["reach_report", "write_reach"]

_NOTES: Notes = {
    "change": {"label": "change: its name, or its levers with their values", "unit": "words"},
    "outcome": {"label": "outcome", "unit": "name"},
    "share": {"label": "share of runs on fresh draws", "unit": "share"},
    "levers": {"label": "levers moved", "unit": "count"},
    "size": {
        "label": "size: sum over levers of the move in units of the plausible range",
        "unit": "ranges",
    },
    "name": {"label": "name of the change, as in its scenario file", "unit": "name"},
    "role": {"label": "the least change, or what it is beside it", "unit": "words"},
    "verdict": {
        "label": "whether fresh draws bear out that it reaches the target",
        "unit": "words",
    },
    "lever": {"label": "lever: settings moved together", "unit": "name"},
    "setting": {"label": "setting", "unit": "name"},
    "from": {"label": "value in the scenario", "unit": "that of the setting"},
    "to": {"label": "value after the change", "unit": "that of the setting"},
    **{
        name: {"label": f"share of runs in {outcome.label} on fresh draws", "unit": "share"}
        for name, outcome in OUTCOMES.items()
    },
}


def write_reach(result: Reach, order: Order | None = None) -> Path:
    """Write the folder of a least change; ``order`` says where and how.

    Returns
    -------
    Path
        The folder: a CSV for each table, the scenario as it is and after each change that reaches
        the target, the page, report and manifest.
    """
    order = order or Order()
    order = replace(order, name=order.name or f"{result.start.name}-{result.outcome}")
    asked = {
        "share": result.share,
        "caps": result.caps,
        "levers": list(result.asked),
        "sides": result.sides,
        "most": result.most,
        "over": result.over,
    }
    study = Study(
        verb="reach",
        answer=result.answer,
        tables={name: getattr(result, name) for name in TABLES},
        notes=_NOTES,
        scenarios=result.scenarios,
        runs=result.runs,
        seed=result.seed,
        recorded={"outcome": result.outcome, "asked": asked},
    )
    return write_study(
        study,
        order,
        lambda manifest, pictures: reach_report(result, manifest, pictures),
        lambda style: [("reach", reach_figure(result, style))],
    )


def reach_report(result: Reach, manifest: Manifest, pictures: Sequence[Picture] = ()) -> Report:
    """What the report of a least change says."""
    label, start = OUTCOMES[result.outcome].label, result.start.title or result.start.name
    shown = [
        picture.described(
            f"{result.answer}. The tables below hold its figures.", files=("front.csv",)
        )
        for picture in pictures
    ]
    changes = [
        Section("What the least change moves", [_moves_table(result)]),
        Section("Changes that reach the target", [_changes_table(result)]),
        Section("Outcomes before and after", [_outcome_table(result)]),
    ]
    target = "" if result.share is None else f"{percent(result.share)} "
    return Report(
        title=f"{start}: {target}{label}",
        question=f"What is the least change from {start} to {target or 'more '}{label}?",
        answer=result.answer,
        manifest=manifest,
        sections=[
            *([Section("In a picture", shown)] if shown else []),
            *(changes if len(result.changes) else []),
            Section("Size against share", [_front_table(result)]),
            Section(
                "How it was found",
                [Words(_HOW), Items(result.levers, "Levers that could be moved:")],
            ),
        ],
        scenarios={scenario.title or name: scenario for name, scenario in result.scenarios.items()},
        meanings=_MEANINGS,
        limits=_LIMITS,
        commands=_commands(result),
    )


_HOW = (
    "Levers were screened alone and in sets, on one set of draws; how far each set must move was settled on a second; every share on this page is "
    "from a third, on which nothing was chosen (docs/reach.md)."
)
_MEANINGS = {
    "lever": "a setting, or both sides' same setting, which is moved to one value and counts once",
    "size": "the sum over the levers of how far each moves, in units of its plausible range; another choice is a whole range",
    "fresh draws": "runs with a seed that neither the search nor the choice has used",
    "interval": "at 95 %: what other draws would change; over the settings, what other draws and other plausible settings would",
}
_LIMITS = (
    "Which change would be easiest in the world. A size is in plausible ranges of the model's settings, which are judgements; it is no cost.",
    "Whether no smaller change exists. The search is by sets that begin with a lever that does well; a lever that works only together with two "
    "others is not found.",
)


def _commands(result: Reach) -> list[str]:
    if not len(result.changes) or result.over != OVER[0]:
        return []
    return [
        f"tariffsim run file=scenario-{LEAST}.yaml runs={result.runs} seed={result.fresh}  # the same shares"
    ]


def _interval(row: dict[str, Any], name: str = "") -> tuple[str, str]:
    """A share and its interval, in per cent."""
    ends = ("share", "low", "high") if not name else (name, f"{name}.low", f"{name}.high")
    value, low, high = (100.0 * float(row[end]) for end in ends)
    return f"{value:.1f}", f"{low:.1f} to {high:.1f}"


def _capped(result: Reach, row: dict[str, Any]) -> list[str]:
    return [part for name in result.caps for part in _interval(row, name)]


def _head(result: Reach) -> list[str]:
    names = [result.outcome, *result.caps]
    return [part for name in names for part in (f"{OUTCOMES[name].label} (%)", "interval")]


def _caption(result: Reach) -> str:
    return f"{result.runs:,} runs a change, seed {result.fresh}."


def _numbers(result: Reach, first: int) -> tuple[int, ...]:
    return tuple(range(first, first + 2 * (1 + len(result.caps))))


def _front_table(result: Reach) -> Table:
    rows = [
        (
            str(row["levers"]),
            row["change"],
            f"{row['size']:.2f}",
            *_interval(row),
            *_capped(result, row),
        )
        for row in result.front.to_dict("records")
    ]
    head = ("Levers", "Change", "size", *_head(result))
    return Table(_caption(result), head, rows, (0, 2, *_numbers(result, 3)), file="front.csv")


def _changes_table(result: Reach) -> Table:
    rows = [
        (
            row["name"],
            row["change"],
            f"{row['size']:.2f}",
            *_interval(row),
            *_capped(result, row),
            row["verdict"],
        )
        for row in result.changes.to_dict("records")
    ]
    head = ("Name", "Change", "size", *_head(result), "target")
    return Table(_caption(result), head, rows, (2, *_numbers(result, 3)), file="changes.csv")


def _moves_table(result: Reach) -> Table:
    rows = [
        (row["lever"], row["setting"], row["from"], row["to"], f"{row['size']:.2f}")
        for row in result.moves[result.moves["name"] == LEAST].to_dict("records")
    ]
    head = ("Lever", "Setting", "from", "to", "size")
    return Table("Both sides' setting counts once.", head, rows, (2, 3, 4), file="moves.csv")


def _outcome_table(result: Reach) -> Table:
    rows = [
        (row["change"], OUTCOMES[row["outcome"]].label, *_interval(row))
        for row in result.outcomes.to_dict("records")
        if row["change"] in ("start", LEAST)
    ]
    head = ("Scenario", "Outcome", "share (%)", "interval")
    return Table(_caption(result), head, rows, (2, 3), file="outcomes.csv")
