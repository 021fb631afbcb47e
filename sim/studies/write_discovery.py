"""A discovery as a folder: its tables with their codebook, the scenario, the box as a scenario and as
a sweep, the page, a report and the manifest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

import pandas as pd

from sim.analysis.boxes import Box
from sim.batch import Figures, Run
from sim.batch.read import sweep_to_plain
from sim.config.check import to_plain
from sim.config.compose import write_scenario
from sim.config.yaml import to_yaml, write_text
from sim.figures.encode import figure_bytes
from sim.figures.page import again, image, page, table, write_page
from sim.results.codebook import write_csv_tables
from sim.results.columns import Notes, design_notes
from sim.results.files import content_hash, write_table
from sim.results.folder import atomic_write, cleared_on_failure, prepare_folder
from sim.results.manifest import Discovered, Manifest, make_manifest, write_manifest
from sim.studies.discovery import TABLES, Discovery, box_sweep
from sim.studies.discovery_figure import discovery_figures, title_of
from sim.studies.points import SWEPT_BEFORE
from sim.vocabulary import OUTCOMES

__all__ = ["BOX_SCENARIO", "BOX_SWEEP", "write_discovery"]

BOX_SCENARIO, BOX_SWEEP = "box-scenario.yaml", "box-sweep.yaml"
_LIST, _BOX_LIST = "design.parquet", "box-points.csv"
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
_SHAPED = "shaped."
_ROWS = {
    "inside": "inside the box",
    "outside": "outside",
    "difference": "difference, points",
    "coverage": "part of all these runs inside",
    "middle": "in the middle of the box",
    "scenario": "in the scenario itself",
}


def write_discovery(
    result: Discovery,
    out: Path | str,
    words: Sequence[str] = (),
    style: Figures | None = None,
    name: str = "",
    *,
    threads: int = 0,
    started: dt.datetime | None = None,
    folder: Path | None = None,
) -> Path:
    """Write a discovery's tables, the box, figure, report and manifest; the new folder.

    Parameters
    ----------
    result
        What was found.
    out
        Where the folder ``discover/...`` is made.
    words
        The command line after the verb, for the record.
    style
        Formats, size and resolution of the figure, and whether there is one and a report.
    name
        What the folder is called; scenario and outcome unless given.
    threads, started
        How many it was given and when it began, for the record.
    folder
        An empty folder to write into, instead of a new one below ``out``.
    """
    style = style or Figures()
    scenario = result.searched.scenario
    folder = folder or prepare_folder(
        out, "discover", name or f"{scenario.name}-{result.outcome}"[:80]
    )
    with cleared_on_failure(folder):
        settings = design_notes(column for column in result.points if "." in column)
        write_csv_tables(
            folder, {one: getattr(result, one) for one in TABLES}, lambda c: _note(c, settings)
        )
        write_scenario(scenario, folder / "scenario.yaml")
        _write_list(result, folder)
        _write_box(result, folder)
        run = Run(runs=result.searched.sweep.runs, seed=result.seed, name=name, threads=threads)
        manifest = _manifest(result, words, run, started or dt.datetime.now(dt.UTC))
        pictures = _figures(result, folder, style) if style.draw else {}
        if style.report:
            write_page(_page(result, manifest, pictures), folder / "report.html")
        write_manifest(manifest, folder)
    return folder


def _note(column: str, settings: Notes) -> dict[str, str]:
    if column in settings:
        return dict(settings[column])
    if column.startswith(_SHAPED):
        of = _NOTES[column.removeprefix(_SHAPED)]
        return {"label": f"{of['label']}, on the points that shaped it", "unit": of["unit"]}
    return dict(_NOTES[column])


def _write_list(result: Discovery, folder: Path) -> None:
    """The points of a list, without which its sweep cannot be run again."""
    listed = result.searched.table
    if listed is not None:
        write_table(pd.DataFrame(dict(listed)), folder / _LIST, result.searched.notes)


def _write_box(result: Discovery, folder: Path) -> None:
    """The box as a scenario and as a sweep; nothing where there is none."""
    if result.found is None:
        return
    if result.middle is not None:
        write_scenario(result.middle, folder / BOX_SCENARIO)
    head = f"# {result.place}\n# tariffsim sweep sweep_file={BOX_SWEEP} file=scenario.yaml\n\n"
    write_text(folder / BOX_SWEEP, head + to_yaml(_box_plain(result, result.found, folder)))


def _box_plain(result: Discovery, box: Box, folder: Path) -> dict[str, object]:
    """The box's sweep as plain data; a list's own points inside stand in a file beside it."""
    plain = sweep_to_plain(box_sweep(result.searched, box, result.outcome))
    listed = result.searched.table
    if listed is not None:
        inside = pd.DataFrame(dict(listed))[box.holds(listed)]
        with atomic_write(folder / _BOX_LIST) as part:
            inside.to_csv(part, index=False, lineterminator="\n")
        plain["file"] = _BOX_LIST
    return plain


def _manifest(result: Discovery, words: Sequence[str], run: Run, started: dt.datetime) -> Manifest:
    searched = result.searched
    sweep = replace(searched.sweep, file=_LIST) if searched.table is not None else searched.sweep
    manifest = make_manifest(
        verb="discover",
        scenario=to_plain(searched.scenario),
        run=run,
        sweep=sweep,
        overrides=tuple(words),
        engine="ensemble",
        started=started,
    )
    content = {name: content_hash([getattr(result, name)]) for name in TABLES}
    asked = Discovered(
        source=searched.source,
        levers=tuple(searched.domains),
        share=result.share,
        sweep_seed=searched.seed if searched.source == SWEPT_BEFORE else None,
    )
    return replace(
        manifest, answer=result.answer, outcome=result.outcome, content=content, discovered=asked
    )


def _figures(result: Discovery, folder: Path, style: Figures) -> dict[str, bytes]:
    """Write the figure in the formats asked for; its PNG by name."""
    (folder / "figures").mkdir()
    kinds = ("png", "svg") if style.format == "both" else (style.format,)
    pictures = {}
    for drawn, figure in discovery_figures(result, style).items():
        made = {kind: figure_bytes(figure, kind) for kind in dict.fromkeys(("png", *kinds))}
        for kind in kinds:
            with atomic_write(folder / "figures" / f"{drawn}.{kind}") as part:
                part.write_bytes(made[kind])
        pictures[drawn] = made["png"]
    return pictures


def _page(result: Discovery, manifest: Manifest, pictures: dict[str, bytes]) -> str:
    heading = f"Where is {OUTCOMES[result.outcome].label} likely?"
    parts = [f"<h1>{escape(heading)}</h1>", f'<p class="answer">{escape(result.answer)}.</p>']
    parts += [
        image(drawn, f"{title_of(result)}. The tables below hold its figures.", png)
        for drawn, png in pictures.items()
    ]
    if result.found is not None:
        parts += ["<h2>The box</h2>", _box_table(result), "<h2>Fresh runs</h2>", _fresh(result)]
        parts += [*_uses(result)]
    parts += ["<h2>Boxes that were judged</h2>", _candidates(result), _DEFINITIONS]
    beside = {}
    if result.searched.table is not None:
        beside[_LIST] = pd.DataFrame(dict(result.searched.table))
    return page(heading, [*parts, again(manifest, beside)])


_DEFINITIONS = (
    "<h2>What the words mean</h2><p>An outcome is a run's state in a week drawn from the closing year. <em>Density</em> is its share inside a box, "
    "<em>coverage</em> the part of all runs with it that lie inside, <em>mass</em> the part of the points that do: a box drawn blindly has the "
    "density of all points and a coverage of its mass. Half of the points shaped the boxes and the other half judged them; a box passes where its "
    "score exceeds the best of 99 in 100 permutations of the shares. Fresh runs are of points and draws that took no part in that, with every lever "
    "that the box leaves free drawn over its range. Every interval is at 95&nbsp;%. The ranges are judgements, and the model explores mechanisms and "
    "does not forecast. Definitions: docs/discover.md.</p>"
)


def _uses(result: Discovery) -> Iterator[str]:
    lines = [f"tariffsim sweep sweep_file={BOX_SWEEP} file=scenario.yaml   # the box, over all its levers"]
    if result.middle is not None:
        lines.insert(0, f"tariffsim run file={BOX_SCENARIO}   # the middle of the box")
    else:
        yield "<p>The middle of the box contradicts a rule between settings, so there is no scenario of it.</p>"
    yield f"<pre>{escape(chr(10).join(lines))}</pre>"


def _box_table(result: Discovery) -> str:
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
    return table("The levers that the box limits; every other is free.", head, rows, (2, 3, 4, 5))


def _fresh(result: Discovery) -> str:
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
    head = ("Where", OUTCOMES[result.outcome].label + " (%)", "interval", "runs", "by chance")
    return table("Points and draws that took no part in the search.", head, rows, (1, 2, 3, 4))


def _candidates(result: Discovery) -> str:
    shown = result.boxes.sort_values("score", ascending=False, kind="stable").head(10)
    rows = [
        (
            row["limits"] + (" (this box)" if row["chosen"] else ""),
            row["method"],
            *(f"{100 * row[name]:.0f}" for name in ("mass", "density", "coverage")),
            f"{row['score']:.2f}",
            f"{row['p']:.3f}",
        )
        for row in shown.to_dict("records")
    ]
    head = ("Box", "method", "mass (%)", "density (%)", "coverage (%)", "score", "p")
    caption = f"On the points that did not shape them: the best {len(rows)} of {len(result.boxes)}; boxes.csv has all."
    return table(caption, head, rows, (2, 3, 4, 5, 6))
