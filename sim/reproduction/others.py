"""Tournaments, validations and exports made again from their manifests: what their tables and files say, by name."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.errors import SimError
from sim.config.groups.outcomes import Run
from sim.config.schema import Scenario
from sim.config.validate import build, check_scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OTHERS", "exported", "tournament_tables", "validation_tables"]

OTHERS = ("tournament", "validate", "export")
Progress = Callable[[int, int], None]
_MOST_SCENARIOS = 100


def tournament_tables(manifest: Mapping[str, Any], settings: Run) -> dict[str, pd.DataFrame]:
    """The three tables of a tournament, played again.

    Raises
    ------
    SimError
        A scenario or strategy that this version refuses.
    """
    from sim.tournament import TABLES, tournament

    given = manifest.get("scenarios")
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_SCENARIOS:
        raise SimError("a tournament without its scenarios", key="manifest: scenarios", given=type(given).__name__)
    scenarios = [build(Scenario, plain, f"scenarios.{n}") for n, plain in enumerate(given)]
    for scenario in scenarios:
        check_scenario(scenario)
    names = manifest.get("entrants")
    if not isinstance(names, list):
        raise SimError("a tournament without its strategies", key="manifest: entrants", given=names)
    played = tournament(scenarios, names, runs=settings.runs, seed=settings.seed, threads=settings.threads)
    return {name: getattr(played, name) for name in TABLES}


def validation_tables(manifest: Mapping[str, Any], settings: Run, progress: Progress | None) -> dict[str, pd.DataFrame]:
    """The tables of a validation, made again."""
    from sim.validation.patterns import Lab
    from sim.validation.report import examine, tables_of

    lab = Lab(settings.runs, settings.seed, settings.threads)
    return tables_of(examine(lab, calibrated=manifest.get("calibration") is True, progress=progress))


def exported(manifest: Mapping[str, Any], scenario: Scenario, settings: Run) -> dict[str, bytes]:
    """The files of an export by name, written again."""
    from sim.export import export

    words = manifest.get("export")
    if not isinstance(words, dict) or not {"at", "formats", "levels"} <= set(words):
        raise SimError("an export without its words", key="manifest: export", given=words)
    if not isinstance(words["formats"], list):
        raise SimError("not a list of formats", key="manifest: export.formats", given=words["formats"])
    with tempfile.TemporaryDirectory(prefix="tariffsim-") as folder:
        files = export(
            scenario, words["at"], Path(folder), words["formats"], seed=settings.seed, levels=words["levels"]
        )
        return {file.name: file.read_bytes() for file in files}
