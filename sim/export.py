"""A scenario at a date as files for other tools: a Genius domain with both profiles, and the
extension game for Gambit.

Levels are cut into equal steps from 0 to the red line. A Genius utility is a weighted sum of
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

from sim.batch import EXPORTS, Run
from sim.config.check import check_value, to_plain
from sim.config.compose import write_scenario
from sim.config.errors import SimError
from sim.config.fields import Setting
from sim.config.scenario import Scenario
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

__all__ = ["FORMATS", "export", "gambit", "genius", "write_export"]

FORMATS = EXPORTS
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
    levels: int = 11,
) -> list[Path]:
    """Step a scenario to a date and write it below ``out``; the files written.

    Raises
    ------
    SimError
        The scenario, format, date or number of levels is refused: a date must lie within the
        horizon, levels are a whole number from 2 to 101.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise SimError("no such format", key="formats", given=unknown[0], allowed=FORMATS)
    levels = check_value(Setting("count", "levels", low=2, high=101), levels, "levels")
    seed = check_value(Setting("count", "seed", low=0, high=2**64 - 1), seed, "seed")
    at = check_value(Setting("date"), at, "at")
    model = TruceModel(scenario, seed, collect="none")
    weeks = _weeks(model.scenario, at)
    for _ in range(weeks):
        model.step()
    state, params = model.state.whole[0], model.params.record
    problem = problem_at(state, params)
    names = list(model.params.names("issue"))[: len(problem.owner)]
    texts = dict[str, str]()
    if "genius" in formats:
        texts |= genius(problem, names, levels)
    if "gambit" in formats:
        sides = state["sides"]
        stakes = [float(sides["value_terms"][i] - sides["value_lapse"][i]) for i in (0, 1)]
        cost = float(model.scenario.truce.extension_cost)
        texts["extension.nfg"] = gambit(*extension_game(stakes[0], stakes[1], cost, cost))
    texts[_ABOUT] = _about(model, problem, names, weeks, seed, levels)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with atomic_write(folder / name) as part:
            part.write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def write_export(
    scenario: Scenario,
    at: str,
    run: Run,
    formats: Sequence[str] = FORMATS,
    levels: int = 11,
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
    listed = Table("What is in this folder.", ("File", "What it is", "Bytes"), rows, (2,))
    return Report(
        title=f"{title} on {at}, for other tools",
        question="What is bargained over on that day, in files that other tools read?",
        answer=f"{len(files)} files: {', '.join(file.name for file in files)}",
        manifest=manifest,
        sections=[Section("Files", [listed])],
        scenarios={title: scenario},
    )


def _about(
    model: TruceModel,
    problem: BargainingProblem,
    names: list[str],
    weeks: int,
    seed: int,
    levels: int,
) -> str:
    """What was written, and the way back: bn USD/yr of a Genius utility u are worst + spread *
    u.
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
        "issues": {
            name: {"owner": SIDES.names[owner], "red_line": cap}
            for name, owner, cap in zip(names, problem.owner, problem.red_line, strict=True)
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


def genius(problem: BargainingProblem, names: list[str], levels: int = 11) -> dict[str, str]:
    """``domain.xml``, ``us.xml`` and ``cn.xml`` by name."""
    grids = _grids(problem, levels)
    texts = {"domain.xml": _tree("negotiation_template", names, grids, None, [], 0.0)}
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
            grids,
            evaluations,
            (spread / total).tolist(),
            float(np.clip(floor, 0, 1)),
        )
    return texts


def _tree(
    root: str,
    names: list[str],
    grids: list[np.ndarray],
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
        for n, level in enumerate(grids[k]):
            item = ET.SubElement(
                issue, "item", index=str(n + 1), value=f"{n}_{level:.4f}", description=""
            )
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
