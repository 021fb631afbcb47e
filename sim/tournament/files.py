"""A tournament as a folder: three tables, what was asked, the scenarios that were played, the figure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sim.config.compose import scenario_to_plain
from sim.config.groups.outcomes import Figures
from sim.config.render import to_yaml
from sim.figures.files import figure_bytes
from sim.results.folder import cleared_on_failure, prepare_folder, whole_file
from sim.results.manifest import environment, without_places
from sim.tournament.figure import ranking_figures
from sim.tournament.play import Tournament

__all__ = ["write_tournament"]


def write_tournament(result: Tournament, out: Path | str, words: Sequence[str] = (), look: Figures | None = None, name: str = "") -> Path:  # fmt: skip
    """Write ``pairs.csv``, ``ranking.csv``, ``tests.csv``, ``tournament.json``, ``scenario-NAME.yaml`` and the figure; the new folder.

    Parameters
    ----------
    result
        What was played.
    out
        Where the folder ``tournament/...`` is made.
    words
        The command line after the verb, for the record.
    look
        Formats, size and resolution of the figure, and whether there is one.
    name
        What the folder is called; the scenarios' names unless given.
    """
    look = look or Figures()
    folder = prepare_folder(out, "tournament", name or "-".join(result.scenarios)[:80])
    with cleared_on_failure(folder):
        texts = {f"{name}.csv": getattr(result, name).to_csv(index=False, lineterminator="\n") for name in ("pairs", "ranking", "tests")}  # fmt: skip
        for name, scenario in result.scenarios.items():
            texts[f"scenario-{name}.yaml"] = to_yaml(scenario_to_plain(scenario))
        told = {
            "answer": result.answer, "scenarios": list(result.scenarios), "strategies": sorted(result.ranking["strategy"]), "runs": result.runs,
            "seed": result.seed, "command": ["tariffsim", "tournament", *without_places(words)], **environment(),
        }  # fmt: skip
        texts["tournament.json"] = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        for name, text in texts.items():
            with whole_file(folder / name) as part:
                part.write_text(text, encoding="utf-8")
        kinds = (("png", "svg") if look.format == "both" else (look.format,)) if look.draw else ()
        for drawn, figure in (ranking_figures(result, look) if kinds else {}).items():
            for kind in kinds:
                with whole_file(folder / f"{drawn}.{kind}") as part:
                    part.write_bytes(figure_bytes(figure, kind))
    return folder
