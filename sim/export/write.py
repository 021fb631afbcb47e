"""Writing a scenario at a date: a Genius domain with both profiles, and the extension game.

Levels are cut into equal steps from 0 to the red line; items say what a player reads
(:mod:`sim.export.items`). A Genius utility is a weighted sum of
evaluations: Genius divides each issue's by its largest, NegMAS takes them as they stand, so the
largest here is 1 and both read the same: the side's own utility, shifted by its worst and divided
by its spread. Files only; nothing is solved here.
"""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.batch import EXPORTS, MOST_OUTCOMES, Run
from sim.config.check import check_value, to_plain
from sim.config.compose import write_scenario
from sim.config.errors import SimError
from sim.config.fields import Setting
from sim.config.scenario import Scenario
from sim.export.items import MOST_LEVELS, items_of, levels_for
from sim.model import TruceModel
from sim.report import Report, Section, Table, write_report
from sim.results.files import file_hash
from sim.results.folder import atomic_write, cleared_on_failure, prepare_folder
from sim.results.machine import environment
from sim.results.manifest import Export, Manifest, make_manifest, write_manifest
from sim.results.reader import plain_of
from sim.rules.packages import concession_cost
from sim.theory import BargainingProblem, extension_game, problem_at
from sim.vocabulary import SIDES

__all__ = [
    "FORMATS",
    "chosen_levels",
    "export",
    "gambit",
    "genius",
    "outcomes_text",
    "write_export",
]

FORMATS = EXPORTS
_MOST_ASKED = 10**12  # outcomes that may be asked for: a bound of what can be written as levels
_ABOUT = "about.json"  # with the environment, so not the same everywhere
_KINDS = {
    ".xml": "Genius domain or profile (NegMAS reads it too)",
    ".nfg": "game in Gambit's payoff format",
}


def export(
    scenario: Scenario | str,
    at: str,
    out: Path | str,
    formats: Sequence[str] = FORMATS,
    *,
    seed: int = 1,
    levels: int | None = None,
    outcomes: int = MOST_OUTCOMES,
) -> list[Path]:
    """Step a scenario to a date and write it below ``out``; the files written.

    Parameters
    ----------
    scenario, seed
        The scenario, and the seed of its one run.
    at
        The day, within the horizon.
    out
        A folder.
    formats
        Of :data:`FORMATS`.
    levels
        Levels of each issue, 2 to 101; as many as make at most ``outcomes``, eleven at most, unless
        given.
    outcomes
        Outcomes of the domain at most, where ``levels`` are not given.

    Raises
    ------
    SimError
        The scenario, format, date or a number is refused.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise SimError("no such format", key="formats", given=unknown[0], allowed=FORMATS)
    seed = check_value(Setting("count", "seed", low=0, high=2**64 - 1), seed, "seed")
    at = check_value(Setting("date"), at, "at")
    model = TruceModel(scenario, seed, collect="none")
    levels = chosen_levels(model.scenario, levels, outcomes)
    weeks = _weeks(model.scenario, at)
    for _ in range(weeks):
        model.step()
    state, params = model.state.whole[0], model.params.record
    problem = problem_at(state, params)
    names = list(model.params.names("issue"))[: len(problem.owner)]
    texts = dict[str, str]()
    items = items_of(
        model.scenario, names, _grids(problem, levels), state["world"]["ceiling"].tolist()
    )
    if "genius" in formats:
        texts |= genius(problem, names, levels, items)
    if "gambit" in formats:
        sides = state["sides"]
        stakes = [float(sides["value_terms"][i] - sides["value_lapse"][i]) for i in (0, 1)]
        cost = float(model.scenario.truce.extension_cost)
        texts["extension.nfg"] = gambit(*extension_game(stakes[0], stakes[1], cost, cost))
    texts[_ABOUT] = _about(
        model, problem, dict(zip(names, items, strict=True)), weeks, seed, levels
    )
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with atomic_write(folder / name) as part:
            part.write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def chosen_levels(scenario: Scenario, levels: int | None, outcomes: int = MOST_OUTCOMES) -> int:
    """Levels of each issue: those given, or as many as make at most ``outcomes``.

    Raises
    ------
    SimError
        A number out of range, or too few outcomes for two levels of each issue.
    """
    if levels is not None:
        return int(check_value(Setting("count", "levels", low=2, high=101), levels, "levels"))
    bound = Setting("count", "outcomes", low=2, high=_MOST_ASKED)
    return levels_for(len(scenario.issues), check_value(bound, outcomes, "outcomes"))


def write_export(
    scenario: Scenario,
    at: str,
    run: Run,
    formats: Sequence[str] = FORMATS,
    levels: int = MOST_LEVELS,
    words: Sequence[str] = (),
    *,
    report: bool = True,
    folder: Path | None = None,
) -> Path:
    """What :func:`export` writes, in a new folder (or the empty ``folder``) with the scenario, a
    report and the manifest; returns the folder.
    """
    started = dt.datetime.now(dt.UTC)
    _weeks(scenario, at)  # refused before there is a folder
    folder = folder or prepare_folder(run.out, "export", f"{run.name or scenario.name}-{at}")
    with cleared_on_failure(folder):
        files = [
            file
            for file in export(scenario, at, folder, formats, seed=run.seed, levels=levels)
            if file.name != _ABOUT
        ]
        write_scenario(scenario, folder / "scenario.yaml")
        manifest = make_manifest(
            verb="export",
            scenario=to_plain(scenario),
            run=run,
            overrides=tuple(words),
            engine="mesa",
            started=started,
        )
        words_of_export = Export(at=at, formats=tuple(formats), levels=levels)
        manifest = replace(
            manifest, export=words_of_export, content={file.name: file_hash(file) for file in files}
        )
        if report:
            write_report(_report(scenario, at, manifest, files), folder / "report.html")
        write_manifest(manifest, folder)
    return folder


def _report(scenario: Scenario, at: str, manifest: Manifest, files: Sequence[Path]) -> Report:
    title = scenario.title or scenario.name
    rows = [(file.name, _KINDS[file.suffix], f"{file.stat().st_size:,}") for file in files]
    asked = manifest.export
    count = outcomes_text(scenario, asked.levels) if asked and "genius" in asked.formats else ""
    listed = Table("What is in this folder.", ("File", "What it is", "Bytes"), rows, (2,))
    return Report(
        title=f"{title} on {at}, for other tools",
        question="What is bargained over on that day, in files that other tools read?",
        answer=f"{len(files)} files: {', '.join(file.name for file in files)}{count and f'; {count}'}",
        manifest=manifest,
        sections=[Section("Files", [listed])],
        scenarios={title: scenario},
    )


def outcomes_text(scenario: Scenario, levels: int) -> str:
    """How many outcomes the domain has, in words."""
    issues = len(scenario.issues)
    return f"{issues} issues at {levels} levels make {levels**issues:,} outcomes"


def _about(
    model: TruceModel,
    problem: BargainingProblem,
    items: dict[str, list[str]],
    weeks: int,
    seed: int,
    levels: int,
) -> str:
    """What was written, and the way back: bn USD/yr of a Genius utility u are worst + spread * u,
    and item n of an issue is the level n / (levels - 1) of its red line.
    """
    sides = {}
    for side, name in enumerate(SIDES):
        worths = _worths(problem, _grids(problem, levels), side)
        worst, spread = (float(sum(f(worth) for worth in worths)) for f in (np.min, np.ptp))
        sides[name] = {
            "worst": worst,
            "spread": spread,
            "reservation": problem.disagreement[side],
            "unit": "bn USD/yr",
        }
    content = {
        "scenario": model.scenario.name,
        "start": str(model.scenario.calendar.start),
        "weeks": weeks,
        "seed": seed,
        "levels": levels,
        "outcomes": levels ** len(items),
        "issues": {
            name: {"owner": SIDES.names[owner], "red_line": cap, "items": items[name]}
            for name, owner, cap in zip(items, problem.owner, problem.red_line, strict=True)
        },
        "sides": sides,
        **plain_of(environment()),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _grids(problem: BargainingProblem, levels: int) -> list[np.ndarray]:
    return [np.linspace(0.0, cap, levels) for cap in problem.red_line]


def _worths(problem: BargainingProblem, grids: list[np.ndarray], side: int) -> list[np.ndarray]:
    """Worth of each level of each issue to a side, bn USD/yr."""
    return [
        np.array([_worth(problem, k, side, float(level)) for level in grid])
        for k, grid in enumerate(grids)
    ]


def _worth(problem: BargainingProblem, k: int, side: int, level: float) -> float:
    owned = problem.owner[k] == side
    return (
        -concession_cost(problem.linear[k], problem.convex[k], level)
        if owned
        else problem.benefit[k] * level
    )


def _weeks(scenario: Scenario, at: str) -> int:
    """Whole weeks from the first day to ``at``, within the run."""
    calendar = scenario.calendar
    weeks = (dt.date.fromisoformat(at) - dt.date.fromisoformat(str(calendar.start))).days // 7
    if not 1 <= weeks <= calendar.horizon_weeks:
        raise SimError(
            "outside the run",
            key="at",
            given=at,
            allowed=f"1 to {calendar.horizon_weeks} weeks after {calendar.start}",
        )
    return weeks


def genius(
    problem: BargainingProblem,
    names: Sequence[str],
    levels: int = MOST_LEVELS,
    items: Sequence[Sequence[str]] | None = None,
) -> dict[str, str]:
    """``domain.xml``, ``us.xml`` and ``cn.xml`` by name; ``items`` are the levels of each issue as a
    player reads them, shares of full concession unless given.
    """
    grids = _grids(problem, levels)
    said = items or [[f"{level:.4f}" for level in grid] for grid in grids]
    texts = {"domain.xml": _tree("negotiation_template", names, said, None, [], 0.0)}
    for side, name in enumerate(SIDES):
        worths = _worths(problem, grids, side)
        spread = np.asarray([worth.max() - worth.min() for worth in worths])
        total = float(spread.sum()) or 1.0
        floor = (problem.disagreement[side] - sum(float(worth.min()) for worth in worths)) / total
        evaluations = [
            (worth - worth.min()) / width if width > 0.0 else np.ones(levels)
            for worth, width in zip(worths, spread, strict=True)
        ]
        texts[f"{name}.xml"] = _tree(
            "utility_space",
            names,
            said,
            evaluations,
            (spread / total).tolist(),
            float(np.clip(floor, 0, 1)),
        )
    return texts


def _tree(
    root: str,
    names: Sequence[str],
    items: Sequence[Sequence[str]],
    evaluations: list[np.ndarray] | None,
    weights: list[float],
    floor: float,
) -> str:
    top = ET.Element(root, {"number_of_issues": str(len(names))} if evaluations is None else {})
    space = ET.SubElement(top, "utility_space") if evaluations is None else top
    objective = ET.SubElement(
        space,
        "objective",
        index="0",
        etype="objective",
        type="objective",
        name="any",
        description="",
    )
    for k, name in enumerate(names):
        issue = ET.SubElement(
            objective,
            "issue",
            index=str(k + 1),
            etype="discrete",
            type="discrete",
            vtype="discrete",
            name=name,
        )
        for n, text in enumerate(items[k]):
            item = ET.SubElement(issue, "item", index=str(n + 1), value=text, description="")
            if evaluations is not None:
                item.set("evaluation", repr(float(evaluations[k][n])))
    for k, weight in enumerate(weights):
        ET.SubElement(objective, "weight", index=str(k + 1), value=repr(weight))
    if evaluations is not None:
        ET.SubElement(top, "discount_factor", value="1.0")
        ET.SubElement(top, "reservation", value=repr(floor))
    ET.indent(top)
    return ET.tostring(top, encoding="unicode") + "\n"


def gambit(us: np.ndarray, cn: np.ndarray) -> str:
    """A two-by-two game in Gambit's payoff format: the first player's action runs fastest."""
    pairs = " ".join(f"{float(us[i, j])!r} {float(cn[i, j])!r}" for j in (0, 1) for i in (0, 1))
    return f'NFG 1 R "Extend or lapse" {{ "US" "China" }} {{ 2 2 }}\n\n{pairs}\n'
