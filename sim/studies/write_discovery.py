"""A discovery as a folder: its tables with their codebook, the scenario, the box as a scenario and as
a sweep, the page, a report and the manifest.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from sim.analysis.induction import LIBRARIES
from sim.batch.read import sweep_to_plain
from sim.config.check import to_plain
from sim.config.yaml import to_yaml
from sim.report import Block, Links, Picture, Report, Section, Table, Words
from sim.results.columns import Notes, design_notes
from sim.results.manifest import Manifest
from sim.results.reader import plain_of
from sim.studies.discovery import TABLES, Asked, Discovery
from sim.studies.discovery_figure import discovery_figures, title_of
from sim.studies.folder import Order, Study, write_study
from sim.vocabulary import OUTCOMES

__all__ = ["BOX_SCENARIO", "BOX_SWEEP", "discovery_report", "write_discovery"]

BOX_SCENARIO, BOX_SWEEP = "box-scenario.yaml", "box-sweep.yaml"
_SHOWN = 10  # boxes of the report; boxes.csv has all
_METHODS = {"prim": "PRIM", "tree": "tree"}
_NOTES: Notes = {
    "box": {"label": "number of the candidate", "unit": "count"},
    "method": {"label": "what gave it: PRIM or a regression tree", "unit": "name"},
    "levers": {"label": "levers that it limits", "unit": "count"},
    "limits": {"label": "the box in words", "unit": "words"},
    "mass": {"label": "part of the points inside", "unit": "share"},
    "density": {"label": "share of the outcome inside", "unit": "share"},
    "coverage": {"label": "part of runs with the outcome inside", "unit": "share"},
    "score": {"label": "correlation between lying inside and the share", "unit": "correlation"},
    "p": {"label": "permutations whose best box scores as high", "unit": "probability"},
    "least": {
        "label": "score that the best box of a permutation passes once in a hundred times",
        "unit": "correlation",
    },
    "chosen": {"label": "whether it is the box", "unit": "true/false"},
    "lever": {"label": "setting", "unit": "name"},
    "label": {"label": "what it is called", "unit": "words"},
    "unit": {"label": "its unit", "unit": "name"},
    "low": {"label": "lower end", "unit": "that of the row"},
    "high": {"label": "upper end", "unit": "that of the row"},
    "values": {"label": "choices inside, where it is a choice", "unit": "name"},
    "range.low": {"label": "lower end of the range it was drawn over", "unit": "that of the row"},
    "range.high": {"label": "upper end of the range it was drawn over", "unit": "that of the row"},
    "middle": {"label": "its value in the middle of the box", "unit": "that of the row"},
    "explained": {
        "label": "part of the variance between points that it explains alone",
        "unit": "share",
    },
    "where": {"label": "what the row is of", "unit": "name"},
    "value": {"label": "share, difference or coverage in fresh runs", "unit": "share"},
    "runs": {"label": "runs", "unit": "count"},
    "chance": {"label": "what a box drawn blindly would have", "unit": "share"},
    "half": {"label": "whether the point shaped the candidates or judged them", "unit": "name"},
    "inside": {"label": "whether the point lies inside the box", "unit": "true/false"},
    "share": {"label": "share of the outcome at the point", "unit": "share"},
}
_NOTES |= {
    f"shaped.{name}": {
        **_NOTES[name],
        "label": f"{_NOTES[name]['label']}, on the points that shaped it",
    }
    for name in ("mass", "density", "coverage")
}
_ROWS = {
    "inside": "inside the box",
    "outside": "outside",
    "difference": "difference, points",
    "coverage": "part of all these runs inside",
    "middle": "in the middle of the box",
    "scenario": "in the scenario itself",
}


def write_discovery(result: Discovery, order: Order | None = None) -> Path:
    """Write a discovery's folder; ``order`` says where and how.

    Returns
    -------
    Path
        The folder: a CSV for each table, the scenario, the box as a scenario and as a sweep, the
        page, report and manifest.
    """
    searched = result.searched
    asked = Asked(
        source=searched.source,
        sweep=sweep_to_plain(searched.sweep),
        sweep_seed=searched.seed,
        levers=tuple(searched.domains),
        share=result.share,
        libraries={name: version(name) for name in LIBRARIES},
    )
    moved = design_notes(name for name in result.points if "." in name)
    study = Study(
        verb="discover",
        answer=result.answer,
        tables={name: getattr(result, name) for name in TABLES},
        notes={**_NOTES, **moved},
        scenarios={searched.scenario.name: searched.scenario},
        runs=searched.sweep.runs,
        seed=result.seed,
        recorded={"outcome": result.outcome, "asked": plain_of(asked)},
        files=_box_files(result),
    )
    return write_study(
        study,
        order or Order(),
        lambda manifest, pictures: discovery_report(result, manifest, pictures),
        lambda style: discovery_figures(result, style).items(),
    )


def _box_files(result: Discovery) -> dict[str, bytes]:
    """The box as a scenario and as a sweep; nothing where there is none."""
    if result.sweep is None:
        return {}
    head = f"# {result.place}\n# tariffsim sweep sweep_file={BOX_SWEEP} file=scenario.yaml\n\n"
    files = {BOX_SWEEP: head + to_yaml(sweep_to_plain(result.sweep))}
    if result.middle is not None:
        head = f"# The middle of a box: {result.place}\n# tariffsim run file={BOX_SCENARIO}\n\n"
        files[BOX_SCENARIO] = head + to_yaml(to_plain(result.middle))
    return {name: text.encode("utf-8") for name, text in files.items()}


def discovery_report(
    result: Discovery, manifest: Manifest, pictures: Sequence[Picture] = ()
) -> Report:
    """What the report of a discovery says."""
    words = f"{title_of(result)}. The tables below hold its figures."
    shown = [
        picture.described(words, files=("points.csv", "boxes.csv", "fresh.csv"))
        for picture in pictures
    ]
    found = result.found is not None
    return Report(
        title=result.searched.scenario.title or result.searched.scenario.name,
        question=f"Where is {OUTCOMES[result.outcome].label} likely?",
        answer=result.answer,
        manifest=manifest,
        sections=[
            *([Section("In a picture", shown)] if shown else []),
            *([Section("The box", [_box_table(result), *_uses(result)])] if found else []),
            *([Section("Fresh runs", [_fresh(result)])] if found else []),
            Section("Boxes that were judged", [_candidates(result)]),
        ],
        scenarios={result.searched.scenario.title: result.searched.scenario},
        meanings=_MEANINGS,
        limits=(
            "What would happen if a government set the levers of a box. Some are choices and some are traits that nobody sets; the ranges are "
            "judgements, taken as even and independent, and a box says where in them the model ends so.",
        ),
        commands=_commands(result),
    )


_MEANINGS = {
    "density": "the outcome's share inside a box; a box drawn blindly has that of all points",
    "coverage": "the part of all runs with the outcome that lie inside; a box drawn blindly has its mass",
    "mass": "the part of the points that lie inside",
    "score": "the correlation between lying in a box and the share at a point. Half of the points shaped the boxes, the other half judged them; a box "
    "passes where its score exceeds the best of 99 in 100 permutations of their shares",
    "fresh runs": "runs of points and draws that took no part in the search, one run a point; every lever that the box leaves free is drawn over its "
    "range (docs/discover.md)",
    "interval": "at 95 %, of fresh runs and points: what other draws and points of the same ranges would change",
}


def _commands(result: Discovery) -> list[str]:
    if result.found is None:
        return []
    lines = [
        f"tariffsim sweep sweep_file={BOX_SWEEP} file=scenario.yaml   # the box, over all levers"
    ]
    if result.middle is not None:
        lines.append(f"tariffsim run file={BOX_SCENARIO}   # its middle")
    return lines


def _uses(result: Discovery) -> list[Block]:
    """The box as files."""
    files = {"the box as a sweep": BOX_SWEEP}
    if result.middle is not None:
        files["its middle as a scenario"] = BOX_SCENARIO
        return [Links("As files: ", files)]
    words = "Its middle contradicts a rule between settings, so there is no scenario of it."
    return [Links("As a file: ", files), Words(words)]


def _box_table(result: Discovery) -> Table:
    rows = [
        (
            f"{row['label']} ({row['lever']})",
            row["unit"],
            row["values"] or f"{row['low']:g} to {row['high']:g}",
            "" if row["values"] else f"{row['range.low']:g} to {row['range.high']:g}",
            row["middle"],
            f"{100 * row['explained']:.0f}",
        )
        for row in result.box.to_dict("records")
    ]
    head = ("Lever", "unit", "inside", "drawn over", "middle", "explains alone (%)")
    caption = "The levers that the box limits; every other is free."
    return Table(caption, head, rows, (2, 3, 4, 5), file="box.csv")


def _fresh(result: Discovery) -> Table:
    rows = [
        (
            _ROWS[row["where"]],
            f"{100 * row['value']:.1f}",
            f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            f"{row['runs']:,}",
            "" if row["chance"] != row["chance"] else f"{100 * row['chance']:.1f}",
        )
        for row in result.fresh.to_dict("records")
    ]
    head = ("Where", f"{OUTCOMES[result.outcome].label} (%)", "interval", "runs", "by chance")
    caption = "Points and draws that took no part in the search."
    return Table(caption, head, rows, (1, 2, 3, 4), file="fresh.csv")


def _candidates(result: Discovery) -> Table:
    shown = result.boxes.sort_values("score", ascending=False, kind="stable").head(_SHOWN)
    rows = [
        (
            row["limits"] + (" (this box)" if row["chosen"] else ""),
            _METHODS[row["method"]],
            *(f"{100 * row[name]:.0f}" for name in ("mass", "density", "coverage")),
            f"{row['score']:.2f}",
            f"{row['p']:.3f}",
        )
        for row in shown.to_dict("records")
    ]
    head = ("Box", "method", "mass (%)", "density (%)", "coverage (%)", "score", "p")
    count = f"the best {len(rows)} of {len(result.boxes)}"
    caption = f"On the points that did not shape them, {count}."
    return Table(caption, head, rows, (2, 3, 4, 5, 6), file="boxes.csv")
