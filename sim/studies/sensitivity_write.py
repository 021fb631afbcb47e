"""A sensitivity study as a folder: labels and units of its tables, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.analysis.sensitivity import FIRST, TOTAL
from sim.analysis.two_draws import WHOLE
from sim.report import Block, Items, Picture, Report, Section, Table, Words
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.studies.examine import NOTHING
from sim.studies.folder import Order, Study, write_study
from sim.studies.sensitivity_figure import sensitivity_figures
from sim.studies.sensitivity_study import Sensitivity
from sim.vocabulary import OUTCOMES

__all__ = ["sensitivity_report", "write_sensitivity"]

_NOTES: Notes = {
    "lever": {"label": "lever: settings moved together", "unit": "name"},
    "settings": {"label": "settings of the lever", "unit": "name"},
    "from": {"label": "their values at the first end", "unit": "that of the setting"},
    "to": {"label": "their values at the other end", "unit": "that of the setting"},
    "scenario": {"label": "mean in the scenario", "unit": "that of the outcome"},
    "at_from": {"label": "mean with the lever at the first end", "unit": "that of the outcome"},
    "at_to": {"label": "mean with the lever at the other end", "unit": "that of the outcome"},
    "difference": {
        "label": "mean at the other end less mean at the first, paired by run",
        "unit": "that of the outcome",
    },
    "refused": {"label": "whether a rule between settings refuses an end", "unit": "true/false"},
    "stands": {"label": "whether it stands out from chance", "unit": "true/false"},
    "effect": {
        "label": "root mean square effect of a move over half of the range, noise apart",
        "unit": "that of the outcome",
    },
    "index": {"label": "index: first order, total order, whole distribution", "unit": "name"},
    "share": {"label": "share of all variance, noise between runs included", "unit": "share"},
    "of_levers": {
        "label": "the same as a share of the levers' variance; empty where that is not clear",
        "unit": "share",
    },
    "together": {"label": "whether it stands for levers moved as one", "unit": "true/false"},
    "source": {"label": "where variance comes from", "unit": "name"},
    "total_variance": {"label": "variance of runs", "unit": "square of the outcome's"},
    "by": {"label": "what the ranking goes by", "unit": "name"},
    "sample": {"label": "size of the sample", "unit": "that of the row"},
    "sample_unit": {"label": "what the sample is counted in", "unit": "name"},
    "sample_needed": {
        "label": "size that would part it from the first, or show what is worth seeing where none leads; 0: none open, or "
        "not by 1,000 times the sample",
        "unit": "that of the row",
    },
}
_MEANINGS = {
    "lever": "settings that are moved together; both sides' same setting is one lever unless taken apart (docs/sensitivity.md)",
    "from end to end": "the mean with the lever at the one end of its range against the other, all else as in the scenario, on the same draws",
    "first order": "what a lever explains of the variance alone, over the ranges of all",
    "total order": "what it explains alone and together with others",
    "whole distribution": "the first order for all outcomes together, or for lying below each of many thresholds: no moment is taken",
    "noise between runs": "variance that remains where every lever stands still; it is in no index",
    "stands out": "beyond chance, corrected for the number of levers: in a model of noise alone something stands out in at most 5 of 100 studies",
    "interval": "at 95 %: of the runs for moves, of points and runs for screening and indices; ranges are judgements",
}
_SHOWN = 20  # rows of a table in the report; the file has all


def write_sensitivity(result: Sensitivity, order: Order | None = None) -> Path:
    """Write a study's folder; ``order`` says where and how.

    Returns
    -------
    Path
        The folder: a CSV for each table, the scenario, figure, report and manifest.
    """
    scenario = result.scenario
    study = Study(
        verb="sensitivity",
        answer=result.answer,
        tables=result.tables,
        notes=_NOTES,
        scenarios={scenario.name: scenario},
        runs=result.plan.runs,
        seed=result.plan.seed,
        recorded={"outcome": result.outcome, "asked": result.asked},
    )
    return write_study(
        study,
        order or Order(),
        lambda manifest, pictures: sensitivity_report(result, manifest, pictures),
        lambda style: sensitivity_figures(result, style).items(),
    )


def sensitivity_report(
    result: Sensitivity, manifest: Manifest, pictures: Sequence[Picture] = ()
) -> Report:
    """What the report of a study says."""
    words = f"{result.answer}. The tables below hold its figures."
    shown = [
        picture.described(words, files=("moves.csv", "indices.csv", "variance.csv"))
        for picture in pictures
    ]
    scenario = result.scenario
    return Report(
        title=scenario.title or scenario.name,
        question=f"What moves {result.label}?",
        answer=result.answer,
        manifest=manifest,
        sections=[
            *([Section("In a picture", shown)] if shown else []),
            Section("Direction and size", [_sentence(result.of_size()), _moves(result)]),
            Section(
                "Levers and noise",
                [_sentence(result.of_variance()), _variance(result), _indices(result)],
            ),
            Section("Screening", [_screened(result), _screening(result)]),
            Section("What a larger sample would settle", [_ranking(result)]),
            Section("What was moved", _moved(result)),
        ],
        scenarios={scenario.title or scenario.name: scenario},
        meanings=_MEANINGS,
        limits=[
            "Which lever someone could move, or at what cost: ranges are what is plausible, not what is feasible."
        ],
    )


def _sentence(clause: str) -> Words:
    return Words(f"{clause[:1].upper()}{clause[1:]}.")


def _moves(result: Sensitivity) -> Table:
    rows = [
        (
            f"{row['lever']} ({row['settings']})",
            f"{row['from']} \u2192 {row['to']}",
            *(
                ("refused by a rule", "", "", "")
                if row["refused"]
                else (
                    _level(result, row["at_from"]),
                    _level(result, row["at_to"]),
                    result.amount(row["difference"]),
                    f"{result.amount(row['difference.low'])} to {result.amount(row['difference.high'])}",
                )
            ),
            "stands out" if row["stands"] else "",
        )
        for row in result.moves.head(_SHOWN).to_dict("records")
    ]
    head = ("Lever", "values", "from", "to", "difference", "interval", "beyond chance")
    unit = "per cent of runs and points" if result.outcome in OUTCOMES else result.unit
    caption = (
        f"{result.plan.runs:,} runs at each end, seed {result.plan.seed}, on common draws; in {unit}; in the scenario "
        f"{_level(result, result.moves['scenario'].iloc[0])}. {_count(result.moves)}"
    )
    return Table(caption, head, rows, (2, 3, 4, 5), file="moves.csv")


def _level(result: Sensitivity, value: float) -> str:
    return f"{100 * value:.1f}" if result.outcome in OUTCOMES else f"{value:.3g}"


def _count(table: pd.DataFrame) -> str:
    return f"The first {_SHOWN} of {len(table)} rows." if len(table) > _SHOWN else ""


def _percent(row: dict[str, float], name: str) -> tuple[str, str]:
    value, low, high = (
        f"{100 * row[end]:.1f}".replace("-0.0", "0.0")
        for end in (name, f"{name}.low", f"{name}.high")
    )
    return value, f"{low} to {high}"


def _variance(result: Sensitivity) -> Table:
    rows = [(row["source"], *_percent(row, "share")) for row in result.variance.to_dict("records")]
    caption = f"Per cent of the variance between runs; {result.plan.points:,} base points, each lever over its range."
    return Table(caption, ("Source", "share", "interval"), rows, (1, 2), file="variance.csv")


def _indices(result: Sensitivity) -> Table:
    rows = []
    for lever, own in result.indices.groupby("lever", sort=False):
        by = {row["index"]: row for row in own.to_dict("records")}
        cells = [cell for kind in (FIRST, TOTAL, WHOLE) for cell in _percent(by[kind], "share")]
        rows.append((str(lever), *cells, "stands out" if by[TOTAL]["stands"] else ""))
    head = (
        "Lever",
        "first order",
        "interval",
        "total order",
        "interval",
        "whole distribution",
        "interval",
        "total beyond chance",
    )
    caption = (
        "Per cent of all variance, noise between runs included; indices may fall below 0 by chance."
    )
    return Table(caption, head, rows, (1, 2, 3, 4, 5, 6), file="indices.csv")


def _screened(result: Sensitivity) -> Words:
    """The levers that stand out in the screening, in a sentence."""
    names = result.screening.loc[result.screening["stands"], "lever"].tolist()
    if not names:
        return Words(f"{NOTHING[:1].upper()}{NOTHING[1:]} of {len(result.screening)} levers.")
    return Words(f"Beyond chance over the ranges of all: {'; '.join(names)}.")


def _screening(result: Sensitivity) -> Table:
    scale = 100.0 if result.outcome in OUTCOMES else 1.0
    rows = [
        (
            row["lever"],
            f"{scale * row['effect']:.3g}",
            f"{scale * row['effect.low']:.3g} to {scale * row['effect.high']:.3g}",
            "stands out" if row["stands"] else "",
        )
        for row in result.screening.head(_SHOWN).to_dict("records")
    ]
    unit = "points" if result.outcome in OUTCOMES else result.unit
    caption = (
        f"Root mean square effect of a move over half of the range, {unit}; {result.plan.trajectories:,} trajectories, each under two "
        f"draws. {_count(result.screening)}"
    )
    head = ("Lever", "effect", "interval", "beyond chance")
    return Table(caption, head, rows, (1, 2), file="screening.csv")


def _ranking(result: Sensitivity) -> Table:
    rows = [
        (
            row["by"],
            row["lever"],
            f"{row['sample']:,} {row['sample_unit']}",
            f"about {row['sample_needed']:,}" if row["sample_needed"] else "",
        )
        for row in result.ranking.to_dict("records")
    ]
    head = ("By", "Lever", "sample", "would settle")
    caption = "The first, and those that do not differ from it significantly; the sample that would tell it from each, or show something."
    return Table(caption, head, rows, (3,), file="ranking.csv")


def _moved(result: Sensitivity) -> list[Block]:
    rows = [(lever.label, lever.text.replace("+", " + ")) for lever in result.levers]
    table = Table(
        f"{len(rows)} levers, each as it is written.", ("Lever", "range or options"), rows
    )
    return [
        table,
        *([Items([_sentence(note).text for note in result.notes])] if result.notes else []),
    ]
