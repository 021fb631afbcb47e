"""A tournament as a folder: three tables with their codebook, the scenarios that were played,
figure, report and manifest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from sim.batch import Figures, Run
from sim.config.check import to_plain
from sim.config.compose import write_scenario
from sim.figures.encode import figure_bytes
from sim.figures.page import again, image, page, table, write_page
from sim.results.codebook import write_csv_tables
from sim.results.columns import Notes
from sim.results.files import content_hash
from sim.results.folder import atomic_write, cleared_on_failure, prepare_folder
from sim.results.manifest import Manifest, make_manifest, write_manifest
from sim.tournament.figure import ranking_figures
from sim.tournament.play import TABLES, Tournament
from sim.vocabulary import OUTCOMES

__all__ = ["write_tournament"]

_MONEY = "bn USD/yr"
_NOTES: Notes = {
    "scenario": {"label": "scenario", "unit": "name"},
    "strategy": {"label": "strategy", "unit": "name"},
    "us.strategy.kind": {"label": "Washington's strategy", "unit": "name"},
    "cn.strategy.kind": {"label": "Beijing's strategy", "unit": "name"},
    "runs": {"label": "runs of the pair", "unit": "count"},
    "payoff.us": {"label": "mean payoff (US)", "unit": _MONEY},
    "payoff.cn": {"label": "mean payoff (China)", "unit": _MONEY},
    "welfare_loss.us": {"label": "mean welfare loss (US)", "unit": _MONEY},
    "welfare_loss.cn": {"label": "mean welfare loss (China)", "unit": _MONEY},
    "efficiency": {"label": "mean efficiency of deals", "unit": "share"},
    "us_surplus_share": {"label": "mean US share of the surplus of deals", "unit": "share"},
    **{
        name: {"label": f"runs whose outcome is {name.replace('_', ' ')}", "unit": "share"}
        for name in OUTCOMES
    },
    "advantage": {"label": "payoff above the mean strategy", "unit": _MONEY},
    "us.advantage": {"label": "payoff above the mean as Washington", "unit": _MONEY},
    "cn.advantage": {"label": "payoff above the mean as Beijing", "unit": _MONEY},
    "better_than": {"label": "strategies beaten at 5 % after Holm's correction", "unit": "count"},
    "one": {"label": "strategy", "unit": "name"},
    "other": {"label": "strategy compared with", "unit": "name"},
    "difference": {"label": "advantage of the one less that of the other", "unit": _MONEY},
    "p": {"label": "p-value of the paired t test", "unit": "probability"},
    "p_holm": {"label": "p-value after Holm's correction", "unit": "probability"},
}
_ENDS = {"low": "lower end of the 95 % interval", "high": "upper end of the 95 % interval"}


def write_tournament(
    result: Tournament,
    out: Path | str,
    words: Sequence[str] = (),
    style: Figures | None = None,
    name: str = "",
    *,
    threads: int = 0,
    started: dt.datetime | None = None,
    folder: Path | None = None,
) -> Path:
    """Write ``pairs.csv``, ``ranking.csv``, ``tests.csv``, the scenarios, figure, report and
    manifest; the new folder.

    Parameters
    ----------
    result
        The tournament.
    out
        Where the folder ``tournament/...`` is created.
    words
        The command line after the verb, for the manifest.
    style
        Formats, size and resolution of the figure, and whether a figure and a report are written.
    name
        Name of the folder; default: the names of the scenarios.
    threads, started
        Number of threads and start time, for the manifest.
    folder
        An empty folder to write into instead of a new one below ``out``.
    """
    style = style or Figures()
    folder = folder or prepare_folder(out, "tournament", name or "-".join(result.scenarios)[:80])
    with cleared_on_failure(folder):
        write_csv_tables(folder, {name: getattr(result, name) for name in TABLES}, _note)
        for called, scenario in result.scenarios.items():
            file = "scenario.yaml" if len(result.scenarios) == 1 else f"scenario-{called}.yaml"
            write_scenario(scenario, folder / file)
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
    if end not in _ENDS:
        return _NOTES[column]
    of = _NOTES.get(whole) or _NOTES[f"{whole}.advantage" if whole else "advantage"]
    return {"label": f"{of['label']}: {_ENDS[end]}", "unit": of["unit"]}


def _manifest(result: Tournament, words: Sequence[str], run: Run, started: dt.datetime) -> Manifest:
    scenarios = tuple(to_plain(scenario) for scenario in result.scenarios.values())
    manifest = make_manifest(
        verb="tournament",
        scenario=scenarios[0],
        run=run,
        overrides=tuple(words),
        engine="ensemble",
        started=started,
    )
    content = {name: content_hash([getattr(result, name)]) for name in TABLES}
    return replace(
        manifest,
        answer=result.answer,
        scenarios=scenarios,
        entrants=tuple(result.strategies),
        content=content,
    )


def _figures(result: Tournament, folder: Path, style: Figures) -> dict[str, bytes]:
    """Write the figures in the formats asked for; their PNGs by name."""
    (folder / "figures").mkdir()
    pictures = {}
    for drawn, figure in ranking_figures(result, style).items():
        made = {kind: figure_bytes(figure, kind) for kind in dict.fromkeys(("png", *_kinds(style)))}
        for kind in _kinds(style):
            with atomic_write(folder / "figures" / f"{drawn}.{kind}") as part:
                part.write_bytes(made[kind])
        pictures[drawn] = made["png"]
    return pictures


def _kinds(style: Figures) -> tuple[str, ...]:
    return ("png", "svg") if style.format == "both" else (style.format,)


def _page(result: Tournament, manifest: Manifest, pictures: dict[str, bytes]) -> str:
    title = (
        f"Which strategy pays? {', '.join(s.title or s.name for s in result.scenarios.values())}"
    )
    rows = [
        (
            row["strategy"].replace("_", " "),
            *(f"{row[end]:.2f}" for end in ("advantage", "low", "high")),
            str(row["better_than"]),
        )
        for row in result.ranking.to_dict("records")
    ]
    head = ("Strategy", f"Payoff above the mean ({_MONEY})", "from", "to", "beats beyond chance")
    caption = f"{result.runs:,} runs per pair and scenario, seed {result.seed}; 95 % intervals of the runs, paired by common random numbers."
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="answer">{escape(result.answer)}</p>',
        "<h2>Ranking</h2>",
        table(caption, head, rows, (1, 2, 3, 4)),
        *(image(drawn, drawn.capitalize(), picture) for drawn, picture in pictures.items()),
        again(manifest),
    ]
    return page(title, parts)
